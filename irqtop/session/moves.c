// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "affinity.h"
#include "base/array.h"
#include "irqtop/view/format.h"
#include "isolate.h"
#include "moves.h"

#define WANTED                                                                       \
	(IRQTABLE_HAVE_AFFINITY | IRQTABLE_HAVE_EFFECTIVE | IRQTABLE_HAVE_SETTABLE | \
	 IRQTABLE_HAVE_MANAGED | IRQTABLE_HAVE_NODE)

static int row_add(struct session *session, struct moves *moves, uint32_t r)
{
	const struct irqtable_diff *diff = &session->monitor.diff[TABLE_INTERRUPTS];
	const struct irqtable_row *row = &diff->cur->row[r];
	const struct track *track = tracks_of_row(&session->monitor.tracks[TABLE_INTERRUPTS], r);
	struct irqtable_facts facts;
	struct plan_irq *irq;

	if (array_reserve(&moves->irq, &moves->irq_room, moves->n + 1, sizeof(*moves->irq)) ||
	    array_reserve(&moves->answer, &moves->answer_room, moves->n + 1,
			  sizeof(*moves->answer)))
		return -1;
	memset(&moves->answer[moves->n], 0, sizeof(*moves->answer));
	irq = &moves->irq[moves->n++];
	memset(irq, 0, sizeof(*irq));
	irq->irq = (uint32_t)row->irq;
	irq->row = r;
	irqtable_facts_read(&facts, session->collect.root, irq->irq, WANTED);
	irq->known = facts.have & IRQTABLE_HAVE_AFFINITY;
	irq->settable = facts.settable;
	irq->managed = facts.have & IRQTABLE_HAVE_MANAGED && facts.managed;
	irq->node = track->device && track->device->node >= 0 ? track->device->node : facts.node;
	irq->before = facts.affinity;
	irq->reached = facts.have & IRQTABLE_HAVE_EFFECTIVE ? facts.effective : facts.affinity;
	if (!moves->rated)
		irq->rate_hz = (double)row->total;
	else if (diff->row[r].state == IRQTABLE_COUNTED)
		irq->rate_hz = (double)diff->row[r].delta / session->monitor.seconds;
	return 0;
}

/* What the row counted on a CPU: per second, or since boot. */
static double cell_rate(const struct session *session, const struct moves *moves, uint32_t r,
			unsigned int c)
{
	const struct irqtable_diff *diff = &session->monitor.diff[TABLE_INTERRUPTS];

	if (diff->cur->row[r].ncells != diff->ncpus)
		return 0;
	if (!moves->rated)
		return irqtable_cells(diff->cur, r)[c];
	return irqtable_diff_cell(diff, r, c) / session->monitor.seconds;
}

static bool is_chosen(const struct session *session, const struct moves_choice *choice,
		      const struct filter *words, uint32_t r)
{
	const struct monitor *monitor = &session->monitor;
	const struct irqtable_diff *diff = &monitor->diff[TABLE_INTERRUPTS];
	struct view_row row = { .table = TABLE_INTERRUPTS,
				.row = r,
				.data = &diff->cur->row[r],
				.text = diff->cur->text,
				.delta = &diff->row[r],
				.track = tracks_of_row(&monitor->tracks[TABLE_INTERRUPTS], r),
				.diff = diff };

	if (row.data->irq < 0)
		return false;
	if (choice->row && choice->row->group)
		return session->groups.of_row[r] == choice->row->row;
	if (choice->row)
		return choice->row->table == TABLE_INTERRUPTS && choice->row->row == r;
	if (choice->pattern && plan_is_numbers(choice->pattern))
		return plan_numbers_have(choice->pattern, (uint32_t)row.data->irq);
	return filter_matches_text(words, &row) && filter_matches_counts(words, row.delta);
}

static int choose(struct session *session, struct moves *moves, const struct moves_choice *choice,
		  struct why *why)
{
	const struct irqtable_diff *diff = &session->monitor.diff[TABLE_INTERRUPTS];
	const struct filter *words = choice->filter;
	struct filter own = { .node = -1 };
	uint32_t r;
	int err = 0;

