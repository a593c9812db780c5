// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing files as a whole. */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "hold.h"

/**
 * file_finish - close a file that was written
 * @file: file
 * @err: whether something failed before; errno says what
 *
 * Returns 0, or -1 with the errno of the first failure: of @err, of an earlier write, or
 * of writing what was buffered.
 */
int file_finish(FILE *file, int err)
{
	int saved = errno;

	if (!err && (fflush(file) || ferror(file))) {
		saved = errno ? errno : EIO;
		err = -1;
	}
	if (fclose(file) && !err) {
		saved = errno;
		err = -1;
	}
	errno = saved ? saved : EIO;
	return err ? -1 : 0;
}

static int write_to(const char *path, int (*write)(const void *what, FILE *out), const void *what)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -1;
	errno = 0;
	return file_finish(file, write(what, file));
}

/* A signal must not leave the new file behind. */
static int write_and_rename(const char *path, int (*write)(const void *what, FILE *out),
			    const void *what)
{
	char name[PATH_MAX];
	sigset_t before;
	int err, saved;

	if ((size_t)snprintf(name, sizeof(name), "%s.new", path) >= sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	hold_signals(&before);
	err = write_to(name, write, what);
	if (!err)
		err = rename(name, path);
	if (err) {
		saved = errno;
		unlink(name);
		errno = saved;
	}
	hold_end(&before);
	return err;
}

/**
 * file_replace - write a file
 * @path: file; a pipe or a device is written as it is
 * @write: writes @what; returns 0, or -1 with errno set
 * @what: passed to @write
 *
 * All of a file is written as @path with ".new" behind it, and then renamed: a reader
 * finds the old content, or all of the new one, and an error leaves what was there.
 *
 * Returns 0, or -1 with errno set.
 */
int file_replace(const char *path, int (*write)(const void *what, FILE *out), const void *what)
{
	struct stat status;

	if (lstat(path, &status)) {
		if (errno != ENOENT)
			return -1;
	} else if (!S_ISREG(status.st_mode)) {
		return write_to(path, write, what);
	}
	return write_and_rename(path, write, what);
}

/**
 * file_check - whether file_replace() may write a file
 * @path: file
 *
 * Writes nothing: the disk may still be full.
 *
 * Returns 0, or -1 with errno set.
 */
int file_check(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	struct stat status;

	if (!lstat(path, &status) && !S_ISREG(status.st_mode))
		return access(path, W_OK);
	if (slash)
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path + 1), path);
	else
		strcpy(folder, ".");
	return access(folder, W_OK | X_OK);
}
