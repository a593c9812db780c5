#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat report: the page in a browser, the text, and the table of ways. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqlat=${IRQLAT:-build/bin/irqlat}
good=tests/fixtures/results
. tests/tap.sh

# --- inputs -------------------------------------------------------------------

# Three kernels' worth of ways, a line on four CPUs, and two runs of many seconds.
for kernel in 6.1 6.12 newest; do
	cp $good/ways.json "$scratch/$kernel-counted.json"
done
jq -c '.results |= (map(select(.way == "read" or .way == "poll")) |
	[.[] as $r | range(4) as $cpu | $r + {cpu: $cpu}])' $good/ways.json >"$scratch/cpus.json"
# A run without load and under it, as bench writes it: one after the other.
jq -c '.results |= (. + map(.load = "cpu,io,irq,net" | .blocks |= map(.start_ns += 30000000000)))' \
	$good/blocks-a.json >"$scratch/loaded.json"
many=("$scratch/cpus.json" "$good/blocks-a.json" "$good/blocks-b.json"
	-i "$scratch/6.1-counted.json" -i "$scratch/6.12-counted.json" -i "$scratch/newest-counted.json")

# A trace, whose figures are less exact than those of bench.
"${RECORDING:-build/cli/recording}" noisy "$scratch/noisy.dat" 1 0 &&
	"$irqlat" trace -i "$scratch/noisy.dat" --json="$scratch/noisy.json" >/dev/null
# Two that are explained; a file may come from anywhere.
"${RECORDING:-build/cli/recording}" late "$scratch/late.dat" &&
	"$irqlat" explain "$scratch/late.dat" -N 20 --json="$scratch/late.json" --chains="$scratch/late.jsonl" >/dev/null
"$irqlat" explain "$scratch/noisy.dat" --json="$scratch/explained.json" >/dev/null
"${RECORDING:-build/cli/recording}" hops "$scratch/hops.dat" &&
	"$irqlat" explain "$scratch/hops.dat" --json="$scratch/hops.json" >/dev/null
jq -c '.explain.lines[0].causes[0].cause = "<b>\u001b[2J" | .explain.chains[0].task = "x\"<i>"' \
	"$scratch/explained.json" >"$scratch/strange.json"
jq -c '.explain.chains[0].hops[0].task = "y\"<i>"' "$scratch/hops.json" >"$scratch/strange-hops.json"

# --- text ---------------------------------------------------------------------

COLUMNS=80 "$irqlat" report --text --title "A title" --note "A note" "${many[@]}" >"$scratch/text" 2>"$scratch/err"
result $? 'report --text needs no folder' "$(cat "$scratch/err")"
for words in '^A title$' '^A note$' '^Median, raised to user, instructions$' '^Median, raised to user, us$' \
	'^=== 6.12-counted: 1 ns is one instruction executed$' '^Mean by stage:$' 'instructions, handler to user$' \
	'^WARNING: QEMU' 'claim: SGI ULI'; do
	grep -q -- "$words" "$scratch/text"
	result $? "the text has /$words/" "$(head -30 "$scratch/text")"
done
# Warnings are not broken, and claims are as irqlat ref prints them.
/usr/bin/python3 - "$scratch/text" >"$scratch/long" <<'PYTHON'
import sys
claims = False
for line in open(sys.argv[1], encoding="utf-8"):
    claims = (claims or line.startswith("Beside published claims")) and not line.startswith("=== ")
    if len(line) > 81 and not claims and not line.startswith("WARNING"):
        print(line, end="")
PYTHON
[ ! -s "$scratch/long" ]
result $? 'and fits 80 columns' "$(cat "$scratch/long")"
COLUMNS=80 "$irqlat" report --text "$scratch/late.json" >"$scratch/late.text" 2>"$scratch/err"
for words in '^Who made them late:$' '^i2c_geni, irq 85$' '^  max 5004.00 us at 0.361000 s, from CPU 0 to reader:42' \
	'^  the longest 10, of 3010.00 us or more$' '^    90 %: rcuop/6 held the CPU, in "queue"; 84 % of their time$'; do
	grep -q -- "$words" "$scratch/late.text"
	result $? "the text of what is explained has /$words/" "$(sed -n '/late:/,$p' "$scratch/late.text")"
