/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user asked for: defaults, then for the screen (or when it is named) the
 * config file, then the command line.
 */
#ifndef IRQTOP_OPTIONS_H
#define IRQTOP_OPTIONS_H

#include "irqtop/view/alert.h"
#include "irqtop/sample/axis.h"
#include "irqtop/view/field.h"

enum mode { MODE_SCREEN, MODE_BATCH, MODE_JSON, MODE_CSV, MODE_METRICS, MODE_LISTEN, MODE_QUIET };
enum colour { COLOUR_AUTO, COLOUR_NEVER, COLOUR_8, COLOUR_256 };
enum theme { THEME_DARK, THEME_LIGHT };

struct options {
	enum mode mode;
	bool mode_given;
	double interval_s;
	unsigned int count; /* reports; 0: no end */
	bool once;
	const char *root;
	const char *record, *replay, *listen;
	const char *diff[2];
	struct alerts alerts;
	const char *alert_command;
	bool table[TABLE_COUNT];
	bool table_given;
	enum field_id sort;
	bool sort_given, reverse;
	char filter[256];
	enum field_id column[FIELD_COUNT];
	unsigned int ncolumns; /* 0: the mode's own */
	uint32_t rows;
	bool per_cpu, strict;
	bool latency; /* trace handler times and latencies */
	enum axis_mode group;
	bool wide; /* the CPU strip over the whole width */
	bool ascii, mouse;
	enum colour colour;
	enum theme theme;
	char config[4096]; /* file to read and save; empty: none */
	bool config_given;
};

/*
 * Returns -1 to go on, else the exit status (after --help, or an error that was
 * printed).
 */
int options_parse(struct options *options, int argc, char **argv);

/* Writes what the screen can change to options->config. 0 or an errno value < 0. */
int options_save(const struct options *options);

/* "text cpu:1 ..." of several options joined. */
int options_filter_add(struct options *options, const char *prefix, const char *text);

#endif
