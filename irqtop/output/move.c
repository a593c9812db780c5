// SPDX-License-Identifier: GPL-2.0-or-later
/* --move: a plan of affinities, what the kernel says to each, and what would restore them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "irqtop/session/moves.h"
#include "irqtop/session/stop.h"
#include "irqtop/view/format.h"
#include "output.h"

#define CPUS_WIDTH   14 /* of a list of CPUs */
#define ANSWER_WIDTH 28
#define UNDO_MOVES   MOVES_MAX /* moves in one command that restores */

/* "PATTERN=WHERE": a pattern may contain '=', a place does not. */
static int plan_one(struct session *session, struct moves *moves, const char *text, struct why *why)
{
	const char *where = strrchr(text, '=');
	struct moves_choice choice = { 0 };
	char pattern[FILTER_BYTES];

	snprintf(pattern, sizeof(pattern), "%.*s", (int)(where - text), text);
	choice.pattern = pattern;
	return moves_plan(session, moves, &choice, where + 1, why);
}

/* An interrupt that is in two moves; IRQTABLE_NONE: none is. */
static uint32_t twice(const struct moves *moves, unsigned int n)
{
	unsigned int a, b;
	size_t i, j;

	for (a = 0; a < n; a++)
		for (b = a + 1; b < n; b++)
			for (i = 0; i < moves[a].n; i++)
				for (j = 0; j < moves[b].n; j++)
					if (moves[a].irq[i].irq == moves[b].irq[j].irq)
						return moves[a].irq[i].irq;
	return IRQTABLE_NONE;
}

static void text_print(struct outbuf *out, const char *text, unsigned int width)
{
	size_t len = strlen(text);

	outbuf_clean(out, text, len);
	for (; len < width; len++)
		outbuf_char(out, ' ');
}

static void irq_print(struct outbuf *out, const struct session *session, const struct moves *moves,
		      size_t i)
{
	const struct irqtable_diff *diff = &session->monitor.diff[TABLE_INTERRUPTS];
	const struct plan_irq *irq = &moves->irq[i];
	struct view_row row = { .table = TABLE_INTERRUPTS,
				.data = &diff->cur->row[irq->row],
				.text = diff->cur->text };
	struct value name = field_get(FIELD_NAME, &row);
	char text[80], cpus[64], number[FORMAT_BYTES], answer[MOVES_TEXT];

	format_number(number, irq->rate_hz, 10);
	snprintf(text, sizeof(text), "%8u %10s  ", irq->irq, number);
	outbuf_text(out, text);
	if (irq->known)
		moves_cpus_text(cpus, &irq->before, CPUS_WIDTH);
	text_print(out, irq->known ? cpus : "-", CPUS_WIDTH + 1);
	if (irq->known)
		moves_cpus_text(cpus, &irq->after, CPUS_WIDTH);
	text_print(out, irq->known ? cpus : "-", CPUS_WIDTH + 1);
	moves_answer_text(answer, moves, i);
	text_print(out, answer, ANSWER_WIDTH + 1);
	outbuf_clean(out, name.text ? name.text : "", name.len);
	outbuf_char(out, '\n');
}

static void plan_print(struct outbuf *out, const struct session *session, const struct moves *moves)
{
	char text[4 * MOVES_TEXT], load[MOVES_TEXT];
	size_t i;

	snprintf(text, sizeof(text), "# %s to %s: %zu interrupt%s, %u to move\n", moves->what,
		 moves->where, moves->n, moves->n == 1 ? "" : "s", moves_count(moves, PLAN_MOVES));
	outbuf_text(out, text);
	moves_load_text(load, moves, moves->before);
	snprintf(text, sizeof(text), "# before: %s\n", load);
	outbuf_text(out, text);
	moves_load_text(load, moves, moves->after);
	snprintf(text, sizeof(text), "# after:  %s\n", load);
	outbuf_text(out, text);
	snprintf(text, sizeof(text), "%8s %10s  %-*s%-*s%-*sNAME\n", "IRQ",
		 moves->rated ? "RATE" : "TOTAL", CPUS_WIDTH + 1, "BEFORE", CPUS_WIDTH + 1, "AFTER",
		 ANSWER_WIDTH + 1, "ANSWER");
	outbuf_text(out, text);
	for (i = 0; i < moves->n; i++)
		irq_print(out, session, moves, i);
}

/* Whether the affinity before is something to restore, or would be. */
static bool is_undoable(const struct moves *moves, size_t i, bool dry)
{
	return dry ? moves->irq[i].state == PLAN_MOVES : moves->answer[i].moved;
}

