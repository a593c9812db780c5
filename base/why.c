// SPDX-License-Identifier: GPL-2.0-or-later
/* Filling in a struct why. */

#include <stdarg.h>
#include <stdio.h>

#include "why.h"

/* Returns -1, so that a function that fails can return what this returns. */
int why_set(struct why *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return -1;
}
