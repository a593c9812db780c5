// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The text format of Prometheus, or OpenMetrics ("strict"). OpenMetrics omits "_total"
 * from a counter's name in TYPE and HELP; the older format, which promtool and the
 * textfile collector of node_exporter read, requires it. No text is valid in both.
 *
 * Labels are those of the row in /proc/interrupts, whatever the options. What is exported
 * of time is a counter or a histogram: another scraper does not change it.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

#define TOTAL "_total"

enum family_type { FAMILY_COUNTER, FAMILY_GAUGE, FAMILY_HISTOGRAM };

static const char *const type_names[] = {
	[FAMILY_COUNTER] = "counter",
	[FAMILY_GAUGE] = "gauge",
	[FAMILY_HISTOGRAM] = "histogram",
};

/* The metrics that are histograms. */
static const struct time_family {
	const char *metric, *help;
	size_t buckets;	     /* offset in struct track_time */
	enum table_id table; /* whose rows have it */
	const char *column;  /* metric of the column that asks for it; NULL: its own */
} time_families[] = {
	{ .metric = "irqtop_handler_seconds",
	  .help = "time in the handlers of an interrupt",
	  .buckets = offsetof(struct track_time, handler_buckets) },
	{ .metric = "irqtop_softirq_seconds",
	  .help = "time in a softirq, without the handlers that interrupted it",
	  .buckets = offsetof(struct track_time, handler_buckets),
	  .table = TABLE_SOFTIRQS,
	  .column = "irqtop_handler_seconds" },
	{ .metric = "irqtop_task_latency_seconds",
	  .help = "time from an interrupt until the task that it woke runs",
	  .buckets = offsetof(struct track_time, task_buckets) },
	{ .metric = "irqtop_read_latency_seconds",
	  .help = "time from an interrupt until read() of its file has returned it",
	  .buckets = offsetof(struct track_time, read_buckets) },
};

#define TIME_FAMILIES (sizeof(time_families) / sizeof(time_families[0]))

static const struct time_family *time_family(const char *metric)
{
	size_t i;

	for (i = 0; i < TIME_FAMILIES; i++) {
		if (!strcmp(time_families[i].metric, metric))
			return &time_families[i];
	}
	return NULL;
}

static enum family_type type_of(const char *metric)
{
	size_t len = strlen(metric), end = strlen(TOTAL);

	if (len > end && !strcmp(metric + len - end, TOTAL))
		return FAMILY_COUNTER;
	return time_family(metric) ? FAMILY_HISTOGRAM : FAMILY_GAUGE;
}

static void family_print(struct outbuf *out, const struct output *output, const char *metric,
			 const char *help)
{
	size_t len = strlen(metric);

	if (output->strict && type_of(metric) == FAMILY_COUNTER)
		len -= strlen(TOTAL);
	outbuf_text(out, "# HELP ");
	outbuf_bytes(out, metric, len);
	outbuf_char(out, ' ');
	outbuf_text(out, help);
	outbuf_text(out, ".\n# TYPE ");
	outbuf_bytes(out, metric, len);
	outbuf_char(out, ' ');
	outbuf_text(out, type_names[type_of(metric)]);
	outbuf_char(out, '\n');
}

static void label_print(struct outbuf *out, const char *name, const char *text, size_t len)
{
	if (!len)
		return;
	outbuf_char(out, ',');
	outbuf_text(out, name);
	outbuf_char(out, '=');
	outbuf_label_string(out, text, len);
}

/* "name{irq="24",chip="IO-APIC",trigger="edge",name="eth0"", still open. */
static void sample_begin(struct outbuf *out, const char *metric, const char *suffix,
			 const struct view_row *row)
{
	const char *text = row->text + row->data->text;
	struct irqtable_words words;

	outbuf_text(out, metric);
	outbuf_text(out, suffix);
	outbuf_text(out, row->table == TABLE_SOFTIRQS ? "{softirq=" : "{irq=");
	outbuf_label_string(out, row->text + row->data->label, row->data->label_len);
	if (row->table == TABLE_SOFTIRQS)
		return;
	irqtable_split(text, row->data->text_len, row->data->irq >= 0, &words);
	label_print(out, "chip", words.chip, words.chip_len);
	label_print(out, "trigger", words.flow, words.flow_len);
	label_print(out, "name", words.actions, words.actions_len);
}

