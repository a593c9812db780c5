// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/stat: time in interrupts, and the totals. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "irqtable.h"
#include "local.h"

#define BUFFER_BYTES (64 * 1024)

/* user nice system idle iowait irq softirq steal; user includes guest time. */
enum { TICKS_IRQ = 5, TICKS_SOFTIRQ = 6, TICKS_COUNT = 8 };

static bool word_is(const char **p, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - *p) < len || memcmp(*p, word, len))
		return false;
	*p += len;
	return true;
}

static bool next_number(const char **p, const char *end, uint64_t *value)
{
	while (*p < end && **p == ' ')
		(*p)++;
	return irqtable_number(p, end, value);
}

static void ticks_parse(struct irqtable_stat_cpu *cpu, const char *p, const char *end)
{
	uint64_t value;
	int i;

	cpu->total_ticks = cpu->irq_ticks = cpu->softirq_ticks = 0;
	for (i = 0; i < TICKS_COUNT && next_number(&p, end, &value); i++) {
		cpu->total_ticks += value;
		if (i == TICKS_IRQ)
			cpu->irq_ticks = value;
		if (i == TICKS_SOFTIRQ)
			cpu->softirq_ticks = value;
	}
}

static int entry_parse(struct irqtable_stat *stat, const char *p, const char *end)
{
	uint64_t cpu;

	if (word_is(&p, end, "cpu")) {
		if (p < end && *p == ' ') {
			ticks_parse(&stat->all, p, end);
			return 0;
		}
		if (!irqtable_number(&p, end, &cpu) || cpu > INT32_MAX)
			return -EPROTO;
		if (array_reserve(&stat->cpu, &stat->cpu_room, stat->ncpus + 1, sizeof(*stat->cpu)))
			return -ENOMEM;
		stat->cpu[stat->ncpus].cpu = (uint32_t)cpu;
		ticks_parse(&stat->cpu[stat->ncpus++], p, end);
	} else if (word_is(&p, end, "intr ")) {
		next_number(&p, end, &stat->interrupts);
	} else if (word_is(&p, end, "softirq ")) {
		next_number(&p, end, &stat->softirqs);
	} else if (word_is(&p, end, "ctxt ")) {
		next_number(&p, end, &stat->switches);
	} else if (word_is(&p, end, "btime ")) {
		next_number(&p, end, &stat->boot_s);
	}
	return 0;
}

int irqtable_stat_parse(struct irqtable_stat *stat, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	const char *newline;
	int err;

	stat->ncpus = 0;
	memset(&stat->all, 0, sizeof(stat->all));
	stat->all.cpu = IRQTABLE_NONE;
	stat->interrupts = stat->softirqs = stat->switches = IRQTABLE_STAT_UNKNOWN;
	stat->boot_s = 0;
	while (p < end) {
		newline = memchr(p, '\n', (size_t)(end - p));
		err = entry_parse(stat, p, newline ? newline : end);
		if (err)
			return err;
		p = newline ? newline + 1 : end;
	}
	return 0;
}

int irqtable_stat_read(struct irqtable_stat *stat, int fd, struct irqtable_buffer *buffer)
{
	size_t len = 0;
	ssize_t n;

	do {
		if (array_reserve(&buffer->data, &buffer->size, len ? len * 2 : BUFFER_BYTES, 1))
			return -ENOMEM;
		do {
			n = read(fd, buffer->data + len, buffer->size - len);
			if (n < 0 && errno != EINTR)
				return -errno;
			len += n > 0 ? (size_t)n : 0;
		} while (n && len < buffer->size);
	} while (n);
	return irqtable_stat_parse(stat, buffer->data, len);
}

/* "1010.25 99.10": seconds since boot, and idle time of all CPUs. */
int irqtable_uptime_read(int root, uint64_t *uptime_ns)
{
	uint64_t seconds, hundredths = 0;
	const char *p, *end, *point;
	char text[64];
	ssize_t len = irqtable_text(root, "proc/uptime", text, sizeof(text));

	if (len < 0)
		return (int)len;
	p = text;
	end = text + len;
	if (!irqtable_number(&p, end, &seconds))
		return -EPROTO;
	if (p < end && *p == '.') {
		point = ++p;
		if (!irqtable_number(&p, end, &hundredths) || p - point != 2)
			return -EPROTO;
	}
	*uptime_ns = seconds * 1000000000 + hundredths * 10000000;
	return 0;
}

void irqtable_stat_free(struct irqtable_stat *stat)
{
	free(stat->cpu);
	memset(stat, 0, sizeof(*stat));
}
