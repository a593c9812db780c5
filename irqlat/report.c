// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat report: result files to figures and one page. */

#include <errno.h>
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
	bool text;
	const char *title;
	struct opt_strings notes;
	struct opt_strings instructions;
};

static const struct opt options[] = {
	{ 'o', "output", "DIR", OPT_STRING, offsetof(struct config, folder),
	  .help = "where index.html and the figures go; made if missing" },
	{ 't', "text", NULL, OPT_FLAG, offsetof(struct config, text),
	  .help = "print the report for a terminal; -o may be left out then" },
	{ 'i', "instructions", "FILE", OPT_STRINGS,
	  offsetof(struct config, instructions),
	  .help = "one more FILE.json, measured where 1 ns is one instruction executed;\nmay be given again" },
	{ 0, "title", "TEXT", OPT_STRING, offsetof(struct config, title),
	  .help = "heading, instead of \"Interrupt latency\"" },
	{ 0, "note", "TEXT", OPT_STRINGS, offsetof(struct config, notes),
	  .help = "paragraph below the heading; may be given again" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "report",
	.arguments = "FILE.json... -o DIR",
	.summary = "Draw results that irqlat bench --json=FILE or irqlat trace wrote: figures as SVG\nand PNG, and one page, index.html, that needs no other file.",
	.options = options,
	.epilogue = "Exit status: 0 done, 1 error.\n",
};

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

static int write_page(const struct report *report, const struct figures *figures,
		      const char *folder)
{
	char *path;
	FILE *file;
	bool failed;

	if (asprintf(&path, "%s/index.html", folder) < 0) {
		msg_error("out of memory");
		return -1;
	}
	file = fopen(path, "we");
	failed = !file;
	if (file) {
		page_write(report, figures, file);
		failed = ferror(file);
		failed |= fclose(file) != 0;
	}
	if (failed)
		msg_error("%s: cannot write: %s", path, strerror(errno));
	else
		printf("%s\n", path);
	free(path);
	return failed ? -1 : 0;
}

static int write_report(const struct report *report, const char *folder)
{
	struct figures figures = { 0 };
	int err = figures_make(report, &figures);

	if (err)
		msg_error("out of memory");
	else
		err = figures_draw(&figures, folder) ||
		      write_page(report, &figures, folder);
	figures_free(&figures);
	return err;
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

/* Operands first, then what --instructions names. */
static int read_inputs(struct report *report, const struct config *config,
		       int n_operands, char **operands)
{
	size_t n = (size_t)n_operands, i;
	int err = 0;

	report->n_inputs = n + config->instructions.n;
	report->inputs = calloc(report->n_inputs, sizeof(*report->inputs));
	if (!report->inputs) {
		msg_error("out of memory");
		return -1;
	}
	for (i = 0; i < report->n_inputs && !err; i++) {
		struct report_input *in = &report->inputs[i];

		in->instructions = i >= n;
		in->path = i < n ? operands[i] :
				   config->instructions.text[i - n];
		err = read_input(in);
	}
	return err;
}

static void free_inputs(struct report *report)
{
	size_t i;

	for (i = 0; report->inputs && i < report->n_inputs; i++) {
		run_free(&report->inputs[i].run);
		free(report->inputs[i].text);
	}
	free(report->inputs);
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
	struct report report = { 0 };
	struct text_style style;
	int operand, rc;
	size_t i;

	rc = opts_parse(&command, argc, argv, &config, &operand);
	if (rc == OPTS_HELP) {
		opts_help(&command, stdout);
		return EXIT_OK;
	}
	if (rc < 0)
		return EXIT_ERROR;
	if (operand == argc && !config.instructions.n) {
		msg_error("report: which result files? irqlat report FILE.json... -o DIR");
		return EXIT_ERROR;
	}
	if (!config.folder && !config.text) {
		msg_error("report: where to? irqlat report FILE.json... -o DIR, or --text");
		return EXIT_ERROR;
	}
	report.title = config.title;
	report.notes = config.notes.text;
	report.n_notes = config.notes.n;
	rc = read_inputs(&report, &config, argc - operand, argv + operand);
	for (i = 0; i < report.n_inputs && !rc; i++)
		report_look(&report.inputs[i]);
	if (!rc && config.text) {
		memset(&style, 0, sizeof(style));
		text_style_detect(&style, stdout);
		report_text(&report, &style, stdout);
	}
	if (!rc && config.folder)
		rc = make_folder(config.folder) ||
		     write_report(&report, config.folder);
	free_inputs(&report);
	return rc ? EXIT_ERROR : EXIT_OK;
}
