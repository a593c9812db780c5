// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Process 1 of a test guest: sets the guest up, runs /command, checks the kernel, and
 * writes the result to the result port.
 *
 * Ports, which are files of the runner on the host:
 *	console=	console, for what a dying kernel prints
 *	guest.result=	result: "init" when this program runs, "retry" if a timer of the
 *			emulated machine does not work, else "start" just before the
 *			command and "done STATUS" at the very end. Without that line the
 *			run has failed: after a crash or a hang nothing writes it.
 *	/dev/vport0p1	standard output of the command
 *	/dev/vport0p2	standard error of the command
 *	/dev/vport0p3	kernel log, as it comes, with a line "guest: command
 *			starts" at that time; what the checks below find, in lines
 *			that start with "guest check: "
 *	/dev/vport0p4	with procirq.coverage: a tar archive of gcov's counts
 *
 * Words on the kernel command line: console=DEVICE, guest.result=DEVICE,
 * procirq.shell (interactive, on the console), procirq.kmemleak (look for leaks),
 * procirq.coverage, procirq.rows=, procirq.columns=.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define IRQS_MAX 1024
#define PIDS_MAX 65536
/* Objects younger than this are not reported by kmemleak (MSECS_MIN_AGE). */
#define KMEMLEAK_AGE_S 6
/* How long killed processes may take to die. */
#define REAP_MS 5000
/* A timer is broken if of NAPS sleeps of NAP_MS none ends within NAP_LIMIT_MS. */
#define NAP_MS	     10
#define NAPS	     8
#define NAP_LIMIT_MS 40

struct guest {
	char cmdline[4096];
	int result; /* serial port */
	int log;    /* vport0p3 */
	int kmsg;
	int signals; /* signalfd: SIGCHLD */
	bool broken_timer;
	bool leaks; /* look for leaks */
	int depth_before[IRQS_MAX];
	bool in_use_before[IRQS_MAX];
};

static void put(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n > 0) {
			data += n;
			len -= n;
		}
	}
}

static void __attribute__((format(printf, 2, 3))) say(int fd, const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	put(fd, line, strlen(line));
}

/* Returns the length, 0 after an error. The buffer is always terminated. */
static size_t read_file(const char *path, char *buffer, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		while (len < size - 1 && (n = read(fd, buffer + len, size - 1 - len)) > 0)
			len += n;
		close(fd);
	}
	buffer[len] = '\0';
	return len;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

static bool on_cmdline(const struct guest *guest, const char *word)
{
	return strstr(guest->cmdline, word);
}

/* The number after "name=" on the command line, or 0. */
static int cmdline_number(const struct guest *guest, const char *name)
{
	const char *at = strstr(guest->cmdline, name);

	return at ? atoi(at + strlen(name)) : 0;
}

/* Opens the device whose name follows "name=" on the command line. */
static int open_named(const struct guest *guest, const char *name, int flags)
{
	const char *at = strstr(guest->cmdline, name);
	char path[64];

	if (!at)
		return -1;
	at += strlen(name);
	snprintf(path, sizeof(path), "/dev/%.*s", (int)strcspn(at, " \n"), at);
	return open(path, flags);
}

static void mount_all(void)
{
	static const struct {
		const char *type, *where;
		unsigned long flags;
		const char *data;
	} mounts[] = {
		{ "devtmpfs", "/dev", MS_NOSUID, NULL },
		{ "proc", "/proc", 0, NULL },
		{ "sysfs", "/sys", 0, NULL },
		{ "tmpfs", "/tmp", 0, "mode=1777" },
		{ "tmpfs", "/dev/shm", 0, "mode=1777" },
		{ "devpts", "/dev/pts", 0, "ptmxmode=666" },
		{ "debugfs", "/sys/kernel/debug", 0, NULL },
		{ "tracefs", "/sys/kernel/tracing", 0, NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].where, 0755);
		mount(mounts[i].type, mounts[i].where, mounts[i].type, mounts[i].flags,
		      mounts[i].data);
	}
	/* devtmpfs has no such links, which programs expect. */
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
}

