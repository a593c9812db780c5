// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A long run: rounds of everything at random (the program torture), of steady streams
 * whose books have to be exact, and of a fresh module; memory has to stay flat.
 *
 * seconds=N (60), round=N: seconds of torture in each round (30), seed=N: of the first
 * round's torture; each round has the next.
 *
 * A stream has a line, something that raises it and something that takes it. Processors
 * go offline and come back meanwhile, the lines' affinity changes, the tracepoints of
 * handlers are enabled and disabled, and the system is suspended to idle. Then the interrupts that were raised are those that were taken.
 *
 * Memory is looked at after each round, when our modules have been unloaded and loaded
 * again: what grows from the second quarter of the rounds to the last one is a leak.
 */
#include <sys/eventfd.h>

#include "edu.h"
#include "libprocirq/uli.h"

#define STREAM_SECONDS 6
#define CPU_ONLINE     "/sys/devices/system/cpu/cpu1/online"
#define PM_TEST	       "/sys/power/pm_test"
#define TRACEPOINTS    "/sys/kernel/tracing/events/irq/"
#define ROUNDS_MAX     4096

/* What memory may differ by from one round to the next, kB: what the kernel keeps. */
#define TOLERANCE_KB 3072

static struct memory {
	long kernel;	/* that only the kernel can free */
	long available; /* for new programs */
} memory[ROUNDS_MAX];

/* --- streams ----------------------------------------------------------------- */

struct stream {
	const char *name;
	pthread_t thread;
	void *(*take)(void *stream);
	const char *schedule; /* of irqgen; NULL: raised by the edu device */
	struct gen_file gen;
	volatile uint32_t *edu;
	void *intr; /* user level handler */
	atomic_ullong raised;
	atomic_ullong taken;
	atomic_bool ready;
	atomic_bool finished; /* the counts have been compared */
};

static atomic_bool streams_stop;

static void *take_by_read(void *arg)
{
	struct stream *s = arg;
	int n;

	s->ready = true;
	while ((n = irq_read(s->gen.fd)) > 0 || n == -EINTR)
		s->taken += n > 0 ? n : 0;
	return NULL;
}

static void *take_by_poll(void *arg)
{
	struct stream *s = arg;
	int n;

	s->ready = true;
	for (;;) {
		if (irq_poll(s->gen.fd, 100) & POLLHUP || s->finished)
			return NULL;
		while ((n = irq_read(s->gen.fd)) > 0)
			s->taken += n;
	}
}

