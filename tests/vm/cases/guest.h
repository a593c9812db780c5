/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests need of the guest: IRQ files, irqgen's lines, the module's accounting,
 * threads that sleep in a call, kernel modules, PCI devices.
 */
#ifndef GUEST_H
#define GUEST_H

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "tap.h"
#include "module/uapi/irqgen.h"
#include "module/uapi/procirq.h"

/* --- irqgen -------------------------------------------------------------- */

struct gen_status {
	unsigned int line, irq;
	int running, masked, pending;
	unsigned long long raised, dispatched, coalesced, unattended, skipped;
};

/* Sends one command; 0 or -1 with errno. */
HELPER __attribute__((format(printf, 1, 2))) int gen(const char *format, ...)
{
	char text[200];
	va_list args;
	int fd, len, ret;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fd = open("/dev/irqgen", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = write(fd, text, len) == len ? 0 : -1;
	len = errno;
	close(fd);
	errno = len;
	return ret;
}

/* Fills up to IRQGEN_LINES_MAX entries; returns how many. */
HELPER int gen_list(struct gen_status *status)
{
	FILE *file = fopen("/dev/irqgen", "re");
	int n = 0;

	if (!file)
		return 0;
	while (n < IRQGEN_LINES_MAX) {
		struct gen_status *s = &status[n];

		if (fscanf(file,
			   " line=%u irq=%u running=%d masked=%d raised=%llu dispatched=%llu coalesced=%llu unattended=%llu pending=%d skipped=%llu",
			   &s->line, &s->irq, &s->running, &s->masked, &s->raised, &s->dispatched,
			   &s->coalesced, &s->unattended, &s->pending, &s->skipped) != 10)
			break;
		n++;
	}
	fclose(file);
	return n;
}

HELPER bool gen_find(unsigned int line, struct gen_status *status)
{
	struct gen_status all[IRQGEN_LINES_MAX];
	int n = gen_list(all), i;

	for (i = 0; i < n; i++) {
		if (all[i].line == line) {
			*status = all[i];
			return true;
		}
	}
	memset(status, 0, sizeof(*status));
	return false;
}

HELPER struct gen_status gen_status(unsigned int line)
{
	struct gen_status status;

	REQUIRE(gen_find(line, &status));
	return status;
}

HELPER bool gen_masked(unsigned int line)
{
	return gen_status(line).masked;
}

/* Whether each raise is counted once, as uapi/irqgen.h says. */
HELPER bool gen_adds_up(const struct gen_status *s)
{
	return s->raised == s->dispatched + s->coalesced + s->unattended + s->pending;
}

/* Returns when the line's schedule, which has a count, has raised its last interrupt. */
HELPER void gen_wait(unsigned int line)
{
	/* The time-out of the test limits it. */
	while (gen_status(line).running)
		sleep_ms(1);
	REQUIRE(gen("stop line=%u", line) == 0);
}

/*
 * Adds a line: the tests of one guest do not share counts. guest_after() removes it.
 */
HELPER unsigned int gen_add(void)
{
	struct gen_status before[IRQGEN_LINES_MAX], now[IRQGEN_LINES_MAX];
	int n = gen_list(before), i;

	REQUIRE(gen("add") == 0);
	REQUIRE(gen_list(now) == n + 1);
	/* The lowest free number was taken. */
	for (i = 0; i < n && before[i].line == now[i].line; i++)
		;
	return now[i].line;
}

/* --- the IRQ file ----------------------------------------------------------- */

HELPER const char *irq_path(unsigned int irq)
{
	static __thread char path[64];

	snprintf(path, sizeof(path), "/proc/irq/%u/irq", irq);
	return path;
}

HELPER int irq_open(unsigned int irq, int flags)
{
	return open(irq_path(irq), flags | O_CLOEXEC);
}

/* A line of irqgen and an open IRQ file of it. */
struct gen_file {
	unsigned int line, irq;
	int fd;
};

HELPER struct gen_file gen_open(int flags)
{
	struct gen_file s = { .line = gen_add() };

	s.irq = gen_status(s.line).irq;
	s.fd = irq_open(s.irq, flags);
	REQUIRE(s.fd >= 0);
	return s;
}

HELPER void fire(const struct gen_file *s, int count)
{
	CHECK(gen("fire line=%u count=%d", s->line, count) == 0);
}

/* Returns the count or -errno. */
HELPER int irq_read(int fd)
{
	int count = -12345;
	ssize_t n = read(fd, &count, sizeof(count));

	if (n < 0)
		return -errno;
	return n == sizeof(count) ? count : -EPROTO;
}

/* As irq_read(), but without blocking even if O_NONBLOCK is not set. */
HELPER int irq_read_now(int fd)
{
	int flags = fcntl(fd, F_GETFL), ret;

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	ret = irq_read(fd);
	fcntl(fd, F_SETFL, flags);
	return ret;
}

HELPER int irq_enable(int fd, uint32_t value)
{
	ssize_t n = write(fd, &value, sizeof(value));

	if (n < 0)
		return -errno;
	return n == sizeof(value) ? 0 : -EPROTO;
}

HELPER int irq_flags(int fd, uint32_t flags)
{
	struct procirq_flags arg = { .flags = flags };

	return ioctl(fd, PROCIRQ_IOC_SET_FLAGS, &arg) ? -errno : 0;
}

HELPER struct procirq_info irq_info(int fd)
{
	struct procirq_info info;

	memset(&info, 0xee, sizeof(info));
	REQUIRE(ioctl(fd, PROCIRQ_IOC_GET_INFO, &info) == 0);
	return info;
}

HELPER bool irq_masked(int fd)
{
	return irq_info(fd).state & PROCIRQ_STATE_MASKED;
}

/* Returns the events that poll() reports, or -errno. */
HELPER int irq_poll(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) < 0 ? -errno : p.revents;
}

