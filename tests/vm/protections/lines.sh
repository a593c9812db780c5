# SPDX-License-Identifier: GPL-2.0-or-later
# Claiming a line, sharing it, giving it up (line.c, action.c).
# shellcheck shell=bash disable=SC2016  # perl's variables

line=module/line.c
action=module/action.c

without 'the limit of readers' 6.1 trust too_many_readers \
	$line 's/if \(line->nr_joined >= READ_ONCE\(max_readers\)\)/if (false)/'
without "a reader's reference on its line" 6.1 lifecycle removal_under_readers_and_pollers \
	$line 's/\tif \(!err\)\n\t\tkref_get\(&line->ref\);//'
without 'exclusive use' 6.1 errors exclusive \
	$line 's/if \(line->excl \|\| \(excl && [^\n]*\n\t\treturn -EBUSY;//'
without 'the refusal to inject while a claim fails' 6.1 trust injecting_while_a_claim_fails \
	$action 's/ \|\| \(!action->device && action->line->shared\)//'
without "the refusal to mask a driver's line" 6.1 lifecycle a_drivers_line_is_never_masked \
	module/file.c 's/return !action->device && action->line->shared;/return false;/'
without 'the end of a storm with its reader' 6.1 trust a_storm_ends_with_its_reader \
	$line 's/unlikely\(action->storm\) && line_has_others\(line\)/false \&\& line_has_others(line)/'

# --- descriptors
without 'keeping the line of readers that use it' 6.1 device a_line_in_use_is_kept \
	$line 's/ \|\| line_others_use\(line, reader\)/ || (false \&\& line_others_use(line, reader))/'
without 'the first interrupt, before its reader is told' 6.1 trust_devices a_device_interrupts_while_its_descriptor_is_set \
	$line 's/\treader->cursor = 0;\n\treader->opened_at = 0;\n//'
without 'going back when a descriptor cannot be set' 6.1 refused describing \
	$line 's/\t\tif \(line_attach\(line\)\)\n\t\t\tline_set_shared\(line, true\);\n//'
without 'the look for a function that was deleted meanwhile' 6.1 trust_devices a_device_goes_while_its_descriptor_is_set \
	$line 's/\tif \(procirq_pci_is_deleted\(procirq_device_pdev\(device\)\)\)\n\t\tline_revoke_readers\(line, action, NULL\);//'
without 'the release steps' 6.1 device a_driver_is_killed \
	$line 's/(attached && action->device\) \{\n)\t\tprocirq_device_release\(action->device\);\n/$1/'
without 'the look for the directory before it is made' 6.1 binding open_while_another_device_of_the_line_is_bound \
	module/registry.c 's/\t\tif \(READ_ONCE\(irq_data_to_desc\(data\)->dir\)\)\n\t\t\treturn 0;//'
without 'the lock of requests' 6.1 binding open_while_its_directory_is_made \
	$line 's/\tmutex_(un)?lock\(&line_request_mutex\);//g'
without 'the refusal of a chip that sleeps' 6.1 trust a_chip_that_sleeps \
	module/line.c 's/if \(line_is_bus_locked\(data\)\)\n\t\treturn -EOPNOTSUPP;//'
