// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * User level interrupts: they do not change the computation that they interrupt, none is
 * lost or handled twice, and they work whatever happens to the thread.
 *
 *	interrupts=N	how many hit the computation (20000)
 *	calls=N		instead: until the handler was called N times
 *	period=N	mean time between them, ns (100000)
 */
#include <linux/futex.h>
#include <linux/rseq.h>
#include <setjmp.h>
#include <sys/eventfd.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/time.h>
#include <sys/user.h>
#include <ucontext.h>

#include "guest.h"
#include "tests/vm/compat32.h"
#include "libprocirq/uli.h"

#ifdef __aarch64__
#include <asm/ptrace.h>
#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/auxv.h>
#include <sys/uio.h>

/* Whether pause() goes on after a handler, too. */
#define PAUSE_GOES_ON true
/* No program can have it. */
#define NO_ADDRESS (1ULL << 53)

/* Since Linux 6.3. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE		 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif
#else
#define PAUSE_GOES_ON false
#define NO_ADDRESS    (1ULL << 47)
#endif

static void *volatile bad = (void *)16;

/* --- a line with a handler --------------------------------------------------- */

struct uut {
	struct gen_file gen;
	void *intr;
	volatile uint64_t handled; /* interrupts: the sum of ULI_count() */
	volatile uint64_t calls;
	volatile int depth;
	volatile bool nested;
	volatile uintptr_t lowest; /* address of a frame of the handler */
	double mess;
	pid_t tid; /* of register_and_leave() */
};

/* Uses every kind of register. */
static void handle(void *arg)
{
	struct uut *u = arg;
	char text[64], copy[64];

	u->nested |= u->depth++ != 0;
	if (!u->lowest || (uintptr_t)text < u->lowest)
		u->lowest = (uintptr_t)text;
	u->handled += ULI_count(ULI_self());
	u->calls++;
	u->mess = u->mess * 0.75 + (double)u->handled;
	memset(text, (int)u->calls, sizeof(text));
	memcpy(copy, text, sizeof(copy));
	u->nested |= copy[63] != (char)u->calls;
#ifdef __x86_64__
	/* A function is called with the direction flag clear. */
	u->nested |= __builtin_ia32_readeflags_u64() & 0x400;
#endif
#ifdef __x86_64__
	__asm__ volatile(
		"pxor %%xmm0, %%xmm0\n\tpcmpeqd %%xmm1, %%xmm1\n\tpxor %%xmm7, %%xmm7\n\t"
		"pcmpeqd %%xmm15, %%xmm15\n\tfldpi\n\tfldpi\n\tfaddp\n\tfstp %%st(0)\n\tcmp $1, %%eax"
		:
		:
		: "xmm0", "xmm1", "xmm7", "xmm15", "cc", "st");
#elif defined(__aarch64__)
	__asm__ volatile("movi v0.16b, #1\n\tmovi v7.16b, #2\n\tmovi v8.16b, #3\n\t"
			 "movi v15.16b, #4\n\tmovi v16.16b, #5\n\tmovi v31.16b, #6\n\t"
			 "mov x9, #0x3c00000\n\tmsr fpcr, x9\n\tmsr fpsr, x9\n\tmsr fpcr, xzr\n\t"
			 "mov x10, x9\n\tmov x15, x9\n\tmov x17, x9\n\tcmp x9, #1"
			 :
			 :
			 : "v0", "v7", "v8", "v15", "v16", "v31", "x9", "x10", "x15", "x17", "cc");
#endif
	u->depth--;
}

static struct procirq_uli_info info_of(void *intr)
{
	struct procirq_uli_info info;

	REQUIRE(ULI_get_info(intr, &info) == 0);
	return info;
}

static bool info_adds_up(const struct procirq_uli_info *i)
{
	if (i->raised ==
	    i->direct + i->returned + i->woken + i->repeated + i->coalesced + i->pending)
		return true;
	tap_diag(
		"raised=%llu direct=%llu returned=%llu woken=%llu repeated=%llu coalesced=%llu pending=%llu",
		i->raised, i->direct, i->returned, i->woken, i->repeated, i->coalesced, i->pending);
	return false;
}

/* Each time that the thread was sent to its handler, it has left it. Not after a longjmp(). */
static bool info_is_left(const struct procirq_uli_info *i)
{
#ifdef __aarch64__
	uint64_t left = i->direct + i->returned + i->woken;
#else
	uint64_t left = 0;
#endif
	if (i->left_by_call + i->left_by_stub == left)
		return true;
	tap_diag("left_by_call=%llu left_by_stub=%llu, not %llu", i->left_by_call, i->left_by_stub,
		 (unsigned long long)left);
	return false;
}

/* Whether ULI_STUBS makes stubs for a handler with these options. */
static bool makes_stubs(const struct uli_options *options)
{
#ifdef __aarch64__
	return options && options->flags & ULI_STUBS &&
	       (options->flags & ULI_GENERAL_REGS_ONLY ||
		!(getauxval(AT_HWCAP) & HWCAP_SVE || getauxval(AT_HWCAP2) & HWCAP2_SME));
#else
	(void)options;
	return false;
#endif
}

