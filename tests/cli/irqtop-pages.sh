#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqtop's pages beside the rows of the kernel's tables. TAP. Needs jq.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqtop="${IRQTOP:-build/bin/irqtop} --no-config"
. tests/tap.sh

tests/fixtures/irqtop/cpus "$scratch"
cpus="$irqtop --diff $scratch/a $scratch/b -t cpus"

# --- a row for each CPU --------------------------------------------------------------

$cpus --json -s cpu >"$scratch/cpus"
is 'CPUs: interrupts and softirqs per second' "$(jq -c '[.cpu, .rate_hz, .softirqs_hz]' "$scratch/cpus" | tr '\n' ' ')" \
	'[0,1050,100] [1,20350,3100] [2,250,100] [3,6,4] '
is 'CPUs: their time in interrupts and softirqs' "$(jq -c '[.irq_time, .softirq_time]' "$scratch/cpus" | tr '\n' ' ')" \
	'[0.01,0.01] [0.2,0.3] [0,0] [0.005,0.005] '
is 'CPUs: how many interrupts may go there' "$(jq .allowed "$scratch/cpus" | tr '\n' ' ')" '4 3 1 1 '
is 'CPUs: vectors used and left' "$(jq -c '[.vectors, .vectors_left]' "$scratch/cpus" | tr '\n' ' ')" \
	'[11,190] [10,191] [9,192] [8,193] '
is 'CPUs: packets dropped, and polls that ran out of time' \
	"$(jq -c '[.dropped, .squeezed]' "$scratch/cpus" | tr '\n' ' ')" '[0,1] [7,9] [0,1] [0,1] '
is 'CPUs: node and marks' "$(jq -r '"\(.node) \(.marks)"' "$scratch/cpus" | tr '\n' ,)" \
	'0 null,0 null,1 isol,1 isol nohz,'
is 'CPUs: the busiest interrupt of each' "$(jq -r '"\(.busiest) \(.name) \(.busiest_hz)"' "$scratch/cpus" | tr '\n' ,)" \
	'26 eth0-TxRx-2 500,24 eth0-TxRx-0 20000,LOC Local timer interrupts 250,25 eth0-TxRx-1 5,'
is 'CPUs: what adds up over rows adds up over CPUs' "$(jq -s 'map(.total) | add' "$scratch/cpus")" \
	"$($irqtop --root "$scratch/b" --once --json -t interrupts | jq -s 'map(.total) | add')"
is 'CPUs: sorted by any column' "$($cpus --csv -s softirq_time -c cpu | sed 1d | cut -d, -f3 | tr -d '\r\n')" 1032
is 'CPUs: filtered by mark, number and busiest' \
	"$(for words in isol cpu:1-2 TxRx-1; do $cpus --csv -s irq -f $words -c cpu | sed 1d | cut -d, -f3 | tr -d '\r\n'; echo; done | xargs)" \
	'23 12 3'
is 'CPUs: an alert may be about one' \
	"$($irqtop --root "$scratch/b" -t cpus -q -d 0.05 -n 2 --alert 'vectors_left<191' 2>&1 | cut -d: -f2-)" \
	' alert: 0 : vectors_left 190 (vectors_left<191)'
is 'CPUs: their time, where /proc/stat has them in another order' "$(
	for tree in a b; do
		sed -i '/^cpu1 /{h;d};/^cpu3 /{G}' "$scratch/$tree/proc/stat"
	done
	$cpus --json -s cpu | jq -c '[.irq_time, .softirq_time]' | tr '\n' ' ')" '[0.01,0.01] [0.2,0.3] [0,0] [0.005,0.005] '
is 'CPUs: one is missing in softirqs and in /proc/stat' "$(
	sed -i 's/^cpu2 .*//' "$scratch/b/proc/stat"
	$cpus --json -s cpu | jq -c 'select(.cpu == 2) | [.rate_hz, .irq_time]')" '[250,null]'
tests/fixtures/irqtop/cpus "$scratch"
# Before 5.10 there is no number of the CPU: the rows are those online.
sed -i 's/ [^ ]*$//' "$scratch/b/proc/net/softnet_stat"
is 'CPUs: softnet of older kernels' "$($cpus --json -s cpu | jq .dropped | tr '\n' ' ')" '0 7 0 0 '
rm -r "$scratch/b/sys" "$scratch/b/proc/net" "$scratch/b/proc/irq"
is 'CPUs: what cannot be read is unknown' \
	"$($cpus --json -s cpu | jq -c '[.allowed, .vectors, .dropped, .marks, .node]' | sort -u)" '[null,null,null,null,null]'
