// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "monitor.h"

static double rate_of(uint64_t now, uint64_t before, double seconds)
{
	if (now == IRQTABLE_STAT_UNKNOWN || before == IRQTABLE_STAT_UNKNOWN)
		return -1;
	return now >= before && seconds > 0 ? (double)(now - before) / seconds : -1;
}

/* Without a tick since boot, such time is not accounted. */
static double share_of(uint64_t now, uint64_t before, uint64_t of)
{
	return now && now >= before && of ? (double)(now - before) / (double)of : -1;
}

/*
 * Interrupts per second, counted once each: where rows are sums of others, /proc/stat
 * has both. Negative: unknown.
 */
static double interrupts_rate(const struct monitor *monitor, const struct sample *prev,
			      const struct sample *cur)
{
	const struct irqtable *table = &cur->table[TABLE_INTERRUPTS];
	const struct irqtable_diff *diff = &monitor->diff[TABLE_INTERRUPTS];
	bool sums = false;
	uint64_t delta = 0;
	uint32_t r;

	for (r = 0; cur->have[TABLE_INTERRUPTS] && r < table->nrows; r++) {
		if (table->row[r].sum != IRQTABLE_SUM_NONE)
			sums = true;
		else if (diff->row[r].state == IRQTABLE_COUNTED)
			delta += diff->row[r].delta;
	}
	if (!sums)
		return rate_of(cur->stat.interrupts, prev->stat.interrupts, monitor->seconds);
	return monitor->only || !(monitor->seconds > 0) ? -1 : (double)delta / monitor->seconds;
}

static void totals_count(struct monitor *monitor, const struct sample *prev,
			 const struct sample *cur)
{
	struct monitor_totals *totals = &monitor->totals;
	const struct irqtable_stat *a = &prev->stat, *b = &cur->stat;
	uint64_t ticks;

	totals->interrupts_hz = totals->softirqs_hz = totals->switches_hz = -1;
	totals->irq_cpu = totals->softirq_cpu = -1;
	if (!prev->have_stat || !cur->have_stat || monitor->samples < 2)
		return;
	ticks = b->all.total_ticks > a->all.total_ticks ? b->all.total_ticks - a->all.total_ticks :
							  0;
	totals->interrupts_hz = interrupts_rate(monitor, prev, cur);
	totals->softirqs_hz = rate_of(b->softirqs, a->softirqs, monitor->seconds);
	totals->switches_hz = rate_of(b->switches, a->switches, monitor->seconds);
	if (!ticks)
		return;
	totals->irq_cpu = share_of(b->all.irq_ticks, a->all.irq_ticks, ticks);
	totals->softirq_cpu = share_of(b->all.softirq_ticks, a->all.softirq_ticks, ticks);
}

/* `follow`: there is a new sample. */
static int compare(struct monitor *monitor, bool follow)
{
	const struct sample *cur = &monitor->sample[monitor->current];
	const struct sample *prev = &monitor->sample[!monitor->current];
	int i, err;

	monitor->seconds = monitor->samples > 1 && cur->time_ns > prev->time_ns ?
				   (double)(cur->time_ns - prev->time_ns) / 1e9 :
				   0;
	for (i = 0; i < TABLE_COUNT; i++) {
		if (!cur->have[i])
			continue;
		err = irqtable_diff(&monitor->diff[i],
				    monitor->samples > 1 && prev->have[i] ? &prev->table[i] : NULL,
				    &cur->table[i], monitor->only);
		if (err)
			return err;
	}
	totals_count(monitor, prev, cur);
	return bycpu_count(&monitor->by_cpu,
			   cur->have[TABLE_INTERRUPTS] ? &monitor->diff[TABLE_INTERRUPTS] : NULL,
			   cur->have[TABLE_SOFTIRQS] ? &monitor->diff[TABLE_SOFTIRQS] : NULL,
			   monitor->samples > 1 ? prev : NULL, cur, monitor->seconds, follow);
}

/* What is kept of the rows of a new sample. */
static int rows_keep(struct monitor *monitor)
{
	int i, err = 0;

	for (i = 0; i < TABLE_COUNT && !err; i++) {
		if (!monitor_sample(monitor)->have[i])
			continue;
		err = tracks_follow(&monitor->tracks[i], &monitor->diff[i], monitor->seconds);
		if (!err)
			err = counted_add(&monitor->counted[i], &monitor->tracks[i],
					  &monitor->diff[i]);
	}
	return err;
}

int monitor_step(struct monitor *monitor)
{
	struct sample *next = &monitor->sample[!monitor->current];
	int err;

	err = sampler_read(monitor->sampler, next);
	if (err)
		return err;
	monitor->current = !monitor->current;
	monitor->samples++;
	monitor->generation++;
	err = compare(monitor, true);
	return err || monitor->single ? err : rows_keep(monitor);
}

int monitor_keep_rows(struct monitor *monitor)
{
	if (!monitor->single)
		return 0;
	monitor->single = false;
	return rows_keep(monitor);
}

int monitor_recount(struct monitor *monitor)
{
	return monitor->samples ? compare(monitor, false) : 0;
}

void monitor_restart(struct monitor *monitor)
{
	monitor->samples = 0;
}

void monitor_free(struct monitor *monitor)
{
	int i;

	for (i = 0; i < TABLE_COUNT; i++) {
		sample_free(&monitor->sample[i]);
		irqtable_diff_free(&monitor->diff[i]);
		tracks_free(&monitor->tracks[i]);
		counted_free(&monitor->counted[i]);
	}
	bycpu_free(&monitor->by_cpu);
	sampler_close(monitor->sampler);
	memset(monitor, 0, sizeof(*monitor));
}
