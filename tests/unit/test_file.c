// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing a file as a whole, in a temporary folder. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/file.h"

static char folder[64], path[96], part[128];

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/test_file-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	snprintf(part, sizeof(part), "%s.new", path);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void put(const char *text)
{
	FILE *f = fopen(path, "we");

	assert_true(f && fputs(text, f) >= 0 && !fclose(f));
}

static void has(const char *text)
{
	char got[32] = "";
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	assert_true(fread(got, 1, sizeof(got) - 1, f) == strlen(text));
	assert_string_equal(got, text);
	fclose(f);
}

static int write_text(const void *text, FILE *out)
{
	return fputs(text, out) < 0 ? -1 : 0;
}

static int fail_half_way(const void *text, FILE *out)
{
	fputs(text, out);
	fflush(out);
	errno = EDOM;
	return -1;
}

static void a_new_file_is_written(void **state)
{
	(void)state;
	assert_int_equal(file_replace(path, write_text, "new"), 0);
	has("new");
	assert_int_equal(access(part, F_OK), -1);
}

static void an_old_file_is_replaced(void **state)
{
	(void)state;
	put("something older");
	assert_int_equal(file_replace(path, write_text, "new"), 0);
	has("new");
}

static void an_error_leaves_the_old_file(void **state)
{
	(void)state;
	put("old");
	assert_int_equal(file_replace(path, fail_half_way, "new"), -1);
	assert_int_equal(errno, EDOM);
	has("old");
	assert_int_equal(access(part, F_OK), -1);
}

static void an_error_leaves_no_new_file(void **state)
{
	(void)state;
	assert_int_equal(file_replace(path, fail_half_way, "new"), -1);
	assert_int_equal(errno, EDOM);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(part, F_OK), -1);
}

static void a_device_is_written_as_it_is(void **state)
{
	(void)state;
	assert_int_equal(file_replace("/dev/null", write_text, "new"), 0);
	assert_int_equal(file_replace("/dev/full", write_text, "new"), -1);
	assert_int_equal(errno, ENOSPC);
}

/* The writer itself sends the signal: the file is there before it takes effect. */
static int interrupted(const void *text, FILE *out)
{
	raise(SIGTERM);
	return write_text(text, out);
}

static bool file_was_there;

static void on_signal(int signal_number)
{
	(void)signal_number;
	file_was_there = !access(path, F_OK) && access(part, F_OK);
}

static void a_signal_waits_for_the_file(void **state)
{
	(void)state;
	signal(SIGTERM, on_signal);
	assert_int_equal(file_replace(path, interrupted, "new"), 0);
	signal(SIGTERM, SIG_DFL);
	assert_true(file_was_there);
	has("new");
}

static void checking_writes_nothing(void **state)
{
	char nowhere[128];

	(void)state;
	assert_int_equal(file_check(path), 0);
	assert_int_equal(access(path, F_OK), -1);
	snprintf(nowhere, sizeof(nowhere), "%s/no/file", folder);
	assert_int_equal(file_check(nowhere), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(file_check("/dev/null"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_file_is_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_old_file_is_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_error_leaves_the_old_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_error_leaves_no_new_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_signal_waits_for_the_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(checking_writes_nothing, set_up, tear_down),
		cmocka_unit_test(a_device_is_written_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
