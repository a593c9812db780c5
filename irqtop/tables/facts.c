// SPDX-License-Identifier: GPL-2.0-or-later
/* Facts of one interrupt, from /proc/irq/N and /sys/kernel/irq/N. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "irqtable.h"
#include "local.h"

static ssize_t fact_text(int root, const char *base, uint32_t irq, const char *name, char *buf,
			 size_t size)
{
	char path[96];

	snprintf(path, sizeof(path), *name ? "%s/%u/%s" : "%s/%u%s", base, irq, name);
	return irqtable_text(root, path, buf, size);
}

static unsigned int fact_copy(int root, uint32_t irq, const char *name, char *buf, size_t size,
			      unsigned int have)
{
	ssize_t len = fact_text(root, "sys/kernel/irq", irq, name, buf, size);

	if (len < 0)
		buf[0] = '\0';
	return len > 0 ? have : 0;
}

static unsigned int fact_cpus(int root, uint32_t irq, const char *name, struct cpu_mask *set,
			      unsigned int have)
{
	char text[CPU_MASK_BYTES];
	ssize_t len = fact_text(root, "proc/irq", irq, name, text, sizeof(text));

	if (len < 0 || cpu_mask_parse(set, text, (size_t)len))
		return 0;
	return have;
}

/* A mask in 32-bit words, "00000000,0000000f"; nothing where no bit is set. */
static unsigned int fact_hint(int root, uint32_t irq, struct cpu_mask *set)
{
	char text[4096];
	ssize_t at = fact_text(root, "proc/irq", irq, "affinity_hint", text, sizeof(text));
	unsigned int cpu = 0, bit, digit;

	memset(set, 0, sizeof(*set));
	if (at <= 0)
		return 0;
	while (at-- > 0) {
		if (text[at] == ',')
			continue;
		if (text[at] >= '0' && text[at] <= '9')
			digit = (unsigned int)(text[at] - '0');
		else if (text[at] >= 'a' && text[at] <= 'f')
			digit = (unsigned int)(text[at] - 'a' + 10);
		else
			return 0;
		for (bit = 0; bit < 4; bit++)
			if (digit >> bit & 1)
				cpu_mask_add(set, cpu + bit);
		cpu += 4;
	}
	return IRQTABLE_HAVE_HINT;
}

static unsigned int fact_spurious(int root, uint32_t irq, struct irqtable_facts *facts)
{
	unsigned long long seen, unhandled, last;
	char text[128];

	if (fact_text(root, "proc/irq", irq, "spurious", text, sizeof(text)) < 0 ||
	    sscanf(text, "count %llu unhandled %llu last_unhandled %llu", &seen, &unhandled,
		   &last) != 3)
		return 0;
	facts->spurious_seen = seen;
	facts->spurious_unhandled = unhandled;
	facts->spurious_last_ms = last;
	return IRQTABLE_HAVE_SPURIOUS;
}

/*
 * Since 6.18 the kernel removes the write permission of the file where the affinity
 * cannot be set. access() would always permit root to write.
 */
static bool affinity_settable(int root, uint32_t irq)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "proc/irq/%u/smp_affinity_list", irq);
	return !fstatat(root, path, &st, 0) && (st.st_mode & 0222);
}

static unsigned int texts_read(struct irqtable_facts *facts, int root, unsigned int want)
{
	uint32_t irq = facts->irq;
	unsigned int have = 0;

	if (want & IRQTABLE_HAVE_CHIP)
		have |= fact_copy(root, irq, "chip_name", facts->chip, sizeof(facts->chip),
				  IRQTABLE_HAVE_CHIP);
	if (want & IRQTABLE_HAVE_TYPE)
		have |= fact_copy(root, irq, "type", facts->type, sizeof(facts->type),
				  IRQTABLE_HAVE_TYPE);
	if (want & IRQTABLE_HAVE_FLOW)
		have |= fact_copy(root, irq, "name", facts->flow, sizeof(facts->flow),
				  IRQTABLE_HAVE_FLOW);
	if (want & IRQTABLE_HAVE_ACTIONS)
		have |= fact_copy(root, irq, "actions", facts->actions, sizeof(facts->actions),
				  IRQTABLE_HAVE_ACTIONS);
	return have;
}

