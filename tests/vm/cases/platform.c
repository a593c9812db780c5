// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Platform devices and procirq-platform: binding, interrupts, memory regions,
 * descriptors; unbinding under all of them; kernels without hooks.
 *
 * platdev.ko makes the devices: they have the registers and the interrupt of the edu
 * devices, which are enabled and have no driver meanwhile. On arm64 there is pl031 too.
 *
 * rounds=N (200): how often a device is unbound under readers.
 */
#include <limits.h>
#include <setjmp.h>

#include "plat.h"

/* After every test: no device is left, and procirq is loaded as ever. */
static const char *platform_after(void)
{
	const char *why = NULL;

	module_unload("delay");
	if (module_loaded("platdev") && !AWAIT(module_unload("platdev") == 0))
		why = "platdev does not unload";
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	edu_disable(EDU_1);
	edu_disable(EDU_2);
	if (module_loaded("eduirq"))
		module_unload("eduirq");
	if (!procirq_restore())
		why = "procirq does not load";
	return why ?: guest_after();
}

static bool irq_file_exists(int irq)
{
	return access(irq_path(irq), F_OK) == 0;
}

/* --- binding -------------------------------------------------------------------------- */

static void what_a_bound_device_says(void)
{
	struct plat plat = plat_at("plat.a", EDU_1);
	unsigned int line = gen_add();
	int second = gen_status(line).irq;
	char want[200];

	REQUIRE(put_text(PLATDEV "add",
			 "plat.a mem=%#llx,0x1000 irq=%d,event mem=%#llx,0x40 irq=%d", plat.start,
			 plat.irq, plat.start + 0x1080, second) == 0);
	CHECK(access(plat_path("plat.a", "irqs"), F_OK) == -1);
	/* Without driver_override it is nobody's. */
	CHECK_ERR(put_text(DRIVER "/bind", "plat.a"), ENODEV);
	REQUIRE(plat_bind("plat.a") == 0);
	CHECK(!strcmp(plat_says("plat.a", "kind"), "platform\n"));
	snprintf(want, sizeof(want), "0 %d event\n1 %d\n", plat.irq, second);
	CHECK(!strcmp(plat_says("plat.a", "irqs"), want));
	snprintf(want, sizeof(want), "0 %#llx 0x1000\n1 %#llx 0x40\n", plat.start,
		 plat.start + 0x1080);
	CHECK(!strcmp(plat_says("plat.a", "regions"), want));
	CHECK(!strcmp(plat_says("plat.a", "widths"), "32\n"));
	CHECK(irq_file_exists(plat.irq));
	CHECK(irq_file_exists(second));
	CHECK(read_text("/sys/class/procirq-irq/plat.a:0/name", want, sizeof(want)) &&
	      !strcmp(want, "event\n"));
	CHECK(read_text("/sys/class/procirq-irq/plat.a:1/irq", want, sizeof(want)) &&
	      atoi(want) == second);
	CHECK(close(open("/dev/procirq/plat.a/1", O_RDONLY | O_CLOEXEC)) == 0);
	/* It is set aside for user space: it may be opened for reading only. */
	CHECK(close(irq_open(plat.irq, O_RDONLY)) == 0);
	CHECK(plat_unbind("plat.a") == 0);
	CHECK(access(plat_path("plat.a", "irqs"), F_OK) == -1);
	CHECK(access("/dev/procirq/plat.a", F_OK) == -1);
	CHECK_ERR(irq_open(plat.irq, O_RDONLY), EACCES);
	REQUIRE(put_text(PLATDEV "remove", "plat.a") == 0);
}

/* The names that firmware has for a device's interrupts, and the width of its registers. */
static void properties_of_firmware(void)
{
	struct plat plat = plat_at("plat.a", EDU_1);
	unsigned int line = gen_add();
	int second = gen_status(line).irq;
	char want[100];

	REQUIRE(put_text(PLATDEV "add", "plat.a irq=%d irq=%d name=rx name=tx width=2", plat.irq,
			 second) == 0);
	REQUIRE(plat_bind("plat.a") == 0);
	snprintf(want, sizeof(want), "0 %d rx\n1 %d tx\n", plat.irq, second);
	CHECK(!strcmp(plat_says("plat.a", "irqs"), want));
	CHECK(!strcmp(plat_says("plat.a", "widths"), "16\n"));
	CHECK(!strcmp(plat_says("plat.a", "regions"), ""));
}

