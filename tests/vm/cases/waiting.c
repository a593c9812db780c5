// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads and polls that busy-wait before they sleep, and reads with a time limit. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>

#include "edu.h"
#include "guest.h"
#include "libprocirq/procirq.h"

static int set_spin(int fd, unsigned long long max_ns)
{
	struct procirq_spin spin = { .max_ns = max_ns };

	return ioctl(fd, PROCIRQ_IOC_SET_SPIN, &spin) ? -errno : 0;
}

static struct procirq_spin get_spin(int fd)
{
	struct procirq_spin spin;

	memset(&spin, 0xee, sizeof(spin));
	REQUIRE(ioctl(fd, PROCIRQ_IOC_GET_SPIN, &spin) == 0);
	return spin;
}

/* Returns the count, 0 when the time has passed, or -errno. @device may be NULL. */
static int timed_read(int fd, uint64_t timeout_ns, unsigned int flags, unsigned int *device)
{
	struct procirq_read arg = { .timeout_ns = timeout_ns, .flags = flags };

	if (ioctl(fd, PROCIRQ_IOC_READ, &arg))
		return -errno;
	if (device)
		*device = arg.device;
	return (int)arg.event.count;
}

/* --- busy-waiting ---------------------------------------------------------------------- */

/* A line whose interrupts come each ms on CPU 1, for a thread on CPU 0. */
static struct gen_file periodic_line(void)
{
	struct gen_file s = gen_open(O_RDWR);

	run_on_cpu(0);
	REQUIRE(set_spin(s.fd, PROCIRQ_SPIN_MAX_NS) == 0);
	REQUIRE(gen("start line=%u period_ns=1000000 cpu=1", s.line) == 0);
	return s;
}

/* Gets a window, by reads; then nothing comes any more, and nothing is pending. */
static struct gen_file quiet_line_with_window(void)
{
	struct gen_file s = periodic_line();

	while (!get_spin(s.fd).window_ns)
		REQUIRE(irq_read(s.fd) > 0);
	REQUIRE(gen("stop line=%u", s.line) == 0);
	REQUIRE(AWAIT(irq_read_now(s.fd) == -EAGAIN && !gen_status(s.line).pending &&
		      irq_info(s.fd).taken == gen_status(s.line).dispatched &&
		      irq_read_now(s.fd) == -EAGAIN));
	return s;
}

static void off_by_default(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct blocked b;

	CHECK_EQ(get_spin(s.fd).max_ns, 0);
	blocked_start(&b, s.fd);
	fire(&s, 1);
	CHECK_EQ(blocked_join(&b), 1);
	CHECK_EQ(get_spin(s.fd).spins, 0);
	close(s.fd);

	REQUIRE(put_text("/sys/module/procirq/parameters/spin_ns", "5000") == 0);
	s.fd = irq_open(s.irq, O_RDWR);
	REQUIRE(put_text("/sys/module/procirq/parameters/spin_ns", "0") == 0);
	CHECK_EQ(get_spin(s.fd).max_ns, 5000);
	close(s.fd);
}

static void wrong_arguments(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_spin spin = { .caught = 1 };
	int fd = irq_open(s.irq, O_RDONLY);

	CHECK_EQ(set_spin(s.fd, PROCIRQ_SPIN_MAX_NS), 0);
	CHECK_EQ(set_spin(s.fd, PROCIRQ_SPIN_MAX_NS + 1), -EINVAL);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_SPIN, &spin), EINVAL);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_SPIN, NULL), EFAULT);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_GET_SPIN, NULL), EFAULT);
	CHECK_EQ(set_spin(fd, 1000), -EBADF);
	CHECK_EQ(get_spin(fd).max_ns, 0);
	CHECK_EQ(get_spin(s.fd).max_ns, PROCIRQ_SPIN_MAX_NS);
	close(fd);
	close(s.fd);
}

