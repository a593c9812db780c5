#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Chains of one interrupt, calculated from the text of trace-cmd report.

    trace-cmd report -t -N -l FILE | trace-text.py IRQ

Knows nothing of irqlat's engine: it follows the text, line by line, from the handler
through softirqs, work items and tasks that wake other tasks, but not through irq
threads, and prints what it found: "seen N", and "CPU STAGE n sum min max" for chains
that came back to user space, by the CPU that took the interrupt. Chains it is not sure
about it leaves out, as irqlat does, so both must agree to the nanosecond. It cannot
tell what is missing: with lost events it ends with status 2.
"""
import re
import sys

HOPS_MAX = 4
# Threads that work for everybody: what they do next is not what they were woken for.
FOR_ALL = ("kworker/", "ksoftirqd/", "rcu", "migration/")
# TIMER, SCHED, HRTIMER, RCU: so do these softirqs
SOFTIRQS_FOR_ALL = (1, 7, 8, 9)
HOP = {"wake": "hop_wake", "queue": "hop_queue", "exit": "hop"}


class Chain:
    """From an interrupt to now: stages with the time of their end."""

    def __init__(self, irq, cpu, start, steps=(), hops=0):
        self.irq, self.cpu, self.start, self.steps, self.hops = irq, cpu, start, tuple(steps), hops

    def then(self, stage, t):
        return Chain(self.irq, self.cpu, self.start, self.steps + ((stage, t),), self.hops)

    def hop(self, t):
        steps = [(HOP.get(stage, stage), end) for stage, end in self.steps]
        return Chain(self.irq, self.cpu, self.start, steps + [("hop", t)], self.hops + 1)

    def times(self):
        at, times = self.start, {}
        for stage, end in self.steps:
            times[stage] = times.get(stage, 0) + end - at
            at = end
        times["total"] = at - self.start
        return times


def main(irq):
    hard, pending, running, tasks, on_cpu = {}, {}, {}, {}, {}
    works, worker, last_entry = {}, {}, {}
    stats, seen = {}, 0

    def context(cpu, pid, kind):
        """What the CPU works for: (chain or None, the stage that ends, mixed, is a hop)"""
        if kind in "hHzZ":
            return (hard[cpu][-1] if hard.get(cpu) else None), "handler", False, False
        if cpu in running and (kind == "s" or pid == running[cpu][2]):
            return running[cpu][0], "softirq", running[cpu][1], False
        # A thread that polls a network queue has softirqs off: some kernels flag that as "s".
        polls = pid in tasks and tasks[pid]["napi"] and cpu not in running
        if kind == "s" and not polls:
            return None, "", False, False
        if pid in worker:
            return worker[pid], "work", False, False
        task = tasks.get(pid)
        if task and task["state"] == "running" and not task["for_all"] and task["chain"].hops < HOPS_MAX:
            served = task["napi"] and last_entry.get(task["chain"].irq, 0) > task["chain"].start
            return task["chain"], "hop", task["mixed"] or served, True
        return None, "", False, False

    def go_on(c, t):
        return c[0].hop(t) if c[3] else c[0].then(c[1], t)

    for line in sys.stdin:
        if "EVENTS DROPPED" in line or "[LOST" in line:
            print("events are missing:", line.strip(), file=sys.stderr)
            sys.exit(2)
        # "tmux: server-17  1d..2.  3050.782392013: sched_switch: ...": a name may
        # have anything in it
        match = re.match(r".*-(\d+) +(\S+) +(\d+\.\d+): +(\w+): *(.*)", line)
        if not match:
            continue
        pid, flags, stamp, event, text = match.groups()
        pid = int(pid)
        # "0d.h2.": CPU, interrupts off, need resched, context, depth
        cpu = int(flags[:-5])
        kind = flags[-3]
        sec, nano = stamp.split(".")
        t = int(sec) * 1000000000 + int(nano)
        f = dict(w.split("=", 1) for w in text.split() if "=" in w)

        if event == "irq_handler_entry" or event.endswith("_entry") and "vector" in f:
            number = int(f["irq"]) if "irq" in f else event[:-6]
            hard.setdefault(cpu, []).append(Chain(number, cpu, t))
            last_entry[number] = t
            seen += number == irq
        elif event == "irq_handler_exit" or event.endswith("_exit") and "vector" in f:
            if not hard.get(cpu):
                continue
            ended = hard[cpu].pop()
            for raised in pending.get(cpu, {}).values():
                if raised["handler"] is ended:
                    raised["chain"] = ended.then("handler", t)
                    raised["handler"] = None
        elif event == "softirq_raise":
            vec, pend = int(f["vec"]), pending.setdefault(cpu, {})
            chain, stage, mixed, is_hop = c = context(cpu, pid, kind)
            if is_hop and vec in SOFTIRQS_FOR_ALL:
                chain = None
            old = pend.get(vec)
            if old is None:
                pend[vec] = {"chain": chain, "mixed": mixed,
                             "handler": chain if stage == "handler" else None}
                if chain and stage != "handler":
                    pend[vec]["chain"] = go_on(c, t)
            elif not chain or not old["chain"] or chain.irq != old["chain"].irq:
                old["mixed"] = True
        elif event == "softirq_entry":
            raised = pending.get(cpu, {}).pop(int(f["vec"]), {"chain": None, "mixed": False})
            chain = raised["chain"] and raised["chain"].then("softirq_wait", t)
            running[cpu] = (chain, raised["mixed"], pid)
        elif event == "softirq_exit":
            running.pop(cpu, None)
        elif event.endswith("queue_work"):
            c = context(cpu, pid, kind)
            works.pop(f["struct"], None)
            if c[0] and not c[2]:
                works[f["struct"]] = go_on(c, t)
        elif event.endswith("execute_start"):
            queued = works.pop(text.split()[2].rstrip(":"), None)
            if queued:
                worker[pid] = queued.then("work_wait", t)
            elif pid in tasks:
                tasks[pid]["for_all"] = True
        elif event.endswith("execute_end"):
            worker.pop(pid, None)
        elif event == "sched_waking":
            who = int(f["pid"])
            c = context(cpu, pid, kind)
            old = tasks.get(who)
            if old and old["state"] == "running":
                old["mixed"] |= not c[0] or (c[0].irq, c[0].start) != (old["chain"].irq, old["chain"].start)
                continue
            tasks.pop(who, None)
            comm = text.split("comm=")[1].split(" pid=")[0]
            if not c[0] or c[2] or comm.startswith("irq/"):
                continue
            tasks[who] = {"state": "waking", "chain": go_on(c, t), "mixed": False,
                          "awake": on_cpu.get(int(f["target_cpu"])) == who,
                          "napi": comm.startswith("napi/"), "for_all": comm.startswith(FOR_ALL)}
        elif event == "sched_wakeup":
            task = tasks.get(int(f["pid"]))
            if task and task["state"] == "waking":
                task["chain"] = task["chain"].then("wake", t)
                task["state"] = "running" if task["awake"] else "woken"
        elif event == "sched_switch":
            before, after = int(f["prev_pid"]), int(f["next_pid"])
            task = tasks.get(before)
            if task and not f["prev_state"].startswith("R"):
                if task["state"] == "waking":
                    task["awake"] = False
                elif task["state"] == "running":
                    del tasks[before]
            on_cpu[cpu] = after
            task = tasks.get(after)
            if task and task["state"] == "woken":
                task["chain"] = task["chain"].then("queue", t)
                task["state"] = "running"
            elif task and task["state"] == "waking":
                del tasks[after]
        elif event in ("sys_exit", "sys_enter"):
            task = tasks.pop(pid, None)
            if task and task["state"] == "waking":
                tasks[pid] = task
            elif task and task["state"] == "running" and event == "sys_exit" and task["chain"].irq == irq:
                for name, value in task["chain"].then("exit", t).times().items():
                    stats.setdefault((task["chain"].cpu, name), []).append(value)

    print("seen", seen)
    for (cpu, name), values in sorted(stats.items()):
        print(cpu, name, len(values), sum(values), min(values), max(values))


main(int(sys.argv[1]))