static void devices_that_cannot_be_bound(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	char name[80];

	REQUIRE(put_text(PLATDEV "add", "plat.b mem=%#llx,0x1000", plat.start + 0x3000) == 0);
	CHECK_ERR(plat_bind("plat.b"), ENXIO);
	/* Another driver has its registers, or memory is there. */
	REQUIRE(put_text(PLATDEV "add", "plat.c mem=%#llx,0x1000 irq=%d", plat.start, plat.irq) ==
		0);
	CHECK_ERR(plat_bind("plat.c"), EBUSY);
	memset(name, 'x', sizeof(name));
	name[64] = '\0';
	REQUIRE(put_text(PLATDEV "add", "%s irq=%d", name, plat.irq) == 0);
	CHECK_ERR(plat_bind(name), ENAMETOOLONG);
	CHECK_EQ(irq_read_now(irq_open(plat.irq, O_RDWR)), -EAGAIN);
}

/* --- interrupts ---------------------------------------------------------------------------- */

static void interrupts_of_the_whole_line(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	volatile uint32_t *edu = region_map("plat.a", 0);
	int fd = irq_open(plat.irq, O_RDWR | O_EXCL), i;
	unsigned long long before;

	REQUIRE(fd >= 0);
	before = irq_info(fd).taken;
	for (i = 0; i < 100; i++) {
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
		edu_ack(edu);
		CHECK_EQ(irq_read_now(fd), -EAGAIN);
	}
	CHECK_EQ(irq_info(fd).taken - before, 100);
	CHECK_EQ(irq_info(fd).state & PROCIRQ_STATE_FLOW, PROCIRQ_STATE_FLOW);
	close(fd);
}

static void interrupts_with_a_descriptor(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	struct procirq_descriptor d = region_descriptor("plat.a");
	volatile uint32_t *edu = region_map("plat.a", 0);
	int fd = irq_open(plat.irq, O_RDWR), i;
	struct procirq_event event;
	char path[64], text[512];

	REQUIRE(fd >= 0);
	REQUIRE(set_descriptor(fd, &d) == 0);
	REQUIRE(irq_flags(fd, PROCIRQ_FLAG_RECORDS) == 0);
	for (i = 1; i <= 100; i++) {
		edu[EDU_RAISE / 4] = i;
		CHECK_EQ(read(fd, &event, sizeof(event)), sizeof(event));
		CHECK_EQ(event.count, 1);
		CHECK_EQ(event.status, i);
		CHECK_EQ(edu[EDU_STATUS / 4], 0);
	}
	CHECK_EQ(irq_info(fd).taken, 100);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	read_text(path, text, sizeof(text));
	CHECK(strstr(text, "device:\tplat.a\n") != NULL);
	close(fd);
	CHECK_EQ(edu[EDU_LIVE / 4], ~0x5aU);
}

/* The line is shared with a kernel driver of the other edu device. */
static void shared_with_a_kernel_driver(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	struct procirq_descriptor d = region_descriptor("plat.a");
	volatile uint32_t *edu = region_map("plat.a", 0), *theirs;
	char text[32];
	int fd, i;

	pci_unbind(EDU_2);
	/* An earlier program may have left it to eduirq, which would bind to it at once. */
	put_text(PCI_DEVICE EDU_2 "/driver_override", "\n");
	REQUIRE(module_load("eduirq", "") == 0);
	REQUIRE(pci_bind(EDU_2, "eduirq") == 0);
	REQUIRE(pci_intx_enable(EDU_2));
	theirs = edu_map(EDU_2);
	fd = irq_open(plat.irq, O_RDWR);
	REQUIRE(fd >= 0);
	CHECK_EQ(irq_read_now(fd), -ENOTCONN);
	REQUIRE(set_descriptor(fd, &d) == 0);
	for (i = 0; i < 50; i++) {
		edu_raise(theirs);
		CHECK(AWAIT(theirs[EDU_STATUS / 4] == 0));
		CHECK_EQ(irq_read_now(fd), -EAGAIN);
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
	}
	REQUIRE(read_text("/sys/module/eduirq/parameters/handled", text, sizeof(text)));
	CHECK_EQ(atoi(text), 50);
	close(fd);
	pci_unbind(EDU_2);
}

/* --- descriptors ------------------------------------------------------------------------- */

