// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * LD_PRELOAD: makes one call of a program fail, as memory, files and signals may.
 *
 *   FAULT=list            none fails; says which calls there are
 *   FAULT=KIND:N:HOW      call N (from 1) of KIND fails
 *   FAULT=KIND:N:HOW:on   so do all calls of KIND after it
 *   FAULT_LOG=FILE        gets what was done, a line each (see below)
 *   FAULT_SPARE=LIBS      memory that these libraries ask for is there: "ncurses,tinfo"
 *
 * HOW is the number of an errno; "short", for a read() or write() that transfers one
 * byte; or "signal=N", for a signal before the call.
 *
 * Allocations are the functions of libc by that name, in the program and its libraries.
 * All other kinds are system calls of whatever code in the process, such as fclose():
 * the kernel's Syscall User Dispatch sends them to a signal handler here, which makes
 * them. A process that the program starts is not affected.
 *
 * The log:
 *
 *   new KIND N TRACE      list: the first call from a place; TRACE names its callers
 *   total KIND N          at the end: how many calls there were
 *   failed KIND N TRACE   this call has failed
 *
 * x86-64 only.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

#define SYSCALL_BYTES 2 /* of the instruction */
#define TRACE_MAX     24
#define RANGES_MAX    32
#define PLACES_MAX    65536 /* a power of two */
#define LOG_FD	      1000
#define SIGSYS_BIT    (1ull << (SIGSYS - 1))
#define SA_RESTORER_  0x04000000

enum kind {
	ALLOC,
	THREAD,
	PROCESS,
	OPEN,
	READ,
	WRITE,
	CLOSE,
	SYNC,
	RENAME,
	UNLINK,
	MKDIR,
	STAT,
	LISTDIR,
	MMAP,
	POLL,
	SLEEP,
	WAIT,
	IOCTL,
	NEWFD,
	SOCKET,
	SCHED,
	ANY, /* of the system calls above */
	KINDS
};

static const char *const kind_names[KINDS] = {
	[ALLOC] = "alloc",     [THREAD] = "thread", [PROCESS] = "process", [OPEN] = "open",
	[READ] = "read",       [WRITE] = "write",   [CLOSE] = "close",	   [SYNC] = "sync",
	[RENAME] = "rename",   [UNLINK] = "unlink", [MKDIR] = "mkdir",	   [STAT] = "stat",
	[LISTDIR] = "listdir", [MMAP] = "mmap",	    [POLL] = "poll",	   [SLEEP] = "sleep",
	[WAIT] = "wait",       [IOCTL] = "ioctl",   [NEWFD] = "newfd",	   [SOCKET] = "socket",
	[SCHED] = "sched",     [ANY] = "any",
};

