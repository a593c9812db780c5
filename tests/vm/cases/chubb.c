// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc/irq/N/irq as Peter Chubb described it in 2005: counts, blocking, and when the
 * line is masked. And the additions: several readers, records, write() and the flags.
 */
#include <libgen.h>

#include "guest.h"

static void program2005(void)
{
	char self[200] = "", program[300], path[64];
	unsigned int line = gen_add(), i;
	int out[2], status;
	char count[2];
	pid_t pid;

	REQUIRE(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	snprintf(program, sizeof(program), "%s/chubb2005", dirname(self));
	snprintf(path, sizeof(path), "%s", irq_path(gen_status(line).irq));
	REQUIRE(pipe(out) == 0);
	pid = fork();
	if (!pid) {
		dup2(out[1], 1);
		execl(program, "chubb2005", path, NULL);
		_exit(127);
	}
	close(out[1]);
	for (i = 0; i < 3; i++) {
		/* It sleeps in select(): the line is unmasked. */
		REQUIRE(AWAIT(!gen_masked(line) && task_sleeps(pid, pid, -1)));
		CHECK(gen("fire line=%u", line) == 0);
		REQUIRE(read(out[0], count, 2) == 2);
		CHECK_EQ(count[0], '1');
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);
}

static void read_returns_the_count_since_the_last_read(void)
{
	struct gen_file s = gen_open(O_RDWR);

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	fire(&s, 3);
	fire(&s, 4);
	CHECK_EQ(irq_read(s.fd), 7);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
}

static void read_blocks_until_an_interrupt(void)
{
	struct gen_file s = gen_open(O_RDONLY);
	struct blocked b;

	blocked_start(&b, s.fd);
	/* Nothing happens. */
	sleep_ms(50);
	CHECK(!b.done);
	fire(&s, 1);
	CHECK_EQ(blocked_join(&b), 1);
}

static void nonblock_may_change_while_open(void)
{
	struct gen_file s = gen_open(O_RDONLY | O_NONBLOCK);
	struct blocked b;

	CHECK_EQ(irq_read(s.fd), -EAGAIN);
	fcntl(s.fd, F_SETFL, 0);
	blocked_start(&b, s.fd);
	CHECK(!b.done);
	fire(&s, 1);
	CHECK_EQ(blocked_join(&b), 1);
	fcntl(s.fd, F_SETFL, O_NONBLOCK);
	CHECK_EQ(irq_read(s.fd), -EAGAIN);
}

static void lengths(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int buffer[4] = { -1, -1, -1, -1 };
	size_t len;

	fire(&s, 1);
	for (len = 0; len < sizeof(int); len++)
		CHECK_ERR(read(s.fd, buffer, len), EINVAL);
	CHECK_EQ(buffer[0], -1);
	CHECK_EQ(irq_poll(s.fd, 0), POLLIN);
	CHECK_EQ(read(s.fd, buffer, sizeof(buffer)), 4);
	CHECK_EQ(buffer[0], 1);
	CHECK_EQ(buffer[1], -1);
}

static void records(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_event event[2];
	long long before = now_ns();

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_RECORDS | PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 5);
	memset(event, 0xee, sizeof(event));
	CHECK_EQ(sizeof(event[0]), 40);
	CHECK_ERR(read(s.fd, event, 39), EINVAL);
	CHECK_ERR(read(s.fd, event, 4), EINVAL);
	CHECK_EQ(read(s.fd, event, sizeof(event)), 40);
	CHECK_EQ(event[0].count, 5);
	CHECK_EQ(event[0].status, 0);
	CHECK_EQ(event[0].seq, 5);
	CHECK_EQ(event[0].lost, 0);
	CHECK((long long)event[0].first_ns >= before);
	CHECK(event[0].first_ns < event[0].last_ns);
	CHECK((long long)event[0].last_ns <= now_ns());
	CHECK_EQ(event[1].count, 0xeeeeeeee);
	/* Back to counts. */
	REQUIRE(irq_flags(s.fd, 0) == 0);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
}

