#!/bin/bash
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
