/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A way is how a thread gets to know of an interrupt. Ways that need the same
 * kernel driver share one port, the open end of the line, and take turns on it.
 */
#ifndef IRQLAT_WAY_H
#define IRQLAT_WAY_H

#include <stdbool.h>
#include <stdint.h>

struct procirq;

enum driver { DRIVER_PROCIRQ, DRIVER_UIO, DRIVER_COUNT };

/**
 * struct target - what a source offers a driver to open
 * @irq: Linux interrupt number
 * @pci: PCI address of the device, empty if it is none
 */
struct target {
	unsigned int irq;
	char pci[13];
};

/**
 * struct port - an interrupt line held open through a driver
 * @fd: what is read or polled
 * @line: handle that owns @fd (DRIVER_PROCIRQ)
 * @config_fd: PCI configuration space (DRIVER_UIO)
 * @command: PCI command register with interrupts enabled (DRIVER_UIO)
 * @events: interrupts the device had so far (DRIVER_UIO)
 */
struct port {
	int fd;
	struct procirq *line;
	int config_fd;
	uint16_t command;
	uint32_t events;
};

/**
 * struct delivery - one return to the measured thread
 * @user_ns: CLOCK_MONOTONIC, right after the call returned
 * @entry_ns: when the hard interrupt handler took the first interrupt of it;
 *	0 where the way does not tell
 * @seq: sequence number of the last interrupt of it; 0 where not told
 * @count: interrupts it stands for
 */
struct delivery {
	uint64_t user_ns;
	uint64_t entry_ns;
	uint64_t seq;
	uint32_t count;
};

/**
 * struct driver_ops - one kernel driver
 * @open: take the line; prints the reason when it returns -1
 * @close: give it back
 * @rearm: on the measured thread, after the device was acknowledged
 */
struct driver_ops {
	int (*open)(struct port *port, const struct target *target);
	void (*close)(struct port *port);
	void (*rearm)(struct port *port);
};

/**
 * struct way - one way of waiting
 * @name: as in --ways and in results
 * @wait_kind: "block" or "spin"
 * @driver: what it needs
 * @wait: wait for interrupts; on the measured thread. 0, or -1 with errno
 */
struct way {
	const char *name;
	const char *wait_kind;
	enum driver driver;
	int (*wait)(struct port *port, struct delivery *delivery);
};

extern const struct driver_ops procirq_driver_ops;
extern const struct driver_ops uio_driver_ops;
extern const struct way way_read;
extern const struct way way_poll;
extern const struct way way_uio;

const struct driver_ops *driver_ops(enum driver driver);
const struct way *way_find(const char *name);
int way_list_parse(const char *text, const struct way **ways, int max);
int port_drain(struct port *port, const struct way *way,
	       struct delivery *delivery);

#endif /* IRQLAT_WAY_H */
