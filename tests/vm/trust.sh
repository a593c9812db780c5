#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests of the module that need a guest of their own: more devices (cases/pci.c), kernel
# lockdown (cases/lockdown.c), a device that firmware describes (cases/acpi.c). TAP.
#
#   tests/vm/trust.sh [PROGRAM]... [--kernel K]    default: all, 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1

kernel=6.1
programs=()
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=${2:?}; shift 2 ;;
	pci|lockdown|acpi) programs+=("$1"); shift ;;
	*) echo "usage: $0 [PROGRAM]... [--kernel K]" >&2; exit 2 ;;
	esac
done

. tests/tap.sh

# guest PATH OPTION...: runs the program in a guest that has these options.
guest()
{
	local path=$1 program=${1##*/} status=0
	shift
	[ ${#programs[@]} = 0 ] || [[ " ${programs[*]} " == *" $program "* ]] || return 0
	tests/vm/run --kernel "$kernel" "$@" -- "modprobe irqgen lines=0 && modprobe procirq storm_rate=0 &&
		$path && rmmod procirq && rmmod irqgen" >"$scratch/out" 2>"$scratch/err" || status=$?
	relay "$kernel: $program: " <"$scratch/out"
	result $status "$kernel: $program: a run in the guest" "status $status: $(tail -5 "$scratch/err" | cut -c1-300)"
}

guest /tests/pci --qemu '-device pci-serial,addr=0xc -device e1000e,addr=0x10 -device nvme,addr=0x14,serial=1,cmb_size_mb=4096'
guest /tests/lockdown
if iasl -p "$scratch/board" tests/vm/acpi.asl >"$scratch/out" 2>&1; then
	guest /tests/acpi --qemu "-acpitable file=$scratch/board.aml"
else
	result 1 'the table of ACPI compiles' "$(tail -5 "$scratch/out")"
fi
tap_end
