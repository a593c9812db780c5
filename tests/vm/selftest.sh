#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests the guest runner itself: statuses, streams, and that a kernel's complaint is always
# a failure. TAP.
#
#   tests/vm/selftest.sh [KERNEL]...     default: all of them
#
# The first kernel runs every test, the others those that depend on the kernel. The debug
# kernel, which takes half a minute to boot, leaves out what the others show.
set -u

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# guest OPTION...: runs the runner, keeps its streams, sets status. The last lines of
# stderr are what a failed test shows.
guest()
{
	status=0
	tests/vm/run "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
	{ echo "status $status"; tail -n 15 "$scratch/err"; } >"$scratch/why"
}

# expect STATUS NAME RUNNER-ARGUMENT...
expect()
{
	local want=$1 name=$2
	shift 2
	guest "$@"
	[ "$status" -eq "$want" ]
	result $? "$name"
}

# expect_complaint NAME REGEX RUNNER-ARGUMENT...: the kernel makes that complaint.
expect_complaint()
{
	local name=$1 pattern=$2
	shift 2
	guest "$@"
	[ "$status" -eq 125 ] && grep -qE "$pattern" "$scratch/err"
	result $? "$name"
}

test_options()
{
	expect 2 'unknown kernel is a usage error' --kernel 2.4 -- true
	expect 2 'missing file is a usage error' --file /nonexistent -- true
	expect 2 'option without its value is a usage error' --timeout
	expect 2 'no command is a usage error' --kernel 6.1
}

test_status()
{
	local k=$1
	expect 0 "$k: success" --kernel "$k" -- true
	expect 1 "$k: false gives 1" --kernel "$k" -- false
	expect 42 "$k: exit 42 gives 42" --kernel "$k" -- exit 42
	# shellcheck disable=SC2016  # for the guest's shell
	expect 137 "$k: death by signal 9 gives 137" --kernel "$k" -- 'kill -9 $$'
	expect 127 "$k: unknown command gives 127" --kernel "$k" -- no-such-command
	expect 124 "$k: a hang gives 124" --kernel "$k" --timeout 15 -- sleep 1000
}

test_binary()
{
	local k=$1
	head -c 10000000 /dev/urandom >"$scratch/blob"
	# Every byte value, line ends of all kinds, and no line end at the end.
	for i in $(seq 0 255); do printf '%b' "\\0$(printf %o "$i")"; done >>"$scratch/blob"
	printf 'a\r\nb\rc\n\n\000d' >>"$scratch/blob"
	guest --kernel "$k" --file "$scratch/blob" --verbose -- 'cat /files/blob'
	cmp -s "$scratch/blob" "$scratch/out"
	result $? "$k: 10 MB of binary arrive byte for byte"
}

test_streams()
{
	local k=$1
	guest --kernel "$k" -- 'echo to stdout; echo to stderr >&2'
	[ "$(cat "$scratch/out")" = 'to stdout' ] && [ "$(cat "$scratch/err")" = 'to stderr' ]
	result $? "$k: stdout and stderr stay apart"

	guest --kernel "$k" -- 'sleep 1000 & echo gone'
	[ "$status" -eq 0 ] && [ "$(cat "$scratch/out")" = gone ]
	result $? "$k: a process left running does not hold the guest up"

	tests/vm/run --kernel "$k" -- 'yes | head -n 1000000' 2>"$scratch/err" | head -n 1 >"$scratch/out"
	[ "$(cat "$scratch/out")" = y ]
	result $? "$k: a reader that goes away does not hold the guest up"
}

test_environment()
{
	local k=$1
	cat >"$scratch/look.sh" <<-'END'
	set -e
	for where in proc sys dev dev/pts dev/shm tmp sys/kernel/debug sys/kernel/tracing; do
		grep -q " /$where " /proc/mounts || { echo "no /$where"; exit 1; }
	done
	[ "$(nproc)" = "$1" ]
	[ "$(hostname)" = procirq ]
	# "tsc-early" becomes "tsc" a second or two after the boot.
	clock=/sys/devices/system/clocksource/clocksource0/current_clocksource
	for _ in $(seq 50); do
		[ "$(cat $clock)" != tsc-early ] || sleep 0.1
	done
	case $(cat $clock) in
	tsc|arch_sys_counter) ;;
	*) exit 1 ;;
	esac
	modprobe uio_pci_generic
	modprobe splat how=nothing 2>/dev/null && exit 1
	echo 1234 11e8 >/sys/bus/pci/drivers/uio_pci_generic/new_id
	grep -E '^ *[0-9]+:.*uio_pci_generic, uio_pci_generic' /proc/interrupts
	END
	expect 0 "$k: mounts, clock, modules, two edu devices on one line" \
		--kernel "$k" --file "$scratch/look.sh" -- 'sh /files/look.sh 2'
	[ "$k" = debug ] || [ "$k" = kcsan ] || expect 0 "$k: the same under --icount" \
		--kernel "$k" --icount --file "$scratch/look.sh" -- 'sh /files/look.sh 1'
	[ "$k" != "$first" ] ||
		expect 0 "$k: four CPUs" --kernel "$k" --cpus 4 --file "$scratch/look.sh" -- 'sh /files/look.sh 4'
}

