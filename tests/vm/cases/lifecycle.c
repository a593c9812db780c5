// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines, drivers, devices and the module come and go while files are open.
 *
 * rounds=N is how often the tests of races repeat them.
 */
#include <sys/epoll.h>

#include "guest.h"
#include "machine.h"
#include "stuckread.h"

static long rounds(void)
{
	return tap_setting("rounds", 100);
}

static bool irq_exists(unsigned int irq)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/irq/%u", irq);
	return access(path, F_OK) == 0;
}

static bool irq_file_exists(unsigned int irq)
{
	return access(irq_path(irq), F_OK) == 0;
}

static bool unload(const char *name)
{
	int ret;

	/* It may be in use for a moment: a read of its accounting, for example. */
	return AWAIT((ret = module_unload(name)) == 0 || (errno != EAGAIN && errno != EBUSY)) &&
	       ret == 0;
}

/* After every test: procirq is loaded and no device has a driver. */
static const char *lifecycle_after(void)
{
	char text[16];
	const char *why;

	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	module_unload("delay");
	module_unload("vectors");
	read_text("/sys/module/procirq/parameters/watch", text, sizeof(text));
	if (!module_loaded("procirq"))
		module_load("procirq", "");
	else if (text[0] == 'N')
		procirq_reload("");
	if (!module_loaded("irqgen"))
		module_load("irqgen", "lines=0");
	why = guest_after();
	if (!module_loaded("procirq") || !module_loaded("irqgen"))
		return "the modules cannot be loaded again";
	return why;
}

/* --- lines ---------------------------------------------------------------------------- */

static void the_file_comes_and_goes_with_its_directory(void)
{
	struct gen_status s;
	int i, irq;

	for (i = 0; i < 200; i++) {
		REQUIRE(gen("add") == 0);
		s = gen_status(0);
		CHECK(irq_file_exists(s.irq));
		REQUIRE(gen("remove line=0") == 0);
		CHECK(!irq_exists(s.irq));
	}
	for (irq = 0; irq < 1024; irq++)
		CHECK_EQ(irq_file_exists(irq), irq_exists(irq) && !irq_is_per_cpu(irq));
}

static void *wait_for_hangup(void *arg)
{
	struct blocked *b = arg;
	struct pollfd p = { .fd = b->fd, .events = POLLIN };

	b->tid = syscall(SYS_gettid);
	b->ret = poll(&p, 1, AWAIT_MS) == 1 ? p.revents : -1;
	b->done = true;
	return NULL;
}

static void removal_under_readers_and_pollers(void)
{
	unsigned int line, irq;
	struct blocked readers[10], pollers[10];
	int i, round;

	for (round = 0; round < 5; round++) {
		line = gen_add();
		irq = gen_status(line).irq;
		for (i = 0; i < 10; i++) {
			blocked_start(&readers[i], irq_open(irq, O_RDWR));
			pollers[i] = (struct blocked){ .fd = irq_open(irq, O_RDWR) };
			REQUIRE(pthread_create(&pollers[i].thread, NULL, wait_for_hangup,
					       &pollers[i]) == 0);
			REQUIRE(AWAIT(pollers[i].tid && task_sleeps(getpid(), pollers[i].tid, -1)));
		}
		REQUIRE(gen("remove line=%u", line) == 0);
		CHECK(!irq_exists(irq));
		for (i = 0; i < 10; i++) {
			CHECK_EQ(blocked_join(&readers[i]), -ENODEV);
			CHECK(thread_join(pollers[i].thread));
			CHECK_EQ(pollers[i].ret, POLLIN | POLLHUP | POLLERR);
		}
		/* A new line gets the same number; the old files are not readers of it. */
		line = gen_add();
		if (gen_status(line).irq == irq) {
			int fd = irq_open(irq, O_RDWR);

			CHECK_EQ(line_stats(irq).readers, 1);
			CHECK(gen("fire line=%u", line) == 0);
			CHECK_EQ(irq_read(fd), 1);
			CHECK_EQ(irq_read(readers[0].fd), -ENODEV);
			close(fd);
		}
		for (i = 0; i < 10; i++) {
			CHECK_EQ(irq_read(readers[i].fd), -ENODEV);
			CHECK_EQ(close(readers[i].fd), 0);
			CHECK_EQ(close(pollers[i].fd), 0);
		}
	}
}