static void line_is_masked_until_a_read_finds_nothing(void)
{
	struct gen_file s = gen_open(O_RDWR);

	CHECK(!gen_masked(s.line));
	fire(&s, 1);
	CHECK(gen_masked(s.line));
	CHECK(irq_masked(s.fd));
	CHECK_EQ(irq_poll(s.fd, 0), POLLIN); /* found something */
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(!gen_masked(s.line));
	CHECK(!irq_masked(s.fd));
	/* What came while masked is one interrupt, handed over on unmasking. */
	fire(&s, 1);
	fire(&s, 3);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(gen_status(s.line).pending, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(gen_status(s.line).coalesced, 2);
}

static void line_is_masked_until_a_poll_finds_nothing(void)
{
	struct gen_file s = gen_open(O_RDWR);
	fd_set set;

	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_poll(s.fd, 0), 0);
	CHECK(!gen_masked(s.line));

	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	FD_ZERO(&set);
	FD_SET(s.fd, &set);
	CHECK_EQ(select(s.fd + 1, &set, NULL, NULL, &(struct timeval){ 0, 0 }), 0);
	CHECK(!gen_masked(s.line));
}

static void every_reader_must_catch_up(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int second = irq_open(s.irq, O_RDWR), third = irq_open(s.irq, O_RDWR);

	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	/* One reader that reads again does not count as two. */
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(second), 1);
	CHECK_EQ(irq_poll(second, 0), 0);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(third), 1);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read_now(third), -EAGAIN);
	CHECK(!gen_masked(s.line));
	CHECK_EQ(line_stats(s.irq).readers, 3);
}

static void closing_counts_as_caught_up(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int second = irq_open(s.irq, O_RDWR);

	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(gen_masked(s.line));
	close(second);
	CHECK(!gen_masked(s.line));
	CHECK_EQ(line_stats(s.irq).lost, 1);

	/* The reader that has read closes. */
	second = irq_open(s.irq, O_RDWR);
	fire(&s, 1);
	CHECK_EQ(irq_read(second), 1);
	CHECK_EQ(irq_read_now(second), -EAGAIN);
	close(second);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(!gen_masked(s.line));
}

static void a_new_reader_need_not_read_what_came_before(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int second;

	fire(&s, 1);
	second = irq_open(s.irq, O_RDWR);
	CHECK_EQ(irq_read_now(second), -EAGAIN);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(!gen_masked(s.line));
	close(second);

	second = irq_open(s.irq, O_RDWR);
	fire(&s, 1);
	close(s.fd);
	CHECK(gen_masked(s.line));
	s.fd = irq_open(s.irq, O_RDWR);
	CHECK_EQ(irq_read(second), 1);
	CHECK_EQ(irq_read_now(second), -EAGAIN);
	CHECK(!gen_masked(s.line));
}

/* A thread that stays blocked because another has the count does not unmask the line. */
static void a_second_blocked_thread_does_not_unmask(void)
{
	struct gen_file s = gen_open(O_RDONLY);
	struct blocked b[2];
	int first;

	blocked_start(&b[0], s.fd);
	blocked_start(&b[1], s.fd);
	fire(&s, 1);
	REQUIRE(AWAIT(b[0].done || b[1].done));
	first = b[0].done ? 0 : 1;
	CHECK_EQ(blocked_join(&b[first]), 1);
	/* Nothing happens: time for a wake-up that should not be. */
	sleep_ms(50);
	CHECK(!b[1 - first].done);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_poll(s.fd, 0), 0);
	CHECK(!gen_masked(s.line));
	fire(&s, 1);
	CHECK_EQ(blocked_join(&b[1 - first]), 1);
}

static void explicit_unmask(void)
{
	struct gen_file s = gen_open(O_RDWR);

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_EXPLICIT_UNMASK) == 0);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK_EQ(irq_poll(s.fd, 0), 0);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK(!gen_masked(s.line));
	/* With another reader that has no flags. */
	int second = irq_open(s.irq, O_RDWR);

	fire(&s, 1);
	CHECK_EQ(irq_read(second), 1);
	CHECK_EQ(irq_read_now(second), -EAGAIN);
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK(!gen_masked(s.line));
}

