// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat report: figures, a page and text from result files. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/opts.h"
#include "results/io.h"
#include "reports/report.h"

struct report_config {
	const char *folder;
	bool text;
	const char *title;
	struct opt_strings notes;
	struct opt_strings instructions;
};

static const struct opt options[] = {
	{ 'o', "output", "DIR", OPT_STRING, offsetof(struct report_config, folder),
	  .help = "where index.html and the figures go; made if missing" },
	{ 't', "text", NULL, OPT_FLAG, offsetof(struct report_config, text),
	  .help = "print the report for a terminal; -o may be left out then" },
	{ 'i', "instructions", "FILE", OPT_STRINGS, offsetof(struct report_config, instructions),
	  .help = "one more FILE.json, measured where 1 ns is one instruction executed;\nmay be given again" },
	{ 0, "title", "TEXT", OPT_STRING, offsetof(struct report_config, title),
	  .help = "heading, instead of \"Interrupt latency\"" },
	{ 0, "note", "TEXT", OPT_STRINGS, offsetof(struct report_config, notes),
	  .help = "paragraph below the heading; may be given again" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "report",
	.arguments = "FILE.json... -o DIR",
	.summary =
		"Draw results that irqlat bench --json=FILE or irqlat trace wrote: figures as SVG\nand PNG, and one page, index.html, that needs no other file.",
	.options = options,
	.epilogue = "Exit status: 0 done, 1 error.\n",
};

/* Set the short name of an input's file: its base name without ".json". */
static void set_file(struct report_input *in)
{
	const char *slash = strrchr(in->path, '/');
	size_t len;

	snprintf(in->file, sizeof(in->file), "%s", slash ? slash + 1 : in->path);
	len = strlen(in->file);
	if (len > 5 && !strcmp(in->file + len - 5, ".json"))
		in->file[len - 5] = '\0';
}

/* Add an input without results. Returns it, or NULL after a message. */
static struct report_input *add_input(struct report *report, const char *path, bool instructions)
{
	struct report_input *inputs, *in;

	inputs = reallocarray(report->inputs, report->n_inputs + 1, sizeof(*inputs));
	if (!inputs) {
		msg_error("out of memory");
		return NULL;
	}
	report->inputs = inputs;
	in = &inputs[report->n_inputs++];
	*in = (struct report_input){ .path = path, .instructions = instructions };
	set_file(in);
	return in;
}

/*
 * Read a file. It makes an input for each load that it has results of, so that the
 * report compares loads as it compares files. Returns 0, or -1 after a message.
 */
static int read_input(struct report *report, const char *path, bool instructions)
{
	struct report_input *in = add_input(report, path, instructions);
	struct run others = { 0 };
	struct why why;

	if (!in)
		return -1;
	if (run_read_file(path, &in->run, &in->text, &in->len, &why)) {
		msg_error("%s: %s", path, why.text);
		return -1;
	}
	for (;;) {
		if (report_split_load(&in->run, &others)) {
			msg_error("out of memory");
			return -1;
		}
		if (!others.n_results)
			break;
		in->one_load = true;
		in = add_input(report, path, instructions);
		if (!in)
			break;
		in->continued = in->one_load = true;
		in->run = others;
		others = (struct run){ 0 };
	}
	run_free(&others);
	return in ? 0 : -1;
}

static int print_page(const void *report, FILE *out)
{
	page_write(report, out);
	return ferror(out) ? -1 : 0;
}

static int write_page(const struct report *report, const char *folder)
{
	char *path;
	int err;

	if (asprintf(&path, "%s/index.html", folder) < 0) {
		msg_error("out of memory");
		return -1;
	}
	err = file_replace(path, print_page, report);
	if (err)
		msg_error("%s: cannot write: %s", path, strerror(errno));
	else
		printf("%s\n", path);
	free(path);
	return err;
}

static int write_report(struct report *report, const char *folder)
{
	struct figures figures = { 0 };
	struct why why = { "out of memory" };
	int err = figures_make(report, &figures) || figures_draw(&figures, folder, &why);

	report->figures = &figures;
	if (err)
		msg_error("%s", why.text);
	else
		err = write_page(report, folder);
	report->figures = NULL;
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

/* Read the operands, then the files of --instructions. Returns 0, or -1 after a message. */
static int read_inputs(struct report *report, const struct report_config *config, int n_operands,
		       char **operands)
{
	bool several;
	size_t i;
	int n;

	for (n = 0; n < n_operands; n++)
		if (read_input(report, operands[n], false))
			return -1;
	for (i = 0; i < config->instructions.n; i++)
		if (read_input(report, config->instructions.text[i], true))
			return -1;
	several = report_count_files(report) > 1;
	for (i = 0; i < report->n_inputs; i++) {
		report_choose_titles(&report->inputs[i]);
		report_label(&report->inputs[i], several);
	}
	return 0;
}

static void free_inputs(struct report *report)
{
	size_t i;

	for (i = 0; i < report->n_inputs; i++) {
		run_free(&report->inputs[i].run);
		free(report->inputs[i].text);
	}
	free(report->inputs);
}

/**
 * cmd_report - irqlat report
 * @argc: arguments from "report" on
 * @argv: arguments
 *
 * Returns the exit status.
 */
int cmd_report(int argc, char **argv)
{
	struct report_config config = { 0 };
	struct report report = { 0 };
	struct text_style style;
	int operand, rc, status;

	if (!opts_start(&command, argc, argv, &config, &operand, &status))
		return status;
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
	if (!rc && config.text) {
		memset(&style, 0, sizeof(style));
		text_style_detect(&style, stdout);
		report_write_text(&report, &style, stdout);
	}
	if (!rc && config.folder)
		rc = make_folder(config.folder) || write_report(&report, config.folder);
	free_inputs(&report);
	return rc ? EXIT_ERROR : EXIT_OK;
}
