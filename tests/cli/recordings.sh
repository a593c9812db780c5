#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat trace -i on recordings whose events are known: see tests/cli/recording.c. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqlat=$(readlink -f "${IRQLAT:-build/bin/irqlat}")
recording=$(readlink -f "${RECORDING:-build/cli/recording}")
. tests/tap.sh

tested()
{
	"$irqlat" trace "$@"
}

# made NAME [OPTION...]: makes the recording NAME; what irqlat says of it goes to
# $scratch/out, in ns
made()
{
	local name=$1
	shift
	"$recording" "$name" "$scratch/$name.dat" &&
		"$irqlat" trace -n -i "$scratch/$name.dat" "$@" >"$scratch/out" 2>"$scratch/err"
}

# account IRQ: "SEEN MATCHED UNMATCHED LOST NEGATIVE CAUSES", of the row of its CPU
account()
{
	awk -v irq="$1" '/seen = matched/ { on = 1 }
		on && $1 == irq { $1 = $2 = $3 = ""; sub(/^ */, ""); print }' "$scratch/out"
}

# stages IRQ: "STAGE:N:MAX ..." of the chains that reached user space
stages()
{
	awk -v irq="$1" '$1 == irq && $4 == "user" { printf "%s%s:%s:%s", sep, $5, $6, $NF; sep = " " }' "$scratch/out"
}

# --- what was not recorded -------------------------------------------------------

for name in wakeup-only wakeup-only-all-formats; do
	made $name
	is "$name: sched_wakeup in the handler is the wake-up" "$(stages 36)" \
		'handler:20:2000 queue:20:2000 exit:20:1000 total:20:5000'
	is "$name: what the others woke is unknown" "$(account 36); $(account 7)" \
		'25 20 5 0 0 unknown 5; 5 0 5 0 0 unknown 5'
	grep -q "^WARNING: .*$name.dat: it has no sched_waking" "$scratch/out"
	result $? "$name: says so" "$(grep WARNING "$scratch/out")"
done
for name in no-interrupts no-interrupts-all-formats; do
	"$recording" $name "$scratch/$name.dat"
	refused "$name: says so" "$name.dat: no interrupts: it has no irq_handler_entry; record with" \
		-i "$scratch/$name.dat"
done
made no-softirqs
grep -q '^WARNING: .* unknown which interrupts woke nobody' "$scratch/out" &&
	[ "$(account 36)" = '19 19 0 0 0' ]
result $? 'no-softirqs: says so' "$(cat "$scratch/out")"
made whole
! grep -q WARNING "$scratch/out" && [ "$(account 36)" = '19 19 0 0 0' ]
result $? 'nothing is said of a recording that has everything' "$(cat "$scratch/out")"

# --- a shared line ---------------------------------------------------------------

made shared-line
is 'shared line: a row for each handler' "$(account 19)" '30 20 10 0 0 not_handled 10
30 10 20 0 0 not_handled 20'
is 'shared line: the stages of each handler' "$(awk '$1 == 19 && $5 == "total" { print $2, $6, $NF }' "$scratch/out")" \
	'eth0 20 6000
wlan0 10 4000'
made shared-line --name 'wlan*'
is 'shared line: --name finds the second handler' "$(account 19)" '30 10 20 0 0 not_handled 20'
made shared-line --hlog --stage total
is 'shared line: a tag for each handler' "$(grep -o '^Tag=[^,]*' "$scratch/out" | xargs)" \
	'Tag=irq19-eth0.cpu0.total Tag=irq19-wlan0.cpu0.total'
made shared-softirq
is 'shared softirq: the chains are those of the line' \
	"$(awk '$1 == 19 && /total/ { NF = NF; print $2, $3, $6, $7, $NF }' "$scratch/out")" 'eth0, wlan0 total 5 9000'
is 'shared softirq: each handler has its account' "$(account 19)" '5 5 0 0 0
5 0 5 0 0 coalesced 5'
made shared-softirq --name wlan0
grep -q '^ *19 eth0, wlan0 .*total' "$scratch/out" && [ "$(account 19)" = '5 0 5 0 0 coalesced 5' ]
result $? 'shared softirq: --name finds the line' "$(cat "$scratch/out")"

