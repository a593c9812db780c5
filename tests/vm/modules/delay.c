// SPDX-License-Identifier: GPL-2.0-only
/*
 * delay.ko: delays every task of a given name at the entry of a given kernel
 * function, so that tests hit a race whose window is a few instructions wide.
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched.h>

static char *symbol = "";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "the function");

static char *comm = "";
module_param(comm, charp, 0444);
MODULE_PARM_DESC(comm, "name of the tasks");

static unsigned int ms = 100;
module_param(ms, uint, 0444);
MODULE_PARM_DESC(ms, "maximum delay, ms (100)");

static bool released;
module_param(released, bool, 0644);
MODULE_PARM_DESC(released, "end the delays");

static atomic_t hits;
static atomic_t expired;
static atomic_t ended;

static int count_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", atomic_read((atomic_t *)kp->arg));
}

static const struct kernel_param_ops count_ops = { .get = count_get };
module_param_cb(hits, &count_ops, &hits, 0444);
MODULE_PARM_DESC(hits, "delays so far");
module_param_cb(expired, &count_ops, &expired, 0444);
MODULE_PARM_DESC(expired, "delays that ended because ms had passed");
module_param_cb(ended, &count_ops, &ended, 0444);
MODULE_PARM_DESC(ended, "delays that have ended");

static int delay_enter(struct kprobe *probe, struct pt_regs *regs)
{
	u64 end_ns;

	if (strcmp(current->comm, comm))
		return 0;
	atomic_inc(&hits);
	end_ns = ktime_get_ns() + ms * (u64)NSEC_PER_MSEC;
	/* Not mdelay(): its loops may be calibrated wrongly on an emulated CPU. */
	while (!READ_ONCE(released) && ktime_get_ns() < end_ns)
		cpu_relax();
	if (!READ_ONCE(released))
		atomic_inc(&expired);
	atomic_inc(&ended);
	return 0;
}

static struct kprobe delay_probe = { .pre_handler = delay_enter };

static int __init delay_init(void)
{
	delay_probe.symbol_name = symbol;
	return register_kprobe(&delay_probe);
}

static void __exit delay_exit(void)
{
	unregister_kprobe(&delay_probe);
}

module_init(delay_init);
module_exit(delay_exit);
MODULE_DESCRIPTION("Delays chosen tasks at a chosen function, to test races");
MODULE_LICENSE("GPL");
