// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The iterator of libtracefs reads the sub-buffers, too: events, their order, their
 * times and losses must be equal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle.h"

/* A trace of every kind of event, with gaps, from a seed. */
static void generate(struct gen *g, unsigned int n_cpus, size_t page_bytes, size_t n_events,
		     unsigned int seed, bool with_loss)
{
	uint64_t ts = 1000000;

	gen_init(g, n_cpus, page_bytes);
	for (size_t i = 0; i < n_events; i++) {
		unsigned int cpu = (unsigned int)rand_r(&seed) % n_cpus;
		int32_t pid = 100 + rand_r(&seed) % 50;

		/* Never the same time twice: the order of such events is not defined. */
		ts += 1 + (uint64_t)rand_r(&seed) % 400;
		if (rand_r(&seed) % 3000 == 0)
			ts += 1ull << 28;
		if (with_loss && rand_r(&seed) % 500 == 0)
			gen_loss(g, cpu, rand_r(&seed) % 2 ? 1 + i % 100 : SUBBUF_MISSED_UNKNOWN);
		gen_context(g, cpu, pid, 0);
		switch (rand_r(&seed) % 8) {
		case 0:
			gen_irq_entry(g, cpu, ts, 36, "virtio1-req.0");
			break;
		case 1:
			gen_ints(g, cpu, ts, GEN_IRQ_EXIT, 36, 1);
			break;
		case 2:
			gen_ints(g, cpu, ts, GEN_RAISE, 4, 0);
			break;
		case 3:
			gen_ints(g, cpu, ts, GEN_SOFT_ENTRY, 4, 0);
			break;
		case 4:
			gen_wake(g, cpu, ts, GEN_WAKING, pid, "dd", 0);
			break;
		case 5:
			gen_wake(g, cpu, ts, GEN_WAKEUP, pid, "dd", 0);
			break;
		case 6:
			gen_switch(g, cpu, ts, pid, 1, pid + 1);
			break;
		case 7:
			gen_long(g, cpu, ts, GEN_SYS_EXIT, 3);
			break;
		}
		if (rand_r(&seed) % 200 == 0)
			gen_padding(g, cpu, ++ts, 20);
	}
}

static void compare(unsigned int n_cpus, size_t page_bytes, size_t n_events, bool with_loss)
{
	struct gen g;
	struct faketrace fake;
	struct event_catalog catalog;
	struct list theirs = { 0 }, ours = { 0 };
	const struct merge_sink sink = { our_record, our_loss, &ours };
	struct page_reader reader;
	struct merge *m;

	generate(&g, n_cpus, page_bytes, n_events, n_cpus + (unsigned int)page_bytes, with_loss);
	fake_open(&fake, &g);
	tracefs_iterate_raw_events(fake.tep, fake.instance, NULL, 0, oracle_event, &theirs);
	fake_close(&fake);

	gen_catalog(&catalog);
	gen_rewind(&g);
	reader = gen_reader(&g);
	m = merge_new(n_cpus, &subbuf_native, &catalog, &reader);
	assert_int_equal(merge_run(m, UINT64_MAX, &sink), 0);
	assert_int_equal(merge_counts(m)->records, n_events);

	assert_int_equal(theirs.n, n_events);
	assert_int_equal(ours.n, theirs.n);
	for (size_t i = 0; i < ours.n; i++)
		assert_memory_equal(&ours.at[i], &theirs.at[i], sizeof(ours.at[i]));
	assert_int_equal(ours.losses, theirs.losses);
	assert_int_equal(ours.lost, theirs.lost);
	if (with_loss)
		assert_true(ours.losses > 0 && ours.lost > 0);
	merge_free(m);
	event_catalog_free(&catalog);
	gen_free(&g);
	free(ours.at);
	free(theirs.at);
}

static void any_number_of_cpus_small_pages(void **state)
{
	static const unsigned int n[] = { 1, 2, 3, 16, 64, 256 };

	(void)state;
	for (size_t i = 0; i < sizeof(n) / sizeof(n[0]); i++)
		compare(n[i], 4096, 40000, false);
}