made shared-line --name '!eth*'
is 'filters: a name that is left out' "$(account 19)" '30 10 20 0 0 not_handled 20'
made shared-line --comm '!wget,!dd'
is 'filters: tasks that are left out' "$(awk '$1 == 19 && $5 == "total" { print $2, $6 }' "$scratch/out")" 'eth0 20'
made shared-line --comm 'w*,curl,!wge?'
is 'filters: some tasks, and one of them left out' \
	"$(awk '$1 == 19 && $5 == "total" { print $2, $6 }' "$scratch/out")" 'eth0 20'

# --- texts ------------------------------------------------------------------------

texts=tests/fuzz/corpus/tracetext

# read_text NAME [OPTION...]: what irqlat says of the text goes to $scratch/out, in ns
read_text()
{
	"$irqlat" trace -n -i "$texts/$1" "${@:2}" >"$scratch/out" 2>"$scratch/err"
}

read_text pipe
is 'text of trace_pipe: every stage' "$(stages 36)" \
	'handler:1:5000 softirq_wait:1:2000 softirq:1:2000 wake:1:3000 queue:1:8000 exit:1:6000 total:1:26000'
grep -q '^WARNING: .*pipe: its times are whole microseconds; trace-cmd report -t' "$scratch/out" &&
	! grep -q 'no flags' "$scratch/out"
result $? 'text of trace_pipe: says how exact it is' "$(grep WARN "$scratch/out")"
grep -q '^WARNING: 12 events lost in 1 gap' "$scratch/out" &&
	grep -q '^  CPU 0, 12 events between 1.000026 and 1.000900 s$' "$scratch/out"
result $? 'text of trace_pipe: events that are lost' "$(grep -A1 WARN "$scratch/out")"
head -10 $texts/pipe >"$scratch/lost-at-end"
echo 'CPU:0 [LOST EVENTS]' >>"$scratch/lost-at-end"
"$irqlat" trace -i "$scratch/lost-at-end" >"$scratch/out" 2>"$scratch/err"
grep -q '^  CPU 0, ? events after 1.000020 s$' "$scratch/out"
result $? 'text of trace_pipe: events that are lost at its end' "$(grep -A1 WARN "$scratch/out")"
read_text report
is 'text of trace-cmd report: an irq thread' "$(stages 36)" \
	'handler:1:2000 thread_wake:1:1000 thread_queue:1:2000 thread:1:3000 wake:1:1000 queue:1:4000 exit:1:5000 total:1:18000'
grep -q '^WARNING: .*report: it has no flags' "$scratch/out" && ! grep -q 'whole microseconds' "$scratch/out"
result $? 'text of trace-cmd report: says what it does not have' "$(grep WARN "$scratch/out")"
read_text perf
is 'text of perf script' "$(stages 36)" \
	'handler:1:1000 wake:1:300 queue:1:2500 exit:1:6000 total:1:9800'
"$irqlat" trace -n -i - <$texts/perf 2>"$scratch/err" | sed 's/^WARNING: -:/WARNING: perf:/' >"$scratch/a"
sed 's|^WARNING: .*/perf:|WARNING: perf:|' "$scratch/out" | cmp -s - "$scratch/a"
result $? 'text on standard input' "$(cat "$scratch/err"; diff "$scratch/out" "$scratch/a" | head -4)"
"$irqlat" explain - <$texts/report >"$scratch/out" 2>"$scratch/err"
grep -q '^  max 18.00 us at 2.000001 s: CPU 1 took it, woke a \[b\]-c: d:42 on CPU 1; ' "$scratch/out"
result $? 'explain: text on standard input' "$(cat "$scratch/out" "$scratch/err")"
"$irqlat" trace -n -q --no-header -i "$scratch/whole.dat" >"$scratch/a" 2>"$scratch/err"
"$irqlat" trace -n -q --no-header -i - <"$scratch/whole.dat" >"$scratch/out" 2>>"$scratch/err"
[ -s "$scratch/out" ] && cmp -s "$scratch/a" "$scratch/out"
result $? 'a trace.dat on standard input' "$(cat "$scratch/err")"
refused 'a text has no instances' '--instance: a text has one only' -i $texts/perf --instance top
refused 'a text without events' 'no trace.dat of trace-cmd, and no text of trace_pipe, .*: no line shows an event' -i README.md
"$irqlat" trace -i - </dev/null >"$scratch/out" 2>"$scratch/err"
is 'nothing on standard input' "$? $(cat "$scratch/err")" '1 irqlat: -: nothing on standard input'

