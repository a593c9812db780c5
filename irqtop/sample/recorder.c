// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "recorder.h"

uint32_t recording_sum(const unsigned char *data, size_t len)
{
	uint32_t sum = 0x811c9dc5;

	while (len--)
		sum = (sum ^ *data++) * 0x01000193;
	return sum;
}

static void put(struct outbuf *out, uint64_t value)
{
	while (value >= 0x80) {
		outbuf_char(out, (char)(value | 0x80));
		value >>= 7;
	}
	outbuf_char(out, (char)value);
}

static void put_u32(char *at, uint32_t value)
{
	int i;

	for (i = 0; i < 4; i++)
		at[i] = (char)(value >> i * 8);
}

/* Pairs of cells skipped and value, then the number of cells left. */
static void cells_put(struct outbuf *out, const uint32_t *cell, const uint32_t *base, size_t n)
{
	size_t i, last = 0;
	uint32_t value;

	for (i = 0; i < n; i++) {
		value = cell[i] - (base ? base[i] : 0);
		if (!value)
			continue;
		put(out, i - last);
		put(out, value);
		last = i + 1;
	}
	put(out, n - last);
}

static void shape_put(struct outbuf *out, const struct irqtable *table)
{
	unsigned int i;

	put(out, table->ncpus);
	for (i = 0; i < table->ncpus; i++)
		put(out, table->cpu[i]);
	put(out, table->nrows);
	for (i = 0; i < table->nrows; i++) {
		const struct irqtable_row *row = &table->row[i];

		put(out, row->label_len);
		outbuf_bytes(out, table->text + row->label, row->label_len);
		put(out, row->text_len);
		outbuf_bytes(out, table->text + row->text, row->text_len);
		put(out, row->ncells);
	}
}

static void stat_put(struct outbuf *out, const struct sample *sample)
{
	const struct irqtable_stat *stat = &sample->stat;

	put(out, sample->have_stat);
	if (!sample->have_stat)
		return;
	put(out, stat->all.total_ticks);
	put(out, stat->all.irq_ticks);
	put(out, stat->all.softirq_ticks);
	put(out, stat->interrupts);
	put(out, stat->softirqs);
	put(out, stat->switches);
	put(out, stat->boot_s);
}

static void places_put(struct outbuf *out, const struct irqtable_place *place, uint32_t nplaces)
{
	uint32_t cpu, n = 0;

	for (cpu = 0; cpu < nplaces; cpu++)
		n += place[cpu].node >= 0 || place[cpu].cache >= 0;
	put(out, n);
	for (cpu = 0; cpu < nplaces; cpu++) {
		if (place[cpu].node < 0 && place[cpu].cache < 0)
			continue;
		put(out, cpu);
		put(out, (uint64_t)place[cpu].node + 1);
		put(out, (uint64_t)place[cpu].cache + 1);
	}
}

static bool is_next(const struct recorder *recorder, const struct monitor *monitor)
{
	const struct sample *sample = monitor_sample(monitor);
	int i;

	if (!recorder->started || recorder->since_key + 1 >= RECORDING_KEY_EVERY ||
	    monitor->samples < 2)
		return false;
	for (i = 0; i < TABLE_COUNT; i++)
		if (sample->have[i] && !(monitor->diff[i].same_rows && monitor->diff[i].same_cpus))
			return false;
	return true;
}

int recorder_open(struct recorder *recorder, const char *path)
{
	ssize_t n;

	memset(recorder, 0, sizeof(*recorder));
	recorder->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (recorder->fd < 0)
		return -errno;
	n = write(recorder->fd, RECORDING_MAGIC, RECORDING_MAGIC_LEN);
	if (n == RECORDING_MAGIC_LEN)
		return 0;
	n = n < 0 ? -errno : -ENOSPC;
	close(recorder->fd);
	return (int)n;
}

int recorder_write(struct recorder *recorder, const struct monitor *monitor,
		   const struct irqtable_place *place, uint32_t nplaces)
{
	const struct sample *cur = monitor_sample(monitor);
	bool next = is_next(recorder, monitor);
	struct outbuf *out = &recorder->out;
	int i;

	out->len = 0;
	outbuf_bytes(out, "\0\0\0\0\0\0\0\0", RECORDING_HEAD);
	put(out, next ? RECORDING_NEXT : RECORDING_KEY);
	put(out, (uint64_t)cur->wall_ms);
	put(out, cur->time_ns);
	put(out, (unsigned int)cur->have[0] | (unsigned int)cur->have[1] << 1);
	stat_put(out, cur);
	for (i = 0; i < TABLE_COUNT; i++) {
		const struct irqtable *table = &cur->table[i];

		if (!cur->have[i])
			continue;
		if (!next)
			shape_put(out, table);
		cells_put(out, table->cell, next ? monitor->diff[i].prev->cell : NULL,
			  (size_t)table->nrows * table->ncpus);
	}
	if (!next)
		places_put(out, place, nplaces);
	if (out->failed || out->len - RECORDING_HEAD > UINT32_MAX)
		return -ENOMEM;
	put_u32(out->data, (uint32_t)(out->len - RECORDING_HEAD));
	put_u32(out->data + 4, recording_sum((unsigned char *)out->data + RECORDING_HEAD,
					     out->len - RECORDING_HEAD));
	recorder->started = true;
	recorder->since_key = next ? recorder->since_key + 1 : 0;
	return outbuf_write(out, recorder->fd) ? -errno : 0;
}

int recorder_close(struct recorder *recorder)
{
	int err = close(recorder->fd) ? -errno : 0;

	outbuf_free(&recorder->out);
	recorder->fd = -1;
	return err;
}
