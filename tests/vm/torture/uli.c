// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kinds of calls: user level interrupts. Each thread has pages for them. The registrations
 * that share a page may disturb each other's counts: the kernel trusts none of them.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "libprocirq/cpu.h"
#include "mutate.h"
#include "torture.h"
#include "libprocirq/uli_local.h"

#define PAGE 4096

/* The handler: it has handled what there is; sometimes it makes a call. */
GENERAL_REGS_ONLY static void handle(struct uli *uli)
{
	static const uint32_t one = 1;

	uli->shared.taken = __atomic_load_n(&uli->shared.raised, __ATOMIC_ACQUIRE);
	uli->shared.calls++;
	if (uli->unmask)
		system_call(SYS_write, uli->fd, &one, sizeof(one));
	if (uli->count)
		system_call(SYS_sched_yield, 0, NULL, 0);
}

void uli_begin(struct worker *w)
{
	unsigned int i;

	w->uli = mmap(NULL, ULI_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	for (i = 0; i < ULI_PAGES; i++)
		((struct uli *)(w->uli + i * PAGE))->run = handle;
}

static struct uli *uli_page(struct worker *w, const struct call *call)
{
	return (struct uli *)(w->uli + call->number[0] * PAGE);
}

static void make_uli(struct draw *d, struct call *call)
{
	call->how = draw_rarely(d, 32);
	call->number[0] = draw_below(d, ULI_PAGES);
}

/* --- registering ------------------------------------------------------------------------ */

/* What a thread may get wrong without being sent to a wrong address. */
static const struct field uli_fields[] = {
	FIELD(struct procirq_uli, limit_ns),
	FIELD(struct procirq_uli, flags),
	FIELD(struct procirq_uli, stack),
	FIELD(struct procirq_uli, reserved),
};
static const struct layout uli_layout = LAYOUT(uli_fields);

/* What sends it there. */
static const struct field crash_fields[] = {
	FIELD(struct procirq_uli, shared), FIELD(struct procirq_uli, entry),
	FIELD(struct procirq_uli, again),  FIELD(struct procirq_uli, window),
	FIELD(struct procirq_uli, popf),   FIELD(struct procirq_uli, ret),
	FIELD(struct procirq_uli, frame),
};
static const struct layout crash_layout = LAYOUT(crash_fields);

/*
 * The right addresses are the program's. What is drawn is what is added to them, which
 * is mostly 0.
 */
static void make_change(struct draw *d, struct call *call, const struct layout *layout)
{
	struct procirq_uli change = { .flags = 0 };

	make_uli(d, call);
	mutate(d, &change, layout);
	if (draw_rarely(d, 8))
		change.limit_ns = 1000000ULL << draw_below(d, 8);
	call->number[1] = draw_below(d, 4);
	call->bytes = sizeof(change);
	memcpy(call->data, &change, sizeof(change));
}

static long register_with(struct worker *w, const struct call *call)
{
	struct uli *uli = uli_page(w, call);
	struct procirq_uli change, code = { .flags = 0 };
	struct call with = *call;

	memcpy(&change, call->data, sizeof(change));
	uli->fd = slot_get(call->slot);
	uli->unmask = call->number[1] & 1;
	uli->count = call->number[1] & 2;
	procirq_uli_arch_code(uli, &code);
	code.shared = (uintptr_t)uli + change.shared;
	code.entry += change.entry;
	code.again += change.again;
	code.window += change.window;
	code.popf += change.popf;
	code.ret += change.ret;
	code.frame += change.frame;
	code.stack += change.stack;
	code.limit_ns = change.limit_ns;
	code.flags = change.flags;
	code.reserved = change.reserved;
	memcpy(with.data, &code, sizeof(code));
	return ioctl_by(&with, uli->fd, PROCIRQ_IOC_ULI_REGISTER, worker_place(w, &with));
}

void make_uli_register(struct draw *d, struct call *call)
{
	make_change(d, call, &uli_layout);
}

long do_uli_register(struct worker *w, const struct call *call)
{
	return register_with(w, call);
}

void make_uli_crash(struct draw *d, struct call *call)
{
	make_change(d, call, &crash_layout);
}

/* The process may end with this, or with the next interrupt. */
long do_uli_crash(struct worker *w, const struct call *call)
{
	return register_with(w, call);
}

void make_uli_unregister(struct draw *d, struct call *call)
{
	make_uli(d, call);
	call->bytes = sizeof(struct procirq_uli_info);
}

long do_uli_unregister(struct worker *w, const struct call *call)
{
	return ioctl_by(call, slot_get(call->slot), PROCIRQ_IOC_ULI_UNREGISTER,
			worker_place(w, call));
}

void make_uli_info(struct draw *d, struct call *call)
{
	make_uli_unregister(d, call);
}

long do_uli_info(struct worker *w, const struct call *call)
{
	return ioctl_by(call, slot_get(call->slot), PROCIRQ_IOC_ULI_INFO, worker_place(w, call));
}

void make_uli_kick(struct draw *d, struct call *call)
{
	make_uli(d, call);
}

long do_uli_kick(struct worker *w, const struct call *call)
{
	(void)w;
	return ioctl_by(call, slot_get(call->slot), PROCIRQ_IOC_ULI_KICK, NULL);
}

/* --- what the thread does meanwhile ------------------------------------------------------ */

void make_uli_block(struct draw *d, struct call *call)
{
	make_uli(d, call);
	call->number[1] = draw_below(d, 500);
}

/* Blocks the handler for a while; what came is handled then. */
long do_uli_block(struct worker *w, const struct call *call)
{
	struct uli *uli = uli_page(w, call);
	unsigned int spins = (unsigned int)call->number[1];

	__atomic_add_fetch(&uli->shared.state, PROCIRQ_ULI_BLOCK, __ATOMIC_SEQ_CST);
	while (spins--)
		__asm__ volatile("" : : : "memory");
	__atomic_sub_fetch(&uli->shared.state, PROCIRQ_ULI_BLOCK, __ATOMIC_SEQ_CST);
	return ioctl_by(call, uli->fd, PROCIRQ_IOC_ULI_KICK, NULL);
}

void make_uli_sleep(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 5);
	call->number[0] = draw_below(d, 3000);
}

