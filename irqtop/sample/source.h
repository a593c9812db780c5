/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where samples come from: a running system, a copied tree or a recording. */
#ifndef IRQTOP_SOURCE_H
#define IRQTOP_SOURCE_H

#include "sample.h"

struct source;

struct source_ops {
	/* Fills `sample`, reusing its memory. -ENODATA: there are no more. */
	int (*read)(struct source *source, struct sample *sample);
	/* Only recordings: the next read() gives sample `number`. */
	int (*seek)(struct source *source, unsigned int number);
	void (*close)(struct source *source);
};

struct source {
	const struct source_ops *ops;
	int root;  /* directory of the tree, -1 for a recording */
	bool live; /* the running system */
	/* Where CPUs are, by number, as a recording says; else it is read below root. */
	const struct irqtable_place *place;
	uint32_t nplaces;
	unsigned int count, next; /* recordings: samples, next to be read */
};

/* `path`: "/" or a copied tree. NULL with errno set on failure. */
struct source *source_proc_open(const char *path);

/* NULL with errno set on failure; EBADMSG: not a recording. */
struct source *source_replay_open(const char *path);

/* One file with the text of /proc/interrupts, given once. */
struct source *source_text_open(const char *path);

static inline int source_read(struct source *source, struct sample *sample)
{
	return source->ops->read(source, sample);
}

void source_close(struct source *source);

#endif
