// SPDX-License-Identifier: GPL-2.0-or-later
/* Where irqtop would move interrupts, and what it does with the kernel's answers. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "irqtop/session/moves.h"
#include "irqtop/view/plan.h"

static struct plan_machine machine;
static struct plan_irq irqs[8];
static struct why why;
static double cpu_hz[CPUS_MAX];

static struct cpu_mask *mask(struct cpu_mask *cpus, const char *list)
{
	assert_int_equal(cpu_mask_parse(cpus, list, strlen(list)), 0);
	return cpus;
}

/* Eight CPUs: node 0 has 0 to 3, node 1 the others. CPU 7 is offline, 3 isolated. */
static int setup(void **state)
{
	static struct irqtable_place place[8];
	int i;

	(void)state;
	memset(&machine, 0, sizeof(machine));
	memset(irqs, 0, sizeof(irqs));
	for (i = 0; i < 8; i++) {
		place[i].node = i / 4;
		irqs[i].irq = 24 + (uint32_t)i;
		irqs[i].node = 0;
		irqs[i].known = irqs[i].settable = true;
		mask(&irqs[i].before, "0-7");
		mask(&irqs[i].reached, "0");
	}
	mask(&machine.online, "0-6");
	mask(&machine.isolated, "3");
	machine.place = place;
	machine.nplaces = 8;
	return 0;
}

static int made(size_t n, const char *text)
{
	struct plan_where where;

	assert_int_equal(plan_where_parse(&where, text, &why), 0);
	return plan_make(irqs, n, &where, &machine, &why);
}

/* The planned affinities, a blank between two. */
static const char *after(size_t n)
{
	static char text[256];
	size_t len = 0, i;

	for (i = 0; i < n; i++) {
		len += cpu_mask_format(&irqs[i].after, text + len, sizeof(text) - len);
		if (i + 1 < n)
			text[len++] = ' ';
	}
	text[len] = '\0';
	return text;
}

static void a_place_is_read(void **state)
{
	static const char *const bad[] = { "",	      "x",	  "node:", "node:x", "node:-1",
					   "spread:", "spread:x", "0-",	   "node:1x" };
	struct plan_where where;
	size_t i;

	(void)state;
	assert_int_equal(plan_where_parse(&where, "0-3,8", &why), 0);
	assert_int_equal(where.place, PLAN_LIST);
	assert_int_equal(cpu_mask_count(&where.cpus), 5);
	assert_int_equal(plan_where_parse(&where, "node:12", &why), 0);
	assert_int_equal(where.node, 12);
	assert_int_equal(plan_where_parse(&where, "spread:2", &why), 0);
	assert_int_equal(where.place, PLAN_AMONG);
	for (i = 0; i < N_ELEMENTS(bad); i++)
		assert_int_equal(plan_where_parse(&where, bad[i], &why), -1);
}

static void spreading_takes_the_cpus_of_the_node(void **state)
{
	(void)state;
	irqs[3].node = 1;
	assert_int_equal(made(5, "spread"), 0);
	/* CPU 3 is isolated: the fourth of node 0 is again on CPU 0. */
	assert_string_equal(after(5), "0 1 2 4 0");
	/* CPU 7 is offline. */
	irqs[0].node = irqs[1].node = irqs[2].node = 1;
	assert_int_equal(made(4, "spread"), 0);
	assert_string_equal(after(4), "4 5 6 4");
	/* Without a node: all that are not isolated. */
	irqs[0].node = irqs[1].node = irqs[2].node = irqs[3].node = -1;
	assert_int_equal(made(4, "spread"), 0);
	assert_string_equal(after(4), "0 1 2 4");
	/* A node of isolated CPUs leaves those of others. */
	mask(&machine.isolated, "0-3");
	irqs[0].node = irqs[1].node = 0;
	assert_int_equal(made(2, "spread"), 0);
	assert_string_equal(after(2), "4 5");
	mask(&machine.isolated, "0-7");
	assert_int_equal(made(2, "spread"), -1);
	/* Named CPUs are taken, isolated or not, where they are online. */
	assert_int_equal(made(3, "spread:3,6-7"), 0);
	assert_string_equal(after(3), "3 6 3");
}