/* Each wrong descriptor has its errno, and changes nothing. */
static void wrong_descriptors(void)
{
	struct plat plat = plat_at("plat.a", EDU_1);
	struct procirq_descriptor good = region_descriptor("plat.a"), d;
	int fd;

	REQUIRE(put_text(PLATDEV "add",
			 "plat.a mem=%#llx,0x1000 irq=%d mem=%#llx,0x7e mem=%#llx,0x6", plat.start,
			 plat.irq, plat.start + 0x1080, plat.start + 0x2002) == 0);
	REQUIRE(put_text(PLATDEV "add", "plat.b irq=%d", gen_status(gen_add()).irq) == 0);
	REQUIRE(plat_bind("plat.a") == 0);
	REQUIRE(plat_bind("plat.b") == 0);
	fd = irq_open(plat.irq, O_RDWR);
	REQUIRE(fd >= 0);
	REFUSED(d.flags = 0, EINVAL);
	REFUSED(d.flags |= PROCIRQ_DESC_INTX, EINVAL);
	REFUSED(d.flags |= 4, EINVAL);
	REFUSED(d.devfn = 1, EINVAL);
	REFUSED(d.bus = 1, EINVAL);
	REFUSED(d.domain = 1, EINVAL);
	REFUSED(d.platform[0] = '\0', EINVAL);
	REFUSED(memset(d.platform, 'x', sizeof(d.platform)), EINVAL);
	REFUSED(d.platform[sizeof(d.platform) - 1] = 'x', EINVAL);
	REFUSED(d.steps[0].space = PROCIRQ_SPACE_BAR, EINVAL);
	REFUSED(d.steps[0].space = PROCIRQ_SPACE_CONFIG, EINVAL);
	REFUSED(d.steps[0].op = PROCIRQ_OP_WRITE, EINVAL);
	REFUSED(d.platform[5] = 'z', ENXIO);
	REFUSED(d.platform[5] = 'b', EXDEV);
	REFUSED(d.steps[0].bar = 3, ENOENT);
	REFUSED(d.steps[0].bar = 255, ENOENT);
	REFUSED(d.steps[0].width = 64, EMSGSIZE);
	REFUSED(d.steps[0].width = 8, EPROTOTYPE);
	REFUSED(d.steps[0].width = 16, EPROTOTYPE);
	REFUSED(d.steps[0].offset = 0x26, EADDRNOTAVAIL);
	/* The region begins at an odd place. */
	REFUSED((d.steps[0].bar = 2, d.steps[0].offset = 0), EADDRNOTAVAIL);
	REFUSED(d.steps[0].offset = 0x1000, ERANGE);
	REFUSED(d.steps[0].offset = 0xfffffffc, ERANGE);
	/* The region ends in the middle of the register. */
	REFUSED((d.steps[0].bar = 1, d.steps[0].offset = 0x7c), ERANGE);
	/* Devices of PCI have no regions. */
	d = edu_descriptor(EDU_1);
	d.steps[0].space = PROCIRQ_SPACE_REGION;
	CHECK_EQ(set_descriptor(fd, &d), -EINVAL);
	d = edu_descriptor(EDU_1);
	d.platform[0] = 'x';
	CHECK_EQ(set_descriptor(fd, &d), -EINVAL);
	/* After all that the line is as it was, and a good one is accepted. */
	CHECK_EQ(irq_read_now(fd), -EAGAIN);
	CHECK_EQ(set_descriptor(fd, &good), 0);
	CHECK_EQ(set_descriptor(fd, &good), -EBUSY);
	close(fd);
}

/* Widths that the administrator vouches for. */
static void widths_that_are_known(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	struct procirq_descriptor d = region_descriptor("plat.a");
	int fd = irq_open(plat.irq, O_RDWR);

	REQUIRE(fd >= 0);
	d.steps[0].width = 16;
	d.steps[0].mask = 0xffff;
	CHECK_ERR(put_text(plat_path("plat.a", "widths"), "64"), EINVAL);
	CHECK_ERR(put_text(plat_path("plat.a", "widths"), "8 12"), EINVAL);
	CHECK_ERR(put_text(plat_path("plat.a", "widths"), "0"), EINVAL);
	CHECK_ERR(put_text(plat_path("plat.a", "widths"), "32 x"), EINVAL);
	CHECK_EQ(set_descriptor(fd, &d), -EPROTOTYPE);
	CHECK_EQ(put_text(plat_path("plat.a", "widths"), "32 8\n"), 0);
	CHECK(!strcmp(plat_says("plat.a", "widths"), "8 32\n"));
	CHECK_EQ(set_descriptor(fd, &d), -EPROTOTYPE);
	CHECK_EQ(put_text(plat_path("plat.a", "widths"), "16 32"), 0);
	/* No interrupt comes: nothing is accessed. */
	CHECK_EQ(set_descriptor(fd, &d), 0);
	close(fd);
}

