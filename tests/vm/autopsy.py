#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints the registers of a guest's CPUs, then sends them an NMI.

    autopsy.py MONITOR-SOCKET

On an NMI the guest's kernel prints backtraces on its console and panics, which ends QEMU.
"""
import json
import socket
import sys


def main():
    monitor = socket.socket(socket.AF_UNIX)
    monitor.settimeout(5)
    monitor.connect(sys.argv[1])
    stream = monitor.makefile("rw")
    registers = ("CPU#", "RAX", "RSI", "R8 ", "RIP", "CR0",  # x86-64
                 " PC=", "PC=", "X00=", "X28=", "X30=")  # arm64

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
        if line.startswith(registers):
            print(line)
    if ask("inject-nmi") is None:
        print("this machine has no NMI: no backtraces")
        return
    # QEMU closes the socket when it ends, after the backtraces.
    monitor.settimeout(20)
    while stream.readline():
        pass


main()
