#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat trace as a user calls it: options, messages, exit statuses, recordings,
# what it leaves behind; and on the running kernel, against a calculation from
# the text of trace-cmd report. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqlat=$(readlink -f "${IRQLAT:-build/bin/irqlat}")
tracing=/sys/kernel/tracing
load_pid=
. tests/tap.sh

at_exit()
{
	stop_load
	! command -v tmux >/dev/null || tmux -L "irqlat-$$" kill-server 2>/dev/null
}

tested()
{
	"$irqlat" trace "$@"
}

# instances PID: the tracing instance of the process, if there is one
instances()
{
	find $tracing/instances -maxdepth 1 -name "irqlat-trace-$1-*" 2>/dev/null
}

# records PID: the process has set up its instance
records()
{
	[ "$(cat $tracing/instances/irqlat-trace-"$1"-*/events/sched/sched_switch/enable 2>/dev/null)" = 1 ] &&
		[ "$(cat $tracing/instances/irqlat-trace-"$1"-*/tracing_on 2>/dev/null)" = 1 ]
}

# Direct reads of a file, which make interrupts of the disk.
start_load()
{
	[ -s "$scratch/file" ] || dd if=/dev/urandom of="$scratch/file" bs=1M count=16 status=none
	(
		trap 'exit 0' TERM
		while :; do
			dd if="$scratch/file" of=/dev/null bs=4k iflag=direct status=none 2>/dev/null ||
				sleep 0.1
		done
	) &
	load_pid=$!
}

stop_load()
{
	[ -n "$load_pid" ] || return 0
	kill "$load_pid" 2>/dev/null
	wait "$load_pid" 2>/dev/null
	load_pid=
}

# --- options and messages ------------------------------------------------------

says 'unknown mode' 1 'neither hist nor top' bogus
says 'unknown stage' 1 'stage: "wake,nonsense" is none of: handler, .*, module$' --stage wake,nonsense
says 'unknown end' 1 'none of: user, task, all' --end nowhere
says 'irq that is no number' 1 'not a number' --irq disk
says 'actions need a threshold' 1 'needs -T or -a' --on-threshold continue
says 'unknown action' 1 'none of: trace' -T 1 --on-threshold explode
says 'a recording cannot be stopped' 1 'cannot be stopped' -i x.dat -a 5
says 'a recording cannot be watched' 1 'cannot be watched' top -i x.dat
says 'no actions on a recording' 1 'cannot be stopped' -i x.dat -T 5 --on-threshold continue
says 'no such recording' 1 'x.dat: No such file' -i "$scratch/x.dat"
: >"$scratch/empty.dat"
says 'empty recording' 1 'empty file' -i "$scratch/empty.dat"
echo 'not a recording at all' >"$scratch/text.dat"
says 'no recording' 1 'no trace.dat' -i "$scratch/text.dat"
says 'a directory' 1 'no regular file' -i "$scratch"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$scratch"
	cp "$irqlat" "$scratch/irqlat"
	chmod 755 "$scratch/irqlat"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$scratch/irqlat" trace -d 1 \
		>"$scratch/out" 2>"$scratch/err"
	[ $? = 1 ] && grep -q 'tracefs is mounted on .*run as root' "$scratch/err"
	result $? 'without root: what is missing and what to do' "$(head -2 "$scratch/err")"
else
	skip 'without root: what is missing and what to do' 'needs root and setpriv'
fi
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	# The library looks for a tracefs in all of /proc/mounts.
	unshare -m sh -c "while read -r what at type rest; do
			case \$type in tracefs|debugfs) umount -l \$at ;; esac
		done </proc/mounts
		mount -t tmpfs -o ro nodev /sys/kernel && exec $irqlat trace -d 1" \
		>"$scratch/out" 2>"$scratch/err"
	[ $? = 1 ] && grep -q 'mount -t tracefs' "$scratch/err"
	result $? 'without tracefs' "$(head -2 "$scratch/err" "$scratch/out")"
	unshare -m sh -c "mount -t tracefs nodev $tracing 2>/dev/null
		mount -o remount,ro,bind $tracing && exec $irqlat trace -d 1" \
		>"$scratch/out" 2>"$scratch/err"
	[ $? = 1 ] && grep -q 'read-only' "$scratch/err"
	result $? 'with tracefs read-only' "$(head -2 "$scratch/err")"
else
	skip 'without tracefs' 'needs root and mount namespaces'
	skip 'with tracefs read-only' 'needs root and mount namespaces'
fi

refused '-T and -a both' '-T and -a: both stop' -T 5 -a 500 -d 0.1
refused 'no actions at all' 'none of: trace' -T 1 --on-threshold ''
refused 'an empty list' '--irq: "" is not a number' --irq '' -d 0.1
refused 'an empty name' '--name: empty' --name '' -d 0.1
refused 'a recording is kept already' 'leave out -i or -t' -i x.dat -ty.dat

# --- the man page -----------------------------------------------------------------

missing=
for command in trace explain check; do
	for option in $("$irqlat" $command --help | grep -o '^ .*--[a-z-]*' | grep -o -- '--[a-z-]*$'); do
		[ "$option" = --help ] || grep -q -- "-${option#--}\b" irqlat/irqlat-trace.1 ||
			missing="$missing $option"
	done
done
[ -z "$missing" ]
result $? 'irqlat-trace(1) has every option' "missing:$missing"

# --- check ------------------------------------------------------------------------

