// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * poll(), select() and epoll on an IRQ file: it is ready exactly while interrupts are
 * pending, and no wake-up is lost.
 */
#include <sys/epoll.h>
#include <sys/select.h>

#include "guest.h"
#include "stuckread.h"

#define GONE (EPOLLHUP | EPOLLERR)

static int epoll_with(int fd, uint32_t events)
{
	struct epoll_event event = { .events = events };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	REQUIRE(ep >= 0);
	REQUIRE(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0);
	return ep;
}

/* Returns the events of the only file in the set, or 0 after the time-out. */
static uint32_t epoll_events(int ep, int timeout_ms)
{
	struct epoll_event event;
	int n = epoll_wait(ep, &event, 1, timeout_ms);

	return n == 1 ? event.events : 0;
}

/* With a negative time, without limit. */
static bool select_ready(int fd, int timeout_s)
{
	struct timeval timeout = { timeout_s, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, timeout_s < 0 ? NULL : &timeout) == 1 &&
	       FD_ISSET(fd, &set);
}

static void ready_while_the_count_is_not_zero(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int ep = epoll_with(s.fd, EPOLLIN);
	struct pollfd p = { .fd = s.fd, .events = POLLIN | POLLRDNORM | POLLOUT | POLLPRI };

	CHECK_EQ(poll(&p, 1, 0), 0);
	CHECK(!select_ready(s.fd, 0));
	CHECK_EQ(epoll_events(ep, 0), 0);
	fire(&s, 1);
	CHECK_EQ(poll(&p, 1, 0), 1);
	CHECK_EQ(p.revents, POLLIN | POLLRDNORM);
	CHECK_EQ(ppoll(&p, 1, &(struct timespec){ 0, 0 }, NULL), 1);
	CHECK(select_ready(s.fd, 0));
	/* Level-triggered: until it is read. */
	CHECK_EQ(epoll_events(ep, 0), EPOLLIN);
	CHECK_EQ(epoll_events(ep, 0), EPOLLIN);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(epoll_events(ep, 0), 0);
	CHECK(!gen_masked(s.line));
	CHECK(!select_ready(s.fd, 0));
	p.events = 0;
	CHECK_EQ(poll(&p, 1, 0), 0);
}

static void edge_triggered_epoll(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int ep = epoll_with(s.fd, EPOLLIN | EPOLLET);

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	CHECK_EQ(epoll_events(ep, 0), 0);
	fire(&s, 1);
	CHECK_EQ(epoll_events(ep, AWAIT_MS), EPOLLIN);
	CHECK_EQ(epoll_events(ep, 0), 0);
	/* Each interrupt is an edge, also before the last was read. */
	fire(&s, 1);
	CHECK_EQ(epoll_events(ep, AWAIT_MS), EPOLLIN);
	CHECK_EQ(irq_read(s.fd), 2);
	CHECK_EQ(epoll_events(ep, 0), 0);
	fire(&s, 1);
	CHECK_EQ(epoll_events(ep, AWAIT_MS), EPOLLIN);
	CHECK_EQ(irq_read(s.fd), 1);
}

static void each_reader_is_ready_for_itself(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int second = irq_open(s.irq, O_RDWR);

	fire(&s, 1);
	CHECK_EQ(irq_poll(s.fd, 0), POLLIN);
	CHECK_EQ(irq_poll(second, 0), POLLIN);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_poll(s.fd, 0), 0);
	CHECK_EQ(irq_poll(second, 0), POLLIN);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(second), 1);
	CHECK_EQ(irq_poll(second, 0), 0);
	CHECK(!gen_masked(s.line));
}

/* --- nothing is lost ------------------------------------------------------- */

/* The functions that wait return whether the file became readable in time. */
static int the_epoll;

/* Without limit: when their time is up, poll() and select() look once more. */
static bool wait_poll(int fd)
{
	return irq_poll(fd, -1) & POLLIN;
}

static bool wait_select(int fd)
{
	return select_ready(fd, -1);
}

static bool wait_epoll(int fd)
{
	(void)fd;
	return epoll_events(the_epoll, AWAIT_MS) & EPOLLIN;
}

