// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Other ways than read() and poll(): the mmap ring and eventfds. Injected interrupts and
 * the storm guard.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "guest.h"

static void *volatile bad = (void *)16;

/* --- the ring --------------------------------------------------------------- */

#define RING_BYTES 36864 /* the largest mapping; the ring says how much of it is used */

static const struct procirq_ring *ring_map(int fd, size_t bytes)
{
	const struct procirq_ring *ring = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	REQUIRE(ring != MAP_FAILED);
	return ring;
}

static uint64_t ring_head(const struct procirq_ring *ring)
{
	return __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
}

static const struct procirq_ring_entry *ring_at(const struct procirq_ring *ring, uint64_t seq)
{
	return (const void *)((const char *)ring + ring->entries_offset +
			      (seq - 1) % ring->nr_entries * ring->entry_size);
}

/* Copies interrupt seq; false when it was overwritten. */
static bool ring_copy(const struct procirq_ring *ring, uint64_t seq,
		      struct procirq_ring_entry *copy)
{
	const volatile struct procirq_ring_entry *entry = ring_at(ring, seq);

	if (__atomic_load_n(&entry->seq, __ATOMIC_ACQUIRE) != seq)
		return false;
	copy->irq_ns = entry->irq_ns;
	copy->status = entry->status;
	copy->seq = seq;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&entry->seq, __ATOMIC_RELAXED) == seq;
}

static void the_ring(void)
{
	struct gen_file s = gen_open(O_RDWR);
	const struct procirq_ring *ring = ring_map(s.fd, 4096);
	struct procirq_ring_entry entry;
	long long before, after;
	uint64_t seq;

	CHECK_EQ(ring->version, PROCIRQ_ABI_VERSION);
	CHECK(ring->nr_entries && !(ring->nr_entries & (ring->nr_entries - 1)));
	CHECK(ring->entry_size >= sizeof(entry));
	CHECK(ring->entries_offset >= sizeof(*ring));
	CHECK_EQ(ring->head, 0);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	for (seq = 1; seq <= 20; seq++) {
		before = now_ns();
		fire(&s, 1);
		after = now_ns();
		CHECK_EQ(ring_head(ring), seq);
		REQUIRE(ring_copy(ring, seq, &entry));
		CHECK((long long)entry.irq_ns > before && (long long)entry.irq_ns < after);
	}
	/* Looking at the ring does not read. */
	CHECK_EQ(irq_read(s.fd), 20);
	/* The mapping outlives the file. */
	close(s.fd);
	CHECK_EQ(ring_head(ring), 20);
	CHECK_EQ(line_stats(s.irq).attached, 1);
	munmap((void *)ring, 4096);
	CHECK(AWAIT(!line_stats(s.irq).attached));
}

/* The sequence number tells a late reader how many interrupts it has missed. */
static void the_ring_overruns(void)
{
	struct gen_file s = gen_open(O_RDWR);
	const struct procirq_ring *ring = ring_map(s.fd, RING_BYTES);
	struct procirq_ring_entry entry;
	uint64_t seq, n = ring->nr_entries, last = 0;

	REQUIRE(ring->entries_offset + n * ring->entry_size <= RING_BYTES);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, n + 100);
	CHECK_EQ(ring_head(ring), n + 100);
	for (seq = 1; seq <= 100; seq++)
		CHECK(!ring_copy(ring, seq, &entry));
	for (; seq <= n + 100; seq++) {
		if (!CHECK(ring_copy(ring, seq, &entry)))
			break;
		CHECK(entry.irq_ns > last);
		last = entry.irq_ns;
	}
}

