// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * User level interrupts: the computation that they interrupt is not changed by
 * them, none is lost or handled twice, and they survive what can happen to a
 * thread.
 *
 *	interrupts=N	against the computation (100000)
 *	period=N	between them, ns (20000)
 */
#include <linux/futex.h>
#include <linux/rseq.h>
#include <setjmp.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/user.h>
#include <ucontext.h>

#include "guest.h"
#include "uli.h"

static void *volatile bad = (void *)16;

/* --- a line with a handler --------------------------------------------------- */

struct uut {
	struct source source;
	void *intr;
	volatile uint64_t handled;	/* interrupts the handler was told of */
	volatile uint64_t calls;
	volatile int depth;
	volatile bool nested;
	double mess;
};

/* Uses every kind of register there is. */
static void handle(void *arg)
{
	struct uut *u = arg;
	char text[64], copy[64];

	u->nested |= u->depth++ != 0;
	u->handled += ULI_count(u->intr);
	u->calls++;
	u->mess = u->mess * 0.75 + (double)u->handled;
	memset(text, (int)u->calls, sizeof(text));
	memcpy(copy, text, sizeof(copy));
	u->nested |= copy[63] != (char)u->calls;
#ifdef __x86_64__
	__asm__ volatile("pxor %%xmm0, %%xmm0\n\tpcmpeqd %%xmm1, %%xmm1\n\tpxor %%xmm7, %%xmm7\n\t"
			 "pcmpeqd %%xmm15, %%xmm15\n\tfldpi\n\tfldpi\n\tfaddp\n\tfstp %%st(0)\n\tcmp $1, %%eax"
			 : : : "xmm0", "xmm1", "xmm7", "xmm15", "cc", "st");
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
	if (i->raised == i->direct + i->returned + i->woken + i->repeated + i->coalesced +
			 i->pending)
		return true;
	tap_diag("raised=%llu direct=%llu returned=%llu woken=%llu repeated=%llu coalesced=%llu pending=%llu",
		 i->raised, i->direct, i->returned, i->woken, i->repeated, i->coalesced,
		 i->pending);
	return false;
}

