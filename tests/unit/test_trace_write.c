// SPDX-License-Identifier: GPL-2.0-or-later
/* tracing/datwrite: where it cannot write, and what is not a regular file. */

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracing/datfile.h"
#include "tracing/datwrite.h"

#define PAGE_BYTES 4096
#define N_PAGES	   64

static const uint8_t empty_page[PAGE_BYTES];

static size_t n_pages(void *ctx, unsigned int cpu)
{
	(void)ctx;
	(void)cpu;
	return N_PAGES;
}

static const uint8_t *page(void *ctx, unsigned int cpu, size_t i)
{
	(void)ctx;
	(void)cpu;
	(void)i;
	return empty_page;
}

static int write_to(const char *path)
{
	const struct datwrite dat = {
		.page_bytes = PAGE_BYTES,
		.header_page = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
			       "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
			       "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n",
		.header_event = "",
		.kallsyms = "",
		.cmdlines = "",
		.clock = "mono",
		.uname = "Linux test",
		.n_cpus = 2,
		.n_pages = n_pages,
		.page = page,
	};

	return datwrite(&dat, path);
}

/* The disk is full after some bytes: an error, and no file is left. */
static void no_room(void **state)
{
	static const rlim_t rooms[] = { 0, 100, 20000, 300000 };
	char dir[] = "/tmp/test-trace-write-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x.dat", dir);
	for (size_t i = 0; i < N_ELEMENTS(rooms); i++) {
		pid_t pid = fork();
		int status;

		if (!pid) {
			struct rlimit room = { rooms[i], rooms[i] };

			signal(SIGXFSZ, SIG_IGN);
			/* A datwrite() that never ends fails the test. */
			alarm(10);
			setrlimit(RLIMIT_FSIZE, &room);
			_exit(write_to(path) == -1 && errno == EFBIG ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	/* The folder is empty. */
	assert_int_equal(rmdir(dir), 0);
}

/* A pipe gets the bytes that a file gets, and is not replaced. */
static void into_a_pipe(void **state)
{
	char dir[] = "/tmp/test-trace-write-XXXXXX", fifo[64], file[64], copy[64];
	struct why why;
	char command[256];
	struct datfile *dat;
	struct stat status;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	snprintf(file, sizeof(file), "%s/x.dat", dir);
	snprintf(copy, sizeof(copy), "%s/copy.dat", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	snprintf(command, sizeof(command), "timeout 10 cat %s >%s &", fifo, copy);
	assert_int_equal(system(command), 0);
	assert_int_equal(write_to(fifo), 0);
	assert_int_equal(write_to(file), 0);
	assert_int_equal(lstat(fifo, &status), 0);
	assert_true(S_ISFIFO(status.st_mode));
	snprintf(command, sizeof(command),
		 "for i in $(seq 50); do cmp -s %s %s && exit; sleep 0.1; done; exit 1", file,
		 copy);
	assert_int_equal(system(command), 0);
	dat = datfile_open(file, NULL, &why);
	assert_non_null(dat);
	assert_int_equal(datfile_n_cpus(dat), 2);
	datfile_close(dat);
	unlink(fifo);
	unlink(file);
	unlink(copy);
	assert_int_equal(rmdir(dir), 0);
}

/* A link to a file: the file is written, the link stays. */
static void through_a_link(void **state)
{
	char dir[] = "/tmp/test-trace-write-XXXXXX", file[64], name[64];
	struct stat status;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/x.dat", dir);
	snprintf(name, sizeof(name), "%s/link", dir);
	assert_int_equal(symlink(file, name), 0);
	assert_int_equal(write_to(name), 0);
	assert_int_equal(lstat(name, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(stat(file, &status), 0);
	assert_true(status.st_size > 2 * N_PAGES * PAGE_BYTES);
	unlink(name);
	unlink(file);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_room),
		cmocka_unit_test(into_a_pipe),
		cmocka_unit_test(through_a_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
