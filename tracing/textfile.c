// SPDX-License-Identifier: GPL-2.0-or-later
#include "textfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "traceline.h"

#define PAGE_BYTES   65536
#define HEADER	     16 /* of a sub-buffer: time, committed bytes */
#define RECORD_MAX   128
#define LINE_BYTES   4096
#define MISSED	     (1u << 31) /* in the committed bytes: events are missing before */
#define MISSED_KNOWN (1u << 30) /* their number is behind the records */
#define TIME_EXTEND  30
#define DELTA_BITS   27

/* Where the parts of our records are. */
enum {
	AT_TYPE = 0,
	AT_FLAGS = 2,
	AT_PID = 4,
	AT_VALUES = EVENT_COMMON_BYTES, /* 8 bytes each */
	AT_NAME = AT_VALUES + 8 * EVENT_VALUES_MAX,
	AT_PREV_NAME = AT_NAME + EVENT_COMM_BYTES,
	AT_PRIO = AT_PREV_NAME + EVENT_COMM_BYTES,
	SWITCH_BYTES = AT_PRIO + 4,
};

/**
 * struct text_cpu - the events of one CPU
 * @pages: @n_pages sub-buffers of PAGE_BYTES
 * @used: bytes of the last one; 0: the next event begins a new one
 * @ts: time of the last event
 * @read: sub-buffers that were read
 * @missed: events that are missing before the next one
 * @hard: depth of interrupts, where the text has no flags
 * @softirq: in one, where the text has no flags
 * @ended: value of the last irq_handler_exit, for its thread; NULL: none
 * @ended_irq: its interrupt
 */
struct text_cpu {
	uint8_t **pages;
	size_t n_pages;
	size_t n_alloc;
	size_t used;
	uint64_t ts;
	size_t read;
	uint64_t missed;
	unsigned int hard;
	bool softirq;
	uint8_t *ended;
	int64_t ended_irq;
};

/**
 * struct textfile - a text that was read
 * @functions: names of functions, @n_functions of them; in our records the address of one
 *	is its index + 1
 */
struct textfile {
	struct text_cpu *cpus;
	unsigned int n_cpus;
	char **functions;
	size_t n_functions;
	size_t functions_alloc;
	struct event_catalog catalog;
	uint64_t n_events;
	bool has_ns;
	bool has_context;
};

/* --- formats --------------------------------------------------------------- */

/* What the kernel would say of our records. */
static int add_format(struct textfile *text, const struct event_def *def)
{
	char format[1024];
	int len = snprintf(format, sizeof(format),
			   "name: %s\nID: %d\nformat:\n"
			   "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			   "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
			   "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n",
			   def->name, (int)(def - event_defs) + 1);

	for (int i = 0; i < EVENT_VALUES_MAX && def->fields[i]; i++)
		len += snprintf(format + len, sizeof(format) - (size_t)len,
				"\tfield:long %s;\toffset:%d;\tsize:8;\tsigned:1;\n",
				def->fields[i], AT_VALUES + 8 * i);
	if (def->kind == EVENT_IRQ_ENTRY)
		len += snprintf(format + len, sizeof(format) - (size_t)len,
				"\tfield:__data_loc char[] name;\toffset:%d;\tsize:4;\tsigned:0;\n",
				AT_NAME);
	if (def->kind == EVENT_WAKING || def->kind == EVENT_WAKEUP || def->kind == EVENT_SWITCH)
		len += snprintf(format + len, sizeof(format) - (size_t)len,
				"\tfield:char %s[16];\toffset:%d;\tsize:16;\tsigned:0;\n",
				def->kind == EVENT_SWITCH ? "next_comm" : "comm", AT_NAME);
	if (def->kind == EVENT_SWITCH)
		len += snprintf(format + len, sizeof(format) - (size_t)len,
				"\tfield:char prev_comm[16];\toffset:%d;\tsize:16;\tsigned:0;\n"
				"\tfield:int next_prio;\toffset:%d;\tsize:4;\tsigned:1;\n",
				AT_PREV_NAME, AT_PRIO);
	snprintf(format + len, sizeof(format) - (size_t)len, "\nprint fmt: \"\"\n");
	return event_catalog_add(&text->catalog, def->system, format) < 0 ? -1 : 0;
}

/* --- sub-buffers ----------------------------------------------------------- */

static void put(struct text_cpu *cpu, const void *data, size_t len)
{
	memcpy(cpu->pages[cpu->n_pages - 1] + cpu->used, data, len);
	cpu->used += len;
}

