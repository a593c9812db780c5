#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqtop's time of softirqs against a calculation from a text trace of the running kernel.
# TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqtop="${IRQTOP:-build/bin/irqtop} --no-config"
. tests/tap.sh

tracing=/sys/kernel/tracing
[ "$(id -u)" = 0 ] || skip_all 'not root'
[ -d $tracing/instances ] || mount -t tracefs nodev $tracing 2>/dev/null
[ -d $tracing/instances ] || skip_all 'no tracefs'

other=$tracing/instances/irqtop-text-$$
pid=
at_exit()
{
	[ -z "$pid" ] || kill "$pid" 2>/dev/null
	[ ! -d "$other" ] || rmdir "$other"
}
mkdir "$other" || skip_all 'no tracing instance'
echo 0 >"$other/tracing_on"
echo mono >"$other/trace_clock"
echo 8192 >"$other/buffer_size_kb"
for event in softirq_entry softirq_exit irq_handler_entry irq_handler_exit; do
	echo 1 >"$other/events/irq/$event/enable"
done

$irqtop --listen 127.0.0.1:0 -L >"$scratch/url" &
pid=$!
wait_for '[ -s "$scratch/url" ]'
url=$(grep -o 'http://[^ ]*' "$scratch/url" | head -1)

# packets N: each is a softirq NET_RX, because the loopback device has no interrupt
packets()
{
	python3 - "$1" <<-'END'
		import socket, sys
		to = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		to.bind(("127.0.0.1", 0))
		by = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		for _ in range(int(sys.argv[1])):
		    by.sendto(b"x" * 64, to.getsockname())
		    to.recv(100)
	END
}
# scraped WHAT: what irqtop has of NET_RX so far
scraped()
{
	curl -s "$url" | awk -v of="irqtop_softirq_seconds_$1{softirq=\"NET_RX\"}" '
		index($0, of) == 1 { found = $NF } END { print found + 0 }'
}
# settled: until what was traced so far has been counted
settled()
{
	local before=-1 now
	for _ in $(seq 50); do
		now=$(scraped count)
		# A scrape makes some itself.
		[ "$((now - before))" -gt 100 ] || break
		before=$now
		sleep 0.3
	done
}

packets 1000
settled
ours=$(scraped count)
ours_s=$(scraped sum)
sleep 0.6
echo 1 >"$other/tracing_on"
# So many that those of the scrapes themselves do not matter.
packets 40000
echo 0 >"$other/tracing_on"
sleep 0.6
settled
ours=$(($(scraped count) - ours))
ours_s=$(awk "BEGIN { print $(scraped sum) - $ours_s }")
read -r want_count want_sum < <(python3 tests/cli/softirq-text.py NET_RX <"$other/trace")
lost=$(awk '/^overrun:|^dropped events:/ { n += $NF } END { print n }' "$other"/per_cpu/cpu*/stats)
echo "# irqtop: $ours softirqs NET_RX, $ours_s s; text: $want_count, $want_sum s, $lost lost"
[ "$want_count" -ge 40000 ] && awk "BEGIN { exit !($ours >= 40000 && $ours < $want_count * 1.03 && $ours > $want_count * 0.97) }"
result $? 'as many as the text has' "$ours, not $want_count"
# Both instances take a time stamp of their own, one after the other.
awk "BEGIN { exit !($ours_s > $want_sum * 0.85 && $ours_s < $want_sum * 1.15) }"
result $? 'for as long' "$ours_s s, not $want_sum s"
kill "$pid"
wait "$pid" 2>/dev/null

$irqtop -L --json -S -n 1 -d 1 -c irq,handler_avg_ns,handler_max_ns,handler_share >"$scratch/out"
is 'in the columns of handlers' \
	"$(jq -s 'any(.handler_avg_ns > 0 and .handler_max_ns >= .handler_avg_ns and .handler_share > 0)' "$scratch/out")" true
$irqtop -L --csv -S -n 1 -d 1 -c irq,handler_avg_ns >"$scratch/out"
grep -qE '"(RCU|TIMER|SCHED)",[0-9]' "$scratch/out"
result $? 'in CSV'
tap_end
