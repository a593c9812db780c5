#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes one trace.dat (version 6) of two: add-instance.py TOP NAME OTHER TO

TO has the events of TOP in the top instance, and those of OTHER in the instance NAME;
"-" for TOP: OTHER's formats and no events. Format: trace-cmd.dat.v6(5)."""
import struct
import sys

PAGE = 4096
OPTIONS, RECORDS = b"options  \0", b"flyrecord\0"
BUFFER = 3


def parts(data):
    """Header up to the options, options, and the sub-buffers of each CPU."""
    at = data.index(OPTIONS)
    table = data.index(RECORDS, at)
    n_cpus, = struct.unpack_from("=I", data, at - 4)
    rows = [struct.unpack_from("=QQ", data, table + 10 + 16 * i) for i in range(n_cpus)]
    return data[:at], data[at + 10:table], [data[o:o + n] for o, n in rows]


def table_and_data(cpus, at):
    """A table of CPUs that is at @at in the file, and the data after it."""
    data_at = -(-(at + 10 + 16 * len(cpus)) // PAGE) * PAGE
    table, data = RECORDS, b""
    for cpu in cpus:
        table += struct.pack("=QQ", data_at + len(data), len(cpu))
        data += cpu
    return table.ljust(data_at - at, b"\0") + data


top, name, other, to = sys.argv[1:]
_, _, cpus = parts(open(other, "rb").read())
head, options, top_cpus = parts(open(other if top == "-" else top, "rb").read())
if top == "-":
    top_cpus = [b""] * len(top_cpus)
text = name.encode() + b"\0"
start = len(head) + 10 + 6 + 8 + len(text) + len(options)
first = table_and_data(top_cpus, start)
option = struct.pack("=HIQ", BUFFER, 8 + len(text), start + len(first)) + text
whole = head + OPTIONS + option + options + first
open(to, "wb").write(whole + table_and_data(cpus, len(whole)))
