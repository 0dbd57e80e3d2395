"""`make bench`: whole processes, alternating in one run, as ratios; Markdown tables on standard output."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import tempfile
from itertools import islice
from pathlib import Path

from benchmarks import tools
from benchmarks.lanes import LANES, MB, lane, noise
from benchmarks.targets import table
from loganalyzer import rulepack
from loganalyzer.diagnose.scan import Scanner
from loganalyzer.ingest import open_inputs
from loganalyzer.rulepack.rule import Ruleset

ROOT = Path(__file__).parent.parent
SIZES = {"quiet": 700, "busy": 300, "flood": 100, "many-small": 100, "wide-escape": 200}
"""MB of text where nothing else is asked for; 200 for the other lanes."""
SLICE = 20 * MB
"""What grep gets."""
LINES = 2000
"""What the loop over `re` gets."""


def density(path: Path, scanner: Scanner) -> tuple[float, float]:
    """Candidates per MB, and the share of lines that hold an anchor, in the first blocks of the lane's first file."""
    size = lines = candidates = hit = 0
    for source in islice(open_inputs([str(path)]).sources(), 1):
        for block in islice(source.blocks(), 8):
            hits = scanner.hits(block.data, block.start)
            size += len(block.data) - block.start
            lines += block.data.count(b"\n", block.start)
            candidates += len(hits)
            hit += len({block.data.rfind(b"\n", 0, end) for _, end in hits})
    return candidates / size * MB, hit / max(lines, 1)


def row(
    name: str, size: int, where: Path, runs: int, scanner: Scanner, words: Path, figures: dict[str, float]
) -> list[str]:
    """One row of the table of lanes; what there are targets for goes to `figures`."""
    path = lane(name, size, where)
    ours, gzip, isal, rg = tools.tkelog(path), *tools.unpackers(path), tools.ripgrep(path, words, fixed=True)
    tools.alternate([ours, gzip, isal, *([rg] if rg else [])], runs)
    answer = json.loads(ours.output)
    text = sum(one["bytes"] for one in answer["inputs"])
    per_mb, share = density(path, scanner)
    first = answer["diagnoses"][0]["id"] if answer["diagnoses"] else "-"
    peak = ours.peak() / MB
    figures[f"{name} x gzip"], figures[f"{name} x isal"] = ours.median / gzip.median, ours.median / isal.median
    figures[f"{name} above gzip"], figures[f"{name} MB/s"] = ours.median - gzip.median, text / MB / ours.median
    figures["peak"] = max(peak, figures.get("peak", 0.0))
    return [
        name, f"{text / MB:,.0f}", f"{share:.0%}", f"{per_mb:,.0f}", f"{ours.median:.2f}", f"{ours.busy:.2f}",
        f"{figures[f'{name} MB/s']:,.0f}", f"{figures[f'{name} x gzip']:.2f}", f"{figures[f'{name} x isal']:.2f}",
        f"{rg.median / ours.median:.1f}" if rg else "-", f"{peak:.0f}", first,
    ]  # fmt: skip


def patterns(path: Path, ruleset: Ruleset, work: Path, figures: dict[str, float]) -> list[str]:
    """What ripgrep takes for the rules' own patterns, once."""
    signals = (signal for rule in ruleset.rules.values() for signal in rule.signals.values())
    found = {tools.for_ripgrep(one.pattern) for signal in signals for one in signal.alternatives}
    (work / "patterns").write_text("\n".join(sorted(found)) + "\n")
    rg, ours = tools.ripgrep(path, work / "patterns", fixed=False), tools.tkelog(path)
    if rg is None:
        return []
    tools.alternate([ours, rg], 1)
    figures["rg"] = rg.median / ours.median
    return [
        f"- `rg -z -f`, the {len(found):,} patterns of the rules, quiet lane: {rg.median:.1f} s, "
        f"{figures['rg']:.1f} x what tkelog takes"
    ]


