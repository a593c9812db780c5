#!/bin/bash
# What libprocirq.so exports: what its headers declare, and nothing else. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A declaration ends with ");", a function's name stands before the first parenthesis.
sed -n '/^#define/d; s/^[^*\/#]*[ *]\([A-Za-z_]*\)(.*/\1/p' libprocirq/procirq.h libprocirq/uli.h |
	grep -E '^(procirq|ULI)_' | sort >"$scratch/declared"
nm -D --defined-only build/lib/libprocirq.so.0 | awk '$2 == "T" { print $3 }' | sed 's/@.*//' | sort >"$scratch/exported"
nm -D --defined-only build/lib/libprocirq.so.0 | awk '$2 != "T" && $2 != "A" { print $3 }' >"$scratch/others"
result "$(wc -l <"$scratch/declared" | awk '{ print $1 < 40 }')" "declarations are found" "$(cat "$scratch/declared")"
out=$(diff "$scratch/declared" "$scratch/exported")
result $? "the library exports the functions that its headers declare" "$out"
[ ! -s "$scratch/others" ]
result $? "it exports nothing else" "$(cat "$scratch/others")"
tap_end
