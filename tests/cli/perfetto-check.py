#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks what irqlat explain --perfetto wrote: perfetto-check.py EVENTS CHAINS

EVENTS has to be as the Trace Event Format says. CHAINS is what --chains wrote of the same
recording: the stages have to be the same, and what a CPU's row shows during a stage has to
add up to its parts, to the nanosecond. Prints how many chains it compared."""
import json
import re
import sys

NAMES = {"process_name": "name", "process_sort_index": "sort_index",
         "thread_name": "name", "thread_sort_index": "sort_index"}


def check_format(root):
    assert root["displayTimeUnit"] in ("ms", "ns"), root["displayTimeUnit"]
    owner = {}
    for e in root["traceEvents"]:
        assert type(e["pid"]) is int and type(e["tid"]) is int, e
        assert e["pid"] > 0 and e["tid"] > 0, e
        if not e["name"].startswith("process_"):
            assert owner.setdefault(e["tid"], e["pid"]) == e["pid"], e
        if e["ph"] == "M":
            value = e["args"][NAMES[e["name"]]]
            assert isinstance(value, str if NAMES[e["name"]] == "name" else int), e
        else:
            assert e["ph"] == "X" and isinstance(e["name"], str) and isinstance(e["cat"], str), e
            for key in ("ts", "dur"):
                assert isinstance(e[key], (int, float)) and not isinstance(e[key], bool), e
                assert e[key] >= 0, e


def rows_of(root):
    """Slices of each row, as (from, until, name, category), by process and name of the row."""
    names = {e["tid"]: e["args"]["name"] for e in root["traceEvents"] if e["name"] == "thread_name"}
    rows = {}
    for e in root["traceEvents"]:
        if e["ph"] == "X":
            begin = round(e["ts"] * 1000)
            row = rows.setdefault((e["pid"], names[e["tid"]]), [])
            assert not row or row[-1][1] == begin, ("a gap or an overlap", e)
            row.append((begin, begin + round(e["dur"] * 1000), e["name"], e["cat"]))
    return rows


def text_of(part):
    if part["kind"] == "irq":
        number = f"{part['id']} " if part["id"] >= 0 else ""
        return f"interrupt {number}{part['name']}"
    if part["kind"] == "task":
        return str(part["id"])
    return ("softirq " if part["kind"] == "softirq" else "") + part["name"]


def pieces(chain):
    """The stages in the order of time, (name, CPU, ns), and each hop by itself."""
    result, hops = [], chain["hops"]
    for stage in chain["stages"]:
        if not stage["stage"].startswith("hop"):
            result.append((stage["stage"], stage["cpu"], stage["ns"]))
            continue
        for hop in hops:
            result += [(name, hop["cpu"], hop[key]) for name, key in
                       (("hop_wake", "wake_ns"), ("hop_queue", "queue_ns"), ("hop", "run_ns"))]
        hops = []
    return result


def compare(chain, pid, rows, zero):
    stages = rows[pid, "stages"]
    assert stages[0][0] + zero == chain["start_ns"], chain
    assert [(s[2], s[1] - s[0]) for s in stages] == [(name, ns) for name, _, ns in pieces(chain)]
    cpus = {int(re.match(r"CPU (\d+), of ", name)[1]): row
            for (p, name), row in rows.items() if p == pid and name != "stages"}
    assert set(cpus) == {chain["irq_cpu"], chain["task_cpu"]} | {h["cpu"] for h in chain["hops"]}, set(cpus)
    for row in cpus.values():
        assert (row[0][0], row[-1][1]) == (stages[0][0], stages[-1][1]), row
    for stage in chain["stages"]:
        times = {}
        slots = [(slot, cpu) for slot, (name, cpu, _) in zip(stages, pieces(chain)) if name == stage["stage"]]
        for slot, cpu in slots:
            for begin, end, name, kind in cpus[cpu]:
                ns = min(end, slot[1]) - max(begin, slot[0])
                # The name of a task changes with each program that it executes.
                if kind == "task":
                    name = name.rsplit(":", 1)[1]
                if ns > 0:
                    times[kind, name] = times.get((kind, name), 0) + ns
        assert times == {(p["kind"], text_of(p)): p["ns"] for p in stage["parts"]}, (times, stage)


with open(sys.argv[1]) as f:
    events = json.load(f)
with open(sys.argv[2]) as f:
    chains = [json.loads(line) for line in f]
check_format(events)
all_rows = rows_of(events)
assert {p for p, _ in all_rows} == set(range(1, len(chains) + 1))
for n, c in enumerate(chains):
    compare(c, n + 1, all_rows, events["otherData"]["zero_ns"])
print(len(chains))
