"""`make fuzz`: each target for its share of ten minutes (or COUNT runs), by atheris; findings stay in fuzz/inputs/.

`python -m fuzz` runs all targets, each in a process of its own; `python -m fuzz TARGET [libFuzzer options]` one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE / "inputs"
CORPUS = Path("build/fuzz")
SECONDS = int(os.environ.get("SECONDS_IN_ALL") or 600)
COUNT = int(os.environ.get("COUNT") or 0)
"""Runs of each target; 0: as many as its time holds."""
_BLIND = "Is the code instrumented for coverage?"
"""What libFuzzer says where no input ever reached anything new: then it guesses, guided by nothing."""
NAMES = ("archive", "dialects", "safe", "templates", "conditions", "rule_files")


def main() -> int:
    """Run what the command line names; 1 where there was a finding."""
    if len(sys.argv) > 1:
        return _one(sys.argv[1])
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("fuzz: atheris is not to be had for this interpreter; the kept inputs are replayed by `make test`")
        return 0
    from fuzz.seeds import seeds

    found = 0
    for name in NAMES:
        limit = [f"-runs={COUNT}"] if COUNT else [f"-max_total_time={max(1, SECONDS // len(NAMES))}"]
        corpus = CORPUS / name
        corpus.mkdir(parents=True, exist_ok=True)
        (KEPT / name).mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(seeds(name)):
            (corpus / f"seed-{number}").write_bytes(data)
        before = set((KEPT / name).iterdir())
        options = [*limit, "-timeout=5", "-rss_limit_mb=1024", "-max_len=65536", "-print_final_stats=1", "-verbosity=0"]
        log = CORPUS / f"{name}.log"
        with log.open("wb") as out:
            command = [sys.executable, "-m", "fuzz", name, str(corpus), f"-artifact_prefix={KEPT / name}/", *options]
            code = subprocess.run(command, stdout=out, stderr=out, check=False).returncode
        new = sorted(set((KEPT / name).iterdir()) - before)
        told = log.read_text("utf-8", "replace")
        runs = next((line.split()[-1] for line in told.splitlines() if "number_of_executed_units" in line), "?")
        if _BLIND in told:
            code = code or 1
            print(f"fuzz: {name} ran without coverage: nothing of loganalyzer is instrumented", flush=True)
        found += len(new) or int(code != 0)
        print(
            f"fuzz: {name:<11} {runs:>9} runs, {len(new)} findings" + "".join(f"\n      {path}" for path in new),
            flush=True,
        )
        if code and not new:
            print(f"      it ended with {code}: see {log}")
    return int(found > 0)


def _one(name: str) -> int:
    import atheris

    with atheris.instrument_imports(include=["loganalyzer"]):  # nothing of it may have been imported before
        from fuzz.seeds import seeds
        from fuzz.targets import TARGETS

        for data in seeds(name):  # what is imported late is imported here
            TARGETS[name](data)

    def change(data: bytes, longest: int, seed: int) -> bytes:
        changed = atheris.Mutate(data, longest)
        return mended(changed) if seed % 4 else changed

    more = {"custom_mutator": change} if name == "archive" else {}
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[name], **more)
    atheris.Fuzz()
    return 0


def mended(data: bytes) -> bytes:
    """`data` with the checksum of each tar header made right: what no reader gets past hides what lies behind it."""
    out = bytearray(data)
    for at in range(0, len(out) - 511, 512):
        if out[at + 257 : at + 262] == b"ustar":
            out[at + 148 : at + 156] = b" " * 8
            out[at + 148 : at + 156] = b"%06o\0 " % sum(out[at : at + 512])
    return bytes(out)


if __name__ == "__main__":
    sys.exit(main())
