// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <string.h>
#include <strings.h>

#include "field.h"

const char *const table_names[TABLES] = {
	[TABLE_INTERRUPTS] = "interrupts",
	[TABLE_SOFTIRQS] = "softirqs",
	[TABLE_CPUS] = "cpus",
	[TABLE_GROUPS] = "groups",
};

static void text_set(struct value *value, const char *text, size_t len)
{
	if (!len)
		return;
	value->kind = VALUE_TEXT;
	value->text = text;
	value->len = len;
}

static void count_set(struct value *value, uint64_t count)
{
	value->kind = VALUE_COUNT;
	value->count = count;
}

static void real_set(struct value *value, double real)
{
	if (!(real >= 0))
		return;
	value->kind = VALUE_REAL;
	value->real = real;
}

static struct irqtable_words words_of(const struct view_row *row)
{
	struct irqtable_words words;

	if (row->words)
		return *row->words;
	irqtable_split(row->text + row->data->text, row->data->text_len, row->data->irq >= 0,
		       &words);
	return words;
}

void row_split(struct split_row *split, const struct view_row *row)
{
	split->row = *row;
	split->words = words_of(row);
	split->row.words = &split->words;
}

static void get_irq(const struct view_row *row, struct value *value)
{
	text_set(value, row->text + row->data->label, row->data->label_len);
}

static void get_cpu(const struct view_row *row, struct value *value)
{
	if (row->cpu)
		count_set(value, row->cpu->cpu);
}

static void get_group(const struct view_row *row, struct value *value)
{
	if (row->group)
		text_set(value, row->text + row->data->label, row->data->label_len);
}

static void get_queues(const struct view_row *row, struct value *value)
{
	if (row->group)
		count_set(value, row->group->rows);
}

static void get_imbalance(const struct view_row *row, struct value *value)
{
	if (row->group && row->group->rows > 1)
		real_set(value, row->group->imbalance);
}

static void get_spread(const struct view_row *row, struct value *value)
{
	if (row->group && row->group->counted)
		count_set(value, row->group->cpus);
}

static void get_soft_rate(const struct view_row *row, struct value *value)
{
	if (row->cpu)
		real_set(value, row->cpu->softirqs_hz);
}

static void get_irq_time(const struct view_row *row, struct value *value)
{
	if (row->cpu)
		real_set(value, row->cpu->irq_share);
}

static void get_soft_time(const struct view_row *row, struct value *value)
{
	if (row->cpu)
		real_set(value, row->cpu->softirq_share);
}

static void get_allowed(const struct view_row *row, struct value *value)
{
	if (row->cpu && row->cpu->allowed != IRQTABLE_NONE)
		count_set(value, row->cpu->allowed);
}

static void get_vectors(const struct view_row *row, struct value *value)
{
	if (row->cpu && row->cpu->facts.have_vectors)
		count_set(value, row->cpu->facts.vectors_used);
}

static void get_vectors_left(const struct view_row *row, struct value *value)
{
	if (row->cpu && row->cpu->facts.have_vectors)
		count_set(value, row->cpu->facts.vectors_left);
}

static void get_dropped(const struct view_row *row, struct value *value)
{
	if (row->cpu && row->cpu->facts.have_softnet)
		count_set(value, row->cpu->facts.dropped);
}

static void get_squeezed(const struct view_row *row, struct value *value)
{
	if (row->cpu && row->cpu->facts.have_softnet)
		count_set(value, row->cpu->facts.squeezed);
}

static void get_marks(const struct view_row *row, struct value *value)
{
	static const char *const marks[2][2] = { { "", "nohz" }, { "isol", "isol nohz" } };
	const char *text = row->cpu ? marks[row->cpu->isolated][row->cpu->nohz_full] : "";

	text_set(value, text, strlen(text));
}

