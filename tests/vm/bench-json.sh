#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat bench on each kernel: its JSON is complete, and no interrupt was lost. With
# --icount the figures repeat. TAP on stdout.
#
#   tests/vm/bench-json.sh [KERNEL]...
set -u

cd "$(dirname "$0")/../.." || exit 1

. tests/tap.sh

# books N WAYS FILE: the results have these ways with N samples each, and their counts
# add up.
books()
{
	/usr/bin/python3 - "$@" <<'PYTHON'
import json, sys
n, ways, path = int(sys.argv[1]), set(sys.argv[2].split(",")), sys.argv[3]
result = json.load(open(path))
assert result["schema"] == "irqlat/1", result["schema"]
rows = [r for r in result["results"] if r["stage"] == "total"]
assert {r["way"] for r in rows} == ways, [r["way"] for r in rows]
for r in rows:
    assert r["n"] == n, (r["way"], r["n"])
    assert r["lost"] == 0, (r["way"], r["lost"])
    assert r["raised"] == r["delivered"] + r["coalesced"], r
    assert sum(b[2] for b in r["histogram"]) == n, "histogram"
    assert r["min_ns"] <= r["p50_ns"] <= r["p99_ns"] <= r["max_ns"], r
PYTHON
}

# within PERCENT FILE FILE: p50_ns of each way and stage agree.
within()
{
	/usr/bin/python3 - "$@" <<'PYTHON'
import json, sys
percent = float(sys.argv[1])
def medians(path):
    return {(r["way"], r["stage"]): r["p50_ns"] for r in json.load(open(path))["results"]}
first, second = medians(sys.argv[2]), medians(sys.argv[3])
assert first.keys() == second.keys()
for key, a in first.items():
    b = second[key]
    assert abs(a - b) <= percent / 100 * a, (key, a, b)
PYTHON
}

bench='modprobe procirq && modprobe irqgen && irqlat bench --source irqgen --ways read,poll --json'
for kernel in "${@:-6.1}"; do
	tests/vm/run --kernel "$kernel" --timeout 400 -- "$bench --samples 5000" \
		>"$scratch/json" 2>"$scratch/err" &&
		books 5000 read,poll "$scratch/json" 2>>"$scratch/err"
	result $? "$kernel: irqlat bench gives 5000 samples each, none lost" "$(tail -n 15 "$scratch/err")"
done

for run in first second; do
	tests/vm/run --icount -- "$bench --samples 1000" >"$scratch/$run" 2>"$scratch/err" || break
done
within 0.5 "$scratch/first" "$scratch/second" 2>>"$scratch/err"
result $? "6.1: two runs under --icount agree to 0.5 % in every median" "$(tail -n 15 "$scratch/err")"

tap_end
