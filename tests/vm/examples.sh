#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples, built as a user builds them from an installed library, and the
# procirq command as a script would use it, in a guest. TAP.
#
#   tests/vm/examples.sh [KERNEL]...    default 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1

server=
. tests/tap.sh

at_exit()
{
	[ -z "$server" ] || kill "$server"
}

make --no-print-directory install DESTDIR="$scratch/root" PREFIX=/usr >"$scratch/install" 2>&1
result $? 'the library is installed' "$(tail -3 "$scratch/install")"
for example in edu ivshmem spin uli user; do
	"${CC:-cc}" -Wall -Wextra -Werror -I"$scratch/root/usr/include" "examples/$example.c" \
		-o "$scratch/$example" -L"$scratch/root/usr/lib" -lprocirq -lpthread 2>"$scratch/err"
	result $? "$example.c builds against it" "$(head -3 "$scratch/err")"
done
[ "$(wc -l <examples/edu.c)" -lt 200 ]
result $? 'edu.c has less than 200 lines'

# What the guest runs: a script of tests like any other.
cat >"$scratch/guest.sh" <<'GUEST'
. /files/tap.sh

# waits PID: returns when procirq wait sleeps until an interrupt comes
waits()
{
	wait_for "grep -qE '^(file_|procirq_)' /proc/$1/wchan"
}
A=0000:00:04.0 B=0000:00:08.0

refused 'list without the module' 'module is not loaded; run: modprobe procirq' procirq list
refused 'bind without the module' 'module is not loaded; run: modprobe procirq' procirq bind $A
modprobe procirq storm_rate=0
mount -t debugfs none /sys/kernel/debug 2>/dev/null

says 'edu.c by MSI' 0 'factorials 1 to 20, the last 2192834560' /files/edu $A msi
says 'edu.c copies by DMA' 0 '2048 bytes to the device and back' /files/edu $A msi
says 'uli.c by MSI' 0 '^12! is 479001600, after [0-9]* interrupts$' /files/uli $A
says 'edu.c by INTx' 0 '2048 bytes to the device and back' /files/edu $A intx
/files/edu $B intx >/tmp/other 2>&1 & other=$!
says 'edu.c twice on one line' 0 '2048 bytes to the device and back' /files/edu $A intx
says 'and the other one too' 0 '' wait $other
says 'ivshmem.c: each vector on its CPU' 0 'vector 3: line [0-9]*, CPU 1, 200 interrupts, 0 on another' \
	/files/ivshmem 0000:00:05.0 200

# udev gives the device to a group, and a member of it needs nothing else.
ln -s /files/udevadm /tmp/systemd-udevd
mkdir -p /etc/udev/rules.d /run
cp /files/60-procirq-edu.rules /etc/udev/rules.d/
echo edu:x:500: >>/etc/group
echo user:x:1000:500::/:/bin/sh >>/etc/passwd
/tmp/systemd-udevd --daemon
# as_user COMMAND...
as_user() { su user -c "$*"; }
is_given() { [ "$(stat -c %g:%a /dev/procirq/$A/0 2>/dev/null)" = 500:660 ] && [ "$(stat -c %g:%a /sys/bus/pci/devices/$A/resource0)" = 500:660 ]; }
procirq bind $A --kind msi >/dev/null
wait_for is_given
is_given
result $? 'udev gives the device to a group' "$(ls -l /dev/procirq/$A/0 /sys/bus/pci/devices/$A/resource0)"
says 'user.c as an ordinary user' 0 '^12! is 479001600$' as_user /files/user $A/0
refused 'not its line in /proc' '/proc/irq/[0-9]*/irq: permission denied; run as root' as_user procirq wait "$(cat /sys/class/procirq-irq/$A:0/irq)"
says 'procirq wait as an ordinary user' 124 '' as_user procirq wait $A/0 --timeout 0.2
says 'procirq info, too' 0 '^state: .* msi' as_user procirq info $A
says 'bind with the kind that it has' 0 "^$A: line" as_user procirq bind $A --kind msi
refused 'bind with another' 'root' as_user procirq bind $A --kind intx
refused 'nor what it was not given' '/dev/procirq/.*: permission denied; its owner and its mode say' \
	sh -c "chmod 600 /dev/procirq/$A/0; su user -c 'procirq wait $A'"