# --- options that say how to record ---------------------------------------------

for option in '-d 1' '--interval 1' --no-user --no-vectors --timers '--buffer 64' '--sub-buffer 4'; do
	refused "a recording, and $option" "-i: not with ${option%% *}, which says how to record" \
		-i "$scratch/whole.dat" $option
done
"$irqlat" trace -i "$scratch/whole.dat" hist --no-header >"$scratch/out" 2>"$scratch/err"
[ $? = 0 ] && "$irqlat" trace hist -i "$scratch/whole.dat" --no-header | cmp -s - "$scratch/out" &&
	grep -q '^count: ' "$scratch/out"
result $? 'hist behind the options' "$(cat "$scratch/err")"
refused 'two words behind the options' '"top" is not an option' -i "$scratch/whole.dat" hist top

# --- limits -----------------------------------------------------------------------

for name in late shared-softirq; do
	"$recording" $name "$scratch/$name.dat"
done

# limited NAME LIMIT...: "STATUS LIMIT SAMPLES OVER MAX ...", a row for each limit, in ns
limited()
{
	local name=$1 limits=()
	shift
	for limit; do
		limits+=(-T "$limit")
	done
	"$irqlat" trace -q -n --no-header -i "$scratch/$name.dat" "${limits[@]}" >"$scratch/out" 2>"$scratch/err"
	echo "$?"
	sed -n '/^LIMIT/,/^$/p' "$scratch/out" | sed '1d; /^$/d; s/   */ /g'
}

is 'limits: a stage of one interrupt' "$(limited late 'i2c*:queue=3010')" '2
i2c*:queue=3010 20 5 5000000 exceeded: 85 i2c_geni on CPU 0 at 0.361000 s, woke reader:42'
is 'limits: by number, kept' "$(limited late 85:queue=5ms)" '0
85:queue=5ms 20 0 5000000 kept'
is 'limits: what takes as long keeps it' "$(limited late 85=5004)" '0
85=5004 20 0 5004000 kept'
is 'limits: several, each for itself' "$(limited late 5004 85=5003999ns :exit=1 i2c_geni:wake=999ns)" '2
5004 20 0 5004000 kept
85=5003999ns 20 1 5004000 exceeded: 85 i2c_geni on CPU 0 at 0.361000 s, woke reader:42
:exit=1 20 0 1000 kept
i2c_geni:wake=999ns 20 20 1000 exceeded: 85 i2c_geni on CPU 0 at 0.001000 s, woke reader:42'
is 'limits: of handlers' "$(limited shared-line eth0:irq=999ns wlan0:irq=2us :total=1s)" '2
eth0:irq=999ns 30 30 1000 exceeded: 19 eth0 on CPU 0
wlan0:irq=2us 30 0 2000 kept
:total=1s 30 0 6000 kept'
is 'limits: of one handler of a line that has one chain' "$(limited shared-softirq wlan0=8 wlan1=8)" '2
wlan0=8 5 5 9000 exceeded: 19 eth0, wlan0 on CPU 0 at 0.001000 s, woke curl:42
wlan1=8 0 0 n/a no sample: not decided'
is 'limits: one without samples is an error' "$(limited late 'eth*:queue=1' 1s) $(cat "$scratch/err")" '1
eth*:queue=1 0 0 n/a no sample: not decided
1s 20 0 5004000 kept irqlat: -T eth*:queue=1: nothing was measured that it applies to'
"$irqlat" trace -n -i "$scratch/late.dat" -T :queue=3010 --json >"$scratch/out" 2>"$scratch/err"
is 'limits: in JSON' "$? $(jq -c '.trace.limits[]' "$scratch/out")" \
	'2 {"limit":":queue=3010","stage":"queue","limit_ns":3010000,"samples":20,"over":5,"max_ns":5000000,"state":"exceeded","worst":{"source":"i2c_geni","irq":85,"cpu":0,"ns":5000000,"start_ns":361000000,"task":"reader","pid":42}}'
