/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers for people, in a given width. */
#ifndef IRQTOP_FORMAT_H
#define IRQTOP_FORMAT_H

#include "field.h"

#define FORMAT_BYTES 32

/*
 * The number of a field: whole when it fits in `width` characters, else as 12.3k or
 * 4.5M; "-" where it is unknown.
 */
void format_value(char buf[FORMAT_BYTES], const struct field *field, const struct value *value,
		  unsigned int width);

/* 850ns, 12.3us, 4.56ms, 7.8s: at most six characters. */
void format_duration(char buf[FORMAT_BYTES], uint64_t ns);

void format_number(char buf[FORMAT_BYTES], double value, unsigned int width);

/* "2026-01-31T12:00:00.123Z" (UTC); "-" for 0. */
void format_time(char buf[FORMAT_BYTES], int64_t wall_ms);

#endif
