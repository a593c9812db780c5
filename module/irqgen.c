// SPDX-License-Identifier: GPL-2.0-only
/*
 * irqgen - software interrupt lines; uapi/irqgen.h describes the interface.
 *
 * Each line has an interrupt descriptor of its own, whose chip is this file: a mask
 * bit and one pending bit, like those of a message-signalled interrupt. To raise an
 * interrupt is to call generic_handle_irq() in hard interrupt context. From there on
 * the kernel runs the code that it runs for a device.
 *
 * Locks, outermost first:
 *   irqgen_mutex      commands; lines coming and going; may sleep
 *   line->raising     one raise at a time, including its handlers; a bit spinlock
 *   (genirq's desc->lock, and what handlers take)
 *   line->lock        chip state, counters, stamps; raw; the chip callbacks take it
 *                     with desc->lock held
 *
 * Counting: raised == dispatched + coalesced + unattended + pending, always. It
 * holds because raises of a line are serialised, and because disabling masks the
 * chip at once (IRQ_DISABLE_UNLAZY), so that genirq never merges two raises.
 */
#include <linux/bitops.h>
#include <linux/cpu.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/parser.h>
#include <linux/prandom.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "uapi/irqgen.h"

#define IRQGEN_PERIOD_MIN_NS 1000ULL
#define IRQGEN_PERIOD_MAX_NS (3600ULL * NSEC_PER_SEC)
#define IRQGEN_BURST_MAX     1024
#define IRQGEN_FIRE_MAX	     1000000
#define IRQGEN_COMMAND_BYTES 256

static unsigned int nr_lines = 1;
module_param_named(lines, nr_lines, uint, 0444);
MODULE_PARM_DESC(lines, "interrupt lines to make at load time (1)");

enum irqgen_pattern { PATTERN_PERIODIC, PATTERN_BURST, PATTERN_RANDOM };

/**
 * struct irqgen_schedule - what a start command asked for
 * @period_ns: from one raise, or burst, to the next; mean for PATTERN_RANDOM
 * @delay_ns: from the start to the first raise
 * @count: number of raises; 0 for no limit
 * @seed: of the random gaps
 * @burst: raises at a time
 * @cpu: CPU that raises
 * @pattern: how the gaps are made
 * @ipi: raise in an interrupt that is sent to @cpu, not in the timer's
 */
struct irqgen_schedule {
	u64 period_ns;
	u64 delay_ns;
	u64 count;
	u64 seed;
	u32 burst;
	unsigned int cpu;
	enum irqgen_pattern pattern;
	bool ipi;
};

/**
 * struct irqgen_line - one software interrupt
 * @irq: Linux interrupt number; immutable
 * @raising: bit 0 is set during a raise; see the top of this file
 * @lock: see the top of this file
 * @masked: the chip's mask bit; @lock
 * @attended: the interrupt has been requested; @lock
 * @gone: the interrupt has been freed, and its number may be another's; @raising
 * @pending: raised while masked; @lock
 * @pending_stamp: stamp of the pending raise; @lock
 * @skipped: periods that passed without a raise because the timer was late; @lock
 * @ring: mapped read-only by user space; writes to it: @lock
 * @unmask_work: dispatches the pending raise after unmasking
 * @resend_work: dispatches a raise again that genirq took in but did not handle
 * @send_work: raises @sent times, on the CPU that queued it
 * @send_csd: raises @sent times, on the CPU that it was sent to
 * @sent: raises that @send_work and @send_csd have not begun; atomic
 * @unfinished: raises that they have not finished; atomic
 * @calls: calls of @send_csd that are queued or running; atomic. A call may find
 *	nothing to raise, because the call before it took its share of @sent
 * @timer: paces a schedule
 * @schedule: the present schedule; irqgen_mutex, and written with the timer stopped
 * @left: raises left of it; used by the timer, written with the timer stopped
 * @random: state of its gaps; used by the timer, written with the timer stopped
 * @running: the timer is started; set with irqgen_mutex held, also cleared by the timer
 */
struct irqgen_line {
	unsigned int irq;
	unsigned long raising;
	raw_spinlock_t lock;
	bool masked;
	bool attended;
	bool gone;
	bool pending;
	struct irqgen_stamp pending_stamp;
	u64 skipped;
	struct irqgen_ring *ring;