killall systemd-udevd

modprobe irqgen
says 'spin.c: ring, eventfd, inject' 0 \
	'^ring: 5 of 5, then 1024 of 5000; eventfd: 5005; read: 5005$' /files/spin irqgen:0
refused 'spin.c on no line' 'spin: .*no interrupt line 4000000' /files/spin 4000000
rmmod irqgen

says 'bind with MSI' 0 "^$A: line [0-9]*$" procirq bind $A --kind msi
says 'list' 0 " $A  1234:11e8  msi " procirq list
says 'list in JSON' 0 '"kind": "msi"' procirq list --json
refused 'list on a full disk' 'cannot write the output' sh -c 'procirq list --json >/dev/full'
LINE=$(procirq bind $A | sed 's/.* //')
says 'bind again keeps the line' 0 "^$A: line $LINE$" procirq bind $A
says 'info' 0 '^state: .* msi' procirq info $LINE
says 'info by the device' 0 "^irq: *$LINE$" procirq info $A
says 'info in JSON' 0 '"schema": "procirq-info/1"' procirq info $LINE --json
says 'wait until the time runs out' 124 '' procirq wait $A --timeout 0.3
check 'in JSON' 124 '"irq":'$LINE',"count":0,"timeout":true,"stuck":false' '*' procirq wait $A --timeout 0.3 --json
check 'what busy-waiting would cost' 124 'max_ns=1000000 window_ns=0 spins=0 caught=0 spun_ns=0$' '*' \
	procirq wait $A --timeout 0.3 --spin 1ms
check 'in JSON' 124 '"spin":.?"max_ns":1000000,"window_ns":0,"spins":0,' '*' \
	procirq wait $A --timeout 0.3 --spin 1ms --json
procirq wait $A --timeout 30 --spin 1ms >/tmp/spin & waiter=$!
waits $waiter
says 'info shows who may busy-wait' 0 "pid $waiter \(procirq\): up to 1000000 ns, now 0 ns; 0 times" procirq info $LINE
says 'in JSON' 0 '"max_ns": 1000000' procirq info $LINE --json
echo 7000 >/sys/module/procirq/parameters/spin_ns
says 'and how long a new reader would' 0 '^spin: *7000 ns' procirq info $LINE
echo 0 >/sys/module/procirq/parameters/spin_ns
procirq inject $LINE >/dev/null
wait $waiter
says 'and what it did' 0 "^irq=$LINE count=1 irq=$LINE max_ns=1000000 window_ns=" sh -c 'tr "\n" " " </tmp/spin'
procirq wait $A -n 3 --records --timeout 30 >/tmp/events & waiter=$!
waits $waiter
says 'list names the reader' 0 "procirq\\($waiter\\)" procirq list
says 'inject' 0 "^line $LINE: 3 interrupts made" procirq inject $A -n 3
says 'wait ends with them' 0 '' wait $waiter
says 'one line for each' 0 "^3$" sh -c "grep -c '^irq=$LINE count=1 status=0x0 seq=[0-9]* first_ns=' /tmp/events"
says 'attach on MSI' 0 "ok: $A on line $LINE, steps: check 1, ack 1, silence 0, resume 0, release 2" \
	procirq attach /files/edu.irqdev $A
says 'no more vectors than it has' 0 "line" procirq bind $A --kind msi --vectors 8
refused 'no MSI-X here' 'no interrupt of that kind' procirq bind $A --kind msix

