// SPDX-License-Identifier: GPL-2.0-or-later
/* Text for people: its style, times, wrapped paragraphs, warnings. */

#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "text.h"

#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN	40

/**
 * text_style_detect - set the width and the characters of text
 * @style: @columns and @utf8 are set, from the terminal, COLUMNS and the locale
 * @out: where the text goes
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
 * text_wrap - print a paragraph, broken between words
 * @text: paragraph
 * @indent: column where @out is now, and where each later row of text begins
 * @columns: width, @indent included
 * @out: where to print; gets a line feed at the end
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
 * text_time - print a time of a table
 * @known: there is a time; "n/a" is printed if not
 * @ns: the time
 * @width: width of the table's column
 * @style: unit
 * @out: where to print
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
 * text_warnings - print what makes the figures unreliable
 * @info: has the warnings
 * @out: where to print
 */
void text_warnings(const struct sysinfo *info, FILE *out)
{
	size_t i;

	for (i = 0; i < info->n_warnings; i++)
		fprintf(out, "WARNING: %s\n", info->warnings[i]);
}
