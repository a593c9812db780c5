// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The PCI command register: its interrupt disable bit is the kernel's with
 * PROCIRQ_DESC_INTX, and its other bits are others'. Neither loses what the other
 * writes at the same time.
 */
#include "edu.h"
#include "guest.h"
#include "libprocirq/procirq.h"

/* PCI 3.0, 6.2.2. */
#define COMMAND_SERR 0x100

/* A writer of the register that is stopped in the middle, by delay.ko. */
struct writer {
	pthread_t thread;
	void (*write)(int fd);
	int fd;
	atomic_int tid;
	atomic_bool done;
};

static void *writer_run(void *arg)
{
	struct writer *w = arg;

	prctl(PR_SET_NAME, "writer");
	run_on_cpu(1);
	w->tid = gettid();
	w->write(w->fd);
	w->done = true;
	return NULL;
}

/* Returns when the writer is in the function @symbol, or has ended without calling it. */
static void writer_start(struct writer *w, const char *symbol, int fd, void (*write)(int fd))
{
	char arguments[100];

	*w = (struct writer){ .write = write, .fd = fd };
	snprintf(arguments, sizeof(arguments), "symbol=%s comm=writer ms=8000", symbol);
	REQUIRE(module_load("delay", arguments) == 0);
	run_on_cpu(0);
	REQUIRE(pthread_create(&w->thread, NULL, writer_run, w) == 0);
	REQUIRE(AWAIT(w->done || delay_count("hits") > 0));
}

static void writer_end(struct writer *w)
{
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	REQUIRE(thread_join(w->thread));
	CHECK_EQ(delay_count("expired"), 0);
	REQUIRE(AWAIT(module_unload("delay") == 0));
}

/* Sets bus mastering; and error reporting, in the byte with the interrupt disable bit. */
static void *others_write(void *arg)
{
	struct writer *w = arg;
	int fd = open(PCI_DEVICE EDU_1 "/config", O_RDWR | O_CLOEXEC);
	uint16_t command;

	w->tid = gettid();
	CHECK(pread(fd, &command, 2, COMMAND) == 2);
	command |= COMMAND_MASTER | COMMAND_SERR | INTX_DISABLE;
	/* The byte with that bit only if it is to be set. */
	CHECK(pwrite(fd, &command, w->fd ? 2 : 1, COMMAND) > 0);
	close(fd);
	w->done = true;
	return NULL;
}

static void hold(int fd)
{
	CHECK_EQ(irq_enable(fd, 0), 0);
}

static void resume(int fd)
{
	CHECK_EQ(irq_enable(fd, 1), 0);
}

static void close_it(int fd)
{
	close(fd);
}

static int intx_open(volatile uint32_t **edu)
{
	int irq = edu_bind(EDU_1, edu), fd = irq_open(irq, O_RDWR | O_NONBLOCK), config;
	struct procirq_descriptor d = intx_descriptor(EDU_1);
	uint16_t command = pci_command(EDU_1) & ~COMMAND_SERR;

	REQUIRE(fd >= 0);
	/* An earlier round has set it. */
	config = open(PCI_DEVICE EDU_1 "/config", O_RDWR | O_CLOEXEC);
	REQUIRE(config >= 0 && pwrite(config, &command, 2, COMMAND) == 2);
	close(config);
	REQUIRE(set_descriptor(fd, &d) == 0);
	return fd;
}

/* While the kernel is between its read and its write of the register, somebody writes it. */
static void written_meanwhile(void (*write)(int fd), bool pending)
{
	static const char *const symbols[] = { "pci_write_config_word", "pci_write_config_byte" };
	volatile uint32_t *edu;
	struct writer w, others;
	int i, fd;

	for (i = 0; i < 2; i++) {
		fd = intx_open(&edu);
		if (pending) {
			edu_raise(edu);
			CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
			CHECK_EQ(irq_read(fd), 1);
			CHECK(AWAIT(pci_command(EDU_1) & INTX_DISABLE));
		}
		writer_start(&w, symbols[i], fd, write);
		others = (struct writer){ .fd = write == close_it };
		REQUIRE(pthread_create(&others.thread, NULL, others_write, &others) == 0);
		/* It is done, or waits for the kernel's access to end. */
		REQUIRE(AWAIT(others.done ||
			      (others.tid && task_state(getpid(), others.tid) == 'D')));
		writer_end(&w);
		REQUIRE(thread_join(others.thread));
		/* The last to close ends bus mastering, with a write of its own. */
		if (write == close_it)
			CHECK(pci_command(EDU_1) & COMMAND_SERR);
		else
			CHECK(pci_command(EDU_1) & COMMAND_MASTER);
		edu_ack(edu);
		if (write != close_it)
			close(fd);
		CHECK(pci_command(EDU_1) & INTX_DISABLE);
		pci_unbind(EDU_1);
	}
}

static void holding_the_device(void)
{
	written_meanwhile(hold, false);
}

static void resuming_a_device_that_interrupts(void)
{
	written_meanwhile(resume, true);
}

static void closing_the_device(void)
{
	written_meanwhile(close_it, false);
}

static void closing_a_device_that_interrupts(void)
{
	written_meanwhile(close_it, true);
}

static atomic_bool spinning;

static void spin(int fd)
{
	(void)fd;
	while (spinning)
		;
}

