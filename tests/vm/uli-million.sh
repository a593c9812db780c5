#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A user level interrupt's handler is called a million times in the middle of a computation
# whose results are checked: a_computation of tests/vm/cases/uli.c. TAP.
#
#   tests/vm/uli-million.sh [COUNT] [KERNEL[:CPU]]...
#
# COUNT is the number of calls (1000000; a tenth of it on kernel debug); default kernels:
# all. arm64-6.1:max has processors with SVE, in whose registers a part of the computation
# is then. An interrupt that shares a call with another one does not count.
#
# The guest's time is the number of executed instructions, so the machine's load does not
# make interrupts share a call. They come at random, every 12 us in the mean (debug:
# 150 us), many times the duration of a call. On arm64 there are two such computations: the
# second one's handlers end by stubs (ULI_STUBS), where those have a place.
set -u
cd "$(dirname "$0")/../.." || exit 1

. tests/tap.sh

total=1000000
case ${1:-} in
[1-9]*[0-9][0-9][0-9]) total=$1; shift ;;
esac
[ $# -gt 0 ] || set -- 6.1 6.1-rt 6.12 newest debug arm64-6.1 arm64-6.1:max

for kernel; do
	calls=$total period=12000
	[ "$kernel" != debug ] || calls=$((total / 10)) period=150000
	started=$SECONDS
	cpu=()
	[[ $kernel != *:* ]] || cpu=(--cpu "${kernel#*:}")
	tests=(a_computation)
	[[ $kernel != arm64-* ]] || tests+=(general_registers_and_stubs)
	tests/vm/run --kernel "${kernel%:*}" "${cpu[@]}" --icount --timeout 7200 -- "
		modprobe irqgen lines=0 && modprobe procirq storm_rate=0 || exit 9
		/tests/uli calls=$calls period=$period slow=30 ${tests[*]}
		status=\$?
		rmmod procirq && rmmod irqgen && exit \$status" >"$scratch/out" 2>"$scratch/err"
	status=$?
	grep '^#' "$scratch/out"
	result $status "$kernel: the guest is well" "status $status: $(tail -3 "$scratch/err")"
	for name in "${tests[@]}"; do
		grep -q "^ok [0-9]* - $name\$" "$scratch/out"
		result $? "$kernel: $name: $calls calls, every interrupt handled once, every result right ($((SECONDS - started)) s)" \
			"$(grep -v '^ok' "$scratch/out" | tail -3)"
	done
done
tap_end
