// SPDX-License-Identifier: GPL-2.0-or-later
/* Figures become files: gnuplot draws all of them in a folder of its own. */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hold.h"
#include "report.h"

/* Wide, narrow and printable forms of each figure, and one as wide as the page. */
static const struct drawing drawings[] = {
	{ .suffix = ".svg", .terminal = "svg", .width = 600, .height = 380 },
	{ .suffix = "-narrow.svg", .terminal = "svg", .width = 350, .height = 340, .narrow = true },
	{ .suffix = "-full.svg", .terminal = "svg", .width = 1200, .height = 380, .full = true },
	{ .suffix = ".png", .terminal = "pngcairo", .width = 1000, .height = 550 },
};
#define N_DRAWINGS (sizeof(drawings) / sizeof(drawings[0]))

/* A figure of the page's own width: only bars gain by it. */
static bool is_drawn(const struct figure *figure, const struct drawing *drawing)
{
	return !drawing->full || figure->kind == FIGURE_RANGES || figure->kind == FIGURE_STAGES;
}

static const char script_name[] = "script.gp";

/* "folder/name" and a suffix. Returns @path. */
static const char *join(const char *folder, const char *name, const char *suffix,
			char path[REPORT_PATH_BYTES])
{
	snprintf(path, REPORT_PATH_BYTES, "%s/%s%s", folder, name, suffix);
	return path;
}

static int fail(struct why *why, const char *path, const char *what)
{
	return why_set(why, "%s: %s%s", path, what, strerror(errno));
}

static FILE *create(const char *path, struct why *why)
{
	FILE *file = fopen(path, "we");

	if (!file)
		fail(why, path, "cannot write: ");
	return file;
}

/* Returns 0, or -1 with @why set when not all of the file was written. */
static int finish(FILE *file, const char *path, struct why *why)
{
	return file_finish(file, 0) ? fail(why, path, "cannot write: ") : 0;
}

static int write_data(const struct figure *figure, const char *scratch, struct why *why)
{
	char path[REPORT_PATH_BYTES];
	FILE *data = create(join(scratch, figure->name, ".dat", path), why);

	if (!data)
		return -1;
	plot_write_data(figure, data);
	return finish(data, path, why);
}

static int write_inputs(const struct figures *figures, const char *scratch, struct why *why)
{
	char path[REPORT_PATH_BYTES];
	FILE *script = create(join(scratch, script_name, "", path), why);
	size_t i, j;
	int err = 0;

	if (!script)
		return -1;
	for (i = 0; i < figures->n && !err; i++) {
		err = write_data(&figures->list[i], scratch, why);
		for (j = 0; j < N_DRAWINGS; j++)
			if (is_drawn(&figures->list[i], &drawings[j]))
				plot_write_script(&figures->list[i], &drawings[j], script);
	}
	if (err) {
		fclose(script);
		return -1;
	}
	return finish(script, path, why);
}

struct bytes {
	const char *first;
	size_t n;
};

static int write_bytes(const void *what, FILE *out)
{
	const struct bytes *bytes = what;

	return fwrite(bytes->first, 1, bytes->n, out) == bytes->n ? 0 : -1;
}

/*
 * Keep the SVG text in @figure, and copy the drawing to @folder. Narrow drawings and
 * those of the page's width are for the page only: they have no file.
 */
static int collect(struct figure *figure, const struct drawing *drawing, const char *scratch,
		   const char *folder, struct why *why)
{
	char path[REPORT_PATH_BYTES], *text;
	size_t len;
	int err;

	text = file_read(join(scratch, figure->name, drawing->suffix, path), &len);
	if (!text)
		return fail(why, path, "");
	if (drawing->narrow || drawing->full) {
		*(drawing->narrow ? &figure->svg_narrow : &figure->svg_full) = text;
		return 0;
	}
	join(folder, figure->name, drawing->suffix, path);
	err = file_replace(path, write_bytes, &(struct bytes){ text, len });
	if (err)
		fail(why, path, "cannot write: ");
	if (!strcmp(drawing->terminal, "svg"))
		figure->svg = text;
	else
		free(text);
	return err;
}

static void remove_file(const char *folder, const char *name, const char *suffix)
{
	char path[REPORT_PATH_BYTES];

	unlink(join(folder, name, suffix, path));
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
 * figures_draw - draw every figure
 * @figures: @svg and @svg_narrow of each are set; figures_free() frees them
 * @folder: gets an SVG and a PNG file of each
 * @why: on failure, what is wrong
 *
 * Returns 0, or -1 with @why set.
 */
int figures_draw(struct figures *figures, const char *folder, struct why *why)
{
	const char *given = getenv("TMPDIR"), *tmp = given && *given ? given : "/tmp";
	char scratch[PATH_MAX];
	sigset_t before;
	size_t i, j;
	int err;

	if (!figures->n)
		return 0;
	snprintf(scratch, sizeof(scratch), "%s/irqlat-report.XXXXXX", tmp);
	hold_signals(&before);
	if (!mkdtemp(scratch)) {
		fail(why, tmp, "cannot make a temporary folder: ");
		hold_end(&before);
		return -1;
	}
	err = write_inputs(figures, scratch, why) || plot_run(scratch, script_name, why);
	for (i = 0; i < figures->n && !err; i++)
		for (j = 0; j < N_DRAWINGS && !err; j++)
			if (is_drawn(&figures->list[i], &drawings[j]))
				err = collect(&figures->list[i], &drawings[j], scratch, folder,
					      why);
	remove_scratch(figures, scratch);
	hold_end(&before);
	return err ? -1 : 0;
}
