#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Figures of the module on each kernel: the read path and the hard handler compared with
# uio_pci_generic's on the same edu device in the same guest, and the accounts after a
# million interrupts. KERNELS names the kernels (default: all).
#
# irq_to_read: from the hard handler to the return of read(), in instructions. UIO has no
# time stamp of its handler. With the kernel's flow handlers (flow=0), its handler and ours
# are called in the same way, and so we assume that both begin equally long after the raise.
# Tracing would add its own cost. Our flow handlers start ours earlier, which is not in the
# figure.
#
# irq_to_uli, uli_return, mmap_spin: a thread that is awake when the interrupt hits it,
# compared with read() with the kernel's flow handlers in the same run, all by the edu
# device's MSI. The thread raises the interrupt itself, in user mode or in a system call.
#
# hybrid, hybrid_mmap: read() that busy-waits up to 200 us in the kernel before it sleeps, and
# procirq_wait() that does so on the ring; raised by irqgen's timer. Inside the window: bursts
# of 8, 100 us apart, one in 8 ms, compared with read() with the kernel's flow handlers.
# Outside: every ms, read() compared with read() of the same run: procirq_wait() blocks in
# poll(), which takes longer. The waits may use half of a CPU.
#
# platform_read: from just before the interrupt was raised to the return of read(), of a
# platform device on arm64: ARM's clock pl031, a level; and with _edge a spare interrupt of
# the GIC. Both against uio_pdrv_genirq in the same run, which is built from the source of
# Linux 6.1. The device acknowledges the interrupt to the program, and UIO's read() needs a
# write() before the next one, which is not in the figure.
#
# On arm64 the handlers' durations, for which its clock is too slow, and VFIO, which the
# machine has no IOMMU for, are left out. User level interrupts end with a system call there,
# so that their goals are others.
set -eu
cd "$(dirname "$0")/../.."

