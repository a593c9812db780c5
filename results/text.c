// SPDX-License-Identifier: GPL-2.0-or-later
/* What all text for people is made of: its style, a time, words in lines. */

#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "text.h"

#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN	40

/**
 * text_style_detect - fit the text to where it goes
 * @style: @columns and @utf8 are set
 * @out: terminal or not
 */
void text_style_detect(struct text_style *style, FILE *out)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	style->columns = COLUMNS_DEFAULT;
	if (!ioctl(fileno(out), TIOCGWINSZ, &size) && size.ws_col)
		style->columns = size.ws_col;
	else if (columns && atoi(columns) > 0)
		style->columns = atoi(columns);
	if (style->columns < COLUMNS_MIN)
		style->columns = COLUMNS_MIN;
	if (style->columns > TEXT_COLUMNS_MAX)
		style->columns = TEXT_COLUMNS_MAX;
	style->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/**
 * text_wrap - a text broken between words
 * @text: its first line starts where @out stands, which is column @indent
 * @indent: columns before the other lines
 * @columns: of all lines
 * @out: where to
 */
void text_wrap(const char *text, int indent, int columns, FILE *out)
{
	int room = columns - indent, used = 0, len;

	while (*text) {
		text += strspn(text, " ");
		len = (int)strcspn(text, " ");
		if (used && used + 1 + len > room) {
			fprintf(out, "\n%*s", indent, "");
			used = 0;
		}
		used += fprintf(out, "%s%.*s", used ? " " : "", len, text);
		text += len;
	}
	fputc('\n', out);
}

/**
 * text_time - one time of a table
 * @known: it is one; n/a is printed otherwise
 * @ns: the time
 * @width: columns
 * @style: its unit
 * @out: where to
 */
void text_time(bool known, uint64_t ns, int width, const struct text_style *style, FILE *out)
{
	if (!known)
		fprintf(out, "%*s", width, "n/a");
	else if (style->nanoseconds)
		fprintf(out, "%*" PRIu64, width, ns);
	else
		fprintf(out, "%*.3f", width, (double)ns / 1000);
}

/**
 * text_warnings - say loudly what spoils the figures
 * @info: holds the warnings
 * @out: where to
 */
void text_warnings(const struct sysinfo *info, FILE *out)
{
	size_t i;

	for (i = 0; i < info->n_warnings; i++)
		fprintf(out, "WARNING: %s\n", info->warnings[i]);
}
