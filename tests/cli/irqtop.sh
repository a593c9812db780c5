#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqtop without its screen, on copied trees and on the running kernel: every
# trap that other programs fell into. TAP. Needs jq; promtool is used if there.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqtop="${IRQTOP:-build/bin/irqtop} --no-config"
hostile=tests/fixtures/irqtop/hostile
. tests/tap.sh

at_exit()
{
	# shellcheck disable=SC2046 # a list
	kill $(jobs -p) 2>/dev/null
}

# interrupts TREE: standard input becomes its proc/interrupts, at once
interrupts()
{
	mkdir -p "$scratch/$1/proc"
	cat >"$scratch/$1/new"
	mv "$scratch/$1/new" "$scratch/$1/proc/interrupts"
}

# sampled FILE: waits until a recorder wrote one more sample to it
declare -A recorded=()
sampled()
{
	local file=$1
	wait_for '[ "$(stat -c %s "$file" 2>/dev/null || echo 0)" -gt "${recorded[$file]:-8}" ]'
	# shellcheck disable=SC2034 # used by the condition
	recorded[$file]=$(stat -c %s "$file")
}

# feed TREE RECORDING: standard input is what the next sample of the tree reads. Its
# proc/interrupts is a pipe, so that no clock decides what a sample sees.
feed()
{
	timeout 20 cat >"$scratch/$1/proc/interrupts"
	sampled "$2"
}

# between TREE COLUMNS: two samples of a tree, the second is standard input; prints
# "irq value..." lines without the first column's blanks
between()
{
	local tree=$scratch/$1 pid
	mv "$tree/proc/interrupts" "$tree/before"
	mkfifo "$tree/proc/interrupts"
	rm -f "$scratch/between.rec"
	$irqtop --root "$tree" --csv -n 1 -d 0.05 -s irq -c "$2" ${3:-} \
		--record "$scratch/between.rec" >"$scratch/between" </dev/null &
	pid=$!
	feed "$1" "$scratch/between.rec" <"$tree/before"
	cat >"$tree/new"
	feed "$1" "$scratch/between.rec" <"$tree/new"
	wait $pid
	mv "$tree/new" "$tree/proc/interrupts"
	sed 1d "$scratch/between" | tr -d '"\r' | cut -d, -f3- | tr '\n' ' '
}

# --- rows and CPUs that come and go -------------------------------------------

interrupts t <<'END'
           CPU0       CPU1       
 24:      10300          0   IO-APIC   1-edge      gone
 26:          0          0   IO-APIC   2-edge      stays
LOC:       1000       1000   Local timer interrupts
END
got=$(between t irq,delta <<'END'
           CPU0       CPU1       
 26:          4          0   IO-APIC   2-edge      stays
LOC:       1003       1003   Local timer interrupts
END
)
is 'an unplugged row leaves the others their own deltas' "$got" '26,4 LOC,6 '

got=$(between t irq,delta <<'END'
           CPU0       CPU1       
 24:        777          0   IO-APIC   1-edge      new
 26:          9          0   IO-APIC   2-edge      stays
LOC:       1004       1003   Local timer interrupts
END
)
is 'a plugged row has no delta yet' "$got" '24, 26,5 LOC,1 '

got=$(between t irq,delta <<'END'
           CPU0       CPU1       
 24:       9999          0   IO-APIC   1-edge      other device
 26:         10          0   IO-APIC   2-edge      stays
LOC:       1005       1003   Local timer interrupts
END
)
is 'the same number with another name is another row' "$got" '24, 26,1 LOC,1 '

got=$(between t irq,delta <<'END'
           CPU0       CPU1       CPU2       
 24:       9999          0    1000000   IO-APIC   1-edge      other device
 26:         12          0          7   IO-APIC   2-edge      stays
LOC:       1006       1003       9000   Local timer interrupts
END
)
is 'a CPU that comes online adds nothing it had before' "$got" '24,0 26,2 LOC,1 '

got=$(between t irq,delta,total <<'END'
           CPU0       CPU2       
 24:       9999    1000005   IO-APIC   1-edge      other device
 26:         13          8   IO-APIC   2-edge      stays
LOC:       1007       9001   Local timer interrupts
END
)
is 'a CPU that goes offline takes nothing along' "$got" \
	'24,5,1010004 26,2,21 LOC,2,10008 '

is 'CPU 2 is CPU 2 when CPU 1 is offline' \
	"$($irqtop --root "$scratch/t" --once -C 2 --csv -c irq,total | sed 1d | cut -d, -f3- | tr '\r\n"' '   ')" \
	' 24 ,1000005   26 ,8   LOC ,9001  '
mkdir -p "$scratch/t/sys/devices/system/cpu"
echo 0-3 >"$scratch/t/sys/devices/system/cpu/possible"
is 'CPU 1 counts nothing then' \
	"$($irqtop --root "$scratch/t" --once -C 1 --csv -c irq,total | sed 1d)" ''