/* This thread, on CPU 0, handles the interrupts of a new line, which is not masked. */
static void uut_start(struct uut *u, const struct uli_options *options, void (*handler)(void *))
{
	memset(u, 0, sizeof(*u));
	run_on_cpu(0);
	u->gen = gen_open(O_RDWR);
	REQUIRE(irq_flags(u->gen.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	u->intr = ULI_register(u->gen.fd, handler, u, options);
	if (!u->intr && errno == EOPNOTSUPP)
		SKIP("no user level interrupts here");
	REQUIRE(u->intr);
}

/* Each interrupt was handled once. */
static void uut_check(struct uut *u)
{
	struct procirq_uli_info info;

	CHECK(AWAIT(info_of(u->intr).pending == 0));
	info = info_of(u->intr);
	CHECK(info_adds_up(&info));
	CHECK_EQ(info.raised, gen_status(u->gen.line).dispatched);
	CHECK_EQ(u->handled, info.raised);
	CHECK_EQ(u->calls, info.raised - info.coalesced);
	CHECK(!u->nested);
}

static void uut_end(struct uut *u)
{
	uut_check(u);
	CHECK_EQ(ULI_unregister(u->intr), 0);
	CHECK_EQ(irq_read_now(u->gen.fd), -EAGAIN);
	close(u->gen.fd);
}

/* Stays in user mode until n interrupts have been handled. */
static void spin_until(struct uut *u, uint64_t n)
{
	long long until = now_ns() + AWAIT_MS * 1000000LL;

	while (u->handled < n && now_ns() < until)
		;
	CHECK(u->handled >= n);
}

struct uli_line {
	unsigned int irq, handlers;
	unsigned long long registrations, raised, direct, returned, woken, repeated, coalesced,
		pending, unhandled, overruns, faults, retries, left_by_call, left_by_stub;
};

/* Reads the line's row of /proc/procirq/ulis. False if it has none. */
static bool uli_line(unsigned int irq, struct uli_line *l)
{
	FILE *file = fopen("/proc/procirq/ulis", "re");
	bool found = false;

	while (file && !found &&
	       fscanf(file,
		      " irq=%u handlers=%u registrations=%llu raised=%llu direct=%llu returned=%llu woken=%llu repeated=%llu coalesced=%llu pending=%llu unhandled=%llu overruns=%llu faults=%llu retries=%llu left_by_call=%llu left_by_stub=%llu",
		      &l->irq, &l->handlers, &l->registrations, &l->raised, &l->direct,
		      &l->returned, &l->woken, &l->repeated, &l->coalesced, &l->pending,
		      &l->unhandled, &l->overruns, &l->faults, &l->retries, &l->left_by_call,
		      &l->left_by_stub) == 16)
		found = l->irq == irq;
	if (file)
		fclose(file);
	return found;
}

static bool uli_line_adds_up(const struct uli_line *l)
{
	return l->raised == l->direct + l->returned + l->woken + l->repeated + l->coalesced +
				    l->pending + l->unhandled;
}

/* --- the computation --------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v;
	h *= 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

/* A leaf function: its array is in the red zone. */
__attribute__((noinline)) static uint64_t red_zone(uint64_t seed)
{
	volatile uint64_t a[12];
	int i, round;

	for (i = 0; i < 12; i++)
		a[i] = seed + (uint64_t)i;
	for (round = 0; round < 20; round++)
		for (i = 0; i < 12; i++)
			a[i] = a[i] * 6364136223846793005ULL + a[(i + 5) % 12];
	return a[3] ^ a[11];
}

#define WORDS 10

/*
 * Adds @b to @a, 640 bits each, lowest word first. The carry flag lives across many
 * instructions. Returns the carry out of the highest word.
 */
__attribute__((noinline)) static uint64_t add_words(uint64_t *a, const uint64_t *b)
{
	uint64_t carry = 0;
	int n = WORDS;

#ifdef __x86_64__
	/* Neither lea nor dec changes the carry flag. */
	__asm__ volatile("clc\n"
			 "1:\tmov (%[b]), %%rax\n\t"
			 "adc %%rax, (%[a])\n\t"
			 "lea 8(%[a]), %[a]\n\t"
			 "lea 8(%[b]), %[b]\n\t"
			 "dec %[n]\n\t"
			 "jnz 1b\n\t"
			 "adc $0, %[carry]"
			 : [a] "+r"(a), [b] "+r"(b), [n] "+r"(n), [carry] "+r"(carry)
			 :
			 : "rax", "cc", "memory");
#else
	for (; n; n--, a++, b++) {
		carry = __builtin_add_overflow(*a, carry, a);
		carry += __builtin_add_overflow(*a, *b, a);
	}
#endif
	return carry;
}

/* One more than 2^640 - 1: the carry goes through every word. */
static bool add_words_carries(void)
{
	uint64_t a[WORDS], one[WORDS] = { 1 }, any = 0;
	int i;

	memset(a, 0xff, sizeof(a));
	if (add_words(a, one) != 1)
		return false;
	for (i = 0; i < WORDS; i++)
		any |= a[i];
	return !any;
}

static uint64_t carries(uint64_t seed)
{
	uint64_t a[WORDS], b[WORDS], h = seed;
	int i, round;

	for (i = 0; i < WORDS; i++) {
		a[i] = mix(seed, (uint64_t)i);
		b[i] = ~mix(seed, (uint64_t)i + 77);
	}
	for (round = 0; round < 20; round++) {
		h = mix(h, add_words(a, b));
		for (i = 0; i < WORDS; i++)
			h = mix(h, a[i]);
	}
	return h;
}

/* Backwards with the direction flag set, and long enough to be interrupted in. */
__attribute__((noinline)) static uint64_t strings(uint64_t seed)
{
	static __thread unsigned char from[4096], to[4096];
	uint64_t h = seed;
	size_t i;

	for (i = 0; i < sizeof(from); i++)
		from[i] = (unsigned char)(seed + i * i);
#ifdef __x86_64__
	{
		unsigned char *s = from + sizeof(from) - 1, *d = to + sizeof(to) - 1;
		size_t n = sizeof(from);

		__asm__ volatile("std\n\trep movsb\n\tcld"
				 : "+S"(s), "+D"(d), "+c"(n)
				 :
				 : "memory", "cc");
	}
#else
	memcpy(to, from, sizeof(to));
#endif
	for (i = 0; i < sizeof(to); i += 37)
		h = mix(h, to[i]);
	return mix(h, (uint64_t)memcmp(from, to, sizeof(to)));
}

/* SSE registers, and a full x87 stack. */
__attribute__((noinline)) static uint64_t floats(uint64_t seed)
{
	long double x = 1.0L / (long double)(seed % 97 + 3), y = x, z = 0.5L;
	double a = (double)(seed % 1000), b = 1.25, c = 0.5, d = 3.0;
	uint64_t h = seed, bits;
	int i;

	for (i = 0; i < 200; i++) {
		a = a * 0.99 + b / 3.0;
		b = b * 1.01 - c;
		c = c + d * 0.001;
		d = d / 1.0001 + a * 1e-6;
		x = x * 1.0000001L + y;
		y = y * 0.75L - z;
		z = z + x * 1e-9L;
	}
	memcpy(&bits, &a, 8);
	h = mix(h, bits);
	memcpy(&bits, &d, 8);
	h = mix(h, bits);
	a = (double)(x + y + z);
	memcpy(&bits, &a, 8);
	return mix(h, bits);
}

#ifdef __x86_64__
__attribute__((noinline, target("avx"))) static uint64_t wide(uint64_t seed)
{
	typedef double v4 __attribute__((vector_size(32)));
	v4 a = { 1, 2, 3, (double)(seed % 11) }, b = { 0.5, 0.25, 0.125, 1 };
	uint64_t bits[4], h = seed;
	int i;

	for (i = 0; i < 200; i++) {
		a = a * b + a;
		b = b * 0.999 + 1e-7;
		a = a / (b + 1.5);
	}
	memcpy(bits, &a, 32);
	for (i = 0; i < 4; i++)
		h = mix(h, bits[i]);
	return h;
}
#endif

static uint64_t calls(uint64_t seed, int *pipes)
{
	uint64_t h = seed, back = 0;
	struct timespec t = { 0, 1000 };

	if (write(pipes[1], &h, sizeof(h)) != sizeof(h) ||
	    read(pipes[0], &back, sizeof(back)) != sizeof(back))
		return 0;
	/* A signal handler ends it, even with SA_RESTART. */
	while (seed % 16 == 0 && nanosleep(&t, &t))
		if (errno != EINTR)
			return 1;
	return mix(back, (uint64_t)(getppid() > 0) + (uint64_t)(syscall(SYS_gettid) > 0));
}

static uint64_t faults(uint64_t seed)
{
	char *p = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t h = seed;
	int i;

	if (p == MAP_FAILED)
		return 0;
	for (i = 0; i < 16384; i += 1024)
		p[i] += (char)(seed + (uint64_t)i);
	for (i = 0; i < 16384; i += 512)
		h = mix(h, (uint64_t)p[i]);
	munmap(p, 16384);
	return h;
}

static uint64_t compute(uint64_t seed, int *pipes)
{
	uint64_t h = mix(seed, 1);

	h = mix(h, red_zone(seed));
	h = mix(h, carries(seed));
	h = mix(h, strings(seed));
	h = mix(h, floats(seed));
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx"))
		h = mix(h, wide(seed));
#endif
	h = mix(h, calls(seed, pipes));
	return mix(h, faults(seed));
}

#define RESULTS 64

static void compute_under(struct uut *u, long interrupts, long period_ns)
{
	uint64_t expected[RESULTS], rounds = 0, wrong = 0;
	uint64_t calls_wanted = (uint64_t)tap_setting("calls", 0);
	struct procirq_uli_info info;
	int pipes[2], i;

	REQUIRE(pipe(pipes) == 0);
	REQUIRE(add_words_carries());
	for (i = 0; i < RESULTS; i++)
		expected[i] = compute((uint64_t)i, pipes);
	/* A count of 0 means until it is stopped. */
	REQUIRE(gen("start line=%u count=%ld period_ns=%ld cpu=0 pattern=random seed=%ld",
		    u->gen.line, calls_wanted ? 0 : interrupts, period_ns, interrupts) == 0);
	do {
		for (i = 0; i < RESULTS; i++)
			wrong += compute((uint64_t)i, pipes) != expected[i];
		rounds++;
	} while (calls_wanted ? u->calls < calls_wanted : gen_status(u->gen.line).running);
	if (calls_wanted)
		REQUIRE(gen("stop line=%u", u->gen.line) == 0);
	CHECK_EQ(wrong, 0);
	CHECK(AWAIT(info_of(u->intr).pending == 0));
	info = info_of(u->intr);
	if (calls_wanted)
		CHECK(info.raised - info.coalesced >= calls_wanted);
	else
		CHECK_EQ(info.raised, interrupts);
	CHECK(info.returned > 0);
	tap_diag(
		"%llu rounds of 64 computations, %llu wrong; raised=%llu direct=%llu returned=%llu woken=%llu repeated=%llu coalesced=%llu retries=%llu left_by_call=%llu left_by_stub=%llu",
		(unsigned long long)rounds, (unsigned long long)wrong, info.raised, info.direct,
		info.returned, info.woken, info.repeated, info.coalesced, info.retries,
		info.left_by_call, info.left_by_stub);
}

/* Fraction: how many of the interrupts of the setting, one of so many. */
static void compute_with(const struct uli_options *options, void (*handler)(void *), long fraction)
{
	struct procirq_uli_info info;
	struct uut u;

	uut_start(&u, options, handler);
	compute_under(&u, tap_setting("interrupts", 20000) / fraction,
		      tap_setting("period", 100000));
	info = info_of(u.intr);
	CHECK(info.direct > 0);
	CHECK(info_is_left(&info));
	CHECK(!info.left_by_stub == !makes_stubs(options));
	uut_end(&u);
}

static void a_computation(void)
{
	compute_with(NULL, handle, 1);
}

/* On x86-64, and with SVE, the flag is there and nothing is different. */
static void computing_with_stubs(void)
{
	compute_with(&(struct uli_options){ .flags = ULI_STUBS }, handle, 1);
}

/* Raised on the other CPU: the kernel has to interrupt the thread. */
static void a_computation_elsewhere(void)
{
	struct uut u;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP("one CPU");
	uut_start(&u, NULL, handle);
	run_on_cpu(1);
	compute_under(&u, tap_setting("interrupts", 20000) / 10, 200000);
	uut_end(&u);
}

__attribute__((target("general-regs-only"))) static void handle_lean(void *arg)
{
	struct uut *u = arg;

	u->handled += ULI_count(ULI_self());
	u->calls++;
}

static const struct uli_options lean = { .flags = ULI_GENERAL_REGS_ONLY };
static const struct uli_options lean_with_stubs = { .flags = ULI_GENERAL_REGS_ONLY | ULI_STUBS };

static void general_registers_only(void)
{
	compute_with(&lean, handle_lean, 5);
}

static void general_registers_and_stubs(void)
{
	compute_with(&lean_with_stubs, handle_lean, 1);
}

static void a_stack_of_its_own(void)
{
	struct uli_options options = { .flags = ULI_STUBS, .stacksize = 65536 };
	struct uut u;

	options.stack =
		mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uut_start(&u, &options, handle);
	compute_under(&u, tap_setting("interrupts", 20000) / 5, tap_setting("period", 100000));
	CHECK(u.lowest - (uintptr_t)options.stack < options.stacksize);
	uut_end(&u);
}

/* --- blocking, sleeping, waking ------------------------------------------------ */

static void blocked(void)
{
	struct uut u;
	int i;

	uut_start(&u, NULL, handle);
	CHECK_EQ(ULI_block_intr(u.intr), 0);
	CHECK_EQ(ULI_block_intr(u.intr), 0);
	fire(&u.gen, 100);
	CHECK_EQ(u.handled, 0);
	CHECK_EQ(info_of(u.intr).pending, 100);
	CHECK_EQ(ULI_unblock_intr(u.intr), 0);
	CHECK_EQ(u.handled, 0);
	CHECK_EQ(ULI_unblock_intr(u.intr), 0);
	CHECK_EQ(u.handled, 100);
	CHECK_EQ(u.calls, 1);
	CHECK_EQ(info_of(u.intr).repeated, 1);
	CHECK_EQ(info_of(u.intr).coalesced, 99);
	CHECK_ERR(ULI_unblock_intr(u.intr), EINVAL);
	/* No handler runs inside a block while interrupts come. */
	REQUIRE(gen("start line=%u period_ns=30000 cpu=0", u.gen.line) == 0);
	for (i = 0; i < 20000; i++) {
		uint64_t before;

		ULI_block_intr(u.intr);
		before = u.handled;
		CHECK(red_zone((uint64_t)i) && u.handled == before);
		ULI_unblock_intr(u.intr);
	}
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	CHECK(u.handled > 100);
	uut_end(&u);
}

static void *block_elsewhere(void *arg)
{
	struct uut *u = arg;
	uint64_t before;
	int i, j;

	for (i = 0; i < 200; i++) {
		ULI_block_intr(u->intr);
		before = u->handled;
		for (j = 0; j < 2000; j++)
			CHECK(u->depth == 0 && u->handled == before);
		ULI_unblock_intr(u->intr);
	}
	return NULL;
}

static void *fire_blocked(void *arg)
{
	struct uut *u = arg;

	run_on_cpu(1);
	ULI_block_intr(u->intr);
	fire(&u->gen, 3);
	/* Nothing shows that the kernel has interrupted the thread and found it blocked. */
	sleep_ms(20);
	CHECK_EQ(ULI_unblock_intr(u->intr), 0);
	return NULL;
}

/* The thread makes no call and no interrupt hits it: unblocking has to kick it. */
static void blocked_by_another_thread(void)
{
	pthread_t thread;
	struct uut u;

	uut_start(&u, NULL, handle);
	ULI_block_intr(u.intr);
	fire(&u.gen, 3);
	ULI_unblock_intr(u.intr);
	CHECK_EQ(u.handled, 3);
	REQUIRE(gen("start line=%u period_ns=50000 cpu=0", u.gen.line) == 0);
	REQUIRE(pthread_create(&thread, NULL, block_elsewhere, &u) == 0);
	pthread_join(thread, NULL);
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	spin_until(&u, gen_status(u.gen.line).dispatched);
	REQUIRE(pthread_create(&thread, NULL, fire_blocked, &u) == 0);
	spin_until(&u, u.handled + 3);
	pthread_join(thread, NULL);
	uut_end(&u);
}

static void handle_and_wake(void *arg)
{
	struct uut *u = arg;
	unsigned int i;

	handle(u);
	for (i = 0; i < ULI_count(ULI_self()); i++)
		ULI_wakeup(ULI_self(), 1);
}

static void no_wakeup_is_lost(void)
{
	struct uli_options options = { .nsemas = 2 };
	int i, n = 20000;
	struct uut u;

	uut_start(&u, &options, handle_and_wake);
	REQUIRE(gen("start line=%u count=%d period_ns=40000 cpu=0 pattern=random", u.gen.line, n) ==
		0);
	for (i = 0; i < n; i++)
		if (ULI_sleep(u.intr, 1))
			break;
	CHECK_EQ(i, n);
	CHECK(info_of(u.intr).woken > 0);
	CHECK_ERR(ULI_sleep(u.intr, 2), EINVAL);
	CHECK_ERR(ULI_wakeup(u.intr, -1), EINVAL);
	uut_end(&u);
}

static void *sleep_elsewhere(void *arg)
{
	struct uut *u = arg;
	long i;

	for (i = 0; i < 2000; i++)
		if (ULI_sleep(u->intr, 1))
			break;
	return (void *)i;
}

static void another_thread_is_woken(void)
{
	struct uli_options options = { .nsemas = 2 };
	pthread_t thread;
	struct uut u;
	void *slept;

	uut_start(&u, &options, handle_and_wake);
	REQUIRE(pthread_create(&thread, NULL, sleep_elsewhere, &u) == 0);
	REQUIRE(gen("start line=%u count=2000 period_ns=100000 cpu=0", u.gen.line) == 0);
	spin_until(&u, 2000);
	pthread_join(thread, &slept);
	CHECK_EQ((long)slept, 2000);
	uut_end(&u);
}

/* Calls @help in a child process. Returns its pid. */
static pid_t helper(const struct uut *u, void (*help)(const struct uut *u))
{
	pid_t pid = fork();

	if (!pid) {
		help(u);
		_exit(tap_shared->complaints ? 1 : 0);
	}
	return pid;
}

static int pipe_after_schedule[2];

static void write_after_schedule(const struct uut *u)
{
	gen_wait(u->gen.line);
	CHECK_EQ(write(pipe_after_schedule[1], "x", 1), 1);
}

static void fire_while_parent_sleeps(const struct uut *u)
{
	REQUIRE(AWAIT(task_sleeps(getppid(), getppid(), -1)));
	fire(&u->gen, 1);
}

/*
 * Interrupted calls go on, except those that never do after a handler; on arm64 these, too.
 * irqgen's timer may be late, and skips periods then: only irqgen knows when all have come.
 */
static void calls_that_sleep(void)
{
	const struct timespec t = { 0, 300000000 };
	int status;
	long long before;
	struct uut u;
	pid_t pid;
	char c;

	uut_start(&u, NULL, handle);
	REQUIRE(pipe(pipe_after_schedule) == 0);
	REQUIRE(gen("start line=%u count=20 period_ns=10000000 cpu=1", u.gen.line) == 0);
	do {
		before = now_ns();
		CHECK_EQ(nanosleep(&t, NULL), 0);
		CHECK(now_ns() - before >= 300000000);
	} while (gen_status(u.gen.line).running);
	spin_until(&u, 20);
	CHECK_EQ(u.handled, 20);
	CHECK(info_of(u.intr).woken > 0);

	REQUIRE(gen("start line=%u count=20 period_ns=5000000 cpu=1", u.gen.line) == 0);
	pid = helper(&u, write_after_schedule);
	CHECK_EQ(read(pipe_after_schedule[0], &c, 1), 1);
	spin_until(&u, 40);
	CHECK_EQ(u.handled, 40);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);

	pid = helper(&u, fire_while_parent_sleeps);
	if (PAUSE_GOES_ON)
		CHECK_EQ(ppoll(NULL, 0, &t, NULL), 0);
	else
		CHECK_ERR(pause(), EINTR);
	spin_until(&u, 41);
	CHECK_EQ(u.handled, 41);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);
	uut_end(&u);
}

/* --- signals ------------------------------------------------------------------ */

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
	(void)number;
	signals = signals + 1;
	red_zone((uint64_t)number);
}

/* Signals during handlers and interrupts during signal handlers, on an alternate stack. */
static void signals_and_interrupts(void)
{
	struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { { 0, 0 }, { 0, 0 } };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_RESTART };
	stack_t stack = { .ss_size = 131072 };
	struct uut u;

	stack.ss_sp = malloc(stack.ss_size);
	REQUIRE(sigaltstack(&stack, NULL) == 0);
	REQUIRE(sigaction(SIGALRM, &action, NULL) == 0);
	uut_start(&u, NULL, handle);
	REQUIRE(setitimer(ITIMER_REAL, &often, NULL) == 0);
	compute_under(&u, tap_setting("interrupts", 20000) / 5, tap_setting("period", 100000));
	REQUIRE(setitimer(ITIMER_REAL, &never, NULL) == 0);
	CHECK(signals > 10);
	uut_end(&u);
}

static struct {
	struct uut u;
	pthread_t reader;
	pid_t tid; /* the reader's */
	int pipes[2];
	volatile int asked, returned;
} race;

