// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Splits the text behind the counters. show_interrupts() in kernel/irq/proc.c prints
 *
 *	chip, hardware number, [Edge|Level,] [-flow,] two blanks, actions
 *
 * Chips and actions may contain blanks, commas, colons and hyphens, so only the middle
 * can be recognised: "27-edge", "27 Level", "27-fasteoi", or "-virq" with Xen. Dovetail
 * prints "in-band" or "oob" before the flow, and blanks before that: "18    -fasteoi",
 * "0 oob-edge", "24      in-band". Where there is neither trigger nor flow, the number
 * is followed by the two blanks: "MIPS   7  timer".
 *
 * Kernels before 4.0, s390, and chips without a hardware number print no number: then
 * the chip ends at the first two blanks, and its name may end with the flow:
 * "IR-PCI-MSI-edge      eth0".
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

static bool word_is(const struct word *word, const char *text)
{
	return word->len == strlen(text) && !memcmp(word->at, text, word->len);
}

static bool is_trigger(const struct word *word)
{
	return word_is(word, "Level") || word_is(word, "Edge") || word_is(word, "None");
}

/* What Dovetail prints of the stage that handles the interrupt. */
static bool is_stage(const struct word *word)
{
	return word_is(word, "in-band") || word_is(word, "oob") ||
	       (word->len > 4 && !memcmp(word->at, "oob-", 4));
}

static void flow_set(struct irqtable_words *words, const char *at, size_t len)
{
	words->flow = at;
	words->flow_len = (unsigned int)len;
}

static void words_set_actions(struct irqtable_words *words, const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	words->actions = p;
	words->actions_len = (unsigned int)(end - p);
}

/* The flow that follows the number at a distance. Returns what is behind it. */
static const char *flow_take(struct irqtable_words *words, const char *rest, const char *end)
{
	struct word next = word_next(rest, end);

	if (is_trigger(&next)) {
		flow_set(words, next.at, next.len);
		rest = next.at + next.len;
		next = word_next(rest, end);
		/* "Level" and then "-fasteoi": the flow is the trigger alone. */
		return next.len > 1 && next.at[0] == '-' ? next.at + next.len : rest;
	}
	if (is_stage(&next)) {
		flow_set(words, next.at, next.len);
		return next.at + next.len;
	}
	if (next.len > 1 && next.at[0] == '-') {
		flow_set(words, next.at + 1, next.len - 1);
		return next.at + next.len;
	}
	return rest;
}

/* Whether this word is the hardware number, the flow or both; if so, fills words. */
static bool middle_take(struct irqtable_words *words, const struct word *word, const char *end)
{
	size_t digits = digits_len(word);
	const char *rest = word->at + word->len;

	if (digits && digits == word->len) {
		const char *behind = flow_take(words, rest, end);

		if (behind == rest && rest < end && (end - rest < 2 || rest[1] != ' '))
			return false;
		rest = behind;
	} else if (digits < word->len && word->at[digits] == '-' && word->len > digits + 1) {
		flow_set(words, word->at + digits + 1, word->len - digits - 1);
	} else {
		return false;
	}
	words->hwirq = word->at;
	words->hwirq_len = (unsigned int)digits;
	words_set_actions(words, rest, end);
	return true;
}

/* The names of flows that old kernels append to the chip. */
#define FLOW(name)                     \
	{                              \
		name, sizeof(name) - 1 \
	}
static const struct {
	const char *name;
	size_t len;
} flows[] = {
	FLOW("edge"),  FLOW("level"), FLOW("fasteoi"), FLOW("percpu"), FLOW("simple"),
	FLOW("event"), FLOW("virq"),  FLOW("ipi"),     FLOW("XT-PIC"),
};
#undef FLOW

/* The first two blanks in a row, or the end. */
static const char *gap_find(const char *p, const char *end)
{
	while (p < end && (p[0] != ' ' || end - p < 2 || p[1] != ' '))
		p++;
	return p;
}

/* Chip and flow in one word, before the gap. */
static bool old_take(struct irqtable_words *words, const char *text, const char *gap,
		     const char *end)
{
	struct word next = word_next(gap, end);
	const char *name;
	size_t i, len;

	/* "xen-percpu    -virq": the flow comes later. */
	if (next.len && next.at[0] == '-')
		return false;
	for (i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
		len = flows[i].len;
		name = gap - len;
		if ((size_t)(gap - text) < len + 2 || name[-1] != '-' ||
		    memcmp(name, flows[i].name, len))
			continue;
		flow_set(words, name, len);
		words->chip_len = (unsigned int)(name - 1 - text);
		return true;
	}
	return false;
}

void irqtable_split(const char *text, size_t len, bool numbered, struct irqtable_words *words)
{
	const char *end = text + len, *p = text, *gap;
	struct word word;

	memset(words, 0, sizeof(*words));
	words->chip = words->hwirq = words->flow = text;
	words_set_actions(words, text, end);
	if (!numbered)
		return;
	/* The first word belongs to the chip, whatever it looks like. */
	word = word_next(p, end);
	gap = gap_find(word.at + word.len, end);
	if (gap == word.at + word.len && old_take(words, word.at, gap, end)) {
		words->chip = word.at;
		words_set_actions(words, gap, end);
		return;
	}
	/* The number is before the first two blanks, or right behind them. */
	for (p = word.at + word.len; p < end && p <= gap; p = word.at + word.len) {
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
	if (gap == end)
		return;
	words->chip_len = (unsigned int)(gap - text);
	words_set_actions(words, gap, end);
}
