// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq inject: interrupts for a self test of whoever reads a line. */

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "command.h"
#include "base/msg.h"
#include "target.h"

/* How long other readers may take to read one. */
#define PATIENCE_MS 2000

struct inject_config {
	uint64_t count;
};

static const struct opt options[] = { { 'n', "count", "N", OPT_U64,
					offsetof(struct inject_config, count), 1, UINT32_MAX,
					.help = "how many interrupts (1)" },
				      { 0 } };

static const struct opt_command command = {
	.name = "inject",
	.arguments = "LINE",
	.summary = "Makes interrupts of a line, for a self test of those who read it.",
	.options = options,
	.epilogue =
		"Device and interrupt controller are not touched. An interrupt masks the line, so\n"
		"each waits until all readers have read the one before. Readers with a device\n"
		"descriptor do not get them.\n",
};

/* Reads what was made, and comes back for more: this reader has tended it. */
static void catch_up(struct procirq *line)
{
	while (procirq_wait(line, 0) > 0 && procirq_read(line) > 0)
		;
}

static int inject_one(struct procirq *line)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int ms;

	for (ms = 0; procirq_inject(line, 1) < 0; ms++) {
		if (errno != EBUSY || ms >= PATIENCE_MS)
			return -1;
		catch_up(line);
		nanosleep(&pause, NULL);
	}
	catch_up(line);
	return 0;
}

int cmd_inject(int argc, char **argv)
{
	struct inject_config config = { .count = 1 };
	char why[PROCIRQ_EXPLAIN_BYTES], *name;
	struct procirq *line;
	uint64_t done = 0;
	int status;

	status = target_options(&command, argc, argv, &config, &name, 1, 1);
	if (status != OPTS_OK)
		return status == OPTS_HELP ? EXIT_OK : EXIT_ERROR;
	line = target_open(name, 0);
	if (!line)
		return EXIT_ERROR;
	while (done < config.count && !inject_one(line))
		done++;
	if (done < config.count) {
		if (errno == EBUSY)
			snprintf(why, sizeof(why),
				 "/proc/irq/%u/irq: masked for %d ms: another reader does not read",
				 procirq_irq(line), PATIENCE_MS);
		else
			procirq_explain(procirq_irq(line), errno, why, sizeof(why));
		msg_error("%s (%llu of %llu interrupts made)", why, (unsigned long long)done,
			  (unsigned long long)config.count);
		status = EXIT_ERROR;
	} else {
		printf("line %u: %llu interrupts made\n", procirq_irq(line),
		       (unsigned long long)done);
	}
	procirq_close(line);
	return status;
}
