# SPDX-License-Identifier: GPL-2.0-or-later
# User level interrupts (uli.c, uliraise.h, uli_x86.c, uliarch_x86.h, and the library's entry
# code).
#
# What a life-cycle case owes to the kernel alone (SIGSEGV in a handler is a signal as
# everywhere) has no protection to take out and is not here. Nor is the look for -ENOSYS in
# procirq_uli_arch_send(): at_the_calls_of_a_traced_thread does not hit those instructions;
# nor the value that ULI_sleep() tells futex(2): the next interrupt ends that sleep.
# shellcheck shell=bash disable=SC2016  # perl's variables

tests=uli,interrupts=500
uli=module/uli.c
raise=module/uliraise.h
x86=module/uli_x86.c
direct=module/uliarch_x86.h
user=module/uliuser.h
lib=libprocirq/uli.c
entry=libprocirq/uli_x86.c

# --- the thread and its program end or change
without 'the look at who unregisters (fork)' 6.1 $tests forks \
	$uli 's/(long procirq_uli_unregister.*?)uli->mm != current->mm/${1}false/s'
without 'the look at whose memory it is (exec)' 6.1 $tests execs \
	$uli 's/ \|\| current->mm != uli->mm//' $raise 's/unlikely\(current->mm != uli->mm\)/false/'
without 'the look at an exiting thread (exit)' 6.1 $tests a_thread_that_ends \
	$uli 's/current->flags & PF_EXITING \|\| //' $uli 's/uli_thread_flags\(uli\) & PF_EXITING/false/g' \
	$uli 's/PF_EXITING \| PF_DUMPCORE/PF_DUMPCORE/' \
	$uli 's/current->mm != uli->mm/false/g'
without 'what work that comes too late gives back (exit)' 6.1 $tests a_thread_that_has_ended \
	$uli 's/(It has ended.*?)module_put\(THIS_MODULE\);/$1/s' $uli 's/PF_EXITING \| PF_DUMPCORE/PF_DUMPCORE/'
without 'the mark on a thread that has ended (thread exit)' 6.1 $tests a_thread_that_ends \
	$uli 's/set_bit\(ULI_DEAD, &uli->bits\);/;/g'
without 'giving back what was not handled (unregistering)' 6.1 $tests unregistering_under_fire \
	$uli 's/reader->cursor -= pending;//'
without 'giving back what was not handled (unregistering elsewhere)' 6.1 $tests unregistered_by_another_thread \
	$uli 's/reader->cursor -= pending;//'
without "work's reference on the module (unloading)" 6.1 $tests the_module_stays_for_work \
	$uli 's/\t__module_get\(THIS_MODULE\);//' $uli 's/module_put\(THIS_MODULE\);//g'
without "a file's reference on the module (unloading)" 6.1 $tests the_module_stays \
	module/file.c 's/!try_module_get\(THIS_MODULE\)/false/' module/file.c 's/module_put\(THIS_MODULE\);//g' \
	module/file.c 's/\.owner = THIS_MODULE,//'

without "a registration's reference on its thread" 6.1 $tests exits,a_thread_that_has_ended \
	$uli 's/uli->task = get_task_struct\(current\);/uli->task = current;/'
without "work's reference on the registration" 6.1 $tests calls_that_sleep \
	$uli 's/\tkref_get\(&uli->ref\);//'

# --- debuggers, seccomp
without 'leaving a stepped thread alone (ptrace)' 6.1 $tests not_while_it_is_stepped \
	$direct 's/return test_thread_flag\(TIF_SINGLESTEP\)/return false/'
without 'a way out without a system call (seccomp)' 6.1 $tests seccomp \
	$entry 's/("\tcall \*64\(%rdi\)\\n")/$1 "\tmov \$39, %eax\\n\tsyscall\\n"/'

# --- signals
without 'the flag that the handler runs (signal in the handler)' 6.1 $tests a_signal_in_the_handler \
	$uli 's/return atomic_cmpxchg\(uli_state\(uli\), 0, PROCIRQ_ULI_BUSY\) == 0;/atomic_add(PROCIRQ_ULI_BUSY, uli_state(uli)); return true;/' \
	$direct 's/unlikely\(atomic_cmpxchg\(state, 0, PROCIRQ_ULI_BUSY\) != 0\)/({ atomic_add(PROCIRQ_ULI_BUSY, state); false; })/'
without 'the way a stack of its own is taken (sigaltstack)' 6.1 $tests a_stack_of_its_own \
	$entry 's/"\tmov %rax, %rsp\\n"/"\tnop\\n"/'
without 'signals coming first' 6.1 $tests a_signal_before_an_interrupt \
	$x86 's/task_sigpending\(current\)/false/'