done
COLUMNS=200 "$irqlat" report --text "$scratch/hops.json" >"$scratch/hops.text" 2>"$scratch/err"
grep -q '^  max 40.* from CPU 0 through napi/eth0-12:70, server:71 to reader:42 on CPU 0: hog:54 held' "$scratch/hops.text"
result $? 'the text of what is explained names tasks on the way' "$(sed -n '/late:/,$p' "$scratch/hops.text")"
# wrong FILTER WORDS: the file is refused
wrong()
{
	jq -c ".explain$1" "$scratch/late.json" >"$scratch/wrong.json"
	! "$irqlat" report --text "$scratch/wrong.json" >"$scratch/out" 2>"$scratch/err" && [ ! -s "$scratch/out" ] &&
		[ "$(cat "$scratch/err")" = "irqlat: $scratch/wrong.json: explain: $2" ]
	result $? "explain: $2" "$(cat "$scratch/err")"
}
wrong ' = 5' 'not an object'
wrong '.lines[0].causes[0].n = 11' 'lines[0]: the causes do not add up to "tail"'
wrong '.lines[0].causes[0].n = -1' 'lines[0]: "n" is negative'
wrong '.lines[0].tail = 9' 'lines[0]: the causes do not add up to "tail"'
wrong '.lines[0] |= (.tail = 0 | .causes = [])' 'lines[0]: "n", "tail" and the causes contradict each other'
wrong '.lines[0].max = 7' 'lines[0]: a chain is not an object'
wrong '.chains[3].hops = 5' 'chains[3]: "hops" is not an array'
wrong '.chains[3].hops = [{"task":"t","pid":1,"cpu":0,"wake_ns":1,"queue_ns":1}]' 'chains[3]: "run_ns" is missing or not an integer'
wrong '.chains[3].hops = [range(9)]' 'chains[3]: more than 8 hops'
wrong '.chains[3].cause = null' 'chains[3]: "cause" is missing or not a string'
wrong '.perfetto.traceEvents = "x"' '"perfetto" has no events'
# What the comparison says is what the result says.
median=$(jq '.results[] | select(.way == "epoll" and .stage == "total").p50_ns' $good/ways.json)
grep -q "^epoll  *$median  *$median  *$median$" "$scratch/text"
result $? 'its comparison has the medians of the results' "$(grep '^epoll' "$scratch/text")"

# Narrow terminals too: lines and CPUs, stages, bars.
COLUMNS=40 "$irqlat" report --text "$scratch/cpus.json" >"$scratch/text" 2>"$scratch/err" &&
	grep -qx '  raised to user' "$scratch/text" && grep -q '^ *[0-9]\+ *4.0[0-9]* *[0-9.]* *[0-9.]*$' "$scratch/text"
result $? 'a text of 40 columns' "$(sed -n 20,40p "$scratch/text")"
/usr/bin/python3 - "$scratch/text" >"$scratch/long" <<'PYTHON'
import sys
for line in open(sys.argv[1], encoding="utf-8"):
    if line.startswith("Beside published claims"):
        break
    if len(line) > 41 and not line.startswith("WARNING"):
        print(line, end="")
PYTHON
[ ! -s "$scratch/long" ]
result $? 'fits them' "$(cat "$scratch/long")"

