/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of the screen, which keys and clicks change. Draws and reads nothing. */
#ifndef IRQTOP_UI_H
#define IRQTOP_UI_H

#include "edit.h"
#include "keys.h"
#include "layout.h"
#include "irqtop/session/isolate.h"
#include "irqtop/session/moves.h"
#include "irqtop/session/session.h"

enum ui_page { PAGE_LIST, PAGE_ROW, PAGE_PLAN, PAGE_HELP };
enum ui_prompt { PROMPT_NONE, PROMPT_FILTER, PROMPT_INTERVAL, PROMPT_AFFINITY, PROMPT_MOVE };

#define UI_TEXT 256

/* What the main loop has to do after an action. */
enum {
	UI_VIEW = 1 << 0,    /* rebuild the view */
	UI_RECOUNT = 1 << 1, /* other CPUs are selected: compare again */
	UI_TIMER = 1 << 2,   /* the interval changed */
	UI_QUIT = 1 << 3,
	UI_SAVE = 1 << 4,
	UI_REDRAW = 1 << 5,
	UI_SEEK = 1 << 6,     /* go to sample ui->seek */
	UI_AFFINITY = 1 << 7, /* write ui->affinity to ui->irq */
	UI_LATENCY = 1 << 8,  /* turn tracing on or off */
	UI_RESTART = 1 << 9,  /* the next sample has no earlier one */
	UI_PLAN = 1 << 10,    /* plan to move what ui->plan_what names to ui->input */
	UI_APPLY = 1 << 11,   /* write the affinities of the plan */
	UI_UNDO = 1 << 12,    /* write those from before */
};

struct ui {
	enum ui_page page, help_over;	 /* shown; shown when the help page was opened */
	uint32_t cursor, top;		 /* rows of the view */
	enum tables_shown tables_before; /* when another page was opened */
	uint64_t key;			 /* of the row under the cursor */
	bool follow, paused;
	uint32_t strip_at;	    /* first group shown */
	uint32_t row_top, help_top; /* text lines above the visible part of these pages */
	enum ui_prompt prompt;
	struct edit input;
	char filter_before[FILTER_BYTES]; /* before it was typed: Esc restores it */
	char message[UI_TEXT];
	bool message_bad, message_new; /* new: not drawn yet */
	unsigned int list_height;      /* rows that fit */
	unsigned int seek;
	int32_t irq;
	struct cpu_mask affinity;
	/* Moves: `plan` is not applied yet, `moved` was, and can be undone. */
	struct moves plan, moved;
	bool show_moved;
	char plan_what[MOVES_TEXT];
	bool plan_filtered; /* what the filter shows; else the row under the cursor */
	uint32_t plan_top;  /* text lines above the visible part of the page */
	struct layout layout;
	struct detail detail;
	char isolation[ISOLATION_BYTES]; /* of the opened row; empty: nothing to say */
	/* Of the opened row. */
	bool have_latency[LATENCY_KINDS];
	struct hist latency[LATENCY_KINDS];
	double self_cpu;     /* share of one CPU; negative: unknown */
	char where[UI_TEXT]; /* host and kernel, or file */
};

/* An action, and a key of curses. Like those below, they return UI_*. */
unsigned int ui_act(struct ui *ui, struct session *session, enum action action);
unsigned int ui_type(struct ui *ui, struct session *session, int code);

/* A click at (x, y). */
unsigned int ui_click(struct ui *ui, struct session *session, unsigned int x, unsigned int y);

/* A turn of the wheel; negative: up. */
unsigned int ui_wheel(struct ui *ui, struct session *session, int turn);

/* After a new view: keeps the cursor on its row (when it follows it) or in its place. */
void ui_settle(struct ui *ui, const struct view *view);

/* The row under the cursor; NULL when there is none. */
const struct view_row *ui_row(const struct ui *ui, const struct view *view);

/* The moves of PAGE_PLAN. */
static inline struct moves *ui_moves(struct ui *ui)
{
	return ui->show_moved ? &ui->moved : &ui->plan;
}

__attribute__((format(printf, 3, 4))) void ui_say(struct ui *ui, bool bad, const char *format, ...);

#endif