/* --- the module's accounting ---------------------------------------------- */

struct line_stats {
	unsigned int irq, readers;
	int attached, masked;
	unsigned long long taken, due, delivered, coalesced, lost, pending;
};

#define STATS_PATH "/proc/procirq/lines"

HELPER bool stats_next(FILE *file, struct line_stats *s)
{
	return fscanf(file,
		      " irq=%u readers=%u attached=%d masked=%d taken=%llu due=%llu delivered=%llu coalesced=%llu lost=%llu pending=%llu",
		      &s->irq, &s->readers, &s->attached, &s->masked, &s->taken, &s->due,
		      &s->delivered, &s->coalesced, &s->lost, &s->pending) == 10;
}

HELPER bool stats_find(unsigned int irq, struct line_stats *stats)
{
	FILE *file = fopen(STATS_PATH, "re");
	bool found = false;

	while (file && !found && stats_next(file, stats))
		found = stats->irq == irq;
	if (file)
		fclose(file);
	return found;
}

HELPER struct line_stats line_stats(unsigned int irq)
{
	struct line_stats stats;

	REQUIRE(stats_find(irq, &stats));
	return stats;
}

HELPER bool stats_add_up(const struct line_stats *s)
{
	return s->due == s->delivered + s->coalesced + s->lost + s->pending;
}

/* Returns genirq's disable depth, or -1 if this kernel does not show it. */
HELPER int irq_depth(unsigned int irq)
{
	char path[64], text[4096], *at;

	snprintf(path, sizeof(path), "/sys/kernel/debug/irq/irqs/%u", irq);
	read_text(path, text, sizeof(text));
	at = strstr(text, "ddepth:");
	return at ? atoi(at + strlen("ddepth:")) : -1;
}

static bool guest_detached(void)
{
	FILE *file = fopen(STATS_PATH, "re");
	struct line_stats s;
	bool detached = true;

	while (file && stats_next(file, &s))
		detached &= !s.attached && !s.readers && !s.masked;
	if (file)
		fclose(file);
	return detached;
}

/* Runs after every test: no line is still attached, every interrupt is accounted for. */
HELPER const char *guest_after(void)
{
	struct gen_status status[IRQGEN_LINES_MAX];
	const char *why = NULL;
	struct line_stats s;
	FILE *file;
	int n, i;

	if (!AWAIT(guest_detached()))
		why = "a line is left attached";
	file = fopen(STATS_PATH, "re");
	while (file && stats_next(file, &s)) {
		if (stats_add_up(&s) && !s.pending)
			continue;
		tap_diag("irq=%u due=%llu delivered=%llu coalesced=%llu lost=%llu pending=%llu",
			 s.irq, s.due, s.delivered, s.coalesced, s.lost, s.pending);
		why = "the line's accounts do not add up";
	}
	if (file)
		fclose(file);
	n = gen_list(status);
	for (i = 0; i < n; i++) {
		if (!gen_adds_up(&status[i])) {
			tap_diag(
				"line=%u raised=%llu dispatched=%llu coalesced=%llu unattended=%llu pending=%d",
				status[i].line, status[i].raised, status[i].dispatched,
				status[i].coalesced, status[i].unattended, status[i].pending);
			why = "irqgen's accounts do not add up";
		}
		if (gen("remove line=%u", status[i].line))
			why = "an irqgen line cannot be removed";
	}
	return why;
}