/*
 * Interrupts that come sooner than the limit are caught, and each is counted once. @take
 * waits, and returns how many came.
 */
static void catches(int (*take)(int fd))
{
	struct gen_file s = periodic_line();
	struct procirq_spin spin = { 0 };
	unsigned long long seen = 0;
	int n;

	while (spin.caught < 20) {
		n = take(s.fd);
		REQUIRE(n > 0);
		seen += n;
		spin = get_spin(s.fd);
		CHECK(spin.window_ns <= spin.max_ns);
	}
	REQUIRE(gen("stop line=%u", s.line) == 0);
	/* A read that finds nothing unmasks the line, and one more may come. */
	CHECK(AWAIT((n = irq_read_now(s.fd)) > 0 ? (seen += n, false) :
						   seen == irq_info(s.fd).taken));
	CHECK(spin.spins >= spin.caught);
	CHECK(spin.spun_ns > 0);
	close(s.fd);
}

static void interrupts_are_caught(void)
{
	catches(irq_read);
}

/* If interrupts come later than the limit, reads stop to busy-wait. */
static void rare_interrupts_cost_nothing(void)
{
	struct gen_file s = periodic_line();
	unsigned long long spins;
	int i;

	while (!get_spin(s.fd).window_ns)
		REQUIRE(irq_read(s.fd) > 0);
	REQUIRE(gen("stop line=%u", s.line) == 0);
	/* Far above this limit, also on a slow machine: an interrupt after 100 ms. */
	REQUIRE(set_spin(s.fd, 1000000) == 0);
	REQUIRE(gen("start line=%u period_ns=100000000 cpu=1", s.line) == 0);
	for (i = 0; get_spin(s.fd).window_ns && i < 40; i++)
		REQUIRE(irq_read(s.fd) > 0);
	CHECK_EQ(get_spin(s.fd).window_ns, 0);
	spins = get_spin(s.fd).spins;
	CHECK(irq_read(s.fd) > 0);
	CHECK_EQ(get_spin(s.fd).spins, spins);
	REQUIRE(gen("stop line=%u", s.line) == 0);
	close(s.fd);
}

/* A read that has a limit does not busy-wait beyond it. */
static void busy_waiting_ends_in_time(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_spin before, after;
	const int reads = 100;
	int i;

	run_on_cpu(0);
	REQUIRE(set_spin(s.fd, PROCIRQ_SPIN_MAX_NS) == 0);
	REQUIRE(gen("start line=%u period_ns=4000000 cpu=1", s.line) == 0);
	while (get_spin(s.fd).window_ns < 1000000)
		REQUIRE(irq_read(s.fd) > 0);
	REQUIRE(gen("stop line=%u", s.line) == 0);
	/* A read that finds nothing unmasks the line, and one more may come. */
	REQUIRE(AWAIT(irq_read_now(s.fd) == -EAGAIN && !gen_status(s.line).pending &&
		      irq_info(s.fd).taken == gen_status(s.line).dispatched &&
		      irq_read_now(s.fd) == -EAGAIN));
	before = get_spin(s.fd);
	for (i = 0; i < reads; i++)
		CHECK_EQ(timed_read(s.fd, 1000, 0, NULL), 0);
	after = get_spin(s.fd);
	/* Less than half of what whole windows take; they would be a thousand times the limit. */
	CHECK(after.spun_ns - before.spun_ns < reads * before.window_ns / 2);
	close(s.fd);
}

/* A reader that busy-waits is woken by what wakes a reader that sleeps. */
static void the_line_goes_meanwhile(void)
{
	struct gen_file s = quiet_line_with_window();
	struct blocked b;

	blocked_start(&b, s.fd);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK_EQ(blocked_join(&b), -ENODEV);
	close(s.fd);
}

/* --- busy-waiting in poll() ------------------------------------------------------------ */

