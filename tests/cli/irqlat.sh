#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat as a user calls it: options, messages, exit statuses, reports. TAP.
# Needs no module: what needs one is tested in a guest.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqlat=${IRQLAT:-build/bin/irqlat}
good=tests/fixtures/results
. tests/tap.sh

tested()
{
	"$irqlat" "$@"
}

check 'help lists the commands' 0 '^  bench ' '' help
check '--help is the same' 0 '^  report ' '' --help
check 'version' 0 '^irqlat [0-9]+\.[0-9]+' '' --version
check 'bench --help' 0 '^  -c, --cpus=LIST' '' bench --help
check 'help bench' 0 '^  -P, --priority=PRIO' '' help bench
check 'report --help' 0 '--output=DIR' '' report --help
refused 'no command' 'which command'
refused 'unknown command' 'unknown command "bnech"' bnech
refused 'unknown command for help' 'unknown command "bnech"' help bnech
refused 'unknown letter' 'unknown option -Z; irqlat bench --help' bench -Z
refused 'unknown option' '^irqlat: --bogus: unknown option' bench --bogus
refused 'value where none is taken' '^irqlat: --quiet=1: ' bench --quiet=1
refused 'missing value' '^irqlat: --samples needs a value: N' bench --samples
refused 'missing value of a letter' '^irqlat: --cpus needs a value: LIST' bench -c
refused 'operand' '^irqlat: now: bench takes options only' bench now

