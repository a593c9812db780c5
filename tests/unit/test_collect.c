// SPDX-License-Identifier: GPL-2.0-or-later
/* What the collector's maps mean: buckets, rows, accounting. */
#include "unit.h"

#include "tracing/collect_read.h"

#define CPUS 2

/* Maps of two CPUs, with room for some histograms. */
struct collected {
	struct collect_row rows[CPUS * COLLECT_ROWS];
	struct collect_root roots[CPUS * COLLECT_ROOTS];
	struct collect_hist hists[8];
	struct collect_group groups[16];
	struct collect_totals totals;
};

static struct collect_view view_of(const struct collected *c)
{
	return (struct collect_view){
		.n_cpus = CPUS,
		.n_hists = N_ELEMENTS(c->hists),
		.n_groups = N_ELEMENTS(c->groups),
		.rows = c->rows,
		.roots = c->roots,
		.hists = c->hists,
		.groups = c->groups,
		.totals = &c->totals,
	};
}

static struct collect_row *add_row(struct collected *c, unsigned int cpu, unsigned int slot,
				   int32_t irq, uint64_t name_at, const char *name)
{
	struct collect_row *row = &c->rows[cpu * COLLECT_ROWS + slot];

	row->state = ROW_READY;
	row->irq = irq;
	row->name_at = name_at;
	snprintf(row->name, sizeof(row->name), "%s", name);
	return row;
}

/* As the programs do it, but without giving out what they give out. */
static void record(struct collected *c, struct collect_row *row, enum chain_stage stage,
		   uint64_t ns)
{
	struct collect_hist *hist;
	uint32_t group = collect_group(ns);

	if (!row->hist[stage])
		row->hist[stage] = ++c->totals.hists;
	hist = &c->hists[row->hist[stage] - 1];
	if (!hist->group[group])
		hist->group[group] = ++c->totals.groups;
	c->groups[hist->group[group] - 1].count[collect_bucket(ns, group)]++;
	hist->sum += ns;
	hist->max = ns > hist->max ? ns : hist->max;
	hist->not_min = ~ns > hist->not_min ? ~ns : hist->not_min;
}

static void init(struct stats *stats)
{
	const struct stats_filter all = { 0 };

	assert_int_equal(stats_init(stats, NULL, &all), 0);
}

static const struct stats_row *row_of(const struct stats *stats, int32_t irq, unsigned int cpu,
				      const char *name)
{
	for (size_t i = 0; i < stats->n_rows; i++) {
		const struct stats_row *row = stats->rows[i];

		if (row->irq == irq && row->cpu == cpu && !strcmp(row->name, name))
			return row;
	}
	fail_msg("no row %d %s of CPU %u", irq, name, cpu);
	return NULL;
}

/* The programs and struct hist have the same buckets. */
static void buckets_are_those_of_a_histogram(void **state)
{
	struct hist h;
	uint64_t v = 1;

	(void)state;
	assert_int_equal(hist_init(&h, STATS_DIGITS, 0), 0);
	assert_int_equal(h.sub_bits, COLLECT_BUCKET_BITS + 1);
	for (int i = 0; i < 200000; i++) {
		uint64_t ns;

		v ^= v << 13;
		v ^= v >> 7;
		v ^= v << 17;
		ns = v >> (64 - COLLECT_TIME_BITS) >> (v % COLLECT_TIME_BITS);
		assert_in_range(collect_group(ns), 0, COLLECT_GROUPS - 1);
		assert_int_equal(collect_group(ns) * COLLECT_BUCKETS +
					 collect_bucket(ns, collect_group(ns)),
				 hist_index(&h, ns));
	}
	for (uint64_t ns = 0; ns < 1024; ns++)
		assert_int_equal(collect_group(ns) * COLLECT_BUCKETS +
					 collect_bucket(ns, collect_group(ns)),
				 hist_index(&h, ns));
	v = (1ull << COLLECT_TIME_BITS) - 1;
	assert_int_equal(collect_group(v), COLLECT_GROUPS - 1);
	hist_free(&h);
}

static void rows_and_histograms_are_read(void **state)
{
	struct collected *c = calloc(1, sizeof(*c));
	struct collect_view view = view_of(c);
	struct collect_row *disk = add_row(c, 1, 200, 36, 0x1000, "virtio1-req.0");
	const struct stats_row *row;
	struct stats stats;

	(void)state;
	disk->seen = 3;
	disk->outcomes[OUTCOME_MATCHED] = 2;
	disk->outcomes[OUTCOME_WOKE_NOBODY] = 1;
	record(c, disk, CHAIN_STAGE_TOTAL, 100);
	record(c, disk, CHAIN_STAGE_TOTAL, 70000);
	record(c, disk, CHAIN_STAGE_IRQ, 5);
	/* A vector has no name in the maps; a row that is not ready yet has nothing. */
	add_row(c, 0, 3, -1, 0, "")->seen = 7;
	add_row(c, 0, 4, 99, 0x2000, "later")->state = ROW_CLAIMED;

	init(&stats);
	assert_int_equal(collect_read(&view, true, &stats), 0);
	assert_int_equal(stats.n_rows, 2);
	assert_int_equal(stats.samples, 2);
	row = row_of(&stats, 36, 1, "virtio1-req.0");
	assert_int_equal(row->seen, 3);
	assert_int_equal(row->outcomes[OUTCOME_MATCHED], 2);
	assert_int_equal(row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL]->n, 2);
	assert_int_equal(row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL]->sum, 70100);
	assert_int_equal(row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL]->min, 100);
	assert_int_equal(row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL]->max, 70000);
	assert_int_equal(row->hist[CHAIN_END_USER][CHAIN_STAGE_IRQ]->max, 5);
	assert_null(row->hist[CHAIN_END_TASK][CHAIN_STAGE_QUEUE]);
	assert_int_equal(row_of(&stats, -1, 0, "local_timer")->seen, 7);
	stats_free(&stats);
	free(c);
}

