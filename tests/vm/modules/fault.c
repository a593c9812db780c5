// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault.ko: makes a kernel function fail, or what it calls, for the tasks of one name.
 *
 * With nth=N, times=T and error=E, T calls of the function, from the N-th on, return E
 * without its body having run. With arm=N, while the function runs, the N-th memory allocation or access
 * to user memory of the task fails (Documentation/fault-injection: fail-nth); "left" is
 * what was left of N when it returned. Those in the functions except=F,G do not
 * count.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>

static char *symbol = "";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "the function");

static char *comm = "";
module_param(comm, charp, 0444);
MODULE_PARM_DESC(comm, "name of the tasks");

static int nth;
module_param(nth, int, 0444);
MODULE_PARM_DESC(nth, "which call fails; 0: none");

static int times = 1;
module_param(times, int, 0444);
MODULE_PARM_DESC(times, "how many calls fail, from that one on (1)");

static long error;
module_param(error, long, 0444);
MODULE_PARM_DESC(error, "what it returns");

static int arm;
module_param(arm, int, 0644);
MODULE_PARM_DESC(arm, "which allocation fails; 0: none");

#define EXCEPT_MAX 3

static char *except[EXCEPT_MAX];
static unsigned int nr_except;
module_param_array(except, charp, &nr_except, 0444);
MODULE_PARM_DESC(except, "functions whose allocations do not count");

static int left;
module_param(left, int, 0444);
MODULE_PARM_DESC(left, "what is left of arm");

static int hits;
module_param(hits, int, 0444);
MODULE_PARM_DESC(hits, "calls by these tasks so far");

static bool is_ours(void)
{
	return !strcmp(current->comm, comm);
}

/* Where the function goes instead: back to its caller. */
static noinline notrace void fault_return_now(void)
{
	barrier();
}

static int fault_enter(struct kprobe *probe, struct pt_regs *regs)
{
	if (!is_ours() || ++hits < nth || hits >= nth + times)
		return 0;
	regs_set_return_value(regs, error);
	instruction_pointer_set(regs, (unsigned long)fault_return_now);
	return 1;
}

/* A probe that has one is not turned into a jump, which would ignore what was changed. */
static void fault_after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe fault_probe = { .pre_handler = fault_enter, .post_handler = fault_after };

#ifdef CONFIG_FAULT_INJECTION
static int fault_arm(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (!is_ours() || !arm)
		return 1;
	hits++;
	left = arm;
	WRITE_ONCE(current->fail_nth, arm);
	return 0;
}

static int fault_disarm(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	left = READ_ONCE(current->fail_nth);
	WRITE_ONCE(current->fail_nth, 0);
	return 0;
}

static struct kretprobe fault_return = {
	.entry_handler = fault_arm,
	.handler = fault_disarm,
};

/* Keeps fail_nth in the instance's data while the function runs. */
static int fault_pause(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (!is_ours())
		return 1;
	*(unsigned int *)instance->data = READ_ONCE(current->fail_nth);
	WRITE_ONCE(current->fail_nth, 0);
	return 0;
}

static int fault_go_on(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	WRITE_ONCE(current->fail_nth, *(unsigned int *)instance->data);
	return 0;
}

static struct kretprobe fault_exceptions[EXCEPT_MAX];
static unsigned int nr_exceptions; /* registered; nr_except is the parameter's */

static void fault_arms_no_more(void)
{
	while (nr_exceptions)
		unregister_kretprobe(&fault_exceptions[--nr_exceptions]);
	unregister_kretprobe(&fault_return);
}

static int fault_arms(void)
{
	int err;

	fault_return.kp.symbol_name = symbol;
	err = register_kretprobe(&fault_return);
	if (err)
		return err;
	while (nr_exceptions < nr_except) {
		struct kretprobe *exception = &fault_exceptions[nr_exceptions];

		exception->kp.symbol_name = except[nr_exceptions];
		exception->entry_handler = fault_pause;
		exception->handler = fault_go_on;
		exception->data_size = sizeof(unsigned int);
		err = register_kretprobe(exception);
		if (err) {
			fault_arms_no_more();
			return err;
		}
		nr_exceptions++;
	}
	return 0;
}
#else
static int fault_arms(void)
{
	return -EOPNOTSUPP;
}

static void fault_arms_no_more(void)
{
}
#endif

static int __init fault_init(void)
{
	if (!nth)
		return fault_arms();
	fault_probe.symbol_name = symbol;
	return register_kprobe(&fault_probe);
}

static void __exit fault_exit(void)
{
	if (nth)
		unregister_kprobe(&fault_probe);
	else
		fault_arms_no_more();
}

module_init(fault_init);
module_exit(fault_exit);
MODULE_DESCRIPTION("Makes a kernel function fail");
MODULE_LICENSE("GPL");
