#!/bin/bash
# The examples, built as a user builds them from an installed library, and the
# procirq command as a script would use it, in a guest. TAP.
#
#   tests/vm/examples.sh [KERNEL]...    default 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1

scratch=$(mktemp -d)
trap 'kill $server 2>/dev/null; rm -rf "$scratch"' EXIT
server=
. tests/tap.sh

make --no-print-directory install DESTDIR="$scratch/root" PREFIX=/usr >"$scratch/install" 2>&1
result $? 'the library is installed' "$(tail -3 "$scratch/install")"
for example in edu ivshmem spin uli; do
	"${CC:-cc}" -Wall -Wextra -Werror -I"$scratch/root/usr/include" "examples/$example.c" \
		-o "$scratch/$example" -L"$scratch/root/usr/lib" -lprocirq -lpthread 2>"$scratch/err"
	result $? "$example.c builds against it" "$(head -3 "$scratch/err")"
done
[ "$(wc -l <examples/edu.c)" -lt 200 ]
result $? 'edu.c has less than 200 lines'

# What the guest runs: each check is "ok NAME" or "not ok NAME: WHY" in its output.
cat >"$scratch/guest.sh" <<'GUEST'
check()
{
	name=$1 want=$2 pattern=$3
	shift 3
	"$@" >/tmp/out 2>&1
	got=$?
	if [ $got = "$want" ] && { [ -z "$pattern" ] || grep -q -- "$pattern" /tmp/out; }; then
		echo "ok $name"
	else
		echo "not ok $name: status $got, $(tr '\n' '|' </tmp/out | cut -c 1-300)"
	fi
}
A=0000:00:04.0 B=0000:00:08.0

check 'list without the module' 1 'module is not loaded; run: modprobe procirq' procirq list
check 'bind without the module' 1 'module is not loaded; run: modprobe procirq' procirq bind $A
modprobe procirq storm_rate=0
mount -t debugfs none /sys/kernel/debug 2>/dev/null

check 'edu.c by MSI' 0 'factorials 1 to 20, the last 2192834560' /files/edu $A msi
check 'edu.c copies by DMA' 0 '2048 bytes to the device and back' /files/edu $A msi
check 'uli.c by MSI' 0 '^12! is 479001600, after [0-9]* interrupts$' /files/uli $A
check 'edu.c by INTx' 0 '2048 bytes to the device and back' /files/edu $A intx
/files/edu $B intx >/tmp/other 2>&1 & other=$!
check 'edu.c twice on one line' 0 '2048 bytes to the device and back' /files/edu $A intx
check 'and the other one too' 0 '' wait $other
check 'ivshmem.c: each vector on its CPU' 0 'vector 3: line [0-9]*, CPU 1, 200 interrupts, 0 on another' \
	/files/ivshmem 0000:00:05.0 200

modprobe irqgen
check 'spin.c: ring, eventfd, inject' 0 \
	'^ring: 5 of 5, then 1024 of 5000; eventfd: 5005; read: 5005$' /files/spin irqgen:0
check 'spin.c on no line' 1 'spin: .*no interrupt line 4000000' /files/spin 4000000
rmmod irqgen

check 'bind with MSI' 0 "^$A: line [0-9]*$" procirq bind $A --kind msi
check 'list' 0 " $A  1234:11e8  msi " procirq list
check 'list in JSON' 0 '"kind": "msi"' procirq list --json
LINE=$(procirq bind $A | sed 's/.* //')
check 'bind again keeps the line' 0 "^$A: line $LINE$" procirq bind $A
check 'info' 0 '^state: .* msi' procirq info $LINE
check 'info by the device' 0 "^irq: *$LINE$" procirq info $A
check 'info in JSON' 0 '"schema": "procirq-info/1"' procirq info $LINE --json
check 'wait until the time runs out' 124 '' procirq wait $A --timeout 0.3
procirq wait $A -n 3 --records --timeout 30 >/tmp/events & waiter=$!
sleep 1
check 'list names the reader' 0 "procirq($waiter)" procirq list
check 'inject' 0 "^line $LINE: 3 interrupts made" procirq inject $A -n 3
check 'wait ends with them' 0 '' wait $waiter
check 'one line for each' 0 "^3$" sh -c "grep -c '^irq=$LINE count=1 status=0x0 seq=[0-9]* first_ns=' /tmp/events"
check 'attach on MSI' 0 "ok: $A on line $LINE, steps: check 1, ack 1, silence 0, resume 0, release 2" \
	procirq attach /files/edu.irqdev $A
check 'no more vectors than it has' 0 "line" procirq bind $A --kind msi --vectors 8
check 'no MSI-X here' 1 'no interrupt of that kind' procirq bind $A --kind msix

