#!/bin/bash
# irqtop's latencies in a guest with one CPU, whose time is the number of
# instructions executed; see tests/vm/cases/irqtop_trace.c. TAP.
#
#   tests/vm/irqtop.sh [KERNEL]...    default 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
count=0
failed=0

[ $# -gt 0 ] || set -- 6.1
for kernel; do
	tests/vm/run --kernel "$kernel" --icount -- \
		'modprobe irqgen lines=0 && modprobe procirq && /tests/irqtop_trace' \
		>"$scratch/out" 2>"$scratch/err"
	status=$?
	while IFS= read -r line; do
		case $line in
		'ok '*|'not ok '*)
			count=$((count + 1))
			echo "${line%%ok *}ok $count - $kernel: ${line#* - }" ;;
		1..*) ;;
		*) echo "# ${line#\# }" ;;
		esac
	done <"$scratch/out"
	count=$((count + 1))
	if [ $status = 0 ]; then
		echo "ok $count - $kernel: a run in the guest"
	else
		echo "not ok $count - $kernel: a run in the guest (status $status: $(tail -1 "$scratch/err" | cut -c1-200))"
		failed=1
	fi
done
echo "1..$count"
exit $failed
