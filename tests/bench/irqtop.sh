#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqtop's figures, as JSON lines {name, value, unit, goal, ok,
# command}. Everything is CPU time (user and system) of this machine.
set -eu
cd "$(dirname "$0")/../.."

irqtop="build/bin/irqtop --no-config"
big=build/bench/irqtop-512x4000
mkdir -p build/bench
wide=build/bench/irqtop-1152x1056
[ -e $wide/proc/stat ] || tests/fixtures/irqtop/generate $wide --cpus 1152 --rows 1056 --nodes 8
[ -e $big/proc/stat ] || tests/fixtures/irqtop/generate $big --cpus 512 --rows 4000 --nodes 8
cc -O2 -shared -fPIC -o build/bench/malloc_count.so tests/bench/preload/malloc_count.c

# figure NAME VALUE UNIT GOAL OP COMMAND; no GOAL: a figure without one
figure()
{
	local ok=true goal='"-"'
	if [ -n "$4" ]; then
		goal="\"$5 $4\""
		ok=$(awk "BEGIN { print (($2 $5 $4) ? \"true\" : \"false\") }")
	fi
	printf '{"name":"%s","value":%s,"unit":"%s","goal":%s,"ok":%s,"command":"%s"}\n' \
		"$1" "$2" "$3" "$goal" "$ok" "${6//\"/\\\"}"
}

# cpu_ms COMMAND: CPU milliseconds, the least of five
cpu_ms()
{
	local best='' ms
	for _ in 1 2 3 4 5; do
		ms=$(python3 -c '
import resource, subprocess, sys
subprocess.run(["sh", "-c", sys.argv[1]], stdout=subprocess.DEVNULL, check=True)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print((use.ru_utime + use.ru_stime) * 1000)' "$1")
		best=$(awk "BEGIN { print \"$best\" == \"\" || $ms < \"$best\" + 0 ? $ms : \"$best\" }")
	done
	echo "$best"
}

# cpu_ms_of ROUNDS COMMAND...: the least of each, in one line. They take turns, so that what
# else the machine does meets all of them: a ratio is of one time.
cpu_ms_of()
{
	python3 - "$@" <<-'PYTHON'
		import resource, subprocess, sys
		def used():
		    use = resource.getrusage(resource.RUSAGE_CHILDREN)
		    return (use.ru_utime + use.ru_stime) * 1000
		def taken(command):
		    before = used()
		    subprocess.run(["sh", "-c", command], stdout=subprocess.DEVNULL, check=True)
		    return used() - before
		rounds = [[taken(command) for command in sys.argv[2:]]
		          for _ in range(int(sys.argv[1]))]
		print(*map(min, zip(*rounds)))
	PYTHON
}

# Per refresh: 25 reports less 5, so that the start does not count.
refresh_ms()
{
	local few many
	few=$(cpu_ms "$1 -n 5")
	many=$(cpu_ms "$1 -n 25")
	awk "BEGIN { printf \"%.2f\", ($many - $few) / 20 }"
}

command="$irqtop --root $big -b -d 0.05 --rows 50"
refresh=$(refresh_ms "$command")
figure irqtop_refresh_ms "$refresh" ms 30 '<=' "$command -n 20"
command="$irqtop --root $big -b -d 0.05"
figure irqtop_refresh_all_rows_ms "$(refresh_ms "$command")" ms '' '' "$command -n 20"

# util-linux's lsirq (2.38 has no irqtop) on the same file, in its own mount namespace
if command -v lsirq >/dev/null && unshare -m true 2>/dev/null; then
	bind="mount --bind $big/proc/interrupts /proc/interrupts"
	read -r theirs ours nothing < <(cpu_ms_of 15 "unshare -m sh -c '$bind && exec lsirq'" \
		"unshare -m sh -c '$bind && exec $irqtop --once -t interrupts'" \
		"unshare -m sh -c '$bind && exec true'")
	figure irqtop_vs_lsirq "$(awk "BEGIN { printf \"%.1f\", ($theirs - $nothing) / ($ours - $nothing) }")" \
		ratio 10 '>=' "$bind; lsirq; irqtop --once -t interrupts ($(awk "BEGIN { printf \"%.0f ms, %.0f ms\", $theirs - $nothing, $ours - $nothing }"))"
	# Any page, also on a machine with more CPUs and fewer rows: the least ratio.
	least='' worst=
	for tree in $big $wide; do
		bind="mount --bind $tree/proc/interrupts /proc/interrupts"
		for tables in interrupts both cpus devices; do
			page="$irqtop --root $tree -b -d 0.05 --rows 50 -t $tables"
			read -r theirs few many < <(cpu_ms_of 5 \
				"unshare -m sh -c '$bind && exec lsirq'" "$page -n 5" "$page -n 25")
			ratio=$(awk "BEGIN { printf \"%.1f\", ($theirs - $nothing) / (($many - $few) / 20) }")
			echo "$ratio: lsirq over $page" >&2
			if [ -z "$least" ] || awk "BEGIN { exit !($ratio < $least) }"; then
				least=$ratio worst=$page
			fi
		done
	done
	figure irqtop_refresh_vs_lsirq "$least" ratio 20 '>=' "$worst -n 20"
fi

allocations()
{
	MALLOC_COUNT_FILE=build/bench/count LD_PRELOAD=$PWD/build/bench/malloc_count.so \
		$1 -n "$2" >/dev/null
	cat build/bench/count
}
most=0
for columns in '-c irq,rate,affinity,device,name' '-t cpus' '-t devices'; do
	page="$irqtop --root $big -b -d 0.05 $columns"
	allocs=$(awk "BEGIN { print ($(allocations "$page" 23) - $(allocations "$page" 3)) / 20 }")
	if awk "BEGIN { exit !($allocs >= $most) }"; then
		most=$allocs command=$page
	fi
done
figure irqtop_allocs "$most" per_refresh 0 '<=' "LD_PRELOAD=malloc_count.so $command"

# rss_mb COMMAND: its greatest resident memory. A child begins with that of its parent,
# so that Python cannot measure it.
rss_mb()
{
	# shellcheck disable=SC2086 # words
	/usr/bin/time -o build/bench/rss -f %M $1 >/dev/null
	awk '{ printf "%.1f", $1 / 1024 }' build/bench/rss
}
command="$irqtop --root $big -b -n 5 -d 0.05"
figure irqtop_rss_mb "$(rss_mb "$command")" MB '' '' "$command"
command="$irqtop --root $big --once"
figure irqtop_once_rss_mb "$(rss_mb "$command")" MB 8 '<=' "$command"

# The screen at 1 Hz on the running system, as people leave it open.
if command -v tmux >/dev/null; then
	tmux -L irqtop-bench -f /dev/null new-session -d -s b -x 80 -y 24 \
		"LC_ALL=C.UTF-8 exec $PWD/$irqtop"
	sleep 3
	pid=$(tmux -L irqtop-bench list-panes -t b -F '#{pane_pid}')
	before=$(cut -d' ' -f1 "/proc/$pid/schedstat")
	sleep 20
	after=$(cut -d' ' -f1 "/proc/$pid/schedstat")
	tmux -L irqtop-bench kill-server
	figure irqtop_screen_cpu_percent "$(awk "BEGIN { printf \"%.3f\", ($after - $before) / 20 / 1e7 }")" \
		percent 0.1 '<=' "irqtop on 80x24 at 1 Hz for 20 s, $(nproc) CPUs"
fi