/* On the other CPU: sends the reader a signal, an interrupt right after it, then a byte. */
static void *signal_and_fire(void *arg)
{
	int round;

	run_on_cpu(1);
	for (round = 1; round <= 200; round++) {
		if (!AWAIT(race.asked == round) ||
		    !AWAIT(task_sleeps(getpid(), race.tid, SYS_read)))
			return NULL;
		pthread_kill(race.reader, SIGUSR1);
		fire(&race.u.gen, 1);
		if (!AWAIT(race.returned == round) && write(race.pipes[1], "x", 1) != 1)
			return NULL;
	}
	return arg;
}

/* A signal ends the call also if an interrupt follows it at once. */
static void a_signal_before_an_interrupt(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	int round, ended = 0;
	pthread_t thread;
	char c;

	REQUIRE(sigaction(SIGUSR1, &action, NULL) == 0 && pipe(race.pipes) == 0);
	uut_start(&race.u, NULL, handle);
	race.reader = pthread_self();
	race.tid = gettid();
	REQUIRE(pthread_create(&thread, NULL, signal_and_fire, &race) == 0);
	for (round = 1; round <= 200 && ended == round - 1; round++) {
		race.asked = round;
		ended += read(race.pipes[0], &c, 1) == -1 && errno == EINTR;
		race.returned = round;
	}
	CHECK_EQ(ended, 200);
	pthread_join(thread, NULL);
	CHECK_EQ(signals, 200);
	uut_end(&race.u);
}

static void handle_with_signal(void *arg)
{
	handle(arg);
	raise(SIGUSR1);
}

static void a_signal_in_the_handler(void)
{
	struct uut u;

	signal(SIGUSR1, on_signal);
	uut_start(&u, NULL, handle_with_signal);
	REQUIRE(gen("start line=%u count=1000 period_ns=50000 cpu=0", u.gen.line) == 0);
	spin_until(&u, 1000);
	CHECK_EQ(signals, u.calls);
	uut_end(&u);
}

static struct uut in_signal;

static void wait_for_interrupt(int number)
{
	uint64_t before = in_signal.handled;

	(void)number;
	fire(&in_signal.gen, 1);
	CHECK_EQ(in_signal.handled, before + 1);
	REQUIRE(gen("start line=%u count=1 period_ns=1000000 cpu=0", in_signal.gen.line) == 0);
	spin_until(&in_signal, before + 2);
}

static void an_interrupt_in_a_signal_handler(void)
{
	signal(SIGUSR1, wait_for_interrupt);
	uut_start(&in_signal, NULL, handle);
	raise(SIGUSR1);
	CHECK_EQ(in_signal.handled, 2);
	uut_end(&in_signal);
}

/* --- handlers that do not return, or do not end ------------------------------- */

static sigjmp_buf out;

static void handle_and_jump(void *arg)
{
	handle(arg);
	siglongjmp(out, 1);
}

static void jumping_out_of_the_handler(void)
{
	static volatile int jumps;
	static struct uut u;

	uut_start(&u, NULL, handle_and_jump);
	if (sigsetjmp(out, 1)) {
		u.depth = 0;
		jumps = jumps + 1;
	}
	if (!jumps) {
		fire(&u.gen, 1);
		spin_until(&u, 1);
	} else if (jumps == 1) {
		/* ULI_leave() was not called yet, so the handler is not called. */
		fire(&u.gen, 5);
		CHECK_EQ(u.handled, 1);
		/* Calls the handler for these five: it jumps again. */
		ULI_leave(u.intr);
	}
	CHECK_EQ(jumps, 2);
	CHECK_EQ(u.handled, 6);
	CHECK_EQ(ULI_leave(u.intr), 0);
	CHECK_ERR(ULI_leave(u.intr), EINVAL);
	uut_end(&u);
}

static void handle_by_fault(void *arg)
{
	struct uut *u = arg;

	u->handled += ULI_count(ULI_self());
	*(volatile int *)bad = 1;
}

