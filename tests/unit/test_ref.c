// SPDX-License-Identifier: GPL-2.0-or-later
/* Published claims: which rows of a run compare with them. */

#include "unit.h"

#include "reports/reference/ref.h"

static void claims_are_complete(void **state)
{
	const struct ref_claim *c;

	(void)state;
	for (c = ref_claims; c->system; c++) {
		assert_true(*c->figure && *c->statistic && *c->what);
		assert_true(*c->conditions && *c->source && *c->date);
		assert_true(c->low_ns <= c->high_ns);
		assert_in_range(c->kind, 0, REF_KINDS - 1);
	}
}

static char *beside(const struct run *run)
{
	const struct text_style style = { .columns = 80 };
	FILE *file = tmpfile();

	ref_compare(run, &style, file);
	return unit_text_of(file);
}

/* Text from @from up to the next empty line, for free(). */
static char *part_with(const char *text, const char *from)
{
	const char *begin = strstr(text, from), *end;

	assert_non_null(begin);
	end = strstr(begin, "\n\n");
	return strndup(begin, end ? (size_t)(end - begin) : strlen(begin));
}

static void blocked_ways_are_no_upcall(void **state)
{
	struct why why = { 0 };
	char *text, *part;
	struct run run = { 0 };

	(void)state;
	assert_int_equal(run_read_file(FIXTURES "results/irqgen.json", &run, NULL, NULL, &why), 0);
	text = beside(&run);
	part = part_with(text, "claim: SGI ULI ~1.5 us");
	assert_non_null(strstr(part, "ours: nothing in this run compares"));
	free(part);
	part = part_with(text, "claim: SGI REACT 5.3");
	assert_non_null(strstr(part, "read         total"));
	assert_non_null(strstr(part, "4.115"));
	assert_null(strstr(part, "handler_to_user"));
	free(part);
	part = part_with(text, "claim: UINTR, user IPI");
	assert_non_null(strstr(part, "ours: nothing in this run compares"));
	free(part);
	assert_non_null(strstr(text, "WARNING: this system is emulated"));
	free(text);
	run_free(&run);
}

static void upcalls_stand_beside_upcalls(void **state)
{
	struct why why = { 0 };
	char *text, *part;
	struct run run = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(run_read_file(FIXTURES "results/irqgen.json", &run, NULL, NULL, &why), 0);
	for (i = 0; i < run.n_results; i++)
		strcpy(run.results[i].way, "uli");
	assert_true(run.n_results >= 4);
	strcpy(run.results[0].stage, "handler_to_user_direct");
	strcpy(run.results[1].stage, "handler_to_user_return");
	strcpy(run.results[2].stage, "handler_to_user_wake");
	strcpy(run.results[3].stage, "total_direct");
	run.system.emulated = false;
	text = beside(&run);
	part = part_with(text, "claim: SGI ULI ~1.5 us");
	assert_non_null(strstr(part, "uli          handler_to_user_direct "));
	assert_non_null(strstr(part, "uli          handler_to_user_return "));
	/* Path wake wakes a thread, and the stage of all paths contains its samples. */
	assert_null(strstr(part, "_wake"));
	assert_null(strstr(part, "total_direct"));
	assert_null(strstr(part, "uli          handler_to_user "));
	free(part);
	part = part_with(text, "claim: SGI REACT 5.3");
	assert_non_null(strstr(part, "ours: nothing in this run compares"));
	free(part);
	assert_null(strstr(text, "WARNING"));
	free(text);
	run_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_are_complete),
		cmocka_unit_test(blocked_ways_are_no_upcall),
		cmocka_unit_test(upcalls_stand_beside_upcalls),
	};

	return cmocka_run_group_tests_name("ref", tests, NULL, NULL);
}