/* Calls that sleep: by interrupts they are interrupted and restarted. */
long do_uli_sleep(struct worker *w, const struct call *call)
{
	struct timespec time = { 0, (long)call->number[0] * 1000 };
	sigset_t signals;

	(void)w;
	sigemptyset(&signals);
	switch (call->how) {
	case 0:
		return -clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
	case 1:
		return result(syscall(SYS_ppoll, NULL, 0, &time, NULL, 0));
	case 2:
		sigaddset(&signals, SIGWINCH);
		return result(sigtimedwait(&signals, NULL, &time));
	case 3:
		return result(nanosleep(&time, NULL));
	default:
		return result(
			syscall(SYS_futex, &time.tv_nsec, 0, (int)time.tv_nsec, &time, NULL, 0));
	}
}

void make_uli_spin(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 3);
	call->number[0] = draw_below(d, 60000);
}

/* On x86-64 by one instruction, which interrupts divide. */
static void fill(char *text, size_t size)
{
#ifdef __x86_64__
	__asm__ volatile("rep stosb" : "+D"(text), "+c"(size) : "a"(0) : "memory");
#else
	memset(text, 0, size);
	__asm__ volatile("" : : "r"(text) : "memory");
#endif
}

/* User mode, where interrupts go to the handler directly. */
long do_uli_spin(struct worker *w, const struct call *call)
{
	unsigned int spins = (unsigned int)call->number[0];
	volatile double x = 1.5;
	char text[64];

	(void)w;
	while (spins--) {
		if (call->how == 1)
			x = x * 0.75 + 1;
		else if (call->how == 2)
			fill(text, sizeof(text));
		else
			__asm__ volatile("" : : : "memory");
	}
	return 0;
}

enum memory { MEMORY_PROTECT, MEMORY_DROP, MEMORY_MOVE, MEMORY_LOCK, MEMORY_AGAIN, MEMORIES };

void make_uli_memory(struct draw *d, struct call *call)
{
	make_uli(d, call);
	call->how = draw_below(d, MEMORIES);
}

/*
 * The page goes away from under the registration, which has it pinned. A handler that
 * comes meanwhile crashes the process.
 */
long do_uli_memory(struct worker *w, const struct call *call)
{
	char *page = (char *)uli_page(w, call);
	void *at;

	switch ((enum memory)call->how) {
	case MEMORY_PROTECT:
		if (mprotect(page, PAGE, PROT_READ))
			return -errno;
		usleep(100);
		return result(mprotect(page, PAGE, PROT_READ | PROT_WRITE));
	case MEMORY_DROP:
		if (madvise(page, PAGE, MADV_DONTNEED))
			return -errno;
		break;
	case MEMORY_MOVE:
		at = mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
		if (at == MAP_FAILED)
			return -errno;
		munmap(at, PAGE);
		break;
	case MEMORY_LOCK:
		return result(mlock(page, PAGE));
	default:
		return result(munmap(page + 1, PAGE));
	}
	at = mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		  0);
	if (at == MAP_FAILED)
		return -errno;
	((struct uli *)page)->run = handle;
	return 0;
}
