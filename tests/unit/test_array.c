// SPDX-License-Identifier: GPL-2.0-or-later
/* Arrays that grow. */
#include <errno.h>

#include "unit.h"

#include "base/array.h"

static void what_is_there_stays(void **state)
{
	uint64_t *array = NULL;
	size_t room = 0, i, moves = 0, before;

	(void)state;
	for (i = 0; i < 1000; i++) {
		before = room;
		assert_int_equal(array_reserve(&array, &room, i + 1, sizeof(*array)), 0);
		assert_true(room > i);
		moves += room != before;
		array[i] = i;
	}
	for (i = 0; i < 1000; i++)
		assert_int_equal(array[i], i);
	assert_true(moves <= 7);
	free(array);
}

static void too_much_is_refused(void **state)
{
	uint64_t *array = NULL;
	size_t room = 0;

	(void)state;
	assert_int_equal(array_reserve(&array, &room, 5, sizeof(*array)), 0);
	array[4] = 7;
	errno = 0;
	assert_int_equal(array_reserve(&array, &room, SIZE_MAX / 4, sizeof(*array)), -1);
	assert_int_equal(errno, ENOMEM);
	assert_true(room < 100);
	assert_int_equal(array[4], 7);
	free(array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_stays),
		cmocka_unit_test(too_much_is_refused),
	};

	return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
