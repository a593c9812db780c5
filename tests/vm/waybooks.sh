# SPDX-License-Identifier: GPL-2.0-or-later
# What suites of irqlat bench check in results, $scratch/FILE.json.
# shellcheck shell=bash disable=SC2154

# books FILE WAYS: the results have these ways, $samples deliveries each, and the counts of
# each way add up.
books()
{
	/usr/bin/python3 - "$scratch/$1.json" "$2" "$samples" <<'PYTHON'
import json, re, sys
run, ways, samples = json.load(open(sys.argv[1])), sys.argv[2].split(","), int(sys.argv[3])
early = sum(int(m.group(1)) for w in run["system"]["warnings"]
            if (m := re.match(r"(\d+) interrupts came before the thread was spinning", w)))
assert not run["partial"] and not run["unavailable"], (run["partial"], run["unavailable"])
rows = {}
for r in run["results"]:
    rows.setdefault(r["way"], {})[r["stage"]] = r
assert sorted(rows) == sorted(ways), list(rows)
for way, stages in rows.items():
    r = stages["total"]
    late = r["coalesced"] if r["source"] == "timer" else 0
    assert r["lost"] == 0 and r["negative"] == 0, (way, r["lost"], r["negative"])
    assert r["raised"] == r["delivered"] + r["coalesced"], (way, r["raised"], r["delivered"])
    assert r["delivered"] == samples, (way, r["delivered"])
    # A way that spins may have fewer samples: see below.
    if r["wait"] != "spin":
        assert r["n"] == samples + late, (way, r["n"])
    assert r["wait"] == ("spin" if way in ("mmap-spin", "uli", "uli-spin") else "block"), r["wait"]
    assert (r["irq"] is None) == (r["source"] in ("timer", "thread")), (way, r["irq"])
    if "handler_to_user" in stages:
        parts = stages["raise_to_handler"]["mean_ns"] + stages["handler_to_user"]["mean_ns"]
        assert abs(parts - r["mean_ns"]) < 2, (way, parts, r["mean_ns"])
    # Each delivery of a user level interrupt took one path.
    paths = {p: stages["total_" + p] for p in ("direct", "return", "wake", "repeat") if "total_" + p in stages}
    assert bool(paths) == way.startswith("uli"), (way, list(paths))
    for p, row in paths.items():
        assert row["delivered"] > 0 and row["raised"] == row["delivered"] + row["coalesced"], (way, p, row["raised"])
        other = stages["handler_to_user_" + p]
        assert (row["n"], row["delivered"]) == (other["n"], other["delivered"]), (way, p, row["n"], other["n"])
    for key in ("n", "raised", "delivered", "coalesced"):
        assert not paths or sum(row[key] for row in paths.values()) == r[key], (way, key)
    if way == "uli-sleep":
        assert list(paths) == ["wake"], list(paths)
# An interrupt that comes before the thread spins is no sample. A warning counts them.
spun = [stages["total"] for stages in rows.values() if stages["total"]["wait"] == "spin"]
assert sum(samples - r["n"] for r in spun) == early, ([r["n"] for r in spun], early)
assert all(r["n"] > 0 for r in spun)
PYTHON
}

# agrees FILE EXPRESSION: it is true for run, the results, and paths, a dictionary:
# way -> path -> deliveries.
agrees()
{
	/usr/bin/python3 - "$scratch/$1.json" "$2" <<'PYTHON'
import json, sys
run, paths = json.load(open(sys.argv[1])), {}
for r in run["results"]:
    if r["stage"].startswith("total_"):
        paths.setdefault(r["way"], {})[r["stage"][6:]] = r["delivered"]
assert eval(" ".join(sys.argv[2].split()), {"run": run, "paths": paths}), paths
PYTHON
}
