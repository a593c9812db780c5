#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat trace in a guest, on interrupts of irqgen and of QEMU's edu device while
# irqlat bench reads them: chains go up to the end of read() and agree with the
# module's own times; the kernel's histograms (--in-kernel) agree with what is
# recorded; libtracefs reads what we read. Time is the number of instructions
# executed (--icount): wall clock in an emulator says nothing about any of it. TAP.
#
#   tests/vm/trace.sh [KERNEL]...    default 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1

. tests/tap.sh

# part NAME: what the guest printed under "== NAME"
part()
{
	awk -v name="== $1" '/^== / { on = $0 == name; next } on' "$scratch/out"
}

# n_of PART STAGE: column N among rows that ended in user space
n_of()
{
	part "$1" | awk -v stage="$2" '$4 == "user" && $5 == stage { n += $6 } END { print n + 0 }'
}

chains()
{
	local kernel=$1 source=$2 cost delta
	[ "$(n_of "$source" total)" -ge 1000 ] && [ "$(n_of "$source" read)" -ge 1000 ]
	result $? "$kernel: chains of $source go up to the end of read()" \
		"total $(n_of "$source" total), read $(n_of "$source" read)"
	cost=$(part "$source" | awk '$1 == "own" && $2 == "overhead" { print $3 }')
	delta=$(part "$source" | awk '$4 == "user" && $5 == "module" { print $8; exit }')
	[ "$(n_of "$source" module)" -ge 1000 ] && [ "${delta:-999999}" -le "$cost" ]
	result $? "$kernel: handler times of $source agree with the module's within the overhead printed" \
		"module $(n_of "$source" module), p50 ${delta:-?} ns, an event costs $cost ns"
	part "$source" | awk '/^ +all / { found = $2 > 0 && $2 == $3 + $4 + $5 + $6 } END { exit !found }'
	result $? "$kernel: every interrupt of $source is accounted for" "$(part "$source" | grep ' all ')"
}

# Counts are the same; means and percentiles are, but for a bucket's width and what
# the other's tracing adds between its time stamp and ours: at one event at most
# six histograms and one record.
in_kernel()
{
	for file in csv json stream.csv stream.json; do
		part "$1.$file" >"$scratch/$file"
	done
	/usr/bin/python3 - "$1" "$scratch" <<'PYTHON'
import csv, json, sys
how, folder = sys.argv[1:]
def rows(name):
    return {r["stage"]: r for r in csv.DictReader(open(f"{folder}/{name}"))
            if r["source"] == "procirq"}
ours, theirs = rows("csv"), rows("stream.csv")
kernel = json.load(open(f"{folder}/json"))["trace"]
stream = json.load(open(f"{folder}/stream.json"))["trace"]
stages = {"irq", "handler", "wake", "queue", "total"}
assert set(ours) == stages, set(ours)
assert stages <= set(theirs), set(theirs)
slack = 6 * kernel["event_cost_ns"] + stream["event_cost_ns"]
irq = int(ours["irq"]["irq"])
books = [a for a in kernel["accounting"] if a["irq"] == irq]
stream_seen = sum(a["seen"] for a in stream["accounting"] if a["irq"] == irq)
for what in ("seen", "timed", "wakeups", "ran"):
    assert sum(b[what] for b in books) == stream_seen, (what, books, stream_seen)
assert kernel["dropped"] == kernel["malformed"] == 0, kernel
assert (kernel["bucket_ns"] is None) == (how == "log2"), kernel["bucket_ns"]
for stage in sorted(stages):
    k, s = ours[stage], theirs[stage]
    assert int(k["n"]) == int(s["n"]) >= 1000, (stage, k["n"], s["n"])
    off = abs(float(k["mean_ns"]) - float(s["mean_ns"]))
    assert off <= slack, (stage, "mean", k["mean_ns"], s["mean_ns"], slack)
    for p in ("p50_ns", "p90_ns", "p99_ns"):
        high = int(k[p])
        # ours keeps three digits of the upper end
        low = high / 2 if how == "log2" else high - 1000 - high / 500
        assert low - slack <= int(s[p]) <= high + slack, (stage, p, k[p], s[p], slack)
parts = sum(float(ours[s]["mean_ns"]) * int(ours[s]["n"]) for s in ("handler", "wake", "queue"))
total = float(ours["total"]["mean_ns"]) * int(ours["total"]["n"])
assert abs(parts - total) < 3, ("stages do not add up to the total", parts, total)
PYTHON
}

