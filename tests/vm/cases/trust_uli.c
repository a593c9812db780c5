// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * User level interrupts of programs in unusual states: each test is a program that a
 * handler once corrupted, cut short or hung.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "guest.h"
#include "tests/vm/compat32.h"
#include "libprocirq/uli.h"

#define TRACING "/sys/kernel/tracing/"

static volatile unsigned long handled;

static void count(void *arg)
{
	(void)arg;
	handled++;
}

/* A line with a handler of the calling thread, and what came before is over. */
static struct gen_file handler_on_line(void (*handler)(void *arg), void **uli)
{
	struct gen_file s = gen_open(O_RDWR);

	REQUIRE(irq_flags(s.fd, PROCIRQ_FLAG_NO_MASK) == 0);
	*uli = ULI_register(s.fd, handler, NULL, NULL);
	if (!*uli && errno == EOPNOTSUPP)
		SKIP("no user level interrupts on this machine");
	REQUIRE(*uli);
	return s;
}

/* --- uprobes ----------------------------------------------------------------------- */

static volatile unsigned long callee_calls;

__attribute__((noinline, used)) static unsigned long callee(unsigned long x)
{
	callee_calls++;
	return x + 3;
}

unsigned long call_under_probe(unsigned long x, unsigned long (*function)(unsigned long));
unsigned long add_under_probe(unsigned long x);
extern const char probed_call[], probed_add[];

/* Two instructions that uprobes cannot emulate: they are executed in a copy. */
__asm__("	.text\n"
	"	.globl call_under_probe, probed_call, add_under_probe, probed_add\n"
#ifdef __x86_64__
	"call_under_probe:\n"
	"	push %rbx\n"
	"	mov $0x1122334455667788, %rbx\n"
	"probed_call:\n"
	"	call *%rsi\n"
	"	pop %rbx\n"
	"	ret\n"
	"add_under_probe:\n"
	"	mov %rdi, %rax\n"
	"probed_add:\n"
	"	add $3, %rax\n"
	"	ret\n"
#else
	"call_under_probe:\n"
	"	stp x29, x30, [sp, #-16]!\n"
	"probed_call:\n"
	"	blr x1\n"
	"	ldp x29, x30, [sp], #16\n"
	"	ret\n"
	"add_under_probe:\n"
	"probed_add:\n"
	"	add x0, x0, #3\n"
	"	ret\n"
#endif
);

/* Where in its file an address of this program is. */
static unsigned long file_offset(const void *address)
{
	unsigned long from, to, offset, at = (unsigned long)address, found = 0;
	FILE *file = fopen("/proc/self/maps", "re");
	char text[512];

	while (file && !found && fgets(text, sizeof(text), file))
		if (sscanf(text, "%lx-%lx %*s %lx", &from, &to, &offset) == 3 && at >= from &&
		    at < to)
			found = at - from + offset;
	if (file)
		fclose(file);
	return found;
}

static void probes_set(bool on)
{
	char path[200] = "";

	put_text(TRACING "events/uprobes/enable", "0");
	put_text(TRACING "uprobe_events", "-:probed_call\n");
	put_text(TRACING "uprobe_events", "-:probed_add\n");
	if (!on)
		return;
	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0 ||
	    put_text(TRACING "uprobe_events", "p:probed_call %s:0x%lx\n", path,
		     file_offset(probed_call)))
		SKIP("no uprobes");
	REQUIRE(system("echo >/dev/null") == 0);
	{
		char command[400];

		snprintf(command, sizeof(command),
			 "echo 'p:probed_add %s:0x%lx' >>" TRACING "uprobe_events", path,
			 file_offset(probed_add));
		REQUIRE(system(command) == 0);
	}
	REQUIRE(put_text(TRACING "events/uprobes/enable", "1") == 0);
}

static void probed_code(void)
{
	unsigned long i, wrong = 0, calls = 0, want = tap_setting("interrupts", 500);
	struct gen_file s;
	void *uli;

	probes_set(true);
	s = handler_on_line(count, &uli);
	callee_calls = 0;
	REQUIRE(gen("start line=%u period_ns=300000", s.line) == 0);
	for (i = 0; handled < want; i++) {
		wrong += add_under_probe(i) != i + 3;
		wrong += call_under_probe(i, callee) != i + 3;
		calls++;
	}
	CHECK(gen("stop line=%u", s.line) == 0);
	CHECK_EQ(wrong, 0);
	CHECK_EQ(callee_calls, calls);
	CHECK(ULI_unregister(uli) == 0);
	close(s.fd);
	probes_set(false);
}

