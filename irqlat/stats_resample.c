// SPDX-License-Identifier: GPL-2.0-or-later
/* Random draws of units of time: what else the same system might have shown. */

#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

#include "statistics.h"

static void add_unit(const struct units *u, size_t i, uint64_t *sum)
{
	const uint64_t *count = u->count + i * u->n_bins;
	size_t bin;

	for (bin = 0; bin < u->n_bins; bin++)
		sum[bin] += count[bin];
}

/**
 * units_draw - one bootstrap sample
 * @u: units
 * @run: units that are drawn together, because neighbours are alike
 * @rng: random numbers
 * @sum: gets the counts of as many units as there are
 *
 * Runs begin anywhere, and go on at the first unit after the last (circular
 * block bootstrap, Politis and Romano 1992). Returns the greatest value drawn.
 */
uint64_t units_draw(const struct units *u, size_t run, gsl_rng *rng,
		    uint64_t *sum)
{
	size_t drawn = 0, i = 0, left = 0;
	uint64_t max = 0;

	memset(sum, 0, u->n_bins * sizeof(*sum));
	for (; drawn < u->n; drawn++, left--, i = (i + 1) % u->n) {
		if (!left) {
			i = gsl_rng_uniform_int(rng, u->n);
			left = run;
		}
		add_unit(u, i, sum);
		if (u->max[i] > max)
			max = u->max[i];
	}
	return max;
}

/**
 * struct deck - the units of two results, in runs that stay together
 * @start: first unit of each run, those of b counted on from those of a
 * @n: runs
 */
struct deck {
	size_t *start;
	size_t n;
};

static int deck_make(const struct units *a, const struct units *b, size_t run,
		     struct deck *deck)
{
	size_t i;

	deck->n = 0;
	deck->start = calloc(a->n + b->n, sizeof(*deck->start));
	if (!deck->start)
		return -1;
	for (i = 0; i < a->n; i += run)
		deck->start[deck->n++] = i;
	for (i = 0; i < b->n; i += run)
		deck->start[deck->n++] = a->n + i;
	return 0;
}

/* Adds up the runs of a shuffled deck until there are as many units as in @a. */
static void deal(const struct deck *deck, const struct units *a,
		 const struct units *b, size_t run, uint64_t *sum)
{
	size_t dealt = 0, i, unit, end;

	memset(sum, 0, a->n_bins * sizeof(*sum));
	for (i = 0; i < deck->n && dealt < a->n; i++) {
		unit = deck->start[i];
		end = unit < a->n ? a->n : a->n + b->n;
		if (unit + run < end)
			end = unit + run;
		for (; unit < end && dealt < a->n; unit++, dealt++) {
			if (unit < a->n)
				add_unit(a, unit, sum);
			else
				add_unit(b, unit - a->n, sum);
		}
	}
}

/**
 * units_distance_test - Kolmogorov-Smirnov on samples that come in units
 * @a: one
 * @b: the other, on the same bins
 * @run: units that stay together
 * @rounds: how often the units are dealt anew
 * @rng: random numbers
 * @p: chance of so great a distance when units are dealt out by chance
 *
 * A permutation test: it asks nothing of the samples but that any unit might
 * have come from either. Returns 0, or -1 with ENOMEM.
 */
int units_distance_test(const struct units *a, const struct units *b,
			size_t run, size_t rounds, gsl_rng *rng, double *p)
{
	uint64_t *all = calloc(3 * a->n_bins, sizeof(*all)), *sum_a, *sum_b;
	size_t i, bin, as_great = 0;
	struct deck deck = { 0 };
	double seen;

	if (!all || deck_make(a, b, run, &deck)) {
		free(all);
		return -1;
	}
	sum_a = all + a->n_bins;
	sum_b = sum_a + a->n_bins;
	for (i = 0; i < a->n; i++)
		add_unit(a, i, sum_a);
	for (i = 0; i < b->n; i++)
		add_unit(b, i, sum_b);
	for (bin = 0; bin < a->n_bins; bin++)
		all[bin] = sum_a[bin] + sum_b[bin];
	seen = bins_distance(sum_a, sum_b, a->n_bins);
	for (i = 0; i < rounds; i++) {
		gsl_ran_shuffle(rng, deck.start, deck.n, sizeof(*deck.start));
		deal(&deck, a, b, run, sum_a);
		for (bin = 0; bin < a->n_bins; bin++)
			sum_b[bin] = all[bin] - sum_a[bin];
		/* Equal sums may differ in the last bits. */
		as_great += bins_distance(sum_a, sum_b, a->n_bins) >=
			    seen - 1e-12;
	}
	*p = (double)(as_great + 1) / (double)(rounds + 1);
	free(deck.start);
	free(all);
	return 0;
}
