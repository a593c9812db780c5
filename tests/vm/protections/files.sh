# SPDX-License-Identifier: GPL-2.0-or-later
# Reading, waiting, polling, mapping, eventfds (file.c, reader.c, ring.c, eventfd.c).
# shellcheck shell=bash disable=SC2016  # perl's variables

file_c=module/file.c
action=module/action.c

# --- what a call takes and does not deliver
without 'giving back what cannot be copied' 6.1 errors bad_memory_loses_nothing \
	$file_c 's/\tif \(unlikely\(ret\)\) \{\n\t\tfile_give_back\(reader, &waiter\);/\tif (unlikely(ret)) {/'
without 'giving back what a timed read cannot copy' 6.1 waiting no_room_for_the_answer \
	$file_c 's/\tif \(ret\)\n\t\tfile_give_back\(reader, &waiter\);\n\telse\n/\tif (!ret)\n/'
without 'the action that it was taken from' 6.1 trust a_read_that_fails_late \
	$file_c 's/if \(unlikely\(action != waiter->action\)\)/if (false)/'
without 'waking pollers when a count comes back' 6.1 poll a_count_that_comes_back_wakes_pollers \
	$file_c 's/(A poller may have looked.*?\*\/\n)\tprocirq_line_wake_pollers\(reader->line\);/$1/s'
without 'handing a count that comes back to blocked threads' 6.1 poll a_count_that_comes_back_wakes_readers \
	$file_c 's/\tif \(totals == &reader->totals\)\n\t\tprocirq_reader_hand_over\(reader\);//'
without 'what a killed thread gives back' 6.1 threads a_killed_reader_that_was_handed_one \
	$file_c 's/(static ssize_t file_read.*?)if \(unlikely\(fatal_signal_pending\(current\)\)\)\n\t\tret = -EINTR;\n\telse\n\t\t/$1/s'
without 'what a killed thread gives back of a timed read' 6.1 threads a_killed_reader_that_was_handed_one \
	$file_c 's/(long procirq_file_timed_read.*?)if \(unlikely\(fatal_signal_pending\(current\)\)\)\n\t\tret = -EINTR;\n\telse\n\t\t/$1/s'

# --- waiting
without 'the state before the look (sleep)' 6.1 poll,seconds=10 no_wakeup_lost_in_a_stream_read \
	$file_c 's/\t\tset_current_state\(TASK_INTERRUPTIBLE\);\n(.*?)(\t\tif \(likely\(!until\)\) \{)/$1\t\tset_current_state(TASK_INTERRUPTIBLE);\n$2/s'
without 'the queue before the look (poll)' 6.1 poll an_interrupt_before_the_queue \
	$file_c 's/\tpoll_wait\(file, &reader->line->poll_wait, wait\);\n//' $file_c 's/(\tmask = file_poll_look\(reader\);\n)/$1\tpoll_wait(file, &reader->line->poll_wait, wait);\n/'
without 'one thread for an interrupt' 6.1 chubb a_second_blocked_thread_does_not_unmask \
	module/take.h 's/woken = action_deliver\(solo, seq, now, status\);/while (!list_empty(&solo->waiters))\n\t\t\twoken += action_deliver(solo, seq, now, status);/g' \
	module/take.h 's/\t\t\twoken \+= action_deliver\(reader, seq, now, status\);/\t\t\twhile (!list_empty(&reader->waiters))\n\t\t\t\twoken += action_deliver(reader, seq, now, status);/'
without 'waking readers of a line that goes' 6.1 lifecycle removal_under_readers_and_pollers \
	$action 's/\t\t\tprocirq_waiter_wake\(waiter, -ENODEV\);/\t\t\t;/'
without 'waking pollers of a line that goes' 6.1 poll removal_wakes_pollers \
	module/line.c 's/(void procirq_line_revoke\(.*?)\tline_hang_up\(line\);/$1/s'
without 'a file without a position' 6.1 chubb write_does_not_wait_behind_a_blocked_read \
	$file_c 's/err = stream_open\(inode, file\);/err = 0;/'

# --- mappings
without 'the ring that is read only' 6.1 delivery wrong_mappings \
	module/ring.c 's/\tif \(vma->vm_flags & VM_WRITE\)\n\t\treturn -EPERM;//'
without 'the ring that cannot be made writable' 6.1 delivery wrong_mappings \
	module/ring.c 's/\tvm_flags_clear\(vma, VM_MAYWRITE\);//'
without 'undoing a mapping that fails' 6.1 trust a_failed_mmap_binds_nothing \
	$file_c 's/\tif \(err\)\n\t\tfile_count_mappings\(vma, -1\);\n\telse\n/\tif (!err)\n/'

# --- eventfds
without 'the wait for who still signals an eventfd' 6.1 flow replacing_an_eventfd_waits \
	module/eventfd.c 's/\tsynchronize_rcu\(\);//'