without 'restarting calls' 6.1 $tests calls_that_sleep \
	$x86 's/if \(\(long\)regs->orig_ax >= 0\)(\s+uli_end_call)/if (false)$1/'
without 'ULI_leave() (longjmp out of the handler)' 6.1 $tests jumping_out_of_the_handler \
	$lib 's/(int ULI_leave.*?\{\n)/$1\treturn 0;\n/s'

# --- stacks
without 'the signal for a stack that is not there' 6.1 $tests no_stack \
	$uli 's/force_sig\(SIGSEGV\);//'
without 'the check of where the stack is (kernel addresses)' 6.1 $tests no_stack \
	$x86 's/user(_write)?_access_begin\(frame, sizeof\(\*frame\)\)/({ __uaccess_begin(); true; })/g' \
	$direct 's/user(_write)?_access_begin\(frame, sizeof\(\*frame\)\)/({ __uaccess_begin(); true; })/g'
without 'faults that are served (a stack that grows)' 6.1 $tests a_stack_that_grows \
	$uli 's/uli_queue\(uli, TWA_RESUME\);//'
without 'the red zone' 6.1 $tests a_computation \
	$direct 's/(#define RED_ZONE +)128/${1}0/' $entry 's/"\tret \$128\\n"/"\tret \\n"/'
without 'the flags that are cleared (string instructions)' 6.1 $tests a_computation \
	$direct 's/regs->flags &= ~\(X86_EFLAGS_DF/regs->flags |= X86_EFLAGS_DF; regs->flags &= ~(0/'
without 'saving extended state' 6.1 $tests a_computation \
	$entry 's/if \(flags & ULI_GENERAL_REGS_ONLY\)/if (true)/'

# --- no nesting, blocks, limits
without 'the flag that the handler runs' 6.1 $tests no_nesting \
	$uli 's/return atomic_cmpxchg\(uli_state\(uli\), 0, PROCIRQ_ULI_BUSY\) == 0;/atomic_add(PROCIRQ_ULI_BUSY, uli_state(uli)); return true;/' \
	$direct 's/unlikely\(atomic_cmpxchg\(state, 0, PROCIRQ_ULI_BUSY\) != 0\)/({ atomic_add(PROCIRQ_ULI_BUSY, state); false; })/'
without 'the look whose frame it is' 6.1 $tests interrupts_at_each_step \
	$x86 's/return (uli_user_word_is\([^;]*\));/return $1 ?: 1;/'
without 'another round on the way out' 6.1 $tests interrupts_at_each_step \
	$direct 's/regs->ip >= code->window && regs->ip <= code->ret;/regs->ip >= code->popf && regs->ip <= code->ret;/'
without 'the old frame on the last two instructions' 6.1 $tests interrupts_at_each_step \
	$direct 's/regs->ip >= code->window && regs->ip <= code->ret;/regs->ip >= code->window && regs->ip < code->popf;/'
without 'catching up' 6.1 $tests blocked \
	$lib 's/\n\tcatch_up\(uli\);\n\treturn 0;/\n\treturn 0;/'
without 'the kick' 6.1 $tests blocked_by_another_thread \
	$lib 's/return ioctl\(uli->fd, PROCIRQ_IOC_ULI_KICK\)/return 0/'
without 'the count of those who sleep' 6.1 $tests another_thread_is_woken \
	$lib 's/__atomic_add_fetch\(&s->waiters, 1, __ATOMIC_SEQ_CST\);//' $lib 's/__atomic_sub_fetch\(&s->waiters, 1, __ATOMIC_SEQ_CST\);//'
without 'the signal for a handler over its limit' 6.1 $tests a_time_limit \
	$uli 's/send_sig\(SIGXCPU, current, 1\);//'

# --- kinds of code
without 'aborting restartable sequences (rseq)' 6.1 $tests restartable_sequences \
	$user 's/return cs \? -EAGAIN : 0;/return 0;/' $user 's/(int uli_abort_rseq.*?)if \(!rseq\)/${1}if (true)/s'
without 'leaving 32-bit code alone' 6.1 $tests in_32_bit_code \
	$x86 's/!user_64bit_mode\(regs\) \|\| //g' $direct 's/unlikely\(!user_64bit_mode\(regs\)\)/false/'
without 'leaving a thread with a shadow stack alone' newest $tests a_shadow_stack \
	$direct 's/return current->thread.features & ARCH_SHSTK_SHSTK;/return false;/'

# --- programs in unusual states
without 'leaving probed instructions alone (uprobes)' 6.1 trust_uli,interrupts=4000 probed_code \
	$user 's/return current->utask && current->utask->active_uprobe;/return false;/'
