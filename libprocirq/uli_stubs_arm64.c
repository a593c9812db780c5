// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * User level interrupts on arm64: going back without a system call (ULI_STUBS).
 *
 * No instruction of A64 branches to an address in memory, so some register would not be as
 * it was. A stub is code for one address: it loads the last registers relative to the stack
 * pointer, sets that, and branches to the address, which is part of the branch. uli_arm64.c
 * has what comes before. The first time that a thread is interrupted at an address, it goes
 * back by the system call, and gets the stub for the next time.
 *
 * A stub is used only if the thread was interrupted at its address just now. So it does not
 * matter what is at the address: a branch goes to code that was unmapped or replaced since
 * the stub was made just as the system call does.
 *
 * A stub is written once, before the table names it, and neither changes nor goes while the
 * registration lasts: a thread that was interrupted in a stub by another handler finds it
 * as it was. What has no place is not put in place of something else.
 *
 * When code can be executed (Arm Architecture Reference Manual for A-profile, DDI 0487,
 * chapter "The AArch64 Application Level Memory Model": "Concurrent modification and
 * execution of instructions", and "Synchronization and coherency issues between data and
 * instruction accesses", whose example stub_publish() follows):
 * - DC CVAU writes the data to where instruction fetches see it. It is ordered after the
 *   stores to its line because its address is theirs. A stub is in one line: a line has at
 *   least 16 bytes, and stubs are aligned to theirs.
 * - DSB ISH completes that. IC IVAU takes an old line out of the instruction caches of all
 *   processors of the inner shareable domain, which are all that Linux uses. Its address is
 *   that of execution: instruction caches may be indexed by virtual addresses ("Instruction
 *   caches", VIPT).
 * - DSB ISH completes that on all of them; ISB discards what this one has fetched early.
 * Without CTR_EL0.IDC and DIC all of this is needed, with them it is harmless.
 * - Only this thread executes a stub. Another processor, to which it has moved, has returned
 *   from an exception to run it, which is a context synchronization event: it has nothing
 *   fetched from before. So has this one, by the system call that follows.
 * An emulator shows none of this.
 */

#include "uli_stubs.h"

#ifdef __aarch64__

#include <errno.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cpu.h"

/* Since Linux 6.3. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif
#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif

/* How far the branch reaches, forward a little less (DDI 0487, "B"). */
#define REACH (128L << 20)

/* Areas are tried at multiples of this from what they are for. */
#define STEP (1L << 20)

/* Addresses below may not be mapped (vm.mmap_min_addr). */
#define LOWEST (1L << 20)

/* ldp x0, x1, [sp, #176]; add sp, sp, #208; b . */
#define INSTRUCTION_LDP 0xa94b07e0U
#define INSTRUCTION_ADD 0x910343ffU
#define INSTRUCTION_B	0x14000000U

_Static_assert(ULI_FRAME_BYTES + offsetof(struct procirq_uli_frame, x0) == 176, "ldp");
_Static_assert(ULI_FRAME_BYTES + sizeof(struct procirq_uli_frame) == 208, "add");
_Static_assert(PROCIRQ_ULI_STUB_BRANCH == 8, "b");

/* Bits of PSTATE as they are saved (SPSR_EL1). */
#define PSTATE_NZCV 0xf0000000U
#define PSTATE_TCO  (1U << 25)
#define PSTATE_DIT  (1U << 24)
#define PSTATE_SSBS (1U << 12)

/* --- in the handler's thread, after the handler --------------------------------------- */

/* Makes the stub's instructions visible to instruction fetches; see at the top. */
GENERAL_REGS_ONLY static void stub_publish(const uint32_t *write, uint64_t code)
{
	__asm__ volatile("dc cvau, %0\n\t"
			 "dsb ish\n\t"
			 "ic ivau, %1\n\t"
			 "dsb ish\n\t"
			 "isb"
			 :
			 : "r"(write), "r"(code)
			 : "memory");
}

/* Whether a stub at @code can branch to @pc. */
GENERAL_REGS_ONLY static bool stub_reaches(uint64_t code, uint64_t pc)
{
	int64_t distance = (int64_t)(pc - (code + PROCIRQ_ULI_STUB_BRANCH));

	return distance >= -REACH && distance < REACH;
}

/* Whether @pc is in a stub: its branch, where the thread was interrupted. */
GENERAL_REGS_ONLY static bool stub_is_at(const struct uli_stubs *stubs, uint64_t pc)
{
	unsigned int i;

	for (i = 0; i < ULI_AREAS; i++)
		if (pc - stubs->areas[i].code < PROCIRQ_ULI_AREA_BYTES)
			return true;
	return false;
}

GENERAL_REGS_ONLY static void stub_write(const struct uli_area *area, size_t index,
					 struct uli_stub *stub, uint64_t pc)
{
	uint32_t *write = area->write + index * (PROCIRQ_ULI_STUB_BYTES / sizeof(*write));
	uint64_t code = area->code + index * PROCIRQ_ULI_STUB_BYTES;
	uint64_t distance = pc - (code + PROCIRQ_ULI_STUB_BRANCH);

	write[0] = INSTRUCTION_LDP;
	write[1] = INSTRUCTION_ADD;
	write[2] = INSTRUCTION_B | ((uint32_t)(distance >> 2) & 0x3ffffff);
	stub_publish(write, code);
	stub->code = code;
	/* A signal handler may leave this function by longjmp(). */
	__atomic_store_n(&stub->pc, pc, __ATOMIC_RELEASE);
}

/* Makes the stub for @pc, if its entry in the table is free and an area is near enough. */
GENERAL_REGS_ONLY static void stub_make(struct uli_stubs *stubs, struct uli_stub *stub, uint64_t pc)
{
	size_t index = (size_t)(stub - stubs->table);
	unsigned int i;

	/* A stub for a stub would get stubs itself, and so on. */
	if (stub->pc || pc % 4 || stub_is_at(stubs, pc))
		return;
	for (i = 0; i < stubs->nr_areas; i++) {
		if (!stub_reaches(stubs->areas[i].code + index * PROCIRQ_ULI_STUB_BYTES, pc))
			continue;
		stub_write(&stubs->areas[i], index, stub, pc);
		return;
	}
}

/* The bits @which of PSTATE. Their registers exist only where the processor has them. */
GENERAL_REGS_ONLY static uint64_t pstate_read(uint32_t which)
{
	uint64_t bit, pstate = 0;

	if (which & PSTATE_DIT) {
		__asm__ volatile("mrs %0, s3_3_c4_c2_5" : "=r"(bit));
		pstate |= bit;
	}
	if (which & PSTATE_SSBS) {
		__asm__ volatile("mrs %0, s3_3_c4_c2_6" : "=r"(bit));
		pstate |= bit;
	}
	if (which & PSTATE_TCO) {
		__asm__ volatile("mrs %0, s3_3_c4_c2_7" : "=r"(bit));
		pstate |= bit;
	}
	return pstate;
}

/*
 * Whether PSTATE is as it was, but for the condition flags, which the entry code restores.
 * DIT and SSBS were left alone by the kernel, and maybe not by the handler; TCO and BTYPE it
 * has cleared. With any other bit set the system call is as good as any guess.
 */
GENERAL_REGS_ONLY static bool pstate_is_kept(uint64_t pstate, uint32_t readable)
{
	return !(pstate & ~(uint64_t)(PSTATE_NZCV | PSTATE_DIT | PSTATE_SSBS)) &&
	       (!readable || pstate_read(readable) == (pstate & readable));
}

/* Neighbouring instructions have neighbouring entries: a loop of 4 KB fits in the table. */
GENERAL_REGS_ONLY static struct uli_stub *stub_entry(struct uli_stubs *stubs, uint64_t pc)
{
	return &stubs->table[pc / 4 % ULI_AREA_STUBS];
}

/*
 * Finds the stub by which the thread goes back. Called by the entry code after the handler, on
 * its stack, with PROCIRQ_ULI_BUSY set. Returns its address; 0 to go back by the system call.
 */
GENERAL_REGS_ONLY uint64_t procirq_uli_stub(struct uli *uli, const struct procirq_uli_frame *frame)
{
	struct uli_stub *stub = stub_entry(uli->stubs, frame->pc);

	/* Stubs do not know by how much the kernel has aligned the frame. */
	if (frame->sp != (uintptr_t)(frame + 1) ||
	    !pstate_is_kept(frame->pstate, uli->stubs->pstate))
		return 0;
	if (stub->pc != frame->pc) {
		stub_make(uli->stubs, stub, frame->pc);
		return 0;
	}
	__atomic_store_n(&uli->shared.left_by_stub, uli->shared.left_by_stub + 1, __ATOMIC_RELAXED);
	return stub->code;
}

/* --- registering --------------------------------------------------------------------- */

static size_t area_bytes(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (PROCIRQ_ULI_AREA_BYTES + page - 1) / page * page;
}

/* What the system says if it lets no program make code, as one error. */
static int exec_error(int error)
{
	return error == EPERM ? EACCES : error;
}

static int code_memory(void)
{
	int fd;

	/*
	 * It refuses code that was writable. Two mappings would get around that, which is
	 * not for a library to do.
	 */
	if (prctl(PR_GET_MDWE, 0, 0, 0, 0) > 0) {
		errno = EACCES;
		return -1;
	}
	fd = memfd_create("procirq-stubs", MFD_CLOEXEC | MFD_EXEC);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("procirq-stubs", MFD_CLOEXEC);
	if (fd < 0)
		errno = exec_error(errno);
	return fd;
}

/* Maps code at @address if nothing is there. Returns 1 if it has, 0 if not, -1 with errno. */
static int map_at(uint64_t address, int fd, off_t offset)
{
	void *at = (void *)(uintptr_t)address; // NOLINT(performance-no-int-to-ptr)

	if (mmap(at, area_bytes(), PROT_READ | PROT_EXEC,
		 MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_POPULATE, fd, offset) != MAP_FAILED)
		return 1;
	if (errno == EEXIST || errno == ENOMEM)
		return 0;
	errno = exec_error(errno);
	return -1;
}

/* Maps an area as near to @place as it can. Returns 0, or -1 with errno. */
static int area_map(struct uli_area *area, uint64_t place, int fd, off_t offset)
{
	int64_t distance, sign;
	int found;

	place -= place % (uint64_t)STEP;
	for (distance = STEP; distance < REACH - STEP; distance += STEP) {
		/* Below first: above a program is its heap. */
		for (sign = -1; sign <= 1; sign += 2) {
			area->code = place + (uint64_t)(sign * distance);
			if ((int64_t)area->code < LOWEST)
				continue;
			found = map_at(area->code, fd, offset);
			if (found)
				return found < 0 ? -1 : 0;
		}
	}
	errno = ENOMEM;
	return -1;
}

/* Maps what is writable of all areas. Children have no business there. */
static int areas_map_writable(struct uli_stubs *stubs, int fd)
{
	size_t bytes = area_bytes();
	char *write;
	int i;

	if (ftruncate(fd, (off_t)(ULI_AREAS * bytes)))
		return -1;
	write = mmap(NULL, ULI_AREAS * bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		     0);
	if (write == MAP_FAILED)
		return -1;
	for (i = 0; i < ULI_AREAS; i++)
		stubs->areas[i].write = (uint32_t *)(void *)(write + (size_t)i * bytes);
	return madvise(write, ULI_AREAS * bytes, MADV_DONTFORK);
}

static int areas_map(struct uli_stubs *stubs, const struct uli *uli, int fd)
{
	const uint64_t places[ULI_AREAS] = { (uintptr_t)uli->func, (uintptr_t)ioctl };
	unsigned int i;

	if (areas_map_writable(stubs, fd))
		return -1;
	for (i = 0; i < ULI_AREAS; i++) {
		if (i && stub_reaches(stubs->areas[0].code, places[i]))
			break;
		if (area_map(&stubs->areas[i], places[i], fd, (off_t)(i * area_bytes())))
			return -1;
		stubs->nr_areas++;
	}
	for (; i < ULI_AREAS; i++)
		stubs->areas[i].code = stubs->areas[0].code;
	return 0;
}

/* The bits of PSTATE that instructions of programs can read and write. */
static uint32_t pstate_readable(void)
{
	uint32_t bits = 0;

	if (getauxval(AT_HWCAP) & HWCAP_DIT)
		bits |= PSTATE_DIT;
	if (getauxval(AT_HWCAP) & HWCAP_SSBS)
		bits |= PSTATE_SSBS;
	if (getauxval(AT_HWCAP2) & HWCAP2_MTE)
		bits |= PSTATE_TCO;
	return bits;
}

static void stubs_unmap(struct uli_stubs *stubs)
{
	unsigned int i;

	for (i = 0; i < stubs->nr_areas; i++) {
		void *code = (void *)(uintptr_t)stubs->areas[i]
				     .code; // NOLINT(performance-no-int-to-ptr)

		munmap(code, area_bytes());
	}
	if (stubs->areas[0].write)
		munmap(stubs->areas[0].write, ULI_AREAS * area_bytes());
	munmap(stubs, sizeof(*stubs));
}

/*
 * Makes the areas and the table. Returns 0, or -1 with errno: EACCES the system lets the
 * program make no code; ENOMEM no memory, or no room within reach.
 */
int procirq_uli_stubs_init(struct uli *uli)
{
	struct uli_stubs *stubs;
	int fd, err, saved;

	stubs = mmap(NULL, sizeof(*stubs), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (stubs == MAP_FAILED)
		return -1;
	fd = code_memory();
	/* A child that comes out of a handler goes back by the system call, and makes no stub. */
	err = fd < 0 || madvise(stubs, sizeof(*stubs), MADV_WIPEONFORK) ||
	      areas_map(stubs, uli, fd);
	saved = errno;
	if (fd >= 0)
		close(fd);
	if (err) {
		stubs_unmap(stubs);
		errno = saved;
		return -1;
	}
	stubs->pstate = pstate_readable();
	uli->stubs = stubs;
	return 0;
}

/* The handler's thread is not in a stub, and runs no handler. */
void procirq_uli_stubs_free(struct uli *uli)
{
	if (uli->stubs)
		stubs_unmap(uli->stubs);
	uli->stubs = NULL;
}

#endif
