// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every interrupt is accounted for, by irqgen and by each reader; records and time
 * stamps fit together.
 *
 * count=N is how many interrupts the large tests raise, all together.
 */
#include "guest.h"

#define STAMPS	    1024 /* that the module keeps: @lost in uapi/procirq.h */
#define READERS_MAX 4

/* Reads and counts until the line is removed. */
struct account_reader {
	pthread_t thread;
	int fd;
	bool records;
	atomic_llong sum;
	long long reads, lost;
	int bad;
};

static bool event_fits(const struct procirq_event *e, const struct procirq_event *last)
{
	uint64_t lost = e->count > STAMPS ? e->count - STAMPS : 0;

	return e->count >= 1 && e->seq - e->count == last->seq && e->first_ns <= e->last_ns &&
	       e->first_ns >= last->last_ns && (long long)e->last_ns <= now_ns() &&
	       e->lost == lost && !e->status;
}

static void read_records(struct account_reader *r)
{
	struct procirq_event event, last = { 0 };

	while (read(r->fd, &event, sizeof(event)) == sizeof(event)) {
		if (!event_fits(&event, &last) && !r->bad++)
			tap_diag(
				"count %u seq %llu after seq %llu, first %llu last %llu after %llu, lost %llu",
				event.count, event.seq, last.seq, event.first_ns, event.last_ns,
				last.last_ns, event.lost);
		last = event;
		r->lost += event.lost;
		r->reads++;
		r->sum += event.count;
	}
	r->bad += errno != ENODEV;
}

static void *account_read(void *arg)
{
	struct account_reader *r = arg;
	int count;

	if (r->records) {
		read_records(r);
		return NULL;
	}
	while ((count = irq_read(r->fd)) > 0) {
		r->reads++;
		r->sum += count;
	}
	r->bad += count != -ENODEV;
	return NULL;
}

/* Raises @count interrupts by commands, in several pieces where one has a limit. */
typedef void (*raise_fn)(const struct gen_file *s, long count);

static void raise_by_write(const struct gen_file *s, long count)
{
	long now;
	int cpu;

	for (cpu = 0; count; count -= now, cpu = !cpu) {
		now = count > 50000 ? 50000 : count;
		REQUIRE(gen("fire line=%u count=%ld cpu=%d", s->line, now, cpu) == 0);
	}
}

static void raise_by_schedule(const struct gen_file *s, long count, const char *how)
{
	REQUIRE(gen("start line=%u count=%ld %s", s->line, count, how) == 0);
	gen_wait(s->line);
}

static void raise_by_timer(const struct gen_file *s, long count)
{
	raise_by_schedule(s, count, "source=timer pattern=burst burst=512 period_ns=2000000 cpu=1");
}

static void raise_by_ipi(const struct gen_file *s, long count)
{
	raise_by_schedule(s, count, "source=ipi pattern=burst burst=512 period_ns=2000000 cpu=0");
}

static void raise_at_random(const struct gen_file *s, long count)
{
	raise_by_schedule(s, count, "source=timer pattern=random period_ns=20000 seed=7");
}

static bool all_read(const struct gen_file *s, struct account_reader *readers, int nr)
{
	struct gen_status status = gen_status(s->line);
	int i;

	for (i = 0; i < nr; i++)
		if (readers[i].sum != (long long)status.dispatched)
			return false;
	return !status.pending;
}

static void account_check(const struct gen_file *s, struct account_reader *readers, int nr,
			  long count, uint32_t flags)
{
	struct line_stats stats = line_stats(s->irq);
	struct gen_status status = gen_status(s->line);
	long long reads = 0;
	int i;

	CHECK_EQ(status.raised, count);
	CHECK_EQ(status.raised, status.dispatched + status.coalesced);
	CHECK_EQ(status.unattended, 0);
	CHECK_EQ(status.coalesced && flags & PROCIRQ_FLAG_NO_MASK, 0);
	CHECK_EQ(stats.taken, status.dispatched);
	CHECK_EQ(stats.due, status.dispatched * nr);
	CHECK(stats_add_up(&stats));
	CHECK_EQ(stats.lost, 0);
	CHECK_EQ(stats.pending, 0);
	REQUIRE(gen("remove line=%u", s->line) == 0);
	for (i = 0; i < nr; i++) {
		CHECK(thread_join(readers[i].thread));
		CHECK_EQ(readers[i].bad, 0);
		CHECK_EQ(readers[i].sum, status.dispatched);
		reads += readers[i].reads;
	}
	CHECK_EQ(stats.delivered, reads);
	CHECK_EQ(stats.coalesced, status.dispatched * nr - reads);
	if (tap_setting("times", 0))
		tap_diag("%llu raised, %llu dispatched, %lld reads", status.raised,
			 status.dispatched, reads);
}