kernels=${KERNELS:-6.1 6.1-rt 6.12 newest debug arm64-6.1}
work=$(mktemp -d "${TMPDIR:-/tmp}/procirq-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Results with the kernel's flow handlers, and then with ours, one JSON text each.
flow_both='for flow in 0 1; do echo $flow >/sys/module/procirq/parameters/flow;'
compare="$flow_both irqlat bench --source edu --ways read,uio --samples 1000 -q --json; done"
awake="$flow_both irqlat bench --source edu --samples 1000 -q --json --ways read,mmap-spin,uli,uli-spin; done"
hybrid_bench='irqlat bench --source irqgen --ways read,hybrid,hybrid-mmap --spin 200us --samples 800 -q --json --arrivals'
hybrid="modprobe irqgen && $flow_both $hybrid_bench burst:8; done && $hybrid_bench fixed"

# Handler durations, from the time stamp counter before and after each handler, which counts
# instructions under icount. Both include a part of the tracer.
handlers='
	cd /sys/kernel/tracing && echo x86-tsc >trace_clock
	echo 1 >events/irq/irq_handler_entry/enable
	echo 1 >events/irq/irq_handler_exit/enable
	irqlat bench --source edu --ways read,uio --samples 300 -q >/dev/null
	cat trace >&3'

guest()
{
	local kernel=$1
	shift
	tests/vm/run --kernel "$kernel" --icount -- \
		"modprobe procirq && modprobe uio_pci_generic && { $*; }" 2>"$work/err" || {
		echo "bench: kernel $kernel:" >&2
		tail -n 5 "$work/err" >&2
		return 1
	}
}

# iommu_guest KERNEL SCRIPT: a guest with an IOMMU, for VFIO.
iommu_guest()
{
	tests/vm/run --kernel "$1" --icount --append 'intel_iommu=on' \
		--qemu '-device intel-iommu,intremap=on' -- \
		"modprobe -a procirq vfio-pci vfio_iommu_type1 && { $2; }" 2>"$work/err" || {
		echo "bench: kernel $1 with an IOMMU:" >&2
		tail -n 5 "$work/err" >&2
		return 1
	}
}

# Compares read() and an eventfd with a read() of VFIO's eventfd, and the hard handlers. VFIO's
# is a thread on PREEMPT_RT, where there is no goal.
vfio_figures()
{
	local kernel=$1
	local bench="$flow_both irqlat bench --source edu --ways read,eventfd,vfio --samples 1000 -q --json; done"
	local traced=${handlers/read,uio/read,vfio}
	iommu_guest "$kernel" "$bench" >"$work/json" &&
		/usr/bin/python3 - "$work/json" "$kernel" "tests/vm/run --kernel $kernel --icount --append intel_iommu=on --qemu '-device intel-iommu,intremap=on' -- 'modprobe -a procirq vfio-pci vfio_iommu_type1 && $bench'" <<'PYTHON'
import json, sys
path, kernel, command = sys.argv[1:]
decoder, text = json.JSONDecoder(), open(path).read()
genirq, end = decoder.raw_decode(text)
own, _ = decoder.raw_decode(text[end:].lstrip())
assert not own["unavailable"], own["unavailable"]
genirq, p50 = [{(r["way"], r["stage"]): r["p50_ns"] for r in run["results"]} for run in (genirq, own)]
threaded = kernel.endswith("-rt")
vfio = genirq["vfio", "total"] - genirq["read", "raise_to_handler"]
for way in "read", "eventfd":
    ours = p50[way, "handler_to_user"]
    print(json.dumps({"name": f"irq_to_{way}.vs_vfio.{kernel}", "value": ours / vfio,
        "unit": f"ratio {ours}/{vfio}", "goal": "-" if threaded else "<= 1.0",
        "ok": threaded or ours <= vfio, "command": command}))
PYTHON
	iommu_guest "$kernel" "exec 3>&1 >&2; $traced" >"$work/trace" &&
		handler_figure hard_handler.vs_vfio vfio-msi "$kernel" "$([[ $kernel = *-rt ]] || echo 1.0)"
}

# handler_figure NAME OTHER KERNEL [GOAL]: duration of our handler in $work/trace, compared
# with the handler whose name begins with OTHER.
handler_figure()
{
	/usr/bin/python3 - "$work/trace" "$@" <<'PYTHON'
import json, re, statistics, sys
path, figure, other, kernel, goal = sys.argv[1:]
entry, spans = {}, {}
for line in open(path):
    m = re.search(r"\[(\d+)\].*?(\d+): irq_handler_(entry|exit): irq=(\d+)(?: name=(\S+)| ret=(\S+))", line)
    if not m:
        continue
    cpu, stamp, kind, irq, name, ret = m.groups()
    if kind == "entry":
        entry[cpu, irq] = (int(stamp), other if name.startswith(other) else name)
    elif (cpu, irq) in entry:
        begin, name = entry.pop((cpu, irq))
        spans.setdefault(name, []).append(int(stamp) - begin)
ours = statistics.median(spans["procirq"])
theirs = statistics.median(spans[other])
print(json.dumps({"name": f"{figure}.{kernel}", "value": ours / theirs,
    "unit": f"ratio {ours:.0f}/{theirs:.0f}", "goal": f"<= {goal}" if goal else "-",
    "ok": not goal or ours / theirs <= float(goal),
    "command": "irq:irq_handler_entry to irq_handler_exit, trace_clock x86-tsc, in a guest of the same kind as the irq_to figures'"}))
PYTHON
}

# A guest with two platform devices, for arm64.
platform_guest()
{
	local kernel=$1 driver
	driver=$(tests/vm/kernel driver "$kernel" drivers/uio/uio_pdrv_genirq.c 2>"$work/err") &&
		tests/vm/run --kernel "$kernel" --icount --append iomem=relaxed --file "$driver" -- "
			modprobe -a procirq platdev uio && insmod /files/uio_pdrv_genirq.ko || exit
			echo 9010000.pl031 >/sys/bus/amba/drivers/rtc-pl031/unbind
			add=/sys/module/platdev/parameters/add
			echo 'plat.rtc mem=0x9010000,0x1000 node=/pl031@9010000' >\$add
			echo 'plat.spare spi=100 node=/chosen' >\$add
			$2" 2>"$work/err" || {
		echo "bench: kernel $kernel, platform devices:" >&2
		tail -n 5 "$work/err" >&2
		return 1
	}
}

