// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Device descriptors: wrong ones, lines shared with a kernel driver and with other
 * readers, the status word; silencing, resuming and releasing the device.
 *
 * count=N (20000): interrupts of each device in the shared tests.
 */
#include <limits.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include "libprocirq/cpu.h"
#include "edu.h"
#include "guest.h"

static void *volatile bad = (void *)16;

static int device_open(int irq, int flags, const struct procirq_descriptor *d)
{
	int fd = irq_open(irq, flags);

	REQUIRE(fd >= 0);
	REQUIRE(set_descriptor(fd, d) == 0);
	return fd;
}

static void edus_release(void)
{
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
}

static int read_record(int fd, struct procirq_event *event)
{
	ssize_t n = read(fd, event, sizeof(*event));

	return n < 0 ? -errno : n == sizeof(*event) ? (int)event->count : -EPROTO;
}

static void the_status_word(void)
{
	volatile uint32_t *edu;
	struct procirq_event event;
	int irq = edu_bind(EDU_1, &edu), fd;
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	uint32_t word;

	fd = device_open(irq, O_RDWR, &d);
	REQUIRE(irq_flags(fd, PROCIRQ_FLAG_RECORDS) == 0);
	CHECK_EQ(irq_info(fd).state & PROCIRQ_STATE_DEVICE, PROCIRQ_STATE_DEVICE);
	CHECK_EQ(irq_info(fd).state & PROCIRQ_STATE_SHARED, 0);
	for (word = 1; word; word <<= 1) {
		edu[EDU_RAISE / 4] = word | 1;
		CHECK_EQ(read_record(fd, &event), 1);
		CHECK_EQ(event.status, word | 1);
		/* The kernel has acknowledged it. */
		CHECK_EQ(edu[EDU_STATUS / 4], 0);
	}
	CHECK_EQ(event.seq, 32);
	CHECK_EQ(irq_masked(fd), 0);
	close(fd);
	edus_release();
}

/* Each wrong descriptor has its errno, and changes nothing. */
static void refusals(void)
{
	volatile uint32_t *edu, *other;
	int irq = edu_bind(EDU_1, &edu), fd = irq_open(irq, O_RDWR), second;
	struct procirq_descriptor good = edu_descriptor(EDU_1), d;
	uint16_t command;

	REQUIRE(fd >= 0);
	edu_bind(EDU_2, &other);
	command = pci_command(EDU_1);
	REFUSED(d.flags = 2, EINVAL);
	REFUSED(d.reserved[4] = 1, EINVAL);
	REFUSED(d.nr_check = 0, EINVAL);
	REFUSED(d.nr_release = 40, EINVAL);
	REFUSED(d.nr_release = 3, EMSGSIZE);
	REFUSED(d.nr_release = 1, EINVAL);
	REFUSED(d.flags = PROCIRQ_DESC_INTX, EINVAL);
	REFUSED(d.steps[0].op = PROCIRQ_OP_WRITE, EINVAL);
	REFUSED(d.steps[0].mask = 0, EINVAL);
	REFUSED(d.steps[0].value = 1, EINVAL);
	REFUSED(d.steps[1].op = PROCIRQ_OP_TEST_ANY, EINVAL);
	REFUSED(d.steps[1].op = 77, EINVAL);
	REFUSED(d.steps[2].op = PROCIRQ_OP_WRITE_STATUS, EINVAL);
	REFUSED(d.steps[2].bar = 1, EINVAL);
	REFUSED(d.steps[2].value = 0x10000, EINVAL);
	REFUSED(d.steps[0].space = 2, EINVAL);
	REFUSED(d.steps[0].bar = 6, EINVAL);
	REFUSED(d.steps[0].bar = 1, ENOENT);
	REFUSED(d.steps[0].bar = 5, ENOENT);
	REFUSED(d.steps[0].width = 64, EMSGSIZE);
	REFUSED(d.steps[0].width = 0, EMSGSIZE);
	REFUSED(d.steps[0].offset = 0x26, EADDRNOTAVAIL);
	REFUSED(d.steps[2].offset = 5, EADDRNOTAVAIL);
	REFUSED(d.steps[0].offset = 0x100000, ERANGE);
	REFUSED(d.steps[0].offset = 0xfffffffc, ERANGE);
	REFUSED(d.steps[2].offset = 4096, ERANGE);
	REFUSED(d.devfn = 31 * 8 + 7, ENXIO);
	REFUSED(d.domain = 9999, ENXIO);
	/* The virtio port has vectors, and another pin. */
	REFUSED(d.devfn = 2 * 8, EXDEV);
	CHECK_ERR(ioctl(fd, PROCIRQ_IOC_SET_DESCRIPTOR, bad), EFAULT);
	CHECK_EQ(pci_command(EDU_1), command);

	/* The device's memory space is disabled. */
	second = open(PCI_DEVICE EDU_1 "/config", O_RDWR | O_CLOEXEC);
	command &= ~2;
	REQUIRE(pwrite(second, &command, 2, COMMAND) == 2);
	CHECK_EQ(set_descriptor(fd, &good), -ENETDOWN);
	command |= 2;
	REQUIRE(pwrite(second, &command, 2, COMMAND) == 2);
	close(second);

	/* Another reader uses the line without a descriptor. */
	second = irq_open(irq, O_RDWR);
	CHECK_EQ(irq_read_now(second), -EAGAIN);
	CHECK_EQ(set_descriptor(fd, &good), -EBUSY);
	close(second);

	/* After all that the line still works without a descriptor. */
	edu_raise(edu);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	CHECK_EQ(irq_read_now(fd), -EAGAIN);
	CHECK_EQ(set_descriptor(fd, &good), 0);
	CHECK_EQ(set_descriptor(fd, &good), -EBUSY);
	close(fd);

	/* Not enabled: no driver has it. */
	pci_unbind(EDU_2);
	fd = irq_open(irq, O_RDWR);
	d = edu_descriptor(EDU_2);
	CHECK_EQ(set_descriptor(fd, &d), -ENETDOWN);
	close(fd);
	edus_release();
}