/* Kind of a system call, plus one: 0 means that it is not one of them. */
static const uint8_t kind_of_call[512] = {
	[SYS_open] = OPEN + 1,
	[SYS_openat] = OPEN + 1,
	[SYS_creat] = OPEN + 1,
	[SYS_read] = READ + 1,
	[SYS_pread64] = READ + 1,
	[SYS_readv] = READ + 1,
	[SYS_splice] = READ + 1,
	[SYS_sendfile] = WRITE + 1,
	[SYS_write] = WRITE + 1,
	[SYS_pwrite64] = WRITE + 1,
	[SYS_writev] = WRITE + 1,
	[SYS_ftruncate] = WRITE + 1,
	[SYS_close] = CLOSE + 1,
	[SYS_fsync] = SYNC + 1,
	[SYS_fdatasync] = SYNC + 1,
	[SYS_rename] = RENAME + 1,
	[SYS_renameat] = RENAME + 1,
	[SYS_renameat2] = RENAME + 1,
	[SYS_unlink] = UNLINK + 1,
	[SYS_unlinkat] = UNLINK + 1,
	[SYS_rmdir] = UNLINK + 1,
	[SYS_mkdir] = MKDIR + 1,
	[SYS_mkdirat] = MKDIR + 1,
	[SYS_stat] = STAT + 1,
	[SYS_fstat] = STAT + 1,
	[SYS_lstat] = STAT + 1,
	[SYS_newfstatat] = STAT + 1,
	[SYS_statx] = STAT + 1,
	[SYS_access] = STAT + 1,
	[SYS_faccessat] = STAT + 1,
	[SYS_faccessat2] = STAT + 1,
	[SYS_readlink] = STAT + 1,
	[SYS_readlinkat] = STAT + 1,
	[SYS_lseek] = STAT + 1,
	[SYS_getdents64] = LISTDIR + 1,
	[SYS_mmap] = MMAP + 1,
	[SYS_poll] = POLL + 1,
	[SYS_ppoll] = POLL + 1,
	[SYS_select] = POLL + 1,
	[SYS_pselect6] = POLL + 1,
	[SYS_epoll_wait] = POLL + 1,
	[SYS_epoll_pwait] = POLL + 1,
	[SYS_nanosleep] = SLEEP + 1,
	[SYS_clock_nanosleep] = SLEEP + 1,
	[SYS_wait4] = WAIT + 1,
	[SYS_waitid] = WAIT + 1,
	[SYS_ioctl] = IOCTL + 1,
	[SYS_dup] = NEWFD + 1,
	[SYS_dup2] = NEWFD + 1,
	[SYS_dup3] = NEWFD + 1,
	[SYS_pipe] = NEWFD + 1,
	[SYS_pipe2] = NEWFD + 1,
	[SYS_eventfd2] = NEWFD + 1,
	[SYS_timerfd_create] = NEWFD + 1,
	[SYS_signalfd4] = NEWFD + 1,
	[SYS_epoll_create1] = NEWFD + 1,
	[SYS_epoll_ctl] = NEWFD + 1,
	[SYS_memfd_create] = NEWFD + 1,
	[SYS_perf_event_open] = NEWFD + 1,
	[SYS_bpf] = NEWFD + 1,
	[SYS_inotify_init1] = NEWFD + 1,
	[SYS_fcntl] = NEWFD + 1,
	[SYS_socket] = SOCKET + 1,
	[SYS_bind] = SOCKET + 1,
	[SYS_listen] = SOCKET + 1,
	[SYS_accept] = SOCKET + 1,
	[SYS_accept4] = SOCKET + 1,
	[SYS_connect] = SOCKET + 1,
	[SYS_setsockopt] = SOCKET + 1,
	[SYS_sendto] = SOCKET + 1,
	[SYS_sendmsg] = SOCKET + 1,
	[SYS_recvfrom] = SOCKET + 1,
	[SYS_recvmsg] = SOCKET + 1,
	[SYS_shutdown] = SOCKET + 1,
	[SYS_sched_setscheduler] = SCHED + 1,
	[SYS_sched_setaffinity] = SCHED + 1,
	[SYS_sched_getaffinity] = SCHED + 1,
	[SYS_mlockall] = SCHED + 1,
	[SYS_setpriority] = SCHED + 1,
};

/* Code that fails in no way of the program's: the sanitizers, and this file. */
struct range {
	uintptr_t from, to;
};

