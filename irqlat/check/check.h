/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat check: what is looked at, what was found, and how it is told. */
#ifndef IRQLAT_CHECK_H
#define IRQLAT_CHECK_H

#include <stddef.h>

#include "base/sysinfo.h"

#define CHECK_TEXT_BYTES 160
#define CHECKS_MAX	 32

enum verdict { VERDICT_FINE, VERDICT_SPOILS, VERDICT_UNKNOWN };

/**
 * struct look - what the checks look at
 * @root: prefix of /proc, /sys and /dev
 * @info: facts found before
 */
struct look {
	const char *root;
	struct sysinfo info;
};

/**
 * struct check - one thing that may spoil a measurement
 * @name: of it
 * @find: says how it is here, in @text
 * @effect: what it does to a measurement when it spoils
 * @change: how to change it, or to get to know it
 */
struct check {
	const char *name;
	enum verdict (*find)(const struct look *look, char text[CHECK_TEXT_BYTES]);
	const char *effect;
	const char *change;
};

/**
 * struct finding - how it is here
 * @check: what was looked at
 * @verdict: whether it spoils a measurement
 * @text: how it is, in words
 */
struct finding {
	const struct check *check;
	enum verdict verdict;
	char text[CHECK_TEXT_BYTES];
};

/* At most CHECKS_MAX; ends with a NULL name. */
extern const struct check checks[];

void check_print_text(const struct finding *findings, size_t n);
int check_print_json(const struct finding *findings, size_t n);

#endif /* IRQLAT_CHECK_H */
