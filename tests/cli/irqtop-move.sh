#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqtop --move on copied trees: what it plans. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqtop="${IRQTOP:-build/bin/irqtop} --no-config"
. tests/tap.sh

tests/fixtures/irqtop/cpus "$scratch"
planned="$irqtop --root $scratch/b --once --dry-run"

# plan OPTION...: number, affinity before and after, and what happens
plan()
{
	$planned "$@" | awk '/^ +[0-9]/ { print $1, $3, $4, $5 }' | tr '\n' ,
}
# CPUs 2 and 3, those of its node, are isolated: it is spread over the others.
is 'spread over CPUs that are not isolated' "$(plan --move eth0=spread)" \
	'24 1 1 is,25 0-3 0 moves,26 0 0 is,27 0 1 moves,'
rm "$scratch/b/sys/devices/system/cpu/isolated" "$scratch/b/sys/devices/system/cpu/nohz_full"
is 'spread over the CPUs of its node' "$(plan --move eth0=spread)" \
	'24 1 3 moves,25 0-3 2 moves,26 0 2 moves,27 0 3 moves,'
is 'to a node' "$(plan --move nvme=node:1)" '28 0 2-3 moves,29 1 2-3 moves,'
is 'by driver' "$(plan --move ixgbe=0 | grep -o , | wc -l)" 4
is 'by a regular expression' "$(plan --move '/TxRx-[01]$/=0' | grep -o , | wc -l)" 2
refused 'numbers are no texts' '2: no interrupt that has a number' $planned --move 2=0
is 'by number' "$(plan --move 24,28-29=0)" \
	'24 1 0 moves,28 0 0 is,29 1 0 moves,'
is 'a list may have a CPU that is offline' "$(plan --move 24=0,9)" '24 1 0,9 moves,'
check 'numbers before and after' 0 '^# before: busiest CPU 1: 201000 since boot, on 3 CPUs' '' \
	$planned --move eth0=2-3
is 'the rate is expected in equal parts' "$(sed -n 's/^# after: *//p' "$scratch/out")" \
	'busiest CPU 2: 104525 since boot, on 2 CPUs, highest over mean 1.0'
is 'what would restore it' "$($planned --move eth0=2-3 --move nvme0q1=1 | sed -n 's/^undo: //p')" \
	'irqtop --move 24=1 --move 25=0-3 --move 26-27=0 --move 28=0'
mkdir -p "$scratch/b/sys/kernel/debug/irq/irqs"
printf 'state: 0x0\n            IRQD_AFFINITY_MANAGED\n' >"$scratch/b/sys/kernel/debug/irq/irqs/25"
chmod 444 "$scratch/b/proc/irq/26/smp_affinity_list"
rm "$scratch/b/proc/irq/27/smp_affinity_list"
is 'managed, fixed and unknown ones stay' "$(plan --move eth0=3)" \
	'24 1 3 moves,25 0-3 0-3 managed,26 0 0 cannot,27 - - its,'
check 'and are no error while another moves' 0 '*' \
	'warning: --move eth0=3: 3 of 4 stay where they are: 1 managed by the driver, 1 that cannot be moved, 1 of unknown affinity$' \
	$planned --move eth0=3
check 'nor while another is there already' 0 '*' 'warning: --move 24,26=1: 1 of 2 stay' $planned --move 24,26=1
check 'but where there is no other' 1 '*' \
	'^irqtop: --move 25-27=3: 3 of 3 stay where they are: 1 managed' $planned --move 25-27=3
check 'of each move' 1 '*' '^irqtop: --move 26=1: 1 of 1 stay where they are: 1 that cannot be moved$' \
	$planned --move 24=3 --move 26=1
is 'and need no undo' "$($planned --move eth0=3 | sed -n 's/^undo: //p')" 'irqtop --move 24=1'
cp -a "$scratch/b" "$scratch/before"
$planned --move eth0=3 >/dev/null
is 'nothing is written' "$(diff -r --no-dereference "$scratch/before" "$scratch/b")" ''

refused 'a copied tree is not moved' 'is not the running system: only with --dry-run' \
	$irqtop --root "$scratch/b" --once --move 24=0
refused 'nothing to move' 'zzz: no interrupt that has a number' $planned --move zzz=0
refused 'no number of it' 'LOC: no interrupt that has a number' $planned --move LOC=0
refused 'no such CPU' 'none of these CPUs is online' $planned --move 24=9
refused 'no such node' 'node:7: no CPU of it' $planned --move 24=node:7
refused 'no place' 'is no list of CPUs like 0-3,8, no node:N, no spread' $planned --move 24=x
refused 'nothing that is a move' '"24" is not PATTERN=CPUS' $planned --move 24
refused 'twice the same' 'IRQ 24 is in two of them' $planned --move 24=0 --move eth0=1
refused 'a filter word' 'numbers, text and /regex/ choose' $planned --move active=1
refused 'a bad regex' 'Unmatched' $planned --move '/(/=1'
refused 'a dry run of nothing' 'only with --move' $irqtop --dry-run
refused 'with another output' 'not with another output' $planned --move 24=0 --json

# The running system, whose affinities stay as they are. Some may be fixed.
check 'the running system: rates, and no change' 0 '^ +IRQ +RATE +BEFORE' '*' \
	$irqtop --dry-run -d 0.1 --move /./=spread
tap_end
