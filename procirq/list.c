// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq list: the command. */

#include <errno.h>
#include <string.h>

#include "command.h"
#include "listing.h"
#include "base/msg.h"
#include "target.h"

struct list_config {
	bool json;
};

static const struct opt options[] = { { 'j', "json", NULL, OPT_FLAG,
					offsetof(struct list_config, json), .help = "print JSON" },
				      { 0 } };

static const struct opt_command command = {
	.name = "list",
	.arguments = "",
	.summary = "Shows the lines of devices bound to procirq-pci, and lines that have readers.",
	.options = options,
	.epilogue = "What only root may know (counts, readers) is \"?\", null in JSON.\n",
};

int cmd_list(int argc, char **argv)
{
	struct list_config config = { 0 };
	struct listing listing = { 0 };
	int status;

	status = target_options(&command, argc, argv, &config, NULL, 0, 0);
	if (status != OPTS_OK)
		return status == OPTS_HELP ? EXIT_OK : EXIT_ERROR;
	status = EXIT_OK;
	if (listing_collect(&listing)) {
		if (errno == ENOENT)
			msg_error("the procirq module is not loaded; run: modprobe procirq");
		else
			msg_error("%s", strerror(errno));
		status = EXIT_ERROR;
	} else if (!config.json) {
		listing_print(&listing);
	} else if (listing_print_json(&listing)) {
		msg_error("out of memory, or the output cannot be written");
		status = EXIT_ERROR;
	}
	listing_free(&listing);
	return status;
}
