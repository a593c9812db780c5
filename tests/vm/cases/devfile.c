// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /dev/procirq/DEVICE/INDEX: where it is and how it is announced, who may use it, and how
 * its files end when the device is unbound.
 *
 * rounds=N (100): how often a device is bound while its file is opened.
 */
#include <grp.h>
#include <linux/netlink.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "edu.h"
#include "guest.h"

#define CLASS	"/sys/class/procirq-irq/"
#define FILE_1	"/dev/procirq/" EDU_1 "/0"
#define FILE_2	"/dev/procirq/" EDU_2 "/0"
#define NOBODY	65534
#define REGULAR (O_RDWR | O_NONBLOCK | O_CLOEXEC)

/* Binds with this kind of interrupt. Returns the interrupt. */
static int bind_as(const char *device, const char *kind, volatile uint32_t **edu)
{
	edu_prepare(device);
	REQUIRE(edu_bind_with(device, kind) == 0);
	*edu = edu_map(device);
	edu_ack(*edu);
	if (!strcmp(kind, "intx"))
		REQUIRE(pci_intx_enable(device));
	return pci_irq(device);
}

/* What a file of the class says of the first device's interrupt. */
static const char *class_says(const char *file)
{
	static char text[4096];
	char path[128];

	snprintf(path, sizeof(path), CLASS EDU_1 ":0/%s", file);
	read_text(path, text, sizeof(text));
	return text;
}