/* A thread that spins on the ring sees every interrupt of a schedule, in order. */
static void spinning_on_the_ring(void)
{
	struct gen_file s = gen_open(O_RDWR);
	const struct procirq_ring *ring = ring_map(s.fd, RING_BYTES);
	uint64_t next = 1, lost = 0, seen = 0, last = 0;
	struct procirq_ring_entry entry;
	long long until;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(gen("start line=%u period_ns=200000", s.line) == 0);
	until = now_ns() + 2000000000LL;
	while (now_ns() < until) {
		uint64_t head = ring_head(ring);

		if (head - next + 1 > ring->nr_entries) {
			lost += head - ring->nr_entries - next + 1;
			next = head - ring->nr_entries + 1;
		}
		for (; next <= head; next++) {
			if (!ring_copy(ring, next, &entry)) {
				lost++;
				continue;
			}
			seen++;
			CHECK(entry.irq_ns > last);
			last = entry.irq_ns;
		}
	}
	REQUIRE(gen("stop line=%u", s.line) == 0);
	CHECK_EQ(seen + lost, next - 1);
	CHECK_EQ(irq_info(s.fd).taken, ring_head(ring));
	CHECK(seen > 100);
}

static void wrong_mappings(void)
{
	struct gen_file s = gen_open(O_RDWR);

	CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, s.fd, 0) == MAP_FAILED &&
	      errno == EPERM);
	CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, s.fd, 4096) == MAP_FAILED && errno == EINVAL);
	CHECK(mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED, s.fd, 0) == MAP_FAILED && errno == EINVAL);
	CHECK(mprotect((void *)ring_map(s.fd, 4096), 4096, PROT_READ | PROT_WRITE) == -1 &&
	      errno == EACCES);
	gen("remove line=%u", s.line);
	CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, s.fd, 0) == MAP_FAILED && errno == ENODEV);
}

/* --- eventfds --------------------------------------------------------------- */

static int set_eventfd(int fd, int event, uint32_t flags)
{
	struct procirq_eventfd arg = { .fd = event, .flags = flags };

	return ioctl(fd, PROCIRQ_IOC_SET_EVENTFD, &arg) ? -errno : 0;
}

/* The eventfd's count; 0 if it is not ready. */
static uint64_t eventfd_take(int event)
{
	uint64_t count = 0;

	return read(event, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static void an_eventfd_is_signalled(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	CHECK_EQ(set_eventfd(s.fd, event, 0), 0);
	CHECK(irq_info(s.fd).state & PROCIRQ_STATE_EVENTFD);
	fire(&s, 1);
	CHECK(AWAIT(irq_poll(event, 0) == POLLIN));
	CHECK_EQ(eventfd_take(event), 1);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(!gen_masked(s.line));
	CHECK_EQ(set_eventfd(s.fd, -1, 0), 0);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(eventfd_take(event), 0);
}

static void an_eventfd_that_delivers(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	uint64_t got = 0;

	CHECK_EQ(set_eventfd(s.fd, event, PROCIRQ_EVENTFD_DELIVER), 0);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 1000);
	CHECK(AWAIT((got += eventfd_take(event)) == 1000));
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK_EQ(irq_info(s.fd).delivered, 1000);
	CHECK_EQ(irq_info(s.fd).pending, 0);
	/* Its count stays when the file is closed. */
	fire(&s, 1);
	CHECK(AWAIT(irq_poll(event, 0) == POLLIN));
	close(s.fd);
	CHECK_EQ(eventfd_take(event), 1);
	CHECK_EQ(line_stats(s.irq).lost, 0);
}

/* One interrupt ends a read, and is added to the eventfd. */
static void an_eventfd_beside_a_read(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), i, other;
	struct blocked b;

	for (i = 0; i < 2; i++) {
		CHECK_EQ(set_eventfd(s.fd, event, i ? PROCIRQ_EVENTFD_DELIVER : 0), 0);
		blocked_start(&b, s.fd);
		fire(&s, 1);
		CHECK_EQ(blocked_join(&b), 1);
		CHECK(AWAIT(irq_poll(event, 0) == POLLIN));
		CHECK_EQ(eventfd_take(event), 1);
		CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	}
	CHECK_EQ(irq_info(s.fd).delivered, 2);
	CHECK_EQ(irq_info(s.fd).coalesced, 0);

	/* And a reader that has none comes and goes. */
	other = irq_open(s.irq, O_RDWR);
	CHECK_EQ(irq_read_now(other), -EAGAIN);
	fire(&s, 1);
	CHECK_EQ(irq_read(other), 1);
	CHECK(AWAIT(irq_poll(event, 0) == POLLIN));
	CHECK_EQ(eventfd_take(event), 1);
	close(other);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	fire(&s, 1);
	CHECK(AWAIT(irq_poll(event, 0) == POLLIN));
	CHECK_EQ(eventfd_take(event), 1);
	CHECK_EQ(line_stats(s.irq).lost, 0);
}

