#!/usr/bin/env python3
"""The table of ways of tests/vm/compare-kernels, from the results of its guests.

    waytable.py DIR KERNEL...

Joins, for each kernel, what its guests left in DIR: icount-K.json and
icount-K-spin.json become K-counted.json, clock-K.json and clock-K-spin.json
K-timed.json. Prints the medians that were counted, as a table of Markdown, a
column for each kernel, a line for each way. Exit status 1 when the second run,
icount-K-again.json, has other rows or a median that differs by more than 0.5 %.
"""
import json
import sys

# What two runs of the same instructions may differ by.
TOLERANCE = 0.005


def join(folder, name):
    """One run of the two: rows of the second behind those of the first."""
    with open(f"{folder}/{name}.json") as file:
        run = json.load(file)
    with open(f"{folder}/{name}-spin.json") as file:
        spin = json.load(file)
    run["results"] += spin["results"]
    run["unavailable"] += spin["unavailable"]
    run["partial"] = run["partial"] or spin["partial"]
    run["interrupted"] = run["interrupted"] or spin["interrupted"]
    warnings = run["system"]["warnings"]
    warnings += [w for w in spin["system"]["warnings"] if w not in warnings]
    return run


def medians(run):
    return {(r["way"], r["stage"]): r["p50_ns"] for r in run["results"]}


def compare(kernel, first, second):
    """Returns the greatest relative difference, and what is wrong, a line each."""
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
        run = join(folder, f"icount-{kernel}")
        columns[kernel] = medians(run)
        differs, lines = compare(kernel, columns[kernel],
                                 medians(join(folder, f"icount-{kernel}-again")))
        worst = max(worst, differs)
        wrong += lines
        wrong += [f"{kernel}: {u['way']}: {u['reason']}" for u in run["unavailable"]]
        for name, joined in ((f"{kernel}-counted", run),
                             (f"{kernel}-timed", join(folder, f"clock-{kernel}"))):
            with open(f"{folder}/{name}.json", "w") as file:
                json.dump(joined, file, separators=(",", ":"))
    table(kernels, columns, "total",
          "Median from just before the interrupt was raised to user space, instructions:")
    table(kernels, columns, "handler_to_user",
          "Of it, from the hard interrupt handler on, where the way has its stamp:")
    print(f"Two runs of each kernel: medians differ by at most {worst:.2%}.")
    for line in wrong:
        print(f"compare-kernels: {line}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