/* In the handler, which runs in the writer's context. */
static void silencing_the_device(void)
{
	volatile uint32_t *edu;
	struct writer w, others = { .fd = 0 };
	char path[64];
	int fd = intx_open(&edu);

	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity", pci_irq(EDU_1));
	REQUIRE(put_text(path, "2") == 0);
	spinning = true;
	w = (struct writer){ .write = spin };
	REQUIRE(module_load("delay", "symbol=pci_write_config_word comm=writer ms=8000") == 0);
	run_on_cpu(0);
	REQUIRE(pthread_create(&w.thread, NULL, writer_run, &w) == 0);
	REQUIRE(AWAIT(w.tid));
	edu_raise(edu);
	REQUIRE(AWAIT(delay_count("hits") > 0 || irq_poll(fd, 0) == POLLIN));
	REQUIRE(pthread_create(&others.thread, NULL, others_write, &others) == 0);
	REQUIRE(thread_join(others.thread));
	spinning = false;
	writer_end(&w);
	CHECK(AWAIT(pci_command(EDU_1) & INTX_DISABLE));
	CHECK(pci_command(EDU_1) & COMMAND_MASTER);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	close(fd);
	put_text(path, "3");
}

static void library_master_on(int fd)
{
	(void)fd;
	CHECK_EQ(procirq_pci_set_master(EDU_1, 1), 0);
}

/* A device that is resumed while a program writes what it has read before stays so. */
static void setting_bus_mastering(void)
{
	volatile uint32_t *edu;
	int fd = intx_open(&edu);
	struct writer w;

	edu_raise(edu);
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	CHECK_EQ(irq_read(fd), 1);
	CHECK(AWAIT(pci_command(EDU_1) & INTX_DISABLE));
	/* In sysfs, where it has read the register. */
	writer_start(&w, "pci_write_config", fd, library_master_on);
	CHECK_EQ(delay_count("hits"), 1);
	edu_ack(edu);
	CHECK_EQ(irq_read(fd), -EAGAIN);
	CHECK(!(pci_command(EDU_1) & INTX_DISABLE));
	writer_end(&w);
	CHECK(pci_command(EDU_1) & COMMAND_MASTER);
	edu_raise(edu);
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	close(fd);
}

static long unhandled(int irq)
{
	char path[64], text[200], *at;

	snprintf(path, sizeof(path), "/proc/irq/%d/spurious", irq);
	read_text(path, text, sizeof(text));
	at = strstr(text, "unhandled ");
	return at ? atol(at + strlen("unhandled ")) : -1;
}

/*
 * An interrupt that comes while the device is held is taken once it is resumed: each
 * once, and none is nobody's.
 */
static void interrupts_while_it_is_held(void)
{
	volatile uint32_t *edu;
	int fd = intx_open(&edu), irq = pci_irq(EDU_1), i;
	long before = unhandled(irq);

	CHECK(before >= 0);
	for (i = 0; i < 100; i++) {
		CHECK_EQ(irq_enable(fd, 0), 0);
		edu_raise(edu);
		CHECK(AWAIT(pci_command(EDU_1) & INTX_DISABLE));
		CHECK_EQ(irq_read(fd), -EAGAIN);
		CHECK_EQ(irq_enable(fd, 1), 0);
		CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
		CHECK_EQ(irq_read(fd), 1);
		edu_ack(edu);
		CHECK_EQ(irq_read(fd), -EAGAIN);
		CHECK(!(pci_command(EDU_1) & INTX_DISABLE));
	}
	CHECK_EQ(irq_info(fd).taken, 100);
	CHECK_EQ(unhandled(irq), before);
	close(fd);
}

/* The device interrupts again before the program resumes it: that is not lost. */
static void interrupts_before_it_is_resumed(void)
{
	struct blocked b;
	volatile uint32_t *edu;
	int fd = intx_open(&edu), i;

	fcntl(fd, F_SETFL, 0);
	edu_raise(edu);
	for (i = 0; i < 100; i++) {
		CHECK_EQ(irq_read(fd), 1);
		CHECK(AWAIT(pci_command(EDU_1) & INTX_DISABLE));
		edu_ack(edu);
		edu_raise(edu);
	}
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	blocked_start(&b, fd);
	edu_raise(edu);
	CHECK_EQ(blocked_join(&b), 1);
	edu_ack(edu);
	CHECK_EQ(irq_info(fd).taken, 102);
	close(fd);
}

static const char *command_after(void)
{
	module_unload("delay");
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	return guest_after();
}

/*
 * poll() resumes the device and so finds its interrupt again, which wakes the poller: in a
 * context where the lock of a wait queue may be taken, says kernel debug.
 */
static void polling_a_device_that_interrupts(void)
{
	volatile uint32_t *edu;
	int fd = intx_open(&edu);

	edu_raise(edu);
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	CHECK_EQ(irq_read(fd), 1);
	CHECK(AWAIT(pci_command(EDU_1) & INTX_DISABLE));
	CHECK_EQ(irq_poll(fd, AWAIT_MS), POLLIN);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	close(fd);
	pci_unbind(EDU_1);
}

static const struct tap_test tests[] = {
	TAP_TEST(silencing_the_device),
	TAP_TEST(holding_the_device),
	TAP_TEST(resuming_a_device_that_interrupts),
	TAP_TEST(closing_the_device),
	TAP_TEST(closing_a_device_that_interrupts),
	TAP_TEST(polling_a_device_that_interrupts),
	TAP_TEST(setting_bus_mastering),
	TAP_TEST(interrupts_while_it_is_held),
	TAP_TEST(interrupts_before_it_is_resumed),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = command_after;
	return TAP_MAIN(tests);
}
