#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every way of irqlat bench side by side in one guest, which has an emulated IOMMU
# for VFIO: no interrupt is lost, the stages add up, the others run when a way is not
# available, and the device is left as it was found. TAP.
#
#   tests/vm/ways.sh [KERNEL]...    default 6.1
set -u

cd "$(dirname "$0")/../.." || exit 1

. tests/tap.sh
. tests/vm/waybooks.sh

samples=300

# Commands of the guest. Results are one archive on its stdout, and irqlat's messages
# are on its stderr.
guest()
{
	cat <<'SHELL'
modprobe -a procirq irqgen uio_pci_generic || exit
device=/sys/bus/pci/devices/0000:00:04.0
cd /tmp
bench="irqlat bench --samples 300 -q"
$bench --source irqgen --ways read,poll,epoll,eventfd,mmap-spin,hybrid --json=irqgen.json >text || exit
for kind in fixed poisson burst:5; do
	$bench --source irqgen --ways read,mmap-spin,hybrid,hybrid-mmap --arrivals $kind --interval 500us \
		--json=${kind%:*}.json >>text || exit
done
$bench --source irqgen --ways mmap-spin -c 0 --gap 1ms --json=onecpu.json >>text || exit
uli=uli,uli-spin,uli-sleep
$bench --source irqgen --ways $uli,read -c 0 --gap 1ms --compare ref \
	--json=uli.json --csv=uli.csv >uli.text || exit
$bench --source irqgen --ways $uli --json=uli-away.json >>text || exit
uring=uring-read,uring-poll,uring-eventfd,uring-eventfd-poll
$bench --source irqgen --ways $uring --json=uring.json >>text || exit
$bench --source irqgen --ways $uring --arrivals poisson --json=uring-poisson.json >>text || exit
$bench --source edu --ways read,$uring --entry trace --json=uring-edu.json >>text || exit
sysctl -q kernel.sched_rt_runtime_us=-1
$bench --source irqgen --ways read,uring-read -P d:5ms:10ms --warmup 7 --json=deadline.json >>text || exit
sysctl -q kernel.sched_rt_runtime_us=950000
# Killed with a tracefs instance, which the next run removes.
irqlat bench --source irqgen --ways read --entry trace -d 60 -q >/dev/null &
pid=$!
until ls /sys/kernel/tracing/instances | grep -q .; do sleep 0.1; done
kill -KILL $pid
wait $pid
ls /sys/kernel/tracing/instances >killed
$bench --source edu --ways $uli,read --entry trace --json=uli-edu.json >>text || exit
ls /sys/kernel/tracing/instances >instances
$bench --source edu --ways read,hybrid --arrivals poisson --json=edu-poisson.json >>text || exit
$bench --source edu --ways read,vfio --json=absent.json >>text 2>absent.err || exit
modprobe -a vfio-pci vfio_iommu_type1 || exit
$bench --source edu --json=edu.json >>text \
	--ways read,poll,epoll,eventfd,mmap-spin,$uli,uio,uio-poll,vfio,timerfd,nanosleep,eventfd-base,signal || exit
$bench --source edu --ways read,vfio --entry trace --json=msi.json >>text || exit
ls -l $device/driver >driver 2>/dev/null
cat $device/driver_override >override
$bench --source edu --ways vfio -c 0 --json >/dev/null || exit
$bench --source edu --ways read,mmap-spin,uli,uli-spin -c 0 --json=self.json >>text || exit
cat text uli.text >&2
tar c *.json *.err uli.csv uli.text driver override killed instances
SHELL
}

