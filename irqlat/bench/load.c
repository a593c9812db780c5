// SPDX-License-Identifier: GPL-2.0-or-later
/* Starting and ending load; see load.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "load.h"
#include "base/why.h"
#include "rtsetup.h"

/* From the start of the load to the first sample. */
#define SETTLE_NS (NSEC_PER_SEC / 5)
/* How long to wait for the processes of a killed group. */
#define GONE_NS (5 * NSEC_PER_SEC)

static const char *const kind_names[LOAD_KINDS] = {
	[LOAD_CPU] = "cpu",
	[LOAD_IO] = "io",
	[LOAD_IRQ] = "irq",
	[LOAD_NET] = "net",
};

/**
 * struct child_exit - a process of the load that ended by itself, or never began
 * @pid: its id; -1: it could not be started
 * @status: as waitpid() gives it; errno of fork()
 * @at_ns: CLOCK_MONOTONIC
 */
struct child_exit {
	pid_t pid;
	int status;
	uint64_t at_ns;
};

/**
 * struct load - load that is ready to start
 * @config: what load
 * @files: for the generators
 * @allowed: CPUs that this process may use
 * @supervisor: its process, and the process group; 0: it was killed
 * @control: pipe to the supervisor: a byte starts the load, closing it ends the load
 * @exits: pipe from the supervisor: struct child_exit
 * @started_ns: CLOCK_MONOTONIC of the start
 * @early_exit: a process that ended with status 0 while the load was starting;
 *	at_ns 0: none
 */
struct load {
	struct load_config config;
	struct load_files files;
	cpu_set_t allowed;
	pid_t supervisor;
	int control;
	int exits;
	uint64_t started_ns;
	struct child_exit early_exit;
};

/**
 * load_parse - "cpu,io"
 * @text: names separated by commas
 * @config: gets them
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int load_parse(const char *text, struct load_config *config, struct why *why)
{
	const char *end;
	size_t len;
	int kind;

	for (;; text = end + 1) {
		end = strchrnul(text, ',');
		len = (size_t)(end - text);
		for (kind = 0; kind < LOAD_KINDS; kind++)
			if (len == strlen(kind_names[kind]) && !memcmp(text, kind_names[kind], len))
				break;
		if (kind == LOAD_KINDS)
			return why_set(why, "--load: \"%.*s\" is none of: cpu, io, irq, net",
				       (int)len, text);
		if (config->kinds[kind])
			return why_set(why, "--load: %s is named twice", kind_names[kind]);
		config->kinds[kind] = true;
		if (!*end)
			return 0;
	}
}

bool load_wanted(const struct load_config *config)
{
	int kind;

	for (kind = 0; kind < LOAD_KINDS; kind++)
		if (config->kinds[kind])
			return true;
	return config->command;
}

/* As in results: "cpu,io", "command", "cpu,command". */
void load_label(const struct load_config *config, char *text, size_t size)
{
	size_t len = 0;
	int kind;

	text[0] = '\0';
	for (kind = 0; kind < LOAD_KINDS; kind++)
		if (config->kinds[kind])
			len += (size_t)snprintf(text + len, size - len, "%s%s", len ? "," : "",
						kind_names[kind]);
	if (config->command)
		snprintf(text + len, size - len, "%scommand", len ? "," : "");
}

/* --- the supervisor and its children -------------------------------------- */

static void run_command(const struct load *load)
{
	int null = open("/dev/null", O_RDWR);

	sched_setaffinity(0, sizeof(load->allowed), &load->allowed);
	signal(SIGPIPE, SIG_DFL);
	/* Standard output may be where the result goes. */
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	execl("/bin/sh", "sh", "-c", load->config.command, (char *)NULL);
	_exit(127);
}

/*
 * Fork a child that is pinned to @cpu, -1: to none. Returns true in the child. @exits
 * gets what fork() lacked.
 */
