# SPDX-License-Identifier: GPL-2.0-or-later
"""The jobs of the tools that sweep runs with faults."""
import fcntl
import http.client
import itertools
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import termios
import time
import urllib.request


DATES = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
SAVING = "^  Saving trace to"
NO_MEMORY = "memory ran out|not enough memory"
TELLS = r"unknown|not readable|Cannot allocate memory|Too many open files|Input/output error"
CLOCKS = DATES + r'|"time":"[^"]*"|"interval_s":[0-9.]+|"rate_hz":[0-9.]+|^\d+\.\d+,[0-9.]*,|# .* s\b.*|# \d.*'


class Job:
    """A command of a tool.

    tool, words   the command; WORK in a word is the folder of the run, TOP this tree,
                  SCRATCH what the jobs share
    statuses      exit statuses that the manual has
    undisturbed   exit status without a fault
    old           content of files that exist before, by name
    cut           regex: files that an error may leave cut
    steady        the output is the same each time
    ignore        regex: what differs from run to run, in output and files
    loose         regex: files whose content a fault may change
    optional      it does without files that it may not read
    rows          regex: what is on standard error besides messages
    tells         regex: what in the output says that something is not known
    spare         libraries that get memory always (see inject.c)
    """

    def __init__(self, name, tool, words, statuses=(0, 1), old=None, cut=None, steady=True,
                 ignore=None, spare="", leaks=True, lacks=None, loose=None, tells=None,
                 optional=False, undisturbed=0, rows=None):
        self.name, self.tool, self.words, self.statuses = name, tool, words, statuses
        self.old_text = old or {}
        self.old = {n: t.encode() for n, t in self.old_text.items()}
        self.cut, self.steady, self.ignore, self.spare = cut, steady, ignore, spare
        self.leaks, self.lacks, self.loose_files = leaks, lacks, loose
        self.tells, self.optional = tells, optional
        self.undisturbed, self.rows = undisturbed, rows
        self.top = self.scratch = None

    def prepare(self, work):
        for name, content in self.old.items():
            path = os.path.join(work, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(content)

    def arguments(self, work):
        return [w.replace("WORK", work).replace("TOP", self.top).replace("SCRATCH", self.scratch)
                for w in self.words]

    def execute(self, command, env, work, seconds):
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=work)
        try:
            out, err = process.communicate(timeout=seconds)
            status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            status = None
        return (status, self.normal(out).decode(errors="replace"), err.decode(errors="replace"),
                process.pid)

    def normal(self, data):
        if self.ignore:
            data = re.sub(self.ignore.encode(), b"*", data)
        return data

    def says(self, row):
        """Whether the row on standard error is no message."""
        return bool(self.rows and re.search(self.rows, row))

    def is_whole(self, name, content):
        """Whether the file is complete, as far as its form tells."""
        if content == self.old.get(name):
            return True
        if name.endswith(".json"):
            try:
                json.loads(content)
                return True
            except ValueError:
                return False
        if name.endswith(".dat"):
            return content.startswith(b"\x17\x08Dtracing")
        return content.endswith(b"\n")

    def same(self, plain, run):
        """Whether the output is as undisturbed, or says itself what is missing."""
        if not self.steady or plain.out == run.out:
            return True
        return bool(self.tells) and (len(re.findall(self.tells, run.out)) >
                                     len(re.findall(self.tells, plain.out)))

    def may_be_cut(self, name):
        return bool(self.cut and re.search(self.cut, name))

    def loose(self, name):
        return not self.steady or bool(self.loose_files and re.search(self.loose_files, name))


class Screen(Job):
    """A job on a terminal of its own: keys are typed one after the other."""

    ALTERNATE, BACK = b"\x1b[?1049h", b"\x1b[?1049l"

    def __init__(self, name, tool, words, keys, **more):
        super().__init__(name, tool, words, steady=False, spare="ncurses,tinfo", **more)
        self.keys = keys

    def execute(self, command, env, work, seconds):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        process = subprocess.Popen(command, env=env, stdin=theirs, stdout=theirs,
                                   stderr=subprocess.PIPE, cwd=work, preexec_fn=own_terminal)
        os.close(theirs)
        seen, keys = b"", list(self.keys)
        begun = time.monotonic()
        until, next_key = begun + seconds, None
        while time.monotonic() < until:
            if select.select([ours], [], [], 0.05)[0]:
                try:
                    data = os.read(ours, 65536)
                except OSError:
                    break
                seen += data
                next_key = next_key or time.monotonic() + 0.1
            # A terminal that takes no output has keys all the same.
            if not next_key and time.monotonic() > begun + 5:
                next_key = time.monotonic()
            if next_key and keys and time.monotonic() > next_key:
                os.write(ours, keys.pop(0).encode())
                next_key = time.monotonic() + 0.05
            # A key that a fault has swallowed: q is pressed again.
            elif next_key and not keys and time.monotonic() > next_key + 1:
                os.write(ours, b"q")
                next_key = time.monotonic()
        try:
            status = process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = None
        os.close(ours)
        err = process.stderr.read().decode(errors="replace")
        full = env["FAULT"].startswith("write:")
        if status is not None and status >= 0 and not full and seen.rfind(self.ALTERNATE) > seen.rfind(self.BACK):
            err += "the terminal is not restored\n"
        return status, "", err.replace("\r", ""), process.pid


