// SPDX-License-Identifier: GPL-2.0-only
/*
 * procirq: device interrupts in user space through /proc/irq/N/irq.
 * internal.h describes how the parts fit together, uapi/procirq.h the interface.
 */
#include <linux/module.h>

#include "internal.h"

static int __init procirq_init(void)
{
	int err;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		procirq_hard = true;
	err = procirq_pci_function_init();
	if (err)
		return err;
	err = procirq_devfile_init();
	if (err)
		goto out_function;
	err = procirq_pci_init();
	if (err)
		goto out_devfile;
	err = procirq_platform_init();
	if (err)
		goto out_pci;
	procirq_flow_init();
	err = procirq_stats_init();
	if (err)
		goto out_platform;
	err = procirq_procdir_init();
	if (err)
		goto out_stats;
	/* Last: an open file does not pin a module whose init function fails. */
	procirq_file_allow_open();
	return 0;

out_stats:
	procirq_stats_exit();
out_platform:
	procirq_platform_exit();
out_pci:
	procirq_pci_exit();
out_devfile:
	procirq_devfile_exit();
out_function:
	procirq_pci_function_exit();
	return err;
}

/* procdir after pci: its hooks remove the files of vectors that procirq-pci frees. */
static void __exit procirq_exit(void)
{
	procirq_stats_exit();
	procirq_platform_exit();
	procirq_pci_exit();
	procirq_devfile_exit();
	procirq_procdir_exit();
	procirq_pci_function_exit();
	procirq_uli_exit();
}

module_init(procirq_init);
module_exit(procirq_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Device interrupts in user space through /proc/irq/N/irq");
MODULE_AUTHOR("the procirq authors");
MODULE_VERSION(PROCIRQ_VERSION);