/* " --move 24-27,30=0-3", of those that had this affinity, from the first on. */
static void undo_group(struct outbuf *out, const struct moves *moves, size_t first, bool dry,
		       bool *done)
{
	const struct cpu_mask *before = &moves->irq[first].before;
	static char list[CPU_MASK_BYTES];
	uint32_t from = 0, to = 0;
	bool open = false;
	size_t i;

	outbuf_text(out, " --move ");
	for (i = first; i <= moves->n; i++) {
		bool mine = i < moves->n && !done[i] && is_undoable(moves, i, dry) &&
			    !memcmp(&moves->irq[i].before, before, sizeof(*before));

		if (i < moves->n && !mine)
			continue;
		if (mine)
			done[i] = true;
		if (mine && open && moves->irq[i].irq == to + 1) {
			to++;
			continue;
		}
		if (open) {
			outbuf_count(out, from);
			if (to > from) {
				outbuf_char(out, '-');
				outbuf_count(out, to);
			}
			if (mine)
				outbuf_char(out, ',');
		}
		open = mine;
		if (mine)
			from = to = moves->irq[i].irq;
	}
	cpu_mask_format(before, list, sizeof(list));
	outbuf_char(out, '=');
	outbuf_text(out, list);
}

/* Commands that restore. 0 or -ENOMEM. */
static int undo_print(struct outbuf *out, const struct moves *moves, unsigned int n, bool dry)
{
	unsigned int m, groups = 0;
	bool *done;
	size_t i;

	for (m = 0; m < n; m++) {
		done = calloc(moves[m].n, sizeof(*done));
		if (!done)
			return -ENOMEM;
		for (i = 0; i < moves[m].n; i++) {
			if (done[i] || !is_undoable(&moves[m], i, dry))
				continue;
			if (groups++ % UNDO_MOVES == 0)
				outbuf_text(out, groups == 1 ? "undo: irqtop" : "\nundo: irqtop");
			undo_group(out, &moves[m], i, dry, done);
		}
		free(done);
	}
	if (groups)
		outbuf_char(out, '\n');
	return 0;
}

/* Takes the second sample, so that there are rates. 0 or the exit status. */
static int rates_wait(struct session *session)
{
	uint64_t deadline_ns = monitor_sample(&session->monitor)->time_ns;
	int err;

	output_sleep(&deadline_ns, session->options.interval_ns);
	if (stop_requested())
		return EXIT_ERROR;
	err = session_step(session, 0);
	return err ? session_complain_step(session, err) : 0;
}

/* Plans all moves before the first is made. 0, or -1 after a message. */
static int plan_all(struct session *session, struct moves *moves)
{
	const struct options *options = &session->options;
	struct why why;
	uint32_t irq;
	unsigned int m;

	for (m = 0; m < options->nmoves; m++)
		if (plan_one(session, &moves[m], options->move[m], &why)) {
			msg_error("--move %s: %s", options->move[m], why.text);
			return -1;
		}
	irq = twice(moves, options->nmoves);
	if (irq == IRQTABLE_NONE)
		return 0;
	msg_error("--move: IRQ %u is in two of them", irq);
	return -1;
}

/*
 * The exit status of a move, after a message about the interrupts that stay. Those that
 * cannot be moved are no error, unless there are no others.
 */
static int outcome_say(const struct moves *moves, const char *move)
{
	struct moves_outcome outcome = moves_outcome(moves);
	bool failed = outcome.refused || !outcome.there;
	char stay[MOVES_TEXT];

	moves_stay_text(stay, &outcome);
	if (stay[0])
		(failed ? msg_error : msg_warning)("--move %s: %zu of %zu stay where they are: %s",
						   move, moves->n - outcome.there, moves->n, stay);
	return failed ? EXIT_ERROR : EXIT_OK;
}

static int moves_send(struct session *session, struct moves *moves)
{
	const struct options *options = &session->options;
	struct outbuf out = { 0 };
	int err = 0, status = EXIT_OK;
	unsigned int m;

	for (m = 0; m < options->nmoves; m++) {
		if (!options->dry_run)
			moves_apply(&moves[m], session->collect.root);
		if (m)
			outbuf_char(&out, '\n');
		plan_print(&out, session, &moves[m]);
	}
	err = undo_print(&out, moves, options->nmoves, options->dry_run);
	if (!err && outbuf_write(&out, STDOUT_FILENO))
		err = -errno;
	outbuf_free(&out);
	for (m = 0; m < options->nmoves; m++)
		if (outcome_say(&moves[m], options->move[m]))
			status = EXIT_ERROR;
	if (!options->dry_run && moves_irqbalance(session->collect.root))
		msg_warning("irqbalance runs: it may move them again within ten seconds");
	if (err)
		return output_status(err);
	return status;
}

int move_run(struct session *session)
{
	const struct options *options = &session->options;
	struct moves *moves;
	unsigned int m;
	int status;

	if (!options->dry_run && !session->monitor.sampler->live) {
		msg_error("--move: %s is not the running system: only with --dry-run",
			  options->root);
		return EXIT_ERROR;
	}
	stop_on_signals();
	if (!options->once) {
		status = rates_wait(session);
		if (status)
			return status;
	}
	moves = calloc(options->nmoves, sizeof(*moves));
	if (!moves)
		return session_complain("--move", -ENOMEM);
	status = plan_all(session, moves) ? EXIT_ERROR : moves_send(session, moves);
	for (m = 0; m < options->nmoves; m++)
		moves_free(&moves[m]);
	free(moves);
	return status;
}