"$irqlat" check --root tests/fixtures/machine >"$scratch/out" 2>&1
status=$?
[ $status = 2 ] && grep -q '^spoils  *clocksource  *hpet' "$scratch/out" &&
	grep -q 'effect: ' "$scratch/out" && grep -q 'change: ' "$scratch/out"
result $? 'check: what spoils, its effect, its remedy' "status $status $(head -1 "$scratch/out")"

"$irqlat" check --root "$scratch/nowhere" >"$scratch/out" 2>"$scratch/err"
[ $? = 1 ] && grep -q 'nowhere: No such file' "$scratch/err" && [ ! -s "$scratch/out" ]
result $? 'check: a root that is not there' "$(head -1 "$scratch/out" "$scratch/err")"
cp -r tests/fixtures/machine "$scratch/machine"
ln -sf nohz_full "$scratch/machine/sys/devices/system/cpu/nohz_full"
"$irqlat" check --root "$scratch/machine" >"$scratch/out" 2>"$scratch/err"
[ $? = 2 ] && grep -q '^irqlat: /sys/devices/system/cpu/nohz_full: Too many levels' "$scratch/err"
result $? 'check: a fact that cannot be read is an error' "$(head -1 "$scratch/err")"
mkdir -p "$scratch/bare/proc"
"$irqlat" check --root "$scratch/bare" >"$scratch/out" 2>"$scratch/err"
awk '/^(spoils|unknown)/ { n++; want = "effect" }
	/^ +effect: ./ && want == "effect" { want = "change"; next }
	/^ +change: ./ && want == "change" { told++; want = "" }
	END { exit !(n > 3 && told == n) }' "$scratch/out"
result $? 'check: what is not known has an effect and a remedy too' "$(grep -A2 ^unknown "$scratch/out" | head -3)"

# --- the running kernel ----------------------------------------------------------

[ -d $tracing/instances ] || mount -t tracefs nodev $tracing 2>/dev/null
if [ "$(id -u)" != 0 ] || [ ! -w $tracing/instances ]; then
	skip 'live runs' 'needs root and tracefs'
	tap_end
fi

disk=
for line in /sys/kernel/irq/*/actions; do
	grep -q 'virtio.*-req\|nvme\|ahci' "$line" || continue
	disk=$(basename "$(dirname "$line")")
done
before=$(cat $tracing/set_event $tracing/tracing_on $tracing/trace_clock)

start_load
"$irqlat" trace -q -d 2 -n --buffer 16384 -t"$scratch/live.dat" --json="$scratch/live.json" \
	--hlog="$scratch/live.hlog" --hgrm="$scratch/live" >"$scratch/live.txt" 2>"$scratch/err"
result $? 'a live run' "$(head -2 "$scratch/err")"
awk '/^ +all / { seen = $2; sum = $3 + $4 + $5 + $6; found = 1 }
	END { exit !(found && seen > 0 && seen == sum) }' "$scratch/live.txt"
result $? 'seen = matched + unmatched + lost + negative' "$(grep ' all ' "$scratch/live.txt")"
grep -q '"accounting":\[{' "$scratch/live.json" && grep -q '^Tag=.*,HISTF' "$scratch/live.hlog" &&
	ls "$scratch"/live.*.hgrm >/dev/null 2>&1
result $? 'JSON, .hlog and .hgrm are written'

if [ -n "$disk" ] && [ "$(awk -v irq="$disk" '$1 == irq && $4 == "user" && $5 == "total" { n += $6 }
		END { print n + 0 }' "$scratch/live.txt")" -gt 100 ]; then
	missing=
	for stage in handler softirq_wait softirq wake queue exit total; do
		grep -q "^ *$disk .* user $stage " "$scratch/live.txt" || missing="$missing $stage"
	done
	[ -z "$missing" ]
	result $? 'the disk has every stage' "missing:$missing"
else
	skip 'the disk has every stage' 'no disk that interrupts here'
fi

# The engine against text, to the nanosecond: n, min, max and mean.
if [ -n "$disk" ] && command -v trace-cmd >/dev/null; then
	"$irqlat" trace -i "$scratch/live.dat" --csv --irq "$disk" --end user >"$scratch/ours.csv"
	trace-cmd report -t -N -l "$scratch/live.dat" 2>/dev/null |
		python3 tests/cli/trace-text.py "$disk" >"$scratch/theirs" 2>"$scratch/why"
	awk -F, 'NR > 1 && $5 != "irq" { printf "%s %s %s %s %s %s\n", $6, $5, $7, $8, $17, $9 }' \
		"$scratch/ours.csv" | sort >"$scratch/a"
	awk '$1 != "seen" { printf "%s %s %s %s %s %.3f\n", $1, $2, $3, $5, $6, $4 / $3 }' \
		"$scratch/theirs" | sort >"$scratch/b"
	if [ -s "$scratch/a" ] && [ "$(wc -l <"$scratch/a")" -ge 7 ] && diff "$scratch/a" "$scratch/b" >"$scratch/diff"; then
		result 0 'totals agree with a calculation from the text'
	else
		# What is needed to find out why.
		kept=build/test-logs/trace-differs
		mkdir -p "$kept"
		trace-cmd report -t -N -l "$scratch/live.dat" >"$kept/text" 2>"$kept/text.err"
		cp "$scratch"/{live.dat,live.txt,ours.csv,theirs,a,b,diff} "$kept/" 2>/dev/null
		result 1 'totals agree with a calculation from the text' "$kept: $(head -4 "$scratch/diff" "$scratch/why")"
	fi
	"$irqlat" trace -i "$scratch/live.dat" --runs --json="$scratch/runs.json" >"$scratch/out" 2>"$scratch/err"
	n=$(trace-cmd report -t -N -l "$scratch/live.dat" 2>/dev/null |
		python3 tests/cli/runs-text.py "$scratch/runs.json" 2>"$scratch/why")
	[ "${n:-0}" -ge 5 ]
	result $? '--runs: handlers, softirqs and work items, and a calculation from the text' "$n: $(tail -n 1 "$scratch/why")"
	"$irqlat" trace -i "$scratch/live.dat" --csv >"$scratch/all.csv" 2>"$scratch/err"
	"$irqlat" trace -i "$scratch/live.dat" --csv --no-hops >"$scratch/direct.csv" 2>"$scratch/err"
	for how in '-t -N' '-t -N -l' '-t' '-t -l'; do
		trace-cmd report $how "$scratch/live.dat" 2>/dev/null |
			"$irqlat" trace -i - --csv >"$scratch/text.csv" 2>"$scratch/err"
		# A text without flags has no chains through other tasks.
		compared=$scratch/all.csv
		[ "${how%-l}" != "$how" ] || compared=$scratch/direct.csv
		[ "$(wc -l <"$scratch/text.csv")" -gt 10 ] && diff "$compared" "$scratch/text.csv" >"$scratch/diff"
		result $? "the text of trace-cmd report $how: the same" "$(head -4 "$scratch/diff")"
	done
	trace-cmd report "$scratch/live.dat" 2>"$scratch/err" | grep -q 'irq_handler_entry'
	result $? 'trace-cmd reads the trace we keep' "$(head -2 "$scratch/err")"
	for how in none zlib zstd; do
		if trace-cmd convert -i "$scratch/live.dat" -o "$scratch/v7.dat" --file-version 7 \
				--compression $how >"$scratch/err" 2>&1; then
			"$irqlat" trace -i "$scratch/v7.dat" --csv --irq "$disk" --end user >"$scratch/v7.csv"
			diff "$scratch/ours.csv" "$scratch/v7.csv" >"$scratch/diff"
			result $? "version 7, compression $how: the same" "$(head -4 "$scratch/diff")"
		else
			skip "version 7, compression $how: the same" 'this trace-cmd cannot write it'
		fi
	done
else
	skip 'totals agree with a calculation from the text' 'needs a disk and trace-cmd'
	skip 'trace-cmd reads the trace we keep' 'needs a disk and trace-cmd'
fi

# The serial line that is the console: the kernel writes to it, too, so that some more
# blanks do no harm. Another serial line may have a device at its other end.
serial=
for line in /sys/kernel/irq/*/actions; do
	tty=$(tr , '\n' <"$line" | grep -m1 '^ttyS[0-9]*$') || continue
	grep -q "^$tty .*E" /proc/consoles && [ -w "/dev/$tty" ] &&
		serial=$(basename "$(dirname "$line")") && break
