// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signals, several threads on one file, files shared by processes, killed processes:
 * none of them loses an interrupt or counts it twice.
 */
#include <sys/socket.h>
#include <sys/syscall.h>

#include "guest.h"

static atomic_int signals;

static void on_signal(int signal)
{
	(void)signal;
	signals++;
}

static void handle(int signal, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	sigaction(signal, &action, NULL);
}

static void signal_restarts_or_interrupts(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct blocked b;

	handle(SIGUSR1, SA_RESTART);
	handle(SIGUSR2, 0);
	blocked_start(&b, s.fd);
	pthread_kill(b.thread, SIGUSR1);
	CHECK(AWAIT(signals == 1 && task_sleeps(getpid(), b.tid, SYS_read)));
	CHECK(!b.done);
	fire(&s, 1);
	CHECK_EQ(blocked_join(&b), 1);

	blocked_start(&b, s.fd);
	pthread_kill(b.thread, SIGUSR2);
	CHECK_EQ(blocked_join(&b), -EINTR);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
}

/* --- sums --------------------------------------------------------------------- */

struct summer {
	pthread_t thread;
	int fd;
	atomic_int tid;
	atomic_llong sum;
	atomic_int reads, interrupted, bad;
};

/* Adds up counts until the line is removed. */
static void *sum_up(void *arg)
{
	struct summer *s = arg;
	int count;

	s->tid = syscall(SYS_gettid);
	while ((count = irq_read(s->fd)) != -ENODEV) {
		if (count > 0) {
			s->sum += count;
			s->reads++;
		} else if (count == -EINTR) {
			s->interrupted++;
		} else {
			s->bad++;
		}
	}
	return NULL;
}

static void summer_start(struct summer *s, int fd)
{
	s->fd = fd;
	REQUIRE(pthread_create(&s->thread, NULL, sum_up, s) == 0);
	REQUIRE(AWAIT(s->tid && task_sleeps(getpid(), s->tid, SYS_read)));
}

static void nothing_is_lost_in_a_signal_storm(void)
{
	long interrupts = tap_setting("interrupts", 10000);
	struct gen_file s = gen_open(O_RDWR);
	struct summer reader = { 0 };
	struct gen_status status;
	unsigned long long total = 0;
	int rounds = 0, i;

	handle(SIGUSR1, SA_RESTART);
	handle(SIGUSR2, 0);
	summer_start(&reader, s.fd);
	/*
	 * One signal at a time: if two are pending, the first decides whether read()
	 * restarts. It is luck whether a signal hits a read(): repeat until one was
	 * interrupted.
	 */
	do {
		REQUIRE(gen("start line=%u period_ns=100000 count=%ld cpu=1", s.line, interrupts) ==
			0);
		for (i = 0; gen_status(s.line).running; i++) {
			pthread_kill(reader.thread, i % 2 ? SIGUSR1 : SIGUSR2);
			/* The reader may sleep again. */
			sleep_ms(0);
		}
		gen_wait(s.line);
		total += interrupts;
	} while (!reader.interrupted && ++rounds < 10);
	CHECK(AWAIT(!gen_status(s.line).pending &&
		    reader.sum == (long long)gen_status(s.line).dispatched));
	status = gen_status(s.line);
	CHECK_EQ(status.raised, total);
	CHECK_EQ(status.dispatched + status.coalesced, total);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK(thread_join(reader.thread));
	CHECK_EQ(reader.sum, status.dispatched);
	CHECK(signals > 0);
	CHECK(reader.interrupted > 0);
	CHECK_EQ(reader.bad, 0);
}

/* Threads on one file share its count: together they get each interrupt once. */
static void threads_of_one_file(int nr, uint32_t flags)
{
	long interrupts = tap_setting("interrupts", 10000);
	struct gen_file s = gen_open(O_RDWR);
	struct summer readers[8] = { 0 };
	unsigned long long dispatched;
	long long sum = 0;
	int i;

	REQUIRE(irq_flags(s.fd, flags) == 0);
	for (i = 0; i < nr; i++)
		summer_start(&readers[i], s.fd);
	REQUIRE(gen("start line=%u period_ns=50000 count=%ld cpu=0", s.line, interrupts) == 0);
	gen_wait(s.line);
	CHECK(AWAIT(!gen_status(s.line).pending && !irq_info(s.fd).pending));
	dispatched = gen_status(s.line).dispatched;
	REQUIRE(gen("remove line=%u", s.line) == 0);
	for (i = 0; i < nr; i++) {
		CHECK(thread_join(readers[i].thread));
		CHECK_EQ(readers[i].bad, 0);
		sum += readers[i].sum;
	}
	CHECK_EQ(sum, dispatched);
}

static void two_threads_on_one_file(void)
{
	threads_of_one_file(2, 0);
}

