// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading values that a user typed. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

#define DEADLINE_RUNTIME_MIN_NS 1024

/**
 * parse_u64 - read a decimal count
 * @text: digits only, without sign or blanks
 * @value: set on success
 */
int parse_u64(const char *text, uint64_t *value)
{
	unsigned long long v;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return -1;
	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno || *end)
		return -1;
	*value = v;
	return 0;
}

/* Rounds a number from 0 to 2^63; llround() would have every tool load libm. */
static uint64_t whole_round(double number)
{
	uint64_t whole = (uint64_t)number;

	return whole + (number - (double)whole >= 0.5);
}

/**
 * parse_duration - read "10m", "1.5s" or "250us"
 * @text: a decimal number and one of ns us ms s m h d
 * @bare_unit_ns: unit of a number without one, in ns; 0: the unit is mandatory
 * @ns: set on success, rounded to the nearest
 */
int parse_duration(const char *text, uint64_t bare_unit_ns, uint64_t *ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {
		{ .name = "ns", .ns = 1 },	{ .name = "us", .ns = 1e3 },
		{ .name = "ms", .ns = 1e6 },	{ .name = "s", .ns = 1e9 },
		{ .name = "m", .ns = 60e9 },	{ .name = "h", .ns = 3600e9 },
		{ .name = "d", .ns = 86400e9 },
	};
	double number, unit = 0;
	const char *c;
	char *end;
	size_t i;

	/* strtod() also accepts "inf", "0x10", "1e9" and a sign. */
	for (c = text; isdigit((unsigned char)*c) || *c == '.'; c++)
		;
	if (c == text)
		return -1;
	number = strtod(text, &end);
	if (end != c)
		return -1;
	if (!*end)
		unit = (double)bare_unit_ns;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(end, units[i].name))
			unit = units[i].ns;
	if (unit == 0 || number * unit >= 9.2e18)
		return -1;
	*ns = whole_round(number * unit);
	return 0;
}

/* "d:500us:1ms". The kernel takes no runtime below 1.024 us and no period of 2^63 ns. */
static int parse_deadline(const char *text, struct priority *priority)
{
	const char *colon = strchr(text, ':');
	uint64_t runtime_ns, period_ns;
	char runtime[32];
	size_t len = colon ? (size_t)(colon - text) : 0;

	if (!len || len >= sizeof(runtime))
		return -1;
	memcpy(runtime, text, len);
	runtime[len] = '\0';
	if (parse_duration(runtime, 0, &runtime_ns) || parse_duration(colon + 1, 0, &period_ns) ||
	    runtime_ns < DEADLINE_RUNTIME_MIN_NS || runtime_ns > period_ns)
		return -1;
	*priority = (struct priority){ .class = SCHED_CLASS_DEADLINE,
				       .runtime_ns = runtime_ns,
				       .period_ns = period_ns };
	return 0;
}

/**
 * parse_priority - read a policy and a priority in the notation of rtla
 * @text: "f:1" to "f:99" SCHED_FIFO, "r:1" to "r:99" SCHED_RR, "o:-20" to
 *	"o:19" SCHED_OTHER and its nice value, "d:RUNTIME:PERIOD" SCHED_DEADLINE
 * @priority: set on success
 */
int parse_priority(const char *text, struct priority *priority)
{
	long v, low = 1, high = 99;
	char *end;

	if (!text[0] || text[1] != ':' || !text[2] || isspace((unsigned char)text[2]))
		return -1;
	switch (text[0]) {
	case 'f':
		priority->class = SCHED_CLASS_FIFO;
		break;
	case 'r':
		priority->class = SCHED_CLASS_RR;
		break;
	case 'd':
		return parse_deadline(text + 2, priority);
	case 'o':
		priority->class = SCHED_CLASS_OTHER;
		low = -20;
		high = 19;
		break;
	default:
		return -1;
	}
	errno = 0;
	v = strtol(text + 2, &end, 10);
	if (errno || *end || v < low || v > high)
		return -1;
	priority->value = (int)v;
	return 0;
}