/* There is room for the number of missed events: see add_record(). */
static void page_end(struct text_cpu *cpu)
{
	uint64_t commit = cpu->used - HEADER, missed;
	uint8_t *page;

	if (!cpu->used)
		return;
	page = cpu->pages[cpu->n_pages - 1];
	memcpy(&missed, page + 8, sizeof(missed));
	if (missed == SUBBUF_MISSED_UNKNOWN) {
		commit |= MISSED;
	} else if (missed) {
		put(cpu, &missed, sizeof(missed));
		commit |= MISSED | MISSED_KNOWN;
	}
	memcpy(page + 8, &commit, sizeof(commit));
	cpu->used = 0;
}

/* The number of missed events is where page_end() puts the committed bytes. */
static int page_begin(struct text_cpu *cpu, uint64_t ts)
{
	if (array_reserve(&cpu->pages, &cpu->n_alloc, cpu->n_pages + 1, sizeof(uint8_t *)))
		return -1;
	cpu->pages[cpu->n_pages] = calloc(1, PAGE_BYTES);
	if (!cpu->pages[cpu->n_pages])
		return -1;
	cpu->n_pages++;
	put(cpu, &ts, sizeof(ts));
	put(cpu, &cpu->missed, sizeof(cpu->missed));
	cpu->missed = 0;
	cpu->ts = ts;
	return 0;
}

/* Returns the record in its sub-buffer, or NULL when memory runs out. */
static uint8_t *add_record(struct text_cpu *cpu, uint64_t ts, const uint8_t *data, size_t len)
{
	uint32_t word;
	uint64_t delta;

	if (!cpu->used || cpu->used + len + 24 > PAGE_BYTES || ts < cpu->ts ||
	    (ts - cpu->ts) >> (DELTA_BITS + 32)) {
		page_end(cpu);
		if (page_begin(cpu, ts))
			return NULL;
	}
	delta = ts - cpu->ts;
	if (delta >> DELTA_BITS) {
		word = TIME_EXTEND | (uint32_t)(delta & ((1u << DELTA_BITS) - 1)) << 5;
		put(cpu, &word, sizeof(word));
		word = (uint32_t)(delta >> DELTA_BITS);
		put(cpu, &word, sizeof(word));
		delta = 0;
	}
	word = (uint32_t)(len / 4) | (uint32_t)delta << 5;
	put(cpu, &word, sizeof(word));
	put(cpu, data, len);
	cpu->ts = ts;
	return cpu->pages[cpu->n_pages - 1] + cpu->used - len;
}

/* --- lines ----------------------------------------------------------------- */

/* Without flags the context is what the events before say. */
static uint8_t context_of(const struct text_cpu *cpu)
{
	return (uint8_t)((cpu->hard ? EVENT_FLAG_HARDIRQ : 0) |
			 (cpu->softirq ? EVENT_FLAG_SOFTIRQ : 0));
}

/* An entry is in the context that it begins, an exit in the one that it ends. */
static void follow_context(struct text_cpu *cpu, enum event_kind kind)
{
	if (kind == EVENT_IRQ_ENTRY || kind == EVENT_VECTOR_ENTRY)
		cpu->hard++;
	else if ((kind == EVENT_IRQ_EXIT || kind == EVENT_VECTOR_EXIT) && cpu->hard)
		cpu->hard--;
	else if (kind == EVENT_SOFTIRQ_ENTRY)
		cpu->softirq = true;
	else if (kind == EVENT_SOFTIRQ_EXIT)
		cpu->softirq = false;
	else if (kind == EVENT_SWITCH)
		cpu->hard = cpu->softirq = 0;
}

/* The waking of the thread of the interrupt that has just ended: "irq/36-eth0". */
static bool wakes_thread(const struct text_cpu *cpu, const struct traceline *line)
{
	char name[24];
	int len;

	if (!cpu->ended || line->def->kind != EVENT_WAKING)
		return false;
	len = snprintf(name, sizeof(name), "irq/%lld-", (long long)cpu->ended_irq);
	return !strncmp(line->name, name, (size_t)len);
}

/*
 * The text says "handled" also where the handler wakes its thread. That it did shows in
 * the wake-up that follows.
 */
