// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq wait: interrupts for shell scripts. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "base/clock.h"
#include "base/msg.h"
#include "target.h"

struct wait_config {
	const char *device; /* file with the descriptor, or NULL */
	uint64_t count;
	uint64_t timeout_ns; /* 0: for ever */
	bool records;
};

static const struct opt options[] = {
	{ 'd', "device", "FILE", OPT_STRING, offsetof(struct wait_config, device),
	  .help = "share the line: FILE describes the device (procirq-device(5))" },
	{ 'n', "count", "N", OPT_U64, offsetof(struct wait_config, count), 0, UINT64_MAX,
	  .help = "end after so many lines of text (1); 0: never" },
	{ 't', "timeout", "S", OPT_SECONDS, offsetof(struct wait_config, timeout_ns), 1,
	  UINT64_C(1000000000) * 86400 * 365, .help = "give up after so many seconds in all" },
	{ 'r', "records", NULL, OPT_FLAG, offsetof(struct wait_config, records),
	  .help = "print sequence number, times and status word too" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "wait",
	.arguments = "LINE",
	.summary = "Waits for interrupts and prints one line of text for each time they come.",
	.options = options,
	.epilogue =
		"LINE is a number, the name of an action in /proc/interrupts, a PCI address or\n"
		"irqgen:L. Exit status: 0 they came, 1 an error, 124 the time ran out.\n",
};

/* As procirq_wait(), until a time; 0: for ever. */
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
	/* Whoever reads this from a pipe acts on it now. */
	fflush(stdout);
}

static int wait_loop(struct procirq *line, const struct wait_config *config)
{
	uint64_t until_ns = config->timeout_ns ? clock_ns() + config->timeout_ns : 0;
	struct procirq_event event;
	char why[PROCIRQ_EXPLAIN_BYTES];
	uint64_t n;
	int ready;

	for (n = 0; !config->count || n < config->count; n++) {
		ready = wait_until(line, until_ns);
		if (!ready)
			return EXIT_TIMEOUT;
		/* Also where waiting failed: reading knows the reason. */
		if (procirq_read_record(line, &event)) {
			procirq_explain(procirq_irq(line), errno, why, sizeof(why));
			msg_error("%s", why);
			return EXIT_ERROR;
		}
		print_event(line, config, &event);
		if (ferror(stdout))
			return EXIT_ERROR;
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

	status = target_options(&command, argc, argv, &config, &name, 1, 1);
	if (status != OPTS_OK)
		return status == OPTS_HELP ? EXIT_OK : EXIT_ERROR;
	/* A line named by its device says which device the file is about. */
	if (config.device &&
	    procirq_descriptor_load(&descriptor, config.device,
				    procirq_pci_find(name, address) ? NULL : address, why,
				    sizeof(why))) {
		msg_error("%s", why);
		return EXIT_ERROR;
	}
	line = target_open(name, PROCIRQ_FLAG_RECORDS);
	if (!line)
		return EXIT_ERROR;
	if (config.device && target_describe(line, &descriptor))
		status = EXIT_ERROR;
	else
		status = wait_loop(line, &config);
	procirq_close(line);
	return status;
}