/* --- system calls -------------------------------------------------------------------- */

/* nanosleep() of 32-bit programs goes on after the handler, by its own restart_syscall(). */
static void a_call_by_int80(void)
{
	struct {
		int32_t s, ns;
	} *time = compat32_map(4096, PROT_READ | PROT_WRITE);
	long long began;
	struct gen_file s;
	void *uli;

	REQUIRE(time != MAP_FAILED);
	time->ns = 1000;
	if (compat32_call(COMPAT32_NANOSLEEP, (long)time, 0, NULL) == -ENOSYS)
		SKIP("this kernel has no 32-bit calls");
	s = handler_on_line(count, &uli);
	time->s = 1;
	time->ns = 0;
	REQUIRE(gen("start line=%u period_ns=200000000 count=1", s.line) == 0);
	began = now_ns();
	CHECK_EQ(compat32_call(COMPAT32_NANOSLEEP, (long)time, 0, NULL), 0);
	CHECK(now_ns() - began >= 1000000000);
	CHECK_EQ(handled, 1);
	CHECK(ULI_unregister(uli) == 0);
	close(s.fd);
}

/* --- core dumps -------------------------------------------------------------------------- */

#define CORE_SIZE  "/tmp/trust_uli.core"
#define CORE_BYTES (8 << 20)