struct kernel_sigaction {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

static struct {
	bool on, list, from_then_on, by_signal, is_short;
	enum kind kind;
	unsigned long number;
	int error; /* or number of the signal */
	int log;
	unsigned long count[KINDS];
	uint64_t places[PLACES_MAX];
	struct range ours[RANGES_MAX], spared[RANGES_MAX];
	unsigned int n_ours, n_spared;
} fault = { .log = -1 };

/* Whether system calls of this thread go to the handler; read by the kernel. */
static __thread char dispatching __attribute__((tls_model("initial-exec")));
static __thread int inside __attribute__((tls_model("initial-exec")));

/* --- system calls that are always allowed ------------------------------------ */

long inject_syscall(long number, long a, long b, long c, long d, long e, long f);
void inject_sigreturn(void);
extern const char inject_text[], inject_text_end[];

__asm__(".section .text.inject,\"ax\",@progbits\n"
	".globl inject_text, inject_text_end, inject_syscall, inject_sigreturn\n"
	"inject_text:\n"
	"inject_syscall:\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %rcx, %rdx\n"
	"	mov %r8, %r10\n"
	"	mov %r9, %r8\n"
	"	mov 8(%rsp), %r9\n"
	"	syscall\n"
	"	ret\n"
	/* The unwinder knows the frame of a signal by these instructions. */
	"	nop\n"
	"inject_sigreturn:\n"
	"	mov $15, %rax\n"
	"	syscall\n"
	"	ud2\n" /* the kernel compares the address behind syscall */
	"inject_text_end:\n"
	".text\n");

/* --- the log ------------------------------------------------------------------- */

struct text {
	char bytes[2048];
	size_t len;
};

static void text_add(struct text *t, const char *s)
{
	while (*s && t->len < sizeof(t->bytes))
		t->bytes[t->len++] = *s++;
}

static void text_number(struct text *t, unsigned long n, unsigned int base)
{
	char digits[24];
	size_t at = sizeof(digits);

	digits[--at] = '\0';
	do {
		digits[--at] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n);
	text_add(t, digits + at);
}

static bool within(const struct range *ranges, unsigned int n, uintptr_t at)
{
	for (unsigned int i = 0; i < n; i++)
		if (at >= ranges[i].from && at < ranges[i].to)
			return true;
	return false;
}

struct trace {
	uintptr_t at[TRACE_MAX];
	int n;
};

static _Unwind_Reason_Code add_frame(struct _Unwind_Context *context, void *arg)
{
	struct trace *trace = arg;
	uintptr_t at = (uintptr_t)_Unwind_GetIP(context);

	if (within(fault.ours, fault.n_ours, at))
		return _URC_NO_REASON;
	trace->at[trace->n++] = at;
	return trace->n == TRACE_MAX ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static void say(const char *what, enum kind kind, unsigned long number, const struct trace *trace)
{
	struct text line = { .len = 0 };
	Dl_info info;

	text_add(&line, what);
	text_add(&line, " ");
	text_add(&line, kind_names[kind]);
	text_add(&line, " ");
	text_number(&line, number, 10);
	for (int i = 0; trace && i < trace->n; i++) {
		const char *name = "?", *slash;

		if (!dladdr((void *)trace->at[i], &info)) {
			info.dli_fbase = NULL;
		} else if (info.dli_fname) {
			slash = strrchr(info.dli_fname, '/');
			name = slash ? slash + 1 : info.dli_fname;
		}
		text_add(&line, " ");
		text_add(&line, name);
		text_add(&line, "+0x");
		text_number(&line, trace->at[i] - (uintptr_t)info.dli_fbase, 16);
	}
	if (line.len == sizeof(line.bytes))
		line.len--;
	line.bytes[line.len++] = '\n';
	inject_syscall(SYS_write, fault.log, (long)line.bytes, (long)line.len, 0, 0, 0);
}

/* A place is a chain of callers. Returns whether it was not seen before. */
static bool place_is_new(enum kind kind, const struct trace *trace)
{
	uint64_t hash = kind + 1, *slot;

	for (int i = 0; i < trace->n; i++)
		hash = (hash ^ trace->at[i]) * 0x9e3779b97f4a7c15ull, hash ^= hash >> 29;
	for (uint64_t i = hash, n = 0; n < PLACES_MAX; i++, n++) {
		slot = &fault.places[i & (PLACES_MAX - 1)];
		if (*slot == hash)
			return false;
		if (!*slot) {
			*slot = hash;
			return true;
		}
	}
	return false;
}

/* --- deciding -------------------------------------------------------------------- */

/* Counts a call of @kind; returns whether it has to fail. */
static bool due(enum kind kind)
{
	unsigned long number;
	struct trace trace = { .n = 0 };
	bool fails;

	/* A thread begins and ends in code of libc and the sanitizers. */
	if (!fault.on || inside || !dispatching)
		return false;
	inside++;
	number = __atomic_add_fetch(&fault.count[kind], 1, __ATOMIC_RELAXED);
	fails = !fault.list && kind == fault.kind &&
		(number == fault.number || (fault.from_then_on && number > fault.number));
	if (fault.list || (fails && number == fault.number)) {
		_Unwind_Backtrace(add_frame, &trace);
		if (!fault.list)
			say("failed", kind, number, &trace);
		else if (place_is_new(kind, &trace))
			say("new", kind, number, &trace);
	}
	inside--;
	return fails;
}

static void say_totals(void)
{
	if (!fault.on)
		return;
	fault.on = false;
	for (int kind = 0; kind < KINDS; kind++)
		if (fault.count[kind])
			say("total", (enum kind)kind, fault.count[kind], NULL);
}

/* --- memory ---------------------------------------------------------------------- */

/* What is asked for before the next malloc() is known. It is never given back. */
static char early[65536] __attribute__((aligned(16)));
static size_t early_used;

static bool is_early(const void *p)
{
	return (const char *)p >= early && (const char *)p < early + sizeof(early);
}

static void *early_alloc(size_t size)
{
	void *p = early + early_used;

	early_used += (size + 15) & ~(size_t)15;
	if (early_used > sizeof(early))
		abort();
	return p;
}

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
	int (*posix_memalign)(void **, size_t, size_t);
	void *(*aligned_alloc)(size_t, size_t);
	char *(*strdup)(const char *);
	char *(*strndup)(const char *, size_t);
	int (*pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	int (*posix_spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *,
			   const posix_spawnattr_t *, char *const[], char *const[]);
	int (*posix_spawnp)(pid_t *, const char *, const posix_spawn_file_actions_t *,
			    const posix_spawnattr_t *, char *const[], char *const[]);
} next;

static bool resolving;

/* A locale that cannot be loaded is the "C" locale: no tool says so. */
char *setlocale(int category, const char *locale)
{
	char *(*real)(int, const char *);
	char *result;

	*(void **)&real = dlsym(RTLD_NEXT, "setlocale");
	inside++;
	result = real(category, locale);
	inside--;
	return result;
}

static bool resolved(void)
{
	if (next.free)
		return true;
	if (resolving)
		return false;
	resolving = true;
#define RESOLVE(name) (*(void **)&next.name = dlsym(RTLD_NEXT, #name))
	RESOLVE(malloc);
	RESOLVE(calloc);
	RESOLVE(realloc);
	RESOLVE(posix_memalign);
	RESOLVE(aligned_alloc);
	RESOLVE(strdup);
	RESOLVE(strndup);
	RESOLVE(pthread_create);
	RESOLVE(posix_spawn);
	RESOLVE(posix_spawnp);
	RESOLVE(free);
	resolving = false;
	return true;
}

/* Whether an allocation by the code at @caller has to fail. */
static bool no_memory(const void *caller)
{
	if (!fault.on || within(fault.ours, fault.n_ours, (uintptr_t)caller) ||
	    within(fault.spared, fault.n_spared, (uintptr_t)caller) || !due(ALLOC))
		return false;
	errno = ENOMEM;
	return true;
}

#define NO_MEMORY() no_memory(__builtin_return_address(0))

void *malloc(size_t size)
{
	if (!resolved())
		return early_alloc(size);
	return NO_MEMORY() ? NULL : next.malloc(size);
}

void *calloc(size_t n, size_t size)
{
	if (!resolved())
		return early_alloc(n * size);
	return NO_MEMORY() ? NULL : next.calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	if (!resolved())
		return early_alloc(size);
	return NO_MEMORY() ? NULL : next.realloc(old, size);
}

void *reallocarray(void *old, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes) || NO_MEMORY()) {
		errno = ENOMEM;
		return NULL;
	}
	return next.realloc(old, bytes);
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
	return NO_MEMORY() ? ENOMEM : next.posix_memalign(p, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return NO_MEMORY() ? NULL : next.aligned_alloc(alignment, size);
}

char *strdup(const char *s)
{
	return NO_MEMORY() ? NULL : next.strdup(s);
}

char *strndup(const char *s, size_t n)
{
	return NO_MEMORY() ? NULL : next.strndup(s, n);
}

void free(void *p)
{
	if (p && !is_early(p) && resolved())
		next.free(p);
}

/* --- threads and processes --------------------------------------------------------- */

static void dispatch_begin(void)
{
	inject_syscall(SYS_prctl, PR_SET_SYSCALL_USER_DISPATCH, 1, (long)inject_text,
		       inject_text_end - inject_text, (long)&dispatching, 0);
	dispatching = 1;
}

struct start {
	void *(*routine)(void *);
	void *arg;
};

static void *thread_start(void *arg)
{
	struct start start = *(struct start *)arg;
	void *result;

	free(arg);
	dispatch_begin();
	result = start.routine(start.arg);
	dispatching = 0;
	return result;
}

/*
 * The new thread goes on behind the system call with a stack of its own, which it could
 * not do inside the handler.
 */
int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*routine)(void *),
		   void *arg)
{
	struct start *start;
	char was = dispatching;
	int err;

	if (!resolved() || !fault.on)
		return next.pthread_create(thread, attr, routine, arg);
	if (due(THREAD))
		return fault.error;
	start = next.malloc(sizeof(*start));
	if (!start)
		return EAGAIN;
	*start = (struct start){ .routine = routine, .arg = arg };
	inside++;
	dispatching = 0;
	err = next.pthread_create(thread, attr, thread_start, start);
	dispatching = was;
	inside--;
	if (err)
		free(start);
	return err;
}

