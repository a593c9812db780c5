#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults in the tools' main jobs: a part of what make faults does, evenly spread. TAP.
# Only jobs that do the same each time: live tracing also meets libtracefs and
# libtraceevent without memory, whose leaks are not ours.
# FAULTS_SAMPLE is the number of faults for each job.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

[ "$(uname -m)" = x86_64 ] || skip_all 'tests/faults/inject.c is for x86-64'
if ! make -s SAN=1 fault-programs >"$scratch/why" 2>&1; then
	result 1 'the tools with the sanitizers'
	tap_end
fi
# It has a plan of its own.
exec nice tests/faults/sweep --steady --sample "${FAULTS_SAMPLE:-3}"