/* This thread, on CPU 0, handles a new line's interrupts, which do not mask it. */
static void uut_start(struct uut *u, const struct uli_options *options, void (*handler)(void *))
{
	memset(u, 0, sizeof(*u));
	run_on_cpu(0);
	u->source = source_open(O_RDWR);
	REQUIRE(irq_flags(u->source.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	u->intr = ULI_register(u->source.fd, handler, u, options);
	if (!u->intr && errno == EOPNOTSUPP)
		SKIP("no user level interrupts here");
	REQUIRE(u->intr);
}

/* All that came was handled, once. */
static void uut_check(struct uut *u)
{
	struct procirq_uli_info info;

	CHECK(AWAIT(info_of(u->intr).pending == 0));
	info = info_of(u->intr);
	CHECK(info_adds_up(&info));
	CHECK_EQ(info.raised, gen_status(u->source.line).dispatched);
	CHECK_EQ(u->handled, info.raised);
	CHECK_EQ(u->calls, info.raised - info.coalesced);
	CHECK(!u->nested);
}

static void uut_end(struct uut *u)
{
	uut_check(u);
	CHECK_EQ(ULI_unregister(u->intr), 0);
	CHECK_EQ(irq_read_now(u->source.fd), -EAGAIN);
	close(u->source.fd);
}

/* Interrupts that hit this thread in user mode, until that has happened n times. */
static void spin_until(struct uut *u, uint64_t n)
{
	long long until = now_ns() + AWAIT_MS * 1000000LL;

	while (u->handled < n && now_ns() < until)
		;
	CHECK(u->handled >= n);
}

/* --- the computation --------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v;
	h *= 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

/* A leaf function, whose array is in the red zone. */
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

/* Flags live across many instructions: a 640-bit sum by carry. */
__attribute__((noinline)) static uint64_t carries(uint64_t seed)
{
	uint64_t a[10], b[10], carry = 0, h = seed;
	int i, round;

	for (i = 0; i < 10; i++) {
		a[i] = mix(seed, (uint64_t)i);
		b[i] = ~mix(seed, (uint64_t)i + 77);
	}
	for (round = 0; round < 20; round++) {
#ifdef __x86_64__
		__asm__ volatile(
			"clc\n\t"
			"mov $10, %%ecx\n\t"
			"mov %0, %%rsi\n\t"
			"mov %1, %%rdi\n"
			"1: mov (%%rdi), %%rax\n\t"
			"adc %%rax, (%%rsi)\n\t"
			"lea 8(%%rsi), %%rsi\n\t"
			"lea 8(%%rdi), %%rdi\n\t"
			"dec %%ecx\n\t"
			"jnz 1b\n"
			: : "r" (a), "r" (b) : "rax", "rcx", "rsi", "rdi", "cc", "memory");
#endif
		for (i = 0; i < 10; i++)
			h = mix(h, a[i] + carry);
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
				 : "+S" (s), "+D" (d), "+c" (n) : : "memory", "cc");
	}
#else
	memcpy(to, from, sizeof(to));
#endif
	for (i = 0; i < sizeof(to); i += 37)
		h = mix(h, to[i]);
	return mix(h, (uint64_t)memcmp(from, to, sizeof(to)));
}

/* SSE, and the x87's stack full of values. */
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
	if (seed % 16 == 0 && nanosleep(&t, NULL))
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
	struct procirq_uli_info info;
	int pipes[2], i;

	REQUIRE(pipe(pipes) == 0);
	for (i = 0; i < RESULTS; i++)
		expected[i] = compute((uint64_t)i, pipes);
	REQUIRE(gen("start line=%u count=%ld period_ns=%ld cpu=0 pattern=random seed=%ld",
		    u->source.line, interrupts, period_ns, interrupts) == 0);
	do {
		for (i = 0; i < RESULTS; i++)
			wrong += compute((uint64_t)i, pipes) != expected[i];
		rounds++;
	} while (gen_status(u->source.line).running);
	CHECK_EQ(wrong, 0);
	info = info_of(u->intr);
	CHECK_EQ(info.raised, interrupts);
	CHECK(info.direct > 0);
	CHECK(info.returned > 0);
	tap_diag("%llu rounds; raised=%llu direct=%llu returned=%llu woken=%llu repeated=%llu coalesced=%llu retries=%llu",
		 (unsigned long long)rounds, info.raised, info.direct, info.returned, info.woken,
		 info.repeated, info.coalesced, info.retries);
}

static void a_computation(void)
{
	struct uut u;

	uut_start(&u, NULL, handle);
	compute_under(&u, tap_setting("interrupts", 100000), tap_setting("period", 20000));
	uut_end(&u);
}

/* Raised on the other CPU: the thread has to be told. */
static void a_computation_elsewhere(void)
{
	struct uut u;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP("one CPU");
	uut_start(&u, NULL, handle);
	run_on_cpu(1);
	compute_under(&u, tap_setting("interrupts", 100000) / 20, 100000);
	uut_end(&u);
}

__attribute__((target("general-regs-only"))) static void handle_lean(void *arg)
{
	struct uut *u = arg;

	u->handled += ULI_count(u->intr);
	u->calls++;
}

static void general_registers_only(void)
{
	struct uli_options options = { .flags = ULI_GENERAL_REGS_ONLY };
	struct uut u;

	uut_start(&u, &options, handle_lean);
	compute_under(&u, tap_setting("interrupts", 100000) / 10, tap_setting("period", 20000));
	uut_end(&u);
}

static void a_stack_of_its_own(void)
{
	struct uli_options options = { .stacksize = 65536 };
	struct uut u;

	options.stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uut_start(&u, &options, handle);
	compute_under(&u, tap_setting("interrupts", 100000) / 10, tap_setting("period", 20000));
	uut_end(&u);
}

static const struct tap_test tests[] = {
	TAP_SLOW(a_computation, 120),
	TAP_TEST(a_computation_elsewhere),
	TAP_TEST(general_registers_only),
	TAP_TEST(a_stack_of_its_own),
};

int main(int argc, char **argv)
{
	(void)argc;
	(void)bad;
	(void)spin_until;
	tap_after = guest_after;
	return TAP_MAIN(tests);
}