says 'bind with INTx' 0 "^$A: line" procirq bind $A --kind intx
procirq bind $B --kind intx >/dev/null
LINE=$(procirq bind $A | sed 's/.* //')
refused 'several devices have that ID' 'several PCI devices' procirq bind 1234:11e8
says 'attach' 0 "ok: $A on line $LINE, steps: check 1" procirq attach /files/edu.irqdev $A
says 'attach PCI INTx' 0 "ok: $B on line $LINE, PCI INTx" procirq attach /files/pci-intx.irqdev $B
printf 'check bar 0 offset 0x100000 width 32 any 1\n' >/tmp/end.irqdev
refused 'beyond the end' 'check step 1 \(bar 0 offset 0x100000 width 32\): BAR 0 of 0000:00:04.0 has 0x100000 bytes' \
	procirq attach /tmp/end.irqdev $A
printf 'check bar 3 offset 0 width 32 any 1\n' >/tmp/bar.irqdev
refused 'no such BAR' '0000:00:04.0 has no BAR 3' procirq attach /tmp/bar.irqdev $A
refused 'no such function' 'no PCI device has that address' procirq attach /files/pci-intx.irqdev 00:1e.0
procirq bind 0000:00:05.0 >/dev/null
IV=$(procirq list | awk '$2 == "0000:00:05.0" { print $1; exit }')
refused "another function's line" "it interrupts on line $LINE, not on line $IV" \
	procirq attach /files/edu.irqdev $A --line "$IV"
procirq unbind 0000:00:05.0
says 'not enabled' 1 'no interrupt line|not enabled|does not answer' \
	sh -c "procirq unbind $A; procirq attach /files/edu.irqdev $A --line $LINE; s=\$?; procirq bind $A --kind intx; exit \$s"

# Both devices interrupt, each for its own reader; 0x60 raises.
poke() { devmem=$(sed -n '1s/ .*//p' /sys/bus/pci/devices/$1/resource); devmem $((devmem + 0x60)) 32 $2; }
procirq wait $A --device /files/edu.irqdev -n 2 --timeout 30 >/tmp/a & a=$!
procirq wait $B --device /files/edu.irqdev -n 1 --timeout 30 >/tmp/b & b=$!
waits $a
waits $b
poke $A 0x5
wait_for '[ -s /tmp/a ]'
poke $B 0x70
poke $A 0x2
says 'wait with a descriptor' 0 '' wait $a
says 'and one beside it' 0 '' wait $b
says 'each got its own status words' 0 "^irq=$LINE count=1 status=0x5 irq=$LINE count=1 status=0x2 irq=$LINE count=1 status=0x70 $" \
	sh -c 'cat /tmp/a /tmp/b | tr "\n" " "'
# A check that is always true, so that the device seems to assert its interrupt.
sed 's/^check.*/check config offset 0 width 16 any 0xffff/' /files/edu.irqdev >/tmp/stuck.irqdev
refused 'a line that is stuck' 'line is stuck: the device asserts its interrupt' \
	procirq wait $A --device /tmp/stuck.irqdev --timeout 0.2
check 'in JSON' 1 '"count":0,"timeout":true,"stuck":true' 'line is stuck' procirq wait $A --device /tmp/stuck.irqdev --timeout 0.2 --json
procirq wait $A & killed=$!
waits $killed
says 'a second reader, without a descriptor, does not disturb' 0 'readers: *1' procirq info $LINE
says 'a level is no unknown trigger' 0 '^trigger: *level' procirq info $LINE
kill $killed; wait $killed
says 'unbind' 0 '' procirq unbind $A
says 'unbind twice' 0 '' procirq unbind $A
says 'its line is still the other one'"'"'s' 124 '' procirq wait $LINE --timeout 0.2
procirq unbind $B

