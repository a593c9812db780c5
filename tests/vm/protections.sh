#!/bin/bash
# Whether the tests of user level interrupts and of flow handlers notice when what they are
# about is gone: takes one protection at a time out of a copy of the sources, and runs the
# test of it, which has to fail. TAP.
#
#   tests/vm/protections.sh [-n] [WORD]...   default: all; else those whose name has a WORD
#
# -n only checks that each substitution finds its place; it starts no guest.
#
# A guest for each, some seconds; not part of `make test`. What a life-cycle case
# owes to the kernel alone (SIGSEGV in a handler is a signal as everywhere) has no
# protection to take out and is not here. Nor is the look for -ENOSYS in
# procirq_uli_arch_send(): at_the_calls_of_a_traced_thread does not hit those instructions;
# nor the value that ULI_sleep() tells futex(2): the next interrupt ends that sleep.
# shellcheck disable=SC2016  # perl's variables
set -u

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
guests=1
[ "${1-}" != -n ] || { guests=0; shift; }
words=("$@")
program=uli,interrupts=500
tree=$scratch/tree

wanted()
{
	local word
	[ ${#words[@]} -gt 0 ] || return 0
	for word in "${words[@]}"; do
		case $1 in *"$word"*) return 0 ;; esac
	done
	return 1
}

# run_test KERNEL TEST[,TEST]: the status of the guest's judge.
run_test()
{
	(cd "$tree" && make -s test-programs &&
	 exec tests/vm/cases.sh --kernel "$1" "$program,$2") \
		>"$scratch/out" 2>"$scratch/err" </dev/null
}

# without NAME KERNEL TEST (FILE SUBSTITUTION)...: the test fails once perl has made
# the substitutions, each of which must find its place; and does not before.
without()
{
	local name=$1 kernel=$2 tests=$3 file status
	local -a files=()
	shift 3
	wanted "$name" || return 0
	if [ $guests = 1 ] && ! run_test "$kernel" "$tests"; then
		result 1 "without $name: $tests" "fails with it already"
		return
	fi
	while [ $# -gt 0 ]; do
		file=$1
		case " ${files[*]-} " in
		*" ./$file "*) ;;
		*) files+=("./$file") ;;
		esac
		cp "$tree/$file" "$scratch/before"
		perl -0pi -e "$2" "$tree/$file" || exit
		if cmp -s "$scratch/before" "$tree/$file"; then
			result 1 "without $name: $tests" "nothing to take out of $file: $2"
			cp "${files[@]}" --parents "$tree"
			return
		fi
		shift 2
	done
	if [ $guests = 0 ]; then
		result 0 "without $name: every substitution finds its place"
		cp "${files[@]}" --parents "$tree"
		return
	fi
	status=0
	run_test "$kernel" "$tests" || status=$?
	# Nor is a guest that was not started (2, 3), for what is left does not compile.
	[ $status != 0 ] && grep -q '^not ok' "$scratch/out" && ! grep -q "runner's status [23]:" "$scratch/out"
	result $? "without $name: $tests fails ($kernel)" "$(tail -n 5 "$scratch/out" "$scratch/err")"
	grep '^not ok' "$scratch/out" | sed 's/^/#   /'
	cp "${files[@]}" --parents "$tree"
}

mkdir "$tree"
git ls-files -z | cpio -0pdm --quiet "$tree" || exit
# A kernel is not unpacked a second time.
[ $guests = 0 ] || make -s -C "$tree" test-programs || exit

uli=module/uli.c
raise=module/uliraise.h
x86=module/uli_x86.c
direct=module/uliarch_x86.h
lib=libprocirq/uli.c
entry=libprocirq/uli_x86.c

# --- the thread and its program end or change
without 'the look at who unregisters (fork)' 6.1 forks \
	$uli 's/(long procirq_uli_unregister.*?)uli->mm != current->mm/${1}false/s'
without 'the look at whose memory it is (exec)' 6.1 execs \
	$uli 's/ \|\| current->mm != uli->mm//' $raise 's/unlikely\(current->mm != uli->mm\)/false/'
without 'the look at an exiting thread (exit)' 6.1 a_thread_that_ends \
	$uli 's/current->flags & PF_EXITING \|\| //' $uli 's/READ_ONCE\(uli->task->flags\) & PF_EXITING/false/g' \
	$uli 's/current->mm != uli->mm/false/g'
without 'what work that comes too late gives back (exit)' 6.1 a_thread_that_has_ended \
	$uli 's/(It has ended.*?)module_put\(THIS_MODULE\);/$1/s'
without 'the mark on a thread that has ended (thread exit)' 6.1 a_thread_that_ends \
	$uli 's/set_bit\(ULI_DEAD, &uli->bits\);/;/g'