/* Polls, by poll() or ppoll(), and reads. Returns what the read returned. */
static int poll_and_read(int fd, bool timespec)
{
	const struct timespec minute = { .tv_sec = 60 };
	struct pollfd p = { .fd = fd, .events = POLLIN };

	REQUIRE((timespec ? ppoll(&p, 1, &minute, NULL) : poll(&p, 1, -1)) == 1);
	CHECK_EQ(p.revents, POLLIN);
	return irq_read_now(fd);
}

static int poll_and_take(int fd)
{
	return poll_and_read(fd, false);
}

static int ppoll_and_take(int fd)
{
	return poll_and_read(fd, true);
}

static void polls_catch_interrupts(void)
{
	catches(poll_and_take);
}

static void ppolls_catch_interrupts(void)
{
	catches(ppoll_and_take);
}

/* If it busy-waited, another file would have to wait to be asked. */
static void polls_of_several_files_do_not(void)
{
	struct gen_file s = quiet_line_with_window();
	struct timeval tv = { .tv_usec = 1000 };
	struct pollfd p[2] = { { .fd = s.fd, .events = POLLIN }, { .fd = -1 } };
	struct epoll_event e = { .events = EPOLLIN };
	unsigned long long spins = get_spin(s.fd).spins;
	int epfd = epoll_create1(0);
	fd_set set;

	CHECK_EQ(poll(p, 2, 1), 0);
	CHECK_EQ(poll(p, 1, 0), 0);
	REQUIRE(epoll_ctl(epfd, EPOLL_CTL_ADD, s.fd, &e) == 0);
	CHECK_EQ(epoll_wait(epfd, &e, 1, 1), 0);
	close(epfd);
	FD_ZERO(&set);
	FD_SET(s.fd, &set);
	CHECK_EQ(select(s.fd + 1, &set, NULL, NULL, &tv), 0);
	CHECK_EQ(get_spin(s.fd).spins, spins);
	CHECK_EQ(poll(p, 1, 1), 0);
	CHECK_EQ(get_spin(s.fd).spins, spins + 1);
	close(s.fd);
}

/* Whose time runs out again and again, busy-waits for nothing. */
static void time_outs_end_it(void)
{
	struct gen_file s = quiet_line_with_window();
	struct pollfd p = { .fd = s.fd, .events = POLLIN };
	int i;

	for (i = 0; get_spin(s.fd).window_ns && i < 40; i++)
		CHECK_EQ(poll(&p, 1, 1), 0);
	CHECK_EQ(get_spin(s.fd).window_ns, 0);
	close(s.fd);

	s = quiet_line_with_window();
	for (i = 0; get_spin(s.fd).window_ns && i < 40; i++)
		CHECK_EQ(timed_read(s.fd, 1000000, 0, NULL), 0);
	CHECK_EQ(get_spin(s.fd).window_ns, 0);
	close(s.fd);
}

static void *poll_forever(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };

	return (void *)(intptr_t)(poll(&p, 1, -1) == 1 ? p.revents : -1);
}

static void the_line_goes_during_a_poll(void)
{
	struct gen_file s = quiet_line_with_window();
	unsigned long long spins = get_spin(s.fd).spins;
	pthread_t thread;
	void *revents;

	REQUIRE(pthread_create(&thread, NULL, poll_forever, &s.fd) == 0);
	REQUIRE(AWAIT(get_spin(s.fd).spins > spins));
	REQUIRE(gen("remove line=%u", s.line) == 0);
	REQUIRE(pthread_join(thread, &revents) == 0);
	CHECK((intptr_t)revents > 0 && (intptr_t)revents & POLLHUP);
	close(s.fd);
}

/* --- busy-waiting in the program --------------------------------------------------------- */

/* The library's handle of the line, in place of the file. */
static struct procirq *hybrid_line(const struct gen_file *s, unsigned long long max_ns)
{
	struct procirq *line = procirq_open(s->irq, 0);

