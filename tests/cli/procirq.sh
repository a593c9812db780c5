#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# procirq as a user calls it on a machine without the module: options, messages,
# exit statuses. TAP. What needs the module is in tests/vm/examples.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1

procirq=${PROCIRQ:-build/bin/procirq}
. tests/tap.sh

tested()
{
	"$procirq" "$@"
}

check 'no command' 1 '' '^procirq: which command\?'
check 'an unknown command' 1 '' '^procirq: unknown command "serve"; procirq help lists them$' serve
check 'help' 0 '^  wait +wait for interrupts' '' help
check '--help' 0 '^usage: procirq COMMAND' '' --help
check '--version' 0 '^procirq [0-9.]+$' '' --version
for command in bind unbind list wait attach inject info; do
	check "$command --help" 0 "^usage: procirq $command \[options\]" '' "$command" --help
	check "help $command" 0 "^usage: procirq $command \[options\]" '' help "$command"
	check "$command with an unknown option" 1 '' "unknown option.*procirq $command --help" \
		"$command" --frobnicate
done
for command in bind unbind wait attach inject info; do
	check "$command without an argument" 1 '' "an argument is missing; usage: procirq $command " "$command"
done
check 'list with an argument' 1 '' '20: list takes options only' list 20
check 'wait on two lines' 1 '' 'too many arguments' wait 20 21

check 'an unknown kind' 1 '' '--kind: "isa" is none of: auto, msix, msi, intx' bind 00:04.0 --kind isa
check 'no vectors' 1 '' '--vectors: 0 is out of range: from 1 to 2048' bind 00:04.0 --vectors 0
check 'too many vectors' 1 '' 'out of range' bind 00:04.0 --vectors 2049
check 'a count that is none' 1 '' '--count: "many" is not a number' wait 20 -n many
check 'a time that is none' 1 '' '--timeout: "soon" is not a time' wait 20 --timeout soon
check 'a busy-waiting too long' 1 '' '--spin: .* is out of range' wait 20 --spin 11ms
check 'nothing to inject' 1 '' '--count: 0 is out of range' inject 20 -n 0

check 'a device that is none' 1 '' '^procirq: edu: not a PCI device: give an address' bind edu
check 'an address that is none' 1 '' 'not a PCI device' unbind 00:04
check 'a device that is not there' 1 '' 'ffff:ff:1f.7: no PCI device has that address' bind ffff:ff:1f.7
check 'an ID that no device has' 1 '' 'ffff:fffe: no PCI device has that ID' bind ffff:fffe
check 'a line that is not there' 1 '' '/proc/irq/4000000000/irq: this system has no interrupt line' wait 4000000000
check 'an action that is not there' 1 '' 'no interrupt line has a handler of that name' info no-such-action
check 'irqgen without the module' 1 '' 'no /dev/irqgen; run: modprobe irqgen' inject irqgen:0
check 'a descriptor that is not there' 1 '' '^procirq: /no/such: No such file or directory$' attach /no/such
check 'the same for wait' 1 '' '/no/such: No such file' wait 20 --device /no/such

printf 'device 00:04.0\ncheck bar 0 offset 0x25 width 32 any 1\n' >"$scratch/bad.irqdev"
check 'an error in a descriptor has its row' 1 '' 'bad\.irqdev:2: the offset is not a multiple' \
	attach "$scratch/bad.irqdev"
printf 'intx\0\n' >"$scratch/nul.irqdev"
check 'a descriptor that is no text' 1 '' 'nul\.irqdev:1: a NUL byte' attach "$scratch/nul.irqdev"
check 'an endless descriptor' 1 '' '/dev/zero: more than 65536 bytes' attach /dev/zero
check 'a descriptor without a device' 1 '' 'pci-intx\.irqdev: no device is named' attach examples/pci-intx.irqdev
check 'a descriptor for a device that is not there' 1 '' 'this is for 1234:11e8, and ffff:ff:1f\.7 is not such a device' \
	attach examples/edu.irqdev ffff:ff:1f.7

if [ -d /sys/module/procirq ]; then
	skip 'list without the module' 'it is loaded here'
else
	check 'list without the module' 1 '' 'the procirq module is not loaded; run: modprobe procirq' list
fi

"$procirq" help >/dev/full 2>"$scratch/err"
[ $? = 1 ] && grep -q 'cannot write the output' "$scratch/err"
result $? 'a full disk is an error' "$(cat "$scratch/err")"

# The completion offers what the command has.
words=$(PATH="$(dirname "$procirq"):$PATH" bash -c '. procirq/completion/procirq.bash
	COMP_WORDS=(procirq "") COMP_CWORD=1; _procirq; echo "${COMPREPLY[*]}"
	COMP_WORDS=(procirq bind --kind m) COMP_CWORD=3; _procirq; echo "${COMPREPLY[*]}"
	COMP_WORDS=(procirq wait --s) COMP_CWORD=2; _procirq; echo "${COMPREPLY[*]}"
	COMP_WORDS=(procirq wait --t) COMP_CWORD=2; _procirq; echo "${COMPREPLY[*]}"' 2>&1)
[ "$words" = "bind unbind list wait attach inject info help --version
msix msi
--spin
--timeout" ]
result $? 'completion in bash' "$words"

missing=
for command in $("$procirq" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	section=$(sed -n "/^\t$command)/,/;;/p" procirq/completion/_procirq)
	[ -n "$section" ] || missing="$missing $command"
	for option in $("$procirq" "$command" --help | sed -n 's/^  -[a-z], \(--[a-z]*\).*/\1/p' | grep -v -x -e --help); do
		grep -q -e "$option" <<<"$section" || missing="$missing $command:$option"
	done
done
[ -z "$missing" ]
result $? 'completion in zsh has every command and option' "not in it:$missing"
zsh_reads procirq/completion/_procirq

tap_end
