/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A way is one method by which a thread waits for an interrupt: read() of
 * /proc/irq/N/irq, or a user level interrupt.
 *
 * A way needs a driver: the kernel driver that serves the interrupt, or this
 * process, where there is no device. Opening a driver gives a port: the file
 * descriptors that its ways wait on. Ways of one driver share its port, and take
 * turns.
 */
#ifndef IRQLAT_WAY_H
#define IRQLAT_WAY_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "base/clock.h"

struct procirq;
struct why;

enum driver {
	DRIVER_PROCIRQ,
	DRIVER_ULI,
	DRIVER_URING, /* the same file, and a ring of io_uring */
	DRIVER_UIO,
	DRIVER_VFIO,
	DRIVER_GPIO,   /* the GPIO character device */
	DRIVER_TIMER,  /* this process: its timers */
	DRIVER_THREAD, /* this process: an eventfd that another thread writes */
	DRIVER_COUNT
};

/**
 * struct target - what a source offers a driver to open
 * @irq: Linux interrupt number; TARGET_NO_IRQ: there is none
 * @bus: its folder in /sys/bus: "pci", "platform"; NULL: there is no device
 * @device: name of the device there: "0000:00:04.0"
 * @intx: the device must use its INTx line
 * @period_ns: from one expiry of a timer to the next (DRIVER_TIMER)
 * @spin_ns: longest time that hybrid ways busy-wait (DRIVER_PROCIRQ)
 * @gpio_chip: "gpiochip0", empty if there is none
 * @gpio_line: number of the line on that chip
 */
struct target {
	unsigned int irq;
	const char *bus;
	char device[64];
	bool intx;
	char gpio_chip[32];
	unsigned int gpio_line;
	uint64_t period_ns;
	uint64_t spin_ns;
};

#define TARGET_NO_IRQ UINT32_MAX

/**
 * struct port - an interrupt, or a timer, that a driver has opened
 * @fd: what ways read or poll
 * @line: handle that owns @fd (DRIVER_PROCIRQ, DRIVER_ULI, DRIVER_URING)
 * @private: what else the driver needs
 *
 * The measured thread uses it while it runs, the controlling thread before and
 * after.
 */
struct port {
	int fd;
	struct procirq *line;
	void *private;
};

/* How a user level interrupt got to its handler: see uli(3). */
enum handler_path {
	HANDLER_PATH_NONE, /* there is no handler */
	HANDLER_PATH_DIRECT,
	HANDLER_PATH_RETURN,
	HANDLER_PATH_WAKE,
	HANDLER_PATH_REPEAT, /* the thread called the handler itself */
	HANDLER_PATH_COUNT
};

/**
 * struct delivery - one return to the measured thread, with its interrupts
 * @user_ns: CLOCK_MONOTONIC, just after the call returned
 * @entry_ns: when the hard interrupt handler took the first interrupt; 0: unknown
 * @due_ns: intended time of the first interrupt (DRIVER_TIMER)
 * @seq: sequence number of the last interrupt; 0: unknown
 * @count: number of interrupts
 * @path: how it got to the handler (DRIVER_ULI)
 * @early: it came before the thread was waiting: it is counted, but is no sample
 */
struct delivery {
	uint64_t user_ns;
	uint64_t entry_ns;
	uint64_t due_ns;
	uint64_t seq;
	uint64_t count;
	enum handler_path path;
	bool early;
};

/**
 * struct driver_ops - a driver
 * @has_entry: its deliveries have the time of the hard interrupt handler
 * @open: open the target; may correct target->irq. 0, or -1 with the reason in @why
 * @close: close the port
 * @rearm: on the measured thread, after the device was acknowledged; may be NULL
 * @drain: take what has arrived, without waiting. 0, or -1 with errno, which is
 *	EAGAIN when nothing has
 * @leave: on the measured thread, before it ends; may be NULL
 */
struct driver_ops {
	bool has_entry;
	int (*open)(struct port *port, struct target *target, struct why *why);
	void (*close)(struct port *port);
	void (*rearm)(struct port *port);
	int (*drain)(struct port *port, struct delivery *delivery);
	void (*leave)(struct port *port);
};