/* Whether interrupts mask the line follows the flags of an open file. */
static void masking_follows_the_flags(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	int i;

	for (i = 0; i < 2; i++) {
		CHECK_EQ(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK), 0);
		fire(&s, 3);
		CHECK(!gen_masked(s.line));
		CHECK_EQ(irq_read(s.fd), 3);
		CHECK_EQ(irq_flags(s.fd, 0), 0);
		fire(&s, 1);
		CHECK(gen_masked(s.line));
		CHECK_EQ(irq_read(s.fd), 1);
		CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
		CHECK(!gen_masked(s.line));
	}
}

static void many_lines_one_eventfd(void)
{
	int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), i;
	struct gen_file s[4];
	uint64_t got = 0;

	for (i = 0; i < 4; i++) {
		s[i] = gen_open(O_RDWR | O_NONBLOCK);
		CHECK_EQ(set_eventfd(s[i].fd, event, 0), 0);
		CHECK_EQ(irq_flags(s[i].fd, PROCIRQ_FLAG_NO_MASK), 0);
	}
	for (i = 0; i < 4; i++)
		fire(&s[i], i + 1);
	CHECK(AWAIT((got += eventfd_take(event)) == 10));
	for (i = 0; i < 4; i++)
		CHECK_EQ(irq_read(s[i].fd), i + 1);
}

static void wrong_eventfds(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int pipes[2];

	REQUIRE(pipe(pipes) == 0);
	CHECK_EQ(set_eventfd(s.fd, 999, 0), -EBADF);
	CHECK_EQ(set_eventfd(s.fd, pipes[0], 0), -EINVAL);
	CHECK_EQ(set_eventfd(s.fd, -2, 0), -EINVAL);
	CHECK_EQ(set_eventfd(s.fd, eventfd(0, 0), 2), -EINVAL);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_SET_EVENTFD, bad), EFAULT);
	gen("remove line=%u", s.line);
	CHECK_EQ(set_eventfd(s.fd, eventfd(0, 0), 0), -ENODEV);
}

/* --- injection -------------------------------------------------------------- */

static int inject(int fd, uint32_t count, uint32_t *done)
{
	struct procirq_inject arg = { .count = count };
	int err = ioctl(fd, PROCIRQ_IOC_INJECT, &arg) ? -errno : 0;

	*done = arg.done;
	return err;
}

static void injected(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct blocked b;
	uint32_t done;

	blocked_start(&b, s.fd);
	CHECK_EQ(inject(s.fd, 1, &done), 0);
	CHECK_EQ(blocked_join(&b), 1);
	CHECK(gen_masked(s.line));
	CHECK_EQ(inject(s.fd, 1, &done), -EBUSY);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK_EQ(inject(s.fd, 5, &done), 0);
	CHECK_EQ(done, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK_EQ(inject(s.fd, 1000, &done), 0);
	CHECK_EQ(done, 1000);
	CHECK_EQ(irq_read(s.fd), 1000);
	CHECK_EQ(irq_info(s.fd).injected, 1002);
	CHECK_EQ(irq_info(s.fd).taken, 1002);
	CHECK_EQ(gen_status(s.line).raised, 0);

	CHECK_EQ(inject(s.fd, 0, &done), -EINVAL);
	CHECK_EQ(inject(s.fd, 1001, &done), -EINVAL);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_INJECT, bad), EFAULT);
	gen("remove line=%u", s.line);
	CHECK_EQ(inject(s.fd, 1, &done), -ENODEV);
}

