// SPDX-License-Identifier: GPL-2.0-or-later
#define NCURSES_NOMACROS
#include <curses.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "ui.h"

#define JUMP_SAMPLES 10
#define WHEEL_ROWS   3

void ui_say(struct ui *ui, bool bad, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ui->message, sizeof(ui->message), format, args);
	va_end(args);
	ui->message_bad = bad;
	ui->message_new = true;
}

const struct view_row *ui_row(const struct ui *ui, const struct view *view)
{
	return ui->cursor < view->nrows ? &view->row[ui->cursor] : NULL;
}

static void cursor_keep_visible(struct ui *ui)
{
	unsigned int height = ui->list_height ? ui->list_height : 1;

	if (ui->cursor < ui->top)
		ui->top = ui->cursor;
	if (ui->cursor >= ui->top + height)
		ui->top = ui->cursor - height + 1;
}

void ui_settle(struct ui *ui, const struct view *view)
{
	uint32_t at;

	/* An opened row is always followed. */
	if ((ui->follow || ui->page == PAGE_ROW) && ui->key) {
		at = view_find(view, ui->key);
		if (at != IRQTABLE_NONE) {
			ui->cursor = at;
		} else if (ui->page == PAGE_ROW) {
			ui->page = PAGE_LIST;
			ui_say(ui, true, "the row is gone");
		} else {
			ui->follow = false;
			ui_say(ui, true, "the row is gone; not following any more");
		}
	}
	if (ui->cursor >= view->nrows)
		ui->cursor = view->nrows ? view->nrows - 1 : 0;
	if (ui->top + ui->list_height > view->nrows)
		ui->top = view->nrows > ui->list_height ? view->nrows - ui->list_height : 0;
	cursor_keep_visible(ui);
	if (ui->cursor < view->nrows)
		ui->key = view->row[ui->cursor].data->key;
}

static void cursor_move(struct ui *ui, const struct view *view, int64_t by)
{
	int64_t at = (int64_t)ui->cursor + by;

	if (at >= (int64_t)view->nrows)
		at = (int64_t)view->nrows - 1;
	ui->cursor = at < 0 ? 0 : (uint32_t)at;
	if (ui->cursor < view->nrows)
		ui->key = view->row[ui->cursor].data->key;
	cursor_keep_visible(ui);
}

static void page_scroll(uint32_t *top, int64_t by)
{
	int64_t at = (int64_t)*top + by;

	/* Drawing limits it to the end of the page. */
	*top = at < 0 ? 0 : (uint32_t)at;
}

static unsigned int go(struct ui *ui, const struct view *view, int64_t by)
{
	if (ui->page == PAGE_ROW)
		page_scroll(&ui->row_top, by);
	else if (ui->page == PAGE_HELP)
		page_scroll(&ui->help_top, by);
	else if (ui->page == PAGE_PLAN)
		page_scroll(&ui->plan_top, by);
	else
		cursor_move(ui, view, by);
	return 0;
}

static unsigned int sort_by(struct ui *ui, struct session *session, enum field_id id)
{
	session->options.view.sort = id;
	session->options.view.frozen = false;
	ui_say(ui, false, "sorted by %s", fields[id].title);
	return UI_VIEW;
}

/* Sorts by the column beside the current one; by the first or last if that is hidden. */
static unsigned int sort_beside(struct ui *ui, struct session *session, int by)
{
	int i, n = (int)ui->layout.ncolumns, at = by > 0 ? -1 : 0;

	for (i = 0; i < n; i++)
		if (ui->layout.column[i].id == session->options.view.sort)
			at = i;
	/* There may be no column, or pictures only. */
	for (i = 0; i < n; i++) {
		at = (at + by + n) % n;
		if (fields[ui->layout.column[at].id].style != STYLE_PICTURE)
			return sort_by(ui, session, ui->layout.column[at].id);
	}
	return 0;
}

static unsigned int filter_put(struct ui *ui, struct session *session, const char *text)
{
	struct why why;

	if (strlen(text) >= sizeof(session->options.view.filter)) {
		ui_say(ui, true, "the filter is too long");
		return 0;
	}
	if (session_filter(session, text, &why)) {
		ui_say(ui, true, "%s", why.text);
		return 0;
	}
	snprintf(session->options.view.filter, sizeof(session->options.view.filter), "%s", text);
	ui_say(ui, false, text[0] ? "filter: %s" : "no filter%s", text);
	return UI_VIEW | UI_RECOUNT;
}

