/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libprocirq - device interrupts in user space through /proc/irq/N/irq
 *
 * uapi/procirq.h, which this header includes, documents the file itself: its errors,
 * struct procirq_event, struct procirq_info, the PROCIRQ_FLAG_*. procirq(3) documents
 * the functions.
 *
 * procirq_VERB() works on an interrupt line, procirq_OBJECT_VERB() on a descriptor, on
 * the ring or on a PCI or platform device; procirq_explain*() turn errors into sentences.
 *
 * A function that fails returns -1, or NULL if it returns a pointer, with errno set.
 * No function prints or exits. Several threads may use a handle at the same time, but
 * not while one of them closes it.
 */
#ifndef LIBPROCIRQ_PROCIRQ_H
#define LIBPROCIRQ_PROCIRQ_H

#include <stddef.h>

#include "uapi/procirq.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of procirq_open(), besides the PROCIRQ_FLAG_* of uapi/procirq.h. */
#define PROCIRQ_OPEN_EXCL     (1U << 16) /* no other reader may open the line */
#define PROCIRQ_OPEN_NONBLOCK (1U << 17) /* reads fail with EAGAIN instead of blocking */

/* Bytes of a buffer for any sentence of procirq_explain*(). */
#define PROCIRQ_EXPLAIN_BYTES 512

/* Bytes of a buffer for the address of a PCI function, "0000:00:04.0". */
#define PROCIRQ_PCI_BYTES 13

/* Bytes of a buffer for the name of any device, "platform:9010000.rtc" or a PCI address. */
#define PROCIRQ_DEVICE_BYTES (PROCIRQ_PLATFORM_BYTES + 9)

/* When the kernel runs the steps of a device descriptor. */
enum procirq_phase {
	PROCIRQ_CHECK,	 /* to find out whether the device has interrupted */
	PROCIRQ_ACK,	 /* to acknowledge the interrupt, after the check */
	PROCIRQ_SILENCE, /* to stop further interrupts until the program has serviced the device */
	PROCIRQ_RESUME,	 /* to allow interrupts again */
	PROCIRQ_RELEASE, /* to stop interrupts for good, when the file is closed */
	PROCIRQ_PHASES	 /* number of phases */
};

struct procirq;

struct procirq *procirq_open(unsigned int irq, unsigned int flags);
struct procirq *procirq_open_name(const char *name, unsigned int flags);
void procirq_close(struct procirq *line);
int procirq_fd(const struct procirq *line);
unsigned int procirq_irq(const struct procirq *line);

/* Adaptive waiting: procirq_wait() watches the ring for a while before it blocks. */

/* The limit is what a block costs, as procirq_wait() measures it. */
#define PROCIRQ_HYBRID_AUTO (~0ULL)
/* Longest limit, ns. */
#define PROCIRQ_HYBRID_MAX_NS 1000000000ULL

/**
 * struct procirq_hybrid - what busy-waiting in procirq_wait() costs and brings
 * @max_ns: its limit, ns; 0: it blocks at once. With PROCIRQ_HYBRID_AUTO the present one
 * @window_ns: how long a wait busy-waits now, ns; adapts itself, between 0 and @max_ns
 * @block_ns: what a block costs, ns: the time from the interrupt handler to the program,
 *	after the program has slept; a running average, 0 before the first one
 * @spins: waits that busy-waited
 * @caught: of them, those to which an interrupt came meanwhile
 * @blocks: waits that blocked, with or without busy-waiting before
 * @spun_ns: time spent busy-waiting, ns: CPU time, unless another thread got the CPU
 */
struct procirq_hybrid {
	unsigned long long max_ns;
	unsigned long long window_ns;
	unsigned long long block_ns;
	unsigned long long spins;
	unsigned long long caught;
	unsigned long long blocks;
	unsigned long long spun_ns;
};

