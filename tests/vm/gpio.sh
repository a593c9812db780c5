#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# irqlat bench on a line of the GPIO character device, which gpio-sim simulates: Debian's
# 6.1 has no such module, later kernels have. No edge is lost, the stages add up, and the
# simulated chip is gone afterwards, also that of a run that was killed. TAP.
#
#   tests/vm/gpio.sh [KERNEL]...    default newest
set -u

cd "$(dirname "$0")/../.." || exit 1

. tests/tap.sh

# Commands of the guest. Results are one archive on its stdout.
guest()
{
	cat <<'SHELL'
modprobe gpio-sim || exit
mount -t configfs none /sys/kernel/config 2>/dev/null
chips=/sys/kernel/config/gpio-sim
cd /tmp
bench="irqlat bench --source gpio-sim --ways gpiocdev,gpiocdev-poll --samples 200 -q"
$bench --json=gpio.json >text || exit
ls $chips >left
irqlat bench --source gpio-sim --ways gpiocdev -d 60 -q >/dev/null &
pid=$!
until ls /sys/kernel/config/gpio-sim/irqlat-$pid/bank >/dev/null 2>&1; do sleep 0.1; done
kill -KILL $pid
wait $pid
ls $chips >killed
$bench --entry trace --json=traced.json >>text || exit
ls $chips >swept
cat text >&2
tar c *.json left killed swept
SHELL
}

# books FILE: both ways have all samples, and their stages add up.
books()
{
	/usr/bin/python3 - "$scratch/$1.json" <<'PYTHON'
import json, sys
run = json.load(open(sys.argv[1]))
assert not run["partial"] and not run["unavailable"], (run["partial"], run["unavailable"])
rows = {}
for r in run["results"]:
    rows.setdefault(r["way"], {})[r["stage"]] = r
assert sorted(rows) == ["gpiocdev", "gpiocdev-poll"], list(rows)
for way, stages in rows.items():
    r = stages["total"]
    assert (r["n"], r["raised"], r["delivered"], r["coalesced"], r["lost"], r["negative"]) == (200, 200, 200, 0, 0, 0), r
    assert r["irq"] is not None and r["source"] == "gpio-sim" and r["wait"] == "block", r
    for part in "raise_to_handler", "handler_to_user":
        assert stages[part]["n"] == 200 and stages[part]["negative"] == 0, (way, part)
    parts = stages["raise_to_handler"]["mean_ns"] + stages["handler_to_user"]["mean_ns"]
    assert abs(parts - r["mean_ns"]) < 2, (way, parts, r["mean_ns"])
PYTHON
}

for kernel in "${@:-newest}"; do
	rm -f "$scratch"/*
	tests/vm/run --kernel "$kernel" --timeout 900 -- "$(guest)" >"$scratch/tar" 2>"$scratch/err" &&
		tar x -C "$scratch" -f "$scratch/tar" 2>>"$scratch/err"
	result $? "$kernel: the GPIO character device, in a guest" "$(tail -n 15 "$scratch/err")"
	books gpio 2>"$scratch/why"
	result $? "$kernel: read, and poll and read: no edge is lost, the stages add up" "$(cat "$scratch/why")"
	books traced 2>"$scratch/why"
	result $? "$kernel: the same with handler entries traced" "$(cat "$scratch/why")"
	[ -e "$scratch/left" ] && [ ! -s "$scratch/left" ]
	result $? "$kernel: the simulated chip is removed" "$(cat "$scratch/left")"
	[ -s "$scratch/killed" ] && [ -e "$scratch/swept" ] && [ ! -s "$scratch/swept" ]
	result $? "$kernel: that of a killed run, too" "$(head "$scratch/killed" "$scratch/swept")"
done

tap_end