/* The rate of a CPU's busiest interrupt on this CPU. */
static void get_busiest_hz(const struct view_row *row, struct value *value)
{
	if (row->busiest.data && row->delta->delta && row->rate_hz >= 0)
		real_set(value, row->rate_hz * (double)row->cpu->busiest_delta /
					(double)row->delta->delta);
}

static void get_busiest(const struct view_row *row, struct value *value)
{
	if (row->busiest.data)
		text_set(value, row->busiest.text + row->busiest.data->label,
			 row->busiest.data->label_len);
}

static void get_table(const struct view_row *row, struct value *value)
{
	text_set(value, table_names[row->table], strlen(table_names[row->table]));
}

static void get_rate(const struct view_row *row, struct value *value)
{
	real_set(value, row->rate_hz);
}

static void get_delta(const struct view_row *row, struct value *value)
{
	if (row->delta->state == IRQTABLE_COUNTED && row->data->ncells)
		count_set(value, row->delta->delta);
}

/* FIQ of 32-bit arm names its handler and has no counters. */
static void get_total(const struct view_row *row, struct value *value)
{
	if (row->data->ncells)
		count_set(value, row->delta->total);
}

static void get_share(const struct view_row *row, struct value *value)
{
	real_set(value, row->share);
}

static void get_max(const struct view_row *row, struct value *value)
{
	if (row->track && row->track->rated)
		real_set(value, (double)row->track->max_hz);
}

static const struct track_time *time_of(const struct view_row *row)
{
	return row->track && row->track->time && row->track->time->known ? row->track->time : NULL;
}

static void get_handler_share(const struct view_row *row, struct value *value)
{
	if (time_of(row))
		real_set(value, time_of(row)->share);
}

static void get_handler_avg(const struct view_row *row, struct value *value)
{
	if (time_of(row) && time_of(row)->handlers)
		count_set(value, time_of(row)->avg_ns);
}

static void get_handler_max(const struct view_row *row, struct value *value)
{
	if (time_of(row) && time_of(row)->max_ns)
		count_set(value, time_of(row)->max_ns);
}

static void get_task_p50(const struct view_row *row, struct value *value)
{
	const struct track_time *time = time_of(row);

	if (time && time->task.have_p50)
		count_set(value, time->task.p50_ns);
}

static void get_task_p99(const struct view_row *row, struct value *value)
{
	const struct track_time *time = time_of(row);

	if (time && time->task.have_p99)
		count_set(value, time->task.p99_ns);
}

static void get_task_max(const struct view_row *row, struct value *value)
{
	const struct track_time *time = time_of(row);

	if (time && time->task.n)
		count_set(value, time->task.max_ns);
}

static void get_read_p50(const struct view_row *row, struct value *value)
{
	const struct track_time *time = time_of(row);

	if (time && time->read.have_p50)
		count_set(value, time->read.p50_ns);
}

static void get_read_p99(const struct view_row *row, struct value *value)
{
	const struct track_time *time = time_of(row);

	if (time && time->read.have_p99)
		count_set(value, time->read.p99_ns);
}

static void get_read_max(const struct view_row *row, struct value *value)
{
	const struct track_time *time = time_of(row);

	if (time && time->read.n)
		count_set(value, time->read.max_ns);
}

static void get_chip(const struct view_row *row, struct value *value)
{
	struct irqtable_words words = words_of(row);

	text_set(value, words.chip, words.chip_len);
}

static void get_hwirq(const struct view_row *row, struct value *value)
{
	struct irqtable_words words = words_of(row);

	text_set(value, words.hwirq, words.hwirq_len);
}

static void get_trigger(const struct view_row *row, struct value *value)
{
	struct irqtable_words words;

	if (row->track && row->track->facts.type[0]) {
		text_set(value, row->track->facts.type, strlen(row->track->facts.type));
		return;
	}
	words = words_of(row);
	text_set(value, words.flow, words.flow_len);
}

static void get_affinity(const struct view_row *row, struct value *value)
{
	if (row->track)
		text_set(value, track_list_text(&row->track->facts.affinity),
			 row->track->facts.affinity.len);
}

