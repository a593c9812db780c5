// SPDX-License-Identifier: GPL-2.0-or-later
/* Text from outside in a report's page. */

#include "report.h"

/**
 * html_escape - print text that is not markup
 * @text: anything, also from files of others
 * @out: where to
 */
void html_escape(const char *text, FILE *out)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}