static void set_limits(void)
{
	struct rlimit files = { 65536, 65536 }, none = { 0, 0 };
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	/* A stuck task is reported while the test still runs. */
	write_file("/proc/sys/kernel/hung_task_timeout_secs", "30");
	sethostname("procirq", 7);
	setenv("PATH", "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("SHELL", "/bin/sh", 1);
	setenv("LANG", "C.UTF-8", 1);
	unsetenv("BOOT_IMAGE");
	chdir("/root");
}

/* Runs a program and waits for it. Before command_start() there are no other children. */
static void run(char *const argv[])
{
	pid_t pid = fork();

	if (!pid) {
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static int open_port(const char *path)
{
	int fd, tries;

	/* The driver makes the ports when the host has answered. */
	for (tries = 0; tries < 1000; tries++) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		usleep(5000);
	}
	return -1;
}

/* /dev/kmsg escapes control characters and the backslash as \xHH. */
static void unescape(char *text)
{
	char *to = text;
	unsigned int c;

	for (; *text; text++, to++) {
		if (text[0] == '\\' && sscanf(text, "\\x%2x", &c) == 1) {
			*to = c;
			text += 3;
		} else {
			*to = *text;
		}
	}
	*to = '\0';
}

/* Copies new kernel messages to the log port. */
static void drain_kmsg(struct guest *guest)
{
	char record[8192], line[8192 + 64], *text, *end;
	unsigned long long us;
	ssize_t n;
	int len;

	for (;;) {
		n = read(guest->kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE) /* it was overwritten; read the next one */
			continue;
		if (n <= 0)
			return;
		record[n] = '\0';
		/* "priority,sequence,microseconds,flags;text\n KEY=value\n" */
		text = strchr(record, ';');
		if (!text || sscanf(record, "%*u,%*u,%llu", &us) != 1)
			continue;
		text++;
		end = strchr(text, '\n');
		if (end)
			*end = '\0';
		unescape(text);
		if (strstr(text, "lapic is not functional") ||
		    strstr(text, "Could not switch to high resolution mode"))
			guest->broken_timer = true;
		len = snprintf(line, sizeof(line), "[%5llu.%06llu] %s\n", us / 1000000,
			       us % 1000000, text);
		put(guest->log, line, len);
	}
}

/* Copies available data. Returns false if there is no writer left. */
static bool pump(int from, int to)
{
	char buffer[32768]; /* as much as the port takes at once */
	ssize_t n = read(from, buffer, sizeof(buffer));

	if (n > 0)
		put(to, buffer, n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

struct command {
	pid_t pid; /* 0 once it has ended */
	int status;
	int pipe[2]; /* our ends of its stdout and stderr, -1 when closed */
	int port[2];
};

static void reap(struct guest *guest, struct command *command)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(guest->signals, &info, sizeof(info)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command->pid)
			continue;
		command->pid = 0;
		command->status =
			WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
}

static bool have_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void serve(struct guest *guest, struct command *command, int timeout_ms)
{
	struct pollfd fds[4] = {
		{ .fd = guest->signals, .events = POLLIN },
		{ .fd = guest->kmsg, .events = POLLIN },
		{ .fd = command->pipe[0], .events = POLLIN },
		{ .fd = command->pipe[1], .events = POLLIN },
	};
	int i;

	if (poll(fds, 4, timeout_ms) <= 0)
		return;
	if (fds[1].revents)
		drain_kmsg(guest);
	for (i = 0; i < 2; i++) {
		if (fds[2 + i].revents && !pump(command->pipe[i], command->port[i])) {
			close(command->pipe[i]);
			command->pipe[i] = -1;
		}
	}
	if (fds[0].revents)
		reap(guest, command);
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void command_start(struct guest *guest, struct command *command)
{
	sigset_t none;
	int out[2], err[2];

	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) {
		say(guest->log, "guest check: no pipes: %s\n", strerror(errno));
		return;
	}
	command->pid = fork();
	if (!command->pid) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		setsid();
		dup2(open("/dev/null", O_RDONLY), 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		execl("/bin/sh", "sh", "/command", NULL);
		_exit(127);
	}
	close(out[1]);
	close(err[1]);
	command->pipe[0] = out[0];
	command->pipe[1] = err[0];
}

/* Runs /command. Returns its exit status as a shell reports it. */
static int command_run(struct guest *guest, int port_out, int port_err)
{
	struct command command = {
		.status = 127,
		.pipe = { -1, -1 },
		.port = { port_out, port_err },
	};
	long long deadline;

	command_start(guest, &command);
	while (command.pid > 0)
		serve(guest, &command, -1);

	/*
	 * Kill the processes that it has left: then all files are closed before the
	 * checks, and the pipes end.
	 */
	kill(-1, SIGKILL);
	deadline = now_ms() + REAP_MS;
	while ((have_children() || command.pipe[0] >= 0 || command.pipe[1] >= 0) &&
	       now_ms() < deadline) {
		serve(guest, &command, 100);
		reap(guest, &command);
	}
	if (have_children())
		say(guest->log, "guest check: killed processes do not die\n");
	return command.status;
}

#define IRQS_PATH "/sys/kernel/debug/irq/irqs"

/* Returns the disable depth of a line, from genirq's debugfs. */
static int irq_depth(int irq)
{
	char path[64], text[4096], *at;

	snprintf(path, sizeof(path), IRQS_PATH "/%d", irq);
	read_file(path, text, sizeof(text));
	at = strstr(text, "ddepth:");
	return at ? atoi(at + strlen("ddepth:")) : 0;
}

static bool irq_in_use(int irq)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "/sys/kernel/irq/%d/actions", irq);
	return read_file(path, text, sizeof(text)) > 1;
}

/* Calls visit() for every line; for none if the kernel has no such debugfs. */
static void for_each_irq(struct guest *guest, void (*visit)(struct guest *guest, int irq))
{
	struct dirent *entry;
	DIR *dir = opendir(IRQS_PATH);

	while (dir && (entry = readdir(dir))) {
		int irq = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && irq < IRQS_MAX)
			visit(guest, irq);
	}
	if (dir)
		closedir(dir);
}