done
if [ -z "$serial" ]; then
	skip 'the serial line has every stage' 'no serial console with an interrupt here'
	skip 'the serial line agrees with a calculation from the text' 'no serial console with an interrupt here'
elif ! command -v trace-cmd >/dev/null || [ "$(nproc)" = 1 ]; then
	skip 'the serial line has every stage' 'needs trace-cmd and two CPUs'
	skip 'the serial line agrees with a calculation from the text' 'needs trace-cmd and two CPUs'
else
	# Where the line is emulated its handler needs a CPU for a tenth of a second.
	stop_load
	"$irqlat" trace -q -n --no-header --irq "$serial" --buffer 32768 -t"$scratch/serial.dat" \
		>"$scratch/serial.txt" 2>"$scratch/err" &
	pid=$!
	wait_for 'records $pid'
	# Each time more than the driver's buffer holds, so that the writer sleeps until the
	# handler has made room, and then returns. On the CPU of the handler it never has to.
	# On a busy machine one write takes seconds, and only one that ends is a chain.
	irq_cpu=$(cat "/proc/irq/$serial/effective_affinity_list" 2>/dev/null || echo 0)
	[ "$irq_cpu" = 0 ] && writer_cpu=1 || writer_cpu=0
	before_n=$(awk -v line="$serial:" '$1 == line { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n }' /proc/interrupts)
	taskset -c $writer_cpu timeout 60 sh -c "for i in 1 2 3 4 5 6 7 8; do printf '%6000s' ' ' >/dev/$tty; done"
	after_n=$(awk -v line="$serial:" '$1 == line { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n }' /proc/interrupts)
	kill -INT $pid
	wait $pid
	missing=
	for stage in handler wake queue exit total; do
		grep -q "^ *$serial .* user $stage " "$scratch/serial.txt" || missing="$missing $stage"
	done
	seen=$(awk '/^ +all / { print $2 }' "$scratch/serial.txt")
	# Interrupts of the kernel's own output are seen, too.
	[ -z "$missing" ] && [ "$after_n" -gt "$before_n" ] && [ "${seen:-0}" -ge $((after_n - before_n)) ] &&
		awk '/^ +all / { exit !($2 == $3 + $4 + $5 + $6) }' "$scratch/serial.txt"
	result $? 'the serial line has every stage' \
		"missing:$missing, $((after_n - before_n)) interrupts, ${seen:-no} seen: $(cat "$scratch/serial.txt" "$scratch/err")"
	"$irqlat" trace -i "$scratch/serial.dat" --csv --irq "$serial" --end user >"$scratch/ours.csv"
	trace-cmd report -t -N -l "$scratch/serial.dat" 2>/dev/null |
		python3 tests/cli/trace-text.py "$serial" >"$scratch/theirs"
	awk -F, 'NR > 1 && $5 != "irq" { printf "%s %s %s %s %s %s\n", $6, $5, $7, $8, $17, $9 }' \
		"$scratch/ours.csv" | sort >"$scratch/a"
	awk '$1 != "seen" { printf "%s %s %s %s %s %.3f\n", $1, $2, $3, $5, $6, $4 / $3 }' \
		"$scratch/theirs" | sort >"$scratch/b"
	[ "$(wc -l <"$scratch/a")" -ge 5 ] && diff "$scratch/a" "$scratch/b" >"$scratch/diff" &&
		[ "$(awk '$1 == "seen" { print $2 }' "$scratch/theirs")" = "$seen" ]
	result $? 'the serial line agrees with a calculation from the text' "$(head -4 "$scratch/diff")"
