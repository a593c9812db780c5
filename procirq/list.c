// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq list: lines and their readers. */

#include <errno.h>
#include <string.h>

#include "command.h"
#include "listing.h"

struct list_config {
	bool json;
};

static const struct opt options[] = {
	{ .letter = 'j',
	  .name = "json",
	  .type = OPT_FLAG,
	  .offset = offsetof(struct list_config, json),
	  .help = "print JSON" },
	{ .name = NULL },
};

static const struct opt_command command = {
	.name = "list",
	.arguments = "",
	.summary =
		"Shows the lines of devices that procirq bind has bound, and lines that have readers.",
	.options = options,
	.epilogue =
		"Counts and readers, which only root may know, are \"?\" for others, and null in\n"
		"JSON.\n",
};

int cmd_list(int argc, char **argv)
{
	struct list_config config = { 0 };
	struct listing listing = { 0 };
	int status = EXIT_OK;

	if (!command_start(&command, argc, argv, &config, NULL, 0, 0, &status))
		return status;
	if (listing_collect(&listing))
		status = command_fail(
			errno == ENOENT ?
				"the procirq module is not loaded; run: modprobe procirq" :
				strerror(errno));
	else if (config.json)
		status = command_print_json(listing_json(&listing));
	else
		listing_print(&listing);
	listing_free(&listing);
	return status;
}