/* Opens irq @fd again and again, with pauses of up to @ret ms. */
static void *open_and_poll(void *arg)
{
	const struct blocked *b = arg;
	unsigned int irq = b->fd, seed = b->fd;
	int fd, count;

	while (!b->done) {
		if (b->ret)
			sleep_ms(rand_r(&seed) % b->ret);
		/* Opened for reading only, it becomes a reader with the poll. */
		fd = irq_open(irq, (rand_r(&seed) % 3 ? O_RDWR : O_RDONLY) | O_NONBLOCK |
					   (rand_r(&seed) % 4 ? 0 : O_EXCL));
		if (fd < 0)
			continue;
		irq_poll(fd, rand_r(&seed) % 2);
		count = irq_read(fd);
		CHECK(count != 0);
		if (rand_r(&seed) % 2)
			irq_enable(fd, rand_r(&seed) % 2);
		close(fd);
	}
	return NULL;
}

static void removal_races_with_open_and_interrupts(void)
{
	struct blocked opener[3];
	unsigned int line = gen_add(), irq = gen_status(line).irq;
	int i;

	for (i = 0; i < 3; i++) {
		opener[i] = (struct blocked){ .fd = irq };
		REQUIRE(pthread_create(&opener[i].thread, NULL, open_and_poll, &opener[i]) == 0);
	}
	for (i = 0; i < rounds() * 2; i++) {
		CHECK(gen("start line=%u period_ns=20000 source=%s cpu=1", line,
			  i & 1 ? "timer" : "ipi") == 0);
		/* Some lines live long enough for interrupts. */
		if (i % 8 == 0)
			sleep_ms(1);
		REQUIRE(gen("remove line=%u", line) == 0);
		REQUIRE(gen("add") == 0);
	}
	for (i = 0; i < 3; i++) {
		opener[i].done = true;
		CHECK(thread_join(opener[i].thread));
	}
}

static void *remove_line(void *arg)
{
	CHECK(gen("remove line=%u", *(unsigned int *)arg) == 0);
	return NULL;
}

/*
 * The line is removed while open() runs: open() must not request an interrupt that is
 * being freed, and the removal waits for it.
 */
static void open_meets_removal(void)
{
	struct gen_file s = gen_open(O_RDWR);
	pthread_t remover;
	int status;
	pid_t pid;

	REQUIRE(module_load("delay", "symbol=procirq_line_open comm=opener ms=8000") == 0);
	pid = fork_opener();
	if (!pid)
		_exit(irq_open(s.irq, O_RDWR) == -1 ? errno : 0);
	REQUIRE(AWAIT(delay_count("hits") > 0));
	REQUIRE(pthread_create(&remover, NULL, remove_line, &s.line) == 0);
	/* The line is gone for its readers, while its file is still being opened. */
	CHECK_EQ(irq_read(s.fd), -ENODEV);
	CHECK(irq_exists(s.irq));
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	REQUIRE(AWAIT(waitpid(pid, &status, WNOHANG) == pid));
	CHECK_EQ(status, ENODEV << 8);
	CHECK(thread_join(remover));
	CHECK(!irq_exists(s.irq));
	CHECK_EQ(delay_count("expired"), 0);
	CHECK(unload("delay"));
}

/* --- the modules ------------------------------------------------------------------------ */

static void an_open_file_pins_the_module(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct blocked b;

	CHECK_ERR(module_unload("procirq"), EAGAIN);
	CHECK_ERR(module_unload("irqgen"), EAGAIN);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	blocked_start(&b, s.fd);
	CHECK_ERR(module_unload("procirq"), EAGAIN);
	CHECK(!b.done);
	fire(&s, 1);
	CHECK_EQ(blocked_join(&b), 1);
	/* A file whose line is gone keeps the module, too. */
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK_ERR(module_unload("procirq"), EAGAIN);
	close(s.fd);
	CHECK(unload("procirq"));
	CHECK(!irq_file_exists(machine_irq(MACHINE_LINE_A)));
	CHECK(irq_exists(machine_irq(MACHINE_LINE_A)));
	CHECK(module_load("procirq", "") == 0);
	CHECK(irq_file_exists(machine_irq(MACHINE_LINE_A)));
}

