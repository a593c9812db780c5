// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts the programs, interrupts calls that block, ends everything. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "torture.h"

/* How often a thread is looked at; one that is in the same step twice is interrupted. */
#define LOOK_US 10000
/* How often a run says how far it is: what a long one did before the kernel died. */
#define SAY_US 60000000LL

const struct program programs[ROLES] = {
	[OWNER] = { .name = "owner", .threads = 3 },
	[STRANGER] = { .name = "stranger", .threads = 2 },
	[HANDLER] = { .name = "handler", .threads = 2 },
	[MACHINE] = { .name = "machine", .threads = 1 },
};

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* --- a program -------------------------------------------------------------------------- */

/* Has what an ordinary user has, or the root of a user namespace. */
static void become_stranger(void)
{
	if (shared->seed & 1 && unshare(CLONE_NEWUSER) == 0)
		return;
	if (setgid(65534) || setuid(65534))
		wrong("the stranger is not a stranger (errno %d)", errno);
}

static void *thread_run(void *arg)
{
	worker_run(arg);
	return NULL;
}

unsigned int first_thread(enum role role)
{
	unsigned int first = 0, i;

	for (i = 0; i < role; i++)
		first += programs[i].threads;
	return first;
}

static void close_socket(int end)
{
	if (sockets[end] >= 0)
		close(sockets[end]);
	sockets[end] = -1;
}

/* The process of a role. */
static void program_run(enum role role)
{
	struct worker workers[THREADS_MAX] = { 0 };
	pthread_t threads[THREADS_MAX];
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	process_begin();
	if (role != OWNER)
		close_socket(0);
	if (role != STRANGER)
		close_socket(1);
	if (role == STRANGER)
		become_stranger();
	for (i = 0; i < programs[role].threads; i++) {
		workers[i].role = role;
		workers[i].thread = first_thread(role) + i;
		if (i && pthread_create(&threads[i], NULL, thread_run, &workers[i]))
			wrong("no thread (errno %d)", errno);
	}
	worker_run(&workers[0]);
	for (i = 1; i < programs[role].threads; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static pid_t start(enum role role)
{
	pid_t pid = fork();

	if (!pid)
		program_run(role);
	return pid;
}

/* --- watching them ------------------------------------------------------------------------ */

struct watch {
	unsigned long step;
	long long since_us;
	bool told;
};

/* What the thread does, or was about to do. */
static void show_call(const char *what, const struct shared_thread *thread)
{
	struct call call;
	char text[200];

	call_make(&call, shared->seed, thread->role, (unsigned int)(thread - shared->threads),
		  thread->step - 1);
	call_print(&call, text, sizeof(text));
	wrong("%s, step %lu, %s: %s", programs[thread->role].name, thread->step - 1, what, text);
}

static void show_stack(const struct shared_thread *thread)
{
	char path[64], text[1024];
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stack", thread->pid, thread->tid);
	file = fopen(path, "re");
	len = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	text[len] = '\0';
	if (file)
		fclose(file);
	wrong("%s", text);
}

/*
 * Interrupts the thread if it is where it was. The machine's calls end by themselves.
 * Returns false, and says so, if it does not come on at all.
 */
static bool watch_thread(struct watch *watch, const struct shared_thread *thread, long patience)
{
	if (!thread->tid || thread->step != watch->step || (thread->drained && !shared->stop)) {
		watch->step = thread->step;
		watch->since_us = now_us();
		return true;
	}
	if (thread->role != MACHINE)
		syscall(SYS_tgkill, thread->pid, thread->tid, SIGUSR1);
	if (watch->told || now_us() - watch->since_us < patience * 1000000LL)
		return true;
	watch->told = true;
	show_call("does not end", thread);
	show_stack(thread);
	return false;
}

/* A process has ended: which, and must it not? */
static void reap(pid_t pids[ROLES])
{
	enum role role;
	unsigned int i;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (role = 0; role < ROLES && pids[role] != pid; role++)
			;
		if (role == ROLES)
			continue;
		if (role == HANDLER)
			shared->deaths += !shared->stop;
		else if (status)
			wrong("the %s's process ended with status %#x", programs[role].name,
			      status);
		for (i = 0; i < programs[role].threads; i++) {
			if (role != HANDLER && status)
				show_call("was the last", &shared->threads[first_thread(role) + i]);
			shared->threads[first_thread(role) + i].tid = 0;
		}
		pids[role] = 0;
	}
}

static bool is_enough(const struct run *run, long long began_us)
{
	if (shared->nr_wrong)
		return true;
	if (now_us() - began_us < run->seconds * 1000000LL || tally_calls() < run->calls)
		return false;
	return !run->covers || (!tally_missing(true) && !tally_missing(false));
}

static bool any_left(const pid_t pids[ROLES])
{
	enum role role;

	for (role = 0; role < ROLES; role++)
		if (pids[role])
			return true;
	return false;
}

/* --- a run ------------------------------------------------------------------------------------ */

/* No less than run->seconds and run->calls, and until each kind has done what it can. */
static void run_until_enough(const struct run *run, pid_t pids[ROLES])
{
	struct watch watches[THREADS_MAX] = { 0 };
	long long began_us = now_us(), said_us = began_us;
	unsigned int i;
	bool goes_on = true;

	while (goes_on && !is_enough(run, began_us)) {
		usleep(LOOK_US);
		for (i = 0; i < shared->nr_threads; i++)
			goes_on &= watch_thread(&watches[i], &shared->threads[i], run->patience);
		reap(pids);
		if (!pids[HANDLER])
			pids[HANDLER] = start(HANDLER);
		if (now_us() - said_us > SAY_US) {
			said_us = now_us();
			run->say("after %lld s: %lu calls", (said_us - began_us) / 1000000,
				 tally_calls());
		}
		if (now_us() - began_us > (run->seconds + run->patience) * 1000000LL &&
		    tally_calls() >= run->calls)
			return;
	}
}

static void end(const struct run *run, pid_t pids[ROLES])
{
	struct watch watches[THREADS_MAX] = { 0 };
	long long began_us = now_us();
	enum role role;
	unsigned int i;

	shared->stop = true;
	while (any_left(pids) && now_us() - began_us < run->patience * 1000000LL) {
		for (i = 0; i < shared->nr_threads; i++)
			if (shared->threads[i].tid)
				watch_thread(&watches[i], &shared->threads[i], run->patience / 2);
		usleep(LOOK_US);
		reap(pids);
	}
	for (role = 0; role < ROLES; role++)
		if (pids[role])
			kill(pids[role], SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

void run(const struct run *run)
{
	pid_t pids[ROLES] = { 0 };
	enum role role;
	unsigned int i;

	shared->seed = run->seed;
	for (role = 0; role < ROLES; role++)
		for (i = 0; i < programs[role].threads; i++)
			shared->threads[shared->nr_threads++].role = role;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		wrong("no sockets (errno %d)", errno);
	machine_begin(run->argv);
	for (role = 0; role < ROLES; role++)
		pids[role] = start(role);
	close_socket(0);
	close_socket(1);
	run_until_enough(run, pids);
	end(run, pids);
	machine_end();
}