/* Adds the word "active" to the filter, or removes it. */
static unsigned int active_turn(struct ui *ui, struct session *session)
{
	char text[UI_TEXT + 8], *at;

	snprintf(text, sizeof(text), " %s ", session->options.view.filter);
	at = strstr(text, " active ");
	if (at)
		memmove(at, at + 7, strlen(at + 7) + 1);
	else
		snprintf(text, sizeof(text), " %s active", session->options.view.filter);
	at = text + strspn(text, " ");
	while (*at && at[strlen(at) - 1] == ' ')
		at[strlen(at) - 1] = '\0';
	if (strlen(at) >= sizeof(session->options.view.filter))
		return 0;
	return filter_put(ui, session, at);
}

static unsigned int idle_turn(struct ui *ui, struct session *session)
{
	session->options.idle = !session->options.idle;
	session->options.view.fold = !session->options.idle;
	ui_say(ui, false, session->options.idle ? "idle rows are shown" : "idle rows are folded");
	return UI_VIEW;
}

static unsigned int tables_turn(struct ui *ui, struct session *session)
{
	static const char *const words[TABLES_ROWS] = {
		[TABLES_BOTH] = "interrupts and softirqs",
		[TABLES_INTERRUPTS] = "interrupts",
		[TABLES_SOFTIRQS] = "softirqs",
	};
	enum tables_shown *tables = &session->options.view.tables;

	*tables = *tables >= TABLES_ROWS ? TABLES_BOTH : (*tables + 1) % TABLES_ROWS;
	ui_say(ui, false, "%s", words[*tables]);
	return UI_VIEW;
}

static unsigned int page_show(struct ui *ui, struct session *session, enum tables_shown page)
{
	struct view_settings *view = &session->options.view;

	if (view->tables < TABLES_ROWS)
		ui->tables_before = view->tables;
	view->tables = page;
	ui->page = PAGE_LIST;
	ui->cursor = ui->top = 0;
	/* A column that these rows do not have sorts nothing. */
	if (!field_is_of(view->sort, view_rows_of(page)))
		view->sort = FIELD_RATE;
	return UI_VIEW;
}

/* To the page of CPUs, or back to the rows of the kernel's tables. */
static unsigned int cpus_turn(struct ui *ui, struct session *session)
{
	bool back = session->options.view.tables == TABLES_CPUS;

	return page_show(ui, session, back ? ui->tables_before : TABLES_CPUS);
}

static unsigned int collapse_turn(struct ui *ui, struct session *session)
{
	switch (session->options.view.tables) {
	case TABLES_DEVICES:
		ui_say(ui, false, "collapsed by driver");
		return page_show(ui, session, TABLES_DRIVERS);
	case TABLES_DRIVERS:
		ui_say(ui, false, "each row");
		return page_show(ui, session, ui->tables_before);
	default:
		ui_say(ui, false, "collapsed by device");
		return page_show(ui, session, TABLES_DEVICES);
	}
}

static unsigned int group_turn(struct ui *ui, struct session *session)
{
	session->options.group = (session->options.group + 1) % AXIS_MODES;
	ui->strip_at = 0;
	ui_say(ui, false, "CPU strip: %s", axis_mode_names[session->options.group]);
	return UI_VIEW;
}

static unsigned int wide_turn(struct ui *ui, struct session *session)
{
	session->options.wide = !session->options.wide;
	ui->strip_at = 0;
	ui_say(ui, false,
	       session->options.wide ? "CPU strip over the whole width" :
				       "CPU strip beside other columns");
	return 0;
}

static unsigned int pause_turn(struct ui *ui)
{
	ui->paused = !ui->paused;
	ui_say(ui, false, ui->paused ? "paused" : "going on");
	return ui->paused ? 0 : UI_RESTART;
}

static unsigned int interval_set(struct ui *ui, struct session *session, uint64_t ns)
{
	if (ns < INTERVAL_MIN_NS)
		ns = INTERVAL_MIN_NS;
	if (ns > INTERVAL_MAX_NS)
		ns = INTERVAL_MAX_NS;
	session->options.interval_ns = ns;
	ui_say(ui, false, "every %g s", (double)ns / NSEC_PER_SEC);
	return UI_TIMER;
}

/* Up to a second in tenths, above in seconds. */
static unsigned int interval_step(struct ui *ui, struct session *session, bool longer)
{
	uint64_t ns = session->options.interval_ns;
	uint64_t step = ns < NSEC_PER_SEC || (ns == NSEC_PER_SEC && !longer) ? NSEC_PER_SEC / 10 :
									       NSEC_PER_SEC;

	return interval_set(ui, session, longer ? ns + step : ns > step ? ns - step : 0);
}