fi

start_load

# --- in-kernel histograms ----------------------------------------------------------

says 'in-kernel: what cannot be combined' 1 'in-kernel: not with -T' --in-kernel -T 5
says 'in-kernel: hist triggers do not know tasks' 1 'in-kernel: --comm needs BPF programs' --in-kernel=hist --comm dd
if [ -e $tracing/events/irq/irq_handler_entry/hist ] && [ -e $tracing/synthetic_events ]; then
	"$irqlat" trace --in-kernel=hist -q -d 1 >"$scratch/out" 2>"$scratch/err"
	[ $? = 0 ] && grep -q 'powers of two' "$scratch/out"
	result $? 'in-kernel: runs, and says how exact it is' "$(head -1 "$scratch/err")"
else
	says 'in-kernel: what this kernel lacks' 1 \
		'^irqlat: this kernel cannot keep histograms itself: it was built without CONFIG_' --in-kernel=hist -d 1
	[ "$(wc -l <"$scratch/err")" = 1 ] && [ ! -s "$scratch/out" ]
	result $? 'in-kernel: in one line' "$(cat "$scratch/err")"
fi

# A filter and its opposite split the samples.
n_total()
{
	"$irqlat" trace -i "$scratch/live.dat" --csv --stage total "$@" 2>/dev/null |
		awk -F, 'NR > 1 { n += $7 } END { print n + 0 }'
}
all=$(n_total)
dd=$(n_total --comm dd)
rest=$(n_total --comm '[!d]*,d[!d]*,d,dd?*')
one=$(n_total -c 0)
other=$(n_total -c 1-1023)
[ "$all" -gt 0 ] && [ "$dd" -gt 0 ] && [ $((dd + rest)) = "$all" ] && [ $((one + other)) = "$all" ]
result $? 'filters by task and CPU' "all $all = dd $dd + $rest = CPU 0 $one + $other"

# HdrHistogram reads the log: number of samples and median.
jar=/usr/share/java/hdrhistogram.jar
if [ -f $jar ] && command -v java >/dev/null; then
	"$irqlat" trace -i "$scratch/live.dat" --stage total --end user --csv="$scratch/h.csv" \
		--hlog="$scratch/h.hlog" >/dev/null
	row=$(sort -t, -k7,7n "$scratch/h.csv" | tail -1)
	irq=$(echo "$row" | cut -d, -f2)
	tag=$([ -n "$irq" ] && echo "irq$irq" || echo "$row" | cut -d, -f1).cpu$(echo "$row" | cut -d, -f6).total
	java -cp $jar org.HdrHistogram.HistogramLogProcessor -i "$scratch/h.hlog" -tag "$tag" \
		-outputValueUnitRatio 1 >"$scratch/java" 2>&1
	ours="$(echo "$row" | cut -d, -f7) $(echo "$row" | cut -d, -f10)"
	theirs="$(grep -o 'Total count *= *[0-9]*' "$scratch/java" | grep -o '[0-9]*$') $(
		awk '$2 == "0.500000000000" { printf "%d", $1; exit }' "$scratch/java")"
	[ -n "$irq$row" ] && [ "$ours" = "$theirs" ]
	result $? 'HdrHistogram for Java reads the .hlog: same count, same median' \
		"$tag: ours $ours, theirs $theirs"
else
	skip 'HdrHistogram for Java reads the .hlog: same count, same median' \
		'needs java and libhdrhistogram-java'
fi

# Recordings cut short: a message or a warning says so.
ok=0
size=$(stat -c %s "$scratch/live.dat")
for part in 5 11 20 400 3000 50000 $((size / 2)) $((size - 10)); do
	head -c "$part" "$scratch/live.dat" >"$scratch/cut.dat"
	"$irqlat" trace -i "$scratch/cut.dat" >"$scratch/out" 2>&1
	status=$?
	case $status in
	0) grep -q 'ends too early' "$scratch/out" || ok="$part: not said" ;;
	1) grep -q '^irqlat: .*cut.dat: ' "$scratch/out" || ok="$part: $(head -1 "$scratch/out")" ;;
	*) ok="$part: status $status" ;;
	esac
done
[ "$ok" = 0 ]
result $? 'recordings that were cut short' "$ok"

# The last sub-buffer is damaged, so that nothing ends the gap.
python3 - "$scratch/live.dat" >"$scratch/damaged.dat" <<'PYTHON'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
page, = struct.unpack_from("=I", data, 14)
struct.pack_into("=I", data, len(data) - page + 8, 0x7ffffff)
sys.stdout.buffer.write(data)
PYTHON
"$irqlat" trace -i "$scratch/damaged.dat" --no-header --json="$scratch/damaged.json" >"$scratch/out" 2>&1
[ $? = 0 ] && grep -q '^WARNING: an unknown number of events lost in 1 gap;' "$scratch/out" &&
	grep -Eq '^  CPU [0-9]+, \? events after [0-9.]+ s$' "$scratch/out" &&
	python3 -c 'import json, sys