static int status_of(void (*child)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		child();
		_exit(99);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

static void fault_in_handler(void)
{
	struct uut u;

	uut_start(&u, NULL, handle_by_fault);
	fire(&u.gen, 1);
	spin_until(&u, 100);
}

static void a_handler_that_faults(void)
{
	int status = status_of(fault_in_handler);

	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

#ifdef __x86_64__
static void exit_42(int number)
{
	(void)number;
	_exit(42);
}

static struct uut *without_stack; /* shared with the child */

/* There is no room for a frame below @sp. */
static void spin_on_stack(uintptr_t sp)
{
	stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
	struct sigaction action = { .sa_handler = exit_42, .sa_flags = SA_ONSTACK };

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	uut_start(without_stack, NULL, handle);
	REQUIRE(gen("start line=%u count=1 period_ns=1000000 delay_ns=50000000 cpu=0",
		    without_stack->gen.line) == 0);
	__asm__ volatile("mov %0, %%rsp\n1: pause\n\tjmp 1b" : : "r"(sp) : "memory");
}

static void on_no_stack(void)
{
	spin_on_stack(4096);
}

/* Part of the frame would be in the guard page. */
static void on_a_full_stack(void)
{
	char *stack = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(stack != MAP_FAILED && !mprotect(stack, 4096, PROT_NONE));
	spin_on_stack((uintptr_t)stack + 4096 + 144);
}

static void on_the_kernels_stack(void)
{
	spin_on_stack(0xffff888000001000);
}

static void no_stack(void)
{
	void (*const cases[])(void) = { on_no_stack, on_a_full_stack, on_the_kernels_stack };
	struct uli_line line;
	int i, status;

	without_stack = mmap(NULL, sizeof(*without_stack), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(without_stack != MAP_FAILED);
	for (i = 0; i < 3; i++) {
		status = status_of(cases[i]);
		if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42))
			tap_diag("case %d: status %#x", i, status);
		/* The kernel found that there is no stack, not the handler's first push. */
		REQUIRE(uli_line(without_stack->gen.irq, &line));
		CHECK_EQ(line.faults, 1);
		CHECK_EQ(line.direct + line.returned + line.woken, 0);
		CHECK_EQ(line.unhandled, 1);
	}
}

/* The frame is in a page not touched before. An interrupt cannot handle that fault. */
static void a_stack_that_grows(void)
{
	static struct uut u;
	int i;

	uut_start(&u, NULL, handle);
	for (i = 1; i <= 20; i++) {
		/* Late enough that the thread is on that stack also on a busy machine. */
		REQUIRE(gen("start line=%u count=1 period_ns=1000000 delay_ns=50000000 cpu=0",
			    u.gen.line) == 0);
		__asm__ volatile("mov %%rsp, %%rbx\n\tsub %0, %%rsp\n"
				 "1: pause\n\tcmp %1, %2\n\tja 1b\n\tmov %%rbx, %%rsp"
				 :
				 : "r"((uint64_t)i * 65536), "m"(u.handled), "r"((uint64_t)i)
				 : "rbx", "cc", "memory");
	}
	CHECK_EQ(info_of(u.intr).faults, 0);
	CHECK_EQ(info_of(u.intr).direct, 0);
	CHECK_EQ(info_of(u.intr).returned, 20);
	uut_end(&u);
}
#endif

static void handle_for_long(void *arg)
{
	struct uut *u = arg;
	long long until = now_ns() + 500000000;

	handle(arg);
	while (!signals && (u->calls > 1 || now_ns() < until))
		;
}

static void over_the_limit(void)
{
	struct uli_options options = { .limit_ns = 5000000 };
	struct uut u;

	uut_start(&u, &options, handle_for_long);
	fire(&u.gen, 1);
}

static void a_time_limit(void)
{
	struct uli_options options = { .limit_ns = 20000000 };
	struct uut u;
	int status;

	signal(SIGXCPU, on_signal);
	uut_start(&u, &options, handle_for_long);
	CHECK_EQ(info_of(u.intr).limit_ns, 20000000);
	fire(&u.gen, 1);
	CHECK_EQ(signals, 1);
	CHECK_EQ(info_of(u.intr).overruns, 1);
	/* The limit, 20 ms, is not for blocks. */
	ULI_block_intr(u.intr);
	sleep_ms(100);
	ULI_unblock_intr(u.intr);
	CHECK_EQ(signals, 1);
	uut_end(&u);

	signals = 0;
	signal(SIGXCPU, SIG_DFL);
	status = status_of(over_the_limit);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
}

/* --- fork, exec, exit ----------------------------------------------------------- */

static void forks(void)
{
	uint64_t expected;
	int pipes[2], i, status;
	struct uut u;
	pid_t pid;

	uut_start(&u, NULL, handle);
	REQUIRE(pipe(pipes) == 0);
	expected = compute(5, pipes);
	REQUIRE(gen("start line=%u period_ns=50000 cpu=0", u.gen.line) == 0);
	for (i = 0; i < 50; i++) {
		pid = fork();
		if (!pid) {
			uint64_t before = u.handled;

			/* The handler is not the child's. */
			for (int j = 0; j < 20; j++)
				if (compute(5, pipes) != expected)
					_exit(1);
			if (u.handled != before)
				_exit(2);
			if (ULI_unregister(u.intr) != -1 || errno != EPERM)
				_exit(3);
			_exit(0);
		}
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK_EQ(status, 0);
	}
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	uut_end(&u);
}

static void exec_under_fire(void)
{
	struct uut u;

	uut_start(&u, NULL, handle);
	/* After the exec it is open, without a handler. */
	fcntl(u.gen.fd, F_SETFD, 0);
	REQUIRE(gen("start line=%u period_ns=30000 cpu=0", u.gen.line) == 0);
	spin_until(&u, 100);
	execl("/bin/busybox", "busybox", "sh", "-c",
	      "i=0; while [ $i -lt 300 ]; do i=$((i+1)); done; exit 7", NULL);
}

static void execs(void)
{
	int i, status;

	for (i = 0; i < 3; i++) {
		status = status_of(exec_under_fire);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	}
}

static void exit_under_fire(void)
{
	struct uut u;

	uut_start(&u, NULL, handle);
	REQUIRE(gen("start line=%u period_ns=20000 cpu=0", u.gen.line) == 0);
	spin_until(&u, 200);
	_exit(7);
}

static void exits(void)
{
	int i, status;

	for (i = 0; i < 10; i++) {
		status = status_of(exit_under_fire);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	}
}

static struct procirq_uli raw_code(void *page)
{
	return (struct procirq_uli){
		.shared = (uintptr_t)page,
		.entry = 4096,
		.again = 4096,
#ifdef __x86_64__
		.window = 4096,
		.popf = 4097,
		.ret = 4098,
#endif
	};
}

static void *any_page(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(page != MAP_FAILED);
	return page;
}

static int raw_register(int fd, const struct procirq_uli *code)
{
	return ioctl(fd, PROCIRQ_IOC_ULI_REGISTER, code) ? -errno : 0;
}

static void *register_and_end(void *arg)
{
	struct uut *u = arg;

	run_on_cpu(0);
	u->intr = ULI_register(u->gen.fd, handle, u, NULL);
	REQUIRE(u->intr);
	spin_until(u, u->handled + 100);
	return NULL;
}

/* The file's reader gets the interrupts that the handler was not called for. */
static void a_thread_that_ends(void)
{
	uint64_t handled = 0, read = 0;
	pthread_t thread;
	struct uut u;
	int i, n;

	uut_start(&u, NULL, handle);
	CHECK_EQ(ULI_unregister(u.intr), 0);
	REQUIRE(gen("start line=%u period_ns=30000 cpu=0", u.gen.line) == 0);
	for (i = 0; i < 20; i++) {
		REQUIRE(pthread_create(&thread, NULL, register_and_end, &u) == 0);
		pthread_join(thread, NULL);
		handled = u.handled;
		n = irq_read(u.gen.fd);
		CHECK(n > 0);
		read += (uint64_t)n;
		CHECK_EQ(u.handled, handled);
		CHECK_EQ(info_of(u.intr).tid, 0);
	}
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	n = irq_read_now(u.gen.fd);
	read += n > 0 ? (uint64_t)n : 0;
	CHECK_EQ(handled + read, gen_status(u.gen.line).dispatched);
}

static void *register_and_leave(void *arg)
{
	struct uut *u = arg;

	u->tid = gettid();
	u->intr = ULI_register(u->gen.fd, handle, u, NULL);
	REQUIRE(u->intr);
	return NULL;
}

/* Its first interrupt comes when the thread is gone; the module has not noticed yet. */
static void a_thread_that_has_ended(void)
{
	pthread_t thread;
	char task[64];
	struct uut u;
	int i;

	uut_start(&u, NULL, handle);
	CHECK_EQ(ULI_unregister(u.intr), 0);
	for (i = 1; i <= 10; i++) {
		REQUIRE(pthread_create(&thread, NULL, register_and_leave, &u) == 0);
		pthread_join(thread, NULL);
		/* It is joined a little before it is gone. */
		snprintf(task, sizeof(task), "/proc/self/task/%d", u.tid);
		REQUIRE(AWAIT(access(task, F_OK) != 0));
		fire(&u.gen, i);
		CHECK_EQ(irq_read_now(u.gen.fd), i);
	}
	CHECK_EQ(u.handled, 0);
	close(u.gen.fd);
}

static void unregistering_under_fire(void)
{
	uint64_t read = 0;
	struct uut u;
	int i, n;

	uut_start(&u, NULL, handle);
	REQUIRE(gen("start line=%u period_ns=20000 cpu=0", u.gen.line) == 0);
	for (i = 0; i < 500; i++) {
		if (i) {
			u.intr = ULI_register(u.gen.fd, handle, &u, NULL);
			REQUIRE(u.intr);
		}
		if (i % 10 == 0)
			spin_until(&u, u.handled + 5);
		if (i % 10 == 5) {
			ULI_block_intr(u.intr);
			CHECK(AWAIT(info_of(u.intr).pending >= 3));
		}
		REQUIRE(ULI_unregister(u.intr) == 0);
		/* What came in between is pending. */
		n = irq_read_now(u.gen.fd);
		read += n > 0 ? (uint64_t)n : 0;
	}
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	n = irq_read_now(u.gen.fd);
	read += n > 0 ? (uint64_t)n : 0;
	CHECK_EQ(u.handled + read, gen_status(u.gen.line).dispatched);
}

static void *unregister_elsewhere(void *arg)
{
	struct uut *u = arg;
	uint64_t before = u->handled;

	CHECK(AWAIT(u->handled >= before + 5));
	CHECK_EQ(ULI_unregister(u->intr), 0);
	return NULL;
}

static void unregistered_by_another_thread(void)
{
	uint64_t read = 0;
	pthread_t thread;
	struct uut u;
	int i, n;

	uut_start(&u, NULL, handle);
	REQUIRE(gen("start line=%u period_ns=20000 cpu=0", u.gen.line) == 0);
	for (i = 0; i < 20; i++) {
		if (i)
			u.intr = ULI_register(u.gen.fd, handle, &u, NULL);
		REQUIRE(u.intr);
		REQUIRE(pthread_create(&thread, NULL, unregister_elsewhere, &u) == 0);
		while (pthread_tryjoin_np(thread, NULL))
			red_zone(1);
		n = irq_read(u.gen.fd);
		CHECK(n > 0);
		read += (uint64_t)n;
	}
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	n = irq_read_now(u.gen.fd);
	read += n > 0 ? (uint64_t)n : 0;
	CHECK_EQ(u.handled + read, gen_status(u.gen.line).dispatched);
}

static void the_module_stays(void)
{
	struct uut u;

	uut_start(&u, NULL, handle);
	close(u.gen.fd);
	CHECK_ERR(module_unload("procirq"), EAGAIN);
	fire(&u.gen, 1);
	CHECK_EQ(u.handled, 1);
	CHECK_EQ(ULI_unregister(u.intr), 0);
	CHECK(AWAIT(!line_stats(u.gen.irq).attached));
}

static void the_line_goes(void)
{
	struct uut u;

	uut_start(&u, NULL, handle);
	fire(&u.gen, 3);
	CHECK_EQ(u.handled, 3);
	REQUIRE(gen("remove line=%u", u.gen.line) == 0);
	CHECK_EQ(irq_read(u.gen.fd), -ENODEV);
	CHECK_EQ(info_of(u.intr).raised, 3);
	CHECK_EQ(ULI_unregister(u.intr), 0);
	CHECK(!ULI_register(u.gen.fd, handle, &u, NULL) && errno == ENODEV);
}

/* A line's counters go on over several registrations. */
static void counted_by_line(void)
{
	const struct uli_options options = { .flags = ULI_STUBS };
	struct procirq_uli_info info;
	struct uli_line l;
	struct uut u;

	uut_start(&u, &options, handle);
	REQUIRE(uli_line(u.gen.irq, &l));
	CHECK_EQ(l.handlers, 1);
	CHECK_EQ(l.raised, 0);
	REQUIRE(gen("start line=%u count=500 period_ns=100000 cpu=0", u.gen.line) == 0);
	spin_until(&u, 500);
	info = info_of(u.intr);
	CHECK(info_is_left(&info));
	REQUIRE(uli_line(u.gen.irq, &l));
	CHECK(uli_line_adds_up(&l));
	CHECK_EQ(l.raised, 500);
	CHECK_EQ(l.direct, info.direct);
	CHECK_EQ(l.returned, info.returned);
	CHECK_EQ(l.woken, info.woken);
	CHECK_EQ(l.repeated, info.repeated);
	CHECK_EQ(l.coalesced, info.coalesced);
	CHECK_EQ(l.left_by_call, info.left_by_call);
	CHECK_EQ(l.left_by_stub, info.left_by_stub);
	ULI_block_intr(u.intr);
	fire(&u.gen, 7);
	REQUIRE(uli_line(u.gen.irq, &l));
	CHECK_EQ(l.pending, 7);
	CHECK(uli_line_adds_up(&l));
	CHECK_EQ(ULI_unregister(u.intr), 0);
	REQUIRE(uli_line(u.gen.irq, &l));
	CHECK_EQ(l.handlers, 0);
	CHECK_EQ(l.pending, 0);
	CHECK_EQ(l.unhandled, 7);
	CHECK_EQ(irq_read_now(u.gen.fd), 7);
	u.intr = ULI_register(u.gen.fd, handle, &u, NULL);
	REQUIRE(u.intr);
	fire(&u.gen, 1);
	CHECK_EQ(u.handled, 501);
	REQUIRE(uli_line(u.gen.irq, &l));
	CHECK_EQ(l.handlers, 1);
	CHECK_EQ(l.registrations, 2);
	CHECK_EQ(l.raised, 508);
	CHECK(uli_line_adds_up(&l));
	CHECK_EQ(ULI_unregister(u.intr), 0);
}

/* --- masking, eventfds, several handlers ------------------------------------------ */

/* A line that its interrupts mask is unmasked after the handler. */
static void a_line_that_is_masked(void)
{
	struct uut u;
	int i;

	memset(&u, 0, sizeof(u));
	u.gen = gen_open(O_RDWR);
	/* What came before is handled, too. */
	fire(&u.gen, 1);
	u.intr = ULI_register_irq(u.gen.fd, handle, &u, 0, NULL, 0);
	REQUIRE(u.intr);
	CHECK_EQ(u.handled, 1);
	for (i = 2; i < 500; i++) {
		fire(&u.gen, 1);
		CHECK_EQ(u.handled, i);
		CHECK(!irq_masked(u.gen.fd));
	}
	CHECK(irq_info(u.gen.fd).state & PROCIRQ_STATE_ULI);
	CHECK_EQ(ULI_unregister(u.intr), 0);
	CHECK(!(irq_info(u.gen.fd).state & PROCIRQ_STATE_ULI));
}

/* The handler and the eventfd get each interrupt, independently. */
static void an_eventfd_beside_the_handler(void)
{
	struct procirq_eventfd event = { .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	struct procirq_eventfd none = { .fd = -1 };
	uint64_t rung = 0, total = 0;
	struct uut u;

	REQUIRE(event.fd >= 0);
	uut_start(&u, NULL, handle);
	REQUIRE(ioctl(u.gen.fd, PROCIRQ_IOC_SET_EVENTFD, &event) == 0);
	fire(&u.gen, 20);
	spin_until(&u, 20);
	/* The eventfd may be signalled from work: its count may take several reads. */
	CHECK(AWAIT((total += read(event.fd, &rung, sizeof(rung)) == sizeof(rung) ? rung : 0) ==
		    20));
	REQUIRE(ioctl(u.gen.fd, PROCIRQ_IOC_SET_EVENTFD, &none) == 0);
	fire(&u.gen, 20);
	spin_until(&u, 40);
	CHECK_EQ(read(event.fd, &rung, sizeof(rung)), -1);
	close(event.fd);
	uut_end(&u);
}

/* A thread that blocks in read() of the same file gets the next interrupt, the handler the rest. */
static void a_read_beside_the_handler(void)
{
	struct blocked b;
	struct uut u;

	uut_start(&u, NULL, handle);
	fire(&u.gen, 1);
	spin_until(&u, 1);
	blocked_start(&b, u.gen.fd);
	fire(&u.gen, 1);
	CHECK_EQ(blocked_join(&b), 1);
	CHECK_EQ(u.handled, 1);
	fire(&u.gen, 20);
	spin_until(&u, 21);
	CHECK_EQ(ULI_unregister(u.intr), 0);
	CHECK_EQ(irq_read_now(u.gen.fd), -EAGAIN);
	CHECK_EQ(irq_info(u.gen.fd).delivered, 22);
	close(u.gen.fd);
}

static void handle_slowly(void *arg)
{
	struct uut *u = arg;
	long long until = now_ns() + 200000;

	u->nested |= u->depth++ != 0;
	u->handled += ULI_count(ULI_self());
	u->calls++;
	CHECK(u->calls > 1 || ULI_unregister(ULI_self()) == -1);
	while (now_ns() < until)
		;
	u->depth--;
}

/* They come faster than the handler takes. */
static void come_fast(const struct uli_options *options)
{
	struct procirq_uli_info info;
	struct uut u;

	uut_start(&u, options, handle_slowly);
	REQUIRE(gen("start line=%u count=5000 period_ns=50000 cpu=0", u.gen.line) == 0);
	spin_until(&u, 5000);
	info = info_of(u.intr);
	CHECK(info.coalesced > 0);
	CHECK(info.repeated > 0);
	CHECK(info_is_left(&info));
	uut_end(&u);
}

static void no_nesting(void)
{
	come_fast(NULL);
}

static void two_lines_with(const struct uli_options *options)
{
	struct uut u, v;

	uut_start(&u, options, handle);
	uut_start(&v, options, handle);
	REQUIRE(gen("start line=%u period_ns=100000 cpu=0 pattern=random", u.gen.line) == 0);
	compute_under(&v, 5000, 100000);
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	uut_end(&v);
	uut_end(&u);
}

static void two_lines(void)
{
	two_lines_with(NULL);
}

/* --- interrupts at each instruction of the way out ------------------------------ */

/* Shared by the thread with the handlers and the debugger that places interrupts. */
struct stepped {
	struct uut first, second;
	volatile bool trap; /* the next handler stops in the debugger */
	volatile bool over;
	volatile uint64_t rounds; /* rounds of the program, outside the handlers */
	volatile uint64_t wrong;
};

static struct stepped *stepped;

/* So many frames would be visible in the depth of the stack. */
#define PILE 10

static void stepped_map(void)
{
	stepped = mmap(NULL, sizeof(*stepped), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	REQUIRE(stepped != MAP_FAILED);
}

/* Waits until the signal, or a single step (SIGTRAP), has stopped it. */
static bool stopped_by(pid_t pid, int signal)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == signal;
}

/* Starts a child that runs @thread, which stops itself before its loop. */
static pid_t stepped_start(void (*thread)(void))
{
	pid_t pid;

	stepped_map();
	pid = fork();
	if (!pid) {
		REQUIRE(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
		thread();
		_exit(99);
	}
	REQUIRE(stopped_by(pid, SIGSTOP));
	return pid;
}

#ifdef __x86_64__
#define BREAKPOINT "int3"

static uint64_t ip_of(pid_t pid)
{
	struct user_regs_struct regs;

	return ptrace(PTRACE_GETREGS, pid, 0, &regs) ? 0 : regs.rip;
}

/* It is behind it already. */
static bool skip_breakpoint(pid_t pid)
{
	return pid;
}

static bool one_step(pid_t pid)
{
	return !ptrace(PTRACE_SINGLESTEP, pid, 0, 0) && CHECK(stopped_by(pid, SIGTRAP));
}
#else
#define BREAKPOINT "brk #0"

#define INSTRUCTION_BRK	   0xd4200000U
#define INSTRUCTION_LDXR_W 0x885f7c00U
#define INSTRUCTION_STXR_W 0x88007c00U

static bool registers(pid_t pid, struct user_pt_regs *regs, bool set)
{
	struct iovec io = { regs, sizeof(*regs) };

	return !ptrace(set ? PTRACE_SETREGSET : PTRACE_GETREGSET, pid, NT_PRSTATUS, &io);
}

static uint64_t ip_of(pid_t pid)
{
	struct user_pt_regs regs;

	return registers(pid, &regs, false) ? regs.pc : 0;
}

static bool skip_breakpoint(pid_t pid)
{
	struct user_pt_regs regs;

	if (!registers(pid, &regs, false))
		return false;
	regs.pc += 4;
	return registers(pid, &regs, true);
}

/*
 * A store exclusive fails if the thread was stopped after its load: runs from here, at the
 * load, to behind the store.
 */
static bool over_exclusive(pid_t pid, uint64_t at)
{
	long word;

	do {
		at += 4;
	} while (((uint32_t)ptrace(PTRACE_PEEKTEXT, pid, at, 0) & 0xffe07c00) !=
		 INSTRUCTION_STXR_W);
	at += 4;
	word = ptrace(PTRACE_PEEKTEXT, pid, at, 0);
	return !ptrace(PTRACE_POKETEXT, pid, at, (word & ~0xffffffffL) | INSTRUCTION_BRK) &&
	       !ptrace(PTRACE_CONT, pid, 0, 0) && CHECK(stopped_by(pid, SIGTRAP)) &&
	       !ptrace(PTRACE_POKETEXT, pid, at, word);
}

static bool one_step(pid_t pid)
{
	uint64_t at = ip_of(pid);

	if (((uint32_t)ptrace(PTRACE_PEEKTEXT, pid, at, 0) & 0xffff7c00) == INSTRUCTION_LDXR_W)
		return over_exclusive(pid, at);
	return !ptrace(PTRACE_SINGLESTEP, pid, 0, 0) && CHECK(stopped_by(pid, SIGTRAP));
}
#endif

__attribute__((target("general-regs-only"))) static void trap_if_wanted(void)
{
	if (stepped->trap) {
		stepped->trap = false;
		__asm__ volatile(BREAKPOINT);
	}
}

/* Stops the handler that is called next, and steps on from there. */
static bool stop_at(pid_t pid, int step, uint64_t *code)
{
	int i;

	if (!CHECK(stopped_by(pid, SIGTRAP)) || !skip_breakpoint(pid))
		return false;
	for (i = 0; i < step; i++)
		if (!one_step(pid))
			return false;
	*code = (uint64_t)ptrace(PTRACE_PEEKTEXT, pid, ip_of(pid), 0);
	return true;
}

/* Stops the first handler, steps on, and raises an interrupt there. */
static bool interrupt_at(pid_t pid, int step, struct uut *by, uint64_t *code)
{
	uint64_t first = stepped->first.handled, second = stepped->second.handled;
	uint64_t round = stepped->rounds;

	/* It has left the handler. */
	if (!CHECK(AWAIT(stepped->rounds > round + 1)))
		return false;
	stepped->trap = true;
	REQUIRE(gen("fire line=%u count=1", stepped->first.gen.line) == 0);
	if (!stop_at(pid, step, code))
		return false;
	REQUIRE(gen("fire line=%u count=1", by->gen.line) == 0);
	if (ptrace(PTRACE_CONT, pid, 0, 0))
		return false;
	return CHECK(AWAIT(stepped->first.handled + stepped->second.handled == first + second + 2));
}

/* Interrupts each handler at the same place, so many steps after its end. */
static bool interrupts_at(pid_t pid, int step, int times)
{
	uint64_t expected = stepped->first.handled + 1 + (uint64_t)times, code, first = 0;
	int i;

	stepped->trap = true;
	REQUIRE(gen("fire line=%u count=1", stepped->first.gen.line) == 0);
	for (i = 0; i < times; i++) {
		if (!stop_at(pid, step, &code) || !CHECK(!i || code == first))
			return false;
		first = code;
		stepped->trap = i + 1 < times;
		REQUIRE(gen("fire line=%u count=1", stepped->first.gen.line) == 0);
		if (ptrace(PTRACE_CONT, pid, 0, 0))
			return false;
	}
	return CHECK(AWAIT(stepped->first.handled == expected));
}

#ifdef __x86_64__
static void handle_and_trap(void *arg)
{
	handle(arg);
	trap_if_wanted();
}

static void stepped_thread(void)
{
	uint64_t expected = red_zone(3);
	double sum, expected_sum;
	int i;

	uut_start(&stepped->first, NULL, handle_and_trap);
	uut_start(&stepped->second, NULL, handle);
	for (i = 1, expected_sum = 0; i < 100; i++)
		expected_sum += 1.0 / i;
	raise(SIGSTOP);
	while (!stepped->over) {
		stepped->wrong += red_zone(3) != expected;
		for (i = 1, sum = 0; i < 100; i++)
			sum += 1.0 / i;
		stepped->wrong += sum != expected_sum;
		stepped->rounds++;
	}
	uut_end(&stepped->first);
	uut_end(&stepped->second);
	_exit(tap_shared->complaints ? 1 : 7);
}

/*
 * A thread is stopped at every instruction from the end of its handler to the return to
 * the program, and gets an interrupt there: of the same line, which has to use the old
 * frame again, and of another one, which must not.
 */
static void interrupts_at_each_step(void)
{
	uint64_t code = 0, popf = 0, ret = 0, places = 0;
	int status, step, other, popf_step = 0, piled = 0;
	uintptr_t usual;
	pid_t pid;

	pid = stepped_start(stepped_thread);
	REQUIRE(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	REQUIRE(gen("fire line=%u count=1", stepped->first.gen.line) == 0);
	REQUIRE(AWAIT(stepped->first.handled == 1));
	usual = stepped->first.lowest;
	for (other = 0; other < 2; other++) {
		/* Not after "ret": see popf_under_a_debugger(). */
		for (step = 0; ret == (uint64_t)other && step < 400; step++) {
			if (!interrupt_at(pid, step, other ? &stepped->second : &stepped->first,
					  &code)) {
				tap_diag("step %d, line %d: last in code %#llx", step, other,
					 (unsigned long long)code);
				goto end;
			}
			places++;
			switch (code & 0xffffff) {
			case 0x80c29d: /* popfq, and the next instruction's first byte */
				popf++;
				popf_step = step;
				break;
			case 0x0080c2: /* ret $128 */
				ret++;
				break;
			}
		}
	}
	/* At popfq many times, and right after it. */
	CHECK(AWAIT(stepped->first.handled + stepped->second.handled == 1 + 2 * places));
	interrupts_at(pid, popf_step, PILE);
	interrupts_at(pid, popf_step + 1, PILE);
	piled = 2 * (PILE + 1);
end:
	stepped->over = true;
	tap_diag("%llu interrupts placed, %llu at popf, %llu at ret", (unsigned long long)places,
		 (unsigned long long)popf, (unsigned long long)ret);
	CHECK_EQ(popf, 2);
	CHECK_EQ(ret, 2);
	CHECK(places > 40);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7))
		tap_diag("status %#x", status);
	CHECK_EQ(stepped->wrong, 0);
	CHECK_EQ(stepped->first.handled + stepped->second.handled, 1 + 2 * places + piled);
	/* The depth of the program's stack varies by a few words; a frame is larger. */
	if (!CHECK(stepped->first.lowest + 400 >= usual))
		tap_diag("frames pile up: %lu bytes",
			 (unsigned long)(usual - stepped->first.lowest));
}

static void calling_thread(void)
{
	pid_t parent = getppid();

	signal(SIGUSR1, on_signal);
	uut_start(&stepped->first, NULL, handle);
	raise(SIGSTOP);
	while (!stepped->over) {
		stepped->wrong += syscall(SYS_getppid) != parent;
		/* It returns by rt_sigreturn(), which restores everything from the stack. */
		raise(SIGUSR1);
	}
	uut_end(&stepped->first);
	_exit(tap_shared->complaints ? 1 : 7);
}

/* Runs it to the begin or end of a system call, with *signal. Stores its next signal there. */
static bool next_call(pid_t pid, int *signal)
{
	int status;

	do {
		if (ptrace(PTRACE_SYSCALL, pid, 0, *signal) || waitpid(pid, &status, 0) != pid ||
		    !WIFSTOPPED(status))
			return false;
		*signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
	} while (*signal);
	return true;
}

/* A thread that is stopped at a call has not made it: the call comes before the handler. */
static void at_the_calls_of_a_traced_thread(void)
{
	struct user_regs_struct regs;
	int status, i, entries = 0, signal = 0;
	pid_t pid;

	pid = stepped_start(calling_thread);
	for (i = 0; i < 100; i++) {
		REQUIRE(next_call(pid, &signal));
		REQUIRE(ptrace(PTRACE_GETREGS, pid, 0, &regs) == 0);
		entries += regs.rax == (unsigned long long)-ENOSYS;
		REQUIRE(gen("fire line=%u count=1", stepped->first.gen.line) == 0);
	}
	CHECK(entries >= 30);
	/* Some come while it runs to the next stop. */
	REQUIRE(gen("start line=%u period_ns=17000 cpu=0", stepped->first.gen.line) == 0);
	for (i = 0; i < 5000; i++)
		REQUIRE(next_call(pid, &signal));
	REQUIRE(gen("stop line=%u", stepped->first.gen.line) == 0);
	REQUIRE(ptrace(PTRACE_DETACH, pid, 0, signal) == 0);
	CHECK(AWAIT(stepped->first.handled == gen_status(stepped->first.gen.line).dispatched));
	stepped->over = true;
	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7))
		tap_diag("status %#x", status);
	CHECK_EQ(stepped->wrong, 0);
}

