#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat trace --in-kernel by BPF programs: the same figures as the streaming engine on the
# same interrupts of the running kernel, filters, what it says where it cannot run, and
# what it leaves behind. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqlat=$(readlink -f "${IRQLAT:-build/bin/irqlat}")
tracing=/sys/kernel/tracing
. tests/tap.sh

tested()
{
	"$irqlat" trace "$@"
}

# collects PID: it counts interrupts, whose handlers' entries come last
collects()
{
	grep -qs irq_handler_entry /proc/"$1"/fdinfo/*
}

records()
{
	[ "$(cat $tracing/instances/irqlat-trace-"$1"-*/tracing_on 2>/dev/null)" = 1 ]
}

# interrupted_process_1 RECORDING: how many interrupts came while a task of process 1 ran
interrupted_process_1()
{
	ls /proc/1/task >"$scratch/tasks"
	trace-cmd report "$1" 2>/dev/null |
		awk 'FNR == NR { task[$1] = 1; next }
			/ irq_handler_entry:/ && match($0, /-[0-9]+ +\[/) {
				pid = substr($0, RSTART + 1); n += (pid + 0) in task }
			END { print n + 0 }' "$scratch/tasks" -
}

"$irqlat" trace --in-kernel=bpf -d 0.1 -q >"$scratch/out" 2>"$scratch/err" ||
	skip_all "$(sed 's/.*no BPF programs: //' "$scratch/err")"

grep -q '^collector  *BPF programs' "$scratch/out"
result $? 'the header says what collects' "$(head -30 "$scratch/out")"
refused 'a pattern that the kernel does not know' '--name: "\[v\]": .* \* and \? only' --in-kernel=bpf --name '[v]'
refused 'neither bpf nor hist' '--in-kernel: neither bpf nor hist' --in-kernel=both

# --- beside the streaming engine ---------------------------------------------------

# Reads of a disk by a task that nobody else has.
cp "$(command -v dd)" "$scratch/collect-load"
dd if=/dev/urandom of="$scratch/file" bs=1M count=8 status=none
if [ -d $tracing/instances ] || mount -t tracefs nodev $tracing 2>/dev/null; then
	"$irqlat" trace --no-user --no-hops -q --comm 'collect-load' --buffer 16384 \
		--trace="$scratch/engine.dat" --json="$scratch/engine.json" >"$scratch/out" 2>&1 &
	engine=$!
	"$irqlat" trace --in-kernel=bpf -q --comm 'collect-l?*d' --json="$scratch/collector.json" >"$scratch/text" 2>&1 &
	collector=$!
	wait_for 'collects $collector && records $engine' 300
	result $? 'both start' "$(tail -n 3 "$scratch/text")"
	# On idle processors some disks are done before anybody waits for them.
	busy=()
	for _ in $(seq "$(nproc)"); do
		while :; do :; done &
		busy+=($!)
	done
	"$scratch/collect-load" if="$scratch/file" of=/dev/null bs=4k iflag=direct status=none 2>"$scratch/err"
	kill "${busy[@]}"
	sleep 0.5
	kill -INT $engine $collector
	wait $engine && wait $collector
	result $? 'both run, and end' "$(tail -n 3 "$scratch/text")"
	n=$(python3 tests/cli/collector-check.py "$scratch/engine.json" "$scratch/collector.json" \
		"$(interrupted_process_1 "$scratch/engine.dat")" 2>"$scratch/why")
	case $? in
	0) result 0 'the same chains as the streaming engine'"'"'s'; echo "# $n" ;;
	77) skip 'the same chains as the streaming engine'"'"'s' "$n" ;;
	*) result 1 'the same chains as the streaming engine'"'"'s' "$(tail -n 20 "$scratch/why")" ;;
	esac
	jq -e '.trace | .collector == "bpf" and ([.accounting[] | .seen - .matched - .lost - .negative - ([.unmatched[]] | add)] | all(. == 0)) and ([.accounting[].seen] | add > 0) and ([.not_counted[]] | add == 0)' \
		"$scratch/collector.json" >/dev/null
	result $? 'every interrupt has one outcome, and nothing was lost' "$(jq -c .trace "$scratch/collector.json" | head -c 2000)"
else
	skip 'beside the streaming engine' 'no tracefs'
fi