gap, = json.load(open(sys.argv[1]))["trace"]["gaps"]
assert gap["from_ns"] > 0 and gap["to_ns"] is None, gap' "$scratch/damaged.json" 2>"$scratch/why"
result $? 'a gap at the end' "$(grep -A1 WARN "$scratch/out" | head -3; cat "$scratch/why" 2>/dev/null)"

# The smallest buffer overflows while the program is stopped.
"$irqlat" trace -q -d 3 --buffer 64 --sub-buffer 4 --no-header >"$scratch/loss.txt" 2>&1 &
pid=$!
wait_for 'records $pid'
kill -STOP $pid
(for _ in $(seq 3000); do echo x; done | while read -r x; do printf %s "$x"; done) >/dev/null
kill -CONT $pid
wait $pid
grep -Eq 'WARNING: .*events.* lost in.*more room: --buffer' "$scratch/loss.txt" &&
	awk '/^ +all / { exit !($2 == $3 + $4 + $5 + $6) }' "$scratch/loss.txt"
result $? 'losses are printed with their times' "$(grep WARN "$scratch/loss.txt" | head -1)"

# Output that cannot be written: one message, in every mode.
for mode in "-d 1 --interval 0.2" "-q -d 0.2" "hist -d 0.2"; do
	for where in /dev/full pipe; do
		if [ $where = pipe ]; then
			unread $mode
			status=$? why='Broken pipe'
		else
			"$irqlat" trace $mode >/dev/full 2>"$scratch/err"
			status=$? why='No space left on device'
		fi
		is "trace $mode into $where: one line" "$status $(cat "$scratch/err")" \
			"1 irqlat: cannot write the output: $why"
	done
done
if command -v script >/dev/null; then
	TERM=nonsense script -qec "$irqlat trace top -d 1" "$scratch/typescript" >/dev/null 2>&1 </dev/null
	[ $? = 1 ] && grep -q 'trace top: .*TERM.*nonsense' "$scratch/typescript"
	result $? 'top on an unknown terminal' "$(head -3 "$scratch/typescript")"
else
	skip 'top on an unknown terminal' 'needs script'
fi

# --- thresholds -------------------------------------------------------------------

(cd "$scratch" && "$irqlat" trace -q -d 20 -a 1 --no-header -t"$scratch/stop.dat" \
	>"$scratch/stop.txt" 2>"$scratch/err")
status=$?
[ $status = 2 ] && grep -q 'hit stop tracing, analyzing it' "$scratch/stop.txt" &&
	grep -q 'Longest stage' "$scratch/stop.txt" && [ -s "$scratch/stop.dat" ]
result $? '-a: status 2, the culprit, a trace' "status $status $(head -1 "$scratch/err")"
"$irqlat" trace -i "$scratch/stop.dat" >"$scratch/out" 2>&1
result $? '-a: the trace can be read' "$(head -1 "$scratch/out")"
"$irqlat" trace -q -d 2 -T 1 --no-header \
	--on-threshold "shell,command=echo x >>$scratch/acted;continue" >"$scratch/out" 2>"$scratch/err"
status=$?
[ $status = 2 ] && [ "$(wc -l <"$scratch/acted")" -gt 1 ]
result $? 'shell and continue: measuring goes on' "status $status, $(wc -l <"$scratch/acted") times"
# A command that fails.
"$irqlat" trace -q -d 20 -T 1 --no-header --on-threshold "shell,command=exit 3" \
	>"$scratch/out" 2>"$scratch/err"
is 'a command that fails' "$? $(cat "$scratch/err")" \
	'1 irqlat: --on-threshold shell: "exit 3" failed: exit status 3'
"$irqlat" trace -q -d 20 -T 1 --no-header --on-threshold "shell,command=(echo a\; echo b) >$scratch/acted" \
	--on-threshold "shell,command=echo c >>$scratch/acted" >"$scratch/out" 2>"$scratch/err"
is 'commands with semicolons, and several options' "$? $(xargs <"$scratch/acted")" '2 a b c'
# The report is neither in the JSON nor on the screen of top.
(cd "$scratch" && "$irqlat" trace -q -d 20 -a 1 -tstop.dat --json >json.json 2>"$scratch/err")
[ $? = 2 ] && python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$scratch/json.json" 2>"$scratch/why" &&
	grep -q 'Longest stage' "$scratch/err"
result $? '-a with JSON on standard output: it is JSON' "$(tail -1 "$scratch/why"; head -2 "$scratch/err")"
if command -v script >/dev/null; then
	TERM=xterm script -qc "stty cols 130 rows 40; exec $irqlat trace top -d 4 -a 1 \
		--interval 0.1 -t$scratch/stop.dat --on-threshold continue" \
		"$scratch/typescript" >/dev/null 2>&1 </dev/null
	# The screen of top is between these two; the rest is the terminal's own.
	sed 's/\x1b\[?1049h/\n<top>\n/g; s/\x1b\[?1049l/\n<own>\n/g' "$scratch/typescript" |
		awk '/<top>/ { top = 1 } /<own>/ { top = 0 } /Longest stage|Saving trace/ { n++; bad += top }
			END { print n + 0, bad + 0; exit !(n > 2 && !bad) }' >"$scratch/out"
	result $? 'top: reports are not written to its screen' "$(cat "$scratch/out")"
	! grep -q '__traceiter\|trace_event_raw_event' "$scratch/typescript"
	result $? 'stacks begin with the kernel'"'"'s own functions' "$(grep -m1 -A3 'Kernel stack' "$scratch/typescript")"