static void *load_procirq(void *arg)
{
	(void)arg;
	CHECK(module_load("procirq", "") == 0);
	return NULL;
}

/*
 * The module is loaded while a line's directory is being removed: the remover passed our
 * hook before we installed it. The directory must not get a file.
 */
static void loading_meets_removal(void)
{
	unsigned int line = gen_add(), irq = gen_status(line).irq;
	pthread_t remover, loader;
	struct stuck_read busy;
	char path[64];
	int i;

	/* A read of a file of the directory delays its removal. */
	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity", irq);
	stuck_read_start(&busy, open(path, O_RDONLY | O_CLOEXEC));
	CHECK(unload("procirq"));
	REQUIRE(pthread_create(&remover, NULL, remove_line, &line) == 0);
	REQUIRE(AWAIT(access(path, F_OK)));
	REQUIRE(pthread_create(&loader, NULL, load_procirq, NULL) == 0);
	/* It would have loaded by then if it did not wait for the removal. */
	for (i = 0; i < 150 && !irq_file_exists(irq); i++)
		sleep_ms(10);
	CHECK(!irq_file_exists(irq));
	CHECK_EQ(stuck_read_fail(&busy), -EFAULT);
	CHECK(thread_join(remover));
	CHECK(thread_join(loader));
	/* procirq-pci has bound its devices again: one of them may have the number now. */
	CHECK_EQ(irq_file_exists(irq), irq_exists(irq));
	CHECK(irq_file_exists(machine_irq(MACHINE_LINE_A)));
	close(busy.by.fd);
}

struct unloader {
	pthread_t thread;
	atomic_bool done;
};

static void *unload_procirq(void *arg)
{
	struct unloader *u = arg;

	CHECK(unload("procirq"));
	u->done = true;
	return NULL;
}

/* A task is in one of our hooks, and sleeps there, while the module is unloaded. */
static void unloading_meets_removal(void)
{
	unsigned int line = gen_add(), irq = gen_status(line).irq;
	struct unloader unloader = { .done = false };
	struct stuck_read busy;
	pthread_t remover;
	char path[64];

	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity", irq);
	stuck_read_start(&busy, open(path, O_RDONLY | O_CLOEXEC));
	REQUIRE(pthread_create(&remover, NULL, remove_line, &line) == 0);
	REQUIRE(AWAIT(access(path, F_OK)));
	REQUIRE(pthread_create(&unloader.thread, NULL, unload_procirq, &unloader) == 0);
	/* It would have unloaded by then if it did not wait for the remover. */
	sleep_ms(1500);
	CHECK(!unloader.done);
	CHECK_EQ(stuck_read_fail(&busy), -EFAULT);
	CHECK(thread_join(remover));
	CHECK(thread_join(unloader.thread));
	CHECK(!module_loaded("procirq"));
	CHECK(!irq_exists(irq));
	close(busy.by.fd);
	CHECK(module_load("procirq", "") == 0);
}

/* epoll leaves the poll queue before the module is gone. */
static void epoll_before_unloading(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC), copy;
	struct gen_file s = gen_open(O_RDWR);

	REQUIRE(epoll_ctl(ep, EPOLL_CTL_ADD, s.fd, &event) == 0);
	fire(&s, 1);
	CHECK_EQ(epoll_wait(ep, &event, 1, 0), 1);
	copy = dup(s.fd);
	close(s.fd);
	CHECK_ERR(module_unload("procirq"), EAGAIN);
	close(copy);
	CHECK(unload("procirq"));
	CHECK_EQ(epoll_wait(ep, &event, 1, 0), 0);
	CHECK(gen("fire line=%u", s.line) == 0);
	close(ep);
	CHECK(module_load("procirq", "") == 0);
	CHECK(irq_file_exists(s.irq));
}