typedef int spawn_call(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attr, char *const argv[], char *const env[]);

static int spawn(spawn_call *call, pid_t *pid, const char *file,
		 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
		 char *const argv[], char *const env[])
{
	char was = dispatching;
	int err;

	if (due(PROCESS))
		return fault.error;
	inside++;
	dispatching = 0;
	err = call(pid, file, actions, attr, argv, env);
	dispatching = was;
	inside--;
	return err;
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *attr, char *const argv[], char *const env[])
{
	resolved();
	return spawn(next.posix_spawn, pid, path, actions, attr, argv, env);
}

int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
		 const posix_spawnattr_t *attr, char *const argv[], char *const env[])
{
	resolved();
	return spawn(next.posix_spawnp, pid, file, actions, attr, argv, env);
}

/* --- the handler -------------------------------------------------------------------- */

static long *registers(ucontext_t *uc)
{
	return (long *)uc->uc_mcontext.gregs;
}

/* sigreturn() would undo it, so it is done to what sigreturn() restores. */
static long change_mask(ucontext_t *uc, const long *r)
{
	uint64_t *mask = (uint64_t *)&uc->uc_sigmask;
	const uint64_t *set = (const uint64_t *)r[REG_RSI];

	if (r[REG_RDX])
		*(uint64_t *)r[REG_RDX] = *mask;
	if (!set)
		return 0;
	switch (r[REG_RDI]) {
	case SIG_BLOCK:
		*mask |= *set;
		break;
	case SIG_UNBLOCK:
		*mask &= ~*set;
		break;
	case SIG_SETMASK:
		*mask = *set;
		break;
	default:
		return -EINVAL;
	}
	*mask &= ~SIGSYS_BIT;
	return 0;
}

