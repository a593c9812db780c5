// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The interrupt tables on any bytes, for libFuzzer. The input is cut at bytes of
 * value 1 into up to three texts: two samples of a table and a /proc/stat.
 * Properties: cells add up to deltas, streaming reads what parsing in one go does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "irqtop/tables/irqtable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void words_check(const struct irqtable *table)
{
	struct irqtable_words w;
	unsigned int r;

	for (r = 0; r < table->nrows; r++) {
		const struct irqtable_row *row = &table->row[r];
		const char *text = table->text + row->text;

		irqtable_split(text, row->text_len, row->irq >= 0, &w);
		check(w.actions >= text && w.actions + w.actions_len <= text + row->text_len);
		check(w.chip_len + w.hwirq_len + w.flow_len + w.actions_len <= row->text_len);
	}
}

static void diff_check(const struct irqtable_diff *diff)
{
	unsigned int r, c;

	for (r = 0; r < diff->nrows; r++) {
		uint64_t sum = 0;

		for (c = 0; c < diff->ncpus; c++)
			sum += irqtable_diff_cell(diff, r, c);
		if (diff->cur->row[r].ncells == diff->ncpus)
			check(sum == diff->row[r].delta);
		if (diff->row[r].state != IRQTABLE_COUNTED)
			check(diff->row[r].delta == 0);
	}
}

/* A read buffer of a few bytes, so that every line is cut. */
static void stream_check(const struct irqtable *whole, const char *text, size_t len)
{
	struct irqtable_buffer buffer = { malloc(3), 3 };
	struct irqtable table = { 0 };
	int fd = memfd_create("fuzz", 0);
	int err;

	check(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	lseek(fd, 0, SEEK_SET);
	err = irqtable_read(&table, fd, &buffer);
	check(err == -EPROTO ? whole->nrows == 0 : table.nrows == whole->nrows);
	check(table.rows_shape == whole->rows_shape || err == -EPROTO);
	close(fd);
	irqtable_free(&table);
	irqtable_buffer_free(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct irqtable a, b;
	static struct irqtable_diff diff;
	static struct irqtable_stat stat;
	struct cpu_mask only;
	const char *text = (const char *)data;
	const char *cut = memchr(text, 1, size);
	const char *cut2 = cut ? memchr(cut + 1, 1, size - (size_t)(cut + 1 - text)) : NULL;
	size_t first = cut ? (size_t)(cut - text) : size;
	size_t second = cut ? (size_t)((cut2 ? cut2 : text + size) - cut - 1) : 0;

	irqtable_parse(&a, text, first);
	irqtable_parse(&b, cut ? cut + 1 : text, cut ? second : size);
	stream_check(&a, text, first);
	words_check(&a);
	check(!irqtable_diff(&diff, &a, &b, NULL));
	diff_check(&diff);
	cpu_mask_parse(&only, text, first);
	check(!irqtable_diff(&diff, &b, &a, &only));
	if (cut2)
		irqtable_stat_parse(&stat, cut2 + 1, size - (size_t)(cut2 + 1 - text));
	return 0;
}
