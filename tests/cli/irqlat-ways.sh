#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat bench without any module: the ways that every kernel has, load, signals
# that ask for results or for the end, and cyclictest beside it. TAP.
#
# The machine may be busy: these tests check counts, not times. Only the comparison
# with cyclictest checks times, which load affects alike on both sides.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqlat=${IRQLAT:-build/bin/irqlat}
. tests/tap.sh

tested()
{
	timeout 20 "$irqlat" bench "$@"
}

# holds NAME FILE FILTER: the jq filter is true for the file. On a busy machine any
# way may miss a period and then has a second row: "totals" are the first ones.
holds()
{
	[ "$(jq 'def totals: .results[] | select(.stage == "total"); '"$3" "$2" 2>"$scratch/jq")" = true ]
	result $? "$1" "$(cat "$scratch/jq"; jq -c 'del(.results[].histogram, .results[].blocks, .system)' "$2" 2>&1)"
}

# --- bad options --------------------------------------------------------------

refused 'way that needs an interrupt' 'way read does not work with --source timer: use irqgen.* or ' --source timer --ways read
refused 'way that needs a device' 'way vfio does not work with --source timer: use edu$' --source timer --ways vfio
refused 'user level interrupt without interrupts' 'way uli does not work with --source timer: use irqgen.* or ' --source timer --ways uli
refused 'no such user level interrupt' '--ways: "uli-poll" is none of: .*uli, uli-spin, uli-sleep' --ways uli-poll
refused 'user level interrupt twice' '--ways: uli-spin is named twice' --ways uli-spin,uli,uli-spin
refused 'io_uring without interrupts' 'way uring-poll does not work with --source timer: use irqgen.* or ' --source timer --ways uring-poll
refused 'a GPIO line of another source' 'way gpiocdev does not work with --source timer: use gpio-sim$' --source timer --ways gpiocdev
refused 'a file of a simulated GPIO line' 'way read does not work with --source gpio-sim: use irqgen.* or ' --source gpio-sim --ways read
refused 'a deadline that is too short' '"d:2ms:1ms" is not a priority' -P d:2ms:1ms
if [ -d /sys/kernel/config/gpio-sim ]; then
	skip 'no simulated GPIO' 'gpio-sim is loaded'
else
	refused 'no simulated GPIO' '/sys/kernel/config/gpio-sim: not there: run: modprobe gpio-sim' --source gpio-sim --ways gpiocdev
fi
refused 'address of timer' 'timer takes no device' --source timer=3
refused 'interval too short' '--interval: 1us is out of range: from 10us to 10s' -i 1us
refused 'unknown load' '--load: "disk" is none of: cpu, io, irq, net' --load cpu,disk
refused 'empty load' '--load: "" is none of' --load ''
refused 'load twice' '--load: cpu is named twice' --load cpu,cpu
refused 'empty command' '--load-cmd: the command is empty' --load-cmd ''
if [ "$(id -u)" = 0 ]; then
	TMPDIR=/no/such refused 'no folder for io' '--load io: /no/such/.*No such file' --ways timerfd --load io
else
	skip 'no folder for io' 'needs no root, but was not tried without'
fi

# --- counts -------------------------------------------------------------------

timeout 60 "$irqlat" bench --source timer --samples 300 --json >"$scratch/all.json" 2>"$scratch/err"
result $? 'the ways that need no module' "$(cat "$scratch/err")"
holds 'are timerfd, nanosleep, signal and eventfd-base' "$scratch/all.json" \
	'[totals.way] == ["timerfd", "nanosleep", "signal", "eventfd-base"]'
holds 'block, and have no interrupt' "$scratch/all.json" \
	'[totals | .wait == "block" and .irq == null and .load == "none"] | all'
holds 'each expiry is a sample, late ones too' "$scratch/all.json" \
	'[totals | .n + .negative == .delivered + .coalesced and .n == .raised and .lost == 0] | all'
holds '300 returns each' "$scratch/all.json" '[totals | .delivered == 300] | all'
holds 'and complete' "$scratch/all.json" '.partial == false and .interrupted == false'

