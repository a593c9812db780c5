// SPDX-License-Identifier: GPL-2.0-or-later
#include "input.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first byte of a trace.dat, which no text has. */
#define DAT_FIRST 0x17

/* A trace.dat of a pipe: into memory. */
static int copy_dat(struct trace_input *input, FILE *in, struct why *why)
{
	char bytes[65536];
	size_t n;

	input->copy = memfd_create("trace.dat", MFD_CLOEXEC);
	if (input->copy < 0)
		return why_set(why, "cannot copy it: %s", strerror(errno));
	while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0) {
		if (write(input->copy, bytes, n) != (ssize_t)n)
			return why_set(why, "cannot copy it: %s", strerror(errno));
	}
	return ferror(in) ? why_set(why, "%s", strerror(errno)) : 0;
}

static int open_text(struct trace_input *input, FILE *in, const char *instance, struct why *why)
{
	if (instance)
		return why_set(why, "--instance: a text has one only");
	input->text = textfile_read(in, why);
	return input->text ? 0 : -1;
}

static int open_stdin(struct trace_input *input, const char *instance, struct why *why)
{
	int first = getc(stdin);
	char path[32];

	if (first == EOF)
		return why_set(why, "nothing on standard input");
	ungetc(first, stdin);
	if (first != DAT_FIRST)
		return open_text(input, stdin, instance, why);
	if (copy_dat(input, stdin, why))
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", input->copy);
	input->dat = datfile_open(path, instance, why);
	return input->dat ? 0 : -1;
}

/* Whether the file begins as no trace.dat does. Of a file that cannot be read it is not said. */
static FILE *text_of(const char *path)
{
	FILE *in = fopen(path, "re");
	struct stat st;
	int first = DAT_FIRST;

	if (in && !fstat(fileno(in), &st) && !S_ISDIR(st.st_mode))
		first = getc(in);
	if (first != EOF && first != DAT_FIRST) {
		ungetc(first, in);
		return in;
	}
	if (in)
		fclose(in);
	return NULL;
}

/**
 * trace_input_open - open a recording
 * @input: set; trace_input_close() it, also after an error
 * @path: file; "-": standard input
 * @instance: of a trace.dat, see datfile_open()
 * @why: reason of a failure
 *
 * Returns 0, or -1 with @why filled.
 */
int trace_input_open(struct trace_input *input, const char *path, const char *instance,
		     struct why *why)
{
	FILE *text;
	int err;

	*input = (struct trace_input){ .copy = -1 };
	if (!strcmp(path, "-"))
		return open_stdin(input, instance, why);
	text = text_of(path);
	if (text) {
		err = open_text(input, text, instance, why);
		fclose(text);
		return err;
	}
	input->dat = datfile_open(path, instance, why);
	return input->dat ? 0 : -1;
}

void trace_input_close(struct trace_input *input)
{
	if (input->dat)
		datfile_close(input->dat);
	textfile_free(input->text);
	if (input->copy >= 0)
		close(input->copy);
}