	struct irq_work unmask_work;
	struct irq_work resend_work;
	struct irq_work send_work;
	call_single_data_t send_csd;
	atomic_t sent;
	atomic_t unfinished;
	atomic_t calls;

	struct hrtimer timer;
	struct irqgen_schedule schedule;
	u64 left;
	struct rnd_state random;
	bool running;
};

static DEFINE_MUTEX(irqgen_mutex);
static struct irqgen_line *irqgen_lines[IRQGEN_LINES_MAX]; /* irqgen_mutex */

/* --- raising ---------------------------------------------------------------- */

/*
 * A line raises one interrupt at a time, as a device does. Handlers run between these
 * two functions. Without PREEMPT_RT they may take spinlocks, which must not nest in a
 * raw one: so this is a bit, not a raw spinlock. Hard interrupt context.
 */
static void irqgen_begin_raise(struct irqgen_line *line)
{
	while (test_and_set_bit_lock(0, &line->raising))
		cpu_relax();
}

static void irqgen_end_raise(struct irqgen_line *line)
{
	clear_bit_unlock(0, &line->raising);
}

/* Caller holds line->lock. */
static void irqgen_stamp(struct irqgen_line *line, const struct irqgen_stamp *stamp)
{
	struct irqgen_ring *ring = line->ring;
	u64 number = ring->dispatched;

	ring->stamp[number & (IRQGEN_RING_ENTRIES - 1)] = *stamp;
	/* A thread that reads the new count also sees the stamp. */
	smp_store_release(&ring->dispatched, number + 1);
}

/* Hard interrupt context. */
static void irqgen_raise(struct irqgen_line *line)
{
	struct irqgen_stamp stamp = { .cpu = raw_smp_processor_id() };
	bool dispatch = false;

	irqgen_begin_raise(line);
	stamp.raise_ns = ktime_get_ns();

	raw_spin_lock(&line->lock);
	line->ring->raised++;
	if (!line->attended) {
		line->ring->unattended++;
	} else if (!line->masked) {
		irqgen_stamp(line, &stamp);
		dispatch = true;
	} else if (line->pending) {
		line->ring->coalesced++;
		line->pending_stamp.coalesced++;
	} else {
		line->pending = true;
		line->pending_stamp = stamp;
	}
	raw_spin_unlock(&line->lock);

	if (dispatch)
		generic_handle_irq(line->irq);
	irqgen_end_raise(line);
}

static void irqgen_unmask_work(struct irq_work *work)
{
	struct irqgen_line *line = container_of(work, struct irqgen_line, unmask_work);
	bool dispatch = false;

	irqgen_begin_raise(line);
	raw_spin_lock(&line->lock);
	if (line->pending && !line->masked && !line->gone) {
		line->pending = false;
		irqgen_stamp(line, &line->pending_stamp);
		dispatch = true;
	}
	raw_spin_unlock(&line->lock);
	if (dispatch)
		generic_handle_irq(line->irq);
	irqgen_end_raise(line);
}

static void irqgen_resend_work(struct irq_work *work)
{
	struct irqgen_line *line = container_of(work, struct irqgen_line, resend_work);

	irqgen_begin_raise(line);
	if (!line->gone)
		generic_handle_irq(line->irq);
	irqgen_end_raise(line);
}

/*
 * Hard interrupt context; may run on two CPUs at once. A CPU that adds to @sent while
 * this runs queues another call.
 */
static void irqgen_raise_sent(void *data)
{
	struct irqgen_line *line = data;
	int raises = atomic_xchg(&line->sent, 0);
	int i;

	for (i = 0; i < raises; i++)
		irqgen_raise(line);
	atomic_sub(raises, &line->unfinished);
}

static void irqgen_send_call(void *data)
{
	struct irqgen_line *line = data;

	irqgen_raise_sent(line);
	/* The line may be freed from here on. */
	atomic_dec_return_release(&line->calls);
}

static void irqgen_send_work(struct irq_work *work)
{
	irqgen_raise_sent(container_of(work, struct irqgen_line, send_work));
}

/*
 * Makes @cpu, which is online, raise in hard interrupt context. If a call or work is
 * queued already, it has not read @sent yet and takes these raises too. Caller
 * disables preemption.
 */
