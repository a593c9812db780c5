#!/usr/bin/env python3
"""Asks QEMU where the guest's CPUs are, then sends them an NMI.

    autopsy.py MONITOR-SOCKET

The guest's kernel panics on the NMI and prints backtraces on its console.
"""
import json
import socket
import sys
import time


def main():
    monitor = socket.socket(socket.AF_UNIX)
    monitor.settimeout(5)
    monitor.connect(sys.argv[1])
    stream = monitor.makefile("rw")

    def ask(command, **arguments):
        stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        stream.flush()
        while True:
            answer = json.loads(stream.readline())
            if "event" not in answer and "QMP" not in answer:
                return answer.get("return")

    ask("qmp_capabilities")
    print("status:", ask("query-status"))
    for line in ask("human-monitor-command",
                    **{"command-line": "info registers -a"}).splitlines():
        if line.startswith(("CPU#", "RAX", "RSI", "R8 ", "RIP", "CR0")):
            print(line)
    ask("inject-nmi")
    time.sleep(3)


main()