refused 'a CPU that nobody has is an error' 'filter cpu:77: no such CPU' \
	$irqtop --root "$scratch/t" -C 77 -b -n 1 -d 0.05

# --- counters -------------------------------------------------------------------

interrupts t <<'END'
           CPU0       CPU1       
LOC: 4294967290          5   Local timer interrupts
RES: 3000000000          5   Rescheduling interrupts
END
got=$(between t irq,delta <<'END'
           CPU0       CPU1       
LOC:          4          6   Local timer interrupts
RES:          0          6   Rescheduling interrupts
END
)
is 'a wrapped counter counts on, one that was reset is left out' "$got" 'LOC,11 RES,1 '

status 'the first report has rates, of the time that passed' 0 \
	$irqtop --json -n 1 -d 0.3 -f LOC
is 'the interval is measured' \
	"$(jq -r 'select(.irq == "LOC") | .interval_s > 0.29 and .interval_s < 3 and
		(.rate_hz * .interval_s - .delta | fabs) < 0.01' "$scratch/out")" true

interrupts arm <<'END'
           CPU0       CPU1       
 11:  123456789 1234567890     GICv3  30 Level     arch_timer
IPI0:1234567890         12       Rescheduling interrupts
IPI1:         0          3       Function call interrupts
END
is 'arm64: a label that touches its counter' \
	"$($irqtop --root "$scratch/arm" --once --csv -c irq,total,chip,hwirq,trigger,name |
		sed 1d | cut -d, -f3- | tr -d '"\r' | tr '\n' ' ')" \
	'11,1358024679,GICv3,30,Level,arch_timer IPI0,1234567902,,,,Rescheduling interrupts IPI1,3,,,,Function call interrupts '

interrupts peers <<'END'
           CPU0       CPU1       CPU2       
 24:          0          0 2147483653   PCI-MSIX-0000:00:01.0    6-edge      nvme0-qpair6
 25:          5          0          0   PCI-MSIX-0000:00:01.0   60-edge      nvme0-qpair60
 26:          1          1          0   IR-PCI-MSI 327680-edge      PCIe PME, aerdrv, pciehp
 27:          0          0          0   IO-APIC   9-fasteoi   acpi
END
peers="$irqtop --root $scratch/peers --once"
is 'the last CPU is not lost, nor what is beyond 2^31' \
	"$($peers --json --per-cpu -f qpair6 | jq -c 'select(.irq == "24") | [.total, .per_cpu]')" \
	'[2147483653,{"2":{"delta":null,"total":2147483653}}]'
is 'names alike in their first 15 characters stay apart' \
	"$($peers --csv -f qpair60 -c irq,name | sed 1d | tr -d '\r' | cut -d, -f3-)" '"25","nvme0-qpair60"'
is 'a name with blanks and commas is one name' \
	"$($peers --csv -f aerdrv -c chip,hwirq,trigger,name | sed 1d | tr -d '\r' | cut -d, -f3-)" \
	'"IR-PCI-MSI","327680","edge","PCIe PME, aerdrv, pciehp"'
is 'OpenMetrics: per CPU, without those that never took it' \
	"$($irqtop --root "$scratch/peers" --openmetrics --per-cpu | grep -c '^irqtop_interrupts_total{')" 4
is 'OpenMetrics: a filter keeps the rest out' \
	"$($irqtop --root "$scratch/peers" --openmetrics -f '/qpair6$/' | grep -c '^irqtop_interrupts_total{')" 1
is 'a search by number or by name' \
	"$($peers -f 25 -c irq | sed 1,2d | tr -d ' ')$($peers -f acpi -c irq | sed 1,2d | tr -d ' ')" 2527

interrupts long <<END
           CPU0       CPU1       
 24:          1          0   IO-APIC   1-edge      $(printf 'x%.0s' $(seq 2000))-tail
END
is 'a long name is found by its end' \
	"$($irqtop --root "$scratch/long" --once -c irq -f tail -f '/x-tail$/' | sed 1,2d | tr -d ' ')" 24

mkdir -p "$scratch/peers/sys/bus/pci/devices/0000:00:01.0/msi_irqs"
: >"$scratch/peers/sys/bus/pci/devices/0000:00:01.0/msi_irqs/25"
ln -s ../../../drivers/nvme "$scratch/peers/sys/bus/pci/devices/0000:00:01.0/driver"
is 'a search by driver and by device' \
	"$(for word in /nvme$/ 00:01.0\ nvme; do $peers --csv -f "$word" -c irq | sed 1d | cut -d, -f3; done | tr -d '\r\n')" \
	'"25""24""25"'

# --- options that others have ----------------------------------------------------

is 'util-linux: columns, threshold and JSON by its names' \
	"$($peers -J -o IRQ,TOTAL --threshold 4 | jq -c '[.irq, .total]' | tr '\n' ' ')" \
	'["24",2147483653] ["25",5] '