static void unloading_the_provider(void)
{
	unsigned int irq = gen_status(gen_add()).irq;

	CHECK(irq_file_exists(irq));
	CHECK(unload("irqgen"));
	CHECK(!irq_exists(irq));
	CHECK(module_load("irqgen", "lines=3") == 0);
	CHECK(irq_file_exists(gen_status(2).irq));
}

static void *add_and_remove_lines(void *arg)
{
	atomic_bool *stop = arg;
	int i;

	while (!*stop) {
		for (i = 0; i < 4; i++)
			gen("add");
		for (i = 0; i < 4; i++)
			gen("remove line=%d", i);
		/* Unloading waits until every task has slept. */
		sleep_ms(1);
	}
	return NULL;
}

static void loading_races_with_everything(void)
{
	unsigned int first = gen_status(gen_add()).irq, i;
	struct blocked opener[2];
	atomic_bool stop = false;
	int loaded = 0, round;
	long long until;
	pthread_t adder;

	for (i = 0; i < 2; i++) {
		/* The module can be unloaded in the pauses. */
		opener[i] = (struct blocked){ .fd = first + i, .ret = 40 };
		REQUIRE(pthread_create(&opener[i].thread, NULL, open_and_poll, &opener[i]) == 0);
	}
	REQUIRE(pthread_create(&adder, NULL, add_and_remove_lines, &stop) == 0);
	until = now_ns() + tap_setting("seconds", 8) * 1000000000LL;
	for (round = 0; round < 2 * rounds() && now_ns() < until; round++) {
		if (!unload("procirq"))
			break;
		loaded += module_load("procirq", "") == 0;
		/* Every fourth time it stays loaded for a while. */
		if (round % 4 == 0)
			sleep_ms(round % 16);
	}
	stop = true;
	CHECK(thread_join(adder));
	for (i = 0; i < 2; i++) {
		opener[i].done = true;
		CHECK(thread_join(opener[i].thread));
	}
	CHECK_EQ(loaded, round);
	CHECK(round > 0);
	if (tap_setting("times", 0))
		tap_diag("%d rounds", round);
}

/* --- without hooks ------------------------------------------------------------------------ */

static void serving_named_lines_only(void)
{
	unsigned int irq, other;
	char arguments[64];
	int fd;

	irq = gen_status(gen_add()).irq;
	other = gen_status(gen_add()).irq;
	snprintf(arguments, sizeof(arguments), "watch=0 irqs=%u,%u", irq,
		 machine_irq(MACHINE_LINE_B));
	REQUIRE(procirq_reload(arguments));
	CHECK(system("dmesg | grep -q 'serving only irqs='") == 0);
	CHECK(irq_file_exists(irq));
	CHECK(irq_file_exists(machine_irq(MACHINE_LINE_B)));
	CHECK(!irq_file_exists(other));
	CHECK(!irq_file_exists(machine_irq(MACHINE_LINE_A)));
	/* The open file keeps the line's provider. */
	CHECK_ERR(module_unload("irqgen"), EAGAIN);
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	CHECK(gen("fire line=0") == 0);
	CHECK_EQ(irq_read(fd), 1);
	CHECK_ERR(module_unload("procirq"), EAGAIN);
	close(fd);
	CHECK(unload("procirq"));
	CHECK(!irq_file_exists(irq));
	CHECK(unload("irqgen"));
	CHECK(module_load("irqgen", "lines=0") == 0);
	CHECK(module_load("procirq", "") == 0);
}

