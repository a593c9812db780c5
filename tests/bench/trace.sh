#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tracing engine's figures: JSON objects, one a line, on standard output.
set -eu
cd "$(dirname "$0")/../.."
[ -d /sys/kernel/tracing/instances ] ||
	mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null || true
"${B:-build}/bench/trace"

# A whole recording, from the file to the output, compared with other programs.
# trace-cmd reads the same file. perf cannot, so it records the same run with the same
# tracepoints, and its figure is for its own events. These programs print each event as
# text; irqlat follows chains and prints a table.
irqlat=${B:-build}/bin/irqlat
[ "$(id -u)" = 0 ] || { echo 'bench trace: not root: no recording to compare with others' >&2; exit 0; }
for tool in trace-cmd perf; do
	command -v $tool >/dev/null || { echo "bench trace: no $tool: no comparison" >&2; exit 0; }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
dd if=/dev/urandom of="$scratch/file" bs=1M count=4 status=none
events=irq:irq_handler_entry,irq:irq_handler_exit,irq:softirq_raise,irq:softirq_entry,irq:softirq_exit
events+=,sched:sched_waking,sched:sched_wakeup,sched:sched_switch,raw_syscalls:sys_enter,raw_syscalls:sys_exit
"$irqlat" trace -q -d 6 --no-vectors -t"$scratch/ours.dat" >"$scratch/live" 2>&1 &
pid=$!
sleep 1
perf record -q -a -k mono -m 8M -e $events -o "$scratch/perf.data" -- sh -c "
	for i in 1 2 3; do
		dd if=$scratch/file of=/dev/null bs=4k iflag=direct status=none
		dd if=/dev/zero of=/dev/null bs=1 count=100000 status=none
	done" >"$scratch/record" 2>&1 || { echo "bench trace: perf cannot record here: $(tail -1 "$scratch/record")" >&2; kill -INT $pid; exit 0; }
wait $pid
/usr/bin/python3 - "$irqlat" "$scratch" <<'PYTHON'
import json, resource, subprocess, sys
irqlat, folder = sys.argv[1:]
dat, data = f"{folder}/ours.dat", f"{folder}/perf.data"

def cpu_ns(command):
    """Least CPU time of three runs."""
    least = None
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        least = used if least is None else min(least, used)
    return least * 1e9

def lines(command):
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return out.count(b"\n")

report, script = ["trace-cmd", "report", dat], ["perf", "script", "-i", data]
ours = [irqlat, "trace", "-i", dat, "-q"]
n = json.loads(subprocess.check_output([irqlat, "trace", "-i", dat, "--json"]))["trace"]["events"]
shown = lines(report) - 1  # its first line is "cpus=2"
assert shown == n, f"trace-cmd report shows {shown} events, irqlat {n}"
n_perf = lines(script)
mine = cpu_ns(ours) / n
theirs = {"trace_cmd_report": (cpu_ns(report) / n, n), "perf_script": (cpu_ns(script) / n_perf, n_perf)}
print(f"  whole file: irqlat trace -i {mine:.1f} ns an event ({n})", file=sys.stderr)
for name, (ns, events) in theirs.items():
    print(f"  whole file: {name.replace('_', ' ', 1) if 'perf' in name else 'trace-cmd report'} "
          f"{ns:.1f} ns an event ({events})", file=sys.stderr)
    print(json.dumps({"name": f"file_vs_{name}", "value": round(ns / mine, 2), "unit": "ratio",
                      "goal": ">= 5", "ok": ns / mine >= 5, "command": "make bench BENCH=trace"}))
PYTHON