static void irqgen_send_to(struct irqgen_line *line, unsigned int cpu, unsigned int raises)
{
	atomic_add(raises, &line->unfinished);
	atomic_add(raises, &line->sent);
	if (cpu == smp_processor_id()) {
		irq_work_queue(&line->send_work);
		return;
	}
	atomic_inc(&line->calls);
	if (smp_call_function_single_async(cpu, &line->send_csd))
		atomic_dec(&line->calls); /* queued already */
}

/* Waits until all raises that were sent are finished. */
static void irqgen_wait_sent(struct irqgen_line *line)
{
	while (atomic_read(&line->unfinished) || atomic_read_acquire(&line->calls))
		cpu_relax();
	irq_work_sync(&line->send_work);
}

/* --- the chip; unless noted, callbacks run with desc->lock held -------------- */

static void irqgen_chip_ack(struct irq_data *data)
{
	/* handle_edge_irq() needs it; there is nothing to acknowledge. */
}

static void irqgen_chip_mask(struct irq_data *data)
{
	struct irqgen_line *line = irq_data_get_irq_chip_data(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lock, flags);
	line->masked = true;
	raw_spin_unlock_irqrestore(&line->lock, flags);
}

static void irqgen_chip_unmask(struct irq_data *data)
{
	struct irqgen_line *line = irq_data_get_irq_chip_data(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lock, flags);
	line->masked = false;
	if (line->pending)
		irq_work_queue(&line->unmask_work);
	raw_spin_unlock_irqrestore(&line->lock, flags);
}

static int irqgen_chip_retrigger(struct irq_data *data)
{
	struct irqgen_line *line = irq_data_get_irq_chip_data(data);

	irq_work_queue(&line->resend_work);
	return 1;
}

static int irqgen_chip_set_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	/* Each raise has its own CPU; the mask is only stored. */
	irq_data_update_effective_affinity(data, mask);
	return IRQ_SET_MASK_OK;
}

/* The interrupt was requested. Called without desc->lock. */
static int irqgen_chip_request(struct irq_data *data)
{
	struct irqgen_line *line = irq_data_get_irq_chip_data(data);

	irq_set_status_flags(data->irq, IRQ_DISABLE_UNLAZY);
	raw_spin_lock_irq(&line->lock);
	line->attended = true;
	raw_spin_unlock_irq(&line->lock);
	return 0;
}

/* The interrupt was freed; a pending raise is not dispatched any more. */
static void irqgen_chip_release(struct irq_data *data)
{
	struct irqgen_line *line = irq_data_get_irq_chip_data(data);

	raw_spin_lock_irq(&line->lock);
	line->attended = false;
	if (line->pending) {
		line->pending = false;
		line->ring->unattended++;
	}
	raw_spin_unlock_irq(&line->lock);
}

static struct irq_chip irqgen_chip = {
	.name = "irqgen",
	.irq_ack = irqgen_chip_ack,
	.irq_mask = irqgen_chip_mask,
	.irq_unmask = irqgen_chip_unmask,
	.irq_retrigger = irqgen_chip_retrigger,
	.irq_set_affinity = irqgen_chip_set_affinity,
	.irq_request_resources = irqgen_chip_request,
	.irq_release_resources = irqgen_chip_release,
	/* There is nothing to program for a line that is to wake the system. */
	.flags = IRQCHIP_SKIP_SET_WAKE,
};

/* --- schedules ---------------------------------------------------------------- */

/*
 * A gap from the exponential distribution of mean 1, in units of 2^-32, by von
 * Neumann's comparison of uniform deviates ("Various techniques used in
 * connection with random digits", 1951): integers only, and exact.
 */
static u64 irqgen_exponential(struct rnd_state *random)
{
	u64 whole;

	for (whole = 0; whole < 16; whole++) {
		u32 first = prandom_u32_state(random);
		u32 previous = first;
		unsigned int run = 1;

		for (;;) {
			u32 next = prandom_u32_state(random);

			if (next >= previous)
				break;
			previous = next;
			run++;
		}
		if (run & 1)
			return whole << 32 | first;
	}
	return 16ULL << 32;
}

