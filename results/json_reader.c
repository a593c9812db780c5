// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * Replace the control characters that a terminal would take for commands: those
 * below a space, DEL, and U+0080 to U+009F.
 */
void json_reader_clean(char *text)
{
	const unsigned char *from = (const unsigned char *)text;
	char *to = text;

	for (; *from; from++) {
		if (*from == 0xc2 && from[1] >= 0x80 && from[1] <= 0x9f) {
			*to++ = '?';
			from++;
		} else {
			*to++ = *from < ' ' || *from == 0x7f ? '?' : (char)*from;
		}
	}
	*to = '\0';
}

/* Set the message of a failure, behind the place in the file. Returns -1. */
int json_reader_fail(struct json_reader *reader, const char *format, ...)
{
	char text[sizeof(reader->why->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_reader_clean(text);
	return why_set(reader->why, "%s%s", reader->where, text);
}

/* Returns 0, or -1 when @key is missing or no string. Control characters become '?'. */
int json_reader_text(struct json_reader *reader, const json_t *object, const char *key, char *text,
		     size_t size)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return json_reader_fail(reader, "\"%s\" is missing or not a string", key);
	snprintf(text, size, "%s", json_string_value(value));
	json_reader_clean(text);
	return 0;
}

int json_reader_integer(struct json_reader *reader, const json_t *object, const char *key,
			int64_t *number)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		return json_reader_fail(reader, "\"%s\" is missing or not an integer", key);
	*number = json_integer_value(value);
	return 0;
}

/* An integer that is not negative. */
int json_reader_count(struct json_reader *reader, const json_t *object, const char *key,
		      uint64_t *count)
{
	int64_t number = 0;

	if (json_reader_integer(reader, object, key, &number))
		return -1;
	if (number < 0)
		return json_reader_fail(reader, "\"%s\" is negative", key);
	*count = (uint64_t)number;
	return 0;
}
