// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching /proc/irq/N come and go.
 *
 * genirq makes the directory in register_irq_proc(), when an interrupt is
 * requested for the first time, and removes it in unregister_irq_proc(), when the
 * descriptor is freed. If our file is still in the directory then, the kernel warns,
 * and later there is a use after free. Before that, the vectors of PCI devices are
 * deactivated in pci_msi_teardown_msi_irqs(), or one of them in pci_msix_free_irq(), and
 * interrupts that have a domain lose it in irq_domain_free_irqs(): we must have called
 * free_irq() by then. (Vectors of other than PCI devices are deactivated in the middle of
 * functions that cannot be wrapped: they get no file, see registry_create().)
 *
 * The kernel has no notifiers for this. So we wrap these functions with ftrace, as
 * livepatch does (FTRACE_OPS_FL_IPMODIFY): a call goes to our wrapper, in the
 * caller's context, where we may sleep.
 *
 * To call the wrapped function, the wrapper calls a function of ours, the
 * trampoline, whose ftrace call site is redirected to the body of the wrapped
 * function. ftrace goes there with a return instruction: an indirect call into the
 * middle of a function would be trapped by kernel IBT.
 *
 * A function is found by its name (hooks_find()), and hooked by its address: ftrace would hook
 * every function of that name, also of modules. It has to be the only way into its body:
 * - The functions are global, so that vmlinux has no second global one. A static one could be
 *   found instead. No kernel has one; the tests look.
 * - A clone (.constprop, .isra, .part, .llvm) is called instead of the function by some of
 *   its callers: those in its own file, which only irq_domain_free_irqs() has, or with
 *   link-time optimisation any. If the kernel has one, the directories are not watched
 *   (hooks_refuse_clones()). pci_msix_free_irq() is exported and called by modules.
 * - Link-time optimisation may also inline a function. With CONFIG_LTO, nothing is watched.
 *
 * Removing the hooks: (1) stop redirecting the kernel's functions; (2) wait until no
 * task is in a wrapper, or between ftrace and a wrapper's first instruction;
 * (3) unregister the ftrace_ops, and with them the trampolines.
 */
#include <linux/atomic.h>
#include <linux/ftrace.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include "compat.h"
#include "internal.h"

static unsigned int irqs[64];
static unsigned int nr_irqs_named;
module_param_array_named(irqs, irqs, uint, &nr_irqs_named, 0444);
MODULE_PARM_DESC(irqs, "interrupts to serve where /proc/irq/N cannot be watched");

static bool watch = true;
module_param(watch, bool, 0444);
MODULE_PARM_DESC(watch, "watch /proc/irq/N come and go (off: serve only those in irqs=)");

#if defined(CONFIG_DYNAMIC_FTRACE) && !defined(CONFIG_LTO) &&                           \
	(defined(CONFIG_X86_64) || defined(CONFIG_ARM64)) && defined(CONFIG_KPROBES) && \
	(defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) || defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS))

/**
 * struct procdir_hook - one wrapped kernel function
 * @ops: redirects both @name and @trampoline
 * @name: the kernel function; immutable
 * @wrapper: is called instead of it; immutable
 * @trampoline: continues in its body; immutable
 * @body: address after the kernel function's ftrace call site; 0 until the first call of
 *	the function, which sets it
 */
struct procdir_hook {
	struct ftrace_ops ops;
	const char *name;
	void *wrapper;
	void *trampoline;
	unsigned long body;
};

static bool hooks_live;	      /* the kernel's functions are redirected */
static atomic_t hooks_inside; /* tasks in a wrapper */

static void notrace hook_redirect(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
				  struct ftrace_regs *fregs)
{
	struct procdir_hook *hook = container_of(ops, struct procdir_hook, ops);
	unsigned long trampoline = (unsigned long)hook->trampoline;
	unsigned long body = ip + MCOUNT_INSN_SIZE;

	/*
	 * On x86-64 the call site is the first instruction, or follows an ENDBR; on arm64 it
	 * is the second, or follows a BTI.
	 */
	if (ip - trampoline <= 2 * MCOUNT_INSN_SIZE) {
		ftrace_regs_set_instruction_pointer(fregs, READ_ONCE(hook->body));
		return;
	}
	if (!READ_ONCE(hooks_live))
		return;
	if (unlikely(READ_ONCE(hook->body) != body))
		WRITE_ONCE(hook->body, body);
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook->wrapper);
}

/* Trampolines. Their bodies never run: ftrace redirects to the kernel function's. */
static noinline __noclone void register_trampoline(unsigned int irq, struct irq_desc *desc)
{
	asm volatile("" : : "r"(irq), "r"(desc));
	WARN_ONCE(1, "procirq: register_irq_proc() of irq %u was skipped\n", irq);
}

