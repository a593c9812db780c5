// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parses /proc/interrupts or /proc/softirqs in one pass.
 *
 * A machine with 512 CPUs and 4,000 interrupts prints 23 MB per read, nearly all of it
 * blanks and zeroes. Nearly all of the time is spent in cells_scan().
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "irqtable.h"
#include "local.h"

/* The kernel prints a counter as a blank and ten characters. */
#define CELL_BYTES 11

/* Counters of 0 that are compared at once. */
#define ZERO_RUN  32
#define ZEROES_4  "          0          0          0          0"
#define ZEROES_16 ZEROES_4 ZEROES_4 ZEROES_4 ZEROES_4

/* Bytes read before they are parsed: they stay in the second-level cache. */
#define BUFFER_BYTES (64 * 1024)

#define SMALL_ROWS     16
#define LARGE_CPUS     64
#define ROWS_PER_CPU   8
#define ROW_TEXT_BYTES 80

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/*
 * Eight characters at once: blanks, then at least one digit. Their low nibbles are the
 * digits' values, and 0 for a blank, so that three multiplications make the number of
 * both. false: there are other characters.
 */
static inline bool eight_scan(const char *p, uint32_t *value)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word, digit, low;

	memcpy(&word, p, sizeof(word));
	digit = word >> 4 & ones; /* 1 in each byte from '0' to '?' */
	low = word & ones * 0x0f;
	if ((word & ones * 0xe0) != ones * 0x20 ||   /* all from ' ' to '?' */
	    (low & ~(digit * 0x0f)) ||		     /* of ' ' to '/', only ' ' */
	    ((low + ones * 6) & ones * 0x10) ||	     /* of '0' to '?', only digits */
	    (digit << 8 & ~digit) || !(digit >> 56)) /* no blank behind a digit */
		return false;
	low = low * 2561 >> 8;
	low = (low & UINT64_C(0x00ff00ff00ff00ff)) * 6553601 >> 16;
	low = (low & UINT64_C(0x0000ffff0000ffff)) * UINT64_C(42949672960001) >> 32;
	*value = (uint32_t)low;
	return true;
}

/* A counter of up to eight digits in eleven characters. p[11] must be readable. */
static inline bool cell_scan(const char *p, uint32_t *value)
{
	uint32_t head;

	memcpy(&head, p, sizeof(head));
	if ((head & 0xffffff) != 0x202020 || is_digit(p[CELL_BYTES]))
		return false;
	return eight_scan(p + 3, value);
}
#else
static inline bool cell_scan(const char *p, uint32_t *value)
{
	(void)p;
	(void)value;
	return false;
}
#endif

/*
 * Stores the counters at *text in cell[], at most `max`, and their sum in *sum. Moves
 * *text behind the last one. Returns how many there are. Takes 2 ns per counter on a
 * 2.6 GHz AMD EPYC.
 */
static unsigned int cells_scan(const char **text, const char *end, uint32_t *cell, unsigned int max,
			       uint64_t *sum)
{
	static const char zero[CELL_BYTES * ZERO_RUN + 1] = ZEROES_16 ZEROES_16;
	const char *p = *text;
	uint64_t total = 0;
	unsigned int n = 0;
	uint64_t value;
	const char *q;

	while (n < max) {
		if (end - p > CELL_BYTES) {
			if (!memcmp(p, zero, CELL_BYTES) && !is_digit(p[CELL_BYTES])) {
				cell[n++] = 0;
				p += CELL_BYTES;
				/* Where one is 0, many are. */
				while (max - n >= ZERO_RUN && end - p > CELL_BYTES * ZERO_RUN &&
				       !memcmp(p, zero, CELL_BYTES * ZERO_RUN) &&
				       !is_digit(p[CELL_BYTES * ZERO_RUN])) {
					memset(cell + n, 0, ZERO_RUN * sizeof(*cell));
					n += ZERO_RUN;
					p += CELL_BYTES * ZERO_RUN;
				}
				continue;
			}
			if (cell_scan(p, &cell[n])) {
				total += cell[n++];
				p += CELL_BYTES;
				continue;
			}
		}
		q = skip_blanks(p, end);
		if (!irqtable_number(&q, end, &value) || (q < end && !is_blank(*q)))
			break;
		cell[n++] = (uint32_t)value;
		total += value;
		p = q;
	}
	*text = p;
	*sum = total;
	return n;
}