/* --- the machine's lines ---------------------------------------------------- */

/* Returns the line whose row in /proc/interrupts ends with @name, or -1. */
HELPER int irq_by_name(const char *name)
{
	FILE *file = fopen("/proc/interrupts", "re");
	char line[1024];
	int irq = -1;

	while (file && irq < 0 && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strlen(line) > strlen(name) &&
		    !strcmp(line + strlen(line) - strlen(name), name))
			irq = atoi(line);
	}
	if (file)
		fclose(file);
	return irq;
}

/* --- threads that sleep --------------------------------------------------- */

/* Returns the thread's state as in proc(5), 'R', 'S' and so on, or 0 if it is gone. */
HELPER char task_state(pid_t pid, pid_t tid)
{
	char path[64], text[512], *end;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	read_text(path, text, sizeof(text));
	end = strrchr(text, ')');
	return end ? end[2] : 0;
}

/* Whether the thread sleeps interruptibly in the system call @call; -1: in any. */
HELPER bool task_sleeps(pid_t pid, pid_t tid, long call)
{
	char path[64], text[512];

	if (task_state(pid, tid) != 'S')
		return false;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	if (call < 0 || !read_text(path, text, sizeof(text)))
		return true;
	return atol(text) == call && text[0] >= '0' && text[0] <= '9';
}

/* A thread that makes one blocking read. */
struct blocked {
	pthread_t thread;
	int fd;
	void *page; /* for a read other than irq_read() */
	atomic_int tid;
	int ret; /* count or -errno; valid once @done is set */
	atomic_bool done;
};

static void *blocked_run(void *arg)
{
	struct blocked *b = arg;

	b->tid = syscall(SYS_gettid);
	b->ret = irq_read(b->fd);
	b->done = true;
	return NULL;
}

/* Returns when the thread sleeps in read(). */
HELPER void blocked_start(struct blocked *b, int fd)
{
	*b = (struct blocked){ .fd = fd };
	REQUIRE(pthread_create(&b->thread, NULL, blocked_run, b) == 0);
	REQUIRE(AWAIT(b->done || (b->tid && task_sleeps(getpid(), b->tid, SYS_read))));
}

HELPER bool thread_join(pthread_t thread)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += AWAIT_MS / 1000;
	return pthread_timedjoin_np(thread, NULL, &until) == 0;
}

/* Returns what its read() returned: count or -errno. */
HELPER int blocked_join(struct blocked *b)
{
	REQUIRE(thread_join(b->thread));
	return b->ret;
}

/* Binds this thread, and those that it starts later, to a CPU unless that is offline. */
HELPER void run_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* --- files, modules, PCI ------------------------------------------------------ */

/* 0 or -1 with errno. */
HELPER __attribute__((format(printf, 2, 3))) int put_text(const char *path, const char *format, ...)
{
	char text[200];
	va_list args;
	int fd, len, ret, err;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = write(fd, text, len) == len ? 0 : -1;
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

HELPER int module_load(const char *name, const char *arguments)
{
	char path[300];
	struct utsname system;
	int fd, ret, err;

	uname(&system);
	snprintf(path, sizeof(path), "/lib/modules/%s/updates/%s.ko", system.release, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = syscall(SYS_finit_module, fd, arguments, 0);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

HELPER int module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK);
}

HELPER bool module_loaded(const char *name)
{
	char path[100];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return access(path, F_OK) == 0;
}

/* Loads procirq, again if it is loaded, with other parameters. */
HELPER bool procirq_reload(const char *arguments)
{
	return AWAIT(!module_loaded("procirq") || module_unload("procirq") == 0) &&
	       module_load("procirq", arguments) == 0;
}

/* Loads it as every test finds it, if it is not there or does not watch the directories. */
HELPER bool procirq_restore(void)
{
	char watch[16] = "";

	read_text("/sys/module/procirq/parameters/watch", watch, sizeof(watch));
	return (module_loaded("procirq") && watch[0] != 'N') || procirq_reload("storm_rate=0");
}

/* Reads a counter of delay.ko: "hits" tasks were stopped, "expired" went on too early. */
HELPER int delay_count(const char *which)
{
	char path[64], text[16];

	snprintf(path, sizeof(path), "/sys/module/delay/parameters/%s", which);
	return read_text(path, text, sizeof(text)) ? atoi(text) : -1;
}

/* Has the kernel's thread of that name, if there is one, run on CPU 0. */
HELPER void kernel_thread_on_cpu_0(const char *name)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char path[300], comm[32];
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (atoi(entry->d_name) && read_text(path, comm, sizeof(comm)) &&
		    !strncmp(comm, name, strlen(name)))
			sched_setaffinity(atoi(entry->d_name), sizeof(set), &set);
	}
	if (dir)
		closedir(dir);
}

