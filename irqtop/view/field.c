// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <string.h>
#include <strings.h>

#include "field.h"

const char *const table_names[TABLE_COUNT] = {
	[TABLE_INTERRUPTS] = "interrupts",
	[TABLE_SOFTIRQS] = "softirqs",
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

	irqtable_split(row->text + row->data->text, row->data->text_len, row->data->irq >= 0,
		       &words);
	return words;
}

static void get_irq(const struct view_row *row, struct value *value)
{
	text_set(value, row->text + row->data->label, row->data->label_len);
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
	if (row->delta->state == IRQTABLE_COUNTED)
		count_set(value, row->delta->delta);
}

static void get_total(const struct view_row *row, struct value *value)
{
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
	return row->track && row->track->time.known ? &row->track->time : NULL;
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
	if (row->track && row->track->facts.node >= 0)
		count_set(value, (uint64_t)row->track->facts.node);
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
	if (row->track)
		text_set(value, row->track->device, strlen(row->track->device));
}

static void get_driver(const struct view_row *row, struct value *value)
{
	if (row->track)
		text_set(value, row->track->driver, strlen(row->track->driver));
}

/* The softirqs' names say little; what they do says more. */
static const char *const softirq_names[][2] = {
	{ "HI", "high-priority tasklets" },	 { "TIMER", "expired kernel timers" },
	{ "NET_TX", "network sends completed" }, { "NET_RX", "network receive polling" },
	{ "BLOCK", "block device completions" }, { "IRQ_POLL", "block device polling" },
	{ "TASKLET", "driver tasklets" },	 { "SCHED", "scheduler load balancing" },
	{ "HRTIMER", "high-resolution timers" }, { "RCU", "read-copy-update callbacks" },
};

static void get_name(const struct view_row *row, struct value *value)
{
	struct irqtable_words words;
	size_t i;

	if (row->table == TABLE_SOFTIRQS) {
		for (i = 0; i < sizeof(softirq_names) / sizeof(softirq_names[0]); i++)
			if (row->data->label_len == strlen(softirq_names[i][0]) &&
			    !memcmp(row->text + row->data->label, softirq_names[i][0],
				    row->data->label_len))
				text_set(value, softirq_names[i][1], strlen(softirq_names[i][1]));
		return;
	}
	words = words_of(row);
	text_set(value, words.actions, words.actions_len);
}

