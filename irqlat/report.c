// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat report: result files to figures and one page. */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "msg.h"
#include "opts.h"
#include "out.h"
#include "report.h"

struct config {
	const char *folder;
};

static const struct opt options[] = {
	{ 'o', "output", "DIR", OPT_STRING, offsetof(struct config, folder),
	  .help = "where index.html and the figures go; made if missing" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "report",
	.arguments = "FILE.json... -o DIR",
	.summary = "Draw results that irqlat bench --json=FILE wrote: figures as SVG and PNG, and\none page, index.html, that needs no other file.",
	.options = options,
	.epilogue = "Exit status: 0 done, 1 error.\n",
};

/* Wide, narrow and printable forms of each figure. */
static const struct drawing drawings[] = {
	{ ".svg", "svg", 600, 380, false },
	{ "-narrow.svg", "svg", 380, 360, true },
	{ ".png", "pngcairo", 1000, 550, false },
};
#define N_DRAWINGS (sizeof(drawings) / sizeof(drawings[0]))

static const struct figure figures_wanted[] = {
	{ .name = "histogram-total", .stage = "total", .is_histogram = true,
	  .caption = "Raised to user: histogram" },
	{ .name = "percentiles-total", .stage = "total",
	  .caption = "Raised to user: percentiles" },
	{ .name = "histogram-handler_to_user", .stage = "handler_to_user",
	  .is_histogram = true, .caption = "Handler to user: histogram" },
	{ .name = "percentiles-handler_to_user", .stage = "handler_to_user",
	  .caption = "Handler to user: percentiles" },
};
#define N_FIGURES (sizeof(figures_wanted) / sizeof(figures_wanted[0]))

static void set_label(struct report_input *in)
{
	const char *slash = strrchr(in->path, '/');
	size_t len;

	snprintf(in->label, sizeof(in->label), "%s",
		 slash ? slash + 1 : in->path);
	len = strlen(in->label);
	if (len > 5 && !strcmp(in->label + len - 5, ".json"))
		in->label[len - 5] = '\0';
}

static int read_input(struct report_input *in)
{
	set_label(in);
	return in_file(in->path, &in->run, &in->text, &in->len);
}

/**
 * report_series - the curves of a stage
 * @report: inputs
 * @stage: rows to take
 * @series: room for REPORT_SERIES_MAX
 *
 * Returns how many there are; rows without samples are none.
 */
size_t report_series(const struct report *report, const char *stage,
		     struct series *series)
{
	size_t i, j, n = 0;

	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		for (j = 0; j < in->run.n_results; j++) {
			const struct result *r = &in->run.results[j];
			char title[RESULT_TITLE_BYTES];

			if (strcmp(r->stage, stage) || !r->hist.n ||
			    n == REPORT_SERIES_MAX)
				continue;
			if (report->n_inputs > 1)
				snprintf(series[n].title,
					 sizeof(series[n].title), "%.60s: %.60s",
					 in->label,
					 result_title(r, title));
			else
				snprintf(series[n].title,
					 sizeof(series[n].title), "%s",
					 result_title(r, title));
			series[n++].hist = &r->hist;
		}
	}
	return n;
}

/* "folder/name" and a suffix, for free(); says so when memory is out. */
static char *join(const char *folder, const char *name, const char *suffix)
{
	char *path;

	if (asprintf(&path, "%s/%s%s", folder, name, suffix) >= 0)
		return path;
	msg_error("out of memory");
	return NULL;
}

static FILE *create(const char *folder, const char *name, const char *suffix)
{
	char *path = join(folder, name, suffix);
	FILE *file;

	if (!path)
		return NULL;
	file = fopen(path, "we");
	if (!file)
		msg_error("%s: cannot write: %s", path, strerror(errno));
	free(path);
	return file;
}

/* Returns 0, or -1 after saying that the file could not be written. */
static int finish(FILE *file, const char *folder, const char *name)
{
	bool failed = ferror(file);

	if (!fclose(file) && !failed)
		return 0;
	msg_error("%s/%s: cannot write: %s", folder, name, strerror(errno));
	return -1;
}

static char *read_drawing(const char *folder, const char *name,
			  const char *suffix, size_t *len)
{
	char *path = join(folder, name, suffix), *text;

	if (!path)
		return NULL;
	text = file_read(path, len);
	if (!text)
		msg_error("%s: %s", path, strerror(errno));
	free(path);
	return text;
}

