// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"

static void text_setenv(const char *name, const char *text, size_t len)
{
	char value[256];

	snprintf(value, sizeof(value), "%.*s", (int)len, text);
	setenv(name, value, 1);
}

static void environment_set(const struct alert *alert, const struct view_row *row, double value)
{
	struct value name = field_get(FIELD_NAME, row);
	char number[64];

	snprintf(number, sizeof(number), "%.6g", value);
	setenv("IRQTOP_ALERT", alert->expression, 1);
	setenv("IRQTOP_COLUMN", fields[alert->field].key, 1);
	setenv("IRQTOP_VALUE", number, 1);
	text_setenv("IRQTOP_IRQ", row->text + row->data->label, row->data->label_len);
	text_setenv("IRQTOP_NAME", name.text ? name.text : "", name.len);
}

static void files_quiet(void)
{
	int fd = open("/dev/null", O_RDWR), to;

	for (to = STDIN_FILENO; fd >= 0 && to <= STDERR_FILENO; to++)
		dup2(fd, to);
}

int command_run(const char *command, const struct alert *alert, const struct view_row *row,
		double value, bool quiet)
{
	pid_t pid = fork();

	if (pid)
		return pid < 0 ? -1 : 0;
	if (quiet)
		files_quiet();
	/* An ignored signal would stay ignored in the command. */
	signal(SIGPIPE, SIG_DFL);
	environment_set(alert, row, value);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

void command_reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}