static bool wait_read(int fd)
{
	(void)fd; /* irq_read() waits itself */
	return true;
}

struct ponger {
	struct gen_file s;
	bool (*wait)(int fd);
	atomic_int answered;
	atomic_bool stop, lost;
};

static void *pong(void *arg)
{
	struct ponger *p = arg;

	while (!p->stop) {
		if (!p->wait(p->s.fd) || irq_read(p->s.fd) != 1) {
			p->lost = !p->stop;
			break;
		}
		p->answered++;
	}
	return NULL;
}

static bool ping(struct ponger *p, int gen_fd, int round)
{
	long long give_up = now_ns() + AWAIT_MS * 1000000LL;
	char text[64];
	int len = snprintf(text, sizeof(text), "fire line=%u cpu=%d", p->s.line, round & 1);

	if (write(gen_fd, text, len) != len)
		return false;
	while (p->answered < round && !p->lost && now_ns() < give_up)
		sched_yield();
	return p->answered >= round;
}

/*
 * The next interrupt is raised as soon as the last one was read, so that it races with
 * the reader going to sleep, on the reader's CPU and on the other in turns. First both
 * threads share a CPU, which is fast. Then they do not: the emulator may need the
 * host's scheduler for each round, so the time is limited.
 */
static void ping_pong(bool (*wait)(int fd), int flags, uint32_t events)
{
	int rounds = tap_setting("rounds", 20000), seconds = tap_setting("seconds", 3), cpu, i = 0;
	struct ponger p = { .s = gen_open(O_RDWR), .wait = wait };
	int gen_fd = open("/dev/irqgen", O_WRONLY | O_CLOEXEC);
	pthread_t thread;
	long long until;
	bool ok = true;

	REQUIRE(irq_flags(p.s.fd, flags) == 0);
	the_epoll = epoll_with(p.s.fd, events);
	run_on_cpu(0);
	REQUIRE(pthread_create(&thread, NULL, pong, &p) == 0);
	for (cpu = 0; cpu < 2 && ok; cpu++) {
		run_on_cpu(cpu);
		until = now_ns() + seconds * 1000000000LL;
		while (ok && i < rounds * (cpu + 1) / 2 && now_ns() < until)
			ok = ping(&p, gen_fd, ++i);
	}
	if (!CHECK(ok)) {
		tap_diag("round %d: count %d, masked %d, poll %#x", i, irq_read_now(p.s.fd),
			 gen_masked(p.s.line), irq_poll(p.s.fd, 0));
		exit(1);
	}
	CHECK_EQ(gen_status(p.s.line).dispatched, i);
	p.stop = true;
	REQUIRE(gen("remove line=%u", p.s.line) == 0);
	CHECK(thread_join(thread));
	CHECK(!p.lost);
	CHECK(i >= 10);
	if (tap_setting("times", 0))
		tap_diag("%d rounds", i);
}

static void no_wakeup_lost_read(void)
{
	ping_pong(wait_read, 0, EPOLLIN);
}

static void no_wakeup_lost_poll(void)
{
	ping_pong(wait_poll, 0, EPOLLIN);
}

static void no_wakeup_lost_select(void)
{
	ping_pong(wait_select, 0, EPOLLIN);
}

static void no_wakeup_lost_epoll(void)
{
	ping_pong(wait_epoll, 0, EPOLLIN);
}

static void no_wakeup_lost_epoll_edge_no_mask(void)
{
	ping_pong(wait_epoll, PROCIRQ_FLAG_NO_MASK, EPOLLIN | EPOLLET);
}

struct stream_reader {
	pthread_t thread;
	int fd;
	bool (*wait)(int fd);
	atomic_llong sum;
};

static void *read_stream(void *arg)
{
	struct stream_reader *r = arg;
	int count;

	while (r->wait(r->fd) && (count = irq_read(r->fd)) > 0)
		r->sum += count;
	return NULL;
}

/*
 * Interrupts at random times on the reader's own CPU: some come after it has found
 * nothing and before it sleeps. If a wake-up is lost there, no later interrupt wakes the
 * thread: it counts as woken.
 */
