#!/bin/bash
# irqlat trace in a guest, on irqgen's interrupts while irqlat bench reads them:
# chains go up to the end of read(), and agree with the module's own times. Time
# is the number of instructions executed (--icount): wall clock in an emulator
# says nothing about either. TAP.
#
#   tests/vm/trace.sh [KERNEL]...    default 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
count=0
failed=0

result()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		[ -z "${3:-}" ] || printf '# %s\n' "$3"
		failed=1
	fi
}

[ $# -gt 0 ] || set -- 6.1
for kernel; do
	# shellcheck disable=SC2016 # for the guest's shell
	tests/vm/run --kernel "$kernel" --icount -- 'modprobe procirq; modprobe irqgen
		mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null
		irqlat trace -q -n -d 4 --name "*irq*" >/tmp/trace 2>&1 & pid=$!
		sleep 1
		irqlat bench --samples 1000 --ways read -q >/tmp/bench 2>&1 || cat /tmp/bench
		wait $pid; cat /tmp/trace; rmmod irqgen && rmmod procirq; ls /sys/kernel/tracing/instances' \
		>"$scratch/out" 2>"$scratch/err"
	status=$?
	[ $status = 0 ]
	result $? "$kernel: a run in the guest" "status $status: $(tail -2 "$scratch/err")"
	# The column N of STAGE among rows that ended in user space.
	n_of()
	{
		awk -v stage="$1" '$4 == "user" && $5 == stage { n += $6 } END { print n + 0 }' \
			"$scratch/out"
	}
	[ "$(n_of total)" -ge 900 ] && [ "$(n_of read)" -ge 900 ]
	result $? "$kernel: chains go up to the end of read()" \
		"total $(n_of total), read $(n_of read)"
	cost=$(awk '$1 == "own" && $2 == "overhead" { print $3 }' "$scratch/out")
	delta=$(awk '$4 == "user" && $5 == "module" { print $8; exit }' "$scratch/out")
	[ "$(n_of module)" -ge 900 ] && [ "${delta:-999999}" -le "$cost" ]
	result $? "$kernel: handler times agree with the module's within the overhead printed" \
		"module $(n_of module), p50 ${delta:-?} ns, an event costs $cost ns"
	awk '/^ +all / { exit !($2 > 0 && $2 == $3 + $4 + $5 + $6) }' "$scratch/out"
	result $? "$kernel: every interrupt is accounted for" "$(grep ' all ' "$scratch/out")"
done
echo "1..$count"
exit $failed