static void not_without_rawio(void)
{
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd = irq_open(irq, O_RDWR), status;
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	pid_t pid;

	REQUIRE(fd >= 0);
	pid = fork();
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(set_descriptor(fd, &d) == -EPERM ? 0 : 1);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	close(fd);
	edus_release();
}

/* Two readers, two devices, one line: each gets its own device's interrupts. */
static void two_readers_on_one_line(void)
{
	volatile uint32_t *edu[2];
	struct procirq_descriptor d[2] = { edu_descriptor(EDU_1), edu_descriptor(EDU_2) };
	int irq = edu_bind(EDU_1, &edu[0]), fd[2], i, third;

	REQUIRE(edu_bind(EDU_2, &edu[1]) == irq);
	for (i = 0; i < 2; i++)
		fd[i] = device_open(irq, O_RDWR | O_NONBLOCK, &d[i]);
	/* A reader without a descriptor gets nothing, and disturbs nothing. */
	third = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(third >= 0);
	CHECK_EQ(irq_read(third), -ENOTCONN);
	CHECK_EQ(irq_enable(third, 0), -ENOTCONN);
	CHECK_ERR(irq_open(irq, O_RDWR | O_EXCL), EBUSY);
	for (i = 0; i < 100; i++) {
		edu_raise(edu[i % 2]);
		CHECK(AWAIT(irq_poll(fd[i % 2], 0) == POLLIN));
		CHECK_EQ(irq_read(fd[i % 2]), 1);
		CHECK_EQ(irq_read(fd[1 - i % 2]), -EAGAIN);
	}
	close(third);
	close(fd[0]);
	edu_raise(edu[1]);
	CHECK(AWAIT(irq_poll(fd[1], 0) == POLLIN));
	CHECK_EQ(irq_read(fd[1]), 1);
	close(fd[1]);
	edus_release();
}

/* A reader that has used the line keeps it, no matter how it used it. */
static void a_line_in_use_is_kept(void)
{
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd = irq_open(irq, O_RDWR), way, other;
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	struct procirq_eventfd event = { .fd = eventfd(0, EFD_CLOEXEC) };
	static const char *const ways[] = { "read", "poll", "write", "mmap", "eventfd" };
	void *ring;

	REQUIRE(fd >= 0 && event.fd >= 0);
	for (way = 0; way < 5; way++) {
		other = irq_open(irq, O_RDWR | O_NONBLOCK);
		REQUIRE(other >= 0);
		switch (way) {
		case 0:
			CHECK_EQ(irq_read(other), -EAGAIN);
			break;
		case 1:
			CHECK_EQ(irq_poll(other, 0), 0);
			break;
		case 2:
			CHECK_EQ(irq_enable(other, 1), 0);
			break;
		case 3:
			ring = mmap(NULL, 4096, PROT_READ, MAP_SHARED, other, 0);
			REQUIRE(ring != MAP_FAILED);
			munmap(ring, 4096);
			break;
		case 4:
			CHECK_EQ(ioctl(other, PROCIRQ_IOC_SET_EVENTFD, &event), 0);
			break;
		}
		if (!CHECK_EQ(set_descriptor(fd, &d), -EBUSY))
			tap_diag("  after %s", ways[way]);
		/* The line is still that reader's. */
		edu_raise(edu);
		CHECK(AWAIT(irq_info(other).pending == 1));
		edu_ack(edu);
		CHECK_EQ(irq_read(fd), 1);
		close(other);
		CHECK_EQ(irq_read_now(fd), -EAGAIN);
	}
	close(event.fd);
	close(fd);
	edus_release();
}