static noinline __noclone void unregister_trampoline(unsigned int irq, struct irq_desc *desc)
{
	asm volatile("" : : "r"(irq), "r"(desc));
	WARN_ONCE(1, "procirq: unregister_irq_proc() of irq %u was skipped\n", irq);
}

static noinline __noclone void domain_free_trampoline(unsigned int irq, unsigned int nr)
{
	asm volatile("" : : "r"(irq), "r"(nr));
	WARN_ONCE(1, "procirq: irq_domain_free_irqs() of irq %u was skipped\n", irq);
}

static noinline __noclone void msi_teardown_trampoline(struct pci_dev *pdev)
{
	asm volatile("" : : "r"(pdev));
	WARN_ONCE(1, "procirq: pci_msi_teardown_msi_irqs() was skipped\n");
}

#ifdef PROCIRQ_MSIX_FREE_IRQ
static noinline __noclone void msix_free_trampoline(struct pci_dev *pdev, struct msi_map map)
{
	asm volatile("" : : "r"(pdev), "r"(map.index), "r"(map.virq));
	WARN_ONCE(1, "procirq: pci_msix_free_irq() of irq %d was skipped\n", map.virq);
}
#endif

static void wrapper_enter(void)
{
	atomic_inc(&hooks_inside);
}

static void wrapper_leave(void)
{
	if (atomic_dec_and_test(&hooks_inside))
		wake_up_var(&hooks_inside);
}

/* Called at the end of every request_irq(). */
static void register_wrapper(unsigned int irq, struct irq_desc *desc)
{
	wrapper_enter();
	register_trampoline(irq, desc);
	if (procirq_registry_add(irq) == -ENOMEM)
		pr_warn("out of memory; irq %u has no file until it is requested again\n", irq);
	wrapper_leave();
}

/* Called with sparse_irq_lock held: the descriptor is being freed. */
static void unregister_wrapper(unsigned int irq, struct irq_desc *desc)
{
	wrapper_enter();
	procirq_registry_remove(irq);
	unregister_trampoline(irq, desc);
	wrapper_leave();
}

/* The interrupts lose their domain now, and their descriptors soon after. */
static void domain_free_wrapper(unsigned int irq, unsigned int nr)
{
	unsigned int i;

	wrapper_enter();
	for (i = 0; i < nr; i++)
		procirq_registry_revoke(irq + i);
	domain_free_trampoline(irq, nr);
	wrapper_leave();
}

/*
 * A driver may free its vectors at any time, not only when it is unbound. They are
 * deactivated before irq_domain_free_irqs() is called, and must not be requested
 * from then on.
 */
static void msi_teardown_wrapper(struct pci_dev *pdev)
{
	wrapper_enter();
	procirq_registry_revoke_msi(&pdev->dev);
	msi_teardown_trampoline(pdev);
	wrapper_leave();
}

#ifdef PROCIRQ_MSIX_FREE_IRQ
/* A driver frees one of its vectors and keeps the others: see msi_teardown_wrapper(). */
static void msix_free_wrapper(struct pci_dev *pdev, struct msi_map map)
{
	wrapper_enter();
	/* The kernel checks it after this. */
	if (map.virq > 0)
		procirq_registry_revoke(map.virq);
	msix_free_trampoline(pdev, map);
	wrapper_leave();
}
#endif

#define HOOK_FLAGS                                          \
	(FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT | \
	 (IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) ? 0 : FTRACE_OPS_FL_SAVE_REGS))

#define HOOK(fn, kernel_fn)                                                                \
	{                                                                                  \
		.ops = { .func = hook_redirect, .flags = HOOK_FLAGS }, .name = #kernel_fn, \
		.wrapper = fn##_wrapper, .trampoline = fn##_trampoline,                    \
	}

static struct procdir_hook hooks[] = {
	HOOK(register, register_irq_proc),	 HOOK(unregister, unregister_irq_proc),
	HOOK(domain_free, irq_domain_free_irqs), HOOK(msi_teardown, pci_msi_teardown_msi_irqs),
#ifdef PROCIRQ_MSIX_FREE_IRQ
	HOOK(msix_free, pci_msix_free_irq),
#endif
};

/* The names of clones add a dot and more. Each pattern is a walk over all functions. */
static const char *const hooks_clones[] = {
	"*register_irq_proc.*", /* unregister_irq_proc(), too */
	"irq_domain_free_irqs.*",
	"pci_msi_teardown_msi_irqs.*",
};