static unsigned int numbers_read(struct irqtable_facts *facts, int root, unsigned int want)
{
	unsigned long long value;
	unsigned int have = 0;
	char text[64];
	int node;

	if (want & IRQTABLE_HAVE_HWIRQ &&
	    fact_text(root, "sys/kernel/irq", facts->irq, "hwirq", text, sizeof(text)) > 0 &&
	    sscanf(text, "%llu", &value) == 1) {
		facts->hwirq = value;
		have |= IRQTABLE_HAVE_HWIRQ;
	}
	if (want & IRQTABLE_HAVE_WAKEUP &&
	    fact_text(root, "sys/kernel/irq", facts->irq, "wakeup", text, sizeof(text)) > 0) {
		facts->wakeup = !strcmp(text, "enabled");
		have |= IRQTABLE_HAVE_WAKEUP;
	}
	if (want & IRQTABLE_HAVE_NODE &&
	    fact_text(root, "proc/irq", facts->irq, "node", text, sizeof(text)) > 0 &&
	    sscanf(text, "%d", &node) == 1) {
		facts->node = node;
		have |= IRQTABLE_HAVE_NODE;
	}
	return have;
}

/* "state: 0x..." and the names of its bits. */
static unsigned int fact_managed(int root, struct irqtable_facts *facts)
{
	char text[8192];

	if (fact_text(root, "sys/kernel/debug/irq/irqs", facts->irq, "", text, sizeof(text)) <= 0)
		return 0;
	facts->managed = strstr(text, "IRQD_AFFINITY_MANAGED");
	return IRQTABLE_HAVE_MANAGED;
}

int irqtable_facts_read(struct irqtable_facts *facts, int root, uint32_t irq, unsigned int want)
{
	memset(facts, 0, sizeof(*facts));
	facts->irq = irq;
	facts->node = -1;
	facts->have = texts_read(facts, root, want) | numbers_read(facts, root, want);
	if (want & IRQTABLE_HAVE_AFFINITY)
		facts->have |= fact_cpus(root, irq, "smp_affinity_list", &facts->affinity,
					 IRQTABLE_HAVE_AFFINITY);
	if (want & IRQTABLE_HAVE_SETTABLE)
		facts->settable = affinity_settable(root, irq);
	if (want & IRQTABLE_HAVE_EFFECTIVE)
		facts->have |= fact_cpus(root, irq, "effective_affinity_list", &facts->effective,
					 IRQTABLE_HAVE_EFFECTIVE);
	if (want & IRQTABLE_HAVE_HINT)
		facts->have |= fact_hint(root, irq, &facts->hint);
	if (want & IRQTABLE_HAVE_MANAGED)
		facts->have |= fact_managed(root, facts);
	if (want & IRQTABLE_HAVE_SPURIOUS)
		facts->have |= fact_spurious(root, irq, facts);
	return facts->have ? 0 : -ENOENT;
}

int irqtable_affinity_write(int root, uint32_t irq, const struct cpu_mask *cpus)
{
	char path[64], list[CPU_MASK_BYTES];
	size_t len;
	ssize_t n;
	int fd, err = 0;

	len = cpu_mask_format(cpus, list, sizeof(list));
	snprintf(path, sizeof(path), "proc/irq/%u/smp_affinity_list", irq);
	/* Truncated for the copy of a tree; as a shell opens it for the kernel. */
	fd = openat(root, path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, list, len);
	if (n != (ssize_t)len)
		err = n < 0 ? -errno : -EIO;
	if (close(fd) && !err)
		err = -errno;
	return err;
}