# measures PID: it has begun to measure, which takes a second thread.
measures()
{
	[ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" = 2 ]
}

# A thread that is stopped for half a second misses 50 periods of 10 ms. Each of
# them is a sample, from its intended time. The run takes 6 s, so that it is not over
# before it is stopped.
"$irqlat" bench --ways timerfd -i 10ms --warmup 0 --samples 600 --json >"$scratch/late.json" 2>"$scratch/err" &
pid=$!
wait_for 'measures $pid'
sleep 0.5
kill -STOP $pid
sleep 0.5
kill -CONT $pid
wait $pid
result $? 'a run that was stopped for half a second' "$(cat "$scratch/err")"
holds 'has the missed periods' "$scratch/late.json" \
	'.results[0] | .coalesced >= 40 and .lost == 0 and .n == .raised'
holds 'as samples from their own intended time' "$scratch/late.json" \
	'.results[0] | .max_ns > 4e8 and ([.histogram[] | select(.[0] > 1e8) | .[2]] | add) >= 30'

holds 'and a second row without the missed periods' "$scratch/late.json" \
	'.results[1] | .stage == "total_kept" and .n == 600 and .raised == 600 and .coalesced == 0 and
	([.histogram[] | select(.[0] > 1e8) | .[2]] | add) < 10'
"$irqlat" report --text "$scratch/late.json" >"$scratch/out" 2>&1
grep -q '^periods  *all  *kept$' "$scratch/out"
result $? 'in the text too' "$(cat "$scratch/out")"

# An interval that is shorter than a wake-up on many machines: most returns are late.
timeout 60 "$irqlat" bench --ways signal -i 20us --samples 2000 --json >"$scratch/fast.json" 2>"$scratch/err"
result $? 'an interval that is too short' "$(cat "$scratch/err")"
holds 'adds up' "$scratch/fast.json" '.results[0] | .n == .raised and .delivered == 2000'

for n in 0 37; do
	timeout 60 "$irqlat" bench --samples 50 --warmup $n --ways nanosleep,eventfd-base --json="$scratch/warm.json" \
		>"$scratch/out" 2>"$scratch/err"
	# A timer that is late has more than one expiry a wait, in the warm-up too.
	holds "a warm-up of $n, and what was thrown away" "$scratch/warm.json" \
		'.warmup == '$n' and ([totals | select(.way == "eventfd-base")] | map(.warmup) == ['$n']) and
		([totals | .warmup >= '$n' and .delivered == 50] | all)'
	grep -q "and $n thrown away before" "$scratch/out"
	result $? "a warm-up of $n: said in the text" "$(grep raised "$scratch/out")"
done

if [ "$(id -u)" = 0 ]; then
	timeout 60 "$irqlat" bench --samples 50 -P d:5ms:10ms --ways nanosleep --json >"$scratch/deadline.json" 2>"$scratch/err"
	# A container may forbid it; then a warning says so.
	holds 'SCHED_DEADLINE, or why not' "$scratch/deadline.json" '(.results[0].delivered == 50) and
		((.system.priority == "SCHED_DEADLINE, 5000000 of 10000000 ns") !=
		 ([.system.warnings[] | select(test("SCHED_DEADLINE.* refused"))] | length == 1))'
else
	skip 'SCHED_DEADLINE, or why not' 'needs root'
fi

timeout 60 "$irqlat" bench -d 4 --json >"$scratch/time.json" 2>"$scratch/err"
result $? 'four seconds' "$(cat "$scratch/err")"
holds 'in which every way has samples' "$scratch/time.json" '[totals | .n > 10] == [true, true, true, true]'

if [ "$(id -u)" = 0 ]; then
	install -m 755 "$irqlat" "$scratch/irqlat"
	chmod 755 "$scratch"
	setpriv --reuid=65534 --regid=65534 --clear-groups timeout 60 "$scratch/irqlat" bench \
		--samples 100 --json >"$scratch/user.json" 2>"$scratch/err"
	result $? 'without root' "$(cat "$scratch/err")"
	holds 'with a warning about the priority' "$scratch/user.json" \
		'[.system.warnings[] | select(test("SCHED_FIFO 80 refused"))] | length == 1'
else
	skip 'without root' 'the other tests ran without'
fi

# --- load ---------------------------------------------------------------------

timeout 60 "$irqlat" bench --samples 200 --load cpu,io,irq,net --json >"$scratch/load.json" 2>"$scratch/err"
result $? 'under load of all kinds' "$(cat "$scratch/err")"
holds 'idle and loaded in one result' "$scratch/load.json" \
	'[totals.load] == [range(4) | "none"] + [range(4) | "cpu,io,irq,net"]'
holds 'both complete' "$scratch/load.json" '[totals | .delivered == 200] | all'
"$irqlat" report "$scratch/load.json" -o "$scratch/report" >"$scratch/out" 2>&1 &&
	grep -q 'load cpu,io,irq,net: timerfd' "$scratch/report/index.html"
result $? 'and irqlat report shows both' "$(cat "$scratch/out")"

# processes REGEX: number of processes with such a command line.
processes()
{
	pgrep -fc -- "$1"
}

timeout 60 "$irqlat" bench --ways timerfd --samples 200 --load-cmd "sleep 98765 & sleep 98765" \
	--json >"$scratch/cmd.json" 2>"$scratch/err"
result $? 'under a command' "$(cat "$scratch/err")"
holds 'which the result names' "$scratch/cmd.json" \
	'.load_command == "sleep 98765 & sleep 98765" and .results[-1].load == "command"'
"$irqlat" report --text -o "$scratch/report" "$scratch/cmd.json" >"$scratch/out" 2>&1
grep -q '^load command  *sleep 98765 & sleep 98765$' "$scratch/out" &&
	grep -q '<tr><th>load command</th><td>sleep 98765 &amp; sleep 98765</td>' "$scratch/report/index.html"
result $? 'and a report too' "$(head -40 "$scratch/out")"
[ "$(processes '^sleep 98765')" = 0 ]
result $? 'and which is gone, with its children'

timeout 60 "$irqlat" bench --ways timerfd --samples 500 --load-cmd 'sleep 0.1' --json >"$scratch/short.json" 2>"$scratch/err"
holds 'a command that ends too soon is a warning' "$scratch/short.json" \
	'[.system.warnings[] | select(test("ran for [0-9.]+ s only .it ended with status 0."))] | length == 1'
# On a busy machine it may end later than "at once": then it is tried again.
fails_at_once()
{
	timeout 60 "$irqlat" bench --ways timerfd --samples 100 --load-cmd 'exit 3' --json >"$scratch/bad.json" 2>"$scratch/err"
	[ $? = 1 ] && grep -q -- '--load-cmd: it ended with status 3 at once' "$scratch/err"
}
wait_for fails_at_once
result $? 'a command that fails is an error' "$(cat "$scratch/err")"
holds 'and what was measured is kept, as a part' "$scratch/bad.json" '.partial and .results[0].delivered == 100'

"$irqlat" bench --ways timerfd -d 60 --load cpu --load-cmd 'sleep 98764' -q >/dev/null 2>&1 &
pid=$!
wait_for 'pgrep -P $pid -x irqlat-load >/dev/null'
supervisor=$(pgrep -P $pid -x irqlat-load)
kill -KILL $pid
wait $pid 2>/dev/null
wait_for '! kill -0 "$supervisor" 2>/dev/null' && wait_for '[ "$(processes "^sleep 98764")" = 0 ]'
result $? 'the load does not survive SIGKILL of irqlat' "supervisor: $supervisor"

# --- signals ------------------------------------------------------------------

"$irqlat" bench --source timer -d 1h --json="$scratch/part.json" -q >"$scratch/out" 2>"$scratch/err" &
pid=$!
wait_for 'measures $pid'
# has_samples N: so many for each way, in what SIGUSR1 writes
has_samples()
{
	kill -USR1 $pid
	sleep 0.2
	[ "$(jq "[.results[].n] | length == 4 and min > $1" "$scratch/part.json" 2>/dev/null)" = true ]
}
wait_for 'has_samples 10' 60
holds 'SIGUSR1 writes the results so far' "$scratch/part.json" \
	'.partial and (.interrupted | not) and .results[0].n > 10'
holds 'without rows that say nothing' "$scratch/part.json" '[.results[] | .n > 0] | all'
grep -q 'so far:' "$scratch/err" && grep -q timerfd "$scratch/err" && [ ! -s "$scratch/out" ]
result $? 'and shows it on standard error' "$(cat "$scratch/err")"
# Writing the results needs memory, too: not between the two.
rss=$(awk '/VmRSS/ { print $2 }' /proc/$pid/status)
sleep 1
more=$(awk '/VmRSS/ { print $2 }' /proc/$pid/status)
[ $((more - rss)) -le 1024 ]
result $? 'memory does not grow with the samples' "$rss kB, then $more kB"
kill -INT $pid
wait $pid
result $? 'SIGINT ends it with a result' "$(cat "$scratch/err")"
holds 'whole, and marked as a part' "$scratch/part.json" \
	'.partial and .interrupted and .results[0].n > 10 and .results[0].lost == 0'
grep -q '^Interrupted: what follows is part of the run' "$scratch/out"
result $? 'in the text too' "$(head -30 "$scratch/out")"

"$irqlat" bench --ways timerfd -d 1h --load cpu --json="$scratch/term.json" -q >/dev/null 2>"$scratch/err" &
pid=$!
wait_for 'measures $pid'
kill -TERM $pid
wait $pid
result $? 'SIGTERM too' "$(cat "$scratch/err")"
holds 'whose result is whole' "$scratch/term.json" '.partial and .interrupted'

# A result that does not fit leaves the one before as it was, and nothing beside it.
cp "$scratch/part.json" "$scratch/before.json"
(
	(
		trap '' XFSZ
		ulimit -f 2
		exec "$irqlat" bench --ways timerfd --samples 100 --json="$scratch/part.json" 2>"$scratch/err"
	) | cat >"$scratch/out"
	exit "${PIPESTATUS[0]}"
)
[ $? = 1 ] && grep -q 'part.json: cannot write: File too large' "$scratch/err" && [ -s "$scratch/out" ] &&
	cmp -s "$scratch/part.json" "$scratch/before.json" && [ ! -e "$scratch/part.json.new" ]
result $? 'a result that does not fit replaces nothing, and is printed' "$(cat "$scratch/err"; ls "$scratch")"

# --- cyclictest ---------------------------------------------------------------

# Short runs of both programs in turn, on one CPU, with the same priority and interval:
# five of each, or up to fifteen where the machine is busy. cyclictest sleeps in
# clock_nanosleep, as the way nanosleep does, and leaves missed periods out, so these
# figures do too. Medians over the runs of p10, p50 and p90 agree within a factor of
# 1.6 and 2 us. cyclictest's buckets are 1 us wide.
agree()
{
	/usr/bin/python3 - "$scratch" <<'PYTHON'
import glob, json, statistics, sys
folder = sys.argv[1]
def runs(name):
    return [json.load(open(path)) for path in sorted(glob.glob(f"{folder}/{name}.*"))]
def quantile(buckets, share):
    left = share * sum(n for _, n in buckets)
    for us, n in buckets:
        left -= n
        if left <= 0:
            return us
def ours(run, way):
    rows = [r for r in run["results"] if r["way"] == way]
    row = next((r for r in rows if r["stage"] == "total_kept"), rows[0])
    assert sum(b[2] for b in row["histogram"]) == 500, row
    return [((low + high) / 2000, n) for low, high, n in row["histogram"]]
sides = {"cyclictest": [sorted((int(us) + 0.5, n) for us, n in
                               next(iter(run["thread"].values()))["histogram"].items())
                        for run in runs("cyclic")]}
for way in "timerfd", "nanosleep":
    sides[way] = [ours(run, way) for run in runs("ours")]
wrong = []
for share in 0.1, 0.5, 0.9:
    us = {side: statistics.median(quantile(b, share) for b in all) for side, all in sides.items()}
    print(f"p{share * 100:.0f}:", ", ".join(f"{side} {value:.1f}" for side, value in us.items()), "us")
    a = us["cyclictest"]
    wrong += [f"p{share * 100:.0f} of {way}: no agreement" for way, b in us.items()
              if b > a * 1.6 + 2 or a > b * 1.6 + 2]
sys.exit("\n".join(wrong) or 0)
PYTHON
}

name='timerfd and nanosleep agree with cyclictest: p10, p50 and p90, medians of 5 to 15 runs, within a factor of 1.6 and 2 us'
if ! command -v cyclictest >/dev/null; then
	skip "$name" 'cyclictest is not installed (rt-tests)'
elif ! cyclictest -q -t1 -p80 -l1 -i1000 >/dev/null 2>&1; then
	skip "$name" 'cyclictest is not allowed to run here'
else
	for i in {1..15}; do
		cyclictest -q -m -t1 -a0 -p80 -i1000 -l1000 -h 20000 --json="$scratch/cyclic.$i" >/dev/null 2>&1
		"$irqlat" bench --ways timerfd,nanosleep -c 0 -i 1ms --samples 500 -P f:80 --json >"$scratch/ours.$i" 2>/dev/null
		[ $((i % 5)) = 0 ] || continue
		figures=$(agree 2>&1)
		agreed=$?
		[ $agreed != 0 ] || break
	done
	result "$agreed" "$name" "$figures"
	echo "# ${figures//$'\n'/; }"
fi

tap_end