"$irqlat" trace -q -i "$scratch/late.dat" --comm '!reader' -T 1 >"$scratch/out" 2>"$scratch/err"
is 'limits: what is filtered out is not compared' "$? $(cat "$scratch/err")" '0 '
refused 'limits: an unknown stage' '-T: the stage behind the last colon, "quue", is none of: handler,' \
	-i "$scratch/late.dat" -T 'eth0:quue=5'
refused 'limits: a stage without a colon' '-T: "queue" is a stage: write :queue' -i "$scratch/late.dat" -T queue=5
refused 'limits: no time' '-T: "soon" is not a time' -i "$scratch/late.dat" -T eth0=soon
refused 'limits: none' '-T: "" is not a time' -i "$scratch/late.dat" -T ''
refused 'limits: no time at all' '-T: "0" is not a time' -i "$scratch/late.dat" -T 0
refused 'limits: a name that is too long' 'is longer than a name' -i "$scratch/late.dat" \
	-T "$(printf '%080d' 0)x:queue=5"
refused 'limits: -a explains chains only' '-a: :irq=5: a handler waits for nobody' -a :irq=5

# --- runs of handlers, softirqs and work items ------------------------------------------------

# runs NAME [OPTION...]: the rows of the table, in ns
runs()
{
	made "$1" -q --no-header --runs "${@:2}"
	sed -n '/^Handlers, softirqs and work items/,/^$/p' "$scratch/out" | sed '1,2d; /^$/d; s/  */ /g; s/^ //'
}

is '--runs: those with the most time first' "$(runs shared-softirq)" \
	'soft NET_RX 0 5 0.374 n/a n/a 3500 n/a n/a 3000
19 eth0 0 5 0.125 n/a n/a n/a n/a n/a 1000
19 wlan0 0 5 0.125 n/a n/a n/a n/a n/a 1000'
is '--runs: filters by name are for handlers' "$(runs shared-softirq --name wlan0 | cut -d' ' -f1-4)" \
	'soft NET_RX 0 5
19 wlan0 0 5'
is '--runs: and by CPU for all' "$(runs shared-softirq -c 1)" ''
is '--runs: as JSON' "$("$irqlat" trace -i "$scratch/shared-softirq.dat" --runs --json |
	jq -c '.trace.runs[0] | [.kind, .name, .irq, .cpu, .wait.n, .wait.sum_ns, .wait.max_ns, .run.n, .run.sum_ns, .run.p50_ns, .run.max_ns]')" \
	'["softirq","NET_RX",null,0,5,17500,3500,5,15000,null,3000]'
is '--runs: work items by function' "$(runs works)" \
	'work flush_work_of_a_long_name 1 5 0.588 n/a n/a 10000 n/a n/a 30000
24 disk 0 5 0.176 n/a n/a n/a n/a n/a 3000
work rescan 1 5 0.059 n/a n/a n/a n/a n/a 1000
work 0xffffffff81000300 1 0 0.000 n/a n/a 3998000 n/a n/a n/a'
made works -q --no-header --runs
is '--runs: each work item is accounted for' "$(sed -n '/^Every work item/,/^$/p' "$scratch/out" | sed 's/^ *//; s/  */ /g')" \
	'Every work item: 10 queued = 6 started + 4 queued again before + 0 waiting + 0 lost
