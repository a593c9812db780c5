// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq inject: makes interrupts, for a self test of the programs that read a line. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "command.h"

/* How long other readers may take to read an interrupt. */
#define PATIENCE_MS 2000

struct inject_config {
	uint64_t count;
};

static const struct opt options[] = {
	{ .letter = 'n',
	  .name = "count",
	  .arg = "N",
	  .type = OPT_U64,
	  .offset = offsetof(struct inject_config, count),
	  .min = 1,
	  .max = UINT32_MAX,
	  .help = "make N interrupts (1)" },
	{ .name = NULL },
};

static const struct opt_command command = {
	.name = "inject",
	.arguments = "LINE",
	.summary = "Makes interrupts on a line, for a self test of the programs that read it.",
	.options = options,
	.epilogue =
		"Does not access the device or the interrupt controller. An interrupt masks the\n"
		"line, so each has to wait until all readers have read the one before. Readers\n"
		"with a device descriptor do not get them.\n",
};

/* Reads until nothing is pending, so that this reader does not keep the line masked. */
static void catch_up(struct procirq *line)
{
	while (procirq_wait(line, 0) > 0 && procirq_read(line) > 0)
		;
}

/* Returns 0, or -1 with errno. */
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

static void explain(const struct procirq *line, char why[PROCIRQ_EXPLAIN_BYTES])
{
	if (errno == EBUSY)
		snprintf(why, PROCIRQ_EXPLAIN_BYTES,
			 "/proc/irq/%u/irq: masked for %d ms: another reader does not read",
			 procirq_irq(line), PATIENCE_MS);
	else
		procirq_explain(procirq_irq(line), errno, why, PROCIRQ_EXPLAIN_BYTES);
}

int cmd_inject(int argc, char **argv)
{
	struct inject_config config = { .count = 1 };
	char why[PROCIRQ_EXPLAIN_BYTES], *name;
	struct procirq *line;
	uint64_t done = 0;
	int status;

	if (!command_start(&command, argc, argv, &config, &name, 1, 1, &status))
		return status;
	line = command_open(name, 0, why);
	if (!line)
		return command_fail(why);
	while (done < config.count && !inject_one(line))
		done++;
	if (done < config.count) {
		explain(line, why);
		msg_error("%s (%" PRIu64 " of %" PRIu64 " interrupts made)", why, done,
			  config.count);
		status = EXIT_ERROR;
	} else {
		printf("line %u: %" PRIu64 " interrupts made\n", procirq_irq(line), done);
		status = EXIT_OK;
	}
	procirq_close(line);
	return status;
}
