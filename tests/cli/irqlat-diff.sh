#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat diff and irqlat ref as a user calls them. TAP. The fixtures blocks-a and
# blocks-b are 30 seconds each of one run of irqgen under icount: nothing differs.
set -u
cd "$(dirname "$0")/../.." || exit 1

irqlat=${IRQLAT:-build/bin/irqlat}
good=tests/fixtures/results
a=$good/blocks-a.json
b=$good/blocks-b.json
. tests/tap.sh
# What it says on standard error where exit status 0 would be a promise.
undecided='too little to decide any row by: it takes 8 blocks of time in both files(; measure for longer|, and one has none at all: measure again)'

tested()
{
	"$irqlat" "$@"
}

# slower FACTOR WAY FILE: every time of that way FACTOR times as long.
slower()
{
	jq -c --argjson f "$1" --arg way "$2" '
		def s: . * $f | floor;
		(.results[] | select(.way == $way)) |= (
			.min_ns |= s | .max_ns |= s | .mean_ns |= . * $f |
			.histogram |= map([(.[0] | s), (.[1] | s), .[2]]) |
			.blocks |= map(.max_ns |= s | .histogram |= map([(.[0] | s), .[1]])))' "$3"
}

check 'diff --help' 0 '--max-regress=LIMIT' '' diff --help
check 'help diff' 0 'usage: irqlat diff \[options\] A.json B.json \[A.json B.json\]\.\.\.' '' help diff
check 'no file' 1 '' 'diff: which two files\? irqlat diff A.json B.json' diff
check 'one file' 1 '' 'which two files' diff "$a"
check 'three files' 1 '' '3 files, which are no pairs' diff "$a" "$b" "$b"
check 'no such file' 1 '' '/no/such.json: No such file' diff "$a" /no/such.json
check 'a folder' 1 '' 'Is a directory' diff "$scratch" "$b"
echo 'hello' >"$scratch/text.json"
check 'not JSON' 1 '' 'text.json: not JSON: line' diff "$a" "$scratch/text.json"
echo '{"schema":"irqlat/2"}' >"$scratch/other.json"
cp "$a" "$scratch/$(printf 'bad\377')"
says 'a file name that is no UTF-8' 0 '"a":"[^"]*/bad[?]"' diff --json "$scratch/$(printf 'bad\377')" "$b"
check 'another schema' 1 '' 'schema "irqlat/2" is not the one' diff "$scratch/other.json" "$b"
sed 's/"blocks":\[{"start_ns":0,/"blocks":[{"start_ns":"x",/' "$a" >"$scratch/bad.json"
check 'bad blocks' 1 '' 'bad.json: results\[0\]: "start_ns" is missing or not an integer' diff "$scratch/bad.json" "$b"
for limit in p99 p98=5% p99= p99=5 p99=-5% p99=0% p99=5%,6% p99=2us,3us p99=5%,2us,1 =5% p99=%; do
	check "limit \"$limit\"" 1 '' "^irqlat: --max-regress: \"$limit\"" diff --max-regress "$limit" "$a" "$b"
done
check 'a limit twice' 1 '' 'p99 has a limit already' diff --max-regress p99=5% --max-regress p99=1us "$a" "$b"
check 'output that cannot be written' 1 '^2 same' '/no/such/x: cannot write' diff --json=/no/such/x "$a" "$b"

check 'nothing differs' 0 '^  read +block total +same ' '' diff "$a" "$b"
[ "$(grep -c '^  [a-z]' "$scratch/out")" = 2 ] && grep -qx '2 same' "$scratch/out"
result $? 'one line for each row, and the sum' "$(cat "$scratch/out")"
cp "$scratch/out" "$scratch/once"
"$irqlat" diff "$a" "$b" | cmp -s - "$scratch/once"
result $? 'the same files give the same text'
check 'a file and itself' 0 '^2 same$' '' diff "$a" "$a"