static struct {
	volatile pid_t tid;
	volatile bool close, closed, over;
} * held;

static void *held_thread(void *arg)
{
	struct uut *u = arg;

	run_on_cpu(0);
	u->intr = ULI_register(u->gen.fd, handle, u, NULL);
	REQUIRE(u->intr);
	held->tid = (pid_t)syscall(SYS_gettid);
	while (!held->over)
		red_zone(1);
	return NULL;
}

static void held_process(struct uut *u)
{
	pthread_t thread;

	u->gen = gen_open(O_RDWR);
	REQUIRE(irq_flags(u->gen.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	REQUIRE(pthread_create(&thread, NULL, held_thread, u) == 0);
	REQUIRE(AWAIT(held->close));
	CHECK_EQ(ULI_unregister(u->intr), 0);
	close(u->gen.fd);
	held->closed = true;
	pthread_join(thread, NULL);
	_exit(tap_shared->complaints ? 1 : 7);
}

/* The last file is closed, but a thread still has to run work of the module. */
static void the_module_stays_for_work(void)
{
	struct uut *u = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	REQUIRE(u != MAP_FAILED && sizeof(*u) < 4096);
	held = (void *)((char *)u + 4096);
	pid = fork();
	if (!pid) {
		held_process(u);
		_exit(99);
	}
	REQUIRE(AWAIT(held->tid));
	REQUIRE(ptrace(PTRACE_SEIZE, held->tid, 0, 0) == 0);
	REQUIRE(ptrace(PTRACE_INTERRUPT, held->tid, 0, 0) == 0);
	REQUIRE(waitpid(held->tid, &status, __WALL) == held->tid && WIFSTOPPED(status));
	REQUIRE(gen("fire line=%u count=1", u->gen.line) == 0);
	held->close = true;
	REQUIRE(AWAIT(held->closed));
	REQUIRE(AWAIT(!line_stats(u->gen.irq).readers));
	CHECK_ERR(module_unload("procirq"), EAGAIN);
	held->over = true;
	CHECK_EQ(ptrace(PTRACE_DETACH, held->tid, 0, 0), 0);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	CHECK_EQ(u->handled, 0);
}

/* The handler is called when the thread runs freely again: see uli_is_stepped(). */
static void not_while_it_is_stepped(void)
{
	int status, i;
	pid_t pid;

	pid = stepped_start(stepped_thread);
	/* Half of them while it is stopped, half of them while it steps. */
	for (i = 0; i < 400; i++) {
		if (i < 20)
			REQUIRE(gen("fire line=%u count=1", stepped->first.gen.line) == 0);
		if (i == 20)
			REQUIRE(gen("start line=%u count=20 period_ns=100000 cpu=0",
				    stepped->first.gen.line) == 0);
		REQUIRE(ptrace(PTRACE_SINGLESTEP, pid, 0, 0) == 0 && stopped_by(pid, SIGTRAP));
		CHECK_EQ(stepped->first.handled, 0);
	}
	REQUIRE(AWAIT(!gen_status(stepped->first.gen.line).running));
	REQUIRE(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	CHECK(AWAIT(stepped->first.handled == 40));
	stepped->over = true;
	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7))
		tap_diag("status %#x", status);
	CHECK_EQ(stepped->wrong, 0);
}
#endif

/*
 * A sleep that is interrupted goes on for the rest of its time: it is over while the
 * interrupts, which come for much longer, still do.
 */
static void sleeps_go_on(void)
{
	const struct timespec t = { 0, 300000000 };
	uint32_t word = 0;
	struct uut u;

	uut_start(&u, NULL, handle);
	REQUIRE(gen("start line=%u count=10000 period_ns=10000000 cpu=1", u.gen.line) == 0);
	CHECK_EQ(nanosleep(&t, NULL), 0);
	CHECK_ERR(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &t, NULL, 0), ETIMEDOUT);
	CHECK_EQ(syscall(SYS_clock_nanosleep, CLOCK_BOOTTIME, 0, &t, NULL), 0);
	CHECK(gen_status(u.gen.line).running);
	CHECK(info_of(u.intr).woken > 10);
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	uut_end(&u);
}

#ifdef __aarch64__
/* Nothing is wrong with a stack pointer that is no multiple of 16, until it is used. */
static void compute_unaligned(const struct uli_options *options, void (*handler)(void *))
{
	uint64_t sum, n = 1000, rounds = 0, wrong = 0;
	struct uut u;

	uut_start(&u, options, handler);
	REQUIRE(gen("start line=%u period_ns=50000 cpu=0", u.gen.line) == 0);
	while (u.handled < 2000) {
		__asm__ volatile("mov x9, sp\n"
				 "	sub sp, sp, #1\n"
				 "	mov %0, #0\n"
				 "	mov x10, %1\n"
				 "1:	add %0, %0, x10\n"
				 "	subs x10, x10, #1\n"
				 "	b.ne 1b\n"
				 "	add sp, sp, #1\n"
				 "	mov x11, sp\n"
				 "	cmp x9, x11\n"
				 "	csinv %0, %0, xzr, eq\n"
				 : "=&r"(sum)
				 : "r"(n)
				 : "x9", "x10", "x11", "cc", "memory");
		wrong += sum != n * (n + 1) / 2;
		rounds++;
	}
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	CHECK_EQ(wrong, 0);
	CHECK(rounds && info_of(u.intr).direct > 0);
	uut_end(&u);
}

static void a_stack_that_is_not_aligned(void)
{
	compute_unaligned(NULL, handle);
	compute_unaligned(&lean_with_stubs, handle_lean);
}

#define SVE __attribute__((target("arch=armv8.2-a+sve"), noinline))