tests/fixtures/irqtop/cpus "$scratch"
$irqtop --root "$scratch/b" -t cpus --openmetrics >"$scratch/metrics"
is 'CPUs: exported' "$(grep -c '^irqtop_cpu_.*{cpu="1"}' "$scratch/metrics")" 9
is 'CPUs: times in seconds' "$(grep '^irqtop_cpu_softirq_seconds_total{cpu="1"}' "$scratch/metrics")" \
	"irqtop_cpu_softirq_seconds_total{cpu=\"1\"} $(awk "BEGIN { print 320 / $(getconf CLK_TCK) }")"
if tests/prometheus promtool --version >/dev/null 2>&1; then
	tests/prometheus promtool check metrics <"$scratch/metrics" >"$scratch/why" 2>&1
	is 'CPUs: promtool accepts them' "$?$(cat "$scratch/why")" 0
else
	skip 'CPUs: promtool accepts them' 'no promtool'
fi
check 'CPUs: of the running system' 0 '^ +0 ' '' $irqtop -t cpus -b -n 1 -d 0.1

# --- collapsed rows --------------------------------------------------------------------

devices="$irqtop --diff $scratch/a $scratch/b"
# collapsed OPTION...: group, rate, rows, imbalance and spread
collapsed()
{
	$devices --json "$@" | jq -c '[.group, .rate_hz, .rows, ((.imbalance // 0) * 10 | round), .spread]' | tr '\n' ' '
}
# 20,000, 5, 500 and 0 per second: the mean of four is 5126.25, and 20,000 is 3.9 of it.
is 'devices: sum, imbalance and spread' "$(collapsed -t devices)" \
	'["0000:01:00.0",20505,4,39,3] ["LOC",751,1,0,4] ["0000:02:00.0",400,2,15,2] '
is 'drivers: by what sysfs says' "$(collapsed -t drivers -f '/ixgbe|nvme/')" \
	'["ixgbe",20505,4,39,3] ["nvme",400,2,15,2] '
is 'collapsed: each CPU has the sum of the rows' \
	"$($devices -t devices --json --per-cpu | jq -c 'select(.group == "0000:01:00.0").per_cpu["1"]')" \
	'{"delta":200000,"total":201000}'
is 'collapsed: only some CPUs are counted' "$(collapsed -t devices -C 3 | cut -d, -f1-2 | xargs)" '[0000:01:00.0,5'
is 'collapsed: totals are those of the rows' "$($devices -t devices --json | jq -s 'map(.total) | add')" \
	"$($devices --json -t interrupts | jq -s 'map(.total) | add')"
rm -r "$scratch/a/sys/bus" "$scratch/b/sys/bus"
is 'devices: by the address in the chip, without sysfs' "$(collapsed -t devices -f 0000 | tr -d ' ')" \
	'["0000:01:00.0",20505,4,39,3]["0000:02:00.0",400,2,15,2]'
is 'drivers: by the names of the queues, without sysfs' \
	"$($devices -t drivers --csv -c group,rows -s irq | sed 1d | cut -d, -f3- | tr -d '"\r' | tr '\n' ' ')" \
	'eth0-TxRx,4 nvme0q,2 LOC,1 '
tests/fixtures/irqtop/cpus "$scratch"
is 'collapsed: a sum stays out of the sums' \
	"$($irqtop --diff tests/fixtures/irqtop/machines/xen/proc/interrupts tests/fixtures/irqtop/machines/xen/after \
		--json -t devices | jq -s 'map(select(.sum | not).delta) | add')" 299
is 'collapsed: exported' "$($irqtop --root "$scratch/b" -t drivers --openmetrics | grep ixgbe | xargs)" \
	'irqtop_group_interrupts_total{group=ixgbe} 209050 irqtop_group_rows{group=ixgbe} 4'
# --- isolated CPUs and nodes ---------------------------------------------------------------

is 'isolation: what isolated CPUs took' \
	"$($devices -t interrupts --json -f cpu:isolated -s irq | jq -c '[.irq, .delta]' | tr '\n' ' ')" '["25",50] ["LOC",2510] '
is 'isolation: and those without a tick' \
	"$($devices -t interrupts --json -f cpu:nohz -s irq | jq -c '[.irq, .delta]' | tr '\n' ' ')" '["25",50] ["LOC",10] '
is 'isolation: of one row' "$($devices --json -f 'cpu:isolated LOC' -c delta | jq .delta)" 2510
refused 'isolation: without isolated CPUs' 'cpu:isolated: no CPU is isolated' \
	$irqtop --root tests/fixtures/irqtop/machines/arm64 --once -f cpu:isolated
