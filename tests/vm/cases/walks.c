// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Programs that walk through /proc and read every file, on lines that they can open: the
 * walk claims nothing and waits for nothing, and nobody waits for it. And when a file
 * that is open for reading only becomes a reader.
 */
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "edu.h"
#include "guest.h"

/* --- becoming a reader ---------------------------------------------------------- */

static int use_by_read(int fd)
{
	int count = irq_read_now(fd);

	return count == -EAGAIN ? 0 : count;
}

static int use_by_poll(int fd)
{
	return irq_poll(fd, 0);
}

static int use_by_mmap(int fd)
{
	void *ring = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	return ring == MAP_FAILED || munmap(ring, 4096) ? -errno : 0;
}

static int use_by_info(int fd)
{
	struct procirq_info info;

	return ioctl(fd, PROCIRQ_IOC_GET_INFO, &info) ? -errno : 0;
}

/* The calls that make a file a reader: they return 0, or this if the line is taken or gone. */
static const struct {
	int (*call)(int fd);
	int busy;
	int gone;
} uses[] = {
	{ .call = use_by_read, .busy = -EBUSY, .gone = -ENODEV },
	{ .call = use_by_poll, .busy = POLLERR, .gone = POLLIN | POLLERR | POLLHUP },
	{ .call = use_by_mmap, .busy = -EBUSY, .gone = -ENODEV },
	{ .call = use_by_info, .busy = -EBUSY, .gone = -ENODEV },
};
#define USES ((int)(sizeof(uses) / sizeof(uses[0])))

static void the_first_use_claims(void)
{
	struct gen_file s = { .line = gen_add() };
	int i;

	s.irq = gen_status(s.line).irq;
	for (i = 0; i < USES; i++) {
		s.fd = irq_open(s.irq, O_RDONLY);
		REQUIRE(s.fd >= 0);
		CHECK_EQ(line_stats(s.irq).attached, 0);
		CHECK_EQ(line_stats(s.irq).readers, 0);
		fire(&s, 1);
		CHECK_EQ(uses[i].call(s.fd), 0);
		CHECK_EQ(line_stats(s.irq).attached, 1);
		CHECK_EQ(line_stats(s.irq).readers, 1);
		fire(&s, 1);
		CHECK_EQ(irq_read(s.fd), 1);
		CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
		close(s.fd);
	}
	CHECK_EQ(line_stats(s.irq).due, USES);
	CHECK_EQ(gen_status(s.line).unattended, USES);
}

static void the_first_use_is_refused(void)
{
	struct gen_file s = gen_open(O_RDONLY);
	int owner = irq_open(s.irq, O_RDWR | O_EXCL), other, i;

	REQUIRE(owner >= 0);
	for (i = 0; i < USES; i++)
		CHECK_EQ(uses[i].call(s.fd), uses[i].busy);
	CHECK_ERR(irq_open(s.irq, O_RDONLY), EBUSY);
	CHECK_EQ(line_stats(s.irq).readers, 1);
	close(owner);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	other = irq_open(s.irq, O_RDONLY);
	REQUIRE(other >= 0);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK_EQ(irq_read(s.fd), -ENODEV);
	for (i = 0; i < USES; i++)
		CHECK_EQ(uses[i].call(other), uses[i].gone);
}

static pthread_barrier_t start;

static void *use_at_once(void *arg)
{
	struct blocked *b = arg;

	pthread_barrier_wait(&start);
	b->ret = irq_poll(b->fd, 0);
	return NULL;
}

/* Two threads use the file for the first time at once: it becomes one reader. */
static void two_threads_use_it_first(void)
{
	struct gen_file s = { .line = gen_add() };
	struct blocked b[2];
	int round, i;

	REQUIRE(pthread_barrier_init(&start, NULL, 2) == 0);
	s.irq = gen_status(s.line).irq;
	for (round = 0; round < tap_setting("rounds", 100); round++) {
		s.fd = irq_open(s.irq, O_RDONLY);
		REQUIRE(s.fd >= 0);
		for (i = 0; i < 2; i++) {
			b[i] = (struct blocked){ .fd = s.fd };
			REQUIRE(pthread_create(&b[i].thread, NULL, use_at_once, &b[i]) == 0);
		}
		for (i = 0; i < 2; i++) {
			REQUIRE(thread_join(b[i].thread));
			CHECK_EQ(b[i].ret, 0);
		}
		CHECK_EQ(line_stats(s.irq).readers, 1);
		fire(&s, 1);
		CHECK_EQ(irq_read(s.fd), 1);
		close(s.fd);
	}
}