static void note_thread(struct text_cpu *cpu, const struct traceline *line, uint8_t *record)
{
	static const int64_t wake_thread = 2;

	if (wakes_thread(cpu, line))
		memcpy(cpu->ended, &wake_thread, sizeof(wake_thread));
	cpu->ended = NULL;
	if (line->def->kind == EVENT_IRQ_EXIT) {
		cpu->ended = record + AT_VALUES + 8;
		cpu->ended_irq = line->value[0];
	}
}

static size_t encode(const struct traceline *line, uint8_t flags, uint8_t record[RECORD_MAX])
{
	enum event_kind kind = line->def->kind;
	uint16_t type = (uint16_t)(line->def - event_defs + 1);
	size_t len = AT_NAME;

	memset(record, 0, RECORD_MAX);
	memcpy(record + AT_TYPE, &type, sizeof(type));
	record[AT_FLAGS] = flags;
	memcpy(record + AT_PID, &line->pid, sizeof(line->pid));
	memcpy(record + AT_VALUES, line->value, sizeof(line->value));
	if (kind == EVENT_IRQ_ENTRY) {
		uint32_t name_len = (uint32_t)strlen(line->name) + 1;
		uint32_t where = (AT_NAME + 4) | name_len << 16;

		memcpy(record + AT_NAME, &where, sizeof(where));
		memcpy(record + AT_NAME + 4, line->name, name_len);
		len = (AT_NAME + 4 + name_len + 3) & ~(size_t)3;
	} else if (kind == EVENT_WAKING || kind == EVENT_WAKEUP) {
		memcpy(record + AT_NAME, line->name, EVENT_COMM_BYTES);
		len = AT_PREV_NAME;
	} else if (kind == EVENT_SWITCH) {
		memcpy(record + AT_NAME, line->name, EVENT_COMM_BYTES);
		memcpy(record + AT_PREV_NAME, line->prev_name, EVENT_COMM_BYTES);
		memcpy(record + AT_PRIO, &line->prio, sizeof(line->prio));
		len = SWITCH_BYTES;
	}
	return len;
}

/* The CPU, made if needed; NULL when memory runs out. */
static struct text_cpu *cpu_get(struct textfile *text, unsigned int cpu)
{
	struct text_cpu *cpus;

	if (cpu < text->n_cpus)
		return &text->cpus[cpu];
	cpus = realloc(text->cpus, (cpu + 1) * sizeof(*cpus));
	if (!cpus)
		return NULL;
	memset(cpus + text->n_cpus, 0, (cpu + 1 - text->n_cpus) * sizeof(*cpus));
	text->cpus = cpus;
	text->n_cpus = cpu + 1;
	return &cpus[cpu];
}

static int add_event(struct textfile *text, struct text_cpu *cpu, const struct traceline *line)
{
	bool exits = line->def->kind == EVENT_IRQ_EXIT || line->def->kind == EVENT_VECTOR_EXIT ||
		     line->def->kind == EVENT_SOFTIRQ_EXIT;
	uint8_t bytes[RECORD_MAX], *record, flags;

	if (!text->catalog.present[line->def - event_defs] && add_format(text, line->def))
		return -1;
	if (!exits)
		follow_context(cpu, line->def->kind);
	flags = line->has_flags ? line->flags : context_of(cpu);
	if (!line->has_flags && wakes_thread(cpu, line))
		flags |= EVENT_FLAG_HARDIRQ;
	if (exits)
		follow_context(cpu, line->def->kind);
	record = add_record(cpu, line->ts_ns, bytes, encode(line, flags, bytes));
	if (!record)
		return -1;
	note_thread(cpu, line, record);
	text->n_events++;
	text->has_ns |= line->digits > 6;
	text->has_context |= line->has_flags;
	text->catalog.no_flags |= !line->has_flags;
	return 0;
}

/* In place of the address, which the text does not have. */
static int add_function(struct textfile *text, struct traceline *line)
{
	size_t i = 0;

	if (!line->name[0])
		return 0;
	while (i < text->n_functions && strcmp(text->functions[i], line->name))
		i++;
	line->value[1] = (int64_t)i + 1;
	if (i < text->n_functions)
		return 0;
	if (array_reserve(&text->functions, &text->functions_alloc, i + 1, sizeof(char *)))
		return -1;
	text->functions[i] = strdup(line->name);
	if (!text->functions[i])
		return -1;
	text->n_functions++;
	return 0;
}

static void add_loss(struct text_cpu *cpu, uint64_t lost)
{
	page_end(cpu);
	if (lost == SUBBUF_MISSED_UNKNOWN || cpu->missed == SUBBUF_MISSED_UNKNOWN)
		cpu->missed = SUBBUF_MISSED_UNKNOWN;
	else
		cpu->missed += lost;
}