	if (choice->pattern && !plan_is_numbers(choice->pattern)) {
		if (filter_parse(&own, choice->pattern, why))
			return -1;
		words = &own;
		if (!own.nterms || own.by_cpu || own.isolated || own.nohz || own.node >= 0 ||
		    own.by_total || own.active)
			err = why_set(why, "%s: numbers, text and /regex/ choose interrupts",
				      choice->pattern);
	}
	/* Words may be those of a device or driver. */
	collect_sample(&session->collect, &session->monitor, NEED_DEVICES);
	for (r = 0; !err && r < diff->nrows; r++)
		if (is_chosen(session, choice, words, r) && row_add(session, moves, r))
			err = why_set(why, "out of memory");
	filter_free(&own);
	if (!err && !moves->n)
		err = why_set(why, "%s: no interrupt that has a number", moves->what);
	return err;
}

/* What the CPUs do: for the plan, and for the strip of what is. */
static void loads_measure(const struct session *session, struct moves *moves, double *other_hz)
{
	const struct irqtable *table = session->monitor.diff[TABLE_INTERRUPTS].cur;
	unsigned int c;
	uint32_t r;
	size_t i;

	for (r = 0; r < table->nrows; r++)
		for (c = 0; table->row[r].sum == IRQTABLE_SUM_NONE && c < table->ncpus; c++)
			other_hz[table->cpu[c]] += cell_rate(session, moves, r, c);
	for (i = 0; i < moves->n; i++)
		for (c = 0; c < table->ncpus; c++) {
			double hz = cell_rate(session, moves, moves->irq[i].row, c);

			moves->before[table->cpu[c]] += hz;
			other_hz[table->cpu[c]] -= hz;
		}
}

static int places_learn(struct session *session, struct plan_machine *machine)
{
	const struct irqtable *table = sample_cpus(monitor_sample(&session->monitor));
	struct axis *axis = &session->axis;
	unsigned int c;

	if (axis_learn(axis, table, session->monitor.sampler) < 0)
		return -1;
	machine->place = axis->place;
	machine->nplaces = axis->cpu_end;
	for (c = 0; c < table->ncpus; c++)
		cpu_mask_add(&machine->online, table->cpu[c]);
	isolate_cpus(&machine->isolated, session->collect.root);
	return 0;
}

int moves_plan(struct session *session, struct moves *moves, const struct moves_choice *choice,
	       const char *where, struct why *why)
{
	struct plan_machine machine = { 0 };
	struct plan_where place;
	double *other_hz;
	size_t i;
	int err;

	moves_free(moves);
	snprintf(moves->what, sizeof(moves->what), "%s",
		 choice->what ? choice->what : choice->pattern);
	snprintf(moves->where, sizeof(moves->where), "%s", where);
	moves->rated = session->monitor.seconds > 0;
	if (plan_where_parse(&place, where, why) || choose(session, moves, choice, why))
		return -1;
	moves->before = calloc(CPUS_MAX, sizeof(double));
	moves->after = calloc(CPUS_MAX, sizeof(double));
	other_hz = calloc(CPUS_MAX, sizeof(double));
	if (!moves->before || !moves->after || !other_hz || places_learn(session, &machine)) {
		free(other_hz);
		return why_set(why, "out of memory");
	}
	loads_measure(session, moves, other_hz);
	machine.other_hz = other_hz;
	err = plan_make(moves->irq, moves->n, &place, &machine, why);
	for (i = 0; !err && i < moves->n; i++)
		plan_expect(&moves->irq[i], &machine, moves->after);
	free(other_hz);
	return err;
}

static void answer_ask(struct moves_answer *answer, int root, uint32_t irq,
		       const struct cpu_mask *cpus)
{
	struct irqtable_facts facts;

	answer->tried = true;
	answer->changed = false;
	answer->err = irqtable_affinity_write(root, irq, cpus);
	if (answer->err)
		return;
	irqtable_facts_read(&facts, root, irq, IRQTABLE_HAVE_AFFINITY | IRQTABLE_HAVE_EFFECTIVE);
	answer->set = facts.have & IRQTABLE_HAVE_AFFINITY ? facts.affinity : *cpus;
	answer->have_reached = facts.have & IRQTABLE_HAVE_EFFECTIVE;
	answer->reached = facts.effective;
}

