/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one table of what can be shown of a row. The screen, --batch, --json, --csv
 * and --openmetrics all print from it, and sorting and alerts compare by it.
 */
#ifndef IRQTOP_FIELD_H
#define IRQTOP_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irqtop/tables/irqtable.h"
#include "irqtop/sample/sample.h"
#include "irqtop/sample/track.h"

enum field_id {
	FIELD_IRQ,
	FIELD_TABLE,
	FIELD_RATE,
	FIELD_DELTA,
	FIELD_TOTAL,
	FIELD_SHARE,
	FIELD_MAX,
	FIELD_STRIP,
	FIELD_HISTORY,
	FIELD_HANDLER_SHARE,
	FIELD_HANDLER_AVG,
	FIELD_HANDLER_MAX,
	FIELD_TASK_P50,
	FIELD_TASK_P99,
	FIELD_TASK_MAX,
	FIELD_READ_P50,
	FIELD_READ_P99,
	FIELD_READ_MAX,
	FIELD_CHIP,
	FIELD_HWIRQ,
	FIELD_TRIGGER,
	FIELD_AFFINITY,
	FIELD_EFFECTIVE,
	FIELD_NODE,
	FIELD_SPURIOUS,
	FIELD_THREAD,
	FIELD_DEVICE,
	FIELD_DRIVER,
	FIELD_NAME,
	FIELD_COUNT
};

/* One row as the view shows it. Everything is borrowed from the monitor. */
struct view_row {
	enum table_id table;
	uint32_t row; /* of that table */
	const struct irqtable_row *data;
	const char *text; /* the table's */
	const struct irqtable_delta *delta;
	struct track *track;
	double rate_hz; /* negative: unknown */
	double share;	/* of the rate of the shown rows of its table, 0..1 */
};

enum value_kind { VALUE_NONE, VALUE_COUNT, VALUE_REAL, VALUE_TEXT };

struct value {
	enum value_kind kind;
	uint64_t count;
	double real;
	const char *text; /* untrusted bytes, not zero-terminated */
	size_t len;
};

/* How a number is written for people. */
enum field_style {
	STYLE_TEXT,
	STYLE_NUMBER,  /* 1234, 12.3k when it does not fit */
	STYLE_TIME,    /* ns: 850ns, 12.3us */
	STYLE_PERCENT, /* 0.123 -> 12.3 */
	STYLE_PICTURE, /* only on the screen: strip and history */
};

/* What must be read for it beyond the tables. */
enum {
	NEED_DEVICES = 1 << 0,
	NEED_THREADS = 1 << 1,
	NEED_NODE = 1 << 2,
	NEED_AFFINITY = 1 << 3,
	NEED_EFFECTIVE = 1 << 4,
	NEED_SPURIOUS = 1 << 5,
	NEED_TIME = 1 << 6,  /* tracing */
	NEED_READS = 1 << 7, /* and the procirq module */
	NEED_FACTS = NEED_NODE | NEED_AFFINITY | NEED_EFFECTIVE | NEED_SPURIOUS,
};

struct field {
	const char *key;   /* in JSON, CSV, --sort, --columns, --alert */
	const char *title; /* on the screen and in --batch */
	const char *help;
	const char *metric; /* OpenMetrics name; NULL: none */
	enum field_style style;
	unsigned int width; /* on the screen */
	unsigned int rank;  /* screen: columns of low rank stay longest */
	bool left;	    /* aligned */
	bool label;	    /* an OpenMetrics label */
	bool rising;	    /* sorts small to large */
	unsigned int needs;
	void (*get)(const struct view_row *row, struct value *value);
};

extern const struct field fields[FIELD_COUNT];

/* The field with this key (or screen title, any case), or -1. */
int field_find(const char *key, size_t len);

static inline struct value field_get(enum field_id id, const struct view_row *row)
{
	struct value value = { .kind = VALUE_NONE };

	if (fields[id].get)
		fields[id].get(row, &value);
	return value;
}

/* Numbers and missing ones for comparison; missing is below everything. */
double value_number(const struct value *value);

extern const char *const table_names[TABLE_COUNT];

#endif
