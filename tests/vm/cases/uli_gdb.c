// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The program that gdb debugs in tests/vm/uli-gdb.sh. It computes while user level
 * interrupts come, until FILE exists, which says that gdb has gone, and 500 more have
 * been handled. Then it prints whether each was handled once and no result was wrong.
 *
 *	uli_gdb FILE
 */
#include "guest.h"
#include "libprocirq/uli.h"

static volatile uint64_t handled, rounds, wrong;

__attribute__((noipa)) static void handle(void *arg)
{
	(void)arg;
	handled += ULI_count(ULI_self());
}

__attribute__((noipa)) static uint64_t work(uint64_t seed)
{
	uint64_t h = seed, i;

	for (i = 0; i < 50; i++)
		h = h * 6364136223846793005ULL + i;
	return h;
}

int main(int argc, char **argv)
{
	struct procirq_uli_info info;
	uint64_t expected, enough;
	struct gen_file s;
	void *intr;

	if (argc != 2)
		return 2;
	tap_argv = argv + 1;
	tap_shared = mmap(NULL, sizeof(*tap_shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	run_on_cpu(0);
	s = gen_open(O_RDWR);
	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	expected = work(1);
	intr = ULI_register(s.fd, handle, NULL, NULL);
	REQUIRE(intr);
	REQUIRE(gen("start line=%u period_ns=500000 cpu=0", s.line) == 0);
	tap_diag("interrupts come");
	while (access(argv[1], F_OK)) {
		wrong += work(1) != expected;
		rounds++;
	}
	for (enough = handled + 500; handled < enough; rounds++)
		wrong += work(1) != expected;
	REQUIRE(gen("stop line=%u", s.line) == 0);
	REQUIRE(AWAIT(ULI_get_info(intr, &info) == 0 && !info.pending));
	CHECK_EQ(handled, info.raised);
	CHECK_EQ(info.raised, gen_status(s.line).dispatched);
	CHECK_EQ(wrong, 0);
	printf("handled=%llu raised=%llu rounds=%llu wrong=%llu retries=%llu\n",
	       (unsigned long long)handled, info.raised, (unsigned long long)rounds,
	       (unsigned long long)wrong, info.retries);
	CHECK_EQ(ULI_unregister(intr), 0);
	close(s.fd);
	gen("remove line=%u", s.line);
	return tap_shared->complaints ? 1 : 0;
}
