// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq info: the state of one line. */

#include <errno.h>
#include <stdio.h>

#include "command.h"

struct info_config {
	bool json;
};

static const struct opt options[] = {
	{ .letter = 'j',
	  .name = "json",
	  .type = OPT_FLAG,
	  .offset = offsetof(struct info_config, json),
	  .help = "print JSON" },
	{ .name = NULL },
};

static const struct opt_command command = {
	.name = "info",
	.arguments = "LINE",
	.summary = "Opens a line as another reader, and shows its state and its counts.",
	.options = options,
};

static const struct {
	unsigned int bit;
	const char *name;
} states[] = {
	{ .bit = PROCIRQ_STATE_MASKED, .name = "masked" },
	{ .bit = PROCIRQ_STATE_HELD, .name = "held" },
	{ .bit = PROCIRQ_STATE_SHARED, .name = "shared" },
	{ .bit = PROCIRQ_STATE_LEVEL, .name = "level" },
	{ .bit = PROCIRQ_STATE_MSI, .name = "msi" },
	{ .bit = PROCIRQ_STATE_THREADED, .name = "threaded" },
	{ .bit = PROCIRQ_STATE_FLOW, .name = "flow" },
	{ .bit = PROCIRQ_STATE_STORM, .name = "storm" },
};
#define N_STATES (sizeof(states) / sizeof(states[0]))

/* The name of an IRQ_TYPE_* of the kernel's include/linux/irq.h. */
static const char *trigger_name(unsigned int trigger)
{
	switch (trigger) {
	case 0:
		return "unknown";
	case 1:
		return "rising";
	case 2:
		return "falling";
	case 3:
		return "both-edges";
	case 4:
		return "level-high";
	case 8:
		return "level-low";
	default:
		return "other";
	}
}

static void print_text(const struct procirq_info *info, const char *holders)
{
	size_t i;

	printf("irq:       %u\n", info->irq);
	printf("version:   %u\n", info->version);
	printf("chip:      %.32s, interrupt %llu\n", info->chip, (unsigned long long)info->hwirq);
	printf("trigger:   %s\n", trigger_name(info->trigger));
	printf("state:    ");
	for (i = 0; i < N_STATES; i++)
		if (info->state & states[i].bit)
			printf(" %s", states[i].name);
	printf("\nhandlers:  %s\n", holders);
	printf("readers:   %u\n", info->readers - 1);
	printf("taken:     %llu\n", (unsigned long long)info->taken);
	printf("injected:  %llu\n", (unsigned long long)info->injected);
	printf("storms:    %llu\n", (unsigned long long)info->storms);
}

/* Returns the report for jsonio_write(). */
static json_t *info_json(const struct procirq_info *info, const char *holders)
{
	json_t *state;
	size_t i;

	jsonio_begin();
	state = json_array();

	for (i = 0; i < N_STATES; i++)
		if (info->state & states[i].bit)
			json_array_append_new(state, json_string(states[i].name));
	return json_pack("{s:s, s:i, s:i, s:s, s:I, s:s, s:o, s:o, s:i, s:I, s:I, s:I}", "schema",
			 "procirq-info/1", "irq", info->irq, "version", info->version, "chip",
			 info->chip, "hwirq", (json_int_t)info->hwirq, "trigger",
			 trigger_name(info->trigger), "state", state, "handlers",
			 jsonio_text(holders), "readers", info->readers - 1, "taken",
			 (json_int_t)info->taken, "injected", (json_int_t)info->injected, "storms",
			 (json_int_t)info->storms);
}

int cmd_info(int argc, char **argv)
{
	struct info_config config = { 0 };
	char why[PROCIRQ_EXPLAIN_BYTES], holders[4096] = "", *name;
	struct procirq_info info;
	struct procirq *line;
	int status;

	if (!command_start(&command, argc, argv, &config, &name, 1, 1, &status))
		return status;
	line = command_open(name, 0, why);
	if (!line)
		return command_fail(why);
	if (procirq_get_info(line, &info)) {
		procirq_explain(procirq_irq(line), errno, why, sizeof(why));
		procirq_close(line);
		return command_fail(why);
	}
	procirq_holders(info.irq, holders, sizeof(holders));
	procirq_close(line);
	if (config.json)
		return command_print_json(info_json(&info, holders));
	print_text(&info, holders);
	return EXIT_OK;
}
