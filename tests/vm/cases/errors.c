// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every errno that uapi/procirq.h names. No error loses an interrupt.
 */
#include <sys/stat.h>
#include <sys/uio.h>

#include "guest.h"
#include "tests/vm/compat32.h"

/* Hidden from the compiler, which would warn. */
static void *volatile bad = (void *)16;

static void owned_by_a_driver(void)
{
	/* The runner's ports have vectors that no driver shares. */
	int irq = irq_by_name("-config");

	REQUIRE(irq > 0);
	CHECK_ERR(irq_open(irq, O_RDWR), EBUSY);
	CHECK_ERR(irq_open(irq, O_RDWR | O_EXCL), EBUSY);
	CHECK_EQ(line_stats(irq).attached, 0);
	CHECK_EQ(line_stats(irq).readers, 0);
}

/* Each line can be opened, or open() has a reason. */
static void every_line_of_the_machine(void)
{
	int irq, fd, opened = 0, busy = 0;

	for (irq = 0; irq < 1024; irq++) {
		fd = irq_open(irq, O_RDWR | O_NONBLOCK);
		if (fd < 0) {
			CHECK(errno == ENOENT || errno == EBUSY || errno == EINVAL);
			busy += errno == EBUSY;
			continue;
		}
		opened++;
		CHECK(irq_read(fd) != 0);
		CHECK_EQ(irq_info(fd).irq, irq);
		close(fd);
	}
	CHECK(opened > 0);
	CHECK(busy > 0);
}

static void exclusive(void)
{
	struct gen_file s = gen_open(O_RDONLY | O_EXCL);

	CHECK_ERR(irq_open(s.irq, O_RDONLY), EBUSY);
	CHECK_ERR(irq_open(s.irq, O_RDONLY | O_EXCL), EBUSY);
	/* The refused calls have changed nothing. */
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	close(s.fd);

	s.fd = irq_open(s.irq, O_RDWR);
	REQUIRE(s.fd >= 0);
	CHECK_ERR(irq_open(s.irq, O_RDONLY | O_EXCL), EBUSY);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(!gen_masked(s.line));
	close(s.fd);
	s.fd = irq_open(s.irq, O_RDONLY | O_EXCL);
	CHECK(s.fd >= 0);
}

static void bad_memory_loses_nothing(void)
{
	struct gen_file s = gen_open(O_RDWR);
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct procirq_event event;
	struct procirq_info i;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 3);
	CHECK_ERR(read(s.fd, bad, 4), EFAULT);
	CHECK_ERR(read(s.fd, (void *)-4096, 4), EFAULT);
	CHECK_EQ(irq_poll(s.fd, 0), POLLIN);
	i = irq_info(s.fd);
	CHECK_EQ(i.pending, 3);
	CHECK_EQ(i.delivered, 0);
	CHECK_EQ(i.coalesced, 0);
	CHECK_EQ(irq_read(s.fd), 3);

	/* The mapping ends in the middle of the record. */
	munmap(page + 4096, 4096);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK | PROCIRQ_FLAG_RECORDS) == 0);
	fire(&s, 2);
	CHECK_ERR(read(s.fd, page + 4096 - 39, 40), EFAULT);
	CHECK_EQ(read(s.fd, &event, sizeof(event)), 40);
	CHECK_EQ(event.count, 2);
	CHECK_EQ(event.seq, 5);

	CHECK_ERR(write(s.fd, bad, 4), EFAULT);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_GET_INFO, bad), EFAULT);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_FLAGS, bad), EFAULT);
}

static void ioctls(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_flags flags = { .flags = 1U << 31 };
	unsigned int nr;

	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_FLAGS, &flags), EINVAL);
	flags = (struct procirq_flags){ .flags = PROCIRQ_FLAGS_ALL + 1 };
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_FLAGS, &flags), EINVAL);
	flags = (struct procirq_flags){ .reserved = 1 };
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_FLAGS, &flags), EINVAL);
	CHECK_EQ(irq_info(s.fd).flags, 0);

	CHECK_ERR(ioctl(s.fd, TCGETS, &flags), ENOTTY);
	for (nr = 200; nr < 256; nr++)
		CHECK_ERR(ioctl(s.fd, _IOWR(PROCIRQ_IOC_MAGIC, nr, long), NULL), ENOTTY);
	/* The size is part of the request number. */
	CHECK_ERR(ioctl(s.fd, _IOW(PROCIRQ_IOC_MAGIC, 1, int), &flags), ENOTTY);
	CHECK_ERR(ioctl(s.fd, _IOR(PROCIRQ_IOC_MAGIC, 0, char[4096]), &flags), ENOTTY);
}

