// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of stages: complete, without doubles, and found by name. */

#include "unit.h"

#include <stdbool.h>

#include "base/stages.h"

static void check_table(const struct stage_info *stages, int n)
{
	char text[STAGE_LIST_BYTES];
	size_t len = 0;
	int i;

	for (i = 0; i < n; i++) {
		assert_non_null(stages[i].name);
		assert_non_null(stages[i].title);
		assert_int_equal(stage_index(stages, n, stages[i].name, strlen(stages[i].name)), i);
		len += strlen(stages[i].name) + (i ? 2 : 0);
	}
	assert_int_equal(stage_index(stages, n, "tot", 3), -1);
	assert_int_equal(stage_index(stages, n, "total,wake", 5),
			 stage_index(stages, n, "total", 5));
	assert_int_equal(stage_index(stages, n, "", 0), -1);
	/* Nothing is cut off the end. */
	assert_int_equal(strlen(stage_list(stages, n, text)), len);
	assert_ptr_equal(strstr(text, stages[0].name), text);
}

static void tables(void **state)
{
	(void)state;
	check_table(bench_stages, BENCH_STAGES);
	check_table(chain_stages, CHAIN_STAGES);
}

static void parts(void **state)
{
	int i, n = 0;

	(void)state;
	for (i = 0; i < CHAIN_STAGES; i++)
		assert_int_equal(chain_stages[i].part, i < CHAIN_STAGE_PARTS);
	for (i = 0; i < BENCH_STAGES; i++) {
		n += bench_stages[i].part;
		assert_false(bench_stages[i].part && bench_stages[i].path);
	}
	assert_int_equal(n, 2);
}

/* "total_direct" is "total", "_" and the path; its row says so. */
static void paths(void **state)
{
	char name[64];
	int i;

	(void)state;
	for (i = 0; i < BENCH_STAGES; i++) {
		const struct stage_info *s = &bench_stages[i];

		assert_int_equal(s->path != NULL, s->whole != NULL);
		if (!s->path)
			continue;
		snprintf(name, sizeof(name), "%s_%s", s->whole->name, s->path);
		assert_string_equal(s->name, name);
		assert_null(s->whole->path);
	}
}

static void found(void **state)
{
	(void)state;
	assert_ptr_equal(stage_find("total"), &bench_stages[BENCH_STAGE_TOTAL]);
	assert_ptr_equal(stage_find("total_wake"), &bench_stages[BENCH_STAGE_TOTAL_WAKE]);
	assert_ptr_equal(stage_find("wake"), &chain_stages[CHAIN_STAGE_WAKE]);
	assert_null(stage_find("nonsense"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),
		cmocka_unit_test(parts),
		cmocka_unit_test(paths),
		cmocka_unit_test(found),
	};

	return cmocka_run_group_tests_name("stages", tests, NULL, NULL);
}
