// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq wait: waits for interrupts, for shell scripts. */

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "command.h"

struct wait_config {
	const char *device;  /* file with a device descriptor, or NULL */
	uint64_t count;	     /* rows to print; 0 for no limit */
	uint64_t timeout_ns; /* 0 for no limit */
	bool records;
};

static const struct opt options[] = {
	{ .letter = 'd',
	  .name = "device",
	  .arg = "FILE",
	  .type = OPT_STRING,
	  .offset = offsetof(struct wait_config, device),
	  .help = "share the line: FILE describes the device (procirq-device(5))" },
	{ .letter = 'n',
	  .name = "count",
	  .arg = "N",
	  .type = OPT_U64,
	  .offset = offsetof(struct wait_config, count),
	  .max = UINT64_MAX,
	  .help = "end after N rows (1); 0 to go on for ever" },
	{ .letter = 't',
	  .name = "timeout",
	  .arg = "S",
	  .type = OPT_SECONDS,
	  .offset = offsetof(struct wait_config, timeout_ns),
	  .min = 1,
	  .max = NSEC_PER_SEC * 86400 * 365,
	  .help = "end after S seconds in all" },
	{ .letter = 'r',
	  .name = "records",
	  .type = OPT_FLAG,
	  .offset = offsetof(struct wait_config, records),
	  .help = "print status word, sequence number, times and lost times too" },
	{ .name = NULL },
};

static const struct opt_command command = {
	.name = "wait",
	.arguments = "LINE",
	.summary = "Waits for interrupts, and prints a row each time some have come.",
	.options = options,
	.epilogue =
		"LINE is a number, the name of an action in /proc/interrupts, a PCI address or\n"
		"irqgen:L. Exit status: 0 all rows were printed, 1 an error, 124 the time ran out.\n",
};

/* Waits until a time; 0 for no limit. Returns as procirq_wait() does. */
static int wait_until(struct procirq *line, uint64_t until_ns)
{
	uint64_t now_ns = clock_ns(), left_ms;
	int ready;

	if (!until_ns)
		return procirq_wait(line, -1);
	do {
		left_ms = until_ns > now_ns ? (until_ns - now_ns + 999999) / 1000000 : 0;
		ready = procirq_wait(line, left_ms > 1000000 ? 1000000 : (int)left_ms);
		now_ns = clock_ns();
	} while (!ready && now_ns < until_ns);
	return ready;
}

static void print_event(const struct procirq *line, const struct wait_config *config,
			const struct procirq_event *event)
{
	printf("irq=%u count=%u", procirq_irq(line), event->count);
	if (config->device || config->records)
		printf(" status=0x%x", event->status);
	if (config->records)
		printf(" seq=%llu first_ns=%llu last_ns=%llu lost=%llu", event->seq,
		       event->first_ns, event->last_ns, event->lost);
	printf("\n");
	/* The program at the other end of a pipe gets the row now. */
	fflush(stdout);
}

/* Returns EXIT_OK, EXIT_TIMEOUT, or EXIT_ERROR with @why set. */
static int wait_loop(struct procirq *line, const struct wait_config *config,
		     char why[PROCIRQ_EXPLAIN_BYTES])
{
	uint64_t until_ns = config->timeout_ns ? clock_ns() + config->timeout_ns : 0;
	struct procirq_event event;
	uint64_t n;
	int ready;

	for (n = 0; !config->count || n < config->count; n++) {
		ready = wait_until(line, until_ns);
		if (!ready)
			return EXIT_TIMEOUT;
		/* Read also if waiting failed: the read gives the reason. */
		if (procirq_read_record(line, &event)) {
			procirq_explain(procirq_irq(line), errno, why, PROCIRQ_EXPLAIN_BYTES);
			return EXIT_ERROR;
		}
		print_event(line, config, &event);
		/* commands_main() reports the error. */
		if (ferror(stdout))
			return EXIT_OK;
	}
	return EXIT_OK;
}

int cmd_wait(int argc, char **argv)
{
	struct wait_config config = { .count = 1 };
	char why[PROCIRQ_EXPLAIN_BYTES], address[PROCIRQ_PCI_BYTES], *name;
	struct procirq_descriptor descriptor;
	struct procirq *line;
	int status;

	if (!command_start(&command, argc, argv, &config, &name, 1, 1, &status))
		return status;
	/* If a device names the line, the descriptor is for that device. */
	if (config.device &&
	    procirq_descriptor_load(&descriptor, config.device,
				    procirq_pci_find(name, address) ? NULL : address, why,
				    sizeof(why)))
		return command_fail(why);
	line = command_open(name, PROCIRQ_FLAG_RECORDS, why);
	if (!line)
		return command_fail(why);
	if (config.device && command_describe(line, &descriptor, why))
		status = EXIT_ERROR;
	else
		status = wait_loop(line, &config, why);
	procirq_close(line);
	return status == EXIT_ERROR ? command_fail(why) : status;
}
