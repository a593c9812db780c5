// SPDX-License-Identifier: GPL-2.0-or-later
/* The output of procirq list: text and JSON. */

#include <inttypes.h>
#include <stdio.h>

#include "listing.h"

static const char *or_dash(const char *text)
{
	return *text ? text : "-";
}

static void print_readers(const struct listing *listing, unsigned int irq)
{
	const char *before = "";
	size_t i;

	for (i = 0; i < listing->n_readers; i++) {
		const struct accounting_row *reader = &listing->readers[i];

		if (reader->irq != irq)
			continue;
		printf("%s%s(%" PRIu64 ")", before, reader->comm, reader->pid);
		before = ",";
	}
	printf("%s\n", *before ? "" : listing->known ? "none" : "?");
}

/* Prints a table with a row for each line; "?" stands for what only root may know. */
void listing_print(const struct listing *listing)
{
	char taken[24], device[PROCIRQ_PLATFORM_BYTES + 33];
	size_t i;

	printf("%5s  %-12s  %-9s  %-4s  %10s  %s\n", "LINE", "DEVICE", "ID", "KIND", "TAKEN",
	       "READERS");
	for (i = 0; i < listing->n_lines; i++) {
		const struct listing_line *line = &listing->lines[i];

		snprintf(taken, sizeof(taken), listing->known ? "%" PRIu64 : "?", line->taken);
		snprintf(device, sizeof(device), "%s%s%s", line->device, *line->name ? "/" : "",
			 line->name);
		printf("%5u  %-12s  %-9s  %-4s  %10s  ", line->irq, or_dash(device),
		       or_dash(line->id), or_dash(line->kind), taken);
		print_readers(listing, line->irq);
	}
}

static json_t *readers_json(const struct listing *listing, unsigned int irq)
{
	json_t *array;
	size_t i;

	if (!listing->known)
		return json_null();
	array = json_array();
	for (i = 0; i < listing->n_readers; i++) {
		const struct accounting_row *reader = &listing->readers[i];

		if (reader->irq != irq)
			continue;
		json_array_append_new(
			array, json_pack("{s:I, s:o, s:I, s:o}", "pid", (json_int_t)reader->pid,
					 "comm", jsonio_text(reader->comm), "pending",
					 (json_int_t)reader->pending, "device",
					 jsonio_text_or_null(
						 *reader->device == '-' ? "" : reader->device)));
	}
	return array;
}

/* Returns the listing for jsonio_write(). */
json_t *listing_json(const struct listing *listing)
{
	json_t *lines;
	size_t i;

	jsonio_begin();
	lines = json_array();

	for (i = 0; i < listing->n_lines; i++) {
		const struct listing_line *line = &listing->lines[i];

		json_array_append_new(
			lines, json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "irq", line->irq,
					 "device", jsonio_text_or_null(line->device), "name",
					 jsonio_text_or_null(line->name), "id",
					 jsonio_text_or_null(line->id), "kind",
					 jsonio_text_or_null(line->kind), "taken",
					 listing->known ? json_integer((json_int_t)line->taken) :
							  json_null(),
					 "readers", readers_json(listing, line->irq)));
	}
	return json_pack("{s:s, s:o}", "schema", "procirq-list/1", "lines", lines);
}
