// SPDX-License-Identifier: GPL-2.0-or-later
/* Text for output: escapes of each format, numbers, UTF-8, errors of write(). */

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/outbuf.h"

/* A control, a quote, a backslash, a line feed, bad bytes, a bidi mark, a letter of two. */
#define HOSTILE "=\x1b\"\\\n\xff\xc3\xe2\x80\xae\xc3\xa4"

static void expect(void (*add)(struct outbuf *out, const char *text, size_t len), const char *text,
		   const char *expected)
{
	struct outbuf out = { 0 };

	add(&out, text, strlen(text));
	outbuf_char(&out, '\0');
	assert_string_equal(out.data, expected);
	assert_false(out.failed);
	outbuf_free(&out);
}

static void escapes(void **state)
{
	(void)state;
	expect(outbuf_clean, HOSTILE, "=?\"\\?\xef\xbf\xbd\xef\xbf\xbd?\xc3\xa4");
	expect(outbuf_json_string, HOSTILE,
	       "\"=\\u001b\\\"\\\\\\u000a\xef\xbf\xbd\xef\xbf\xbd\\u202e\xc3\xa4\"");
	expect(outbuf_csv_string, HOSTILE, "\"'=?\"\"\\?\xef\xbf\xbd\xef\xbf\xbd?\xc3\xa4\"");
	expect(outbuf_label_string, HOSTILE, "\"=?\\\"\\\\\\n\xef\xbf\xbd\xef\xbf\xbd?\xc3\xa4\"");
	expect(outbuf_csv_string, "a=b", "\"a=b\"");
	expect(outbuf_csv_string, "", "\"\"");
}

static void numbers(void **state)
{
	struct outbuf out = { 0 };

	(void)state;
	outbuf_count(&out, UINT64_MAX);
	outbuf_char(&out, ' ');
	outbuf_real(&out, 1.5, 3);
	outbuf_char(&out, ' ');
	outbuf_real(&out, -0.0625, 3);
	outbuf_char(&out, ' ');
	outbuf_real(&out, 2.9999, 3);
	outbuf_char(&out, ' ');
	outbuf_real(&out, 0.0 / 0.0, 3);
	outbuf_char(&out, '\0');
	assert_string_equal(out.data, "18446744073709551615 1.5 -0.063 3 0");
	outbuf_free(&out);
}

/* Every code point that UTF-8 has comes back; longer forms and surrogates do not. */
static void utf8(void **state)
{
	static const char *const bad[] = { "\xc0\x80",	   "\xe0\x80\x80",
					   "\xed\xa0\x80", "\xf4\x90\x80\x80",
					   "\x80",	   "\xf8\x88\x80\x80\x80" };
	uint32_t point, back;
	char buf[4];
	size_t i, len;

	(void)state;
	for (point = 1; point <= 0x10ffff; point++) {
		if (point == 0xd800)
			point = 0xe000;
		len = utf8_put(buf, point);
		assert_int_equal(utf8_next(buf, len, &back), len);
		assert_int_equal(back, point);
		if (len > 1)
			assert_int_equal(utf8_next(buf, len - 1, &back), 1);
	}
	for (i = 0; i < N_ELEMENTS(bad); i++) {
		assert_int_equal(utf8_next(bad[i], strlen(bad[i]), &point), 1);
		assert_int_equal(point, 0xfffd);
	}
}

/* Each byte at each place of texts that are longer and shorter than a word. */
static void plain(void **state)
{
	char text[20];
	unsigned int byte;
	size_t len, at;

	(void)state;
	for (len = 0; len <= sizeof(text); len++) {
		memset(text, '~', sizeof(text));
		assert_int_equal(utf8_plain(text, len), len);
		memset(text, ' ', sizeof(text));
		assert_int_equal(utf8_plain(text, len), len);
		for (at = 0; at < len; at++) {
			for (byte = 0; byte < 256; byte++) {
				text[at] = (char)byte;
				assert_int_equal(utf8_plain(text, len),
						 byte >= ' ' && byte <= '~' ? len : at);
			}
			text[at] = ' ';
		}
	}
}

/* What is escaped may be at any place of a longer text. */
static void escapes_anywhere(void **state)
{
	static const char text[] = "12345678901234567";
	char in[32], want[64];
	size_t at;

	(void)state;
	for (at = 0; at < sizeof(text) - 1; at++) {
		memcpy(in, text, sizeof(text));
		in[at] = '"';
		snprintf(want, sizeof(want), "\"%.*s\\\"%s\"", (int)at, text, text + at + 1);
		expect(outbuf_json_string, in, want);
		expect(outbuf_label_string, in, want);
		snprintf(want, sizeof(want), "\"%.*s\"\"%s\"", (int)at, text, text + at + 1);
		expect(outbuf_csv_string, in, want);
		expect(outbuf_clean, in, in);
		in[at] = '\\';
		snprintf(want, sizeof(want), "\"%.*s\\\\%s\"", (int)at, text, text + at + 1);
		expect(outbuf_json_string, in, want);
		snprintf(want, sizeof(want), "\"%s\"", in);
		expect(outbuf_csv_string, in, want);
	}
}

static void blanks(void **state)
{
	struct outbuf out = { 0 };

	(void)state;
	outbuf_blanks(&out, 0);
	assert_int_equal(out.len, 0);
	outbuf_char(&out, 'a');
	outbuf_blanks(&out, 3);
	outbuf_text(&out, "b");
	outbuf_char(&out, '\0');
	assert_string_equal(out.data, "a   b");
	outbuf_free(&out);
}

static void written(void **state)
{
	struct outbuf out = { 0 };
	char back[8] = "";
	int fds[2], full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(full >= 0);
	assert_int_equal(pipe(fds), 0);
	outbuf_text(&out, "text");
	assert_int_equal(outbuf_write(&out, full), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(out.len, 4);
	assert_int_equal(outbuf_write(&out, fds[1]), 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(read(fds[0], back, sizeof(back)), 4);
	assert_string_equal(back, "text");
	out.failed = true;
	assert_int_equal(outbuf_write(&out, fds[1]), -1);
	assert_int_equal(errno, ENOMEM);
	outbuf_free(&out);
	close(full);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(numbers),
		cmocka_unit_test(utf8),
		cmocka_unit_test(plain),
		cmocka_unit_test(escapes_anywhere),
		cmocka_unit_test(blanks),
		cmocka_unit_test(written),
	};

	return cmocka_run_group_tests_name("outbuf", tests, NULL, NULL);
}