/* Two slots of one handler, which two CPUs have claimed at once; a line of two. */
static void rows_of_one_handler_are_added_up(void **state)
{
	struct collected *c = calloc(1, sizeof(*c));
	struct collect_view view = view_of(c);
	const struct stats_row *row;
	struct stats stats;

	(void)state;
	add_row(c, 0, 0, 19, 0x1000, "eth0")->seen = 4;
	add_row(c, 0, 1, 19, 0x1000, "eth0")->seen = 5;
	add_row(c, 0, 2, 19, 0x2000, "usb1")->seen = 6;
	record(c, add_row(c, 0, 3, 19, COLLECT_OF_LINE, ""), CHAIN_STAGE_TOTAL, 1);
	for (int i = 0; i < 2; i++)
		record(c, &c->rows[i], CHAIN_STAGE_IRQ, 10);
	init(&stats);
	assert_int_equal(collect_read(&view, false, &stats), 0);
	row = row_of(&stats, 19, 0, "eth0");
	assert_int_equal(row->seen, 9);
	assert_int_equal(row->hist[CHAIN_END_USER][CHAIN_STAGE_IRQ]->n, 2);
	row = row_of(&stats, 19, 0, "eth0, usb1");
	assert_true(row->of_line && row->wanted);
	assert_int_equal(row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL]->n, 1);
	stats_free(&stats);
	free(c);
}

/* seen = sum of the outcomes: what was under way is cut off, unless more is known. */
static void what_was_under_way_is_cut_off(void **state)
{
	struct collected *c = calloc(1, sizeof(*c));
	struct collect_view view = view_of(c);
	const struct stats_row *row;
	struct stats stats;

	(void)state;
	add_row(c, 1, 7, 24, 0x1000, "nvme0q1")->seen = 3;
	for (uint32_t i = 0; i < 3; i++)
		c->roots[COLLECT_ROOTS + 5 + i] =
			(struct collect_root){ .busy = 1, .refs = 1, .row = COLLECT_ROWS + 7 };
	c->roots[COLLECT_ROOTS + 6].outcomes = 1u << OUTCOME_MATCHED | 1u << OUTCOME_KERNEL;
	c->roots[COLLECT_ROOTS + 7].outcomes = 1u << OUTCOME_NOT_HANDLED;

	init(&stats);
	assert_int_equal(collect_read(&view, false, &stats), 0);
	row = row_of(&stats, 24, 1, "nvme0q1");
	assert_int_equal(row->outcomes[OUTCOME_CUT_OFF], 0);
	stats_free(&stats);

	init(&stats);
	assert_int_equal(collect_read(&view, true, &stats), 0);
	row = row_of(&stats, 24, 1, "nvme0q1");
	assert_int_equal(row->outcomes[OUTCOME_CUT_OFF], 2);
	assert_int_equal(row->outcomes[OUTCOME_MATCHED], 1);
	stats_free(&stats);
	free(c);
}

/* An index beyond the maps is of nothing. */
static void indices_are_checked(void **state)
{
	struct collected *c = calloc(1, sizeof(*c));
	struct collect_view view = view_of(c);
	struct collect_row *row = add_row(c, 0, 0, 5, 0x1000, "x");
	struct stats stats;

	(void)state;
	row->hist[CHAIN_STAGE_TOTAL] = N_ELEMENTS(c->hists) + 1;
	row->hist[CHAIN_STAGE_WAKE] = 1;
	c->hists[0].group[3] = N_ELEMENTS(c->groups) + 1;
	c->roots[0] = (struct collect_root){ .busy = 1, .row = CPUS * COLLECT_ROWS };
	init(&stats);
	assert_int_equal(collect_read(&view, true, &stats), 0);
	assert_int_equal(stats.samples, 0);
	stats_free(&stats);
	free(c);
}

/* What was counted between two states. */
static void an_interval_is_a_difference(void **state)
{
	struct collected *c = calloc(1, sizeof(*c));
	struct collect_view view = view_of(c);
	struct collect_row *disk = add_row(c, 0, 0, 36, 0x1000, "disk");
	const struct stats_row *row;
	struct stats earlier, later;

	(void)state;
	disk->seen = 2;
	record(c, disk, CHAIN_STAGE_TOTAL, 1000);
	init(&earlier);
	assert_int_equal(collect_read(&view, false, &earlier), 0);
	disk->seen = 5;
	disk->outcomes[OUTCOME_MATCHED] = 4;
	record(c, disk, CHAIN_STAGE_TOTAL, 300);
	init(&later);
	assert_int_equal(collect_read(&view, false, &later), 0);
	assert_int_equal(stats_subtract(&later, &earlier), 0);
	row = row_of(&later, 36, 0, "disk");
	assert_int_equal(row->seen, 3);
	assert_int_equal(row->outcomes[OUTCOME_MATCHED], 4);
	assert_int_equal(row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL]->n, 1);
	assert_int_equal(row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL]->sum, 300);
	assert_int_equal(later.samples, 1);
	stats_free(&earlier);
	stats_free(&later);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_are_those_of_a_histogram),
		cmocka_unit_test(rows_and_histograms_are_read),
		cmocka_unit_test(rows_of_one_handler_are_added_up),
		cmocka_unit_test(what_was_under_way_is_cut_off),
		cmocka_unit_test(indices_are_checked),
		cmocka_unit_test(an_interval_is_a_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
