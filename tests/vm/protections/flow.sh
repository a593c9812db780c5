# SPDX-License-Identifier: GPL-2.0-or-later
# Flow handlers of our own: what genirq's do must be done (flow.c, take.h).
# shellcheck shell=bash disable=SC2016  # perl's variables

flow=module/flow.c
without 'the check that the line is enabled' 6.1 flow disabled_by_another,masked_lazily \
	$flow 's/IRQD_IRQ_DISABLED \| IRQD_IRQ_MASKED \| //'
without 'the check that the line does not wake the system' 6.1 flow armed_to_wake \
	$flow 's/\|\s+IRQD_WAKEUP_ARMED//'
without "the look at genirq's tracepoints" 6.1 flow traced \
	$flow 's/likely\(!rcu_access_pointer\(flow_entry->funcs\) &&\s+!rcu_access_pointer\(flow_exit->funcs\)\)/true/'
without 'counting' 6.1 flow counted_as_genirq_counts \
	$flow 's/\tprocirq_desc_count\(desc\);//g'
without "the line's name" 6.1 flow on_a_level_line \
	$flow 's/irq_set_handler_locked\(&desc->irq_data, (flow_\w+)\);/({ irq_set_handler_locked(&desc->irq_data, $1); desc->name = NULL; });/g'
without 'putting the flow handler back' 6.1 flow installed_and_removed \
	module/line.c 's/\t\tif \(action->desc\)\n\t\t\tprocirq_flow_remove\(action->desc\);\n//'
without 'feeding the random number generator' 6.1 flow fed_to_the_random_generator \
	$flow 's/\t\tadd_interrupt_randomness\(action->irq\);//'
without 'the lock while the handler runs' 6.1 flow synchronizing_waits \
	$flow 's/(procirq_eventfd_target \*target) = (action_take\(action, NULL, audience, now, 0\));\n(\tbool eventfd[^\n]*\n)/$1;\n$3\traw_spin_unlock(&desc->lock); target = $2; raw_spin_lock(&desc->lock);\n/'
without 'waiting for the end of the flow handler' 6.1 flow closing_waits \
	module/line.c 's/\t\tprocirq_flow_wait\(action\);//'
without 'waiting for enable_irq()' 6.1 flow unmasking_meets_removal \
	module/line.c 's/while \(atomic_read_acquire\(&action->enabling\)\)\s+cpu_relax\(\);//'
without 'the look at the chip that is there now' 6.1 trust a_chip_that_goes \
	module/take.h 's/unlikely\(chip->irq_disable\)/false/' module/take.h 's/likely\(chip->irq_mask\)/true/'
