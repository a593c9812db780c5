#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How often and how long a softirq ran, calculated from the text of a trace.

    softirq-text.py NAME <trace

Knows nothing of the engine: it follows the text of irq:softirq_entry, softirq_exit,
irq_handler_entry and irq_handler_exit line by line, and prints "COUNT SECONDS". A
handler that interrupts the softirq is not part of its time.
"""
import re
import sys

name = sys.argv[1]
since, hard_since, hard, count, total = {}, {}, {}, 0, 0
for line in sys.stdin:
    # "  sshd-17  [001] d..2.  3050.782392: softirq_entry: vec=3 [action=NET_RX]"
    match = re.match(r".*-\d+ +(?:\(.*\) +)?\[(\d+)\] +\S+ +(\d+)\.(\d+): +(\w+): *(.*)", line)
    if not match:
        continue
    cpu, seconds, fraction, event, text = match.groups()
    t = int(seconds) * 10**len(fraction) + int(fraction)
    unit = 10**len(fraction)
    if event == "irq_handler_entry":
        hard_since[cpu] = t
    elif event == "irq_handler_exit" and cpu in hard_since:
        hard[cpu] = hard.get(cpu, 0) + t - hard_since.pop(cpu)
    elif event == "softirq_entry":
        hard[cpu] = 0
        since[cpu] = (text, t)
    elif event == "softirq_exit" and since.get(cpu, ("",))[0] == text:
        if f"action={name}]" in text:
            count += 1
            total += (t - since[cpu][1] - hard.get(cpu, 0)) / unit
        del since[cpu]
print(count, f"{total:.9f}")
