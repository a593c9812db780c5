#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who had the CPU in each stage of some chains, calculated from the text of trace-cmd report.

    trace-cmd report -t -N -l FILE | explain-text.py CHAINS

CHAINS is what irqlat explain --chains wrote. Knows nothing of irqlat's engine: it notes
line by line what runs on each CPU, and looks up the stages of the chains. Every part of
every stage must be the same to the nanosecond. Prints how many chains it compared."""
import bisect
import json
import re
import sys

spans = {}  # CPU: times, and who from then on
state = {}  # CPU: [interrupts, softirq, task]


def note(cpu, t):
    hard, soft, task = state[cpu]
    who = hard[-1] if hard else soft or task
    times, whos = spans.setdefault(cpu, ([], []))
    if whos and whos[-1] == who:
        return
    times.append(t)
    whos.append(who)


def task(pid):
    return ("task", pid) if pid else ("idle", 0)


def read(lines):
    for line in lines:
        match = re.match(r".*-(\d+) +(\S+) +(\d+\.\d+): +(\w+): *(.*)", line)
        if not match:
            continue
        pid, flags, stamp, event, text = match.groups()
        cpu, pid = int(flags[:-5]), int(pid)
        sec, nano = stamp.split(".")
        t = int(sec) * 1000000000 + int(nano)
        if cpu not in state:
            state[cpu] = [[], None, task(pid)]
            note(cpu, 0)
        s = state[cpu]
        if event == "irq_handler_entry":
            s[0].append(("irq", re.search(r"name=(\S*)", text).group(1)))
        elif event.endswith("_entry") and "vector=" in text:
            s[0].append(("irq", event[:-len("_entry")]))
        elif event == "irq_handler_exit" or event.endswith("_exit") and "vector=" in text:
            if s[0]:
                s[0].pop()
        elif event == "softirq_entry":
            s[1] = ("softirq", int(re.search(r"vec=(\d+)", text).group(1)))
        elif event == "softirq_exit":
            s[1] = None
        elif event == "sched_switch":
            s[0].clear()
            s[2] = task(int(re.search(r"next_pid=(\d+)", text).group(1)))
        note(cpu, t)


def parts(cpu, begin, end):
    times, whos = spans.get(cpu, ([], []))
    found = {}
    i = bisect.bisect_right(times, begin) - 1
    while begin < end:
        until = min(end, times[i + 1] if i + 1 < len(times) else end)
        if until > begin:
            found[whos[i]] = found.get(whos[i], 0) + until - begin
        begin, i = until, i + 1
    return found


def windows(chain):
    """Of each stage: (CPU, begin, end), and that of each hop by itself."""
    at, result, hops = chain["start_ns"], {}, chain["hops"]

    def spend(name, cpu, ns):
        nonlocal at
        result.setdefault(name, []).append((cpu, at, at + ns))
        at += ns

    for stage in chain["stages"]:
        if not stage["stage"].startswith("hop"):
            spend(stage["stage"], stage["cpu"], stage["ns"])
            continue
        for hop in hops:
            spend("hop_wake", hop["cpu"], hop["wake_ns"])
            spend("hop_queue", hop["cpu"], hop["queue_ns"])
            spend("hop", hop["cpu"], hop["run_ns"])
        hops = []
    return result


def main(path):
    read(sys.stdin)
    n = 0
    for line in open(path):
        chain = json.loads(line)
        assert sum(s["ns"] for s in chain["stages"]) == chain["total_ns"], chain
        spent = windows(chain)
        for stage in chain["stages"]:
            assert sum(end - at for _, at, end in spent[stage["stage"]]) == stage["ns"], chain
            theirs = {(p["kind"], p["name"] if p["kind"] == "irq" else p["id"]): p["ns"]
                      for p in stage["parts"]}
            # Too long ago: irqlat keeps a number of spans, which make up the end.
            early = theirs.pop(("unknown", -1), 0)
            ours = {}
            for cpu, at, end in spent[stage["stage"]]:
                for who, ns in parts(cpu, min(end, at + early), end).items():
                    ours[who] = ours.get(who, 0) + ns
            # There is room for so many parts; the others are one.
            others = theirs.pop(("others", -1), 0)
            if others:
                assert sum(theirs.values()) + others == stage["ns"] - early
                theirs = {who: ns for who, ns in theirs.items() if ours.get(who) == ns}
                assert len(theirs) > 50
                ours = {who: ours[who] for who in theirs}
            assert ours == theirs, (chain["start_ns"], stage["stage"], ours, theirs)
        n += 1
    print(n)


main(sys.argv[1])