static void named_lines_that_do_not_exist(void)
{
	char arguments[64];
	unsigned int irq = gen_status(gen_add()).irq;

	REQUIRE(unload("procirq"));
	CHECK(module_load("procirq", "watch=0 irqs=1000") == -1);
	/* The first number is right; its line is released again. */
	snprintf(arguments, sizeof(arguments), "watch=0 irqs=%u,1000", irq);
	CHECK(module_load("procirq", arguments) == -1);
	CHECK(!module_loaded("procirq"));
	CHECK(!irq_file_exists(irq));
	snprintf(arguments, sizeof(arguments), "watch=0 irqs=%u,%u", irq, irq);
	CHECK(module_load("procirq", arguments) == -1);
	CHECK(!irq_file_exists(irq));
	CHECK(unload("irqgen"));
	CHECK(module_load("irqgen", "lines=0") == 0);
	CHECK(module_load("procirq", "") == 0);
}

#define FTRACE "/proc/sys/kernel/ftrace_enabled"

static void ftrace_cannot_be_pulled_away(void)
{
	char arguments[32];

	if (access(FTRACE, F_OK))
		SKIP("this kernel has no switch for ftrace");
	CHECK_ERR(put_text(FTRACE, "0\n"), EBUSY);
	REQUIRE(unload("procirq"));
	REQUIRE(put_text(FTRACE, "0\n") == 0);
	snprintf(arguments, sizeof(arguments), "irqs=%u", machine_irq(MACHINE_LINE_B));
	CHECK(module_load("procirq", arguments) == 0);
	CHECK(irq_file_exists(machine_irq(MACHINE_LINE_B)));
	CHECK(!irq_file_exists(machine_irq(MACHINE_LINE_A)));
	CHECK(unload("procirq"));
	CHECK(put_text(FTRACE, "1\n") == 0);
	CHECK(module_load("procirq", "") == 0);
	CHECK(irq_file_exists(machine_irq(MACHINE_LINE_A)));
}

/* --- PCI drivers and devices --------------------------------------------------------------- */

static void require_edu(const char *kind)
{
	REQUIRE(pci_irq_kind(kind) == 0);
}

static void unbinding_under_an_intx_reader(void)
{
	volatile uint32_t *edu;
	struct blocked b;
	int fd, irq;

	require_edu("intx");
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	edu = edu_map(EDU_1);
	edu_ack(edu);
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	blocked_start(&b, fd);
	edu_raise(edu);
	CHECK_EQ(blocked_join(&b), 1);
	edu_ack(edu);
	blocked_start(&b, fd);
	CHECK(pci_unbind(EDU_1) == 0);
	/* The function stays enabled as long as a reader has its line. */
	CHECK(irq_file_exists(irq));
	edu_raise(edu);
	CHECK_EQ(blocked_join(&b), 1);
	edu_ack(edu);
	close(fd);
	CHECK(irq_exists(irq) == INTX_STAYS);
}

static void unbinding_under_msi_readers(void)
{
	volatile uint32_t *edu;
	struct blocked b, p, crowd[8];
	int round, irq, other;
	int i;

	require_edu("msi");
	for (round = 0; round < rounds() / 5; round++) {
		REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
		irq = pci_irq(EDU_1);
		edu = edu_map(EDU_1);
		edu_ack(edu);
		other = irq_open(irq, O_RDWR);
		REQUIRE(other >= 0);
		CHECK(irq_info(other).state & PROCIRQ_STATE_MSI);
		blocked_start(&b, irq_open(irq, O_RDWR));
		edu_raise(edu);
		CHECK_EQ(blocked_join(&b), 1);
		CHECK_EQ(irq_read(other), 1);
		edu_ack(edu);
		blocked_start(&b, b.fd);
		p = (struct blocked){ .fd = other };
		REQUIRE(pthread_create(&p.thread, NULL, wait_for_hangup, &p) == 0);
		/* Eight, one above and the poller make ten. */
		for (i = 0; i < (int)(sizeof(crowd) / sizeof(crowd[0])); i++)
			blocked_start(&crowd[i], irq_open(irq, O_RDWR));
		CHECK(pci_unbind(EDU_1) == 0);
		CHECK_EQ(blocked_join(&b), -ENODEV);
		CHECK(thread_join(p.thread));
		CHECK_EQ(p.ret & (POLLHUP | POLLERR), POLLHUP | POLLERR);
		for (i = 0; i < (int)(sizeof(crowd) / sizeof(crowd[0])); i++) {
			CHECK_EQ(blocked_join(&crowd[i]), -ENODEV);
			close(crowd[i].fd);
		}
		CHECK(!irq_exists(irq));
		close(b.fd);
		close(other);
		munmap((void *)edu, 4096);
	}
}