int irqtable_add_column(struct irqtable *table, uint32_t cpu)
{
	if (array_reserve(&table->cpu, &table->cpu_room, table->ncpus + 1, sizeof(*table->cpu)))
		return -ENOMEM;
	table->cpu[table->ncpus++] = cpu;
	table->cpus_shape = irqtable_hash_word(table->cpus_shape, cpu);
	return 0;
}

/* "           CPU0       CPU2": the columns. */
static int header_parse(struct irqtable *table, const char *p, const char *end)
{
	uint64_t cpu;

	for (;;) {
		p = skip_blanks(p, end);
		if (end - p < 4 || memcmp(p, "CPU", 3))
			break;
		p += 3;
		if (!irqtable_number(&p, end, &cpu) || cpu > INT32_MAX)
			return -EPROTO;
		if (irqtable_add_column(table, (uint32_t)cpu))
			return -ENOMEM;
	}
	return p == end && table->ncpus ? 0 : -EPROTO;
}

/*
 * Hashes a word, which has no blank: eight bytes at a time, then what is left of it, with
 * its length. Returns the length of the word.
 */
static size_t word_hash(uint64_t *hash, const char *text, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
	uint64_t word, blank, tab, rest = 0;
	size_t n = 0, full;

	for (; n + sizeof(word) <= len; n += sizeof(word)) {
		memcpy(&word, text + n, sizeof(word));
		/* A byte that is 0 gets its top bit; so may one above it, but never the first. */
		blank = word ^ ones * ' ';
		tab = word ^ ones * '\t';
		if ((((blank - ones) & ~blank) | ((tab - ones) & ~tab)) & tops)
			break;
		*hash = irqtable_hash_word(*hash, word);
	}
	for (full = n; n < len && !is_blank(text[n]); n++)
		rest = rest << 8 | (unsigned char)text[n];
	*hash = irqtable_hash_word(*hash, rest << 8 | (n - full));
	return n;
}

/* Copies text into the table, and adds its words to a hash: blanks only separate them. */
static uint64_t text_keep(struct irqtable *table, uint64_t hash, const char *text, size_t len)
{
	const char *p = skip_blanks(text, text + len), *end = text + len;

	memcpy(table->text + table->text_len, text, len);
	table->text_len += len;
	while (p < end) {
		p += word_hash(&hash, p, (size_t)(end - p));
		p = skip_blanks(p, end);
	}
	return hash;
}

static int32_t label_number(const char *label, size_t len)
{
	const char *p = label;
	uint64_t value;

	if (len > 9 || !irqtable_number(&p, label + len, &value) || p != label + len)
		return -1;
	return (int32_t)value;
}

/*
 * Whether one more counter follows where the text should begin: then a CPU came online
 * after the header was printed. No chip has a name of digits only in ten characters.
 */
static bool counter_follows(const char *p, const char *end)
{
	uint64_t value;
	const char *q = skip_blanks(p, end);

	return irqtable_number(&q, end, &value) && q - p >= CELL_BYTES &&
	       (q == end || is_blank(*q));
}

/*
 * A table that grows moves, and its pages are found again one by one. Devices have a queue
 * for each CPU: on large machines, a table with more rows than there are softirqs gets room
 * for some devices at once.
 */
static int large_reserve(struct irqtable *table)
{
	size_t rows = (size_t)table->ncpus * ROWS_PER_CPU;

	if (table->nrows != SMALL_ROWS || table->ncpus < LARGE_CPUS)
		return 0;
	if (array_reserve(&table->row, &table->row_room, rows, sizeof(*table->row)) ||
	    array_reserve(&table->text, &table->text_room, rows * ROW_TEXT_BYTES, 1))
		return -ENOMEM;
	return 0;
}

