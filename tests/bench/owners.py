#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions from an interrupt to the program, by owner.

    tests/bench/owners.py [--kernel K] [--way WAY] [--options 'PARAMETERS'] [--path]

Runs `irqlat bench --source edu --ways WAY` in a guest with instruction counts and has QEMU
log each instruction. Prints how many of them were executed by the kernel, by procirq and
by the program from the interrupt until the kernel has returned to the program, most
frequent path first; with --path also each function of that path in order. PARAMETERS are
procirq's, for example "flow=0". WAY is uli-spin, mmap-spin or another that interrupts the
program itself.
"""
import argparse
import bisect
import collections
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

SAMPLES = 30000
LOGGED_BYTES = 6_000_000
ENTRY = "asm_common_interrupt"


def monitor_ask(stream, command, **arguments):
    stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
    stream.flush()
    while True:
        answer = json.loads(stream.readline())
        if "return" in answer or "error" in answer:
            return answer


def log_instructions(path):
    """Runs beside the guest: logs instructions to @path once the guest says so."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.environ["PROCIRQ_QMP"])
    stream = connection.makefile("rw")
    monitor_ask(stream, "qmp_capabilities")
    while "# measuring" not in open(os.environ["PROCIRQ_STDOUT"], errors="replace").read():
        time.sleep(0.1)
    time.sleep(1)
    for line in f"logfile {path}", "singlestep on", "log exec,nochain":
        monitor_ask(stream, "human-monitor-command", **{"command-line": line})
    while os.path.getsize(path) < LOGGED_BYTES:
        time.sleep(0.05)
    monitor_ask(stream, "human-monitor-command", **{"command-line": "log none"})
    monitor_ask(stream, "human-monitor-command", **{"command-line": "singlestep off"})


class Symbols:
    """Addresses to (function, owner), from /proc/kallsyms."""

    def __init__(self, lines):
        table = []
        for line in lines:
            m = re.match(r"([0-9a-f]{16}) [tTwW] (\S+)(?:\s+\[(\S+)\])?", line)
            if m and int(m[1], 16) >> 63:
                table.append((int(m[1], 16), m[2], m[3] or "kernel"))
        table.sort(key=lambda row: row[0])
        self.addresses = [row[0] for row in table]
        self.table = table

    def find(self, address):
        if not address >> 63:
            return "program", "program"
        i = bisect.bisect_right(self.addresses, address) - 1
        return self.table[i][1:] if i >= 0 else ("?", "kernel")


def paths(log, symbols):
    """Yields, for each interrupt from the program, its functions and their instructions."""
    path, previous, known = None, None, {}
    for line in log:
        m = re.search(r"\[[0-9a-f]+/([0-9a-f]+)/", line)
        if not m:
            continue
        address = int(m[1], 16)
        where = known.get(address)
        if where is None:
            where = known[address] = symbols.find(address)
        if where[1] == "program":
            if path and any(function == ENTRY for (function, _), _ in path):
                yield path
            path = None
        elif previous == "program":
            path = []
        if path is not None:
            if path and path[-1][0] == where:
                path[-1][1] += 1
            else:
                path.append([where, 1])
        previous = where[1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel", default="6.1")
    parser.add_argument("--way", default="uli-spin")
    parser.add_argument("--options", default="")
    parser.add_argument("--path", action="store_true")
    parser.add_argument("--log", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.log:
        log_instructions(arguments.log)
        return
    os.chdir(os.path.join(os.path.dirname(__file__), "../.."))
    with tempfile.TemporaryDirectory() as work:
        log = os.path.join(work, "log")
        open(log, "w").close()
        command = (f"modprobe procirq {arguments.options} && cat /proc/kallsyms && "
                   f"echo '# measuring' && irqlat bench --source edu --ways {arguments.way} "
                   f"--samples {SAMPLES} -q >/dev/null")
        run = subprocess.run(
            ["tests/vm/run", "--kernel", arguments.kernel, "--icount", "--host",
             f"{sys.executable} {os.path.abspath(__file__)} --log {log}", "--", command],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        symbols = Symbols(run.stdout.splitlines())
        if not symbols.table:
            sys.exit(run.stderr[-2000:])
        seen = collections.Counter()
        example = {}
        for path in paths(open(log, errors="replace"), symbols):
            if not any(owner == "procirq" for (_, owner), _ in path):
                continue
            key = tuple((where, count) for where, count in path)
            seen[key] += 1
            example[key] = path
    total = sum(seen.values())
    if not total:
        sys.exit("owners: no interrupt of procirq was logged")
    key, times = seen.most_common(1)[0]
    owners = collections.Counter()
    for (_, owner), count in key:
        owners[owner] += count
    print(f"{total} interrupts, {times} of them on the same path: {sum(owners.values())} instructions, "
          + ", ".join(f"{owner} {count}" for owner, count in owners.most_common()))
    if arguments.path:
        for (function, owner), count in key:
            print(f"{count:6} {owner:10} {function}")


if __name__ == "__main__":
    main()