# What was measured without load and under it stands side by side.
COLUMNS=80 "$irqlat" report --text "$scratch/loaded.json" >"$scratch/text" 2>"$scratch/err"
grep -Eq '^way +no load +load cpu,io,irq,net$' "$scratch/text"
result $? 'a load is a column of its text' "$(head -5 "$scratch/text")"
[ "$(grep -c '^kernel  ' "$scratch/text")" = 1 ]
result $? 'and the system is said once' "$(grep '^kernel' "$scratch/text")"
echo '{"schema":"irqlat/1","system":{},"results":[]}' >"$scratch/empty.json"
! "$irqlat" report --text "$scratch/empty.json" >"$scratch/out" 2>"$scratch/err" && [ ! -s "$scratch/out" ] &&
	[ "$(cat "$scratch/err")" = "irqlat: $scratch/empty.json: there are no results in it" ]
result $? 'a file without results is refused' "$(cat "$scratch/err")"

# A file may come from anywhere: a terminal takes no commands from it.
jq -c '.results[0].way = "a\u001b[2J\u0085\u0007b" | .results[1].load = "x\u009b2Jy\nz" |
	.system.warnings = ["w\u001b[31m"]' $good/blocks-a.json >"$scratch/escape.json"
"$irqlat" report --text "$scratch/escape.json" >"$scratch/out" 2>&1 && grep -q 'a?\[2J??b' "$scratch/out" &&
	grep -q 'load x?2Jy?z' "$scratch/out" && grep -q 'WARNING: w?\[31m' "$scratch/out" &&
	! grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$scratch/out"
result $? 'control characters of a file are not printed' "$(grep -n . "$scratch/out" | head -20 | cat -v)"
"$irqlat" diff "$scratch/escape.json" "$scratch/escape.json" 2>&1 | grep -qP '[\x00-\x08\x0b-\x1f]'
[ "${PIPESTATUS[*]}" = '0 1' ]
result $? 'nor by diff'

# --- the table of ways --------------------------------------------------------

table=$scratch/table
mkdir "$table"
for run in icount-K icount-K-again; do
	cp $good/ways.json "$table/$run.json"
done
/usr/bin/python3 tests/vm/waytable.py "$table" K >"$scratch/md" 2>"$scratch/err" &&
	grep -qx "| epoll | $median |" "$scratch/md" &&
	grep -q 'differ by at most 0.00%' "$scratch/md"
result $? 'two runs alike make a table' "$(cat "$scratch/err" "$scratch/md")"
# Ways whose path is known have a line for each path, and none for the mixture.
jq -c '.results |= map(if .way == "epoll" and .stage == "total" then ., (., .stage = "total_direct") else . end)' \
	$good/ways.json | tee "$table/icount-P.json" >"$table/icount-P-again.json"
/usr/bin/python3 tests/vm/waytable.py "$table" P >"$scratch/md" 2>"$scratch/err" &&
	grep -qx "| epoll (direct) | $median |" "$scratch/md" && ! grep -q '^| epoll |' "$scratch/md"
result $? 'a path is a line of the table' "$(cat "$scratch/err" "$scratch/md")"

# table_fails NAME FILTER WORDS: the second run is another.
table_fails()
{
	jq -c "$2" "$table/icount-K-again.json" >"$scratch/other" && cp "$scratch/other" "$table/icount-K-again.json"
	! /usr/bin/python3 tests/vm/waytable.py "$table" K >"$scratch/md" 2>"$scratch/err" &&
		grep -q "$3" "$scratch/err"
	result $? "$1" "$(cat "$scratch/err")"
}
table_fails 'a median that differs by more than 0.5 % fails' \
	'.results |= map(if .way == "poll" and .stage == "total" then .p50_ns = (.p50_ns * 1.006 | ceil) else . end)' \
	'^compare-kernels: K: poll, total: [0-9]* instructions and then [0-9]*, +0.6'
table_fails 'a way that the second run has not fails' \
	'.results |= map(select(.way != "uio"))' '^compare-kernels: K: uio, total: median [0-9]* and then None'

# --- the page -----------------------------------------------------------------