static void binding_races_with_open(const char *driver, const char *kind, long times)
{
	/* ACPI needs up to a second to find an interrupt on the debug kernel. */
	long long until = now_ns() + tap_setting("seconds", 8) * 1000000000LL;
	struct blocked opener[3];
	int i, irq, bound = 0;

	require_edu(kind);
	require_uio();
	REQUIRE(pci_bind(EDU_1, driver) == 0);
	irq = pci_irq(EDU_1);
	for (i = 0; i < 3; i++) {
		/* With pauses, in which the driver can have the line. */
		opener[i] = (struct blocked){ .fd = irq, .ret = 10 };
		REQUIRE(pthread_create(&opener[i].thread, NULL, open_and_poll, &opener[i]) == 0);
	}
	for (i = 0; i < times && (i < 3 || now_ns() < until); i++) {
		pci_unbind(EDU_1);
		/* Fails if a reader was faster and has the line exclusively. */
		bound += pci_bind(EDU_1, driver) == 0;
	}
	for (i = 0; i < 3; i++) {
		opener[i].done = true;
		REQUIRE(thread_join(opener[i].thread));
	}
	CHECK(bound > 0);
	pci_unbind(EDU_1);
	CHECK(AWAIT(irq_exists(irq) == (INTX_STAYS && !strcmp(kind, "intx"))));
}

static void *open_and_close(void *arg)
{
	struct blocked *b = arg;
	int fd;

	while (!b->done) {
		fd = irq_open(b->ret, O_RDWR);
		CHECK(fd >= 0);
		close(fd);
	}
	return NULL;
}

/* procirq does not mask a driver's line, not even during an open(). */
static void a_drivers_line_is_never_masked(void)
{
	long long until = now_ns() + 2000000000LL;
	struct blocked opener = { .fd = -1 };
	int fd, masked = 0;

	require_edu("intx");
	require_uio();
	REQUIRE(pci_bind(EDU_1, "uio_pci_generic") == 0);
	opener.ret = pci_irq(EDU_1);
	fd = irq_open(opener.ret, O_RDWR);
	REQUIRE(fd >= 0);
	CHECK_EQ(irq_enable(fd, 0), -ENOTCONN);
	REQUIRE(pthread_create(&opener.thread, NULL, open_and_close, &opener) == 0);
	while (now_ns() < until)
		masked += irq_enable(fd, 0) != -ENOTCONN;
	opener.done = true;
	CHECK(thread_join(opener.thread));
	CHECK_EQ(masked, 0);
	close(fd);
	pci_unbind(EDU_1);
}

static void uio_binding_races_with_open(void)
{
	binding_races_with_open("uio_pci_generic", "intx", rounds() * 5);
}

static void intx_binding_races_with_open(void)
{
	binding_races_with_open("procirq-pci", "intx", rounds() * 2);
}

static void msi_binding_races_with_open(void)
{
	binding_races_with_open("procirq-pci", "msi", rounds());
}

static void *unbind_edu(void *arg)
{
	*(atomic_int *)arg = gettid();
	CHECK(pci_unbind(EDU_1) == 0);
	return NULL;
}

/*
 * The owner is unbound while open() runs, which has requested the interrupt but does not
 * keep the function enabled yet. Then the reader has the line until it closes; the line
 * is removed after that.
 */