static void eight_threads_on_one_file_no_mask(void)
{
	threads_of_one_file(8, PROCIRQ_FLAG_NO_MASK);
}

/* Each blocked thread gets interrupts. */
static void no_thread_starves(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct summer readers[3] = { 0 };
	int i, round;

	for (i = 0; i < 3; i++)
		summer_start(&readers[i], s.fd);
	for (round = 1; round <= 30; round++) {
		fire(&s, 1);
		REQUIRE(AWAIT(readers[0].sum + readers[1].sum + readers[2].sum == round));
		for (i = 0; i < 3; i++)
			REQUIRE(AWAIT(task_sleeps(getpid(), readers[i].tid, SYS_read)));
	}
	for (i = 0; i < 3; i++)
		CHECK(readers[i].reads > 0);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	for (i = 0; i < 3; i++)
		CHECK(thread_join(readers[i].thread));
}

/* --- death ----------------------------------------------------------------------- */

/* Forks a process in which a thread blocks in a read of @fd. Returns its pid. */
static pid_t blocked_process(int fd)
{
	pid_t pid = fork();

	if (!pid) {
		/* Another thread: when it is killed, two threads use the file. */
		struct blocked b;

		blocked_start(&b, fd);
		irq_read(fd);
		pause();
	}
	REQUIRE(AWAIT(task_sleeps(pid, pid, SYS_read)));
	return pid;
}

static void reap(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	REQUIRE(AWAIT(waitpid(pid, &status, WNOHANG) == pid));
}

/*
 * A thread that is woken for an interrupt and killed before it reads must leave the
 * interrupt to the other threads of the file. One that is killed after its read has not
 * serviced the device: the line stays masked until the file is read or polled again,
 * which this test does.
 */
static void a_killed_reader_takes_nothing_along(void)
{
	int rounds = tap_setting("kills", 60), round;
	struct gen_file s = gen_open(O_RDWR);
	struct summer reader = { 0 };
	struct gen_status status;
	pid_t pid;

	for (round = 0; round < rounds; round++) {
		/* The process is the first to be woken. */
		pid = blocked_process(s.fd);
		if (!round)
			summer_start(&reader, s.fd);
		REQUIRE(gen("start line=%u period_ns=30000 count=40 cpu=%d", s.line, round & 1) ==
			0);
		/* Killed before or among the interrupts. */
		if (round & 2)
			sleep_ms(1);
		reap(pid);
		gen_wait(s.line);
		REQUIRE(AWAIT(!irq_poll(s.fd, 0) && !gen_status(s.line).pending &&
			      !irq_info(s.fd).pending));
	}
	status = gen_status(s.line);
	CHECK_EQ(status.raised, rounds * 40);
	CHECK_EQ(irq_info(s.fd).taken, status.dispatched);
	CHECK_EQ(irq_info(s.fd).delivered + irq_info(s.fd).coalesced, status.dispatched);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK(thread_join(reader.thread));
	CHECK(reader.sum > 0 && reader.sum <= (long long)status.dispatched);
	CHECK_EQ(reader.bad, 0);
}

/* Keeps CPU 1 from everybody else, until it is told to stop. */
static void *keep_cpu(void *arg)
{
	struct sched_param param = { .sched_priority = 50 };
	atomic_int *state = arg;

	/* In this order: it waits for a CPU that is busy. */
	REQUIRE(sched_setscheduler(0, SCHED_FIFO, &param) == 0);
	run_on_cpu(1);
	*state = 1;
	while (*state != 2)
		;
	return NULL;
}

static long read_with_a_limit(int fd)
{
	struct procirq_read wanted = { .timeout_ns = ~0ull };

	return ioctl(fd, PROCIRQ_IOC_READ, &wanted);
}

/*
 * A thread is handed an interrupt, and killed before it runs: another one gets it. The
 * thread's CPU is kept busy meanwhile.
 */
static void killed_when_it_was_handed_one(bool timed)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	atomic_int state = 0;
	pthread_t keeper;
	char limit[16];
	pid_t pid;

	REQUIRE(read_text("/proc/sys/kernel/sched_rt_runtime_us", limit, sizeof(limit)));
	REQUIRE(put_text("/proc/sys/kernel/sched_rt_runtime_us", "-1") == 0);
	REQUIRE(fcntl(s.fd, F_SETFL, O_RDWR) == 0);
	pid = fork();
	if (!pid) {
		run_on_cpu(1);
		if (timed)
			read_with_a_limit(s.fd);
		else
			irq_read(s.fd);
		pause();
	}
	REQUIRE(AWAIT(task_sleeps(pid, pid, timed ? SYS_ioctl : SYS_read)));
	run_on_cpu(0);
	REQUIRE(pthread_create(&keeper, NULL, keep_cpu, &state) == 0);
	REQUIRE(AWAIT(state == 1));
	fire(&s, 1);
	CHECK(AWAIT(irq_info(s.fd).delivered == 1));
	CHECK(kill(pid, SIGKILL) == 0);
	state = 2;
	REQUIRE(waitpid(pid, NULL, 0) == pid && thread_join(keeper));
	put_text("/proc/sys/kernel/sched_rt_runtime_us", "%d", atoi(limit));
	CHECK_EQ(irq_info(s.fd).delivered, 0);
	CHECK_EQ(irq_read_now(s.fd), 1);
	close(s.fd);
}