/* Half of the readers take records. */
static void account(raise_fn raise, long count, int nr, uint32_t flags)
{
	struct account_reader readers[READERS_MAX] = { 0 };
	struct gen_file s = gen_open(O_RDWR);
	int i;

	for (i = 0; i < nr; i++) {
		readers[i].fd = i ? irq_open(s.irq, O_RDWR) : s.fd;
		readers[i].records = i & 1;
		REQUIRE(irq_flags(readers[i].fd,
				  flags | (readers[i].records ? PROCIRQ_FLAG_RECORDS : 0)) == 0);
	}
	for (i = 0; i < nr; i++)
		REQUIRE(pthread_create(&readers[i].thread, NULL, account_read, &readers[i]) == 0);
	raise(&s, count);
	CHECK(AWAIT(all_read(&s, readers, nr)));
	account_check(&s, readers, nr, count, flags);
}

/* How many of the count=N interrupts one of the large tests raises. */
static long share(int percent)
{
	return tap_setting("count", 1000000) / 100 * percent;
}

static void by_write_unmasked(void)
{
	account(raise_by_write, share(50), 2, PROCIRQ_FLAG_NO_MASK);
}

static void by_write_masked(void)
{
	account(raise_by_write, share(20), 2, 0);
}

static void by_timer_unmasked(void)
{
	account(raise_by_timer, share(10), 4, PROCIRQ_FLAG_NO_MASK);
}

static void by_timer_masked(void)
{
	account(raise_by_timer, share(8), 1, 0);
}

static void by_ipi_unmasked(void)
{
	account(raise_by_ipi, share(5), 2, PROCIRQ_FLAG_NO_MASK);
}

static void by_ipi_masked(void)
{
	account(raise_by_ipi, share(5), 4, 0);
}

static void at_random_masked(void)
{
	account(raise_at_random, share(1), 2, 0);
}

static void at_random_unmasked(void)
{
	account(raise_at_random, share(1), 2, PROCIRQ_FLAG_NO_MASK);
}

/* Two CPUs raise interrupts of one line while other files of it are opened and closed. */
static void two_cpus_and_other_readers(void)
{
	struct account_reader reader = { 0 };
	struct gen_file s = gen_open(O_RDWR);
	int i, fd;

	reader.fd = s.fd;
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(pthread_create(&reader.thread, NULL, account_read, &reader) == 0);
	REQUIRE(gen("start line=%u period_ns=100000 count=5000 cpu=1 source=ipi", s.line) == 0);
	for (i = 0; i < 100; i++) {
		fd = irq_open(s.irq, O_RDWR);
		CHECK(gen("fire line=%u cpu=0 count=20", s.line) == 0);
		if (i & 1)
			CHECK(irq_read_now(fd) != 0);
		close(fd);
	}
	gen_wait(s.line);
	CHECK(AWAIT(all_read(&s, &reader, 1)));
	CHECK_EQ(gen_status(s.line).raised, 7000);
	CHECK_EQ(line_stats(s.irq).taken, gen_status(s.line).dispatched);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK(thread_join(reader.thread));
	CHECK_EQ(reader.bad, 0);
}

/* --- one at a time ---------------------------------------------------------------- */

static void closing_loses_what_was_not_read(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct line_stats stats;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 5);
	CHECK_EQ(irq_read(s.fd), 5);
	fire(&s, 3);
	stats = line_stats(s.irq);
	CHECK_EQ(stats.due, 8);
	CHECK_EQ(stats.delivered, 1);
	CHECK_EQ(stats.coalesced, 4);
	CHECK_EQ(stats.pending, 3);
	close(s.fd);
	stats = line_stats(s.irq);
	CHECK_EQ(stats.due, 8);
	CHECK_EQ(stats.lost, 3);
	CHECK_EQ(stats.pending, 0);
	CHECK_EQ(stats.taken, 8);

	/* Without a reader; then pending, the line masked, when the last reader closes. */
	fire(&s, 2);
	CHECK_EQ(gen_status(s.line).unattended, 2);
	s.fd = irq_open(s.irq, O_RDWR);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	fire(&s, 3);
	CHECK_EQ(gen_status(s.line).pending, 1);
	close(s.fd);
	CHECK_EQ(gen_status(s.line).unattended, 3);
	CHECK_EQ(gen_status(s.line).coalesced, 1);
	CHECK_EQ(line_stats(s.irq).lost, 4);
}

