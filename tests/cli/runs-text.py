#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long handlers and softirqs ran and softirqs waited, calculated from the text of a trace.

    trace-cmd report -t -N -l FILE | runs-text.py JSON

JSON is what irqlat trace --runs --json wrote of FILE. Knows nothing of irqlat's engine.
Each row must be the same: how many, sum and greatest time, to the nanosecond. Prints how
many rows it compared."""
import json
import re
import sys

cpus = {}
found = {}  # (kind, name, irq, cpu): [waits, runs]


def add(key, wait, run):
    waits, runs = found.setdefault(key, ([], []))
    if wait is not None:
        waits.append(wait)
    runs.append(run)


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


for line in sys.stdin:
    match = re.match(r".*-(\d+) +(\S+) +(\d+)\.(\d+): +(\w+): *(.*)", line)
    if not match:
        continue
    _, flags, seconds, fraction, event, text = match.groups()
    t = int(seconds) * 1000000000 + int(fraction)
    number = int(flags[:-5])
    cpu = cpus.setdefault(number, Cpu(number))
    fields = dict(w.split("=", 1) for w in text.replace("[", "").replace("]", "").split() if "=" in w)
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

with open(sys.argv[1]) as f:
    trace = json.load(f)["trace"]
theirs = {}
for row in trace["runs"]:
    wait, run = row["wait"], row["run"]
    theirs[row["kind"], row["name"], row["irq"], row["cpu"]] = (
        (wait["n"], wait["sum_ns"], wait["max_ns"]) if wait else (0, 0, 0),
        (run["n"], run["sum_ns"], run["max_ns"]))
    share = run["sum_ns"] / trace["duration_ns"]
    assert abs(row["cpu_share"] - share) <= 1e-9, row
ours = {key: tuple((len(x), sum(x), max(x, default=0)) for x in times) for key, times in found.items()}
for key in ours.keys() | theirs.keys():
    assert ours.get(key) == theirs.get(key), (key, ours.get(key), theirs.get(key))
print(len(ours))