static void label_cpu(struct outbuf *out, uint32_t cpu)
{
	outbuf_text(out, ",cpu=\"");
	outbuf_count(out, cpu);
	outbuf_char(out, '"');
}

static void count_end(struct outbuf *out, uint64_t count)
{
	outbuf_text(out, "} ");
	outbuf_count(out, count);
	outbuf_char(out, '\n');
}

/* Two rows of /proc/interrupts may have one name; two samples of a metric may not. */
static bool is_repeated(const struct output *output, uint32_t r)
{
	const struct view_row *row = &output->view->row[r];
	const struct irqtable *table = &monitor_sample(output->monitor)->table[row->table];
	uint32_t before;

	if (!row->data->label_len)
		return false;
	for (before = row->row; before-- > 0;) {
		const struct irqtable_row *other = &table->row[before];

		/* Numbers rise. */
		if (other->irq >= 0 && row->data->irq >= 0) {
			if (other->irq < row->data->irq)
				return false;
			if (other->irq > row->data->irq)
				continue;
		}
		if (other->key == row->data->key)
			return true;
	}
	return false;
}

/* --- counts ------------------------------------------------------------------- */

/* By CPU as the kernel has them now, or counted since the first sample. */
static void cpus_print(struct outbuf *out, const struct output *output, const char *metric,
		       const struct view_row *row)
{
	const struct irqtable_diff *diff = &output->monitor->diff[row->table];
	const struct track_cpus *cpus = &row->track->cpus;
	const uint32_t *cell = irqtable_cells(diff->cur, row->row);
	unsigned int c;

	if (output->monitor->counted[row->table].on) {
		for (c = 0; c < cpus->room; c++) {
			if (cpus->count[c] == TRACK_CPU_NEVER)
				continue;
			sample_begin(out, metric, "", row);
			label_cpu(out, c);
			count_end(out, cpus->count[c]);
		}
		return;
	}
	for (c = 0; c < diff->ncpus; c++) {
		if (!cell[c] || !diff->mask[c])
			continue;
		sample_begin(out, metric, "", row);
		label_cpu(out, diff->cur->cpu[c]);
		count_end(out, cell[c]);
	}
}

static void row_counts_print(struct outbuf *out, const struct output *output, const char *metric,
			     const struct view_row *row)
{
	bool counted = output->monitor->counted[row->table].on;

	if (counted ? !row->track->fired : !row->delta->total)
		return;
	if (output->per_cpu && row->data->ncells == output->monitor->diff[row->table].ncpus) {
		cpus_print(out, output, metric, row);
		return;
	}
	sample_begin(out, metric, "", row);
	count_end(out, counted ? row->track->counted : row->delta->total);
}

/*
 * A family for interrupts, one for rows that count them again, and one for softirqs, so
 * that a sum over a family counts each once.
 */
static const struct counts_family {
	const char *metric, *what;
	enum table_id table;
	bool sums;
} counts_families[] = {
	{ .metric = "irqtop_interrupts_total", .what = "interrupts", .table = TABLE_INTERRUPTS },
	{ .metric = "irqtop_interrupt_sums_total",
	  .what = "rows that count interrupts of other rows again",
	  .table = TABLE_INTERRUPTS,
	  .sums = true },
	{ .metric = "irqtop_softirqs_total", .what = "softirqs", .table = TABLE_SOFTIRQS },
};

static bool is_of(const struct counts_family *family, const struct view_row *row)
{
	return row->table == family->table && (row->data->sum != IRQTABLE_SUM_NONE) == family->sums;
}