# says NAME EXPECTED [VARIABLE=VALUE...]: drawing fails with one message.
says()
{
	local name=$1 expected=$2
	shift 2
	! env "$@" "$irqlat" report $good/edu.json -o "$scratch/failed" >"$scratch/out" 2>"$scratch/err" &&
		[ ! -s "$scratch/out" ] && [ "$(cat "$scratch/err")" = "irqlat: $expected" ]
	result $? "$name" "$(cat "$scratch/out" "$scratch/err")"
}
says 'a system without gnuplot' \
	'cannot run gnuplot: No such file or directory; install it (Debian: gnuplot-nox)' PATH="$scratch"
printf '#!/bin/sh\nexit 1\n' >"$scratch/gnuplot"
chmod +x "$scratch/gnuplot"
says 'a gnuplot that fails' \
	'gnuplot failed; it needs version 5.2 or later with the terminals svg and pngcairo' PATH="$scratch"
says 'a temporary folder that is missing' \
	"$scratch/none: cannot make a temporary folder: No such file or directory" \
	TMPDIR="$scratch/none"

if ! command -v gnuplot >/dev/null; then
	skip 'the page in a browser' 'gnuplot is not installed'
	tap_end
fi
"$irqlat" report "${many[@]}" -o "$scratch/many" >"$scratch/out" 2>"$scratch/err" &&
	"$irqlat" report $good/edu.json -o "$scratch/one" >>"$scratch/out" 2>>"$scratch/err" &&
	"$irqlat" report "$scratch/loaded.json" -o "$scratch/load" >>"$scratch/out" 2>>"$scratch/err" &&
	"$irqlat" report "$scratch/noisy.json" -o "$scratch/trace" >>"$scratch/out" 2>>"$scratch/err" &&
	"$irqlat" report "$scratch/late.json" -o "$scratch/late" >>"$scratch/out" 2>>"$scratch/err" &&
	"$irqlat" report "$scratch/strange.json" -o "$scratch/strange" >>"$scratch/out" 2>>"$scratch/err" &&
	"$irqlat" report "$scratch/strange-hops.json" -o "$scratch/hops" >>"$scratch/out" 2>>"$scratch/err" &&
	[ ! -s "$scratch/err" ]
result $? 'reports of six results, of one, of one under load, and of a trace' "$(cat "$scratch/err")"
page=$scratch/trace/index.html
for words in 'A <b>chain</b> begins' '<th>softirq_wait</th><td>The softirq that the handler raised waits' \
	'<th>to user space, disk irq 36</th><td>total</td>' '<th>interrupts</th>\|class="number">interrupts</th>' \
	'data-label="others">0</td>' '<figcaption>Interrupt to user space or task: all interrupts'; do
	grep -q "$words" "$page"
	result $? "the page of a trace has /$words/" "$(grep -n 'disk' "$page" | head -3 | cut -c1-200)"
done
for words in 'raised to' '<b>raised' '<h2>Claims' 'claim ' 'SGI' 'timerfd' 'trace-user' 'PREEMPT_RT</th><td>no'; do
	sed 's/base64,[^"]*//' "$page" | grep -qi -- "$words"
	[ $? = 1 ]
	result $? "the page of a trace has no /$words/" "$(sed 's/base64,[^"]*//' "$page" | grep -i -m2 -- "$words" | cut -c1-200)"
done
p99=$(jq '.results[] | select(.stage == "total").p99_ns' "$scratch/noisy.json")
grep -q "<td>total</td>.*data-label=\"p99\">$(awk -v ns="$p99" 'BEGIN { printf "%.3f", ns / 1000 }')<" "$page"
result $? 'the page of a trace has the percentiles of the JSON' "$p99: $(grep '<td>total' "$page")"
page=$scratch/late/index.html
for words in '<h2>Who made them late</h2>' '<tr><th>i2c_geni, irq 85</th><td>20 chains. The longest: 5004.00 µs at 0.361000 s' \
	'<li>90 %: rcuop/6 held the CPU, in &quot;queue&quot;; 84 % of their time</li>' \
	'<td class="number" data-label="woke">reader:42</td>'; do
	grep -q "$words" "$page"
	result $? "the page of what is explained has /$words/" "$(grep -n 'i2c' "$page" | head -3 | cut -c1-300)"
