#!/bin/bash
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

tap_end
