// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * User level interrupts: registering, calling and blocking a handler, and its
 * semaphores. struct procirq_uli_shared in uapi/procirq.h documents the protocol with
 * the kernel; the entry code is in uli_x86.c and uli_arm64.c.
 *
 * The handler runs between any two instructions of its thread, maybe without saved
 * floating point and vector registers (ULI_GENERAL_REGS_ONLY). So the functions that it
 * may call, and those that run it, are compiled for general registers only.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cpu.h"
#include "uli_local.h"

#define ULI_STACK_MIN 4096

/*
 * The handler that this thread is in, or NULL. With the initial-exec model the access
 * needs no call to the dynamic linker, which might allocate memory.
 */
static __thread struct uli *running __attribute__((tls_model("initial-exec")));

GENERAL_REGS_ONLY static void unmask_line(int fd)
{
	uint32_t one = 1;

	system_call(SYS_write, fd, &one, sizeof(one));
}

GENERAL_REGS_ONLY static bool is_pending(const struct uli *uli)
{
	return __atomic_load_n(&uli->shared.raised, __ATOMIC_ACQUIRE) !=
	       __atomic_load_n(&uli->shared.taken, __ATOMIC_RELAXED);
}

/* Calls the handler for all pending interrupts. The caller has set PROCIRQ_ULI_BUSY. */
GENERAL_REGS_ONLY static void run_handler(struct uli *uli)
{
	uint64_t raised = __atomic_load_n(&uli->shared.raised, __ATOMIC_ACQUIRE);
	uint64_t count = raised - uli->shared.taken;
	struct uli *interrupted = running;

	if (!count)
		return;
	uli->count = count > UINT32_MAX ? UINT32_MAX : (unsigned int)count;
	__atomic_store_n(&uli->shared.taken, raised, __ATOMIC_RELAXED);
	__atomic_store_n(&uli->shared.calls, uli->shared.calls + 1, __ATOMIC_RELAXED);
	running = uli;
	uli->func(uli->arg);
	running = interrupted;
	if (uli->unmask)
		unmask_line(uli->fd);
}

