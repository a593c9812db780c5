// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Flow handlers of the module's own: what genirq's do must be done, whatever others do to
 * the line. genirq.ko is such another.
 *
 * rounds=N is how often an interrupt is raised where that happens often.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

#include "edu.h"
#include "guest.h"
#include "machine.h"

#define TRACEFS "/sys/kernel/tracing/"

static long rounds(void)
{
	return tap_setting("rounds", 500);
}

static int genirq(const char *what, unsigned int irq)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/genirq/parameters/%s", what);
	return put_text(path, "%u", irq);
}

/* Whether the line's flow handler is @name. */
static bool handler_is(unsigned int irq, const char *name)
{
	char text[128];

	REQUIRE(genirq("irq", irq) == 0);
	REQUIRE(read_text("/sys/module/genirq/parameters/handler", text, sizeof(text)));
	text[strcspn(text, " \n")] = '\0';
	if (strcmp(text, name))
		tap_diag("irq %u has %s", irq, text);
	return !strcmp(text, name);
}

static int depth(unsigned int irq)
{
	char text[32];

	REQUIRE(genirq("irq", irq) == 0);
	REQUIRE(read_text("/sys/module/genirq/parameters/depth", text, sizeof(text)));
	return atoi(text);
}

static bool has_own_flow(int fd)
{
	return irq_info(fd).state & PROCIRQ_STATE_FLOW;
}

/* An edu device with an MSI, and its interrupt. */
static int edu_msi(const char *device, volatile uint32_t **edu)
{
	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	REQUIRE(pci_irq_kind("msi") == 0);
	pci_unbind(device);
	REQUIRE(pci_bind(device, "procirq-pci") == 0);
	*edu = edu_map(device);
	edu_ack(*edu);
	return pci_irq(device);
}

/* Sum of the line's counts in /proc/interrupts; @rest is set to what follows them. */
static unsigned long long proc_interrupts(unsigned int irq, char rest[128])
{
	FILE *file = fopen("/proc/interrupts", "re");
	unsigned long long sum = 0;
	char line[1024], *at;

	REQUIRE(file);
	*rest = '\0';
	while (fgets(line, sizeof(line), file)) {
		if (strtoul(line, &at, 10) != irq || *at++ != ':')
			continue;
		while (*at == ' ')
			at++;
		while (*at >= '0' && *at <= '9') {
			sum += strtoull(at, &at, 10);
			while (*at == ' ')
				at++;
		}
		snprintf(rest, 128, "%s", at);
	}
	fclose(file);
	return sum;
}

/* The line's number in the row "intr" of /proc/stat; -1 stands for the sum of all lines. */
static unsigned long long proc_stat(int irq)
{
	static char text[65536];
	char *at;
	int i;

	REQUIRE(read_text("/proc/stat", text, sizeof(text)));
	at = strstr(text, "intr ");
	REQUIRE(at);
	for (at += 5, i = -1; i < irq; i++)
		strtoull(at, &at, 10);
	return strtoull(at, NULL, 10);
}

static const char *flow_after(void)
{
	put_text("/sys/module/procirq/parameters/flow", "1");
	put_text(TRACEFS "events/irq/enable", "0");
	module_unload("delay");
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	return guest_after();
}

/* --- where it is used ------------------------------------------------------------------ */

static void installed_and_removed(void)
{
	struct gen_file s = gen_open(O_RDWR);

	CHECK(has_own_flow(s.fd));
	CHECK(handler_is(s.irq, "flow_edge"));
	close(s.fd);
	CHECK(handler_is(s.irq, "handle_edge_irq"));
	REQUIRE(put_text("/sys/module/procirq/parameters/flow", "0") == 0);
	s.fd = irq_open(s.irq, O_RDWR);
	CHECK(!has_own_flow(s.fd));
	CHECK(handler_is(s.irq, "handle_edge_irq"));
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	close(s.fd);
}

