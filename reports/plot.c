// SPDX-License-Identifier: GPL-2.0-or-later
/* A figure of a report as gnuplot's input, and running gnuplot. */

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

extern char **environ;

/**
 * plot_write_data - the figure's numbers
 * @figure: which
 * @out: gnuplot data file
 *
 * Returns 0, or -1 when @out took it not.
 */
int plot_write_data(const struct figure *figure, FILE *out)
{
	switch (figure->kind) {
	case FIGURE_HISTOGRAM:
	case FIGURE_PERCENTILES:
		curves_write_data(figure, out);
		break;
	case FIGURE_HEAT:
		heat_write_data(figure, out);
		break;
	default:
		bars_write_data(figure, out);
	}
	return ferror(out) ? -1 : 0;
}

static int height_of(const struct figure *figure, const struct drawing *drawing)
{
	switch (figure->kind) {
	case FIGURE_HISTOGRAM:
	case FIGURE_PERCENTILES:
		return curves_height(figure, drawing);
	case FIGURE_HEAT:
		return drawing->height * 3 / 4;
	default:
		return bars_height(figure, drawing);
	}
}

/**
 * plot_write_script - what gnuplot is to do
 * @figure: which
 * @drawing: its size and format
 * @out: script; data and output are files beside it, named after @figure
 */
void plot_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out)
{
	bool svg = !strcmp(drawing->terminal, "svg");
	int height = height_of(figure, drawing);

	/* gnuplot wants a name of letters, digits and underscores. */
	char name[REPORT_NAME_BYTES], *c;

	memcpy(name, figure->name, sizeof(name));
	for (c = name; *c; c++)
		if (*c == '-' || *c == '.')
			*c = '_';
	fprintf(out, "reset\nset encoding utf8\n");
	/* Point sizes and fonts of the two differ in what they count. */
	if (svg)
		fprintf(out,
			"set terminal svg size %d,%d dynamic noenhanced name '%s%s' font 'sans-serif,13'\n",
			drawing->width, height, name, drawing->narrow ? "_n" : "");
	else
		fprintf(out,
			"set terminal pngcairo size %d,%d noenhanced font 'sans-serif,11' background '#ffffff'\n",
			drawing->width, height);
	fprintf(out, "set output '%s%s'\ndata = '%s.dat'\n", figure->name, drawing->suffix,
		figure->name);
	switch (figure->kind) {
	case FIGURE_HISTOGRAM:
	case FIGURE_PERCENTILES:
		curves_write_script(figure, drawing, out);
		break;
	case FIGURE_HEAT:
		heat_write_script(figure, drawing, out);
		break;
	default:
		bars_write_script(figure, drawing, out);
	}
	fputs("\nset output\n", out);
}

/**
 * plot_run - run gnuplot
 * @folder: has the script and the data, gets the output
 * @script: file in @folder
 * @error: on failure, what is wrong and what to do
 *
 * Returns 0, or -1 with @error set.
 */
int plot_run(const char *folder, const char *script, char error[REPORT_ERROR_BYTES])
{
	char program[] = "gnuplot";
	char *argv[] = { program, (char *)script, NULL };
	posix_spawn_file_actions_t actions;
	int err, status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, folder);
	/* The script is UTF-8; in another locale gnuplot warns of what it cannot say. */
	setenv("LC_ALL", "C.UTF-8", 1);
	err = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err) {
		snprintf(error, REPORT_ERROR_BYTES, "cannot run gnuplot: %s%s", strerror(err),
			 err == ENOENT ? "; install it (Debian: gnuplot-nox)" : "");
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	snprintf(
		error, REPORT_ERROR_BYTES,
		"gnuplot failed; it needs version 5.2 or later with the terminals svg and pngcairo");
	return -1;
}
