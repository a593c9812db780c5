#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every package of packages.txt can be installed: on this machine, and on Debian 12, 13 and
# sid, as apt sees it, which installs nothing here. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# Of the parts that the README's two commands install.
mapfile -t packages < <(awk '!/^#/ && $1 != "more" { print $2 }' packages.txt)

if [ -n "$(apt-cache --names-only search '^build-essential$' 2>/dev/null)" ]; then
	LC_ALL=C apt-get install --simulate --no-install-recommends "${packages[@]}" >"$scratch/out" 2>"$scratch/why"
	result $? 'this machine can install all of packages.txt'
else
	skip 'this machine can install all of packages.txt' 'no lists of packages (apt-get update)'
fi

# closure SUITE: what its apt would install on a machine that has nothing.
closure()
(
	set -e
	. tests/vm/lib.sh
	. "$vm_dir/apt.sh"
	with_lock "$cache_dir/lock/apt-$1" apt_refresh "$1"
	apt_closure "$1" "${packages[@]}"
)

for suite in bookworm trixie sid; do
	closure "$suite" >"$scratch/out" 2>"$scratch/why"
	if grep -q "update failed\|no Debian mirror" "$scratch/why"; then
		skip "$suite can, too" "no lists of its packages: $(tail -n 1 "$scratch/why")"
		continue
	fi
	[ "$(wc -l <"$scratch/out")" -gt "${#packages[@]}" ]
	result $? "$suite can, too"
done
tap_end