/*
 * Forks the task that delay.ko stops, on a CPU of its own: it keeps that CPU. Whoever unbinds
 * a device meanwhile waits for the thread that removes files of devices.
 */
HELPER pid_t fork_opener(void)
{
	pid_t pid;

	kernel_thread_on_cpu_0("kdevtmpfs");
	run_on_cpu(0);
	pid = fork();
	if (!pid) {
		run_on_cpu(1);
		prctl(PR_SET_NAME, "opener");
	}
	return pid;
}

/* QEMU's edu devices: two of them, which share one INTx line. */
#define EDU_1	   "0000:00:04.0"
#define EDU_2	   "0000:00:08.0"
#define EDU_RAISE  0x60
#define EDU_ACK	   0x64
#define PCI_DEVICE "/sys/bus/pci/devices/"

HELPER int pci_unbind(const char *device)
{
	char path[128];

	snprintf(path, sizeof(path), PCI_DEVICE "%s/driver/unbind", device);
	return put_text(path, "%s", device);
}

/* Binds the device to that driver, which also becomes the only one that may have it. */
HELPER int pci_bind(const char *device, const char *driver)
{
	char path[128];

	snprintf(path, sizeof(path), PCI_DEVICE "%s/driver_override", device);
	if (put_text(path, "%s\n", driver))
		return -1;
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/bind", driver);
	return put_text(path, "%s", device);
}

HELPER void require_uio(void)
{
	REQUIRE(module_loaded("uio_pci_generic") || system("modprobe uio_pci_generic") == 0);
}

/* Returns the line of the device's first MSI vector, or of its INTx pin without MSI. */
HELPER int pci_irq(const char *device)
{
	char path[128], text[32];
	struct dirent *entry;
	int irq = -1;
	DIR *dir;

	snprintf(path, sizeof(path), PCI_DEVICE "%s/msi_irqs", device);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && (irq < 0 || atoi(entry->d_name) < irq))
			irq = atoi(entry->d_name);
	if (dir)
		closedir(dir);
	if (irq >= 0)
		return irq;
	snprintf(path, sizeof(path), PCI_DEVICE "%s/irq", device);
	return read_text(path, text, sizeof(text)) ? atoi(text) : -1;
}

/* Clears INTx disable, bit 10 of the command register (PCI 3.0, 6.2.2). */
HELPER bool pci_intx_enable(const char *device)
{
	char path[128];
	uint16_t command;
	bool ok;
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICE "%s/config", device);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ok = fd >= 0 && pread(fd, &command, 2, 4) == 2;
	command &= ~(1U << 10);
	ok = ok && pwrite(fd, &command, 2, 4) == 2;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Sets what kind of interrupt procirq-pci uses from now on: intx, msi, msix or auto. */
HELPER int pci_irq_kind(const char *kind)
{
	return put_text("/sys/module/procirq/parameters/pci_irq", "%s", kind);
}

/* Returns the registers of an enabled edu device. */
HELPER volatile uint32_t *edu_map(const char *device)
{
	char path[128];
	void *map;
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICE "%s/resource0", device);
	fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
	REQUIRE(fd >= 0);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	REQUIRE(map != MAP_FAILED);
	return map;
}

HELPER void edu_raise(volatile uint32_t *edu)
{
	edu[EDU_RAISE / 4] = 1;
}

HELPER void edu_ack(volatile uint32_t *edu)
{
	edu[EDU_ACK / 4] = ~0U;
}

#endif /* GUEST_H */
