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
#define PROCIRQ_OPEN_EXCL     (1U << 16) /* this reader alone */
#define PROCIRQ_OPEN_NONBLOCK (1U << 17) /* reads fail with EAGAIN */

/* Size of a buffer that any sentence of procirq_explain*() fits in, bytes. */
#define PROCIRQ_EXPLAIN_BYTES 512

/* Size of a buffer for the address of a PCI function, "0000:00:04.0", bytes. */
#define PROCIRQ_PCI_BYTES 13

/* The phases at which a descriptor's steps are run, in their order in it. */
enum procirq_phase {
	PROCIRQ_CHECK,	 /* has the device interrupted? */
	PROCIRQ_ACK,	 /* acknowledge, right after */
	PROCIRQ_SILENCE, /* keep it from interrupting until it is tended */
	PROCIRQ_RESUME,	 /* let it interrupt again */
	PROCIRQ_RELEASE, /* silence it for good: the file is closed */
	PROCIRQ_PHASES
};

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

int procirq_set_descriptor(struct procirq *line, const struct procirq_descriptor *descriptor);
int procirq_set_eventfd(struct procirq *line, int eventfd, unsigned int flags);
int procirq_inject(struct procirq *line, unsigned int count);

/* A device descriptor: step by step, or from a file as procirq-device(5) says. */
int procirq_descriptor_init(struct procirq_descriptor *descriptor, const char *device);
int procirq_descriptor_init_intx(struct procirq_descriptor *descriptor, const char *device);
int procirq_descriptor_add(struct procirq_descriptor *descriptor, enum procirq_phase phase,
			   const struct procirq_step *step);
int procirq_descriptor_parse(struct procirq_descriptor *descriptor, const char *name,
			     const char *text, size_t len, const char *device, char *why,
			     size_t size);
int procirq_descriptor_load(struct procirq_descriptor *descriptor, const char *path,
			    const char *device, char *why, size_t size);

/* The ring of the last interrupts, which is read without a system call. */
struct procirq_ring_reader;

struct procirq_ring_reader *procirq_ring_open(struct procirq *line);
void procirq_ring_close(struct procirq_ring_reader *reader);
int procirq_ring_next(struct procirq_ring_reader *reader, struct procirq_ring_entry *entry,
		      unsigned long long *lost);
int procirq_ring_spin(struct procirq_ring_reader *reader, struct procirq_ring_entry *entry,
		      unsigned long long *lost, unsigned long long timeout_ns);

/* A PCI device whose driver is this program. */
int procirq_pci_find(const char *name, char address[PROCIRQ_PCI_BYTES]);
int procirq_pci_driver(const char *device, char *buf, size_t size);
int procirq_pci_bind(const char *device, const char *kind, unsigned int vectors);
int procirq_pci_unbind(const char *device);
int procirq_pci_set_master(const char *device, int on);
volatile void *procirq_pci_map(const char *device, unsigned int bar, size_t *bytes);
void procirq_pci_unmap(volatile void *registers, size_t bytes);

int procirq_resolve(const char *name, unsigned int *irqs, size_t max);
int procirq_holders(unsigned int irq, char *buf, size_t size);
int procirq_explain(unsigned int irq, int error, char *buf, size_t size);
int procirq_explain_name(const char *name, int error, char *buf, size_t size);
int procirq_explain_descriptor(unsigned int irq, const struct procirq_descriptor *descriptor,
			       int error, char *buf, size_t size);
int procirq_explain_pci(const char *device, int error, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* LIBPROCIRQ_PROCIRQ_H */
