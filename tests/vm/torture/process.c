// SPDX-License-Identifier: GPL-2.0-or-later
/* Kinds of calls: children, threads, signals, and files that are passed on. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture.h"

/* What a child does with a file that it has inherited: a few calls, then it ends. */
static void use_inherited(int fd, unsigned int how)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	struct procirq_uli_info info;
	uint32_t one = 1;
	int count;

	if (how & 1)
		poll(&polled, 1, 1);
	if (how & 2)
		ioctl(fd, PROCIRQ_IOC_ULI_UNREGISTER, &info);
	if (how & 4 && write(fd, &one, sizeof(one)) < 0)
		return;
	/* May block until the child is killed. */
	if (how & 8 && read(fd, &count, sizeof(count)) < 0)
		return;
	if (how & 16)
		close(fd);
	if (how & 32)
		abort();
}

int inherited(int fd)
{
	signal(SIGABRT, SIG_IGN);
	alarm(1);
	use_inherited(fd, 1 | 4 | 8);
	return 0;
}

/* Waits for the child, and does not let it live long. Returns 0 or -errno. */
static long end_child(pid_t pid, unsigned int after_us)
{
	if (pid < 0)
		return -errno;
	usleep(after_us);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* Returns as fork() does; the child has no parent to outlive. */
static pid_t start_child(unsigned long flags)
{
	pid_t parent = getpid(), pid;

	/* Without the preparations of fork(): other threads of this process run on. */
	pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (syscall(SYS_getppid) != parent)
		_exit(1);
	return 0;
}

void make_fork(struct draw *d, struct call *call)
{
	static const unsigned long flags[] = { 0, 0, 0, CLONE_FILES, 1UL << 31 | CLONE_THREAD };

	call->how = draw_below(d, 64);
	call->number[0] = draw_of(d, flags);
	call->number[1] = draw_below(d, 2000);
}

long do_fork(struct worker *w, const struct call *call)
{
	pid_t pid = start_child(call->number[0]);

	(void)w;
	if (!pid) {
		use_inherited(slot_get(call->slot), call->how);
		_exit(0);
	}
	return end_child(pid, (unsigned int)call->number[1]);
}

void make_exec(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 4);
	call->number[0] = draw_below(d, 20000);
}

/* A program that finds the file open. */
long do_exec(struct worker *w, const struct call *call)
{
	int fd = dup(slot_get(call->slot));
	char number[12];
	pid_t pid;
	long ret;

	(void)w;
	if (fd < 0)
		return -errno;
	snprintf(number, sizeof(number), "%d", fd);
	pid = start_child(0);
	if (!pid) {
		if (call->how)
			execl("/proc/self/exe", "torture", "--inherited", number, (char *)NULL);
		_exit(1);
	}
	ret = end_child(pid, (unsigned int)call->number[0]);
	close(fd);
	return ret;
}

/* --- threads and signals ------------------------------------------------------------ */

static void *thread_run(void *arg)
{
	const struct call *call = arg;
	struct procirq_uli_info info;
	int fd = slot_get(call->slot);

	use_inherited(fd, call->how & 13);
	ioctl(fd, PROCIRQ_IOC_ULI_UNREGISTER, &info);
	return NULL;
}

void make_thread(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 16);
}

long do_thread(struct worker *w, const struct call *call)
{
	struct call copy = *call;
	pthread_t thread;
	int err;

	(void)w;
	err = pthread_create(&thread, NULL, thread_run, &copy);
	if (err)
		return -err;
	/* A read that blocks is interrupted. */
	while (pthread_tryjoin_np(thread, NULL)) {
		usleep(500);
		pthread_kill(thread, SIGUSR1);
	}
	return 0;
}

void make_signal(struct draw *d, struct call *call)
{
	static const int signals[] = { SIGUSR1, SIGUSR2, SIGUSR2, SIGIO, 0, 99 };

	call->number[0] = draw_of(d, signals);
	call->number[1] = draw_below(d, THREADS_MAX);
}

/* To a thread of any process, which may be in any call. */
long do_signal(struct worker *w, const struct call *call)
{
	const struct shared_thread *to = &shared->threads[call->number[1]];

	(void)w;
	return result(syscall(SYS_tgkill, to->pid, to->tid, (int)call->number[0]));
}

/* --- files that are passed on --------------------------------------------------------- */

#define PASSED_MAX 3

void make_pass(struct draw *d, struct call *call)
{
	call->number[0] = 1 + draw_below(d, PASSED_MAX);
}

long do_pass(struct worker *w, const struct call *call)
{
	char byte = 0, control[CMSG_SPACE(PASSED_MAX * sizeof(int))] = { 0 };
	size_t bytes = call->number[0] * sizeof(int);
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(bytes),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int passed[PASSED_MAX];
	unsigned int i;

	(void)w;
	for (i = 0; i < PASSED_MAX; i++)
		passed[i] = slot_get((i & 1 ? call->other : call->slot) + i / 2);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(header), passed, bytes);
	return result(sendmsg(sockets[0], &message, MSG_DONTWAIT));
}

void make_receive(struct draw *d, struct call *call)
{
	(void)d;
	(void)call;
}

/* Returns how many files came, or -errno; also if the owner has ended. */
static long receive(unsigned int slot)
{
	char byte, control[CMSG_SPACE(PASSED_MAX * sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;
	unsigned int i, n;
	ssize_t got;
	int fd;

	got = recvmsg(sockets[1], &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (got <= 0)
		return got ? -errno : -EINTR;
	header = CMSG_FIRSTHDR(&message);
	if (!header)
		return 0;
	n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	for (i = 0; i < n; i++) {
		memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(fd));
		slot_put(slot + i, fd);
	}
	return n;
}

long do_receive(struct worker *w, const struct call *call)
{
	(void)w;
	return receive(call->slot);
}

void sockets_empty(void)
{
	unsigned int i;

	while (receive(0) >= 0)
		;
	for (i = 0; i < FILES; i++)
		slot_put(i, -1);
}
