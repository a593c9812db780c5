// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * User level interrupts, uli(3): the measured thread's handler is called while it
 * computes, makes system calls, or sleeps. The time ends at the first thing that
 * the handler does, which is to read the clock. The handler uses general registers
 * only, and says so when it is registered, as whoever counts nanoseconds would;
 * SGI's might not use others either.
 *
 * The next interrupt finds the handler busy and is repeated by it, so the line
 * needs no masking, and is not masked where that can be done without: on edge-
 * triggered and MSI lines. Another line is masked by an interrupt, as for the other
 * ways, and unmasked when the device has been acknowledged. A sample is one
 * interrupt, so the kernel's counters tell by which path it came.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "procirq.h"
#include "uli.h"
#include "way.h"

/* How often a thread that does not sleep looks whether it is to stop. */
#define SPIN_NS 1000000
/* What it does between two looks at the clock: a few microseconds. */
#define STEPS	  1000
#define CALLS	  32
#define SEMAPHORE 0

/**
 * struct uli_port - port->own of DRIVER_ULI
 * @ring: the line's; has the handler entries
 * @intr: the measured thread's registration, NULL before there is one
 * @before: counters when it was armed
 * @begin_ns: since when it spins
 * @turns: times that way "uli" was armed
 * @sleeps: the handler has to wake the thread
 * @arrived: the handler was called
 * @count: for so many interrupts
 * @user: when, the first time
 */
struct uli_port {
	struct procirq_ring_reader *ring;
	void *intr;
	struct procirq_uli_info before;
	uint64_t begin_ns;
	unsigned int turns;
	volatile bool sleeps;
	volatile bool arrived;
	volatile unsigned int count;
	struct timespec user;
};

#ifdef __x86_64__
__attribute__((target("general-regs-only")))
#endif
static void
handle(void *context)
{
	struct uli_port *own = context;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!own->arrived)
		own->user = now;
	own->count += ULI_count(ULI_self());
	own->arrived = true;
	if (own->sleeps)
		ULI_wakeup(ULI_self(), SEMAPHORE);
}

static void *register_handler(const struct port *port)
{
	const struct uli_options options = { .nsemas = SEMAPHORE + 1,
					     .flags = ULI_GENERAL_REGS_ONLY };

	return ULI_register(port->fd, handle, port->own, &options);
}

/* --- driver --------------------------------------------------------------- */

static void close_line(struct port *port)
{
	struct uli_port *own = port->own;

	if (own)
		procirq_ring_close(own->ring);
	free(own);
	procirq_close(port->line);
	port->line = NULL;
	port->own = NULL;
}

/* The measured thread registers later; this says why it could not. */
static int try_handler(const struct port *port, unsigned int irq)
{
	void *intr = register_handler(port);

	if (intr)
		return ULI_unregister(intr);
	msg_error("/proc/irq/%u/irq: no user level interrupt: %s", irq,
		  errno == EOPNOTSUPP ?
			  "they need an x86-64 processor and a program without a shadow stack" :
		  errno == ENOTTY ? "the procirq module that is loaded is too old" :
				    strerror(errno));
	return -1;
}

static int open_own(struct port *port, unsigned int irq)
{
	struct uli_port *own = calloc(1, sizeof(*own));

	port->own = own;
	if (!own) {
		msg_error("out of memory");
		return -1;
	}
	own->ring = procirq_ring_open(port->line);
	if (own->ring)
		return try_handler(port, irq);
	msg_error("/proc/irq/%u/irq: cannot map its ring: %s", irq, strerror(errno));
	return -1;
}

static int open_line(struct port *port, struct target *target)
{
	char why[PROCIRQ_EXPLAIN_BYTES];

	port->own = NULL;
	port->line = procirq_open(target->irq, PROCIRQ_FLAG_NO_MASK);
	if (!port->line && errno == EINVAL)
		port->line = procirq_open(target->irq, PROCIRQ_FLAG_EXPLICIT_UNMASK);
	if (!port->line) {
		procirq_explain(target->irq, errno, why, sizeof(why));
		msg_error("%s", why);
		return -1;
	}
	port->fd = procirq_fd(port->line);
	if (!open_own(port, target->irq))
		return 0;
	close_line(port);
	return -1;
}

static void unmask_line(struct port *port)
{
	procirq_unmask(port->line);
}

static void end_handler(struct port *port)
{
	struct uli_port *own = port->own;

	if (own->intr)
		ULI_unregister(own->intr);
	own->intr = NULL;
}

