// SPDX-License-Identifier: GPL-2.0-or-later
/* Bootstrap and permutation of units of time. */

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
 * units_join - join neighbouring units, so that the joined ones are independent
 * @u: units
 * @run: units to join into one; the last may be of fewer
 * @joined: overwritten; the caller calls units_free(), on errors too
 *
 * Returns 0, or -1 with ENOMEM.
 */
int units_join(const struct units *u, size_t run, struct units *joined)
{
	size_t i, j;

	joined->n = (u->n + run - 1) / run;
	joined->n_bins = u->n_bins;
	joined->max = calloc(joined->n + 1, sizeof(*joined->max));
	joined->count = calloc(joined->n * u->n_bins + 1, sizeof(*joined->count));
	if (!joined->max || !joined->count)
		return -1;
	for (i = 0; i < u->n; i++) {
		j = i / run;
		add_unit(u, i, joined->count + j * u->n_bins);
		if (u->max[i] > joined->max[j])
			joined->max[j] = u->max[i];
	}
	return 0;
}

void units_free(struct units *u)
{
	free(u->count);
	free(u->max);
	memset(u, 0, sizeof(*u));
}

/**
 * units_draw - draw a bootstrap sample
 * @u: independent units
 * @rng: random numbers
 * @sum: gets the counts of @u->n units, drawn with replacement
 *
 * Returns the greatest sample of the units drawn.
 */
uint64_t units_draw(const struct units *u, gsl_rng *rng, uint64_t *sum)
{
	uint64_t max = 0;
	size_t drawn, i;

	memset(sum, 0, u->n_bins * sizeof(*sum));
	for (drawn = 0; drawn < u->n; drawn++) {
		i = gsl_rng_uniform_int(rng, u->n);
		add_unit(u, i, sum);
		if (u->max[i] > max)
			max = u->max[i];
	}
	return max;
}

/* Add up the units of @a and @b that the first @n cards of a deck name. */
static void deal(const size_t *deck, size_t n, const struct units *a, const struct units *b,
		 uint64_t *sum)
{
	size_t i;

	memset(sum, 0, a->n_bins * sizeof(*sum));
	for (i = 0; i < n; i++)
		if (deck[i] < a->n)
			add_unit(a, deck[i], sum);
		else
			add_unit(b, deck[i] - a->n, sum);
}

/**
 * units_distance_test - test a Kolmogorov-Smirnov distance by permutation
 * @a: independent units of the first side
 * @b: independent units of the second side, on the same bins
 * @rounds: permutations
 * @rng: random numbers
 * @p: set to the share of permutations with this distance or a greater one
 *
 * A permutation assigns all units to the two sides at random. The test assumes nothing
 * about the samples but that any unit may belong to either side if nothing changed.
 *
 * Returns 0, or -1 with ENOMEM.
 */
int units_distance_test(const struct units *a, const struct units *b, size_t rounds, gsl_rng *rng,
			double *p)
{
	uint64_t *all = calloc(3 * a->n_bins, sizeof(*all)), *sum_a, *sum_b;
	size_t *deck = calloc(a->n + b->n + 1, sizeof(*deck));
	size_t i, bin, as_great = 0;
	double seen = 0;

	if (!all || !deck) {
		free(all);
		free(deck);
		return -1;
	}
	sum_a = all + a->n_bins;
	sum_b = sum_a + a->n_bins;
	for (i = 0; i < a->n + b->n; i++)
		deck[i] = i;
	deal(deck, a->n + b->n, a, b, all);
	/* The first round has the sides as measured; the others are compared with it. */
	for (i = 0; i <= rounds; i++) {
		deal(deck, a->n, a, b, sum_a);
		for (bin = 0; bin < a->n_bins; bin++)
			sum_b[bin] = all[bin] - sum_a[bin];
		if (!i)
			seen = bins_distance(sum_a, sum_b, a->n_bins);
		/* Rounding may make equal distances differ. */
		as_great += !i || bins_distance(sum_a, sum_b, a->n_bins) >= seen - 1e-12;
		gsl_ran_shuffle(rng, deck, a->n + b->n, sizeof(*deck));
	}
	*p = (double)as_great / (double)(rounds + 1);
	free(deck);
	free(all);
	return 0;
}