static void the_busiest_gets_the_idlest(void **state)
{
	static double other_hz[CPUS_MAX] = { 100, 900, 50 };

	(void)state;
	machine.other_hz = other_hz;
	irqs[0].rate_hz = 10;
	irqs[1].rate_hz = 5000;
	irqs[2].rate_hz = 300;
	irqs[3].rate_hz = 1;
	assert_int_equal(made(4, "spread"), 0);
	/* 5000 to CPU 2, 300 to 0, 10 to 1, then each has one, and 0 has the least. */
	assert_string_equal(after(4), "1 2 0 0");
}

static void some_stay(void **state)
{
	(void)state;
	irqs[0].managed = true;
	irqs[1].settable = false;
	irqs[2].known = false;
	mask(&irqs[3].before, "1");
	assert_int_equal(made(5, "1"), 0);
	assert_int_equal(irqs[0].state, PLAN_MANAGED);
	assert_int_equal(irqs[1].state, PLAN_FIXED);
	assert_int_equal(irqs[2].state, PLAN_UNKNOWN);
	assert_int_equal(irqs[3].state, PLAN_STAYS);
	assert_int_equal(irqs[4].state, PLAN_MOVES);
	assert_string_equal(after(5), "0-7 0-7 0-7 1 1");
	/* What stays weighs: it is on CPU 0, and has the same number of interrupts. */
	irqs[0].rate_hz = 700;
	irqs[3].managed = true;
	assert_int_equal(made(5, "spread"), 0);
	assert_int_equal(irqs[0].state, PLAN_MANAGED);
	assert_string_equal(after(5), "0-7 0-7 0-7 1 1");
}

static void lists_and_nodes(void **state)
{
	(void)state;
	assert_int_equal(made(2, "5-7"), 0);
	assert_string_equal(after(2), "5-7 5-7"); /* as it was typed */
	assert_int_equal(made(2, "7"), -1);
	assert_string_equal(why.text, "none of these CPUs is online");
	assert_int_equal(made(2, "node:0"), 0);
	assert_string_equal(after(2), "0-2 0-2");
	assert_int_equal(made(2, "node:1"), 0);
	assert_string_equal(after(2), "4-6 4-6");
	assert_int_equal(made(2, "node:2"), -1);
}

static void what_is_expected(void **state)
{
	struct plan_load load;
	size_t i;

	(void)state;
	irqs[0].rate_hz = 300;
	irqs[1].rate_hz = 90;
	irqs[1].managed = true;
	assert_int_equal(made(2, "1-3"), 0);
	memset(cpu_hz, 0, sizeof(cpu_hz));
	for (i = 0; i < 2; i++)
		plan_expect(&irqs[i], &machine, cpu_hz);
	assert_float_equal(cpu_hz[0], 90, 1e-9); /* where it is */
	assert_float_equal(cpu_hz[1], 100, 1e-9);
	assert_float_equal(cpu_hz[3], 100, 1e-9);
	plan_load(&load, cpu_hz);
	assert_int_equal(load.cpus, 4);
	assert_int_equal(load.busiest, 1);
	assert_float_equal(load.imbalance, 100 / 97.5, 1e-9);
	memset(cpu_hz, 0, sizeof(cpu_hz));
	plan_load(&load, cpu_hz);
	assert_true(load.imbalance < 0);
}

static void numbers_choose(void **state)
{
	(void)state;
	assert_true(plan_is_numbers("24"));
	assert_true(plan_is_numbers("24-27,30"));
	assert_false(plan_is_numbers(""));
	assert_false(plan_is_numbers("24x"));
	assert_false(plan_is_numbers("24,"));
	assert_false(plan_is_numbers("27-24"));
	assert_false(plan_is_numbers("eth0"));
	assert_true(plan_numbers_have("24-27,30", 26));
	assert_true(plan_numbers_have("24-27,30", 30));
	assert_false(plan_numbers_have("24-27,30", 28));
	assert_false(plan_numbers_have("24-27,30", 3));
}

/* --- writing ------------------------------------------------------------------ */

static char tree[] = "/tmp/irqtop-plan-XXXXXX";
static int root;

static void put(uint32_t irq, const char *text)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "proc/irq/%u", irq);
	mkdirat(root, path, 0755);
	snprintf(path, sizeof(path), "proc/irq/%u/smp_affinity_list", irq);
	fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static const char *got(uint32_t irq)
{
	static char list[64];
	struct irqtable_facts facts;

	irqtable_facts_read(&facts, root, irq, IRQTABLE_HAVE_AFFINITY);
	cpu_mask_format(&facts.affinity, list, sizeof(list));
	return list;
}

