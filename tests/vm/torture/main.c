// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every system call of the interface at random, while lines, devices, processors and
 * modules come and go. Afterwards nothing is left attached and every account adds up.
 *
 *	seed=N		of the calls (from the clock; printed). Each thread makes the
 *			same calls again; how they interleave is not repeated
 *	seconds=N	at least (20)
 *	cover=N		until each kind of call has succeeded and failed, or it is a
 *			failure (1); 0: a run may be too short for that
 *	calls=N		at least (0)
 *	list=N		only print the first N calls of each thread
 *
 * The storm guard is on, with a low limit. Without it, a level line that is neither
 * acknowledged nor masked would keep its CPU for ever.
 */
#include "tests/vm/cases/guest.h"
#include "torture.h"

static void list(uint64_t seed, long steps)
{
	struct call call;
	char text[600];
	enum role role;
	unsigned int i;
	long step;

	for (role = 0; role < ROLES; role++) {
		for (i = 0; i < programs[role].threads; i++) {
			for (step = 0; step < steps; step++) {
				call_make(&call, seed, role, first_thread(role) + i, step);
				call_print(&call, text, sizeof(text));
				tap_diag("%s/%u step %ld: %s", programs[role].name, i, step, text);
			}
		}
	}
}

static void any_call_at_any_time(void)
{
	struct run settings = {
		.seed = tap_setting("seed", time(NULL) % 1000000),
		.seconds = tap_setting("seconds", 20),
		.calls = tap_setting("calls", 0),
		.covers = tap_setting("cover", 1),
		.patience = 60 * tap_setting("slow", 1),
		.argv = tap_argv - 1,
		.say = tap_diag,
	};
	const struct kind *kind;
	unsigned int i;

	if (tap_setting("list", 0)) {
		list(settings.seed, tap_setting("list", 0));
		return;
	}
	tap_diag("seed=%llu seconds=%ld; again: make torture SEED=%llu SECONDS=%ld",
		 (unsigned long long)settings.seed, settings.seconds,
		 (unsigned long long)settings.seed, settings.seconds);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	REQUIRE(shared != MAP_FAILED);
	run(&settings);
	tally_print(tap_diag);
	tap_diag("%lu calls; %lu lines' accounts were right; the handler's process ended %lu times",
		 tally_calls(), (unsigned long)shared->books, (unsigned long)shared->deaths);
	for (i = 0; i < shared->nr_wrong && i < sizeof(shared->wrong) / sizeof(shared->wrong[0]);
	     i++)
		tap_diag("wrong: %s", shared->wrong[i]);
	CHECK_EQ(shared->nr_wrong, 0);
	kind = tally_missing(true);
	if (kind)
		tap_diag("no call of this kind succeeded: %s", kind->name);
	CHECK(!kind || !settings.covers);
	kind = tally_missing(false);
	if (kind)
		tap_diag("no call of this kind failed: %s", kind->name);
	CHECK(!kind || !settings.covers);
}

static const struct tap_test tests[] = {
	/* Its threads are watched: this only ends a test that does not notice. */
	TAP_SLOW(any_call_at_any_time, 7200),
};

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--inherited"))
		return inherited(atoi(argv[2]));
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
