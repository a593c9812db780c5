// SPDX-License-Identifier: GPL-2.0-or-later
/* Starting load and ending it; see load.h. */

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
#include "base/msg.h"
#include "rtsetup.h"

/* From the start of the load to the first sample. */
#define SETTLE_NS (NSEC_PER_SEC / 5)
/* Until nobody is left of a group that was killed. */
#define GONE_NS (5 * NSEC_PER_SEC)

static const char *const kind_names[LOAD_KINDS] = {
	[LOAD_CPU] = "cpu",
	[LOAD_IO] = "io",
	[LOAD_IRQ] = "irq",
	[LOAD_NET] = "net",
};

/* A process of the load ended by itself. */
struct news {
	pid_t pid;
	int status;
	uint64_t at_ns;
};

/**
 * struct load - load that is ready to start
 * @config: what load
 * @files: for the generators
 * @allowed: CPUs this process may use
 * @keeper: its process and process group
 * @control: a byte starts the load, closing it ends the keeper
 * @news: struct news of processes that ended
 * @started_ns: when it was started
 * @first_ended: a process that ended well before there was anything to measure;
 *	at_ns 0: none
 */
struct load {
	struct load_config config;
	struct load_files files;
	cpu_set_t allowed;
	pid_t keeper;
	int control;
	int news;
	uint64_t started_ns;
	struct news first_ended;
};

/**
 * load_parse - "cpu,io"
 * @text: names separated by commas
 * @config: gets them
 *
 * Returns 0, or -1 after one line on standard error.
 */
int load_parse(const char *text, struct load_config *config)
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
		if (kind == LOAD_KINDS) {
			msg_error("--load: \"%.*s\" is none of: cpu, io, irq, net", (int)len, text);
			return -1;
		}
		if (config->kinds[kind]) {
			msg_error("--load: %s is named twice", kind_names[kind]);
			return -1;
		}
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

/* --- the keeper and its children ------------------------------------------ */

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

/* True in the child. */
static bool child(int cpu)
{
	sigset_t none;

	if (fork())
		return false;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (cpu >= 0)
		rt_pin(cpu);
	return true;
}

/* One of each kind on each CPU in use; io on the measured one alone. */
static void run_generators(const struct load *load)
{
	const struct load_config *config = &load->config;
	int cpus[] = { config->measured_cpu, config->source_cpu };
	size_t n = cpus[0] == cpus[1] ? 1 : 2, i;

	for (i = 0; i < n; i++) {
		if (config->kinds[LOAD_CPU] && child(cpus[i]))
			load_burn_cpu();
		if (config->kinds[LOAD_IRQ] && child(cpus[i]))
			load_interrupt();
	}
	if (config->kinds[LOAD_IO] && child(cpus[0]))
		load_write(load->files.file);
	if (config->kinds[LOAD_NET] && child(cpus[0]))
		load_echo(load->files.sockets[0]);
	if (config->kinds[LOAD_NET] && child(cpus[1]))
		load_send(load->files.sockets[1]);
	if (config->command && child(-1))
		run_command(load);
}

static void tell_ends(int news_fd)
{
	struct news news = { .at_ns = clock_ns() };

	while ((news.pid = waitpid(-1, &news.status, WNOHANG)) > 0)
		if (write(news_fd, &news, sizeof(news)) < 0)
			break;
}

static _Noreturn void keep(const struct load *load, int control, int news)
{
	struct pollfd pfds[2] = { { .fd = control, .events = POLLIN } };
	struct signalfd_siginfo ignored;
	sigset_t ends;
	char go;

	/* So that ps and pgrep tell it from irqlat itself. */
	prctl(PR_SET_NAME, "irqlat-load");
	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	pfds[1] = (struct pollfd){ .fd = signalfd(-1, &ends, SFD_CLOEXEC), .events = POLLIN };
	while (poll(pfds, 2, -1) > 0 || errno == EINTR) {
		if (pfds[1].revents && read(pfds[1].fd, &ignored, sizeof(ignored)) > 0)
			tell_ends(news);
		if (!pfds[0].revents)
			continue;
		if (read(control, &go, 1) != 1)
			break;
		run_generators(load);
	}
	kill(0, SIGKILL);
	_exit(0);
}

