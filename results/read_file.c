// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading results from files. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io.h"

/**
 * file_read - read a whole file
 * @path: file
 * @len: set to its length
 *
 * Returns its bytes and a NUL, which the caller frees, or NULL with errno set.
 */
char *file_read(const char *path, size_t *len)
{
	size_t room = 65536, n = 0, got;
	char *text = NULL, *more;
	FILE *file = fopen(path, "re");

	if (!file)
		return NULL;
	do {
		room *= 2;
		more = realloc(text, room);
		if (!more)
			goto fail;
		text = more;
		got = fread(text + n, 1, room - 1 - n, file);
		n += got;
	} while (got && n == room - 1);
	if (ferror(file))
		goto fail;
	fclose(file);
	text[n] = '\0';
	*len = n;
	return text;
fail:
	free(text);
	fclose(file);
	return NULL;
}

/**
 * run_read_file - read a run from a JSON file
 * @path: file; it must have at least one result
 * @run: zeroed by the caller; filled. The caller calls run_free(), on errors too
 * @text: gets the bytes of the file, which the caller frees; NULL: not wanted
 * @len: gets the length of @text; only with @text
 * @why: on failure, what is wrong, without @path
 *
 * Returns 0, or -1 with @why set.
 */
int run_read_file(const char *path, struct run *run, char **text, size_t *len, struct why *why)
{
	size_t read_len;
	char *read;
	int err;

	read = file_read(path, &read_len);
	if (!read) {
		return why_set(why, "%s", strerror(errno));
	}
	err = run_read_json(read, read_len, run, why);
	if (!err && !run->n_results) {
		err = why_set(why, "there are no results in it");
	}
	if (text) {
		*text = read;
		*len = read_len;
	} else {
		free(read);
	}
	return err;
}