static u64 irqgen_gap_ns(struct irqgen_line *line)
{
	u64 period_ns = line->schedule.period_ns;

	if (line->schedule.pattern != PATTERN_RANDOM)
		return period_ns;
	return max(mul_u64_u64_shr(period_ns, irqgen_exponential(&line->random), 32),
		   IRQGEN_PERIOD_MIN_NS);
}

static void irqgen_send(struct irqgen_line *line, unsigned int raises)
{
	/* If the CPU has gone offline since the start, raise on this one. */
	if (line->schedule.ipi && cpu_online(line->schedule.cpu)) {
		irqgen_send_to(line, line->schedule.cpu, raises);
		return;
	}
	while (raises--)
		irqgen_raise(line);
}

static enum hrtimer_restart irqgen_tick(struct hrtimer *timer)
{
	struct irqgen_line *line = container_of(timer, struct irqgen_line, timer);
	unsigned int raises = line->schedule.burst;
	u64 gap_ns;
	u64 passed;

	if (line->schedule.count) {
		raises = min_t(u64, raises, line->left);
		line->left -= raises;
	}
	irqgen_send(line, raises);
	if (line->schedule.count && !line->left) {
		WRITE_ONCE(line->running, false);
		return HRTIMER_NORESTART;
	}

	/* Skip periods that have passed: catching up could keep the CPU for ever. */
	gap_ns = irqgen_gap_ns(line);
	passed = hrtimer_forward_now(timer, ns_to_ktime(gap_ns));
	raw_spin_lock(&line->lock);
	line->skipped += passed - 1;
	line->ring->gaps_ns += gap_ns;
	raw_spin_unlock(&line->lock);
	return HRTIMER_RESTART;
}

