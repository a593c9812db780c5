#!/bin/bash
# Runs the test programs of tests/vm/cases in one guest of a kernel.
#
#   tests/vm/cases.sh [--kernel K | --leaks] [PROGRAM[,NAME=VALUE|,WORD]...]...
#
# Without programs: the whole suite of that kernel. TAP on stdout, with the
# program's name before each test's; what the kernel has to say on stderr.
# --leaks: the debug kernel looks for leaks, which makes it two to three times
# slower; its suite does each thing a few times.
# A program may be given settings, or words that select tests, behind commas:
#
#   tests/vm/cases.sh --kernel debug poll torture,seed=7
#
# The storm guard is off: tests that raise as fast as they can are no storms.
# "hard" and "easy" in the list reload procirq with and without hard=1, which
# wakes pollers the way PREEMPT_RT needs it, so that lockdep sees that too.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
. "$repo_dir/tests/tap.sh"

kernel=6.1
leaks=
programs=()
options=()

# seconds= bounds what goes on until time is up; slow= stretches the time-outs.
suite()
{
	case $kernel$leaks in
	debug-leaks)
		echo chubb,slow=4 device,slow=4,count=100,pci_intx,two_readers_on_one_line,$(
			)a_driver_is_killed,removal_of_one_of_two \
			delivery,slow=4,the_ring,wrong,an_eventfd,many_lines,injected \
			uli,slow=4,interrupts=100,exits,unregistering_under_fire,the_line_goes torture,slow=4,seconds=20 \
			lifecycle,slow=4,rounds=5,removal_under_readers_and_pollers,$(
			)removal_races_with_open_and_interrupts,$(
			)unbinding_under_msi_readers,device_removal_msi,unloading_unbinds
		;;
	debug)
		echo chubb,slow=4 errors,slow=4 threads,slow=4,interrupts=2000 \
			poll,slow=4,seconds=1 accounting,slow=4,count=100000 \
			device,slow=4,count=5000 delivery,slow=4 \
			uli,slow=4,interrupts=1000,a_computation,no_wakeup_is_lost,forks,execs,exits,$(
			)a_thread_that_ends,unregistering_under_fire,the_line_goes \
			lifecycle,slow=4,rounds=10 torture,slow=4,seconds=20 \
			hard chubb,slow=4 poll,slow=4,seconds=1 device,slow=4,count=1000 \
			delivery,slow=4 torture,slow=4,seconds=10 easy
		;;
	*)
		echo chubb errors threads poll,seconds=1 accounting device,count=100000 delivery uli,interrupts=5000 lifecycle torture,seconds=15 irqtop
		;;
	esac
}

# Many times what a quiet machine takes.
time_limit()
{
	[ "$kernel" = debug ] && echo 2400 || echo 900
}

parse_options()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel)
			[ $# -ge 2 ] || usage_error "option $1 needs a value"
			kernel=$2
			shift
			;;
		--leaks) kernel=debug leaks=-leaks ;;
		-*) usage_error "unknown option '$1'; see the head of $0" ;;
		*)  programs+=("$1") ;;
		esac
		shift
	done
	known_kernel "$kernel"
	[ ${#programs[@]} -gt 0 ] || read -ra programs <<<"$(suite)"
}

check_programs()
{
	local program
	for program in "${programs[@]%%,*}"; do
		case $program in
		hard|easy) continue ;;
		esac
		[ -x "$build_dir/tests/$program" ] ||
			usage_error "no program '$program' in build/tests; build it (make test-programs)"
	done
}

# What runs in the guest. Lines that begin with "@" are for tap_stream.
guest_script()
{
	local program
	cat <<'END'
irq_files() { find /proc/irq -type d | sort; }
load() {
	modprobe irqgen lines=0 && modprobe procirq storm_rate=0 "$@" || echo "@broken procirq and irqgen do not load"
}
unload() {
	rmmod procirq && rmmod irqgen || echo "@broken procirq and irqgen do not unload"
}
program() {
	echo "@program $name"
	"$@" </dev/null
	echo "@end $?"
}
irq_files >/tmp/before
label=
load
END
	for program in "${programs[@]}"; do
		case $program in
		hard) echo 'unload; label=hard/; load hard=1' ;;
		easy) echo 'unload; label=; load' ;;
		*)    echo "name=\${label}${program%%,*}; program timeout -s KILL 900 /tests/${program//,/ }" ;;
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

# One TAP stream of the programs' streams. A program that died before its plan
# is a failed test of its own. Not awk: it would hold lines back.
tap_stream()
{
	local line program='' planned=''
	while IFS= read -r line; do
		case $line in
		'@program '*) program=${line#* } planned='' ;;
		'@broken '*)  result 1 "${line#* }" ;;
		'@end '*)     [ -n "$planned" ] ||
				result 1 "$program: ended early, with status ${line#* }" ;;
		1..[0-9]*)    planned=1 ;;
		'ok '[0-9]*' - '*)     result 0 "$program: ${line#* - }" ;;
		'not ok '[0-9]*' - '*) result 1 "$program: ${line#* - }" ;;
		'# '*)        echo "$line" ;;
		*)            echo "# $program: $line" ;;
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
	check_programs
	# Not in a pipe: results are counted in this shell.
	[ -z "$leaks" ] || options+=(--kmemleak)
	tap_stream < <("$vm_dir/run" --kernel "$kernel" "${options[@]}" --timeout "$(time_limit)" -- "$(guest_script)" \
		2>"$scratch/err" || echo $? >"$scratch/status")
	cat "$scratch/err" >&2
	kernel_verdict
	tap_end
}

main "$@"
