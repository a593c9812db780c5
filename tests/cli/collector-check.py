#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the collector in the kernel found what the streaming engine found.

    collector-check.py ENGINE.json COLLECTOR.json HIDDEN

Both have watched the same chains. The number of times of each stage is equal for each
interrupt and CPU, but for one in five hundred: an interrupt that comes between the two
looks of both at the entry of a softirq, where interrupts are on, is before it for one and
behind it for the other, and then only one knows what raised the softirq. The kernels of
some hypervisors run no BPF program while a task of theirs runs, and record no switch from
it: of each interrupt, HIDDEN chains in all may be missing in the collector, and as many as
the engine found no switch for, in the engine.

Percentiles are within a bucket and what the two add to each other's
times: each takes its time stamps while the other one's follow or precede. One time in
two hundred may be off by more, because the machine itself may be stopped between two
time stamps. Prints how many chains there were; exit status 77: too few.
"""
import json
import sys

LEAST = 500
RANKS = 0.005


def rows(run):
    return {(r["source"], r["irq"], r["cpu"], r["stage"]): r
            for r in run["results"] if r["stage"] not in ("irq", "module")}


def quantile(row, share):
    """The bucket with the sample of that rank."""
    rank, seen = max(1, min(row["n"], share * row["n"])), 0
    for low, high, count in row["histogram"]:
        seen += count
        if seen >= rank:
            return low, high
    return low, high


def missing_switches(run, source):
    return sum(a["unmatched"]["no_switch"]
               for a in run["trace"]["accounting"] if a["source"] == source)


def main(engine, collector, hidden):
    slack = 3 * engine["trace"]["event_cost_ns"]
    theirs, ours = rows(engine), rows(collector)
    chains = sum(r["n"] for (_, _, _, stage), r in theirs.items() if stage == "total")
    if chains < LEAST:
        print(f"only {chains} chains: the load does not interrupt")
        return 77
    differ = 0
    cut = {source: missing_switches(engine, source) for source in {key[0] for key in theirs}}
    for key in set(theirs) | set(ours):
        n = [side.get(key, {"n": 0})["n"] for side in (theirs, ours)]
        differ = max(differ, abs(n[0] - n[1]))
        alike = 1 + max(n) // 500
        assert -cut.get(key[0], 0) - alike <= n[0] - n[1] <= hidden + alike, \
            (key, n, hidden, cut)
    for key, t in theirs.items():
        if t["n"] < LEAST:
            continue
        o = ours[key]
        ranks = RANKS + (hidden + cut[key[0]]) / t["n"]
        for share in 0.5, 0.9, 0.99:
            below = quantile(t, max(0, share - ranks))[0]
            above = quantile(t, min(1, share + ranks))[1]
            low, high = quantile(o, share)
            assert below - (high - low + 1) - slack <= low and high <= above + (high - low + 1) + slack, \
                (key, share, (low, high), (below, above), slack)
    print(f"{len(theirs)} histograms, {differ} chains differ, of {chains}; "
          f"{hidden} interrupts of tasks of process 1, {sum(cut.values())} switches missing")
    return 0


sys.exit(main(*(json.load(open(path)) for path in sys.argv[1:3]), int(sys.argv[3])))
