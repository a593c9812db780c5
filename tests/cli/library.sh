#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libprocirq exports the functions that its headers declare and nothing else, and takes no
# other names from a program that links it. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

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
# A program that links the static library shares one name space with it.
out=$(nm -g --defined-only build/lib/libprocirq.a | awk 'NF == 3 && $3 !~ /^(procirq|ULI)_/ { print $3 }')
[ -z "$out" ]
result $? "every global name of the static library starts with procirq_ or ULI_" "$out"
tap_end
