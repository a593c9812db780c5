// SPDX-License-Identifier: GPL-2.0-or-later
/* Which NUMA node and cache each CPU belongs to. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "irqtable.h"
#include "local.h"

static int cpus_read(struct cpu_mask *set, int root, const char *path)
{
	char text[CPU_MASK_BYTES];
	ssize_t len = irqtable_text(root, path, text, sizeof(text));

	if (len < 0)
		return (int)len;
	return cpu_mask_parse(set, text, (size_t)len) ? -errno : 0;
}

int irqtable_possible_read(struct cpu_mask *cpus, int root)
{
	return cpus_read(cpus, root, "sys/devices/system/cpu/possible");
}

static void nodes_read(struct irqtable_place *place, unsigned int ncpus, int root)
{
	struct cpu_mask online, cpus;
	unsigned int node, cpu;
	char path[80];

	if (cpus_read(&online, root, "sys/devices/system/node/online"))
		return;
	for (node = 0; node < CPUS_MAX; node++) {
		if (!cpu_mask_has(&online, node))
			continue;
		snprintf(path, sizeof(path), "sys/devices/system/node/node%u/cpulist", node);
		if (cpus_read(&cpus, root, path))
			continue;
		for (cpu = 0; cpu < ncpus; cpu++)
			if (cpu_mask_has(&cpus, cpu))
				place[cpu].node = (int)node;
	}
}

void irqtable_places_read(struct irqtable_place *place, unsigned int ncpus, int root)
{
	struct cpu_mask cpus;
	unsigned int cpu, other;
	char path[96];

	for (cpu = 0; cpu < ncpus; cpu++)
		place[cpu].node = place[cpu].cache = -1;
	nodes_read(place, ncpus, root);
	for (cpu = 0; cpu < ncpus; cpu++) {
		if (place[cpu].cache >= 0)
			continue;
		/* The last level is 3, or 2 where there is no third. */
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
			if (cpu_mask_has(&cpus, other))
				place[other].cache = (int)cpu;
	}
}