static int read_line(struct textfile *text, const char *row)
{
	struct traceline line;
	enum traceline_kind kind = traceline_parse(row, &line);
	struct text_cpu *cpu = kind == TRACELINE_OTHER ? NULL : cpu_get(text, line.cpu);

	if (kind == TRACELINE_OTHER)
		return 0;
	if (!cpu)
		return -1;
	if (kind == TRACELINE_LOSS) {
		add_loss(cpu, line.lost);
		return 0;
	}
	if ((line.def->kind == EVENT_WORK_QUEUE || line.def->kind == EVENT_WORK_START) &&
	    add_function(text, &line))
		return -1;
	return add_event(text, cpu, &line);
}

static int read_lines(struct textfile *text, FILE *in)
{
	char *row = NULL;
	size_t size = 0;
	ssize_t len;
	int err = 0;

	while (!err && (len = getline(&row, &size, in)) > 0) {
		while (len && (row[len - 1] == '\n' || row[len - 1] == '\r'))
			row[--len] = '\0';
		if (len < LINE_BYTES)
			err = read_line(text, row);
	}
	free(row);
	return err || ferror(in) ? -1 : 0;
}

/* What is missing behind the last event of a CPU needs a sub-buffer of its own. */
static int end_cpus(struct textfile *text)
{
	for (unsigned int i = 0; i < text->n_cpus; i++) {
		struct text_cpu *cpu = &text->cpus[i];

		if (cpu->missed && page_begin(cpu, cpu->ts))
			return -1;
		page_end(cpu);
	}
	return 0;
}

/**
 * textfile_read - read the text of a trace
 * @in: to its end
 * @why: what is wrong with it
 *
 * Lines that show no event are skipped. Returns NULL with @why filled, also when no line
 * shows one.
 */
struct textfile *textfile_read(FILE *in, struct why *why)
{
	struct textfile *text = calloc(1, sizeof(*text));

	errno = 0;
	if (!text || event_catalog_init(&text->catalog, false) || read_lines(text, in)) {
		why_set(why, "%s", strerror(errno ? errno : ENOMEM));
		textfile_free(text);
		return NULL;
	}
	if (!text->n_events) {
		why_set(why,
			"no trace.dat of trace-cmd, and no text of trace_pipe, trace-cmd report or perf script: no line shows an event");
		textfile_free(text);
		return NULL;
	}
	if (end_cpus(text)) {
		why_set(why, "%s", strerror(ENOMEM));
		textfile_free(text);
		return NULL;
	}
	return text;
}

/* NULL is fine. */
void textfile_free(struct textfile *text)
{
	if (!text)
		return;
	for (unsigned int i = 0; i < text->n_cpus; i++) {
		for (size_t k = 0; k < text->cpus[i].n_pages; k++)
			free(text->cpus[i].pages[k]);
		free(text->cpus[i].pages);
	}
	free(text->cpus);
	for (size_t i = 0; i < text->n_functions; i++)
		free(text->functions[i]);
	free(text->functions);
	event_catalog_free(&text->catalog);
	free(text);
}

/* Only events that are in the text are bound. */
const struct event_catalog *textfile_catalog(const struct textfile *text)
{
	return &text->catalog;
}

unsigned int textfile_n_cpus(const struct textfile *text)
{
	return text->n_cpus;
}

/* The functions of work items, by what is their address here; NULL when memory runs out. */
struct symbols *textfile_symbols(const struct textfile *text)
{
	char *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < text->n_functions; i++)
		fprintf(out, "%zx T %s\n", i + 1, text->functions[i]);
	if (fclose(out)) {
		free(all);
		return NULL;
	}
	return symbols_new(all);
}

/* Whether times are more exact than microseconds. */
bool textfile_has_ns(const struct textfile *text)
{
	return text->has_ns;
}

/* Whether lines have flags, which say what is an interrupt. */
bool textfile_has_context(const struct textfile *text)
{
	return text->has_context;
}

static ssize_t read_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	struct textfile *text = ctx;
	struct text_cpu *c = &text->cpus[cpu];

	if (c->read == c->n_pages)
		return 0;
	*page = c->pages[c->read++];
	return PAGE_BYTES;
}

/* In the layout subbuf_native. */
struct page_reader textfile_reader(struct textfile *text)
{
	return (struct page_reader){ .read = read_page, .ctx = text };
}
