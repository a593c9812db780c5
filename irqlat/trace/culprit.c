// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace -a: who had the CPU while a chain took too long, for people. */

#include "stop.h"

#include <inttypes.h>
#include <string.h>

static void print_share(const char *indent, const char *label, uint64_t ns, uint64_t total,
			FILE *out)
{
	int width = 44 - (int)strlen(indent);

	fprintf(out, "%s%-*s %12.2f us (%.2f %%)\n", indent, width, label, (double)ns / 1000,
		total ? 100.0 * (double)ns / (double)total : 0);
}

/* Whether the function belongs to the recording of the stack, not to what was recorded. */
static bool is_tracing(const char *function)
{
	return function &&
	       (!strncmp(function, "trace_event_", 12) || !strncmp(function, "__traceiter_", 12));
}

static void print_stack(const struct symbols *symbols, const struct culprit_part *part, FILE *out)
{
	if (!part->n_stack)
		return;
	fputs("        Kernel stack when it gave up the CPU\n", out);
	for (size_t i = 0, own = 0; i < part->n_stack; i++) {
		const char *name = symbols ? symbols_find(symbols, part->stack[i]) : NULL;

		if (own == i && is_tracing(name)) {
			own++;
			continue;
		}
		if (name)
			fprintf(out, "                -> %s\n", name);
		else
			fprintf(out, "                -> 0x%" PRIx64 "\n", part->stack[i]);
	}
}

static void print_stage(const struct symbols *symbols, const struct culprit *c, int stage,
			uint64_t total, FILE *out)
{
	const struct chain_sample *s = &c->sample;
	size_t order[CULPRIT_PARTS_MAX], n = culprit_parts_of(c, stage, order);
	char label[CULPRIT_TEXT_BYTES];

	snprintf(label, sizeof(label), "%s, CPU %u:", chain_stages[stage].name,
		 chain_stage_cpu(s, stage));
	print_share("  ", label, s->ns[stage], total, out);
	for (size_t i = 0; i < n; i++) {
		const struct culprit_part *part = &c->parts[order[i]];

		print_share("      ", culprit_who_text(&part->who, label), part->ns[stage], total,
			    out);
		if (stage == CHAIN_STAGE_QUEUE && part->who.kind == TIMELINE_TASK &&
		    part->who.id != s->pid)
			print_stack(symbols, part, out);
	}
}

static int worst_stage(const struct chain_sample *s)
{
	int worst = 0;

	for (int stage = 1; stage < CHAIN_STAGE_PARTS; stage++) {
		if (s->ns[stage] > s->ns[worst])
			worst = stage;
	}
	return worst;
}

/**
 * trace_culprit_text - print who had the CPU, in the layout of rtla
 * @c: who had the CPU
 * @symbols: of the kernel; NULL: print addresses
 * @out: where to
 */
void trace_culprit_text(const struct culprit *c, const struct symbols *symbols, FILE *out)
{
	const struct chain_sample *s = &c->sample;
	uint64_t total = s->end_ns - s->start_ns;
	int worst = worst_stage(s);

	fprintf(out, "\n## CPU %u hit stop tracing, analyzing it ##\n", s->task_cpu);
	if (s->irq < 0)
		fprintf(out, "  Interrupt %s", event_irq_name(s->irq));
	else
		fprintf(out, "  Interrupt %d", s->irq);
	fprintf(out, " on CPU %u woke %s:%d at %.9f s\n", s->irq_cpu, s->comm, s->pid,
		(double)s->start_ns / 1e9);
	for (unsigned int i = 0; i < s->n_hops; i++)
		fprintf(out, "  Through %s:%d on CPU %u\n", s->hops[i].comm, s->hops[i].pid,
			s->hops[i].cpu);
	for (int i = 0; i < chain_n_stages(s); i++)
		print_stage(symbols, c, chain_stage_at(s, i), total, out);
	print_share("  ",
		    s->end == CHAIN_END_USER ? "IRQ to user latency:" : "IRQ to task latency:",
		    total, total, out);
	fprintf(out, "  Longest stage: %s (%s)\n", chain_stages[worst].name,
		chain_stages[worst].title);
	if (c->idle_before && s->stages >> CHAIN_STAGE_WAKE & 1)
		fprintf(out,
			"  CPU %u was idle: %.2f us of \"%s\" are the IPI and the exit from idle\n",
			s->task_cpu, (double)s->ns[CHAIN_STAGE_WAKE] / 1000,
			chain_stages[CHAIN_STAGE_WAKE].name);
	fputs("  Interrupts disabled: these events show it only within handlers\n", out);
}
