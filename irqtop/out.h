/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on its way out: one buffer, written whole, grown once. */
#ifndef IRQTOP_OUT_H
#define IRQTOP_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out {
	char *data;
	size_t len, room;
	bool failed; /* memory ran out: the text is not whole */
};

void out_bytes(struct out *out, const char *text, size_t len);
void out_text(struct out *out, const char *text);
void out_char(struct out *out, char c);
void out_count(struct out *out, uint64_t value);
/* Shortest of up to `decimals` places, "." whatever the locale. */
void out_real(struct out *out, double value, int decimals);

/*
 * Untrusted bytes. Whatever they are, the result is valid UTF-8 without control
 * characters: bad bytes become U+FFFD, control characters a '?' (or, where the
 * format can say them, its escape).
 */
void out_clean(struct out *out, const char *text, size_t len);
void out_json_string(struct out *out, const char *text, size_t len);
void out_csv_string(struct out *out, const char *text, size_t len);
void out_label_string(struct out *out, const char *text, size_t len);

/* Writes the text to fd and empties it. 0 or a negative errno value. */
int out_write(struct out *out, int fd);

void out_free(struct out *out);

/*
 * Length of the UTF-8 sequence at text, its code point in *point; 1 and U+FFFD for
 * a byte that is none. `len` is at least 1.
 */
size_t utf8_next(const char *text, size_t len, uint32_t *point);

/* Writes a code point, up to 4 bytes; returns how many. */
size_t utf8_put(char *buf, uint32_t point);

/* Controls, and what changes the direction of a line or hides in it. */
bool utf8_is_control(uint32_t point);

#endif
