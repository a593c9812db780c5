#!/bin/bash
# The fuzz targets on what they once found and on their corpus. TAP.
# tests/fuzz/run TARGET SECONDS goes looking for more.
set -u
cd "$(dirname "$0")/../.." || exit 1

if ! command -v clang >/dev/null; then
	echo '1..0 # SKIP no clang'
	exit 0
fi
count=0
failed=0
for target in irqtable replay; do
	count=$((count + 1))
	if out=$(tests/fuzz/run $target 0 2>&1); then
		echo "ok $count - the corpus of $target"
	else
		echo "not ok $count - the corpus of $target"
		echo "$out" | tail -30 | sed 's/^/# /'
		failed=1
	fi
done
echo "1..$count"
exit $failed
