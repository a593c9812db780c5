// SPDX-License-Identifier: GPL-2.0-or-later
/* Arrays that grow. */
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit.h"

#include "base/array.h"

static void what_is_there_stays(void **state)
{
	uint64_t *array = NULL;
	size_t room = 0, i, moves = 0, before;

	(void)state;
	for (i = 0; i < 100000; i++) {
		before = room;
		assert_int_equal(array_reserve(&array, &room, i + 1, sizeof(*array)), 0);
		assert_true(room > i);
		moves += room != before;
		array[i] = i;
	}
	for (i = 0; i < 100000; i++)
		assert_int_equal(array[i], i);
	assert_true(moves <= 14);
	free(array);
}

/* Pages of memory that are there. */
static size_t resident(void *first, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = 0, i;
	uintptr_t start = ((uintptr_t)first + page - 1) & ~(page - 1);
	size_t pages = ((uintptr_t)first + len - start) / page;
	unsigned char *there = calloc(pages, 1);

	assert_int_equal(mincore((void *)start, pages * page, there), 0);
	for (i = 0; i < pages; i++)
		n += there[i] & 1;
	free(there);
	return n * page;
}

static bool kernel_populates(void)
{
#ifdef MADV_POPULATE_WRITE
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *one = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool done = one != MAP_FAILED && !madvise(one, page, MADV_POPULATE_WRITE);

	munmap(one, page);
	return done;
#else
	return false;
#endif
}

/* So that writing causes no faults; but what nobody asked for is not all populated. */
static void what_is_needed_is_populated(void **state)
{
	const size_t size = 1 << 20, little = 64 * 1024;
	char *array = NULL;
	size_t room = 0;

	(void)state;
	if (!kernel_populates())
		skip();
	/* A new block, one that is copied, and one that moves. */
	assert_int_equal(array_reserve(&array, &room, little, 1), 0);
	assert_in_range(resident(array, room), little - 8192, little);
	memset(array, 7, room);
	assert_int_equal(array_reserve(&array, &room, 2 * size + 1, 1), 0);
	assert_int_equal(room, 4 * size);
	assert_in_range(resident(array, room), 2 * size - 8192, 2 * size + 8192);
	assert_int_equal(array_reserve(&array, &room, 6 * size, 1), 0);
	assert_in_range(resident(array + 4 * size, room - 4 * size), 2 * size - 8192,
			2 * size + 8192);
	assert_int_equal(array[0], 7);
	assert_int_equal(array[little - 1], 7);
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
		cmocka_unit_test(what_is_needed_is_populated),
		cmocka_unit_test(too_much_is_refused),
	};

	return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
