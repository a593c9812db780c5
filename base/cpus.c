// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading and writing CPU lists. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cpus.h"

static bool number_next(const char **text, const char *end, unsigned int *value)
{
	const char *p = *text;
	unsigned int v = 0;

	for (; p < end && (unsigned char)(*p - '0') < 10; p++)
		v = v < CPUS_MAX ? v * 10 + (unsigned char)(*p - '0') : v;
	if (p == *text)
		return false;
	*value = v;
	*text = p;
	return true;
}

/*
 * Read "3" or "0-3" from the front of *text, and the comma behind it. Returns 0, or -1
 * with EINVAL (neither, or a comma at the end) or ERANGE (a CPU of CPUS_MAX or more).
 */
static int range_next(const char **text, const char *end, unsigned int *first, unsigned int *last)
{
	errno = EINVAL;
	if (!number_next(text, end, first))
		return -1;
	*last = *first;
	if (*text < end && **text == '-') {
		++*text;
		if (!number_next(text, end, last) || *last < *first)
			return -1;
	}
	if (*last >= CPUS_MAX) {
		errno = ERANGE;
		return -1;
	}
	if (*text < end && (*(*text)++ != ',' || *text == end))
		return -1;
	return 0;
}

/**
 * cpu_mask_parse - read a list as the kernel prints it
 * @mask: overwritten
 * @text: numbers and ascending ranges; may be empty, and end in blanks
 * @len: bytes in @text
 *
 * Returns 0, or -1 with errno: EINVAL not a list, ERANGE a CPU of CPUS_MAX or more.
 */
int cpu_mask_parse(struct cpu_mask *mask, const char *text, size_t len)
{
	const char *end = text + len;
	unsigned int first, last;

	memset(mask, 0, sizeof(*mask));
	while (end > text && (end[-1] == ' ' || end[-1] == '\n'))
		end--;
	while (text < end) {
		if (range_next(&text, end, &first, &last))
			return -1;
		for (; first <= last; first++)
			cpu_mask_add(mask, first);
	}
	return 0;
}

/**
 * cpu_mask_format - write a set as a list with ranges
 * @mask: the set
 * @buf: gets the text, cut to fit, and a NUL
 * @size: bytes in @buf
 *
 * Returns the length of the whole text, as snprintf() does.
 */
size_t cpu_mask_format(const struct cpu_mask *mask, char *buf, size_t size)
{
	unsigned int first, last;
	size_t len = 0;
	char part[32];
	int n, i;

	if (size)
		buf[0] = '\0';
	for (first = 0; first < CPUS_MAX; first = last + 1) {
		last = first;
		if (!mask->bit[first / 64]) {
			last |= 63;
			continue;
		}
		if (!cpu_mask_has(mask, first))
			continue;
		while (cpu_mask_has(mask, last + 1))
			last++;
		if (last > first)
			n = snprintf(part, sizeof(part), "%s%u-%u", len ? "," : "", first, last);
		else
			n = snprintf(part, sizeof(part), "%s%u", len ? "," : "", first);
		for (i = 0; i < n; i++, len++) {
			if (len + 1 < size) {
				buf[len] = part[i];
				buf[len + 1] = '\0';
			}
		}
	}
	return len;
}

unsigned int cpu_mask_count(const struct cpu_mask *mask)
{
	unsigned int i, n = 0;

	for (i = 0; i < CPUS_MAX / 64; i++)
		n += (unsigned int)__builtin_popcountll(mask->bit[i]);
	return n;
}

/**
 * cpu_list_parse - read a list as a user types it
 * @list: overwritten; keeps the order of @text, each CPU once
 * @text: numbers and ascending ranges, at least one
 *
 * Returns 0, or -1 with errno as cpu_mask_parse().
 */
int cpu_list_parse(struct cpu_list *list, const char *text)
{
	const char *end = text + strlen(text);
	struct cpu_mask seen = { 0 };
	unsigned int cpu, last;

	list->n = 0;
	do {
		if (range_next(&text, end, &cpu, &last))
			return -1;
		for (; cpu <= last; cpu++) {
			if (!cpu_mask_has(&seen, cpu))
				list->cpu[list->n++] = (int)cpu;
			cpu_mask_add(&seen, cpu);
		}
	} while (text < end);
	return 0;
}

bool cpu_list_contains(const struct cpu_list *list, int cpu)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->cpu[i] == cpu)
			return true;
	return false;
}