static void stream(bool (*wait)(int fd))
{
	struct gen_file s = gen_open(O_RDWR);
	struct stream_reader r = { .fd = s.fd, .wait = wait };

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	the_epoll = epoll_with(s.fd, EPOLLIN);
	run_on_cpu(1);
	REQUIRE(pthread_create(&r.thread, NULL, read_stream, &r) == 0);
	run_on_cpu(0);
	REQUIRE(gen("start line=%u period_ns=60000 pattern=random cpu=1", s.line) == 0);
	/* The longer, the likelier is an interrupt in that moment. */
	sleep_ms(tap_setting("seconds", 3) * 1000);
	REQUIRE(gen("stop line=%u", s.line) == 0);
	CHECK(AWAIT(r.sum == (long long)gen_status(s.line).dispatched));
	CHECK(r.sum > 0);
	if (tap_setting("times", 0))
		tap_diag("%lld interrupts", (long long)r.sum);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK(thread_join(r.thread));
}

static void no_wakeup_lost_in_a_stream_read(void)
{
	stream(wait_read);
}

static void no_wakeup_lost_in_a_stream_poll(void)
{
	stream(wait_poll);
}

static void no_wakeup_lost_in_a_stream_epoll(void)
{
	stream(wait_epoll);
}

/*
 * An interrupt comes before poll() is in the line's queue: it wakes nobody, so poll() has to
 * look after it has joined the queue.
 */
static void an_interrupt_before_the_queue(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int status;
	pid_t pid;

	REQUIRE(module_load("delay", "symbol=__pollwait comm=opener ms=8000") == 0);
	pid = fork_opener();
	if (!pid)
		_exit(irq_poll(s.fd, -1) == POLLIN ? 0 : 1);
	REQUIRE(AWAIT(delay_count("hits") > 0));
	fire(&s, 1);
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	CHECK(AWAIT(task_state(pid, pid) == 'Z'));
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK_EQ(delay_count("expired"), 0);
	REQUIRE(AWAIT(module_unload("delay") == 0));
	CHECK_EQ(irq_read(s.fd), 1);
}

/* --- the line goes ---------------------------------------------------------- */

static void removal_hangs_up(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int ep = epoll_with(s.fd, EPOLLIN);

	fire(&s, 1);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK_EQ(epoll_events(ep, AWAIT_MS), EPOLLIN | GONE);
	CHECK_EQ(irq_poll(s.fd, 0), POLLIN | POLLHUP | POLLERR);
	/* What came before can still be read. */
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read(s.fd), -ENODEV);
	CHECK_EQ(irq_read_now(s.fd), -ENODEV);
	CHECK_EQ(irq_poll(s.fd, 0) & (POLLHUP | POLLERR), POLLHUP | POLLERR);
	CHECK(select_ready(s.fd, 0));
	CHECK_EQ(epoll_events(ep, 0) & GONE, GONE);
}

static void *hang_up(void *arg)
{
	struct blocked *b = arg;
	struct epoll_event event;

	b->tid = syscall(SYS_gettid);
	b->ret = epoll_wait(b->fd, &event, 1, AWAIT_MS) == 1 ? (int)event.events : 0;
	return NULL;
}

/* No matter which events they wait for, even none. */
static void removal_wakes_pollers(void)
{
	static const uint32_t events[] = { EPOLLIN, EPOLLIN | EPOLLET, 0, EPOLLPRI, EPOLLOUT };
	struct gen_file s = gen_open(O_RDWR);
	struct blocked waiter[5];
	int i;

	for (i = 0; i < 5; i++) {
		waiter[i] = (struct blocked){ .fd = epoll_with(s.fd, events[i]) };
		REQUIRE(pthread_create(&waiter[i].thread, NULL, hang_up, &waiter[i]) == 0);
		REQUIRE(AWAIT(waiter[i].tid && task_sleeps(getpid(), waiter[i].tid, -1)));
	}
	REQUIRE(gen("remove line=%u", s.line) == 0);
	for (i = 0; i < 5; i++) {
		CHECK(thread_join(waiter[i].thread));
		CHECK_EQ(waiter[i].ret & GONE, GONE);
	}
}

