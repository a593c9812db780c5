// SPDX-License-Identifier: GPL-2.0-only
/*
 * clone.ko: a function whose name is that of a clone, as compilers make them, of one of the
 * kernel's functions that procirq hooks.
 */
#include <linux/module.h>

static noinline unsigned int clone_call(unsigned int irq) __asm__("register_irq_proc.constprop.0");

static noinline unsigned int clone_call(unsigned int irq)
{
	barrier();
	return irq;
}

static int __init clone_init(void)
{
	return clone_call(1) == 1 ? 0 : -EINVAL;
}

static void __exit clone_exit(void)
{
}

module_init(clone_init);
module_exit(clone_exit);
MODULE_DESCRIPTION("A function with the name of a clone of one of the kernel's");
MODULE_LICENSE("GPL");
