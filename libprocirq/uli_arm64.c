// SPDX-License-Identifier: LGPL-2.1-or-later
/* User level interrupts on arm64: the entry code, and the state that it has to save. */

#include "uli_stubs.h"

#ifdef __aarch64__

#include <sys/auxv.h>

/* The floating point registers q0 to q31, and before them FPCR and FPSR. */
#define FP_BYTES 528

/* The entry code uses these offsets. */
_Static_assert(offsetof(struct uli, run) == 64, "run");
_Static_assert(offsetof(struct uli, stack_top) == 72, "stack_top");
_Static_assert(offsetof(struct uli, xsave_bytes) == 88, "xsave_bytes");
_Static_assert(offsetof(struct uli, stubs) == 96, "stubs");
_Static_assert(offsetof(struct uli, fd) == 124, "fd");
_Static_assert(offsetof(struct uli, shared.raised) == 0, "raised");
_Static_assert(offsetof(struct uli, shared.taken) == 8, "taken");
_Static_assert(offsetof(struct uli, shared.repeats) == 24, "repeats");
_Static_assert(offsetof(struct uli, shared.state) == 32, "state");
_Static_assert(offsetof(struct uli, shared.left_by_stub) == 40, "left_by_stub");
_Static_assert(ULI_FRAME_BYTES == 144, "frame");
_Static_assert(offsetof(struct procirq_uli_frame, pstate) == 8, "pstate");
_Static_assert(offsetof(struct procirq_uli_frame, x2) == 48, "x2");
_Static_assert(offsetof(struct procirq_uli_frame, x8) == 56, "x8");
_Static_assert(offsetof(struct procirq_uli_frame, sp) == 24, "sp");
_Static_assert(offsetof(struct procirq_uli_frame, pc) == 16, "pc");
_Static_assert(PROCIRQ_ULI_LEAVE == 4, "leave");

/* What the entry code has put on the stack. */
#define LOAD_REGISTERS                \
	"	ldp x3, x4, [sp, #16]\n"    \
	"	ldp x5, x6, [sp, #32]\n"    \
	"	ldp x7, x9, [sp, #48]\n"    \
	"	ldp x10, x11, [sp, #64]\n"  \
	"	ldp x12, x13, [sp, #80]\n"  \
	"	ldp x14, x15, [sp, #96]\n"  \
	"	ldp x16, x17, [sp, #112]\n" \
	"	ldr x18, [sp, #128]\n"      \
	"	ldp x29, x30, [sp]\n"

extern const char procirq_uli_entry[], procirq_uli_again[], procirq_uli_window[];

/*
 * struct procirq_uli_frame in uapi/procirq.h documents how the kernel enters here and how
 * the code leaves. The stack at "again", from the stack pointer up: x29 and x30, which are a
 * frame record for debuggers, x3 to x7, x9 to x18, and the kernel's frame.
 *
 * x19 to x28 are the function's to keep (AAPCS64, 6.1.1), and q8 to q15 in part: all of these
 * are saved. The function may use SVE: the interrupted code has none of its state in use, or
 * the kernel would not have sent the thread.
 *
 * What debuggers need (DWARF 5, 6.4): register 31 is the stack pointer, 32 the address to
 * return to. The interrupted stack pointer is in the kernel's frame, and so is that address.
 *
 * What goes back by a stub (uli_stubs_arm64.c), whose address is in x11, is before the entry:
 * "window" follows the instruction that clears PROCIRQ_ULI_BUSY, and the window ends at the
 * entry. In it neither the stack pointer nor what is on the stack changes, so that the kernel
 * can send the thread to "again" from anywhere there. The code looks for further interrupts
 * after a full barrier ("dmb ish"): pairs with that of the kernel, between its change of raised
 * and its look at state. Behind "br" the stub loads x0 and x1, and sets the stack pointer.
 */
