/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes samples: of the running system, a copied tree, a text file or a recording. */
#ifndef IRQTOP_SAMPLER_H
#define IRQTOP_SAMPLER_H

#include "sample.h"

struct sampler;

struct sampler_ops {
	/*
	 * Fills `sample`, and reuses its memory. 0, -ENODATA: no more, -ENOMSG: the tables
	 * are masked, or another error.
	 */
	int (*read)(struct sampler *sampler, struct sample *sample);
	/* Only for recordings, else NULL: the next read() gives sample `number`. */
	int (*seek)(struct sampler *sampler, unsigned int number);
	void (*close)(struct sampler *sampler);
};

struct sampler {
	const struct sampler_ops *ops;
	int root;  /* directory of the tree; -1: there is none */
	bool live; /* it is the running system */
	/* Nodes and caches by CPU, when a recording has them; else they are read in root. */
	const struct irqtable_place *place;
	uint32_t nplaces;
	unsigned int count, next; /* of a recording: samples, and the next to read */
};

/* Each returns NULL and sets errno on failure. `path`: "/" or a copied tree. */
struct sampler *sampler_proc_open(const char *path);

/* EBADMSG: not a recording. */
struct sampler *sampler_replay_open(const char *path);

/* A copy of /proc/interrupts: one sample, without a time. */
struct sampler *sampler_text_open(const char *path);

static inline int sampler_read(struct sampler *sampler, struct sample *sample)
{
	return sampler->ops->read(sampler, sample);
}

void sampler_close(struct sampler *sampler);

#endif
