// SPDX-License-Identifier: GPL-2.0-or-later
/* What irqtop says of an interrupt on an isolated CPU. */
#include "unit.h"

#include "irqtop/view/isolation.h"

static void mask(struct cpu_mask *cpus, const char *list)
{
	assert_int_equal(cpu_mask_parse(cpus, list, strlen(list)), 0);
}

/* CPUs 2 and 3 of four are isolated, and it was taken on 3. */
static const char *advice(const char *affinity, bool settable, unsigned int have, bool managed)
{
	static char text[ISOLATION_BYTES];
	static struct irqtable_facts facts;
	static struct cpu_mask isolated, hit, online;
	struct isolation isolation = {
		.isolated = &isolated, .hit = &hit, .online = &online, .facts = &facts
	};

	mask(&isolated, "2-3");
	mask(&hit, "3");
	mask(&online, "0-3");
	memset(&facts, 0, sizeof(facts));
	facts.irq = 25;
	facts.have = have;
	facts.settable = settable;
	facts.managed = managed;
	if (affinity)
		mask(&facts.affinity, affinity);
	isolation_advise(text, &isolation);
	return text;
}

static void the_command_leaves_what_is_not_isolated(void **state)
{
	(void)state;
	assert_string_equal(advice("0-3", true, IRQTABLE_HAVE_AFFINITY, false),
			    "on isolated CPU 3; its affinity 0-3 allows it; "
			    "echo 0-1 > /proc/irq/25/smp_affinity_list keeps it away");
	/* Nothing is left of the affinity: any CPU that is not isolated. */
	assert_string_equal(advice("3", true, IRQTABLE_HAVE_AFFINITY, false),
			    "on isolated CPU 3; its affinity 3 allows it; "
			    "echo 0-1 > /proc/irq/25/smp_affinity_list keeps it away");
	assert_string_equal(advice("1-2", true, IRQTABLE_HAVE_AFFINITY, false),
			    "on isolated CPU 3; its affinity 1-2 allows it; "
			    "echo 1 > /proc/irq/25/smp_affinity_list keeps it away");
}

static void some_cannot_be_moved(void **state)
{
	(void)state;
	assert_non_null(
		strstr(advice("0-3", true, IRQTABLE_HAVE_AFFINITY | IRQTABLE_HAVE_MANAGED, true),
		       "isolcpus=managed_irq"));
	assert_non_null(
		strstr(advice("0-3", true, IRQTABLE_HAVE_AFFINITY | IRQTABLE_HAVE_MANAGED, false),
		       "echo 0-1 >"));
	assert_non_null(strstr(advice("0-3", false, IRQTABLE_HAVE_AFFINITY, false),
			       "does not let it be changed"));
}

static void others_need_no_command(void **state)
{
	(void)state;
	assert_string_equal(advice("0-1", true, IRQTABLE_HAVE_AFFINITY, false),
			    "on isolated CPU 3; its affinity 0-1 does not allow that any more");
	assert_string_equal(advice(NULL, true, 0, false),
			    "on isolated CPU 3; its affinity is not known");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_leaves_what_is_not_isolated),
		cmocka_unit_test(some_cannot_be_moved),
		cmocka_unit_test(others_need_no_command),
	};

	return cmocka_run_group_tests_name("irqtop_isolation", tests, NULL, NULL);
}
