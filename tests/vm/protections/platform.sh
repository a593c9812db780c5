# SPDX-License-Identifier: GPL-2.0-or-later
# Platform devices: descriptors, mappings, unbinding, kernels without hooks (platform.c,
# platform_bound.c, device.c, registry.c).
# shellcheck shell=bash disable=SC2016  # perl's variables

platform=module/platform.c
bound=module/platform_bound.c
device=module/device.c
registry=module/registry.c
line=module/line.c

# --- descriptors
without 'the size of a region' 6.1 platform wrong_descriptors \
	$device 's/return min_t\(resource_size_t, bound->regions\[step->bar\]\.bytes, LONG_MAX\);/return LONG_MAX;/'
without 'the widths that a device takes' 6.1 platform wrong_descriptors \
	$device 's/if \(!\(READ_ONCE\(bound->widths\) & step->width\)\)/if (false)/'
without 'the address of a register in a region' 6.1 platform wrong_descriptors \
	$device 's/return device->bound \? offset_in_page\(device->bound->regions\[bar\]\.start\) \+ offset : offset;/return offset;/'
without 'the line that a platform device has to interrupt on' 6.1 platform wrong_descriptors \
	$bound 's/if \(platform_bound_has\(bound, irq\)\) \{/if (true) {/'
without 'descriptors that name one device' 6.1 platform wrong_descriptors \
	$device 's/if \(!descriptor_names_one\(from\)\)/if (false \&\& !descriptor_names_one(from))/'

# --- mappings
without 'the end of mappings before the clock stops' 6.1 platform mappings \
	$platform 's/\tsysfs_remove_group\(&pdev->dev\.kobj, &data->group\);/\tsysfs_unmerge_group(\&pdev->dev.kobj, \&data->group);/'
without 'refusing private mappings of registers' 6.1 platform mappings \
	$platform 's/if \(!\(vma->vm_flags & VM_SHARED\)\)/if (false)/'
without 'the capability for pages that others may be in' 6.1 platform without_privilege \
	$platform 's/if \(!region_has_whole_pages\(region\) && !capable\(CAP_SYS_RAWIO\)\)/if (false \&\& !region_has_whole_pages(region))/'
without 'the capability to say what a device takes' 6.1 platform without_privilege \
	$platform 's/(static ssize_t widths_store.*?)if \(!capable\(CAP_SYS_RAWIO\)\)\n\t\treturn -EPERM;/$1/s'

# --- binding and unbinding
without 'reserving memory regions' 6.1 platform devices_that_cannot_be_bound \
	$platform 's/if \(!devm_request_mem_region\(dev, res->start, resource_size\(res\), bound->name\)\)/if (false)/'
without 'the look whether the device is being unbound' 6.1 platform unbound_while_its_descriptor_is_set \
	$line 's/if \(bound && READ_ONCE\(bound->gone\)\)/if (bound \&\& false)/'
without "the end of a device's handlers when it is unbound" 6.1 platform unbinding_one_of_two \
	$registry 's/\tif \(bound\)\n\t\tprocirq_line_revoke_device\(line, NULL, bound\);//'
without 'the end of all readers when the last device is unbound' 6.1 platform unbinding_under_readers \
	$registry 's/\telse if \(bound\)\n\t\tprocirq_line_revoke\(line, false\);//'
without 'the count of a line that devices share' 6.1 platform unbinding_one_of_two \
	$registry 's/\|\| --line->nr_owners\)/|| (--line->nr_owners, false))/'
without "reading that a bound device's line is meant for" 6.1 platform what_a_bound_device_says \
	module/access.c 's/procirq_platform_is_bound\(line->irq\)/false/'

# --- without hooks
without 'making the file of a bound device (no hooks)' 6.1 platform without_hooks \
	$registry 's/err = xa_load\(&registry, irq\) \? 0 : registry_create\(irq, false\);/err = 0;/'
without 'removing the file of a device that is unbound (no hooks)' 6.1 platform without_hooks \
	$registry 's/if \(!READ_ONCE\(registry_watched\) && !line->pinned\)/if (false)/'
without 'the count of a line that devices share (no hooks)' 6.1 platform two_owners_without_hooks \
	$registry 's/\|\| --line->nr_owners\)/|| (--line->nr_owners, false))/'
without 'unbinding when loading fails' 6.1 platform loading_fails_with_a_device \
	module/main.c 's/\tprocirq_platform_exit\(\);\nout_pci:/out_pci:/'
