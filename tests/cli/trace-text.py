#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Chains of one interrupt, calculated from the text of trace-cmd report.

    trace-cmd report -t -N -l FILE | trace-text.py IRQ

Knows nothing of irqlat's engine: it follows the text, line by line, only for
lines whose handler wakes tasks itself (a serial line) or raises a softirq that
does, or queues a work item that does (a disk), and prints what
it found: "seen N", and "CPU STAGE n sum min max" for chains that came back to
user space. Chains it is not sure about it leaves out, as irqlat does, so both
must agree to the nanosecond.
"""
import re
import sys

STAGES = ("handler", "softirq_wait", "softirq", "work_wait", "work", "wake", "queue", "exit")


def main(irq):
    hard, pending, running, tasks, on_cpu = {}, {}, {}, {}, {}
    works, worker = {}, {}
    stats, seen = {}, 0

    def take(chain, end):
        stamps = chain["stamps"] + [end]
        values = [b - a for a, b in zip(stamps, stamps[1:])]
        names = [s for s in STAGES if s not in
                 (() if chain["queued"] else ("queue",)) + chain["without"]]
        for name, value in list(zip(names, values)) + [("total", end - stamps[0])]:
            key = (chain["cpu"], name)
            stats.setdefault(key, []).append(value)

    for line in sys.stdin:
        # "tmux: server-17  1d..2.  3050.782392013: sched_switch: ...": a name may
        # have anything in it
        match = re.match(r".*-(\d+) +(\S+) +(\d+\.\d+): +(\w+): *(.*)", line)
        if not match:
            continue
        pid, flags, stamp, event, text = match.groups()
        pid = int(pid)
        # "0d.h2.": CPU, interrupts off, need resched, context, depth
        cpu = int(flags[:-5])
        sec, nano = stamp.split(".")
        t = int(sec) * 1000000000 + int(nano)
        f = dict(w.split("=", 1) for w in text.split() if "=" in w)
        in_hard = flags[-3] in "hHzZ"

        if event == "irq_handler_entry":
            hard.setdefault(cpu, []).append((int(f["irq"]), t))
            seen += int(f["irq"]) == irq
        elif event == "irq_handler_exit" and hard.get(cpu):
            number, start = hard[cpu].pop()
            for vec, raised in pending.get(cpu, {}).items():
                if raised and raised["start"] == start and raised["irq"] == number:
                    raised["end"] = t
        elif event.endswith("_entry") and "vector" in f:
            hard.setdefault(cpu, []).append((event[:-6], t))
        elif event.endswith("_exit") and "vector" in f:
            if hard.get(cpu):
                hard[cpu].pop()
        elif event == "softirq_raise":
            vec, pend = int(f["vec"]), pending.setdefault(cpu, {})
            top = hard[cpu][-1] if hard.get(cpu) else None
            if pend.get(vec) is None:
                pend[vec] = {"irq": top and top[0], "start": top and top[1],
                             "end": None, "mixed": top is None}
            elif not top or top[0] != pend[vec]["irq"]:
                pend[vec]["mixed"] = True
        elif event == "softirq_entry":
            vec = int(f["vec"])
            running[cpu] = (pending.get(cpu, {}).pop(vec, None), t)
        elif event == "softirq_exit":
            running.pop(cpu, None)
        elif event == "workqueue_queue_work":
            raised, entry = running.get(cpu, (None, 0))
            works.pop(f["struct"], None)
            if not in_hard and raised and raised["irq"] == irq and not raised["mixed"]:
                works[f["struct"]] = [raised["start"], raised["end"], entry, t]
        elif event == "workqueue_execute_start":
            queued = works.pop(text.split()[2].rstrip(":"), None)
            if queued:
                worker[pid] = queued + [t]
        elif event == "workqueue_execute_end":
            worker.pop(pid, None)
        elif event == "sched_waking":
            who = int(f["pid"])
            old = tasks.get(who)
            if old and old["state"] == "running":
                continue
            tasks.pop(who, None)
            raised, entry = running.get(cpu, (None, 0))
            top = hard[cpu][-1] if hard.get(cpu) else None
            if in_hard and top and top[0] == irq:
                stamps = [top[1], t]
                without = ("softirq_wait", "softirq", "work_wait", "work")
            elif not in_hard and cpu not in running and pid in worker:
                stamps, without = worker[pid] + [t], ()
            elif in_hard or not raised or raised["irq"] != irq or raised["mixed"]:
                continue
            else:
                stamps = [raised["start"], raised["end"], entry, t]
                without = ("work_wait", "work")
            target = int(f["target_cpu"])
            tasks[who] = {"state": "waking", "cpu": cpu, "queued": True,
                          "awake": on_cpu.get(target) == who,
                          "without": without, "stamps": stamps}
        elif event == "sched_wakeup":
            chain = tasks.get(int(f["pid"]))
            if chain and chain["state"] == "waking":
                chain["stamps"].append(t)
                chain["queued"] = not chain["awake"]
                chain["state"] = "running" if chain["awake"] else "woken"
        elif event == "sched_switch":
            before, after = int(f["prev_pid"]), int(f["next_pid"])
            asleep = not f["prev_state"].startswith("R")
            chain = tasks.get(before)
            if chain and asleep:
                if chain["state"] == "waking":
                    chain["awake"] = False
                elif chain["state"] == "running":
                    del tasks[before]
            on_cpu[cpu] = after
            chain = tasks.get(after)
            if chain and chain["state"] == "woken":
                chain["stamps"].append(t)
                chain["state"] = "running"
            elif chain and chain["state"] == "waking":
                del tasks[after]
        elif event in ("sys_exit", "sys_enter"):
            chain = tasks.pop(pid, None)
            if chain and chain["state"] == "running" and event == "sys_exit":
                take(chain, t)
            elif chain and chain["state"] == "waking":
                tasks[pid] = chain

    print("seen", seen)
    for (cpu, name), values in sorted(stats.items()):
        print(cpu, name, len(values), sum(values), min(values), max(values))


main(int(sys.argv[1]))
