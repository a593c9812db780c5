// SPDX-License-Identifier: GPL-2.0-or-later
#include "histtext.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIGGER_MARK "# trigger info: "
#define HITS_MARK    " } hitcount:"

static int parse_u64(const char **p, uint64_t *number)
{
	char *end;

	while (**p == ' ')
		(*p)++;
	if (**p < '0' || **p > '9')
		return -1;
	errno = 0;
	*number = strtoull(*p, &end, 10);
	*p = end;
	return errno ? -1 : 0;
}

/* The last occurrence of @what between @from and @end. */
static const char *find_last(const char *from, const char *end, const char *what)
{
	size_t len = strlen(what);

	for (const char *p = end - len; p >= from; p--) {
		if (!memcmp(p, what, len))
			return p;
	}
	return NULL;
}

/* "2^17" or "1000-1999", after the tilde. */
static int parse_bucket(const char **p, struct histtext_row *row)
{
	uint64_t first, second;

	if (parse_u64(p, &first))
		return -1;
	if (**p == '^') {
		(*p)++;
		if (first != 2 || parse_u64(p, &second) || second > 63)
			return -1;
		/* The kernel rounds up: 2^17 holds the values above 2^16. */
		row->high = (uint64_t)1 << second;
		row->low = second ? row->high / 2 + 1 : 0;
		return 0;
	}
	if (**p != '-')
		return -1;
	(*p)++;
	if (parse_u64(p, &second) || second < first)
		return -1;
	row->low = first;
	row->high = second;
	return 0;
}

static void copy_name(struct histtext_row *row, const char *from, const char *end)
{
	size_t n = 0;

	while (end > from && end[-1] == ' ')
		end--;
	for (; from < end && n + 1 < HISTTEXT_NAME_BYTES; from++)
		row->name[n++] = (unsigned char)*from < ' ' || *from == 0x7f ? '?' : *from;
	row->name[n] = '\0';
}

/*
 * One of "irq:         24", "lat: ~ 2^17", "name: virtio1-req.0    ". A name may have
 * any characters. It is the last key, so it extends to the end of the keys.
 */
static int parse_key(const char **p, const char *end, struct histtext_row *row)
{
	size_t i = row->n_keys;
	const char *colon = memchr(*p, ':', (size_t)(end - *p));
	bool negative;
	uint64_t number;

	if (!colon || i == HISTTEXT_KEYS_MAX)
		return -1;
	row->n_keys++;
	if (colon - *p == 4 && !memcmp(*p, "name", 4)) {
		copy_name(row, colon + 1 + (colon[1] == ' '), end);
		*p = end;
		return 0;
	}
	*p = colon + 1;
	while (**p == ' ')
		(*p)++;
	if (**p == '~') {
		(*p)++;
		if (parse_bucket(p, row))
			return -1;
	} else {
		negative = **p == '-';
		*p += negative;
		if (parse_u64(p, &number) || number > INT64_MAX)
			return -1;
		row->key[i] = negative ? -(int64_t)number : (int64_t)number;
	}
	while (**p == ' ' || **p == ',')
		(*p)++;
	return *p > end + 1 ? -1 : 0;
}

/* "{ KEY, KEY } hitcount:   3  lat:   168279" */
static int parse_row(const char *text, const char *end, struct histtext_row *row)
{
	const char *keys_end, *p = text;

	memset(row, 0, sizeof(*row));
	if (end - text < 2 || memcmp(text, "{ ", 2))
		return -1;
	keys_end = find_last(text, end, HITS_MARK);
	if (!keys_end)
		return -1;
	p += 2;
	while (p < keys_end) {
		if (parse_key(&p, keys_end, row))
			return -1;
	}
	p = keys_end + strlen(HITS_MARK);
	if (parse_u64(&p, &row->hits))
		return -1;
	while (p < end && *p == ' ')
		p++;
	p = p < end ? memchr(p, ':', (size_t)(end - p)) : NULL;
	if (p) {
		p++;
		if (parse_u64(&p, &row->sum))
			return -1;
	}
	return 0;
}

static void parse_total(const char *text, struct histtext_totals *totals)
{
	sscanf(text, " Hits: %" SCNu64, &totals->hits);
	sscanf(text, " Dropped: %" SCNu64, &totals->dropped);
}

/**
 * histtext_repair - make the kernel accept a trigger that it has printed
 * @text: of a `hist` or `trigger` file; changed
 *
 * Linux 7.2 prints the name of the CPU field twice, but knows no field of that name.
 */
void histtext_repair(char *text)
{
	static const char twice[] = "common_cpucommon_cpu";
	const size_t once = (sizeof(twice) - 1) / 2;
	char *at = text;

	while ((at = strstr(at, twice))) {
		at += once;
		memmove(at, at + once, strlen(at + once) + 1);
	}
}

/**
 * histtext_parse - the rows of one histogram
 * @text: of the file, NUL terminated, repaired
 * @trigger: how the trigger of the histogram begins: "hist:keys=irq,common_cpu:"
 * @row: called for each row; when it does not return 0, parsing ends
 * @ctx: passed to @row
 * @totals: filled
 *
 * Returns 0, or what @row returned.
 */
int histtext_parse(const char *text, const char *trigger,
		   int (*row)(void *ctx, const struct histtext_row *row), void *ctx,
		   struct histtext_totals *totals)
{
	bool inside = false;

	memset(totals, 0, sizeof(*totals));
	while (*text) {
		const char *end = text + strcspn(text, "\n");
		struct histtext_row r;
		int rc;

		if (!strncmp(text, TRIGGER_MARK, strlen(TRIGGER_MARK))) {
			inside = !strncmp(text + strlen(TRIGGER_MARK), trigger, strlen(trigger));
			totals->found |= inside;
		} else if (inside && *text == '{') {
			if (parse_row(text, end, &r)) {
				totals->malformed++;
			} else {
				rc = row(ctx, &r);
				if (rc)
					return rc;
			}
		} else if (inside && *text == ' ') {
			parse_total(text, totals);
		}
		text = *end ? end + 1 : end;
	}
	return 0;
}
