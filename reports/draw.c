// SPDX-License-Identifier: GPL-2.0-or-later
/* Figures become files: gnuplot draws all of them in a folder of its own. */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "report.h"

/* Wide, narrow and printable forms of each figure. */
static const struct drawing drawings[] = {
	{ ".svg", "svg", 600, 380, false },
	{ "-narrow.svg", "svg", 350, 340, true },
	{ ".png", "pngcairo", 1000, 550, false },
};
#define N_DRAWINGS (sizeof(drawings) / sizeof(drawings[0]))

static const char script_name[] = "script.gp";

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

static int write_inputs(const struct figures *figures, const char *scratch)
{
	FILE *script = create(scratch, script_name, ""), *data;
	size_t i, j;
	int err = 0;

	if (!script)
		return -1;
	for (i = 0; i < figures->n && !err; i++) {
		const struct figure *figure = &figures->list[i];

		data = create(scratch, figure->name, ".dat");
		if (!data) {
			err = -1;
			break;
		}
		plot_write_data(figure, data);
		err = finish(data, scratch, figure->name);
		for (j = 0; j < N_DRAWINGS; j++)
			plot_write_script(figure, &drawings[j], script);
	}
	return finish(script, scratch, script_name) || err ? -1 : 0;
}

/* SVG text is kept in @figure; but for narrow screens, files go to @folder. */
static int collect(struct figure *figure, const struct drawing *drawing, const char *scratch,
		   const char *folder)
{
	char *path = join(scratch, figure->name, drawing->suffix), *text;
	FILE *file;
	size_t len;
	int err;

	if (!path)
		return -1;
	text = file_read(path, &len);
	if (!text)
		msg_error("%s: %s", path, strerror(errno));
	free(path);
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

static void remove_file(const char *folder, const char *name, const char *suffix)
{
	char *path = join(folder, name, suffix);

	if (path)
		unlink(path);
	free(path);
}

static void remove_scratch(const struct figures *figures, const char *scratch)
{
	size_t i, j;

	for (i = 0; i < figures->n; i++) {
		remove_file(scratch, figures->list[i].name, ".dat");
		for (j = 0; j < N_DRAWINGS; j++)
			remove_file(scratch, figures->list[i].name, drawings[j].suffix);
	}
	remove_file(scratch, script_name, "");
	rmdir(scratch);
}

/**
 * figures_draw - have every figure drawn
 * @figures: their @svg and @svg_narrow are set
 * @folder: gets an SVG and a PNG file of each
 *
 * Returns 0, or -1 after saying why.
 */
int figures_draw(struct figures *figures, const char *folder)
{
	const char *tmp = getenv("TMPDIR");
	char scratch[PATH_MAX];
	size_t i, j;
	int err;

	if (!figures->n)
		return 0;
	snprintf(scratch, sizeof(scratch), "%s/irqlat-report.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(scratch)) {
		msg_error("%s: cannot make a temporary folder: %s", scratch, strerror(errno));
		return -1;
	}
	err = write_inputs(figures, scratch) || plot_run(scratch, script_name);
	for (i = 0; i < figures->n && !err; i++)
		for (j = 0; j < N_DRAWINGS && !err; j++)
			err = collect(&figures->list[i], &drawings[j], scratch, folder);
	remove_scratch(figures, scratch);
	return err ? -1 : 0;
}
