/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user of the screen did so far. Changes state; never draws or reads. */
#ifndef IRQTOP_UI_H
#define IRQTOP_UI_H

#include "edit.h"
#include "keys.h"
#include "layout.h"
#include "irqtop/session/session.h"

enum ui_page { PAGE_LIST, PAGE_ROW, PAGE_HELP };
enum ui_prompt { PROMPT_NONE, PROMPT_FILTER, PROMPT_INTERVAL, PROMPT_AFFINITY };

#define UI_TEXT 256

/* What an action asks of the main loop. */
enum {
	UI_VIEW = 1 << 0,    /* rows or their order changed */
	UI_RECOUNT = 1 << 1, /* CPUs to count changed */
	UI_TIMER = 1 << 2,   /* the interval changed */
	UI_QUIT = 1 << 3,
	UI_SAVE = 1 << 4,
	UI_REDRAW = 1 << 5,
	UI_SEEK = 1 << 6,     /* to ui->seek */
	UI_AFFINITY = 1 << 7, /* write ui->affinity to ui->irq */
	UI_LATENCY = 1 << 9,  /* turn tracing on or off */
	UI_RESTART = 1 << 8,  /* compare from here on */
};

struct ui {
	enum ui_page page, help_over;
	uint32_t cursor, top; /* rows of the view */
	uint64_t key;	      /* of the row under the cursor */
	bool follow, paused;
	uint32_t strip_at;	    /* first group shown */
	uint32_t row_top, help_top; /* lines scrolled in the opened row, the help */
	enum ui_prompt prompt;
	struct edit input;
	char message[UI_TEXT];
	bool message_bad, message_new; /* new: nobody has seen it yet */
	unsigned int list_height;      /* rows that fit; set when laid out */
	unsigned int seek;
	int32_t irq;
	struct cpu_mask affinity;
	struct layout layout;
	struct detail detail;
	/* of the opened row */
	bool have_latency[LATENCY_KINDS];
	struct hist latency[LATENCY_KINDS];
	double self_cpu;     /* share of one CPU; negative: unknown */
	char where[UI_TEXT]; /* host or file */
};

/* Both return UI_* bits. */
unsigned int ui_act(struct ui *ui, struct session *session, enum action action);
unsigned int ui_type(struct ui *ui, struct session *session, int code);

/* A click on place (x, y). */
unsigned int ui_click(struct ui *ui, struct session *session, unsigned int x, unsigned int y);

/* The wheel, below zero: up. */
unsigned int ui_wheel(struct ui *ui, struct session *session, int turn);

/* After a new view: keeps the cursor on the row (follow) or the line. */
void ui_settle(struct ui *ui, const struct view *view);

/* The row under the cursor; NULL when there is none. */
const struct view_row *ui_row(const struct ui *ui, const struct view *view);

__attribute__((format(printf, 3, 4))) void ui_say(struct ui *ui, bool bad, const char *format, ...);

#endif
