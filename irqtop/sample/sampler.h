/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where samples come from: a running system, a copied tree or a recording. */
#ifndef IRQTOP_SAMPLER_H
#define IRQTOP_SAMPLER_H

#include "sample.h"

struct sampler;

struct sampler_ops {
	/* Fills `sample`, reusing its memory. -ENODATA: there are no more. */
	int (*read)(struct sampler *sampler, struct sample *sample);
	/* Only recordings: the next read() gives sample `number`. */
	int (*seek)(struct sampler *sampler, unsigned int number);
	void (*close)(struct sampler *sampler);
};

struct sampler {
	const struct sampler_ops *ops;
	int root;  /* directory of the tree, -1 for a recording */
	bool live; /* the running system */
	/* Where CPUs are, by number, as a recording says; else it is read below root. */
	const struct irqtable_place *place;
	uint32_t nplaces;
	unsigned int count, next; /* recordings: samples, next to be read */
};

/* `path`: "/" or a copied tree. NULL with errno set on failure. */
struct sampler *sampler_proc_open(const char *path);

/* NULL with errno set on failure; EBADMSG: not a recording. */
struct sampler *sampler_replay_open(const char *path);

/* One file with the text of /proc/interrupts, given once. */
struct sampler *sampler_text_open(const char *path);

static inline int sampler_read(struct sampler *sampler, struct sample *sample)
{
	return sampler->ops->read(sampler, sample);
}

void sampler_close(struct sampler *sampler);

#endif
