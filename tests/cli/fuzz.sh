#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The fuzz targets on what they once found and on their corpus. TAP.
# tests/fuzz/run TARGET SECONDS goes looking for more.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

for target in $(grep -l '^int LLVMFuzzerTestOneInput(' tests/fuzz/*.c | sed 's|.*/||; s|\.c$||'); do
	out=$(tests/fuzz/run $target 0 2>&1)
	result $? "the corpus of $target" "$out"
done
tap_end
