// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The main loop of the screen: takes samples in time, draws when something changed, and
 * gives keys to the ui. Keys do not change the time of the next sample.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "irqtop/session/affinity.h"
#include "irqtop/session/command.h"
#include "draw.h"
#include "irqtop/view/format.h"
#include "irqtop/session/session.h"
#include "irqtop/session/stop.h"
#include "terminal.h"
#include "ui.h"

#define MESSAGE_NS   UINT64_C(4000000000)
#define SEEK_HISTORY 64 /* samples that are read before the one sought */
#define KEYS_AT_ONCE 32 /* keys between two looks at the clock */

struct screen {
	struct session *session;
	struct terminal terminal;
	struct canvas canvas;
	struct ui ui;
	uint64_t deadline_ns;
	uint64_t message_ns;	      /* when the message was first shown */
	uint64_t self_ns, self_at_ns; /* own CPU time, at the last sample */
	bool dirty, redraw_all, quit;
	bool keys_left;	      /* curses may have keys that poll() does not see */
	uint64_t reports;     /* samples after the first */
	uint64_t names_shape; /* of the rows that names_width was measured for */
	unsigned int names_width;
};

static unsigned int needs_of(const struct screen *screen)
{
	/* The affinity for the strip, which shows it, for the prompt and the mark of nodes. */
	unsigned int needs = screen->ui.layout.needs | fields[FIELD_OFF_NODE].needs |
			     session_needs(screen->session);

	if (screen->ui.page == PAGE_ROW)
		needs |= NEED_FACTS | NEED_DEVICES | NEED_THREADS;
	return needs;
}

static void latencies_free(struct ui *ui)
{
	int kind;

	for (kind = 0; kind < LATENCY_KINDS; kind++) {
		if (ui->have_latency[kind])
			hist_free(&ui->latency[kind]);
		ui->have_latency[kind] = false;
	}
}

static void latencies_collect(struct screen *screen, const struct view_row *row)
{
	struct ui *ui = &screen->ui;
	int kind;

	latencies_free(ui);
	if (ui->page != PAGE_ROW || !row || row->table != TABLE_INTERRUPTS)
		return;
	for (kind = 0; kind < LATENCY_KINDS; kind++)
		ui->have_latency[kind] =
			latency_histogram(screen->session->latency, row->data->irq,
					  (enum latency_kind)kind, &ui->latency[kind]);
}

/* Reads the facts of visible rows. */
static void facts_collect(struct screen *screen)
{
	struct session *session = screen->session;
	const struct view_row *row;

	collect_rows(&session->collect, &session->view, screen->ui.top, screen->ui.list_height,
		     needs_of(screen));
	row = ui_row(&screen->ui, &session->view);
	if (screen->ui.page == PAGE_ROW && row && row->table == TABLE_INTERRUPTS &&
	    row->data->irq >= 0) {
		detail_read(&screen->ui.detail, session->collect.root, (uint32_t)row->data->irq);
		if (!isolate_advise(session, row, screen->ui.isolation))
			screen->ui.isolation[0] = '\0';
	}
	latencies_collect(screen, row);
}

/* Of the longest name in the view. Measured when other rows are shown. */
static unsigned int name_width(struct screen *screen)
{
	const struct session *session = screen->session;
	const struct sample *sample = monitor_sample(&session->monitor);
	uint64_t shape = sample->table[0].rows_shape + session->filter.serial +
			 session->view.nrows + session->options.view.tables;
	uint32_t r;

	if (shape == screen->names_shape)
		return screen->names_width;
	screen->names_shape = shape;
	screen->names_width = 0;
	for (r = 0; r < session->view.nrows; r++) {
		struct value name = field_get(FIELD_NAME, &session->view.row[r]);

		if (name.kind == VALUE_TEXT && name.len > screen->names_width)
			screen->names_width = (unsigned int)name.len;
	}
	return screen->names_width;
}