/* Two drivers start at the same time: both open before one sets its descriptor. */
static void two_start_at_once(void)
{
	volatile uint32_t *edu[2];
	struct procirq_descriptor d[2] = { edu_descriptor(EDU_1), edu_descriptor(EDU_2) };
	int irq = edu_bind(EDU_1, &edu[0]), fd[2], third, i;

	REQUIRE(edu_bind(EDU_2, &edu[1]) == irq);
	for (i = 0; i < 2; i++)
		REQUIRE((fd[i] = irq_open(irq, O_RDWR | O_NONBLOCK)) >= 0);
	REQUIRE((third = irq_open(irq, O_RDWR | O_NONBLOCK)) >= 0);
	/* An interrupt before either has read: the third reader has it pending, and keeps it. */
	edu_raise(edu[0]);
	CHECK(AWAIT(irq_info(third).pending == 1));
	edu_ack(edu[0]);
	for (i = 0; i < 2; i++)
		CHECK_EQ(set_descriptor(fd[i], &d[i]), 0);
	for (i = 0; i < 100; i++) {
		edu_raise(edu[i % 2]);
		CHECK(AWAIT(irq_poll(fd[i % 2], 0) == POLLIN));
		CHECK_EQ(irq_read(fd[i % 2]), 1);
		CHECK_EQ(irq_read(fd[1 - i % 2]), -EAGAIN);
	}
	CHECK_EQ(irq_read(third), 1);
	CHECK_EQ(irq_read(third), -ENOTCONN);
	close(fd[0]);
	close(fd[1]);
	/* No descriptor is left: a new reader has the whole line, and so has the third. */
	CHECK_EQ(irq_read(third), -ENOTCONN);
	REQUIRE((fd[0] = irq_open(irq, O_RDWR | O_NONBLOCK)) >= 0);
	REQUIRE(pci_intx_enable(EDU_1)); /* its release steps have disabled INTx */
	edu_raise(edu[0]);
	CHECK(AWAIT(irq_poll(fd[0], 0) == POLLIN));
	CHECK_EQ(irq_read(fd[0]), 1);
	CHECK_EQ(irq_read(third), 1);
	edu_ack(edu[0]);
	close(third);
	close(fd[0]);
	edus_release();
}

/* PROCIRQ_DESC_INTX: the handler silences the device, a read that finds nothing resumes it. */
static void pci_intx(void)
{
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd, i;
	struct procirq_descriptor d = intx_descriptor(EDU_1);

	fd = device_open(irq, O_RDWR, &d);
	for (i = 0; i < 100; i++) {
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
		/* The reader is woken before the device is silenced. */
		CHECK(AWAIT(pci_command(EDU_1) & INTX_DISABLE));
		CHECK(irq_masked(fd));
		edu_ack(edu);
		CHECK_EQ(irq_read_now(fd), -EAGAIN);
		CHECK_EQ(pci_command(EDU_1) & INTX_DISABLE, 0);
		CHECK(!irq_masked(fd));
	}
	/* The device still interrupts when it is resumed. */
	edu_raise(edu);
	CHECK_EQ(irq_read(fd), 1);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	/* By write(). */
	CHECK_EQ(irq_enable(fd, 0), 0);
	edu_raise(edu);
	CHECK_EQ(irq_read_now(fd), -EAGAIN);
	CHECK_EQ(irq_enable(fd, 1), 0);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	close(fd);
	/* The close has silenced it. */
	CHECK_EQ(pci_command(EDU_1) & INTX_DISABLE, INTX_DISABLE);
	edus_release();
}

/* --- with a kernel driver on the line --------------------------------------- */

struct raiser {
	pthread_t thread;
	volatile uint32_t *edu;
	long count;
	atomic_bool stop;
	unsigned int seed;
	long raised;
};