static void removed_line(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_info info;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 2);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK_ERR(irq_open(s.irq, O_RDONLY), ENOENT);
	CHECK_ERR(access(irq_path(s.irq), F_OK), ENOENT);
	CHECK_EQ(irq_read(s.fd), 2);
	CHECK_EQ(irq_read(s.fd), -ENODEV);
	CHECK_EQ(irq_read(s.fd), -ENODEV);
	CHECK_EQ(irq_enable(s.fd, 1), -ENODEV);
	CHECK_EQ(irq_enable(s.fd, 0), -ENODEV);
	CHECK_EQ(irq_flags(s.fd, 0), -ENODEV);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_GET_INFO, &info), ENODEV);
	CHECK_ERR(ioctl(s.fd, TCGETS, &info), ENOTTY);
	CHECK_EQ(close(s.fd), 0);
}

/* On a line that drivers share a reader gets nothing, and disturbs nothing. */
static void shared_with_drivers(void)
{
	volatile uint32_t *edu;
	int irq, fd, second, uio, count, i;
	struct blocked b;

	require_uio();
	REQUIRE(pci_bind(EDU_1, "uio_pci_generic") == 0);
	irq = pci_irq(EDU_1);
	edu = edu_map(EDU_1);
	edu_ack(edu);
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	second = irq_open(irq, O_RDWR | O_NONBLOCK);
	REQUIRE(second >= 0);
	CHECK_EQ(irq_info(fd).state & PROCIRQ_STATE_SHARED, PROCIRQ_STATE_SHARED);
	CHECK_EQ(irq_read(fd), -ENOTCONN);
	CHECK_EQ(irq_read(second), -ENOTCONN);
	CHECK_EQ(irq_poll(fd, 0), POLLERR);
	CHECK_EQ(irq_enable(fd, 0), -ENOTCONN);
	CHECK_EQ(irq_enable(fd, 1), -ENOTCONN);
	CHECK(!irq_masked(fd));
	/* A wrong length is found first. */
	CHECK_ERR(read(fd, &count, 2), EINVAL);

	/* The driver still gets its interrupts. */
	uio = open("/dev/uio0", O_RDWR | O_CLOEXEC);
	REQUIRE(uio >= 0);
	for (i = 1; i <= 3; i++) {
		/* uio_pci_generic set INTx disable when it took the last one. */
		CHECK(pci_intx_enable(EDU_1));
		edu_raise(edu);
		blocked_start(&b, uio);
		CHECK_EQ(blocked_join(&b), i);
		CHECK_EQ(irq_read(fd), -ENOTCONN);
		edu_ack(edu);
	}
	CHECK_EQ(line_stats(irq).attached, 0);
	close(uio);
	close(second);
	/* The driver is unbound before the reader closes. */
	CHECK(pci_unbind(EDU_1) == 0);
	i = irq_read(fd);
	CHECK(i == -ENODEV || i == -ENOTCONN);
	close(fd);
}

static void not_for_everybody(void)
{
	struct gen_file s = gen_open(O_RDONLY);
	struct stat st;
	int status;
	pid_t pid;

	REQUIRE(stat(irq_path(s.irq), &st) == 0);
	CHECK_EQ(st.st_mode, S_IFREG | 0600);
	CHECK_EQ(st.st_uid, 0);
	pid = fork();
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(irq_open(s.irq, O_RDONLY) == -1 && errno == EACCES ? 0 : 1);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
}

static void a_stream_without_positions(void)
{
	struct gen_file s = gen_open(O_RDWR);
	uint32_t word = 1;
	struct iovec iov = { &word, sizeof(word) };

	CHECK_ERR(lseek(s.fd, 0, SEEK_SET), ESPIPE);
	CHECK_ERR(lseek(s.fd, 0, SEEK_CUR), ESPIPE);
	fire(&s, 1);
	CHECK_ERR(pread(s.fd, &word, 4, 0), ESPIPE);
	CHECK_ERR(pwrite(s.fd, &word, 4, 0), ESPIPE);
	CHECK_EQ(irq_poll(s.fd, 0), POLLIN);
	CHECK_EQ(readv(s.fd, &iov, 1), 4);
	CHECK_EQ(word, 1);
	CHECK_EQ(writev(s.fd, &iov, 1), 4);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, s.fd, 0) == MAP_FAILED);
}