static void lay_out(struct screen *screen)
{
	struct session *session = screen->session;
	struct ui *ui = &screen->ui;
	struct layout_room room = { 0 };

	terminal_size(&room.width, &room.height);
	axis_update(&session->axis, sample_cpus(monitor_sample(&session->monitor)),
		    session->monitor.sampler, session->options.group,
		    layout_strip_width(&session->options, room.width));
	room.groups = session->axis.ngroups;
	room.rows = view_rows_of(session->options.view.tables);
	room.have = (session->latency ? NEED_TIME : 0) | (session->cost.reads ? NEED_READS : 0) |
		    (session->collect.root >= 0 ? NEED_SYSTEM :
		     room.rows == OF_CPUS	? NEED_NODE :
						  0);
	room.extra = (session_missing(session) ? LAYOUT_NOTE : 0) |
		     (session->view.idle ? LAYOUT_FOLD : 0);
	/* The name of a CPU's busiest interrupt identifies no row. */
	room.name_width = room.rows == OF_ROWS ? name_width(screen) : 0;
	layout_make(&ui->layout, &session->options, &room);
	ui->list_height = ui->layout.list_height;
	if (ui->strip_at >= session->axis.ngroups)
		ui->strip_at = session->axis.ngroups ? session->axis.ngroups - 1 : 0;
	if (canvas_reset(&screen->canvas, room.width, room.height))
		screen->quit = true;
	screen->canvas.ascii = !screen->terminal.utf8;
}

static void draw(struct screen *screen)
{
	lay_out(screen);
	ui_settle(&screen->ui, &screen->session->view);
	facts_collect(screen);
	draw_screen(&screen->canvas, &screen->ui, screen->session);
	if (terminal_show(&screen->terminal, &screen->canvas, screen->redraw_all))
		screen->quit = true;
	screen->dirty = screen->redraw_all = false;
}

static void alert_show(void *context, const struct alert *alert, const struct view_row *row,
		       double value)
{
	struct screen *screen = context;
	const char *command = screen->session->options.alert_command;
	char number[FORMAT_BYTES];

	format_number(number, value, 12);
	ui_say(&screen->ui, true, "alert: %.*s %s %s (%s)", (int)row->data->label_len,
	       row->text + row->data->label, fields[alert->field].key, number, alert->expression);
	if (command && command_run(command, alert, row, value, true))
		ui_say(&screen->ui, true, "--alert-command: cannot be run: %s", strerror(errno));
}

static void self_measure(struct screen *screen)
{
	uint64_t cpu_ns = clock_read_ns(CLOCK_PROCESS_CPUTIME_ID);
	uint64_t now_ns = clock_ns();

	screen->ui.self_cpu = -1;
	if (screen->self_at_ns && screen->session->monitor.sampler->live)
		screen->ui.self_cpu =
			(double)(cpu_ns - screen->self_ns) / (double)(now_ns - screen->self_at_ns);
	screen->self_ns = cpu_ns;
	screen->self_at_ns = now_ns;
}

/* The row that must not be folded: it is open, or the cursor follows it. */
static void keep_set(struct screen *screen)
{
	const struct ui *ui = &screen->ui;

	screen->session->options.view.keep = ui->follow || ui->page == PAGE_ROW ? ui->key : 0;
}

/* Something else, as irqbalance, may write affinities that we wrote. */
static void plan_watch(struct screen *screen)
{
	struct ui *ui = &screen->ui;
	int root = screen->session->collect.root;
	unsigned int changed;
	char seen[64], set[64];
	size_t which;

	changed = moves_watch(&ui->moved, root, &which);
	if (!changed)
		return;
	moves_cpus_text(seen, &ui->moved.answer[which].seen, 40);
	moves_cpus_text(set, &ui->moved.answer[which].set, 40);
	ui_say(ui, true, "IRQ %u: something else set %s where we set %s%s%s",
	       ui->moved.irq[which].irq, seen, set, changed > 1 ? ", and others" : "",
	       moves_irqbalance(root) ? " (irqbalance runs)" : "");
}