/* Raises one interrupt at a time: a raise is none before the last was acknowledged. */
static void *raiser_run(void *arg)
{
	struct raiser *r = arg;
	long spins;

	while (r->raised < r->count && !r->stop) {
		for (spins = rand_r(&r->seed) % 200; spins; spins--)
			__asm__ volatile("");
		edu_raise(r->edu);
		r->raised++;
		/* An emulator may run the CPUs in turns; a pause ends the turn of this one. */
		while (r->edu[EDU_STATUS / 4] && !r->stop)
			cpu_relax();
	}
	return NULL;
}

static unsigned long eduirq_handled(void)
{
	char text[32];

	REQUIRE(read_text("/sys/module/eduirq/parameters/handled", text, sizeof(text)));
	return strtoul(text, NULL, 10);
}

static void raise_on(struct raiser *r, volatile uint32_t *edu, long count, unsigned int seed)
{
	*r = (struct raiser){ .edu = edu, .count = count, .seed = seed };
	REQUIRE(pthread_create(&r->thread, NULL, raiser_run, r) == 0);
}

/* Binds EDU_2 to the kernel driver eduirq. Returns the shared line. */
static int share_with_eduirq(volatile uint32_t **mine, volatile uint32_t **theirs)
{
	int irq = edu_bind(EDU_1, mine);

	REQUIRE(edu_bind(EDU_2, theirs) == irq);
	pci_unbind(EDU_2);
	REQUIRE(module_load("eduirq", "") == 0);
	REQUIRE(pci_bind(EDU_2, "eduirq") == 0);
	return irq;
}

static void shared_with_a_kernel_driver(void)
{
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	long count = tap_setting("count", 20000), got = 0;
	volatile uint32_t *mine, *theirs;
	struct procirq_event event;
	struct raiser a, b;
	int irq = share_with_eduirq(&mine, &theirs), fd, n;
	uint64_t seq = 0;

	fd = device_open(irq, O_RDWR, &d);
	REQUIRE(irq_flags(fd, PROCIRQ_FLAG_RECORDS) == 0);
	raise_on(&a, mine, count, 1);
	raise_on(&b, theirs, count, 2);
	while (got < count) {
		n = read_record(fd, &event);
		if (!CHECK(n > 0))
			break;
		CHECK_EQ(event.seq, seq + n);
		CHECK_EQ(event.status, 1);
		seq = event.seq;
		got += n;
	}
	CHECK(thread_join(a.thread));
	CHECK(thread_join(b.thread));
	CHECK_EQ(got, count);
	CHECK_EQ(irq_read_now(fd), -EINVAL);
	CHECK_EQ(irq_info(fd).taken, count);
	CHECK_EQ(irq_info(fd).pending, 0);
	CHECK_EQ(eduirq_handled(), count);
	CHECK_EQ(irq_depth(irq), irq_depth(irq) < 0 ? -1 : 0);
	close(fd);
	/* The driver still gets its interrupts. */
	raise_on(&b, theirs, 100, 3);
	CHECK(thread_join(b.thread));
	CHECK_EQ(eduirq_handled(), count + 100);
	edus_release();
	CHECK_EQ(module_unload("eduirq"), 0);
}

/* SIGKILL under load: the release steps silence the device, the other one goes on. */
static void a_driver_is_killed(void)
{
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	volatile uint32_t *mine, *theirs;
	struct raiser a, b;
	int irq = share_with_eduirq(&mine, &theirs), fd, status, i;
	unsigned long handled;
	pid_t pid;

	for (i = 0; i < 5; i++) {
		REQUIRE(pci_intx_enable(EDU_1));
		raise_on(&b, theirs, LONG_MAX, 2);
		pid = fork();
		if (!pid) {
			fd = device_open(irq, O_RDWR, &d);
			while (irq_read(fd) > 0)
				;
			_exit(1);
		}
		REQUIRE(AWAIT(line_stats(irq).attached));
		raise_on(&a, mine, LONG_MAX, 1);
		REQUIRE(AWAIT(line_stats(irq).taken > 500 && line_stats(irq).attached));
		kill(pid, SIGKILL);
		CHECK_EQ(waitpid(pid, &status, 0), pid);
		CHECK(AWAIT(!line_stats(irq).attached));
		CHECK_EQ(pci_command(EDU_1) & INTX_DISABLE, INTX_DISABLE);
		/* Our device may raise now: no handler takes it. */
		handled = eduirq_handled();
		CHECK(AWAIT(eduirq_handled() > handled + 500));
		a.stop = b.stop = true;
		CHECK(thread_join(a.thread));
		CHECK(thread_join(b.thread));
		edu_ack(mine);
	}
	edus_release();
	CHECK_EQ(module_unload("eduirq"), 0);
}

