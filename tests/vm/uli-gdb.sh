#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gdb debugs a program with a user level interrupt, in a guest: it attaches, stops at
# breakpoints in the program and in the handler, steps, interrupts, and detaches. The
# program goes on and has lost no interrupt. TAP.
#
#   tests/vm/uli-gdb.sh [KERNEL]...    default 6.1
#
# The gdb is Debian's gdb-minimal, unpacked but not installed: the package gdb needs
# Python. The libraries that it needs come with gdb.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

gdb=$(tests/vm/kernel tool 6.1 gdb-minimal) || skip_all 'gdb-minimal cannot be fetched'
cp "$gdb/usr/bin/gdb" "$scratch/gdb"
ldd "$scratch/gdb" | grep -q 'not found' && skip_all 'a library of gdb-minimal is missing here; install gdb'

# The tests below look for the lines that begin with "CHECK".
cat >"$scratch/commands" <<'GDB'
set pagination off
set confirm off
set width 0
handle SIGINT stop print nopass
break work
continue
continue
continue
printf "CHECK three breakpoints, at %s\n", "work"
bt 1
delete
set $before = handled
stepi 300
printf "CHECK after 300 instructions, %lu handled\n", handled - $before
tbreak work
continue
finish
next
next
next
next
printf "CHECK after four lines, in:\n"
bt 1
shell touch /tmp/interrupt
continue
printf "CHECK interrupted\n"
printf "CHECK more were handled: %d\n", handled > $before
break handle
continue
printf "CHECK in the handler\n"
bt
continue
continue
delete
finish
printf "CHECK out of it\n"
detach
GDB

cat >"$scratch/guest.sh" <<'GUEST'
modprobe irqgen lines=0 && modprobe procirq storm_rate=0 || exit 9
. /files/tap.sh
/tests/uli_gdb /tmp/gone >/tmp/program 2>&1 & program=$!
wait_for '[ -s /tmp/program ]'
# gdb makes the file; after that it lets the program go on, out of the tracing stop.
(
	wait_for '[ -e /tmp/interrupt ]' 200
	wait_for "! grep -q 'State:.*tracing stop' /proc/$program/status"
	kill -INT $program
) &
timeout 240 /files/gdb -nx -batch -x /files/commands -p $program /tests/uli_gdb >/tmp/gdb 2>&1 </dev/null
echo "gdb's status $?"
touch /tmp/gone
wait $program
echo "program's status $?"
cat /tmp/program
sed 's/^/gdb: /' /tmp/gdb
rmmod procirq && rmmod irqgen
GUEST

# said NAME REGEX: the guest's output has it.
said()
{
	grep -qE -- "$2" "$scratch/out"
	result $? "$kernel: $1"
}

[ $# -gt 0 ] || set -- 6.1
for kernel; do
	tests/vm/run --kernel "$kernel" --timeout 600 --file "$scratch/gdb" --file "$scratch/commands" \
		--file "$scratch/guest.sh" --file tests/tap.sh -- 'sh /files/guest.sh' >"$scratch/out" 2>"$scratch/err"
	result $? "$kernel: the guest is well" "$(tail -5 "$scratch/err")"
	said 'gdb ends well' "^gdb's status 0$"
	said 'breakpoints in the program' '^gdb: CHECK three breakpoints'
	said 'single steps stay in the program' '^gdb: CHECK after 300 instructions, 0 handled$'
	said 'lines too' '^gdb: CHECK after four lines'
	said 'interrupting it' '^gdb: Program received signal SIGINT'
	said 'its handler is called when it runs' '^gdb: CHECK more were handled: 1'
	said 'a breakpoint in the handler' '^gdb: Breakpoint [0-9]+, handle '
	said 'a backtrace out of the handler, into the program' '^gdb: #[0-9]+ .* main '
	said 'the handler is left' '^gdb: CHECK out of it'
	said 'the program goes on, with no interrupt lost' "^program's status 0$"
	said 'and no result wrong' '^handled=[0-9]+ raised=[0-9]+ rounds=[0-9]+ wrong=0'
	[ "$failed" = 0 ] || sed 's/^/# /' "$scratch/out"
done
tap_end
