#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The ways of irqlat bench with a platform device: ARM's clock pl031, a level, and a spare
# interrupt of the GIC, an edge; on procirq-platform, and on uio_pdrv_genirq, which is built
# from Linux's source. No interrupt is lost, the stages add up, and the devices are left as
# they were found. TAP.
#
#   tests/vm/ways-platform.sh [KERNEL]...    default arm64-6.1
set -u
cd "$(dirname "$0")/../.." || exit 1

. tests/tap.sh
. tests/vm/waybooks.sh

# shellcheck disable=SC2034  # of books
samples=100
ways=read,poll,epoll,eventfd,mmap-spin,uli-sleep,uio,uio-poll

# Commands of the guest. Results are one archive on its stdout, and irqlat's messages
# are on its stderr. The clock has an alarm at 0x7fffffff, whose interrupt is off.
guest()
{
	cat <<'SHELL'
modprobe -a procirq platdev uio || exit
echo 9010000.pl031 >/sys/bus/amba/drivers/rtc-pl031/unbind
add=/sys/module/platdev/parameters/add
echo 'plat.rtc mem=0x9010000,0x1000 node=/pl031@9010000 name=alarm' >$add
echo 'plat.spare spi=100 node=/chosen name=spare' >$add
echo 'plat.other spi=101 mem=0x4000000,0x1000' >$add || exit
devmem 0x9010004 32 0x7fffffff
devmem 0x9010010 32 0
cd /tmp
# What a run may have changed.
state()
{
	for device in plat.rtc plat.spare plat.other; do
		cd /sys/bus/platform/devices/$device
		echo $device $(cat driver_override) $(readlink driver)
	done
	cd /tmp
	devmem 0x9010004
	devmem 0x9010010
}
state >before
bench="irqlat bench --samples 100 --warmup 20 -q"
$bench --source pl031 --ways read,uio --json=absent.json >text 2>absent.err || exit
insmod /files/uio_pdrv_genirq.ko || exit
$bench --source pl031 --ways WAYS --json=pl031.json >>text || exit
$bench --source gic=plat.spare --ways WAYS --json=gic.json >>text || exit
for source in pl031=plat.rtc gic=plat.spare; do
	$bench --source $source --ways read,mmap-spin,uli,uli-spin -c 0 --json=${source%=*}-self.json >>text || exit
	$bench --source $source --ways read,uio --entry trace --json=${source%=*}-trace.json >>text || exit
done
irqlat bench --source pl031 --ways uio -d 60 -q >/dev/null &
pid=$!
until ls /sys/bus/platform/devices/plat.rtc/uio; do sleep 0.1; done 2>/dev/null >&2
kill -TERM $pid
wait $pid
state >after
refuse()
{
	irqlat bench "$@" 2>&1 && echo "not refused: $*"
}
{
	refuse --source gic=plat.rtc
	refuse --source gic=gpio-keys
	refuse --source gic=none
	refuse --source pl031=plat.other
	refuse --source pl031=plat.spare
	refuse --source gic=reg-dummy
	mv /dev/mem /dev/nomem
	refuse --source gic=plat.spare
	mv /dev/nomem /dev/mem
	procirq bind plat.spare >/dev/null
	procirq wait plat.spare & pid=$!
	until grep -q procirq /sys/kernel/irq/*/actions; do sleep 0.1; done
	refuse --source gic=plat.spare
	kill $pid
	procirq unbind plat.spare
	state >last
} >refused
# A device that UIO has when the run begins has it afterwards.
echo uio_pdrv_genirq >/sys/bus/platform/devices/plat.spare/driver_override
echo plat.spare >/sys/bus/platform/drivers/uio_pdrv_genirq/bind || exit
state >uio.before
$bench --source gic=plat.spare --ways uio,read --json=given.json >>text || exit
state >uio.after
rmmod platdev uio_pdrv_genirq procirq || exit
cat text >&2
tar c *.json *.err before after last uio.before uio.after refused
SHELL
}

for kernel in "${@:-arm64-6.1}"; do
	rm -f "$scratch"/*
	driver=$(tests/vm/kernel driver "$kernel" drivers/uio/uio_pdrv_genirq.c 2>"$scratch/err")
	result $? "$kernel: uio_pdrv_genirq builds" "$(tail -n 15 "$scratch/err")"
	tests/vm/run --kernel "$kernel" --append iomem=relaxed --file "$driver" -- "$(guest | sed "s/WAYS/$ways/")" \
		>"$scratch/tar" 2>"$scratch/err" && tar x -C "$scratch" -f "$scratch/tar" 2>>"$scratch/err"
	result $? "$kernel: platform devices in a guest" "$(tail -n 15 "$scratch/err")"

	for source in pl031 gic; do
		books $source $ways 2>"$scratch/why"
		result $? "$kernel: $source: eight ways in one run, on two drivers" "$(cat "$scratch/why")"
		# A timer tick just before an interrupt is raised puts the thread into the kernel.
		books $source-self read,mmap-spin,uli,uli-spin 2>"$scratch/why" && agrees $source-self '
			paths["uli-spin"]["direct"] >= 90 and 40 <= paths["uli"]["direct"] <= 50 and
			paths["uli"]["return"] >= 50' 2>>"$scratch/why"
		result $? "$kernel: $source: a way that spins raises its interrupts itself, by both paths" "$(cat "$scratch/why")"
		books $source-trace read,uio 2>"$scratch/why" && agrees $source-trace '
			{r["way"] for r in run["results"] if r["stage"] == "handler_to_user"} == {"read", "uio"}' 2>>"$scratch/why"
		result $? "$kernel: $source: handler entries are traced, of UIO too" "$(cat "$scratch/why")"
	done
	agrees absent '[u["way"] for u in run["unavailable"]] == ["uio"] and "run: modprobe uio_pdrv_genirq" in
		run["unavailable"][0]["reason"] and {r["way"] for r in run["results"]} == {"read"}' 2>"$scratch/why"
	result $? "$kernel: without the driver, uio is unavailable and read runs" "$(cat "$scratch/why")"
	[ -s "$scratch/before" ] && cmp "$scratch/before" "$scratch/after" 2>"$scratch/why" &&
		cmp "$scratch/before" "$scratch/last" 2>>"$scratch/why"
	result $? "$kernel: the devices are left as they were found, after a signal too" \
		"$(cat "$scratch/why"; paste "$scratch/before" "$scratch/after" "$scratch/last")"
	books given uio,read 2>"$scratch/why" && grep -q 'plat.spare uio_pdrv_genirq .*/uio_pdrv_genirq$' "$scratch/uio.before" &&
		cmp "$scratch/uio.before" "$scratch/uio.after" 2>>"$scratch/why"
	result $? "$kernel: a device that UIO has stays with it" "$(cat "$scratch/why" "$scratch/uio.after")"

	while IFS= read -r message; do
		grep -q "^irqlat: $message" "$scratch/refused"
		result $? "$kernel: refused: $message" "$(cat "$scratch/refused")"
	done <<'MESSAGES'
plat.rtc: interrupt [0-9]* is not edge-triggered in the controller$
gpio-keys: .*interrupt
none: there is no such device
plat.other: not a PL031, by its identification registers$
plat.spare: the device has no such region$
reg-dummy: bound to driver reg-dummy; unbind it first$
--source gic: /dev/mem: No such file or directory$
plat.spare: interrupt [0-9]* is in use (procirq)$
MESSAGES
	! grep -v '^irqlat: ' "$scratch/refused"
	result $? "$kernel: each with one message" "$(cat "$scratch/refused")"
done

tap_end
