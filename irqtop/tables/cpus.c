// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel says of each CPU: lost packets, vectors, isolation. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "irqtable.h"
#include "local.h"

/* Columns of /proc/net/softnet_stat, in hexadecimal. Since 5.10 the last named is there. */
enum { SOFTNET_DROPPED = 1, SOFTNET_SQUEEZED = 2, SOFTNET_CPU = 12, SOFTNET_COLUMNS };

/* Returns how many columns there are. */
static unsigned int softnet_parse(const char *text, unsigned long *column)
{
	unsigned int n = 0;
	char *end;

	while (n < SOFTNET_COLUMNS && *text != '\n') {
		column[n] = strtoul(text, &end, 16);
		if (end == text)
			break;
		text = end;
		n++;
	}
	return n;
}

int irqtable_softnet_read(struct irqtable_cpu_facts *facts, unsigned int ncpus,
			  const struct irqtable *online, int root, struct irqtable_buffer *buffer)
{
	ssize_t len = irqtable_file(root, "proc/net/softnet_stat", buffer);
	unsigned long column[SOFTNET_COLUMNS];
	unsigned int row, n;
	const char *p;
	uint32_t cpu;

	if (len < 0)
		return (int)len;
	for (p = buffer->data, row = 0; *p; row++) {
		n = softnet_parse(p, column);
		p += strcspn(p, "\n");
		p += *p == '\n';
		/* Older kernels print the CPUs that are online in their order. */
		cpu = n > SOFTNET_CPU	  ? (uint32_t)column[SOFTNET_CPU] :
		      row < online->ncpus ? online->cpu[row] :
					    IRQTABLE_NONE;
		if (n <= SOFTNET_SQUEEZED || cpu >= ncpus)
			continue;
		facts[cpu].have_softnet = true;
		facts[cpu].dropped = column[SOFTNET_DROPPED];
		facts[cpu].squeezed = column[SOFTNET_SQUEEZED];
	}
	return 0;
}

/*
 * x86's vector domain: "| CPU | avl | man | mac | act | vectors", then a row for each
 * CPU online.
 */
int irqtable_vectors_read(struct irqtable_cpu_facts *facts, unsigned int ncpus, int root,
			  struct irqtable_buffer *buffer)
{
	ssize_t len = irqtable_file(root, "sys/kernel/debug/irq/domains/VECTOR", buffer);
	unsigned int cpu, available, managed, managed_free, active;
	const char *p;

	if (len < 0)
		return (int)len;
	p = strstr(buffer->data, "| CPU |");
	for (p = p ? p : ""; *p; p += *p == '\n') {
		p += strcspn(p, "\n");
		if (sscanf(p, "%u %u %u %u %u", &cpu, &available, &managed, &managed_free,
			   &active) != 5 ||
		    cpu >= ncpus)
			continue;
		facts[cpu].have_vectors = true;
		facts[cpu].vectors_left = available;
		facts[cpu].vectors_used = active;
	}
	return 0;
}

static int list_read(struct cpu_mask *cpus, int root, const char *path)
{
	char text[CPU_MASK_BYTES];
	ssize_t len = irqtable_text(root, path, text, sizeof(text));

	memset(cpus, 0, sizeof(*cpus));
	if (len < 0)
		return (int)len;
	/* A kernel without such CPUs prints nothing, or "(null)". */
	if (!len || text[0] == '(')
		return 0;
	return cpu_mask_parse(cpus, text, (size_t)len) ? -EPROTO : 0;
}

int irqtable_isolated_read(struct cpu_mask *cpus, int root)
{
	return list_read(cpus, root, "sys/devices/system/cpu/isolated");
}

int irqtable_nohz_read(struct cpu_mask *cpus, int root)
{
	return list_read(cpus, root, "sys/devices/system/cpu/nohz_full");
}