static void irq_remember(struct guest *guest, int irq)
{
	guest->in_use_before[irq] = irq_in_use(irq);
	guest->depth_before[irq] = irq_depth(irq);
}

/*
 * A line in use must not be disabled more often than before the command. One that came
 * into use must be enabled. A line without a handler has depth 1, because genirq has shut
 * it down; a greater depth means that a disable was not undone.
 */
static void irq_check(struct guest *guest, int irq)
{
	int depth = irq_depth(irq), limit = 1;

	if (depth && irq_in_use(irq))
		limit = guest->in_use_before[irq] ? guest->depth_before[irq] : 0;
	if (depth > limit)
		say(guest->log,
		    "guest check: irq %d is left disabled (depth %d, at most %d expected)\n", irq,
		    depth, limit);
}

/*
 * Marks the tasks in uninterruptible sleep. Reports those that were marked before. Returns
 * how many tasks sleep so.
 */
static int stuck_tasks(struct guest *guest, char stuck[PIDS_MAX])
{
	char path[300], text[4096], *end;
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	int count = 0;

	while (dir && (entry = readdir(dir))) {
		int pid = atoi(entry->d_name);

		if (pid <= 0 || pid >= PIDS_MAX)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		read_file(path, text, sizeof(text));
		end = strrchr(text, ')');
		if (!end || strncmp(end, ") D", 3))
			continue;
		if (stuck[pid]++) {
			end[1] = '\0';
			say(guest->log, "guest check: task %s is stuck in the kernel\n", text);
			snprintf(path, sizeof(path), "/proc/%d/stack", pid);
			read_file(path, text, sizeof(text));
			put(guest->log, text, strlen(text));
		}
		count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

/* A task may sleep uninterruptibly for a moment, but not longer. */
static void stuck_check(struct guest *guest)
{
	static char stuck[PIDS_MAX];

	if (stuck_tasks(guest, stuck)) {
		usleep(500000);
		stuck_tasks(guest, stuck);
	}
}

/* KCSAN would slow the boot down and report races in it. */
static void kcsan_start(struct guest *guest)
{
	if (access("/sys/kernel/debug/kcsan", F_OK))
		return;
	if (!write_file("/sys/kernel/debug/kcsan", "on"))
		say(guest->log, "guest check: KCSAN cannot be switched on: %s\n", strerror(errno));
}

static void lockdep_check(struct guest *guest)
{
	char text[16384], *at;

	if (!read_file("/proc/lockdep_stats", text, sizeof(text)))
		return;
	at = strstr(text, "debug_locks:");
	if (!at || atoi(at + strlen("debug_locks:")) != 1)
		say(guest->log, "guest check: lockdep is off: it complained, or never ran\n");
}

static void leaks_forget(struct guest *guest)
{
	if (guest->leaks && !write_file("/sys/kernel/debug/kmemleak", "clear"))
		say(guest->log, "guest check: kmemleak is not available: %s\n", strerror(errno));
}

static void leaks_check(struct guest *guest)
{
	char text[65536];

	if (!guest->leaks)
		return;
	sleep(KMEMLEAK_AGE_S);
	/* kmemleak reports a block if its contents have not changed since the last scan. */
	write_file("/sys/kernel/debug/kmemleak", "scan");
	write_file("/sys/kernel/debug/kmemleak", "scan");
	if (read_file("/sys/kernel/debug/kmemleak", text, sizeof(text))) {
		say(guest->log, "guest check: memory leaks\n");
		put(guest->log, text, strlen(text));
	}
}

/* gcov keeps the counts of modules that are gone. Its files have no size: tar needs copies. */
static void coverage_save(struct guest *guest)
{
	static const char script[] =
		"cd /sys/kernel/debug/gcov && find . -name '*.gcda' | while read -r f; do"
		" mkdir -p /tmp/gcov/${f%/*} && cat $f >/tmp/gcov/$f || exit; done"
		" && tar -C /tmp/gcov -cf /dev/vport0p4 .";

	if (!on_cmdline(guest, "procirq.coverage"))
		return;
	run((char *[]){ "sh", "-c", (char *)script, NULL });
}

/* The console is the user's terminal. */
static void shell_run(struct guest *guest)
{
	struct winsize size = {
		.ws_row = cmdline_number(guest, "procirq.rows="),
		.ws_col = cmdline_number(guest, "procirq.columns="),
	};
	pid_t pid = fork();
	sigset_t none;
	int tty;

	if (!pid) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		setsid();
		tty = open_named(guest, "console=", O_RDWR);
		ioctl(tty, TIOCSCTTY, 1);
		ioctl(tty, TIOCSWINSZ, &size);
		dup2(tty, 0);
		dup2(tty, 1);
		dup2(tty, 2);
		execl("/bin/sh", "-sh", NULL);
		_exit(127);
	}
	while (waitpid(-1, NULL, 0) != pid)
		;
}

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* Returns the duration of the shortest of several sleeps on this CPU, us. */
static long long nap_us(void)
{
	struct timespec nap = { 0, NAP_MS * 1000000L };
	long long shortest = 0, began, took;
	int i;

	for (i = 0; i < NAPS && (!shortest || shortest > NAP_LIMIT_MS * 1000); i++) {
		began = now_us();
		nanosleep(&nap, NULL);
		took = now_us() - began;
		if (!shortest || took < shortest)
			shortest = took;
	}
	return shortest;
}

/*
 * On a busy machine the kernel may calibrate an emulated CPU's timer wrongly. Then every
 * sleep on that CPU takes many times too long, or does not end.
 */
static void timers_check(struct guest *guest)
{
	long cpu, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	long long took;
	cpu_set_t set;

	for (cpu = 0; cpu < cpus; cpu++) {
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			continue;
		took = nap_us();
		say(guest->log, "guest: CPU %ld sleeps %d ms in %lld us\n", cpu, NAP_MS, took);
		if (took > NAP_LIMIT_MS * 1000)
			guest->broken_timer = true;
	}
	CPU_ZERO(&set);
	for (cpu = 0; cpu < cpus; cpu++)
		CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void __attribute__((noreturn)) power_off(void)
{
	/* With -no-reboot this ends QEMU. It needs no ACPI. */
	sync();
	for (;;) {
		reboot(RB_AUTOBOOT);
		sleep(1);
	}
}

static void finish(struct guest *guest, const char *word, int status)
{
	drain_kmsg(guest);
	if (status >= 0)
		say(guest->result, "%s %d\n", word, status);
	else
		say(guest->result, "%s\n", word);
	tcdrain(guest->result);
	power_off();
}

int main(void)
{
	static struct guest guest;
	sigset_t child;
	int port_out, port_err, status;

	mount_all();
	set_limits();
	read_file("/proc/cmdline", guest.cmdline, sizeof(guest.cmdline));
	guest.leaks = on_cmdline(&guest, "procirq.kmemleak");
	guest.result = open_named(&guest, "guest.result=", O_WRONLY | O_NOCTTY | O_CLOEXEC);
	say(guest.result, "init\n");

	run((char *[]){ "modprobe", "-a", "virtio_pci", "virtio_console", NULL });
	if (!on_cmdline(&guest, "procirq.shell")) {
		port_out = open_port("/dev/vport0p1");
		port_err = open_port("/dev/vport0p2");
		guest.log = open_port("/dev/vport0p3");
	} else {
		guest.log = open("/dev/null", O_WRONLY | O_CLOEXEC);
		port_out = port_err = guest.log;
	}
	guest.kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	guest.signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);

	drain_kmsg(&guest);
	timers_check(&guest);
	if (guest.broken_timer)
		finish(&guest, "retry", -1);
	if (on_cmdline(&guest, "procirq.shell")) {
		run((char *[]){ "modprobe", "-a", "procirq", "irqgen", NULL });
		shell_run(&guest);
		finish(&guest, "done", 0);
	}
	for_each_irq(&guest, irq_remember);
	leaks_forget(&guest);
	kcsan_start(&guest);
	drain_kmsg(&guest);
	say(guest.log, "guest: command starts\n");
	say(guest.result, "start\n");
	status = command_run(&guest, port_out, port_err);
	stuck_check(&guest);
	for_each_irq(&guest, irq_check);
	leaks_check(&guest);
	lockdep_check(&guest);
	coverage_save(&guest);
	finish(&guest, "done", status);
}