/* Runs @call in a process without privileges, and returns what it returns. */
static int as_nobody(int (*call)(int fd), int fd)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(255);
		_exit(-call(fd));
	}
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static int describe_plat(int fd)
{
	struct procirq_descriptor d = region_descriptor("plat.a");

	return set_descriptor(fd, &d);
}

static int map_shared(int fd)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -errno :
											   0;
}

static int open_device(int unused)
{
	(void)unused;
	return close(open("/dev/procirq/plat.a/0", O_RDWR | O_CLOEXEC)) ? -errno : 0;
}

static int write_width(int fd)
{
	return write(fd, "8\n", 2) == 2 ? 0 : -errno;
}

/* What a program may that was given open files. */
static void without_privilege(void)
{
	struct plat plat = plat_at("plat.a", EDU_1);
	int fd, widths, whole, part;

	REQUIRE(put_text(PLATDEV "add", "plat.a mem=%#llx,0x1000 irq=%d mem=%#llx,0x80", plat.start,
			 plat.irq, plat.start + 0x2000) == 0);
	REQUIRE(plat_bind("plat.a") == 0);
	fd = irq_open(plat.irq, O_RDWR);
	widths = open(plat_path("plat.a", "widths"), O_WRONLY | O_CLOEXEC);
	whole = region_open("plat.a", 0);
	part = region_open("plat.a", 1);
	REQUIRE(fd >= 0 && widths >= 0 && whole >= 0 && part >= 0);
	CHECK_EQ(as_nobody(describe_plat, fd), -EPERM);
	CHECK_EQ(as_nobody(write_width, widths), -EPERM);
	CHECK_EQ(as_nobody(map_shared, whole), 0);
	/* Other devices may be in its page. */
	CHECK_EQ(as_nobody(map_shared, part), -EPERM);
	CHECK_EQ(map_shared(part), 0);
	CHECK_EQ(as_nobody(open_device, 0), -EBADF);
	REQUIRE(chown("/dev/procirq/plat.a/0", 65534, 65534) == 0);
	CHECK_EQ(as_nobody(open_device, 0), 0);
	close(fd);
}

/* --- mappings ---------------------------------------------------------------------------- */

static sigjmp_buf fault;

static void jump_from_fault(int signal)
{
	siglongjmp(fault, signal);
}

/* Returns the signal that an access ends in, or 0. */
static int access_signal(volatile uint32_t *at)
{
	int signal;

	sigaction(SIGBUS, &(struct sigaction){ .sa_handler = jump_from_fault }, NULL);
	sigaction(SIGSEGV, &(struct sigaction){ .sa_handler = jump_from_fault }, NULL);
	signal = sigsetjmp(fault, 1);
	if (!signal)
		(void)*at;
	return signal;
}

static void mappings(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	volatile uint32_t *edu = region_map("plat.a", 0);
	int fd = region_open("plat.a", 0);

	(void)plat;
	REQUIRE(fd >= 0);
	edu[EDU_LIVE / 4] = 0x1234;
	CHECK_EQ(edu[EDU_LIVE / 4], ~0x1234U);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) == MAP_FAILED &&
	      errno == EINVAL);
	CHECK(mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EINVAL);
	CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096) == MAP_FAILED && errno == EINVAL);
	/* The device has no clock then. */
	CHECK(plat_unbind("plat.a") == 0);
	CHECK_EQ(access_signal(edu), SIGBUS);
	CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
	close(fd);
}

/* --- unbinding -------------------------------------------------------------------------- */

#define READERS 10

