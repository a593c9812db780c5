// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the module's accounting files. */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounting.h"
#include "base/parse.h"

/**
 * struct accounting_key - a name that a row may have
 * @name: in the file
 * @at: offset of the member of struct accounting_row that gets the value
 * @text_bytes: size of the member if it is text; 0 if it is a number
 * @is_rest: the value is the rest of the row, and may have blanks
 */
struct accounting_key {
	const char *name;
	size_t at;
	size_t text_bytes;
	bool is_rest;
};

static const struct accounting_key keys[] = {
	{ .name = "irq", .at = offsetof(struct accounting_row, irq) },
	{ .name = "readers", .at = offsetof(struct accounting_row, readers) },
	{ .name = "taken", .at = offsetof(struct accounting_row, taken) },
	{ .name = "pid", .at = offsetof(struct accounting_row, pid) },
	{ .name = "pending", .at = offsetof(struct accounting_row, pending) },
	{ .name = "spin_ns", .at = offsetof(struct accounting_row, spin_ns) },
	{ .name = "window_ns", .at = offsetof(struct accounting_row, window_ns) },
	{ .name = "spins", .at = offsetof(struct accounting_row, spins) },
	{ .name = "caught", .at = offsetof(struct accounting_row, caught) },
	{ .name = "spun_ns", .at = offsetof(struct accounting_row, spun_ns) },
	{ .name = "device",
	  .at = offsetof(struct accounting_row, device),
	  .text_bytes = sizeof(((struct accounting_row *)0)->device) },
	{ .name = "comm",
	  .at = offsetof(struct accounting_row, comm),
	  .text_bytes = sizeof(((struct accounting_row *)0)->comm),
	  .is_rest = true },
};

static const struct accounting_key *find_key(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

/* Reads "name=value name=value ..." in any order; unknown names are ignored. */
static bool parse_row(char *text, struct accounting_row *row)
{
	const struct accounting_key *key;
	char *name, *value;
	bool has_irq = false;

	memset(row, 0, sizeof(*row));
	text[strcspn(text, "\n")] = '\0';
	while (text && *text) {
		name = text;
		value = name + strcspn(name, "= ");
		if (*value != '=')
			return false;
		*value++ = '\0';
		key = find_key(name);
		text = key && key->is_rest ? NULL : strchr(value, ' ');
		if (text)
			*text++ = '\0';
		if (!key)
			continue;
		if (key->text_bytes)
			snprintf((char *)row + key->at, key->text_bytes, "%s", value);
		else if (parse_u64(value, (uint64_t *)((char *)row + key->at)))
			return false;
		has_irq |= key->at == offsetof(struct accounting_row, irq);
	}
	return has_irq;
}

/**
 * accounting_read - read one of the module's accounting files
 * @path: the file
 * @found: called for each row that is well-formed and has a name "irq"; returns 0 to go
 *	on, or -1 with errno to end the reading
 * @arg: argument for @found
 *
 * Returns 0, or -1 with errno of reading the file or of @found.
 */
int accounting_read(const char *path, int (*found)(void *arg, const struct accounting_row *row),
		    void *arg)
{
	FILE *file = fopen(path, "re");
	struct accounting_row row;
	char *text = NULL;
	size_t size = 0;
	int err = 0, saved;

	if (!file)
		return -1;
	while (!err && getline(&text, &size, file) >= 0)
		if (parse_row(text, &row))
			err = found(arg, &row);
	saved = errno;
	if (!err && !feof(file))
		err = -1;
	free(text);
	fclose(file);
	errno = saved;
	return err;
}