static void no_mask(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int second;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 10);
	CHECK(!gen_masked(s.line));
	CHECK_EQ(irq_read(s.fd), 10);

	/* The line is masked if one of the readers has not set the flag. */
	second = irq_open(s.irq, O_RDWR);
	fire(&s, 10);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(second), 1);
	CHECK_EQ(irq_read(second), 1); /* finds nothing, unmasks, gets the pending one */
	CHECK_EQ(irq_read(s.fd), 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(gen_masked(s.line));
	close(second);
	CHECK(!gen_masked(s.line));
	fire(&s, 10);
	CHECK_EQ(irq_read(s.fd), 10);

	/* Without the flag it is masked again. */
	REQUIRE(irq_flags(s.fd, 0) == 0);
	fire(&s, 2);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_read(s.fd), 1);
}

static void write_is_idempotent(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int i;

	for (i = 0; i < 100; i++)
		CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK(!gen_masked(s.line));
	CHECK(irq_depth(s.irq) <= 0);
	for (i = 0; i < 100; i++)
		CHECK_EQ(irq_enable(s.fd, 0), 0);
	CHECK(gen_masked(s.line));
	CHECK(irq_depth(s.irq) == -1 || irq_depth(s.irq) == 1);
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK(!gen_masked(s.line));
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
	/* Masked by the handler and by a write: still one unmask. */
	CHECK_EQ(irq_enable(s.fd, 0), 0);
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK(!gen_masked(s.line));
	CHECK(irq_depth(s.irq) <= 0);
	/* The last reader leaves it masked: the line works for the next. */
	CHECK_EQ(irq_enable(s.fd, 0), 0);
	close(s.fd);
	CHECK(irq_depth(s.irq) <= 1);
	s.fd = irq_open(s.irq, O_RDWR);
	CHECK(!gen_masked(s.line));
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
}

static void write_refuses_what_it_does_not_know(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 5, 8 };
	struct gen_file s = gen_open(O_RDWR);
	uint32_t words[2] = { 0, 0 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		CHECK_ERR(write(s.fd, words, sizes[i]), EINVAL);
	CHECK_EQ(irq_enable(s.fd, 2), -EINVAL);
	CHECK_EQ(irq_enable(s.fd, ~0U), -EINVAL);
	CHECK(!gen_masked(s.line));
}

static void held_until_written_1(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int second = irq_open(s.irq, O_RDWR);

	CHECK_EQ(irq_enable(s.fd, 0), 0);
	CHECK(gen_masked(s.line));
	CHECK(irq_info(s.fd).state & PROCIRQ_STATE_HELD);
	fire(&s, 1);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK_EQ(irq_poll(s.fd, 0), 0);
	CHECK_EQ(irq_read_now(second), -EAGAIN);
	CHECK(gen_masked(s.line));
	close(second);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK_EQ(irq_read(s.fd), 1);
}

static void held_until_the_writer_closes(void)
{
	struct gen_file s = gen_open(O_RDWR);
	int writer = irq_open(s.irq, O_RDWR);

	CHECK_EQ(irq_enable(writer, 0), 0);
	CHECK_EQ(irq_read_now(s.fd), -EAGAIN);
	CHECK(gen_masked(s.line));
	close(writer);
	CHECK(!gen_masked(s.line));

	/* Two readers have masked it: when one closes, it stays masked by the other. */
	writer = irq_open(s.irq, O_RDWR);
	CHECK_EQ(irq_enable(s.fd, 0), 0);
	CHECK_EQ(irq_enable(writer, 0), 0);
	close(writer);
	CHECK(gen_masked(s.line));
	CHECK_EQ(irq_enable(s.fd, 1), 0);
	CHECK(!gen_masked(s.line));
}

static void *write_enable(void *arg)
{
	struct blocked *b = arg;

	b->ret = irq_enable(b->fd, 1);
	b->done = true;
	return NULL;
}

static void write_does_not_wait_behind_a_blocked_read(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct blocked reader, writer = { .fd = s.fd };

	blocked_start(&reader, s.fd);
	REQUIRE(pthread_create(&writer.thread, NULL, write_enable, &writer) == 0);
	CHECK(AWAIT(writer.done));
	CHECK_EQ(writer.ret, 0);
	CHECK(!reader.done);
	fire(&s, 1);
	CHECK_EQ(blocked_join(&reader), 1);
	CHECK(thread_join(writer.thread));
}