# A platform device with the registers and the line of the first one.
modprobe platdev
echo 1 >/sys/bus/pci/devices/$A/enable
LINE=$(cat /sys/bus/pci/devices/$A/irq)
echo "plat.a mem=$(sed -n '1s/ .*//p' /sys/bus/pci/devices/$A/resource),0x1000 irq=$LINE,event" >/sys/module/platdev/parameters/add
refused 'a platform device that is not there' 'no such device in /sys/bus/platform' procirq bind platform:none
refused 'it has no vectors' 'are for PCI devices' procirq bind plat.a --vectors 2
refused 'it is not bound' 'no device of that name, .*is bound' procirq wait platform:plat.a
says 'bind a platform device' 0 "^platform:plat.a: line $LINE$" procirq bind plat.a
says 'and again' 0 "^platform:plat.a: line $LINE$" procirq bind platform:plat.a
says 'list it' 0 " $LINE  plat.a/event  -          platform " procirq list
says 'in JSON' 0 '"name": "event"' procirq list --json
says 'info by its name' 0 "^irq: *$LINE$" procirq info platform:plat.a
sed 's/^device.*/device platform:plat.a/; s/bar 0/region 0/; /config/d' /files/edu.irqdev >/tmp/plat.irqdev
says 'attach' 0 "ok: platform:plat.a on line $LINE, steps: check 1, ack 1, silence 0, resume 0, release 2" \
	procirq attach /tmp/plat.irqdev
refused 'beyond the region' 'check step 1 \(region 0 offset 0x1000 width 32\): region 0 of plat.a has 0x1000 bytes' \
	sh -c 'sed "s/offset 0x24/offset 0x1000/" /tmp/plat.irqdev >/tmp/beyond.irqdev; procirq attach /tmp/beyond.irqdev'
refused 'a width that is not known' 'not known whether plat.a takes accesses of this width' \
	sh -c 'sed "/^check/s/width 32 any .*/width 16 any 1/" /tmp/plat.irqdev >/tmp/wide.irqdev; procirq attach /tmp/wide.irqdev'
refused 'bars of a platform device' 'has regions, and neither BARs' procirq attach /files/edu.irqdev plat.a
says 'wait for its interrupt by name' 124 '' procirq wait plat.a/event --device /tmp/plat.irqdev --timeout 0.2
procirq wait platform:plat.a/event --timeout 30 >/tmp/a & a=$!
waits $a
says 'inject' 0 "^line $LINE: 1 interrupts made" procirq inject plat.a/0
says 'wait ends' 0 '' wait $a
says 'unbind' 0 '' procirq unbind platform:plat.a
refused 'no line is left to wait for' 'no device of that name' procirq wait platform:plat.a
rmmod platdev
echo 0 >/sys/bus/pci/devices/$A/enable

refused 'no line is left to wait for' '^procirq: .*no interrupt line' procirq wait $A --timeout 1
modprobe uio_pci_generic
echo 1234 11e8 >/sys/bus/pci/drivers/uio_pci_generic/new_id
refused 'another driver has it' 'bound to driver "uio_pci_generic"' procirq bind $A
refused 'and keeps it' 'bound to driver "uio_pci_generic"' procirq unbind $A
rmmod procirq
refused 'the module goes' 'not loaded' procirq list
tap_end
GUEST

[ $# -gt 0 ] || set -- 6.1
for kernel; do
	rm -f "$scratch/ivshmem.sock"
	tests/vm/ivshmem-server.py "$scratch/ivshmem.sock" 4 &
	server=$!
	wait_for '[ -S "$scratch/ivshmem.sock" ]'
	tests/vm/run --kernel "$kernel" --file "$scratch/edu" --file "$scratch/ivshmem" --file "$scratch/spin" --file "$scratch/uli" \
		--file "$scratch/user" --file examples/60-procirq-edu.rules --file "$(command -v udevadm)" \
		--file tests/tap.sh --file "$scratch/guest.sh" --file examples/edu.irqdev --file examples/pci-intx.irqdev \
		--qemu "-chardev socket,id=ivshmem,path=$scratch/ivshmem.sock -device ivshmem-doorbell,vectors=4,chardev=ivshmem,addr=0x5" \
		-- 'sh /files/guest.sh' >"$scratch/out" 2>"$scratch/err"
	status=$?
	kill "$server"
	server=
	result $status "$kernel: the guest is well" "status $status: $(tail -5 "$scratch/err")"
	relay "$kernel: " <"$scratch/out"
done
tap_end
