// SPDX-License-Identifier: GPL-2.0-or-later
/* Building text for output, and UTF-8. */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outbuf.h"

/* Returns false without memory. */
static bool outbuf_grow(struct outbuf *out, size_t more)
{
	size_t want = out->room ? out->room : 16384;
	char *data;

	/* What follows a gap would be taken for what belongs there. */
	if (out->failed)
		return false;
	while (want < out->len + more)
		want *= 2;
	data = realloc(out->data, want);
	if (!data) {
		out->failed = true;
		return false;
	}
	out->data = data;
	out->room = want;
	return true;
}

/* Make room for more bytes. Returns false without memory. */
static inline bool outbuf_reserve(struct outbuf *out, size_t more)
{
	if (out->len + more <= out->room && !out->failed)
		return true;
	return outbuf_grow(out, more);
}

void outbuf_bytes(struct outbuf *out, const char *text, size_t len)
{
	if (!len || !outbuf_reserve(out, len))
		return;
	memcpy(out->data + out->len, text, len);
	out->len += len;
}

void outbuf_text(struct outbuf *out, const char *text)
{
	outbuf_bytes(out, text, strlen(text));
}

void outbuf_char(struct outbuf *out, char c)
{
	if (outbuf_reserve(out, 1))
		out->data[out->len++] = c;
}

void outbuf_blanks(struct outbuf *out, size_t n)
{
	if (!n || !outbuf_reserve(out, n))
		return;
	memset(out->data + out->len, ' ', n);
	out->len += n;
}

void outbuf_count(struct outbuf *out, uint64_t value)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	outbuf_bytes(out, digits + at, sizeof(digits) - at);
}

/**
 * outbuf_real - add a number
 * @out: buffer
 * @value: number; 0 is added if it is not finite
 * @decimals: most places behind the point; zeros at the end are left out
 *
 * The decimal point is "." in every locale.
 */
void outbuf_real(struct outbuf *out, double value, int decimals)
{
	uint64_t scale = 1, all;
	char digits[24];
	int i, n = 0;

	if (!isfinite(value)) {
		outbuf_char(out, '0');
		return;
	}
	if (value < 0) {
		outbuf_char(out, '-');
		value = -value;
	}
	for (i = 0; i < decimals; i++)
		scale *= 10;
	if (value > 1e19 / (double)scale)
		value = 1e19 / (double)scale;
	all = (uint64_t)(value * (double)scale + 0.5);
	outbuf_count(out, all / scale);
	all %= scale;
	if (!all)
		return;
	while (scale > 1 && all) {
		scale /= 10;
		digits[n++] = (char)('0' + all / scale);
		all %= scale;
	}
	outbuf_char(out, '.');
	outbuf_bytes(out, digits, (size_t)n);
}

/**
 * utf8_next - decode a UTF-8 sequence
 * @text: bytes
 * @len: bytes in @text, at least 1
 * @point: set to the code point; U+FFFD if the bytes are no valid sequence
 *
 * Returns the length of the sequence; 1 if it is not valid.
 */
