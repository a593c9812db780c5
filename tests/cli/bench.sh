#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/run with groups that measure nothing: what it keeps in its file. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

export BENCH_DIR=$scratch/groups BENCH_JSON=$scratch/bench.json

# group NAME COMMANDS
group()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$BENCH_DIR/$1.sh"
	chmod +x "$BENCH_DIR/$1.sh"
}

# figure NAME VALUE: a shell command that prints the row
figure()
{
	echo "echo '{\"name\": \"$1\", \"value\": $2, \"unit\": \"ns\", \"goal\": \"<= 5\", \"ok\": true, \"command\": \"true\"}'"
}

# figures: what the file has
figures()
{
	jq -r '.[] | "\(.group) \(.name) \(.value)"' "$BENCH_JSON" | tr '\n' ';'
}

tested()
{
	tests/bench/run "$@"
}

mkdir "$BENCH_DIR"
group one "$(figure a 1); $(figure b 2)"
group two "$(figure c 3)"
says 'all groups' 0 '^c +3 ns +<= 5 +yes$'
is 'are in the file' "$(figures)" 'one a 1;one b 2;two c 3;'
group one "$(figure b 4)"
says 'one group' 0 '^b +4 ns' one
is 'keeps the rows of the others, and none of its own old ones' "$(figures)" 'one b 4;two c 3;'
group two "$(figure c 5); exit 3"
says 'a group that fails' 1 'bench: group two failed' two
is 'has what it measured before that' "$(figures)" 'one b 4;two c 5;'
group two 'echo nonsense'
status 'a group that prints no JSON' 1 two
is 'leaves the file as it was' "$(figures)" 'one b 4;two c 5;'
says 'an unknown group' 2 "^bench: no group 'three'; there are: one two$" three
is 'leaves it, too' "$(figures)" 'one b 4;two c 5;'
is 'nothing is beside the file' "$(echo "$BENCH_JSON"*)" "$BENCH_JSON"
tap_end
