# SPDX-License-Identifier: GPL-2.0-or-later
# Character devices of bound devices' interrupts (devfile.c, line.c, action.c).
# shellcheck shell=bash disable=SC2016  # perl's variables

file=module/devfile.c
line=module/line.c
test=devfile,rounds=20

without "a file's reference on its device" 6.1 $test where_it_is \
	module/file.c 's/if \(devfile\)\n\t\tkref_get\(&devfile->ref\);//'
without 'the look whether the device has gone (an open that is late)' 6.1 $test an_open_meets_unbinding,unbinding_ends_its_files_intx \
	$line 's/ \|\| \(reader->devfile && READ_ONCE\(reader->devfile->gone\)\)//'
without 'the end of the files that were opened by it' 6.1 $test unbinding_ends_its_files_intx \
	$file 's/\tprocirq_line_revoke_devfile\(.*?\);\n//'
without 'the look whose the files are that end' 6.1 $test others_of_the_line_stay \
	module/action.c 's/devfile && reader->devfile != devfile/false/'
without 'unmasking when a reader that others wait for has gone' 6.1 $test others_of_the_line_stay \
	module/action.c 's/(need not wait for those who have gone. \*\/)\n\taction_unmask_if_serviced\(action\);/$1/'
without 'the end of an exclusive claim' 6.1 $test an_exclusive_reader_ends \
	$line 's/(line_detach\(line, action\);\n\tif \(action == &line->own\) \{\n\t\t)line->excl = false;/$1/'
without "the look whose file it is (a descriptor without privilege)" 6.1 $test an_ordinary_user_of_a_shared_line \
	module/device.c 's/pci_domain_nr\(pdev->bus\) == from->domain.*?pdev->devfn == from->devfn;/pdev;/s'
without 'the look that no register is described' 6.1 $test an_ordinary_user_of_a_shared_line \
	module/device.c 's/if \(!\(from->flags & PROCIRQ_DESC_INTX\)\)\n\t\treturn false;//'