int procirq_wait(struct procirq *line, int timeout_ms);
int procirq_set_hybrid(struct procirq *line, unsigned long long max_ns);
int procirq_get_hybrid(struct procirq *line, struct procirq_hybrid *hybrid);
int procirq_read(struct procirq *line);
int procirq_read_record(struct procirq *line, struct procirq_event *event);
int procirq_read_timeout(struct procirq *line, struct procirq_event *event, int timeout_ms);
int procirq_mask(struct procirq *line);
int procirq_unmask(struct procirq *line);
int procirq_get_info(struct procirq *line, struct procirq_info *info);
int procirq_set_flags(struct procirq *line, unsigned int flags);
int procirq_set_spin(struct procirq *line, unsigned long long max_ns);
int procirq_get_spin(struct procirq *line, struct procirq_spin *spin);

int procirq_set_descriptor(struct procirq *line, const struct procirq_descriptor *descriptor);
int procirq_set_eventfd(struct procirq *line, int eventfd, unsigned int flags);
int procirq_inject(struct procirq *line, unsigned int count);

/* Device descriptors: built step by step, or read from a file, see procirq-device(5). */
int procirq_descriptor_init(struct procirq_descriptor *descriptor, const char *device);
int procirq_descriptor_init_intx(struct procirq_descriptor *descriptor, const char *device);
int procirq_descriptor_device(const struct procirq_descriptor *descriptor,
			      char name[PROCIRQ_DEVICE_BYTES]);
int procirq_descriptor_add(struct procirq_descriptor *descriptor, enum procirq_phase phase,
			   const struct procirq_step *step);
int procirq_descriptor_parse(struct procirq_descriptor *descriptor, const char *name,
			     const char *text, size_t len, const char *device, char *why,
			     size_t size);
int procirq_descriptor_load(struct procirq_descriptor *descriptor, const char *path,
			    const char *device, char *why, size_t size);

/* The ring of the last interrupts, read without system calls. */
struct procirq_ring_reader;

struct procirq_ring_reader *procirq_ring_open(struct procirq *line);
void procirq_ring_close(struct procirq_ring_reader *reader);
int procirq_ring_next(struct procirq_ring_reader *reader, struct procirq_ring_entry *entry,
		      unsigned long long *lost);
int procirq_ring_spin(struct procirq_ring_reader *reader, struct procirq_ring_entry *entry,
		      unsigned long long *lost, unsigned long long timeout_ns);

/* PCI devices whose driver is a program. */
int procirq_pci_find(const char *name, char address[PROCIRQ_PCI_BYTES]);
int procirq_pci_driver(const char *device, char *buf, size_t size);
int procirq_pci_bind(const char *device, const char *kind, unsigned int vectors);
int procirq_pci_unbind(const char *device);
int procirq_pci_set_master(const char *device, int on);
volatile void *procirq_pci_map(const char *device, unsigned int bar, size_t *bytes);
void procirq_pci_unmap(volatile void *registers, size_t bytes);

/* Platform devices (device tree, ACPI) whose driver is a program. */
int procirq_platform_find(const char *name, char device[PROCIRQ_PLATFORM_BYTES]);
int procirq_platform_driver(const char *device, char *buf, size_t size);
int procirq_platform_bind(const char *device);
int procirq_platform_unbind(const char *device);
int procirq_platform_irq_name(const char *device, unsigned int irq, char *buf, size_t size);
volatile void *procirq_platform_map(const char *device, unsigned int region, size_t *bytes);
void procirq_platform_unmap(volatile void *registers, size_t bytes);

/* Names of lines, and errors in words. */
int procirq_resolve(const char *name, unsigned int *irqs, size_t max);
int procirq_holders(unsigned int irq, char *buf, size_t size);
int procirq_explain(unsigned int irq, int error, char *buf, size_t size);
int procirq_explain_name(const char *name, int error, char *buf, size_t size);
int procirq_explain_descriptor(unsigned int irq, const struct procirq_descriptor *descriptor,
			       int error, char *buf, size_t size);
int procirq_explain_pci(const char *device, int error, char *buf, size_t size);
int procirq_explain_platform(const char *device, int error, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* LIBPROCIRQ_PROCIRQ_H */