static void a_killed_reader_that_was_handed_one(void)
{
	killed_when_it_was_handed_one(false);
	killed_when_it_was_handed_one(true);
}

static void a_killed_process_frees_the_line(void)
{
	unsigned int line = gen_add(), irq = gen_status(line).irq;
	int fd = irq_open(irq, O_RDWR);
	pid_t pid;

	pid = blocked_process(fd);
	close(fd);
	CHECK_EQ(line_stats(irq).attached, 1);
	reap(pid);
	CHECK(AWAIT(!line_stats(irq).attached));
	CHECK_EQ(line_stats(irq).readers, 0);
	fd = irq_open(irq, O_RDWR | O_EXCL);
	CHECK(fd >= 0);
}

/* --- one file, several descriptors -------------------------------------------------- */

static void send_fd(int socket, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	REQUIRE(sendmsg(socket, &message, 0) == 1);
}

static int receive_fd(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd = -1;

	REQUIRE(recvmsg(socket, &message, 0) == 1);
	REQUIRE(CMSG_FIRSTHDR(&message));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static void copies_share_one_count(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int copy = dup(s.fd), sockets[2], passed, status;
	pid_t pid;

	CHECK_EQ(irq_info(copy).readers, 1);
	fire(&s, 1);
	CHECK_EQ(irq_read(copy), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);

	fire(&s, 1);
	pid = fork();
	if (!pid)
		_exit(irq_read(s.fd) == 1 ? 0 : 1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);

	/* The message in the socket has the only reference; then the receiver uses it. */
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) && errno == ENOSYS) {
		tap_diag("no Unix sockets in this kernel: passing a file on is not tested");
		return;
	}
	send_fd(sockets[0], s.fd);
	close(s.fd);
	close(copy);
	CHECK_EQ(line_stats(s.irq).attached, 1);
	fire(&s, 1);
	passed = receive_fd(sockets[1]);
	CHECK_EQ(irq_read(passed), 1);
	send_fd(sockets[0], passed);
	close(passed);
	close(sockets[0]);
	close(sockets[1]);
	CHECK(AWAIT(!line_stats(s.irq).attached));
}

/* On Linux a running read keeps the file, and so the line. */
static void closing_does_not_end_a_blocked_read(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct blocked b;

	blocked_start(&b, s.fd);
	close(s.fd);
	CHECK_EQ(line_stats(s.irq).attached, 1);
	CHECK(!b.done);
	fire(&s, 1);
	CHECK_EQ(blocked_join(&b), 1);
	CHECK(AWAIT(!line_stats(s.irq).attached));
}

static void opens_and_closes_race(void)
{
	unsigned int line = gen_add(), irq = gen_status(line).irq;
	long long until = now_ns() + tap_setting("seconds", 3) * 1000000000LL;
	pid_t pids[4];
	int i, status;

	REQUIRE(gen("start line=%u period_ns=50000", line) == 0);
	for (i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		while (now_ns() < until) {
			int fd = irq_open(irq, i == 3 ? O_RDWR | O_EXCL : O_RDWR);

			if (fd < 0 && errno != EBUSY)
				_exit(1);
			if (fd >= 0 && irq_read(fd) <= 0)
				_exit(2);
			close(fd);
		}
		_exit(0);
	}
	for (i = 0; i < 4; i++) {
		CHECK_EQ(waitpid(pids[i], &status, 0), pids[i]);
		CHECK_EQ(status, 0);
	}
	REQUIRE(gen("stop line=%u", line) == 0);
	CHECK_EQ(gen_status(line).dispatched, line_stats(irq).taken);
}

static const struct tap_test tests[] = {
	TAP_TEST(signal_restarts_or_interrupts),
	TAP_TEST(nothing_is_lost_in_a_signal_storm),
	TAP_TEST(two_threads_on_one_file),
	TAP_TEST(eight_threads_on_one_file_no_mask),
	TAP_TEST(no_thread_starves),
	TAP_TEST(a_killed_reader_takes_nothing_along),
	TAP_TEST(a_killed_reader_that_was_handed_one),
	TAP_TEST(a_killed_process_frees_the_line),
	TAP_TEST(copies_share_one_count),
	TAP_TEST(closing_does_not_end_a_blocked_read),
	TAP_TEST(opens_and_closes_race),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
