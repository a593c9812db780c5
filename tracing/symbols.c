// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols.h"

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

	return x->address < y->address ? -1 : x->address > y->address;
}

/* "ffffffff81000000 T _text\t[module]" */
static void add_line(struct symbols *s, char *line)
{
	char *end;
	uint64_t address = strtoull(line, &end, 16);

	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ' || !strchr("tTwW", end[1]) ||
	    !address)
		return;
	end[3 + strcspn(end + 3, "\t\r")] = '\0';
	s->at[s->n++] = (struct symbol){ address, end + 3 };
}

/**
 * symbols_parse - read the text of /proc/kallsyms
 * @text: @len bytes, need not be terminated
 * @len: bytes
 *
 * Returns NULL when memory runs out; symbols_free() it.
 */
struct symbols *symbols_parse(const char *text, size_t len)
{
	struct symbols *s = calloc(1, sizeof(*s));
	size_t n_lines = 1;
	char *line, *next;

	if (!s)
		return NULL;
	s->text = malloc(len + 1);
	if (!s->text)
		goto fail;
	memcpy(s->text, text, len);
	s->text[len] = '\0';
	for (size_t i = 0; i < len; i++)
		n_lines += text[i] == '\n';
	s->at = malloc(n_lines * sizeof(*s->at));
	if (!s->at)
		goto fail;
	for (line = s->text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		add_line(s, line);
	}
	qsort(s->at, s->n, sizeof(*s->at), compare);
	return s;
fail:
	symbols_free(s);
	return NULL;
}

/* Those of the running kernel; all unknown when kptr_restrict hides them. */
struct symbols *symbols_running(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	struct symbols *s = NULL;
	size_t len = 0, alloc = 0, n;
	char *text = NULL;

	if (!f)
		return NULL;
	do {
		if (len == alloc) {
			char *more = realloc(text, alloc = alloc ? 2 * alloc : 1 << 20);

			if (!more)
				goto out;
			text = more;
		}
		n = fread(text + len, 1, alloc - len, f);
		len += n;
	} while (n);
	s = symbols_parse(text, len);
out:
	fclose(f);
	free(text);
	return s;
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

/* The function that holds @address, NULL when there is none. */
const char *symbols_find(const struct symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->at[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? symbols->at[low - 1].name : NULL;
}
