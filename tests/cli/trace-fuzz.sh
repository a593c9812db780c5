#!/bin/bash
# Corrupt recordings and sub-buffers through the engine, under ASan and UBSan.
# FUZZ_ROUNDS and FUZZ_SEED run longer or elsewhere. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1

rounds=${FUZZ_ROUNDS:-1500}
seed=${FUZZ_SEED:-1}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! make -s SAN=1 build/san/fuzz/damage >"$log" 2>&1; then
	echo "not ok 1 - the fuzzer builds"
	tail -5 "$log" | sed 's/^/# /'
elif build/san/fuzz/damage "$rounds" "$seed" >"$log" 2>&1; then
	echo "ok 1 - $rounds damaged recordings and as many damaged buffers, seed $seed"
else
	echo "not ok 1 - $rounds damaged recordings and as many damaged buffers, seed $seed"
	head -20 "$log" | sed 's/^/# /'
fi
echo "1..1"