static void open_meets_unbinding(void)
{
	atomic_int unbinder = 0;
	pthread_t owner;
	int irq, status;
	pid_t pid;

	require_edu("intx");
	REQUIRE(module_load("delay", "symbol=procirq_pci_get_enabled comm=opener ms=8000") == 0);
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	pid = fork_opener();
	if (!pid)
		_exit(irq_open(irq, O_RDWR | O_NONBLOCK) < 0 ? errno : 0);
	REQUIRE(AWAIT(delay_count("hits") > 0));
	REQUIRE(pthread_create(&owner, NULL, unbind_edu, &unbinder) == 0);
	/* The unbinding waits for the opener, after it has waited for the file's removal. */
	REQUIRE(AWAIT(access("/dev/procirq/" EDU_1, F_OK) == -1));
	REQUIRE(AWAIT(unbinder && task_state(getpid(), unbinder) == 'D'));
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	REQUIRE(AWAIT(waitpid(pid, &status, WNOHANG) == pid));
	CHECK_EQ(status, 0);
	CHECK(thread_join(owner));
	/* If the unbinding had the device's lock when the reader closed, work removes the line. */
	CHECK(AWAIT(irq_exists(irq) == INTX_STAYS));
	CHECK_EQ(delay_count("expired"), 0);
	CHECK(unload("delay"));
}

/* A driver may free its vectors at any time, not only when it is unbound. */
static void a_bound_driver_frees_its_vectors(void)
{
	struct blocked opener[2];
	struct blocked b;
	int i, irq, fd;

	require_edu("msi");
	REQUIRE(module_load("vectors", "") == 0);
	REQUIRE(pci_bind(EDU_1, "vectors") == 0);
	irq = pci_irq(EDU_1);
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	blocked_start(&b, fd);
	REQUIRE(put_text("/sys/module/vectors/parameters/again", "1") == 0);
	CHECK_EQ(blocked_join(&b), -ENODEV);
	close(fd);
	CHECK(irq_file_exists(pci_irq(EDU_1)));

	for (i = 0; i < 2; i++) {
		opener[i] = (struct blocked){ .fd = irq };
		REQUIRE(pthread_create(&opener[i].thread, NULL, open_and_poll, &opener[i]) == 0);
	}
	for (i = 0; i < rounds(); i++)
		REQUIRE(put_text("/sys/module/vectors/parameters/again", "1") == 0);
	for (i = 0; i < 2; i++) {
		opener[i].done = true;
		CHECK(thread_join(opener[i].thread));
	}
	CHECK(pci_unbind(EDU_1) == 0);
	CHECK(unload("vectors"));
}

