#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which BPF programs, links and maps of a process are still there.

    cat /proc/PID/fdinfo/* | collector-left.py

Prints "prog ID", "link ID" or "map ID" for each that the kernel still knows.
"""
import ctypes
import errno
import os
import platform
import re
import sys

BPF = {"x86_64": 321, "aarch64": 280}[platform.machine()]
GET_FD_BY_ID = {"prog": 13, "map": 14, "link": 30}
libc = ctypes.CDLL(None, use_errno=True)

for kind, number in sorted(set(re.findall(r"^(prog|map|link)_id:\s*(\d+)", sys.stdin.read(), re.M))):
    attr = (ctypes.c_uint32 * 32)(int(number))
    fd = libc.syscall(BPF, GET_FD_BY_ID[kind], attr, ctypes.sizeof(attr))
    if fd >= 0:
        os.close(fd)
    elif ctypes.get_errno() == errno.ENOENT:
        continue
    print(kind, number)