__asm__("	.text\n"
	"	.p2align 4\n"
	"	.type procirq_uli_leave, %function\n"
	"	.hidden procirq_uli_window\n"
	"	.globl procirq_uli_window\n"
	"	.cfi_startproc simple\n"
	"	.cfi_signal_frame\n"
	"	.cfi_return_column 32\n"
	"	.cfi_escape 0x0f, 4, 0x8f, 0xa8, 0x01, 0x06\n" /* as behind 4: below */
	"	.cfi_escape 0x10, 32, 3, 0x8f, 0xa0, 0x01\n"
	"	.cfi_escape 0x10, 29, 2, 0x8f, 0\n"
	"	.cfi_escape 0x10, 30, 2, 0x8f, 8\n"
	"procirq_uli_leave:\n"
	"	add x9, x0, #32\n"
	"1:	ldxr w10, [x9]\n"
	"	sub w10, w10, #1\n"
	"	stlxr w12, w10, [x9]\n" /* state: no longer PROCIRQ_ULI_BUSY */
	"procirq_uli_window:\n"
	"	cbnz w12, 1b\n"
	"	dmb ish\n"
	"	ldp x10, x12, [x0]\n" /* raised, taken */
	"	cmp x10, x12\n"
	"	b.ne 3f\n"
	"2:	ldr x10, [sp, #152]\n" /* pstate */
	"	msr nzcv, x10\n"
	"	mov x1, x11\n"
	"	ldp x2, x8, [sp, #192]\n" /* the frame's */
	LOAD_REGISTERS			  /* the others but x0 and x1 */
	"	br x1\n"
	"3:	ldaxr w10, [x9]\n"
	"	cbnz w10, 2b\n" /* blocked */
	"	mov w10, #1\n"
	"	stxr w12, w10, [x9]\n"
	"	cbnz w12, 3b\n"
	"	ldr x10, [x0, #24]\n" /* repeats */
	"	add x10, x10, #1\n"
	"	str x10, [x0, #24]\n"
	"	ldr x10, [x0, #40]\n" /* left_by_stub: it has not left */
	"	sub x10, x10, #1\n"
	"	str x10, [x0, #40]\n"
	"	b procirq_uli_again\n"
	"	.cfi_endproc\n"
	"	.size procirq_uli_leave, . - procirq_uli_leave\n"
	"\n"
	"	.type procirq_uli_entry, %function\n"
	"	.hidden procirq_uli_entry, procirq_uli_again\n"
	"	.globl procirq_uli_entry, procirq_uli_again\n"
	"	.cfi_startproc simple\n"
	"	.cfi_signal_frame\n"
	"	.cfi_return_column 32\n"
	"	.cfi_escape 0x0f, 3, 0x8f, 24, 0x06\n" /* CFA: what is at sp + 24 */
	"	.cfi_escape 0x10, 32, 2, 0x8f, 16\n"   /* address: at sp + 16 */
	"procirq_uli_entry:\n"
	"	stp x29, x30, [sp, #-144]!\n"
	"	.cfi_escape 0x0f, 4, 0x8f, 0xa8, 0x01, 0x06\n" /* sp + 168 */
	"	.cfi_escape 0x10, 32, 3, 0x8f, 0xa0, 0x01\n"   /* sp + 160 */
	"	.cfi_escape 0x10, 29, 2, 0x8f, 0\n"
	"	.cfi_escape 0x10, 30, 2, 0x8f, 8\n"
	"	stp x3, x4, [sp, #16]\n"
	"	stp x5, x6, [sp, #32]\n"
	"	stp x7, x9, [sp, #48]\n"
	"	stp x10, x11, [sp, #64]\n"
	"	stp x12, x13, [sp, #80]\n"
	"	stp x14, x15, [sp, #96]\n"
	"	stp x16, x17, [sp, #112]\n"
	"	str x18, [sp, #128]\n"
	"procirq_uli_again:\n"
	"	mov x29, sp\n"
	"	.cfi_escape 0x0f, 4, 0x8d, 0xa8, 0x01, 0x06\n" /* the same by x29 */
	"	.cfi_escape 0x10, 32, 3, 0x8d, 0xa0, 0x01\n"
	"	.cfi_escape 0x10, 29, 2, 0x8d, 0\n"
	"	.cfi_escape 0x10, 30, 2, 0x8d, 8\n"
	"	ldr x9, [x0, #72]\n" /* stack_top */
	"	cbz x9, 1f\n"
	"	mov sp, x9\n"
	"1:	ldr x9, [x0, #88]\n" /* xsave_bytes */
	"	cbz x9, 2f\n"
	"	sub sp, sp, #528\n"
	"	mrs x9, fpcr\n"
	"	mrs x10, fpsr\n"
	"	stp x9, x10, [sp]\n"
	"	stp q0, q1, [sp, #16]\n"
	"	stp q2, q3, [sp, #48]\n"
	"	stp q4, q5, [sp, #80]\n"
	"	stp q6, q7, [sp, #112]\n"
	"	stp q8, q9, [sp, #144]\n"
	"	stp q10, q11, [sp, #176]\n"
	"	stp q12, q13, [sp, #208]\n"
	"	stp q14, q15, [sp, #240]\n"
	"	stp q16, q17, [sp, #272]\n"
	"	stp q18, q19, [sp, #304]\n"
	"	stp q20, q21, [sp, #336]\n"
	"	stp q22, q23, [sp, #368]\n"
	"	stp q24, q25, [sp, #400]\n"
	"	stp q26, q27, [sp, #432]\n"
	"	stp q28, q29, [sp, #464]\n"
	"	stp q30, q31, [sp, #496]\n"
	"	msr fpcr, xzr\n"     /* what a function may rely on */
	"2:	ldr x9, [x0, #64]\n" /* run */
	"	blr x9\n"
	"	ldr x0, [x29, #144]\n"
	"	ldr x11, [x0, #96]\n" /* stubs */
	"	cbz x11, 3f\n"
	"	add x1, x29, #144\n"
	"	bl procirq_uli_stub\n"
	"	mov x11, x0\n" /* where to, or 0 */
	"	ldr x0, [x29, #144]\n"
	"3:	ldr x9, [x0, #88]\n"
	"	cbz x9, 4f\n"
	"	ldp x9, x10, [sp]\n"
	"	msr fpcr, x9\n"
	"	msr fpsr, x10\n"
	"	ldp q0, q1, [sp, #16]\n"
	"	ldp q2, q3, [sp, #48]\n"
	"	ldp q4, q5, [sp, #80]\n"
	"	ldp q6, q7, [sp, #112]\n"
	"	ldp q8, q9, [sp, #144]\n"
	"	ldp q10, q11, [sp, #176]\n"
	"	ldp q12, q13, [sp, #208]\n"
	"	ldp q14, q15, [sp, #240]\n"
	"	ldp q16, q17, [sp, #272]\n"
	"	ldp q18, q19, [sp, #304]\n"
	"	ldp q20, q21, [sp, #336]\n"
	"	ldp q22, q23, [sp, #368]\n"
	"	ldp q24, q25, [sp, #400]\n"
	"	ldp q26, q27, [sp, #432]\n"
	"	ldp q28, q29, [sp, #464]\n"
	"	ldp q30, q31, [sp, #496]\n"
	"4:	mov sp, x29\n"
	"	.cfi_escape 0x0f, 4, 0x8f, 0xa8, 0x01, 0x06\n"
	"	.cfi_escape 0x10, 32, 3, 0x8f, 0xa0, 0x01\n"
	"	.cfi_escape 0x10, 29, 2, 0x8f, 0\n"
	"	.cfi_escape 0x10, 30, 2, 0x8f, 8\n"
	"	cbnz x11, procirq_uli_leave\n"
	"	ldr w0, [x0, #124]\n" /* fd */
	"	add x1, sp, #144\n"
	"	mov x2, #4\n"  /* PROCIRQ_ULI_LEAVE */
	"	mov x8, #62\n" /* lseek */
	LOAD_REGISTERS	       /* the kernel loads the frame's */
	"	svc #0\n"
	"	brk #0\n" /* the file is not the handler's any more */
	"	.cfi_endproc\n"
	"	.size procirq_uli_entry, . - procirq_uli_entry\n");

