#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of ways of tests/vm/compare-kernels, from the results of its guests.

    waytable.py DIR KERNEL...

Reads, for each kernel, the results of its two guests that count instructions. Prints
the medians as a table in Markdown, with a column for each kernel and a row for each
way. Exit status 1 when the second run, icount-K-again.json, has other rows or a
median that differs by more than 0.5 %.
"""
import json
import sys

# By how much the medians of two runs may differ.
TOLERANCE = 0.005


def load(folder, name):
    with open(f"{folder}/{name}.json") as file:
        return json.load(file)


def medians(run):
    """By way and stage. Where the path to the handler is known it is part of the
    way's name, and the rows of all paths together are left out. So are the rows of
    timers without their missed periods."""
    results = [r for r in run["results"] if r["stage"] != "total_kept"]
    split = {r["way"] for r in results if r["stage"].startswith("total_")}
    found = {}
    for r in results:
        for stage in ("total", "handler_to_user"):
            if r["stage"].startswith(stage + "_"):
                path = r["stage"][len(stage) + 1:]
                found[f"{r['way']} ({path})", stage] = r["p50_ns"]
        if r["way"] not in split:
            found[r["way"], r["stage"]] = r["p50_ns"]
    return found


def compare(kernel, first, second):
    """Returns the greatest relative difference, and a list of messages."""
    worst, wrong = 0.0, []
    for key in sorted(set(first) | set(second)):
        name = f"{kernel}: {key[0]}, {key[1]}"
        a, b = first.get(key), second.get(key)
        if not a or not b:
            wrong.append(f"{name}: median {a} and then {b}")
            continue
        worst = max(worst, abs(b - a) / a)
        if abs(b - a) > TOLERANCE * a:
            wrong.append(f"{name}: {a} instructions and then {b}, {(b - a) / a:+.2%}")
    return worst, wrong


def table(kernels, columns, stage, title):
    ways = []
    for kernel in kernels:
        ways += [w for w, s in columns[kernel] if s == stage and w not in ways]
    if not ways:
        return
    print(f"{title}\n")
    print("| way | " + " | ".join(kernels) + " |")
    print("|---|" + "---:|" * len(kernels))
    for way in ways:
        cells = [str(columns[k].get((way, stage)) or "n/a") for k in kernels]
        print(f"| {way} | " + " | ".join(cells) + " |")
    print()


def main():
    folder, kernels = sys.argv[1], sys.argv[2:]
    columns, worst, wrong = {}, 0.0, []
    for kernel in kernels:
        run = load(folder, f"icount-{kernel}")
        columns[kernel] = medians(run)
        differs, messages = compare(kernel, columns[kernel],
                                 medians(load(folder, f"icount-{kernel}-again")))
        worst = max(worst, differs)
        wrong += messages
        wrong += [f"{kernel}: {u['way']}: {u['reason']}" for u in run["unavailable"]]
    table(kernels, columns, "total",
          "Median from just before the interrupt was raised to user space, instructions:")
    table(kernels, columns, "handler_to_user",
          "Of it, from the hard interrupt handler on, where the way has its stamp:")
    print(f"Two runs of each kernel: medians differ by at most {worst:.2%}.")
    for message in wrong:
        print(f"compare-kernels: {message}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
