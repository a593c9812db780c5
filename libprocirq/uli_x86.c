// SPDX-License-Identifier: LGPL-2.1-or-later
/* User level interrupts on x86-64: the entry code, and the state that it has to save. */

#include "uli_local.h"

#ifdef __x86_64__

#include <cpuid.h>

/*
 * State components (Intel SDM volume 1, 13.1) that no handler changes without its
 * author's knowledge: protection keys; the tiles of AMX, 8 KB that a program has to ask
 * the kernel for. All others that the kernel has enabled are saved: compilers and the C
 * library use what the processor has, such as the registers of APX.
 */
#define XSTATE_PKRU	 (1ULL << 9)
#define XSTATE_AMX	 (3ULL << 17)
#define XSTATE_NOT_SAVED (XSTATE_PKRU | XSTATE_AMX)

/* Registers on the stack at procirq_uli_again: r11 to rbp. */
#define FRAME_BYTES 80

#define FXSAVE_BYTES	   512
#define XSAVE_HEADER_BYTES 64
#define XSAVE_ALIGN	   64

/* The entry code uses these offsets. */
_Static_assert(offsetof(struct uli, shared.raised) == 0, "raised");
_Static_assert(offsetof(struct uli, shared.taken) == 8, "taken");
_Static_assert(offsetof(struct uli, shared.repeats) == 24, "repeats");
_Static_assert(offsetof(struct uli, shared.state) == 32, "state");
_Static_assert(offsetof(struct uli, run) == 64, "run");
_Static_assert(offsetof(struct uli, stack_top) == 72, "stack_top");
_Static_assert(offsetof(struct uli, xsave_mask) == 80, "xsave_mask");
_Static_assert(offsetof(struct uli, xsave_bytes) == 88, "xsave_bytes");

extern const char procirq_uli_entry[], procirq_uli_again[], procirq_uli_window[],
	procirq_uli_popf[], procirq_uli_ret[];

/*
 * struct procirq_uli in uapi/procirq.h documents how the kernel enters here. The stack
 * at "again", from the stack pointer up: r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax, rbp,
 * and the kernel's frame: address of struct uli, flags, return address.
 *
 * Between "window" and "popf" the code loads registers, and neither pushes nor pops. So
 * the frame is complete at each instruction there, and the kernel can restart the code
 * at "again". "lock decl" is a full barrier: it clears PROCIRQ_ULI_BUSY before the code
 * checks for further interrupts.
 */
