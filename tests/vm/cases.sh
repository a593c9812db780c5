#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs test programs of tests/vm/cases in a guest: those that tests/vm/programs lists for
# it, or the named ones. TAP on stdout, with the program's name before each test's; the
# kernel's messages on stderr.
#
#   tests/vm/cases.sh [--arch A] [--kernel K] [OPTION]... [PROGRAM[,ARGUMENT]...]...
#
#   --kernel K  6.1 (default), 6.1-rt, 6.12, 6.12-rt, newest, debug, kcsan, kcfi
#               or noftrace
#   --arch A    x86 (default); arm64, which has 6.1, 6.12 and newest; riscv64, which has 6.12
#   --limit S   seconds after which a program, and the guest, are given up
#   --cpu MODEL the guest's CPUs, as QEMU names them
#   --append W  more words for the kernel command line
#   --short     the short list, which leaves out what needs long
#   --leaks     kernel debug, which looks for leaks after the tests; that makes it two to
#               three times slower, so that its list does each thing a few times
#
#   tests/vm/cases.sh --kernel debug poll torture,seed=7
#
# THOROUGH=N in the environment: no list is short, and what the lists' settings count is
# done N times as often.
#
# The storm guard is off: some tests raise interrupts as fast as they can.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
. "$repo_dir/tests/tap.sh"

kernel=6.1
arch=
leaks=
short=
limit=
programs=()
options=()

# The list of this guest, in the form of our own arguments.
programs_of_guest()
{
	local guest=plain
	! grep -q "^$kernel " "$vm_dir/programs" || guest=$kernel
	[ "$arch_debian" = amd64 ] || guest=$arch_debian
	[ -z "$leaks" ] || guest=leaks
	[ -z "$short" ] || [ -n "${THOROUGH-}" ] || guest=short
	awk -v guest=$guest -v times="${THOROUGH:-1}" '$1 == guest {
		line = $2
		for (i = 3; i <= NF; i++) {
			split($i, setting, "=")
			if (setting[1] ~ /^(rounds|count|interrupts|loads|disposals|seconds)$/)
				$i = setting[1] "=" setting[2] * times
			line = line "," $i
		}
		print line
	}' "$vm_dir/programs"
}

# Seconds for a program, and for the guest: many times what a quiet machine takes. Half a
# minute of a test that loads the module is RCU's, with KCSAN.
program_limit()
{
	case $kernel in
	kcsan) echo "${limit:-2400}" ;;
	*)     echo "${limit:-900}" ;;
	esac
}

guest_limit()
{
	case $kernel in
	kcsan) echo "${limit:-7200}" ;;
	debug) echo "${limit:-$((${THOROUGH:-1} * 2400))}" ;;
	*)     echo "${limit:-$((${THOROUGH:-1} * 900))}" ;;
	esac
}