/* Draws in @scratch, keeps SVG text in @figure, and copies to @folder. */
static int draw(struct figure *figure, const struct drawing *drawing,
		const struct series *series, size_t n, const char *scratch,
		const char *folder)
{
	FILE *file = create(scratch, "script", ".gp");
	char *text;
	size_t len;
	int err;

	if (!file)
		return -1;
	plot_write_script(figure, drawing, series, n, file);
	if (finish(file, scratch, "script.gp") || plot_run(scratch, "script.gp"))
		return -1;
	text = read_drawing(scratch, figure->name, drawing->suffix, &len);
	if (!text)
		return -1;
	if (drawing->narrow) {
		/* Only the page has a use for it. */
		figure->svg_narrow = text;
		return 0;
	}
	file = create(folder, figure->name, drawing->suffix);
	if (!file) {
		free(text);
		return -1;
	}
	fwrite(text, 1, len, file);
	err = finish(file, folder, figure->name);
	if (!strcmp(drawing->terminal, "svg"))
		figure->svg = text;
	else
		free(text);
	return err;
}

static int draw_figure(const struct report *report, struct figure *figure,
		       const char *scratch, const char *folder)
{
	struct series series[REPORT_SERIES_MAX];
	size_t n = report_series(report, figure->stage, series), i;
	FILE *file;

	if (!n)
		return 0;
	file = create(scratch, figure->name, ".dat");
	if (!file)
		return -1;
	plot_write_data(figure, series, n, file);
	if (finish(file, scratch, figure->name))
		return -1;
	for (i = 0; i < N_DRAWINGS; i++)
		if (draw(figure, &drawings[i], series, n, scratch, folder))
			return -1;
	return 0;
}

static void remove_file(const char *folder, const char *name,
			const char *suffix)
{
	char *path = join(folder, name, suffix);

	if (path)
		unlink(path);
	free(path);
}

static void remove_scratch(const char *scratch)
{
	size_t i, j;

	for (i = 0; i < N_FIGURES; i++) {
		remove_file(scratch, figures_wanted[i].name, ".dat");
		for (j = 0; j < N_DRAWINGS; j++)
			remove_file(scratch, figures_wanted[i].name,
				    drawings[j].suffix);
	}
	remove_file(scratch, "script", ".gp");
	rmdir(scratch);
}

static int write_report(const struct report *report, struct figure *figures,
			const char *folder)
{
	const char *tmp = getenv("TMPDIR");
	char scratch[PATH_MAX];
	FILE *file;
	size_t i;
	int err = 0;

	snprintf(scratch, sizeof(scratch), "%s/irqlat-report.XXXXXX",
		 tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(scratch)) {
		msg_error("%s: cannot make a temporary folder: %s", scratch,
			  strerror(errno));
		return -1;
	}
	for (i = 0; i < N_FIGURES && !err; i++)
		err = draw_figure(report, &figures[i], scratch, folder);
	remove_scratch(scratch);
	if (err)
		return -1;
	file = create(folder, "index", ".html");
	if (!file)
		return -1;
	page_write(report, figures, N_FIGURES, file);
	return finish(file, folder, "index.html");
}

static int make_folder(const char *folder)
{
	struct stat st;

	if (!mkdir(folder, 0777))
		return 0;
	if (errno == EEXIST && !stat(folder, &st) && S_ISDIR(st.st_mode))
		return 0;
	msg_error("%s: cannot make the folder: %s", folder,
		  errno == EEXIST ? "a file has that name" : strerror(errno));
	return -1;
}

/**
 * cmd_report - irqlat report
 * @argc: arguments from "report" on
 * @argv: the same
 *
 * Returns the exit status.
 */
int cmd_report(int argc, char **argv)
{
	struct config config = { 0 };
	struct figure figures[N_FIGURES];
	struct report report = { 0 };
	int operand, rc;
	size_t i;

	rc = opts_parse(&command, argc, argv, &config, &operand);
	if (rc == OPTS_HELP) {
		opts_help(&command, stdout);
		return EXIT_OK;
	}
	if (rc < 0)
		return EXIT_ERROR;
	if (operand == argc || !config.folder) {
		msg_error(operand == argc ?
				  "report: which result files? irqlat report FILE.json... -o DIR" :
				  "report: where to? irqlat report FILE.json... -o DIR");
		return EXIT_ERROR;
	}
	memcpy(figures, figures_wanted, sizeof(figures));
	report.n_inputs = (size_t)(argc - operand);
	report.inputs = calloc(report.n_inputs, sizeof(*report.inputs));
	rc = report.inputs ? 0 : -1;
	for (i = 0; i < report.n_inputs && !rc; i++) {
		report.inputs[i].path = argv[operand + (int)i];
		rc = read_input(&report.inputs[i]);
	}
	if (!rc)
		rc = make_folder(config.folder);
	if (!rc)
		rc = write_report(&report, figures, config.folder);
	if (!rc)
		printf("%s/index.html\n", config.folder);

	for (i = 0; i < N_FIGURES; i++) {
		free(figures[i].svg);
		free(figures[i].svg_narrow);
	}
	for (i = 0; report.inputs && i < report.n_inputs; i++) {
		run_free(&report.inputs[i].run);
		free(report.inputs[i].text);
	}
	free(report.inputs);
	return rc ? EXIT_ERROR : EXIT_OK;
}