/* A handler must not run with SIGSYS blocked: its system calls would kill. */
static long change_action(const long *r)
{
	const struct kernel_sigaction *want = (const struct kernel_sigaction *)r[REG_RSI];
	struct kernel_sigaction action;

	if (want) {
		action = *want;
		action.mask &= ~SIGSYS_BIT;
	}
	return inject_syscall(SYS_rt_sigaction, r[REG_RDI], want ? (long)&action : 0, r[REG_RDX],
			      r[REG_R10], 0, 0);
}

static long call(const long *r, long number)
{
	return inject_syscall(number, r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8],
			      r[REG_R9]);
}

static long call_short(const long *r, long number)
{
	long bytes = r[REG_RDX];

	switch (number) {
	case SYS_read:
	case SYS_pread64:
	case SYS_write:
	case SYS_pwrite64:
		bytes = bytes > 1 ? 1 : bytes;
		break;
	}
	return inject_syscall(number, r[REG_RDI], r[REG_RSI], bytes, r[REG_R10], r[REG_R8],
			      r[REG_R9]);
}

static bool is_log(const long *r, long number)
{
	return number == SYS_close && r[REG_RDI] == LOG_FD;
}

static long counted(const long *r, long number)
{
	enum kind kind = number >= 0 && number < 512 && kind_of_call[number] ?
				 (enum kind)(kind_of_call[number] - 1) :
				 KINDS;
	bool fails;

	/* What was added can be removed. */
	if (number == SYS_epoll_ctl && r[REG_RSI] != EPOLL_CTL_ADD)
		return call(r, number);
	/* A disk that is full does not keep a message from the terminal. */
	if (kind == KINDS || (kind == WRITE && r[REG_RDI] == STDERR_FILENO))
		return call(r, number);
	fails = due(kind);
	fails |= due(ANY);
	if (fails && fault.by_signal)
		inject_syscall(SYS_tgkill, inject_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0),
			       inject_syscall(SYS_gettid, 0, 0, 0, 0, 0, 0), fault.error, 0, 0, 0);
	else if (fails && fault.is_short)
		return call_short(r, number);
	else if (fails) {
		/* Linux closes the descriptor whatever it returns. */
		if (kind == CLOSE)
			call(r, number);
		return -fault.error;
	}
	return call(r, number);
}