11 started = 10 ended + 0 without an end + 1 running + 0 lost
not known: when 5 were queued that started, when 1 started that ended'
is '--runs: work items as JSON' "$("$irqlat" trace -i "$scratch/works.dat" --runs --json | jq -c '.trace |
	(.runs[0] | [.kind, .name, .irq, .cpu, .wait.n, .wait.sum_ns, .run.n, .run.sum_ns]), .work_items')" \
	'["work","flush_work_of_a_long_name",null,1,5,50000,5,150000]
{"queued":10,"taken":6,"requeued":4,"pending":0,"queued_lost":0,"started":11,"unqueued":5,"ended":10,"cut":0,"running":1,"started_lost":0,"unstarted":1}'
is '--runs: without sched_switch the share of a work item is not known' \
	"$(runs works-alone | grep flush; "$irqlat" trace -i "$scratch/works-alone.dat" --runs --json |
		jq -c '.trace.runs[] | select(.kind == "work").cpu_share' | xargs)" \
	'work flush_work_of_a_long_name 1 5 n/a n/a n/a 10000 n/a n/a 30000
null null null'
is '--runs: no work items' "$(runs shared-softirq >"$scratch/a"; grep -c 'Every work item' "$scratch/out")" 0
if command -v trace-cmd >/dev/null; then
	"$irqlat" trace -i "$scratch/works.dat" --runs --json | jq -c '.trace | .runs[], .work_items' >"$scratch/a"
	trace-cmd report -t -N -l "$scratch/works.dat" 2>/dev/null >"$scratch/text"
	"$irqlat" trace -i "$scratch/text" --runs --json 2>"$scratch/err" | jq -c '.trace | .runs[], .work_items' >"$scratch/b"
	[ ! -s "$scratch/b" ] || diff "$scratch/a" "$scratch/b" >"$scratch/diff"
	result $? '--runs: the same of the text of a trace' "$(head -4 "$scratch/text" "$scratch/diff")"
fi
is '--runs: not without it' "$("$irqlat" trace -i "$scratch/late.dat" --json | jq .trace.runs)" null
refused '--runs: not of histograms in the kernel' '--in-kernel: not with --runs' --in-kernel --runs

# --- explain ----------------------------------------------------------------------

"$recording" late "$scratch/late.dat" && "$irqlat" explain "$scratch/late.dat" -N 20 --chains="$scratch/late.jsonl" \
	>"$scratch/out" 2>"$scratch/err"
result $? 'explain: a recording' "$(cat "$scratch/err")"
for words in '^interrupt 85 i2c_geni: 20 chains$' \
	'^  max 5004.00 us at 0.361000 s: CPU 0 took it, woke reader:42 on CPU 0; the CPU was idle though there was work: throttled, or stopped by the host for 4999.00 us in "queue"$' \
	'^  the worst 10: 3010.00 us or more$' '^     90 %  rcuop/6 held the CPU, in "queue"; 8[0-9] % of their time$' \
	'^     10 %  the CPU was idle though there was work' \
	'^  2. 3018.00 us at 0.281000 s: interrupt 85 i2c_geni woke reader:42, up to user space$' \
	'^    queue  *3014.00 us on CPU 0: rcuop/6:54 3013.00 us'; do
	grep -q -- "$words" "$scratch/out"
	result $? "explain says /$words/" "$(head -20 "$scratch/out")"
done
if command -v trace-cmd >/dev/null; then
	n=$(trace-cmd report -t -N -l "$scratch/late.dat" 2>/dev/null |
		python3 tests/cli/explain-text.py "$scratch/late.jsonl" 2>"$scratch/why")
	[ "$n" = 20 ] || [ -z "$(trace-cmd report -t -N -l "$scratch/late.dat" 2>/dev/null | grep next_pid)" ]
	result $? 'explain: every part of every stage is that of the text' "$n: $(tail -2 "$scratch/why")"
