#!/bin/bash
# irqlat's timerfd way beside rtla timerlat, in turns, in a guest that has the tracer:
# of Debian's kernels, 6.1-rt. TAP.
#
#   tests/vm/timerlat.sh [KERNEL]     default 6.1-rt
#
# timerlat's user threads came with Linux 6.6 and rtla -u; 6.1's thread is a kernel
# thread, which takes the time in front of its next sleep. So the way has to cost what
# that costs, and on top of it the end of a read() and the return to user mode, which
# procirq's own figures bound: see ADDED_NS. Counted instructions (icount) for both.
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
	irqlat bench --ways timerfd -c 0 -i 1ms --samples 1000 -P f:95 -q --json=ours.$i >&2 || exit
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
result $? "$kernel: timerlat and timerfd, five times each" "$(tail -n 20 "$work/err")"

figures=$(/usr/bin/python3 - "$work" <<'PYTHON' 2>&1
import glob, json, statistics, sys
ADDED_NS = (500, 6000)	# end of read(), return to user mode, reading the clock
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
def ours(path):
    run = json.load(open(path))
    row = run["results"][0]
    assert row["way"] == "timerfd" and row["n"] >= 1000 and not run["partial"], row
    return row["p50_ns"]
theirs = [timerlat(p) for p in sorted(glob.glob(folder + "/theirs.*"))]
own = [ours(p) for p in sorted(glob.glob(folder + "/ours.*"))]
assert len(theirs) == len(own) == 5
a, b = statistics.median(theirs), statistics.median(own)
print(f"median thread latency of timerlat {a:.0f} ns ({min(theirs)} to {max(theirs)}), timerfd {b:.0f} ns ({min(own)} to {max(own)}), {b - a:.0f} more")
assert ADDED_NS[0] <= b - a <= ADDED_NS[1], "no agreement"
PYTHON
)
result $? "$kernel: timerfd's median is timerlat's, and at most 6 us for read() and user mode" "$figures"
echo "# ${figures//$'\n'/; }"
tap_end