/* The check for leaks at exit is a process of the sanitizer's in the same memory. */
static long new_process(ucontext_t *uc, const long *r, long number)
{
	long pid;

	if (number != SYS_clone || (r[REG_RDI] & CLONE_VM)) {
		/* It goes on behind the system call on another stack: let it run there. */
		if (within(fault.ours, fault.n_ours, (uintptr_t)r[REG_RIP]))
			say_totals();
		dispatching = 0;
		registers(uc)[REG_RIP] -= SYSCALL_BYTES;
		return number;
	}
	if (!inside && due(PROCESS))
		return -fault.error;
	pid = call(r, number);
	if (!pid)
		fault.on = false;
	return pid;
}

static void on_syscall(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	long *r = registers(uc), number = info->si_syscall;
	int saved = errno;

	(void)sig;
	switch (number) {
	case SYS_rt_sigreturn:
		/* It finds its frame by the stack pointer: let it run there. */
		r[REG_RIP] = (long)inject_sigreturn;
		return;
	case SYS_rt_sigprocmask:
		r[REG_RAX] = change_mask(uc, r);
		break;
	case SYS_rt_sigaction:
		r[REG_RAX] = change_action(r);
		break;
	case SYS_sigaltstack:
		if (r[REG_RDI])
			uc->uc_stack = *(stack_t *)r[REG_RDI];
		r[REG_RAX] = call(r, number);
		break;
	case SYS_clone:
	case SYS_clone3:
	case SYS_vfork:
		r[REG_RAX] = new_process(uc, r, number);
		break;
	case SYS_exit_group:
		say_totals();
		call(r, number);
		break;
	default:
		if (is_log(r, number))
			r[REG_RAX] = 0;
		else if (inside || within(fault.ours, fault.n_ours, (uintptr_t)info->si_call_addr))
			r[REG_RAX] = call(r, number);
		else
			r[REG_RAX] = counted(r, number);
	}
	errno = saved;
}

