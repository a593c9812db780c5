// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Everything at once, at random, until time is up: afterwards every line must be
 * detached, and every account must add up.
 *
 * seconds=N (20), seed=N (from the clock; printed). Each thread has a random generator of
 * its own: a seed repeats what each thread does, but not how they interleave. Pauses are
 * random, too.
 *
 * The storm guard is on, with a low limit. Without it, a level line that is neither
 * acknowledged nor masked would keep its CPU for ever.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "guest.h"

#define LINES	   4
#define FILES	   24
#define WORKERS	   4
#define STORM_RATE "20000"

struct worker {
	pthread_t thread;
	unsigned int seed;
	atomic_ulong steps;
};

static atomic_bool stop;
/* How often the accounts were checked, and the module was unloaded. */
static atomic_ulong looks, unloads;
/* Files that the threads share; -1: not open. */
static atomic_int files[FILES];

static unsigned int draw(struct worker *w, unsigned int limit)
{
	return rand_r(&w->seed) / 7 % limit;
}

static bool random_line(struct worker *w, struct gen_status *status)
{
	return gen_find(draw(w, LINES), status);
}

static int random_file(struct worker *w)
{
	return files[draw(w, FILES)];
}

static void do_open(struct worker *w)
{
	struct gen_status status;
	int fd, old;

	if (!random_line(w, &status))
		return;
	fd = irq_open(status.irq,
		      O_RDWR | (draw(w, 4) ? O_NONBLOCK : 0) | (draw(w, 16) ? 0 : O_EXCL));
	if (fd < 0)
		return;
	if (draw(w, 2))
		irq_flags(fd, draw(w, PROCIRQ_FLAGS_ALL + 1));
	old = atomic_exchange(&files[draw(w, FILES)], fd);
	if (old >= 0)
		close(old);
}

static void do_close(struct worker *w)
{
	int old = atomic_exchange(&files[draw(w, FILES)], -1);

	if (old >= 0)
		close(old);
}

static void do_read(struct worker *w)
{
	struct procirq_event event[2];
	int fd = random_file(w), flags = fcntl(fd, F_GETFL);

	/* A blocking read keeps the thread until an interrupt is raised or the line removed. */
	if (flags >= 0 && (flags & O_NONBLOCK || !draw(w, 8)))
		read(fd, draw(w, 50) ? event : NULL, draw(w, 8) ? sizeof(event) : draw(w, 64));
}

static void do_poll(struct worker *w)
{
	struct pollfd p[3] = {
		{ .fd = random_file(w), .events = POLLIN },
		{ .fd = random_file(w) },
		{ .fd = random_file(w), .events = POLLIN | POLLOUT | POLLPRI },
	};

	poll(p, 3, draw(w, 3));
}

static void do_epoll(struct worker *w)
{
	struct epoll_event event = { .events = EPOLLIN | (draw(w, 2) ? EPOLLET : 0) };
	int ep = epoll_create1(EPOLL_CLOEXEC), i;

	for (i = 0; i < 4; i++)
		epoll_ctl(ep, EPOLL_CTL_ADD, random_file(w), &event);
	epoll_wait(ep, &event, 1, draw(w, 3));
	close(ep);
}

static void do_write(struct worker *w)
{
	uint32_t words[2] = { draw(w, 4) ? draw(w, 2) : draw(w, 1000), 0 };

	write(random_file(w), words, draw(w, 8) ? 4 : draw(w, 9));
}

static void do_flags(struct worker *w)
{
	irq_flags(random_file(w), draw(w, 8) ? draw(w, PROCIRQ_FLAGS_ALL + 1) : draw(w, 1 << 20));
}

static void do_ioctl(struct worker *w)
{
	uint64_t garbage[64];
	unsigned int i;

	for (i = 0; i < 64; i++)
		garbage[i] = draw(w, 1 << 20);
	ioctl(random_file(w),
	      draw(w, 4) ? PROCIRQ_IOC_GET_INFO :
			   _IOC(draw(w, 4), PROCIRQ_IOC_MAGIC, draw(w, 32), draw(w, 512)),
	      garbage);
}

