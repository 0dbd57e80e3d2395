"""`make bench`: whole processes, alternating in one run, as ratios; a Markdown table on standard output."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.lanes import LANES, MB, lane, noise
from loganalyzer import rulepack
from loganalyzer.diagnose.scan import Scanner

ROOT = Path(__file__).parent.parent


@dataclass
class Tool:
    """A command and what its runs took."""

    name: str
    command: list[str]
    seconds: list[float] = field(default_factory=list)
    rss: int = 0
    output: bytes = b""

    def run(self) -> None:
        """Once, whole process; the peak RSS is the kernel's."""
        with tempfile.TemporaryFile() as out:
            started = time.perf_counter()
            process = subprocess.Popen(self.command, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            _, _, usage = os.wait4(process.pid, 0)
            self.seconds.append(time.perf_counter() - started)
            process.returncode = 0
            self.rss = max(self.rss, usage.ru_maxrss * 1024)
            out.seek(0)
            self.output = out.read(1 << 20)

    @property
    def median(self) -> float:
        """Of the runs, in seconds."""
        return statistics.median(self.seconds)


def tools(path: Path, scanner: Scanner, work: Path) -> list[Tool]:
    """What is compared on one file: all read it whole."""
    tkelog = [sys.executable, "-m", "loganalyzer", "analyze", "--exit-zero", "--format", "json", str(path)]
    found = [Tool("tkelog", tkelog), Tool("gzip -dc", ["gzip", "-dc", str(path)])]
    igzip = "import sys,isal.igzip as g\nf=g.open(sys.argv[1],'rb')\nwhile f.read(1<<20):pass"
    found.append(Tool("isal gunzip", [sys.executable, "-c", igzip, str(path)]))
    words = work / "words"
    words.write_bytes(b"\n".join(scanner.anchors) + b"\n")
    if rg := shutil.which("rg"):
        found.append(Tool("rg -z -c -F -f", [rg, "-z", "-c", "-a", "-F", "-f", str(words), str(path)]))
    return found


def report(name: str, size: int, where: Path, runs: int, scanner: Scanner, work: Path) -> list[str]:
    """One row of the table."""
    path = lane(name, size, where)
    compared = tools(path, scanner, work)
    for _ in range(runs):
        for tool in compared:
            tool.run()
    ours, gzip = compared[0], compared[1]
    answer = json.loads(ours.output)
    text = sum(one["bytes"] for one in answer["inputs"])
    times = ", ".join(f"{tool.name} {tool.median:.2f} s" for tool in compared[1:])
    return [
        name, f"{text / MB:,.0f} MB", f"{ours.median:.2f} s", f"{text / MB / ours.median:,.0f} MB/s",
        f"{ours.median / gzip.median:.2f}", f"{ours.rss / MB:.0f} MB", times,
        answer["diagnoses"][0]["id"] if answer["diagnoses"] else "-",
    ]  # fmt: skip


def candidates_per_mb(scanner: Scanner) -> float:
    """On the noise log: how often the scanner sends a line to RE2."""
    data = b"".join(noise(20 * MB, seed=99))
    return len(scanner.hits(data)) / (len(data) / MB)


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("lanes", nargs="*", default=["quiet"], help=f"of {', '.join(LANES)}, or `all`")
    parser.add_argument("--size", type=int, default=700, help="MB of text a lane (default 700)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--data", type=Path, default=ROOT / "bench-data")
    options = parser.parse_args()
    ruleset = rulepack.load()
    scanner = Scanner(ruleset)
    names = list(LANES) if options.lanes == ["all"] else options.lanes
    machine = f"{platform.machine()}, {os.cpu_count()} cores, CPython {platform.python_version()}"
    pack = f"{len(ruleset.rules)} rules, {len(scanner.anchors)} anchors"
    noisy = f"{candidates_per_mb(scanner):.1f} candidates per MB of noise"
    print(f"{machine}; {pack}; {noisy}; median of {options.runs} runs\n")
    print("| lane | text | tkelog | speed | x gzip -dc | peak RSS | others | first diagnosis |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as work:
        for name in names:
            row = report(name, options.size * MB, options.data, options.runs, scanner, Path(work))
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