/* Which counter has grown since the thread was armed. */
static enum path path_taken(const struct procirq_uli_info *before,
			    const struct procirq_uli_info *now)
{
	if (now->direct != before->direct)
		return PATH_DIRECT;
	if (now->returned != before->returned)
		return PATH_RETURN;
	if (now->woken != before->woken)
		return PATH_WAKE;
	return now->repeated != before->repeated ? PATH_REPEAT : PATH_NONE;
}

/* What the handler was called for. The ring has the same interrupts. */
static int take(struct port *port, struct delivery *delivery)
{
	struct uli_port *own = port->own;
	struct procirq_ring_entry entry;
	struct procirq_uli_info now;

	if (!own->arrived) {
		errno = EAGAIN;
		return -1;
	}
	if (ULI_get_info(own->intr, &now))
		return -1;
	delivery->user_ns = (uint64_t)own->user.tv_sec * NSEC_PER_SEC + (uint64_t)own->user.tv_nsec;
	while (procirq_ring_next(own->ring, &entry, NULL)) {
		if (!delivery->entry_ns)
			delivery->entry_ns = entry.irq_ns;
		delivery->seq = entry.seq;
	}
	delivery->count = own->count;
	delivery->path = path_taken(&own->before, &now);
	own->arrived = false;
	return 0;
}

const struct driver_ops uli_driver_ops = {
	.open = open_line,
	.close = close_line,
	.rearm = unmask_line,
	.drain = take,
	.leave = end_handler,
};

/* --- ways ----------------------------------------------------------------- */

static int arm(struct port *port)
{
	struct uli_port *own = port->own;
	struct procirq_ring_entry entry;

	if (!own->intr)
		own->intr = register_handler(port);
	if (!own->intr || ULI_get_info(own->intr, &own->before))
		return -1;
	while (procirq_ring_next(own->ring, &entry, NULL))
		;
	own->count = 0;
	own->sleeps = false;
	own->arrived = false;
	unmask_line(port);
	return 0;
}

static int arm_alternating(struct port *port)
{
	struct uli_port *own = port->own;

	own->turns++;
	return arm(port);
}

static void begin(struct port *port)
{
	struct uli_port *own = port->own;

	own->begin_ns = clock_ns();
}

/* The handler's mark, not the kernel's count, is what it would sleep on. */
static int arm_sleep(struct port *port)
{
	struct uli_port *own = port->own;
	int err = arm(port);

	own->sleeps = true;
	return err;
}

/* In user mode all the time. */
static void compute(void)
{
	static volatile uint64_t result;
	uint64_t x = result;
	unsigned int i;

	for (i = 0; i < STEPS; i++)
		x = x * 6364136223846793005u + 1442695040888963407u;
	result = x;
}

/* In the kernel most of the time, but never asleep there. */
static void make_calls(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
}

/* Neither the handler nor its absence tells that the line has gone. */
static int give_up(struct port *port)
{
	if (port_poll(port->fd, 0) && errno == ENODEV)
		return -1;
	errno = EINTR;
	return -1;
}

static int wait_busy(struct port *port, struct delivery *delivery, void (*work)(void))
{
	struct uli_port *own = port->own;
	uint64_t start_ns = clock_ns();

	while (!own->arrived) {
		work();
		if (clock_ns() - start_ns >= SPIN_NS && !own->arrived)
			return give_up(port);
	}
	if (take(port, delivery))
		return -1;
	delivery->early = delivery->entry_ns < own->begin_ns;
	return 0;
}

static int wait_spin(struct port *port, struct delivery *delivery)
{
	return wait_busy(port, delivery, compute);
}

static bool in_call(const struct port *port)
{
	const struct uli_port *own = port->own;

	return own->turns % 2 == 0;
}

static int wait_alternating(struct port *port, struct delivery *delivery)
{
	return wait_busy(port, delivery, in_call(port) ? make_calls : compute);
}

static int wait_sleep(struct port *port, struct delivery *delivery)
{
	const struct uli_port *own = port->own;

	/* An earlier call may have left the semaphore up. */
	while (!own->arrived)
		if (ULI_sleep(own->intr, SEMAPHORE) && !own->arrived)
			return give_up(port);
	return take(port, delivery);
}

const struct way way_uli = {
	.name = "uli",
	.wait_kind = "spin",
	.driver = DRIVER_ULI,
	.arm = arm_alternating,
	.begin = begin,
	.in_call = in_call,
	.wait = wait_alternating,
};

const struct way way_uli_spin = {
	.name = "uli-spin",
	.wait_kind = "spin",
	.driver = DRIVER_ULI,
	.arm = arm,
	.begin = begin,
	.wait = wait_spin,
};

const struct way way_uli_sleep = {
	.name = "uli-sleep",
	.wait_kind = "block",
	.driver = DRIVER_ULI,
	.arm = arm_sleep,
	.wait = wait_sleep,
};