static void two_functions_on_one_line(void)
{
	volatile uint32_t *edu;
	int irq, fd;

	require_edu("intx");
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	REQUIRE(pci_bind(EDU_2, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	CHECK_EQ(pci_irq(EDU_2), irq);
	edu = edu_map(EDU_2);
	edu_ack(edu);
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	CHECK(pci_unbind(EDU_1) == 0);
	CHECK(irq_file_exists(irq));
	edu_raise(edu);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	CHECK_EQ(irq_read_now(fd), -EAGAIN);
	CHECK(pci_unbind(EDU_2) == 0);
	CHECK(irq_file_exists(irq));
	close(fd);
	CHECK(irq_exists(irq) == INTX_STAYS);
}

/* By sysfs; the same happens when a device is unplugged. */
static void device_removal(const char *driver, const char *kind)
{
	struct blocked b;
	int fd, irq, round;

	require_edu(kind);
	require_uio();
	for (round = 0; round < 3; round++) {
		REQUIRE(pci_bind(EDU_1, driver) == 0);
		irq = pci_irq(EDU_1);
		fd = irq_open(irq, O_RDWR);
		REQUIRE(fd >= 0);
		b.ret = -ENODEV;
		b.done = true;
		if (irq_info(fd).state & PROCIRQ_STATE_SHARED)
			CHECK_EQ(irq_read(fd), -ENOTCONN);
		else
			blocked_start(&b, fd);
		REQUIRE(put_text(PCI_DEVICE EDU_1 "/remove", "1") == 0);
		if (!b.done)
			CHECK_EQ(blocked_join(&b), -ENODEV);
		CHECK(irq_read(fd) == -ENODEV || irq_read(fd) == -ENOTCONN);
		if (round == 1)
			close(fd);
		REQUIRE(put_text("/sys/bus/pci/rescan", "1") == 0);
		REQUIRE(AWAIT(access(PCI_DEVICE EDU_1, F_OK) == 0));
		if (round != 1)
			close(fd);
		CHECK(!irq_exists(irq) || irq < 16 || (INTX_STAYS && !strcmp(kind, "intx")));
	}
}

static void device_removal_intx(void)
{
	device_removal("procirq-pci", "intx");
}

static void device_removal_msi(void)
{
	device_removal("procirq-pci", "msi");
}

static void device_removal_uio(void)
{
	device_removal("uio_pci_generic", "intx");
}

/* The devices of procirq-pci lose their vectors when the module is unloaded. */
static void unloading_unbinds(void)
{
	int irq, irq_intx;

	require_edu("msi");
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	REQUIRE(pci_irq_kind("intx") == 0);
	REQUIRE(pci_bind(EDU_2, "procirq-pci") == 0);
	irq_intx = pci_irq(EDU_2);
	CHECK(irq_file_exists(irq));
	CHECK(irq_file_exists(irq_intx));
	CHECK(unload("procirq"));
	CHECK(!irq_exists(irq));
	CHECK(irq_exists(irq_intx) == INTX_STAYS);
	CHECK(module_load("procirq", "") == 0);
}

static void pci_without_hooks(void)
{
	char arguments[64];
	struct blocked b;
	int irq, fd;

	require_edu("intx");
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	REQUIRE(unload("procirq"));
	/* uio keeps the line, so that irqs= can name it. */
	require_uio();
	REQUIRE(pci_bind(EDU_1, "uio_pci_generic") == 0);
	irq = pci_irq(EDU_1);
	snprintf(arguments, sizeof(arguments), "watch=0 irqs=%d", irq);
	REQUIRE(module_load("procirq", arguments) == 0);
	CHECK(irq_file_exists(irq));
	CHECK(pci_unbind(EDU_1) == 0);
	CHECK(irq_file_exists(irq));
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	blocked_start(&b, fd);
	REQUIRE(put_text(PCI_DEVICE EDU_1 "/remove", "1") == 0);
	CHECK_EQ(blocked_join(&b), -ENODEV);
	CHECK(!irq_file_exists(irq));
	close(fd);
	CHECK(put_text("/sys/bus/pci/rescan", "1") == 0);
	REQUIRE(AWAIT(access(PCI_DEVICE EDU_1, F_OK) == 0));
	CHECK(procirq_reload(""));
}

static const struct tap_test tests[] = {
	TAP_TEST(the_file_comes_and_goes_with_its_directory),
	TAP_TEST(removal_under_readers_and_pollers),
	TAP_TEST(removal_races_with_open_and_interrupts),
	TAP_TEST(open_meets_removal),
	TAP_TEST(an_open_file_pins_the_module),
	TAP_TEST(loading_meets_removal),
	TAP_TEST(unloading_meets_removal),
	TAP_TEST(epoll_before_unloading),
	TAP_TEST(unloading_the_provider),
	TAP_TEST(loading_races_with_everything),
	TAP_TEST(serving_named_lines_only),
	TAP_TEST(named_lines_that_do_not_exist),
	TAP_TEST(ftrace_cannot_be_pulled_away),
	TAP_TEST(unbinding_under_an_intx_reader),
	TAP_TEST(unbinding_under_msi_readers),
	TAP_TEST(intx_binding_races_with_open),
	TAP_TEST(msi_binding_races_with_open),
	TAP_TEST(two_functions_on_one_line),
	TAP_TEST(device_removal_intx),
	TAP_TEST(device_removal_msi),
	TAP_TEST(device_removal_uio),
	TAP_TEST(unloading_unbinds),
	TAP_TEST(pci_without_hooks),
	TAP_TEST(uio_binding_races_with_open),
	TAP_TEST(a_drivers_line_is_never_masked),
	TAP_TEST(open_meets_unbinding),
	/* The spinning openers share two processors with the making of a thread each round. */
	TAP_SLOW(a_bound_driver_frees_its_vectors, 300),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = lifecycle_after;
	return TAP_MAIN(tests);
}