static int tree_make(void **state)
{
	setup(state);
	assert_non_null(mkdtemp(tree));
	root = open(tree, O_RDONLY | O_DIRECTORY);
	mkdirat(root, "proc", 0755);
	mkdirat(root, "proc/irq", 0755);
	put(24, "0-7\n");
	put(25, "0-7\n");
	return root < 0;
}

static int tree_remove(void **state)
{
	char command[64];

	(void)state;
	close(root);
	snprintf(command, sizeof(command), "rm -r %s", tree);
	return system(command);
}

static void a_plan_is_applied_watched_and_undone(void **state)
{
	static struct moves_answer answers[3];
	struct moves moves = { .irq = irqs, .answer = answers, .n = 3 };
	char text[MOVES_TEXT];
	size_t which = 9;

	(void)state;
	/* 26 has no file: it is gone. */
	assert_int_equal(made(3, "spread:1-2"), 0);
	assert_int_equal(moves_watch(&moves, root, &which), 0);
	assert_int_equal(moves_apply(&moves, root), 1);
	assert_string_equal(got(24), "1");
	assert_string_equal(got(25), "2");
	moves_answer_text(text, &moves, 0);
	assert_string_equal(text, "took 1");
	moves_answer_text(text, &moves, 2);
	assert_string_equal(text, "No such file or directory: the interrupt is gone");
	assert_int_equal(moves_watch(&moves, root, &which), 0);

	put(25, "0-3\n");
	assert_int_equal(moves_watch(&moves, root, &which), 1);
	assert_int_equal(which, 1);
	moves_answer_text(text, &moves, 1);
	assert_string_equal(text, "something else set 0-3");
	assert_int_equal(moves_watch(&moves, root, &which), 0); /* said once */
	put(25, "2\n");
	assert_int_equal(moves_watch(&moves, root, &which), 0);
	moves_answer_text(text, &moves, 1);
	assert_string_equal(text, "took 2");
	put(25, "5\n");
	assert_int_equal(moves_watch(&moves, root, &which), 1);

	assert_int_equal(moves_undo(&moves, root), 0);
	assert_string_equal(got(24), "0-7");
	assert_string_equal(got(25), "0-7");
	moves_answer_text(text, &moves, 0);
	assert_string_equal(text, "restored 0-7");
	assert_false(moves.applied);
	put(24, "5\n");
	assert_int_equal(moves_watch(&moves, root, &which), 0); /* no business of ours */
}

/* What cannot be moved is that, whether it was known or is the kernel's answer. */
static void what_stays_is_counted(void **state)
{
	struct moves_answer answers[8] = { 0 };
	struct moves moves = { .irq = irqs, .answer = answers, .n = 8 };
	const enum plan_state states[8] = { PLAN_MOVES, PLAN_MOVES,   PLAN_MOVES, PLAN_MOVES,
					    PLAN_STAYS, PLAN_MANAGED, PLAN_FIXED, PLAN_UNKNOWN };
	struct moves_outcome outcome;
	char text[MOVES_TEXT];
	int i;

	(void)state;
	for (i = 0; i < 8; i++)
		irqs[i].state = states[i];
	outcome = moves_outcome(&moves);
	assert_int_equal(outcome.there, 5);
	moves_stay_text(text, &outcome);
	assert_string_equal(text, "1 managed by the driver, 1 that cannot be moved, "
				  "1 of unknown affinity");
	answers[1].err = -EIO;
	answers[2].err = -EINVAL;
	answers[3].err = -EPERM;
	outcome = moves_outcome(&moves);
	assert_int_equal(outcome.there, 2);
	assert_int_equal(outcome.fixed, geteuid() ? 2 : 3);
	assert_int_equal(outcome.refused, geteuid() ? 2 : 1);
	moves.n = 1;
	outcome = moves_outcome(&moves);
	moves_stay_text(text, &outcome);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_place_is_read),
		cmocka_unit_test_setup(spreading_takes_the_cpus_of_the_node, setup),
		cmocka_unit_test_setup(the_busiest_gets_the_idlest, setup),
		cmocka_unit_test_setup(some_stay, setup),
		cmocka_unit_test_setup(lists_and_nodes, setup),
		cmocka_unit_test_setup(what_is_expected, setup),
		cmocka_unit_test_setup(what_stays_is_counted, setup),
		cmocka_unit_test(numbers_choose),
		cmocka_unit_test_setup_teardown(a_plan_is_applied_watched_and_undone, tree_make,
						tree_remove),
	};

	return cmocka_run_group_tests_name("irqtop_plan", tests, NULL, NULL);
}