slower 1.05 read "$b" >"$scratch/slow.json"
check 'one way 5 % slower' 2 '^  read +block total +REGRESSION  .* \+[45]\.[0-9] % \(.* -> .* us, 95 % interval .*\), p [0-9.e-]+$' '' diff "$a" "$scratch/slow.json"
grep -q '^  poll .* same' "$scratch/out" && grep -qx '1 REGRESSION, 1 same' "$scratch/out"
result $? 'and the other is not' "$(cat "$scratch/out")"
! grep -q '^NOTE: neighbouring' "$scratch/out"
result $? 'nor is that in doubt'
# Seconds like the ones before: slower, and slower still in the second half.
jq -c 'def s($f): . * $f | floor; .results |= map(.blocks |= map((if .start_ns < 15e9 then 1.5 else 1.8 end) as $f |
	.max_ns |= s($f) | .histogram |= map([(.[0] | s($f)), .[1]])) | .max_ns |= s(1.8) | .mean_ns |= . * 1.8 |
	.min_ns |= s(1.8) | .histogram |= map([(.[0] | s(1.8)), (.[1] | s(1.8)), .[2]]))' "$b" >"$scratch/wave.json"
check 'among seconds that are alike it is' 2 '^NOTE: neighbouring seconds are alike' '' diff "$a" "$scratch/wave.json"
check 'unless measured in turns' 2 REGRESSION '' diff "$a" "$scratch/wave.json" "$b" "$scratch/wave.json"
! grep -q '^NOTE: neighbouring' "$scratch/out"
result $? 'which is what the note asks for'
check 'the other way round it is better' 0 '^  read +block total +better .* -[45]\.' '' diff "$scratch/slow.json" "$a"
check 'worse within a limit' 0 '^  read .* worse ' '' diff --max-regress p99=6% --max-regress p50=6% "$a" "$scratch/slow.json"
check 'worse beyond a share' 2 'REGRESSION' '' diff --max-regress p99=3% "$a" "$scratch/slow.json"
check 'beyond the share, not the time' 0 'worse' '' diff --max-regress p99=3%,2us "$a" "$scratch/slow.json"
check 'beyond both' 2 'REGRESSION' '' diff --max-regress p99=3%,50ns "$a" "$scratch/slow.json"
check 'beyond a time' 2 'REGRESSION' '' diff --max-regress p50=50ns "$a" "$scratch/slow.json"
! grep -q '^NOTE' "$scratch/out"
result $? 'beyond a limit is not in doubt'
check 'a limit that is kept' 0 '^  read .* worse ' '' diff --max-regress p99=50% "$a" "$scratch/slow.json"
! grep -q '^NOTE' "$scratch/out"
result $? 'is not in doubt either'
check 'a limit below what chance makes of the figure' 0 'NOTE: 2 of 2 figures may exceed their limits: these runs cannot exclude it. The max of$' '' \
	diff --max-regress max=5% "$a" "$b"
check 'which is named with how far it may be off' 0 '^read, total may be up to 18\.[0-9] % slower' '' diff --max-regress max=5% "$a" "$b"
check 'in JSON' 0 '"p50":\{[^}]*"limit":"no limit".*"max":\{[^}]*"limit":"not shown"' '' diff --max-regress max=5% --json "$a" "$b"
check 'nor is a limit kept by what has too few samples' 0 'NOTE: 2 of 2 figures may exceed' '' diff --max-regress p99.9=50% "$a" "$b"
check 'and one that is kept' 0 '"p99":\{[^}]*"limit":"kept"' '' diff --max-regress p99=50% --json "$a" "$b"
check 'and one that is not' 2 '"p99":\{[^}]*"limit":"exceeded"' '' diff --max-regress p99=3% --json "$a" "$scratch/slow.json"
check 'another figure has the limit' 0 'worse' '' diff --max-regress max=50% "$a" "$scratch/slow.json"
# In turns: the files of each side are one run.
check 'pairs of files' 0 '^2 same$' '' diff "$a" "$b" "$b" "$a"
grep -q "^A  $a, $b " "$scratch/out" && grep -q "^B  $b, $a " "$scratch/out"
result $? 'the files of each side are named' "$(head -2 "$scratch/out")"
"$irqlat" diff --json "$a" "$b" "$b" "$a" >"$scratch/pairs.json" 2>/dev/null
"$irqlat" diff --json "$a" "$b" >"$scratch/pair.json" 2>/dev/null
jq -es '.[0].rows as $two | .[1].rows as $one | [range($two | length)] |
	map($two[.].figures.p50.spans_a == 2 * $one[.].figures.p50.spans_a) | all' \
	"$scratch/pairs.json" "$scratch/pair.json" >/dev/null
