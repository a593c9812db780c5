/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat check: the checks, their findings, and printing them. */
#ifndef IRQLAT_CHECK_H
#define IRQLAT_CHECK_H

#include <stddef.h>

#include "base/cpubudget.h"
#include "base/sysinfo.h"

#define CHECK_TEXT_BYTES 160
#define CHECKS_MAX	 32

enum verdict { VERDICT_FINE, VERDICT_SPOILS, VERDICT_UNKNOWN };

/**
 * struct look - the system that the checks look at
 * @root: prefix of /proc, /sys and /dev
 * @info: its facts
 * @budget: what control groups and the host leave to this process
 */
struct look {
	const char *root;
	struct sysinfo info;
	struct cpubudget budget;
};

/**
 * struct check - one thing that may spoil a measurement
 * @name: name for people and in JSON
 * @find: looks at the system; sets @text to the state found
 * @effect: what it does to a measurement
 * @change: how to change the state, or how to find it out
 */
struct check {
	const char *name;
	enum verdict (*find)(const struct look *look, char text[CHECK_TEXT_BYTES]);
	const char *effect;
	const char *change;
};

/**
 * struct finding - what a check found
 * @check: the check
 * @verdict: whether it spoils a measurement
 * @text: state of the system
 */
struct finding {
	const struct check *check;
	enum verdict verdict;
	char text[CHECK_TEXT_BYTES];
};

/* At most CHECKS_MAX checks; the table ends with a NULL name. */
extern const struct check checks[];

void check_print_text(const struct finding *findings, size_t n);
int check_print_json(const struct finding *findings, size_t n);

#endif /* IRQLAT_CHECK_H */
