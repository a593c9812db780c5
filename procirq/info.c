// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq info: the state of one line. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounting.h"
#include "base/array.h"
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
/* A driver of the chip may not have said which, and still handle it as a level. */
static const char *trigger_name(const struct procirq_info *info)
{
	switch (info->trigger) {
	case 0:
		return info->state & PROCIRQ_STATE_LEVEL ? "level" : "unknown";
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

/**
 * struct spinners - the line's readers that busy-wait, or have
 * @irq: the line
 * @default_ns: how long a reader that opens now would, ns
 * @rows: of the module's file "readers"
 * @n: number of @rows
 * @room: number for which there is room
 */
struct spinners {
	uint64_t irq;
	uint64_t default_ns;
	struct accounting_row *rows;
	size_t n;
	size_t room;
};

static int add_spinner(void *arg, const struct accounting_row *row)
{
	struct spinners *spinners = arg;

	if (row->irq != spinners->irq || (!row->spin_ns && !row->spins))
		return 0;
	if (array_reserve(&spinners->rows, &spinners->room, spinners->n + 1, sizeof(*row)))
		return -1;
	spinners->rows[spinners->n++] = *row;
	return 0;
}

static void print_spinners(const struct spinners *spinners)
{
	const struct accounting_row *row;
	size_t i;

	printf("spin:      %" PRIu64 " ns\n", spinners->default_ns);
	for (i = 0; i < spinners->n; i++) {
		row = &spinners->rows[i];
		printf("spins:     pid %" PRIu64 " (%s): up to %" PRIu64 " ns, now %" PRIu64
		       " ns; %" PRIu64 " times, %" PRIu64 " caught, %" PRIu64 " ns\n",
		       row->pid, row->comm, row->spin_ns, row->window_ns, row->spins, row->caught,
		       row->spun_ns);
	}
}

static void print_text(const struct procirq_info *info, const char *holders,
		       const struct spinners *spinners)
{
	size_t i;

	printf("irq:       %u\n", info->irq);
	printf("version:   %u\n", info->version);
	printf("chip:      %.32s, interrupt %llu\n", info->chip, (unsigned long long)info->hwirq);
	printf("trigger:   %s\n", trigger_name(info));
	printf("state:    ");
	for (i = 0; i < N_STATES; i++)
		if (info->state & states[i].bit)
			printf(" %s", states[i].name);
	printf("\nhandlers:  %s\n", holders);
	printf("readers:   %u\n", info->readers - 1);
	printf("taken:     %llu\n", (unsigned long long)info->taken);
	printf("injected:  %llu\n", (unsigned long long)info->injected);
	printf("storms:    %llu\n", (unsigned long long)info->storms);
	print_spinners(spinners);
}

static json_t *spinners_json(const struct spinners *spinners)
{
	json_t *array = json_array();
	const struct accounting_row *row;
	size_t i;

	for (i = 0; i < spinners->n; i++) {
		row = &spinners->rows[i];
		json_array_append_new(array, json_pack("{s:I, s:o, s:I, s:I, s:I, s:I, s:I}", "pid",
						       (json_int_t)row->pid, "comm",
						       jsonio_text(row->comm), "max_ns",
						       (json_int_t)row->spin_ns, "window_ns",
						       (json_int_t)row->window_ns, "spins",
						       (json_int_t)row->spins, "caught",
						       (json_int_t)row->caught, "spun_ns",
						       (json_int_t)row->spun_ns));
	}
	return array;
}

/* Returns the report for jsonio_write(). */
static json_t *info_json(const struct procirq_info *info, const char *holders,
			 const struct spinners *spinners)
{
	json_t *state;
	size_t i;

	jsonio_begin();
	state = json_array();

	for (i = 0; i < N_STATES; i++)
		if (info->state & states[i].bit)
			json_array_append_new(state, json_string(states[i].name));
	return json_pack("{s:s, s:i, s:i, s:s, s:I, s:s, s:o, s:o, s:i, s:I, s:I, s:I, s:I, s:o}",
			 "schema", "procirq-info/1", "irq", info->irq, "version", info->version,
			 "chip", info->chip, "hwirq", (json_int_t)info->hwirq, "trigger",
			 trigger_name(info), "state", state, "handlers", jsonio_text(holders),
			 "readers", info->readers - 1, "taken", (json_int_t)info->taken, "injected",
			 (json_int_t)info->injected, "storms", (json_int_t)info->storms, "spin_ns",
			 (json_int_t)spinners->default_ns, "spinners", spinners_json(spinners));
}

int cmd_info(int argc, char **argv)
{
	struct info_config config = { 0 };
	char why[PROCIRQ_EXPLAIN_BYTES], holders[4096] = "", *name;
	struct spinners spinners = { 0 };
	struct procirq_info info;
	struct procirq_spin spin;
	struct procirq *line;
	int status = EXIT_OK;

	if (!command_start(&command, argc, argv, &config, &name, 1, 1, &status))
		return status;
	line = command_open(name, 0, why);
	if (!line)
		return command_fail(why);
	if (procirq_get_info(line, &info) || procirq_get_spin(line, &spin)) {
		procirq_explain(procirq_irq(line), errno, why, sizeof(why));
		procirq_close(line);
		return command_fail(why);
	}
	procirq_holders(info.irq, holders, sizeof(holders));
	procirq_close(line);
	spinners.irq = info.irq;
	spinners.default_ns = spin.max_ns;
	if (accounting_read(ACCOUNTING_FOLDER "/readers", add_spinner, &spinners))
		msg_warning(ACCOUNTING_FOLDER "/readers: %s", strerror(errno));
	if (config.json)
		status = command_print_json(info_json(&info, holders, &spinners));
	else
		print_text(&info, holders, &spinners);
	free(spinners.rows);
	return status;
}
