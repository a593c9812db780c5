// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting: /proc/procirq/lines, readers and ulis. In procfs, because programs read it
 * (procirq list, irqtop): it is there without debugfs and in kernel lockdown.
 *
 * An interrupt is due to every reader that is open when it is taken. For each of
 * them it is either delivered by a read, coalesced into a read, lost when the reader
 * closes, or still pending: due == delivered + coalesced + lost + pending.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "internal.h"

static struct proc_dir_entry *stats_dir;

struct stats_sum {
	struct procirq_totals totals;
	bool attached, masked;
	unsigned int readers;
	u64 taken;
	u64 pending;
};

static void stats_add_action(struct stats_sum *sum, struct procirq_action *action)
{
	struct procirq_reader *reader;

	procirq_action_lock(action);
	procirq_totals_add(&sum->totals, &action->closed);
	list_for_each_entry(reader, &action->readers, node) {
		sum->totals.due += action->taken - reader->opened_at;
		sum->totals.delivered += reader->totals.delivered;
		sum->totals.coalesced += reader->totals.coalesced;
		sum->pending += procirq_reader_pending(reader);
	}
	sum->attached |= action->attached;
	sum->masked |= action->masked;
	sum->readers += action->nr_readers;
	sum->taken += action->taken;
	procirq_action_unlock(action);
}

/* One row: a line, with all actions on it. */
static void stats_line(struct procirq_line *line, struct seq_file *m)
{
	struct procirq_action *action;
	struct stats_sum sum = {};

	mutex_lock(&line->mutex);
	procirq_totals_add(&sum.totals, &line->closed);
	stats_add_action(&sum, &line->own);
	list_for_each_entry(action, &line->devices, node)
		stats_add_action(&sum, action);
	mutex_unlock(&line->mutex);

	seq_printf(
		m,
		"irq=%u readers=%u attached=%d masked=%d taken=%llu due=%llu delivered=%llu coalesced=%llu lost=%llu pending=%llu\n",
		line->irq, sum.readers, sum.attached, sum.masked, sum.taken, sum.totals.due,
		sum.totals.delivered, sum.totals.coalesced, sum.totals.lost, sum.pending);
}

static void stats_action_readers(struct procirq_action *action, struct seq_file *m)
{
	struct procirq_totals totals;
	struct procirq_reader *reader;
	u64 due, pending, storms;
	u32 flags;

	/* line->mutex keeps the list from changing: action->lock is not held to print. */
	list_for_each_entry(reader, &action->readers, node) {
		procirq_action_lock(action);
		totals = reader->totals;
		due = action->taken - reader->opened_at;
		pending = procirq_reader_pending(reader);
		flags = reader->flags;
		storms = action->storms;
		procirq_action_unlock(action);
		seq_printf(
			m,
			"irq=%u pid=%d flags=%#x due=%llu delivered=%llu coalesced=%llu pending=%llu device=%s storms=%llu spin_ns=%llu window_ns=%llu spins=%llu caught=%llu spun_ns=%llu comm=%*pE\n",
			action->line->irq, reader->pid, flags, due, totals.delivered,
			totals.coalesced, pending,
			action->device ? procirq_device_name(action->device) : "-", storms,
			READ_ONCE(reader->spin.max_ns), procirq_spin_window_ns(&reader->spin),
			(u64)atomic64_read(&reader->spin.spins),
			(u64)atomic64_read(&reader->spin.caught),
			(u64)atomic64_read(&reader->spin.spun_ns),
			(int)strnlen(reader->comm, sizeof(reader->comm)), reader->comm);
	}
}

static void stats_readers(struct procirq_line *line, struct seq_file *m)
{
	struct procirq_action *action;

	mutex_lock(&line->mutex);
	stats_action_readers(&line->own, m);
	list_for_each_entry(action, &line->devices, node)
		stats_action_readers(action, m);
	mutex_unlock(&line->mutex);
}

static void stats_add_action_ulis(struct procirq_uli_totals *sum, unsigned int *live,
				  struct procirq_action *action)
{
	struct procirq_reader *reader;

	procirq_action_lock(action);
	procirq_uli_totals_add(sum, &action->uli_closed);
	list_for_each_entry(reader, &action->readers, node) {
		procirq_uli_account(reader, sum);
		*live += procirq_uli_is_live(reader);
	}
	procirq_action_unlock(action);
}

/* One row: a line that has or had user level interrupts. */
static void stats_ulis(struct procirq_line *line, struct seq_file *m)
{
	struct procirq_uli_totals sum = {};
	struct procirq_action *action;
	unsigned int live = 0;

	mutex_lock(&line->mutex);
	procirq_uli_totals_add(&sum, &line->uli_closed);
	stats_add_action_ulis(&sum, &live, &line->own);
	list_for_each_entry(action, &line->devices, node)
		stats_add_action_ulis(&sum, &live, action);
	mutex_unlock(&line->mutex);

	if (!sum.registrations)
		return;
	seq_printf(
		m,
		"irq=%u handlers=%u registrations=%llu raised=%llu direct=%llu returned=%llu woken=%llu repeated=%llu coalesced=%llu pending=%llu unhandled=%llu overruns=%llu faults=%llu retries=%llu left_by_call=%llu left_by_stub=%llu\n",
		line->irq, live, sum.registrations, sum.raised, sum.direct, sum.returned, sum.woken,
		sum.repeated, sum.coalesced, sum.pending, sum.unhandled, sum.overruns, sum.faults,
		sum.retries, sum.left_by_call, sum.left_by_stub);
}

/* The file's data is the function that prints one line's rows. */
static int stats_show(struct seq_file *m, void *v)
{
	procirq_registry_for_each(m->private, m);
	return 0;
}

/* Returns 0 or -ENOMEM. */
int procirq_stats_init(void)
{
	stats_dir = proc_mkdir("procirq", NULL);
	if (!stats_dir)
		return -ENOMEM;
	if (proc_create_single_data("lines", 0400, stats_dir, stats_show, stats_line) &&
	    proc_create_single_data("readers", 0400, stats_dir, stats_show, stats_readers) &&
	    proc_create_single_data("ulis", 0400, stats_dir, stats_show, stats_ulis))
		return 0;
	proc_remove(stats_dir);
	return -ENOMEM;
}

void procirq_stats_exit(void)
{
	proc_remove(stats_dir);
}