	REQUIRE(line && procirq_set_hybrid(line, max_ns) == 0);
	close(s->fd);
	return line;
}

static struct procirq_hybrid get_hybrid(struct procirq *line)
{
	struct procirq_hybrid hybrid;

	memset(&hybrid, 0xee, sizeof(hybrid));
	REQUIRE(procirq_get_hybrid(line, &hybrid) == 0);
	return hybrid;
}

static void the_ring_is_watched(unsigned long long max_ns, unsigned long long until_caught)
{
	struct gen_file s = periodic_line();
	struct procirq *line = hybrid_line(&s, max_ns);
	struct procirq_hybrid hybrid = { 0 };
	struct procirq_info info;
	unsigned long long i;

	for (i = 0; i < 50 || hybrid.caught < until_caught; i++) {
		REQUIRE(procirq_wait(line, 10000) == 1);
		REQUIRE(procirq_read(line) > 0);
		hybrid = get_hybrid(line);
		CHECK(hybrid.window_ns <= hybrid.max_ns);
	}
	CHECK(hybrid.blocks > 0);
	CHECK(hybrid.block_ns > 0);
	CHECK(hybrid.spins >= hybrid.caught);
	CHECK(!hybrid.spins == !hybrid.spun_ns);
	CHECK_EQ(hybrid.max_ns, max_ns == PROCIRQ_HYBRID_AUTO ? hybrid.block_ns : max_ns);
	REQUIRE(gen("stop line=%u", s.line) == 0);
	REQUIRE(procirq_get_info(line, &info) == 0);
	CHECK_EQ(info.delivered, i);
	procirq_close(line);
}

static void waits_watch_the_ring(void)
{
	the_ring_is_watched(PROCIRQ_SPIN_MAX_NS, 20);
}

/* How many it catches depends on the machine. */
static void waits_watch_as_long_as_a_block_costs(void)
{
	the_ring_is_watched(PROCIRQ_HYBRID_AUTO, 0);
}

/* Off, it makes plain calls; and a time limit holds, whatever the window is. */
static void waits_time_out(void)
{
	struct gen_file s = periodic_line();
	struct procirq *line = hybrid_line(&s, PROCIRQ_SPIN_MAX_NS);
	unsigned long long spins;
	long long start;
	int i;

	while (!get_hybrid(line).window_ns) {
		REQUIRE(procirq_wait(line, 10000) == 1);
		REQUIRE(procirq_read(line) > 0);
	}
	REQUIRE(gen("stop line=%u", s.line) == 0);
	while (procirq_wait(line, 20) == 1)
		REQUIRE(procirq_read(line) > 0);
	spins = get_hybrid(line).spins;
	CHECK_EQ(procirq_wait(line, 0), 0);
	CHECK_EQ(get_hybrid(line).spins, spins);
	start = now_ns();
	CHECK_EQ(procirq_wait(line, 20), 0);
	CHECK(now_ns() - start >= 20000000);
	for (i = 0; get_hybrid(line).window_ns && i < 40; i++)
		CHECK_EQ(procirq_wait(line, 1), 0);
	CHECK_EQ(get_hybrid(line).window_ns, 0);
	REQUIRE(procirq_set_hybrid(line, 0) == 0);
	CHECK_EQ(get_hybrid(line).max_ns, 0);
	fire(&s, 1);
	CHECK_EQ(procirq_wait(line, -1), 1);
	procirq_close(line);
}

static void waits_see_the_line_go(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq *line = hybrid_line(&s, PROCIRQ_HYBRID_AUTO);

	REQUIRE(gen("remove line=%u", s.line) == 0);
	/* A read does not block: it says so. */
	CHECK_EQ(procirq_wait(line, -1), 1);
	CHECK_ERR(procirq_read(line), ENODEV);
	CHECK_EQ(get_hybrid(line).blocks, 0);
	procirq_close(line);
	close(s.fd);
}

/* --- with a time limit ----------------------------------------------------------------- */

