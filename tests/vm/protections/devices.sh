# SPDX-License-Identifier: GPL-2.0-or-later
# Device descriptors, the command register, devices and drivers that go (device.c, pci.c,
# pci_function.c, registry.c).
# shellcheck shell=bash disable=SC2016  # perl's variables

device=module/device.c
function=module/pci_function.c
registry=module/registry.c

# --- descriptors
without 'refusing what cannot end an interrupt' 6.1 trust descriptors_that_cannot_end_an_interrupt \
	module/line.c 's/procirq_irq_is_level\(data\) && !procirq_device_ends_interrupts\(device\)/false \&\& !procirq_device_ends_interrupts(device)/'
without 'the size of what steps access' 6.1 device refusals \
	$device 's/if \(\(long\)from->offset \+ from->width \/ 8 > room\)/if (false)/'
without 'the look whether the device decodes (steps)' 6.1 device refusals \
	$device 's/if \(!\(command & needed\)\)/if (false)/'
without 'the line that a function has to interrupt on' 6.1 device refusals \
	$function 's/if \(msi_dev \? msi_dev != &pdev->dev : [^\n]*\n/if (false \&\& pci_uses_intx(pdev))\n/'
without 'the function that has to be enabled' 6.1 device refusals \
	$function 's/return atomic_inc_not_zero\(&pdev->enable_cnt\) \? 0 : -ENETDOWN;/atomic_inc(\&pdev->enable_cnt);\n\treturn 0;/'
without 'the size of a descriptor' 6.1 trust descriptors_of_other_sizes \
	module/ioctl.c 's/copy_struct_from_user\(descriptor, sizeof\(\*descriptor\), arg, size\)/copy_from_user(descriptor, arg, min_t(u32, size, sizeof(*descriptor))) ? -EFAULT : 0/'
without 'mapping only what steps use' 6.1 trust_devices only_pages_that_steps_use_are_mapped \
	$device 's/pci_iomap_range\(device->pdev, step->bar, place, PAGE_SIZE\)/pci_iomap_range(device->pdev, step->bar, 0, 0)/' $device 's/page \+ offset_in_page\(step_place\(device, step->bar, step->offset\)\)/page + step->offset/'
without 'the look whether the device decodes (ones)' 6.1 trust.sh,pci a_device_that_decodes_nothing \
	$device 's/unlikely\(gone\) && !device_decodes\(device\)/(false \&\& !device_decodes(device))/' $device 's/return !gone \|\| device_decodes\(device\);/return true;/'

# --- the command register
without 'the lock of the command register (silence)' 6.1 command silencing_the_device,holding_the_device \
	$device 's/\tpci_check_and_mask_intx\(device->pdev\);\n\}/\tpci_intx(device->pdev, 0);\n}/'
without 'the lock of the command register (resume)' 6.1 command resuming_a_device_that_interrupts \
	$device 's/device->silenced = !pci_check_and_unmask_intx\(device->pdev\);/pci_intx(device->pdev, 1);\n\tdevice->silenced = false;/'
without 'writing only the byte with the bit' 6.1 command closing_the_device \
	$device 's/\tpci_read_config_byte\(pdev, PCI_COMMAND \+ 1, &high\);.*?high \| PCI_COMMAND_INTX_DISABLE >> 8\);/\thigh = 0;\n\t(void)high;\n\tpci_intx(pdev, 0);/s' $device 's/locked = pci_cfg_access_trylock\(pdev\);/locked = false;/'
without 'keeping programs from configuration space meanwhile' 6.1 command closing_the_device \
	$device 's/locked = pci_cfg_access_trylock\(pdev\);/locked = false;/'
without 'the interrupt that waits for the device to be resumed' 6.1 command interrupts_while_it_is_held \
	$device 's/return !device->silenced;\n/device->silenced = false;\n\treturn true;\n/'
without 'silencing a device that interrupts after all' 6.1 command interrupts_while_it_is_held \
	$device 's/(somebody has cleared the bit. \*\/\n)\tpci_check_and_mask_intx\(device->pdev\);/$1/'

# --- drivers and devices that go
without 'the function that stays enabled while a reader has its line' 6.1 lifecycle unbinding_under_an_intx_reader \
	module/line.c 's/if \(!err && !line->function\)\n\t\tline->function = procirq_pci_get_enabled\(line->irq\);//'
without 'the function that stays enabled without hooks' 6.1 lifecycle pci_without_hooks \
	$registry 's/\t\tline->provider_function = procirq_pci_get_enabled\(irq\);//'
without 'removing the file where nobody else does (no hooks)' 6.1 lifecycle pci_without_hooks \
	$registry 's/if \(READ_ONCE\(registry_watched\)\)\n\t\t\tprocirq_line_revoke/if (true)\n\t\t\tprocirq_line_revoke/'
without 'a close that only tries the device lock' 6.1 trust_devices a_remove_that_has_disabled_the_device \
	$function 's/if \(device_trylock\(&pdev->dev\)\) \{/device_lock(\&pdev->dev);\n\tif (pdev) {/'
without 'the wait for functions that are put later (unloading)' 6.1 trust_devices unloading_under_a_remove \
	$function 's/\tdestroy_workqueue\(pci_late_puts\);/\t;/'
without 'the end of bus mastering with the driver' 6.1 trust no_bus_master_without_a_driver \
	module/pci.c 's/\t\tprocirq_registry_driver_gone\(to_pci_dev\(dev\)\);/\t\t;/'
without 'no bus master without a handler' 6.1 device the_listing_and_the_bus_master \
	$function 's/\t\tif \(!bound->nr_handlers\)\n\t\t\tpci_clear_master\(bound->pdev\);\n\t\telse if/\t\tif/'
without 'giving up the line of a device that goes' 6.1 lifecycle device_removal_intx \
	module/pci.c 's/\t\tprocirq_registry_revoke_device\(dev, to_pci_dev\(dev\)\);/\t\t;/'
without "giving up a device's readers when it goes" 6.1 device removal_of_one_of_two \
	$registry 's/\t\tif \(function\)\n\t\t\tprocirq_line_revoke_device\(line, function, NULL\);//'
without 'the handler that is counted when its device is bound' 6.1 trust_devices opened_while_the_device_is_bound \
	module/pci.c 's/\tprocirq_pci_add_bound\(bound\);\n//' module/pci.c 's/(\treturn 0;\n\nout_disown:)/\tprocirq_pci_add_bound(bound);\n$1/'

# --- what is allocated
without 'the request of the function that is bound' 6.1 binding requests,two_programs_one_device,two_programs_two_devices \
	module/pci_choice.c 's/if \(pci_request_pdev == pdev\)/if (false)/'
without 'one request at a time' 6.1 binding a_request_during_a_request \
	module/pci_choice.c 's/int err = mutex_lock_interruptible\(&pci_request_mutex\);/int err = 0;/' module/pci_choice.c 's/\tmutex_unlock\(&pci_request_mutex\);//'
without 'the power state of a device that stays enabled' 6.12 binding bound_again_under_a_reader \
	module/pci.c 's/\t\tpci_note_bind\(to_pci_dev\(dev\)\);/\t\t(void)pci_note_bind;/'