is 'util-linux: a copied file' "$($irqtop --input "$scratch/peers/proc/interrupts" -o irq,total | sed 1,2d | xargs)" \
	'24 2147483653 25 5 26 2 27 0'
refused 'util-linux: what is not here names what is' '--csv and --json' $irqtop -P
refused 'a copied file that is not there' 'none: No such file' $irqtop --input "$scratch/none"
refused 'a config file that is not there' 'none: No such file' ${irqtop% *} --config "$scratch/none" --once

# --- standard input, output, signals ---------------------------------------------

status '--batch with /dev/null as standard input' 0 $irqtop -b -n 1 -d 0.05 </dev/null
status '--batch with standard input closed' 0 $irqtop -b -n 1 -d 0.05 <&-
echo q | $irqtop -b -n 2 -d 0.05 >"$scratch/out"
is 'standard input is not read' "$(grep -c '^#' "$scratch/out")" 2
: | $irqtop -b -n 2 -d 0.3 >"$scratch/out"
is 'its end is no busy loop' "$(awk '/^#/ && $4 < 0.25' "$scratch/out")$(grep -c '^#' "$scratch/out")" 2
status 'a full disk is an error' 1 bash -c "$irqtop --once >/dev/full"
is 'and it is told' "$(cat "$scratch/err")" \
	'irqtop: standard output: No space left on device'
# Its first sample fits, later ones do not.
(trap '' XFSZ; ulimit -f 6; exec $irqtop -q -n 1000 -d 0.05 --record "$scratch/cut.rec") 2>"$scratch/err"
is 'a recording that has no room is named' "$? $(cat "$scratch/err")" \
	"1 irqtop: $scratch/cut.rec: File too large"
rm -f "$scratch/cut.rec"
bash -c "$irqtop -b -d 0.05 | head -1 >/dev/null; echo \${PIPESTATUS[0]}" >"$scratch/out" 2>&1
is 'a reader that leaves ends it in silence' "$(cat "$scratch/out")" 141
# bash cannot un-ignore SIGPIPE, so this child writes and gets EPIPE
bash -c "trap '' PIPE; $irqtop -b -d 0.05 | head -1 >/dev/null; echo \${PIPESTATUS[0]}" >"$scratch/out" 2>&1
is 'also where SIGPIPE is ignored' "$(cat "$scratch/out")" 0

# In a process group of its own: SIGTSTP does not stop an orphaned one.
set -m
$irqtop -b -n 3 -d 0.4 -f LOC >"$scratch/out" &
set +m
pid=$!
wait_for 'grep -q "^#" "$scratch/out"'
kill -TSTP $pid
wait_for '[ "$(sed "s/.*) //" /proc/$pid/stat | cut -c1)" = T ]'
result $? 'SIGTSTP stops it'
sleep 1 # two intervals pass, and half of the third
kill -CONT $pid
wait $pid
is 'SIGCONT goes on where it was' "$(grep -c '^#' "$scratch/out")" 3
is 'without a burst' "$(awk '/^#/ && $4 < 0.35' "$scratch/out")" ''

# --- formats ----------------------------------------------------------------------

status 'JSON: every line of every sample parses' 0 bash -c \
	"$irqtop --root $hostile --json -n 2 -d 0.05 | jq -e -s 'length == 24' "
$irqtop --root $hostile --json --once -c irq,name -f IO-APIC >"$scratch/out"
is 'JSON: text survives where it can' \
	"$(jq -r 'select(.irq == "24" or .irq == "26") | .name' "$scratch/out" | head -2)" \
	"$(printf 'quote"back\\slash\numläut ☃ \342\200\256ltr')"
is 'JSON: control characters are escaped' "$(grep -c '\\u001b\[31mred\\u0007bell\\u0009tab' "$scratch/out")" 1
is 'JSON: valid UTF-8' "$(iconv -f UTF-8 -t UTF-8 "$scratch/out" >/dev/null 2>&1; echo $?)" 0
is 'JSON: a long name is whole' "$(jq -r 'select(.irq == "29") | .name | length' "$scratch/out")" 3000
status 'JSON: per CPU' 0 bash -c "$irqtop --json --once --per-cpu |
	jq -e -s 'map(select(.irq == \"LOC\"))[0] | .total == ([.per_cpu[].total] | add)'"

for mode in --batch --once --csv --openmetrics --json; do
	$irqtop --root $hostile $mode -n 1 -d 0.05 >"$scratch/out"
	is "$mode: no control character reaches the terminal" \
		"$(tr -d '\n\r' <"$scratch/out" | LC_ALL=C grep -c '[[:cntrl:]]')" 0
done