static void the_time_passes(void)
{
	struct gen_file s = gen_open(O_RDWR);
	unsigned int device = 7;
	long long start = now_ns();

	CHECK_EQ(timed_read(s.fd, 0, 0, NULL), 0);
	CHECK_EQ(timed_read(s.fd, 20000000, PROCIRQ_READ_CHECK, &device), 0);
	CHECK(now_ns() - start >= 20000000);
	/* There is no descriptor to ask by. */
	CHECK_EQ(device, PROCIRQ_DEVICE_UNKNOWN);
	fire(&s, 1);
	CHECK_EQ(timed_read(s.fd, 0, 0, NULL), 1);
	CHECK(irq_masked(s.fd));
	/* It has found nothing, and so has unmasked the line. */
	CHECK_EQ(timed_read(s.fd, 1000000, 0, NULL), 0);
	CHECK(!irq_masked(s.fd));
	close(s.fd);
}

static void an_interrupt_comes_in_time(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	struct procirq_read arg = { .timeout_ns = ~0ULL };

	REQUIRE(gen("start line=%u delay_ns=20000000 period_ns=1000000 count=1 cpu=1", s.line) ==
		0);
	REQUIRE(ioctl(s.fd, PROCIRQ_IOC_READ, &arg) == 0);
	CHECK_EQ(arg.event.count, 1);
	CHECK_EQ(arg.event.seq, 1);
	CHECK(arg.event.first_ns && arg.event.first_ns == arg.event.last_ns);
	gen_wait(s.line);
	CHECK_EQ(irq_info(s.fd).delivered, 1);
	close(s.fd);
}

static void unmasking_first(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int fd = irq_open(s.irq, O_RDONLY);

	close(fd);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_EXPLICIT_UNMASK) == 0);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(timed_read(s.fd, 0, 0, NULL), 0);
	CHECK(irq_masked(s.fd));
	CHECK_EQ(timed_read(s.fd, 0, PROCIRQ_READ_UNMASK, NULL), 0);
	CHECK(!irq_masked(s.fd));
	fd = irq_open(s.irq, O_RDONLY);
	CHECK_EQ(timed_read(fd, 0, PROCIRQ_READ_UNMASK, NULL), -EBADF);
	CHECK_EQ(timed_read(fd, 0, 0, NULL), 0);
	close(fd);
	close(s.fd);
}

static void wrong_limits(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_read arg = { .flags = PROCIRQ_READ_ALL + 1 };

	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_READ, &arg), EINVAL);
	arg = (struct procirq_read){ .device = 1 };
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_READ, &arg), EINVAL);
	arg = (struct procirq_read){ .event = { .lost = 1 } };
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_READ, &arg), EINVAL);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_READ, NULL), EFAULT);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK_EQ(timed_read(s.fd, ~0ULL, 0, NULL), -ENODEV);
	close(s.fd);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void a_signal_ends_it(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	CHECK_EQ(timed_read(s.fd, ~0ULL, 0, NULL), -EINTR);
	fire(&s, 1);
	CHECK_EQ(timed_read(s.fd, ~0ULL, 0, NULL), 1);
	close(s.fd);
}

/* Memory that cannot be written loses no interrupt. */
static void no_room_for_the_answer(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_read *arg =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(arg != MAP_FAILED);
	fire(&s, 1);
	REQUIRE(mprotect(arg, 4096, PROT_READ) == 0);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_READ, arg), EFAULT);
	CHECK_EQ(irq_read(s.fd), 1);
	close(s.fd);
}