def own_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Server(Job):
    """irqtop --listen, asked twice and then ended."""

    ports = itertools.count(20000 + os.getpid() % 20000)

    def execute(self, command, env, work, seconds):
        port = next(self.ports)
        command = [w.replace("PORT", str(port)) for w in command]
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=work)
        answers, until = 0, time.monotonic() + 10
        while answers < 2 and process.poll() is None and time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
                    answers += b"irqtop_interrupts" in page.read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
        mute = answers < 2 and process.poll() is None
        process.terminate()
        try:
            out, err = process.communicate(timeout=seconds)
            status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            status = None
        err = err.decode(errors="replace").replace(str(port), "PORT")
        # Without any memory there is no answer, but an end.
        if mute and not env["FAULT"].endswith(":on"):
            err += "it does not answer\n"
        return status, "", err, process.pid


def trace_files(top, scratch):
    """Recordings of trace-cmd's kinds: version 6, and 7 as it is and compressed."""
    v6 = os.path.join(scratch, "v6.dat")
    subprocess.run([os.path.join(top, "build/san/fuzz/damage"), "--write", v6, "60"], check=True)
    for how in "none", "zstd":
        subprocess.run(["trace-cmd", "convert", "-i", v6, "-o", f"{scratch}/{how}.dat",
                        "--file-version", "7", "--compression", how], check=True,
                       capture_output=True)


def tree(top, scratch):
    """A copied tree with counts, facts and a place for everything that irqtop reads."""
    there = os.path.join(scratch, "tree")
    subprocess.run([f"{top}/tests/fixtures/irqtop/generate", there, "--cpus", "4", "--rows", "8",
                    "--nodes", "2"], check=True)
    shutil.copytree(f"{top}/tests/fixtures/machine", there, dirs_exist_ok=True)
    for name in "a.rec", "b.rec":
        subprocess.run([f"{top}/tests/fixtures/irqtop/recording", f"{scratch}/{name}", "--cpus",
                        "4", "--rows", "8"], check=True)


def lack_of_tracefs():
    if os.geteuid() != 0 or not os.access("/sys/kernel/tracing/instances", os.W_OK):
        return "needs root and tracefs"
    return None


def irqlat_jobs():
    results = "TOP/tests/fixtures/results"
    machine = "TOP/tests/fixtures/machine"
    blocks = [f"{results}/blocks-a.json", f"{results}/blocks-b.json"]
    files = ["--json=WORK/t.json", "--csv=WORK/t.csv", "--hlog=WORK/t.hlog", "--hgrm=WORK/t"]
    live = lack_of_tracefs()
    yield Job("irqlat ref", "irqlat", ["ref"])
    yield Job("irqlat ref --json=FILE", "irqlat", ["ref", "--json=WORK/ref.json"],
              old={"ref.json": "old"})
    yield Job("irqlat check", "irqlat", ["check", "--root", machine], statuses=(0, 1, 2), undisturbed=2,
              tells=TELLS, optional=True)
    yield Job("irqlat check --json", "irqlat", ["check", "--json", "--root", machine],
              statuses=(0, 1, 2), undisturbed=2, tells=TELLS, optional=True)
    yield Job("irqlat diff", "irqlat", ["diff", "-v"] + blocks, statuses=(0, 1, 2))
    yield Job("irqlat diff --json=FILE", "irqlat", ["diff", "--json=WORK/d.json"] + blocks,
              statuses=(0, 1, 2), old={"d.json": "old"})
    yield Job("irqlat report --text", "irqlat", ["report", "--text", f"{results}/ways.json"],
              tells="out of memory")
    yield Job("irqlat report", "irqlat", ["report", f"{results}/edu.json", "-o", "WORK/report"])
    yield Job("irqlat trace -i", "irqlat", ["trace", "-i", "SCRATCH/v6.dat", "--no-header"],
              tells=NO_MEMORY)
    yield Job("irqlat trace -i, files", "irqlat",
              ["trace", "-q", "-i", "SCRATCH/none.dat", "--no-header"] + files,
              old={"t.csv": "old"}, ignore=DATES, tells=NO_MEMORY)
    yield Job("irqlat trace -i hist", "irqlat",
              ["trace", "hist", "-i", "SCRATCH/zstd.dat", "--no-header"],
              tells=NO_MEMORY)
    yield Job("irqlat trace", "irqlat",
              ["trace", "-q", "-d", "0.3", "--buffer", "256", "-tWORK/t.dat"] + files, steady=False,
              lacks=live, old={"t.json": "old"}, rows=SAVING)
    yield Job("irqlat trace -a", "irqlat",
              ["trace", "-q", "-d", "5", "--buffer", "256", "-a", "1", "-tWORK/t.dat"],
              steady=False, rows=SAVING, statuses=(0, 1, 2), undisturbed=2, lacks=live)
    yield Job("irqlat trace --on-threshold", "irqlat",
              ["trace", "-q", "-d", "5", "--buffer", "256", "-T", "1", "--on-threshold",
               "shell,command=true"], steady=False, statuses=(0, 1, 2), undisturbed=2, lacks=live)
    yield Screen("irqlat trace top", "irqlat",
                 ["trace", "top", "-d", "3", "--interval", "0.1", "--buffer", "256"],
                 ["\x1bOC", "q"], lacks=live)
    bench = ["bench", "--source", "timer", "--samples", "20", "--warmup", "2"]
    yield Job("irqlat bench", "irqlat", bench + ["--json=WORK/b.json", "--csv=WORK/b.csv"],
              steady=False, old={"b.json": "old"})
    yield Job("irqlat bench --load", "irqlat",
              bench + ["-q", "-w", "timerfd", "--load", "cpu,io,irq,net"], steady=False)
    yield Job("irqlat bench --entry=trace", "irqlat",
              bench + ["-q", "-w", "timerfd", "--entry=trace"], steady=False, lacks=live)