/* Readers of one file, or of a file each, with a descriptor or without. */
static void unbind_under(struct plat *plat, bool described)
{
	struct procirq_descriptor d = region_descriptor(plat->name);
	struct blocked b[READERS];
	struct line_stats stats;
	int i;

	for (i = 0; i < READERS; i++) {
		int fd = i && described ? b[0].fd : irq_open(plat->irq, O_RDWR);

		REQUIRE(fd >= 0);
		if (!i && described)
			REQUIRE(set_descriptor(fd, &d) == 0);
		blocked_start(&b[i], fd);
		REQUIRE(!b[i].done);
	}
	REQUIRE(plat_unbind(plat->name) == 0);
	for (i = 0; i < READERS; i++)
		CHECK_EQ(blocked_join(&b[i]), -ENODEV);
	/* Where nothing is hooked, the line has gone with its device. */
	if (stats_find(plat->irq, &stats))
		CHECK_EQ(stats.attached, 0);
	CHECK_EQ(irq_poll(b[0].fd, 0), POLLIN | POLLERR | POLLHUP);
	for (i = 0; i < (described ? 1 : READERS); i++)
		close(b[i].fd);
	REQUIRE(plat_bind(plat->name) == 0);
}

static void unbinding_under_readers(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	int rounds = tap_setting("rounds", 200), i;

	for (i = 0; i < rounds && !tap_shared->complaints; i++)
		unbind_under(&plat, i % 2);
	CHECK_EQ(irq_depth(plat.irq), irq_depth(plat.irq) < 0 ? -1 : 1);
}

/* Release steps are run before the device is let go of. */
static void unbinding_releases_the_device(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	struct procirq_descriptor d = region_descriptor("plat.a");
	int fd = irq_open(plat.irq, O_RDWR);

	REQUIRE(fd >= 0 && set_descriptor(fd, &d) == 0);
	CHECK(plat_unbind("plat.a") == 0);
	CHECK_EQ(edu_map(EDU_1)[EDU_LIVE / 4], ~0x5aU);
	CHECK_EQ(irq_read(fd), -ENODEV);
	CHECK_EQ(irq_enable(fd, 1), -ENODEV);
	CHECK_EQ(set_descriptor(fd, &d), -ENXIO);
	close(fd);
}

/* Two devices on one line: one goes, and the readers of the other one stay. */
static void unbinding_one_of_two(void)
{
	struct plat a = plat_make("plat.a", EDU_1), b = plat_make("plat.b", EDU_2);
	struct procirq_descriptor da = region_descriptor("plat.a"),
				  db = region_descriptor("plat.b");
	volatile uint32_t *edu = region_map("plat.b", 0);
	struct blocked blocked;
	int fa, fb;

	REQUIRE(a.irq == b.irq);
	fa = irq_open(a.irq, O_RDWR);
	fb = irq_open(a.irq, O_RDWR);
	REQUIRE(fa >= 0 && fb >= 0);
	REQUIRE(set_descriptor(fa, &da) == 0 && set_descriptor(fb, &db) == 0);
	blocked_start(&blocked, fa);
	CHECK(plat_unbind("plat.a") == 0);
	CHECK_EQ(blocked_join(&blocked), -ENODEV);
	edu_raise(edu);
	CHECK_EQ(irq_read(fb), 1);
	close(fa);
	close(fb);
	/* So does the reader of the whole line, until the last of them goes. */
	fb = irq_open(a.irq, O_RDWR);
	REQUIRE(plat_bind("plat.a") == 0);
	CHECK(plat_unbind("plat.b") == 0);
	CHECK_EQ(irq_read_now(fb), -EAGAIN);
	CHECK(plat_unbind("plat.a") == 0);
	CHECK_EQ(irq_read_now(fb), -ENODEV);
	close(fb);
}

/* The device goes after its descriptor was checked, before there is a handler. */
static void unbound_while_its_descriptor_is_set(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	struct procirq_descriptor d = region_descriptor("plat.a");
	int fd, status;
	pid_t pid;

	/* The line stays, and its readers do, because another device has it too. */
	plat_make("plat.b", EDU_2);
	REQUIRE(module_load("delay", "symbol=procirq_action_init comm=opener ms=8000") == 0);
	fd = irq_open(plat.irq, O_RDWR);
	REQUIRE(fd >= 0);
	pid = fork_opener();
	if (!pid)
		_exit(-set_descriptor(fd, &d));
	REQUIRE(AWAIT(delay_count("hits") > 0));
	REQUIRE(plat_unbind("plat.a") == 0);
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	REQUIRE(AWAIT(waitpid(pid, &status, WNOHANG) == pid));
	CHECK_EQ(delay_count("expired"), 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == ENODEV);
	CHECK_EQ(irq_info(fd).state & PROCIRQ_STATE_DEVICE, 0);
	close(fd);
}