/* Has @rounds to do in the vector registers, whose length only SVE knows. */
SVE static uint64_t vector_sum(uint64_t rounds)
{
	uint64_t sum;

	__asm__ volatile("	ptrue p0.d\n"
			 "	index z0.d, #1, #1\n"
			 "	dup z1.d, #0\n"
			 "	mov x9, %1\n"
			 "1:	add z1.d, z1.d, z0.d\n"
			 "	subs x9, x9, #1\n"
			 "	b.ne 1b\n"
			 "	uaddv d2, p0, z1.d\n"
			 "	fmov %0, d2\n"
			 : "=r"(sum)
			 : "r"(rounds)
			 : "x9", "v0", "v1", "v2", "cc", "memory");
	return sum;
}

/*
 * What a handler's end would discard is in use: the handler has to wait for a system call
 * that sleeps.
 */
static void vector_registers(void)
{
	const struct timespec moment = { 0, 1000 };
	uint64_t want, wrong = 0;
	struct uut u;
	int i;

	if (!(getauxval(AT_HWCAP) & HWCAP_SVE))
		SKIP("no SVE on this processor");
	want = vector_sum(5000);
	uut_start(&u, NULL, handle);
	REQUIRE(gen("start line=%u period_ns=50000 cpu=0", u.gen.line) == 0);
	for (i = 0; u.handled < 2000; i++) {
		wrong += vector_sum(5000) != want;
		if (i % 8 == 7)
			nanosleep(&moment, NULL);
	}
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	CHECK_EQ(wrong, 0);
	CHECK(info_of(u.intr).retries > 0);
	while (info_of(u.intr).pending)
		nanosleep(&moment, NULL);
	uut_end(&u);
}

/* Goes where @frame says. Returns x0 of there; on failure what lseek() returns. */
static long leave_by(int fd, struct procirq_uli_frame *frame)
{
	register long x0 __asm__("x0") = fd;
	register void *x1 __asm__("x1") = frame;
	register long x2 __asm__("x2") = PROCIRQ_ULI_LEAVE;
	register long x8 __asm__("x8") = SYS_lseek;

	__asm__ volatile("	adr x9, 1f\n"
			 "	str x9, [x1, #16]\n"
			 "	mov x9, sp\n"
			 "	str x9, [x1, #24]\n"
			 "	svc #0\n"
			 "1:\n"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x8)
			 :
			 : "x9", "cc", "memory");
	return x0;
}

/* It gives the thread no more than a jump would. */
static void frames_that_a_program_makes_up(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct itimerval often = { { 0, 300 }, { 0, 300 } }, never = { { 0, 0 }, { 0, 0 } };
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_uli_frame frame = {
		.x0 = -512,	 /* ERESTARTSYS */
		.pstate = 0x3c5, /* EL1, and no interrupts */
	};

	/* With a signal, no call is restarted whose number this is not. */
	REQUIRE(sigaction(SIGALRM, &action, NULL) == 0);
	REQUIRE(setitimer(ITIMER_REAL, &often, NULL) == 0);
	while (signals < 1000 && CHECK_EQ(leave_by(s.fd, &frame), -512))
		;
	REQUIRE(setitimer(ITIMER_REAL, &never, NULL) == 0);
	frame.x0 = 0x123456789abcdef0;
	CHECK_EQ(leave_by(s.fd, &frame), 0x123456789abcdef0);
	/* The timer still interrupts it. */
	sleep_ms(10);
	CHECK_ERR(lseek(s.fd, 16, PROCIRQ_ULI_LEAVE), EFAULT);
	CHECK_ERR(lseek(s.fd, 1LL << 55, PROCIRQ_ULI_LEAVE), EFAULT);
	CHECK_ERR(lseek(s.fd, 0, SEEK_SET), ESPIPE);
	CHECK_ERR(lseek(s.fd, 0, SEEK_END), ESPIPE);
	fire(&s, 1);
	CHECK_EQ(irq_read(s.fd), 1);
}
#endif

#ifdef __x86_64__
/* No system call but read, write and exit: not on arm64, where a handler ends with one. */
static void strict_seccomp(void)
{
	struct uut u;

	uut_start(&u, NULL, handle);
	REQUIRE(gen("start line=%u period_ns=30000 cpu=0", u.gen.line) == 0);
	if (prctl(PR_SET_SECCOMP, 1))
		_exit(8);
	while (u.handled < 2000)
		;
	syscall(SYS_exit, u.nested ? 9 : 7);
}

static void seccomp(void)
{
	int status = status_of(strict_seccomp);

	if (status == 8 << 8)
		SKIP("no seccomp in this kernel");
	CHECK_EQ(status, 7 << 8);
}
#endif

static void stepped_child(volatile int *detached)
{
	uint64_t expected = red_zone(3), wrong = 0;
	struct uut u;

	uut_start(&u, NULL, handle_lean);
	REQUIRE(gen("start line=%u period_ns=200000 cpu=0", u.gen.line) == 0);
	raise(SIGSTOP);
	while (!*detached || u.handled < 3000)
		wrong += red_zone(3) != expected;
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	uut_end(&u);
	_exit(wrong || tap_shared->complaints ? 1 : 7);
}

/*
 * Whether the next instruction is popf. If a program is single-stepped over it, Linux
 * takes the trap flag for the program's own, and the program keeps it when the debugger
 * detaches. That has nothing to do with our handlers; see popf_under_a_debugger(), and
 * enable_single_step() and is_setting_trap_flag() in arch/x86/kernel/step.c.
 */
static bool about_to_popf(pid_t pid)
{
#ifdef __x86_64__
	struct user_regs_struct regs;

	if (!ptrace(PTRACE_GETREGS, pid, 0, &regs))
		return (ptrace(PTRACE_PEEKTEXT, pid, regs.rip, 0) & 0xff) == 0x9d;
#endif
	(void)pid;
	return false;
}

#ifdef __x86_64__
/*
 * Without procirq: steps a program over its only popf, whose flags on the stack are
 * clean, and detaches after so many steps. Returns the program's status.
 */
static int step_over_popf(int steps)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		__asm__ volatile("pushfq\n\tint3\n\tpopfq\n\tnop\n\tnop" : : : "memory", "cc");
		red_zone(1);
		_exit(7);
	}
	REQUIRE(stopped_by(pid, SIGTRAP));
	while (steps--)
		if (ptrace(PTRACE_SINGLESTEP, pid, 0, 0) || !stopped_by(pid, SIGTRAP))
			return -1;
	REQUIRE(ptrace(PTRACE_DETACH, pid, 0, 0) == 0);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	return status;
}

/*
 * One step over popf is harmless. One step more leaves the trap flag set for ever, and
 * SIGTRAP kills the program when the debugger detaches. All kernels that we test behave
 * so, without a handler. If this test fails one day, about_to_popf() is not needed any
 * more.
 */
static void popf_under_a_debugger(void)
{
	CHECK_EQ(step_over_popf(0), 7 << 8);
	CHECK_EQ(step_over_popf(1), 7 << 8);
	CHECK_EQ(step_over_popf(2), SIGTRAP);
	CHECK_EQ(step_over_popf(3), SIGTRAP);
}
#endif

/* A debugger steps through it, stops it anywhere, and detaches. */
static void a_debugger(void)
{
	volatile int *detached =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, i, stops = 0;
	pid_t pid = fork();
	bool run;

	if (!pid) {
		stepped_child(detached);
		_exit(99);
	}
	REQUIRE(ptrace(PTRACE_SEIZE, pid, 0, 0) == 0);
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	kill(pid, SIGCONT);
	for (i = 0; i < 20000; i++) {
		/* 500 single steps, then runs, in turns. */
		run = i / 500 % 2 || about_to_popf(pid);
		if (ptrace(run ? PTRACE_CONT : PTRACE_SINGLESTEP, pid, 0, 0))
			break;
		if (run) {
			i += i / 500 % 2 ? 49 : 0;
			/* So it is stopped at a random place. */
			sleep_ms(1);
			ptrace(PTRACE_INTERRUPT, pid, 0, 0);
		}
		if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			break;
		stops++;
	}
	CHECK(stops > 5000);
	CHECK_EQ(ptrace(PTRACE_DETACH, pid, 0, 0), 0);
	*detached = 1;
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
		tap_diag("status %#x", status);
}

#ifdef __x86_64__
/*
 * Runs a restartable sequence of many instructions. Returns 1 when it was
 * aborted, 2 when it went on although the handler had run, 0 otherwise.
 */
__attribute__((noinline)) static int one_sequence(struct rseq *rseq, struct uut *u)
{
	int ret;

	__asm__ volatile(".pushsection __rseq_test, \"aw\"\n\t"
			 ".balign 32\n"
			 "9:\n\t.long 0, 0\n\t.quad 1f, 2f - 1f, 4f\n\t"
			 ".popsection\n\t"
			 "mov %[handled], %%rcx\n\t"
			 "lea 9b(%%rip), %%rax\n\t"
			 "mov %%rax, %[cs]\n"
			 "1:\n\t"
			 "mov $3000, %%edx\n"
			 "5:\tdec %%edx\n\t"
			 "jnz 5b\n\t"
			 "xor %k[ret], %k[ret]\n\t"
			 "cmp %%rcx, %[handled]\n\t"
			 "je 2f\n\t"
			 "mov $2, %k[ret]\n"
			 "2:\tjmp 3f\n\t"
			 ".byte 0x0f, 0xb9, 0x3d\n\t.long 0x53053053\n"
			 "4:\tmov $1, %k[ret]\n"
			 "3:\n"
			 : [ret] "=&r"(ret), [cs] "=m"(rseq->rseq_cs)
			 : [handled] "m"(u->handled)
			 : "rax", "rcx", "rdx", "cc", "memory");
	return ret;
}

static void restartable_sequences(void)
{
	struct rseq *rseq = (void *)((char *)__builtin_thread_pointer() + __rseq_offset);
	int done[3] = { 0, 0, 0 };
	struct uut u;

	if (!__rseq_size)
		SKIP("no rseq(2) here");
	uut_start(&u, NULL, handle);
	REQUIRE(gen("start line=%u count=5000 period_ns=30000 cpu=0 pattern=random", u.gen.line) ==
		0);
	while (u.handled < 5000)
		done[one_sequence(rseq, &u)]++;
	tap_diag("%d undisturbed, %d aborted", done[0], done[1]);
	CHECK(done[1] > 50);
	CHECK_EQ(done[2], 0);
	uut_end(&u);
}
#endif

#ifdef __x86_64__
static void *low_page(int protection)
{
	void *page = compat32_map(8192, protection);

	REQUIRE(page != MAP_FAILED);
	return page;
}

/* Whether this kernel runs 32-bit programs. */
static bool runs_32_bit(void)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(compat32_call(COMPAT32_GETPID, 0, 0, NULL) == getpid() ? 0 : 1);
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void a_32_bit_program(void)
{
	struct gen_file s = gen_open(O_RDWR);
	struct procirq_uli *code = low_page(PROT_READ | PROT_WRITE);

	if (!runs_32_bit())
		SKIP("no 32-bit programs here");
	*code = raw_code(any_page());
	CHECK_EQ(compat32_call(COMPAT32_IOCTL, s.fd, PROCIRQ_IOC_ULI_REGISTER, code), -EOPNOTSUPP);
	/* It was not refused for another reason. */
	CHECK_EQ(raw_register(s.fd, code), 0);
}

/* Runs a loop in a 32-bit code segment, with a stack in the low 4 GiB. */
__attribute__((noinline)) static void run_32_bit(char *page, unsigned int loops)
{
	struct {
		uint32_t ip;
		uint16_t cs;
	} __attribute__((packed)) to = {
		(uint32_t)(uintptr_t)page,
		0x23,
	};

	__asm__ volatile("mov %%rsp, %%r14\n\t"
			 "lea 1f(%%rip), %%r15\n\t"
			 "mov %[stack], %%rsp\n\t"
			 "ljmp *(%[to])\n"
			 "1:\tmov %%r14, %%rsp"
			 : "+c"(loops)
			 : [to] "r"(&to), [stack] "r"(page + 8192)
			 : "r14", "r15", "cc", "memory");
}

/* The handler is not called while the thread of a 64-bit program runs 32-bit code. */
static void in_32_bit_code(void)
{
	static const unsigned char code[] = {
		0x49,			      /* 0: dec %ecx */
		0x75, 0xfd,		      /* jnz 0 */
		0xea, 0,    0, 0, 0, 0x33, 0, /* ljmp $0x33, $page + 16 */
	};
	static const unsigned char back[] = { 0x41, 0xff, 0xe7 }; /* jmp *%r15 */
	char *page = low_page(PROT_READ | PROT_WRITE | PROT_EXEC);
	uint32_t address = (uint32_t)(uintptr_t)page + 16;
	struct uut u;
	int i;

	if (!runs_32_bit())
		SKIP("no 32-bit programs here");
	memcpy(page, code, sizeof(code));
	memcpy(page + 4, &address, 4);
	memcpy(page + 16, back, sizeof(back));
	run_32_bit(page, 1);
	uut_start(&u, NULL, handle);
	REQUIRE(gen("start line=%u count=200 period_ns=1000000 cpu=0", u.gen.line) == 0);
	for (i = 0; gen_status(u.gen.line).running && i < 100000; i++)
		run_32_bit(page, 300000);
	CHECK(info_of(u.intr).retries > 0);
	uut_end(&u);
}

