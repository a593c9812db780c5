// SPDX-License-Identifier: GPL-2.0-only
/*
 * namesake.ko: a module with a function of the name of one that procirq hooks. A write
 * of a number to "call" calls it, which doubles the number; "result" has that.
 */
#include <linux/module.h>

static unsigned int result;
module_param(result, uint, 0444);
MODULE_PARM_DESC(result, "what the last call returned");

/* Not the kernel's, which makes the directory of an interrupt. */
static noinline __noclone unsigned int register_irq_proc(unsigned int irq, void *desc)
{
	barrier();
	return desc ? 0 : 2 * irq;
}

static int namesake_call(const char *value, const struct kernel_param *kp)
{
	unsigned int number;
	int err = kstrtouint(value, 0, &number);

	if (!err)
		result = register_irq_proc(number, NULL);
	return err;
}

static const struct kernel_param_ops namesake_ops = { .set = namesake_call };
module_param_cb(call, &namesake_ops, NULL, 0200);
MODULE_PARM_DESC(call, "call the function with this number");

static int __init namesake_init(void)
{
	return 0;
}

static void __exit namesake_exit(void)
{
}

module_init(namesake_init);
module_exit(namesake_exit);
MODULE_DESCRIPTION("A function with the name of one of the kernel's");
MODULE_LICENSE("GPL");
