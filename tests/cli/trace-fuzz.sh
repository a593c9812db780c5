#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Corrupt recordings and sub-buffers through the engine, under ASan and UBSan.
# FUZZ_ROUNDS and FUZZ_SEED run longer or elsewhere. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

rounds=${FUZZ_ROUNDS:-1500}
seed=${FUZZ_SEED:-1}
. tests/tap.sh

make -s SAN=1 build/san/fuzz/damage >"$scratch/why" 2>&1 &&
	build/san/fuzz/damage "$rounds" "$seed" >"$scratch/why" 2>&1
result $? "$rounds damaged recordings and as many damaged buffers, seed $seed"
tap_end