static void sample_take(struct screen *screen)
{
	struct session *session = screen->session;
	int err;

	keep_set(screen);
	err = session_step(session, needs_of(screen));

	screen->dirty = true;
	if (err == -ENODATA) {
		screen->ui.paused = true;
		ui_say(&screen->ui, false, "the recording ends here");
	} else if (err) {
		ui_say(&screen->ui, true, "cannot %s: %s",
		       session->step == STEP_RECORD ? "record" : "read the tables", strerror(-err));
	} else {
		self_measure(screen);
		plan_watch(screen);
		screen->reports++;
		screen->quit |= screen->reports == session->options.count;
		alerts_check(&session->options.alerts, &session->view, alert_show, screen);
		if (session->options.alert_command)
			command_reap();
	}
}

/* Goes to sample ui->seek, and reads some before it for the history. */
static void seek(struct screen *screen)
{
	struct session *session = screen->session;
	struct monitor *monitor = &session->monitor;
	unsigned int target = screen->ui.seek, i;
	int err = 0;

	if (target == monitor->sampler->next) {
		sample_take(screen);
		return;
	}
	err = monitor->sampler->ops->seek(monitor->sampler,
					  target > SEEK_HISTORY ? target - SEEK_HISTORY : 0);
	for (i = 0; i < TABLE_COUNT; i++)
		tracks_free(&monitor->tracks[i]);
	monitor->generation = 0;
	monitor_restart(monitor);
	do {
		if (!err)
			err = monitor_step(monitor);
	} while (!err && monitor->sampler->next <= target);
	if (!err)
		err = session_arrange(session, needs_of(screen));
	if (err) {
		/* The view has pointers to tracks that are freed. */
		session->view.nrows = 0;
		ui_say(&screen->ui, true, "cannot read the recording: %s", strerror(-err));
	}
}

/* A list of CPUs for a message, or their number when the list is long. */
static void cpus_say(char text[64], const struct cpu_mask *cpus)
{
	if (cpu_mask_format(cpus, text, 40) >= 40)
		snprintf(text, 64, "%u CPUs", cpu_mask_count(cpus));
}

static void affinity_set(struct screen *screen)
{
	struct ui *ui = &screen->ui;
	struct irqtable_facts facts;
	char list[64], now[64] = "";
	int err;

	cpus_say(list, &ui->affinity);
	err = irqtable_affinity_write(screen->session->collect.root, (uint32_t)ui->irq,
				      &ui->affinity);
	if (err) {
		ui_say(ui, true, "IRQ %d: the kernel says %s: %s", ui->irq, strerror(-err),
		       affinity_why(err, !geteuid()));
		return;
	}
	if (!irqtable_facts_read(&facts, screen->session->collect.root, (uint32_t)ui->irq,
				 IRQTABLE_HAVE_EFFECTIVE))
		cpus_say(now, &facts.effective);
	ui_say(ui, false, "IRQ %d: the kernel took %s%s%s", ui->irq, list,
	       now[0] ? "; it goes to " : "", now);
}

/* The plan that is there stays when another one cannot be made. */
static void plan_make_new(struct screen *screen)
{
	struct ui *ui = &screen->ui;
	struct moves_choice choice = { .what = ui->plan_what };
	struct moves moves = { 0 };
	struct why why;

	if (ui->plan_filtered)
		choice.filter = &screen->session->filter;
	else
		choice.row = ui_row(ui, &screen->session->view);
	if ((!choice.filter && !choice.row) ||
	    moves_plan(screen->session, &moves, &choice, ui->input.text, &why)) {
		ui_say(ui, true, "%s", choice.filter || choice.row ? why.text : "no row");
		moves_free(&moves);
		return;
	}
	moves_free(&ui->plan);
	ui->plan = moves;
	ui->show_moved = false;
	ui->plan_top = 0;
	ui->page = PAGE_PLAN;
}

