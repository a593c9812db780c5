#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sums up what gcov counted.

usage: tests/coverage.py [--missed FILE] [--by-folder] SOURCE-FOLDER GCDA-FOLDER...

GCDA-FOLDER holds *.gcda, at any depth, with the *.gcno of the same name beside them.
Only lines of sources in SOURCE-FOLDER count. Prints a line for each source file, or for
each folder: lines with code, lines that ran, percent. --missed writes the lines that did
not run to FILE, as "path:line: text".
"""
import argparse
import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile


def counts_of(gcda, top):
    """Yields (path, line, count) for the sources of one object file."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["gcov", "--json-format", gcda.resolve()], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for output in pathlib.Path(folder).glob("*.gcov.json.gz"):
            data = json.loads(gzip.open(output).read())
            for source in data["files"]:
                path = pathlib.Path(data["current_working_directory"], source["file"])
                if not path.exists():
                    continue
                # The modules are built in a folder of links.
                path = path.resolve()
                if top in path.parents:
                    for line in source["lines"]:
                        yield path, line["line_number"], line["count"]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--missed")
    parser.add_argument("--by-folder", action="store_true")
    parser.add_argument("top", type=pathlib.Path)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    args = parser.parse_args()

    top = args.top.resolve()
    lines = collections.defaultdict(dict)
    for folder in args.folders:
        for gcda in sorted(folder.rglob("*.gcda")):
            for path, number, count in counts_of(gcda, top):
                lines[path][number] = lines[path].get(number, 0) + count
    if not lines:
        sys.exit("coverage: no counts in " + " ".join(map(str, args.folders)))

    total = collections.Counter()
    ran = collections.Counter()
    for path, counts in lines.items():
        name = path.relative_to(top)
        name = name.parts[0] + "/" if args.by_folder and len(name.parts) > 1 else str(name)
        total[name] += len(counts)
        ran[name] += sum(count > 0 for count in counts.values())
    for name in sorted(total) + ["all"]:
        if name == "all":
            total[name], ran[name] = sum(total.values()), sum(ran.values())
        print(f"{name:<28} {total[name]:6} lines {ran[name]:6} run {100 * ran[name] / total[name]:6.1f} %")

    if args.missed:
        with open(args.missed, "w") as missed:
            for path in sorted(lines):
                text = path.read_text().splitlines()
                for number in sorted(lines[path]):
                    if not lines[path][number]:
                        print(f"{path.relative_to(top)}:{number}: {text[number - 1].strip()}", file=missed)


main()
