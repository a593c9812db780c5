/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns: a table of what can be shown of a row. The screen, --batch, --json,
 * --csv and --openmetrics print from it; sorting and alerts compare by it. A new
 * column is an enum field_id here, and a row of fields[] with its getter in field.c.
 */
#ifndef IRQTOP_FIELD_H
#define IRQTOP_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irqtop/tables/irqtable.h"
#include "irqtop/sample/sample.h"
#include "groups.h"
#include "irqtop/sample/bycpu.h"
#include "irqtop/sample/track.h"

/* In the order in which the screen shows them. */
enum field_id {
	FIELD_IRQ,
	FIELD_TABLE,
	FIELD_CPU,
	FIELD_GROUP,
	FIELD_RATE,
	FIELD_SOFT_RATE,
	FIELD_IRQ_TIME,
	FIELD_SOFT_TIME,
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
	FIELD_QUEUES,
	FIELD_IMBALANCE,
	FIELD_SPREAD,
	FIELD_ALLOWED,
	FIELD_VECTORS,
	FIELD_VECTORS_LEFT,
	FIELD_DROPPED,
	FIELD_SQUEEZED,
	FIELD_MARKS,
	FIELD_BUSIEST_HZ,
	FIELD_BUSIEST,
	FIELD_CHIP,
	FIELD_HWIRQ,
	FIELD_TRIGGER,
	FIELD_AFFINITY,
	FIELD_EFFECTIVE,
	FIELD_NODE,
	FIELD_OFF_NODE,
	FIELD_SPURIOUS,
	FIELD_THREAD,
	FIELD_DEVICE,
	FIELD_DRIVER,
	FIELD_SUM,
	FIELD_NAME,
	FIELD_COUNT
};

/* One row of a view. The pointers are into the monitor. */
struct view_row {
	enum table_id table;
	uint32_t row; /* its number in that table */
	const struct irqtable_row *data;
	const char *text;		    /* of the table: what data's offsets refer to */
	const struct irqtable_words *words; /* of data's text; NULL: split when asked for */
	const struct irqtable_delta *delta;
	struct track *track;		  /* NULL: nothing is kept of rows (monitor.single) */
	const struct irqtable_diff *diff; /* that `delta` is of */
	const struct group *group;	  /* of TABLE_GROUPS; else NULL */
	const struct bycpu_row *cpu;	  /* of TABLE_CPUS; else NULL */
	struct view_busiest {
		const struct irqtable_row *data; /* NULL: none */
		const char *text;
	} busiest;	/* of this CPU */
	double rate_hz; /* negative: unknown */
	double share;	/* of the rates of its table's rows in the view that are no sums, 0..1 */
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
	STYLE_PICTURE, /* on the screen only: CPU strip and history */
};

/* What a column needs beyond the tables. */
enum {
	NEED_DEVICES = 1 << 0,
	NEED_THREADS = 1 << 1,
	NEED_NODE = 1 << 2,
	NEED_AFFINITY = 1 << 3,
	NEED_EFFECTIVE = 1 << 4,
	NEED_SPURIOUS = 1 << 5,
	NEED_TIME = 1 << 6,    /* tracing */
	NEED_READS = 1 << 7,   /* tracing, and the procirq module */
	NEED_CPUS = 1 << 8,    /* softnet, vectors, isolation of CPUs */
	NEED_ALLOWED = 1 << 9, /* the affinity of every interrupt */
	NEED_PLACES = 1 << 10, /* nodes of CPUs */
	NEED_FACTS = NEED_NODE | NEED_AFFINITY | NEED_EFFECTIVE | NEED_SPURIOUS,
	/* What a recording does not have; but it has the nodes of its CPUs. */
	NEED_SYSTEM = NEED_FACTS | NEED_DEVICES | NEED_THREADS | NEED_CPUS | NEED_ALLOWED,
};

#define RANK_NEVER 99 /* on the screen only when it is named */

/* Which rows have a column. */
enum {
	OF_ROWS = 1 << 0, /* of the kernel's tables */
	OF_CPUS = 1 << 1,
	OF_GROUPS = 1 << 2,
	OF_COUNTED = OF_ROWS | OF_GROUPS, /* rows with counters by CPU */
	OF_ALL = OF_ROWS | OF_CPUS | OF_GROUPS,
};

/**
 * struct field - one column
 * @key: its name in JSON, CSV, --sort, --columns and --alert
 * @title: its heading on the screen and in --batch
 * @help: what it shows, for --help-columns and the screen's help
 * @metric: its family in OpenMetrics (output/metrics.c); NULL: it has none
 * @style: how its values are written
 * @width: characters on the screen
 * @rank: when the screen is too narrow, columns of high rank go first
 * @left: aligned left, else right
 * @rising: sorted from small to large, else from large to small
 * @needs: NEED_*
 * @of: OF_*; 0 is OF_ROWS
 * @get: sets the value, or leaves it VALUE_NONE where it is unknown; NULL for pictures
 */
struct field {
	const char *key;
	const char *title;
	const char *help;
	const char *metric;
	enum field_style style;
	unsigned int width;
	unsigned int rank;
	bool left;
	bool rising;
	unsigned int needs;
	unsigned int of;
	void (*get)(const struct view_row *row, struct value *value);
};

extern const struct field fields[FIELD_COUNT];

static inline bool field_is_of(enum field_id id, unsigned int rows)
{
	return (fields[id].of ? fields[id].of : OF_ROWS) & rows;
}

/* The column with this key, or this title in any case; -1: none. */
int field_find(const char *key, size_t len);

static inline struct value field_get(enum field_id id, const struct view_row *row)
{
	struct value value = { .kind = VALUE_NONE };

	if (fields[id].get)
		fields[id].get(row, &value);
	return value;
}

/* A row of which several fields will be got: its text is split only once. */
struct split_row {
	struct view_row row;
	struct irqtable_words words; /* what row.words points to */
};

void row_split(struct split_row *split, const struct view_row *row);

/* A value as a number to compare; one that is no number is below all others. */
double value_number(const struct value *value);

extern const char *const table_names[TABLES];

#endif