else
	skip 'top: reports are not written to its screen' 'needs script'
	skip 'stacks begin with the kernel'"'"'s own functions' 'needs script'
fi

# A handler that woke nobody, too; a limit of another interrupt stops nothing.
"$irqlat" trace -q -d 20 -T 'local_timer:irq=1ns' --no-header >"$scratch/out" 2>"$scratch/err"
[ $? = 2 ] && grep -q '^local_timer:irq=1ns  *[1-9][0-9]*  *[1-9].* exceeded: local_timer on CPU [0-9]*$' "$scratch/out"
result $? '-T of the time of a handler' "$(tail -n 3 "$scratch/out" "$scratch/err")"
"$irqlat" trace -q -d 1 -T 'no-such-device:queue=1' -T :irq=100s --no-header >"$scratch/out" 2>"$scratch/err"
is '-T of an interrupt that is not there' "$? $(cat "$scratch/err")" \
	'1 irqlat: -T no-such-device:queue=1: nothing was measured that it applies to'
grep -q '^:irq=100s  *[1-9][0-9]*  *0 .* kept$' "$scratch/out"
result $? '-T that is kept' "$(grep -A3 ^LIMIT "$scratch/out")"

"$irqlat" trace -q -d 1 --runs --no-header >"$scratch/out" 2>"$scratch/err"
[ $? = 0 ] && sed -n '/^Handlers, softirqs and work items/,/^$/p' "$scratch/out" >"$scratch/runs" &&
	grep -q '^ *- local_timer ' "$scratch/runs" && grep -q '^ soft [A-Z_]* .* [0-9.]* .* [0-9.]*$' "$scratch/runs" &&
	grep -q '^ work [a-z_0-9]* .* [0-9.]* .* [0-9.]*$' "$scratch/runs"
result $? '--runs: the running kernel' "$(head -5 "$scratch/runs" "$scratch/err")"

# Its timer wakes it, and the ring buffer does by irq_work. Under another name, because
# others may run irqlat.
cp "$irqlat" "$scratch/self-woken"
"$scratch/self-woken" trace -q -d 1 -T 1 --no-header --comm self-woken >"$scratch/out" 2>"$scratch/err"
[ $? = 0 ] && ! grep -q ' total ' "$scratch/out"
result $? '-T never stops on irqlat itself' "$(head -5 "$scratch/out")"

# A signal that ends the run also ends a command that is running.
"$irqlat" trace -q -d 60 -T 1 --no-header --on-threshold "shell,command=exec sleep 30.25" \
	>"$scratch/out" 2>"$scratch/err" &
pid=$!
wait_for 'pgrep -P $pid >/dev/null'
started=$SECONDS
kill -TERM $pid
wait $pid
status=$?
[ $status = 2 ] && [ $((SECONDS - started)) -lt 10 ] && [ -z "$(instances $pid)" ] &&
	grep -q 'seen = matched' "$scratch/out" && ! pgrep -f 'sleep 30\.25' >/dev/null
result $? 'SIGTERM while a command runs' "status $status, $((SECONDS - started)) s, $(cat "$scratch/err")"

# An action that fails is named, and the results are printed.
fails()
{
	local name=$1 regex=$2
	shift 2
	"$irqlat" trace -q -d 20 -T 1 --no-header "$@" >"$scratch/out" 2>"$scratch/err"
	[ $? = 1 ] && [ "$(wc -l <"$scratch/err")" = 1 ] && grep -q -- "$regex" "$scratch/err" &&
		grep -q 'seen = matched' "$scratch/out"
	result $? "$name" "$(cat "$scratch/err"; tail -1 "$scratch/out")"
}
fails 'a trace that cannot be kept' 'nowhere/x.dat: cannot write: No such file' -t"$scratch/nowhere/x.dat"
fails 'a trace that cannot be kept, as an action' 'nowhere/x.dat: cannot write: No such file' \
	--on-threshold "trace,file=$scratch/nowhere/x.dat"
fails 'a signal to nobody' 'signal: process 999999999: No such process' \
	--on-threshold 'signal,num=10,pid=999999999'
(trap 'echo got >'"$scratch/signal" USR1
"$irqlat" trace -q -d 20 -T 1 --on-threshold "signal,num=10,pid=parent" >/dev/null 2>&1; :)
[ -s "$scratch/signal" ]
result $? 'signal to the parent'
"$irqlat" trace hist -d 1 -E 20 -b 5us >"$scratch/out" 2>"$scratch/err"
[ $? = 0 ] && grep -q '^over: ' "$scratch/out" && grep -q '^Index ' "$scratch/out"
result $? 'hist has rtla'"'"'s layout' "$(head -2 "$scratch/err")"

pane()
{
	tmux -L "irqlat-$$" -f /dev/null "$@" 2>>"$scratch/err"
}

shows()
{
	pane capture-pane -p | sed 's/ *$//' >"$scratch/screen"
	grep -q -- "$1" "$scratch/screen"
}