/* The row of the line's first reader in /proc/procirq/readers. */
static bool readers_row(unsigned int irq, char row[300])
{
	FILE *file = fopen("/proc/procirq/readers", "re");
	unsigned int number;
	bool found = false;

	while (file && !found && fgets(row, 300, file))
		found = sscanf(row, "irq=%u ", &number) == 1 && number == irq;
	if (file)
		fclose(file);
	return found;
}

/* Each reader has a row; the name is the opener's, and is text whatever is in it. */
static void the_list_of_readers(void)
{
	struct gen_file s = { .line = gen_add() };
	struct procirq_spin spin = { .max_ns = 5000 };
	char row[300], want[300];

	s.irq = gen_status(s.line).irq;
	CHECK(!readers_row(s.irq, row));
	prctl(PR_SET_NAME, "a b\nc");
	s.fd = irq_open(s.irq, O_RDWR);
	prctl(PR_SET_NAME, "accounting");
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(ioctl(s.fd, PROCIRQ_IOC_SET_SPIN, &spin) == 0);
	fire(&s, 5);
	CHECK_EQ(irq_read(s.fd), 5);
	fire(&s, 3);
	REQUIRE(readers_row(s.irq, row));
	snprintf(want, sizeof(want),
		 "irq=%u pid=%d flags=%#x due=8 delivered=1 coalesced=4 pending=3 device=- "
		 "storms=0 spin_ns=5000 window_ns=0 spins=0 caught=0 spun_ns=0 comm=a b\\nc\n",
		 s.irq, getpid(), PROCIRQ_FLAG_NO_MASK);
	if (!CHECK(!strcmp(row, want)))
		tap_diag("%s", row);
	close(s.fd);
	CHECK(!readers_row(s.irq, row));
}

static void more_than_the_stamps_that_are_kept(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int counts = irq_open(s.irq, O_RDWR);
	long long before = now_ns();
	struct procirq_event e;

	REQUIRE(irq_flags(counts, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK | PROCIRQ_FLAG_RECORDS) == 0);
	fire(&s, STAMPS);
	CHECK_EQ(read(s.fd, &e, sizeof(e)), sizeof(e));
	CHECK_EQ(e.count, STAMPS);
	CHECK_EQ(e.lost, 0);
	fire(&s, STAMPS + 1);
	CHECK_EQ(read(s.fd, &e, sizeof(e)), sizeof(e));
	CHECK_EQ(e.count, STAMPS + 1);
	CHECK_EQ(e.lost, 1);
	fire(&s, 5000);
	CHECK_EQ(read(s.fd, &e, sizeof(e)), sizeof(e));
	CHECK_EQ(e.count, 5000);
	CHECK_EQ(e.seq, 5000 + 2 * STAMPS + 1);
	CHECK_EQ(e.lost, 5000 - STAMPS);
	CHECK((long long)e.first_ns > before && e.first_ns < e.last_ns);
	CHECK_EQ(irq_read(counts), 5000 + 2 * STAMPS + 1);
}

static const struct irqgen_ring *ring_map(unsigned int line)
{
	int fd = open("/dev/irqgen", O_RDONLY | O_CLOEXEC);
	void *ring = mmap(NULL, IRQGEN_RING_BYTES, PROT_READ, MAP_SHARED, fd,
			  (off_t)line * IRQGEN_RING_BYTES);

	REQUIRE(ring != MAP_FAILED);
	close(fd);
	return ring;
}

static const struct irqgen_stamp *ring_stamp(const struct irqgen_ring *ring, uint64_t number)
{
	return &ring->stamp[(number - 1) % IRQGEN_RING_ENTRIES];
}

/* Each interrupt is raised, then taken, then returned: its stamps are in that order. */
static void stamps_in_order(void)
{
	struct gen_file s = gen_open(O_RDWR);
	const struct irqgen_ring *ring = ring_map(s.line);
	struct procirq_event e;
	uint64_t last_ns = 0;
	int i;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_RECORDS) == 0);
	CHECK_EQ(ring->irq, s.irq);
	REQUIRE(gen("start line=%u period_ns=1000000 count=300 cpu=1", s.line) == 0);
	for (i = 0; gen_status(s.line).running || irq_poll(s.fd, 0) == POLLIN; i++) {
		if (irq_poll(s.fd, 10) != POLLIN)
			continue;
		REQUIRE(read(s.fd, &e, sizeof(e)) == sizeof(e));
		CHECK((long long)e.last_ns <= now_ns());
		CHECK_EQ(e.count, 1);
		CHECK(ring->dispatched >= e.seq);
		CHECK_EQ(ring_stamp(ring, e.seq)->cpu, 1);
		CHECK(ring_stamp(ring, e.seq)->raise_ns <= e.first_ns);
		CHECK(e.first_ns > last_ns);
		last_ns = e.last_ns;
	}
	CHECK_EQ(gen_status(s.line).raised, 300);
	CHECK_EQ(ring->raised, 300);
	CHECK_EQ(ring->dispatched + ring->coalesced, 300);
	REQUIRE(gen("remove line=%u", s.line) == 0);
	CHECK_EQ(ring->irq, 0); /* the mapping outlives the line */
}

