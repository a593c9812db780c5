#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqtop on tables of machines that are not at hand: what is counted once, and how names
# are split. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqtop="${IRQTOP:-build/bin/irqtop} --no-config"
machines=tests/fixtures/irqtop/machines
. tests/tap.sh

# split MACHINE ROW: chip|hwirq|trigger|name of a row
split()
{
	$irqtop --root "$machines/$1" --once --json -t interrupts |
		jq -r --arg irq "$2" 'select(.irq == $irq) |
			[.chip, .hwirq, .trigger, .name] | map(. // "") | join("|")'
}

# differences MACHINE: the rows' deltas that are not 0, as JSON Lines
differences()
{
	$irqtop --diff "$machines/$1/proc/interrupts" "$machines/$1/after" --json \
		-c irq,delta,sum,name
}

# --- counted once -------------------------------------------------------------

differences s390x >"$scratch/s390x"
is 's390x: EXT, I/O and AIO are sums, as are PCF and MSI of numbered rows' \
	"$(jq -r 'select(.sum) | .irq' "$scratch/s390x" | sort | tr '\n' ' ')" 'AIO EXT I/O MSI PCF '
is 's390x: the rest counts each interrupt once' \
	"$(jq -s 'map(select(.sum | not).delta) | add' "$scratch/s390x")" 191
is 's390x: a sum without a name says of what' \
	"$(jq -r 'select(.irq == "EXT").name' "$scratch/s390x")" 'sum of the rows marked [EXT]'
differences xen >"$scratch/xen"
is 'Xen: RES, CAL, IWI and HYP count event channels again' \
	"$(jq -r 'select(.sum) | .irq' "$scratch/xen" | sort | tr '\n' ' ')" 'CAL HYP IWI RES '
is 'Xen: the timer is in no other row' \
	"$(jq -s 'map(select(.sum | not).delta) | add' "$scratch/xen")" 299
is 'Xen: a timer has no share of a second row' \
	"$(jq -r 'select(.irq == "LOC") | .sum' "$scratch/xen")" null
is 'no row is a sum where none is' \
	"$(for m in ppc-xive riscv-aia arm64 dovetail rhel7 fiq; do
		$irqtop --root $machines/$m --once --json | jq -r 'select(.sum).irq'
	done)" ''

# --- names ----------------------------------------------------------------------

while IFS='>' read -r machine irq want; do
	is "$machine: $want" "$(split "$machine" "$irq")" "$want"
done <<'END'
s390x>6>PCI-MSI|||mlx5_comp0@pci:0000:00:00.0
xen>49>xen-percpu||ipi|resched0
ppc-xive>16>XIVE-IPI|0|Edge|IPI-0
ppc-xive>18>XIVE-IRQ|1048587|Level|hvc_console
ppc-xive>22>PNV-PCI-MSI-0030:01:00.0|0|Edge|nvme0q0
riscv-aia>10>RISC-V INTC|5|Edge|riscv-timer
riscv-aia>12>APLIC-MSI-d000000.interrupt-controller|10|Level|ttyS0
riscv-aia>IPI0>|||Rescheduling interrupts
arm64>49>ITS-PCI-MSI-0000:04:00.0|1|Edge|mlx5_comp0@pci:0000:04:00.0
dovetail>9>IR-IO-APIC|9|fasteoi|acpi
dovetail>24>SIRQC|24|in-band|irq work
dovetail>26>IR-PCI-MSI-0000:00:1f.6|0|oob-edge|enp0s31f6
dovetail>27>IR-PCI-MSI-0000:00:14.0|0|edge|xhci_hcd
dovetail>524545>SIPIC|1|oob|EVL reschedule
rhel7>0>IR-IO-APIC||edge|timer
rhel7>9>IR-IO-APIC||fasteoi|acpi
rhel7>73>IR-PCI-MSI||edge|eth0-TxRx-0
rhel7>76>HPET_MSI||edge|hpet2
rhel7>80>xen-pirq-ioapic||level|ehci_hcd:usb1, 8-port card
rhel7>96>GIC|||uart-pl011 0
rhel7>NMI>|||Non-maskable interrupts
fiq>29>GIC|29|Edge|twd
fiq>66>MIPS|7||timer
fiq>FIQ>|||usb_fiq
END
is 'arm64: a label that touches its counter' \
	"$($irqtop --root $machines/arm64 --once --csv -c irq,total -f IPI0 | sed 1d | tr -d '\r' | cut -d, -f3-)" \
	'"IPI0",3246913568'
is 'FIQ has a handler and no counters' \
	"$($irqtop --root $machines/fiq --once --json -f FIQ | jq -c '[.total, .name]')" '[null,"usb_fiq"]'

# --- masked files -----------------------------------------------------------------

# An empty file, as container runtimes mount over it.
mkdir -p "$scratch/masked/proc"
: >"$scratch/masked/proc/interrupts"
masked="$irqtop --root $scratch/masked"
refused 'masked: says why there is nothing' \
	'irqtop: .*/proc/interrupts: empty: masked, as container runtimes do' $masked --once
printf '                    CPU0       CPU1\n      NET_RX:      90100        100\n' \
	>"$scratch/masked/proc/softirqs"
check 'masked: softirqs still work, and it is said' 0 'NET_RX +90200' \
	'/proc/interrupts: empty: masked, .*; softirqs only' $masked --once
refused 'masked: interrupts alone are refused' 'empty: masked' $masked --once -t interrupts
check 'masked: a filter for a node nobody has' 1 '' 'node:3: no such node' $masked --once --node 3
check 'masked: also exported' 0 'softirq="NET_RX"' 'irqtop: warning: .*softirqs only' $masked --openmetrics
check 'masked: said once' 0 'NET_RX' 'softirqs only' $masked -b -n 3 -d 0.05
$masked -q -n 2 -d 0.05 --record "$scratch/masked.rec" 2>/dev/null
check 'masked: recorded and replayed' 0 'NET_RX' '' $irqtop --replay "$scratch/masked.rec" -b
if [ "$(id -u)" != 0 ]; then
	chmod 0 "$scratch/masked/proc/interrupts"
	check 'not readable: softirqs still work' 0 'NET_RX' 'Permission denied; softirqs only' $masked --once
fi

tap_end
