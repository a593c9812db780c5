// SPDX-License-Identifier: GPL-2.0-or-later
/* A thread's loop, and what its calls use: files, memory, maps. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/vm/compat32.h"
#include "torture.h"

#define PAGE 4096

atomic_int files[FILES];
/* The line that was opened for it; what has been put there since may be another's. */
static atomic_int lines[FILES];
int sockets[2] = { -1, -1 };
bool has_compat;
struct shared *shared;

long result(long ret)
{
	return ret < 0 ? -errno : ret;
}

void slot_put(unsigned int slot, int fd)
{
	int old = atomic_exchange(&files[slot % FILES], fd);

	if (old >= 0)
		close(old);
}

void slot_note_line(unsigned int slot, int line)
{
	lines[slot] = line;
}

unsigned int slot_of_edu(unsigned int slot)
{
	unsigned int i, at;

	for (i = 0; i < FILES; i++) {
		at = (slot + i) % FILES;
		if (files[at] >= 0 && lines[at] >= LINE_EDU && lines[at] < LINE_REST)
			return at;
	}
	return slot;
}

int slot_get(unsigned int slot)
{
	return files[slot % FILES];
}

/* Two pages, one that is not mapped, one to read only, one that is never written. */
static char *memory_make(void)
{
	char *memory = compat32_map(5 * PAGE, PROT_READ | PROT_WRITE);

	if (memory == MAP_FAILED)
		return NULL;
	mprotect(memory + 2 * PAGE, PAGE, PROT_NONE);
	mprotect(memory + 3 * PAGE, PAGE, PROT_READ);
	return memory;
}

void *worker_place(struct worker *w, const struct call *call)
{
	char *end = w->memory + 2 * PAGE, *at;

	switch (call->place) {
	case PLACE_NULL:
		return NULL;
	case PLACE_KERNEL:
		return (void *)0xffff888000000000;
	case PLACE_READONLY:
		return w->memory + 3 * PAGE;
	case PLACE_ABSENT:
		madvise(w->memory + 4 * PAGE, PAGE, MADV_DONTNEED);
		return w->memory + 4 * PAGE;
	case PLACE_CUT:
		at = end - call->bytes / 2;
		memcpy(at, call->data, end - at);
		return at;
	case PLACE_END:
		at = end - call->bytes;
		break;
	case PLACE_ODD:
		at = w->memory + 1;
		break;
	default:
		at = w->memory;
		break;
	}
	memcpy(at, call->data, call->bytes);
	if (at < w->memory + PAGE)
		memset(at + call->bytes, 0, PAGE);
	return at;
}

/* Interrupts a call that blocks; the runner sends it. */
static void on_signal(int number)
{
	(void)number;
}

static void set_handler(int number, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	sigaction(number, &action, NULL);
}

/* A system call by which 32-bit programs make theirs; many kernels can do without. */
static bool probe_compat(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(compat32_call(COMPAT32_GETPID, 0, 0, NULL) != getpid());
	return waitpid(pid, &status, 0) == pid && status == 0;
}

void process_begin(void)
{
	unsigned int i;

	set_handler(SIGUSR1, 0);
	set_handler(SIGUSR2, SA_RESTART);
	set_handler(SIGXCPU, 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN);
	has_compat = probe_compat();
	for (i = 0; i < FILES; i++)
		files[i] = -1;
}

/*
 * Also descriptors that are in no slot any more: of two threads, one may have closed
 * what the other was about to replace.
 */
static void close_all(struct worker *w)
{
	int keep = w->role == STRANGER ? sockets[1] : sockets[0];
	unsigned int i;

	maps_end(w);
	if (w->role == STRANGER)
		sockets_empty();
	for (i = 0; i < FILES; i++)
		files[i] = -1;
	events_end();
	if (keep > 3)
		syscall(SYS_close_range, 3, keep - 1, 0);
	syscall(SYS_close_range, keep < 3 ? 3 : keep + 1, ~0U, 0);
}

/* Closes everything until nobody has anything any more; waits for the module. */
static void drain(struct worker *w, struct shared_thread *state)
{
	while (shared->drain && !shared->stop) {
		close_all(w);
		state->drained = true;
		usleep(1000);
	}
	state->drained = false;
}

void worker_run(struct worker *w)
{
	struct shared_thread *state = &shared->threads[w->thread];
	struct call call;
	char name[16];

	snprintf(name, sizeof(name), "torture-%u", w->thread);
	prctl(PR_SET_NAME, name);
	w->memory = memory_make();
	uli_begin(w);
	state->pid = getpid();
	state->tid = syscall(SYS_gettid);
	while (!shared->stop) {
		if (shared->drain && w->role != MACHINE) {
			drain(w, state);
			continue;
		}
		call_make(&call, shared->seed, w->role, w->thread, state->step);
		/* First: a step that kills the process is not repeated. */
		state->step++;
		tally_add(w->role, &call, call.kind->perform(w, &call));
	}
	close_all(w);
	state->tid = 0;
}