/* Called with interrupts off on the CPU that is to run the timer. */
static void irqgen_start_here(void *data)
{
	struct irqgen_line *line = data;

	hrtimer_start(&line->timer, ns_to_ktime(line->schedule.delay_ns),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

/* After this, nothing is raised any more. Caller holds irqgen_mutex. */
static void irqgen_stop(struct irqgen_line *line)
{
	hrtimer_cancel(&line->timer);
	irqgen_wait_sent(line);
	WRITE_ONCE(line->running, false);
}

static int irqgen_start(struct irqgen_line *line, const struct irqgen_schedule *schedule)
{
	unsigned int timer_cpu = schedule->cpu;
	int err;

	irqgen_stop(line);
	line->schedule = *schedule;
	line->left = schedule->count;
	line->ring->gaps_ns = 0;
	prandom_seed_state(&line->random, schedule->seed);

	cpus_read_lock();
	if (schedule->ipi) {
		/* Send it from another CPU, if there is one. */
		unsigned int other = cpumask_any_but(cpu_online_mask, schedule->cpu);

		if (other < nr_cpu_ids)
			timer_cpu = other;
	}
	WRITE_ONCE(line->running, true);
	err = smp_call_function_single(timer_cpu, irqgen_start_here, line, 1);
	if (err)
		WRITE_ONCE(line->running, false);
	cpus_read_unlock();
	return err;
}

static int irqgen_fire(struct irqgen_line *line, unsigned int cpu, u64 count)
{
	while (count) {
		/* In portions, so that interrupts are not off for long. */
		u64 now = min(count, 64ULL);

		cpus_read_lock();
		if (!cpu_online(cpu)) {
			cpus_read_unlock();
			return -ENXIO;
		}
		preempt_disable();
		irqgen_send_to(line, cpu, now);
		preempt_enable();
		irqgen_wait_sent(line);
		cpus_read_unlock();
		count -= now;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* --- lines --------------------------------------------------------------------- */

static irqreturn_t irqgen_no_handler(int irq, void *data)
{
	return IRQ_NONE;
}

/* Caller holds irqgen_mutex. */
static int irqgen_add(void)
{
	struct irqgen_line *line;
	unsigned int slot;
	int err;

	for (slot = 0; slot < IRQGEN_LINES_MAX && irqgen_lines[slot]; slot++)
		;
	if (slot == IRQGEN_LINES_MAX)
		return -ENOSPC;

	line = kzalloc(sizeof(*line), GFP_KERNEL);
	if (!line)
		return -ENOMEM;
	BUILD_BUG_ON(sizeof(struct irqgen_ring) > IRQGEN_RING_BYTES);
	line->ring = vmalloc_user(IRQGEN_RING_BYTES);
	if (!line->ring) {
		err = -ENOMEM;
		goto out_free_line;
	}
	raw_spin_lock_init(&line->lock);
	line->masked = true;
	line->unmask_work = IRQ_WORK_INIT_HARD(irqgen_unmask_work);
	line->resend_work = IRQ_WORK_INIT_HARD(irqgen_resend_work);
	line->send_work = IRQ_WORK_INIT_HARD(irqgen_send_work);
	INIT_CSD(&line->send_csd, irqgen_send_call, line);
	hrtimer_setup(&line->timer, irqgen_tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);

	err = irq_alloc_desc(NUMA_NO_NODE);
	if (err < 0)
		goto out_free_ring;
	line->irq = err;
	line->ring->irq = err;
	irq_set_chip_data(line->irq, line);
	irq_set_chip_and_handler_name(line->irq, &irqgen_chip, handle_edge_irq, "edge");
	irq_get_irq_data(line->irq)->hwirq = slot;

	/* genirq makes /proc/irq/N when an interrupt is first requested. */
	err = request_irq(line->irq, irqgen_no_handler, IRQF_NO_AUTOEN, "irqgen", line);
	if (err)
		goto out_free_desc;
	free_irq(line->irq, line);

	irqgen_lines[slot] = line;
	return 0;

out_free_desc:
	irq_free_desc(line->irq);
out_free_ring:
	vfree(line->ring);
out_free_line:
	kfree(line);
	return err;
}

/* Removes a line, even if its interrupt is in use. Caller holds irqgen_mutex. */
static void irqgen_remove(unsigned int slot)
{
	struct irqgen_line *line = irqgen_lines[slot];

	irqgen_lines[slot] = NULL;
	irqgen_stop(line);
	/* Queued work must not use the interrupt number, which may soon be another's. */
	local_irq_disable();
	irqgen_begin_raise(line);
	line->gone = true;
	irqgen_end_raise(line);
	local_irq_enable();
	irq_free_desc(line->irq);
	irq_work_sync(&line->unmask_work);
	irq_work_sync(&line->resend_work);
	/* Processes that have mapped the ring keep its pages. */
	WRITE_ONCE(line->ring->irq, 0);
	vfree(line->ring);
	kfree(line);
}

/* --- /dev/irqgen ------------------------------------------------------------- */

enum {
	OPT_LINE,
	OPT_COUNT,
	OPT_CPU,
	OPT_PERIOD,
	OPT_DELAY,
	OPT_BURST,
	OPT_SEED,
	OPT_TIMER,
	OPT_IPI,
	OPT_PERIODIC,
	OPT_BURSTS,
	OPT_RANDOM,
	OPT_UNKNOWN,
};

static const match_table_t irqgen_options = {
	{ OPT_LINE, "line=%s" },	 { OPT_COUNT, "count=%s" },
	{ OPT_CPU, "cpu=%s" },		 { OPT_PERIOD, "period_ns=%s" },
	{ OPT_DELAY, "delay_ns=%s" },	 { OPT_BURST, "burst=%s" },
	{ OPT_SEED, "seed=%s" },	 { OPT_TIMER, "source=timer" },
	{ OPT_IPI, "source=ipi" },	 { OPT_PERIODIC, "pattern=periodic" },
	{ OPT_BURSTS, "pattern=burst" }, { OPT_RANDOM, "pattern=random" },
	{ OPT_UNKNOWN, NULL },
};

/**
 * struct irqgen_command - a parsed command
 * @given: bit OPT_X is set if option X was given
 * @value: values of the options that have a number
 */
struct irqgen_command {
	unsigned long given;
	u64 value[OPT_TIMER];
};

static int irqgen_parse(char *options, struct irqgen_command *command)
{
	substring_t args[MAX_OPT_ARGS];
	char *word;

	while ((word = strsep(&options, " \t\n"))) {
		int option, err;

		if (!*word)
			continue;
		option = match_token(word, irqgen_options, args);
		if (option == OPT_UNKNOWN || test_and_set_bit(option, &command->given))
			return -EINVAL;
		if (option >= OPT_TIMER)
			continue;
		err = match_u64(&args[0], &command->value[option]);
		if (err)
			return err == -ENOMEM ? err : -EINVAL;
	}
	return 0;
}

static bool irqgen_given(const struct irqgen_command *command, int option)
{
	return test_bit(option, &command->given);
}

static u64 irqgen_value(const struct irqgen_command *command, int option, u64 otherwise)
{
	return irqgen_given(command, option) ? command->value[option] : otherwise;
}

/* Whether no option but those in @allowed was given. */
static bool irqgen_only(const struct irqgen_command *command, unsigned long allowed)
{
	return !(command->given & ~allowed);
}

static int irqgen_cpu(const struct irqgen_command *command, unsigned int *cpu)
{
	u64 value = irqgen_value(command, OPT_CPU, raw_smp_processor_id());

	if (value >= nr_cpu_ids || !cpu_online(value))
		return -ENXIO;
	*cpu = value;
	return 0;
}

static int irqgen_command_fire(struct irqgen_line *line, const struct irqgen_command *command)
{
	u64 count = irqgen_value(command, OPT_COUNT, 1);
	unsigned int cpu;
	int err;

	if (!irqgen_only(command, BIT(OPT_LINE) | BIT(OPT_COUNT) | BIT(OPT_CPU)))
		return -EINVAL;
	if (!count || count > IRQGEN_FIRE_MAX)
		return -EINVAL;
	err = irqgen_cpu(command, &cpu);
	return err ? err : irqgen_fire(line, cpu, count);
}

static int irqgen_command_start(struct irqgen_line *line, const struct irqgen_command *command)
{
	struct irqgen_schedule schedule = {
		.period_ns = irqgen_value(command, OPT_PERIOD, 0),
		.count = irqgen_value(command, OPT_COUNT, 0),
		.seed = irqgen_value(command, OPT_SEED, 1),
		.burst = 1,
		.ipi = irqgen_given(command, OPT_IPI),
	};
	u64 burst = irqgen_value(command, OPT_BURST, 1);
	int err;

	schedule.delay_ns = irqgen_value(command, OPT_DELAY, schedule.period_ns);
	if (schedule.period_ns < IRQGEN_PERIOD_MIN_NS ||
	    schedule.period_ns > IRQGEN_PERIOD_MAX_NS || schedule.delay_ns > IRQGEN_PERIOD_MAX_NS)
		return -EINVAL;
	if (irqgen_given(command, OPT_TIMER) && schedule.ipi)
		return -EINVAL;
	if (hweight_long(command->given & (BIT(OPT_PERIODIC) | BIT(OPT_BURSTS) | BIT(OPT_RANDOM))) >
	    1)
		return -EINVAL;
	if (irqgen_given(command, OPT_BURST) != irqgen_given(command, OPT_BURSTS) || !burst ||
	    burst > IRQGEN_BURST_MAX)
		return -EINVAL;
	schedule.burst = burst;
	if (irqgen_given(command, OPT_RANDOM))
		schedule.pattern = PATTERN_RANDOM;
	else if (irqgen_given(command, OPT_BURSTS))
		schedule.pattern = PATTERN_BURST;

	err = irqgen_cpu(command, &schedule.cpu);
	return err ? err : irqgen_start(line, &schedule);
}

static int irqgen_execute(char *text)
{
	struct irqgen_command command = {};
	struct irqgen_line *line = NULL;
	char *verb;
	u64 slot;
	int err;

	text = strim(text);
	verb = strsep(&text, " \t");
	err = irqgen_parse(text, &command);
	if (err)
		return err;

	if (!strcmp(verb, "add"))
		return command.given ? -EINVAL : irqgen_add();

	slot = irqgen_value(&command, OPT_LINE, U64_MAX);
	if (slot == U64_MAX)
		return -EINVAL;
	if (slot < IRQGEN_LINES_MAX)
		line = irqgen_lines[slot];
	if (!line)
		return -ENODEV;

	if (!strcmp(verb, "fire"))
		return irqgen_command_fire(line, &command);
	if (!strcmp(verb, "start"))
		return irqgen_command_start(line, &command);
	if (!irqgen_only(&command, BIT(OPT_LINE)))
		return -EINVAL;
	if (!strcmp(verb, "stop"))
		irqgen_stop(line);
	else if (!strcmp(verb, "remove"))
		irqgen_remove(slot);
	else
		return -EINVAL;
	return 0;
}

static ssize_t irqgen_write(struct file *file, const char __user *buf, size_t len, loff_t *ppos)
{
	char *text;
	int err;

	if (len > IRQGEN_COMMAND_BYTES)
		return -EINVAL;
	text = memdup_user_nul(buf, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	/* One command per write: another row would be parsed as options of the first. */
	err = strchr(strim(text), '\n') ? -EINVAL : mutex_lock_interruptible(&irqgen_mutex);
	if (!err) {
		err = irqgen_execute(text);
		mutex_unlock(&irqgen_mutex);
	}
	kfree(text);
	return err ? err : len;
}

static void irqgen_show_line(struct seq_file *m, unsigned int slot, struct irqgen_line *line)
{
	struct irqgen_ring *ring = line->ring;
	u64 raised, dispatched, coalesced, unattended, skipped;
	bool masked, pending;

	raw_spin_lock_irq(&line->lock);
	raised = ring->raised;
	dispatched = ring->dispatched;
	coalesced = ring->coalesced;
	unattended = ring->unattended;
	skipped = line->skipped;
	masked = line->masked;
	pending = line->pending;
	raw_spin_unlock_irq(&line->lock);
	seq_printf(
		m,
		"line=%u irq=%u running=%d masked=%d raised=%llu dispatched=%llu coalesced=%llu unattended=%llu pending=%d skipped=%llu\n",
		slot, line->irq, READ_ONCE(line->running), masked, raised, dispatched, coalesced,
		unattended, pending, skipped);
}

static int irqgen_show(struct seq_file *m, void *v)
{
	unsigned int slot;

	mutex_lock(&irqgen_mutex);
	for (slot = 0; slot < IRQGEN_LINES_MAX; slot++)
		if (irqgen_lines[slot])
			irqgen_show_line(m, slot, irqgen_lines[slot]);
	mutex_unlock(&irqgen_mutex);
	return 0;
}

static int irqgen_open(struct inode *inode, struct file *file)
{
	/* misc_open() has stored the device there; single_open() needs NULL. */
	file->private_data = NULL;
	return single_open(file, irqgen_show, NULL);
}

static int irqgen_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long slot = vma->vm_pgoff / (IRQGEN_RING_BYTES >> PAGE_SHIFT);
	unsigned long pgoff = vma->vm_pgoff % (IRQGEN_RING_BYTES >> PAGE_SHIFT);
	int err;

	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	vm_flags_clear(vma, VM_MAYWRITE);

	mutex_lock(&irqgen_mutex);
	if (slot < IRQGEN_LINES_MAX && irqgen_lines[slot])
		err = remap_vmalloc_range(vma, irqgen_lines[slot]->ring, pgoff);
	else
		err = -ENODEV;
	mutex_unlock(&irqgen_mutex);
	return err;
}

static const struct file_operations irqgen_fops = {
	.owner = THIS_MODULE,
	.open = irqgen_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.write = irqgen_write,
	.mmap = irqgen_mmap,
	.release = single_release,
};

static struct miscdevice irqgen_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "irqgen",
	.fops = &irqgen_fops,
	.mode = 0600,
};

static void irqgen_remove_all(void)
{
	unsigned int slot;

	mutex_lock(&irqgen_mutex);
	for (slot = 0; slot < IRQGEN_LINES_MAX; slot++)
		if (irqgen_lines[slot])
			irqgen_remove(slot);
	mutex_unlock(&irqgen_mutex);
}

static int __init irqgen_init(void)
{
	unsigned int i;
	int err = 0;

	if (nr_lines > IRQGEN_LINES_MAX) {
		pr_err("lines=%u: at most %u\n", nr_lines, IRQGEN_LINES_MAX);
		return -EINVAL;
	}
	mutex_lock(&irqgen_mutex);
	for (i = 0; i < nr_lines && !err; i++)
		err = irqgen_add();
	mutex_unlock(&irqgen_mutex);
	if (!err)
		err = misc_register(&irqgen_device);
	if (err)
		irqgen_remove_all();
	return err;
}

static void __exit irqgen_exit(void)
{
	misc_deregister(&irqgen_device);
	irqgen_remove_all();
}

module_init(irqgen_init);
module_exit(irqgen_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Software interrupt lines");
MODULE_AUTHOR("the procirq authors");
MODULE_VERSION(PROCIRQ_VERSION);
