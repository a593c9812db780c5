// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * User level interrupts, uli(3): the measured thread's handler is called while the
 * thread computes, makes system calls, or sleeps. A sample ends when the handler
 * reads the clock, which it does first. The handler uses general registers only, and
 * is registered with ULI_GENERAL_REGS_ONLY, which makes the call faster.
 *
 * An interrupt that comes while the handler runs makes the kernel call it again, so
 * the line need not be masked. Edge-triggered and MSI lines are not. On other lines
 * an interrupt masks the line, and the thread unmasks it when the device has been
 * acknowledged. A sample is one interrupt, so the kernel's counters show by which
 * path it came.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/why.h"
#include "libprocirq/procirq.h"
#include "libprocirq/uli.h"
#include "way.h"

/* How often a thread that spins checks whether it has to stop. */
#define SPIN_NS 1000000
/* Work between two readings of the clock: a few microseconds. */
#define STEPS	  1000
#define CALLS	  32
#define SEMAPHORE 0

/**
 * struct uli_port - port->private of DRIVER_ULI
 * @ring: the line's ring, which has the times of the hard interrupt handler
 * @intr: the measured thread's registration, NULL before there is one
 * @before: the registration's counters when the way was armed
 * @begin_ns: when the thread began to spin
 * @turns: how often way "uli" was armed
 * @sleeps: the handler has to wake the thread
 * @arrived: the handler has been called since the way was armed
 * @count: interrupts of those calls
 * @user: time of the first call
 *
 * The handler, which runs on the measured thread, writes the last three.
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

#if defined(__x86_64__) || defined(__aarch64__)
__attribute__((target("general-regs-only")))
#endif
static void
handle(void *context)
{
	struct uli_port *priv = context;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!priv->arrived)
		priv->user = now;
	priv->count += ULI_count(ULI_self());
	priv->arrived = true;
	if (priv->sleeps)
		ULI_wakeup(ULI_self(), SEMAPHORE);
}

static void *register_handler(const struct port *port)
{
	const struct uli_options options = { .nsemas = SEMAPHORE + 1,
					     .flags = ULI_GENERAL_REGS_ONLY };

	return ULI_register(port->fd, handle, port->private, &options);
}

/* --- driver --------------------------------------------------------------- */

static void close_line(struct port *port)
{
	struct uli_port *priv = port->private;

	if (priv)
		procirq_ring_close(priv->ring);
	free(priv);
	procirq_close(port->line);
	port->line = NULL;
	port->private = NULL;
}

/*
 * The measured thread registers its own handler later. Registering one here already
 * gives the reason when that is not possible.
 */
static int try_handler(const struct port *port, unsigned int irq, struct why *why)
{
	void *intr = register_handler(port);

	if (intr)
		return ULI_unregister(intr);
	return why_set(
		why, "/proc/irq/%u/irq: no user level interrupt: %s", irq,
		errno == EOPNOTSUPP ?
			"they need x86-64 or arm64, and on x86-64 a program without a shadow stack" :
		errno == ENOTTY ? "the procirq module that is loaded is too old" :
				  strerror(errno));
}

static int open_private(struct port *port, unsigned int irq, struct why *why)
{
	struct uli_port *priv = calloc(1, sizeof(*priv));

	port->private = priv;
	if (!priv)
		return why_set(why, "out of memory");
	priv->ring = procirq_ring_open(port->line);
	if (priv->ring)
		return try_handler(port, irq, why);
	return why_set(why, "/proc/irq/%u/irq: cannot map its ring: %s", irq, strerror(errno));
}

static int open_line(struct port *port, struct target *target, struct why *why)
{
	port->private = NULL;
	port->line = procirq_open(target->irq, PROCIRQ_FLAG_NO_MASK);
	if (!port->line && errno == EINVAL)
		port->line = procirq_open(target->irq, PROCIRQ_FLAG_EXPLICIT_UNMASK);
	if (!port->line) {
		procirq_explain(target->irq, errno, why->text, sizeof(why->text));
		return -1;
	}
	port->fd = procirq_fd(port->line);
	if (!open_private(port, target->irq, why))
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
	struct uli_port *priv = port->private;

	if (priv->intr)
		ULI_unregister(priv->intr);
	priv->intr = NULL;
}

/* The path whose counter has grown since the way was armed. */
static enum handler_path path_taken(const struct procirq_uli_info *before,
				    const struct procirq_uli_info *now)
{
	if (now->direct != before->direct)
		return HANDLER_PATH_DIRECT;
	if (now->returned != before->returned)
		return HANDLER_PATH_RETURN;
	if (now->woken != before->woken)
		return HANDLER_PATH_WAKE;
	return now->repeated != before->repeated ? HANDLER_PATH_REPEAT : HANDLER_PATH_NONE;
}

