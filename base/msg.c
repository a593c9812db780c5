// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages on standard error. */

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "msg.h"

/* Room for two paths and a sentence; a longer message is cut. */
#define MESSAGE_BYTES 9000

/* Why writing standard output failed first: later calls set no errno. */
static int output_errno;

/**
 * msg_flush_output - write what standard output has buffered
 *
 * Returns 0, or -1 with the errno of the first write of this process that failed.
 */
int msg_flush_output(void)
{
	if ((fflush(stdout) || ferror(stdout)) && !output_errno)
		output_errno = errno ? errno : EIO;
	errno = output_errno;
	return output_errno ? -1 : 0;
}

/* A message is one row, and what it quotes from a user or a file does not move the cursor. */
static void print_clean(const char *text)
{
	for (; *text; text++)
		fputc(iscntrl((unsigned char)*text) ? '?' : *text, stderr);
	fputc('\n', stderr);
}

static void say(const char *kind, const char *format, va_list args)
{
	char text[MESSAGE_BYTES];

	/* Keep the order of output and messages if both go to one terminal or file. */
	msg_flush_output();
	fprintf(stderr, "%s: %s", program_invocation_short_name, kind);
	vsnprintf(text, sizeof(text), format, args);
	print_clean(text);
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