unsigned int moves_apply(struct moves *moves, int root)
{
	unsigned int refused = 0;
	size_t i;

	moves->applied = true;
	for (i = 0; i < moves->n; i++) {
		if (moves->irq[i].state != PLAN_MOVES)
			continue;
		answer_ask(&moves->answer[i], root, moves->irq[i].irq, &moves->irq[i].after);
		moves->answer[i].moved = !moves->answer[i].err;
		refused += moves->answer[i].err != 0;
	}
	return refused;
}

unsigned int moves_undo(struct moves *moves, int root)
{
	unsigned int refused = 0;
	size_t i;

	for (i = 0; i < moves->n; i++) {
		if (!moves->answer[i].moved)
			continue;
		answer_ask(&moves->answer[i], root, moves->irq[i].irq, &moves->irq[i].before);
		moves->answer[i].moved = moves->answer[i].err != 0;
		refused += moves->answer[i].err != 0;
	}
	/* What could not be restored may be restored later. */
	moves->applied = refused != 0;
	return refused;
}

unsigned int moves_watch(struct moves *moves, int root, size_t *which)
{
	unsigned int changed = 0;
	size_t i;

	for (i = 0; moves->applied && i < moves->n; i++) {
		struct moves_answer *answer = &moves->answer[i];
		const struct cpu_mask *last = answer->changed ? &answer->seen : &answer->set;
		struct irqtable_facts facts;

		if (!answer->moved ||
		    irqtable_facts_read(&facts, root, moves->irq[i].irq, IRQTABLE_HAVE_AFFINITY) ||
		    !memcmp(&facts.affinity, last, sizeof(*last)))
			continue;
		answer->seen = facts.affinity;
		answer->changed = memcmp(&answer->seen, &answer->set, sizeof(answer->set)) != 0;
		if (!answer->changed)
			continue;
		*which = i;
		changed++;
	}
	return changed;
}

bool moves_irqbalance(int root)
{
	int fd = openat(root, "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	char path[300], name[32];
	bool runs = false;
	ssize_t n;
	int file;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!runs && (entry = readdir(dir))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "%s/comm", entry->d_name);
		file = openat(dirfd(dir), path, O_RDONLY | O_CLOEXEC);
		if (file < 0)
			continue;
		n = read(file, name, sizeof(name) - 1);
		close(file);
		name[n > 0 ? n : 0] = '\0';
		runs = !strcmp(name, "irqbalance\n");
	}
	closedir(dir);
	return runs;
}

void moves_cpus_text(char text[64], const struct cpu_mask *cpus, unsigned int width)
{
	if (cpu_mask_format(cpus, text, 64) > width)
		snprintf(text, 64, "%u CPUs", cpu_mask_count(cpus));
}

void moves_answer_text(char text[MOVES_TEXT], const struct moves *moves, size_t i)
{
	static const char *const words[] = {
		[PLAN_MOVES] = "moves",
		[PLAN_STAYS] = "is there",
		[PLAN_MANAGED] = "managed by its driver",
		[PLAN_FIXED] = "cannot be moved",
		[PLAN_UNKNOWN] = "its affinity is unknown",
	};
	const struct moves_answer *answer = &moves->answer[i];
	char set[64], reached[64] = "";

	if (!answer->tried) {
		snprintf(text, MOVES_TEXT, "%s", words[moves->irq[i].state]);
		return;
	}
	if (answer->err) {
		snprintf(text, MOVES_TEXT, "%s: %s", strerror(-answer->err),
			 affinity_why(answer->err, !geteuid()));
		return;
	}
	moves_cpus_text(set, answer->changed ? &answer->seen : &answer->set, 40);
	if (answer->have_reached)
		moves_cpus_text(reached, &answer->reached, 40);
	if (answer->changed)
		snprintf(text, MOVES_TEXT, "something else set %s", set);
	else
		snprintf(text, MOVES_TEXT, "%s %s%s%s", answer->moved ? "took" : "restored", set,
			 reached[0] ? ", goes to " : "", reached);
}