static bool fork_child(int cpu, int exits)
{
	struct child_exit failed = { .pid = fork() };
	sigset_t none;

	if (failed.pid > 0)
		return false;
	if (failed.pid < 0) {
		failed.status = errno;
		failed.at_ns = clock_ns();
		/* The pipe is empty: there is room. */
		if (write(exits, &failed, sizeof(failed)) < 0)
			return false;
		return false;
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (cpu >= 0)
		rt_pin(cpu);
	return true;
}

/* One process of each kind on each CPU in use, but only one of io. */
static void run_generators(const struct load *load, int exits)
{
	const struct load_config *config = &load->config;
	int cpus[] = { config->measured_cpu, config->source_cpu };
	size_t n = cpus[0] == cpus[1] ? 1 : 2, i;

	for (i = 0; i < n; i++) {
		if (config->kinds[LOAD_CPU] && fork_child(cpus[i], exits))
			load_burn_cpu();
		if (config->kinds[LOAD_IRQ] && fork_child(cpus[i], exits))
			load_interrupt();
	}
	if (config->kinds[LOAD_IO] && fork_child(cpus[0], exits))
		load_write(load->files.file);
	if (config->kinds[LOAD_NET] && fork_child(cpus[0], exits))
		load_echo(load->files.sockets[0]);
	if (config->kinds[LOAD_NET] && fork_child(cpus[1], exits))
		load_send(load->files.sockets[1]);
	if (config->command && fork_child(-1, exits))
		run_command(load);
}

static void report_exits(int exits_fd)
{
	struct child_exit ended = { .at_ns = clock_ns() };

	while ((ended.pid = waitpid(-1, &ended.status, WNOHANG)) > 0)
		if (write(exits_fd, &ended, sizeof(ended)) < 0)
			break;
}

static _Noreturn void supervise(const struct load *load, int control, int exits)
{
	struct pollfd pfds[2] = { { .fd = control, .events = POLLIN } };
	struct signalfd_siginfo ignored;
	sigset_t mask;
	char go;

	/* ps and pgrep shall not show a second irqlat. */
	prctl(PR_SET_NAME, "irqlat-load");
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	pfds[1] = (struct pollfd){ .fd = signalfd(-1, &mask, SFD_CLOEXEC), .events = POLLIN };
	while (poll(pfds, 2, -1) > 0 || errno == EINTR) {
		if (pfds[1].revents && read(pfds[1].fd, &ignored, sizeof(ignored)) > 0)
			report_exits(exits);
		if (!pfds[0].revents)
			continue;
		if (read(control, &go, 1) != 1)
			break;
		run_generators(load, exits);
	}
	kill(0, SIGKILL);
	_exit(0);
}

/* --- in irqlat itself ----------------------------------------------------- */

static int start_supervisor(struct load *load)
{
	int control[2], exits[2];

	if (pipe2(control, O_CLOEXEC))
		return -1;
	if (pipe2(exits, O_CLOEXEC | O_NONBLOCK)) {
		close(control[0]);
		close(control[1]);
		return -1;
	}
	load->supervisor = fork();
	if (!load->supervisor) {
		setpgid(0, 0);
		close(control[1]);
		close(exits[0]);
		supervise(load, control[0], exits[1]);
	}
	close(control[0]);
	close(exits[1]);
	load->control = control[1];
	load->exits = exits[0];
	if (load->supervisor > 0)
		setpgid(load->supervisor, load->supervisor);
	return load->supervisor > 0 ? 0 : -1;
}

/**
 * load_open - prepare load
 * @config: what load
 * @why: gets the reason of a failure
 *
 * To be called before memory is locked and priorities are set. No load runs yet.
 *
 * Returns it, for load_close(), or NULL.
 */
struct load *load_open(const struct load_config *config, struct why *why)
{
	struct load *load = calloc(1, sizeof(*load));

	if (!load) {
		why_set(why, "out of memory");
		return NULL;
	}
	load->config = *config;
	/* When the supervisor dies, its children become children of this process. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sched_getaffinity(0, sizeof(load->allowed), &load->allowed);
	if (load_files_open(config, &load->files, why))
		goto fail;
	if (!start_supervisor(load))
		return load;
	why_set(why, "--load: cannot start a process: %s", strerror(errno));
fail:
	load_files_close(&load->files);
	free(load);
	return NULL;
}

static void describe_end(int status, char *text, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(text, size, "signal %d ended it", WTERMSIG(status));
	else
		snprintf(text, size, "it ended with status %d", WEXITSTATUS(status));
}

/**
 * load_start - start the load and wait until it is under way
 * @load: made ready
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int load_start(struct load *load, struct why *why)
{
	const struct timespec settle = clock_timespec(SETTLE_NS);
	struct child_exit ended;
	char how[48];

	load->started_ns = clock_ns();
	if (write(load->control, "", 1) != 1)
		return why_set(why, "--load: the process that runs it is gone");
	clock_nanosleep(CLOCK_MONOTONIC, 0, &settle, NULL);
	while (read(load->exits, &ended, sizeof(ended)) == sizeof(ended)) {
		if (!ended.status) {
			load->early_exit = ended;
			continue;
		}
		if (ended.pid < 0)
			return why_set(why, "--load: cannot start a process: %s",
				       strerror(ended.status));
		describe_end(ended.status, how, sizeof(how));
		return why_set(why, "%s: %s at once",
			       load->config.command ? "--load-cmd" : "--load", how);
	}
	return 0;
}

/* A process that is killed while it writes to a disk ends later. */
static void wait_gone(pid_t group)
{
	const struct timespec pause = clock_timespec(1000000);
	uint64_t end_ns = clock_ns() + GONE_NS;

	while (!kill(-group, SIGKILL) && clock_ns() < end_ns) {
		while (waitpid(-group, NULL, WNOHANG) > 0)
			;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
}

static void warn_ended(const struct load *load, const struct child_exit *ended,
		       struct sysinfo *info)
{
	char how[48];

	describe_end(ended->status, how, sizeof(how));
	sysinfo_warn(
		info,
		"a process of the load ran for %.1f s only (%s): the loaded figures are not all under load",
		(double)(ended->at_ns - load->started_ns) / NSEC_PER_SEC, how);
}

/**
 * load_stop - end the load
 * @load: started or not
 * @info: gets a warning for each process that ended before
 */
void load_stop(struct load *load, struct sysinfo *info)
{
	struct child_exit ended;

	if (load->supervisor <= 0)
		return;
	if (load->early_exit.at_ns)
		warn_ended(load, &load->early_exit, info);
	while (read(load->exits, &ended, sizeof(ended)) == sizeof(ended))
		warn_ended(load, &ended, info);
	kill(-load->supervisor, SIGKILL);
	waitpid(load->supervisor, NULL, 0);
	wait_gone(load->supervisor);
	load->supervisor = 0;
}

/**
 * load_close - end and free load
 * @load: stopped or not, or NULL
 */
void load_close(struct load *load)
{
	struct sysinfo ignored = { 0 };

	if (!load)
		return;
	load_stop(load, &ignored);
	close(load->control);
	close(load->exits);
	load_files_close(&load->files);
	free(load);
}