/* The line goes while the file becomes a reader. Another line gets the number. */
static void the_first_use_meets_removal(void)
{
	struct gen_file s = gen_open(O_RDONLY);
	unsigned int other;
	int status;
	pid_t pid;

	REQUIRE(module_load("delay", "symbol=procirq_line_join comm=opener ms=8000") == 0);
	pid = fork_opener();
	if (!pid)
		_exit(-irq_read(s.fd));
	REQUIRE(AWAIT(delay_count("hits") > 0));
	REQUIRE(gen("remove line=%u", s.line) == 0);
	other = gen_add();
	CHECK_EQ(gen_status(other).irq, s.irq);
	REQUIRE(put_text("/sys/module/delay/parameters/released", "1") == 0);
	REQUIRE(AWAIT(waitpid(pid, &status, WNOHANG) == pid));
	CHECK_EQ(status, ENODEV << 8);
	CHECK_EQ(line_stats(s.irq).attached, 0);
	CHECK(irq_by_name("procirq") < 0);
	CHECK_EQ(delay_count("expired"), 0);
}

#define CLAIM "/sys/module/procirq/parameters/claim"

/* The parameter "claim" reads as @shown. */
static bool claim_is(const char *shown)
{
	char text[100];

	return read_text(CLAIM, text, sizeof(text)) && !strcmp(text, shown);
}

/* Which lines of others can be opened for reading only: none, all, or those of a list. */
static void the_lines_that_are_listed(void)
{
	char text[64];
	int irq, fd;

	CHECK(claim_is("owned\n"));
	/* A line whose driver is no friend of ours. */
	REQUIRE(module_load("plainirq", "") == 0);
	read_text("/sys/module/plainirq/parameters/irq", text, sizeof(text));
	irq = atoi(text);
	CHECK_ERR(irq_open(irq, O_RDONLY), EACCES);
	REQUIRE(put_text(CLAIM, "all") == 0 && claim_is("all\n"));
	fd = irq_open(irq, O_RDONLY);
	CHECK(fd >= 0);
	close(fd);
	snprintf(text, sizeof(text), "1-3,%d", irq);
	REQUIRE(put_text(CLAIM, "%s", text) == 0);
	strcat(text, "\n");
	CHECK(claim_is(text));
	fd = irq_open(irq, O_RDONLY);
	CHECK(fd >= 0);
	close(fd);
	/* What is wrong changes nothing. */
	CHECK_ERR(put_text(CLAIM, "4096"), ERANGE);
	CHECK_ERR(put_text(CLAIM, "some"), EINVAL);
	CHECK(claim_is(text));
	REQUIRE(put_text(CLAIM, "%d", irq + 1) == 0);
	CHECK_ERR(irq_open(irq, O_RDONLY), EACCES);
	REQUIRE(put_text(CLAIM, "owned") == 0 && claim_is("owned\n"));
	CHECK_ERR(irq_open(irq, O_RDONLY), EACCES);
}

/* --- walks -------------------------------------------------------------------------- */

/* Whether reading @size bytes in the ways that copying programs have ends at once. */
static void read_in_blocks(int fd, size_t size)
{
	static char buffer[131072];
	struct iovec iov = { buffer, size };
	int sink = open("/tmp/walk.copy", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(sink >= 0);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	CHECK_EQ(read(fd, buffer, size), 0);
	CHECK_EQ(readv(fd, &iov, 1), 0);
	CHECK(pread(fd, buffer, size, 0) == -1);
	CHECK(sendfile(sink, fd, NULL, size) == -1);
	CHECK(copy_file_range(fd, NULL, sink, NULL, size, 0) == -1);
	close(sink);
}

/* Commands that read all files of the folder $D. */
static const char *const walkers[] = {
	"grep -r nothing-of-the-kind $D",
	"cat $D/irq",
	"cp -r $D /tmp/walk",
	"tar cf /tmp/walk.tar $D",
	"find $D | cpio -o -H newc >/tmp/walk.cpio",
	"find $D -type f -exec head {} ';'",
	"find $D -type f -exec wc {} +",
	"dd if=$D/irq bs=512 of=/tmp/walk.dd",
	"od $D/irq",
	"hexdump -C $D/irq",
	"md5sum $D/irq",
	"strings $D/irq",
	"sort $D/irq",
	"diff -r $D $D",
};

/* Each walker comes to an end, and claims nothing on its way. */
static void walk_through(int irq)
{
	struct line_stats before = line_stats(irq), after;
	char folder[64];
	size_t i, size;
	int fd, status;

	snprintf(folder, sizeof(folder), "/proc/irq/%d", irq);
	setenv("D", folder, 1);
	for (i = 0; i < sizeof(walkers) / sizeof(walkers[0]); i++) {
		setenv("WALKER", walkers[i], 1);
		status = system("rm -rf /tmp/walk*; timeout 15 sh -c \"$WALKER\" >/dev/null 2>&1");
		/* 124 and more: timeout has killed it. */
		if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) < 124))
			tap_diag("  %s", walkers[i]);
	}
	fd = irq_open(irq, O_RDONLY);
	REQUIRE(fd >= 0);
	for (size = sizeof(struct procirq_event) + 1; size <= 131072; size *= 2)
		read_in_blocks(fd, size);
	CHECK_EQ(line_stats(irq).attached, before.attached);
	close(fd);
	after = line_stats(irq);
	CHECK_EQ(after.attached, before.attached);
	CHECK_EQ(after.masked, before.masked);
	CHECK_EQ(after.due, before.due);
	CHECK_EQ(after.lost, before.lost);
}

