// SPDX-License-Identifier: GPL-2.0-only
/*
 * genirq.ko: what other kernel code does to an interrupt line, each by a write of the
 * interrupt's number to a parameter; reads tell about the line written to "irq".
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>

static unsigned int irq;
module_param(irq, uint, 0644);
MODULE_PARM_DESC(irq, "the line to tell about");

/* Calls the function that is the parameter's argument. */
static int call_set(const char *value, const struct kernel_param *kp)
{
	void (*function)(unsigned int irq) = kp->arg;
	unsigned int number;
	int err = kstrtouint(value, 0, &number);

	if (!err)
		function(number);
	return err;
}

static const struct kernel_param_ops call_ops = { .set = call_set };

static void genirq_disable(unsigned int number)
{
	disable_irq(number);
}

static void genirq_enable(unsigned int number)
{
	enable_irq(number);
}

static void genirq_synchronize(unsigned int number)
{
	synchronize_irq(number);
}

static void genirq_wake(unsigned int number)
{
	if (enable_irq_wake(number))
		pr_err("irq %u cannot wake the system\n", number);
}

static void genirq_no_wake(unsigned int number)
{
	disable_irq_wake(number);
}

module_param_cb(disable, &call_ops, genirq_disable, 0200);
MODULE_PARM_DESC(disable, "disable_irq()");
module_param_cb(enable, &call_ops, genirq_enable, 0200);
MODULE_PARM_DESC(enable, "enable_irq()");
module_param_cb(synchronize, &call_ops, genirq_synchronize, 0200);
MODULE_PARM_DESC(synchronize, "synchronize_irq()");
module_param_cb(wake, &call_ops, genirq_wake, 0200);
MODULE_PARM_DESC(wake, "enable_irq_wake()");
module_param_cb(no_wake, &call_ops, genirq_no_wake, 0200);
MODULE_PARM_DESC(no_wake, "disable_irq_wake()");

static int handler_get(char *buffer, const struct kernel_param *kp)
{
	struct irq_data *data = irq_get_irq_data(irq);

	return data ? sysfs_emit(buffer, "%ps\n", irq_data_to_desc(data)->handle_irq) : -ENOENT;
}

static int depth_get(char *buffer, const struct kernel_param *kp)
{
	struct irq_data *data = irq_get_irq_data(irq);

	return data ? sysfs_emit(buffer, "%u\n", irq_data_to_desc(data)->depth) : -ENOENT;
}

static const struct kernel_param_ops handler_ops = { .get = handler_get };
static const struct kernel_param_ops depth_ops = { .get = depth_get };
module_param_cb(handler, &handler_ops, NULL, 0444);
MODULE_PARM_DESC(handler, "the line's flow handler");
module_param_cb(depth, &depth_ops, NULL, 0444);
MODULE_PARM_DESC(depth, "the line's disable depth");

static int __init genirq_init(void)
{
	return 0;
}

static void __exit genirq_exit(void)
{
}

module_init(genirq_init);
module_exit(genirq_exit);
MODULE_DESCRIPTION("What other kernel code does to an interrupt line, for tests");
MODULE_LICENSE("GPL");
