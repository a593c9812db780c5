// SPDX-License-Identifier: GPL-2.0-or-later
/* Printing findings, for people and as JSON. */

#include <stdbool.h>
#include <stdio.h>

#include "check.h"
#include "base/jsonio.h"

static const char *const verdict_names[] = {
	[VERDICT_FINE] = "fine",
	[VERDICT_SPOILS] = "spoils",
	[VERDICT_UNKNOWN] = "unknown",
};

/**
 * check_print_text - print findings for people
 * @findings: @n findings
 * @n: findings in @findings
 */
void check_print_text(const struct finding *findings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("%-8s %-20s %s\n", verdict_names[findings[i].verdict],
		       findings[i].check->name, findings[i].text);
		if (findings[i].verdict != VERDICT_FINE)
			printf("         effect: %s\n         change: %s\n",
			       findings[i].check->effect, findings[i].check->change);
	}
}

/**
 * check_print_json - print findings as JSON, schema irqlat-check/1
 * @findings: @n findings
 * @n: findings in @findings
 *
 * Returns 0, or -1 with errno set if they could not be written.
 */
int check_print_json(const struct finding *findings, size_t n)
{
	json_t *array;

	jsonio_begin();
	array = json_array();
	for (size_t i = 0; i < n; i++) {
		bool tell = findings[i].verdict != VERDICT_FINE;

		json_array_append_new(array,
				      json_pack("{s:s, s:s, s:o, s:s?, s:s?}", "name",
						findings[i].check->name, "verdict",
						verdict_names[findings[i].verdict], "state",
						jsonio_text(findings[i].text), "effect",
						tell ? findings[i].check->effect : NULL, "change",
						tell ? findings[i].check->change : NULL));
	}
	return jsonio_write(json_pack("{s:s, s:o}", "schema", "irqlat-check/1", "findings", array),
			    JSON_COMPACT, stdout);
}
