// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Splits the text behind the counters. show_interrupts() in kernel/irq/proc.c prints
 *
 *	chip, hardware number, [Edge|Level,] [-flow,] two blanks, actions
 *
 * Chips and actions may contain blanks, commas, colons and hyphens, so only the middle
 * can be recognised: "27-edge", "27 Level", "27-fasteoi", or "-virq" with Xen.
 */
#include <string.h>

#include "irqtable.h"

struct word {
	const char *at;
	size_t len;
};

static struct word word_next(const char *p, const char *end)
{
	struct word word;

	while (p < end && *p == ' ')
		p++;
	word.at = p;
	while (p < end && *p != ' ')
		p++;
	word.len = (size_t)(p - word.at);
	return word;
}

static size_t digits_len(const struct word *word)
{
	size_t n = 0;

	while (n < word->len && (unsigned char)(word->at[n] - '0') < 10)
		n++;
	return n;
}

static bool is_trigger(const struct word *word)
{
	return (word->len == 5 && !memcmp(word->at, "Level", 5)) ||
	       (word->len == 4 && !memcmp(word->at, "Edge", 4)) ||
	       (word->len == 4 && !memcmp(word->at, "None", 4));
}

static void words_set_actions(struct irqtable_words *words, const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	words->actions = p;
	words->actions_len = (unsigned int)(end - p);
}

/* Whether this word is the hardware number, the flow or both; if so, fills words. */
static bool middle_take(struct irqtable_words *words, const struct word *word, const char *end)
{
	size_t digits = digits_len(word);
	const char *rest = word->at + word->len;
	struct word next = word_next(rest, end);

	if (digits && digits == word->len && is_trigger(&next)) {
		words->flow = next.at;
		words->flow_len = (unsigned int)next.len;
		rest = next.at + next.len;
		next = word_next(rest, end);
		/* "Level" and then "-fasteoi": the flow is the trigger alone. */
		if (next.len > 1 && next.at[0] == '-')
			rest = next.at + next.len;
	} else if (digits < word->len && word->at[digits] == '-' && word->len > digits + 1) {
		words->flow = word->at + digits + 1;
		words->flow_len = (unsigned int)(word->len - digits - 1);
	} else {
		return false;
	}
	words->hwirq = word->at;
	words->hwirq_len = (unsigned int)digits;
	words_set_actions(words, rest, end);
	return true;
}

void irqtable_split(const char *text, size_t len, bool numbered, struct irqtable_words *words)
{
	const char *end = text + len;
	const char *p = text;
	struct word word;

	memset(words, 0, sizeof(*words));
	words->chip = words->hwirq = words->flow = text;
	words_set_actions(words, text, end);
	if (!numbered)
		return;
	/* The first word belongs to the chip, whatever it looks like. */
	word = word_next(p, end);
	for (p = word.at + word.len; p < end; p = word.at + word.len) {
		word = word_next(p, end);
		if (!word.len)
			break;
		if (!middle_take(words, &word, end))
			continue;
		p = word.at;
		while (p > text && p[-1] == ' ')
			p--;
		words->chip_len = (unsigned int)(p - text);
		return;
	}
}
