#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqtop's latencies in a guest with one CPU, whose time is the number of
# instructions executed; see tests/vm/cases/irqtop_trace.c. TAP.
#
#   tests/vm/irqtop.sh [KERNEL]...    default 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1

. tests/tap.sh

[ $# -gt 0 ] || set -- 6.1
for kernel; do
	tests/vm/run --kernel "$kernel" --icount -- \
		'modprobe irqgen lines=0 && modprobe procirq && /tests/irqtop_trace' \
		>"$scratch/out" 2>"$scratch/err"
	status=$?
	relay "$kernel: " <"$scratch/out"
	result $status "$kernel: a run in the guest" "status $status: $(tail -1 "$scratch/err" | cut -c1-200)"
done
tap_end