static unsigned int seek_to(struct ui *ui, const struct session *session, int64_t number)
{
	const struct sampler *sampler = session->monitor.sampler;

	if (!sampler->ops->seek)
		return 0;
	if (number < 0)
		number = 0;
	if (number >= (int64_t)sampler->count)
		number = (int64_t)sampler->count - 1;
	ui->seek = (unsigned int)number;
	ui->paused = true;
	return UI_SEEK;
}

static void prompt_open(struct ui *ui, enum ui_prompt prompt, const char *text)
{
	ui->prompt = prompt;
	ui->message[0] = '\0';
	edit_start(&ui->input, text);
}

static unsigned int affinity_open(struct ui *ui, const struct session *session)
{
	const struct view_row *row = ui_row(ui, &session->view);

	if (!row || row->table != TABLE_INTERRUPTS || row->data->irq < 0)
		ui_say(ui, true, "only a numbered interrupt has an affinity");
	else if (!session->monitor.sampler->live)
		ui_say(ui, true, "not the running system: nothing to set");
	else {
		ui->irq = row->data->irq;
		prompt_open(ui, PROMPT_AFFINITY, track_list_text(&row->track->facts.affinity));
	}
	return 0;
}

/* Which interrupts: a device's or driver's, or what the filter shows. */
static unsigned int move_open(struct ui *ui, const struct session *session)
{
	const struct view_row *row = ui_row(ui, &session->view);
	const char *filter = session->options.view.filter;
	bool rows = ui->page == PAGE_LIST && session->options.view.tables < TABLES_ROWS;

	ui->plan_filtered = rows && filter[0];
	if (rows && !filter[0]) {
		ui_say(ui, true, "filter the rows to move, open one, or collapse them (v)");
		return 0;
	}
	if (!ui->plan_filtered && (!row || row->cpu || (!row->group && row->data->irq < 0))) {
		ui_say(ui, true, "only a numbered interrupt can be moved");
		return 0;
	}
	if (ui->plan_filtered)
		snprintf(ui->plan_what, sizeof(ui->plan_what), "%.100s", filter);
	else
		snprintf(ui->plan_what, sizeof(ui->plan_what), "%s%.*s", row->group ? "" : "IRQ ",
			 (int)(row->data->label_len < 100 ? row->data->label_len : 100),
			 row->text + row->data->label);
	prompt_open(ui, PROMPT_MOVE, "spread");
	return 0;
}

static unsigned int plan_open(struct ui *ui)
{
	ui->show_moved = ui->moved.n > 0 && (ui->show_moved || !ui->plan.n);
	if (!ui_moves(ui)->n)
		ui_say(ui, true, "nothing is planned: m plans");
	else
		ui->page = PAGE_PLAN;
	return 0;
}

static unsigned int plan_apply(struct ui *ui, const struct session *session)
{
	if (ui->show_moved)
		ui_say(ui, true, "this is done; u undoes it");
	else if (!session->monitor.sampler->live)
		ui_say(ui, true, "not the running system: nothing to set");
	else if (!moves_count(&ui->plan, PLAN_MOVES))
		ui_say(ui, true, "there is nothing to move");
	else
		return UI_APPLY;
	return 0;
}

static unsigned int plan_undo(struct ui *ui)
{
	if (ui->moved.applied)
		return UI_UNDO;
	ui_say(ui, true, "nothing was moved: there is nothing to undo");
	return 0;
}

static unsigned int page_open(struct ui *ui, const struct session *session)
{
	const struct view_row *row = ui_row(ui, &session->view);

	if (ui->page == PAGE_HELP)
		ui->page = ui->help_over;
	else if (row && ui->page == PAGE_LIST) {
		ui->page = PAGE_ROW;
		ui->key = row->data->key;
		ui->row_top = 0;
		ui->detail.known = false;
	}
	return 0;
}

static unsigned int page_back(struct ui *ui)
{
	if (ui->page == PAGE_HELP)
		ui->page = ui->help_over;
	else
		ui->page = PAGE_LIST;
	ui->message[0] = '\0';
	return 0;
}

