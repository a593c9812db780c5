// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
	uint64_t address;
	const char *name;
};

struct symbols {
	char *text;
	struct symbol *at;
	size_t n;
};

static int compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	/* As in the text. */
	return x->name < y->name ? -1 : x->name > y->name;
}

/* "ffffffff81000000 T _text\t[module]" */
static void add_row(struct symbols *s, char *row)
{
	char *end;
	uint64_t address = strtoull(row, &end, 16);

	if (end == row || end[0] != ' ' || !end[1] || end[2] != ' ' || !strchr("tTwW", end[1]) ||
	    !address)
		return;
	end[3 + strcspn(end + 3, "\t\r")] = '\0';
	s->at[s->n++] = (struct symbol){ .address = address, .name = end + 3 };
}

static int parse(struct symbols *s)
{
	size_t n_rows = 1;
	char *row, *next;

	for (const char *c = s->text; *c; c++)
		n_rows += *c == '\n';
	s->at = malloc(n_rows * sizeof(*s->at));
	if (!s->at)
		return -1;
	for (row = s->text; row && *row; row = next) {
		next = strchr(row, '\n');
		if (next)
			*next++ = '\0';
		add_row(s, row);
	}
	qsort(s->at, s->n, sizeof(*s->at), compare);
	return 0;
}

/**
 * symbols_new - find the functions in a text
 * @text: of /proc/kallsyms; symbols_free() frees it, as an error does; NULL is one
 *
 * None has an address where kptr_restrict hides them. Returns NULL with errno set on
 * errors; symbols_free() it.
 */
struct symbols *symbols_new(char *text)
{
	struct symbols *s = calloc(1, sizeof(*s));

	if (!s)
		free(text);
	else
		s->text = text;
	if (s && text && !parse(s))
		return s;
	symbols_free(s);
	return NULL;
}

/**
 * symbols_read - read the functions of a kernel
 * @path: /proc/kallsyms, or a copy
 *
 * As symbols_new().
 */
struct symbols *symbols_read(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	if (f && getdelim(&text, &room, '\0', f) <= 0) {
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text ? symbols_new(text) : NULL;
}

/* NULL is fine. */
void symbols_free(struct symbols *symbols)
{
	if (!symbols)
		return;
	free(symbols->at);
	free(symbols->text);
	free(symbols);
}

/* How many functions begin at @address or before. */
static size_t n_before(const struct symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->at[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Name of the function that contains @address; NULL: not known. */
const char *symbols_find(const struct symbols *symbols, uint64_t address)
{
	size_t n = n_before(symbols, address);

	return n ? symbols->at[n - 1].name : NULL;
}

/* Name of the function that begins at @address, the first of several; NULL: not known. */
const char *symbols_at(const struct symbols *symbols, uint64_t address)
{
	size_t n = n_before(symbols, address);
	const char *name = NULL;

	for (; n && symbols->at[n - 1].address == address; n--)
		name = symbols->at[n - 1].name;
	return name;
}