/* The kernel runs this program so for a core dump to a pipe: it reads late. */
static int collect_core(void)
{
	static char buffer[65536];
	long bytes = 0;
	ssize_t n;

	sleep_ms(1000);
	while ((n = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0)
		bytes += n;
	return put_text(CORE_SIZE, "%ld\n", bytes) ? 1 : 0;
}

static void *volatile crash_address = (void *)8;

static void crash_under_interrupts(void)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct gen_file s;
	char *memory;
	void *uli;

	setrlimit(RLIMIT_CORE, &unlimited);
	prctl(PR_SET_DUMPABLE, 1);
	memory = mmap(NULL, CORE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(memory, 1, CORE_BYTES);
	s = handler_on_line(count, &uli);
	REQUIRE(gen("start line=%u period_ns=1000000", s.line) == 0);
	while (handled < 20)
		;
	*(volatile int *)crash_address = 1;
	_exit(0);
}

static void a_core_dump_to_a_pipe(void)
{
	char exe[200] = "", text[32];
	int round, fd, status;
	pid_t pid;

	if (access("/proc/sys/kernel/core_pattern", W_OK))
		SKIP("this kernel makes no core dumps");
	REQUIRE(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	REQUIRE(put_text("/proc/sys/kernel/core_pattern", "|%s collect-core\n", exe) == 0);
	for (round = 0; round < 3; round++) {
		fd = open(CORE_SIZE, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		REQUIRE(fd >= 0);
		close(fd);
		pid = fork();
		if (!pid)
			crash_under_interrupts();
		REQUIRE(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
		CHECK_EQ(WTERMSIG(status), SIGSEGV);
		REQUIRE(AWAIT(read_text(CORE_SIZE, text, sizeof(text)) > 0));
		CHECK(atol(text) > CORE_BYTES);
	}
	put_text("/proc/sys/kernel/core_pattern", "core\n");
	unlink(CORE_SIZE);
}

/* --- threads and stacks -------------------------------------------------------------------- */

static atomic_bool in_handler, blocking, blocked;
static void *shared_uli;

static void take_long(void *arg)
{
	long long end;

	(void)arg;
	in_handler = true;
	while (!blocking)
		;
	end = now_ns() + 20000000;
	while (now_ns() < end)
		;
}

static void be_realtime(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	/* In this order: the CPU may be busy with a real-time thread. */
	REQUIRE(sched_setscheduler(0, SCHED_FIFO, &param) == 0);
	run_on_cpu(1);
}

static void *block_from_above(void *arg)
{
	struct timespec moment = { 0, 5000000 };

	(void)arg;
	be_realtime(90);
	while (!in_handler)
		nanosleep(&moment, NULL);
	blocking = true;
	ULI_block_intr(shared_uli);
	blocked = true;
	ULI_unblock_intr(shared_uli);
	return NULL;
}

struct low {
	struct gen_file s;
	atomic_bool ready, stop;
};

static void *handle_below(void *arg)
{
	struct low *low = arg;

	be_realtime(50);
	low->s = handler_on_line(take_long, &shared_uli);
	low->ready = true;
	while (!low->stop)
		sleep_ms(1);
	return NULL;
}

/* A thread that blocks the handler lets the thread go on that is in it. */
static void blocking_from_a_higher_priority(void)
{
	pthread_t above, below;
	struct low low = { .stop = false };

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP("one CPU");
	put_text("/proc/sys/kernel/sched_rt_runtime_us", "-1\n");
	run_on_cpu(0);
	REQUIRE(pthread_create(&below, NULL, handle_below, &low) == 0);
	REQUIRE(AWAIT(low.ready));
	REQUIRE(pthread_create(&above, NULL, block_from_above, NULL) == 0);
	CHECK(gen("fire line=%u count=1 cpu=0", low.s.line) == 0);
	CHECK(AWAIT(blocked));
	put_text("/proc/sys/kernel/sched_rt_runtime_us", "950000\n");
	REQUIRE(thread_join(above));
	low.stop = true;
	REQUIRE(thread_join(below));
	close(low.s.fd);
}

#define ALTSTACK_BYTES 8192
static char *altstack;

/* Goes down the alternate stack, until there is no room for a frame, and stays there. */
static __attribute__((noinline)) void use_stack_up(int number)
{
	volatile char page[64];

	page[0] = (char)number;
	if ((char *)page > altstack + 400)
		use_stack_up(page[0]);
	while (page[0])
		page[1] = page[0];
}

static void overrun_child(void)
{
	struct sigaction action = { .sa_handler = use_stack_up, .sa_flags = SA_ONSTACK };
	stack_t stack = { .ss_sp = altstack, .ss_size = ALTSTACK_BYTES };
	struct gen_file s;
	void *uli;

	REQUIRE(sigaltstack(&stack, NULL) == 0);
	REQUIRE(sigaction(SIGUSR1, &action, NULL) == 0);
	s = handler_on_line(count, &uli);
	REQUIRE(gen("start line=%u period_ns=1000000", s.line) == 0);
	raise(SIGUSR1);
	_exit(0);
}

/* What is below an alternate stack stays as it is: no room is a fault, as for a signal. */
static void the_end_of_an_alternate_stack(void)
{
	int i, status, changed = 0;
	char *memory = mmap(NULL, 2 * ALTSTACK_BYTES, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	REQUIRE(memory != MAP_FAILED);
	altstack = memory + ALTSTACK_BYTES;
	memset(memory, 0x5a, ALTSTACK_BYTES);
	pid = fork();
	if (!pid)
		overrun_child();
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	for (i = 0; i < ALTSTACK_BYTES; i++)
		changed += memory[i] != 0x5a;
	CHECK_EQ(changed, 0);
}

/* The page that the kernel pins counts as locked memory. */
static void locked_memory(void)
{
	struct rlimit none = { 0, 0 };
	struct gen_file s = gen_open(O_RDWR);
	void *uli;

	uli = ULI_register(s.fd, count, NULL, NULL);
	if (!uli)
		SKIP("no user level interrupts on this machine");
	CHECK(ULI_unregister(uli) == 0);
	REQUIRE(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
	REQUIRE(setgid(65534) == 0 && setuid(65534) == 0);
	CHECK(!ULI_register(s.fd, count, NULL, NULL));
	CHECK_EQ(errno, ENOMEM);
	close(s.fd);
}

static const char *trust_uli_after(void)
{
	probes_set(false);
	put_text("/proc/sys/kernel/core_pattern", "core\n");
	put_text("/proc/sys/kernel/sched_rt_runtime_us", "950000\n");
	return guest_after();
}

static const struct tap_test tests[] = {
	TAP_SLOW(probed_code, 180),
	TAP_TEST(a_call_by_int80),
	TAP_TEST(a_core_dump_to_a_pipe),
	TAP_TEST(blocking_from_a_higher_priority),
	TAP_TEST(the_end_of_an_alternate_stack),
	TAP_TEST(locked_memory),
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "collect-core"))
		return collect_core();
	tap_after = trust_uli_after;
	return tap_main(argv, tests, sizeof(tests) / sizeof(tests[0]));
}