# --- filters -------------------------------------------------------------------------

# rows OPTIONS: interrupt, source and CPU of all that it has
rows()
{
	"$irqlat" trace --in-kernel=bpf -q -d 1 --json "$@" 2>"$scratch/err" |
		jq -r '(.results[], .trace.accounting[]) | "\(.irq) \(.source) \(.cpu)"' | sort -u
}
rows --no-vectors >"$scratch/rows"
! grep -q '^null' "$scratch/rows"
result $? 'vectors are left out' "$(cat "$scratch/rows" "$scratch/err")"
rows --name 'local_t*r' >"$scratch/rows"
[ -s "$scratch/rows" ] && ! grep -vq '^null local_timer' "$scratch/rows"
result $? 'by name' "$(cat "$scratch/rows" "$scratch/err")"
rows --name '!local_timer,!res*' -c 0 >"$scratch/rows"
! grep -q 'local_timer\|reschedule\| [1-9][0-9]*$' "$scratch/rows"
result $? 'by CPU, and leaving out names' "$(cat "$scratch/rows" "$scratch/err")"
rows --irq 999999 >"$scratch/rows"
[ ! -s "$scratch/rows" ]
result $? 'by interrupt' "$(cat "$scratch/rows" "$scratch/err")"
"$irqlat" trace --in-kernel=bpf -q -d 1 --pid 4194303 --json | jq -e '[.results[] | select(.stage == "total")] == [] and (.trace.accounting | length > 0)' >/dev/null
result $? 'tasks: no chains of others, but all interrupts'

# --- an interval is counted once --------------------------------------------------------

"$irqlat" trace --in-kernel=bpf -d 2.2 --interval 0.5 --no-header --name local_timer --stage total >"$scratch/out" 2>&1
awk '/ collected by / { total = 1 } $2 == "local_timer" && $5 == "total" { if (total) all += $6; else some += $6 }
	END { exit !(some > 0 && all >= some) }' "$scratch/out"
result $? 'the intervals are parts of the whole' "$(cat "$scratch/out")"

# --- who may, and what stays -------------------------------------------------------------

cp "$irqlat" "$scratch/irqlat" && chmod 755 "$scratch" "$scratch/irqlat"
if command -v setpriv >/dev/null; then
	setpriv --reuid 65534 --regid 65534 --clear-groups "$scratch/irqlat" trace --in-kernel -d 1 \
		>"$scratch/out" 2>"$scratch/err"
	[ $? = 1 ] && grep -q 'no BPF programs: they need CAP_BPF and CAP_PERFMON' "$scratch/err" && [ "$(wc -l <"$scratch/err")" = 1 ]
	result $? 'without privilege: what is missing, in one line' "$(cat "$scratch/err")"
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +bpf,+perfmon --ambient-caps +bpf,+perfmon \
		"$scratch/irqlat" trace --in-kernel=bpf -q -d 1 >"$scratch/out" 2>"$scratch/err" &&
		awk '/^ +all / { found = $2 > 0 && $2 == $3 + $4 + $5 + $6 } END { exit !found }' "$scratch/out"
	result $? 'with CAP_BPF and CAP_PERFMON, not root' "$(tail -n 3 "$scratch/out" "$scratch/err")"
else
	skip 'without privilege: what is missing, in one line' 'needs setpriv'
	skip 'with CAP_BPF and CAP_PERFMON, not root' 'needs setpriv'
fi

"$irqlat" trace --in-kernel=bpf -q >"$scratch/out" 2>&1 &
pid=$!
wait_for 'collects $pid' 300
cat /proc/$pid/fdinfo/* >"$scratch/fdinfo" 2>/dev/null
python3 tests/cli/collector-left.py <"$scratch/fdinfo" >"$scratch/before"
kill -KILL $pid
wait $pid 2>/dev/null
wait_for '[ -z "$(python3 tests/cli/collector-left.py <"$scratch/fdinfo")" ]'
[ $? = 0 ] && [ "$(grep -c link "$scratch/before")" -gt 10 ] && grep -q prog "$scratch/before" && grep -q map "$scratch/before"
result $? 'SIGKILL leaves no program, link or map behind' \
	"$(wc -l <"$scratch/before") before; left: $(python3 tests/cli/collector-left.py <"$scratch/fdinfo" | xargs)"
tap_end