test_complaints()
{
	local k=$1
	[ "$k" = debug ] || expect_complaint "$k: WARN gives 125" 'WARNING: .*splat' \
		--kernel "$k" -- modprobe splat how=warn
	# With KASAN the access to its shadow faults first.
	expect_complaint "$k: oops gives 125" 'BUG: .*NULL|handle kernel NULL|protection fault, maybe for address 0x0' --kernel "$k" -- 'modprobe splat how=oops; exit 0'
	[ "$k" = debug ] || expect_complaint "$k: a stuck task gives 125" 'splat-stuck.* is stuck' \
		--kernel "$k" -- modprobe splat how=stuck
}

# How the runner treats complaints.
test_verdict()
{
	local k=$1
	expect_complaint "$k: panic gives 125" 'asked to panic' --kernel "$k" -- modprobe splat how=panic
	expect 0 "$k: an expected complaint is none" \
		--kernel "$k" --expect-splat -- modprobe splat how=warn
	expect 125 "$k: an expected complaint must come" --kernel "$k" --expect-splat -- true
}

# What only the debug kernel finds.
test_debug()
{
	expect_complaint 'debug: lock order gives 125' 'possible circular locking' \
		--kernel debug -- modprobe splat how=deadlock
	grep -q 'lockdep is off' "$scratch/err"
	result $? 'debug: lockdep must be on at the end'
	expect_complaint 'debug: sleep in atomic context gives 125' 'sleeping function called' \
		--kernel debug -- modprobe splat how=atomic
	expect_complaint 'debug: write beyond a block gives 125' 'KASAN: slab-out-of-bounds' \
		--kernel debug -- modprobe splat how=overrun
	expect_complaint 'debug: a line left disabled gives 125' 'irq 8 is left disabled' \
		--kernel debug -- modprobe splat how=depth
	expect_complaint 'debug: a leak gives 125' 'memory leaks' \
		--kernel debug --kmemleak -- modprobe splat how=leak
}

# Which reports of KCSAN are left out; no guest is needed for that.
test_races()
{
	local line='=================================================================='
	cat >"$scratch/log" <<-END
	[    1.000000] before
	[    2.000000] $line
	[    2.000001] BUG: KCSAN: data-race in vfs_read / vfs_write
	[    2.000002] 
	[    2.000003] write to 0xffffc90000003e58 of 4 bytes by interrupt on cpu 1:
	[    2.000004]  vfs_write+0x1/0x2
	[    2.000005]  ksys_write+0x1/0x2
	[    2.000006]  procirq_write+0x1/0x2 [procirq]
	[    2.000007] $line
	[    3.000000] $line
	[    3.000001] BUG: KCSAN: data-race in _copy_to_user / vfs_write
	[    3.000002] 
	[    3.000003] read to 0xffffc90000003e58 of 4 bytes by task 7 on cpu 0:
	[    3.000004]  _copy_to_user+0x1/0x2
	[    3.000005]  procirq_file_ioctl+0x1/0x2 [procirq]
	[    3.000006] $line
	[    3.500000] $line
	[    3.500001] BUG: KCSAN: data-race in free_irq / request_threaded_irq
	[    3.500002] 
	[    3.500003] read to 0xffffc90000003e58 of 4 bytes by task 7 on cpu 0:
	[    3.500004]  request_threaded_irq+0x1/0x2
	[    3.500005]  line_request+0x1/0x2 [procirq]
	[    3.500006] $line
	[    4.000000] $line
	[    4.000001] BUG: KCSAN: data-race in procirq_wake [procirq]
	[    4.000002] $line
	[    5.000000] $line
	[    5.000001] BUG: KASAN: use-after-free in vfs_read
	[    5.000002] $line
	[    6.000000] between
	[    7.000000] $line
	[    7.000001] BUG: KCSAN: data-race in vfs_open / vfs_close
	END
	(. tests/vm/races.sh; races_sort "$scratch/log" 'irqgen procirq' "$scratch/others") >"$scratch/ours"
	is "a race of the kernel's own is left out, any other complaint is not" \
		"$(grep -oE 'BUG: .*|before|between' "$scratch/ours" | tr '\n' ';')" \
		'before;BUG: KCSAN: data-race in _copy_to_user / vfs_write;BUG: KCSAN: data-race in procirq_wake [procirq];BUG: KASAN: use-after-free in vfs_read;between;'
	is 'what is left out is kept for the count' \
		"$(grep -oE 'BUG: .*' "$scratch/others" | tr '\n' ';')" \
		'BUG: KCSAN: data-race in vfs_read / vfs_write;BUG: KCSAN: data-race in free_irq / request_threaded_irq;BUG: KCSAN: data-race in vfs_open / vfs_close;'
}