static void on_a_level_line(void)
{
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd = irq_open(irq, O_RDWR), i;
	char rest[128];

	REQUIRE(fd >= 0);
	CHECK(has_own_flow(fd));
	CHECK(handler_is(irq, "flow_fasteoi"));
	/* The name that the line has in /proc/interrupts stays. */
	proc_interrupts(irq, rest);
	CHECK(strstr(rest, LEVEL_NAME));
	for (i = 0; i < 100; i++) {
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
		CHECK(irq_masked(fd));
		edu_ack(edu);
		CHECK_EQ(irq_read_now(fd), -EAGAIN);
		CHECK(!irq_masked(fd));
	}
	CHECK_EQ(irq_info(fd).taken, line_stats(irq).taken);
	close(fd);
	CHECK(handler_is(irq, "handle_fasteoi_irq"));
}

/* The device interrupts already when its line is opened, and still when it is opened again. */
static void raised_before_it_is_opened(void)
{
	volatile uint32_t *edu;
	int irq, i, fd;

	if (!LEVELS_ARE_SEEN)
		SKIP("QEMU's IO-APIC looks at a line only when it changes");
	irq = edu_bind(EDU_1, &edu);
	edu_raise(edu);
	for (i = 0; i < 3; i++) {
		fd = irq_open(irq, O_RDWR);
		REQUIRE(fd >= 0);
		CHECK_EQ(irq_poll(fd, 20000), POLLIN);
		CHECK_EQ(irq_read_now(fd), 1);
		close(fd);
	}
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	CHECK_EQ(irq_read_now(fd), -EAGAIN);
	edu_raise(edu);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	close(fd);
}

/* With a descriptor the line may be shared: it is genirq's again, and stays so. */
static void a_line_that_is_shared(void)
{
	volatile uint32_t *edu, *edu2;
	int irq = edu_bind(EDU_1, &edu), other = edu_bind(EDU_2, &edu2);
	struct procirq_descriptor d = edu_descriptor(EDU_1), d2 = edu_descriptor(EDU_2);
	int fd = irq_open(irq, O_RDWR | O_NONBLOCK), fd2, i;

	if (irq != other)
		SKIP("the devices do not share a line");
	REQUIRE(fd >= 0);
	CHECK(has_own_flow(fd));
	CHECK_EQ(set_descriptor(fd, &d), 0);
	CHECK(!has_own_flow(fd));
	CHECK(handler_is(irq, "handle_fasteoi_irq"));
	fd2 = irq_open(irq, O_RDWR | O_NONBLOCK);
	CHECK_EQ(set_descriptor(fd2, &d2), 0);
	for (i = 0; i < 50; i++) {
		edu_raise(i % 2 ? edu : edu2);
		CHECK(AWAIT(irq_read(i % 2 ? fd : fd2) == 1));
		CHECK_EQ(irq_read(i % 2 ? fd2 : fd), -EAGAIN);
	}
	close(fd);
	close(fd2);
	fd = irq_open(irq, O_RDWR);
	CHECK(has_own_flow(fd));
	close(fd);
	CHECK(handler_is(irq, "handle_fasteoi_irq"));
}

/* --- what is counted and seen ---------------------------------------------------------- */

/* The counts that @flow makes of some interrupts. */
struct counts {
	unsigned long long interrupts, stat;
	char rest[128], spurious[256];
};

static struct counts count(const struct gen_file *s, const char *flow)
{
	unsigned long long interrupts, stat;
	struct counts c;
	char path[64];
	int fd, i;

	REQUIRE(put_text("/sys/module/procirq/parameters/flow", "%s", flow) == 0);
	fd = irq_open(s->irq, O_RDWR);
	CHECK_EQ(has_own_flow(fd), *flow == '1');
	interrupts = proc_interrupts(s->irq, c.rest);
	stat = proc_stat(s->irq);
	for (i = 0; i < rounds(); i++) {
		CHECK(gen("fire line=%u count=1 cpu=%d", s->line, i & 1) == 0);
		CHECK_EQ(irq_read(fd), 1);
		irq_read_now(fd);
	}
	c.interrupts = proc_interrupts(s->irq, c.rest) - interrupts;
	c.stat = proc_stat(s->irq) - stat;
	snprintf(path, sizeof(path), "/proc/irq/%u/spurious", s->irq);
	REQUIRE(read_text(path, c.spurious, sizeof(c.spurious)));
	close(fd);
	return c;
}