/* Without a processor that has them: shadow.ko marks the thread as if it had one. */
static void a_shadow_stack(void)
{
	const char *mark = "/sys/module/shadow/parameters/mark";
	struct uut u;

	REQUIRE(module_load("shadow", "") == 0 || errno == EEXIST);
	if (put_text(mark, "1") && errno == EOPNOTSUPP)
		SKIP("no user shadow stacks in this kernel");
	u.gen = gen_open(O_RDWR);
	CHECK(!ULI_register(u.gen.fd, handle, &u, NULL) && errno == EOPNOTSUPP);
	REQUIRE(put_text(mark, "0") == 0);
	close(u.gen.fd);

	/* Enabled after registering: the handler is not called, and read() gets the interrupts. */
	uut_start(&u, NULL, handle);
	REQUIRE(put_text(mark, "1") == 0);
	REQUIRE(gen("start line=%u count=5 period_ns=1000000 cpu=0", u.gen.line) == 0);
	while (gen_status(u.gen.line).running)
		red_zone(1);
	CHECK_EQ(u.handled, 0);
	CHECK_EQ(irq_read_now(u.gen.fd), 5);
	CHECK_EQ(info_of(u.intr).tid, 0);
	REQUIRE(put_text(mark, "0") == 0);
	CHECK_EQ(ULI_unregister(u.intr), 0);
	close(u.gen.fd);
	CHECK_EQ(module_unload("shadow"), 0);
}
#endif

#ifdef __aarch64__
/* --- going back by stubs ------------------------------------------------------------ */

typedef uint64_t loop_fn(uint64_t rounds);

#define LOOP_ADD 0x8b000021U /* add x1, x1, x0 */
#define LOOP_SUB 0xcb000021U

/* Much more of the time passes in a loop of so many rounds than between two of them. */
#define ROUNDS 100000ULL

static const uint64_t rounds_sum = ROUNDS * (ROUNDS + 1) / 2;

/* A loop in a page of its own. Returns NULL if something is there. */
static loop_fn *loop_at(uintptr_t address, uint32_t what)
{
	const uint32_t code[] = {
		0xd2800001,		/* mov x1, #0 */
		what,	    0xf1000400, /* subs x0, x0, #1 */
		0x54ffffc1,		/* b.ne to what */
		0xaa0103e0,		/* mov x0, x1 */
		0xd65f03c0,		/* ret */
	};
	char *page = mmap((void *)address, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	memcpy(page, code, sizeof(code));
	REQUIRE(mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
	__builtin___clear_cache(page, page + sizeof(code));
	return (loop_fn *)(uintptr_t)page;
}

/* The same, so many bytes or a little more from what is at @place. */
static loop_fn *loop_near(uintptr_t place, uintptr_t distance, uint32_t what)
{
	uintptr_t page = (place + distance) & ~4095UL;
	loop_fn *at = NULL;

	while (!at && page < place + distance + (64UL << 20)) {
		at = loop_at(page, what);
		page += 4096;
	}
	REQUIRE(at);
	return at;
}

/* Runs a loop until so many handlers have interrupted it. How they went back is in @left. */
static void interrupt_loop(struct uut *u, loop_fn *loop, uint64_t result, uint64_t handlers,
			   struct procirq_uli_info *left)
{
	struct procirq_uli_info before = info_of(u->intr);
	uint64_t until = u->calls + handlers, wrong = 0;

	while (u->calls < until)
		wrong += loop(ROUNDS) != result;
	*left = info_of(u->intr);
	CHECK_EQ(wrong, 0);
	left->left_by_call -= before.left_by_call;
	left->left_by_stub -= before.left_by_stub;
	tap_diag("%llu by call, %llu by stub", left->left_by_call, left->left_by_stub);
}

static void stubs_start(struct uut *u, void (*handler)(void *), long period_ns)
{
	uut_start(u, &lean_with_stubs, handler);
	REQUIRE(gen("start line=%u period_ns=%ld cpu=0", u->gen.line, period_ns) == 0);
}

static void stubs_end(struct uut *u)
{
	struct procirq_uli_info info;

	REQUIRE(gen("stop line=%u", u->gen.line) == 0);
	CHECK(AWAIT(info_of(u->intr).pending == 0));
	info = info_of(u->intr);
	CHECK(info_is_left(&info));
	uut_end(u);
}

static bool mostly_by_stub(const struct procirq_uli_info *left)
{
	return left->left_by_stub > 10 * left->left_by_call;
}

static bool mostly_by_call(const struct procirq_uli_info *left)
{
	return left->left_by_call > 10 * left->left_by_stub;
}

/* Two addresses have one entry in the table: the first one keeps it. */
static void a_full_table(void)
{
	loop_fn *first = loop_near((uintptr_t)handle_lean, 32 << 20, LOOP_ADD);
	loop_fn *other = loop_near((uintptr_t)first, 4096, LOOP_SUB);
	struct procirq_uli_info left;
	struct uut u;

	stubs_start(&u, handle_lean, 30000);
	interrupt_loop(&u, first, rounds_sum, 100, &left);
	interrupt_loop(&u, first, rounds_sum, 1000, &left);
	CHECK(mostly_by_stub(&left));
	interrupt_loop(&u, other, -rounds_sum, 1000, &left);
	CHECK(mostly_by_call(&left));
	interrupt_loop(&u, first, rounds_sum, 1000, &left);
	CHECK(mostly_by_stub(&left));
	stubs_end(&u);
}

/* No branch reaches it, from the program's area or from that of the C library. */
static void code_that_is_far(void)
{
	const uintptr_t too_far = 130UL << 20;
	struct procirq_uli_info left;
	struct uut u;

	stubs_start(&u, handle_lean, 30000);
	interrupt_loop(&u, loop_near((uintptr_t)handle_lean, 1UL << 30, LOOP_ADD), rounds_sum, 1000,
		       &left);
	CHECK(mostly_by_call(&left));
	interrupt_loop(&u, loop_near((uintptr_t)handle_lean, too_far, LOOP_SUB), -rounds_sum, 1000,
		       &left);
	CHECK(mostly_by_call(&left));
	/* The library's own. */
	interrupt_loop(&u, loop_near((uintptr_t)ioctl - (32 << 20), 2048, LOOP_ADD), rounds_sum,
		       100, &left);
	CHECK(left.left_by_stub > left.left_by_call);
	stubs_end(&u);
}

/* As after dlclose(): other code is where stubs go to. */
static void code_that_is_replaced(void)
{
	loop_fn *code = loop_near((uintptr_t)handle_lean, 32 << 20, LOOP_ADD);
	struct procirq_uli_info left;
	struct uut u;

	stubs_start(&u, handle_lean, 30000);
	interrupt_loop(&u, code, rounds_sum, 1000, &left);
	CHECK_EQ(munmap((void *)(uintptr_t)code, 4096), 0);
	REQUIRE(loop_at((uintptr_t)code, LOOP_SUB) == code);
	interrupt_loop(&u, code, -rounds_sum, 1000, &left);
	CHECK(mostly_by_stub(&left));
	stubs_end(&u);
}

/* Counts down without the flags. Returns the flags, which were set before. */
__attribute__((noinline)) static uint64_t flags_after(uint64_t flags, uint64_t rounds)
{
	__asm__ volatile("	msr nzcv, %0\n"
			 "1:	sub %1, %1, #1\n"
			 "	cbnz %1, 1b\n"
			 "	mrs %0, nzcv\n"
			 : "+r"(flags), "+r"(rounds)
			 :
			 : "cc");
	return flags;
}

static void condition_flags(void)
{
	uint64_t flags, wrong = 0;
	struct uut u;

	stubs_start(&u, handle_lean, 30000);
	for (flags = 0; u.calls < 2000; flags = (flags + 0x10000000) & 0xf0000000)
		wrong += flags_after(flags, 20000) != flags;
	CHECK_EQ(wrong, 0);
	CHECK(info_of(u.intr).left_by_stub > 1000);
	stubs_end(&u);
}

__attribute__((target("general-regs-only"))) static void handle_and_set_dit(void *arg)
{
	handle_lean(arg);
	__asm__ volatile("msr s3_3_c4_c2_5, %0" : : "r"(1UL << 24));
}

/* What a stub does not restore, a system call does. */
static void a_handler_that_changes_pstate(void)
{
	struct procirq_uli_info left;
	uint64_t dit = 0;
	struct uut u;

	if (!(getauxval(AT_HWCAP) & HWCAP_DIT))
		SKIP("no DIT on this processor");
	stubs_start(&u, handle_and_set_dit, 30000);
	interrupt_loop(&u, loop_near((uintptr_t)handle_lean, 32 << 20, LOOP_ADD), rounds_sum, 1000,
		       &left);
	__asm__ volatile("mrs %0, s3_3_c4_c2_5" : "=r"(dit));
	CHECK_EQ(dit, 0);
	CHECK_EQ(left.left_by_stub, 0);
	stubs_end(&u);
}

static void come_fast_with_stubs(void)
{
	come_fast(&(struct uli_options){ .flags = ULI_STUBS });
	come_fast(&lean_with_stubs);
}

static void two_lines_with_stubs(void)
{
	two_lines_with(&(struct uli_options){ .flags = ULI_STUBS });
}

static void refused_by_mdwe(void)
{
	struct gen_file s = gen_open(O_RDWR);

	if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0))
		_exit(8);
	if (ULI_register(s.fd, handle_lean, NULL, &lean_with_stubs) || errno != EACCES)
		_exit(9);
	_exit(ULI_register(s.fd, handle_lean, NULL, &lean) ? 7 : 10);
}

/* As SELinux may, and a memfd without execute permission does: mmap() of code fails. */
static void refused_by_a_filter(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };
	struct gen_file s = gen_open(O_RDWR);

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(8);
	if (ULI_register(s.fd, handle_lean, NULL, &lean_with_stubs) || errno != EACCES)
		_exit(9);
	_exit(ULI_register(s.fd, handle_lean, NULL, &lean) ? 7 : 10);
}

static void code_is_refused(void)
{
	int status = status_of(refused_by_a_filter);

	if (status == 8 << 8)
		SKIP("no seccomp in this kernel");
	CHECK_EQ(status, 7 << 8);
}

static void mdwe(void)
{
	int status = status_of(refused_by_mdwe);

	if (status == 8 << 8)
		SKIP("no PR_SET_MDWE in this kernel");
	CHECK_EQ(status, 7 << 8);
}

static struct {
	volatile bool fork;
	volatile bool *go;  /* shared with the child */
	volatile pid_t pid; /* 0 in the child */
	sigjmp_buf out;
} forked;

/* The child stays in the handler, and the parent jumps out of it, until it may go on. */
__attribute__((target("general-regs-only"))) static void handle_and_fork(void *arg)
{
	handle_lean(arg);
	if (!forked.fork)
		return;
	forked.fork = false;
	forked.pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (forked.pid)
		siglongjmp(forked.out, 1);
	while (!*forked.go)
		;
}

/* Is in the loop when the handler forks, or just before it. */
static void loop_until_forked(const struct uut *u, loop_fn *loop)
{
	volatile uint64_t result = 0;

	if (sigsetjmp(forked.out, 1))
		return;
	forked.fork = true;
	do
		result = loop(ROUNDS);
	while (forked.fork);
	_exit(result == rounds_sum && u->handled ? 7 : 1);
}

/*
 * A child that comes out of a handler may not write a stub where the parent has another: in
 * memory that they share. The entries in the table of both loops are the same.
 */
