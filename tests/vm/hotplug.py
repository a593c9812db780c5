#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Unplugs a device, and plugs one in again, when the guest asks for it.

The guest prints "# unplug" and "# plug" on its stdout. PROCIRQ_QMP is the socket of
QEMU's monitor, PROCIRQ_STDOUT a file with the guest's stdout. Ends with the guest's tests.
"""
import json
import os
import socket
import sys
import time

DEVICE = {"driver": "edu", "id": "plugged", "bus": "hole"}


class Monitor:
    def __init__(self, path):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        self.stream = connection.makefile("rw")
        self.deleted = 0
        self.ask("qmp_capabilities")

    def receive(self):
        line = self.stream.readline()
        if not line:
            raise EOFError("QEMU has ended")
        message = json.loads(line)
        if message.get("event") == "DEVICE_DELETED" and message["data"].get("device") == "plugged":
            self.deleted += 1
        return message

    def ask(self, command, **arguments):
        self.stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.stream.flush()
        while True:
            answer = self.receive()
            if "error" in answer:
                sys.exit(f"hotplug: {command}: {answer['error']['desc']}")
            if "return" in answer:
                return

    def unplug(self):
        """Returns when the guest has released the device and QEMU has removed it."""
        before = self.deleted
        self.ask("device_del", id="plugged")
        while self.deleted == before:
            self.receive()


def main():
    monitor = Monitor(os.environ["PROCIRQ_QMP"])
    with open(os.environ["PROCIRQ_STDOUT"], encoding="utf-8", errors="replace") as guest:
        line = ""
        while True:
            line += guest.readline()
            if not line.endswith("\n"):
                time.sleep(0.01)
                continue
            if line == "# unplug\n":
                monitor.unplug()
            elif line == "# plug\n":
                monitor.ask("device_add", **DEVICE)
            elif line.startswith("1.."):
                return
            line = ""


main()