platform_figures()
{
	local kernel=$1
	local bench='irqlat bench --ways read,uio --samples 1000 -q --json --source'
	platform_guest "$kernel" "$bench pl031 && $bench gic=plat.spare" >"$work/json" &&
		/usr/bin/python3 - "$work/json" "$kernel" "make bench BENCH=module KERNELS=$kernel: $bench" <<'PYTHON'
import json, sys
path, kernel, command = sys.argv[1:]
decoder, text = json.JSONDecoder(), open(path).read()
level, end = decoder.raw_decode(text)
edge, _ = decoder.raw_decode(text[end:].lstrip())
for name, run, source, goal in (("platform_read", level, "pl031", 0.90),
                                ("platform_read_edge", edge, "gic=plat.spare", None)):
    assert not run["unavailable"], run["unavailable"]
    p50 = {r["way"]: r["p50_ns"] for r in run["results"] if r["stage"] == "total"}
    ratio = p50["read"] / p50["uio"]
    print(json.dumps({"name": f"{name}.vs_uio.{kernel}", "value": ratio,
        "unit": f"ratio {p50['read']}/{p50['uio']}", "goal": f"<= {goal:.2f}" if goal else "-",
        "ok": not goal or ratio <= goal, "command": f"{command} {source}"}))
PYTHON
}

for kernel in $kernels; do
	case $kernel in
	debug) continue ;;	# it counts mostly the instructions of its checks
	esac
	guest "$kernel" "$compare" >"$work/json" &&
		/usr/bin/python3 - "$work/json" "$kernel" "tests/vm/run --kernel $kernel --icount -- 'modprobe procirq && modprobe uio_pci_generic && $compare'" <<'PYTHON'
import json, sys
path, kernel, command = sys.argv[1:]
decoder, text = json.JSONDecoder(), open(path).read()
genirq, end = decoder.raw_decode(text)
own, _ = decoder.raw_decode(text[end:].lstrip())
genirq, own = [{(r["way"], r["stage"]): r["p50_ns"] for r in run["results"]} for run in (genirq, own)]
ours = own["read", "handler_to_user"]
uio = genirq["uio", "total"] - genirq["read", "raise_to_handler"]
goal = {"6.1": 0.85, "6.1-rt": 0.85, "arm64-6.1": 0.90}.get(kernel, 0.55)
print(json.dumps({"name": f"irq_to_read.vs_uio.{kernel}", "value": ours / uio,
    "unit": f"ratio {ours}/{uio}", "goal": f"<= {goal}", "ok": ours / uio <= goal, "command": command}))
PYTHON
	guest "$kernel" "$awake" >"$work/json" &&
		/usr/bin/python3 - "$work/json" "$kernel" "tests/vm/run --kernel $kernel --icount -- 'modprobe procirq && $awake'" <<'PYTHON'
import json, sys
path, kernel, command = sys.argv[1:]
decoder, text = json.JSONDecoder(), open(path).read()
genirq, end = decoder.raw_decode(text)
own, _ = decoder.raw_decode(text[end:].lstrip())
genirq, p50 = [{(r["way"], r["stage"]): r["p50_ns"] for r in run["results"]} for run in (genirq, own)]
read = genirq["read", "handler_to_user"]
arm = kernel.startswith("arm64")
for name, row, goal in (
        ("irq_to_uli", ("uli-spin", "handler_to_user_direct"), 0.16 if arm else 0.12),
        ("uli_return", ("uli", "handler_to_user_return"), 0.40 if arm else 0.33),
        ("mmap_spin", ("mmap-spin", "handler_to_user"), 0.13)):
    ours = p50.get(row)
    if ours is None:
        print(f"bench: kernel {kernel}: {name}: too few samples of {row}", file=sys.stderr)
        continue
    print(json.dumps({"name": f"{name}.vs_read.{kernel}", "value": ours / read,
        "unit": f"ratio {ours}/{read}", "goal": f"<= {goal:.2f}", "ok": ours / read <= goal,
        "command": " ".join(command.split())}))
