#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Serves one QEMU -device ivshmem-doorbell (docs/specs/ivshmem-spec of QEMU).

usage: ivshmem-server.py SOCKET VECTORS

Debian has no ivshmem-server. The only peer gets number 0, memory, and an eventfd for each
of its own vectors, so that it can interrupt itself. When it disconnects, the next peer is
served, of a guest that is booted again.
"""
import os
import socket
import struct
import sys


def serve(connection, vectors):
    memory = os.memfd_create("ivshmem")
    os.ftruncate(memory, 1 << 20)
    events = [os.eventfd(0, os.EFD_NONBLOCK) for _ in range(vectors)]

    def send(value, *fds):
        socket.send_fds(connection, [struct.pack("<q", value)], fds)

    send(0)             # version of the protocol
    send(0)             # the peer's number
    send(-1, memory)
    for event in events:
        send(0, event)
    while connection.recv(8):
        pass
    for fd in events + [memory]:
        os.close(fd)


def main():
    path, vectors = sys.argv[1], int(sys.argv[2])
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    serve(connection, vectors)
                except OSError:
                    pass


main()
