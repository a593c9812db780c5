// SPDX-License-Identifier: GPL-2.0-or-later
/* What the calls returned: counts, by role, kind and errno, and what must not be. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

/*
 * Any call may fail so: of a bad or stale descriptor, which may mean another file by
 * now, of bad memory, of a signal, of a line or a file that has gone. A file that is open
 * for reading only claims its line at its first call, which then fails as open() does.
 */
static const unsigned char common_errors[] = { EBADF,  EBUSY,  EFAULT, EINTR,
					       EINVAL, ENODEV, ENOTTY, EUSERS };

void wrong(const char *format, ...)
{
	unsigned int number = atomic_fetch_add(&shared->nr_wrong, 1);
	va_list args;

	if (number >= sizeof(shared->wrong) / sizeof(shared->wrong[0]))
		return;
	va_start(args, format);
	vsnprintf(shared->wrong[number], sizeof(shared->wrong[number]), format, args);
	va_end(args);
}

static bool may_fail_so(const struct kind *kind, int error)
{
	return memchr(common_errors, error, sizeof(common_errors)) ||
	       memchr(kind->errors, error, sizeof(kind->errors));
}

/*
 * Whether the call needs a privilege that an open file is not. A file of a PCI function's
 * own character device is enough to describe the function by its INTx bit; and that is its
 * owner's to open, who the root of a user namespace still is.
 */
static bool needs_privilege(const struct call *call)
{
	struct procirq_descriptor d;

	if (call->kind->make == make_open)
		return !(call->how && shared->seed & 1);
	memcpy(&d, call->data, sizeof(d));
	return call->kind->privileged && !(call->bytes && d.flags == PROCIRQ_DESC_INTX);
}

void tally_add(enum role role, const struct call *call, long ret)
{
	const struct kind *kind = call->kind;
	int error = ret < 0 ? -ret : 0;
	char text[200];

	if (error >= ERRORS)
		error = ERRORS - 1;
	shared->tally[role][kind - kinds][error]++;
	if (error ? may_fail_so(kind, error) : !(needs_privilege(call) && role == STRANGER))
		return;
	call_print(call, text, sizeof(text));
	if (error)
		wrong("a call must not fail with %s: %s", strerrorname_np(error), text);
	else
		wrong("a program without privilege must not succeed: %s", text);
}

static unsigned long tally_sum(unsigned int kind, int from, int to)
{
	unsigned long sum = 0;
	int role, error;

	for (role = 0; role < ROLES; role++)
		for (error = from; error < to; error++)
			sum += shared->tally[role][kind][error];
	return sum;
}

unsigned long tally_good(unsigned int kind)
{
	return tally_sum(kind, 0, 1);
}

unsigned long tally_bad(unsigned int kind)
{
	return tally_sum(kind, 1, ERRORS);
}

unsigned long tally_calls(void)
{
	unsigned long sum = 0;
	unsigned int kind;

	for (kind = 0; kind < nr_kinds; kind++)
		sum += tally_good(kind) + tally_bad(kind);
	return sum;
}

static bool is_possible(const struct kind *kind)
{
	return !kind->needs || access(kind->needs, F_OK) == 0;
}

const struct kind *tally_missing(bool good)
{
	unsigned int kind;

	for (kind = 0; kind < nr_kinds; kind++) {
		if (!is_possible(&kinds[kind]))
			continue;
		if (good ? !tally_good(kind) : !tally_bad(kind) && !kinds[kind].need_not_fail)
			return &kinds[kind];
	}
	return NULL;
}

static void print_errors(unsigned int kind, char *text, size_t size)
{
	unsigned long n;
	size_t len = 0;
	int error;

	text[0] = '\0';
	for (error = 1; error < ERRORS; error++) {
		n = tally_sum(kind, error, error + 1);
		if (n && len < size)
			len += snprintf(text + len, size - len, " %s=%lu", strerrorname_np(error),
					n);
	}
}

void tally_print(void (*print)(const char *format, ...))
{
	char errors[400];
	unsigned int kind;

	for (kind = 0; kind < nr_kinds; kind++) {
		print_errors(kind, errors, sizeof(errors));
		print("%-15s good %7lu, errors %7lu:%s", kinds[kind].name, tally_good(kind),
		      tally_bad(kind), errors);
	}
}