without "the number of the 32-bit call that restarts (int 0x80)" 6.1 trust_uli a_call_by_int80 \
	$x86 's/(if \(current->restart_block.arch_data & TS_COMPAT\)\s+return) NR_IA32_RESTART_SYSCALL;/$1 __NR_restart_syscall;/'
without 'the look at a core dump' 6.1 trust_uli a_core_dump_to_a_pipe \
	$uli 's/if \(unlikely\(flags & \(PF_EXITING \| PF_DUMPCORE\)\)\)/if (unlikely(flags & PF_EXITING))/'
without 'the sleep while another thread handles (priorities)' 6.1 trust_uli blocking_from_a_higher_priority \
	$lib 's/(\t\telse\n\t\t\t)block_pause\(&moment\);/${1}sched_yield();/'
without 'the end of an alternate signal stack' 6.1 trust_uli the_end_of_an_alternate_stack \
	$x86 's/if \(uli_on_altstack\(regs\) && /if (false && /' $user 's/return current->sas_ss_size && __on_sig_stack\(regs->sp\);/return false;/'
without 'the limit of locked memory' 6.1 trust_uli locked_memory \
	$uli 's/account_locked_vm\(current->mm, 1, true\)/false/' $uli 's/account_locked_vm\(.*?\);//g'
without 'the doubt in what the program writes' 6.1 $tests counts_that_a_program_makes_up \
	$uli 's/return min\(raised - READ_ONCE\(uli->shared->taken\), raised\);/return raised - READ_ONCE(uli->shared->taken);/'

# --- arm64
arm=module/uli_arm64.c
without 'what a sleep that goes on needs (arm64)' arm64-6.1 $tests sleeps_go_on \
	$arm 's/\tuli_end_call\(regs\);/(void)uli_end_call;/'
without "what is not a call's error any more (arm64)" arm64-6.1 $tests frames_that_a_program_makes_up \
	$arm 's/\tforget_syscall\(regs\);//'
without 'the bits that a program may not set (arm64)' arm64-6.1 $tests frames_that_a_program_makes_up \
	$arm 's/\(regs->pstate & ~PSTATE_USER\) \| \(frame.pstate & PSTATE_USER\)/frame.pstate/'

# --- arm64, by stubs
stubs=libprocirq/uli_stubs_arm64.c
leave=libprocirq/uli_arm64.c
direct_arm=module/uliarch_arm64.h
without 'the old frame on the way back by a stub (stubs)' arm64-6.1 $tests interrupts_at_each_step_of_a_stub \
	$direct_arm 's/if \(likely\(!code->window\)\)/if (true)/'
without 'the old frame in a stub (stubs)' arm64-6.1 $tests interrupts_at_each_step_of_a_stub \
	$direct_arm 's/pc % PROCIRQ_ULI_STUB_BYTES < PROCIRQ_ULI_STUB_BRANCH/false/'
without 'the look whose frame it is (stubs)' arm64-6.1 $tests interrupts_at_each_step_of_a_stub \
	$arm 's/return (uli_user_word_is\([^;]*\));/return $1 ?: 1;/'
without 'a last look for interrupts (stubs)' arm64-6.1 $tests interrupts_at_each_step_of_a_stub \
	$leave 's/"\tb.ne 3f\\n"/"\tnop\\n"/'
without 'the address that a stub is for (stubs)' arm64-6.1 $tests a_full_table \
	$stubs 's/if \(stub->pc != frame->pc\)/if (!stub->pc)/'
without 'the place in the table that is taken (stubs)' arm64-6.1 $tests a_full_table \
	$stubs 's/if \(stub->pc \|\| /if (/'
without 'how far a branch reaches (stubs)' arm64-6.1 $tests code_that_is_far \
	$stubs 's/return distance >= -REACH && distance < REACH;/return distance != 0;/'
without 'the condition flags (stubs)' arm64-6.1 $tests condition_flags \
	$leave 's/"\tmsr nzcv, x10\\n"/"\tnop\\n"/'
without 'the stack pointer that was not aligned (stubs)' arm64-6.1 $tests a_stack_that_is_not_aligned \
	$stubs 's/frame->sp != \(uintptr_t\)\(frame \+ 1\)/false/'
without 'errors of code that is refused (stubs)' arm64-6.1 $tests code_is_refused \
	$stubs 's/return error == EPERM \? EACCES : error;/return error;/'
without 'the look for PR_SET_MDWE (stubs)' arm64-newest $tests mdwe \
	$stubs 's/prctl\(PR_GET_MDWE, 0, 0, 0, 0\) > 0/false/'
without 'the table that a child does not get (stubs)' arm64-6.1 $tests a_fork_in_the_handler \
	$stubs 's/MADV_WIPEONFORK/MADV_NORMAL/'
