/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of irqtop share: samples from texts, and views of them. */
#ifndef TESTS_UNIT_IRQTOP_H
#define TESTS_UNIT_IRQTOP_H

#include <errno.h>

#include "unit.h"

#include "irqtop/sample/monitor.h"
#include "irqtop/view/view.h"

#define HEAD   "           CPU0       CPU1       \n"
#define SECOND UINT64_C(1000000000)

/* A sampler of texts like /proc/interrupts, one second apart. */
struct texts {
	struct sampler sampler;
	const char *const *text;
	unsigned int n;
};

static int texts_read(struct sampler *sampler, struct sample *sample)
{
	struct texts *texts = (struct texts *)sampler;
	const char *text = sampler->next < texts->n ? texts->text[sampler->next] : NULL;
	int err;

	if (!text)
		return -ENODATA;
	err = irqtable_parse(&sample->table[0], text, strlen(text));
	sample->have[0] = true;
	sample->time_ns = ++sampler->next * SECOND;
	sample->table[0].time_ns = sample->time_ns;
	return err;
}

static void texts_close(struct sampler *sampler)
{
	(void)sampler;
}

static const struct sampler_ops texts_ops = { .read = texts_read, .close = texts_close };

static inline void monitor_start(struct monitor *monitor, struct texts *texts,
				 const char *const *text, unsigned int n)
{
	memset(monitor, 0, sizeof(*monitor));
	*texts = (struct texts){ { .ops = &texts_ops, .root = -1 }, text, n };
	monitor->sampler = &texts->sampler;
}

/* The labels of the rows, a blank behind each. */
static inline void view_labels(char *buf, size_t size, const struct view *view)
{
	size_t len = 0;
	uint32_t i;

	buf[0] = '\0';
	for (i = 0; i < view->nrows; i++)
		len += (size_t)snprintf(buf + len, size - len, "%.*s ",
					(int)view->row[i].data->label_len,
					view->row[i].text + view->row[i].data->label);
}

/* Rates 1, 5 and 3; then 25 goes and 27 comes; then 25 is back. */
static const char *const three[] = {
	HEAD " 24: 10 0 IO-APIC 1-edge a\n 25: 10 0 IO-APIC 2-edge b\n 26: 10 0 IO-APIC 3-edge c\n",
	HEAD " 24: 11 0 IO-APIC 1-edge a\n 25: 15 0 IO-APIC 2-edge b\n 26: 13 0 IO-APIC 3-edge c\n",
	HEAD " 24: 99 0 IO-APIC 1-edge a\n 26: 13 0 IO-APIC 3-edge c\n"
	     " 27: 500 0 IO-APIC 4-edge d\n",
	HEAD " 24: 99 0 IO-APIC 1-edge a\n 25: 1 0 IO-APIC 2-edge b\n"
	     " 26: 13 0 IO-APIC 3-edge c\n 27: 600 0 IO-APIC 4-edge d\n",
};

#endif /* TESTS_UNIT_IRQTOP_H */