static void info(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_info i = irq_info(s.fd);
	size_t n;

	CHECK_EQ(i.version, PROCIRQ_ABI_VERSION);
	CHECK_EQ(i.irq, s.irq);
	CHECK_EQ(i.flags, 0);
	CHECK_EQ(i.state, PROCIRQ_STATE_FLOW);
	CHECK_EQ(i.readers, 1);
	CHECK_EQ(i.hwirq, s.line);
	CHECK_EQ(i.taken, 0);
	CHECK(!strcmp(i.chip, "irqgen"));
	for (n = 0; n < sizeof(i.reserved) / sizeof(i.reserved[0]); n++)
		CHECK_EQ(i.reserved[n], 0);

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	fire(&s, 5);
	CHECK_EQ(irq_read(s.fd), 5);
	fire(&s, 2);
	i = irq_info(s.fd);
	CHECK_EQ(i.flags, PROCIRQ_FLAG_NO_MASK);
	CHECK_EQ(i.taken, 7);
	CHECK_EQ(i.delivered, 1);
	CHECK_EQ(i.coalesced, 4);
	CHECK_EQ(i.pending, 2);
	CHECK_EQ(irq_read(s.fd), 2);
	close(s.fd);
	s.fd = irq_open(s.irq, O_RDONLY | O_EXCL);
	CHECK_EQ(irq_info(s.fd).state, PROCIRQ_STATE_EXCL | PROCIRQ_STATE_FLOW);
}

/* A real level-triggered line: it fires again as long as the device asserts it. */
static void level_line(void)
{
	volatile uint32_t *edu;
	int fd, irq;

	REQUIRE(pci_irq_kind("intx") == 0);
	REQUIRE(pci_bind(EDU_1, "procirq-pci") == 0);
	irq = pci_irq(EDU_1);
	edu = edu_map(EDU_1);
	edu_ack(edu);
	fd = irq_open(irq, O_RDWR);
	REQUIRE(fd >= 0);
	CHECK_EQ(irq_info(fd).state, PROCIRQ_STATE_LEVEL | PROCIRQ_STATE_FLOW);
	CHECK_EQ(irq_flags(fd, PROCIRQ_FLAG_NO_MASK), -EINVAL);

	edu_raise(edu);
	CHECK_EQ(irq_read(fd), 1);
	CHECK(irq_masked(fd));
	/* Not acknowledged: it comes again, once, when the line is unmasked. */
	CHECK_EQ(irq_read(fd), 1);
	CHECK(irq_masked(fd));
	edu_ack(edu);
	CHECK_EQ(irq_read_now(fd), -EAGAIN);
	CHECK(!irq_masked(fd));
	/* Nothing happens. */
	sleep_ms(20);
	CHECK_EQ(irq_read_now(fd), -EAGAIN);
	edu_raise(edu);
	CHECK_EQ(irq_read(fd), 1);
	edu_ack(edu);
	CHECK_EQ(irq_info(fd).taken, 3);
	close(fd);
	CHECK(pci_unbind(EDU_1) == 0);
}

static const struct tap_test tests[] = {
	TAP_TEST(program2005),
	TAP_TEST(read_returns_the_count_since_the_last_read),
	TAP_TEST(read_blocks_until_an_interrupt),
	TAP_TEST(nonblock_may_change_while_open),
	TAP_TEST(lengths),
	TAP_TEST(records),
	TAP_TEST(line_is_masked_until_a_read_finds_nothing),
	TAP_TEST(line_is_masked_until_a_poll_finds_nothing),
	TAP_TEST(every_reader_must_catch_up),
	TAP_TEST(closing_counts_as_caught_up),
	TAP_TEST(a_new_reader_need_not_read_what_came_before),
	TAP_TEST(a_second_blocked_thread_does_not_unmask),
	TAP_TEST(explicit_unmask),
	TAP_TEST(no_mask),
	TAP_TEST(write_is_idempotent),
	TAP_TEST(write_refuses_what_it_does_not_know),
	TAP_TEST(held_until_written_1),
	TAP_TEST(held_until_the_writer_closes),
	TAP_TEST(write_does_not_wait_behind_a_blocked_read),
	TAP_TEST(info),
	TAP_TEST(level_line),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
