#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A device is unplugged, by QEMU's device_del, with ten readers blocked on its interrupt,
# and plugged in again: see cases/hotplug.c. TAP.
#
#   tests/vm/hotplug.sh [--kernel K] [--times N]    default 6.1, 6
set -u
cd "$(dirname "$0")/../.." || exit 1

kernel=6.1
times=6
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=${2:?} ;;
	--times)  times=${2:?} ;;
	*) echo "usage: $0 [--kernel K] [--times N]" >&2; exit 2 ;;
	esac
	shift 2
done

. tests/tap.sh

# Seconds, for a busy machine.
limit=$((180 + times * 10))
tests/vm/run --kernel "$kernel" --timeout $limit --host 'exec tests/vm/hotplug.py' \
	--qemu '-device pcie-root-port,id=hole,chassis=1,slot=1,addr=0x6 -device edu,id=plugged,bus=hole' \
	-- "modprobe irqgen lines=0 && modprobe procirq storm_rate=0 &&
		/tests/hotplug times=$times limit=$limit && rmmod procirq && rmmod irqgen" \
	>"$scratch/out" 2>"$scratch/err"
status=$?
relay "$kernel: " < <(grep -vxE '# (un)?plug' "$scratch/out")
result $status "$kernel: a run in the guest" "status $status: $(tail -5 "$scratch/err" | cut -c1-300)"
tap_end
