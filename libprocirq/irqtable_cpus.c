// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sets of CPUs and where CPUs are. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "irqtable.h"
#include "irqtable_local.h"

int irqtable_cpus_parse(struct irqtable_cpus *set, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	uint64_t first, last;

	memset(set, 0, sizeof(*set));
	while (end > p && (end[-1] == ' ' || end[-1] == '\n'))
		end--;
	while (p < end) {
		if (!irqtable_number(&p, end, &first))
			return -EINVAL;
		last = first;
		if (p < end && *p == '-') {
			p++;
			if (!irqtable_number(&p, end, &last) || last < first)
				return -EINVAL;
		}
		if (last >= IRQTABLE_CPUS_MAX)
			return -ERANGE;
		for (; first <= last; first++)
			irqtable_cpus_add(set, (unsigned int)first);
		if (p == end)
			break;
		if (*p++ != ',' || p == end)
			return -EINVAL;
	}
	return 0;
}

size_t irqtable_cpus_format(const struct irqtable_cpus *set, char *buf, size_t size)
{
	unsigned int first, last;
	size_t len = 0;
	char part[32];
	int n, i;

	if (size)
		buf[0] = '\0';
	for (first = 0; first < IRQTABLE_CPUS_MAX; first = last + 1) {
		last = first;
		if (!set->bit[first / 64]) {
			last |= 63;
			continue;
		}
		if (!irqtable_cpus_has(set, first))
			continue;
		while (irqtable_cpus_has(set, last + 1))
			last++;
		if (last > first)
			n = snprintf(part, sizeof(part), "%s%u-%u", len ? "," : "", first, last);
		else
			n = snprintf(part, sizeof(part), "%s%u", len ? "," : "", first);
		for (i = 0; i < n; i++, len++) {
			if (len + 1 < size) {
				buf[len] = part[i];
				buf[len + 1] = '\0';
			}
		}
	}
	return len;
}

unsigned int irqtable_cpus_count(const struct irqtable_cpus *set)
{
	unsigned int i, n = 0;

	for (i = 0; i < IRQTABLE_CPUS_MAX / 64; i++)
		n += (unsigned int)__builtin_popcountll(set->bit[i]);
	return n;
}

static int cpus_read(struct irqtable_cpus *set, int root, const char *path)
{
	char text[IRQTABLE_CPUS_TEXT];
	ssize_t len = irqtable_text(root, path, text, sizeof(text));

	return len < 0 ? (int)len : irqtable_cpus_parse(set, text, (size_t)len);
}

static void nodes_read(struct irqtable_place *place, unsigned int ncpus, int root)
{
	struct irqtable_cpus online, cpus;
	unsigned int node, cpu;
	char path[80];

	if (cpus_read(&online, root, "sys/devices/system/node/online"))
		return;
	for (node = 0; node < IRQTABLE_CPUS_MAX; node++) {
		if (!irqtable_cpus_has(&online, node))
			continue;
		snprintf(path, sizeof(path), "sys/devices/system/node/node%u/cpulist", node);
		if (cpus_read(&cpus, root, path))
			continue;
		for (cpu = 0; cpu < ncpus; cpu++)
			if (irqtable_cpus_has(&cpus, cpu))
				place[cpu].node = (int)node;
	}
}

void irqtable_places_read(struct irqtable_place *place, unsigned int ncpus, int root)
{
	struct irqtable_cpus cpus;
	unsigned int cpu, other;
	char path[96];

	for (cpu = 0; cpu < ncpus; cpu++)
		place[cpu].node = place[cpu].cache = -1;
	nodes_read(place, ncpus, root);
	for (cpu = 0; cpu < ncpus; cpu++) {
		if (place[cpu].cache >= 0)
			continue;
		/* The last level is the third where there is one. */
		snprintf(path, sizeof(path),
			 "sys/devices/system/cpu/cpu%u/"
			 "cache/index3/shared_cpu_list",
			 cpu);
		if (cpus_read(&cpus, root, path)) {
			snprintf(path, sizeof(path),
				 "sys/devices/system/cpu/"
				 "cpu%u/cache/index2/shared_cpu_list",
				 cpu);
			if (cpus_read(&cpus, root, path))
				continue;
		}
		for (other = cpu; other < ncpus; other++)
			if (irqtable_cpus_has(&cpus, other))
				place[other].cache = (int)cpu;
	}
}
