/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building text for output in a buffer that grows, and writing it in one piece. */
#ifndef BASE_OUTBUF_H
#define BASE_OUTBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct outbuf - text; zeroed, it is empty
 * @data: @len bytes, not terminated; owned by the buffer
 * @len: bytes in @data
 * @room: bytes allocated
 * @failed: memory ran out, so text is missing
 */
struct outbuf {
	char *data;
	size_t len, room;
	bool failed;
};

/* These add to the text. */
void outbuf_bytes(struct outbuf *out, const char *text, size_t len);
void outbuf_text(struct outbuf *out, const char *text);
void outbuf_char(struct outbuf *out, char c);
void outbuf_blanks(struct outbuf *out, size_t n);
void outbuf_count(struct outbuf *out, uint64_t value);
void outbuf_real(struct outbuf *out, double value, int decimals);

/*
 * These add untrusted bytes, as text of a screen, JSON, CSV, or a label of OpenMetrics.
 * The result is valid UTF-8 without control characters: bad bytes become U+FFFD, control
 * characters '?', or their escape if the format has one.
 */
void outbuf_clean(struct outbuf *out, const char *text, size_t len);
void outbuf_json_string(struct outbuf *out, const char *text, size_t len);
void outbuf_csv_string(struct outbuf *out, const char *text, size_t len);
void outbuf_label_string(struct outbuf *out, const char *text, size_t len);

int outbuf_write(struct outbuf *out, int fd);
void outbuf_free(struct outbuf *out);

size_t utf8_next(const char *text, size_t len, uint32_t *point);
size_t utf8_plain(const char *text, size_t len);
size_t utf8_put(char buf[4], uint32_t point);
bool utf8_is_control(uint32_t point);

#endif /* BASE_OUTBUF_H */
