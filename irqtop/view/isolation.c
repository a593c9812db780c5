// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "isolation.h"

static void mask_and(struct cpu_mask *out, const struct cpu_mask *a, const struct cpu_mask *b,
		     bool without)
{
	unsigned int i;

	for (i = 0; i < CPUS_MAX / 64; i++)
		out->bit[i] = a->bit[i] & (without ? ~b->bit[i] : b->bit[i]);
}

/* A list, or how many there are where it is long. */
static void cpus_text(char text[64], const struct cpu_mask *cpus)
{
	if (cpu_mask_format(cpus, text, 48) >= 48)
		snprintf(text, 64, "%u CPUs", cpu_mask_count(cpus));
}

/* The CPUs that the command names: those of the affinity that are not isolated. */
static bool housekeeping(struct cpu_mask *cpus, const struct isolation *isolation)
{
	mask_and(cpus, &isolation->facts->affinity, isolation->isolated, true);
	if (cpu_mask_count(cpus))
		return true;
	mask_and(cpus, isolation->online, isolation->isolated, true);
	return cpu_mask_count(cpus) > 0;
}

void isolation_advise(char text[ISOLATION_BYTES], const struct isolation *isolation)
{
	const struct irqtable_facts *facts = isolation->facts;
	struct cpu_mask allowed, house;
	char hit[64], affinity[64], list[CPU_MASK_BYTES];
	int len;

	cpus_text(hit, isolation->hit);
	if (!(facts->have & IRQTABLE_HAVE_AFFINITY)) {
		snprintf(text, ISOLATION_BYTES, "on isolated CPU %s; its affinity is not known",
			 hit);
		return;
	}
	cpus_text(affinity, &facts->affinity);
	mask_and(&allowed, &facts->affinity, isolation->isolated, false);
	if (!cpu_mask_count(&allowed)) {
		snprintf(text, ISOLATION_BYTES,
			 "on isolated CPU %s; its affinity %s does not allow that any more", hit,
			 affinity);
		return;
	}
	len = snprintf(text, ISOLATION_BYTES, "on isolated CPU %s; its affinity %s allows it; ",
		       hit, affinity);
	text += len;
	if (facts->have & IRQTABLE_HAVE_MANAGED && facts->managed)
		snprintf(text, ISOLATION_BYTES - (size_t)len,
			 "managed by its driver: boot with isolcpus=managed_irq,..., or give the "
			 "device fewer queues");
	else if (!facts->settable)
		snprintf(text, ISOLATION_BYTES - (size_t)len,
			 "the kernel does not let it be changed: managed by its driver, or fixed");
	else if (housekeeping(&house, isolation) &&
		 cpu_mask_format(&house, list, sizeof(list)) < 200)
		snprintf(text, ISOLATION_BYTES - (size_t)len,
			 "echo %.200s > /proc/irq/%u/smp_affinity_list keeps it away", list,
			 facts->irq);
	else
		snprintf(text, ISOLATION_BYTES - (size_t)len,
			 "write other CPUs to /proc/irq/%u/smp_affinity_list", facts->irq);
}