without 'giving back what was not handled (unregistering)' 6.1 unregistering_under_fire \
	$uli 's/reader->cursor -= pending;//'
without 'giving back what was not handled (unregistering elsewhere)' 6.1 unregistered_by_another_thread \
	$uli 's/reader->cursor -= pending;//'
without "work's reference on the module (unloading)" 6.1 the_module_stays_for_work \
	$uli 's/\t__module_get\(THIS_MODULE\);//' $uli 's/module_put\(THIS_MODULE\);//g'
without "a file's reference on the module (unloading)" 6.1 the_module_stays \
	module/file.c 's/!try_module_get\(THIS_MODULE\)/false/' module/file.c 's/module_put\(THIS_MODULE\);//g' \
	module/file.c 's/\.owner = THIS_MODULE,//'

# --- debuggers, seccomp
without 'leaving a stepped thread alone (ptrace)' 6.1 not_while_it_is_stepped \
	$direct 's/return test_thread_flag\(TIF_SINGLESTEP\)/return false/'
without 'a way out without a system call (seccomp)' 6.1 seccomp \
	$entry 's/("\tcall \*64\(%rdi\)\\n")/$1 "\tmov \$39, %eax\\n\tsyscall\\n"/'

# --- signals
without 'the flag that the handler runs (signal in the handler)' 6.1 a_signal_in_the_handler \
	$uli 's/return atomic_cmpxchg\(uli_state\(uli\), 0, PROCIRQ_ULI_BUSY\) == 0;/atomic_add(PROCIRQ_ULI_BUSY, uli_state(uli)); return true;/' \
	$direct 's/unlikely\(atomic_cmpxchg\(state, 0, PROCIRQ_ULI_BUSY\) != 0\)/({ atomic_add(PROCIRQ_ULI_BUSY, state); false; })/'
without 'the way a stack of its own is taken (sigaltstack)' 6.1 a_stack_of_its_own \
	$entry 's/"\tmov %rax, %rsp\\n"/"\tnop\\n"/'
without 'signals coming first' 6.1 a_signal_before_an_interrupt \
	$x86 's/task_sigpending\(current\)/false/'
without 'restarting calls' 6.1 calls_that_sleep \
	$x86 's/if \(\(long\)regs->orig_ax >= 0\)(\s+uli_end_call)/if (false)$1/'
without 'ULI_leave() (longjmp out of the handler)' 6.1 jumping_out_of_the_handler \
	$lib 's/(int ULI_leave.*?\{\n)/$1\treturn 0;\n/s'

# --- stacks
without 'the signal for a stack that is not there' 6.1 no_stack \
	$uli 's/force_sig\(SIGSEGV\);//'
without 'the check of where the stack is (kernel addresses)' 6.1 no_stack \
	$x86 's/user(_write)?_access_begin\(frame, sizeof\(\*frame\)\)/({ __uaccess_begin(); true; })/g' \
	$direct 's/user(_write)?_access_begin\(frame, sizeof\(\*frame\)\)/({ __uaccess_begin(); true; })/g'
without 'faults that are served (a stack that grows)' 6.1 a_stack_that_grows \
	$uli 's/uli_queue\(uli, TWA_RESUME\);//'
without 'the red zone' 6.1 a_computation \
	$direct 's/(#define RED_ZONE +)128/${1}0/' $entry 's/"\tret \$128\\n"/"\tret \\n"/'
without 'the flags that are cleared (string instructions)' 6.1 a_computation \
	$direct 's/regs->flags &= ~\(X86_EFLAGS_DF/regs->flags |= X86_EFLAGS_DF; regs->flags &= ~(0/'
without 'saving extended state' 6.1 a_computation \
	$entry 's/if \(!extended\)/if (true)/'

# --- no nesting, blocks, limits
without 'the flag that the handler runs' 6.1 no_nesting \
	$uli 's/return atomic_cmpxchg\(uli_state\(uli\), 0, PROCIRQ_ULI_BUSY\) == 0;/atomic_add(PROCIRQ_ULI_BUSY, uli_state(uli)); return true;/' \
	$direct 's/unlikely\(atomic_cmpxchg\(state, 0, PROCIRQ_ULI_BUSY\) != 0\)/({ atomic_add(PROCIRQ_ULI_BUSY, state); false; })/'
without 'the look whose frame it is' 6.1 interrupts_at_each_step \
	$x86 's/return shared == code->shared;/return 1;/'
without 'another round on the way out' 6.1 interrupts_at_each_step \
	$direct 's/return regs->ip - code->window <= code->ret - code->window;/return regs->ip - code->popf <= code->ret - code->popf;/'