/* The removal of a function ends its own readers, and no others. */
static void removal_of_one_of_two(void)
{
	struct procirq_descriptor d[2] = { edu_descriptor(EDU_1), edu_descriptor(EDU_2) };
	volatile uint32_t *edu[2];
	struct blocked b[10];
	int irq = edu_bind(EDU_1, &edu[0]), fd[2], i;

	REQUIRE(edu_bind(EDU_2, &edu[1]) == irq);
	for (i = 0; i < 2; i++)
		fd[i] = device_open(irq, O_RDWR, &d[i]);
	for (i = 0; i < 10; i++)
		blocked_start(&b[i], fd[0]);
	REQUIRE(put_text(PCI_DEVICE EDU_1 "/remove", "1") == 0);
	for (i = 0; i < 10; i++)
		CHECK_EQ(blocked_join(&b[i]), -ENODEV);
	CHECK_EQ(irq_poll(fd[0], 0), POLLIN | POLLERR | POLLHUP);
	edu_raise(edu[1]);
	CHECK_EQ(irq_read(fd[1]), 1);
	close(fd[0]);
	close(fd[1]);
	CHECK(put_text("/sys/bus/pci/rescan", "1") == 0);
	REQUIRE(AWAIT(access(PCI_DEVICE EDU_1, F_OK) == 0));
	edus_release();
}

/* A device that has a vector of its own may have a descriptor, too. */
static void msi_with_a_descriptor(void)
{
	struct procirq_descriptor d = edu_descriptor(EDU_1), intx = intx_descriptor(EDU_1);
	volatile uint32_t *edu;
	int fd, i;

	REQUIRE(pci_irq_kind("msi") == 0);
	pci_unbind(EDU_1);
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	edu = edu_map(EDU_1);
	edu_ack(edu);
	fd = irq_open(pci_irq(EDU_1), O_RDWR);
	REQUIRE(fd >= 0);
	CHECK_EQ(set_descriptor(fd, &intx), -EXDEV);
	CHECK_EQ(set_descriptor(fd, &d), 0);
	CHECK_EQ(irq_flags(fd, PROCIRQ_FLAG_NO_MASK), 0);
	for (i = 0; i < 100; i++) {
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
		CHECK_EQ(edu[EDU_STATUS / 4], 0);
	}
	CHECK(pci_unbind(EDU_1) == 0);
	CHECK_EQ(irq_read(fd), -ENODEV);
	close(fd);
	REQUIRE(pci_irq_kind("intx") == 0);
}

/* What procirq-pci lists about its device, and whether the bus master stays enabled. */
static void the_listing_and_the_bus_master(void)
{
	char text[256], want[64];
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd;

	CHECK(read_text(PCI_DEVICE EDU_1 "/procirq/kind", text, sizeof(text)));
	CHECK(!strcmp(text, "intx\n"));
	snprintf(want, sizeof(want), "0 %d\n", irq);
	CHECK(read_text(PCI_DEVICE EDU_1 "/procirq/irqs", text, sizeof(text)));
	CHECK(!strcmp(text, want));
	pci_unbind(EDU_1);
	CHECK(access(PCI_DEVICE EDU_1 "/procirq", F_OK) == -1);

	REQUIRE(pci_irq_kind("msi") == 0);
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	CHECK(read_text(PCI_DEVICE EDU_1 "/procirq/kind", text, sizeof(text)));
	CHECK(!strcmp(text, "msi\n"));
	snprintf(want, sizeof(want), "0 %d\n", pci_irq(EDU_1));
	CHECK(read_text(PCI_DEVICE EDU_1 "/procirq/irqs", text, sizeof(text)));
	CHECK(!strcmp(text, want));
	CHECK_EQ(pci_command(EDU_1) & 4, 0);
	fd = irq_open(pci_irq(EDU_1), O_RDWR);
	CHECK_EQ(pci_command(EDU_1) & 4, 4);
	close(fd);
	CHECK_EQ(pci_command(EDU_1) & 4, 0);
	REQUIRE(pci_irq_kind("intx") == 0);
	edus_release();
}

#define CACHE_LINE     0x0c /* 8 bits that can be written and mean nothing here */
#define INTERRUPT_LINE 0x3c /* likewise */