size_t utf8_next(const char *text, size_t len, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t need, i;
	uint32_t c;

	if (p[0] < 0x80) {
		*point = p[0];
		return 1;
	}
	need = p[0] >= 0xf0 && p[0] < 0xf8 ? 4 :
	       p[0] >= 0xe0 && p[0] < 0xf0 ? 3 :
	       p[0] >= 0xc0 && p[0] < 0xe0 ? 2 :
					     0;
	*point = 0xfffd;
	if (!need || need > len)
		return 1;
	c = p[0] & (0xffu >> (need + 1));
	for (i = 1; i < need; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[need] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 1;
	*point = c;
	return need;
}

/* Encode a code point as UTF-8. Returns the number of bytes. */
size_t utf8_put(char buf[4], uint32_t point)
{
	if (point < 0x80) {
		buf[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		buf[0] = (char)(0xc0 | point >> 6);
		buf[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		buf[0] = (char)(0xe0 | point >> 12);
		buf[1] = (char)(0x80 | (point >> 6 & 0x3f));
		buf[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	buf[0] = (char)(0xf0 | point >> 18);
	buf[1] = (char)(0x80 | (point >> 12 & 0x3f));
	buf[2] = (char)(0x80 | (point >> 6 & 0x3f));
	buf[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

/* Bytes of @text before the first that is not one from ' ' to '~'. */
size_t utf8_plain(const char *text, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
	uint64_t word;
	size_t n = 0;

	/* Eight at once: no top bit, 0x60 makes one of ' ' and more, 1 makes one of DEL. */
	for (; n + sizeof(word) <= len; n += sizeof(word)) {
		memcpy(&word, text + n, sizeof(word));
		if (word & tops || (((word + ones * 0x60) & ~(word + ones)) & tops) != tops)
			break;
	}
	while (n < len && text[n] >= ' ' && text[n] <= '~')
		n++;
	return n;
}

/* Is it a control character, or one that is invisible or changes the direction of text? */
bool utf8_is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
	       (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

static void outbuf_point(struct outbuf *out, uint32_t point)
{
	char buf[4];

	outbuf_bytes(out, buf, utf8_put(buf, point));
}

enum escape { ESCAPE_NONE, ESCAPE_JSON, ESCAPE_CSV, ESCAPE_LABEL };

/* Bytes of @text that go out as they are, without a look at each character. */
static size_t unescaped(const char *text, size_t len, enum escape escape)
{
	size_t plain = utf8_plain(text, len), n = 0;

	if (escape == ESCAPE_NONE)
		return plain;
	while (n < plain && text[n] != '"' && text[n] != '\\')
		n++;
	return n;
}

static void outbuf_escape(struct outbuf *out, const char *text, size_t len, enum escape escape)
{
	bool backslash = escape == ESCAPE_JSON || escape == ESCAPE_LABEL;
	char number[8];
	uint32_t point;
	size_t used;

	for (; len; text += used, len -= used) {
		used = unescaped(text, len, escape);
		if (used) {
			outbuf_bytes(out, text, used);
			continue;
		}
		used = utf8_next(text, len, &point);
		if (backslash && (point == '"' || point == '\\'))
			outbuf_char(out, '\\');
		if (escape == ESCAPE_CSV && point == '"')
			outbuf_char(out, '"');
		if (!utf8_is_control(point)) {
			outbuf_point(out, point);
		} else if (escape == ESCAPE_JSON) {
			snprintf(number, sizeof(number), "\\u%04x", point & 0xffff);
			outbuf_text(out, number);
		} else {
			outbuf_text(out, escape == ESCAPE_LABEL && point == '\n' ? "\\n" : "?");
		}
	}
}

void outbuf_clean(struct outbuf *out, const char *text, size_t len)
{
	outbuf_escape(out, text, len, ESCAPE_NONE);
}

void outbuf_json_string(struct outbuf *out, const char *text, size_t len)
{
	outbuf_char(out, '"');
	outbuf_escape(out, text, len, ESCAPE_JSON);
	outbuf_char(out, '"');
}

void outbuf_csv_string(struct outbuf *out, const char *text, size_t len)
{
	outbuf_char(out, '"');
	/* A spreadsheet runs a quoted cell, too, if it begins like a formula. */
	if (len && memchr("=+-@", text[0], 4))
		outbuf_char(out, '\'');
	outbuf_escape(out, text, len, ESCAPE_CSV);
	outbuf_char(out, '"');
}

void outbuf_label_string(struct outbuf *out, const char *text, size_t len)
{
	outbuf_char(out, '"');
	outbuf_escape(out, text, len, ESCAPE_LABEL);
	outbuf_char(out, '"');
}

/**
 * outbuf_write - write the text to a file and empty the buffer
 * @out: buffer
 * @fd: file descriptor
 *
 * Returns 0, or -1 with errno set: ENOMEM if text is missing; nothing is written then, and
 * the buffer is emptied. After an error of write() it is not.
 */
int outbuf_write(struct outbuf *out, int fd)
{
	size_t at = 0;
	ssize_t n;

	if (out->failed) {
		out->failed = false;
		out->len = 0;
		errno = ENOMEM;
		return -1;
	}
	while (at < out->len) {
		n = write(fd, out->data + at, out->len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += (size_t)n;
	}
	out->len = 0;
	return 0;
}

void outbuf_free(struct outbuf *out)
{
	free(out->data);
	out->data = NULL;
	out->len = out->room = 0;
}
