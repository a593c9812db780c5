// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "view.h"

static int rows_reserve(struct view *view, size_t rows)
{
	if (array_reserve(&view->unsorted, &view->unsorted_room, rows, sizeof(*view->unsorted)))
		return -ENOMEM;
	return 0;
}

static int sorted_reserve(struct view *view, size_t rows)
{
	if (array_reserve(&view->row, &view->row_room, rows, sizeof(*view->row)) ||
	    array_reserve(&view->item, &view->item_room, rows, sizeof(*view->item)) ||
	    array_reserve(&view->scratch, &view->scratch_room, rows, sizeof(*view->scratch)))
		return -ENOMEM;
	return 0;
}

/* Matching a regex allocates, and a row's text never changes: match once. */
static bool row_wanted(const struct view_row *row, const struct filter *filter)
{
	if (!filter_matches_counts(filter, row->delta))
		return false;
	if (!filter->nterms)
		return true;
	if (row->track->matched_serial != filter->serial) {
		row->track->matched = filter_matches_text(filter, row);
		row->track->matched_serial = filter->serial;
	}
	return row->track->matched;
}

/* The row under a cursor that follows it stays, whatever it counts. */
static bool row_folds(const struct view_row *row, const struct view_settings *settings)
{
	return settings->fold && row->track->quiet >= TRACK_QUIET &&
	       (!settings->keep || row->data->key != settings->keep);
}

/* The next row of the view, which stands for row `r` of a table: no judgement yet. */
static struct view_row *row_begin(struct view *view, enum table_id id, uint32_t r,
				  const struct irqtable *table, const struct irqtable_diff *diff,
				  const struct tracks *tracks)
{
	struct view_row *row = &view->unsorted[view->nrows];

	*row = (struct view_row){
		.table = id,
		.row = r,
		.data = &table->row[r],
		.text = table->text,
		.delta = &diff->row[r],
		.diff = diff,
		.track = tracks ? tracks_of_row(tracks, r) : NULL,
		.rate_hz = -1,
		.share = -1,
	};
	return row;
}

/* Keeps what row_begin() began; `counts`: it has a rate. */
static void row_keep(struct view *view, const struct monitor *monitor, bool counts)
{
	struct view_row *row = &view->unsorted[view->nrows++];

	if (!counts || row->delta->state != IRQTABLE_COUNTED || monitor->seconds <= 0)
		return;
	row->rate_hz = (double)row->delta->delta / monitor->seconds;
	if (row->data->sum == IRQTABLE_SUM_NONE)
		view->rate_hz[row->table] += row->rate_hz;
}

/* Keeps the row unless the filter hides it or it is folded. */
static void row_judge(struct view *view, const struct monitor *monitor,
		      const struct view_settings *settings, const struct filter *filter,
		      bool counts)
{
	const struct view_row *row = &view->unsorted[view->nrows];

	if (!row_wanted(row, filter))
		view->hidden++;
	else if (row_folds(row, settings))
		view->idle++;
	else
		row_keep(view, monitor, counts);
}

static void table_take(struct view *view, const struct monitor *monitor, enum table_id id,
		       const struct view_settings *settings, const struct filter *filter)
{
	const struct irqtable *table = &monitor_sample(monitor)->table[id];
	const struct tracks *tracks = monitor->single ? NULL : &monitor->tracks[id];
	const struct view_row *row;
	uint32_t r;

	for (r = 0; r < table->nrows; r++) {
		row = row_begin(view, id, r, table, &monitor->diff[id], tracks);
		row_judge(view, monitor, settings, filter, row->data->ncells > 0);
	}
}

/* A row for each CPU that the filter wants. */
static void cpus_take(struct view *view, const struct monitor *monitor, const struct filter *filter)
{
	const struct bycpu *by_cpu = &monitor->by_cpu;
	const struct irqtable *table = &monitor_sample(monitor)->table[TABLE_INTERRUPTS];
	struct view_row *row;
	uint32_t r, busiest;

	for (r = 0; r < by_cpu->table.nrows; r++) {
		row = row_begin(view, TABLE_CPUS, r, &by_cpu->table, &by_cpu->diff,
				&by_cpu->tracks);
		row->cpu = &by_cpu->row[r];
		busiest = row->cpu->busiest;
		if (busiest != IRQTABLE_NONE && busiest < table->nrows) {
			row->busiest.data = &table->row[busiest];
			row->busiest.text = table->text;
		}
		if ((filter->by_cpu && !cpu_mask_has(&filter->cpus, row->cpu->cpu)) ||
		    !filter_matches_counts(filter, row->delta) ||
		    (filter->nterms && !filter_matches_text(filter, row)))
			view->hidden++;
		else
			row_keep(view, monitor, true);
	}
}

/* A row for each device or driver that the filter wants. */
static void groups_take(struct view *view, const struct monitor *monitor,
			const struct view_settings *settings, const struct filter *filter)
{
	const struct groups *groups = view->groups;
	const struct irqtable *table =
		groups->diff.cur ? &monitor_sample(monitor)->table[TABLE_INTERRUPTS] : NULL;
	struct view_row *row;
	uint32_t r;

	for (r = 0; table && r < groups->table.nrows; r++) {
		row = row_begin(view, TABLE_GROUPS, r, &groups->table, &groups->diff,
				&groups->tracks);
		row->group = &groups->group[r];
		row->busiest.data = &table->row[row->group->first];
		row->busiest.text = table->text;
		row_judge(view, monitor, settings, filter, true);
	}
}