static void a_fork_in_the_handler(void)
{
	loop_fn *first = loop_near((uintptr_t)handle_lean, 32 << 20, LOOP_ADD);
	loop_fn *other = loop_near((uintptr_t)first, 4096, LOOP_SUB);
	struct procirq_uli_info left;
	static struct uut u;
	int status;

	forked.go = any_page();
	REQUIRE(mmap((void *)forked.go, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == forked.go);
	stubs_start(&u, handle_and_fork, 30000);
	loop_until_forked(&u, first);
	REQUIRE(forked.pid > 0);
	CHECK_EQ(ULI_leave(u.intr), 0);
	interrupt_loop(&u, other, -rounds_sum, 1000, &left);
	CHECK(mostly_by_stub(&left));
	*forked.go = true;
	REQUIRE(waitpid(forked.pid, &status, 0) == forked.pid);
	CHECK_EQ(status, 7 << 8);
	interrupt_loop(&u, other, -rounds_sum, 1000, &left);
	CHECK(mostly_by_stub(&left));
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	uut_end(&u);
}

__attribute__((target("general-regs-only"))) static void handle_lean_and_trap(void *arg)
{
	handle_lean(arg);
	if (!stepped->first.lowest || (uintptr_t)__builtin_frame_address(0) < stepped->first.lowest)
		stepped->first.lowest = (uintptr_t)__builtin_frame_address(0);
	trap_if_wanted();
}

static void stepped_loop(void)
{
	loop_fn *loop = loop_near((uintptr_t)handle_lean, 32 << 20, LOOP_ADD);

	uut_start(&stepped->first, &lean_with_stubs, handle_lean_and_trap);
	uut_start(&stepped->second, &lean_with_stubs, handle_lean);
	raise(SIGSTOP);
	while (!stepped->over) {
		stepped->wrong += loop(ROUNDS) != rounds_sum;
		stepped->rounds++;
	}
	uut_end(&stepped->first);
	uut_end(&stepped->second);
	_exit(tap_shared->complaints ? 1 : 7);
}

#define INSTRUCTION_BR_X1    0xd61f0020U
#define INSTRUCTION_STUB_LDP 0xa94b07e0U
#define INSTRUCTION_STUB_ADD 0x910343ffU

/* Number of steps after which the thread is at a stub's first instruction; 0 if it never is. */
static int steps_to_stub(pid_t pid)
{
	uint64_t code = 0, first = stepped->first.handled;
	int tries, step;

	for (tries = 0; tries < 20; tries++) {
		stepped->trap = true;
		REQUIRE(gen("fire line=%u count=1", stepped->first.gen.line) == 0);
		if (!stop_at(pid, 0, &code))
			return 0;
		for (step = 1; step < 200 && (uint32_t)code != INSTRUCTION_STUB_LDP; step++) {
			if (!one_step(pid))
				return 0;
			code = (uint64_t)ptrace(PTRACE_PEEKTEXT, pid, ip_of(pid), 0);
		}
		if (ptrace(PTRACE_CONT, pid, 0, 0) ||
		    !CHECK(AWAIT(stepped->first.handled == first + 1 + (uint64_t)tries)))
			return 0;
		if ((uint32_t)code == INSTRUCTION_STUB_LDP)
			return step - 1;
	}
	return 0;
}

/*
 * As interrupts_at_each_step() on x86-64, on the way back by a stub, of which so many steps
 * are: to behind its branch.
 */
static void interrupts_at_each_step_of_a_stub(void)
{
	uint64_t code, places = 0, br = 0, ldp = 0, add = 0, branch = 0, piled = 0, before;
	int status, step, other, steps, i;
	uintptr_t usual;
	pid_t pid;

	pid = stepped_start(stepped_loop);
	REQUIRE(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	/* All of the loop gets its stubs, of both handlers. */
	REQUIRE(gen("start line=%u count=500 period_ns=30000 cpu=0", stepped->first.gen.line) == 0);
	REQUIRE(gen("start line=%u count=500 period_ns=31000 cpu=0", stepped->second.gen.line) ==
		0);
	REQUIRE(AWAIT(!gen_status(stepped->first.gen.line).running &&
		      !gen_status(stepped->second.gen.line).running));
	before = gen_status(stepped->first.gen.line).dispatched +
		 gen_status(stepped->second.gen.line).dispatched;
	REQUIRE(AWAIT(stepped->first.handled + stepped->second.handled == before));
	/* Until now one handler may have interrupted the other. */
	stepped->first.lowest = 0;
	steps = steps_to_stub(pid);
	REQUIRE(steps > 20);
	usual = stepped->first.lowest;
	before = stepped->first.handled + stepped->second.handled;
	for (other = 0; other < 2; other++) {
		for (step = 0; step <= steps + 2; step++) {
			if (!interrupt_at(pid, step, other ? &stepped->second : &stepped->first,
					  &code)) {
				tap_diag("step %d of %d, line %d: last in code %#llx", step, steps,
					 other, (unsigned long long)code);
				goto end;
			}
			places++;
			br += (uint32_t)code == INSTRUCTION_BR_X1;
			ldp += (uint32_t)code == INSTRUCTION_STUB_LDP;
			add += (uint32_t)code == INSTRUCTION_STUB_ADD;
			branch += step == steps + 2 && ((uint32_t)code & 0xfc000000) == 0x14000000;
		}
	}
	/* From the last loads before the stub to its last instruction before the branch. */
	for (i = -3; i <= 1 && interrupts_at(pid, steps + i, PILE); i++)
		piled += PILE + 1;
end:
	stepped->over = true;
	tap_diag("%llu interrupts placed; at br %llu, ldp %llu, add %llu, b %llu",
		 (unsigned long long)places, (unsigned long long)br, (unsigned long long)ldp,
		 (unsigned long long)add, (unsigned long long)branch);
	CHECK_EQ(br, 2);
	CHECK_EQ(ldp, 2);
	CHECK_EQ(add, 2);
	CHECK_EQ(branch, 2);
	CHECK_EQ(piled, 5 * (PILE + 1));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7))
		tap_diag("status %#x", status);
	CHECK_EQ(stepped->wrong, 0);
	CHECK_EQ(stepped->first.handled + stepped->second.handled, before + 2 * places + piled);
	/* The depth of the program's stack varies by a few words; a frame is larger. */
	if (!CHECK(stepped->first.lowest + 100 >= usual))
		tap_diag("frames pile up: %lu bytes",
			 (unsigned long)(usual - stepped->first.lowest));
}

static uint64_t counter(void)
{
	uint64_t now;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(now));
	return now;
}

static volatile uint64_t handler_ended;

__attribute__((target("general-regs-only"))) static void handle_and_note(void *arg)
{
	handle_lean(arg);
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(handler_ended));
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * From the end of the handler to the next look at the clock in the loop that it interrupted,
 * of a few instructions. With --icount a tick is an instruction; tests assert no time.
 */
static uint64_t median_way_back(const struct uli_options *options)
{
	static uint64_t ticks[400];
	uint64_t calls, now;
	struct uut u;
	int i;

	uut_start(&u, options, handle_and_note);
	REQUIRE(gen("start line=%u period_ns=50000 cpu=0", u.gen.line) == 0);
	/* First, all of the loop gets its stubs. */
	for (i = -400; i < 400; i++) {
		calls = u.calls;
		do {
			now = counter();
		} while (u.calls == calls);
		if (i >= 0)
			ticks[i] = now - handler_ended;
	}
	REQUIRE(gen("stop line=%u", u.gen.line) == 0);
	CHECK(AWAIT(info_of(u.intr).pending == 0));
	CHECK(!info_of(u.intr).left_by_stub == !makes_stubs(options));
	uut_end(&u);
	qsort(ticks, 400, sizeof(ticks[0]), compare_u64);
	return ticks[200];
}

static void what_going_back_takes(void)
{
	uint64_t call = median_way_back(&lean), stub = median_way_back(&lean_with_stubs);

	tap_diag("handler to thread, ticks of the counter: %llu by call, %llu by stub",
		 (unsigned long long)call, (unsigned long long)stub);
}
#endif

static void wrong_registrations(void)
{
	struct gen_file s = gen_open(O_RDWR);
	char *page = any_page();
	struct uli_options options = { .flags = 4 };
	struct procirq_uli code = raw_code(page), wrong;
	struct procirq_uli_info info;
	struct blocked b;

#define WRONG(field, value, err)                              \
	do {                                                  \
		wrong = code;                                 \
		wrong.field = value;                          \
		CHECK_EQ(raw_register(s.fd, &wrong), -(err)); \
	} while (0)
	WRONG(flags, 1, EINVAL);
	WRONG(frame, 4, EINVAL);
	WRONG(frame, 8192, EINVAL);
	WRONG(shared, (uintptr_t)page + 8, EINVAL);
	WRONG(shared, 1ULL << 63, EFAULT);
	WRONG(shared, 0, EFAULT);
	WRONG(entry, 1ULL << 63, EINVAL);
	WRONG(entry, NO_ADDRESS, EINVAL);
	WRONG(again, ~0ULL, EINVAL);
#ifdef __aarch64__
	WRONG(entry, 4098, EINVAL);
	WRONG(again, 4097, EINVAL);
	WRONG(window, 4096, EINVAL);
	WRONG(window, 4090, EINVAL);
	WRONG(frame, 8, EINVAL);
	code.window = 4092;
	WRONG(stubs, 8, EINVAL);
	WRONG(stubs, NO_ADDRESS, EINVAL);
	WRONG(more_stubs, 8, EINVAL);
	WRONG(more_stubs, NO_ADDRESS - 4096, EINVAL);
	code.window = 0;
#endif
	WRONG(popf, 1, EINVAL);
	WRONG(ret, 1ULL << 60, EINVAL);
	WRONG(limit_ns, 999999, EINVAL);
	WRONG(limit_ns, 3600000000001ULL, EINVAL);
	munmap(page, 4096);
	CHECK_EQ(raw_register(s.fd, &code), -EFAULT);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_ULI_REGISTER, bad), EFAULT);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_ULI_INFO, &info), ENOENT);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_ULI_UNREGISTER, &info), ENOENT);
	CHECK_ERR(ioctl(s.fd, PROCIRQ_IOC_ULI_KICK), ENOENT);
	CHECK(!ULI_register(s.fd, handle, NULL, &options) && errno == EINVAL);
	CHECK(!ULI_register_irq(s.fd, handle, NULL, 33, NULL, 0) && errno == EINVAL);
	CHECK(!ULI_register(-1, handle, NULL, NULL) && errno == EBADF);
	CHECK(!ULI_register(1, handle, NULL, NULL) && errno == ENOTTY);

	blocked_start(&b, s.fd);
	CHECK(!ULI_register(s.fd, handle, NULL, NULL) && errno == EBUSY);
	fire(&s, 1);
	CHECK_EQ(blocked_join(&b), 1);
	REQUIRE(ULI_register(s.fd, handle, NULL, NULL));
	CHECK(!ULI_register(s.fd, handle, NULL, NULL) && errno == EBUSY);
}

/* The page is the program's: what it writes there makes none of the kernel's numbers wrong. */
static void counts_that_a_program_makes_up(void)
{
	struct gen_file s = gen_open(O_RDWR | O_NONBLOCK);
	struct procirq_uli_shared *shared = any_page();
	struct procirq_uli code = raw_code(shared);
	struct procirq_uli_info info;

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	shared->state = PROCIRQ_ULI_BLOCK;
	if (raw_register(s.fd, &code) == -EOPNOTSUPP)
		SKIP("no user level interrupts on this machine");
	fire(&s, 3);
	CHECK_EQ(shared->raised, 3);
	shared->raised = 77;
	shared->taken = 1000;
	CHECK_EQ(ioctl(s.fd, PROCIRQ_IOC_ULI_INFO, &info), 0);
	CHECK_EQ(info.raised, 3);
	CHECK_EQ(info.pending, 3);
	CHECK_EQ(ioctl(s.fd, PROCIRQ_IOC_ULI_UNREGISTER, &info), 0);
	CHECK_EQ(irq_info(s.fd).pending, 3);
	CHECK_EQ(irq_read(s.fd), 3);
}

static const struct tap_test tests[] = {
	TAP_SLOW(a_computation, 120),
	TAP_SLOW(computing_with_stubs, 120),
	TAP_TEST(a_computation_elsewhere),
	TAP_TEST(general_registers_only),
	TAP_SLOW(general_registers_and_stubs, 120),
	TAP_TEST(a_stack_of_its_own),
	TAP_TEST(blocked),
	TAP_TEST(blocked_by_another_thread),
	TAP_TEST(no_wakeup_is_lost),
	TAP_TEST(another_thread_is_woken),
	TAP_TEST(calls_that_sleep),
	TAP_TEST(signals_and_interrupts),
	TAP_TEST(a_signal_before_an_interrupt),
	TAP_TEST(a_signal_in_the_handler),
	TAP_TEST(an_interrupt_in_a_signal_handler),
	TAP_TEST(jumping_out_of_the_handler),
	TAP_TEST(a_handler_that_faults),
#ifdef __x86_64__
	TAP_TEST(no_stack),
	TAP_TEST(a_stack_that_grows),
	TAP_TEST(restartable_sequences),
#endif
	TAP_TEST(a_time_limit),
	TAP_TEST(forks),
	TAP_TEST(execs),
	TAP_TEST(exits),
	TAP_TEST(a_thread_that_ends),
	TAP_TEST(a_thread_that_has_ended),
	TAP_TEST(unregistering_under_fire),
	TAP_TEST(unregistered_by_another_thread),
	TAP_TEST(the_module_stays),
	TAP_TEST(the_line_goes),
	TAP_TEST(a_line_that_is_masked),
	TAP_TEST(an_eventfd_beside_the_handler),
	TAP_TEST(a_read_beside_the_handler),
	TAP_TEST(no_nesting),
	TAP_TEST(two_lines),
	TAP_TEST(counted_by_line),
#ifdef __x86_64__
	TAP_TEST(interrupts_at_each_step),
	TAP_TEST(at_the_calls_of_a_traced_thread),
	TAP_TEST(the_module_stays_for_work),
	TAP_TEST(not_while_it_is_stepped),
	TAP_TEST(popf_under_a_debugger),
	TAP_TEST(a_32_bit_program),
	TAP_TEST(in_32_bit_code),
	TAP_TEST(a_shadow_stack),
	TAP_TEST(seccomp),
#else
	TAP_TEST(a_stack_that_is_not_aligned),
	TAP_TEST(vector_registers),
	TAP_TEST(frames_that_a_program_makes_up),
	TAP_TEST(a_full_table),
	TAP_TEST(code_that_is_far),
	TAP_TEST(code_that_is_replaced),
	TAP_TEST(condition_flags),
	TAP_TEST(a_handler_that_changes_pstate),
	TAP_TEST(come_fast_with_stubs),
	TAP_TEST(two_lines_with_stubs),
	TAP_TEST(code_is_refused),
	TAP_TEST(mdwe),
	TAP_TEST(a_fork_in_the_handler),
	TAP_TEST(interrupts_at_each_step_of_a_stub),
	TAP_TEST(what_going_back_takes),
#endif
	TAP_TEST(sleeps_go_on),
	TAP_TEST(a_debugger),
	TAP_TEST(wrong_registrations),
	TAP_TEST(counts_that_a_program_makes_up),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