for kernel in "${@:-6.1}"; do
	rm -f "$scratch"/*
	tests/vm/run --kernel "$kernel" --timeout 900 --append 'intel_iommu=on' \
		--qemu '-device intel-iommu,intremap=on' -- "$(guest)" >"$scratch/tar" 2>"$scratch/err" &&
		tar x -C "$scratch" -f "$scratch/tar" 2>>"$scratch/err"
	result $? "$kernel: every way runs in a guest" "$(tail -n 15 "$scratch/err")"

	books irqgen read,poll,epoll,eventfd,mmap-spin,hybrid 2>"$scratch/why"
	result $? "$kernel: six ways of one line, nothing lost"
	for arrivals in fixed poisson burst edu-poisson; do
		ways=read,mmap-spin,hybrid,hybrid-mmap
		[ $arrivals != edu-poisson ] || ways=read,hybrid
		books $arrivals $ways 2>"$scratch/why" && agrees $arrivals '
			all(0 < r["cpu_ns"] <= r["wait_ns"] for r in run["results"]) and
			run["arrivals"]["kind"].startswith("'${arrivals#edu-}'") and
			run["arrivals"]["mean_ns"] > run["arrivals"]["gap_ns"] == 100000' 2>>"$scratch/why"
		result $? "$kernel: interrupts at given times: $arrivals" "$(cat "$scratch/why")"
	done
	books uli uli,uli-spin,uli-sleep,read 2>"$scratch/why" && agrees uli '
		paths["uli-spin"]["direct"] > 200 and paths["uli"]["direct"] > 0 and
		paths["uli"]["return"] > 0' 2>>"$scratch/why"
	result $? "$kernel: user level interrupts by the path that the thread is on"
	books uli-away uli,uli-spin,uli-sleep 2>"$scratch/why" && agrees uli-away '
		"direct" not in paths["uli-spin"] and len([w for w in run["system"]["warnings"]
			if "no interrupt hit the thread itself" in w]) == 2' 2>>"$scratch/why"
	result $? "$kernel: raised on another CPU they take no direct path, and a warning says so"
	for run in uring uring-poisson uring-edu; do
		ways=uring-read,uring-poll,uring-eventfd,uring-eventfd-poll
		[ $run != uring-edu ] || ways=read,$ways
		books $run $ways 2>"$scratch/why"
		result $? "$kernel: io_uring, reading and polling the file and an eventfd: $run" "$(cat "$scratch/why")"
	done
	books deadline read,uring-read 2>"$scratch/why" && agrees deadline '
		run["system"]["priority"] == "SCHED_DEADLINE, 5000000 of 10000000 ns" and
		not any("pinned" in w for w in run["system"]["warnings"]) and
		all(r["warmup"] == 7 for r in run["results"])' 2>>"$scratch/why"
	result $? "$kernel: with SCHED_DEADLINE, pinned where the kernel admits that" "$(cat "$scratch/why")"
	books uli-edu uli,uli-spin,uli-sleep,read 2>"$scratch/why"
	result $? "$kernel: user level interrupts of a device, with handler entries traced"
	grep -q '^irqgen,[0-9]*,uli-spin,spin,handler_to_user_direct,0,' "$scratch/uli.csv" &&
		grep -q 'uli-spin  *raised 300, delivered 300 (direct [0-9]*[,)]' "$scratch/uli.text"
	result $? "$kernel: the paths are in CSV and text" "$(grep -h uli "$scratch/uli.csv" "$scratch/uli.text" | cut -c1-90)"
	sed -n '/claim: SGI ULI ~1.5 us/,/may not be/p' "$scratch/uli.text" >"$scratch/why"
	grep -q '^ *uli-spin *handler_to_user_direct ' "$scratch/why" &&
		grep -q '^ *uli *handler_to_user_return ' "$scratch/why" && ! grep -q 'uli-sleep\|_wake' "$scratch/why"
	result $? "$kernel: and stand beside the published figures, without those that slept" "$(cat "$scratch/why")"
	books onecpu mmap-spin 2>"$scratch/why"
	result $? "$kernel: spinning where everything has one CPU"
	books edu read,poll,epoll,eventfd,mmap-spin,uli,uli-spin,uli-sleep,uio,uio-poll,vfio,timerfd,nanosleep,eventfd-base,signal 2>"$scratch/why"
	result $? "$kernel: fifteen ways in one run, on three drivers"
	books msi read,vfio 2>"$scratch/why"
	result $? "$kernel: a message-signalled interrupt, with handler entries traced"

	/usr/bin/python3 - "$scratch/absent.json" 2>"$scratch/why" <<'PYTHON'
import json, sys
run = json.load(open(sys.argv[1]))
assert [u["way"] for u in run["unavailable"]] == ["vfio"], run["unavailable"]
assert "driver vfio-pci is not loaded" in run["unavailable"][0]["reason"], run["unavailable"]
assert {r["way"] for r in run["results"]} == {"read"}
assert all(r["n"] == 300 for r in run["results"]) and not run["partial"]
PYTHON
	result $? "$kernel: without VFIO, that way is unavailable and the other runs"
	[ "$(wc -l <"$scratch/absent.err")" = 1 ]
	result $? "$kernel: with one message" "$(tail -n 15 "$scratch/absent.err")"
	# A timer tick just before an interrupt is raised puts the thread into the kernel.
	books self read,mmap-spin,uli,uli-spin 2>"$scratch/why" && agrees self '
		paths["uli-spin"]["direct"] >= 290 and 140 <= paths["uli"]["direct"] <= 150 and
		paths["uli"]["return"] >= 150' 2>>"$scratch/why"
	result $? "$kernel: on one CPU a way that spins raises its interrupts itself, by both paths"
	[ -s "$scratch/killed" ] && [ -e "$scratch/instances" ] && [ ! -s "$scratch/instances" ]
	result $? "$kernel: the tracefs instance of a killed run is removed" "$(head "$scratch/killed" "$scratch/instances")"
	[ -e "$scratch/driver" ] && [ ! -s "$scratch/driver" ] && grep -qx '(null)' "$scratch/override"
	result $? "$kernel: the device is left without a driver, as it was" "$(tail -n 15 "$scratch/override")"
done

tap_end
