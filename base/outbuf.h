/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on its way out: one buffer, written whole, grown once. */
#ifndef BASE_OUTBUF_H
#define BASE_OUTBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbuf {
	char *data;
	size_t len, room;
	bool failed; /* memory ran out: the text is not whole */
};

void outbuf_bytes(struct outbuf *out, const char *text, size_t len);
void outbuf_text(struct outbuf *out, const char *text);
void outbuf_char(struct outbuf *out, char c);
void outbuf_count(struct outbuf *out, uint64_t value);
/* Shortest of up to `decimals` places, "." whatever the locale. */
void outbuf_real(struct outbuf *out, double value, int decimals);

/*
 * Untrusted bytes. Whatever they are, the result is valid UTF-8 without control
 * characters: bad bytes become U+FFFD, control characters a '?' (or, where the
 * format can say them, its escape).
 */
void outbuf_clean(struct outbuf *out, const char *text, size_t len);
void outbuf_json_string(struct outbuf *out, const char *text, size_t len);
void outbuf_csv_string(struct outbuf *out, const char *text, size_t len);
void outbuf_label_string(struct outbuf *out, const char *text, size_t len);

/* Writes the text to fd and empties it. 0 or a negative errno value. */
int outbuf_write(struct outbuf *out, int fd);

void outbuf_free(struct outbuf *out);

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