refused 'samples 0' '--samples: 0 is out of range: from 1 to 1000000000' bench --samples 0
refused 'samples negative' '--samples: "-1" is not a number' bench --samples -1
refused 'samples huge' 'out of range' bench --samples 1000000001
refused 'samples beyond 64 bits' 'is not a number' bench --samples 99999999999999999999
refused 'samples in words' 'is not a number' bench --samples ten
refused 'duration' '--duration: "soon" is not a time' bench -d soon
refused 'duration 0' '--duration: 0 is out of range' bench -d 0
refused 'gap without unit' '--gap: "100" is not a time' bench --gap 100
refused 'gap too short' '--gap: 1ns is out of range: from 1us to 10s' bench --gap 1ns
refused 'arrivals' '--arrivals: "often" is none of: fixed, poisson, burst, burst:N' bench --source irqgen --arrivals often
refused 'a burst of one' 'a burst has 2 to 1024 interrupts, not "1"' bench --source irqgen --arrivals burst:1
refused 'bursts without pauses' '\(--gap\) must be below the mean one' bench --source irqgen --arrivals burst --gap 1ms
refused 'arrivals of a timer' 'a timer has fixed gaps' bench --source timer --arrivals poisson
refused 'busy-waiting too long' '--spin: 11ms is out of range: from 1ns to 10ms' bench --spin 11ms
refused 'CPU list' '--cpus: "0-" is not a list of CPUs' bench -c 0-
refused 'CPU that is not online' '-c: CPU 1000: not online' bench -c 1000
refused 'priority' '--priority: "f:100" is not a priority' bench -P f:100
refused 'source' '--source: "timers" is none of: irqgen, edu, edu=PCI-ADDRESS, pl031, pl031=DEVICE, gic=DEVICE, .*timer' bench --source timers
refused 'address of irqgen' 'irqgen takes no device' bench --source irqgen=00:04.0
refused 'bad address' 'not a PCI address' bench --source edu=4
refused 'no such device' 'no PCI device has that address' bench --source edu=ffff:1f:1f.7
refused 'no such platform device' 'none: there is no such device in /sys/bus/platform/devices' bench --source pl031=none
refused 'a platform device that is a path' '../none: not a device' bench --source pl031=../none
refused 'no such device for gic' 'none: there is no such device in /sys/bus/platform/devices' bench --source gic=none
refused 'gic without a device' '--source gic: which device\? gic=DEVICE names one' bench --source gic
if ls /sys/bus/platform/devices/*/of_node/compatible >/dev/null 2>&1; then
	skip 'no pl031' 'this machine has a device tree'
else
	refused 'no pl031' '--source pl031: no device .* has compatible = "arm,pl031"' bench --source pl031
fi
refused 'way' '--ways: "spin" is none of: read, poll, epoll, .*, eventfd-base' bench --ways read,spin
refused 'way twice' '--ways: read is named twice' bench --ways read,read
refused 'no way' '--ways: ""' bench --ways ''
refused 'uio needs a device' 'way uio does not work with --source irqgen: use edu' bench --ways uio
refused 'entry' '--entry: "guess" is none of: stamp, trace' bench --entry guess
refused 'a line feed in a way' '"ab\?c" is none of' bench --ways "$(printf 'ab\nc')"
refused 'line' '--line: 64 is out of range' bench --line 64
refused 'two outputs on stdout' 'both to standard output' bench --json --csv
refused 'output that cannot be written' '/no/such/folder/x: cannot write' bench --json=/no/such/folder/x
if [ -e /dev/irqgen ]; then
	skip 'module missing' 'irqgen is loaded'
else
	refused 'module missing' '/dev/irqgen: not there.*modprobe irqgen' bench --source irqgen
fi

# --- what leaves less than a CPU ------------------------------------------------

"$irqlat" bench -P o:0 -d 0.3 --ways nanosleep -q --no-histogram >"$scratch/out" 2>"$scratch/err"
grep -Eq '^timer slack +1 ns, was [0-9]+ ns$' "$scratch/out"
result $? 'bench sets the timer slack, and says what it was' "$(grep slack "$scratch/out")"
group=/sys/fs/cgroup/cpu/procirq-test-$$
if mkdir "$group" 2>/dev/null && echo 100000 >"$group/cpu.cfs_period_us" &&
	echo 10000 >"$group/cpu.cfs_quota_us"; then
	sh -c 'echo $$ >"$1/tasks" && shift && exec "$@"' sh "$group" "$irqlat" bench -P o:0 -d 1 \
		--ways nanosleep -i 50us -q --no-histogram >"$scratch/out" 2>"$scratch/err"
	grep -Eq "^CPU quota +10000 us in each 100000 us, cgroup ${group#/sys/fs/cgroup/cpu}\$" "$scratch/out" &&
		grep -Eq "^WARNING: CPU quota: cgroup .*throttled in [0-9]+ of" "$scratch/out"
	result $? 'a quota that throttles is seen' "$(grep -i quota "$scratch/out")"
	sh -c 'echo $$ >"$1/tasks" && shift && exec "$@"' sh "$group" "$irqlat" check >"$scratch/out"
	grep -q '^spoils   CPU quota .*10000 us in each 100000 us' "$scratch/out"
	result $? 'check: the quota' "$(grep -i quota "$scratch/out")"
	if [ "$(id -u)" = 0 ] && [ "$(cat "$group/cpu.rt_runtime_us" 2>/dev/null)" = 0 ]; then
		sh -c 'echo $$ >"$1/tasks" && shift && exec "$@"' sh "$group" "$irqlat" bench -d 0.3 \
			--ways nanosleep -q --no-histogram >"$scratch/out" 2>"$scratch/err"
		grep -q '^WARNING: SCHED_FIFO 80 refused: cgroup .* has no real-time budget' "$scratch/out" &&
			! grep -q 'run as root' "$scratch/out"
		result $? 'a cgroup without real-time budget is told so' "$(grep refused "$scratch/out")"
	else
		skip 'a cgroup without real-time budget is told so' 'this kernel gives groups no budget'
	fi
else
	skip 'a quota that throttles is seen' 'needs the CPU controller of cgroups version 1'
fi
rmdir "$group" 2>/dev/null

# --- report -------------------------------------------------------------------

refused 'report without files' 'which result files' report -o "$scratch/r"
refused 'report without folder' 'where to' report "$good/edu.json"
refused 'no such result' '/no/such.json: No such file' report /no/such.json -o "$scratch/r"
refused 'result is a folder' 'Is a directory' report "$scratch" -o "$scratch/r"

echo '{"schema":"irqlat/1"' >"$scratch/cut.json"
refused 'truncated result' 'cut.json: not JSON: line' report "$scratch/cut.json" -o "$scratch/r"
: >"$scratch/empty.json"
refused 'empty result' 'empty.json: not JSON' report "$scratch/empty.json" -o "$scratch/r"
echo '[1,2]' >"$scratch/foreign.json"
refused 'foreign JSON' 'no result of irqlat' report "$scratch/foreign.json" -o "$scratch/r"
echo '{"schema":"irqlat/2"}' >"$scratch/other.json"
refused 'other schema' 'schema "irqlat/2" is not the one' report "$scratch/other.json" -o "$scratch/r"
sed 's/"raised":[0-9]*/"raised":"many"/' "$good/edu.json" >"$scratch/type.json"
refused 'wrong type' 'type.json: results\[0\]: "raised" is missing or not an integer' \
	report "$scratch/type.json" -o "$scratch/r"