static void access_modes(void)
{
	struct gen_file s = gen_open(O_RDONLY);
	int writer = irq_open(s.irq, O_WRONLY);

	REQUIRE(writer >= 0);
	/* It is a reader from here on. */
	CHECK_EQ(irq_poll(s.fd, 0), 0);
	CHECK_EQ(irq_enable(s.fd, 1), -EBADF);
	CHECK_EQ(irq_read(writer), -EBADF);
	CHECK_EQ(irq_enable(writer, 0), 0);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_enable(writer, 1), 0);
	close(writer);
	/* It cannot read, but counts as a reader that has not read until it closes. */
	writer = irq_open(s.irq, O_WRONLY);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_enable(writer, 1), 0);
	CHECK(!gen_masked(s.line));
}

static void compat_ioctl(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_info *info;
	long ret;

	info = compat32_map(4096, PROT_READ | PROT_WRITE);
	REQUIRE(info != MAP_FAILED);
	ret = compat32_call(COMPAT32_IOCTL, s.fd, PROCIRQ_IOC_GET_INFO, info);
	if (ret == -ENOSYS)
		SKIP("this kernel has no 32-bit system calls");
	CHECK_EQ(ret, 0);
	CHECK_EQ(info->version, PROCIRQ_ABI_VERSION);
	CHECK_EQ(info->irq, s.irq);
}

/* Each CPU has its own timer, by one number, which request_irq() does not serve. */
static void no_file_for_an_interrupt_per_cpu(void)
{
	FILE *file = fopen("/proc/interrupts", "re");
	char line[1024], path[64];
	unsigned int irq, found = 0;

	REQUIRE(file);
	while (fgets(line, sizeof(line), file)) {
		if (!strstr(line, "arch_timer") || sscanf(line, "%u:", &irq) != 1)
			continue;
		found++;
		snprintf(path, sizeof(path), "/proc/irq/%u", irq);
		CHECK(access(path, F_OK) == 0);
		CHECK_EQ(irq_open(irq, O_RDONLY), -1);
		CHECK_EQ(errno, ENOENT);
	}
	fclose(file);
	if (!found)
		SKIP("this machine has none with a number");
}

static void irqgen_refuses_what_it_does_not_know(void)
{
	static const char *const wrong[] = {
		"",
		"\n",
		"fire",
		"fire line=",
		"fire line=0 line=0",
		"fire line=0 count=0",
		"fire line=0 count=1000001",
		"fire line=0 period_ns=1000",
		"fire line=-1",
		"start line=0",
		"start line=0 period_ns=1",
		"start line=0 period_ns=999",
		"start line=0 period_ns=1000 burst=2",
		"start line=0 period_ns=1000 pattern=burst",
		"start line=0 period_ns=1000 pattern=burst burst=0",
		"start line=0 period_ns=1000 pattern=burst burst=1025",
		"start line=0 period_ns=1000 source=ipi source=timer",
		"start line=0 period_ns=1000 pattern=burst burst=2 pattern=random",
		"start line=0 period_ns=3600000000001",
		"stop line=0 count=1",
		"add line=0",
		"remove",
		"explode line=0",
		"fire line=0\nfire line=0",
	};
	unsigned int line = gen_add();
	char text[300];
	size_t i;

	REQUIRE(line == 0);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!CHECK_ERR(gen("%s", wrong[i]), EINVAL))
			tap_diag("  command \"%s\"", wrong[i]);
	CHECK_ERR(gen("fire line=1"), ENODEV);
	CHECK_ERR(gen("stop line=64"), ENODEV);
	CHECK_ERR(gen("fire line=0 cpu=4000000000"), ENXIO);
	memset(text, ' ', sizeof(text));
	CHECK_ERR(put_text("/dev/irqgen", "%.199s", text), EINVAL);
	CHECK_EQ(gen_status(0).raised, 0);
}

static const struct tap_test tests[] = {
	TAP_TEST(owned_by_a_driver),
	TAP_TEST(every_line_of_the_machine),
	TAP_TEST(exclusive),
	TAP_TEST(bad_memory_loses_nothing),
	TAP_TEST(ioctls),
	TAP_TEST(removed_line),
	TAP_TEST(shared_with_drivers),
	TAP_TEST(not_for_everybody),
	TAP_TEST(a_stream_without_positions),
	TAP_TEST(access_modes),
	TAP_TEST(compat_ioctl),
	TAP_TEST(no_file_for_an_interrupt_per_cpu),
	TAP_TEST(irqgen_refuses_what_it_does_not_know),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
