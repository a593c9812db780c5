// SPDX-License-Identifier: GPL-2.0-only
/*
 * shadow.ko: marks the task that writes to its parameter as one with a user shadow
 * stack (1), or not (0), as arch_prctl(ARCH_SHSTK_ENABLE) does on processors that have
 * them. The emulated processor has none: there is only the mark. A task must not
 * create threads or end while it is marked.
 */
#include <linux/module.h>
#include <linux/sched.h>
#ifdef CONFIG_X86_USER_SHADOW_STACK
#include <uapi/asm/prctl.h>
#endif

static int mark_set(const char *text, const struct kernel_param *kp)
{
#ifdef CONFIG_X86_USER_SHADOW_STACK
	bool mark;
	int err = kstrtobool(text, &mark);

	if (err)
		return err;
	if (mark)
		current->thread.features |= ARCH_SHSTK_SHSTK;
	else
		current->thread.features &= ~ARCH_SHSTK_SHSTK;
	return 0;
#else
	return -EOPNOTSUPP;
#endif
}

static const struct kernel_param_ops mark_ops = { .set = mark_set };
module_param_cb(mark, &mark_ops, NULL, 0200);
MODULE_PARM_DESC(mark, "whether the writer has a user shadow stack");

MODULE_DESCRIPTION("procirq tests: tasks with a shadow stack");
MODULE_LICENSE("GPL");

static int __init shadow_init(void)
{
	return 0;
}
module_init(shadow_init);

static void __exit shadow_exit(void)
{
}
module_exit(shadow_exit);