static void counted_as_genirq_counts(void)
{
	struct gen_file s = gen_open(O_RDWR);
	unsigned long long all;
	struct counts ours, theirs;

	close(s.fd);
	theirs = count(&s, "0");
	all = proc_stat(-1);
	ours = count(&s, "1");
	CHECK(proc_stat(-1) - all >= (unsigned long long)rounds());
	CHECK_EQ(theirs.interrupts, rounds());
	CHECK_EQ(ours.interrupts, rounds());
	CHECK_EQ(ours.stat, rounds());
	CHECK(!strcmp(ours.rest, theirs.rest));
	CHECK(!strcmp(ours.spurious, theirs.spurious));
}

/* How many events of the line @trace has. */
static int events(const char *name, unsigned int irq)
{
	char line[512], wanted[64];
	FILE *file = fopen(TRACEFS "trace", "re");
	int n = 0;

	REQUIRE(file);
	snprintf(wanted, sizeof(wanted), "%s: irq=%u ", name, irq);
	while (fgets(line, sizeof(line), file))
		n += strstr(line, wanted) != NULL;
	fclose(file);
	return n;
}

static void fire_and_read(const struct gen_file *s, int n)
{
	while (n--) {
		fire(s, 1);
		CHECK_EQ(irq_read(s->fd), 1);
		irq_read_now(s->fd);
	}
}

/* The tracepoints may be enabled at any time; each alone, too. */
static void traced(void)
{
	struct gen_file s = gen_open(O_RDWR);

	if (access(TRACEFS "trace", F_OK))
		SKIP("no tracefs");
	REQUIRE(put_text(TRACEFS "trace", " ") == 0);
	fire_and_read(&s, 10);
	CHECK_EQ(events("irq_handler_entry", s.irq), 0);
	REQUIRE(put_text(TRACEFS "events/irq/irq_handler_entry/enable", "1") == 0);
	fire_and_read(&s, 10);
	CHECK_EQ(events("irq_handler_entry", s.irq), 10);
	CHECK_EQ(events("irq_handler_exit", s.irq), 0);
	REQUIRE(put_text(TRACEFS "events/irq/irq_handler_entry/enable", "0") == 0);
	REQUIRE(put_text(TRACEFS "events/irq/irq_handler_exit/enable", "1") == 0);
	fire_and_read(&s, 10);
	CHECK_EQ(events("irq_handler_entry", s.irq), 10);
	CHECK_EQ(events("irq_handler_exit", s.irq), 10);
	REQUIRE(put_text(TRACEFS "events/irq/irq_handler_exit/enable", "0") == 0);
	fire_and_read(&s, 10);
	CHECK_EQ(events("irq_handler_exit", s.irq), 10);
	CHECK(has_own_flow(s.fd));
	close(s.fd);
}

/* The interrupts of a line feed the random number generator, if not each of them. */
static void fed_to_the_random_generator(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int hits;

	if (module_load("delay", "symbol=add_interrupt_randomness comm=flow ms=0"))
		SKIP("no kprobe on add_interrupt_randomness()");
	REQUIRE(put_text("/proc/self/comm", "flow") == 0);
	run_on_cpu(0);
	while ((hits = delay_count("hits")) < 3 && proc_stat(s.irq) < 100000)
		fire_and_read(&s, 64);
	CHECK(hits >= 3);
	close(s.fd);
}

/* --- what others do to the line -------------------------------------------------------- */