const struct field fields[FIELD_COUNT] = {
	[FIELD_IRQ] = { "irq", "IRQ", "interrupt number or label", NULL, STYLE_TEXT, 8, 0, false,
			true, true, 0, get_irq },
	[FIELD_TABLE] = { "table", "TABLE", "interrupts or softirqs", NULL, STYLE_TEXT, 10, 99,
			  true, true, true, 0, get_table },
	[FIELD_RATE] = { "rate_hz", "RATE", "interrupts per second", NULL, STYLE_NUMBER, 7, 1,
			 false, false, false, 0, get_rate },
	[FIELD_DELTA] = { "delta", "DELTA", "interrupts since the last sample", NULL, STYLE_NUMBER,
			  7, 12, false, false, false, 0, get_delta },
	[FIELD_TOTAL] = { "total", "TOTAL", "interrupts since boot", "irqtop_interrupts_total",
			  STYLE_NUMBER, 7, 4, false, false, false, 0, get_total },
	[FIELD_SHARE] = { "share", "SHARE", "share of the rates shown", NULL, STYLE_PERCENT, 5, 6,
			  false, false, false, 0, get_share },
	[FIELD_MAX] = { "max_hz", "MAX", "highest rate seen, per second", NULL, STYLE_NUMBER, 7, 7,
			false, false, false, 0, get_max },
	[FIELD_STRIP] = { "cpus", "CPUS", "rate per CPU or group of CPUs", NULL, STYLE_PICTURE, 8,
			  3, true, false, false, 0, NULL },
	[FIELD_HISTORY] = { "history", "HISTORY", "rate over the last samples", NULL, STYLE_PICTURE,
			    8, 4, true, false, false, 0, NULL },
	[FIELD_HANDLER_SHARE] = { "handler_share", "HARD%", "share of a CPU its handler uses",
				  "irqtop_handler_cpu_ratio", STYLE_PERCENT, 5, 3, false, false,
				  false, NEED_TIME, get_handler_share },
	[FIELD_HANDLER_AVG] = { "handler_avg_ns", "H-AVG", "mean time in the handler",
				"irqtop_handler_avg_seconds", STYLE_TIME, 6, 5, false, false, false,
				NEED_TIME, get_handler_avg },
	[FIELD_HANDLER_MAX] = { "handler_max_ns", "H-MAX",
				"longest time in the handler since the start",
				"irqtop_handler_max_seconds", STYLE_TIME, 6, 5, false, false, false,
				NEED_TIME, get_handler_max },
	[FIELD_TASK_P50] = { "task_p50_ns", "L-P50",
			     "interrupt to the woken task running: median since the start",
			     "irqtop_task_p50_seconds", STYLE_TIME, 6, 3, false, false, false,
			     NEED_TIME, get_task_p50 },
	[FIELD_TASK_P99] = { "task_p99_ns", "L-P99",
			     "interrupt to the woken task running: 99th percentile",
			     "irqtop_task_p99_seconds", STYLE_TIME, 6, 3, false, false, false,
			     NEED_TIME, get_task_p99 },
	[FIELD_TASK_MAX] = { "task_max_ns", "L-MAX", "interrupt to the woken task running: longest",
			     "irqtop_task_max_seconds", STYLE_TIME, 6, 5, false, false, false,
			     NEED_TIME, get_task_max },
	[FIELD_READ_P50] = { "read_p50_ns", "R-P50",
			     "interrupt to the end of the read() of its IRQ file: median since the start",
			     "irqtop_read_p50_seconds", STYLE_TIME, 6, 3, false, false, false,
			     NEED_TIME | NEED_READS, get_read_p50 },
	[FIELD_READ_P99] = { "read_p99_ns", "R-P99",
			     "interrupt to the end of the read() of its IRQ file: 99th percentile",
			     "irqtop_read_p99_seconds", STYLE_TIME, 6, 3, false, false, false,
			     NEED_TIME | NEED_READS, get_read_p99 },
	[FIELD_READ_MAX] = { "read_max_ns", "R-MAX",
			     "interrupt to the end of the read() of its IRQ file: longest",
			     "irqtop_read_max_seconds", STYLE_TIME, 6, 5, false, false, false,
			     NEED_TIME | NEED_READS, get_read_max },
	[FIELD_CHIP] = { "chip", "CHIP", "interrupt controller", NULL, STYLE_TEXT, 22, 15, true,
			 true, true, 0, get_chip },
	[FIELD_HWIRQ] = { "hwirq", "HWIRQ", "number at the controller", NULL, STYLE_TEXT, 6, 18,
			  false, false, true, 0, get_hwirq },
	[FIELD_TRIGGER] = { "trigger", "TRIG", "edge or level, or the flow handler", NULL,
			    STYLE_TEXT, 7, 11, true, true, true, 0, get_trigger },
	[FIELD_AFFINITY] = { "affinity", "AFFINITY", "CPUs it may go to", NULL, STYLE_TEXT, 10, 8,
			     true, false, true, NEED_AFFINITY, get_affinity },
	[FIELD_EFFECTIVE] = { "effective", "EFFECT", "CPUs it does go to", NULL, STYLE_TEXT, 7, 9,
			      true, false, true, NEED_EFFECTIVE, get_effective },
	[FIELD_NODE] = { "node", "NODE", "NUMA node of its memory", "irqtop_interrupt_node",
			 STYLE_NUMBER, 4, 17, false, false, true, NEED_NODE, get_node },
	[FIELD_SPURIOUS] = { "spurious", "SPUR", "unhandled among the last 100,000",
			     "irqtop_interrupt_unhandled", STYLE_NUMBER, 5, 13, false, false, false,
			     NEED_SPURIOUS, get_spurious },
	[FIELD_THREAD] = { "thread_cpu", "THR%", "share of a CPU its handler thread uses",
			   "irqtop_interrupt_thread_cpu_ratio", STYLE_PERCENT, 5, 14, false, false,
			   false, NEED_THREADS, get_thread },
	[FIELD_DEVICE] = { "device", "DEVICE", "PCI address", NULL, STYLE_TEXT, 12, 16, true, false,
			   true, NEED_DEVICES, get_device },
	[FIELD_DRIVER] = { "driver", "DRIVER", "driver bound to the device", NULL, STYLE_TEXT, 12,
			   10, true, false, true, NEED_DEVICES, get_driver },
	[FIELD_NAME] = { "name", "NAME", "handlers, as their drivers call them", NULL, STYLE_TEXT,
			 12, 2, true, true, true, 0, get_name },
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