fi
"$irqlat" explain "$scratch/late.dat" -N 20 --perfetto="$scratch/late.trace" >"$scratch/out" 2>"$scratch/err"
is 'explain: events for Perfetto are those of the chains' \
	"$? $(python3 tests/cli/perfetto-check.py "$scratch/late.trace" "$scratch/late.jsonl" 2>&1 | tail -1)" '0 20'
jq -r '.traceEvents[] | select(.name == "process_name").args.name' "$scratch/late.trace" >"$scratch/out"
is 'explain: Perfetto names the cause' "$(sed -n 2p "$scratch/out")" \
	'2. 3018.00 us: 85 i2c_geni woke reader:42: rcuop/6:54 held the CPU'
"$recording" crowded "$scratch/crowded.dat" &&
	"$irqlat" explain "$scratch/crowded.dat" -N 1 --perfetto >"$scratch/crowded.trace" 2>"$scratch/err"
is 'explain: of too many switches Perfetto gets the last' \
	"$? $(jq -c '[.traceEvents[] | select(.tid == 10005 and .ph == "X") | [.cat, .dur]] | [length, .[0], .[1], (map(.[1]) | add)]' \
		"$scratch/crowded.trace")" '0 [4096,["others",904],["task",1],5000]'
# Through the thread of a queue and a server, on three CPUs.
"$recording" hops "$scratch/hops.dat" && "$irqlat" explain "$scratch/hops.dat" -N 60 --chains="$scratch/hops.jsonl" \
	--perfetto="$scratch/hops.trace" >"$scratch/out" 2>"$scratch/err"
result $? 'explain: chains through other tasks' "$(cat "$scratch/err")"
for words in '^interrupt 40 eth0: 60 chains$' 'hog held the CPU, in "hop_queue"' \
	'^    through napi/eth0-12:70 on CPU 1: woken in 2.00 us, waited 2.00 us, ran 4.00 us$' \
	'^    through server:71 on CPU 2: woken in 2.00 us, waited 3008.00 us, ran 981.00 us$'; do
	grep -q -- "$words" "$scratch/out"
	result $? "explain says /$words/" "$(head -20 "$scratch/out")"
done
is 'explain --chains: the hops' "$(jq -c 'select(.task == "reader" and .start_ns == 1000000) |
	[.total_ns, (.hops | map([.task, .pid, .cpu, .wake_ns, .queue_ns, .run_ns])), (.stages | map([.stage, .ns]))]' \
	"$scratch/hops.jsonl")" '[4005000,[["napi/eth0-12",70,1,2000,2000,4000],["server",71,2,2000,2989000,1000000]],[["handler",1000],["hop_wake",4000],["hop_queue",2991000],["hop",1004000],["wake",1000],["queue",3000],["exit",1000]]]'
is 'explain: events for Perfetto are those of the hops' \
	"$? $(python3 tests/cli/perfetto-check.py "$scratch/hops.trace" "$scratch/hops.jsonl" 2>&1 | tail -1)" '0 60'
"$irqlat" trace -i "$scratch/hops.dat" --csv --end user >"$scratch/out" 2>&1
is 'trace: the stages of hops' "$(awk -F, '$5 == "hop_queue" || $5 == "total" { print $2, $5, $7 }' "$scratch/out" | xargs)" \
	'40 hop_queue 20 40 total 20'
if command -v trace-cmd >/dev/null; then
	trace-cmd report -t -N -l "$scratch/hops.dat" >"$scratch/text" 2>/dev/null
	n=$(python3 tests/cli/explain-text.py "$scratch/hops.jsonl" <"$scratch/text" 2>"$scratch/why")
	[ "$n" = 60 ] || ! grep -q next_pid "$scratch/text"
	result $? 'explain: every part of every hop is that of the text' "$n: $(tail -2 "$scratch/why")"
	# Without flags an interrupt that is not recorded looks like the task.
	for how in -l ''; do
		trace-cmd report -t -N $how "$scratch/hops.dat" 2>/dev/null | "$irqlat" trace -i - --csv --end all \
			>"$scratch/text$how.csv" 2>"$scratch/err"
	done
	"$irqlat" trace -i "$scratch/hops.dat" --csv --end all >"$scratch/hops.csv" 2>"$scratch/err"
	if grep -q next_pid "$scratch/text"; then
		cmp -s "$scratch/hops.csv" "$scratch/text-l.csv" && ! grep -q hop "$scratch/text.csv" &&
			grep -q 'eth0.*trace-task.*total' "$scratch/text.csv"
		result $? 'hops in the text of a trace, if it has flags' "$(diff "$scratch/hops.csv" "$scratch/text-l.csv" | head -4)"
	fi