done
sed -n 's/.*download="late-chains.json" href="data:application\/json;base64,\([^"]*\)".*/\1/p' "$page" | base64 -d >"$scratch/events"
n=$(python3 tests/cli/perfetto-check.py "$scratch/events" "$scratch/late.jsonl" 2>"$scratch/why")
[ "$n" = 20 ]
result $? 'and its chains as events for a viewer' "$(tail -n 1 "$scratch/why")"
page=$scratch/hops/index.html
for words in ' from CPU 0 through napi/eth0-12:70, server:71 to reader:42 on CPU 0: hog:54 held the CPU' \
	'hog:54 held the CPU, in hop_queue<br><span class="dim">through y&quot;&lt;i&gt;:70 on CPU 1: woken in 2.00 µs, waited 2.00 µs, ran 4.00 µs</span><br>' \
	'<span class="dim">through server:71 on CPU 2: woken in 2.00 µs, waited 2990.00 µs, ran 999.00 µs</span></td>'; do
	grep -q "$words" "$page"
	result $? "the page of chains through tasks has /$words/" "$(grep -n 'through' "$page" | head -3 | cut -c1-300)"
done
! grep -q 'through' "$scratch/late/index.html"
result $? 'the page of chains that go through no other task names none'
! grep -q 'Who made them late' "$scratch/trace/index.html"
result $? 'the page of a trace that is not explained has no such section'
grep -q '&lt;b&gt;?\[2J' "$scratch/strange/index.html" && ! grep -q 'x"<i>' "$scratch/strange/index.html"
result $? 'what the file says is no markup' "$(grep -n '2J' "$scratch/strange/index.html" | cut -c1-200)"
page=$scratch/load/index.html
grep -q '<th class="number">no load</th><th class="number">load cpu,io,irq,net</th>' "$page" &&
	[ "$(grep -c 'class="facts"' "$page")" = 1 ] && [ "$(grep -c 'a download=' "$page")" = 1 ] &&
	grep -q '<figcaption>Over the time of the run: load cpu,io,irq,net: read</figcaption>' "$page"
result $? 'loads are side by side on the page, with one system and one file' "$(grep -n 'no load' "$page" | cut -c1-200)"
missing=
for figure in overview-total instructions-overview-total instructions-stages-total \
	instructions-histogram-total-mmap-spin instructions-percentiles-handler_to_user-epoll \
	histogram-total-read percentiles-total-read heat-total-blocks-a-read cpus-total-cpus-read; do
	[ -s "$scratch/many/$figure.svg" ] && [ -s "$scratch/many/$figure.png" ] || missing+=" $figure"
done
[ -z "$missing" ]
result $? 'every kind of figure is drawn, as SVG and as PNG' "missing:$missing; $(ls "$scratch/many")"
# Ways whose CPU time is known have a figure; files of older versions have none.
jq -c '.results |= map(.wait_ns = 1000000 | .cpu_ns = (.way | length) * 50000)' $good/ways.json >"$scratch/costs.json"
"$irqlat" report "$scratch/costs.json" -o "$scratch/costs" >"$scratch/out" 2>&1 &&
	[ -s "$scratch/costs/tradeoff-total.svg" ] && [ -s "$scratch/costs/tradeoff-total.png" ] &&
	grep -q '<h2>Latency against CPU time</h2>' "$scratch/costs/index.html" &&
	! grep -q 'Latency against CPU time' "$scratch/load/index.html"
result $? 'latency against CPU time, where that is known' "$(cat "$scratch/out"; ls "$scratch/costs")"
grep -q '<b>SGI ULI: ~3 us</b>.*Source: M. Raymond' "$scratch/many/index.html"
result $? 'claims are there with their source'
name=$(grep -c 'id="' "$scratch/many/index.html")
twice=$(grep -o ' id=["'"'"'][^"'"'"']*' "$scratch/many/index.html" | sort | uniq -d)
[ "$name" -gt 0 ] && [ -z "$twice" ]
result $? 'no id is there twice' "$twice"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$browser" ]; then
	skip 'the page in a browser' 'chromium is not installed'
	tap_end