def irqtop_jobs():
    base = ["--no-config", "--root", "SCRATCH/tree"]
    for name, words in (("--once", ["--once"]), ("--csv", ["--csv", "--once"]),
                        ("--json", ["--json", "--once", "--per-cpu"]),
                        ("--openmetrics", ["--openmetrics", "--per-cpu"])):
        yield Job(f"irqtop {name}", "irqtop", base + words, ignore=CLOCKS, optional=True)
    yield Job("irqtop -b", "irqtop", base + ["-b", "-n", "2", "-d", "0.05"], ignore=CLOCKS,
              optional=True)
    yield Job("irqtop --record", "irqtop", base + ["-q", "-n", "3", "-d", "0.05", "--record=WORK/r"],
              cut="^r$", loose="^r$", steady=False, optional=True)
    yield Job("irqtop --replay", "irqtop", ["--no-config", "--replay=SCRATCH/a.rec", "--json"])
    yield Job("irqtop --diff", "irqtop", ["--no-config", "--diff", "SCRATCH/a.rec", "SCRATCH/tree"],
              optional=True)
    yield Job("irqtop --alert", "irqtop",
              base + ["-q", "-n", "3", "-d", "0.05", "--alert", "total > 1"], statuses=(0, 1, 2),
              undisturbed=2, ignore=CLOCKS)
    yield Job("irqtop --alert-command", "irqtop",
              base + ["-b", "-n", "2", "-d", "0.05", "--alert", "total > 1", "--alert-command",
                      "true"], ignore=CLOCKS, optional=True, statuses=(0, 1, 2), undisturbed=2)
    yield Server("irqtop --listen", "irqtop", base + ["--listen=127.0.0.1:PORT", "--per-cpu"],
                 steady=False, optional=True)
    yield Job("irqtop -L", "irqtop", ["--no-config", "-L", "-b", "-n", "2", "-d", "0.2"],
              steady=False, lacks=lack_of_tracefs())
    yield Screen("irqtop", "irqtop",
                 ["--root", "SCRATCH/tree", "-d", "0.1", "--config=WORK/config"],
                 ["j", "\r", "h", " ", "/", "ab", "\r", "s", "j", "\r", "W", "q"],
                 old={"config": "sort = total\n"}, loose="config")
    yield Screen("irqtop --replay, screen", "irqtop", ["--no-config", "--replay=SCRATCH/b.rec"],
                 ["\x1b[C", "j", "q"])


def procirq_jobs():
    for words in (["list"], ["list", "--json"], ["info", "timer"], ["wait", "timer"],
                  ["bind", "00:00.0"], ["unbind", "ffff:fffe"], ["inject", "irqgen:0"],
                  ["attach", "TOP/examples/edu.irqdev"], ["attach", "TOP/examples/pci-intx.irqdev"]):
        yield Job("procirq " + " ".join(words).replace("TOP/", ""), "procirq", words, undisturbed=1)


def all_jobs(top, scratch):
    trace_files(top, scratch)
    tree(top, scratch)
    for job in itertools.chain(irqlat_jobs(), irqtop_jobs(), procirq_jobs()):
        job.top, job.scratch = top, scratch
        yield job
