#!/bin/bash
# The parser of device descriptors on its fuzzing corpus. TAP.
# tests/fuzz/run device SECONDS goes looking for more.
set -u
cd "$(dirname "$0")/../.." || exit 1

if ! command -v clang >/dev/null; then
	echo '1..0 # SKIP no clang'
	exit 0
fi
status=0
if out=$(tests/fuzz/run device 0 2>&1); then
	echo 'ok 1 - the corpus of device'
else
	echo 'not ok 1 - the corpus of device'
	echo "$out" | tail -30 | sed 's/^/# /'
	status=1
fi
echo '1..1'
exit $status
