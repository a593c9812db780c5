#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a guest for tests/vm/trace.sh, which judges: each part prints "== NAME",
# then what it found.
tracing=/sys/kernel/tracing
mount -t tracefs nodev $tracing 2>/dev/null
modprobe procirq
modprobe irqgen

# Is the process on its way? Its instance is named after it.
kernel_counts()
{
	cat $tracing/instances/irqlat-trace-"$1"-*/events/synthetic/*_in/trigger 2>/dev/null |
		awk '/active/ { on++ } /paused/ { off++ } END { exit !(on && !off) }'
}

records()
{
	[ "$(cat $tracing/instances/irqlat-trace-"$1"-*/events/sched/sched_switch/enable 2>/dev/null)" = 1 ] &&
		[ "$(cat $tracing/instances/irqlat-trace-"$1"-*/tracing_on 2>/dev/null)" = 1 ]
}

# until COMMAND PID
until_it()
{
	for _ in $(seq 150); do
		"$@" && return
		sleep 0.2
	done
	echo "timed out: $*"
}

# chains NAME BENCH-OPTIONS: trace while bench measures
chains()
{
	echo "== $1"
	shift
	irqlat trace -q -n --name "*irq*" >/tmp/trace 2>&1 &
	pid=$!
	until_it records $pid
	irqlat bench --samples 1000 --ways read -q "$@" >/tmp/bench 2>&1 || cat /tmp/bench
	kill -INT $pid
	wait $pid
	cat /tmp/trace
}

# in_kernel NAME OPTIONS: both ways of measuring on the same interrupts
in_kernel()
{
	name=$1
	shift
	irqlat trace --in-kernel=hist -q --csv=/tmp/csv --json=/tmp/json "$@" >/tmp/text 2>&1 &
	kernel=$!
	irqlat trace -q --no-user --no-vectors --csv=/tmp/stream.csv --json=/tmp/stream.json \
		>/tmp/stream 2>&1 &
	stream=$!
	until_it kernel_counts $kernel
	until_it records $stream
	irqlat bench --samples 1000 --ways read -q >/tmp/bench 2>&1 || cat /tmp/bench
	kill -INT $kernel $stream
	wait $kernel
	status=$?
	echo "== $name.status"
	echo $status
	wait $stream
	for file in csv json text stream.csv stream.json; do
		echo "== $name.$file"
		cat /tmp/$file
	done
}

# UIO wakes its reader in the handler, or, from 6.10 and on PREEMPT_RT, in an irq
# thread that is woken when the handler has ended.
threads()
{
	modprobe uio_pci_generic
	irqlat trace --in-kernel=hist -q --json=/tmp/json >/tmp/text 2>&1 &
	pid=$!
	until_it kernel_counts $pid
	irqlat bench --source edu --samples 500 --ways uio -q >/tmp/bench 2>&1 || cat /tmp/bench
	kill -INT $pid
	wait $pid
	echo "== threads.json"
	cat /tmp/json
	echo "== threads.text"
	cat /tmp/text
}

leftovers()
{
	echo "instances: $(cd $tracing/instances && echo *)"
	echo "events: $(cut -f1 $tracing/synthetic_events | xargs)"
}

killed()
{
	echo "== killed"
	irqlat trace --in-kernel=hist -q >/dev/null 2>&1 &
	pid=$!
	until_it kernel_counts $pid
	kill -KILL $pid
	wait $pid
	leftovers
	echo "== swept"
	echo 'somebodys int x' >>$tracing/synthetic_events
	irqlat trace -q -d 1 >/dev/null 2>&1
	leftovers
	echo '!somebodys' >>$tracing/synthetic_events
}

chains irqgen
chains edu --source edu
in_kernel log2
in_kernel linear -b 1us
threads
killed
echo "== oracle"
/files/test_trace_real
echo "== end"
rmmod irqgen && rmmod procirq
leftovers