static void *describe_again_and_again(void *arg)
{
	struct procirq_descriptor d = region_descriptor("plat.a");
	struct blocked *b = arg;
	int fd, err;

	while (!b->done) {
		fd = irq_open(b->fd, O_RDWR | O_NONBLOCK);
		if (fd < 0)
			continue;
		err = set_descriptor(fd, &d);
		CHECK(err == 0 || err == -ENXIO || err == -ENODEV || err == -EBUSY);
		err = irq_read(fd);
		CHECK(err == -EAGAIN || err == -ENODEV || err == -ENOTCONN);
		close(fd);
	}
	return NULL;
}

static void describing_races_with_unbinding(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	struct blocked b = { .fd = plat.irq };
	int i;

	REQUIRE(pthread_create(&b.thread, NULL, describe_again_and_again, &b) == 0);
	for (i = 0; i < 100; i++) {
		CHECK(plat_unbind("plat.a") == 0);
		CHECK(plat_bind("plat.a") == 0);
	}
	b.done = true;
	CHECK(thread_join(b.thread));
}

/* Two programs bind and unbind one device. */
/*
 * driver_override is set before: the kernel (6.1) reads it without a lock when a device is
 * bound, and its writer frees what was there.
 */
static void two_binders(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	int i, status;
	pid_t pid[2];
	char want[32];

	for (i = 0; i < 2; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		for (i = 0; i < 100; i++) {
			CHECK(plat_unbind("plat.a") == 0 || errno == ENODEV);
			CHECK(put_text(DRIVER "/bind", "plat.a") == 0 || errno == EBUSY ||
			      errno == ENODEV);
		}
		_exit(tap_shared->complaints != 0);
	}
	for (i = 0; i < 2; i++)
		CHECK(waitpid(pid[i], &status, 0) == pid[i] && status == 0);
	plat_bind("plat.a");
	snprintf(want, sizeof(want), "0 %d\n", plat.irq);
	CHECK(!strcmp(plat_says("plat.a", "irqs"), want));
	CHECK_EQ(irq_read_now(irq_open(plat.irq, O_RDWR)), -EAGAIN);
}

static void the_device_is_removed(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	struct blocked b;

	blocked_start(&b, irq_open(plat.irq, O_RDWR));
	REQUIRE(put_text(PLATDEV "remove", "plat.a") == 0);
	CHECK_EQ(blocked_join(&b), -ENODEV);
	close(b.fd);
}

/* --- loading and unloading ------------------------------------------------------------------ */

static void unloading_unbinds(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	int fd = irq_open(plat.irq, O_RDWR);

	REQUIRE(fd >= 0);
	CHECK_ERR(module_unload("procirq"), EAGAIN);
	close(fd);
	REQUIRE(AWAIT(module_unload("procirq") == 0));
	CHECK(access(plat_path("plat.a", "irqs"), F_OK) == -1);
	CHECK(!irq_file_exists(plat.irq));
	/* Loaded again, it binds the device at once. */
	REQUIRE(module_load("procirq", "storm_rate=0") == 0);
	CHECK(access(plat_path("plat.a", "irqs"), F_OK) == 0);
	CHECK(irq_file_exists(plat.irq));
}

/* Loading fails after it has bound a device. */
static void loading_fails_with_a_device(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	char words[200];

	REQUIRE(AWAIT(module_unload("procirq") == 0));
	CHECK(module_load("procirq", "watch=0 irqs=9999") == -1);
	CHECK(!irq_file_exists(plat.irq));
	CHECK(access(plat_path("plat.a", "irqs"), F_OK) == -1);
	snprintf(words, sizeof(words), "compatible=%0130d", 0);
	CHECK_ERR(module_load("procirq", words), EINVAL);
	CHECK_ERR(module_load("procirq", "\"compatible=a b c d e f g h i j k l m n o p q\""),
		  EINVAL);
}