/*
 * Whether the handler may use the registers of SVE or SME: after that only a system call, or
 * a sleep, has the kernel send the thread again.
 */
static bool may_use_vectors(unsigned int flags)
{
	return !(flags & ULI_GENERAL_REGS_ONLY) &&
	       (getauxval(AT_HWCAP) & HWCAP_SVE || getauxval(AT_HWCAP2) & HWCAP2_SME);
}

/* Chooses the extended state that the entry code saves. Returns 0, or -1 with errno. */
int procirq_uli_arch_init(struct uli *uli, unsigned int flags)
{
	uli->xsave_bytes = flags & ULI_GENERAL_REGS_ONLY ? 0 : FP_BYTES;
	if (flags & ULI_STUBS && !may_use_vectors(flags))
		return procirq_uli_stubs_init(uli);
	return 0;
}

void procirq_uli_arch_free(struct uli *uli)
{
	procirq_uli_stubs_free(uli);
}

void procirq_uli_arch_code(const struct uli *uli, struct procirq_uli *code)
{
	code->entry = (uintptr_t)procirq_uli_entry;
	code->again = (uintptr_t)procirq_uli_again;
	code->frame = ULI_FRAME_BYTES;
	code->stack = ULI_FRAME_BYTES;
	if (!uli->stack_top)
		code->stack += (__u32)uli->xsave_bytes;
	if (uli->stubs) {
		code->window = (uintptr_t)procirq_uli_window;
		code->stubs = uli->stubs->areas[0].code;
		code->more_stubs = uli->stubs->areas[1].code;
	}
}

#endif
