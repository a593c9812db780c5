# SPDX-License-Identifier: GPL-2.0-or-later
# Who may do what (access.c, ioctl.c, file.c, device.c).
# shellcheck shell=bash disable=SC2016  # perl's variables

access=module/access.c

without 'the capability to open' 6.1 trust a_containers_root \
	$access 's/if \(!capable\(CAP_SYS_RAWIO\)\)/if (false)/'
without 'the initial user namespace' 6.1 trust root_of_a_user_namespace \
	$access 's/capable\(CAP_SYS_RAWIO\)/ns_capable(current_user_ns(), CAP_SYS_RAWIO)/' \
	$access 's/#include <linux\/capability.h>/#include <linux\/capability.h>\n#include <linux\/cred.h>/'
without 'writable files for requests that change something' 6.1 trust open_for_reading \
	module/ioctl.c 's/if \(!\(file->f_mode & FMODE_WRITE\) && ioctl_changes\(cmd\)\)/if (false \&\& ioctl_changes(cmd))/'
without 'a writable file for reads that unmask' 6.1 waiting unmasking_first \
	module/file.c 's/read.flags & PROCIRQ_READ_UNMASK && !writable/false/'
without 'the lines that reading alone may open' 6.1 trust a_directory_walk \
	$access 's/mode & FMODE_WRITE \|\| access_allows_reading\(line\) \? 0 : -EACCES/access_allows_reading(line) ? 0 : 0/'
without 'the list of lines that reading alone may open' 6.1 walks the_lines_that_are_listed \
	$access 's/\(claim == CLAIM_LISTED && line->irq < CLAIM_IRQS &&\s+test_bit\(line->irq, claim_irqs\)\)/claim == CLAIM_LISTED/'
without 'the end of file for who reads in blocks' 6.1 walks a_driver_beside_a_walker \
	module/file.c 's/if \(unlikely\(len > FILE_READ_MAX && [^\n]*\n\t\treturn 0;//'
without 'the claim that waits for the first use' 6.1 walks the_first_use_claims \
	module/file.c 's/file->f_mode & FMODE_WRITE \|\| excl, excl/true, excl/'
without 'one claim for two threads' 6.1 walks two_threads_use_it_first \
	module/line.c 's/err = reader->joined \? 0 : line_join\(line, reader, false\);/err = line_join(line, reader, false);/'
without 'the capability for descriptors' 6.1 device not_without_rawio \
	module/device.c 's/if \(!descriptor_is_of_file\(from, devfile\) && !capable\(CAP_SYS_RAWIO\)\)\n\t\treturn -EPERM;/descriptor_is_of_file(from, devfile);/'
without 'lockdown' 6.1 trust.sh,lockdown descriptors_are_refused \
	module/device.c 's/LOCKDOWN_PCI_ACCESS\)\)\n\t\treturn -EPERM;/LOCKDOWN_PCI_ACCESS))\n\t\treturn nr;/'