/* Lines of bound devices have their files without hooks, too. */
static void without_hooks(void)
{
	struct plat plat = plat_make("plat.a", EDU_1);
	struct procirq_descriptor d = region_descriptor("plat.a");
	volatile uint32_t *edu;
	struct blocked b;
	int fd, irq, i;

	REQUIRE(procirq_reload("watch=0 storm_rate=0"));
	for (i = 0; i < 20; i++) {
		CHECK(irq_file_exists(plat.irq));
		edu = region_map("plat.a", 0);
		fd = irq_open(plat.irq, O_RDWR);
		REQUIRE(fd >= 0);
		if (i % 2)
			REQUIRE(set_descriptor(fd, &d) == 0);
		edu_raise(edu);
		CHECK_EQ(irq_read(fd), 1);
		edu_ack(edu);
		blocked_start(&b, fd);
		CHECK(plat_unbind("plat.a") == 0);
		CHECK_EQ(blocked_join(&b), -ENODEV);
		CHECK(!irq_file_exists(plat.irq));
		close(fd);
		REQUIRE(plat_bind("plat.a") == 0);
	}
	REQUIRE(put_text(PLATDEV "remove", "plat.a") == 0);
	CHECK(!irq_file_exists(plat.irq));
	edu_disable(EDU_1);

	/* And those of PCI functions. */
	for (i = 0; i < 4; i++) {
		REQUIRE(pci_irq_kind(i % 2 ? "intx" : "msi") == 0);
		REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
		irq = pci_irq(EDU_1);
		blocked_start(&b, irq_open(irq, O_RDWR));
		CHECK(pci_unbind(EDU_1) == 0);
		CHECK_EQ(blocked_join(&b), -ENODEV);
		close(b.fd);
		CHECK(!irq_file_exists(irq));
	}
	REQUIRE(procirq_reload("storm_rate=0"));
	CHECK_EQ(pci_irq_kind("intx"), 0);
}

/* Two owners of a line without hooks: the file goes with the last one. */
static void two_owners_without_hooks(void)
{
	struct plat a = plat_make("plat.a", EDU_1);

	plat_make("plat.b", EDU_2);
	REQUIRE(procirq_reload("watch=0 storm_rate=0"));
	CHECK(plat_unbind("plat.a") == 0);
	CHECK(irq_file_exists(a.irq));
	CHECK_EQ(irq_read_now(irq_open(a.irq, O_RDWR)), -EAGAIN);
	CHECK(plat_unbind("plat.b") == 0);
	CHECK(!irq_file_exists(a.irq));
}

/* --- the device tree ------------------------------------------------------------------- */

#define RTC_NODE "/pl031@9010000"
#define RTC	 "9010000.pl031"
#define RTC_DR	 0x00 /* time, s (ARM DDI 0224, 3.3) */
#define RTC_MR	 0x04 /* time of the alarm */
#define RTC_IMSC 0x10 /* 1: interrupt enabled */
#define RTC_MIS	 0x18
#define RTC_ICR	 0x1c

static int clock_count(void)
{
	char text[16];

	return read_text("/sys/kernel/debug/clk/apb-pclk/clk_enable_count", text, sizeof(text)) ?
		       atoi(text) :
		       -1;
}

