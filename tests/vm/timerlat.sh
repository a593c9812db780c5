#!/bin/bash
# irqlat's timer ways beside rtla timerlat, in turns, in a guest that has the tracer:
# of Debian's kernels, 6.1-rt. TAP.
#
#   tests/vm/timerlat.sh [KERNEL]     default 6.1-rt
#
# timerlat's user threads came with Linux 6.6 and rtla -u; 6.1's thread is a kernel
# thread, which takes the time when it runs. A sleep costs about the same: it has the
# return to user mode on top, and timerlat its record of the interrupt. timerfd on
# PREEMPT_RT expires in a softirq, which is one more thread to switch to, and its
# work. Counted instructions (icount) for all three: they repeat to the instruction.
set -u

cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/procirq-timerlat.XXXXXX")
trap 'rm -rf "$work"' EXIT
. tests/tap.sh
kernel=${1:-6.1-rt}

command -v rtla >/dev/null || skip_all 'rtla is not installed'

guest()
{
	cat <<'SHELL'
cd /tmp
grep -qw timerlat /sys/kernel/tracing/available_tracers || exit 42
for i in 1 2 3 4 5; do
	/files/rtla timerlat hist -c 0 -p 1000 -d 1 -P f:95 -n -b 100 -E 2000 --no-header >theirs.$i || exit
	irqlat bench --ways timerfd,nanosleep -c 0 -i 1ms --samples 1000 -P f:95 -q --json=ours.$i >&2 || exit
done
tar c theirs.* ours.*
SHELL
}

guest >"$work/guest.sh"
tests/vm/run --kernel "$kernel" --icount --timeout 600 --file "$(command -v rtla)" --file "$work/guest.sh" \
	-- 'sh /files/guest.sh' >"$work/tar" 2>"$work/err"
status=$?
[ $status != 42 ] || skip_all "$kernel has no timerlat tracer"
[ $status = 0 ] && tar xf "$work/tar" -C "$work"
result $? "$kernel: timerlat and our ways, five times each" "$(tail -n 20 "$work/err")"

figures=$(/usr/bin/python3 - "$work" <<'PYTHON' 2>&1
import glob, json, statistics, sys
folder = sys.argv[1]
def timerlat(path):
    """Median of the thread's latencies, ns; the middle of its bucket of 100 ns."""
    rows = [line.split() for line in open(path)]
    bins = [(int(r[0]), int(r[2])) for r in rows if len(r) == 3 and r[0].isdigit()]
    over = [int(r[2]) for r in rows if r and r[0] == "over:"]
    n = sum(count for _, count in bins)
    assert n > 900 and over == [0], (n, over)
    half = n / 2
    for ns, count in bins:
        half -= count
        if half <= 0:
            return ns + 50
def ours(path, way):
    run = json.load(open(path))
    row = next(r for r in run["results"] if r["way"] == way)
    assert row["n"] >= 1000 and not run["partial"], row
    return row["p50_ns"]
def median(name, values):
    print(f"{name}: median {statistics.median(values):.0f} ns ({min(values)} to {max(values)})")
    assert len(values) == 5, name
    return statistics.median(values)
thread = median("timerlat, thread", [timerlat(p) for p in glob.glob(folder + "/theirs.*")])
sleep = median("nanosleep", [ours(p, "nanosleep") for p in glob.glob(folder + "/ours.*")])
timerfd = median("timerfd", [ours(p, "timerfd") for p in glob.glob(folder + "/ours.*")])
assert 0.75 * thread <= sleep <= 1.25 * thread, "nanosleep: no agreement"
# A softirq's thread between the two.
assert sleep < timerfd <= sleep + 3 * thread, "timerfd: no agreement"
PYTHON
)
result $? "$kernel: a sleep's median is timerlat's within 25 %; timerfd's is at most three times as much more" "$figures"
echo "# ${figures//$'\n'/; }"
tap_end