static void walks_of_irqgens_line(void)
{
	walk_through(gen_status(gen_add()).irq);
}

static void walks_of_an_intx_line(void)
{
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu);

	/* Its device interrupts, and nobody has the line. */
	edu_raise(edu);
	walk_through(irq);
	edu_ack(edu);
	pci_unbind(EDU_1);
}

/* A device that nobody drives must not write to memory. */
static void walks_of_a_vector(void)
{
	int irq, fd;

	if (access(PCI_DEVICE EDU_1, F_OK))
		SKIP("no edu device");
	REQUIRE(pci_irq_kind("msi") == 0);
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	fd = irq_open(irq, O_RDONLY);
	REQUIRE(fd >= 0);
	CHECK(!(pci_command(EDU_1) & COMMAND_MASTER));
	walk_through(irq);
	CHECK(!(pci_command(EDU_1) & COMMAND_MASTER));
	CHECK_EQ(irq_poll(fd, 0), 0);
	CHECK(pci_command(EDU_1) & COMMAND_MASTER);
	close(fd);
	pci_unbind(EDU_1);
}

/* A driver does not wait for a walker to read or close, nor does the line. */
static void a_driver_beside_a_walker(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int walker = irq_open(s.irq, O_RDONLY);
	char block[512];

	REQUIRE(walker >= 0);
	fire(&s, 1);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(!gen_masked(s.line));
	/* Between interrupt and service, too. */
	fire(&s, 1);
	CHECK_EQ(read(walker, block, sizeof(block)), 0);
	CHECK(gen_masked(s.line));
	walk_through(s.irq);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(!gen_masked(s.line));
	CHECK_EQ(line_stats(s.irq).readers, 1);
	CHECK_EQ(line_stats(s.irq).lost, 0);
	close(s.fd);
	CHECK_EQ(line_stats(s.irq).attached, 0);
	close(walker);
}

/* Nor do walkers keep others from a line: readers, kernel drivers. */
static void walkers_claim_nothing(void)
{
	volatile uint32_t *edu;
	int irq = edu_bind(EDU_1, &edu), walker, fd, i;

	for (i = 0; i < 300; i++) {
		walker = irq_open(irq, O_RDONLY);
		REQUIRE(walker >= 0);
	}
	fd = irq_open(irq, O_RDWR | O_EXCL);
	CHECK(fd >= 0);
	close(fd);
	fd = irq_open(irq, O_RDWR);
	CHECK(fd >= 0);
	close(fd);
	REQUIRE(module_load("eduirq", "") == 0);
	CHECK(pci_bind(EDU_2, "eduirq") == 0);
	CHECK_EQ(irq_read(walker), -ENOTCONN);
	pci_unbind(EDU_2);
	CHECK(module_unload("eduirq") == 0);
	pci_unbind(EDU_1);
}

static void *walk_for_ever(void *arg)
{
	const struct blocked *b = arg;
	char block[1024];
	int fd;

	while (!b->done) {
		fd = irq_open(b->fd, O_RDONLY);
		CHECK(fd >= 0);
		CHECK_EQ(read(fd, block, sizeof(block)), 0);
		close(fd);
	}
	return NULL;
}

/* Interrupts that come while walkers come and go are the driver's, each once. */
static void walks_under_fire(void)
{
	long count = tap_setting("interrupts", 5000);
	struct gen_file s = gen_open(O_RDWR);
	struct blocked walker = { .fd = s.irq };
	struct line_stats stats;
	uint64_t got = 0;

	REQUIRE(pthread_create(&walker.thread, NULL, walk_for_ever, &walker) == 0);
	REQUIRE(gen("start line=%u period_ns=50000 count=%ld", s.line, count) == 0);
	while (gen_status(s.line).running || irq_poll(s.fd, 10) > 0)
		got += irq_poll(s.fd, 10) > 0 ? irq_read(s.fd) : 0;
	walker.done = true;
	REQUIRE(thread_join(walker.thread));
	stats = line_stats(s.irq);
	CHECK_EQ(stats.taken, got);
	CHECK_EQ(stats.due, got);
	CHECK_EQ(stats.lost, 0);
	CHECK_EQ(gen_status(s.line).unattended, 0);
}

static const char *walks_after(void)
{
	module_unload("delay");
	pci_unbind(EDU_1);
	pci_unbind(EDU_2);
	module_unload("eduirq");
	put_text(CLAIM, "owned");
	module_unload("plainirq");
	return guest_after();
}

static const struct tap_test tests[] = {
	TAP_TEST(the_first_use_claims),	     TAP_TEST(the_first_use_is_refused),
	TAP_TEST(two_threads_use_it_first),  TAP_TEST(the_first_use_meets_removal),
	TAP_TEST(walks_of_irqgens_line),     TAP_TEST(walks_of_an_intx_line),
	TAP_TEST(walks_of_a_vector),	     TAP_TEST(a_driver_beside_a_walker),
	TAP_TEST(the_lines_that_are_listed), TAP_TEST(walkers_claim_nothing),
	TAP_SLOW(walks_under_fire, 300),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = walks_after;
	return TAP_MAIN(tests);
}