$irqtop --root $hostile --csv --once >"$scratch/csv"
status 'CSV: a reader finds one width in every line' 0 python3 -c "
import csv
rows = list(csv.reader(open('$scratch/csv', newline='', encoding='utf-8')))
assert len(rows) == 13 and len({len(row) for row in rows}) == 1, rows
assert [row[-1] for row in rows if row[3] == '24'] == ['quote\"back\\\\slash']
assert [row[-1] for row in rows if row[3] == '28'][0].startswith(\"'=\")"

if tests/prometheus promtool --version >/dev/null 2>&1; then
	$irqtop --root $hostile --openmetrics >"$scratch/metrics"
	status 'OpenMetrics: promtool accepts hostile names' 0 tests/prometheus promtool check metrics <"$scratch/metrics"
	is 'OpenMetrics: without a word' "$(cat "$scratch/out" "$scratch/err")" ''
	$irqtop --openmetrics --per-cpu -c total,spurious,node,thread_cpu >"$scratch/metrics"
	status 'OpenMetrics: promtool accepts the running system' 0 tests/prometheus promtool check metrics <"$scratch/metrics"
	is 'OpenMetrics: without a word' "$(cat "$scratch/out" "$scratch/err")" ''
else
	skip 'OpenMetrics: promtool accepts hostile names' 'no promtool, and none to be had from Debian (package prometheus)'
fi
status 'OpenMetrics: a column without a metric is an error' 1 $irqtop --openmetrics -c total,rate
is 'OpenMetrics: and is named' "$(cat "$scratch/err")" 'irqtop: --columns: "rate_hz" is no metric (--help-columns)'
is 'OpenMetrics: ends as it must' "$($irqtop --openmetrics | tail -1)" '# EOF'
is 'OpenMetrics: what never fired is left out' "$($irqtop --openmetrics | grep -c ' 0$')" 0
is 'OpenMetrics: strict names the family without _total' \
	"$($irqtop --openmetrics=strict | sed -n 2p)" '# TYPE irqtop_interrupts counter'

# strict_names: the interrupts' names as a parser of OpenMetrics 1.0 reads them
strict_names()
{
	/usr/bin/python3 -c '
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for name in sorted({s.labels["name"] for f in text_string_to_metric_families(sys.stdin.read())
		    for s in f.samples if s.labels.get("name")}):
	print(name)'
}

# json_names: the same as JSON tells them, but for what a terminal would obey
json_names()
{
	/usr/bin/python3 -c '
import json, sys, unicodedata
for name in sorted({"".join("?" if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c
			    for c in row["name"])
		    for row in map(json.loads, sys.stdin) if row["name"] and row["total"]}):
	print(name)'
}
is 'OpenMetrics: a strict parser reads the names that JSON has' \
	"$($irqtop --root $hostile --openmetrics=strict | strict_names)" \
	"$($irqtop --root $hostile --json --once | json_names)"
$irqtop --openmetrics=strict --per-cpu -c total,spurious,node,thread_cpu | strict_names >/dev/null
is 'OpenMetrics: and the running system' "$?" 0
$irqtop --openmetrics | strict_names >/dev/null 2>&1
is 'OpenMetrics: but not what is not strict' "$?" 1

# listening ADDRESS OPTION...: starts a server on a port that is free; sets $pid, and
# $url once it can be reached
listening()
{
	rm -f "$scratch/where"
	$irqtop --listen "$@" >"$scratch/where" 2>"$scratch/err" &
	pid=$!
	wait_for '[ -s "$scratch/where" ]'
	url=$(sed -n '1s/^listening on //p' "$scratch/where")
}

# code ARGUMENT...: the HTTP status that curl gets
code()
{
	curl -s -m 10 -o /dev/null -w '%{http_code}' "$@"
}

listening 127.0.0.1:0 --root $hostile
curl -s "$url" >"$scratch/out"
is 'listen: serves metrics' "$(tail -1 "$scratch/out")" '# EOF'
is 'listen: strict text to who asks for it' \
	"$(curl -sD- -H 'Accept: application/openmetrics-text;version=1.0.0' "$url" |
		grep -c -e '^Content-Type: application/openmetrics-text' -e 'TYPE irqtop_interrupts counter')" 2
is 'listen: HEAD is GET without the text' \
	"$(curl -sI "$url" | tr -d '\r' | awk 'NR == 1 { print $2 } /^Content-Length/ { print $2 }' | xargs)" \
	"200 $(stat -c %s "$scratch/out")"
