"""The programs that are compared: whole processes, with their wall clock, processor time and memory."""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

TKELOG = [sys.executable, "-m", "loganalyzer"]
_IGZIP = "import sys,isal.igzip as g\nf=g.open(sys.argv[1],'rb')\nwhile f.read(1<<20):pass"
_LAUNCH = """import os,sys,time
started=time.perf_counter()
child=os.posix_spawn(sys.argv[1],sys.argv[1:],{k:v for k,v in os.environ.items() if k!='PYTHONDONTWRITEBYTECODE'})
_,status,used=os.wait4(child,0)
if os.waitstatus_to_exitcode(status) not in (0,1): sys.exit(f'{sys.argv[1]} failed')
print(time.perf_counter()-started,used.ru_utime+used.ru_stime,file=sys.stderr)"""
"""Modules are compiled once, as an installer does, also where the environment forbids it. An exit code of 1 is "no
match"."""
_WATCH = """import os,subprocess,sys,time
run=subprocess.Popen(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL)
most=0
while run.poll() is None:
    total=0
    try:
        pids=[run.pid,*open(f'/proc/{run.pid}/task/{run.pid}/children').read().split()]
        for pid in pids:
            for line in open(f'/proc/{pid}/smaps_rollup'):
                if line.startswith('Pss:'): total+=int(line.split()[1])*1024
    except OSError: pass
    most=max(most,total)
    time.sleep(0.01)
print(most)"""
"""Processes share memory; the proportional size counts a page that n of them have as an nth of one for each."""
_NAIVE = """import re,sys,time
patterns=[re.compile(re.escape(p)) for p in open(sys.argv[1],'rb').read().split(b'\\n') if p]
for line in open(sys.argv[2],'rb'):
    for p in patterns: p.search(line)"""


@dataclass
class Tool:
    """A command and what its runs took."""

    name: str
    command: Sequence[str]
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    output: bytes = b""

    def run(self) -> None:
        """Once, whole process; the processor time is the kernel's."""
        program = shutil.which(self.command[0]) or self.command[0]
        launch = [sys.executable, "-S", "-c", _LAUNCH, program, *self.command[1:]]
        with tempfile.TemporaryFile() as out:
            done = subprocess.run(launch, stdout=out, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True)
            seconds, processor = done.stderr.splitlines()[-1].split()
            self.seconds.append(float(seconds))
            self.processor.append(float(processor))
            out.seek(0)
            self.output = out.read()

    def peak(self) -> int:
        """The most memory of all its processes together, in bytes, in a run for that alone."""
        watch = [sys.executable, "-S", "-c", _WATCH, *self.command]
        return int(subprocess.run(watch, capture_output=True, check=True).stdout)

    @property
    def median(self) -> float:
        """Of the runs, in seconds."""
        return statistics.median(self.seconds)

    @property
    def busy(self) -> float:
        """Median of the processor time, in seconds: what is left of a figure on a machine that others use, too."""
        return statistics.median(self.processor)


def alternate(tools: Sequence[Tool], runs: int) -> None:
    """Each tool in turn, so that what disturbs the machine disturbs all of them."""
    for _ in range(runs):
        for tool in tools:
            tool.run()


def unpackers(path: Path) -> list[Tool]:
    """What only unpacks the lane."""
    return [Tool("gzip -dc", ["gzip", "-dc", str(path)]), Tool("isal", [sys.executable, "-c", _IGZIP, str(path)])]


def tkelog(path: Path) -> Tool:
    """Our whole answer."""
    return Tool("tkelog", [*TKELOG, "analyze", "--exit-zero", "--format", "json", str(path)])


def ripgrep(path: Path, patterns: Path, *, fixed: bool) -> Tool | None:
    """All patterns (`fixed`: all texts) in the compressed file; None where ripgrep is not installed."""
    rg = shutil.which("rg")
    return (
        Tool("rg", [rg, "-z", "-c", "-a", *(["-F"] if fixed else []), "-f", str(patterns), str(path)]) if rg else None
    )


def for_ripgrep(pattern: str) -> str:
    """A rule's pattern in ripgrep's dialect: no names twice, and nothing escaped that needs no escape."""
    return re.sub(r"\\([\"'`#,:; /&<>=!@%~_])", r"\1", re.sub(r"\(\?P<\w+>", "(?:", pattern)).replace(r"[^\n]", ".")


def grep(text: Path, words: Path) -> Tool:
    """All anchors as extended regular expressions in a plain slice."""
    return Tool("grep -E", ["grep", "-a", "-c", "-E", "-f", str(words), str(text)])


def naive(text: Path, words: Path) -> Tool:
    """One `re.search` for each line and anchor in a plain slice."""
    return Tool("re loop", [sys.executable, "-c", _NAIVE, str(words), str(text)])


def start_up(log: Path) -> list[Tool]:
    """The interpreter alone, and two things that should feel as fast."""
    return [
        Tool("python -c pass", [sys.executable, "-c", "pass"]),
        Tool("tkelog --version", [*TKELOG, "--version"]),
        Tool("20 lines", [*TKELOG, "analyze", "--exit-zero", str(log)]),
    ]


def tenfold(path: Path, factor: int) -> Tool:
    """The analysis with the pack times `factor`; its output is its seconds."""
    return Tool(f"rules x {factor}", [sys.executable, "-m", "benchmarks.tenfold", str(factor), str(path)])