def plain_tools(scanner: Scanner, work: Path) -> list[str]:
    """What line tools do with as many patterns, on slices of plain text."""
    text, lines, escaped, words = work / "slice", work / "lines", work / "escaped", work / "words"
    data = b"".join(noise(SLICE))
    text.write_bytes(data)
    lines.write_bytes(b"\n".join(data.split(b"\n", LINES)[:LINES]) + b"\n")
    escaped.write_bytes(b"\n".join(re.sub(rb"[][\\.^$*+?(){}|]", rb"\\\g<0>", a) for a in scanner.anchors) + b"\n")
    grep, naive = tools.grep(text, escaped), tools.naive(lines, words)
    tools.alternate([grep, naive], 1)
    return [
        f"- `grep -E -f`, {len(scanner.anchors)} patterns, plain text: {len(data) / MB / grep.median:,.1f} MB/s",
        f"- a loop of Python's `re` over them: {lines.stat().st_size / MB / naive.median:,.3f} MB/s",
    ]


def start_up(work: Path, runs: int, figures: dict[str, float]) -> list[str]:
    """Milliseconds above the bare interpreter, warm cache."""
    log = work / "kubelet.log"
    one = 'E0119 06:43:32.225123    1391 kubelet.go:2291] "Error getting node" err="node \\"node-1\\" not found"\n'
    log.write_text(one * 20)
    bare, *others = tools.start_up(log)
    for other in others:
        other.run()
        other.seconds.clear()
        other.processor.clear()
    tools.alternate([bare, *others], 3 * runs)
    figures.update({tool.name: (tool.median - bare.median) * 1000 for tool in others})
    return [
        f"- `{tool.name}`: {figures[tool.name]:.0f} ms above `python -c pass` "
        f"({(tool.busy - bare.busy) * 1000:.0f} ms of processor time)"
        for tool in others
    ]


def tenfold(path: Path, runs: int, figures: dict[str, float]) -> str:
    """The same bundle with ten times the rules."""
    seconds: dict[int, list[float]] = {1: [], 10: []}
    for _ in range(runs):
        for factor, found in seconds.items():
            command = tools.tenfold(path, factor).command
            found.append(float(subprocess.run(command, check=True, capture_output=True).stdout))
    one, ten = (statistics.median(found) for found in seconds.values())
    figures["rules x 10"] = ten / one
    return f"- rules x 10, quiet lane: {ten / one:.2f} x the time ({one:.2f} s, {ten:.2f} s)"


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("lanes", nargs="*", help=f"of {', '.join(LANES)}; all if none is named")
    parser.add_argument("--size", type=int, help="MB of text a lane (default: 100 to 700, by lane)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--data", type=Path, default=ROOT / "bench-data")
    parser.add_argument("--lanes-only", action="store_true", help="neither start-up nor rules x 10 nor line tools")
    options = parser.parse_args()
    ruleset = rulepack.load()
    scanner = Scanner(ruleset)
    data = b"".join(noise(SLICE, seed=99))
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, CPython {platform.python_version()}; "
        f"{len(ruleset.rules)} rules, {len(scanner.anchors)} anchors, "
        f"{len(scanner.hits(data)) / len(data) * MB:.1f} candidates per MB of noise; median of {options.runs} runs\n"
    )
    print(
        "| lane | MB | lines hit | candidates per MB | tkelog, s | processor, s | MB/s | x gzip -dc | x isal gunzip "
        "| faster than rg -F | peak memory, MB | first diagnosis |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        words = work / "words"
        words.write_bytes(b"\n".join(scanner.anchors) + b"\n")
        figures: dict[str, float] = {}
        for name in options.lanes or LANES:
            size = (options.size or SIZES.get(name, 200)) * MB
            cells = row(name, size, options.data, options.runs, scanner, words, figures)
            print(f"| {' | '.join(cells)} |", flush=True)
        if not options.lanes_only:
            print()
            print("\n".join(start_up(work, options.runs, figures)), flush=True)
            quiet = lane("quiet", (options.size or SIZES["quiet"]) * MB, options.data)
            print(tenfold(quiet, options.runs, figures), flush=True)
            print("\n".join(patterns(quiet, ruleset, work, figures)), flush=True)
            print("\n".join(plain_tools(scanner, work)), flush=True)
        print()
        print("\n".join(table(figures)))


if __name__ == "__main__":
    main()