static unsigned int act_on_view(struct ui *ui, struct session *session, enum action action)
{
	struct view_settings *settings = &session->options.view;

	switch (action) {
	case ACT_SORT_LEFT:
		return sort_beside(ui, session, -1);
	case ACT_SORT_RIGHT:
		return sort_beside(ui, session, 1);
	case ACT_SORT_RATE:
		return sort_by(ui, session, FIELD_RATE);
	case ACT_SORT_TOTAL:
		return sort_by(ui, session, FIELD_TOTAL);
	case ACT_SORT_IRQ:
		return sort_by(ui, session, FIELD_IRQ);
	case ACT_SORT_NAME:
		return sort_by(ui, session, FIELD_NAME);
	case ACT_SORT_DELTA:
		return sort_by(ui, session, FIELD_DELTA);
	case ACT_REVERSE:
		settings->reverse = !settings->reverse;
		ui_say(ui, false, settings->reverse ? "reversed" : "not reversed");
		return UI_VIEW;
	case ACT_FREEZE:
		settings->frozen = !settings->frozen;
		ui_say(ui, false, settings->frozen ? "order frozen" : "order follows the column");
		return UI_VIEW;
	case ACT_CLEAR:
		return filter_put(ui, session, "");
	case ACT_IDLE:
		return idle_turn(ui, session);
	case ACT_TABLES:
		return tables_turn(ui, session);
	case ACT_CPUS:
		return cpus_turn(ui, session);
	case ACT_COLLAPSE:
		return collapse_turn(ui, session);
	case ACT_GROUP:
		return group_turn(ui, session);
	case ACT_WIDE:
		return wide_turn(ui, session);
	default:
		return 0;
	}
}

static unsigned int act_on_time(struct ui *ui, struct session *session, enum action action)
{
	int64_t next = session->monitor.sampler->next;
	char text[32];

	switch (action) {
	case ACT_PAUSE:
		return pause_turn(ui);
	case ACT_FASTER:
		return interval_step(ui, session, false);
	case ACT_SLOWER:
		return interval_step(ui, session, true);
	case ACT_INTERVAL:
		snprintf(text, sizeof(text), "%g",
			 (double)session->options.interval_ns / NSEC_PER_SEC);
		prompt_open(ui, PROMPT_INTERVAL, text);
		return 0;
	case ACT_STEP:
		return seek_to(ui, session, next);
	case ACT_STEP_BACK:
		return seek_to(ui, session, next - 2);
	case ACT_JUMP:
		return seek_to(ui, session, next - 1 + JUMP_SAMPLES);
	case ACT_JUMP_BACK:
		return seek_to(ui, session, next - 1 - JUMP_SAMPLES);
	case ACT_START:
		return seek_to(ui, session, 0);
	case ACT_END:
		return seek_to(ui, session, INT32_MAX);
	default:
		return act_on_view(ui, session, action);
	}
}

unsigned int ui_act(struct ui *ui, struct session *session, enum action action)
{
	const struct view *view = &session->view;
	int64_t page = ui->list_height > 1 ? ui->list_height - 1 : 1;

	switch (action) {
	case ACT_NONE:
		return 0;
	case ACT_LEAVE:
		return ui->page == PAGE_LIST ? UI_QUIT : page_back(ui);
	case ACT_QUIT:
		return UI_QUIT;
	case ACT_HELP:
		if (ui->page != PAGE_HELP)
			ui->help_over = ui->page;
		ui->page = ui->page == PAGE_HELP ? ui->help_over : PAGE_HELP;
		return 0;
	case ACT_OPEN:
		return page_open(ui, session);
	case ACT_BACK:
		return page_back(ui);
	case ACT_UP:
		return go(ui, view, -1);
	case ACT_DOWN:
		return go(ui, view, 1);
	case ACT_PAGE_UP:
		return go(ui, view, -page);
	case ACT_PAGE_DOWN:
		return go(ui, view, page);
	case ACT_HALF_UP:
		return go(ui, view, -(page + 1) / 2);
	case ACT_HALF_DOWN:
		return go(ui, view, (page + 1) / 2);
	case ACT_FIRST:
		return go(ui, view, INT32_MIN);
	case ACT_LAST:
		return go(ui, view, INT32_MAX);
	case ACT_LEFT:
		ui->strip_at -= ui->strip_at > 8 ? 8 : ui->strip_at;
		return 0;
	case ACT_RIGHT:
		ui->strip_at += 8;
		return 0;
	case ACT_FILTER:
		prompt_open(ui, PROMPT_FILTER, session->options.view.filter);
		snprintf(ui->filter_before, sizeof(ui->filter_before), "%s",
			 session->options.view.filter);
		return 0;
	case ACT_FOLLOW:
		ui->follow = !ui->follow;
		ui_say(ui, false, ui->follow ? "following this row" : "not following");
		return 0;
	case ACT_AFFINITY:
		return affinity_open(ui, session);
	case ACT_MOVE:
		return move_open(ui, session);
	case ACT_PLAN:
		return plan_open(ui);
	case ACT_UNDO:
		return plan_undo(ui);
	case ACT_ACTIVE:
		return ui->page == PAGE_PLAN ? plan_apply(ui, session) : active_turn(ui, session);
	case ACT_LATENCY:
		return UI_LATENCY;
	case ACT_SAVE:
		return UI_SAVE;
	case ACT_NO_SETUP:
		ui_say(ui, false, "there is no setup page: W saves what is set now");
		return 0;
	case ACT_REDRAW:
		return UI_REDRAW;
	default:
		return act_on_time(ui, session, action);
	}
}

