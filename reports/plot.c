// SPDX-License-Identifier: GPL-2.0-or-later
/* A figure as gnuplot's input, and running gnuplot. */

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

extern char **environ;

static const struct chart_ops *const charts[FIGURE_KINDS] = {
	[FIGURE_RANGES] = &bars_ops,	  [FIGURE_STAGES] = &bars_ops,
	[FIGURE_HISTOGRAM] = &curves_ops, [FIGURE_PERCENTILES] = &curves_ops,
	[FIGURE_TRADEOFF] = &curves_ops,  [FIGURE_HEAT] = &heat_ops,
	[FIGURE_CPUS] = &bars_ops,
};

/* Write the figure's numbers as a data file of gnuplot. */
void plot_write_data(const struct figure *figure, FILE *out)
{
	charts[figure->kind]->write_data(figure, out);
}

/**
 * plot_write_script - write the commands that draw a figure
 * @figure: figure to draw
 * @drawing: size and format
 * @out: script. It reads the data from a file beside it and writes the drawing to
 *	another; both are named after @figure
 */
void plot_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out)
{
	const struct chart_ops *chart = charts[figure->kind];
	bool svg = !strcmp(drawing->terminal, "svg");
	int height = chart->height(figure, drawing);
	char name[REPORT_NAME_BYTES], *c;

	/* gnuplot wants a name of letters, digits and underscores. */
	memcpy(name, figure->name, sizeof(name));
	for (c = name; *c; c++)
		if (*c == '-' || *c == '.')
			*c = '_';
	fprintf(out, "reset\nset encoding utf8\n");
	/* The two terminals scale point sizes and fonts differently. */
	if (svg)
		fprintf(out,
			"set terminal svg size %d,%d dynamic noenhanced name '%s%s' font 'sans-serif,13'\n",
			drawing->width, height, name,
			drawing->narrow ? "_n" :
			drawing->full	? "_f" :
					  "");
	else
		fprintf(out,
			"set terminal pngcairo size %d,%d noenhanced font 'sans-serif,11' background '#ffffff'\n",
			drawing->width, height);
	fprintf(out, "set output '%s%s'\ndata = '%s.dat'\n", figure->name, drawing->suffix,
		figure->name);
	chart->write_script(figure, drawing, out);
	fputs("\nset output\n", out);
}

/**
 * plot_run - run gnuplot
 * @folder: has the script and the data, gets the drawings
 * @script: file in @folder
 * @why: on failure, what is wrong and what to do
 *
 * Sets LC_ALL in the environment of this process. gnuplot gets all signals.
 *
 * Returns 0, or -1 with @why set.
 */
int plot_run(const char *folder, const char *script, struct why *why)
{
	char program[] = "gnuplot";
	char *argv[] = { program, (char *)script, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int err, status = -1;
	sigset_t none;
	pid_t pid;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	err = posix_spawn_file_actions_addchdir_np(&actions, folder);
	/* The script is UTF-8; in another locale gnuplot warns of what it cannot print. */
	setenv("LC_ALL", "C.UTF-8", 1);
	if (!err)
		err = posix_spawnp(&pid, program, &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	if (err)
		return why_set(why, "cannot run gnuplot: %s%s", strerror(err),
			       err == ENOENT ? "; install it (Debian: gnuplot-nox)" : "");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	return why_set(
		why,
		"gnuplot failed; it needs version 5.2 or later with the terminals svg and pngcairo");
}