fi

tested()
{
	"$irqlat" explain "$@"
}
"$irqlat" explain "$scratch/late.dat" -N 20 --json="$scratch/late.json" >"$scratch/out" 2>"$scratch/err"
is 'explain --json: the chains and events of the other outputs' \
	"$? $(jq -c '.explain.chains[]' "$scratch/late.json" | cmp - "$scratch/late.jsonl" 2>&1)$(
		jq -cS .explain.perfetto "$scratch/late.json" >"$scratch/a"; jq -cS . "$scratch/late.trace" | cmp - "$scratch/a" 2>&1)" '0 '
is 'explain --json: the causes' "$(jq -c '.explain.lines[] | [.n, .label, .from_ns, .tail, (.causes[] | [.cause, .stage, .n, .ns])]' \
	"$scratch/late.json")" '[20,"worst",3010000,10,["rcuop/6 held the CPU","queue",9,27081000],["the CPU was idle though there was work: throttled, or stopped by the host","queue",1,4999000]]'
"$irqlat" trace -i "$scratch/late.dat" --json="$scratch/a" >/dev/null 2>"$scratch/err"
is 'explain --json: the results of trace' \
	"$(jq -c 'del(.explain)' "$scratch/late.json" | cmp - <(jq -c . "$scratch/a") 2>&1)" ''
refused 'explain: two outputs' '--chains, --json and --perfetto: one of them' "$scratch/late.dat" --chains --perfetto
refused 'explain: one recording at a time' '"b.dat": one recording at a time' a.dat b.dat
refused 'explain: a recording has its length' 'a recording has its length' "$scratch/late.dat" -d 3
refused 'explain: an instance of a recording only' '--instance: needs a FILE' --instance mine
"$irqlat" explain "$scratch/late.dat" --name '!i2c*' >"$scratch/out" 2>&1
[ $? = 0 ] && grep -q 'no interrupt of these woke a task' "$scratch/out"
result $? 'explain: filters' "$(cat "$scratch/out")"
"$irqlat" explain "$scratch/late.dat" -N 3 --chains >"$scratch/out" 2>"$scratch/err" &&
	[ "$(jq -c '[.source, .irq, .task, .total_ns, .cause, .cause_stage, .cause_ns]' "$scratch/out" | tail -1)" = \
		'["i2c_geni",85,"reader",3017000,"rcuop/6:54 held the CPU","queue",3012000]' ] &&
	[ "$(wc -l <"$scratch/out")" = 3 ]
result $? 'explain: chains as JSON lines' "$(cat "$scratch/out" "$scratch/err")"
tested()
{
	"$irqlat" trace "$@"
}

# --- diff -------------------------------------------------------------------------

# Two of the same distribution, and one whose handler is slower.
noisy()
{
	"$recording" noisy "$scratch/$1.dat" "$2" "$3" &&
		"$irqlat" trace -i "$scratch/$1.dat" --json="$scratch/$1.json" >/dev/null 2>"$scratch/err"
}

noisy a 1 0 && noisy b 2 0 && noisy slower 1002 20
result $? 'diff: recordings' "$(cat "$scratch/err")"
"$irqlat" diff "$scratch/a.json" "$scratch/b.json" >"$scratch/out" 2>"$scratch/err"
is 'diff of traces: the same' "$? $(tail -1 "$scratch/out")" '0 6 same'
"$irqlat" diff "$scratch/a.json" "$scratch/slower.json" >"$scratch/out" 2>"$scratch/err"
[ $? = 2 ] && grep -q '^  trace-user .* handler  *REGRESSION  p50' "$scratch/out" &&
	[ "$(grep -c REGRESSION "$scratch/out")" = 2 ]
