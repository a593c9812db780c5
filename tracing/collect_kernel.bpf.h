/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs of the collector use of the kernel. Only the fields that are used
 * are declared; libbpf finds where the running kernel has them (CO-RE).
 */
#ifndef TRACING_COLLECT_KERNEL_BPF_H
#define TRACING_COLLECT_KERNEL_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#define KERNEL __attribute__((preserve_access_index))

struct thread_info {
	unsigned int cpu;
} KERNEL;

struct task_struct {
	struct thread_info thread_info;
	int pid;
	char comm[16];
} KERNEL;

struct irqaction {
	struct task_struct *thread;
	const char *name;
} KERNEL;

struct work_struct;
struct pool_workqueue;
struct kthread_work;
struct kthread_worker;

#define IRQ_WAKE_THREAD	      2 /* include/linux/irqreturn.h */
#define STATE_UNINTERRUPTIBLE 2 /* include/linux/sched.h */

#endif /* TRACING_COLLECT_KERNEL_BPF_H */