static void any_number_of_cpus_large_pages(void **state)
{
	static const unsigned int n[] = { 1, 2, 7, 256 };

	(void)state;
	for (size_t i = 0; i < sizeof(n) / sizeof(n[0]); i++)
		compare(n[i], 65536, 80000, false);
}

static void with_losses(void **state)
{
	(void)state;
	compare(1, 4096, 20000, true);
	compare(8, 4096, 40000, true);
	compare(4, 65536, 40000, true);
	compare(256, 4096, 100000, true);
}

/* A few events, most CPUs empty. */
static void tiny_buffers(void **state)
{
	(void)state;
	compare(4, 4096, 1, false);
	compare(16, 4096, 5, false);
	compare(64, 65536, 10, false);
}

/*
 * Times as far apart as 64 bits allow are in order, too. Not compared with the oracle:
 * the expected order is known.
 */
static void times_far_apart(void **state)
{
	const unsigned int n_cpus = 256, n_used = 200;
	struct event_catalog catalog;
	struct list ours = { 0 };
	const struct merge_sink sink = { our_record, our_loss, &ours };
	struct page_reader reader;
	struct merge *m;
	struct gen g;

	(void)state;
	gen_init(&g, n_cpus, 4096);
	gen_catalog(&catalog);
	for (unsigned int i = 0; i < n_used; i++) {
		for (uint64_t n = 1; n <= 5; n++)
			gen_long(&g, i, ((uint64_t)(i * 37 % n_used) << 56) + n, GEN_SYS_EXIT, 3);
	}
	gen_rewind(&g);
	reader = gen_reader(&g);
	m = merge_new(n_cpus, &subbuf_native, &catalog, &reader);
	assert_int_equal(merge_run(m, UINT64_MAX, &sink), 0);
	assert_int_equal(ours.n, 5 * n_used);
	for (size_t i = 0; i < ours.n; i++)
		assert_int_equal(ours.at[i].ts, (i / 5 << 56) + i % 5 + 1);
	assert_int_equal(merge_counts(m)->backwards, 0);
	merge_free(m);
	event_catalog_free(&catalog);
	gen_free(&g);
	free(ours.at);
}

struct gate {
	struct page_reader behind;
	unsigned int n_open;
};

static ssize_t gate_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	const struct gate *gate = ctx;

	return cpu < gate->n_open ? gate->behind.read(gate->behind.ctx, cpu, page) : 0;
}

/* The first events of some CPUs arrive when a much later one of another CPU waits. */
static void times_long_ago(void **state)
{
	static const uint64_t ts[] = { 3ull << 62, 100, 50, 3ull << 61 };
	static const size_t order[] = { 2, 1, 3, 0 };
	struct event_catalog catalog;
	struct list ours = { 0 };
	const struct merge_sink sink = { our_record, our_loss, &ours };
	struct gate gate = { .n_open = 1 };
	const struct page_reader reader = { gate_page, &gate };
	struct merge *m;
	struct gen g;

	(void)state;
	gen_init(&g, 4, 4096);
	gen_catalog(&catalog);
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		gen_long(&g, cpu, ts[cpu], GEN_SYS_EXIT, 3);
	gen_rewind(&g);
	gate.behind = gen_reader(&g);
	m = merge_new(4, &subbuf_native, &catalog, &reader);
	assert_int_equal(merge_run(m, ts[0] - 1, &sink), 0);
	assert_int_equal(ours.n, 0);
	gate.n_open = 4;
	assert_int_equal(merge_run(m, UINT64_MAX, &sink), 0);
	assert_int_equal(ours.n, 4);
	for (size_t i = 0; i < ours.n; i++) {
		assert_int_equal(ours.at[i].cpu, order[i]);
		assert_int_equal(ours.at[i].ts, ts[order[i]]);
	}
	merge_free(m);
	event_catalog_free(&catalog);
	gen_free(&g);
	free(ours.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_number_of_cpus_small_pages),
		cmocka_unit_test(any_number_of_cpus_large_pages),
		cmocka_unit_test(with_losses),
		cmocka_unit_test(tiny_buffers),
		cmocka_unit_test(times_far_apart),
		cmocka_unit_test(times_long_ago),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
