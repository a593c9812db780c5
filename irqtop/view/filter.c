// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"

/* Bytes of label and text of nearly every row; longer ones are allocated. */
#define ROW_TEXT 1024

static int term_add_regex(struct filter *filter, const char *text, size_t len, struct why *why)
{
	struct filter_term *term = &filter->term[filter->nterms];
	char reason[80];
	int err;

	snprintf(term->text, sizeof(term->text), "%.*s", (int)len, text);
	err = regcomp(&term->regex, term->text, REG_EXTENDED | REG_ICASE | REG_NOSUB | REG_NEWLINE);
	if (err) {
		regerror(err, &term->regex, reason, sizeof(reason));
		return why_set(why, "/%s/: %s", term->text, reason);
	}
	term->is_regex = true;
	filter->nterms++;
	return 0;
}

static void term_add_text(struct filter *filter, const char *text, size_t len)
{
	struct filter_term *term = &filter->term[filter->nterms++];
	size_t i;

	term->is_regex = false;
	for (i = 0; i < len; i++)
		term->text[i] = (char)tolower((unsigned char)text[i]);
	term->text[len] = '\0';
}

static int word_add(struct filter *filter, const char *word, size_t len, struct why *why)
{
	char *end;

	if (len == 6 && !strncmp(word, "active", len)) {
		filter->active = true;
		return 0;
	}
	if (len == 12 && !strncmp(word, "cpu:isolated", len)) {
		filter->isolated = true;
		return 0;
	}
	if (len == 8 && !strncmp(word, "cpu:nohz", len)) {
		filter->nohz = true;
		return 0;
	}
	if (len > 4 && !strncmp(word, "cpu:", 4)) {
		if (cpu_mask_parse(&filter->cpus, word + 4, len - 4))
			return why_set(why, "%.*s: not a list of CPUs like 0-3,8", (int)len, word);
		filter->by_cpu = true;
		return 0;
	}
	if (len > 5 && !strncmp(word, "node:", 5)) {
		filter->node = (int)strtol(word + 5, &end, 10);
		if (end == word + len && filter->node >= 0)
			return 0;
		filter->node = -1;
		return why_set(why, "%.*s: not a node number", (int)len, word);
	}
	if (len > 6 && !strncmp(word, "total>", 6)) {
		filter->above = strtoull(word + 6, &end, 10);
		filter->by_total = true;
		if (end == word + len && word[6] != '-')
			return 0;
		return why_set(why, "%.*s: not a number", (int)len, word);
	}
	term_add_text(filter, word, len);
	return 0;
}

int filter_parse(struct filter *filter, const char *text, struct why *why)
{
	const char *p = text, *end;
	int err = 0;

	memset(filter, 0, sizeof(*filter));
	filter->node = -1;
	filter->serial = 1;
	for (; *p; p++)
		filter->serial = (filter->serial ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	p = text;
	for (;;) {
		while (*p == ' ')
			p++;
		if (!*p)
			return 0;
		end = *p == '/' ? strchr(p + 1, '/') : NULL;
		if (!end)
			end = p + strcspn(p, " ");
		if (filter->nterms == FILTER_TERMS || end - p >= FILTER_TEXT) {
			err = why_set(why, "filter too long");
		} else if (*p == '/' && *end == '/' && end > p + 1) {
			err = term_add_regex(filter, p + 1, (size_t)(end - p - 1), why);
			end++;
		} else {
			err = word_add(filter, p, (size_t)(end - p), why);
		}
		if (err) {
			filter_free(filter);
			return err;
		}
		p = end;
	}
}

/* Number, marks and busiest interrupt. Returns as snprintf(). */
static int cpu_text(char *text, size_t size, const struct view_row *row)
{
	struct value marks = field_get(FIELD_MARKS, row), busiest = field_get(FIELD_NAME, row);

	return snprintf(text, size, "%u %.*s %.*s", row->cpu->cpu, (int)marks.len,
			marks.text ? marks.text : "", (int)busiest.len,
			busiest.text ? busiest.text : "");
}

/* Label and text, and the name of a softirq. Returns as snprintf(). */
static int row_text(char *text, size_t size, const struct view_row *row)
{
	const struct irqtable_device *device = row->track ? row->track->device : NULL;
	struct value name = field_get(FIELD_NAME, row);
	bool described = row->table == TABLE_SOFTIRQS && name.text;

	if (row->cpu)
		return cpu_text(text, size, row);
	if (row->group)
		return snprintf(text, size, "%.*s %.*s", (int)row->data->label_len,
				row->text + row->data->label, (int)name.len,
				name.text ? name.text : "");
	/* The end of a name is that of the text before the device, for "$" in a regex. */
	return snprintf(text, size, "%.*s %.*s%s%.*s%s%s%s%s", (int)row->data->label_len,
			row->text + row->data->label, (int)row->data->text_len,
			row->text + row->data->text, described ? " " : "",
			described ? (int)name.len : 0, described ? name.text : "",
			device ? "\n" : "", device ? device->device : "", device ? " " : "",
			device ? device->driver : "");
}

/* Regular expressions first: for the other words, text becomes lower case. */
static bool terms_match(const struct filter *filter, char *text)
{
	unsigned int i;

	for (i = 0; i < filter->nterms; i++)
		if (filter->term[i].is_regex && regexec(&filter->term[i].regex, text, 0, NULL, 0))
			return false;
	for (i = 0; text[i]; i++)
		text[i] = (char)tolower((unsigned char)text[i]);
	for (i = 0; i < filter->nterms; i++)
		if (!filter->term[i].is_regex && !strstr(text, filter->term[i].text))
			return false;
	return true;
}

bool filter_matches_text(const struct filter *filter, const struct view_row *row)
{
	char some[ROW_TEXT], *text = some;
	bool matches;
	int len;

	if (!filter->nterms)
		return true;
	len = row_text(some, sizeof(some), row);
	if (len < 0)
		return false;
	if ((size_t)len >= sizeof(some)) {
		text = malloc((size_t)len + 1);
		if (!text)
			return false;
		row_text(text, (size_t)len + 1, row);
	}
	matches = terms_match(filter, text);
	if (text != some)
		free(text);
	return matches;
}

bool filter_matches_counts(const struct filter *filter, const struct irqtable_delta *delta)
{
	if (filter->by_cpu && !delta->total && !delta->delta)
		return false;
	if (filter->by_total && delta->total <= filter->above)
		return false;
	if (!filter->active)
		return true;
	return delta->state == IRQTABLE_COUNTED ? delta->delta > 0 : delta->total > 0;
}

void filter_free(struct filter *filter)
{
	unsigned int i;

	for (i = 0; i < filter->nterms; i++)
		if (filter->term[i].is_regex)
			regfree(&filter->term[i].regex);
	memset(filter, 0, sizeof(*filter));
	filter->node = -1;
}
