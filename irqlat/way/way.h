/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A way is how a thread gets to know of an interrupt. Ways that need the same
 * kernel driver share one port, the open end of the line, and take turns on it.
 */
#ifndef IRQLAT_WAY_H
#define IRQLAT_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct procirq;

/* The last two are this process itself, on any kernel. */
enum driver {
	DRIVER_PROCIRQ,
	DRIVER_ULI,
	DRIVER_UIO,
	DRIVER_VFIO,
	DRIVER_TIMER,
	DRIVER_THREAD,
	DRIVER_COUNT
};

/**
 * struct target - what a source offers a driver to open
 * @irq: Linux interrupt number; TARGET_NO_IRQ: there is none
 * @pci: PCI address of the device, empty if it is none
 * @intx: the device shall use its INTx line
 * @period_ns: from one expiry of a timer to the next (DRIVER_TIMER)
 */
struct target {
	unsigned int irq;
	char pci[13];
	bool intx;
	uint64_t period_ns;
};

#define TARGET_NO_IRQ UINT32_MAX

/**
 * struct port - an interrupt line held open through a driver
 * @fd: what is read or polled
 * @line: handle that owns @fd (DRIVER_PROCIRQ, DRIVER_ULI)
 * @config_fd: PCI configuration space (DRIVER_UIO)
 * @command: PCI command register with interrupts enabled (DRIVER_UIO)
 * @events: interrupts the device had so far (DRIVER_UIO)
 * @own: what else the driver needs
 */
struct port {
	int fd;
	struct procirq *line;
	int config_fd;
	uint16_t command;
	uint32_t events;
	void *own;
};

/* How a user level interrupt got to its handler: see uli(3). */
enum path {
	PATH_NONE, /* there is no handler */
	PATH_DIRECT,
	PATH_RETURN,
	PATH_WAKE,
	PATH_REPEAT, /* called by the thread itself */
	PATH_COUNT
};

/**
 * struct delivery - one return to the measured thread
 * @user_ns: CLOCK_MONOTONIC, right after the call returned
 * @entry_ns: when the hard interrupt handler took the first interrupt of it;
 *	0 where the way does not tell
 * @due_ns: when the first of it was meant to come (DRIVER_TIMER)
 * @seq: sequence number of the last interrupt of it; 0 where not told
 * @count: interrupts it stands for
 * @path: which way to a handler (DRIVER_ULI)
 * @early: it came before the thread was waiting: it counts, and is no sample
 */
struct delivery {
	uint64_t user_ns;
	uint64_t entry_ns;
	uint64_t due_ns;
	uint64_t seq;
	uint64_t count;
	enum path path;
	bool early;
};

/**
 * struct driver_ops - one kernel driver
 * @open: take the line, of which it may correct the number; prints the reason
 *	when it returns -1
 * @close: give it back
 * @rearm: on the measured thread, after the device was acknowledged
 * @drain: take what is there without waiting. 0, or -1 with errno
 * @leave: on the measured thread, before it ends; may be NULL
 */
struct driver_ops {
	int (*open)(struct port *port, struct target *target);
	void (*close)(struct port *port);
	void (*rearm)(struct port *port);
	int (*drain)(struct port *port, struct delivery *delivery);
	void (*leave)(struct port *port);
};

/**
 * struct way - one way of waiting
 * @name: as in --ways and in results
 * @wait_kind: "block" or "spin"
 * @driver: what it needs
 * @arm: on the measured thread, before it announces that it waits; may be NULL.
 *	0, or -1 with errno
 * @begin: on the measured thread, which spins from now on; NULL for who blocks
 * @in_call: this turn's interrupt is to find the thread in a system call, not in
 *	user mode; NULL: never
 * @wait: wait for interrupts; on the measured thread. 0, or -1 with errno. A
 *	spinning one fails with EINTR now and then, so that it can be stopped
 */
struct way {
	const char *name;
	const char *wait_kind;
	enum driver driver;
	int (*arm)(struct port *port);
	void (*begin)(struct port *port);
	bool (*in_call)(const struct port *port);
	int (*wait)(struct port *port, struct delivery *delivery);
};

extern const struct driver_ops procirq_driver_ops;
extern const struct driver_ops uli_driver_ops;
extern const struct driver_ops uio_driver_ops;
extern const struct driver_ops vfio_driver_ops;
extern const struct driver_ops timer_driver_ops;
extern const struct driver_ops thread_driver_ops;
extern const struct way way_read;
extern const struct way way_poll;
extern const struct way way_epoll;
extern const struct way way_eventfd;
extern const struct way way_mmap_spin;
extern const struct way way_uli;
extern const struct way way_uli_spin;
extern const struct way way_uli_sleep;
extern const struct way way_uio;
extern const struct way way_uio_poll;
extern const struct way way_vfio;
extern const struct way way_timerfd;
extern const struct way way_nanosleep;
extern const struct way way_signal;
extern const struct way way_eventfd_base;

const struct driver_ops *driver_ops(enum driver driver);
const struct way *way_find(const char *name);
int way_list_parse(const char *text, const struct way **ways, int max);
bool way_spins(const struct way *way);
void way_list_names(char *text, size_t size);

/* What drivers and ways share. */
int port_poll(int fd, int timeout_ms);
int port_read_count(struct port *port, struct delivery *delivery);
int port_without_blocking(struct port *port, struct delivery *delivery,
			  int (*take)(struct port *port, struct delivery *delivery));
void port_rearm_nothing(struct port *port);

/* BAR 0 of the device that a port of DRIVER_VFIO holds; for munmap(). NULL: errno. */
void *vfio_map_bar0(const struct port *port, size_t bytes);

#endif /* IRQLAT_WAY_H */
