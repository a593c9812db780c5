/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets share. A target defines LLVMFuzzerTestOneInput(); what must hold
 * is in require().
 *
 * A target that defines FUZZ_MESSAGES takes the place of base/msg.c: messages are
 * formatted, and not printed.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/why.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool holds)
{
	if (!holds)
		abort();
}

static inline void require_why(const struct why *why)
{
	require(*why->text);
}

/* The input as a text, which ends at a NUL byte in it. The caller frees it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	require(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* A file of @size bytes. @path gets a name for it; the caller closes the descriptor. */
static inline int fuzz_file(const uint8_t *data, size_t size, char path[64])
{
	int fd = memfd_create("fuzz", 0);

	require(fd >= 0 && write(fd, data, size) == (ssize_t)size && !lseek(fd, 0, SEEK_SET));
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

#define FUZZ_ARGUMENTS_MAX 24

/* Splits @text at line feeds, behind @name. Returns the number of arguments. */
static inline int fuzz_arguments(char *name, char *text, char *argv[FUZZ_ARGUMENTS_MAX + 2])
{
	int argc = 0;

	argv[argc++] = name;
	while (text && argc <= FUZZ_ARGUMENTS_MAX)
		argv[argc++] = strsep(&text, "\n");
	argv[argc] = NULL;
	return argc;
}

#ifdef FUZZ_MESSAGES
#include "base/msg.h"

static inline void fuzz_message(const char *format, va_list args)
{
	char text[8192];

	vsnprintf(text, sizeof(text), format, args);
	require(*text);
}

void msg_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fuzz_message(format, args);
	va_end(args);
}

void msg_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fuzz_message(format, args);
	va_end(args);
}

int msg_flush_output(void)
{
	return 0;
}
#endif

#endif /* TESTS_FUZZ_H */