/* --- start --------------------------------------------------------------------------- */

static bool named(const char *path, const char *names)
{
	char name[64];
	size_t n;

	for (; names && *names; names += n + (names[n] == ',')) {
		n = strcspn(names, ",");
		snprintf(name, sizeof(name), "/lib%.*s", (int)n, names);
		if (n && strstr(path, name))
			return true;
	}
	return false;
}

static void add_range(struct range *ranges, unsigned int *n, uintptr_t from, uintptr_t to)
{
	if (*n < RANGES_MAX)
		ranges[(*n)++] = (struct range){ .from = from, .to = to };
}

static int add_object(struct dl_phdr_info *info, size_t size, void *spared)
{
	uintptr_t self = (uintptr_t)inject_syscall;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + segment->p_vaddr, to = from + segment->p_memsz;

		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		if ((self >= from && self < to) || named(info->dlpi_name, "asan,ubsan,gcc_s"))
			add_range(fault.ours, &fault.n_ours, from, to);
		else if (named(info->dlpi_name, spared))
			add_range(fault.spared, &fault.n_spared, from, to);
	}
	return 0;
}

static bool parse(char *text)
{
	char *number, *how, *rest;

	if (!strcmp(text, "list")) {
		fault.list = true;
		return true;
	}
	number = strchr(text, ':');
	how = number ? strchr(number + 1, ':') : NULL;
	if (!how)
		return false;
	*number++ = *how++ = '\0';
	rest = strchr(how, ':');
	if (rest)
		fault.from_then_on = !strcmp(rest + 1, "on");
	fault.number = strtoul(number, NULL, 10);
	fault.is_short = !strncmp(how, "short", 5);
	fault.by_signal = !strncmp(how, "signal=", 7);
	fault.error = atoi(how + (fault.by_signal ? 7 : 0));
	for (fault.kind = 0; fault.kind < KINDS; fault.kind++)
		if (!strcmp(text, kind_names[fault.kind]))
			return true;
	return false;
}

static void die(const char *why)
{
	static const char name[] = "inject: ";

	inject_syscall(SYS_write, 2, (long)name, sizeof(name) - 1, 0, 0, 0);
	inject_syscall(SYS_write, 2, (long)why, (long)strlen(why), 0, 0, 0);
	_exit(125);
}

__attribute__((constructor)) static void begin(void)
{
	char *what = getenv("FAULT"), *log = getenv("FAULT_LOG"), text[128];
	struct kernel_sigaction action = {
		.handler = (void *)on_syscall,
		.flags = SA_SIGINFO | SA_NODEFER | SA_RESTORER_,
		.restorer = (void *)inject_sigreturn,
	};
	struct trace trace = { .n = 0 };
	int fd;

	resolved();
	if (!what)
		return;
	snprintf(text, sizeof(text), "%s", what);
	if (!parse(text))
		die("FAULT: neither list nor KIND:N:HOW\n");
	fd = open(log ? log : "/dev/null", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	fault.log = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, LOG_FD);
	if (fault.log != LOG_FD)
		die("FAULT_LOG: cannot be opened\n");
	close(fd);
	dl_iterate_phdr(add_object, getenv("FAULT_SPARE"));
	/* Not for the processes that this one starts. */
	unsetenv("FAULT");
	unsetenv("FAULT_LOG");
	unsetenv("LD_PRELOAD");
	_Unwind_Backtrace(add_frame, &trace); /* asks for memory at the first call */
	if (inject_syscall(SYS_rt_sigaction, SIGSYS, (long)&action, 0, 8, 0, 0) ||
	    inject_syscall(SYS_prctl, PR_SET_SYSCALL_USER_DISPATCH, 1, (long)inject_text,
			   inject_text_end - inject_text, (long)&dispatching, 0))
		die("no Syscall User Dispatch in this kernel (Linux 5.11)\n");
	dispatching = 1;
	fault.on = true;
}