PYTHON
	guest "$kernel" "$hybrid" >"$work/json" &&
		/usr/bin/python3 - "$work/json" "$kernel" "tests/vm/run --kernel $kernel --icount -- 'modprobe procirq && $hybrid'" <<'PYTHON'
import json, sys
path, kernel, command = sys.argv[1:]
decoder, text, runs = json.JSONDecoder(), open(path).read().lstrip(), []
while text:
    run, end = decoder.raw_decode(text)
    runs.append({(r["way"], r["stage"]): r for r in run["results"]})
    text = text[end:].lstrip()
genirq, inside, outside = runs
for where, base, run, goal, ways in (("", genirq, inside, 0.30, ("hybrid", "hybrid-mmap")),
                                     ("_outside", outside, outside, 1.10, ("hybrid",))):
    read = base["read", "handler_to_user"]["p50_ns"]
    for way in ways:
        ours, total = run[way, "handler_to_user"]["p50_ns"], run[way, "total"]
        share = total["cpu_ns"] / total["wait_ns"]
        print(json.dumps({"name": f"{way.replace('-', '_')}{where}.vs_read.{kernel}",
            "value": ours / read, "unit": f"ratio {ours}/{read}, {100 * share:.0f} % CPU",
            "goal": f"<= {goal:.2f}", "ok": ours / read <= goal and share <= 0.5, "command": command}))
PYTHON
	if [[ $kernel = arm64-* ]]; then
		platform_figures "$kernel"
		continue
	fi
	guest "$kernel" "exec 3>&1 >&2; $handlers" >"$work/trace" &&
		# UIO's wakes a thread since 6.10, and does not wake the reader.
		handler_figure hard_handler.vs_uio uio_pci_generic "$kernel" ""
	vfio_figures "$kernel"
done

# A simple reader, a storm of interrupts at random times, and afterwards the accounts of
# irqgen and procirq: an interrupt that is in neither is unexplained.
for kernel in $kernels; do
	count=1000000
	[ "$kernel" != debug ] || count=100000
	storm="modprobe procirq && modprobe irqgen || exit
		irq=\$(sed 's/.* irq=\([0-9]*\) .*/\1/' /dev/irqgen)
		dd if=/proc/irq/\$irq/irq of=/dev/null bs=4 2>/dev/null & reader=\$!
		echo start line=0 period_ns=20000 pattern=random count=$count >/dev/irqgen
		while grep -q running=1 /dev/irqgen; do sleep 0.2; done
		kill \$reader; wait \$reader
		cat /dev/irqgen; grep \"irq=\$irq \" /proc/procirq/lines"
	tests/vm/run --kernel "$kernel" --timeout 900 -- "$storm" >"$work/books" 2>"$work/err" || {
		echo "bench: kernel $kernel:" >&2
		tail -n 5 "$work/err" >&2
		continue
	}
	/usr/bin/python3 - "$work/books" "$kernel" "$count" <<'PYTHON'
import json, sys
path, kernel, count = sys.argv[1:]
source, line = [dict(w.split("=") for w in row.split()) for row in open(path)]
source, line = [{k: int(v) for k, v in d.items()} for d in (source, line)]
assert source["raised"] == int(count), source
unexplained = abs(source["raised"] - source["dispatched"] - source["coalesced"]
                  - source["unattended"] - source["pending"])
unexplained += abs(source["dispatched"] - line["taken"])
unexplained += abs(line["due"] - line["delivered"] - line["coalesced"] - line["lost"] - line["pending"])
unexplained += abs(line["taken"] - line["due"])
print(json.dumps({"name": f"unexplained.{kernel}", "value": unexplained,
    "unit": f"of {count}", "goal": "0", "ok": unexplained == 0,
    "command": f"make bench BENCH=module: {count} irqgen interrupts, pattern=random, read by dd"}))
PYTHON
done