static void get_effective(const struct view_row *row, struct value *value)
{
	if (row->track)
		text_set(value, track_list_text(&row->track->facts.effective),
			 row->track->facts.effective.len);
}

static void get_node(const struct view_row *row, struct value *value)
{
	if (row->cpu && row->cpu->node >= 0)
		count_set(value, (uint64_t)row->cpu->node);
	else if (!row->cpu && row->track && row->track->facts.node >= 0)
		count_set(value, (uint64_t)row->track->facts.node);
}

static void get_off_node(const struct view_row *row, struct value *value)
{
	if (row->track && row->track->off_node)
		text_set(value, "off", 3);
}

static void get_spurious(const struct view_row *row, struct value *value)
{
	if (row->track && row->track->facts.have_spurious)
		count_set(value, row->track->facts.spurious);
}

static void get_thread(const struct view_row *row, struct value *value)
{
	if (row->track && row->track->has_thread)
		real_set(value, row->track->thread_cpu);
}

static void get_device(const struct view_row *row, struct value *value)
{
	if (row->track && row->track->device)
		text_set(value, row->track->device->device, strlen(row->track->device->device));
}

static void get_driver(const struct view_row *row, struct value *value)
{
	if (row->track && row->track->device)
		text_set(value, row->track->device->driver, strlen(row->track->device->driver));
}

/* The table has the softirqs' labels only. */
static const struct {
	const char *label, *name;
} softirq_names[] = {
	{ .label = "HI", .name = "high-priority tasklets" },
	{ .label = "TIMER", .name = "expired kernel timers" },
	{ .label = "NET_TX", .name = "network sends completed" },
	{ .label = "NET_RX", .name = "network receive polling" },
	{ .label = "BLOCK", .name = "block device completions" },
	{ .label = "IRQ_POLL", .name = "block device polling" },
	{ .label = "TASKLET", .name = "driver tasklets" },
	{ .label = "SCHED", .name = "scheduler load balancing" },
	{ .label = "HRTIMER", .name = "high-resolution timers" },
	{ .label = "RCU", .name = "read-copy-update callbacks" },
};

static void get_softirq_name(const struct view_row *row, struct value *value)
{
	const char *label = row->text + row->data->label;
	size_t len = row->data->label_len, i;

	for (i = 0; i < sizeof(softirq_names) / sizeof(softirq_names[0]); i++)
		if (len == strlen(softirq_names[i].label) &&
		    !memcmp(label, softirq_names[i].label, len))
			text_set(value, softirq_names[i].name, strlen(softirq_names[i].name));
}

static void get_sum(const struct view_row *row, struct value *value)
{
	const char *text = irqtable_sum_text(row->data->sum);

	text_set(value, text, strlen(text));
}

static void get_name(const struct view_row *row, struct value *value)
{
	struct irqtable_words words;

	if (row->table == TABLE_SOFTIRQS) {
		get_softirq_name(row, value);
		return;
	}
	/* Of a group the name of its first row, of a CPU that of its busiest. */
	if (row->cpu || row->group) {
		if (!row->busiest.data)
			return;
		irqtable_split(row->busiest.text + row->busiest.data->text,
			       row->busiest.data->text_len, row->busiest.data->irq >= 0, &words);
		text_set(value, words.actions, words.actions_len);
		return;
	}
	words = words_of(row);
	text_set(value, words.actions, words.actions_len);
	if (!row->data->text_len)
		get_sum(row, value);
}