check 'bind with INTx' 0 "^$A: line" procirq bind $A --kind intx
procirq bind $B --kind intx >/dev/null
LINE=$(procirq bind $A | sed 's/.* //')
check 'several devices have that ID' 1 'several PCI devices' procirq bind 1234:11e8
check 'attach' 0 "ok: $A on line $LINE, steps: check 1" procirq attach /files/edu.irqdev $A
check 'attach PCI INTx' 0 "ok: $B on line $LINE, PCI INTx" procirq attach /files/pci-intx.irqdev $B
printf 'check bar 0 offset 0x100000 width 32 any 1\n' >/tmp/end.irqdev
check 'beyond the end' 1 'check step 1 (bar 0 offset 0x100000 width 32): BAR 0 of 0000:00:04.0 has 0x100000 bytes' \
	procirq attach /tmp/end.irqdev $A
printf 'check bar 3 offset 0 width 32 any 1\n' >/tmp/bar.irqdev
check 'no such BAR' 1 '0000:00:04.0 has no BAR 3' procirq attach /tmp/bar.irqdev $A
check 'no such function' 1 'no PCI device has that address' procirq attach /files/pci-intx.irqdev 00:1e.0
procirq bind 0000:00:05.0 >/dev/null
IV=$(procirq list | awk '$2 == "0000:00:05.0" { print $1; exit }')
check "another function's line" 1 "it interrupts on line $LINE, not on line $IV" \
	procirq attach /files/edu.irqdev $A --line "$IV"
procirq unbind 0000:00:05.0
check 'not enabled' 1 'no interrupt line\|not enabled\|does not answer' \
	sh -c "procirq unbind $A; procirq attach /files/edu.irqdev $A --line $LINE; s=\$?; procirq bind $A --kind intx; exit \$s"

# Both devices interrupt, each for its own reader; 0x60 raises.
poke() { devmem=$(sed -n '1s/ .*//p' /sys/bus/pci/devices/$1/resource); devmem $((devmem + 0x60)) 32 $2; }
procirq wait $A --device /files/edu.irqdev -n 2 --timeout 30 >/tmp/a & a=$!
procirq wait $B --device /files/edu.irqdev -n 1 --timeout 30 >/tmp/b & b=$!
sleep 1
poke $A 0x5; sleep 0.3; poke $B 0x70; sleep 0.3; poke $A 0x2
check 'wait with a descriptor' 0 '' wait $a
check 'and one beside it' 0 '' wait $b
check 'each got its own status words' 0 "^irq=$LINE count=1 status=0x5 irq=$LINE count=1 status=0x2 irq=$LINE count=1 status=0x70 $" \
	sh -c 'cat /tmp/a /tmp/b | tr "\n" " "'
procirq wait $A & killed=$!
sleep 0.5
check 'a second descriptor-less reader makes no harm' 0 'readers: *1' procirq info $LINE
kill $killed; wait $killed
check 'unbind' 0 '' procirq unbind $A
check 'unbind twice' 0 '' procirq unbind $A
check 'its line is still the other one'"'"'s' 124 '' procirq wait $LINE --timeout 0.2
procirq unbind $B
check 'no line is left to wait for' 1 '^procirq: .*no interrupt line' procirq wait $A --timeout 1
modprobe uio_pci_generic
echo 1234 11e8 >/sys/bus/pci/drivers/uio_pci_generic/new_id
check 'another driver has it' 1 'bound to driver "uio_pci_generic"' procirq bind $A
check 'and keeps it' 1 'bound to driver "uio_pci_generic"' procirq unbind $A
rmmod procirq
check 'the module goes' 1 'not loaded' procirq list
GUEST

[ $# -gt 0 ] || set -- 6.1
for kernel; do
	rm -f "$scratch/ivshmem.sock"
	tests/vm/ivshmem-server.py "$scratch/ivshmem.sock" 4 &
	server=$!
	for _ in $(seq 50); do
		[ ! -S "$scratch/ivshmem.sock" ] || break
		sleep 0.1
	done
	tests/vm/run --kernel "$kernel" --file "$scratch/edu" --file "$scratch/ivshmem" --file "$scratch/spin" --file "$scratch/uli" \
		--file "$scratch/guest.sh" --file examples/edu.irqdev --file examples/pci-intx.irqdev \
		--qemu "-chardev socket,id=ivshmem,path=$scratch/ivshmem.sock -device ivshmem-doorbell,vectors=4,chardev=ivshmem,addr=0x5" \
		-- 'sh /files/guest.sh' >"$scratch/out" 2>"$scratch/err"
	status=$?
	kill $server 2>/dev/null
	result $status "$kernel: the guest is well" "status $status: $(tail -5 "$scratch/err")"
	while IFS= read -r line; do
		case $line in
		ok\ *) result 0 "$kernel: ${line#ok }" ;;
		not\ ok\ *) result 1 "$kernel: ${line#not ok }" ;;
		esac
	done <"$scratch/out"
	[ "$(grep -cE '^(not )?ok ' "$scratch/out")" = "$(grep -cE '^check ' "$scratch/guest.sh")" ]
	result $? "$kernel: every check was made" "$(tail -3 "$scratch/out")"
done
tap_end
