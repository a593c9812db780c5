// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --explain: what changed most between two samples, in five sentences. A rate before is
 * the mean since boot in the first sample. A rate after is that between the samples, or
 * the mean since boot in the second where the machine was booted between them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "irqtop/view/format.h"
#include "output.h"
#include "sides.h"

/* More of its interrupts than this go to another CPU. */
#define MOVED_SHARE 0.5

/* Faster means by this factor, and by one per second. */
#define FASTER_FACTOR 1.5

struct explain {
	struct session *session;
	const struct irqtable *a, *b;
	const struct irqtable_diff *diff;
	double a_s, b_s; /* since boot, or 1 where that is not known: then counts are compared */
	bool timed, booted;
	uint32_t *pair; /* [b rows] row of a, or IRQTABLE_NONE */
	bool *kept;	/* [a rows] it is in b, too */
};

/* The row that a sentence is about: the one with the greatest weight. */
struct change {
	uint32_t row; /* IRQTABLE_NONE: there is none */
	double weight;
	unsigned int count; /* of such rows */
};

static void change_add(struct change *change, uint32_t row, double weight)
{
	change->count++;
	if (change->row != IRQTABLE_NONE && weight <= change->weight)
		return;
	change->row = row;
	change->weight = weight;
}

static double before_hz(const struct explain *e, uint32_t row)
{
	return (double)e->a->row[row].total / e->a_s;
}

static double after_hz(const struct explain *e, uint32_t row)
{
	if (!e->booted && e->pair[row] != IRQTABLE_NONE && e->b_s > e->a_s)
		return (double)e->diff->row[row].delta / (e->b_s - e->a_s);
	return (double)e->b->row[row].total / e->b_s;
}

static void name_print(struct outbuf *out, const struct irqtable *table, uint32_t row)
{
	struct view_row view = { .table = TABLE_INTERRUPTS,
				 .data = &table->row[row],
				 .text = table->text };
	struct value name = field_get(FIELD_NAME, &view);

	outbuf_clean(out, table->text + table->row[row].label, table->row[row].label_len);
	if (!name.len)
		return;
	outbuf_char(out, ' ');
	outbuf_clean(out, name.text, name.len);
}

static void rate_print(struct outbuf *out, const struct explain *e, double hz)
{
	outbuf_real(out, hz, hz < 10 ? 1 : 0);
	if (e->timed)
		outbuf_text(out, "/s");
}

/* The rows that one sentence has no room for. */
static void sentence_end(struct outbuf *out, const struct change *change)
{
	if (change->count > 1) {
		outbuf_text(out, "; and ");
		outbuf_count(out, change->count - 1);
		outbuf_text(out, " more");
	}
	outbuf_char(out, '\n');
}

static bool sentence_begin(struct outbuf *out, const char *what, const struct change *change)
{
	outbuf_text(out, what);
	if (change->row != IRQTABLE_NONE)
		return true;
	outbuf_text(out, "nothing\n");
	return false;
}

static void new_print(struct outbuf *out, const struct explain *e)
{
	struct change change = { .row = IRQTABLE_NONE };
	uint32_t r;

	for (r = 0; r < e->b->nrows; r++)
		if (e->pair[r] == IRQTABLE_NONE)
			change_add(&change, r, after_hz(e, r));
	if (!sentence_begin(out, "new: ", &change))
		return;
	name_print(out, e->b, change.row);
	outbuf_text(out, ", ");
	rate_print(out, e, change.weight);
	sentence_end(out, &change);
}

static void gone_print(struct outbuf *out, const struct explain *e)
{
	struct change change = { .row = IRQTABLE_NONE };
	uint32_t r;

	for (r = 0; r < e->a->nrows; r++)
		if (!e->kept[r])
			change_add(&change, r, before_hz(e, r));
	if (!sentence_begin(out, "gone: ", &change))
		return;
	name_print(out, e->a, change.row);
	outbuf_text(out, ", before ");
	rate_print(out, e, change.weight);
	sentence_end(out, &change);
}

/* The CPU that took most, and its share. */
struct most {
	uint32_t cpu;
	double share;
};

static struct most most_before(const struct explain *e, uint32_t row)
{
	const uint32_t *cell = irqtable_cells(e->a, row);
	struct most most = { IRQTABLE_NONE, 0 };
	uint32_t best = 0;
	unsigned int c;

	for (c = 0; c < e->a->ncpus && e->a->row[row].ncells == e->a->ncpus; c++) {
		if (cell[c] <= best)
			continue;
		best = cell[c];
		most.cpu = e->a->cpu[c];
		most.share = (double)best / (double)e->a->row[row].total;
	}
	return most;
}

static struct most most_after(const struct explain *e, uint32_t row)
{
	const uint32_t *cell = irqtable_cells(e->b, row);
	struct most most = { IRQTABLE_NONE, 0 };
	uint64_t sum = 0;
	uint32_t best = 0, count;
	unsigned int c;

	for (c = 0; c < e->b->ncpus && e->b->row[row].ncells == e->b->ncpus; c++) {
		count = e->booted ? cell[c] : irqtable_diff_cell(e->diff, row, c);
		sum += count;
		if (count <= best)
			continue;
		best = count;
		most.cpu = e->b->cpu[c];
	}
	most.share = sum ? (double)best / (double)sum : 0;
	return most;
}