result $? 'and have the spans of both' "$(jq -c '.rows[].figures.p50' "$scratch"/pair*.json)"
check 'pairs of files, one way slower' 2 '^  read .*REGRESSION' '' diff "$a" "$scratch/slow.json" "$b" "$scratch/slow.json"
jq -c '(.results[] | select(.way == "poll") | .stage) |= "total_direct"' "$b" >"$scratch/others.json"
check 'a row that one file lacks' 0 '^1 same' '2 rows are not in all of them, and left out' diff "$a" "$b" "$scratch/others.json" "$b"
jq -c 'del(.results[].blocks, .results[].block_ns)' "$b" >"$scratch/old.json"
check 'one file without blocks' 1 'WARNING: 2 of 2 rows have less than 8 blocks' "$undecided" diff "$a" "$b" "$scratch/old.json" "$b"

slower 1.005 read "$b" >"$scratch/little.json"
check '0.5 % is no change' 0 '^  read .* (same|differs) ' '' diff "$a" "$scratch/little.json"
check 'in nanoseconds' 2 ' ns, 95 %' '' diff -n "$a" "$scratch/slow.json"
check 'details' 2 '^    p99\.9 .*not tested \(4 and 4 spans\)' '' diff -v "$a" "$scratch/slow.json"

# --- rows -------------------------------------------------------------------------

jq -c '.results |= map(select(.way == "read"))' "$b" >"$scratch/read.json"
check 'a row only in A' 0 '^  poll +block total +only in A$' '' diff "$a" "$scratch/read.json"
grep -qx '1 same, 1 only in A' "$scratch/out"
result $? 'and in the sum' "$(tail -1 "$scratch/out")"
check 'a row only in B' 0 '^  poll +block total +only in B$' '' diff "$scratch/read.json" "$a"
jq -c '.results |= (.[0:1] + [.[0] | .stage = "total_kept"] + .[1:])' "$b" >"$scratch/kept.json"
check 'what leaves out missed periods is compared with the rest of it' 0 '^2 same$' '' diff "$a" "$scratch/kept.json"
check 'in turns too' 0 '^2 same$' '' diff "$a" "$scratch/kept.json" "$b" "$a"
jq -c '.results |= map(.irq = 99 | .cpu = 3)' "$b" >"$scratch/moved.json"
check 'no row in both' 1 '' 'no row is in both; --any-irq and --any-cpu' diff "$a" "$scratch/moved.json"
check 'another irq and CPU' 0 '^2 same$' '' diff --any-irq --any-cpu "$a" "$scratch/moved.json"
check 'another irq alone' 1 '' 'no row is in both' diff --any-irq "$a" "$scratch/moved.json"
jq -c '.system.kernel = "6.99"' "$b" >"$scratch/kernel.json"
check 'other conditions are noted' 0 '^NOTE: kernel differs: A 6\.1.*, B 6\.99' '' diff "$a" "$scratch/kernel.json"
jq -c '.results |= map(.lost = 3 | .raised += 3)' "$b" >"$scratch/lost.json"
check 'loss is said' 0 '^  read .*; B lost 3, A 0$' '' diff "$a" "$scratch/lost.json"

# --- without blocks ---------------------------------------------------------------