parse_options()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel|--arch|--limit|--cpu|--append)
			[ $# -ge 2 ] || usage_error "option $1 needs a value"
			;;&
		--kernel) kernel=$2; shift ;;
		--arch)   arch=$2; shift ;;
		--limit)  limit=$2; shift ;;
		--cpu|--append) options+=("$1" "$2"); shift ;;
		--short) short=1 ;;
		--leaks) kernel=debug leaks=1 ;;
		-*) usage_error "unknown option '$1'; see the head of $0" ;;
		*)  programs+=("$1") ;;
		esac
		shift
	done
	[ -z "$arch" ] || kernel=$(kernel_on "$arch" "$kernel") || exit
	known_kernel "$kernel"
	arch_use "$kernel"
	[ ${#programs[@]} -gt 0 ] || mapfile -t programs < <(programs_of_guest)
}

check_programs()
{
	local program
	for program in "${programs[@]%%,*}"; do
		[ "$program" = load ] || [ -x "$arch_programs/tests/$program" ] ||
			usage_error "no program '$program' in ${arch_programs#"$repo_dir/"}/tests; build it (make test-programs)"
	done
}

# What runs in the guest. Lines that begin with "@" are for tap_stream.
guest_script()
{
	local program arguments
	echo "limit=$(program_limit)"
	cat <<'END'
irq_files() { find /proc/irq -type d | sort; }
# On some machines the line of a PCI device keeps its number, and the directory, from the
# first use on.
use_lines() {
	modprobe uio_pci_generic && echo 1234 11e8 >/sys/bus/pci/drivers/uio_pci_generic/new_id
	rmmod uio_pci_generic
	[ -e /sys/bus/amba/drivers/rtc-pl031 ] || return 0
	# So do those of a device tree.
	echo 9010000.pl031 >/sys/bus/amba/drivers/rtc-pl031/unbind
	modprobe procirq watch=0 compatible=virtio,mmio && rmmod procirq
}
load() {
	label=${*:+$*/}
	# Otherwise procirq-pci binds the devices that it had before.
	for override in /sys/bus/pci/devices/*/driver_override; do echo >$override; done
	modprobe irqgen lines=0 && modprobe procirq storm_rate=0 "$@" || echo "@broken procirq and irqgen do not load"
}
unload() {
	rmmod procirq && rmmod irqgen || echo "@broken procirq and irqgen do not unload"
}
program() {
	echo "@program $label$1"
	timeout -s KILL $limit /tests/"$@" </dev/null
	echo "@end $?"
}
use_lines
irq_files >/tmp/before
load
END
	for program in "${programs[@]}"; do
		arguments=${program//,/ }
		case $program in
		load|load,*) echo "unload; $arguments" ;;
		*)           echo "program $arguments" ;;
		esac
	done
	cat <<'END'
echo "@program guest"
unload
if lsmod | grep -E '^(procirq|irqgen) '; then echo "not ok 1 - modules are gone"
else echo "ok 1 - modules are gone"; fi
irq_files >/tmp/after
if diff /tmp/before /tmp/after >/tmp/diff; then echo "ok 2 - proc_irq is as it was"
else sed 's/^/# /' /tmp/diff; echo "not ok 2 - proc_irq is as it was"; fi
echo "1..2"
echo "@end 0"
END
}

# One TAP stream of the programs' streams. A program that ended without its plan is a
# failed test of its own. Not awk: it would hold lines back.
tap_stream()
{
	local text program='' planned='' started=0 last=0
	while IFS= read -r text; do
		case $text in
		'@program '*) program=${text#* } planned='' started=$SECONDS last=$SECONDS ;;
		'@broken '*)  result 1 "${text#* }" ;;
		'@end '*)     [ -n "$planned" ] ||
				result 1 "$program: ended early, with status ${text#* }"
				echo "# $program: $((SECONDS - started)) s" ;;
		1..[0-9]*)    planned=1 ;;
		'ok '[0-9]*' - '*)     result 0 "$program: ${text#* - }" ;;&
		'not ok '[0-9]*' - '*) result 1 "$program: ${text#* - }" ;;&
		'ok '[0-9]*|'not ok '[0-9]*)
			[ $((SECONDS - last)) -lt 5 ] || echo "# $((SECONDS - last)) s"
			last=$SECONDS ;;
		'# '*)        echo "$text" ;;
		*)            echo "# $program: $text" ;;
		esac
	done
}

# The runner has judged the kernel; that is one more test.
kernel_verdict()
{
	local status=0
	[ ! -e "$scratch/status" ] || status=$(cat "$scratch/status")
	if [ "$status" = 0 ]; then
		result 0 "kernel: no complaint"
	else
		grep -a '^run: ' "$scratch/err" | tail -3 >"$scratch/why" || true
		result 1 "kernel: no complaint (runner's status $status: $(tail -1 "$scratch/why" | cut -c1-200))"
	fi
}

main()
{
	parse_options "$@"
	arch_prepare
	check_programs
	[ -z "$leaks" ] || options+=(--kmemleak)
	# Not in a pipe: tests are counted in this shell.
	tap_stream < <("$vm_dir/run" --kernel "$kernel" "${options[@]}" --timeout "$(guest_limit)" -- "$(guest_script)" \
		2>"$scratch/err" || echo $? >"$scratch/status")
	cat "$scratch/err" >&2
	kernel_verdict
	tap_end
}

main "$@"
