#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The tracing engine's figures: JSON objects, one a line, on standard output.
set -eu
cd "$(dirname "$0")/../.."
[ -d /sys/kernel/tracing/instances ] ||
	mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null || true
exec "${B:-build}/bench/trace"