static void plan_applied(struct screen *screen)
{
	struct ui *ui = &screen->ui;
	unsigned int n = moves_count(&ui->plan, PLAN_MOVES), refused;

	refused = moves_apply(&ui->plan, screen->session->collect.root);
	moves_free(&ui->moved);
	ui->moved = ui->plan;
	memset(&ui->plan, 0, sizeof(ui->plan));
	ui->show_moved = true;
	ui_say(ui, refused > 0, "%u moved%s", n - refused,
	       refused ? ", the kernel refused others" : "");
}

static void plan_undone(struct screen *screen)
{
	struct ui *ui = &screen->ui;
	unsigned int refused = moves_undo(&ui->moved, screen->session->collect.root);

	ui->show_moved = true;
	ui->page = PAGE_PLAN;
	if (refused)
		ui_say(ui, true, "the kernel refused to restore %u", refused);
	else
		ui_say(ui, false, "restored");
}

static void latency_turn(struct screen *screen)
{
	struct session *session = screen->session;
	struct why why;

	if (session_latency(session, !session->latency, &why))
		ui_say(&screen->ui, true, "no tracing: %s", why.text);
	else
		ui_say(&screen->ui, false,
		       session->latency ? "tracing handlers and wake-ups" : "not tracing any more");
}

static void settings_save(struct screen *screen)
{
	int err;

	if (!screen->session->options.config) {
		ui_say(&screen->ui, true, "there is no config file to save to");
		return;
	}
	err = options_save(&screen->session->options);
	if (err)
		ui_say(&screen->ui, true, "cannot save %s: %s", screen->session->options.config,
		       strerror(-err));
	else
		ui_say(&screen->ui, false, "saved to %s", screen->session->options.config);
}

/* Does what an action requires. */
static void react(struct screen *screen, unsigned int wish)
{
	struct session *session = screen->session;

	screen->dirty = true;
	keep_set(screen);
	if (wish & UI_QUIT)
		screen->quit = true;
	if (wish & UI_REDRAW)
		screen->redraw_all = true;
	if (wish & UI_SAVE)
		settings_save(screen);
	if (wish & UI_LATENCY)
		latency_turn(screen);
	if (wish & UI_AFFINITY)
		affinity_set(screen);
	if (wish & UI_PLAN)
		plan_make_new(screen);
	if (wish & UI_APPLY)
		plan_applied(screen);
	if (wish & UI_UNDO)
		plan_undone(screen);
	if (wish & UI_TIMER)
		screen->deadline_ns = clock_ns() + screen->session->options.interval_ns;
	if (wish & UI_SEEK)
		seek(screen);
	if (wish & UI_RESTART && session->monitor.sampler->live) {
		monitor_restart(&session->monitor);
		sample_take(screen);
		screen->deadline_ns = clock_ns() + screen->session->options.interval_ns;
	}
	if (wish & UI_RECOUNT)
		monitor_recount(&session->monitor);
	if (wish & (UI_VIEW | UI_RECOUNT) && session_arrange(session, needs_of(screen)))
		screen->quit = true;
}

static void keys_read(struct screen *screen)
{
	struct terminal_key key;
	unsigned int wish, n;

	screen->keys_left = true;
	for (n = 0; n < KEYS_AT_ONCE && !screen->quit; n++) {
		if (!terminal_key(&screen->terminal, &key)) {
			screen->keys_left = false;
			return;
		}
		if (key.resized) {
			screen->dirty = screen->redraw_all = true;
			continue;
		}
		if (key.wheel)
			wish = ui_wheel(&screen->ui, screen->session, key.wheel);
		else if (key.mouse)
			wish = ui_click(&screen->ui, screen->session, key.x, key.y);
		else
			wish = ui_type(&screen->ui, screen->session, key.code);
		react(screen, wish);
		/* The next key refers to the new layout. */
		lay_out(screen);
		ui_settle(&screen->ui, &screen->session->view);
	}
}