result $? 'diff of traces: a slower handler' "$(cat "$scratch/out" "$scratch/err")"
"$irqlat" diff --stage wake,queue --source 'd*' "$scratch/a.json" "$scratch/slower.json" >"$scratch/out" 2>"$scratch/err"
is 'diff of traces: only some stages' "$? $(tail -1 "$scratch/out")" '0 2 same'
"$irqlat" diff --source 'eth*' "$scratch/a.json" "$scratch/slower.json" >"$scratch/out" 2>"$scratch/err"
[ $? = 1 ] && grep -q 'no row is in both' "$scratch/err"
result $? 'diff of traces: no such interrupt' "$(cat "$scratch/err")"
sed 's/,"block_ns":[0-9]*,"blocks":\[{[^}]*}\(,{[^}]*}\)*\]//g' "$scratch/a.json" >"$scratch/old.json"
"$irqlat" diff "$scratch/old.json" "$scratch/b.json" >"$scratch/out" 2>"$scratch/err"
[ $? = 1 ] && grep -q 'one has none at all: measure again' "$scratch/err"
result $? 'diff of traces: one without blocks' "$(cat "$scratch/err")"

# --- instances ------------------------------------------------------------------

# read_instance FILE [OPTION...]: what irqlat says of it goes to $scratch/out, in ns
read_instance()
{
	"$irqlat" trace -n -i "$scratch/$1" "${@:2}" >"$scratch/out" 2>"$scratch/err"
}

if command -v python3 >/dev/null; then
	for name in whole shared-line no-interrupts; do
		"$recording" $name "$scratch/$name.dat"
	done
	python3 tests/cli/add-instance.py - mine "$scratch/whole.dat" "$scratch/empty-top.dat" &&
		read_instance empty-top.dat
	is 'instances: only one has events' "$? $(account 36)" '0 19 19 0 0 0'
	# The formats are those of the top instance.
	python3 tests/cli/add-instance.py "$scratch/no-interrupts-all-formats.dat" mine "$scratch/whole.dat" \
		"$scratch/second.dat" && read_instance second.dat
	is 'instances: the one with interrupts is read' "$? $(account 36)" '0 19 19 0 0 0'
	grep -q '^WARNING: .*second.dat: has the instances mine, top; read: mine; --instance chooses$' "$scratch/out"
	result $? 'instances: all are named' "$(grep WARN "$scratch/out")"
	python3 tests/cli/add-instance.py "$scratch/shared-line.dat" mine "$scratch/whole.dat" "$scratch/both.dat"
	for version in 6 7; do
		if [ $version = 7 ] && ! trace-cmd convert -i "$scratch/both.dat" -o "$scratch/both7.dat" \
			--file-version 7 --compression none >"$scratch/why" 2>&1; then
			skip 'instances, version 7' 'needs trace-cmd, which writes it'
			continue
		fi
		[ $version = 6 ] && both=both.dat || both=both7.dat
		read_instance $both --instance mine
		is "instances, version $version: --instance chooses" "$? $(account 36)$(account 19)" '0 19 19 0 0 0'
		read_instance $both --instance top
		is "instances, version $version: --instance chooses the top instance" "$? $(account 36)$(account 19)" \
			'0 30 20 10 0 0 not_handled 10
30 10 20 0 0 not_handled 20'
		refused "instances, version $version: one that is not there" \
			'no instance "other", but: (mine, top|top, mine)' -i "$scratch/$both" --instance other
	done
	head -c $(($(stat -c %s "$scratch/both.dat") - 20000)) "$scratch/both.dat" >"$scratch/cut.dat"
	read_instance cut.dat --instance top
	result $? 'instances: the top instance of a file that was cut' "$(cat "$scratch/err")"
else
	skip 'instances' 'needs python3'
fi
refused 'instances: of a recording only' '--instance: needs -i' --instance mine -d 0.1

tap_end