# The pane is wider than COLUMNS says, and becomes smaller.
top_opens()
{
	COLUMNS=40 LINES=9 pane new-session -d -x 150 -y 30 \
		"exec $irqlat trace top --interval 0.3 --name local_timer --no-header"
	# shellcheck disable=SC2034 # used by the conditions
	open='^ *- local_timer  *[0-9]* .* handler '
	wait_for 'shows "by number .* n name$" && shows "$open"'
	result $? 'top: title and keys in the width of the terminal' "$(cat "$scratch/screen")"
	pane send-keys f
	wait_for 'shows " folded " && shows "^ *- local_timer  *all " && ! shows "$open"'
	result $? 'top: f folds all' "$(cat "$scratch/screen")"
	pane send-keys Down Enter
	wait_for 'shows " folded " && shows "^ *- local_timer  *all " && shows "$open"'
	result $? 'top: Enter opens the interrupt under the cursor' "$(cat "$scratch/screen")"
	pane send-keys Enter
	wait_for '! shows "$open"'
	result $? 'top: Enter folds it again' "$(cat "$scratch/screen")"
	pane resize-window -x 60 -y 20
	wait_for 'shows "^[^ ].* n name$" && ! shows "by number.* n name"'
	result $? 'top: the keys in the width of a terminal that became smaller' "$(cat "$scratch/screen")"
	pane send-keys q
	wait_for '! pane has-session'
	pane kill-server
}

if command -v script >/dev/null; then
	TERM=xterm script -qc "stty cols 130 rows 40; exec $irqlat trace top -d 3 --no-header" \
		"$scratch/typescript" >/dev/null 2>&1 </dev/null
	grep -q 'irqlat trace top' "$scratch/typescript" && grep -q 'STAGE' "$scratch/typescript" &&
		grep -q 'seen = matched' "$scratch/typescript"
	result $? 'top draws, and leaves a summary' "$(head -c 200 "$scratch/typescript" | tr -d '\033')"
	# Keys choose the order, and fold.
	: >"$scratch/typescript"
	(
		wait_for 'grep -q "by number" "$scratch/typescript"'
		printf w
		wait_for 'grep -q "worst" "$scratch/typescript"'
		printf f
		wait_for 'grep -q "folded" "$scratch/typescript" && grep -q " all " "$scratch/typescript"'
		printf q
	) | TERM=xterm script -qfc "stty cols 160 rows 40; exec $irqlat trace top --interval 0.3 -d 30 --stage wake --no-header" \
		"$scratch/typescript" >/dev/null 2>&1
	grep -q 'folded' "$scratch/typescript" && grep -q ' all ' "$scratch/typescript" &&
		grep -q 'seen = matched' "$scratch/typescript"
	result $? 'top: w sorts, f folds' "$(head -c 300 "$scratch/typescript" | tr -d '\033')"
	# The last column of a table that is wider than the terminal, by arrow keys.
	: >"$scratch/typescript"
	(
		wait_for 'grep -q STAGE "$scratch/typescript"'
		printf '\033OC\033OC\033OC\033OC\033OC\033OC\033OC\033OC\033OC'
		wait_for 'grep -q "P99\.9" "$scratch/typescript"'
		printf q
	) | TERM=xterm script -qfc "stty cols 40 rows 12; exec $irqlat trace top --interval 0.3 -d 9" \
		"$scratch/typescript" >/dev/null 2>&1
	sed 's/\x1b\[?1049l/\n<own>\n/g' "$scratch/typescript" | sed '/<own>/,$d' | grep -q 'P99\.9'
	result $? 'top shows what is wider than 40 columns' "$(head -c 300 "$scratch/typescript" | tr -d '\033')"
	if command -v tmux >/dev/null; then
		top_opens
	else
		skip 'top: Enter opens the interrupt under the cursor' 'needs tmux'
	fi
else
	skip 'top draws, and leaves a summary' 'needs script'
	skip 'top: Enter opens the interrupt under the cursor' 'needs script'
	skip 'top: w sorts, f folds' 'needs script'
	skip 'top shows what is wider than 40 columns' 'needs script'
fi
# --- explain -----------------------------------------------------------------------

# Under load of disk and CPU: who had the CPU in each stage of the worst chains of a
# recording, against a calculation from its text.
(while :; do :; done) &
busy=$!
"$irqlat" trace -q -d 2 --buffer 16384 -t"$scratch/loaded.dat" >"$scratch/out" 2>"$scratch/err"
"$irqlat" explain "$scratch/loaded.dat" -N 300 --chains="$scratch/chains.jsonl" >"$scratch/out" 2>"$scratch/err"
status=$?
if command -v trace-cmd >/dev/null; then
	n=$(trace-cmd report -t -N -l "$scratch/loaded.dat" 2>/dev/null |
		python3 tests/cli/explain-text.py "$scratch/chains.jsonl" 2>"$scratch/why")
	[ $status = 0 ] && [ "${n:-0}" -ge 20 ] && [ "$n" = "$(wc -l <"$scratch/chains.jsonl")" ]
	result $? 'explain: its culprits are those of a calculation from the text' "$n: $(tail -2 "$scratch/why")"
else
	skip 'explain: its culprits are those of a calculation from the text' 'needs trace-cmd'
fi
"$irqlat" explain "$scratch/loaded.dat" -N 300 --chains="$scratch/chains.jsonl" --perfetto="$scratch/chains.trace" \
	>"$scratch/out" 2>"$scratch/err"
