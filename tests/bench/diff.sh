#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How often irqlat diff reports a difference when there is none, and how often it finds
# a p99 that is 5 % higher. The samples are recorded here: interrupts in a guest under
# icount, in five boots, and wake-ups on the running kernel, in pairs of a minute, of 15
# seconds and of four minutes. This takes 25 minutes. Recordings that DIFF_FOLDER has are
# used, and new ones are kept there: icount1.json to icount5.json, host.json,
# short1.json to short4.json and long.json.
set -eu
cd "$(dirname "$0")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/procirq-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
folder=${DIFF_FOLDER:-$work}
program=${B:-build}/bench/diff
seconds=130
measure="irqlat bench -q -d $seconds --gap 300us --json"

# have NAME COMMAND...: make a recording, unless there is one.
have()
{
	local name=$1
	shift
	[ ! -s "$folder/$name.json" ] || return 0
	"$@" >"$folder/$name.json" 2>"$work/err" && return
	echo "bench diff: no recording $name:" >&2
	tail -n 5 "$work/err" >&2
	rm -f "$folder/$name.json"
	return 1
}

guest()
{
	tests/vm/run --kernel 6.1 --icount --timeout 600 -- "modprobe procirq && modprobe irqgen && $measure"
}

# Of two boots, a single odd piece would be in half of all pairs.
if have icount1 guest && have icount2 guest && have icount3 guest &&
	have icount4 guest && have icount5 guest; then
	"$program" icount 60 "$folder"/icount[12345].json
fi
# Traces: recordings made here, whose handlers take as long or 20 % longer.
if [ -x "${B:-build}/cli/recording" ]; then
	alarms=0 found=0 rounds=60
	for ((i = 1; i <= rounds; i++)); do
		for side in "a $i 0" "b $((1000 + i)) 0" "slower $((2000 + i)) 20"; do
			read -r name seed slower <<<"$side"
			"${B:-build}/cli/recording" noisy "$work/$name.dat" "$seed" "$slower"
			irqlat trace -q -i "$work/$name.dat" --json="$work/$name.json" >"$work/out"
		done
		irqlat diff "$work/a.json" "$work/b.json" >"$work/out" || ((++alarms))
		irqlat diff "$work/a.json" "$work/slower.json" >"$work/out" || {
			grep -q ' handler  *REGRESSION' "$work/out" && ((++found))
		} || true
	done
	awk -v alarms=$alarms -v found=$found -v n=$rounds 'BEGIN {
		row = "{\"name\":\"%s\",\"value\":%.3g,\"unit\":\"%% of %d\",\"goal\":\"%s\",\"ok\":%s,\"command\":\"make bench BENCH=diff\"}\n"
		printf row, "diff_false_alarms.traces", 100 * alarms / n, n, "<= 5", (alarms * 20 <= n ? "true" : "false")
		printf row, "diff_found_handler_20.traces", 100 * found / n, n, ">= 95", (found * 20 >= n * 19 ? "true" : "false")
	}'
fi

# The length of blocks follows from that of the recording: half a second, one, or two.
if have host "$program" record 250; then
	"$program" host 60 "$folder/host.json"
fi
if have short1 "$program" record 31 && have short2 "$program" record 31 &&
	have short3 "$program" record 31 && have short4 "$program" record 31; then
	"$program" host-15s 30 "$folder"/short[1234].json
fi
if have long "$program" record 510; then
	"$program" host-4min 120 "$folder/long.json"
fi
