# SPDX-License-Identifier: GPL-2.0-or-later
# Loading and unloading, and the files that come and go with /proc/irq/N (main.c, registry.c,
# procdir.c).
# shellcheck shell=bash disable=SC2016  # perl's variables

main=module/main.c
registry=module/registry.c
procdir=module/procdir.c
line=module/line.c

# --- loading
without 'refusing opens until the module has loaded' 6.1 trust loading_fails_for_a_line \
	module/file.c 's/if \(!READ_ONCE\(file_may_open\)\)/if (false)/'
without 'the end of the files when loading fails' 6.1 lifecycle named_lines_that_do_not_exist \
	$procdir 's/(cannot serve interrupt.*?)procirq_registry_remove_all\(\);/$1;/s'
without 'undoing the steps of loading when one fails' 6.1 refused loading \
	$main 's/\tprocirq_stats_exit\(\);\nout_platform:/out_platform:/'
without 'the wait for descriptors that are being freed' 6.1 lifecycle loading_meets_removal \
	$registry 's/\tregistry_wait_for_frees\(\);\n\tfor/\t(void)registry_wait_for_frees;\n\tfor/'
without 'hooking a function by its address (namesakes)' 6.1 trust a_namesake_in_a_module \
	$procdir 's/ftrace_set_filter_ip\(&hook->ops, address, 0, 0\)/ftrace_set_filter(\&hook->ops, (void *)hook->name, strlen(hook->name), 0)/'
without 'hooks that stay when ftrace is switched off' 6.1 lifecycle ftrace_cannot_be_pulled_away \
	$procdir 's/FTRACE_OPS_FL_IPMODIFY \| FTRACE_OPS_FL_PERMANENT/FTRACE_OPS_FL_IPMODIFY/'

# --- unloading
without 'the wait for tasks in hooks' 6.1 lifecycle unloading_meets_removal \
	$procdir 's/\thooks_wait\(\);/\t(void)hooks_wait;/'
without "the provider's reference without hooks" 6.1 lifecycle serving_named_lines_only \
	$registry 's/!try_module_get\(desc->owner\)/false/' $registry 's/\tmodule_put\(line->provider\);\n//g'

# --- the interrupt goes
without 'giving up the interrupt before its file goes' 6.1 lifecycle removal_under_readers_and_pollers \
	$registry 's/(lockdep_assert_held\(&registry_remove_mutex\);\n)\tprocirq_line_revoke\(line, true\);/$1/'
without 'removing the file before its directory' 6.1 lifecycle the_file_comes_and_goes_with_its_directory \
	$procdir 's/\tprocirq_registry_remove\(irq\);\n(\tunregister_trampoline)/$1/'
without 'refusing opens of a line that is going' 6.1 lifecycle open_meets_removal \
	$line 's/return line->dead \|\| \((reader->devfile.*?)\);/return $1;/'
without 'refusing the first use of a line that has gone' 6.1 walks the_first_use_meets_removal \
	$line 's/return line->dead \|\| \((reader->devfile.*?)\);/return $1;/'
without 'no MSI where nobody tells us its end' 6.1 trust msi_without_hooks \
	$registry 's/\tif \(irq_get_msi_desc\(irq\)\)\n\t\treturn -EOPNOTSUPP;//'
without 'the look for clones of hooked functions' 6.1 trust a_clone_of_a_hooked_function \
	$procdir 's/\terr = hooks_refuse_clones\(\);/\terr = 0 ? hooks_refuse_clones() : 0;/'
without "the refusal of other buses' MSI vectors" 6.1 trust msi_of_another_bus \
	$registry 's/msi && !dev_is_pci\(/msi \&\& !(/'