const struct field fields[FIELD_COUNT] = {
	[FIELD_IRQ] = { .key = "irq",
			.title = "IRQ",
			.help = "interrupt number or label",
			.style = STYLE_TEXT,
			.width = 8,
			.rank = 0,
			.rising = true,
			.get = get_irq },
	[FIELD_TABLE] = { .key = "table",
			  .title = "TABLE",
			  .help = "interrupts or softirqs",
			  .style = STYLE_TEXT,
			  .width = 10,
			  .rank = RANK_NEVER,
			  .of = OF_ALL,
			  .left = true,
			  .rising = true,
			  .get = get_table },
	[FIELD_CPU] = { .key = "cpu",
			.title = "CPU",
			.help = "CPU number",
			.style = STYLE_NUMBER,
			.width = 5,
			.rank = 0,
			.rising = true,
			.of = OF_CPUS,
			.get = get_cpu },
	[FIELD_GROUP] = { .key = "group",
			  .title = "GROUP",
			  .help = "device or driver",
			  .style = STYLE_TEXT,
			  .width = 14,
			  .rank = 0,
			  .left = true,
			  .rising = true,
			  .of = OF_GROUPS,
			  .get = get_group },
	[FIELD_RATE] = { .key = "rate_hz",
			 .title = "RATE",
			 .help = "interrupts per second",
			 .style = STYLE_NUMBER,
			 .width = 7,
			 .rank = 1,
			 .of = OF_ALL,
			 .get = get_rate },
	[FIELD_SOFT_RATE] = { .key = "softirqs_hz",
			      .title = "SOFT/S",
			      .help = "softirqs per second of a CPU",
			      .style = STYLE_NUMBER,
			      .width = 7,
			      .rank = 2,
			      .of = OF_CPUS,
			      .get = get_soft_rate },
	[FIELD_IRQ_TIME] = { .key = "irq_time",
			     .title = "IRQ%",
			     .help = "share of its time a CPU spends in interrupts",
			     .style = STYLE_PERCENT,
			     .width = 5,
			     .rank = 3,
			     .of = OF_CPUS,
			     .get = get_irq_time },
	[FIELD_SOFT_TIME] = { .key = "softirq_time",
			      .title = "SOFT%",
			      .help = "share of its time a CPU spends in softirqs",
			      .style = STYLE_PERCENT,
			      .width = 5,
			      .rank = 3,
			      .of = OF_CPUS,
			      .get = get_soft_time },
	[FIELD_DELTA] = { .key = "delta",
			  .title = "DELTA",
			  .help = "interrupts since the last sample",
			  .style = STYLE_NUMBER,
			  .width = 7,
			  .rank = 12,
			  .of = OF_ALL,
			  .get = get_delta },
	[FIELD_TOTAL] = { .key = "total",
			  .title = "TOTAL",
			  .help = "interrupts since boot",
			  .metric = "irqtop_interrupts_total",
			  .style = STYLE_NUMBER,
			  .width = 7,
			  .rank = 4,
			  .of = OF_ALL,
			  .get = get_total },
	[FIELD_SHARE] = { .key = "share",
			  .title = "SHARE",
			  .help = "share of the rates shown",
			  .style = STYLE_PERCENT,
			  .width = 5,
			  .rank = 6,
			  .of = OF_ALL,
			  .get = get_share },
	[FIELD_MAX] = { .key = "max_hz",
			.title = "MAX",
			.help = "highest rate seen, per second",
			.style = STYLE_NUMBER,
			.width = 7,
			.rank = 7,
			.of = OF_ALL,
			.get = get_max },
	[FIELD_STRIP] = { .key = "cpus",
			  .title = "CPUS",
			  .help = "rate per CPU or group of CPUs",
			  .style = STYLE_PICTURE,
			  .width = 8,
			  .rank = 3,
			  .of = OF_COUNTED,
			  .left = true },
	[FIELD_HISTORY] = { .key = "history",
			    .title = "HISTORY",
			    .help = "rate over the last samples",
			    .style = STYLE_PICTURE,
			    .width = 8,
			    .rank = 4,
			    .of = OF_ALL,
			    .left = true },
	[FIELD_HANDLER_SHARE] = { .key = "handler_share",
				  .title = "H-CPU",
				  .help = "share of a CPU that its handler, or the softirq, uses",
				  .metric = "irqtop_handler_seconds",
				  .style = STYLE_PERCENT,
				  .width = 5,
				  .rank = 3,
				  .needs = NEED_TIME,
				  .get = get_handler_share },
	[FIELD_HANDLER_AVG] = { .key = "handler_avg_ns",
				.title = "H-AVG",
				.help = "mean time in the handler, or in the softirq",
				.metric = "irqtop_handler_seconds",
				.style = STYLE_TIME,
				.width = 6,
				.rank = 5,
				.needs = NEED_TIME,
				.get = get_handler_avg },
	[FIELD_HANDLER_MAX] = { .key = "handler_max_ns",
				.title = "H-MAX",
				.help = "longest time in the handler or softirq since the start",
				.metric = "irqtop_handler_seconds",
				.style = STYLE_TIME,
				.width = 6,
				.rank = 5,
				.needs = NEED_TIME,
				.get = get_handler_max },
	[FIELD_TASK_P50] = { .key = "task_p50_ns",
			     .title = "L-P50",
			     .help = "interrupt to the woken task running: median since the start",
			     .metric = "irqtop_task_latency_seconds",
			     .style = STYLE_TIME,
			     .width = 6,
			     .rank = 3,
			     .needs = NEED_TIME,
			     .get = get_task_p50 },
	[FIELD_TASK_P99] = { .key = "task_p99_ns",
			     .title = "L-P99",
			     .help = "interrupt to the woken task running: 99th percentile",
			     .metric = "irqtop_task_latency_seconds",
			     .style = STYLE_TIME,
			     .width = 6,
			     .rank = 3,
			     .needs = NEED_TIME,
			     .get = get_task_p99 },
	[FIELD_TASK_MAX] = { .key = "task_max_ns",
			     .title = "L-MAX",
			     .help = "interrupt to the woken task running: longest",
			     .metric = "irqtop_task_latency_seconds",
			     .style = STYLE_TIME,
			     .width = 6,
			     .rank = 5,
			     .needs = NEED_TIME,
			     .get = get_task_max },
	[FIELD_READ_P50] = { .key = "read_p50_ns",
			     .title = "R-P50",
			     .help = "interrupt to the end of the read() of its IRQ file: median since the start",
			     .metric = "irqtop_read_latency_seconds",
			     .style = STYLE_TIME,
			     .width = 6,
			     .rank = 3,
			     .needs = NEED_TIME | NEED_READS,
			     .get = get_read_p50 },
	[FIELD_READ_P99] = { .key = "read_p99_ns",
			     .title = "R-P99",
			     .help = "interrupt to the end of the read() of its IRQ file: 99th percentile",
			     .metric = "irqtop_read_latency_seconds",
			     .style = STYLE_TIME,
			     .width = 6,
			     .rank = 3,
			     .needs = NEED_TIME | NEED_READS,
			     .get = get_read_p99 },
	[FIELD_READ_MAX] = { .key = "read_max_ns",
			     .title = "R-MAX",
			     .help = "interrupt to the end of the read() of its IRQ file: longest",
			     .metric = "irqtop_read_latency_seconds",
			     .style = STYLE_TIME,
			     .width = 6,
			     .rank = 5,
			     .needs = NEED_TIME | NEED_READS,
			     .get = get_read_max },
	[FIELD_QUEUES] = { .key = "rows",
			   .title = "ROWS",
			   .help = "interrupts of a device or driver",
			   .style = STYLE_NUMBER,
			   .width = 5,
			   .rank = 1,
			   .of = OF_GROUPS,
			   .get = get_queues },
	[FIELD_IMBALANCE] = { .key = "imbalance",
			      .title = "IMBAL",
			      .help = "highest over mean rate of its interrupts",
			      .style = STYLE_NUMBER,
			      .width = 5,
			      .rank = 1,
			      .of = OF_GROUPS,
			      .get = get_imbalance },
	[FIELD_SPREAD] = { .key = "spread",
			   .title = "ON",
			   .help = "CPUs that took one of its interrupts",
			   .style = STYLE_NUMBER,
			   .width = 4,
			   .rank = 1,
			   .of = OF_GROUPS,
			   .get = get_spread },
	[FIELD_ALLOWED] = { .key = "allowed",
			    .title = "MAY",
			    .help = "interrupts that may go to a CPU",
			    .style = STYLE_NUMBER,
			    .width = 5,
			    .rank = 3,
			    .needs = NEED_ALLOWED,
			    .of = OF_CPUS,
			    .get = get_allowed },
	[FIELD_VECTORS] = { .key = "vectors",
			    .title = "VEC",
			    .help = "vectors of a CPU in use (debugfs)",
			    .style = STYLE_NUMBER,
			    .width = 4,
			    .rank = 5,
			    .needs = NEED_CPUS,
			    .of = OF_CPUS,
			    .get = get_vectors },
	[FIELD_VECTORS_LEFT] = { .key = "vectors_left",
				 .title = "LEFT",
				 .help = "vectors of a CPU left (debugfs)",
				 .style = STYLE_NUMBER,
				 .width = 4,
				 .rank = 3,
				 .needs = NEED_CPUS,
				 .of = OF_CPUS,
				 .get = get_vectors_left },
	[FIELD_DROPPED] = { .key = "dropped",
			    .title = "DROP",
			    .help = "packets that a CPU dropped since boot",
			    .style = STYLE_NUMBER,
			    .width = 5,
			    .rank = 4,
			    .needs = NEED_CPUS,
			    .of = OF_CPUS,
			    .get = get_dropped },
	[FIELD_SQUEEZED] = { .key = "squeezed",
			     .title = "SQUEEZE",
			     .help = "packet polls of a CPU that ran out of time",
			     .style = STYLE_NUMBER,
			     .width = 7,
			     .rank = 5,
			     .needs = NEED_CPUS,
			     .of = OF_CPUS,
			     .get = get_squeezed },
	[FIELD_MARKS] = { .key = "marks",
			  .title = "MARKS",
			  .help = "isol: isolated CPU; nohz: no tick when busy",
			  .style = STYLE_TEXT,
			  .width = 9,
			  .rank = 3,
			  .left = true,
			  .rising = true,
			  .needs = NEED_CPUS,
			  .of = OF_CPUS,
			  .get = get_marks },
	[FIELD_BUSIEST_HZ] = { .key = "busiest_hz",
			       .title = "TOP/S",
			       .help = "rate of the busiest interrupt on a CPU",
			       .style = STYLE_NUMBER,
			       .width = 7,
			       .rank = 6,
			       .of = OF_CPUS,
			       .get = get_busiest_hz },
	[FIELD_BUSIEST] = { .key = "busiest",
			    .title = "TOP",
			    .help = "busiest interrupt on a CPU",
			    .style = STYLE_TEXT,
			    .width = 5,
			    .rank = 3,
			    .rising = true,
			    .of = OF_CPUS,
			    .get = get_busiest },
	[FIELD_CHIP] = { .key = "chip",
			 .title = "CHIP",
			 .help = "interrupt controller",
			 .style = STYLE_TEXT,
			 .width = 22,
			 .rank = 15,
			 .left = true,
			 .rising = true,
			 .get = get_chip },
	[FIELD_HWIRQ] = { .key = "hwirq",
			  .title = "HWIRQ",
			  .help = "number at the controller",
			  .style = STYLE_TEXT,
			  .width = 6,
			  .rank = 18,
			  .rising = true,
			  .get = get_hwirq },
	[FIELD_TRIGGER] = { .key = "trigger",
			    .title = "TRIG",
			    .help = "edge or level, or the flow handler",
			    .style = STYLE_TEXT,
			    .width = 7,
			    .rank = 11,
			    .left = true,
			    .rising = true,
			    .get = get_trigger },
	[FIELD_AFFINITY] = { .key = "affinity",
			     .title = "AFFINITY",
			     .help = "CPUs it may go to",
			     .style = STYLE_TEXT,
			     .width = 10,
			     .rank = 8,
			     .left = true,
			     .rising = true,
			     .needs = NEED_AFFINITY,
			     .get = get_affinity },
	[FIELD_EFFECTIVE] = { .key = "effective",
			      .title = "EFFECT",
			      .help = "CPUs it does go to",
			      .style = STYLE_TEXT,
			      .width = 7,
			      .rank = 9,
			      .left = true,
			      .rising = true,
			      .needs = NEED_EFFECTIVE,
			      .get = get_effective },
	[FIELD_NODE] = { .key = "node",
			 .title = "NODE",
			 .help = "NUMA node of its memory",
			 .metric = "irqtop_interrupt_node",
			 .style = STYLE_NUMBER,
			 .width = 4,
			 .rank = 17,
			 .of = OF_ROWS | OF_CPUS,
			 .rising = true,
			 .needs = NEED_NODE,
			 .get = get_node },
	[FIELD_OFF_NODE] = { .key = "off_node",
			     .title = "OFF",
			     .help = "off: its CPUs are on another node than its device",
			     .style = STYLE_TEXT,
			     .width = 3,
			     .rank = 18,
			     .left = true,
			     .needs = NEED_AFFINITY | NEED_EFFECTIVE | NEED_DEVICES | NEED_PLACES,
			     .get = get_off_node },
	[FIELD_SPURIOUS] = { .key = "spurious",
			     .title = "SPUR",
			     .help = "unhandled among the last 100,000",
			     .metric = "irqtop_interrupt_unhandled",
			     .style = STYLE_NUMBER,
			     .width = 5,
			     .rank = 13,
			     .needs = NEED_SPURIOUS,
			     .get = get_spurious },
	[FIELD_THREAD] = { .key = "thread_cpu",
			   .title = "THR%",
			   .help = "share of a CPU its handler thread uses",
			   .metric = "irqtop_interrupt_thread_seconds_total",
			   .style = STYLE_PERCENT,
			   .width = 5,
			   .rank = 14,
			   .needs = NEED_THREADS,
			   .get = get_thread },
	[FIELD_DEVICE] = { .key = "device",
			   .title = "DEVICE",
			   .help = "PCI address",
			   .style = STYLE_TEXT,
			   .width = 12,
			   .rank = 16,
			   .left = true,
			   .rising = true,
			   .needs = NEED_DEVICES,
			   .get = get_device },
	[FIELD_DRIVER] = { .key = "driver",
			   .title = "DRIVER",
			   .help = "driver bound to the device",
			   .style = STYLE_TEXT,
			   .width = 12,
			   .rank = 10,
			   .of = OF_COUNTED,
			   .left = true,
			   .rising = true,
			   .needs = NEED_DEVICES,
			   .get = get_driver },
	[FIELD_SUM] = { .key = "sum",
			.title = "SUM",
			.help = "the rows that this row counts again",
			.style = STYLE_TEXT,
			.width = 12,
			.rank = RANK_NEVER,
			.of = OF_COUNTED,
			.left = true,
			.rising = true,
			.get = get_sum },
	[FIELD_NAME] = { .key = "name",
			 .title = "NAME",
			 .help = "handlers, as their drivers call them",
			 .style = STYLE_TEXT,
			 .width = 12,
			 .rank = 2,
			 .of = OF_ALL,
			 .left = true,
			 .rising = true,
			 .get = get_name },
};

int field_find(const char *key, size_t len)
{
	int i;

	for (i = 0; i < FIELD_COUNT; i++) {
		if (strlen(fields[i].key) == len && !strncmp(fields[i].key, key, len))
			return i;
		if (strlen(fields[i].title) == len && !strncasecmp(fields[i].title, key, len))
			return i;
	}
	return -1;
}

double value_number(const struct value *value)
{
	switch (value->kind) {
	case VALUE_COUNT:
		return (double)value->count;
	case VALUE_REAL:
		return value->real;
	default:
		return -INFINITY;
	}
}