/* The numbered rows come first, and their numbers rise. */
static uint32_t row_find(const struct irqtable *table, uint32_t irq)
{
	uint32_t low = 0, high = table->nrows, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (table->row[mid].irq >= 0 && (uint32_t)table->row[mid].irq < irq)
			low = mid + 1;
		else
			high = mid;
	}
	return low < table->nrows && table->row[low].irq == (int32_t)irq ? low : IRQTABLE_NONE;
}

bool moves_now(const struct session *session, const struct moves *moves, double *now_hz)
{
	const struct irqtable_diff *diff = &session->monitor.diff[TABLE_INTERRUPTS];
	unsigned int c;
	uint32_t r;
	size_t i;

	memset(now_hz, 0, CPUS_MAX * sizeof(*now_hz));
	if (!moves->rated || !(session->monitor.seconds > 0))
		return false;
	for (i = 0; i < moves->n; i++) {
		r = row_find(diff->cur, moves->irq[i].irq);
		for (c = 0; r != IRQTABLE_NONE && c < diff->ncpus; c++)
			now_hz[diff->cur->cpu[c]] += cell_rate(session, moves, r, c);
	}
	return true;
}

const char *moves_name(const struct session *session, uint32_t irq, size_t *len)
{
	const struct irqtable *table = session->monitor.diff[TABLE_INTERRUPTS].cur;
	uint32_t r = row_find(table, irq);
	struct view_row row = { .table = TABLE_INTERRUPTS, .text = table->text };
	struct value name;

	if (r == IRQTABLE_NONE)
		return NULL;
	row.data = &table->row[r];
	name = field_get(FIELD_NAME, &row);
	*len = name.len;
	return name.text;
}

void moves_load_text(char text[MOVES_TEXT], const struct moves *moves, const double *cpu_hz)
{
	struct plan_load load;
	char number[FORMAT_BYTES];

	plan_load(&load, cpu_hz);
	if (!load.cpus) {
		snprintf(text, MOVES_TEXT, "no interrupt %s",
			 moves->rated ? "in the last interval" : "since boot");
		return;
	}
	format_number(number, load.busiest_hz, 8);
	snprintf(text, MOVES_TEXT, "busiest CPU %u: %s%s, on %u CPU%s, highest over mean %.1f",
		 load.busiest, number, moves->rated ? "/s" : " since boot", load.cpus,
		 load.cpus == 1 ? "" : "s", load.imbalance);
}

unsigned int moves_count(const struct moves *moves, enum plan_state state)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < moves->n; i++)
		count += moves->irq[i].state == state;
	return count;
}

struct moves_outcome moves_outcome(const struct moves *moves)
{
	struct moves_outcome outcome = { 0 };
	size_t i;

	for (i = 0; i < moves->n; i++) {
		switch (moves->irq[i].state) {
		case PLAN_MOVES:
			if (!moves->answer[i].err)
				outcome.there++;
			else if (affinity_is_fixed(moves->answer[i].err, !geteuid()))
				outcome.fixed++;
			else
				outcome.refused++;
			break;
		case PLAN_STAYS:
			outcome.there++;
			break;
		case PLAN_MANAGED:
			outcome.managed++;
			break;
		case PLAN_FIXED:
			outcome.fixed++;
			break;
		case PLAN_UNKNOWN:
			outcome.unknown++;
			break;
		}
	}
	return outcome;
}

void moves_stay_text(char text[MOVES_TEXT], const struct moves_outcome *outcome)
{
	const struct {
		unsigned int count;
		const char *why;
	} stay[] = {
		{ outcome->managed, "managed by the driver" },
		{ outcome->fixed, "that cannot be moved" },
		{ outcome->unknown, "of unknown affinity" },
		{ outcome->refused, "that the kernel refused" },
	};
	size_t i, len = 0;

	text[0] = '\0';
	for (i = 0; i < sizeof(stay) / sizeof(stay[0]); i++)
		if (stay[i].count)
			len += (size_t)snprintf(text + len, MOVES_TEXT - len, "%s%u %s",
						len ? ", " : "", stay[i].count, stay[i].why);
}

void moves_free(struct moves *moves)
{
	free(moves->irq);
	free(moves->answer);
	free(moves->before);
	free(moves->after);
	memset(moves, 0, sizeof(*moves));
}