static int timeout_ms(const struct screen *screen)
{
	uint64_t now_ns = clock_ns();

	if (screen->keys_left)
		return 0;
	if (screen->ui.paused)
		return -1;
	if (screen->deadline_ns <= now_ns)
		return 0;
	return (int)((screen->deadline_ns - now_ns + 999999) / 1000000);
}

static void wait_for_something(struct screen *screen)
{
	struct pollfd poll_fd = { .fd = screen->terminal.fd, .events = POLLIN };
	int n = poll(&poll_fd, 1, timeout_ms(screen));

	if (n < 0) {
		/* A signal: the size changed, or the program continues after a stop. */
		screen->dirty = screen->redraw_all = errno == EINTR;
		screen->quit |= errno != EINTR;
	}
	if (n > 0 &&
	    (poll_fd.revents & (POLLHUP | POLLERR | POLLNVAL) || terminal_gone(&screen->terminal)))
		screen->quit = true;
}

/* Removes a message that is no error after a while. */
static void message_fade(struct screen *screen, uint64_t now_ns)
{
	struct ui *ui = &screen->ui;

	if (ui->message_new)
		screen->message_ns = now_ns;
	ui->message_new = false;
	if (ui->message[0] && !ui->message_bad && now_ns - screen->message_ns >= MESSAGE_NS) {
		ui->message[0] = '\0';
		screen->dirty = true;
	}
}

static void timer_check(struct screen *screen)
{
	uint64_t now_ns = clock_ns();

	message_fade(screen, now_ns);
	if (screen->ui.paused || now_ns < screen->deadline_ns)
		return;
	screen->deadline_ns += screen->session->options.interval_ns;
	if (screen->deadline_ns < now_ns)
		screen->deadline_ns = now_ns + screen->session->options.interval_ns;
	sample_take(screen);
}

static void where_set(struct screen *screen)
{
	const struct options *options = &screen->session->options;
	const char *name = options->replay ? options->replay : options->root;
	const char *slash = strrchr(name, '/');
	struct utsname uts;

	if (screen->session->monitor.sampler->live && !uname(&uts))
		snprintf(screen->ui.where, sizeof(screen->ui.where), "%.60s  %.60s", uts.nodename,
			 uts.release);
	else
		snprintf(screen->ui.where, sizeof(screen->ui.where), "%.120s",
			 slash && slash[1] ? slash + 1 : name);
}

int screen_run(struct session *session)
{
	struct screen *screen = calloc(1, sizeof(*screen));

	if (!screen)
		return session_complain("screen", -ENOMEM);
	screen->session = session;
	screen->ui.self_cpu = -1;
	where_set(screen);
	/* Before curses has handlers of its own, which end the program with an error. */
	stop_on_signals();
	if (terminal_open(&screen->terminal, &session->options)) {
		free(screen);
		return 1;
	}
	screen->deadline_ns = clock_ns() + screen->session->options.interval_ns;
	screen->dirty = true;
	/* Read devices for the first page, and threads for the first difference. */
	lay_out(screen);
	collect_sample(&session->collect, &session->monitor, needs_of(screen));
	screen->quit |= session_arrange(session, needs_of(screen)) != 0;
	while (!screen->quit && !stop_requested()) {
		timer_check(screen);
		if (screen->dirty)
			draw(screen);
		wait_for_something(screen);
		keys_read(screen);
	}
	terminal_close(&screen->terminal);
	canvas_free(&screen->canvas);
	latencies_free(&screen->ui);
	moves_free(&screen->ui.plan);
	moves_free(&screen->ui.moved);
	free(screen);
	return session->options.alerts.fired ? EXIT_THRESHOLD : 0;
}