/* --- irqlat's side -------------------------------------------------------- */

static int start_keeper(struct load *load)
{
	int control[2], news[2];

	if (pipe2(control, O_CLOEXEC))
		return -1;
	if (pipe2(news, O_CLOEXEC | O_NONBLOCK)) {
		close(control[0]);
		close(control[1]);
		return -1;
	}
	load->keeper = fork();
	if (!load->keeper) {
		setpgid(0, 0);
		close(control[1]);
		close(news[0]);
		keep(load, control[0], news[1]);
	}
	close(control[0]);
	close(news[1]);
	load->control = control[1];
	load->news = news[0];
	if (load->keeper > 0)
		setpgid(load->keeper, load->keeper);
	return load->keeper > 0 ? 0 : -1;
}

/**
 * load_open - make ready
 * @config: what load
 *
 * Before memory is locked and priorities are set; nothing runs yet.
 *
 * Returns it, for load_close(), or NULL after saying why.
 */
struct load *load_open(const struct load_config *config)
{
	struct load *load = calloc(1, sizeof(*load));

	if (!load) {
		msg_error("out of memory");
		return NULL;
	}
	load->config = *config;
	/* The keeper dies first: its children are ours to wait for then. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sched_getaffinity(0, sizeof(load->allowed), &load->allowed);
	if (load_files_open(config, &load->files))
		goto fail;
	if (!start_keeper(load))
		return load;
	msg_error("--load: cannot start a process: %s", strerror(errno));
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
 *
 * Returns 0, or -1 after saying why.
 */
int load_start(struct load *load)
{
	const struct timespec settle = clock_timespec(SETTLE_NS);
	struct news news;
	char how[48];

	load->started_ns = clock_ns();
	if (write(load->control, "", 1) != 1) {
		msg_error("--load: the process that keeps it is gone");
		return -1;
	}
	clock_nanosleep(CLOCK_MONOTONIC, 0, &settle, NULL);
	while (read(load->news, &news, sizeof(news)) == sizeof(news)) {
		if (!news.status) {
			load->first_ended = news;
			continue;
		}
		describe_end(news.status, how, sizeof(how));
		msg_error("%s: %s at once", load->config.command ? "--load-cmd" : "--load", how);
		return -1;
	}
	return 0;
}

/* A process that is killed while it writes to a disk takes its time. */
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

static void warn_ended(const struct load *load, const struct news *news, struct sysinfo *info)
{
	char how[48];

	describe_end(news->status, how, sizeof(how));
	sysinfo_warn(
		info,
		"a process of the load ran for %.1f s only (%s): the loaded figures are not all under load",
		(double)(news->at_ns - load->started_ns) / NSEC_PER_SEC, how);
}

/**
 * load_stop - end the load
 * @load: started or not
 * @info: gets a warning when a part of it ended before
 */
void load_stop(struct load *load, struct sysinfo *info)
{
	struct news news;

	if (load->keeper <= 0)
		return;
	if (load->first_ended.at_ns)
		warn_ended(load, &load->first_ended, info);
	while (read(load->news, &news, sizeof(news)) == sizeof(news))
		warn_ended(load, &news, info);
	kill(-load->keeper, SIGKILL);
	waitpid(load->keeper, NULL, 0);
	wait_gone(load->keeper);
	load->keeper = 0;
}

/**
 * load_close - free it
 * @load: stopped or not, or NULL
 */
void load_close(struct load *load)
{
	struct sysinfo ignored = { 0 };

	if (!load)
		return;
	load_stop(load, &ignored);
	close(load->control);
	close(load->news);
	load_files_close(&load->files);
	free(load);
}
