/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options: defaults, then the config file (for the screen, or when it is named),
 * then the command line. Keys of the screen change them later.
 */
#ifndef IRQTOP_OPTIONS_H
#define IRQTOP_OPTIONS_H

#include "irqtop/view/alert.h"
#include "irqtop/sample/axis.h"
#include "irqtop/view/field.h"
#include "irqtop/view/view.h"

/* Limits of the interval, for the option, the config file and the keys. */
#define INTERVAL_MIN_NS UINT64_C(50000000)
#define INTERVAL_MAX_NS UINT64_C(86400000000000)

enum mode {
	MODE_AUTO, /* not given; options_parse() chooses another */
	MODE_SCREEN,
	MODE_BATCH,
	MODE_JSON,
	MODE_CSV,
	MODE_METRICS,
	MODE_LISTEN,
	MODE_QUIET,
};

enum colour { COLOUR_AUTO, COLOUR_NEVER, COLOUR_8, COLOUR_256 };
enum theme { THEME_DARK, THEME_LIGHT };

/* What is printed instead of running. */
enum print { PRINT_NOTHING, PRINT_HELP, PRINT_COLUMNS, PRINT_VERSION };

#define MOVES_MAX 64

struct options {
	enum print print;
	enum mode mode;
	uint64_t interval_ns;
	uint64_t count; /* reports; 0: no end */
	bool once;
	const char *root;
	const char *input; /* a copy of /proc/interrupts */
	const char *record, *replay, *listen;
	const char *diff[2];
	bool explain;		     /* the difference in words */
	const char *move[MOVES_MAX]; /* "PATTERN=WHERE" */
	unsigned int nmoves;
	bool dry_run; /* the moves are planned only */
	struct alerts alerts;
	const char *alert_command;
	struct view_settings view;
	enum field_id column[FIELD_COUNT];
	unsigned int ncolumns; /* 0: those of the mode */
	uint64_t rows;	       /* at most */
	bool per_cpu;
	bool strict;  /* OpenMetrics 1.0 to the letter */
	bool latency; /* trace handler times and latencies */
	enum axis_mode group;
	bool wide; /* the CPU strip over the whole width */
	bool idle; /* the screen shows idle rows, too */
	bool ascii, no_mouse;
	enum colour colour;
	enum theme theme;
	const char *config;	   /* file to read and save; NULL: none */
	char config_default[4096]; /* what `config` is when not named */
};

/* Returns -1 to go on, else the exit status: after --help, or an error and its message. */
int options_parse(struct options *options, int argc, char **argv);

/* Writes the config file. 0 or a negative errno value. */
int options_save(const struct options *options);

#endif
