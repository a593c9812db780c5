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
	uint64_t spin_ns;    /* longest busy-waiting; 0 for what the module has */
	bool records;
	bool json;
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
	{ .letter = 's',
	  .name = "spin",
	  .arg = "TIME",
	  .type = OPT_DURATION,
	  .offset = offsetof(struct wait_config, spin_ns),
	  .min = 1,
	  .max = PROCIRQ_SPIN_MAX_NS,
	  .help = "busy-wait for up to TIME before sleeping (100us), and print the counts" },
	{ .letter = 'j',
	  .name = "json",
	  .type = OPT_FLAG,
	  .offset = offsetof(struct wait_config, json),
	  .help = "print a JSON object a row" },
	{ .name = NULL },
};

static const struct opt_command command = {
	.name = "wait",
	.arguments = "LINE",
	.summary = "Waits for interrupts, and prints a row each time some have come.",
	.options = options,
	.epilogue =
		"LINE is a number, the name of an action in /proc/interrupts, a PCI device or a\n"
		"vector of it (0000:00:04.0/3), platform:NAME, platform:NAME/INTERRUPT or irqgen:L.\n"
		"Exit status: 0 all rows were printed, 1 an error, 124 the time ran out.\n"
		"If it did, and FILE is given, the device is asked: that its interrupts do not reach\n"
		"the kernel is an error.\n",
};

/* Reads until a time; 0 for no limit. Returns as procirq_read_timeout() does. */
static int read_until(struct procirq *line, struct procirq_event *event, uint64_t until_ns)
{
	uint64_t now_ns = clock_ns(), left_ms;
	int n;

	if (!until_ns)
		return procirq_read_timeout(line, event, -1);
	do {
		left_ms = until_ns > now_ns ? (until_ns - now_ns + 999999) / 1000000 : 0;
		n = procirq_read_timeout(line, event, left_ms > 1000000 ? 1000000 : (int)left_ms);
		now_ns = clock_ns();
	} while (!n && now_ns < until_ns);
	return n;
}

/* The program at the other end of a pipe gets the row now. */
static void end_row(void)
{
	printf("\n");
	fflush(stdout);
}

/* Prints @row, which it frees, and "irq" and "schema" in front. */
static void print_json(const struct procirq *line, json_t *row)
{
	json_t *object =
		json_pack("{s:s, s:i}", "schema", "procirq-wait/1", "irq", procirq_irq(line));

	json_object_update(object, row);
	json_decref(row);
	jsonio_write(object, JSON_COMPACT, stdout);
	fflush(stdout);
}

static void print_event(const struct procirq *line, const struct wait_config *config,
			const struct procirq_event *event)
{
	if (config->json) {
		print_json(line,
			   json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "count",
				     (json_int_t)event->count, "status", (json_int_t)event->status,
				     "seq", (json_int_t)event->seq, "first_ns",
				     (json_int_t)event->first_ns, "last_ns",
				     (json_int_t)event->last_ns, "lost", (json_int_t)event->lost));
		return;
	}
	printf("irq=%u count=%u", procirq_irq(line), event->count);
	if (config->device || config->records)
		printf(" status=0x%x", event->status);
	if (config->records)
		printf(" seq=%llu first_ns=%llu last_ns=%llu lost=%llu", event->seq,
		       event->first_ns, event->last_ns, event->lost);
	end_row();
}

static void print_timeout(const struct procirq *line, const struct wait_config *config, bool stuck)
{
	if (config->json)
		print_json(line, json_pack("{s:i, s:b, s:b}", "count", 0, "timeout", true, "stuck",
					   stuck));
}

static void print_spin(struct procirq *line, const struct wait_config *config)
{
	struct procirq_spin spin;

	if (!config->spin_ns || procirq_get_spin(line, &spin))
		return;
	if (config->json) {
		print_json(line,
			   json_pack("{s:{s:I, s:I, s:I, s:I, s:I}}", "spin", "max_ns",
				     (json_int_t)spin.max_ns, "window_ns",
				     (json_int_t)spin.window_ns, "spins", (json_int_t)spin.spins,
				     "caught", (json_int_t)spin.caught, "spun_ns",
				     (json_int_t)spin.spun_ns));
		return;
	}
	printf("irq=%u max_ns=%llu window_ns=%llu spins=%llu caught=%llu spun_ns=%llu",
	       procirq_irq(line), spin.max_ns, spin.window_ns, spin.spins, spin.caught,
	       spin.spun_ns);
	end_row();
}

/* Returns EXIT_OK, EXIT_TIMEOUT, or EXIT_ERROR with @why set. */
static int wait_loop(struct procirq *line, const struct wait_config *config,
		     char why[PROCIRQ_EXPLAIN_BYTES])
{
	uint64_t until_ns = config->timeout_ns ? clock_ns() + config->timeout_ns : 0;
	struct procirq_event event;
	bool stuck;
	uint64_t i;
	int n;

	if (config->spin_ns && procirq_set_spin(line, config->spin_ns)) {
		procirq_explain(procirq_irq(line), errno, why, PROCIRQ_EXPLAIN_BYTES);
		return EXIT_ERROR;
	}
	for (i = 0; !config->count || i < config->count; i++) {
		n = read_until(line, &event, until_ns);
		stuck = n < 0 && errno == EREMOTEIO;
		if (n < 0)
			procirq_explain(procirq_irq(line), errno, why, PROCIRQ_EXPLAIN_BYTES);
		if (!n || stuck)
			print_timeout(line, config, stuck);
		if (n <= 0) {
			print_spin(line, config);
			return n ? EXIT_ERROR : EXIT_TIMEOUT;
		}
		print_event(line, config, &event);
		/* commands_main() reports the error. */
		if (ferror(stdout))
			return EXIT_OK;
	}
	print_spin(line, config);
	return EXIT_OK;
}

int cmd_wait(int argc, char **argv)
{
	struct wait_config config = { .count = 1 };
	char why[PROCIRQ_EXPLAIN_BYTES], device[PROCIRQ_DEVICE_BYTES], *name;
	struct procirq_descriptor descriptor;
	struct procirq *line;
	int status;

	if (!command_start(&command, argc, argv, &config, &name, 1, 1, &status))
		return status;
	/* If a device names the line, the descriptor is for that device. */
	if (config.device &&
	    procirq_descriptor_load(&descriptor, config.device,
				    command_device(name, device) ? device : NULL, why, sizeof(why)))
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