static void counts_print(struct outbuf *out, struct output *output)
{
	bool counted = output->monitor->counted[TABLE_INTERRUPTS].on;
	const struct counts_family *family;
	char help[256];
	uint32_t r;
	size_t f;

	for (f = 0; f < sizeof(counts_families) / sizeof(counts_families[0]); f++) {
		family = &counts_families[f];
		for (r = 0; r < output_rows(output); r++)
			if (is_of(family, &output->view->row[r]))
				break;
		if (r == output_rows(output))
			continue;
		snprintf(
			help, sizeof(help),
			counted ?
				"%s, counted in 64 bits since this irqtop was started" :
				"%s since boot, as 32-bit counters of the CPUs online: the sum falls "
				"when one wraps or a CPU goes offline; --listen does not, --per-cpu "
				"only wraps",
			family->what);
		family_print(out, output, family->metric, help);
		for (; r < output_rows(output); r++) {
			if (!is_of(family, &output->view->row[r]) || is_repeated(output, r))
				continue;
			row_counts_print(out, output, family->metric, &output->view->row[r]);
			output_drain(output, out);
		}
	}
}

/* --- CPUs ------------------------------------------------------------------------- */

static bool cpu_interrupts(const struct output *output, const struct view_row *row, double *value)
{
	*value = (double)(output->monitor->by_cpu.counted.on ? row->track->counted :
							       row->delta->total);
	return true;
}

static bool cpu_softirqs(const struct output *output, const struct view_row *row, double *value)
{
	(void)output;
	*value = (double)row->cpu->softirqs;
	return row->cpu->softirqs != IRQTABLE_STAT_UNKNOWN;
}

static bool cpu_irq_seconds(const struct output *output, const struct view_row *row, double *value)
{
	(void)output;
	*value = (double)row->cpu->irq_ticks / (double)sysconf(_SC_CLK_TCK);
	return row->cpu->irq_ticks != IRQTABLE_STAT_UNKNOWN;
}

static bool cpu_softirq_seconds(const struct output *output, const struct view_row *row,
				double *value)
{
	(void)output;
	*value = (double)row->cpu->softirq_ticks / (double)sysconf(_SC_CLK_TCK);
	return row->cpu->softirq_ticks != IRQTABLE_STAT_UNKNOWN;
}

static bool cpu_dropped(const struct output *output, const struct view_row *row, double *value)
{
	(void)output;
	*value = (double)row->cpu->facts.dropped;
	return row->cpu->facts.have_softnet;
}

static bool cpu_squeezed(const struct output *output, const struct view_row *row, double *value)
{
	(void)output;
	*value = (double)row->cpu->facts.squeezed;
	return row->cpu->facts.have_softnet;
}

static bool cpu_allowed(const struct output *output, const struct view_row *row, double *value)
{
	(void)output;
	*value = row->cpu->allowed;
	return row->cpu->allowed != IRQTABLE_NONE;
}

static bool cpu_vectors(const struct output *output, const struct view_row *row, double *value)
{
	(void)output;
	*value = row->cpu->facts.vectors_used;
	return row->cpu->facts.have_vectors;
}

static bool cpu_vectors_left(const struct output *output, const struct view_row *row, double *value)
{
	(void)output;
	*value = row->cpu->facts.vectors_left;
	return row->cpu->facts.have_vectors;
}

