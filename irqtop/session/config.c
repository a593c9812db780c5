// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/msg.h"
#include "config.h"

void config_locate(char *path, size_t size)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	path[0] = '\0';
	if (xdg && xdg[0] == '/')
		snprintf(path, size, "%s/irqtop/config", xdg);
	else if (home && home[0])
		snprintf(path, size, "%s/.config/irqtop/config", home);
}

static const struct opt *saved_option(const struct opt_command *command, const char *name)
{
	const struct opt *o;

	for (o = command->options; o->name; o++)
		if (o->saved && !strcmp(o->name, name))
			return o;
	return NULL;
}

/* Splits "name = value # comment" in place. Returns the name, NULL when there is no '='. */
static char *setting_split(char *text, char **value)
{
	char *end;

	*value = strchr(text, '=');
	if (!*value)
		return NULL;
	*(*value)++ = '\0';
	*value += strspn(*value, " \t");
	for (end = *value + strlen(*value); end > *value && strchr(" \t\r", end[-1]);)
		*--end = '\0';
	text[strcspn(text, " \t")] = '\0';
	return text;
}

static int setting_store(char *text, const struct opt_command *command, uint64_t given,
			 void *options, struct why *why)
{
	const struct opt *o;
	char *name, *value;

	name = setting_split(text, &value);
	o = name ? saved_option(command, name) : NULL;
	if (!o)
		return why_set(why, "not understood");
	if (opts_given(command, given, o->offset))
		return 0;
	return opt_store(o, value, options, why);
}

/* A bad setting must not keep the user from the screen. */
void config_read(const char *path, const struct opt_command *command, uint64_t given, void *options)
{
	FILE *file = fopen(path, "re");
	char row[512], *text;
	struct why why;
	int number = 0;

	if (!file)
		return;
	while (fgets(row, sizeof(row), file)) {
		number++;
		row[strcspn(row, "#\n")] = '\0';
		text = row + strspn(row, " \t\r");
		if (*text && setting_store(text, command, given, options, &why))
			msg_error("%s:%d: %s, ignored", path, number, why.text);
	}
	fclose(file);
}

struct settings {
	const struct opt_command *command;
	const void *options;
};

/* The disk has them before the old file goes. */
static int settings_write(const void *what, FILE *file)
{
	const struct settings *settings = what;
	const struct opt *o;
	char value[512];

	fchmod(fileno(file), 0600);
	fprintf(file, "# irqtop wrote this; the names are those of its long options\n");
	for (o = settings->command->options; o->name; o++)
		if (o->saved && *opt_format(o, settings->options, value, sizeof(value)))
			fprintf(file, "%s = %s\n", o->name, value);
	return fflush(file) || fsync(fileno(file)) ? -1 : 0;
}

static void directories_make(const char *path)
{
	char part[4096];
	char *slash;

	snprintf(part, sizeof(part), "%s", path);
	for (slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(part, 0700); /* as the XDG specification says */
		*slash = '/';
	}
}

int config_write(const char *path, const struct opt_command *command, const void *options)
{
	const struct settings settings = { .command = command, .options = options };

	directories_make(path);
	return file_replace(path, settings_write, &settings) ? -errno : 0;
}