static void *take_by_eventfd(void *arg)
{
	struct stream *s = arg;
	struct procirq_eventfd target = { .fd = eventfd(0, EFD_CLOEXEC),
					  .flags = PROCIRQ_EVENTFD_DELIVER };
	struct pollfd p[2] = { { .fd = target.fd, .events = POLLIN }, { .fd = s->gen.fd } };
	uint64_t count;

	CHECK(irq_flags(s->gen.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	CHECK(ioctl(s->gen.fd, PROCIRQ_IOC_SET_EVENTFD, &target) == 0);
	s->ready = true;
	while (poll(p, 2, -1) >= 0 || errno == EINTR) {
		if (p[0].revents && read(target.fd, &count, sizeof(count)) == sizeof(count))
			s->taken += count;
		if (p[1].revents & POLLHUP)
			break;
	}
	close(target.fd);
	return NULL;
}

static void handle(void *arg)
{
	struct stream *s = arg;

	s->taken += ULI_count(s->intr);
}

static void *take_by_handler(void *arg)
{
	struct stream *s = arg;
	struct uli_options options = { 0 };

	/* It computes on the other processor than the one that is taken away. */
	run_on_cpu(0);
	s->intr = ULI_register(s->gen.fd, handle, s, &options);
	CHECK(s->intr);
	s->ready = true;
	while (!streams_stop && s->intr)
		sched_yield();
	AWAIT(s->finished);
	CHECK(!s->intr || ULI_unregister(s->intr) == 0);
	return NULL;
}

static struct stream streams[] = {
	{ .name = "timer, read", .take = take_by_read, .schedule = "period_ns=2000000 cpu=0" },
	{ .name = "ipi, poll",
	  .take = take_by_poll,
	  .schedule = "period_ns=3000000 source=ipi cpu=0 pattern=random" },
	{ .name = "bursts, eventfd",
	  .take = take_by_eventfd,
	  .schedule = "period_ns=20000000 pattern=burst burst=20 cpu=0" },
	{ .name = "random, user level",
	  .take = take_by_handler,
	  .schedule = "period_ns=3000000 pattern=random cpu=0" },
	{ .name = "MSI, read", .take = take_by_read },
	/* Its line stays when the driver goes: the reader keeps the function enabled. */
	{ .name = "INTx, poll", .take = take_by_poll },
};
#define STREAMS (sizeof(streams) / sizeof(streams[0]))
#define MSI	(&streams[STREAMS - 2])
#define INTX	(&streams[STREAMS - 1])

static void stream_start(struct stream *s)
{
	int flags = s->take == take_by_poll ? O_RDWR | O_NONBLOCK : O_RDWR;

	s->raised = s->taken = 0;
	s->ready = s->finished = false;
	if (s->schedule) {
		s->gen = gen_open(flags);
	} else {
		REQUIRE(s->gen.irq > 0);
		s->gen.fd = irq_open(s->gen.irq, flags);
		REQUIRE(s->gen.fd >= 0);
	}
	if (s == INTX) {
		struct procirq_descriptor d = edu_descriptor(EDU_2);

		REQUIRE(set_descriptor(s->gen.fd, &d) == 0);
	}
	REQUIRE(pthread_create(&s->thread, NULL, s->take, s) == 0);
	REQUIRE(AWAIT(s->ready));
	if (s->schedule)
		REQUIRE(gen("start line=%u %s", s->gen.line, s->schedule) == 0);
}

/* The device raises again only after its last interrupt was taken: none may be merged. */
static void device_raise(struct stream *s)
{
	if (s->taken < s->raised)
		return;
	s->raised++;
	edu_raise(s->edu);
	/* The INTx descriptor acknowledges by itself. */
	if (s == MSI)
		edu_ack(s->edu);
}

static void devices_bind(void)
{
	pci_unbind(EDU_1);
	REQUIRE(pci_irq_kind("msi") == 0);
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	MSI->edu = edu_map(EDU_1);
	edu_ack(MSI->edu);
	MSI->gen.irq = pci_irq(EDU_1);
	INTX->gen.irq = edu_bind(EDU_2, &INTX->edu);
}

/* Suspended until all interrupts of devices are off; then the system resumes. */
static bool suspend_to_idle(void)
{
	bool ok;

	put_text("/sys/module/suspend/parameters/pm_test_delay", "0");
	if (put_text(PM_TEST, "platform"))
		return false;
	ok = put_text("/sys/power/state", "freeze") == 0;
	put_text(PM_TEST, "none");
	return ok;
}

/* While one of them is enabled, our flow handlers leave interrupts to the kernel's. */
static void trace_handlers(bool entry, bool exit)
{
	put_text(TRACEPOINTS "irq_handler_entry/enable", "%d", entry);
	put_text(TRACEPOINTS "irq_handler_exit/enable", "%d", exit);
}

static void disturb(unsigned int step, unsigned int *suspended)
{
	char path[64];
	unsigned int i;

	trace_handlers(step & 2, step & 4);
	switch (step % 8) {
	case 0:
		put_text(CPU_ONLINE, "0");
		break;
	case 1:
		put_text(CPU_ONLINE, "1");
		break;
	case 4:
		*suspended += suspend_to_idle();
		break;
	default:
		for (i = 0; i < STREAMS; i++) {
			snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity",
				 streams[i].gen.irq);
			put_text(path, "%x", 1 + (step + i) % 3);
		}
	}
}

static void stream_explain(const struct stream *s)
{
	struct line_stats books = line_stats(s->gen.irq);
	struct procirq_uli_info info;

	tap_diag(
		"%s: %llu raised, %llu taken; due %llu, delivered %llu, coalesced %llu, pending %llu",
		s->name, (unsigned long long)s->raised, (unsigned long long)s->taken, books.due,
		books.delivered, books.coalesced, books.pending);
	if (s->take == take_by_handler && ULI_get_info(s->intr, &info) == 0)
		tap_diag(
			"  user level: raised %llu, direct %llu, returned %llu, woken %llu, repeated %llu, coalesced %llu, pending %llu, retries %llu",
			info.raised, info.direct, info.returned, info.woken, info.repeated,
			info.coalesced, info.pending, info.retries);
}

/* Ends the stream and compares what was raised with what was taken. */
static unsigned long long stream_finish(struct stream *s)
{
	struct gen_status status;
	struct line_stats books;

	if (s->schedule) {
		REQUIRE(gen("stop line=%u", s->gen.line) == 0);
		CHECK(AWAIT(!(status = gen_status(s->gen.line)).pending &&
			    s->taken == status.dispatched));
		s->raised = status.raised - status.coalesced - status.unattended;
	} else {
		CHECK(AWAIT(s->taken == s->raised));
	}
	if (s->taken != s->raised)
		stream_explain(s);
	CHECK_EQ(s->taken, s->raised);
	CHECK(s->taken > 0);
	s->finished = true;
	books = line_stats(s->gen.irq);
	CHECK(stats_add_up(&books));
	/* Ends the thread. */
	if (s->schedule)
		CHECK(gen("remove line=%u", s->gen.line) == 0);
	return s->taken;
}

static unsigned long long steady_streams(unsigned int *suspended)
{
	long long until = now_ns() + STREAM_SECONDS * 1000000000LL, next = 0;
	unsigned long long all = 0;
	unsigned int i, step = 0;

	streams_stop = false;
	devices_bind();
	for (i = 0; i < STREAMS; i++)
		stream_start(&streams[i]);
	while (now_ns() < until || step < 8) {
		device_raise(MSI);
		device_raise(INTX);
		sleep_ms(1);
		if (now_ns() > next) {
			disturb(step++, suspended);
			next = now_ns() + STREAM_SECONDS * 1000000000LL / 16;
		}
	}
	trace_handlers(false, false);
	put_text(CPU_ONLINE, "1");
	streams_stop = true;
	for (i = 0; i < STREAMS; i++)
		all += stream_finish(&streams[i]);
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	for (i = 0; i < STREAMS; i++) {
		if (!CHECK(thread_join(streams[i].thread)))
			tap_diag("its thread does not end: %s", streams[i].name);
		close(streams[i].gen.fd);
	}
	munmap((void *)MSI->edu, 4096);
	munmap((void *)INTX->edu, 4096);
	return all;
}

/* --- rounds -------------------------------------------------------------------- */

/* Returns its exit status. What it prints comes out as diagnostics. */
static int torture(long seconds, long seed)
{
	char command[200], text[400];
	FILE *out;

	snprintf(command, sizeof(command), "/tests/torture seconds=%ld seed=%ld slow=%ld 2>&1",
		 seconds, seed, tap_setting("slow", 1));
	out = popen(command, "re");
	REQUIRE(out);
	while (fgets(text, sizeof(text), out)) {
		text[strcspn(text, "\n")] = '\0';
		if (strstr(text, "ok ") == text)
			continue;
		if (!strncmp(text, "not ok", 6) || strstr(text, "wrong") || strstr(text, "failed"))
			tap_diag("torture, seed %ld: %s", seed, text);
	}
	return pclose(out);
}

static bool reload(void)
{
	return AWAIT(module_unload("procirq") == 0) && AWAIT(module_unload("irqgen") == 0) &&
	       module_load("irqgen", "lines=0") == 0 && module_load("procirq", "storm_rate=0") == 0;
}

static long meminfo(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? atol(at + strlen(name)) : 0;
}

static struct memory memory_now(void)
{
	struct memory m;
	char text[4096];

	put_text("/proc/sys/vm/drop_caches", "3");
	sleep_ms(500);
	read_text("/proc/meminfo", text, sizeof(text));
	m.kernel = meminfo(text, "\nSUnreclaim:") + meminfo(text, "\nKernelStack:") +
		   meminfo(text, "\nPageTables:") + meminfo(text, "\nVmallocUsed:") +
		   meminfo(text, "\nPercpu:");
	m.available = meminfo(text, "\nMemAvailable:");
	return m;
}

static int by_size(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static long median(const long *values, unsigned int n)
{
	static long sorted[ROUNDS_MAX];

	memcpy(sorted, values, n * sizeof(*values));
	qsort(sorted, n, sizeof(*sorted), by_size);
	return sorted[n / 2];
}

/* From the second quarter, when all that is kept has been allocated, to the last one. */
static void memory_is_flat(unsigned int rounds)
{
	static long kernel[ROUNDS_MAX], available[ROUNDS_MAX];
	unsigned int quarter = rounds / 4, i;
	long grown, shrunk;

	if (!quarter) {
		tap_diag("%u rounds: too few for a trend of memory", rounds);
		return;
	}
	for (i = 0; i < rounds; i++) {
		kernel[i] = memory[i].kernel;
		available[i] = memory[i].available;
	}
	grown = median(kernel + rounds - quarter, quarter) - median(kernel + quarter, quarter);
	shrunk = median(available + quarter, quarter) -
		 median(available + rounds - quarter, quarter);
	tap_diag("memory: the kernel's own %+ld kB, available %+ld kB", grown, -shrunk);
	CHECK(grown < TOLERANCE_KB);
	CHECK(shrunk < 2 * TOLERANCE_KB);
}

static void everything_for_long(void)
{
	long seconds = tap_setting("seconds", 60), round = tap_setting("round", 30);
	long seed = tap_setting("seed", time(NULL) % 100000);
	long long until = now_ns() + seconds * 1000000000LL;
	unsigned long long taken = 0;
	unsigned int n = 0, suspended = 0;

	while (now_ns() < until && n < ROUNDS_MAX) {
		if (!CHECK_EQ(torture(round, seed + n), 0))
			break;
		taken += steady_streams(&suspended);
		if (tap_shared->complaints || !CHECK(reload()))
			break;
		memory[n] = memory_now();
		tap_diag(
			"round %u: seed %ld, %llu interrupts in streams, kernel %ld kB, available %ld kB",
			n, seed + n, taken, memory[n].kernel, memory[n].available);
		n++;
	}
	tap_diag("%u rounds, %llu interrupts in streams, suspended %u times", n, taken, suspended);
	CHECK(n > 0);
	CHECK(suspended > 0 || access(PM_TEST, F_OK));
	memory_is_flat(n);
}

/* A round that was cut short leaves devices bound. */
static const char *soak_after(void)
{
	trace_handlers(false, false);
	put_text(CPU_ONLINE, "1");
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	return guest_after();
}

static const struct tap_test tests[] = {
	/* Each round has its own limits; this one is for a round that hangs all the same. */
	TAP_SLOW(everything_for_long, 24 * 3600),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = soak_after;
	return TAP_MAIN(tests);
}
