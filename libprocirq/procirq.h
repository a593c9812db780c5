/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libprocirq - device interrupts in user space through /proc/irq/N/irq
 *
 * What the file itself promises is written in uapi/procirq.h, which this header
 * includes: the error table, struct procirq_event, struct procirq_info and the
 * PROCIRQ_FLAG_* are taken from there.
 *
 * Functions that fail return -1 (or NULL) with errno set; none prints, none
 * exits. A handle may be used by several threads at once, as its file
 * descriptor may; closing it while another thread uses it is an error.
 */
#ifndef LIBPROCIRQ_PROCIRQ_H
#define LIBPROCIRQ_PROCIRQ_H

#include <stddef.h>

#include "uapi/procirq.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How to open; the PROCIRQ_FLAG_* of uapi/procirq.h may be or-ed in. */
#define PROCIRQ_OPEN_EXCL	(1U << 16)	/* this reader alone */
#define PROCIRQ_OPEN_NONBLOCK	(1U << 17)	/* reads fail with EAGAIN */

/* Size of a buffer that any sentence of procirq_explain() fits in, bytes. */
#define PROCIRQ_EXPLAIN_BYTES	512

struct procirq;

struct procirq *procirq_open(unsigned int irq, unsigned int flags);
struct procirq *procirq_open_name(const char *name, unsigned int flags);
void procirq_close(struct procirq *line);
int procirq_fd(const struct procirq *line);
unsigned int procirq_irq(const struct procirq *line);

int procirq_wait(struct procirq *line, int timeout_ms);
int procirq_read(struct procirq *line);
int procirq_read_record(struct procirq *line, struct procirq_event *event);
int procirq_mask(struct procirq *line);
int procirq_unmask(struct procirq *line);
int procirq_get_info(struct procirq *line, struct procirq_info *info);
int procirq_set_flags(struct procirq *line, unsigned int flags);

int procirq_resolve(const char *name, unsigned int *irqs, size_t max);
int procirq_holders(unsigned int irq, char *buf, size_t size);
int procirq_explain(unsigned int irq, int error, char *buf, size_t size);
int procirq_explain_name(const char *name, int error, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* LIBPROCIRQ_PROCIRQ_H */