/* An interrupt that comes while another disables the line is pending, and is not lost. */
static void disabled_by_another(void)
{
	volatile uint32_t *edu;
	int irq = edu_msi(EDU_1, &edu), fd = irq_open(irq, O_RDWR), i;
	unsigned long long taken;

	REQUIRE(fd >= 0);
	REQUIRE(irq_flags(fd, PROCIRQ_FLAG_NO_MASK) == 0);
	CHECK(has_own_flow(fd));
	for (i = 0; i < 20; i++) {
		taken = irq_info(fd).taken;
		REQUIRE(genirq("disable", irq) == 0);
		edu_raise(edu);
		edu_ack(edu);
		sleep_ms(2);
		CHECK_EQ(irq_info(fd).taken, taken);
		CHECK_EQ(irq_read_now(fd), -EAGAIN);
		REQUIRE(genirq("enable", irq) == 0);
		CHECK_EQ(irq_read(fd), 1);
		CHECK_EQ(irq_info(fd).taken, taken + 1);
		CHECK_EQ(depth(irq), 0);
	}
	close(fd);
}

/* An MSI is masked lazily: the next one comes, is pending, and masks. */
static void masked_lazily(void)
{
	volatile uint32_t *edu;
	int irq = edu_msi(EDU_1, &edu), fd = irq_open(irq, O_RDWR), i;

	REQUIRE(fd >= 0);
	CHECK(has_own_flow(fd));
	for (i = 0; i < 50; i++) {
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
		CHECK(irq_masked(fd));
		CHECK_EQ(depth(irq), 1);
		edu_raise(edu);
		edu_ack(edu);
		sleep_ms(1);
		CHECK_EQ(irq_info(fd).taken, 2 * i + 1);
		/* Finds nothing, unmasks, and the pending interrupt comes. */
		CHECK_EQ(irq_read(fd), 1);
		CHECK_EQ(irq_info(fd).taken, 2 * i + 2);
		CHECK_EQ(irq_read_now(fd), -EAGAIN);
		CHECK_EQ(depth(irq), 0);
	}
	close(fd);
}

static void moved_between_cpus(void)
{
	volatile uint32_t *edu;
	int irq = edu_msi(EDU_1, &edu), fd = irq_open(irq, O_RDWR), i;
	char path[64];

	REQUIRE(fd >= 0);
	REQUIRE(irq_flags(fd, PROCIRQ_FLAG_NO_MASK) == 0);
	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity", irq);
	for (i = 0; i < rounds(); i++) {
		REQUIRE(put_text(path, "%x", 1 + (i & 1)) == 0);
		edu_raise(edu);
		if (i % 3 == 0)
			put_text(path, "%x", 2 - (i & 1));
		CHECK_EQ(irq_read(fd), 1);
		edu_ack(edu);
	}
	CHECK_EQ(irq_info(fd).taken, rounds());
	CHECK(has_own_flow(fd));
	close(fd);
}

static void its_cpu_goes_offline(void)
{
	const char *online = "/sys/devices/system/cpu/cpu1/online";
	volatile uint32_t *edu;
	int irq = edu_msi(EDU_1, &edu), fd = irq_open(irq, O_RDWR), i;
	char path[64];

	if (access(online, F_OK))
		SKIP("no second CPU");
	REQUIRE(fd >= 0);
	REQUIRE(irq_flags(fd, PROCIRQ_FLAG_NO_MASK) == 0);
	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity", irq);
	for (i = 0; i < 5; i++) {
		REQUIRE(put_text(path, "2") == 0);
		edu_raise(edu);
		REQUIRE(put_text(online, "0") == 0);
		CHECK_EQ(irq_read(fd), 1);
		edu_ack(edu);
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
		edu_ack(edu);
		REQUIRE(put_text(online, "1") == 0);
	}
	CHECK_EQ(irq_info(fd).taken, 10);
	close(fd);
}

/* --- suspend --------------------------------------------------------------------------- */