fi

# A window is not narrower than 500 pixels, a frame is: --dump-dom prints what the
# probes in the frames say.
frames()
{
	local name width
	echo '<!DOCTYPE html><body><script>
		addEventListener("message", event => {
			const result = document.createElement("pre");
			result.textContent = "probe " + JSON.stringify(event.data);
			document.body.append(result);
		});</script>'
	for name; do
		for width in 1280 400; do
			echo "<iframe src='probed-$name.html' style='border:0;width:${width}px;height:1000px'></iframe>"
		done
	done
}

# browse light|dark PAGE...: what the probe found, one object for each page and
# width; the console's errors go to $scratch/console. Starting the browser is what
# takes time: all pages in one.
browse()
{
	local scheme=1 name
	[ "$1" = light ] || scheme=0
	shift
	for name; do
		{
			# Scripts only where the probe is the only one.
			sed "s/style-src 'unsafe-inline'/script-src 'unsafe-inline'; &/; /<style>/,\$d" \
				"$scratch/$name/index.html"
			echo '<script>'
			cat tests/cli/report-probe.js
			echo '</script>'
			sed -n '/<style>/,$p' "$scratch/$name/index.html"
		} >"$scratch/probed-$name.html"
	done
	frames "$@" >"$scratch/frames.html"
	timeout 100 "$browser" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$scratch/profile" \
		--enable-logging=stderr --blink-settings=preferredColorScheme=$scheme \
		--window-size=1800,1200 --dump-dom "file://$scratch/frames.html" >"$scratch/dom" 2>"$scratch/browser.err"
	grep 'CONSOLE' "$scratch/browser.err" >"$scratch/console"
	grep -o '<pre>probe {[^<]*}</pre>' "$scratch/dom" |
		sed 's/^<pre>probe //; s/<.pre>$//; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}

for look in light dark; do
	browse $look many one load trace strange hops >"$scratch/found"
	for page in many one load trace strange hops; do
		for width in 1280 400; do
			jq -se --argjson width $width --arg look $look --arg page "probed-$page.html" \
				'.[] | select(.width == $width and .page == $page) | .faults == []
				and .dark == ($look == "dark") and .figures > 3 and .texts > 30' "$scratch/found" >/dev/null
			result $? "$page, $look, $width pixels: no label over another, cut, small or faint; nothing requested" \
				"$(head -c 3000 "$scratch/found"; tail -3 "$scratch/browser.err")"
		done
	done
	[ ! -s "$scratch/console" ]
	result $? "$look: no error on the console" "$(cat "$scratch/console")"
done

# One page with every fault: each is seen.
mkdir "$scratch/bad"
sed 's/<text>/<text x="0" y="0">/; s/font-size="13.00"/font-size="40"/; s/µs<\/text>/µs...<\/text>/; s/--ink: #1d2329/--ink: #f0f0f0/
	s/<main>/<main><img src="http:\/\/localhost:9\/x.png"><p style="width:900px;max-width:none">x<\/p><div class="scroll"><table style="width:900px"><tr><td>x<\/table><\/div>/' \
	"$scratch/one/index.html" >"$scratch/bad/index.html"
browse light bad >"$scratch/found"
for fault in overlap cut shortened faint request 'scrolls sideways' table; do
	jq -se --arg fault "$fault: " '.[] | select(.width == 400) | .faults | map(select(startswith($fault))) | length > 0' "$scratch/found" >/dev/null
	result $? "a page with the fault \"$fault\" would be seen" "$(head -c 1000 "$scratch/found")"
done
grep -q 'violates the following Content Security Policy' "$scratch/console"
result $? 'and an error on the console' "$(cat "$scratch/console")"
tap_end