/* pl031, whose driver of the kernel has to let go of it first. */
static void an_alarm_of_pl031(void)
{
	const int region = PROCIRQ_SPACE_REGION;
	struct procirq_descriptor d = { .size = sizeof(d), .flags = PROCIRQ_DESC_PLATFORM };
	volatile uint32_t *rtc;
	int fd, irq, clocks, i;

	if (access("/sys/firmware/devicetree/base" RTC_NODE, F_OK))
		SKIP("no pl031 in a device tree");
	put_text("/sys/bus/amba/drivers/rtc-pl031/unbind", RTC);
	REQUIRE(module_load("platdev", "") == 0);
	REQUIRE(put_text(PLATDEV "add",
			 "plat.rtc mem=0x9010000,0x1000 node=" RTC_NODE " name=alarm") == 0);
	clocks = clock_count();
	REQUIRE(plat_bind("plat.rtc") == 0);
	CHECK_EQ(clock_count(), clocks + (clocks >= 0));
	REQUIRE(sscanf(plat_says("plat.rtc", "irqs"), "0 %d alarm\n", &irq) == 1);
	rtc = region_map("plat.rtc", 0);
	rtc[RTC_ICR / 4] = 1;
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	snprintf(d.platform, sizeof(d.platform), "plat.rtc");
	d.nr_check = d.nr_ack = d.nr_release = 1;
	d.steps[0] = step(region, 0, 32, PROCIRQ_OP_TEST_ANY, RTC_MIS, 1, 0);
	d.steps[1] = step(region, 0, 32, PROCIRQ_OP_WRITE, RTC_ICR, 0, 1);
	d.steps[2] = step(region, 0, 32, PROCIRQ_OP_WRITE, RTC_IMSC, 0, 0);
	REQUIRE(set_descriptor(fd, &d) == 0);
	rtc[RTC_IMSC / 4] = 1;
	for (i = 0; i < 100; i++) {
		/* The alarm is now. */
		rtc[RTC_MR / 4] = rtc[RTC_DR / 4];
		CHECK_EQ(irq_read(fd), 1);
		CHECK_EQ(rtc[RTC_MIS / 4], 0);
	}
	close(fd);
	CHECK_EQ(rtc[RTC_IMSC / 4], 0);
	/* As a whole, by our flow handler. */
	fd = irq_open(irq, O_RDWR);
	rtc[RTC_IMSC / 4] = 1;
	for (i = 0; i < 100; i++) {
		rtc[RTC_MR / 4] = rtc[RTC_DR / 4];
		CHECK_EQ(irq_read(fd), 1);
		rtc[RTC_ICR / 4] = 1;
		CHECK_EQ(irq_read_now(fd), -EAGAIN);
	}
	CHECK_EQ(irq_info(fd).state & PROCIRQ_STATE_FLOW, PROCIRQ_STATE_FLOW);
	rtc[RTC_IMSC / 4] = 0;
	close(fd);
	CHECK(plat_unbind("plat.rtc") == 0);
	CHECK_EQ(clock_count(), clocks);
}

#define MMIO "a000000.virtio_mmio" /* one of 32, without a device behind them */

/* Devices of a device tree by the parameter "compatible". */
static void compatible_devices(void)
{
	int irq, other;

	if (access(DEVICES MMIO, F_OK))
		SKIP("no virtio_mmio in a device tree");
	REQUIRE(procirq_reload("storm_rate=0 \"compatible=no,such virtio,mmio\""));
	CHECK(access(DRIVER "/" MMIO, F_OK) == 0);
	CHECK(access(DRIVER "/a000200.virtio_mmio", F_OK) == 0);
	REQUIRE(sscanf(plat_says(MMIO, "irqs"), "0 %d\n", &irq) == 1);
	CHECK(!strcmp(plat_says(MMIO, "regions"), "0 0xa000000 0x200\n"));
	/* "virt", its magic value. */
	CHECK_EQ(region_map(MMIO, 0)[0], 0x74726976);
	REQUIRE(sscanf(plat_says("a000200.virtio_mmio", "irqs"), "0 %d\n", &other) == 1);
	CHECK(irq != other);
	CHECK(irq_file_exists(irq));
	CHECK(irq_file_exists(other));
	REQUIRE(procirq_reload("storm_rate=0"));
	CHECK(!irq_file_exists(irq) || access(DRIVER "/" MMIO, F_OK) == -1);
}

static const struct tap_test tests[] = {
	TAP_TEST(what_a_bound_device_says),
	TAP_TEST(properties_of_firmware),
	TAP_TEST(devices_that_cannot_be_bound),
	TAP_TEST(interrupts_of_the_whole_line),
	TAP_TEST(interrupts_with_a_descriptor),
	TAP_TEST(shared_with_a_kernel_driver),
	TAP_TEST(wrong_descriptors),
	TAP_TEST(widths_that_are_known),
	TAP_TEST(without_privilege),
	TAP_TEST(mappings),
	TAP_SLOW(unbinding_under_readers, 300),
	TAP_TEST(unbinding_releases_the_device),
	TAP_TEST(unbinding_one_of_two),
	TAP_TEST(unbound_while_its_descriptor_is_set),
	TAP_TEST(describing_races_with_unbinding),
	TAP_TEST(two_binders),
	TAP_TEST(the_device_is_removed),
	TAP_TEST(unloading_unbinds),
	TAP_TEST(loading_fails_with_a_device),
	TAP_TEST(without_hooks),
	TAP_TEST(two_owners_without_hooks),
	TAP_TEST(an_alarm_of_pl031),
	TAP_TEST(compatible_devices),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = platform_after;
	return TAP_MAIN(tests);
}