/*
 * Suspends to idle, up to where interrupts are disabled, for some seconds, and resumes. The
 * kernel counts the seconds in loops, which an emulated CPU may run too fast.
 */
static void suspend(int seconds)
{
	if (put_text("/sys/power/pm_test", "platform") ||
	    put_text("/sys/module/suspend/parameters/pm_test_delay", "%d", seconds))
		SKIP("no pm_test");
	CHECK(put_text("/sys/power/state", "freeze") == 0);
	put_text("/sys/power/pm_test", "none");
}

static void suspended(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	unsigned long long taken;
	struct gen_status status;
	int seconds = 1;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(gen("start line=%u period_ns=2000000 cpu=0", s.line) == 0);
	do
		suspend(seconds);
	while (!gen_status(s.line).coalesced && (seconds *= 4) < 100);
	taken = irq_info(s.fd).taken;
	CHECK(AWAIT(irq_info(s.fd).taken > taken));
	REQUIRE(gen("stop line=%u", s.line) == 0);
	status = gen_status(s.line);
	/* The interrupts of that time are one when it ends. */
	CHECK(status.coalesced > 0);
	CHECK_EQ(irq_info(s.fd).taken, status.dispatched);
	CHECK_EQ(depth(s.irq), 0);
	CHECK(has_own_flow(s.fd));
	close(s.fd);
}

/* A line that is to wake the system is not handled while it sleeps: it wakes it. */
static void armed_to_wake(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	char text[32] = "";
	int seconds = 1;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(genirq("wake", s.irq) == 0);
	REQUIRE(gen("start line=%u period_ns=2000000 cpu=0", s.line) == 0);
	do
		suspend(seconds);
	while (!read_text("/sys/power/pm_wakeup_irq", text, sizeof(text)) && (seconds *= 4) < 100);
	REQUIRE(gen("stop line=%u", s.line) == 0);
	CHECK_EQ(atoi(text), s.irq);
	REQUIRE(genirq("no_wake", s.irq) == 0);
	CHECK_EQ(irq_info(s.fd).taken, gen_status(s.line).dispatched);
	CHECK_EQ(depth(s.irq), 0);
	close(s.fd);
}

/* --- who has to wait ------------------------------------------------------------------- */

/*
 * Forks the process that delay.ko holds up for two seconds, on CPU 1. It keeps that CPU,
 * where no interrupt comes meanwhile. So it has an address space of its own: to flush the
 * TLB of ours would take as long. Returns 0 in the child.
 */
static pid_t fork_victim(void)
{
	pid_t pid;

	run_on_cpu(0);
	pid = fork();
	if (!pid) {
		run_on_cpu(1);
		prctl(PR_SET_NAME, "victim");
	}
	return pid;
}

static void hold_at(const char *symbol)
{
	char arguments[128];

	snprintf(arguments, sizeof(arguments), "symbol=%s comm=victim ms=2000", symbol);
	if (module_load("delay", arguments))
		SKIP("no kprobe on %s()", symbol);
}

static void victim_end(pid_t pid)
{
	kill(pid, SIGKILL);
	CHECK(AWAIT(waitpid(pid, NULL, WNOHANG) == pid));
}

/* Whether the victim is held up now. */
static bool is_held(void)
{
	int ended = delay_count("ended");

	return delay_count("hits") > ended;
}

/* Raises interrupts on CPU 1 until the handler of one is held up at @symbol. */
static pid_t hold_handler(const struct gen_file *s, const char *symbol)
{
	pid_t pid;

	hold_at(symbol);
	pid = fork_victim();
	/* The caller's close() is to be the last one. */
	if (!pid)
		close(s->fd);
	while (!pid)
		;
	CHECK(gen("start line=%u period_ns=20000000 cpu=1", s->line) == 0);
	REQUIRE(AWAIT(is_held()));
	return pid;
}