/* The device asserts its interrupt, and the line is disabled by somebody else. */
static void a_line_that_is_stuck(void)
{
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu);
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	struct procirq *line = procirq_open(irq, 0);
	char path[] = "/sys/module/genirq/parameters/disable", words[PROCIRQ_EXPLAIN_BYTES];
	struct procirq_event event;
	unsigned int device = 7;

	REQUIRE(line && procirq_set_descriptor(line, &d) == 0);
	CHECK_EQ(timed_read(procirq_fd(line), 1000000, PROCIRQ_READ_CHECK, &device), 0);
	CHECK_EQ(device, PROCIRQ_DEVICE_QUIET);
	CHECK_EQ(procirq_read_timeout(line, &event, 1), 0);
	REQUIRE(put_text(path, "%d", irq) == 0);
	edu_raise(edu);
	CHECK_EQ(timed_read(procirq_fd(line), 1000000, PROCIRQ_READ_CHECK, &device), 0);
	CHECK_EQ(device, PROCIRQ_DEVICE_WAITING);
	CHECK_EQ(timed_read(procirq_fd(line), 1000000, 0, &device), 0);
	CHECK_EQ(device, PROCIRQ_DEVICE_UNKNOWN);
	CHECK_ERR(procirq_read_timeout(line, &event, 1), EREMOTEIO);
	procirq_explain(irq, EREMOTEIO, words, sizeof(words));
	CHECK(strstr(words, "line is stuck: the device asserts its interrupt"));
	REQUIRE(put_text("/sys/module/genirq/parameters/enable", "%d", irq) == 0);
	/* The check has not acknowledged the interrupt: it comes. */
	CHECK_EQ(procirq_read_timeout(line, &event, 20000), 1);
	CHECK_EQ(event.count, 1);
	procirq_close(line);
}

static void the_ready_made_descriptor_tells(void)
{
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd = irq_open(irq, O_RDWR);
	struct procirq_descriptor d = intx_descriptor(EDU_1);
	unsigned int device = 7;

	CHECK_EQ(set_descriptor(fd, &d), 0);
	CHECK_EQ(timed_read(fd, 0, PROCIRQ_READ_CHECK, &device), 0);
	CHECK_EQ(device, PROCIRQ_DEVICE_QUIET);
	REQUIRE(put_text("/sys/module/genirq/parameters/disable", "%d", irq) == 0);
	edu_raise(edu);
	CHECK_EQ(timed_read(fd, 0, PROCIRQ_READ_CHECK, &device), 0);
	CHECK_EQ(device, PROCIRQ_DEVICE_WAITING);
	REQUIRE(put_text("/sys/module/genirq/parameters/enable", "%d", irq) == 0);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	close(fd);
}

static const char *waiting_after(void)
{
	pci_unbind(EDU_1);
	return guest_after();
}

static const struct tap_test tests[] = {
	TAP_TEST(off_by_default),
	TAP_TEST(wrong_arguments),
	TAP_TEST(interrupts_are_caught),
	TAP_TEST(rare_interrupts_cost_nothing),
	TAP_TEST(busy_waiting_ends_in_time),
	TAP_TEST(the_line_goes_meanwhile),
	TAP_TEST(polls_catch_interrupts),
	TAP_TEST(ppolls_catch_interrupts),
	TAP_TEST(polls_of_several_files_do_not),
	TAP_TEST(time_outs_end_it),
	TAP_TEST(the_line_goes_during_a_poll),
	TAP_TEST(waits_watch_the_ring),
	TAP_TEST(waits_watch_as_long_as_a_block_costs),
	TAP_TEST(waits_time_out),
	TAP_TEST(waits_see_the_line_go),
	TAP_TEST(the_time_passes),
	TAP_TEST(an_interrupt_comes_in_time),
	TAP_TEST(unmasking_first),
	TAP_TEST(wrong_limits),
	TAP_TEST(a_signal_ends_it),
	TAP_TEST(no_room_for_the_answer),
	TAP_TEST(a_line_that_is_stuck),
	TAP_TEST(the_ready_made_descriptor_tells),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = waiting_after;
	if (module_load("genirq", "") && errno != EEXIST)
		puts("# genirq.ko cannot be loaded");
	return TAP_MAIN(tests);
}
