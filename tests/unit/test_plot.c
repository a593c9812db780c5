// SPDX-License-Identifier: GPL-2.0-or-later
/* Colours of charts. */

#include "unit.h"

#include "base/stages.h"
#include "reports/report.h"

static void each_stage_has_a_colour_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < CHAIN_STAGE_PARTS; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(plot_colour(i), plot_colour(j));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_stage_has_a_colour_of_its_own),
	};

	return cmocka_run_group_tests_name("plot", tests, NULL, NULL);
}
