#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares irqlat's timer ways with rtla timerlat, in turns, in guests whose kernel has the
# tracer: of Debian's kernels those with PREEMPT_RT. TAP.
#
#   tests/vm/timerlat.sh [KERNEL]...     default 6.1-rt 6.12-rt
#
# In 6.1 timerlat's thread is a kernel thread, which takes the time when it runs ("Thr").
# From 6.5 on it may be a user thread that sleeps in read() ("rtla timerlat -u"): it takes
# the time there, in the kernel, and again in the kernel when it calls read() the next time
# ("Usr"). nanosleep costs about as much as Thr: it returns to user mode in addition, and
# timerlat records the interrupt in addition. nanosleep takes its time in user mode, before
# Usr does. On PREEMPT_RT timerfd expires in a softirq: that is another thread to switch
# to, and the softirq's work. All of them count instructions (icount), which repeat exactly.
set -u

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
[ $# -gt 0 ] || set -- 6.1-rt 6.12-rt

# In the guest. pthread_exit() loads libgcc_s by name.
cat >"$scratch/guest.sh" <<'SHELL'
cd /tmp
grep -qw timerlat /sys/kernel/tracing/available_tracers || exit 42
export LD_LIBRARY_PATH=/files
user=
[ ! -e /sys/kernel/tracing/osnoise/per_cpu/cpu0/timerlat_fd ] || user=-u
for i in 1 2 3 4 5; do
	/files/rtla timerlat hist $user -c 0 -p 1000 -d 1 -P f:95 -n -b 100 -E 20000 --no-header >theirs.$i || exit
	irqlat bench --ways timerfd,nanosleep -c 0 -i 1ms --samples 1000 -P f:95 -q --json=ours.$i >&2 || exit
done
tar c theirs.* ours.*
SHELL

# judge FOLDER: prints our figures and timerlat's; fails if they do not agree
judge()
{
	/usr/bin/python3 - "$1" <<'PYTHON' 2>&1
import glob, json, statistics, sys
folder = sys.argv[1]
def timerlat(path, column):
    """Median of a column, ns; the middle of its bucket of 100 ns. None without it."""
    rows = [line.split() for line in open(path)]
    bins = [[int(field) for field in r] for r in rows if r and r[0].isdigit()]
    if len(bins[0]) <= column:
        return None
    bins = [(r[0], r[column]) for r in bins]
    over = [int(r[column]) for r in rows if r and r[0] == "over:"]
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
    values = [value for value in values if value is not None]
    if not values:
        return None
    print(f"{name}: median {statistics.median(values):.0f} ns ({min(values)} to {max(values)})")
    assert len(values) == 5, name
    return statistics.median(values)
IRQ, THR, USR = 1, 2, 3
theirs = glob.glob(folder + "/theirs.*")
thread = median("timerlat, thread", [timerlat(p, THR) for p in theirs])
user = median("timerlat, user", [timerlat(p, USR) for p in theirs])
sleep = median("nanosleep", [ours(p, "nanosleep") for p in glob.glob(folder + "/ours.*")])
timerfd = median("timerfd", [ours(p, "timerfd") for p in glob.glob(folder + "/ours.*")])
assert 0.75 * thread <= sleep <= 1.25 * thread, "nanosleep: no agreement"
# A softirq's thread between the two.
assert sleep < timerfd <= sleep + 3 * thread, "timerfd: no agreement"
if user is not None:
    assert thread < user and 1.1 * sleep <= user <= 2.2 * sleep, "user thread: no agreement"
print("user thread" if user is not None else "kernel thread")
PYTHON
}

for kernel; do
	folder=$scratch/$kernel
	mkdir "$folder"
	rtla=$(tests/vm/kernel tool "$kernel" rtla 2>"$folder/err")/usr/bin/rtla
	tests/vm/run --kernel "$kernel" --icount --timeout 600 --file "$rtla" --file "$scratch/guest.sh" \
		--file "$(gcc -print-file-name=libgcc_s.so.1)" \
		-- 'sh /files/guest.sh' >"$folder/tar" 2>>"$folder/err"
	status=$?
	if [ $status = 42 ]; then
		skip "$kernel: timerlat" 'this kernel has no timerlat tracer'
		continue
	fi
	[ $status = 0 ] && tar xmf "$folder/tar" -C "$folder"
	result $? "$kernel: timerlat and our ways, five times each" "$(tail -n 20 "$folder/err")"
	figures=$(judge "$folder")
	result $? "$kernel: a sleep's median is Thr's within 25 %, Usr's 1.1 to 2.2 times it; timerfd's at most three Thr more" "$figures"
	echo "# ${figures//$'\n'/; }"
	[ "$kernel" = 6.1-rt ] || result "$([ "${figures##*$'\n'}" = 'user thread' ]; echo $?)" \
		"$kernel: timerlat's thread was in user mode" "$figures"
done
tap_end