/* Calls the handler for interrupts that came while it was blocked. By its thread only. */
GENERAL_REGS_ONLY static void catch_up(struct uli *uli)
{
	uint32_t idle;

	while (is_pending(uli)) {
		idle = 0;
		if (!__atomic_compare_exchange_n(&uli->shared.state, &idle, PROCIRQ_ULI_BUSY, false,
						 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			return;
		/* The kernel may have run the handler after the check above. */
		if (is_pending(uli)) {
			uli->shared.repeats++;
			run_handler(uli);
		}
		__atomic_sub_fetch(&uli->shared.state, PROCIRQ_ULI_BUSY, __ATOMIC_SEQ_CST);
	}
}

GENERAL_REGS_ONLY static bool is_own_thread(const struct uli *uli)
{
	return pthread_equal(uli->thread, pthread_self());
}

GENERAL_REGS_ONLY static bool is_busy(const struct uli *uli)
{
	return __atomic_load_n(&uli->shared.state, __ATOMIC_SEQ_CST) & PROCIRQ_ULI_BUSY;
}

static size_t uli_bytes(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (sizeof(struct uli) + page - 1) / page * page;
}

static int check_options(const struct uli_options *options)
{
	if (options->flags & ~(ULI_GENERAL_REGS_ONLY | ULI_STUBS) || options->nsemas < 0 ||
	    options->nsemas > ULI_SEMAPHORES_MAX ||
	    (options->stack && options->stacksize < ULI_STACK_MIN)) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* Finds out whether the line has to be unmasked after each call of the handler. */
static int read_unmask(struct uli *uli)
{
	const unsigned int flags = PROCIRQ_FLAG_NO_MASK | PROCIRQ_FLAG_EXPLICIT_UNMASK;
	struct procirq_info info;

	if (ioctl(uli->fd, PROCIRQ_IOC_GET_INFO, &info))
		return -1;
	uli->unmask = !(info.flags & flags);
	return 0;
}

static int register_uli(struct uli *uli, unsigned long long limit_ns)
{
	struct procirq_uli code = {
		.shared = (uintptr_t)&uli->shared,
		.limit_ns = limit_ns,
	};

	procirq_uli_arch_code(uli, &code);
	return ioctl(uli->fd, PROCIRQ_IOC_ULI_REGISTER, &code);
}

/**
 * ULI_register - have the calling thread run a handler for a line's interrupts
 * @fd: an open /proc/irq/N/irq (procirq_fd()); the caller may close it afterwards
 * @func: the handler, see uli(3)
 * @arg: argument for the handler
 * @options: NULL for all zero
 *
 * If interrupts mask the line (neither PROCIRQ_FLAG_NO_MASK nor
 * PROCIRQ_FLAG_EXPLICIT_UNMASK is set on @fd), it is unmasked after each call of the
 * handler, with a system call.
 *
 * Returns a handle for the other functions, or NULL with errno: EINVAL wrong option;
 * EBUSY @fd has a handler, or a thread blocks in a read of it; EOPNOTSUPP other
 * processor, or the thread has a shadow stack of x86-64; ENOTTY, EBADF @fd is another kind of
 * file; ENODEV the line is gone; with ULI_STUBS on arm64 also EACCES the system lets the program
 * make no code, ENOMEM.
 */
void *ULI_register(int fd, void (*func)(void *arg), void *arg, const struct uli_options *options)
{
	static const struct uli_options none;
	struct uli *uli;
	int saved;

	if (!options)
		options = &none;
	if (check_options(options))
		return NULL;
	uli = mmap(NULL, uli_bytes(), PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (uli == MAP_FAILED)
		return NULL;
	uli->run = run_handler;
	uli->func = func;
	uli->arg = arg;
	uli->nsemas = options->nsemas;
	uli->thread = pthread_self();
	if (options->stack)
		uli->stack_top = ((uintptr_t)options->stack + options->stacksize) & ~63ULL;
	/* The caller may close its descriptor. */
	uli->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (uli->fd < 0)
		goto fail_unmap;
	if (procirq_uli_arch_init(uli, options->flags))
		goto fail_close;
	if (read_unmask(uli) || register_uli(uli, options->limit_ns))
		goto fail_free;
	return uli;

fail_free:
	saved = errno;
	procirq_uli_arch_free(uli);
	errno = saved;
fail_close:
	saved = errno;
	close(uli->fd);
	errno = saved;
fail_unmap:
	saved = errno;
	munmap(uli, uli_bytes());
	errno = saved;
	return NULL;
}

/**
 * ULI_register_irq - ULI_register() with the parameters of SGI's functions
 * @fd: as in ULI_register()
 * @func: as in ULI_register()
 * @arg: as in ULI_register()
 * @nsemas: semaphores for ULI_sleep() and ULI_wakeup(), 0 to ULI_SEMAPHORES_MAX
 * @stack: lowest address of the handler's stack, or NULL
 * @stacksize: its size, bytes
 *
 * Returns as ULI_register().
 */
void *ULI_register_irq(int fd, void (*func)(void *arg), void *arg, int nsemas, void *stack,
		       size_t stacksize)
{
	struct uli_options options = {
		.nsemas = nsemas,
		.stack = stack,
		.stacksize = stacksize,
	};

	return ULI_register(fd, func, arg, &options);
}

/**
 * ULI_unregister - stop calling a handler
 * @intr: handle; invalid afterwards
 *
 * Any thread of the process may call this. Interrupts that the handler was not called
 * for become pending for read().
 *
 * Returns 0, or -1 with errno: EBUSY called by the handler itself; EPERM called by the
 * child after fork().
 */
int ULI_unregister(void *intr)
{
	struct procirq_uli_info info;
	struct uli *uli = intr;
	bool own = is_own_thread(uli);

	if (own && is_busy(uli)) {
		errno = EBUSY;
		return -1;
	}
	ULI_block_intr(intr);
	if (ioctl(uli->fd, PROCIRQ_IOC_ULI_UNREGISTER, &info))
		return -1;
	close(uli->fd);
	/*
	 * The handler's thread may still run the entry code's last instructions. So
	 * another thread leaves the page and the stubs mapped.
	 */
	if (!own)
		return 0;
	procirq_uli_arch_free(uli);
	return munmap(uli, uli_bytes());
}

GENERAL_REGS_ONLY static long futex(uint32_t *word, int operation, uint32_t value)
{
	return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

GENERAL_REGS_ONLY static struct uli_sema *find_sema(struct uli *uli, int sema)
{
	if (sema >= 0 && sema < uli->nsemas)
		return &uli->semas[sema];
	errno = EINVAL;
	return NULL;
}

GENERAL_REGS_ONLY static bool sema_try(struct uli_sema *sema)
{
	uint32_t value = __atomic_load_n(&sema->value, __ATOMIC_RELAXED);

	while (value)
		if (__atomic_compare_exchange_n(&sema->value, &value, value - 1, false,
						__ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return true;
	return false;
}

/**
 * ULI_sleep - wait on a semaphore
 * @intr: handle
 * @sema: number of the semaphore, from 0
 *
 * Consumes one ULI_wakeup(). Any thread may call this, but not the handler.
 *
 * Returns 0, or -1 with errno: EINTR a signal handler without SA_RESTART ran,
 * EINVAL no such semaphore, EDEADLK called by the handler.
 */
int ULI_sleep(void *intr, int sema)
{
	struct uli *uli = intr;
	struct uli_sema *s = find_sema(uli, sema);
	long ret = 0;

	if (!s)
		return -1;
	if (is_own_thread(uli) && is_busy(uli)) {
		errno = EDEADLK;
		return -1;
	}
	__atomic_add_fetch(&s->waiters, 1, __ATOMIC_SEQ_CST);
	/* futex() does not sleep if the value has become other than 0. */
	while (!sema_try(s)) {
		ret = futex(&s->value, FUTEX_WAIT_PRIVATE, 0);
		if (ret && errno == EINTR)
			break;
		ret = 0;
	}
	__atomic_sub_fetch(&s->waiters, 1, __ATOMIC_SEQ_CST);
	return (int)ret;
}

/**
 * ULI_wakeup - post a semaphore
 * @intr: handle
 * @sema: number of the semaphore, from 0
 *
 * Lets one ULI_sleep() return, a current or a later one. The handler and any thread may
 * call this. It makes a system call only if a thread sleeps, and keeps errno when it
 * succeeds.
 *
 * Returns 0, or -1 with errno: EINVAL no such semaphore.
 */
GENERAL_REGS_ONLY int ULI_wakeup(void *intr, int sema)
{
	struct uli *uli = intr;
	struct uli_sema *s = find_sema(uli, sema);
	int saved = errno;

	if (!s)
		return -1;
	__atomic_add_fetch(&s->value, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&s->waiters, __ATOMIC_SEQ_CST)) {
		futex(&s->value, FUTEX_WAKE_PRIVATE, 1);
		errno = saved;
	}
	return 0;
}

/*
 * Waiting for another thread's handler: first it may end at any moment; then it may need
 * this processor, the more of it the longer it takes.
 */
#define BLOCK_YIELDS	   100
#define BLOCK_SLEEP_NS	   50000
#define BLOCK_SLEEP_MAX_NS 10000000

GENERAL_REGS_ONLY static void block_pause(struct timespec *moment)
{
	nanosleep(moment, NULL);
	if (moment->tv_nsec < BLOCK_SLEEP_MAX_NS)
		moment->tv_nsec *= 2;
}

/**
 * ULI_block_intr - block a handler until ULI_unblock_intr()
 * @intr: handle
 *
 * Blocks nest. Makes no system call in the handler's thread. In another thread it
 * returns when the handler is not running; it sleeps until then, so that a handler of
 * lower priority can end.
 *
 * Returns 0.
 */
GENERAL_REGS_ONLY int ULI_block_intr(void *intr)
{
	struct timespec moment = { .tv_nsec = BLOCK_SLEEP_NS };
	struct uli *uli = intr;
	unsigned int tries = 0;

	__atomic_add_fetch(&uli->shared.state, PROCIRQ_ULI_BLOCK, __ATOMIC_SEQ_CST);
	while (!is_own_thread(uli) && is_busy(uli)) {
		if (++tries < BLOCK_YIELDS)
			sched_yield();
		else
			block_pause(&moment);
	}
	return 0;
}

/**
 * ULI_unblock_intr - undo one ULI_block_intr()
 * @intr: handle
 *
 * When this ends the last block, one call of the handler handles all interrupts that
 * came in between: before this returns if the caller is the handler's thread.
 * Otherwise this makes a system call if there are any.
 *
 * Returns 0, or -1 with errno: EINVAL nothing is blocked.
 */
GENERAL_REGS_ONLY int ULI_unblock_intr(void *intr)
{
	struct uli *uli = intr;
	uint32_t state = __atomic_load_n(&uli->shared.state, __ATOMIC_RELAXED);

	do {
		if (state < PROCIRQ_ULI_BLOCK) {
			errno = EINVAL;
			return -1;
		}
	} while (!__atomic_compare_exchange_n(&uli->shared.state, &state, state - PROCIRQ_ULI_BLOCK,
					      false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	/* With another block, or in the handler, the end of that looks for interrupts. */
	if (state != PROCIRQ_ULI_BLOCK || !is_pending(uli))
		return 0;
	if (!is_own_thread(uli))
		return ioctl(uli->fd, PROCIRQ_IOC_ULI_KICK);
	catch_up(uli);
	return 0;
}

/**
 * ULI_self - get the handle, in the handler
 *
 * The handler may be called before ULI_register() has returned.
 *
 * Returns the handle of the handler that is running, or NULL outside a handler.
 */
GENERAL_REGS_ONLY void *ULI_self(void)
{
	return running;
}

/**
 * ULI_count - get the number of interrupts that this call handles, in the handler
 * @intr: handle
 *
 * Returns the number, at least 1.
 */
GENERAL_REGS_ONLY unsigned int ULI_count(const void *intr)
{
	const struct uli *uli = intr;

	return uli->count;
}

/**
 * ULI_leave - end the handler after a longjmp() out of it
 * @intr: handle
 *
 * The handler's thread calls this after the jump; before that the handler is not called
 * again. Pending interrupts are handled before this returns.
 *
 * Returns 0, or -1 with errno: EINVAL the thread was not in the handler.
 */
int ULI_leave(void *intr)
{
	struct uli *uli = intr;

	if (!is_own_thread(uli) || !is_busy(uli)) {
		errno = EINVAL;
		return -1;
	}
	running = NULL;
	if (uli->unmask)
		unmask_line(uli->fd);
	__atomic_sub_fetch(&uli->shared.state, PROCIRQ_ULI_BUSY, __ATOMIC_SEQ_CST);
	catch_up(uli);
	return 0;
}

/**
 * ULI_get_info - get the counters of a handler
 * @intr: handle
 * @info: filled on success; see uapi/procirq.h
 *
 * Returns 0, or -1 with errno.
 */
int ULI_get_info(void *intr, struct procirq_uli_info *info)
{
	struct uli *uli = intr;

	return ioctl(uli->fd, PROCIRQ_IOC_ULI_INFO, info) ? -1 : 0;
}