static void do_fork(struct worker *w)
{
	int fd = random_file(w);
	pid_t pid = fork();

	if (!pid) {
		irq_read(fd);
		irq_poll(fd, 1);
		_exit(0);
	}
	if (pid < 0)
		return;
	sleep_ms(draw(w, 3));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void do_lines(struct worker *w)
{
	unsigned int line = draw(w, LINES);

	if (draw(w, 2))
		gen("remove line=%u", line);
	/* The threads only use the first LINES lines. */
	else if (!gen_find(LINES - 1, &(struct gen_status){ 0 }))
		gen("add");
}

static void do_schedule(struct worker *w)
{
	static const char *const patterns[] = {
		"",
		"source=ipi",
		"pattern=random",
		"pattern=burst burst=7",
		"source=ipi pattern=burst burst=33",
	};
	unsigned int line = draw(w, LINES);

	if (draw(w, 3))
		gen("start line=%u period_ns=%u %s cpu=%u count=%u", line, 20000 + draw(w, 1000000),
		    patterns[draw(w, 5)], draw(w, 2), draw(w, 5000));
	else
		gen("stop line=%u", line);
}

static void do_fire(struct worker *w)
{
	gen("fire line=%u cpu=%u count=%u", draw(w, LINES), draw(w, 2), 1 + draw(w, 100));
}

static void do_affinity(struct worker *w)
{
	struct gen_status status;
	char path[64];

	if (!random_line(w, &status))
		return;
	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity", status.irq);
	put_text(path, "%x", 1 + draw(w, 3));
}

/* What the module's flow handlers leave to the kernel's, and whether there are any. */
static void do_trace(struct worker *w)
{
	static const char *const names[] = { "irq_handler_entry", "irq_handler_exit" };
	char path[96];

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/irq/%s/enable", names[draw(w, 2)]);
	put_text(path, "%u", draw(w, 2));
}

static void do_flow(struct worker *w)
{
	put_text("/sys/module/procirq/parameters/flow", "%u", draw(w, 2));
}

/* Busy-waiting, and a read with a time limit. */
static void do_spin(struct worker *w)
{
	struct procirq_spin spin = { .max_ns = draw(w, 2) * draw(w, 100000) };
	struct procirq_read arg = { .timeout_ns = draw(w, 3000000),
				    .flags = draw(w, PROCIRQ_READ_ALL + 1) };

	ioctl(random_file(w), PROCIRQ_IOC_SET_SPIN, &spin);
	ioctl(random_file(w), PROCIRQ_IOC_READ, &arg);
}

/* The accounts add up at any time, not only in the end. */
static void do_books(void)
{
	FILE *file = fopen(STATS_PATH, "re");
	struct line_stats s;

	if (!file)
		return;
	while (stats_next(file, &s)) {
		if (!CHECK(stats_add_up(&s)))
			tap_diag(
				"irq=%u due=%llu delivered=%llu coalesced=%llu lost=%llu pending=%llu",
				s.irq, s.due, s.delivered, s.coalesced, s.lost, s.pending);
		looks++;
	}
	fclose(file);
}

static void do_look(struct worker *w)
{
	char text[8192], path[64];

	do_books();
	read_text("/proc/procirq/readers", text, sizeof(text));
	read_text("/proc/interrupts", text, sizeof(text));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", random_file(w));
	read_text(path, text, sizeof(text));
}

/* Slow, so it is done rarely. */
static void do_cpu(struct worker *w)
{
	if (draw(w, 40))
		return;
	put_text("/sys/devices/system/cpu/cpu1/online", "0");
	sleep_ms(draw(w, 20));
	put_text("/sys/devices/system/cpu/cpu1/online", "1");
}

/*
 * In 6.1 reading a device's irq attribute takes a mutex that unbinding the driver frees
 * (pci-sysfs.c, irq_show). This mutex keeps the two apart.
 */
static pthread_mutex_t pci_mutex = PTHREAD_MUTEX_INITIALIZER;

static void edu_touch(void (*deed)(volatile uint32_t *edu))
{
	volatile uint32_t *edu;
	int fd;

	fd = open(PCI_DEVICE EDU_1 "/resource0", O_RDWR | O_CLOEXEC);
	edu = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (edu == MAP_FAILED)
		return;
	deed(edu);
	munmap((void *)edu, 4096);
}

/*
 * QEMU's IO-APIC misses that a pin goes down while its entry is not level-triggered,
 * which is so after the line's last close. It remembers the interrupt and raises it for
 * ever once the line is opened again. So the line is open here while the device is
 * acknowledged.
 *
 * Caller holds pci_mutex; the device is bound.
 */
static void edu_quiet(void)
{
	int irq = pci_irq(EDU_1);
	int fd = irq > 15 ? irq_open(irq, O_RDWR | O_NONBLOCK) : -1;

	edu_touch(edu_ack);
	if (fd >= 0)
		close(fd);
}

static bool edu_is_bound(void)
{
	return !access(PCI_DEVICE EDU_1 "/procirq", F_OK);
}

/* It stays raised until a descriptor, or another call, acknowledges it. */
static void do_edu(struct worker *w)
{
	pthread_mutex_lock(&pci_mutex);
	if (edu_is_bound()) {
		if (draw(w, 2))
			edu_touch(edu_raise);
		else
			edu_quiet();
	}
	pthread_mutex_unlock(&pci_mutex);
}

/* Caller holds pci_mutex. */
static void edu_unbind(void)
{
	if (edu_is_bound())
		edu_quiet();
	pci_unbind(EDU_1);
}

static void do_pci(struct worker *w)
{
	static const char *const kinds[] = { "intx", "msi", "auto" };
	int fd, irq;

	pthread_mutex_lock(&pci_mutex);
	/*
	 * QEMU's edu device does not lower its pin any more once MSI is enabled. A pin
	 * that is up then stays up, with an empty status register: no driver handles it.
	 * An unbound device is quiet.
	 */
	pci_irq_kind(kinds[draw(w, 3)]);
	if (pci_bind(EDU_1, "procirq-pci"))
		edu_unbind();
	irq = pci_irq(EDU_1);
	pthread_mutex_unlock(&pci_mutex);
	fd = irq > 15 ? irq_open(irq, O_RDWR | O_NONBLOCK) : -1;
	if (fd >= 0) {
		int old = atomic_exchange(&files[draw(w, FILES)], fd);

		if (old >= 0)
			close(old);
	}
}

/* A mapping keeps the file after it is closed. */
static void do_map(struct worker *w)
{
	volatile const struct procirq_ring *ring;
	int spins;

	ring = mmap(NULL, 36864, PROT_READ | (draw(w, 8) ? 0 : PROT_WRITE), MAP_SHARED,
		    random_file(w), 0);
	if (ring == MAP_FAILED)
		return;
	for (spins = draw(w, 20000); spins && ring->head < 1000000; spins--)
		;
	munmap((void *)ring, 36864);
}

static void do_eventfd(struct worker *w)
{
	int event = draw(w, 4) ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
	struct procirq_eventfd arg = { .fd = event, .flags = draw(w, 2) };
	uint64_t count;

	ioctl(random_file(w), PROCIRQ_IOC_SET_EVENTFD, &arg);
	read(event, &count, sizeof(count));
	close(event);
}

static void do_inject(struct worker *w)
{
	struct procirq_inject arg = { .count = draw(w, 200) };

	ioctl(random_file(w), PROCIRQ_IOC_INJECT, &arg);
}

/* A descriptor of an edu device, also on a file of another line. */
static void do_descriptor(struct worker *w)
{
	struct procirq_descriptor d = {
		.size = sizeof(d), .devfn = 4 * 8, .nr_check = 1, .nr_ack = 1, .nr_release = 1
	};

	d.steps[0] = (struct procirq_step){
		.width = 32, .op = PROCIRQ_OP_TEST_ANY, .offset = 0x24, .mask = ~0U
	};
	d.steps[1] = (struct procirq_step){
		.width = 32, .op = PROCIRQ_OP_WRITE_STATUS, .offset = 0x64, .mask = ~0U
	};
	d.steps[2] = (struct procirq_step){
		.width = 32, .op = PROCIRQ_OP_WRITE, .offset = 0x64, .value = ~0U
	};
	if (!draw(w, 4))
		d = (struct procirq_descriptor){ .devfn = 4 * 8, .flags = PROCIRQ_DESC_INTX };
	ioctl(random_file(w), PROCIRQ_IOC_SET_DESCRIPTOR, &d);
}

/*
 * Unloads the module as soon as none of its files is open; removing a line ends the
 * reads that block on it. Slow, so it is done rarely.
 */
static void do_unload(struct worker *w)
{
	char hard[16], arguments[64];
	int i, tries;

	if (draw(w, 40))
		return;
	pthread_mutex_lock(&pci_mutex);
	if (edu_is_bound())
		edu_quiet();
	read_text("/sys/module/procirq/parameters/hard", hard, sizeof(hard));
	snprintf(arguments, sizeof(arguments), "storm_rate=" STORM_RATE " hard=%c", hard[0]);
	for (tries = 0; tries < 100 && !stop; tries++) {
		for (i = 0; i < FILES; i++) {
			int old = atomic_exchange(&files[i], -1);

			if (old >= 0)
				close(old);
		}
		gen("remove line=%d", tries % LINES);
		if (module_unload("procirq") == 0) {
			unloads++;
			sleep_ms(draw(w, 10));
			CHECK(module_load("procirq", arguments) == 0);
			break;
		}
		sleep_ms(1);
	}
	pthread_mutex_unlock(&pci_mutex);
}

static void (*const deeds[])(struct worker *) = {
	do_open,       do_open,	      do_open,	   do_close,	do_read,    do_read,   do_read,
	do_read,       do_poll,	      do_epoll,	   do_write,	do_write,   do_flags,  do_ioctl,
	do_fork,       do_lines,      do_schedule, do_schedule, do_fire,    do_fire,   do_affinity,
	do_look,       do_cpu,	      do_pci,	   do_map,	do_eventfd, do_inject, do_inject,
	do_descriptor, do_descriptor, do_edu,	   do_unload,	do_trace,   do_flow,   do_spin,
};

static void *work(void *arg)
{
	struct worker *w = arg;

	while (!stop) {
		deeds[draw(w, sizeof(deeds) / sizeof(deeds[0]))](w);
		w->steps++;
	}
	return NULL;
}

/* Removing a line ends the reads that block on it. */
static void release_the_blocked(void)
{
	int i;

	for (i = 0; i < LINES; i++)
		gen("remove line=%d", i);
	pthread_mutex_lock(&pci_mutex);
	edu_unbind();
	pthread_mutex_unlock(&pci_mutex);
}

static void everything_at_random(void)
{
	long seconds = tap_setting("seconds", 20), seed = tap_setting("seed", time(NULL) % 100000);
	struct worker workers[WORKERS] = { 0 };
	long long until = now_ns() + seconds * 1000000000LL;
	unsigned long steps, last = 0;
	int i;

	tap_diag("torture: seed=%ld seconds=%ld", seed, seconds);
	REQUIRE(put_text("/sys/module/procirq/parameters/storm_rate", STORM_RATE) == 0);
	for (i = 0; i < FILES; i++)
		files[i] = -1;
	for (i = 0; i < LINES; i++)
		gen("add");
	for (i = 0; i < WORKERS; i++) {
		workers[i].seed = seed * WORKERS + i;
		REQUIRE(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
	}
	while (now_ns() < until) {
		sleep_ms(200);
		for (steps = 0, i = 0; i < WORKERS; i++)
			steps += workers[i].steps;
		/* All workers are blocked. */
		if (steps == last)
			release_the_blocked();
		if (!gen_find(0, &(struct gen_status){ 0 }))
			gen("add");
		last = steps;
	}
	stop = true;
	for (i = 0; i < WORKERS; i++)
		CHECK(AWAIT(
			(release_the_blocked(), pthread_tryjoin_np(workers[i].thread, NULL) == 0)));
	tap_diag("torture: %lu steps, %lu lines' books right, procirq unloaded %lu times", last,
		 looks, unloads);
	CHECK(last > 10);
	put_text("/sys/devices/system/cpu/cpu1/online", "1");
	for (i = 0; i < FILES; i++)
		if (files[i] >= 0)
			close(files[i]);
}

/* An open file keeps the INTx line, and so the device. Here all files are closed. */
static const char *torture_after(void)
{
	put_text("/sys/kernel/tracing/events/irq/enable", "0");
	put_text("/sys/module/procirq/parameters/flow", "1");
	pci_unbind(EDU_1);
	return guest_after();
}

static const struct tap_test tests[] = {
	TAP_SLOW(everything_at_random, 3600),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = torture_after;
	return TAP_MAIN(tests);
}
