// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages on standard error. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "msg.h"

/* Why standard output failed first; later calls do not know any more. */
static int output_errno;

/* Returns 0, or -errno of the first write of standard output that failed. */
int msg_flush_output(void)
{
	if ((fflush(stdout) || ferror(stdout)) && !output_errno)
		output_errno = errno ? errno : EIO;
	return -output_errno;
}

static void say(const char *kind, const char *format, va_list args)
{
	/* What was printed before stands before, where both go to one place. */
	msg_flush_output();
	fprintf(stderr, "%s: %s", program_invocation_short_name, kind);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void msg_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
}

void msg_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("warning: ", format, args);
	va_end(args);
}