static int compare_text(const struct value *a, const struct value *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order;

	if (a->kind != VALUE_TEXT || b->kind != VALUE_TEXT)
		return (b->kind == VALUE_TEXT) - (a->kind == VALUE_TEXT);
	order = memcmp(a->text, b->text, len);
	if (order)
		return order;
	return (a->len > b->len) - (a->len < b->len);
}

/* Negative: `a` goes first. Equal rows keep the order of the tables. */
static int compare(const struct view *view, const struct view_settings *settings,
		   const struct view_item *a, const struct view_item *b)
{
	const struct view_row *x = &view->unsorted[a->row];
	const struct view_row *y = &view->unsorted[b->row];
	const struct field *field = &fields[settings->sort];
	struct value u, v;
	int order;

	if (settings->frozen)
		return (x->track->order > y->track->order) - (x->track->order < y->track->order);
	if (settings->sort == FIELD_IRQ)
		order = 0;
	else if (field->style == STYLE_TEXT) {
		u = field_get(settings->sort, x);
		v = field_get(settings->sort, y);
		order = compare_text(&u, &v);
	} else {
		order = (a->number > b->number) - (a->number < b->number);
		if (!field->rising)
			order = -order;
	}
	if (!order)
		order = (a->row > b->row) - (a->row < b->row);
	else if (settings->reverse)
		return -order;
	/* Equal rows keep the order of the tables, unless that is the order reversed. */
	return settings->reverse && settings->sort == FIELD_IRQ ? -order : order;
}

/* Whether the rows are to stand as the tables have them. */
static bool in_table_order(const struct view_settings *settings)
{
	return settings->sort == FIELD_IRQ && !settings->reverse && !settings->frozen;
}

/* The rows as they were taken become those of the view: none is copied. */
static void unsorted_swap(struct view *view)
{
	struct view_row *row = view->row;
	size_t room = view->row_room;

	view->row = view->unsorted;
	view->row_room = view->unsorted_room;
	view->unsorted = row;
	view->unsorted_room = room;
}

/* Merge sort: qsort() allocates memory. */
static void sort(struct view *view, const struct view_settings *settings)
{
	struct view_item *from = view->item, *to = view->scratch, *swap;
	enum field_id by = settings->sort == FIELD_HISTORY || settings->sort == FIELD_STRIP ?
				   FIELD_RATE :
				   settings->sort;
	uint32_t width, low, mid, high, i, j, k;
	struct value value;

	for (i = 0; i < view->nrows; i++) {
		value = field_get(by, &view->unsorted[i]);
		view->item[i].number = value_number(&value);
		view->item[i].row = i;
	}
	for (width = 1; width < view->nrows; width *= 2) {
		for (low = 0; low < view->nrows; low = high) {
			mid = low + width < view->nrows ? low + width : view->nrows;
			high = mid + width < view->nrows ? mid + width : view->nrows;
			for (i = low, j = mid, k = low; k < high; k++) {
				if (i < mid &&
				    (j == high || compare(view, settings, &from[i], &from[j]) <= 0))
					to[k] = from[i++];
				else
					to[k] = from[j++];
			}
		}
		swap = from;
		from = to;
		to = swap;
	}
	for (i = 0; i < view->nrows; i++)
		view->row[i] = view->unsorted[from[i].row];
}

static bool table_is_shown(enum tables_shown shown, enum table_id id)
{
	if (shown >= TABLES_ROWS)
		return false;
	return shown == TABLES_BOTH || (shown == TABLES_SOFTIRQS) == (id == TABLE_SOFTIRQS);
}

int view_build(struct view *view, const struct monitor *monitor,
	       const struct view_settings *settings, const struct filter *filter)
{
	const struct sample *sample = monitor_sample(monitor);
	size_t rows = 0;
	double sum_hz;
	uint32_t i;
	int id;

	for (id = 0; id < TABLE_COUNT; id++)
		rows += sample->have[id] ? sample->table[id].nrows : 0;
	rows += monitor->by_cpu.table.nrows;
	rows += view->groups ? view->groups->table.nrows : 0;
	if (rows_reserve(view, rows + 1))
		return -ENOMEM;
	view->nrows = view->hidden = view->idle = 0;
	memset(view->rate_hz, 0, sizeof(view->rate_hz));
	for (id = 0; id < TABLE_COUNT; id++)
		if (table_is_shown(settings->tables, (enum table_id)id) && sample->have[id])
			table_take(view, monitor, (enum table_id)id, settings, filter);
	if (settings->tables == TABLES_CPUS && monitor->by_cpu.on)
		cpus_take(view, monitor, filter);
	if (settings->tables >= TABLES_DEVICES && view->groups)
		groups_take(view, monitor, settings, filter);
	for (i = 0; i < view->nrows; i++) {
		struct view_row *row = &view->unsorted[i];

		sum_hz = view->rate_hz[row->table];
		if (row->rate_hz >= 0 && row->data->sum == IRQTABLE_SUM_NONE)
			row->share = sum_hz > 0 ? row->rate_hz / sum_hz : 0;
	}
	if (in_table_order(settings)) {
		unsorted_swap(view);
	} else {
		if (sorted_reserve(view, rows + 1))
			return -ENOMEM;
		sort(view, settings);
	}
	for (i = 0; !monitor->single && i < view->nrows; i++)
		view->row[i].track->order = i;
	return 0;
}

uint32_t view_find(const struct view *view, uint64_t key)
{
	uint32_t i;

	for (i = 0; i < view->nrows; i++)
		if (view->row[i].data->key == key)
			return i;
	return IRQTABLE_NONE;
}

void view_free(struct view *view)
{
	free(view->row);
	free(view->unsorted);
	free(view->item);
	free(view->scratch);
	memset(view, 0, sizeof(*view));
}