/* synchronize_irq() returns when the handler does. */
static void synchronizing_waits(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	struct procirq_eventfd event = { .fd = eventfd(0, EFD_CLOEXEC) };
	int other = irq_open(s.irq, O_RDWR);
	pid_t pid;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(irq_flags(other, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(ioctl(s.fd, PROCIRQ_IOC_SET_EVENTFD, &event) == 0);
	CHECK(has_own_flow(s.fd));
	/* With two readers, the handler calls this function with the lock held. */
	pid = hold_handler(&s, "procirq_action_signal_eventfds");
	CHECK(genirq("synchronize", s.irq) == 0);
	CHECK(delay_count("ended") > 0);
	victim_end(pid);
	CHECK(gen("stop line=%u", s.line) == 0);
	close(event.fd);
	close(other);
	close(s.fd);
}

/* The handler wakes pollers after it has dropped the lock: close() waits for that, too. */
static void closing_waits(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };
	pid_t pid;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(epoll_ctl(ep, EPOLL_CTL_ADD, s.fd, &event) == 0);
	pid = hold_handler(&s, "procirq_action_finish");
	close(s.fd);
	CHECK(delay_count("ended") > 0);
	victim_end(pid);
	CHECK(gen("stop line=%u", s.line) == 0);
	close(ep);
}

/* It signals an eventfd after that, too: who takes the eventfd away waits. */
static void replacing_an_eventfd_waits(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	struct procirq_eventfd event = { .fd = eventfd(0, EFD_CLOEXEC) };
	pid_t pid;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(ioctl(s.fd, PROCIRQ_IOC_SET_EVENTFD, &event) == 0);
	pid = hold_handler(&s, "procirq_action_finish");
	close(event.fd);
	event.fd = -1;
	CHECK(ioctl(s.fd, PROCIRQ_IOC_SET_EVENTFD, &event) == 0);
	CHECK(delay_count("ended") > 0);
	victim_end(pid);
	CHECK(gen("stop line=%u", s.line) == 0);
	close(s.fd);
}

/* enable_irq() is called after the lock is dropped: the line must not be freed before. */
static void unmasking_meets_removal(void)
{
	struct gen_file s = gen_open(O_RDWR);
	bool held = false;
	pid_t pid;
	int i;

	hold_at("enable_irq");
	/* The kernel may keep us waiting for that CPU, until it is too late. */
	for (i = 0; i < 10 && !held; i++) {
		fire(&s, 1);
		CHECK_EQ(irq_read(s.fd), 1);
		CHECK(irq_masked(s.fd));
		pid = fork_victim();
		if (!pid)
			_exit(irq_enable(s.fd, 1) != 0);
		REQUIRE(AWAIT(delay_count("hits") > i));
		held = is_held();
		if (!held)
			victim_end(pid);
	}
	REQUIRE(held);
	CHECK(gen("remove line=%u", s.line) == 0);
	CHECK_EQ(delay_count("ended"), delay_count("hits"));
	victim_end(pid);
	CHECK_EQ(irq_read(s.fd), -ENODEV);
	close(s.fd);
}

static const struct tap_test tests[] = {
	TAP_TEST(installed_and_removed),
	TAP_TEST(on_a_level_line),
	TAP_TEST(raised_before_it_is_opened),
	TAP_TEST(a_line_that_is_shared),
	TAP_TEST(counted_as_genirq_counts),
	TAP_TEST(traced),
	TAP_TEST(fed_to_the_random_generator),
	TAP_TEST(disabled_by_another),
	TAP_TEST(masked_lazily),
	TAP_TEST(moved_between_cpus),
	TAP_TEST(its_cpu_goes_offline),
	TAP_SLOW(suspended, 200),
	TAP_SLOW(armed_to_wake, 200),
	TAP_TEST(synchronizing_waits),
	TAP_TEST(closing_waits),
	TAP_TEST(replacing_an_eventfd_waits),
	TAP_SLOW(unmasking_meets_removal, 100),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = flow_after;
	if (module_load("genirq", ""))
		puts("# genirq.ko cannot be loaded");
	return TAP_MAIN(tests);
}