without 'the old frame on the last two instructions' 6.1 interrupts_at_each_step \
	$direct 's/return regs->ip - code->window <= code->ret - code->window;/return regs->ip - code->window < code->popf - code->window;/'
without 'catching up' 6.1 blocked \
	$lib 's/\n\tcatch_up\(uli\);\n\treturn 0;/\n\treturn 0;/'
without 'the kick' 6.1 blocked_by_another_thread \
	$lib 's/return ioctl\(uli->fd, PROCIRQ_IOC_ULI_KICK\)/return 0/'
without 'the count of those who sleep' 6.1 another_thread_is_woken \
	$lib 's/__atomic_add_fetch\(&s->waiters, 1, __ATOMIC_SEQ_CST\);//' $lib 's/__atomic_sub_fetch\(&s->waiters, 1, __ATOMIC_SEQ_CST\);//'
without 'the signal for a handler over its limit' 6.1 a_time_limit \
	$uli 's/send_sig\(SIGXCPU, current, 1\);//'

# --- kinds of code
without 'aborting restartable sequences (rseq)' 6.1 restartable_sequences \
	$direct 's/return cs \? -EAGAIN : 0;/return 0;/' $x86 's/(int uli_abort_rseq.*?)if \(!rseq\)/${1}if (true)/s'
without 'leaving 32-bit code alone' 6.1 in_32_bit_code \
	$x86 's/!user_64bit_mode\(regs\) \|\| //g' $direct 's/unlikely\(!user_64bit_mode\(regs\)\)/false/'
without 'leaving a thread with a shadow stack alone' newest a_shadow_stack \
	$direct 's/return current->thread.features & ARCH_SHSTK_SHSTK;/return false;/'

# --- flow handlers
program=flow
flow=module/flow.c
without 'the check that the line is enabled' 6.1 disabled_by_another,masked_lazily \
	$flow 's/IRQD_IRQ_DISABLED \| IRQD_IRQ_MASKED \| //'
without 'the check that the line does not wake the system' 6.1 armed_to_wake \
	$flow 's/\|\s+IRQD_WAKEUP_ARMED//'
without "the look at genirq's tracepoints" 6.1 traced \
	$flow 's/likely\(!rcu_access_pointer\(flow_entry->funcs\) &&\s+!rcu_access_pointer\(flow_exit->funcs\)\)/true/'
without 'counting' 6.1 counted_as_genirq_counts \
	$flow 's/\tprocirq_desc_count\(desc\);//g'
without "the line's name" 6.1 counted_as_genirq_counts \
	$flow 's/irq_set_handler_locked\(&desc->irq_data, (flow_\w+)\);/({ irq_set_handler_locked(&desc->irq_data, $1); desc->name = NULL; });/g'
without 'putting the flow handler back' 6.1 installed_and_removed \
	module/line.c 's/\t\tif \(action->desc\)\n\t\t\tprocirq_flow_remove\(action->desc\);\n//'
without 'feeding the random number generator' 6.1 fed_to_the_random_generator \
	$flow 's/\t\tadd_interrupt_randomness\(action->irq\);//'
without 'the lock while the handler runs' 6.1 synchronizing_waits \
	$flow 's/flow_end\(desc, action, (action_take\(action, NULL, NULL, now, 0\)), eoi\)/({ struct procirq_eventfd_target *target; raw_spin_unlock(&desc->lock); target = $1; raw_spin_lock(&desc->lock); flow_end(desc, action, target, eoi); })/'
without 'waiting for the end of the flow handler' 6.1 closing_waits \
	module/line.c 's/\t\tprocirq_flow_wait\(action\);//'
without 'waiting for enable_irq()' 6.1 unmasking_meets_removal \
	module/line.c 's/while \(atomic_read_acquire\(&action->enabling\)\)\s+cpu_relax\(\);//'

# --- devices, drivers and their interrupts
program=trust_devices
without 'leaving a device lock that is taken to work' 6.1 a_remove_that_has_disabled \
	module/pci_function.c 's/device_trylock\(&pdev->dev\)/({ device_lock(&pdev->dev); true; })/'
without 'the look at a function that was deleted' 6.1 a_device_goes_while \
	module/line.c 's/\tif \(procirq_pci_is_deleted\(.*?line_revoke_action\(line, action\);\n//s'
program=trust
without 'the look for clones of hooked functions' 6.1 a_clone_of \
	module/procdir.c 's/\terr = hooks_refuse_clones\(\);/\terr = 0 ? hooks_refuse_clones() : 0;/'
without 'the look at whose MSI vector a line is' 6.1 msi_of_another_bus \
	module/registry.c 's/msi && !dev_is_pci\(/msi && !(/'

tap_end