/**
 * struct way - one way of waiting; all of its functions run on the measured thread
 * @name: as in --ways and in results
 * @driver: what it needs
 * @spins: the thread never sleeps in wait()
 * @may_spin: it busy-waits in wait() for a while, and then sleeps
 * @arm: before the thread announces that it is going to wait; may be NULL. 0, or -1
 *	with errno
 * @begin: before wait(), if @spins
 * @in_call: whether the next interrupt is to find the thread in a system call, and
 *	not in user mode; NULL: never
 * @wait: wait for interrupts. 0, or -1 with errno. If @spins it fails with EINTR
 *	now and then, so that the thread can be stopped
 * @after: after each wait() that returned 0, which interrupt it was, without waiting; not
 *	part of what the wait costs. Keeps user_ns. 0, or -1 with errno; NULL: wait() knows
 */
struct way {
	const char *name;
	enum driver driver;
	bool spins;
	bool may_spin;
	int (*arm)(struct port *port);
	void (*begin)(struct port *port);
	bool (*in_call)(const struct port *port);
	int (*wait)(struct port *port, struct delivery *delivery);
	int (*after)(struct port *port, struct delivery *delivery);
};

/*
 * All ways, in the order in which messages list them. To add one, define way_NAME
 * in a file of this folder, and add NAME here.
 */
#define WAYS(WAY)               \
	WAY(read)               \
	WAY(poll)               \
	WAY(epoll)              \
	WAY(eventfd)            \
	WAY(mmap_spin)          \
	WAY(hybrid)             \
	WAY(hybrid_mmap)        \
	WAY(uli)                \
	WAY(uli_spin)           \
	WAY(uli_sleep)          \
	WAY(uring_read)         \
	WAY(uring_poll)         \
	WAY(uring_eventfd)      \
	WAY(uring_eventfd_poll) \
	WAY(uio)                \
	WAY(uio_poll)           \
	WAY(vfio)               \
	WAY(gpiocdev)           \
	WAY(gpiocdev_poll)      \
	WAY(timerfd)            \
	WAY(nanosleep)          \
	WAY(signal)             \
	WAY(eventfd_base)

#define WAY_DECLARE(name) extern const struct way way_##name;
#define WAY_COUNT(name)	  +1
WAYS(WAY_DECLARE)
enum { WAYS_MAX = WAYS(WAY_COUNT) };

extern const struct way *const all_ways[WAYS_MAX];

extern const struct driver_ops procirq_driver_ops;
extern const struct driver_ops uli_driver_ops;
extern const struct driver_ops uring_driver_ops;
extern const struct driver_ops uio_driver_ops;
extern const struct driver_ops vfio_driver_ops;
extern const struct driver_ops gpio_driver_ops;
extern const struct driver_ops timer_driver_ops;
extern const struct driver_ops thread_driver_ops;

const struct driver_ops *driver_ops(enum driver driver);
int way_list_parse(const char *text, const struct way *list[WAYS_MAX], struct why *why);

/*
 * Read what the port delivers, @size bytes of it, and take the time. Returns 0, or -1 with
 * errno. In the ways that it serves nothing but this is between read() and the clock.
 */
static inline int port_read(const struct port *port, struct delivery *delivery, void *buf,
			    size_t size)
{
	ssize_t n = read(port->fd, buf, size);

	delivery->user_ns = clock_ns();
	if (n == (ssize_t)size)
		return 0;
	if (n >= 0)
		errno = EIO;
	return -1;
}

/* Shared by drivers and ways. */
int port_poll(int fd, int timeout_ms);
int port_read_count(struct port *port, struct delivery *delivery);
int port_without_blocking(struct port *port, struct delivery *delivery,
			  int (*take)(struct port *port, struct delivery *delivery));

/*
 * Map BAR 0 of the device that a port of DRIVER_VFIO holds. Returns the mapping, for
 * munmap(), or NULL with errno.
 */
void *vfio_map_bar0(const struct port *port, size_t bytes);

#endif /* IRQLAT_WAY_H */