# What only KCSAN finds.
test_kcsan()
{
	expect_complaint 'kcsan: a race in a module of ours gives 125' 'BUG: KCSAN: data-race in splat_racer \[splat\]' \
		--kernel kcsan -- 'modprobe splat how=race; for i in $(seq 600); do
			sleep 0.1; ! dmesg | grep -q "data-race in splat" || break; done; rmmod splat'
}

# kCFI is at work.
test_kcfi()
{
	expect_complaint 'kcfi: an indirect call of another type gives 125' 'CFI failure at splat_call' \
		--kernel kcfi -- 'modprobe splat how=call; exit 0'
}

test_host()
{
	local k=$1
	# The edu device's BAR 0 is where the guest says; register 0x60 raises.
	cat >"$scratch/guest.sh" <<-'END'
	modprobe uio_pci_generic
	echo 1234 11e8 >/sys/bus/pci/drivers/uio_pci_generic/new_id
	device=/sys/bus/pci/devices/0000:00:04.0
	echo "bar $(head -n 1 $device/resource | cut -d' ' -f1)"
	for i in $(seq 100); do
		case $(grep ' uio_pci_generic' /proc/interrupts) in *" 1 "*) exit 0 ;; esac
		sleep 0.1
	done
	exit 1
	END
	cat >"$scratch/host.py" <<-'END'
	import os, socket, time
	while True:
	    words = open(os.environ["PROCIRQ_STDOUT"]).read().split()
	    if len(words) == 2:
	        break
	    time.sleep(0.05)
	qtest = socket.socket(socket.AF_UNIX)
	qtest.connect(os.environ["PROCIRQ_QTEST"])
	qtest.sendall(b"writel 0x%x 0x1\n" % (int(words[1], 16) + 0x60))
	assert qtest.recv(100).startswith(b"OK")
	END
	expect 0 "$k: the host raises a device's interrupt" --kernel "$k" --file "$scratch/guest.sh" \
		--host "python3 $scratch/host.py" -- 'sh /files/guest.sh'
	expect 7 "$k: a failing host command fails the run" --kernel "$k" --host 'exit 7' -- true
}

test_boot()
{
	local k=$1
	guest --kernel "$k" -- 'uname -r'
	[ "$status" -eq 0 ] && [ "$(cat "$scratch/out")" = "$(cat "$(tests/vm/kernel dir "$k")/release")" ]
	result $? "$k: boots its kernel"
}

main()
{
	local k first
	[ $# -gt 0 ] || set -- 6.1 6.1-rt 6.12 newest debug
	first=$1
	tests/vm/kernel prepare "$@" || exit
	test_options
	test_races
	for k; do
		test_boot "$k"
	done
	test_status "$first"
	test_streams "$first"
	test_host "$first"
	test_binary "$first"
	test_verdict "$first"
	for k; do
		test_environment "$k"
		# What a kernel complains with has not changed between these.
		case $k in
		6.1-rt|6.12|6.12-rt) [ "$k" != "$first" ] || test_complaints "$k" ;;
		*)                   test_complaints "$k" ;;
		esac
		case $k in
		debug|kcsan|kcfi) "test_$k" ;;
		esac
	done
	tap_end
}

main "$@"