static uint32_t pci_config(const char *device, int offset, int bytes)
{
	char path[128];
	uint32_t word = 0;
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICE "%s/config", device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && pread(fd, &word, bytes, offset) == bytes);
	close(fd);
	return word;
}

/*
 * Each width and each operation, in configuration space and in a BAR. The emulated device
 * ignores an access of its BAR that has not 32 bits; what a read returns is up to QEMU.
 */
static void every_width_and_operation(void)
{
#ifdef __aarch64__
	SKIP("accesses of 8 and 16 bits, which edu does not take, end in an abort here");
#endif
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), fd;
	struct procirq_descriptor d = edu_descriptor(EDU_1);
	const int bar = PROCIRQ_SPACE_BAR, config = PROCIRQ_SPACE_CONFIG;
	uint32_t line = pci_config(EDU_1, INTERRUPT_LINE, 1), cache;
	const volatile void *status = (const volatile char *)edu + EDU_STATUS;
	int n = 0;

	d.steps[n++] = step(bar, 0, 32, PROCIRQ_OP_TEST_ANY, EDU_STATUS, ~0U, 0);
	d.steps[n++] = step(bar, 0, 16, PROCIRQ_OP_TEST_EQ, EDU_STATUS, 0xffff,
			    *(const volatile uint16_t *)status);
	d.steps[n++] = step(bar, 0, 8, PROCIRQ_OP_TEST_EQ, EDU_STATUS, 0xff,
			    *(const volatile uint8_t *)status);
	d.steps[n++] = step(config, 0, 8, PROCIRQ_OP_TEST_EQ, INTERRUPT_LINE, 0xff, line);
	d.steps[n++] = step(config, 0, 32, PROCIRQ_OP_TEST_EQ, 0, ~0U, 0x11e81234);
	d.nr_check = n;
	d.steps[n++] = step(bar, 0, 32, PROCIRQ_OP_WRITE_STATUS, EDU_ACK, ~0U, 0);
	d.steps[n++] = step(bar, 0, 8, PROCIRQ_OP_WRITE, EDU_ACK, 0, 0xff);
	d.steps[n++] = step(bar, 0, 16, PROCIRQ_OP_WRITE, EDU_ACK, 0, 0xffff);
	d.steps[n++] = step(config, 0, 16, PROCIRQ_OP_READ, COMMAND, 0, 0);
	d.nr_ack = n - d.nr_check;
	d.steps[n++] = step(config, 0, 8, PROCIRQ_OP_WRITE, CACHE_LINE, 0, 0x5a);
	d.steps[n++] = step(config, 0, 8, PROCIRQ_OP_SET, CACHE_LINE, 0, 0x81);
	d.nr_silence = 2;
	d.steps[n++] = step(config, 0, 32, PROCIRQ_OP_CLEAR, CACHE_LINE, 0, 0x0a);
	d.nr_resume = 1;
	d.steps[n++] = step(config, 0, 8, PROCIRQ_OP_WRITE, CACHE_LINE, 0, 0x10);
	d.steps[n++] = step(bar, 0, 32, PROCIRQ_OP_WRITE, EDU_ACK, 0, ~0U);
	d.nr_release = 2;

	fd = device_open(irq, O_RDWR, &d);
	edu_raise(edu);
	CHECK_EQ(irq_read(fd), 1);
	CHECK_EQ(edu[EDU_STATUS / 4], 0);
	/* Silenced: 0x5a | 0x81. */
	CHECK(AWAIT((cache = pci_config(EDU_1, CACHE_LINE, 1)) == 0xdb));
	CHECK_EQ(irq_read_now(fd), -EAGAIN);
	/* Resumed: without 0x0a. */
	CHECK_EQ(pci_config(EDU_1, CACHE_LINE, 1), 0xd1);
	close(fd);
	CHECK_EQ(pci_config(EDU_1, CACHE_LINE, 1), 0x10);
	edus_release();
}

static const struct tap_test tests[] = {
	TAP_TEST(the_status_word),
	TAP_TEST(refusals),
	TAP_TEST(not_without_rawio),
	TAP_TEST(two_readers_on_one_line),
	TAP_TEST(two_start_at_once),
	TAP_TEST(a_line_in_use_is_kept),
	TAP_TEST(pci_intx),
	TAP_TEST(every_width_and_operation),
	TAP_SLOW(shared_with_a_kernel_driver, 300),
	TAP_TEST(a_driver_is_killed),
	TAP_TEST(removal_of_one_of_two),
	TAP_TEST(msi_with_a_descriptor),
	TAP_TEST(the_listing_and_the_bus_master),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