/* "cpu:" and "node:" select nothing until their list follows. */
static bool is_unfinished(const char *filter)
{
	const char *word = strrchr(filter, ' ');

	word = word ? word + 1 : filter;
	return !strcmp(word, "cpu:") || !strcmp(word, "node:");
}

/* Filters by what is typed so far, if it is a filter. */
static unsigned int filter_try(struct session *session, const char *text)
{
	struct why why;

	if (strlen(text) >= sizeof(session->options.view.filter) || is_unfinished(text) ||
	    !strcmp(text, session->options.view.filter) || session_filter(session, text, &why))
		return 0;
	snprintf(session->options.view.filter, sizeof(session->options.view.filter), "%s", text);
	return UI_VIEW | UI_RECOUNT;
}

static unsigned int prompt_enter(struct ui *ui, struct session *session)
{
	enum ui_prompt prompt = ui->prompt;
	const char *input = ui->input.text;
	uint64_t ns;

	ui->prompt = PROMPT_NONE;
	if (prompt == PROMPT_FILTER) {
		unsigned int wish = filter_put(ui, session, input);

		return wish ? wish : filter_try(session, ui->filter_before);
	}
	if (prompt == PROMPT_INTERVAL) {
		if (!parse_duration(input, NSEC_PER_SEC, &ns))
			return interval_set(ui, session, ns);
		ui_say(ui, true, "'%s' is not a number of seconds", input);
		return 0;
	}
	if (prompt == PROMPT_MOVE)
		return UI_PLAN;
	if (cpu_mask_parse(&ui->affinity, input, ui->input.len) || !cpu_mask_count(&ui->affinity)) {
		ui_say(ui, true, "'%s' is not a list of CPUs like 0-3,8", input);
		return 0;
	}
	return UI_AFFINITY;
}

static unsigned int prompt_cancel(struct ui *ui, struct session *session)
{
	enum ui_prompt prompt = ui->prompt;

	ui->prompt = PROMPT_NONE;
	return prompt == PROMPT_FILTER ? filter_try(session, ui->filter_before) : 0;
}

/* Hands that know another program find out that a key is not there. */
static unsigned int key_unknown(struct ui *ui, int code)
{
	if (code > ' ' && code < 127)
		ui_say(ui, false, "%c is no key here; ? lists the keys", code);
	else if (code >= KEY_F(1) && code <= KEY_F(12))
		ui_say(ui, false, "F%d is no key here; ? lists the keys", code - KEY_F(0));
	return 0;
}

unsigned int ui_type(struct ui *ui, struct session *session, int code)
{
	if (ui->prompt == PROMPT_NONE) {
		ui->message[0] = '\0';
		if (key_action(code) == ACT_NONE)
			return key_unknown(ui, code);
		return ui_act(ui, session, key_action(code));
	}
	switch (code) {
	case KEY_ESCAPE:
		return prompt_cancel(ui, session);
	case '\n':
	case '\r':
	case KEY_ENTER:
		return prompt_enter(ui, session);
	default:
		edit_key(&ui->input, code);
		return ui->prompt == PROMPT_FILTER ? filter_try(session, ui->input.text) : 0;
	}
}

unsigned int ui_click(struct ui *ui, struct session *session, unsigned int x, unsigned int y)
{
	const struct layout_column *column;
	uint32_t at;

	if (ui->page != PAGE_LIST)
		return page_back(ui);
	if (y == ui->layout.title_y) {
		column = layout_at(&ui->layout, x);
		if (!column || fields[column->id].style == STYLE_PICTURE)
			return 0;
		if (column->id == session->options.view.sort)
			return ui_act(ui, session, ACT_REVERSE);
		return sort_by(ui, session, column->id);
	}
	if (y < ui->layout.list_y || y >= ui->layout.list_y + ui->layout.list_height)
		return 0;
	at = ui->top + (y - ui->layout.list_y);
	if (at >= session->view.nrows)
		return 0;
	if (at == ui->cursor)
		return page_open(ui, session);
	cursor_move(ui, &session->view, (int64_t)at - ui->cursor);
	return 0;
}

unsigned int ui_wheel(struct ui *ui, struct session *session, int turn)
{
	return go(ui, &session->view, turn * WHEEL_ROWS);
}