[ ! -e "$scratch/r" ]
result $? 'a refused result makes no folder'

: >"$scratch/file"
refused 'folder that is a file' 'a file has that name' report "$good/edu.json" -o "$scratch/file"
mkdir "$scratch/bin"
PATH=$scratch/bin "$(realpath "$irqlat")" report "$good/edu.json" -o "$scratch/r0" 2>"$scratch/err"
[ $? = 1 ] && grep -q 'cannot run gnuplot.*install it' "$scratch/err"
result $? 'gnuplot missing' "$(cat "$scratch/err")"

if command -v gnuplot >/dev/null; then
	check 'report' 0 '/r1/index.html$' '' report "$good/edu.json" -o "$scratch/r1"
	for file in index.html histogram-total.svg histogram-total.png percentiles-total.svg \
		percentiles-total.png histogram-handler_to_user.svg; do
		[ -s "$scratch/r1/$file" ]
		result $? "report has $file"
	done
	! grep -Eo '(https?:|src=|<script|url\().{30}' "$scratch/r1/index.html" >"$scratch/why"
	result $? 'the page refers to nothing'
	sed -n 's/.*base64,\([^"]*\)".*/\1/p' "$scratch/r1/index.html" | base64 -d >"$scratch/back.json"
	cmp -s "$scratch/back.json" "$good/edu.json"
	result $? 'the page holds the data'
	cp "$good/edu.json" "$scratch/"'<img src=x>`id`'"'"'.json'
	check 'a strange file name' 0 'index.html' '' report "$scratch/"'<img src=x>`id`'"'"'.json' "$good/irqgen.json" -o "$scratch/r2"
	grep -q '&lt;img' "$scratch/r2/index.html" && ! grep -q '<img' "$scratch/r2/index.html"
	result $? 'names are escaped'
	sed -e 's/"n":[0-9]*,/"n":0,/g' -e 's/"histogram":\[[^]]*\(\],\[[^]]*\)*\]\]/"histogram":[]/g' \
		"$good/edu.json" >"$scratch/none.json"
	check 'a result without samples' 0 'index.html' '' report "$scratch/none.json" -o "$scratch/r3"
	grep -q 'No samples, no figures' "$scratch/r3/index.html"
	result $? 'and the page says so'
else
	skip 'report' 'gnuplot is not installed'
fi

# --- where the output goes ----------------------------------------------------

# The completion offers what the command has.
words=$(PATH="$(dirname "$(readlink -f "$irqlat")"):$PATH" bash -c '. irqlat/completion/irqlat.bash
	COMP_WORDS=(irqlat "") COMP_CWORD=1; _irqlat; echo "${COMPREPLY[*]}"
	COMP_WORDS=(irqlat trace --thr) COMP_CWORD=2; _irqlat; echo "${COMPREPLY[*]}"
	COMP_WORDS=(irqlat trace --stage handler,queu) COMP_CWORD=3; _irqlat; echo "${COMPREPLY[*]}"
	COMP_WORDS=(irqlat trace -T "eth0:que") COMP_CWORD=3; _irqlat; echo "${COMPREPLY[*]}"
	COMP_WORDS=(irqlat trace -T eth0 : que) COMP_CWORD=5; _irqlat; echo "${COMPREPLY[*]}"
	COMP_WORDS=(irqlat trace --end "") COMP_CWORD=3; _irqlat; echo "${COMPREPLY[*]}"
	COMP_WORDS=(irqlat explain --cha) COMP_CWORD=2; _irqlat; echo "${COMPREPLY[*]}"' 2>&1)
is 'completion in bash' "$words" "bench report diff ref trace explain check help --version
--threshold
handler,queue
eth0:queue=
queue=
user task all
--chains"
missing=
for command in $("$irqlat" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	section=$(sed -n "/^\t$command)/,/;;/p" irqlat/completion/_irqlat)
	[ -n "$section" ] || missing="$missing $command"
done
[ -z "$missing" ]
result $? 'completion in zsh has every command' "not in it:$missing"
zsh_reads irqlat/completion/_irqlat

unread bench --help
is 'closed pipe is an error, not a crash' "$? $(cat "$scratch/err")" '1 irqlat: cannot write the output: Broken pipe'
"$irqlat" help >/dev/full 2>"$scratch/err"
[ $? = 1 ] && grep -q 'cannot write the output: No space' "$scratch/err"
result $? 'full disk is an error' "$(cat "$scratch/err")"

tap_end