static void become_nobody(void)
{
	REQUIRE(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

static void where_it_is(void)
{
	struct stat st, node;
	volatile uint32_t *edu;
	char target[512];
	int irq, fd;

	irq = bind_as(EDU_1, "msi", &edu);
	REQUIRE(stat(FILE_1, &st) == 0);
	CHECK(S_ISCHR(st.st_mode));
	CHECK_EQ(st.st_mode & 0777, 0600);
	CHECK(access("/dev/procirq/" EDU_1 "/1", F_OK) == -1);
	CHECK_EQ(atoi(class_says("irq")), irq);
	CHECK(!strcmp(class_says("index"), "0\n"));
	CHECK(!strcmp(class_says("name"), "\n"));
	CHECK(strstr(class_says("uevent"), "PROCIRQ_DEVICE=" EDU_1 "\n"));
	/* udev finds the device's properties there. */
	CHECK(realpath(CLASS EDU_1 ":0/device", target) && strstr(target, "/" EDU_1));

	fd = open(FILE_1, REGULAR);
	REQUIRE(fd >= 0);
	CHECK_EQ(irq_info(fd).irq, irq);
	CHECK_EQ(irq_read(fd), -EAGAIN);
	edu_raise(edu);
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	close(fd);

	REQUIRE(pci_unbind(EDU_1) == 0);
	CHECK_ERR(open(FILE_1, REGULAR), ENOENT);
	CHECK(access(CLASS EDU_1 ":0", F_OK) == -1);
	/* A node that somebody kept. */
	REQUIRE(mknod("/tmp/kept", S_IFCHR | 0600, st.st_rdev) == 0);
	CHECK_ERR(open("/tmp/kept", REGULAR), ENXIO);
	unlink("/tmp/kept");
	/* Numbers are used again. */
	bind_as(EDU_1, "msi", &edu);
	REQUIRE(stat(FILE_1, &node) == 0);
	CHECK(node.st_rdev == st.st_rdev);
}

/* Whether the kernel has announced @action of the interrupt: with what a rule needs. */
static bool announced(int netlink, const char *action)
{
	bool device = false, name = false, index = false;
	char text[4096];
	ssize_t n, at;

	n = recv(netlink, text, sizeof(text) - 1, MSG_DONTWAIT);
	if (n <= 0)
		return false;
	text[n] = '\0';
	if (strncmp(text, action, strlen(action)) || !strstr(text, "/procirq-irq/" EDU_1 ":0"))
		return false;
	for (at = 0; at < n; at += (ssize_t)strlen(text + at) + 1) {
		device |= !strcmp(text + at, "PROCIRQ_DEVICE=" EDU_1);
		index |= !strcmp(text + at, "PROCIRQ_INDEX=0");
		name |= !strcmp(text + at, "DEVNAME=procirq/" EDU_1 "/0");
	}
	CHECK(device && index && name);
	return true;
}

static void it_is_announced(void)
{
	struct sockaddr_nl group = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	volatile uint32_t *edu;

	REQUIRE(netlink >= 0 && bind(netlink, (void *)&group, sizeof(group)) == 0);
	bind_as(EDU_1, "msi", &edu);
	CHECK(AWAIT(announced(netlink, "add@")));
	REQUIRE(pci_unbind(EDU_1) == 0);
	CHECK(AWAIT(announced(netlink, "remove@")));
}

/* Everything that a driver does, without a capability. */
static void an_ordinary_user(void)
{
	struct procirq_eventfd wanted = { .fd = eventfd(0, EFD_NONBLOCK) };
	struct procirq_descriptor d;
	volatile uint32_t *edu;
	uint64_t count = 0;
	int irq, fd;
	void *ring;

	irq = bind_as(EDU_1, "msi", &edu);
	d = edu_descriptor(EDU_1);
	REQUIRE(wanted.fd >= 0 && chown(FILE_1, NOBODY, NOBODY) == 0);
	become_nobody();
	CHECK(irq_open(irq, O_RDWR) == -1);
	CHECK(open(FILE_2, REGULAR) == -1);
	fd = open(FILE_1, REGULAR);
	REQUIRE(fd >= 0);
	ring = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(ring != MAP_FAILED);
	CHECK(ioctl(fd, PROCIRQ_IOC_SET_EVENTFD, &wanted) == 0);
	CHECK_EQ(irq_flags(fd, PROCIRQ_FLAG_NO_MASK), 0);
	edu_raise(edu);
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	CHECK_EQ(irq_read(fd), 1);
	CHECK(AWAIT(read(wanted.fd, &count, sizeof(count)) == sizeof(count)) && count == 1);
	edu_ack(edu);
	CHECK_EQ(irq_enable(fd, 1), 0);
	/* That is access to registers, which a file of an interrupt is no right to. */
	CHECK_EQ(set_descriptor(fd, &d), -EPERM);
	close(fd);
}

/* Nor does one whom the file's owner does not let in. */
static void another_user(void)
{
	volatile uint32_t *edu;

	bind_as(EDU_1, "msi", &edu);
	REQUIRE(chown(FILE_1, NOBODY - 1, NOBODY - 1) == 0 && chmod(FILE_1, 0640) == 0);
	become_nobody();
	CHECK_ERR(open(FILE_1, O_RDONLY | O_CLOEXEC), EACCES);
	CHECK_ERR(open(FILE_1, REGULAR), EACCES);
}

/* The PCI core silences the device; no register is described. */
static void an_ordinary_user_of_a_shared_line(void)
{
	struct procirq_descriptor d, good, other;
	volatile uint32_t *edu, *edu2;
	int fd;

	bind_as(EDU_1, "intx", &edu);
	bind_as(EDU_2, "intx", &edu2);
	good = intx_descriptor(EDU_1);
	other = intx_descriptor(EDU_2);
	REQUIRE(chown(FILE_1, NOBODY, NOBODY) == 0);
	become_nobody();
	fd = open(FILE_1, REGULAR);
	REQUIRE(fd >= 0);
	REFUSED(d = edu_descriptor(EDU_1), EPERM);
	REFUSED(d = other, EPERM);
	REFUSED(d.devfn = 0xf8, EPERM);
	CHECK_EQ(set_descriptor(fd, &good), 0);
	CHECK_EQ(irq_read(fd), -EAGAIN);
	edu_raise(edu);
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	CHECK_EQ(irq_read(fd), -EAGAIN);
	close(fd);
}

/* Blocked, polled, not used yet: all of them end, and binding again does not help them. */
static void its_files_end(const char *kind)
{
	int fd, blocking, unused, polled;
	volatile uint32_t *edu;
	struct blocked reader;

	bind_as(EDU_1, kind, &edu);
	blocking = open(FILE_1, O_RDWR | O_CLOEXEC);
	polled = open(FILE_1, REGULAR);
	unused = open(FILE_1, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	REQUIRE(blocking >= 0 && polled >= 0 && unused >= 0);
	CHECK_EQ(irq_read(polled), -EAGAIN);
	blocked_start(&reader, blocking);

	REQUIRE(pci_unbind(EDU_1) == 0);
	CHECK_EQ(blocked_join(&reader), -ENODEV);
	CHECK(irq_poll(polled, 0) & POLLHUP);
	CHECK_EQ(irq_read(polled), -ENODEV);
	CHECK_EQ(irq_enable(polled, 1), -ENODEV);
	bind_as(EDU_1, kind, &edu);
	CHECK_EQ(irq_read(unused), -ENODEV);
	CHECK_EQ(irq_read(blocking), -ENODEV);
	fd = open(FILE_1, REGULAR);
	CHECK(fd >= 0);
	CHECK_EQ(irq_read(fd), -EAGAIN);
	edu_raise(edu);
	CHECK(AWAIT(irq_poll(fd, 0) == POLLIN));
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
}

static void unbinding_ends_its_files(void)
{
	its_files_end("msi");
}

static void unbinding_ends_its_files_intx(void)
{
	its_files_end("intx");
}

static void unbinding_ends_a_reader_with_a_descriptor(void)
{
	struct procirq_descriptor d;
	volatile uint32_t *edu;
	struct blocked reader;
	int fd;

	bind_as(EDU_1, "intx", &edu);
	d = intx_descriptor(EDU_1);
	fd = open(FILE_1, O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0 && set_descriptor(fd, &d) == 0);
	blocked_start(&reader, fd);
	REQUIRE(pci_unbind(EDU_1) == 0);
	CHECK_EQ(blocked_join(&reader), -ENODEV);
	CHECK(irq_poll(fd, 0) & POLLHUP);
}

/* Two devices on one line, of which one is unbound: the readers of the other go on. */
static void others_of_the_line_stay(void)
{
	volatile uint32_t *edu, *edu2;
	int irq, fd[3], i;

	irq = bind_as(EDU_1, "intx", &edu);
	REQUIRE(bind_as(EDU_2, "intx", &edu2) == irq);
	fd[0] = open(FILE_1, REGULAR);
	fd[1] = open(FILE_2, REGULAR);
	fd[2] = irq_open(irq, O_RDWR | O_NONBLOCK);
	for (i = 0; i < 3; i++)
		REQUIRE(fd[i] >= 0 && irq_read(fd[i]) == -EAGAIN);
	edu_raise(edu2);
	for (i = 1; i < 3; i++) {
		CHECK(AWAIT(irq_poll(fd[i], 0) == POLLIN));
		CHECK_EQ(irq_read(fd[i]), 1);
	}
	edu_ack(edu2);
	for (i = 1; i < 3; i++)
		CHECK_EQ(irq_read(fd[i]), -EAGAIN);
	/* It waits for the first reader. */
	CHECK(irq_masked(fd[1]));
	REQUIRE(pci_unbind(EDU_1) == 0);
	CHECK(!irq_masked(fd[1]));
	CHECK_EQ(irq_read(fd[0]), 1);
	CHECK_EQ(irq_read(fd[0]), -ENODEV);
	edu_raise(edu2);
	for (i = 1; i < 3; i++) {
		CHECK(AWAIT(irq_poll(fd[i], 0) == POLLIN));
		CHECK_EQ(irq_read(fd[i]), 1);
	}
	edu_ack(edu2);
}

/* Its claim goes with it. */
static void an_exclusive_reader_ends(void)
{
	volatile uint32_t *edu, *edu2;
	int irq, fd, other;

	irq = bind_as(EDU_1, "intx", &edu);
	REQUIRE(bind_as(EDU_2, "intx", &edu2) == irq);
	fd = open(FILE_1, REGULAR | O_EXCL);
	REQUIRE(fd >= 0);
	CHECK_ERR(open(FILE_2, REGULAR), EBUSY);
	REQUIRE(pci_unbind(EDU_1) == 0);
	other = open(FILE_2, REGULAR);
	CHECK(other >= 0);
	CHECK_EQ(irq_read(other), -EAGAIN);
}

/* The device is unbound between the look for the file and the opening of its line. */
static void an_open_meets_unbinding(void)
{
	volatile uint32_t *edu, *edu2;
	int status, irq;
	pid_t pid;

	/* The line stays for the other device. */
	irq = bind_as(EDU_1, "intx", &edu);
	REQUIRE(bind_as(EDU_2, "intx", &edu2) == irq);
	REQUIRE(module_load("delay", "symbol=procirq_file_open comm=opener ms=8000") == 0);
	pid = fork_opener();
	if (!pid)
		_exit(open(FILE_1, REGULAR) < 0 ? errno : 0);
	REQUIRE(AWAIT(delay_count("hits") > 0));
	CHECK(pci_unbind(EDU_1) == 0);
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), ENODEV);
	CHECK_EQ(delay_count("expired"), 0);
}

/* Opens and reads until it is told to stop. */
static void keep_opening(void)
{
	int fd, ret;

	for (;;) {
		fd = open(FILE_1, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0) {
			CHECK(errno == ENOENT || errno == ENXIO || errno == ENODEV);
			continue;
		}
		ret = irq_read(fd);
		CHECK(ret == -EAGAIN || ret == -ENODEV || ret == 1);
		close(fd);
	}
}

static void binding_again_and_again(void)
{
	int rounds = tap_setting("rounds", 100), i;
	volatile uint32_t *edu;
	pid_t pid = fork();

	if (!pid)
		keep_opening();
	for (i = 0; i < rounds; i++) {
		bind_as(EDU_1, i % 2 ? "intx" : "msi", &edu);
		munmap((void *)edu, 4096);
	}
	kill(pid, SIGKILL);
	REQUIRE(waitpid(pid, NULL, 0) == pid);
}

static void the_module_stays(void)
{
	volatile uint32_t *edu;
	int fd;

	bind_as(EDU_1, "msi", &edu);
	fd = open(FILE_1, O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	CHECK(module_unload("procirq") == -1);
	close(fd);
	REQUIRE(AWAIT(module_unload("procirq") == 0));
	CHECK(access("/dev/procirq/" EDU_1, F_OK) == -1);
	CHECK(access(CLASS, F_OK) == -1);
	REQUIRE(module_load("procirq", "storm_rate=0") == 0);
}

/* They go with the devices, though nobody watches the lines. */
static void without_hooks(void)
{
	volatile uint32_t *edu;
	struct blocked reader;
	int fd;

	REQUIRE(procirq_reload("storm_rate=0 watch=0"));
	bind_as(EDU_1, "intx", &edu);
	fd = open(FILE_1, O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0);
	blocked_start(&reader, fd);
	REQUIRE(pci_unbind(EDU_1) == 0);
	CHECK_EQ(blocked_join(&reader), -ENODEV);
	CHECK(access(FILE_1, F_OK) == -1);
	close(fd);
}

static const char *devfile_after(void)
{
	bool restored;

	module_unload("delay");
	restored = procirq_restore();
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	put_text(PCI_DEVICE EDU_1 "/driver_override", "\n");
	put_text(PCI_DEVICE EDU_2 "/driver_override", "\n");
	pci_irq_kind("auto");
	return restored ? guest_after() : "procirq does not load";
}

static const struct tap_test tests[] = {
	TAP_TEST(where_it_is),
	TAP_TEST(it_is_announced),
	TAP_TEST(an_ordinary_user),
	TAP_TEST(another_user),
	TAP_TEST(an_ordinary_user_of_a_shared_line),
	TAP_TEST(unbinding_ends_its_files),
	TAP_TEST(unbinding_ends_its_files_intx),
	TAP_TEST(unbinding_ends_a_reader_with_a_descriptor),
	TAP_TEST(others_of_the_line_stay),
	TAP_TEST(an_exclusive_reader_ends),
	TAP_TEST(an_open_meets_unbinding),
	TAP_TEST(binding_again_and_again),
	TAP_TEST(the_module_stays),
	TAP_TEST(without_hooks),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = devfile_after;
	return TAP_MAIN(tests);
}
