// SPDX-License-Identifier: GPL-2.0-or-later
/* Results as CSV: a row for each way and stage, with the keys of JSON as headings. */

#include <inttypes.h>
#include <string.h>

#include "io.h"

/* RFC 4180: quoted if it holds a character that would end the cell. */
static void print_text(const char *text, FILE *out)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void print_cell(const struct cell *cell, FILE *out)
{
	switch (cell->type) {
	case CELL_NULL:
		break;
	case CELL_TEXT:
		print_text(cell->text, out);
		break;
	case CELL_UNSIGNED:
		fprintf(out, "%" PRIu64, cell->u);
		break;
	case CELL_SIGNED:
		fprintf(out, "%" PRId64, cell->i);
		break;
	case CELL_REAL:
		fprintf(out, "%.3f", cell->real);
		break;
	}
}

/**
 * run_write_csv - write a run as CSV, headings first
 * @run: what was measured
 * @out: CSV; the caller looks for errors with ferror()
 *
 * The cell of a value that is not known is empty.
 */
void run_write_csv(const struct run *run, FILE *out)
{
	const struct result none = { 0 };
	struct cell cells[RESULT_CELLS_MAX];
	size_t n = result_cells(&none, cells), i, j;

	for (j = 0; j < n; j++)
		fprintf(out, "%s%s", j ? "," : "", cells[j].key);
	fputc('\n', out);
	for (i = 0; i < run->n_results; i++) {
		n = result_cells(&run->results[i], cells);
		for (j = 0; j < n; j++) {
			if (j)
				fputc(',', out);
			print_cell(&cells[j], out);
		}
		fputc('\n', out);
	}
}
