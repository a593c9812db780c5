// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing JSON, and noticing that there was too little memory for all of it. */

#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "jsonio.h"

/* Memory that Jansson has, the newest first. */
struct json_memory {
	struct json_memory *older, *newer;
	max_align_t bytes[];
};

static struct json_memory *newest;
static bool memory_lacked;
static jmp_buf *out_of_load; /* NULL: nothing is read */

static void *allocate(size_t bytes)
{
	struct json_memory *block = malloc(sizeof(*block) + bytes);

	if (!block) {
		memory_lacked = true;
		if (out_of_load)
			longjmp(*out_of_load, 1);
		return NULL;
	}
	*block = (struct json_memory){ .older = newest };
	if (newest)
		newest->newer = block;
	newest = block;
	return block->bytes;
}

static void release(void *bytes)
{
	struct json_memory *block;

	if (!bytes)
		return;
	block = (struct json_memory *)((char *)bytes - offsetof(struct json_memory, bytes));
	if (block->older)
		block->older->newer = block->newer;
	if (block->newer)
		block->newer->older = block->older;
	else
		newest = block->older;
	free(block);
}

/**
 * jsonio_load - read a value
 * @text: JSON
 * @len: bytes in @text
 * @flags: as of json_loadb()
 * @error: filled on failure
 *
 * json_loadb() of Jansson 2.14 uses memory that it could not get, or leaves members out.
 * So it is left at once, and what it has is freed.
 *
 * Returns the value, which the caller owns, or NULL.
 */
json_t *jsonio_load(const char *text, size_t len, size_t flags, json_error_t *error)
{
	struct json_memory *const before = newest;
	jmp_buf out;
	json_t *root;

	json_set_alloc_funcs(allocate, release);
	if (setjmp(out)) {
		out_of_load = NULL;
		while (newest != before)
			release(newest->bytes);
		*error = (json_error_t){ .text = "out of memory" };
		return NULL;
	}
	out_of_load = &out;
	root = json_loadb(text, len, flags, error);
	out_of_load = NULL;
	return root;
}

/* Make a value for jsonio_write() from here on. */
void jsonio_begin(void)
{
	json_set_alloc_funcs(allocate, release);
	memory_lacked = false;
}

/**
 * jsonio_text - a string from a file or from a user
 * @text: any bytes. JSON is UTF-8: in other text, "?" replaces what is not ASCII
 *
 * Returns the value, which the caller owns, or NULL without memory.
 */
json_t *jsonio_text(const char *text)
{
	json_t *value = json_string(text);
	char *ascii, *p;

	if (value)
		return value;
	ascii = strdup(text);
	if (!ascii) {
		memory_lacked = true;
		return NULL;
	}
	for (p = ascii; *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	value = json_string(ascii);
	free(ascii);
	return value;
}

/* jsonio_text(), or null if @text is empty */
json_t *jsonio_text_or_null(const char *text)
{
	return *text ? jsonio_text(text) : json_null();
}

/**
 * jsonio_write - write a value and a line feed
 * @root: made since jsonio_begin(); this gives the reference up. NULL is an error
 * @flags: as of json_dumpf()
 * @out: where to write
 *
 * Returns 0, or -1 with errno set: ENOMEM if memory lacked for a part of the value;
 * nothing is written then.
 */
int jsonio_write(json_t *root, size_t flags, FILE *out)
{
	int err = -1;

	errno = 0;
	if (!root || memory_lacked)
		errno = ENOMEM;
	else if (!json_dumpf(root, out, flags) && fputc('\n', out) != EOF)
		err = 0;
	else if (!errno)
		errno = memory_lacked ? ENOMEM : EIO;
	json_decref(root);
	return err;
}
