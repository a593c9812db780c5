// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alert.h"

static const char *skip(const char *p)
{
	while (*p == ' ')
		p++;
	return p;
}

/* Reads a number with its suffix, and returns what follows it; NULL: no number. */
static const char *limit_parse(const char *p, double *limit)
{
	char *end;

	*limit = strtod(p, &end);
	if (end == p)
		return NULL;
	switch (*end) {
	case 'k':
		*limit *= 1e3;
		return end + 1;
	case 'M':
		*limit *= 1e6;
		return end + 1;
	case 'G':
		*limit *= 1e9;
		return end + 1;
	case '%':
		*limit /= 100;
		return end + 1;
	default:
		return end;
	}
}

static int alert_parse(struct alert *alert, const char *expression)
{
	const char *p = expression, *colon, *op = p + strcspn(p, "<>");
	size_t len;
	char *end;
	int id;

	if (!*op)
		return -EINVAL;
	for (colon = op; colon > p && *colon != ':'; colon--)
		;
	if (*colon == ':') {
		if ((size_t)(colon - p) >= sizeof(alert->text))
			return -E2BIG;
		memcpy(alert->text, p, (size_t)(colon - p));
		p = colon + 1;
	}
	p = skip(p);
	for (len = (size_t)(op - p); len && p[len - 1] == ' ';)
		len--;
	id = field_find(p, len);
	if (id < 0 || fields[id].style == STYLE_TEXT || fields[id].style == STYLE_PICTURE)
		return -ENOENT;
	alert->field = (enum field_id)id;
	alert->above = op[0] == '>';
	alert->or_equal = op[1] == '=';
	p = limit_parse(skip(op + 1 + alert->or_equal), &alert->limit);
	if (!p)
		return -EINVAL;
	p = skip(p);
	alert->samples = 1;
	if (!strncmp(p, "for ", 4)) {
		alert->samples = (unsigned int)strtoul(p + 4, &end, 10);
		if (end == p + 4 || !alert->samples || alert->samples > UINT16_MAX)
			return -EINVAL;
		p = skip(end);
	}
	return *p ? -EINVAL : 0;
}

int alerts_add(struct alerts *alerts, const char *expression, struct why *why)
{
	struct alert *alert = &alerts->alert[alerts->count];
	int err;

	if (alerts->count == TRACK_ALERTS)
		return why_set(why, "no more than %d alerts", TRACK_ALERTS);
	memset(alert, 0, sizeof(*alert));
	snprintf(alert->expression, sizeof(alert->expression), "%s", expression);
	err = alert_parse(alert, expression);
	if (err == -ENOENT)
		return why_set(why, "'%s': no such column, or it is no number", expression);
	if (err)
		return why_set(
			why,
			"'%s': want [TEXT:]COLUMN > NUMBER [for N], as in 'eth0:rate>50k for 3'",
			expression);
	alerts->count++;
	return 0;
}

static bool holds(const struct alert *alert, double value)
{
	if (value == alert->limit)
		return alert->or_equal;
	return alert->above == (value > alert->limit);
}

static bool row_has(const struct view_row *row, const char *text)
{
	size_t len = strlen(text), i;
	const char *at = row->text + row->data->text;

	if (row->data->label_len == len && !strncasecmp(row->text + row->data->label, text, len))
		return true;
	for (i = 0; i + len <= row->data->text_len; i++)
		if (!strncasecmp(at + i, text, len))
			return true;
	return false;
}

void alerts_check(struct alerts *alerts, const struct view *view, alert_fired *fired, void *context)
{
	unsigned int a;
	uint32_t r;

	for (a = 0; a < alerts->count; a++) {
		const struct alert *alert = &alerts->alert[a];

		for (r = 0; r < view->nrows; r++) {
			const struct view_row *row = &view->row[r];
			struct value value = field_get(alert->field, row);
			uint16_t *streak = &row->track->streak[a];

			if (value.kind == VALUE_NONE || value.kind == VALUE_TEXT ||
			    !holds(alert, value_number(&value)) ||
			    (alert->text[0] && !row_has(row, alert->text))) {
				*streak = 0;
				continue;
			}
			if (*streak < UINT16_MAX)
				(*streak)++;
			if (*streak != alert->samples)
				continue;
			alerts->fired = true;
			fired(context, alert, row, value_number(&value));
		}
	}
}