__asm__("	.text\n"
	"	.p2align 4\n"
	"	.type procirq_uli_entry, @function\n"
	"	.hidden procirq_uli_entry, procirq_uli_again, procirq_uli_window\n"
	"	.hidden procirq_uli_popf, procirq_uli_ret\n"
	"	.globl procirq_uli_entry, procirq_uli_again, procirq_uli_window\n"
	"	.globl procirq_uli_popf, procirq_uli_ret\n"
	"	.cfi_startproc simple\n"
	"	.cfi_signal_frame\n"
	"	.cfi_def_cfa rsp, 152\n"
	"	.cfi_offset rip, -136\n"
	"procirq_uli_entry:\n"
	"	push %rbp\n"
	"	.cfi_def_cfa_offset 160\n"
	"	.cfi_offset rbp, -160\n"
	"	push %rax\n"
	"	push %rcx\n"
	"	push %rdx\n"
	"	push %rsi\n"
	"	push %rdi\n"
	"	push %r8\n"
	"	push %r9\n"
	"	push %r10\n"
	"	push %r11\n"
	"	.cfi_def_cfa_offset 232\n"
	"procirq_uli_again:\n"
	"	lea 72(%rsp), %rbp\n"
	"	.cfi_def_cfa rbp, 160\n"
	"	mov 8(%rbp), %rdi\n"
	"	mov 72(%rdi), %rax\n" /* stack_top */
	"	test %rax, %rax\n"
	"	jz 1f\n"
	"	mov %rax, %rsp\n"
	"1:	mov 88(%rdi), %rcx\n" /* xsave_bytes */
	"	test %rcx, %rcx\n"
	"	jz 4f\n"
	"	sub %rcx, %rsp\n"
	"	and $-64, %rsp\n"
	"	mov 80(%rdi), %rax\n" /* xsave_mask */
	"	test %rax, %rax\n"
	"	jz 2f\n"
	"	xor %edx, %edx\n" /* zero the header: XSAVE writes only parts of it */
	"	mov %rdx, 512(%rsp)\n"
	"	mov %rdx, 520(%rsp)\n"
	"	mov %rdx, 528(%rsp)\n"
	"	mov %rdx, 536(%rsp)\n"
	"	mov %rdx, 544(%rsp)\n"
	"	mov %rdx, 552(%rsp)\n"
	"	mov %rdx, 560(%rsp)\n"
	"	mov %rdx, 568(%rsp)\n"
	"	xsave64 (%rsp)\n"
	"	jmp 3f\n"
	"2:	fxsave64 (%rsp)\n"
	"3:	fninit\n" /* the state that the ABI guarantees to a function */
	"	movl $0x1f80, -8(%rsp)\n"
	"	ldmxcsr -8(%rsp)\n"
	"4:	and $-16, %rsp\n"
	"	call *64(%rdi)\n" /* run */
	"	mov 8(%rbp), %rdi\n"
	"	cmpq $0, 88(%rdi)\n"
	"	je 6f\n"
	"	mov 80(%rdi), %rax\n"
	"	test %rax, %rax\n"
	"	jz 5f\n"
	"	xor %edx, %edx\n"
	"	xrstor64 (%rsp)\n"
	"	jmp 6f\n"
	"5:	fxrstor64 (%rsp)\n"
	"6:	lea -72(%rbp), %rsp\n"
	"	lock decl 32(%rdi)\n" /* state: no longer PROCIRQ_ULI_BUSY */
	"procirq_uli_window:\n"
	"	mov (%rdi), %rax\n"  /* raised */
	"	cmp 8(%rdi), %rax\n" /* taken */
	"	je 7f\n"
	"	xor %eax, %eax\n"
	"	mov $1, %ecx\n"
	"	lock cmpxchg %ecx, 32(%rdi)\n"
	"	jne 7f\n"	 /* blocked */
	"	incq 24(%rdi)\n" /* repeats */
	"	jmp procirq_uli_again\n"
	"7:	mov (%rsp), %r11\n"
	"	mov 8(%rsp), %r10\n"
	"	mov 16(%rsp), %r9\n"
	"	mov 24(%rsp), %r8\n"
	"	mov 32(%rsp), %rdi\n"
	"	mov 40(%rsp), %rsi\n"
	"	mov 48(%rsp), %rdx\n"
	"	mov 56(%rsp), %rcx\n"
	"	mov 64(%rsp), %rax\n"
	"	.cfi_def_cfa rsp, 232\n"
	"	mov 72(%rsp), %rbp\n"
	"	.cfi_restore rbp\n"
	"	lea 88(%rsp), %rsp\n"
	"	.cfi_def_cfa_offset 144\n"
	"procirq_uli_popf:\n"
	"	popfq\n"
	"	.cfi_def_cfa_offset 136\n"
	"procirq_uli_ret:\n"
	"	ret $128\n"
	"	.cfi_endproc\n"
	"	.size procirq_uli_entry, . - procirq_uli_entry\n");

static uint64_t xcr0_read(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

/* Bytes that the components in @mask take in the standard format of XSAVE. */
static uint64_t xsave_bytes(uint64_t mask)
{
	uint64_t bytes = FXSAVE_BYTES + XSAVE_HEADER_BYTES;
	unsigned int size, offset, c, d, i;

	for (i = 2; i < 63; i++) {
		if (!(mask & (1ULL << i)) || !__get_cpuid_count(0xd, i, &size, &offset, &c, &d))
			continue;
		if ((uint64_t)offset + size > bytes)
			bytes = (uint64_t)offset + size;
	}
	return bytes;
}

/* Chooses the extended state that the entry code saves. Returns 0. */
int procirq_uli_arch_init(struct uli *uli, unsigned int flags)
{
	unsigned int a, b, c = 0, d;

	if (flags & ULI_GENERAL_REGS_ONLY)
		return 0;
	uli->xsave_bytes = FXSAVE_BYTES;
	if (__get_cpuid(1, &a, &b, &c, &d) && c & bit_OSXSAVE) {
		/* The entry code passes the lower half; in the upper one nothing is in use. */
		uli->xsave_mask = (uint32_t)(xcr0_read() & ~XSTATE_NOT_SAVED);
		uli->xsave_bytes = xsave_bytes(uli->xsave_mask);
	}
	return 0;
}

void procirq_uli_arch_free(struct uli *uli)
{
	(void)uli;
}

void procirq_uli_arch_code(const struct uli *uli, struct procirq_uli *code)
{
	code->entry = (uintptr_t)procirq_uli_entry;
	code->again = (uintptr_t)procirq_uli_again;
	code->window = (uintptr_t)procirq_uli_window;
	code->popf = (uintptr_t)procirq_uli_popf;
	code->ret = (uintptr_t)procirq_uli_ret;
	code->frame = FRAME_BYTES;
	code->stack = FRAME_BYTES;
	if (!uli->stack_top)
		code->stack += (__u32)uli->xsave_bytes + XSAVE_ALIGN;
}

#endif