static void epoll_outlives_the_descriptor_through_dup(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int ep = epoll_with(s.fd, EPOLLIN), copy = dup(s.fd);

	close(s.fd);
	CHECK_EQ(line_stats(s.irq).attached, 1);
	fire(&s, 1);
	CHECK_EQ(epoll_events(ep, AWAIT_MS), EPOLLIN);
	CHECK_EQ(irq_read(copy), 1);
	close(copy);
	CHECK_EQ(epoll_events(ep, 0), 0);
	CHECK_EQ(line_stats(s.irq).attached, 0);
	fire(&s, 1);
	CHECK_EQ(gen_status(s.line).unattended, 1);
}

static void epoll_of_epoll(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int outer = epoll_with(epoll_with(s.fd, EPOLLIN), EPOLLIN);
	struct blocked waiter = { .fd = outer };

	REQUIRE(pthread_create(&waiter.thread, NULL, hang_up, &waiter) == 0);
	REQUIRE(AWAIT(waiter.tid && task_sleeps(getpid(), waiter.tid, -1)));
	fire(&s, 1);
	CHECK(thread_join(waiter.thread));
	CHECK_EQ(waiter.ret, EPOLLIN);
	CHECK_EQ(irq_read(s.fd), 1);
}

/*
 * A read has taken the count and waits for its page. A poll finds nothing and sleeps.
 * Then the read fails, because the page is inaccessible, and gives the count back.
 */
static void a_count_that_comes_back_wakes_pollers(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct blocked poller = { .fd = epoll_with(s.fd, EPOLLIN) };
	struct stuck_read reader;

	fire(&s, 1);
	stuck_read_start(&reader, s.fd);
	CHECK_EQ(irq_poll(s.fd, 0), 0);
	REQUIRE(pthread_create(&poller.thread, NULL, hang_up, &poller) == 0);
	REQUIRE(AWAIT(poller.tid && task_sleeps(getpid(), poller.tid, -1)));
	CHECK_EQ(stuck_read_fail(&reader), -EFAULT);
	CHECK(thread_join(poller.thread));
	CHECK_EQ(poller.ret, EPOLLIN);
	CHECK_EQ(irq_read(s.fd), 1);
}

/* Nor does a thread that has blocked meanwhile go on to sleep. */
static void a_count_that_comes_back_wakes_readers(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct stuck_read reader;
	struct blocked b;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 1);
	stuck_read_start(&reader, s.fd);
	blocked_start(&b, s.fd);
	CHECK_EQ(stuck_read_fail(&reader), -EFAULT);
	CHECK_EQ(blocked_join(&b), 1);
	CHECK_EQ(irq_info(s.fd).pending, 0);
}

static const struct tap_test tests[] = {
	TAP_TEST(ready_while_the_count_is_not_zero),
	TAP_TEST(edge_triggered_epoll),
	TAP_TEST(each_reader_is_ready_for_itself),
	TAP_TEST(no_wakeup_lost_read),
	TAP_TEST(no_wakeup_lost_poll),
	TAP_TEST(no_wakeup_lost_select),
	TAP_TEST(no_wakeup_lost_epoll),
	TAP_TEST(no_wakeup_lost_epoll_edge_no_mask),
	TAP_TEST(no_wakeup_lost_in_a_stream_read),
	TAP_TEST(no_wakeup_lost_in_a_stream_poll),
	TAP_TEST(no_wakeup_lost_in_a_stream_epoll),
	TAP_TEST(an_interrupt_before_the_queue),
	TAP_TEST(removal_hangs_up),
	TAP_TEST(removal_wakes_pollers),
	TAP_TEST(epoll_outlives_the_descriptor_through_dup),
	TAP_TEST(epoll_of_epoll),
	TAP_TEST(a_count_that_comes_back_wakes_pollers),
	TAP_TEST(a_count_that_comes_back_wakes_readers),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