static const struct {
	const char *metric, *help;
	bool (*get)(const struct output *output, const struct view_row *row, double *value);
} cpu_families[] = {
	{ .metric = "irqtop_cpu_interrupts_total",
	  .help = "interrupts that a CPU took",
	  .get = cpu_interrupts },
	{ .metric = "irqtop_cpu_softirqs_total",
	  .help = "softirqs that a CPU ran",
	  .get = cpu_softirqs },
	{ .metric = "irqtop_cpu_irq_seconds_total",
	  .help = "time of a CPU in interrupts",
	  .get = cpu_irq_seconds },
	{ .metric = "irqtop_cpu_softirq_seconds_total",
	  .help = "time of a CPU in softirqs",
	  .get = cpu_softirq_seconds },
	{ .metric = "irqtop_cpu_softnet_dropped_total",
	  .help = "packets that a CPU dropped",
	  .get = cpu_dropped },
	{ .metric = "irqtop_cpu_softnet_squeezed_total",
	  .help = "packet polls of a CPU that ran out of time",
	  .get = cpu_squeezed },
	{ .metric = "irqtop_cpu_interrupts_allowed",
	  .help = "interrupts whose affinity has a CPU",
	  .get = cpu_allowed },
	{ .metric = "irqtop_cpu_vectors_used",
	  .help = "interrupt vectors of a CPU in use",
	  .get = cpu_vectors },
	{ .metric = "irqtop_cpu_vectors_left",
	  .help = "interrupt vectors of a CPU left",
	  .get = cpu_vectors_left },
};

static void cpu_families_print(struct outbuf *out, struct output *output)
{
	double value;
	uint32_t r;
	size_t f;

	for (f = 0; f < sizeof(cpu_families) / sizeof(cpu_families[0]); f++) {
		family_print(out, output, cpu_families[f].metric, cpu_families[f].help);
		for (r = 0; r < output_rows(output); r++) {
			const struct view_row *row = &output->view->row[r];

			if (!row->cpu || !cpu_families[f].get(output, row, &value))
				continue;
			outbuf_text(out, cpu_families[f].metric);
			outbuf_text(out, "{cpu=\"");
			outbuf_count(out, row->cpu->cpu);
			outbuf_text(out, "\"} ");
			outbuf_real(out, value, 2);
			outbuf_char(out, '\n');
		}
	}
}

/* --- devices and drivers ---------------------------------------------------------- */

static void group_begin(struct outbuf *out, const char *metric, const struct view_row *row)
{
	outbuf_text(out, metric);
	outbuf_text(out, "{group=");
	outbuf_label_string(out, row->text + row->data->label, row->data->label_len);
	outbuf_text(out, "} ");
}

static void groups_print(struct outbuf *out, struct output *output)
{
	const struct view_row *row;
	uint32_t r;

	family_print(out, output, "irqtop_group_interrupts_total",
		     "interrupts of a device or driver");
	for (r = 0; r < output_rows(output); r++) {
		row = &output->view->row[r];
		if (row->data->sum != IRQTABLE_SUM_NONE)
			continue;
		group_begin(out, "irqtop_group_interrupts_total", row);
		outbuf_count(out, output->view->groups->counted.on ? row->track->counted :
								     row->delta->total);
		outbuf_char(out, '\n');
	}
	family_print(out, output, "irqtop_group_rows", "interrupts that a device or driver has");
	for (r = 0; r < output_rows(output); r++) {
		group_begin(out, "irqtop_group_rows", &output->view->row[r]);
		outbuf_count(out, output->view->row[r].group->rows);
		outbuf_char(out, '\n');
	}
}

/* --- times ---------------------------------------------------------------------- */

static const struct track_buckets *buckets_of(const struct time_family *family,
					      const struct view_row *row)
{
	const struct track_time *time = row->track->time;

	if (!time || !time->known)
		return NULL;
	return (const struct track_buckets *)((const char *)time + family->buckets);
}

static void histogram_print(struct outbuf *out, const char *metric, const struct view_row *row,
			    const struct track_buckets *buckets)
{
	uint64_t below = 0;
	char limit[32];
	unsigned int i;

	for (i = 0; i <= TRACK_BUCKETS; i++) {
		below += buckets->count[i];
		if (i < TRACK_BUCKETS)
			snprintf(limit, sizeof(limit), "%g", (double)track_bucket_ns[i] / 1e9);
		sample_begin(out, metric, "_bucket", row);
		outbuf_text(out, ",le=\"");
		/* Prometheus writes whole numbers so, and OpenMetrics asks for it. */
		outbuf_text(out, i == TRACK_BUCKETS ? "+Inf" : limit);
		outbuf_text(out, i < TRACK_BUCKETS && !strpbrk(limit, ".e") ? ".0\"" : "\"");
		count_end(out, below);
	}
	sample_begin(out, metric, "_sum", row);
	outbuf_text(out, "} ");
	outbuf_real(out, (double)buckets->sum_ns / 1e9, 9);
	outbuf_char(out, '\n');
	sample_begin(out, metric, "_count", row);
	count_end(out, buckets->n);
}