# Machines with CPUs that may be plugged in, or that are switched off.
offline_cpu()
{
	local kernel=$1 name
	tests/vm/run --kernel "$kernel" --append maxcpus=1 --file tests/vm/trace-offline.sh \
		-- sh /files/trace-offline.sh >"$scratch/out" 2>"$scratch/err"
	[ $? = 0 ] && [ "$(part online | xargs)" = '0-1 0' ] && ! grep -q 'timed out' "$scratch/out"
	result $? "$kernel: a guest with a CPU that is offline" \
		"$(part online) $(grep 'timed out' "$scratch/out") $(tail -2 "$scratch/err")"
	for name in booted cpu0 comes goes; do
		part $name | grep -q '^status 0$' &&
			part $name | awk '/^ +all / { found = $2 > 0 && $2 == $3 + $4 + $5 + $6 } END { exit !found }'
		result $? "$kernel: offline CPU: trace runs ($name)" "$(part $name | head -5)"
	done
	part comes | awk '/seen = matched/ { books = 1 } books && $(NF > 8 ? 3 : 0) == 1 { found = 1 } END { exit !found }'
	result $? "$kernel: offline CPU: its interrupts are seen when it comes" "$(part comes | tail -30)"
	part irqtop | awk '/virtio/ && $4 ~ /[0-9]/ { found = 1 } END { exit !found }'
	result $? "$kernel: offline CPU: irqtop -L has times of handlers" "$(part irqtop | grep virtio)"
}

[ $# -gt 0 ] || set -- 6.1
for kernel; do
	offline_cpu "$kernel"
	tests/vm/run --kernel "$kernel" --icount --timeout 900 --file tests/vm/trace-guest.sh \
		--file build/unit/test_trace_real -- sh /files/trace-guest.sh >"$scratch/out" 2>"$scratch/err"
	status=$?
	[ $status = 0 ] && ! grep -q 'timed out' "$scratch/out"
	result $? "$kernel: a run in the guest" \
		"status $status: $(grep 'timed out' "$scratch/out") $(tail -2 "$scratch/err")"
	chains "$kernel" irqgen
	chains "$kernel" edu
	for how in log2 linear; do
		why=$(in_kernel $how 2>&1) && [ "$(part $how.status)" = 0 ]
		result $? "$kernel: in-kernel histograms, $how, agree with the recorded events" \
			"$(tail -1 <<<"$why") $(part $how.text | grep '^irqlat:')"
	done
	part threads.json | /usr/bin/python3 -c '
import json, sys
rows = json.load(sys.stdin)["trace"]["accounting"]
uio = max(rows, key=lambda r: r["seen"])
assert uio["seen"] == uio["timed"] >= 500, uio
assert uio["wakeups"] >= 500 and uio["wakeups"] - 2 <= uio["ran"] <= uio["wakeups"], uio' 2>"$scratch/why"
	result $? "$kernel: in-kernel: tasks and irq threads that UIO's handler wakes" \
		"$(tail -1 "$scratch/why"; part threads.text | tail -12)"
	part killed | grep -q 'events: irqlat_trace_.*_in' && part killed | grep -q 'instances: irqlat-trace' &&
		part swept | grep -q '^instances: \*$' && part swept | grep -q '^events: somebodys$'
	result $? "$kernel: SIGKILL: the next start sweeps our instance and synthetic events, and only them" \
		"$(part killed; part swept)"
	part oracle | grep -q '^1\.\.6' && ! part oracle | grep -q '^not ok'
	result $? "$kernel: libtracefs's iterator reads the recorded buffers as we do" "$(part oracle)"
	part oracle | grep SKIP | sed "s/^/# $kernel: /"
	part end | grep -q '^instances: \*$' && part end | grep -q '^events: $'
	result $? "$kernel: nothing is left behind" "$(part end)"
done
tap_end