/* Take the interrupts that the handler was called for. The ring has them too. */
static int take_interrupts(struct port *port, struct delivery *delivery)
{
	struct uli_port *priv = port->private;
	struct procirq_ring_entry entry;
	struct procirq_uli_info now;

	if (!priv->arrived) {
		errno = EAGAIN;
		return -1;
	}
	if (ULI_get_info(priv->intr, &now))
		return -1;
	delivery->user_ns =
		(uint64_t)priv->user.tv_sec * NSEC_PER_SEC + (uint64_t)priv->user.tv_nsec;
	while (procirq_ring_next(priv->ring, &entry, NULL)) {
		if (!delivery->entry_ns)
			delivery->entry_ns = entry.irq_ns;
		delivery->seq = entry.seq;
	}
	delivery->count = priv->count;
	delivery->path = path_taken(&priv->before, &now);
	priv->arrived = false;
	return 0;
}

const struct driver_ops uli_driver_ops = {
	.has_entry = true,
	.open = open_line,
	.close = close_line,
	.rearm = unmask_line,
	.drain = take_interrupts,
	.leave = end_handler,
};

/* --- ways ----------------------------------------------------------------- */

static int arm_handler(struct port *port)
{
	struct uli_port *priv = port->private;
	struct procirq_ring_entry entry;

	if (!priv->intr)
		priv->intr = register_handler(port);
	if (!priv->intr || ULI_get_info(priv->intr, &priv->before))
		return -1;
	while (procirq_ring_next(priv->ring, &entry, NULL))
		;
	priv->count = 0;
	priv->sleeps = false;
	priv->arrived = false;
	unmask_line(port);
	return 0;
}

static int arm_alternating(struct port *port)
{
	struct uli_port *priv = port->private;

	priv->turns++;
	return arm_handler(port);
}

static void begin_spinning(struct port *port)
{
	struct uli_port *priv = port->private;

	priv->begin_ns = clock_ns();
}

static int arm_sleep(struct port *port)
{
	struct uli_port *priv = port->private;
	int err = arm_handler(port);

	priv->sleeps = true;
	return err;
}

/* Stays in user mode. */
static void compute(void)
{
	static volatile uint64_t result;
	uint64_t x = result;
	unsigned int i;

	for (i = 0; i < STEPS; i++)
		x = x * 6364136223846793005u + 1442695040888963407u;
	result = x;
}

/* Is in the kernel most of the time, and never sleeps. */
static void make_calls(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
}

/*
 * No interrupt has come. Fails with EINTR, or with ENODEV where the line was removed,
 * which no handler is called for.
 */
static int fail_idle(struct port *port)
{
	if (port_poll(port->fd, 0) && errno == ENODEV)
		return -1;
	errno = EINTR;
	return -1;
}

static int wait_working(struct port *port, struct delivery *delivery, void (*work)(void))
{
	struct uli_port *priv = port->private;
	uint64_t start_ns = clock_ns();

	while (!priv->arrived) {
		work();
		if (clock_ns() - start_ns >= SPIN_NS && !priv->arrived)
			return fail_idle(port);
	}
	if (take_interrupts(port, delivery))
		return -1;
	delivery->early = delivery->entry_ns < priv->begin_ns;
	return 0;
}

static int wait_spin(struct port *port, struct delivery *delivery)
{
	return wait_working(port, delivery, compute);
}

static bool in_call(const struct port *port)
{
	const struct uli_port *priv = port->private;

	return priv->turns % 2 == 0;
}

static int wait_alternating(struct port *port, struct delivery *delivery)
{
	return wait_working(port, delivery, in_call(port) ? make_calls : compute);
}

static int wait_sleep(struct port *port, struct delivery *delivery)
{
	const struct uli_port *priv = port->private;

	/* An earlier call of the handler may have left the semaphore up. */
	while (!priv->arrived)
		if (ULI_sleep(priv->intr, SEMAPHORE) && !priv->arrived)
			return fail_idle(port);
	return take_interrupts(port, delivery);
}

const struct way way_uli = {
	.name = "uli",
	.spins = true,
	.driver = DRIVER_ULI,
	.arm = arm_alternating,
	.begin = begin_spinning,
	.in_call = in_call,
	.wait = wait_alternating,
};

const struct way way_uli_spin = {
	.name = "uli-spin",
	.spins = true,
	.driver = DRIVER_ULI,
	.arm = arm_handler,
	.begin = begin_spinning,
	.wait = wait_spin,
};

const struct way way_uli_sleep = {
	.name = "uli-sleep",
	.driver = DRIVER_ULI,
	.arm = arm_sleep,
	.wait = wait_sleep,
};