n=$(python3 tests/cli/perfetto-check.py "$scratch/chains.trace" "$scratch/chains.jsonl" 2>"$scratch/why")
[ "${n:-0}" -ge 20 ]
result $? 'explain: events for Perfetto are those of the chains' "$n: $(tail -2 "$scratch/why")"
"$irqlat" explain -d 2 -N 5 --chains="$scratch/chains.jsonl" >"$scratch/out" 2>"$scratch/err"
[ $? = 0 ] && grep -q '^  max .* took it, woke ' "$scratch/out" && grep -q '^The 5 longest chains:$' "$scratch/out" &&
	[ "$(wc -l <"$scratch/chains.jsonl")" = 5 ]
result $? 'explain: the running kernel' "$(head -3 "$scratch/out" "$scratch/err")"
kill $busy
wait $busy 2>/dev/null
stop_load

# --- PID namespaces ---------------------------------------------------------------

if unshare -p -f --mount-proc true 2>/dev/null; then
	# One outside whose trigger must not be touched, and one inside.
	"$irqlat" trace -q -a 100000000 -t"$scratch/stop.dat" --no-header >"$scratch/out" 2>"$scratch/err" &
	outside=$!
	triggers()
	{
		grep -q 1 $tracing/instances/irqlat-trace-$outside-*/tracing_on 2>/dev/null &&
			grep -q '^stacktrace' $tracing/instances/irqlat-trace-$outside-*/events/sched/sched_switch/trigger
	}
	wait_for triggers
	unshare -p -f --mount-proc "$irqlat" trace -q >/dev/null 2>&1 &
	unshared=$!
	inside=
	wait_for 'inside=$(pgrep -P $unshared) && grep -q 1 $tracing/instances/irqlat-trace-1-*/tracing_on 2>/dev/null' &&
		wait_for 'grep -q "common_pid != $inside\$" $tracing/instances/irqlat-trace-1-*/events/raw_syscalls/sys_exit/filter'
	result $? 'in a PID namespace irqlat leaves itself out, and nobody else' \
		"PID $inside: $(cat $tracing/instances/irqlat-trace-1-*/events/raw_syscalls/sys_exit/filter)"
	triggers
	result $? 'an instance outside of the PID namespace is left alone' \
		"$(cat $tracing/instances/irqlat-trace-$outside-*/events/sched/sched_switch/trigger)"
	"$irqlat" trace -q -d 0.1 >/dev/null 2>&1
	grep -q 1 $tracing/instances/irqlat-trace-1-*/tracing_on
	result $? 'an instance inside of a PID namespace is left alone' "$(ls $tracing/instances)"
	kill -INT "$inside" $outside
	wait $unshared $outside
	is 'no instance is left in either' "$(find $tracing/instances -name 'irqlat-trace-1-*'; instances $outside)" ''
	unshare -p -f --mount-proc "$irqlat" trace -q -d 0.2 --pid 1 >"$scratch/out" 2>"$scratch/err"
	is 'a PID of the namespace is refused' "$? $(sed 's/ 1 here and [1-9][0-9]* there/ HERE/' "$scratch/err")" \
		'1 irqlat: --pid: a trace has the PIDs of the initial PID namespace, and here are others: this process is HERE; use --comm, or run irqlat outside the container'
	unshare -p -f "$irqlat" trace -q -d 0.2 --pid $$ >"$scratch/out" 2>"$scratch/err"
	is 'a PID that /proc shows is taken' "$? $(cat "$scratch/err")" '0 '
else
	skip 'PID namespaces' 'cannot make one'
fi

# --- nothing is left behind -------------------------------------------------------

for signal in INT TERM HUP; do
	"$irqlat" trace -q >/dev/null 2>&1 &
	pid=$!
	wait_for 'records $pid'
	# A shell's background jobs ignore SIGINT, but irqlat reads it.
	kill -$signal $pid
	wait $pid
	status=$?
	[ $status = 0 ] && [ -z "$(instances $pid)" ]
	result $? "SIG$signal: results, and no instance is left" "status $status, $(instances $pid)"
done
if unshare -m true 2>/dev/null; then
	unshare -m sh -c "\"$irqlat\" trace -q >\"$scratch/out\" 2>\"$scratch/err\" & echo \$! >\"$scratch/pid\"
		until [ -e \"$scratch/records\" ]; do sleep 0.1; done
		umount -l $tracing; kill -INT \$!; wait \$!" &
	wait_for '[ -s "$scratch/pid" ]'
	pid=$(cat "$scratch/pid")
	wait_for 'records $pid'
	: >"$scratch/records"
	wait $!
	status=$?
	[ $status = 0 ] && [ -z "$(instances $pid)" ] && grep -q 'seen = matched' "$scratch/out"
	result $? 'tracefs is unmounted meanwhile: results, and no instance is left' \
		"status $status, $(instances $pid) $(cat "$scratch/err")"
else
	skip 'tracefs is unmounted meanwhile: results, and no instance is left' 'needs mount namespaces'
fi
"$irqlat" trace -q >/dev/null 2>&1 &
pid=$!
wait_for 'records $pid'
kill -KILL $pid
wait $pid 2>/dev/null
left=$(instances $pid)
mkdir $tracing/instances/irqlat-trace-mine
"$irqlat" trace -q -d 1 >/dev/null 2>&1
[ -n "$left" ] && [ -z "$(instances $pid)" ] && [ -d $tracing/instances/irqlat-trace-mine ]
result $? 'SIGKILL: the next start removes the instance, and no other' "$left; $(ls $tracing/instances)"
rmdir $tracing/instances/irqlat-trace-mine
[ "$before" = "$(cat $tracing/set_event $tracing/tracing_on $tracing/trace_clock)" ]
result $? 'the settings of the top instance are as before'

tap_end