static void histograms_print(struct outbuf *out, struct output *output,
			     const struct time_family *family)
{
	const struct track_buckets *buckets;
	uint32_t r;

	family_print(out, output, family->metric, family->help);
	for (r = 0; r < output_rows(output); r++) {
		if (output->view->row[r].table != family->table)
			continue;
		buckets = buckets_of(family, &output->view->row[r]);
		if (!buckets || !buckets->n || is_repeated(output, r))
			continue;
		histogram_print(out, family->metric, &output->view->row[r], buckets);
		output_drain(output, out);
	}
}

static void times_print(struct outbuf *out, struct output *output, enum field_id id)
{
	const struct time_family *family, *end = time_families + TIME_FAMILIES;

	for (family = time_families; family < end; family++) {
		if (!strcmp(family->column ? family->column : family->metric, fields[id].metric))
			histograms_print(out, output, family);
	}
}

/* --- others ------------------------------------------------------------------------ */

static void threads_print(struct outbuf *out, struct output *output, const char *metric)
{
	uint32_t r;

	family_print(out, output, metric, "CPU time of an interrupt's handler threads");
	for (r = 0; r < output_rows(output); r++) {
		const struct view_row *row = &output->view->row[r];

		if (!row->track->thread_ns || is_repeated(output, r))
			continue;
		sample_begin(out, metric, "", row);
		outbuf_text(out, "} ");
		outbuf_real(out, (double)row->track->thread_ns / 1e9, 9);
		outbuf_char(out, '\n');
	}
}

static void gauges_print(struct outbuf *out, struct output *output, enum field_id id)
{
	struct value value;
	uint32_t r;

	family_print(out, output, fields[id].metric, fields[id].help);
	for (r = 0; r < output_rows(output); r++) {
		const struct view_row *row = &output->view->row[r];

		value = field_get(id, row);
		if ((value.kind != VALUE_COUNT && value.kind != VALUE_REAL) ||
		    is_repeated(output, r))
			continue;
		sample_begin(out, fields[id].metric, "", row);
		outbuf_text(out, "} ");
		if (value.kind == VALUE_COUNT)
			outbuf_count(out, value.count);
		else
			outbuf_real(out, value.real, 6);
		outbuf_char(out, '\n');
	}
}

/* Whether a column before it has the same family. */
static bool is_done(const struct output *output, unsigned int column)
{
	const char *metric = fields[output->column[column]].metric;
	unsigned int i;

	for (i = 0; i < column; i++)
		if (fields[output->column[i]].metric &&
		    !strcmp(fields[output->column[i]].metric, metric))
			return true;
	return false;
}

void metrics_print(struct outbuf *out, struct output *output)
{
	enum field_id id;
	unsigned int i;

	if (output->view->nrows && output->view->row[0].group) {
		groups_print(out, output);
		outbuf_text(out, "# EOF\n");
		return;
	}
	if (output->view->nrows && output->view->row[0].cpu) {
		cpu_families_print(out, output);
		outbuf_text(out, "# EOF\n");
		return;
	}
	for (i = 0; i < output->ncolumns; i++) {
		id = output->column[i];
		if (!fields[id].metric || is_done(output, i))
			continue;
		if (id == FIELD_TOTAL)
			counts_print(out, output);
		else if (id == FIELD_THREAD)
			threads_print(out, output, fields[id].metric);
		else if (time_family(fields[id].metric))
			times_print(out, output, id);
		else
			gauges_print(out, output, id);
	}
	outbuf_text(out, "# EOF\n");
}