is 'listen: nothing else' "$(code "${url%metrics}x")" 404
is 'listen: a query is no other path' "$(code "$url?x=1")" 200
is 'listen: no other method' "$(code -d x=1 "$url") $(code -X DELETE "$url")" '405 405'
is 'listen: and says which' "$(curl -s -X PUT -D- "$url" | tr -d '\r' | grep ^Allow)" 'Allow: GET, HEAD'
port=${url##*:} port=${port%/*}
exec 3<>"/dev/tcp/127.0.0.1/$port" # a client that says nothing
exec 4<>"/dev/tcp/127.0.0.1/$port" # one that does not end
printf 'GET /metrics HTTP/1.1\r\nX-Slow: ' >&4
exec 5<>"/dev/tcp/127.0.0.1/$port" # and one that talks nonsense
head -c 10000 /dev/urandom 2>/dev/null >&5
is 'listen: silent, slow and mad clients hold up nobody' \
	"$(curl -s -m 5 "$url" | tail -1)" '# EOF'
status 'listen: a port that is taken' 1 $irqtop --listen "127.0.0.1:$port"
kill $pid
wait $pid
is 'listen: a signal ends it, whoever is connected' $? 0
exec 3>&- 4>&- 5>&-

# A library that cannot be loaded stands for one that is not installed.
mkdir "$scratch/broken"
: >"$scratch/broken/libmicrohttpd.so.12"
is 'listen: without libmicrohttpd it says which package has it' \
	"$(LD_LIBRARY_PATH=$scratch/broken $irqtop --listen :0 --root $hostile 2>&1 | cut -d: -f1,2,4-; echo "${PIPESTATUS[0]}")" \
	"irqtop: --listen: file too short; Debian's package is libmicrohttpd12
1"
is 'and nothing else needs it' \
	"$(LD_LIBRARY_PATH=$scratch/broken $irqtop --once --root $hostile 2>&1 | tail -n +2)" \
	"$($irqtop --once --root $hostile | tail -n +2)"

# bound: the address that the server's socket has in /proc/net
bound()
{
	local port=${url##*:}
	cat /proc/net/tcp /proc/net/tcp6 | awk -v "port=:$(printf %04X "${port%/*}")" \
		'$4 == "0A" && $2 ~ port "$" { sub(":.*", "", $2); print $2 }'
}

v6=
! grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null || v6=' 00000000000000000000000001000000'
for address in :0 localhost:0; do
	listening $address --root $hostile
	is "listen: $address is this machine only, by both versions" "$(bound | xargs)" "0100007F$v6"
	for host in 127.0.0.1 ${v6:+'[::1]'}; do
		is "listen: $address serves $host" \
			"$(curl -s -g "${url/127.0.0.1/$host}" | tail -1)" '# EOF'
	done
	is "listen: $address prints each address" "$(grep -c '^listening on ' "$scratch/where")" \
		"$((1 + ${#v6} / 33))"
	kill $pid
done
listening 0.0.0.0:0 --root $hostile
is 'listen: every address when it is asked for' "$(bound)" 00000000
kill $pid
if grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null; then
	listening '[::1]:0' --root $hostile
	is 'listen: IPv6' "$(curl -s -g "$url" | tail -1)" '# EOF'
	kill $pid
else
	skip 'listen: IPv6' 'no address ::1'
fi
wait 2>/dev/null

# A real server, which asks for OpenMetrics by itself.
if tests/prometheus prometheus --version >/dev/null 2>&1; then
	listening 127.0.0.1:0 --root $hostile
	target=${url#http://}
	cat >"$scratch/prometheus.yml" <<-END
	global: { scrape_interval: 1s }
	scrape_configs: [ { job_name: irqtop, static_configs: [ { targets: ['${target%/metrics}'] } ] } ]
	END
	port=$((20000 + $$ % 20000))
	tests/prometheus prometheus --config.file="$scratch/prometheus.yml" --log.level=error \
		--storage.tsdb.path="$scratch/tsdb" --web.listen-address=127.0.0.1:$port 2>"$scratch/server" &
	wait_for 'curl -s "http://127.0.0.1:$port/api/v1/query?query=irqtop_interrupts_total" >"$scratch/out" &&
		jq -e ".data.result | length > 0" "$scratch/out" >/dev/null 2>&1'
	kill $pid $!
	wait 2>/dev/null
	is 'listen: a Prometheus server has every name as we meant it' \
		"$(jq -r '.data.result[].metric.name // empty' "$scratch/out" | LC_ALL=C sort -u)" \
		"$($irqtop --root $hostile --json --once | json_names | LC_ALL=C sort -u)"
else
	skip 'listen: a Prometheus server has every name as we meant it' 'no prometheus, and none to be had from Debian'
fi

# --- recordings and differences ------------------------------------------------------

$irqtop --json -n 5 -d 0.1 -s irq --record "$scratch/rec" >"$scratch/live"
$irqtop --json -s irq --replay "$scratch/rec" >"$scratch/out"
is 'a replay says what the recorder said' "$(cmp "$scratch/live" "$scratch/out" && echo same)" same
tests/fixtures/irqtop/generate "$scratch/nodes" --cpus 16 --rows 40 --nodes 4
$irqtop --root "$scratch/nodes" -q -n 2 -d 0.05 --record "$scratch/nodes.rec"
$irqtop --replay "$scratch/nodes.rec" --csv --node 2 -c irq,total | cut -d, -f3- >"$scratch/out"
is 'a recording knows where CPUs are' \
	"$(sort -u "$scratch/out")" \
	"$($irqtop --root "$scratch/nodes" --once --csv -C 8-11 -c irq,total | cut -d, -f3- | sort -u)"
is 'and which are not' "$($irqtop --replay "$scratch/nodes.rec" --once --node 4 2>&1)" \
	'irqtop: filter node:4: no such node'
head -c -5 "$scratch/rec" >"$scratch/cut"
$irqtop --json -s irq --replay "$scratch/cut" >"$scratch/out"
is 'a torn recording ends one sample earlier' \
	"$(jq -s 'map(.time) | unique | length' "$scratch/out")" 4
# Rows and CPUs that come and go, a name that changes, a wrap, a reset.
mkdir -p "$scratch/hot/proc"
mkfifo "$scratch/hot/proc/interrupts"
$irqtop --root "$scratch/hot" --json --per-cpu -n 3 -d 0.05 -s irq --record "$scratch/hotrec" \
	>"$scratch/live" &
for _ in 1 2; do
	feed hot "$scratch/hotrec" <<'END'
           CPU0       CPU1       
 24:        100          0   IO-APIC   1-edge      a
LOC:       1000 4294967290   Local timer interrupts
END
done
feed hot "$scratch/hotrec" <<'END'
           CPU0       CPU1       CPU5       
 24:        101          0          7   IO-APIC   1-edge      a
 30:          1          0          5   IO-APIC   3-edge      new
LOC:       1010          4         12   Local timer interrupts
END
feed hot "$scratch/hotrec" <<'END'
           CPU0       CPU5       
 30:          9         15   IO-APIC   3-edge      other
LOC:          5         13   Local timer interrupts
END
wait
is 'a recorder sees rows and CPUs come and go' \
	"$(jq -r '[.irq, .delta] | join(" ")' "$scratch/live" | tr '\n' ,)" \
	'24 0,LOC 0,24 1,30 ,LOC 20,30 ,LOC 1,'
$irqtop --json --per-cpu -s irq --replay "$scratch/hotrec" >"$scratch/out"
is 'and so does the replay' "$(cmp "$scratch/live" "$scratch/out" && echo same)" same
status 'what is no recording is told so' 1 $irqtop --replay /etc/passwd -b
is 'with its name' "$(cat "$scratch/err")" 'irqtop: /etc/passwd: not a recording of irqtop'

cat >"$scratch/a" <<'END'
           CPU0       CPU1       
 24:         10          0   IO-APIC   1-edge      x
 25:         10          0   IO-APIC   2-edge      y
END
sed 's/ 24:         10/ 24:         15/' "$scratch/a" >"$scratch/b"
is 'difference of two copies' \
	"$($irqtop --diff "$scratch/a" "$scratch/b" --csv | tr -d '"\r' | sed 1d | cut -d, -f4-6 | tr '\n' ' ')" \
	'24,,5 25,,0 '
# aged TREE UPTIME BTIME COUNT: a copied tree of that age
aged()
{
	interrupts "$1" <<-END
	           CPU0       CPU1
	 24:  $4  0   IO-APIC   1-edge      x
	END
	echo "$2 10.00" >"$scratch/$1/proc/uptime"
	printf 'cpu  1 2 3\n%s' "${3:+btime $3
}" >"$scratch/$1/proc/stat"
}
aged first 1000.00 1700000000 100
aged later 1010.50 1700000001 205
is 'copied trees with /proc/uptime have a time between them' \
	"$($irqtop --diff "$scratch/first" "$scratch/later" --json -c delta,rate | jq -c '[.interval_s, .delta, .rate_hz]')" \
	'[10.5,105,10]'
aged booted 1020.00 1700009000 205
check 'a boot between them is said, and nothing is compared' 0 '"delta":null' 'booted at 2023-11-15T00:43:20.000Z' \
	$irqtop --diff "$scratch/first" "$scratch/booted" --json -c delta
aged younger 20.00 '' 205
check 'also where only the age tells it' 0 '"delta":null' 'shorter time' \
	$irqtop --diff "$scratch/first" "$scratch/younger" --json -c delta
rm "$scratch/later/proc/uptime"
check 'without it there is a difference and no rate' 0 '"delta":105,"rate_hz":null' '' \
	$irqtop --diff "$scratch/first" "$scratch/later" --json -c delta,rate

status 'difference of two recordings' 0 $irqtop --diff "$scratch/rec" "$scratch/rec" -b
status 'difference with one name' 1 $irqtop --diff "$scratch/rec"

# --- alerts ---------------------------------------------------------------------------

status 'an alert that holds ends with status 2' 2 $irqtop -q -d 0.1 -n 20 --alert 'LOC:rate>1 for 3'
is 'and says so' "$(grep -c '^irqtop: alert: LOC Local timer interrupts: rate_hz .*(LOC:rate>1 for 3)$' "$scratch/err")" 1
status 'one that does not, does not' 0 $irqtop -q -d 0.1 -n 4 --alert 'LOC:rate>50M'
status 'it is about the rate, not the total' 0 $irqtop --root "$scratch/arm" -q -d 0.1 -n 3 --alert 'rate>1'
status 'a command is run instead of stopping' 2 $irqtop -q -d 0.1 -n 3 --alert 'LOC:rate>1' \
	--alert-command "echo \"\$IRQTOP_IRQ \$IRQTOP_COLUMN\" >$scratch/alerted"
wait_for '[ -s "$scratch/alerted" ]'
is 'with the row in its environment' "$(cat "$scratch/alerted")" 'LOC rate_hz'
status 'nonsense is refused' 1 $irqtop -q --alert 'rate!5'

# --- handler times and latencies ----------------------------------------------------------

# instances PID: the tracing instances of a process (others may trace as well)
instances()
{
	find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 -name "irqlat-trace-$1-*" 2>/dev/null
}
if [ "$(id -u)" = 0 ] && [ -d /sys/kernel/tracing/instances ] && [ -n "$(awk -F: '$1 + 0 { print $1 }' /proc/interrupts)" ]; then
	(for _ in $(seq 40); do dd if=/dev/zero of="$scratch/x" bs=4k count=1 oflag=direct,sync; sleep 0.02; done) 2>/dev/null &
	$irqtop --json -L -n 1 -d 1 -t interrupts \
		-c irq,delta,handler_avg_ns,handler_max_ns,handler_share,task_p50_ns,task_max_ns >"$scratch/out" &
	pid=$!
	wait $pid
	is 'latency: runs' "$?" 0
	wait
	# Events are decoded a little later than counted: the last few of an interval may
	# have none yet.
	is 'latency: what happened has a time in its handler' \
		"$(jq -s '(map(select(.handler_avg_ns > 0)) | length > 0) and
			all(.handler_avg_ns == null or .handler_max_ns >= .handler_avg_ns)' "$scratch/out")" true
	is 'latency: and only that' \
		"$(jq -s '[.[] | select(.delta == 0) | .handler_avg_ns == null] | all' "$scratch/out")" true
	is 'latency: no tracing instance is left' "$(instances $pid)" ''
	for signal in INT TERM PIPE; do
		$irqtop -b -L -d 0.2 >/dev/null &
		pid=$!
		wait_for '[ -n "$(instances $pid)" ]'
		# While it is still setting it up. SIGPIPE does nothing, or comes first.
		kill -$signal $pid
		[ $signal != PIPE ] || kill -TERM $pid
		wait $pid 2>/dev/null
		is "latency: nor after SIG$signal" "$(instances $pid)" ''
	done
	listening 127.0.0.1:0 -L
	# traced: whether some handler's time is there; writes make interrupts
	traced()
	{
		dd if=/dev/zero of="$scratch/x" bs=4k count=1 oflag=direct,sync 2>/dev/null
		curl -s "$url" >"$scratch/out"
		grep -q '^irqtop_handler_seconds_sum{' "$scratch/out"
	}
	wait_for traced
	is 'listen: times in seconds' "$(awk '/^irqtop_handler_seconds_sum{/ && $NF > 0 && $NF < 1 { n++ }
		END { print (n > 0) }' "$scratch/out")" 1
	is 'listen: a strict parser finds whole histograms' \
		"$(curl -s -H 'Accept: application/openmetrics-text' "$url" | strict_names >"$scratch/why" 2>&1; echo $?)" 0
	if tests/prometheus promtool --version >/dev/null 2>&1; then
		tests/prometheus promtool check metrics <"$scratch/out" >"$scratch/why" 2>&1
		is 'listen: promtool accepts the times' "$?$(cat "$scratch/why")" 0
	else
		skip 'listen: promtool accepts the times' 'no promtool'
	fi
	kill $pid
	wait $pid
	is 'listen: ends on SIGTERM while it traces' "$?" 0
	is 'listen: and leaves no tracing instance' "$(instances $pid)" ''
else
	skip 'latency: runs' 'needs root, tracefs and a numbered interrupt'
fi
status 'latency: not of a copied tree' 1 $irqtop --root "$scratch/arm" -L --once

# --- what is read of single rows --------------------------------------------------------

interrupts facts <<'END'
           CPU0       CPU1       
 24:          1          0   IO-APIC   1-edge      a
 25:          1          0   IO-APIC   2-edge      b
 26:          1          0   IO-APIC   3-edge      c
END
for irq in 24 25 26; do
	mkdir -p "$scratch/facts/proc/irq/$irq" "$scratch/facts/sys/bus/pci/devices/0000:00:0$((30 - irq)).0/msi_irqs"
	printf 'count 5\nunhandled %d\nlast_unhandled 0 ms\n' $((irq - 24)) >"$scratch/facts/proc/irq/$irq/spurious"
	touch "$scratch/facts/sys/bus/pci/devices/0000:00:0$((30 - irq)).0/msi_irqs/$irq"
done
facts="$irqtop --root $scratch/facts"
is 'rows are sorted by what is read of them' \
	"$($facts --once -s spurious -c irq | sed 1,2d | tr -d ' ' | tr '\n' ' ')" '26 25 24 '
is 'also when only some are shown' \
	"$($facts --once -s spurious --rows 1 -c irq,spurious | sed 1,2d | tr -s ' ')" ' 26 2'
is 'and by their devices' \
	"$($facts --once -s device -c irq | sed 1,2d | tr -d ' ' | tr '\n' ' ')" '26 25 24 '
is 'a single sample has them, too' \
	"$($facts --once -c irq,spurious,device --rows 2 | sed 1,2d | tr -s ' ')" \
	' 24 0 0000:00:06.0
 25 1 0000:00:05.0'
is 'and words of a filter find its devices' \
	"$($facts --once -c irq -f 0000:00:05 | sed 1,2d | tr -d ' ')" 25
status 'an alert is about rows that are not shown, too' 2 $facts -b --rows 1 -s irq -n 2 -d 0.05 \
	--alert 'spurious>1'
status 'and needs no output' 2 $facts -q -n 2 -d 0.05 --alert 'spurious>1'
status 'nor a second sample where the first tells' 2 $facts --once --alert 'spurious>1'
status 'of what is read, or counted' 2 $facts --once --alert 'total>0'

# --- options and configuration -----------------------------------------------------------

status 'an unknown column' 1 $irqtop --once -c nonsense
status 'a port that is none' 1 timeout 5 $irqtop --listen 127.0.0.1:99999
status 'an unknown option' 1 $irqtop --nonsense
status 'a bad regular expression' 1 $irqtop --once -f '/(/'
status 'a file that is no table' 1 $irqtop --root /sys --once
mkdir -p "$scratch/xdg/irqtop"
printf 'sort = total\ncolumns = irq,total # two\nrubbish\nreverse = maybe\n' >"$scratch/xdg/irqtop/config"
${IRQTOP:-build/bin/irqtop} --config "$scratch/xdg/irqtop/config" --once -s irq --rows 1 >"$scratch/out" 2>"$scratch/err"
is 'a config file that is named is read' "$(sed -n 2p "$scratch/out" | tr -s ' ')" ' IRQ TOTAL'
is 'and bad lines are told, with their numbers' "$(tr '\n' ' ' <"$scratch/err")" \
	"irqtop: $scratch/xdg/irqtop/config:3: not understood, ignored irqtop: $scratch/xdg/irqtop/config:4: \"maybe\" is neither yes nor no, ignored "
XDG_CONFIG_HOME=$scratch/xdg ${IRQTOP:-build/bin/irqtop} --once --csv --rows 1 >"$scratch/out" 2>"$scratch/err"
is "what programs read does not depend on somebody's settings" "$(head -1 "$scratch/out" | tr -d '\r')$(cat "$scratch/err")" \
	'time,interval_s,table,irq,rate_hz,delta,total,share,max_hz,chip,hwirq,trigger,sum,name'
is 'filters join' "$($irqtop --root $hostile --once -f IO-APIC -f '/quote|bad/' -c irq | sed 1,2d | tr -d ' \n')" 2427
is 'softirqs only' "$($irqtop --once -S --csv -c table | sed 1d | cut -d, -f3 | sort -u | tr -d '\r')" '"softirqs"'

# --- papers ----------------------------------------------------------------------------------

options=$($irqtop --help | grep -oE -e '--[a-z-]+' | sort -u)
for paper in irqtop/irqtop.1 irqtop/completion/_irqtop; do
	missing=
	for option in $options; do
		sed 's/Fl -\([a-z]\)/--\1/g; s/\\-/-/g' $paper | grep -qe "$option\\b" || missing="$missing $option"
	done
	is "$paper has every option" "$missing" ''
done
is 'the man page is sound' "$(mandoc -T lint -W warning irqtop/irqtop.1 2>&1)" ''
is 'bash completes an option' "$(PATH=$PWD/build/bin:$PATH bash -c '. irqtop/completion/irqtop.bash
	COMP_WORDS=(irqtop --op) COMP_CWORD=1; _irqtop; echo "${COMPREPLY[@]}"')" '--openmetrics'
is 'and the last column of a list' "$(PATH=$PWD/build/bin:$PATH bash -c '. irqtop/completion/irqtop.bash
	COMP_WORDS=(irqtop -c irq,read_p9) COMP_CWORD=2; _irqtop; echo "${COMPREPLY[@]}"')" 'irq,read_p99_ns'

tap_end