/* Makes room for one more row with at most `text_len` bytes of text. */
static int row_reserve(struct irqtable *table, size_t text_len)
{
	size_t rows = table->totals_only ? 1 : (size_t)table->nrows + 1;

	if (table->text_len + text_len > UINT32_MAX)
		return -EFBIG;
	if (large_reserve(table))
		return -ENOMEM;
	if (array_reserve(&table->row, &table->row_room, table->nrows + 1, sizeof(*table->row)) ||
	    array_reserve(&table->cell, &table->cell_room, rows * table->ncpus,
			  sizeof(*table->cell)) ||
	    array_reserve(&table->text, &table->text_room, table->text_len + text_len + 1, 1))
		return -ENOMEM;
	return 0;
}

/* Adds a row, whose cells are in place already. */
static struct irqtable_row *row_add(struct irqtable *table, const char *label, size_t label_len,
				    const char *text, size_t text_len)
{
	struct irqtable_row *row = &table->row[table->nrows++];

	row->label = (uint32_t)table->text_len;
	row->label_len = (uint32_t)label_len;
	row->irq = label_number(label, label_len);
	row->key = text_keep(table, IRQTABLE_HASH_SEED, label, label_len);
	row->sum = IRQTABLE_SUM_NONE;
	row->key = irqtable_hash(row->key, ':');
	row->text = (uint32_t)table->text_len;
	row->text_len = (uint32_t)text_len;
	row->key = text_keep(table, row->key, text, text_len);
	table->rows_shape = irqtable_hash_word(table->rows_shape, row->key);
	return row;
}

static int row_parse(struct irqtable *table, const char *p, const char *end)
{
	const char *label, *colon, *text;
	struct irqtable_row *row;
	uint64_t total;
	uint32_t *cell;
	unsigned int n;
	int err;

	label = skip_blanks(p, end);
	colon = memchr(label, ':', (size_t)(end - label));
	if (!colon || colon == label) {
		table->skipped_rows += label != end;
		return 0;
	}
	err = row_reserve(table, (size_t)(end - label));
	if (err)
		return err;
	p = colon + 1;
	cell = table->cell + (table->totals_only ? 0 : (size_t)table->nrows * table->ncpus);
	n = cells_scan(&p, end, cell, table->ncpus, &total);
	memset(cell + n, 0, (table->ncpus - n) * sizeof(*cell));
	text = skip_blanks(p, end);
	while (end > text && is_blank(end[-1]))
		end--;
	row = row_add(table, label, (size_t)(colon - label), text, (size_t)(end - text));
	row->ncells = n;
	row->total = total;
	/* Rows with one counter for all CPUs (ERR, MIS) have no interrupt number. */
	if (n != table->ncpus ? row->irq >= 0 || n > 1 : counter_follows(p, end))
		table->torn_rows++;
	return 0;
}

int irqtable_add_row(struct irqtable *table, const char *label, size_t label_len, const char *text,
		     size_t text_len, uint32_t ncells)
{
	uint32_t *cell;
	int err;

	if (ncells > table->ncpus)
		return -EINVAL;
	err = row_reserve(table, label_len + text_len);
	if (err)
		return err;
	cell = table->cell + (size_t)table->nrows * table->ncpus;
	memset(cell, 0, table->ncpus * sizeof(*cell));
	row_add(table, label, label_len, text, text_len)->ncells = ncells;
	return 0;
}