refused 'isolation: where it is not known' 'cpu:nohz: not known here' \
	$irqtop --input "$scratch/a/proc/interrupts" -f cpu:nohz
# alerted: waits for the alert while the second sample comes
cp "$scratch/b/proc/interrupts" "$scratch/second"
cp "$scratch/a/proc/interrupts" "$scratch/b/proc/interrupts"
$irqtop --root "$scratch/b" -q -d 0.1 -f 'cpu:isolated TxRx' --alert 'delta>0' --record "$scratch/rec" \
	2>"$scratch/alert" &
wait_for '[ -s "$scratch/rec" ]'
mv "$scratch/second" "$scratch/b/proc/interrupts"
wait $!
is 'isolation: an alert ends it' $? 2
is 'isolation: and names handler, affinity and command' "$(cat "$scratch/alert")" \
	'irqtop: alert: 25 eth0-TxRx-1: delta 50 (delta>0): on isolated CPU 3; its affinity 0-3 allows it; echo 0-1 > /proc/irq/25/smp_affinity_list keeps it away'
mkdir -p "$scratch/b/sys/kernel/debug/irq/irqs"
printf 'handler:  handle_edge_irq\nstate: 0x0\n            IRQD_AFFINITY_MANAGED\n' \
	>"$scratch/b/sys/kernel/debug/irq/irqs/25"
cp "$scratch/b/proc/interrupts" "$scratch/second"
cp "$scratch/a/proc/interrupts" "$scratch/b/proc/interrupts"
rm "$scratch/rec"
$irqtop --root "$scratch/b" -q -d 0.1 -f 'cpu:isolated TxRx' --alert 'delta>0' --record "$scratch/rec" \
	2>"$scratch/alert" &
wait_for '[ -s "$scratch/rec" ]'
mv "$scratch/second" "$scratch/b/proc/interrupts"
wait $!
is 'isolation: a managed interrupt is told so' "$(grep -c 'managed by its driver: boot with isolcpus=managed_irq' "$scratch/alert")" 1
is 'an interrupt off its device'"'"'s node is marked' \
	"$($devices -t interrupts --json -s irq -c irq,off_node | jq -c '[.irq, .off_node]' | tr '\n' ' ')" \
	'["24","off"] ["25",null] ["26","off"] ["27","off"] ["28",null] ["29",null] ["LOC",null] '

check 'collapsed: the running system' 0 '^LOC ' '' $irqtop -t devices -b -n 1 -d 0.1

# --- in words -------------------------------------------------------------------------------

tests/fixtures/irqtop/cpus "$scratch"
explain="$irqtop --explain $scratch/a $scratch/b"
# eth0's first queue goes from a mean of 1/s to 20,000/s, its second one to CPU 1.
sed -i 's/^ 29:.*/ 30:       9000          0          0          0  PCI-MSIX-0000:03:00.0   0-edge      xhci/;
	s/^ 25:.*/ 25:          0        900          0       1000  PCI-MSIX-0000:01:00.0   1-edge      eth0-TxRx-1/' \
	"$scratch/b/proc/interrupts"
check 'explain: five sentences' 0 '*' '' $explain
is 'explain: new, gone, moved, faster, off its node' "$(cat "$scratch/out")" \
	'new: 30 xhci, 8.9/s
gone: 29 nvme0q2, before 1/s
moved: 25 eth0-TxRx-1 from CPU 3 (100 %) to CPU 1 (100 %)
faster: 24 eth0-TxRx-0 from 1/s to 20000/s; and 4 more
off its node: 24 eth0-TxRx-0 on CPU 1, 0000:01:00.0 is on node 1; and 2 more'
is 'explain: of one with itself' "$($irqtop --explain "$scratch/a" "$scratch/a" | sort -u)" \
	"$(printf '%s: nothing\n' faster gone moved new; $explain | sed -n '5p')"
sed -i 's/^btime.*/btime 1700009000/' "$scratch/b/proc/stat"
check 'explain: a boot between them' 0 '^faster: 24 eth0-TxRx-0 from 1/s to 199/s; and 2 more' 'booted at .*: means since boot are compared' $explain
refused 'explain: needs two' 'explain needs two names' $irqtop --explain "$scratch/a"
check 'explain: copies without a time are counts' 0 '^faster: LOC Local timer interrupts from 36000 to' '*' \
	$irqtop --explain "$scratch/a/proc/interrupts" <(sed 's/^LOC: *9000/LOC: 99000/' "$scratch/a/proc/interrupts")

tap_end
