/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test includes. Tests run in the top folder. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIXTURES "tests/fixtures/"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* The whole text of a temporary file, for free(). */
static inline char *unit_text_of(FILE *file)
{
	long len = ftell(file);
	char *text = calloc(1, (size_t)len + 1);

	rewind(file);
	assert_int_equal(fread(text, 1, (size_t)len, file), len);
	fclose(file);
	return text;
}

#endif /* TESTS_UNIT_H */