jq -c 'del(.results[].blocks, .results[].block_ns)' "$b" >"$scratch/old.json"
check 'a file without blocks decides nothing' 1 '^  read .* same .*\[whole histogram\]$' "$undecided" diff "$a" "$scratch/old.json"
grep -q '^WARNING: 2 of 2 rows have less than 8 blocks' "$scratch/out"
result $? 'and says so' "$(cat "$scratch/out")"
check 'nor do old files of a report' 1 'whole histogram' "$undecided" diff "$good/irqgen.json" "$good/irqgen.json"
slower 1.05 read "$b" | jq -c 'del(.results[].blocks, .results[].block_ns)' >"$scratch/old-slow.json"
check 'what looks slower without blocks' 1 '^  read .* unsure  *p[0-9.]* \+[45]\.[0-9] % .*\[whole histogram\]$' "$undecided" \
	diff "$a" "$scratch/old-slow.json"
jq -c '(.results[] | select(.way == "poll")) |= del(.blocks, .block_ns)' "$scratch/slow.json" >"$scratch/half.json"
check 'a row that has them is decided by' 2 '^1 REGRESSION, 1 same$' '' diff "$a" "$scratch/half.json"
jq -c '.results |= map(.n = 0 | .histogram = [] | .blocks = [])' "$b" >"$scratch/none.json"
check 'no samples' 1 '^  read .* n/a +too few: [0-9]+ samples in [0-9]+ blocks, and 0 in 0$' "$undecided" diff "$a" "$scratch/none.json"
jq -c '.results = []' "$b" >"$scratch/empty.json"
check 'no rows' 1 '' 'empty.json: there are no results in it' diff "$a" "$scratch/empty.json"

# --- JSON -------------------------------------------------------------------------

check 'JSON' 2 '"schema":"irqlat-diff/1"' '' diff --json "$a" "$scratch/slow.json"
jq -e '.regression == true and (.rows | length) == 2 and .rows[0].verdict == "REGRESSION" and
	.rows[0].basis == "blocks" and .rows[1].verdict == "same" and .only_in_a == [] and
	.rows[0].figures.p99.a_ns == 4831 and .rows[0].figures.p99.change_percent > 4 and
	.rows[0].figures.p99.p_adjusted < 0.05 and .rows[0].figures["p99.9"].p == null and
	.rows[0].kolmogorov_smirnov.p_adjusted < 0.05 and .rows[0].a.blocks == 30' "$scratch/out" >/dev/null
result $? 'and it says the same' "$(head -c 300 "$scratch/out")"
check 'JSON to a file, text too' 0 '^2 same' '' diff --json="$scratch/diff.json" "$a" "$b"
jq -e '.regression == false' "$scratch/diff.json" >/dev/null
result $? 'and the file is whole'

# --- ref --------------------------------------------------------------------------

check 'ref' 0 '^claim +SGI ULI: ~1\.5 us' '' ref
for system in 'SGI ULI' 'SGI REACT' UINTR seL4 DPDK; do
	grep -q "^claim  *$system" "$scratch/out"
	result $? "ref has $system"
done
claims=$(grep -c '^claim' "$scratch/out")
[ "$(grep -c '^  source ' "$scratch/out")" = "$claims" ] && [ "$(grep -c '^  date ' "$scratch/out")" = "$claims" ] &&
	[ "$(grep -c '^  conditions ' "$scratch/out")" = "$claims" ]
result $? 'each claim has source, date and conditions'
check 'ref --json' 0 '"irqlat-ref/1"' '' ref --json
jq -e --argjson n "$claims" '(.claims | length) == $n and (.claims | all(.status == "claim" and
	(.source | length) > 0 and (.date | length) > 0 and (.conditions | length) > 0 and
	(.may_not_compare | length) > 0 and (.low_ns == null or .low_ns <= .high_ns)))' "$scratch/out" >/dev/null
result $? 'and has the same claims'
check 'ref takes no file' 1 '' 'now: ref takes options only' ref now
check 'an unknown comparison' 1 '' '--compare: "theirs" is none of: none, ref' bench --compare theirs

# Rows under load are other rows.
jq -c '.results[] |= (.load = "cpu")' "$b" >"$scratch/loaded.json"
check 'an idle row has no partner under load' 1 '' 'no row is in both' diff "$a" "$scratch/loaded.json"
check 'load with load' 0 'load cpu, ' '' diff "$scratch/loaded.json" "$scratch/loaded.json"

tap_end