int irqtable_copy(struct irqtable *to, const struct irqtable *from)
{
	size_t cells = (size_t)from->nrows * from->ncpus;

	irqtable_begin(to);
	if (array_reserve(&to->cpu, &to->cpu_room, from->ncpus, sizeof(*to->cpu)) ||
	    array_reserve(&to->row, &to->row_room, from->nrows, sizeof(*to->row)) ||
	    array_reserve(&to->cell, &to->cell_room, cells, sizeof(*to->cell)) ||
	    array_reserve(&to->text, &to->text_room, from->text_len + 1, 1))
		return -ENOMEM;
	if (from->ncpus)
		memcpy(to->cpu, from->cpu, from->ncpus * sizeof(*to->cpu));
	if (from->nrows)
		memcpy(to->row, from->row, from->nrows * sizeof(*to->row));
	if (cells)
		memcpy(to->cell, from->cell, cells * sizeof(*to->cell));
	if (from->text_len)
		memcpy(to->text, from->text, from->text_len);
	to->time_ns = from->time_ns;
	to->ncpus = from->ncpus;
	to->nrows = from->nrows;
	to->cpus_shape = from->cpus_shape;
	to->rows_shape = from->rows_shape;
	to->torn_rows = from->torn_rows;
	to->skipped_rows = from->skipped_rows;
	to->text_len = from->text_len;
	return 0;
}

void irqtable_begin(struct irqtable *table)
{
	table->ncpus = 0;
	table->nrows = 0;
	table->torn_rows = 0;
	table->skipped_rows = 0;
	table->text_len = 0;
	table->rows_shape = IRQTABLE_HASH_SEED;
	table->cpus_shape = IRQTABLE_HASH_SEED;
}

static int text_line_parse(struct irqtable *table, const char *p, const char *end)
{
	if (end > p && end[-1] == '\r')
		end--;
	if (!table->ncpus)
		return header_parse(table, p, end);
	return row_parse(table, p, end);
}

/*
 * Parses the text up to its last newline, or up to its end when it is the `last` text.
 * Returns the bytes used or a negative errno value.
 */
static ssize_t text_parse(struct irqtable *table, const char *text, size_t len, bool last)
{
	const char *p = text, *end = text + len;
	const char *newline;
	int err;

	while (p < end) {
		newline = memchr(p, '\n', (size_t)(end - p));
		if (!newline && !last)
			break;
		err = text_line_parse(table, p, newline ? newline : end);
		if (err)
			return err;
		p = newline ? newline + 1 : end;
	}
	return p - text;
}

static int table_end(struct irqtable *table)
{
	if (!table->ncpus)
		return -EPROTO;
	irqtable_sums_mark(table);
	return table->torn_rows ? -EAGAIN : 0;
}

int irqtable_parse(struct irqtable *table, const char *text, size_t len)
{
	ssize_t used;

	irqtable_begin(table);
	used = text_parse(table, text, len, true);
	if (used < 0) {
		irqtable_begin(table);
		return (int)used;
	}
	return table_end(table);
}

int irqtable_read(struct irqtable *table, int fd, struct irqtable_buffer *buffer)
{
	ssize_t n, used;
	bool empty = true;
	size_t len = 0;

	irqtable_begin(table);
	if (!buffer->data && array_reserve(&buffer->data, &buffer->size, BUFFER_BYTES, 1))
		return -ENOMEM;
	table->time_ns = clock_ns();
	do {
		n = read(fd, buffer->data + len, buffer->size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			irqtable_begin(table);
			return -errno;
		}
		len += (size_t)n;
		empty &= n == 0;
		/* A read returns a text line or a few: fill the buffer first. */
		if (n > 0 && len < buffer->size)
			continue;
		used = text_parse(table, buffer->data, len, n == 0);
		if (used < 0) {
			irqtable_begin(table);
			return (int)used;
		}
		len -= (size_t)used;
		memmove(buffer->data, buffer->data + used, len);
		if (len == buffer->size &&
		    array_reserve(&buffer->data, &buffer->size, len * 2, 1)) {
			irqtable_begin(table);
			return -ENOMEM;
		}
	} while (n);
	return empty ? -ENODATA : table_end(table);
}

void irqtable_free(struct irqtable *table)
{
	free(table->cpu);
	free(table->row);
	free(table->cell);
	free(table->text);
	memset(table, 0, sizeof(*table));
}

void irqtable_buffer_free(struct irqtable_buffer *buffer)
{
	free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}
