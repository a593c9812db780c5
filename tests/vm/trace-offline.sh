#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a guest for tests/vm/trace.sh, which judges: each part prints "== NAME",
# then what it found. CPU 1 is possible and offline when the guest has booted.
tracing=/sys/kernel/tracing
cpu1=/sys/devices/system/cpu/cpu1/online
mount -t tracefs nodev $tracing 2>/dev/null

records()
{
	[ "$(cat $tracing/instances/irqlat-trace-"$1"-*/events/sched/sched_switch/enable 2>/dev/null)" = 1 ] &&
		[ "$(cat $tracing/instances/irqlat-trace-"$1"-*/tracing_on 2>/dev/null)" = 1 ]
}

# read_of PID CPU: events of the CPU that were read
read_of()
{
	sed -n 's/^read events: //p' $tracing/instances/irqlat-trace-"$1"-*/per_cpu/cpu"$2"/stats 2>/dev/null
}

cpu1_was_read()
{
	[ "$(read_of "$1" 1)" -gt "${2:-0}" ] 2>/dev/null
}

# until COMMAND...
until_it()
{
	for _ in $(seq 300); do
		"$@" && return
		sleep 0.1
	done
	echo "timed out: $*"
}

# run NAME COMMAND...
run()
{
	echo "== $1"
	shift
	"$@" >/tmp/out 2>&1
	echo "status $?"
	cat /tmp/out
}

echo "== online"
cat /sys/devices/system/cpu/possible /sys/devices/system/cpu/online
run booted irqlat trace -q -d 1
run cpu0 irqlat trace -q -d 1 -c 0
# Its output makes interrupts.
echo "== irqtop"
irqtop -L -b -n 4 -d 0.5

echo "== comes"
irqlat trace -q >/tmp/out 2>&1 &
pid=$!
until_it records $pid
echo 1 >$cpu1
until_it cpu1_was_read $pid
echo 0 >$cpu1
at=$(read_of $pid 1)
echo 1 >$cpu1
until_it cpu1_was_read $pid "$at"
kill -INT $pid
wait $pid
echo "status $?"
cat /tmp/out

echo "== goes"
irqlat trace -q >/tmp/out 2>&1 &
pid=$!
until_it records $pid
until_it cpu1_was_read $pid
echo 0 >$cpu1
sleep 0.5
kill -INT $pid
wait $pid
echo "status $?"
cat /tmp/out
