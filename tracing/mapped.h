/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapped - one CPU's ring buffer, read where the kernel wrote it (mmap)
 *
 * Linux 6.10 and later. The kernel hands over one sub-buffer at a time; it may be
 * the one that is still written to, so what is read of it is bounded by its
 * length at that time, and the rest comes with the next call.
 *
 * No copy is made, but the kernel passes over each event of a sub-buffer before it
 * hands over the next, where read() swaps pages: tests/bench/trace.c finds mmap
 * about three times as expensive an event, so it is not the default.
 */
#ifndef TRACING_MAPPED_H
#define TRACING_MAPPED_H

#include <stdint.h>
#include <sys/types.h>

#include "subbuf.h"

struct mapped;

struct mapped *mapped_open(int fd, const struct subbuf_layout *layout);
void mapped_close(struct mapped *m);
ssize_t mapped_page(struct mapped *m, const uint8_t **page);

#endif /* TRACING_MAPPED_H */