/* Returns 0 if no function has a clone, -EOPNOTSUPP if one has, or the error of looking. */
static int hooks_refuse_clones(void)
{
	/* Never registered: it only has a filter. */
	static struct ftrace_ops look = { .func = hook_redirect };
	char pattern[40];
	unsigned int i;
	int len, err;

	for (i = 0; i < ARRAY_SIZE(hooks_clones); i++) {
		len = strscpy(pattern, hooks_clones[i], sizeof(pattern));
		err = ftrace_set_filter(&look, (unsigned char *)pattern, len, 1);
		/* No function has such a name. */
		if (err == -EINVAL)
			continue;
		if (err)
			return err;
		ftrace_free_filter(&look);
		pr_warn("the kernel has clones of a function (%s), whose calls cannot be seen\n",
			hooks_clones[i]);
		return -EOPNOTSUPP;
	}
	return 0;
}

/*
 * Has the addresses of the kernel's functions looked up: a probe that is never armed is the
 * only way for a module. Returns 0 or the error of registering the probes, which is -ENOENT
 * if there is no such function.
 */
static int hooks_find(unsigned long address[])
{
	struct kprobe *probes, *list[ARRAY_SIZE(hooks)];
	unsigned int i;
	int err;

	probes = kcalloc(ARRAY_SIZE(hooks), sizeof(*probes), GFP_KERNEL);
	if (!probes)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		probes[i].symbol_name = hooks[i].name;
		probes[i].flags = KPROBE_FLAG_DISABLED;
		list[i] = &probes[i];
	}
	err = register_kprobes(list, ARRAY_SIZE(hooks));
	if (!err) {
		for (i = 0; i < ARRAY_SIZE(hooks); i++)
			address[i] = (unsigned long)probes[i].addr;
		unregister_kprobes(list, ARRAY_SIZE(hooks));
	}
	kfree(probes);
	return err;
}

static int hook_register(struct procdir_hook *hook, unsigned long address)
{
	int err;

	err = ftrace_set_filter_ip(&hook->ops, (unsigned long)hook->trampoline, 0, 1);
	if (err)
		return err;
	err = ftrace_set_filter_ip(&hook->ops, address, 0, 0);
	if (!err)
		err = register_ftrace_function(&hook->ops);
	if (err)
		ftrace_free_filter(&hook->ops);
	return err;
}

static void hook_unregister(struct procdir_hook *hook)
{
	unregister_ftrace_function(&hook->ops);
	ftrace_free_filter(&hook->ops);
}

/* Waits for tasks that are about to enter a wrapper, are in one, or are leaving it. */
static void hooks_wait(void)
{
	synchronize_rcu_tasks();
	wait_var_event(&hooks_inside, !atomic_read(&hooks_inside));
	synchronize_rcu_tasks();
}

static int hooks_init(void)
{
	unsigned long address[ARRAY_SIZE(hooks)];
	unsigned int i;
	int err;

	err = hooks_refuse_clones();
	if (!err)
		err = hooks_find(address);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		err = hook_register(&hooks[i], address[i]);
		if (err)
			goto out_unregister;
	}
	WRITE_ONCE(hooks_live, true);
	return 0;

out_unregister:
	while (i--)
		hook_unregister(&hooks[i]);
	return err;
}

/* Called after the files were removed: until then, directories are still watched. */
static void hooks_exit(void)
{
	unsigned int i;

	WRITE_ONCE(hooks_live, false);
	hooks_wait();
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		hook_unregister(&hooks[i]);
}
#else
static const bool hooks_live;

static int hooks_init(void)
{
	return -EOPNOTSUPP;
}

static void hooks_exit(void)
{
}
#endif

/**
 * procirq_procdir_init() - make the files, and watch the directories
 *
 * If the directories cannot be watched, logs that and makes the files of the
 * interrupts in irqs= only.
 * Context: may sleep.
 * Return: 0, -ENOMEM, or the error of an interrupt in irqs=; then there is no file.
 */
int procirq_procdir_init(void)
{
	unsigned int i;
	int err;

	err = watch ? hooks_init() : -EOPNOTSUPP;
	if (!err) {
		procirq_registry_set_watched(true);
		err = procirq_registry_add_existing();
		if (err)
			procirq_procdir_exit();
		return err;
	}
	if (err == -ENOMEM)
		return err;

	if (watch)
		pr_warn("cannot watch /proc/irq (error %d); serving only irqs=\n", err);
	else
		pr_info("not watching /proc/irq; serving only irqs=\n");
	for (i = 0; i < nr_irqs_named; i++) {
		err = procirq_registry_add_pinned(irqs[i]);
		if (err) {
			pr_err("irqs=: cannot serve interrupt %u (error %d)\n", irqs[i], err);
			procirq_registry_remove_all();
			return err;
		}
	}
	return 0;
}

/**
 * procirq_procdir_exit() - remove the files and stop watching the directories
 *
 * Context: may sleep; no file is open.
 */
void procirq_procdir_exit(void)
{
	procirq_registry_remove_all();
	if (READ_ONCE(hooks_live))
		hooks_exit();
}
