#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What irqtop exports, as a monitoring system sees it: counters that never fall, the same
# labels whatever the options, times that can be added up. TAP. Needs jq, curl; promtool
# is used if there.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqtop="${IRQTOP:-build/bin/irqtop} --no-config"
. tests/tap.sh

at_exit()
{
	# shellcheck disable=SC2046 # a list
	kill $(jobs -p) 2>/dev/null
}

tree=$scratch/tree
mkdir -p "$tree/proc"

# counts CPU0 CPU1: what the next sample reads; "-" is a CPU that is offline
counts()
{
	local head='           ' cells=
	for cpu in 0 1; do
		[ "$1" = - ] || { head+="CPU$cpu       "; cells+=" $(printf %10s "$1")"; }
		shift
	done
	printf '%s\n 10:%s     GICv3  27 Level     arch_timer\n' "$head" "$cells" >"$tree/new"
	mv "$tree/new" "$tree/proc/interrupts"
}

# serve OPTION...: starts a listener; sets $pid and $url
serve()
{
	rm -f "$scratch/where"
	$irqtop --listen 127.0.0.1:0 --root "$tree" "$@" >"$scratch/where" 2>"$scratch/err" &
	pid=$!
	wait_for '[ -s "$scratch/where" ]'
	url=$(sed -n '1s/^listening on //p' "$scratch/where")
}

# scrape: the value of the sample of irq 10
scrape()
{
	curl -s "$url" | awk '/^irqtop_interrupts_total{irq="10"/ { print $NF }'
}

# Each step is 500 interrupts, wherever they are counted.
steps=(
	'4294967290 4000000000' # as it is found
	'5 4000000489'          # CPU 0 wraps: 11, and 489
	'505 4000000489'
	'- 4000000989'          # CPU 0 is offline, its counter stays
	'- 4000001489'
	'805 4000001689'        # and is back: 300 more, and 200
	'1305 4000001689'
)
total='' second='' percpu0='' percpu1=''
# shellcheck disable=SC2086 # two words
counts ${steps[0]}
serve
for step in "${steps[@]}"; do
	# shellcheck disable=SC2086 # two words
	counts $step
	total="$total $(scrape)"
	second="$second $(scrape)"
done
is 'listen: 64 bits, with a CPU that is offline' "$total" ' 0 500 1000 1500 2000 2500 3000'
is 'listen: another scraper does not disturb it' "$second" "$total"
kill $pid
wait $pid 2>/dev/null
serve
after=
for step in '1805 4000001689' '1805 4000002189' '2305 4000002189'; do
	# shellcheck disable=SC2086 # two words
	counts $step
	after="$after $(scrape)"
done
is 'listen: a new one counts from its start' "$after" ' 500 1000 1500'
kill $pid
# shellcheck disable=SC2086 # two words
counts ${steps[0]}
serve --per-cpu
for step in "${steps[@]}"; do
	# shellcheck disable=SC2086 # two words
	counts $step
	curl -s "$url" >"$scratch/out"
	percpu0="$percpu0 $(awk '/cpu="0"/ { print $NF }' "$scratch/out")"
	percpu1="$percpu1 $(awk '/cpu="1"/ { print $NF }' "$scratch/out")"
done
is 'listen: each CPU in 64 bits' "$percpu0;$percpu1" \
	' 0 11 511 511 511 811 1311; 0 489 489 989 1489 1689 1689'
kill $pid

if tests/prometheus promtool --version >/dev/null 2>&1; then
	cat >"$scratch/rules.yml" <<-END
	evaluation_interval: 15s
	tests:
	- interval: 15s
	  input_series:
	  - series: 'irqtop_interrupts_total{irq="10"}'
	    values: '$total$after'
	  - series: 'percpu{cpu="0"}'
	    values: '$percpu0'
	  - series: 'percpu{cpu="1"}'
	    values: '$percpu1'
	  promql_expr_test:
	END
	for at in 30 45 60 75 90 105 120 135; do
		cat >>"$scratch/rules.yml" <<-END
		  - expr: round(rate(irqtop_interrupts_total[30s]), 0.001)
		    eval_time: ${at}s
		    exp_samples: [{labels: '{irq="10"}', value: 33.333}]
		END
		[ $at -gt 90 ] || cat >>"$scratch/rules.yml" <<-END
		  - expr: round(sum(rate(percpu[30s])), 0.001)
		    eval_time: ${at}s
		    exp_samples: [{labels: '{}', value: 33.333}]
		END
	done
	(cd "$scratch" && "$OLDPWD/tests/prometheus" promtool test rules rules.yml) >"$scratch/why" 2>&1
	result $? 'promtool: rate() over a wrap, an offline CPU, a restart and two scrapers'
	# The same on sums of 32-bit counters, so that the test can fail.
	sed "s/values: '$total$after'/values: '8294967290 4000000494 4000000994'/" "$scratch/rules.yml" >"$scratch/wrong.yml"
	(cd "$scratch" && "$OLDPWD/tests/prometheus" promtool test rules wrong.yml) >/dev/null 2>&1
	result $((! $?)) 'promtool: and sums of 32-bit counters do not pass'
else
	skip 'promtool: rate() over a wrap, an offline CPU, a restart and two scrapers' 'no promtool'
fi

# --- labels and families ------------------------------------------------------------

cp -r tests/fixtures/irqtop/machines/s390x "$scratch/s390x"
mkdir -p "$scratch/s390x/sys/kernel/irq/5"
echo level >"$scratch/s390x/sys/kernel/irq/5/type"
printf '                    CPU0       CPU1\n      NET_RX:      90100        100\n' \
	>"$scratch/s390x/proc/softirqs"
# labels OPTION...: the labels of all interrupts
labels()
{
	$irqtop --root "$scratch/s390x" --openmetrics "$@" | sed -n 's/^irqtop_interrupts_total\({.*}\) .*/\1/p'
}
is 'labels do not depend on columns' "$(labels -c total,spurious,node,affinity 2>&1; labels -c total,spurious,node)" \
	"irqtop: --columns: \"affinity\" is no metric (--help-columns)
$(labels)"
is 'nor on what is sorted by' "$(labels -s trigger | sort)" "$(labels | sort)"
$irqtop --root "$scratch/s390x" --openmetrics >"$scratch/out"
is 'softirqs have a family' "$(grep '^irqtop_softirqs_total{' "$scratch/out")" \
	'irqtop_softirqs_total{softirq="NET_RX"} 90200'
is 'sums are in no sum' "$(awk '/^irqtop_interrupts_total{/ { n += $NF } END { print n }' "$scratch/out")" \
	"$(jq -s 'map(select((.sum | not) and .table == "interrupts").total) | add' <($irqtop --root "$scratch/s390x" --json --once))"
is 'but in a family' "$(grep -c '^irqtop_interrupt_sums_total{' "$scratch/out")" 5
is 'one shot says what it is' \
	"$(grep -c '^# HELP irqtop_interrupts_total .*32-bit.*falls when one wraps' "$scratch/out")" 1

tap_end
