#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The long run: /tests/soak (tests/vm/cases/soak.c) in one guest. TAP.
#
#   tests/vm/soak.sh [KERNEL [SECONDS [SETTING=VALUE]...]]      default: debug 3600
#
# Kernel debug is the default, with a look for leaks at the end: what hours find is
# memory that is used after it is freed, or never freed, and locks taken in an order that
# rarely occurs. That it runs our code three times slower costs it less than a kernel
# without these checks would miss.
set -u
cd "$(dirname "$0")/../.." || exit 1

kernel=${1:-debug}
seconds=${2:-3600}
shift $(($# < 2 ? $# : 2))
settings=$(printf ',%s' "$@")
options=()
if [ "$kernel" = debug ]; then
	options+=(--leaks)
	settings+=,slow=4
fi
# A round and the last looks may take longer than they should.
exec tests/vm/cases.sh --kernel "$kernel" "${options[@]}" --limit $((seconds * 2 + 1800)) \
	"soak,seconds=$seconds,${settings#,}"