/* --- the storm guard -------------------------------------------------------- */

static void storm_rate(unsigned int rate)
{
	REQUIRE(put_text("/sys/module/procirq/parameters/storm_rate", "%u", rate) == 0);
}

static void a_storm_is_stopped(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_info info;

	storm_rate(1000);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	/* All of them at once, without a read. */
	fire(&s, 500);
	info = irq_info(s.fd);
	CHECK(info.state & PROCIRQ_STATE_STORM);
	CHECK(info.state & PROCIRQ_STATE_MASKED);
	CHECK_EQ(info.storms, 1);
	CHECK(info.taken > 100 && info.taken < 500);
	CHECK(gen_masked(s.line));
	/* Reading does not end the storm state. */
	CHECK_EQ(irq_read(s.fd), info.taken);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK(!gen_masked(s.line));
	CHECK_EQ(irq_info(s.fd).state & PROCIRQ_STATE_STORM, 0);
	/* The pending one, and one more. */
	fire(&s, 1);
	CHECK(irq_read(s.fd) >= 1);
	storm_rate(0);
}

static void reading_is_no_storm(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	int i;

	storm_rate(1000);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	for (i = 0; i < 2000; i++) {
		fire(&s, 1);
		CHECK_EQ(irq_read(s.fd), 1);
	}
	CHECK_EQ(irq_info(s.fd).storms, 0);
	/* The storm guard is off. */
	storm_rate(0);
	fire(&s, 100000);
	CHECK_EQ(irq_info(s.fd).storms, 0);
	CHECK_EQ(irq_read(s.fd), 100000);
}

/* A window that has begun has no limit any more. */
static void a_guard_that_is_switched_off(void)
{
	struct gen_file s = gen_open(O_RDWR);

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	/* A window of a second, with a limit of five. */
	storm_rate(5);
	fire(&s, 3);
	storm_rate(0);
	fire(&s, 100);
	CHECK_EQ(irq_info(s.fd).storms, 0);
	CHECK_EQ(irq_read(s.fd), 103);
}

/* Who looks at the ring makes no call: the guard cannot see it, and trusts the mapping. */
static void a_mapped_ring_is_no_storm(void)
{
	struct gen_file s = gen_open(O_RDWR);
	const struct procirq_ring *ring = ring_map(s.fd, 4096);

	storm_rate(1000);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 500);
	CHECK_EQ(irq_info(s.fd).storms, 0);
	CHECK_EQ(ring_head(ring), 500);
	munmap((void *)ring, 4096);
	fire(&s, 500);
	CHECK_EQ(irq_info(s.fd).storms, 1);
	storm_rate(0);
}

static const struct tap_test tests[] = {
	TAP_TEST(the_ring),
	TAP_TEST(the_ring_overruns),
	TAP_TEST(spinning_on_the_ring),
	TAP_TEST(wrong_mappings),
	TAP_TEST(an_eventfd_is_signalled),
	TAP_TEST(an_eventfd_that_delivers),
	TAP_TEST(an_eventfd_beside_a_read),
	TAP_TEST(masking_follows_the_flags),
	TAP_TEST(many_lines_one_eventfd),
	TAP_TEST(wrong_eventfds),
	TAP_TEST(injected),
	TAP_TEST(a_storm_is_stopped),
	TAP_TEST(reading_is_no_storm),
	TAP_TEST(a_mapped_ring_is_no_storm),
	TAP_TEST(a_guard_that_is_switched_off),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
