// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat explain: for people. */

#include <inttypes.h>
#include <string.h>

#include "trace.h"

/* Causes of a tail that have a row of their own. */
#define GROUPS_SHOWN 6
/* Parts of a stage that a single chain shows. */
#define PARTS_SHOWN 3
/* A stage or part below this share of the chain explains nothing. */
#define SHARE_SHOWN 0.02

static const char *time_text(const struct trace_run *run, uint64_t ns, char text[32])
{
	if (run->config->nanoseconds)
		snprintf(text, 32, "%" PRIu64 " ns", ns);
	else
		snprintf(text, 32, "%.2f us", (double)ns / 1000);
	return text;
}

static void print_irq(int32_t irq, const char *name, FILE *out)
{
	if (irq < 0)
		fprintf(out, "interrupt %s", name);
	else
		fprintf(out, "interrupt %d %s", irq, name);
}

static const char *cause_text(const struct worst_chain *chain, char text[CULPRIT_TEXT_BYTES])
{
	return culprit_cause_text(&chain->cause, &chain->sample, text);
}

static void print_max(const struct trace_run *run, const struct worst_line *line, FILE *out)
{
	const struct worst_chain *max = &line->tail[0];
	char total[32], part[32], text[CULPRIT_TEXT_BYTES];

	fprintf(out,
		"  max %s at %.6f s: CPU %u took it, woke %s:%d on CPU %u; %s for %s in \"%s\"\n",
		time_text(run, max->ns, total), (double)max->sample.start_ns / 1e9,
		max->sample.irq_cpu, max->sample.comm, max->sample.pid, max->sample.task_cpu,
		cause_text(max, text), time_text(run, max->cause.ns, part),
		chain_stages[max->cause.stage].name);
}

/* What a group has in common; tasks of one name may be several. */
const char *trace_explain_cause(const struct worst_group *group, char text[CULPRIT_TEXT_BYTES])
{
	struct worst_chain chain = *group->chain;
	char *pid;

	cause_text(&chain, text);
	if (chain.cause.who.kind != TIMELINE_TASK)
		return text;
	/* "rcuop/6:45 held the CPU": without the PID */
	pid = strstr(text, chain.cause.who.name);
	pid = pid ? pid + strlen(chain.cause.who.name) : NULL;
	if (pid && *pid == ':')
		memmove(pid, pid + 1 + strspn(pid + 1, "0123456789"),
			strlen(pid + 1 + strspn(pid + 1, "0123456789")) + 1);
	return text;
}

static void print_line(const struct trace_run *run, const struct worst_line *line, FILE *out)
{
	struct worst_share share = worst_share(line);
	struct worst_group groups[WORST_GROUPS_MAX];
	size_t n = worst_groups(line, &share, groups), shown = 0, rest = share.n;
	char text[CULPRIT_TEXT_BYTES], from[32];

	print_irq(line->irq, line->name, out);
	fprintf(out, ": %" PRIu64 " chains\n", line->total.n);
	print_max(run, line, out);
	if (strcmp(share.label, "worst"))
		fprintf(out, "  beyond %s: %zu chains of %s or more\n", share.label, share.n,
			time_text(run, share.from_ns, from));
	else
		fprintf(out, "  the worst %zu: %s or more\n", share.n,
			time_text(run, share.from_ns, from));
	for (; shown < n && shown < GROUPS_SHOWN; shown++) {
		const struct worst_group *g = &groups[shown];

		rest -= g->n;
		fprintf(out, "    %3.0f %%  %s, in \"%s\"; %.0f %% of their time\n",
			100.0 * (double)g->n / (double)share.n, trace_explain_cause(g, text),
			chain_stages[g->chain->cause.stage].name,
			100.0 * (double)g->ns / (double)share.ns);
	}
	if (rest)
		fprintf(out, "    %3.0f %%  %zu other causes\n",
			100.0 * (double)rest / (double)share.n, n - shown);
	fputc('\n', out);
}

static void print_stage(const struct trace_run *run, const struct culprit *c, int stage, FILE *out)
{
	size_t order[CULPRIT_PARTS_MAX], n = culprit_parts_of(c, stage, order);
	double total = (double)(c->sample.end_ns - c->sample.start_ns);
	char text[CULPRIT_TEXT_BYTES], time[32];

	if ((double)c->sample.ns[stage] < SHARE_SHOWN * total)
		return;
	fprintf(out, "    %-13s %12s on CPU %u:", chain_stages[stage].name,
		time_text(run, c->sample.ns[stage], time),
		chain_stage_cpu(&c->sample, (enum chain_stage)stage));
	for (size_t i = 0; i < n && i < PARTS_SHOWN; i++) {
		const struct culprit_part *part = &c->parts[order[i]];

		if (i && (double)part->ns[stage] < SHARE_SHOWN * total)
			break;
		fprintf(out, "%s %s %s", i ? "," : "", culprit_who_text(&part->who, text),
			time_text(run, part->ns[stage], time));
	}
	fputc('\n', out);
}

static void print_hop(const struct trace_run *run, const struct chain_hop *hop, FILE *out)
{
	char wake[32], queue[32], ran[32];

	fprintf(out, "    through %s:%d on CPU %u: woken in %s, waited %s, ran %s\n", hop->comm,
		hop->pid, hop->cpu, time_text(run, hop->wake_ns, wake),
		time_text(run, hop->queue_ns, queue), time_text(run, hop->run_ns, ran));
}

static void print_chain(const struct trace_run *run, size_t i, FILE *out)
{
	const struct culprit *c = &run->worst->top[i]->culprit;
	const struct chain_sample *s = &c->sample;
	const struct stats_row *row = s->row;
	char time[32];

	fprintf(out, "%3zu. %s at %.6f s: ", i + 1, time_text(run, s->end_ns - s->start_ns, time),
		(double)s->start_ns / 1e9);
	print_irq(s->irq, row->name, out);
	fprintf(out, " woke %s:%d%s\n", s->comm, s->pid,
		s->end == CHAIN_END_USER ? ", up to user space" : "");
	for (unsigned int k = 0; k < s->n_hops; k++)
		print_hop(run, &s->hops[k], out);
	for (int k = 0; k < chain_n_stages(s); k++)
		print_stage(run, c, chain_stage_at(s, k), out);
}

/**
 * trace_explain_text - print who made the longest chains late
 * @run: finished; its rows still exist
 * @out: where to
 */
void trace_explain_text(const struct trace_run *run, FILE *out)
{
	const struct worst *worst = run->worst;

	fprintf(out, "%.3f s, %" PRIu64 " events%s\n\n",
		(double)(run->ended_ns - run->started_ns) / 1e9, run->counts.events,
		run->interrupted ? ", interrupted" : "");
	if (!worst->n_lines)
		fputs("no interrupt of these woke a task\n", out);
	for (size_t i = 0; i < worst->n_lines; i++)
		print_line(run, worst->lines[i], out);
	if (worst->n_top)
		fprintf(out, "The %zu longest chains:\n", worst->n_top);
	for (size_t i = 0; i < worst->n_top; i++)
		print_chain(run, i, out);
	if (worst->no_memory)
		fprintf(out, "WARNING: memory ran out for %" PRIu64 " chains\n", worst->no_memory);
	if (worst->n_top)
		fputs("A CPU with interrupts off, steal time and the host are not in a trace; they show as a late wake-up, or as nothing.\n",
		      out);
}
