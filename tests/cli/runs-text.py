#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long handlers, softirqs and work items ran and waited, calculated from the text of a trace.

    trace-cmd report -t -N -l FILE | runs-text.py JSON

JSON is what irqlat trace --runs --json wrote of FILE. Knows nothing of irqlat's engine.
Each row must be the same: how many, sum and greatest time, to the nanosecond, and so must be
the accounting of work items. Prints how many rows it compared."""
import collections
import json
import re
import sys

cpus = {}
found = {}  # (kind, name, irq, cpu): [waits, runs, time on a CPU]
queued = {}  # work item: since
working = {}  # thread, or CPU in a softirq: [item, name, cpu, since, off since, time without a CPU]
items = collections.Counter()


def add(key, wait=None, run=None, cpu_ns=None):
    row = found.setdefault(key, [[], [], 0])
    if wait is not None:
        row[0].append(wait)
    if run is not None:
        row[1].append(run)
        row[2] += run if cpu_ns is None else cpu_ns


class Cpu:
    def __init__(self, number):
        self.number = number
        self.handlers = []  # (name, irq, since), the innermost last
        self.raised = {}
        self.soft = None  # (name, since, wait)
        self.hard_ns = 0

    def enter(self, name, irq, t):
        self.handlers.append((name, irq, t))

    def leave(self, name, irq, t):
        if not self.handlers or self.handlers[-1][1] != irq or name not in (None, self.handlers[-1][0]):
            return
        name, irq, since = self.handlers.pop()
        add(("handler", name, irq, self.number), None, t - since)
        if not self.handlers:
            self.hard_ns += t - since

    def soft_enter(self, name, t):
        raised = self.raised.pop(name, None)
        self.soft = (name, t, None if raised is None else t - raised)
        self.hard_ns = 0

    def soft_leave(self, name, t):
        if self.soft and self.soft[0] == name:
            _, since, wait = self.soft
            add(("softirq", name, None, self.number), wait, t - since - self.hard_ns)
        self.soft = None


def work_queue(item, t):
    items["queued"] += 1
    items["requeued"] += item in queued
    queued[item] = t


def work_start(thread, item, name, cpu, t):
    items["started"] += 1
    since = queued.pop(item, None)
    items["unqueued" if since is None else "taken"] += 1
    if since is not None:
        add(("work", name, None, cpu), t - since)
    items["cut"] += thread in working
    working[thread] = [item, name, cpu, t, None, 0]


def work_end(thread, item, t):
    if thread not in working or working[thread][0] != item:
        items["unstarted"] += 1
        return
    items["ended"] += 1
    _, name, cpu, since, _, off = working.pop(thread)
    add(("work", name, None, cpu), None, t - since, t - since - off)


def switch(prev, following, t):
    if prev in working and working[prev][4] is None:
        working[prev][4] = t
    if following in working and working[following][4] is not None:
        working[following][5] += t - working[following][4]
        working[following][4] = None


for line in sys.stdin:
    match = re.match(r".*-(\d+) +(\S+) +(\d+)\.(\d+): +(\w+): *(.*)", line)
    if not match:
        continue
    pid, flags, seconds, fraction, event, text = match.groups()
    t = int(seconds) * 1000000000 + int(fraction)
    number = int(flags[:-5])
    cpu = cpus.setdefault(number, Cpu(number))
    fields = dict(w.split("=", 1) for w in text.replace("[", "").replace("]", "").split() if "=" in w)
    thread = ("cpu", number) if flags[-3] in "sH" else pid
    if event == "irq_handler_entry":
        cpu.enter(text.split("name=", 1)[1], int(fields["irq"]), t)
    elif event == "irq_handler_exit":
        cpu.leave(None, int(fields["irq"]), t)
    elif event == "softirq_raise":
        cpu.raised.setdefault(fields["action"], t)
    elif event == "softirq_entry":
        cpu.soft_enter(fields["action"], t)
    elif event == "softirq_exit":
        cpu.soft_leave(fields["action"], t)
    elif "vector" in fields and event.endswith("_entry"):
        cpu.enter(event[:-6], None, t)
    elif "vector" in fields and event.endswith("_exit"):
        cpu.leave(event[:-5], None, t)
    elif event == "sched_switch":
        switch(fields["prev_pid"], fields["next_pid"], t)
    elif event in ("workqueue_queue_work", "sched_kthread_work_queue_work"):
        work_queue(int(fields["struct"], 16), t)
    elif event in ("workqueue_execute_start", "sched_kthread_work_execute_start"):
        words = text.replace(":", "").split()
        work_start(thread, int(words[2], 16), words[4], number, t)
    elif event in ("workqueue_execute_end", "sched_kthread_work_execute_end"):
        work_end(thread, int(text.replace(":", "").split()[2], 16), t)
items["pending"] = len(queued)
items["running"] = len(working)

with open(sys.argv[1]) as f:
    trace = json.load(f)["trace"]
theirs = {}
for row in trace["runs"]:
    wait, run = row["wait"], row["run"]
    key = row["kind"], row["name"], row["irq"], row["cpu"]
    theirs[key] = ((wait["n"], wait["sum_ns"], wait["max_ns"]) if wait else (0, 0, 0),
                   (run["n"], run["sum_ns"], run["max_ns"]) if run else (0, 0, 0))
    share = found[key][2] / trace["duration_ns"]
    assert abs(row["cpu_share"] - share) <= 1e-9, (row, share)
ours = {key: tuple((len(x), sum(x), max(x, default=0)) for x in times[:2]) for key, times in found.items()}
for key in ours.keys() | theirs.keys():
    assert ours.get(key) == theirs.get(key), (key, ours.get(key), theirs.get(key))
assert trace["work_items"] == {key: items[key] for key in trace["work_items"]}, (trace["work_items"], items)
print(len(ours))
