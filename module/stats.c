// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting, readable in debugfs: procirq/lines and procirq/readers.
 *
 * Each interrupt is due to every reader that was open when it was taken, and
 * then delivered by a read, coalesced into such a read, lost with the reader's
 * close, or still pending:  due == delivered + coalesced + lost + pending.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "internal.h"

static struct dentry *stats_dir;

static void stats_line(struct procirq_line *line, struct seq_file *m)
{
	struct procirq_reader *reader;
	struct procirq_totals sum;
	bool attached, masked;
	unsigned int readers;
	u64 pending = 0;
	u64 taken;

	raw_spin_lock_irq(&line->lock);
	sum = line->closed;
	list_for_each_entry(reader, &line->readers, node) {
		sum.due += line->taken - reader->opened_at;
		sum.delivered += reader->totals.delivered;
		sum.coalesced += reader->totals.coalesced;
		pending += reader_pending(reader);
	}
	attached = line->attached;
	masked = line->masked;
	readers = line->nr_readers;
	taken = line->taken;
	raw_spin_unlock_irq(&line->lock);

	seq_printf(m, "irq=%u readers=%u attached=%d masked=%d taken=%llu due=%llu delivered=%llu coalesced=%llu lost=%llu pending=%llu\n",
		   line->irq, readers, attached, masked, taken, sum.due, sum.delivered,
		   sum.coalesced, sum.lost, pending);
}

static int lines_show(struct seq_file *m, void *v)
{
	lines_for_each(stats_line, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(lines);

static void stats_readers(struct procirq_line *line, struct seq_file *m)
{
	struct procirq_reader *reader;

	raw_spin_lock_irq(&line->lock);
	list_for_each_entry(reader, &line->readers, node)
		seq_printf(m, "irq=%u pid=%d flags=%#x due=%llu delivered=%llu coalesced=%llu pending=%llu comm=%*pE\n",
			   line->irq, reader->pid, reader->flags,
			   line->taken - reader->opened_at, reader->totals.delivered,
			   reader->totals.coalesced, reader_pending(reader),
			   (int)strnlen(reader->comm, sizeof(reader->comm)), reader->comm);
	raw_spin_unlock_irq(&line->lock);
}

static int readers_show(struct seq_file *m, void *v)
{
	lines_for_each(stats_readers, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(readers);

/* Without debugfs there is nothing to read, and nothing else is amiss. */
void stats_init(void)
{
	stats_dir = debugfs_create_dir("procirq", NULL);
	debugfs_create_file("lines", 0400, stats_dir, NULL, &lines_fops);
	debugfs_create_file("readers", 0400, stats_dir, NULL, &readers_fops);
}

void stats_exit(void)
{
	debugfs_remove(stats_dir);
}
