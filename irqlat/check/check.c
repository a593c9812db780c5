// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat check: what on this system spoils latency measurements. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "irqlat/command.h"
#include "base/msg.h"
#include "base/opts.h"

struct check_config {
	const char *root;
	bool json;
};

static const struct opt options[] = {
	{ 0, "json", NULL, OPT_FLAG, .offset = offsetof(struct check_config, json),
	  .help = "print JSON instead of the text" },
	{ 0, "root", "DIR", OPT_STRING, .offset = offsetof(struct check_config, root),
	  .help = "look below DIR instead of /: another system's files" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "check",
	.arguments = "",
	.summary = "Say what on this system spoils a measurement of latency.",
	.options = options,
	.epilogue = "Exit status: 0 nothing does, 1 error, 2 something does.\n",
};

static int print_json(const struct finding *findings, size_t n)
{
	if (!check_print_json(findings, n))
		return 0;
	if (!ferror(stdout))
		msg_error("cannot write the output: %s", strerror(errno));
	return -1;
}

/**
 * cmd_check - irqlat check
 * @argc: arguments from "check" on
 * @argv: arguments
 *
 * Returns the exit status.
 */
int cmd_check(int argc, char **argv)
{
	struct check_config config = { .root = "" };
	struct finding findings[CHECKS_MAX];
	struct look look;
	size_t n;
	int operand, status = EXIT_OK;

	if (!opts_start(&command, argc, argv, &config, &operand, &status))
		return status;
	if (*config.root && access(config.root, X_OK)) {
		msg_error("--root: %s: %s", config.root, strerror(errno));
		return EXIT_ERROR;
	}
	look.root = config.root;
	sysinfo_collect(look.root, &look.info);
	cpubudget_read(look.root, &look.budget);
	for (n = 0; checks[n].name; n++) {
		findings[n].check = &checks[n];
		findings[n].verdict = checks[n].find(&look, findings[n].text);
		if (findings[n].verdict == VERDICT_SPOILS)
			status = EXIT_THRESHOLD;
	}
	if (!config.json)
		check_print_text(findings, n);
	else if (print_json(findings, n))
		return EXIT_ERROR;
	if (!look.info.unread[0])
		return status;
	/* What is unknown may spoil a measurement: it is not "nothing does". */
	msg_error("%s", look.info.unread);
	return status == EXIT_OK ? EXIT_ERROR : status;
}