/* --- patterns ---------------------------------------------------------------------- */

#define GAPS 300

/*
 * Returns the sum of the gaps of one schedule. Stores the gaps between its raises in
 * gap[] unless it is NULL. A timer may be late but is never early: nothing else is true
 * of its times on a busy machine.
 */
static long long gaps_of(const char *how, long long *gap)
{
	struct gen_file s = gen_open(O_RDWR);
	const struct irqgen_ring *ring = ring_map(s.line);
	long long sum, start = now_ns();
	int i;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	raise_by_schedule(&s, GAPS + 1, how);
	CHECK_EQ(ring->dispatched, GAPS + 1);
	sum = ring->gaps_ns;
	CHECK((long long)ring_stamp(ring, GAPS + 1)->raise_ns - start >= sum);
	for (i = 0; gap && i < GAPS; i++)
		gap[i] = ring_stamp(ring, i + 2)->raise_ns - ring_stamp(ring, i + 1)->raise_ns;
	REQUIRE(gen("remove line=%u", s.line) == 0);
	close(s.fd);
	return sum;
}

static void patterns(void)
{
	const long long period = 2000000;
	long long burst[GAPS], random;
	int i, small = 0;

	CHECK_EQ(gaps_of("period_ns=2000000 cpu=0", NULL), GAPS * period);

	/* Bursts of fifty: one gap in fifty is long. */
	CHECK_EQ(gaps_of("pattern=burst burst=50 period_ns=20000000", burst),
		 GAPS / 50 * 20000000LL);
	for (i = 0; i < GAPS; i++)
		small += (i + 1) % 50 && burst[i] < 10000000;
	CHECK(small > GAPS * 9 / 10);

	random = gaps_of("pattern=random period_ns=2000000 seed=42", NULL);
	CHECK_EQ(gaps_of("pattern=random period_ns=2000000 seed=42", NULL), random);
	CHECK(gaps_of("pattern=random period_ns=2000000 seed=43", NULL) != random);
	/* The sum's standard deviation is period * sqrt(GAPS), 6 % of its mean. */
	CHECK(llabs(random - GAPS * period) < GAPS * period / 4);
}

static void stop_stops(void)
{
	static const char *const how[] = { "source=timer cpu=1", "source=ipi cpu=0",
					   "source=ipi cpu=1",
					   "source=timer pattern=burst burst=100" };
	struct gen_file s = gen_open(O_RDWR);
	struct gen_status before;
	int i, round;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	for (i = 0; i < 4; i++) {
		for (round = 0; round < 5; round++) {
			REQUIRE(gen("start line=%u period_ns=200000 %s", s.line, how[i]) == 0);
			/* At once, and after about 10, 20, 30 and 40 periods. */
			sleep_ms(round * 2);
			REQUIRE(gen("stop line=%u", s.line) == 0);
			before = gen_status(s.line);
			CHECK_EQ(before.running, 0);
			/* Ten periods in which nothing happens. */
			sleep_ms(2);
			CHECK_EQ(gen_status(s.line).raised, before.raised);
		}
	}
	CHECK_EQ(irq_read_now(s.fd), gen_status(s.line).dispatched);
}

static const struct tap_test tests[] = {
	TAP_SLOW(by_write_unmasked, 180),
	TAP_SLOW(by_write_masked, 180),
	TAP_SLOW(by_timer_unmasked, 180),
	TAP_SLOW(by_timer_masked, 180),
	TAP_SLOW(by_ipi_unmasked, 180),
	TAP_SLOW(by_ipi_masked, 180),
	TAP_SLOW(at_random_masked, 180),
	TAP_SLOW(at_random_unmasked, 180),
	TAP_TEST(two_cpus_and_other_readers),
	TAP_TEST(closing_loses_what_was_not_read),
	TAP_TEST(the_list_of_readers),
	TAP_TEST(more_than_the_stamps_that_are_kept),
	TAP_TEST(stamps_in_order),
	TAP_TEST(patterns),
	TAP_TEST(stop_stops),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