/* Only numbered interrupts are moved; others are each CPU's own. */
static void moved_print(struct outbuf *out, const struct explain *e)
{
	struct change change = { .row = IRQTABLE_NONE };
	struct most was, is;
	char text[96];
	uint32_t r;

	for (r = 0; r < e->b->nrows; r++) {
		if (e->pair[r] == IRQTABLE_NONE || e->b->row[r].irq < 0)
			continue;
		was = most_before(e, e->pair[r]);
		is = most_after(e, r);
		if (was.cpu != IRQTABLE_NONE && is.cpu != IRQTABLE_NONE && was.cpu != is.cpu &&
		    was.share > MOVED_SHARE && is.share > MOVED_SHARE)
			change_add(&change, r, after_hz(e, r));
	}
	if (!sentence_begin(out, "moved: ", &change))
		return;
	was = most_before(e, e->pair[change.row]);
	is = most_after(e, change.row);
	name_print(out, e->b, change.row);
	snprintf(text, sizeof(text), " from CPU %u (%.0f %%) to CPU %u (%.0f %%)", was.cpu,
		 was.share * 100, is.cpu, is.share * 100);
	outbuf_text(out, text);
	sentence_end(out, &change);
}

static void faster_print(struct outbuf *out, const struct explain *e)
{
	struct change change = { .row = IRQTABLE_NONE };
	double was, is;
	uint32_t r;

	for (r = 0; r < e->b->nrows; r++) {
		if (e->pair[r] == IRQTABLE_NONE || e->b->row[r].sum != IRQTABLE_SUM_NONE)
			continue;
		was = before_hz(e, e->pair[r]);
		is = after_hz(e, r);
		if (is > was * FASTER_FACTOR && is > was + 1)
			change_add(&change, r, is - was);
	}
	if (!sentence_begin(out, "faster: ", &change))
		return;
	name_print(out, e->b, change.row);
	outbuf_text(out, " from ");
	rate_print(out, e, before_hz(e, e->pair[change.row]));
	outbuf_text(out, " to ");
	rate_print(out, e, after_hz(e, change.row));
	sentence_end(out, &change);
}

static void off_node_print(struct outbuf *out, const struct explain *e)
{
	struct change change = { .row = IRQTABLE_NONE };
	const struct view *view = &e->session->view;
	const struct track *track;
	char text[192];
	uint32_t i;

	for (i = 0; i < view->nrows; i++)
		if (view->row[i].table == TABLE_INTERRUPTS && view->row[i].track->off_node)
			change_add(&change, i, after_hz(e, view->row[i].row));
	if (!sentence_begin(out, "off its node: ", &change))
		return;
	track = view->row[change.row].track;
	name_print(out, e->b, view->row[change.row].row);
	snprintf(text, sizeof(text), " on CPU %.40s, %s is on node %d",
		 track_list_text(track->facts.effective.len ? &track->facts.effective :
							      &track->facts.affinity),
		 track->device->device, track->device->node);
	outbuf_text(out, text);
	sentence_end(out, &change);
}

/* Pairs the rows, also across a boot, where there is no difference. */
static int rows_pair(struct explain *e)
{
	struct irqtable_diff diff = { 0 };
	uint32_t r;
	int err;

	e->pair = calloc(e->b->nrows + 1, sizeof(*e->pair));
	e->kept = calloc(e->a->nrows + 1, sizeof(*e->kept));
	if (!e->pair || !e->kept)
		return -ENOMEM;
	err = irqtable_diff(&diff, e->a, e->b, NULL);
	for (r = 0; r < e->b->nrows && !err; r++) {
		e->pair[r] = diff.row[r].prev;
		if (e->pair[r] != IRQTABLE_NONE)
			e->kept[e->pair[r]] = true;
	}
	irqtable_diff_free(&diff);
	return err;
}

static int explain(struct explain *e, const struct sides *sides)
{
	struct monitor *monitor = &e->session->monitor;
	unsigned int needs = fields[FIELD_OFF_NODE].needs;
	struct outbuf out = { 0 };
	int err;

	e->a = &monitor->sample[!monitor->current].table[TABLE_INTERRUPTS];
	e->b = &monitor->sample[monitor->current].table[TABLE_INTERRUPTS];
	e->timed = sides->a.time_ns && sides->b.time_ns;
	e->a_s = e->timed ? (double)sides->a.time_ns / 1e9 : 1;
	e->b_s = e->timed ? (double)sides->b.time_ns / 1e9 : 2;
	e->booted = sides->booted || (e->timed && sides->a.clock != sides->b.clock);
	err = monitor_recount(monitor);
	e->diff = &monitor->diff[TABLE_INTERRUPTS];
	collect_sample(&e->session->collect, monitor, needs);
	if (!err)
		err = session_arrange(e->session, needs);
	if (!err)
		err = rows_pair(e);
	if (!err) {
		collect_rows(&e->session->collect, &e->session->view, 0, e->session->view.nrows,
			     needs);
		new_print(&out, e);
		gone_print(&out, e);
		moved_print(&out, e);
		faster_print(&out, e);
		off_node_print(&out, e);
		err = outbuf_write(&out, STDOUT_FILENO) ? -errno : 0;
	}
	outbuf_free(&out);
	return err;
}

int explain_run(struct session *session)
{
	struct explain e = { .session = session };
	struct sides sides = { 0 };
	const struct monitor *monitor = &session->monitor;
	int err;

	session->options.view.tables = TABLES_INTERRUPTS;
	if (sides_load(session, &sides))
		return EXIT_ERROR;
	if (!monitor->sample[0].have[TABLE_INTERRUPTS] ||
	    !monitor->sample[1].have[TABLE_INTERRUPTS])
		return session_complain("--explain", -ENOMSG);
	err = explain(&e, &sides);
	free(e.pair);
	free(e.kept);
	return output_status(err);
}
