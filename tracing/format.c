// SPDX-License-Identifier: GPL-2.0-or-later
#include "format.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Last word of a declaration like "char comm[16]", without the brackets. */
static bool declaration_name(const char *decl, size_t len, char *name)
{
	size_t end = len, start;

	while (end && (isspace((unsigned char)decl[end - 1])))
		end--;
	if (end && decl[end - 1] == ']') {
		while (end && decl[end - 1] != '[')
			end--;
		end -= end ? 1 : 0;
	}
	start = end;
	while (start && (isalnum((unsigned char)decl[start - 1]) || decl[start - 1] == '_'))
		start--;
	if (start == end || end - start >= FORMAT_NAME_BYTES)
		return false;
	memcpy(name, decl + start, end - start);
	name[end - start] = '\0';
	return true;
}

/* "\tfield:int irq;\toffset:8;\tsize:4;\tsigned:1;" */
static bool parse_field(const char *row, const char *end, struct format_field *field)
{
	const char *decl = strstr(row, "field:");
	const char *semicolon;
	unsigned int offset, size, is_signed = 0;
	int n;

	if (!decl || decl >= end)
		return false;
	decl += strlen("field:");
	semicolon = memchr(decl, ';', (size_t)(end - decl));
	if (!semicolon)
		return false;
	n = sscanf(semicolon, "; offset:%u; size:%u; signed:%u;", &offset, &size, &is_signed);
	if (n < 2 || offset > UINT16_MAX || size > UINT16_MAX)
		return false;
	if (!declaration_name(decl, (size_t)(semicolon - decl), field->name))
		return false;
	field->offset = (uint16_t)offset;
	field->size = (uint16_t)size;
	field->is_signed = is_signed;
	field->data_loc = !strncmp(decl, "__data_loc", strlen("__data_loc"));
	return true;
}

/**
 * format_parse - read the text of a `format` file
 * @format: filled
 * @text: NUL terminated
 *
 * Returns 0, or -1 with errno EINVAL when the name or the number is missing.
 */
int format_parse(struct format *format, const char *text)
{
	bool have_id = false;
	const char *row = text;

	memset(format, 0, sizeof(*format));
	while (*row) {
		const char *end = strchrnul(row, '\n');

		if (!strncmp(row, "name: ", 6)) {
			size_t len = (size_t)(end - row) - 6;

			if (len >= FORMAT_NAME_BYTES)
				len = FORMAT_NAME_BYTES - 1;
			memcpy(format->name, row + 6, len);
			format->name[len] = '\0';
		} else if (!strncmp(row, "ID: ", 4)) {
			format->id = (uint32_t)strtoul(row + 4, NULL, 10);
			have_id = true;
		} else if (!strncmp(row, "print fmt:", 10)) {
			break;
		} else if (format->n_fields < FORMAT_FIELDS_MAX &&
			   parse_field(row, end, &format->fields[format->n_fields])) {
			format->n_fields++;
		}
		row = *end ? end + 1 : end;
	}
	if (!have_id || !format->name[0]) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* The field of that name, or NULL. */
const struct format_field *format_field(const struct format *format, const char *name)
{
	for (uint32_t i = 0; i < format->n_fields; i++) {
		if (!strcmp(format->fields[i].name, name))
			return &format->fields[i];
	}
	return NULL;
}
