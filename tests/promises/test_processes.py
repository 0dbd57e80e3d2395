"""The program among others: pipes, signals, full disks, no network, no home, files that change under its eyes."""

from __future__ import annotations

import contextlib
import gzip
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from loganalyzer import diagnose
from loganalyzer.ingest import open_inputs
from loganalyzer.limits import KIB
from loganalyzer.model import Source
from tests.ingest.bundles import INLINE, log, special, tar
from tests.kit import ROOT
from tests.promises import mangle, small
from tests.promises.process import MB, TKELOG, tkelog
from tests.promises.scale import PROVE, amount

ROOT_USER = os.geteuid() == 0


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("small") / "bundle.tar.gz"
    path.write_bytes(mangle.KINDS["tar.gz"](small.files()))
    return path


def _tree(root: Path) -> dict[str, tuple[int, int]]:
    return {
        os.path.join(folder, name): (
            os.lstat(os.path.join(folder, name)).st_mode,
            os.lstat(os.path.join(folder, name)).st_size,
        )
        for folder, folders, names in os.walk(root)
        for name in (*folders, *names)
    }


# ------------------------------------------------------------------------------------------------- P1: writes nothing


def _evil(dice: random.Random) -> bytes:
    """A tar whose members would like to be somewhere else."""
    target = dice.choice(
        ("../../escaped", "/escaped", "..\\escaped", "a/../../escaped", "x\0y", "C:\\escaped", "~/escaped")
    )
    kind = dice.choice(
        (tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE)
    )
    info = tarfile.TarInfo(target.replace("\0", "_"))
    info.type, info.linkname, info.mode = kind, dice.choice(("../../..", "/etc", "/dev/sda", info.name)), 0o6777
    return special(info, after={f"{info.name}/passwd": b"x\n", "b.log": b"E0119 14:43:31.1 1 a.go:1] x\n"})


@pytest.mark.promise("P1")
def test_nothing_is_written_but_the_report(tmp_path, figure):
    """All archives in one run under strace: every file that is opened for writing, made, linked or renamed is seen."""
    count = amount(1_000, quick=30)
    inputs, cache, report = tmp_path / "inputs", tmp_path / "cache", tmp_path / "out.json"
    inputs.mkdir()
    cache.mkdir()
    for n in range(count):
        (inputs / f"{n}.tar").write_bytes(_evil(random.Random(n)))
    before, trace = _tree(inputs), tmp_path / "trace"
    calls = "openat,open,creat,symlink,symlinkat,link,linkat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,unlink,unlinkat"
    watch = (
        ["strace", "-f", "-qq", "-e", f"trace={calls}", "-e", "signal=none", "-o", str(trace)]
        if shutil.which("strace")
        else []
    )
    got = tkelog("analyze", inputs, "-o", report, env={"XDG_CACHE_HOME": str(cache)}, before=watch)
    assert got.code == 0, got.err
    assert _tree(inputs) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["inputs", "cache", "out.json", *(["trace"] if watch else [])]
    )
    assert [path.name for path in cache.iterdir()] == ["tkelog"]
    assert not (tmp_path / "escaped").exists()
    if not watch:
        figure(f"{count} hostile archives: nothing written beside the report (no strace here)")
        return
    ours = (str(cache), str(tmp_path / ".tkelog-"), str(report), "/dev/null", "/dev/tty")
    wrong = [
        line for line in trace.read_text("utf-8", "replace").splitlines()
        if ("O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line or not ("open(" in line or "openat(" in line))
        and "(" in line and not any(f'"{mine}' in line for mine in ours) and "__pycache__" not in line and " = -1 " not in line
    ]  # fmt: skip
    assert wrong == []
    figure(f"{count} hostile archives under strace: 0 writes beside report and cache")


# --------------------------------------------------------------------------------------------- P5: files that change


@pytest.mark.promise("P5")
def test_files_that_change_while_they_are_read(tmp_path, figure):
    """A writer that strikes at a known moment: when the file is open and its first block is read. What shrinks or
    grows is named, every time; what is renamed, replaced or removed is read as it was opened, whole."""
    count = amount(100, quick=10)
    named = dict.fromkeys(_CHANGES, 0)
    path = tmp_path / "logs/a.log"
    path.parent.mkdir()
    for n in range(count):
        dice = random.Random(n)
        what = list(_CHANGES)[n % len(_CHANGES)]
        path.unlink(missing_ok=True)
        path.write_bytes(log(12_000, n))
        size = path.stat().st_size
        inputs = open_inputs([str(path)], replace(INLINE, block=64 * KIB))
        sources = _struck(inputs.sources(), lambda: _CHANGES[what](path, dice))  # noqa: B023
        report = diagnose.analyze(small.rules(), sources, problems=lambda: inputs.problems, scanner=small.scanner())  # noqa: B023
        kinds = [problem.kind for problem in report.problems]
        read = report.inputs[0].bytes
        if what in ("truncated", "appended to"):
            assert kinds == ["changed-while-read"], (n, what)
            assert read < size if what == "truncated" else read == size
            named[what] += 1
        else:
            assert (kinds, read) == ([], size), (n, what)
    figure(
        f"{count} runs with a change behind the first block: truncated {named['truncated']} and appended to "
        f"{named['appended to']} times, each named; renamed, replaced or removed: read whole"
    )


def _struck(sources: Iterator[Source], strike: Callable[[], object]) -> Iterator[Source]:
    """The sources, each struck as soon as it is open."""
    for source in sources:
        strike()
        yield source


def _append(path: Path, dice: random.Random) -> None:
    with path.open("ab") as file:
        file.write(log(dice.randrange(1, 100)))


def _replace(path: Path, dice: random.Random) -> None:
    path.rename(path.with_suffix(".log.1"))
    path.write_bytes(log(dice.randrange(100)))


def _remove(path: Path, dice: random.Random) -> None:
    path.unlink()
    path.symlink_to(path.parent.parent / dice.choice(("elsewhere", "nowhere")))  # of our own: a writer follows it


_CHANGES: dict[str, Callable[[Path, random.Random], object]] = {
    "truncated": lambda path, dice: os.truncate(path, dice.randrange(400_000)),
    "appended to": _append,
    "replaced": _replace,
    "removed": _remove,
}


@pytest.mark.promise("P5")
@pytest.mark.prove
def test_files_that_change_at_any_moment(tmp_path, figure):
    """A writer that knows no moments, in a thread of its own: whatever falls into the reading, a report comes, and it
    names what changed under it. That something does fall into the reading is part of the test."""
    count = amount(60)
    struck = 0
    folder = tmp_path / "logs"
    for n in range(count):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in "abc":
            (folder / f"{name}.log").write_bytes(log(12_000, n))
        stop = threading.Event()
        writer = threading.Thread(target=_meddle, args=(folder, random.Random(n), stop))
        writer.start()
        try:
            report, _ = small.analyze(folder, limits=replace(INLINE, block=16 * KIB))  # reads for as long as it scans
        finally:
            stop.set()
            writer.join()
        kinds = {problem.kind for problem in report.problems} if report else set()
        assert not kinds & {"damaged", "truncated", "over-limit"}, kinds  # it is no archive
        struck += "changed-while-read" in kinds
    assert struck >= max(1, count // 10)
    figure(f"{count} runs beside a writer that never rests: 0 crashes, {struck} with a file named that changed")


def _meddle(folder: Path, dice: random.Random, stop: threading.Event) -> None:
    while not stop.is_set():
        path = folder / f"{dice.choice('abc')}.log"
        with contextlib.suppress(OSError):
            change = dice.choice((_append, _append, _append, *_CHANGES.values()))
            if path.is_symlink():
                path.unlink()
            if not path.exists():
                path.write_bytes(log(3_000, dice.randrange(9)))
            change(path, dice)
        time.sleep(dice.random() / 500)


@pytest.mark.promise("P5")
def test_links_pipes_sockets_and_devices_in_a_directory_are_left_alone(tmp_path, figure):
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.log").write_bytes(b"E0119 14:43:31.123456    1234 a.go:92] boom\n")
    (root / "loop").symlink_to(root)
    (root / "secret").symlink_to("/etc/passwd")
    (root / "dangling").symlink_to("/nowhere")
    os.mkfifo(root / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "socket"))
        got = tkelog("analyze", root, "--format", "json")
    assert [one["path"] for one in orjson.loads(got.out)["inputs"]] == [str(root / "a.log")]
    assert b"root:" not in got.out
    assert got.seconds < 5
    if ROOT_USER:
        with contextlib.suppress(OSError):
            os.mknod(root / "null", 0o20666, os.makedev(1, 5))  # /dev/zero: reading it would never end
            assert tkelog("analyze", root).code == 0
    figure("loop, link out, dangling link, fifo, socket, device: none opened")


# ------------------------------------------------------------------------------------------------- P6, P9: large inputs


@pytest.mark.promise("P6")
def test_a_line_without_end_from_a_pipe(figure):
    size = amount(5 * 1024, quick=48)
    source = subprocess.Popen(
        [sys.executable, "-c", f"import sys\nfor _ in range({size}): sys.stdout.buffer.write(b'x' * (1 << 20))"],
        stdout=subprocess.PIPE,
    )
    got = tkelog("analyze", "-", "--format", "json", stdin=source.stdout)
    source.stdout.close()
    assert source.wait() == 0
    assert got.code == 0, got.err
    assert orjson.loads(got.out)["inputs"][0]["bytes"] == size << 20
    assert orjson.loads(got.out)["inputs"][0]["lines"] == 1
    assert got.memory < 150
    figure(f"one line of {size} MiB from a pipe: {got.memory:.0f} MB resident, {got.seconds:.1f} s")


@pytest.mark.promise("P9")
@pytest.mark.prove
def test_ten_times_the_input_takes_ten_times_as_long_in_the_same_memory(tmp_path, figure):
    """Gzip members one after the other, so that 10 GB are made in a second."""
    part = gzip.compress(b"".join(log(100_000, seed) for seed in range(12)), 1)
    size = len(gzip.decompress(part))
    path = tmp_path / "part.gz"
    path.write_bytes(part)
    spent = {}
    for name, full in (("1 GB", 1_000 * MB), ("10 GB", amount(10_000, quick=1) * MB)):
        feed = "import sys\ndata = open(sys.argv[1], 'rb').read()\nfor _ in range(int(sys.argv[2])): sys.stdout.buffer.write(data)"
        source = subprocess.Popen([sys.executable, "-c", feed, str(path), str(full // size)], stdout=subprocess.PIPE)
        got = tkelog("analyze", "-", "--format", "json", stdin=source.stdout)
        source.stdout.close()
        source.wait()
        assert orjson.loads(got.out)["inputs"][0]["bytes"] == full // size * size
        assert got.memory < 150
        spent[name] = got
    ratio = (spent["10 GB"].seconds - 0.3) / (spent["1 GB"].seconds - 0.3)
    assert ratio < 13
    figure(
        f"10 GB: {spent['10 GB'].seconds:.0f} s of processor, {ratio:.1f} times 1 GB, {spent['10 GB'].memory:.0f} MB resident"
    )


# -------------------------------------------------------------------------------------------------- P22, P23: ends early


@pytest.mark.promise("P22")
def test_a_reader_that_goes_away(bundle, figure):
    count, codes = amount(200, quick=4), set()
    for n in range(count):
        style = ("terminal", "json", "markdown", "html")[n % 4]
        process = subprocess.Popen(
            [*TKELOG, "analyze", str(bundle), "-f", style], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        if n % 3:
            process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        codes.add(process.wait(timeout=30))
        process.stderr.close()
    assert codes <= {141, 10}
    figure(f"{count} runs: standard error empty, exit codes {', '.join(map(str, sorted(codes)))}")


@pytest.mark.promise("P23")
def test_interrupted_at_any_moment(tmp_path, figure):
    data = mangle.KINDS["tar.gz"](
        {f"{n}/{name}": text for n in range(40) for name, text in small.files(20_000).items()}
    )
    large = tmp_path / "large.tar.gz"
    large.write_bytes(data)
    (out := tmp_path / "out").mkdir()
    dice, count, slowest, reports = random.Random(23), amount(100, quick=6), 0.0, 0
    for n in range(count):
        program = TKELOG if n % 2 else [str(Path(sys.executable).with_name("tkelog"))]
        command = [*program, "analyze", str(large), "-o", str(out / "report.json")]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT)
        time.sleep(dice.uniform(0.001, 0.1 if n % 4 == 0 else 1.5))
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        slowest = max(slowest, time.monotonic() - asked)
        if b"Traceback" in err and b"loganalyzer/" not in err:
            continue  # Python itself was interrupted, before our first statement
        assert b"Traceback" not in err, err.decode()
        made = [path.name for path in out.iterdir()]
        if process.returncode == 130:
            assert made in ([], ["report.json"]), made  # the report may have been whole a moment before
        else:
            assert process.returncode in (10, -signal.SIGINT), process.returncode
        if made:
            reports += 1
            orjson.loads((out / "report.json").read_bytes())
            (out / "report.json").unlink()
    figure(
        f"{count} interrupts: 0 tracebacks, 0 half files, slowest end {slowest * 1000:.0f} ms; {reports} had finished"
    )


# ------------------------------------------------------------------------------------- P24, P25: what is not there


@pytest.mark.promise("P24")
def test_a_report_that_cannot_be_written_is_one_line(bundle, tmp_path, figure):
    cases = 0
    for args in (["-o", "/dev/full"], ["-o", str(tmp_path / "no/such/dir.json")], ["-o", str(tmp_path)]):
        got = tkelog("analyze", bundle, *args)
        assert got.code == 1, (args, got.err)
        assert len(got.err.decode().strip().splitlines()) == 1
        assert "Traceback" not in got.err.decode()
        cases += 1
    for style in (
        ("terminal", "json", "markdown", "html", "sarif", "junit", "jsonl", "brief") if PROVE else ("terminal", "json")
    ):
        with open("/dev/full", "wb") as full:
            got = tkelog("analyze", bundle, "-f", style, stdout=full)
        assert got.code == 1, (style, got.err)
        assert len(got.err.decode().strip().splitlines()) == 1
        cases += 1
    figure(f"{cases} ways of not writing: exit 1 and one line each")


BARE = {
    "no network": (["unshare", "-rn"], {}, {}),
    "no home": ([], {"HOME": "/nonexistent", "XDG_CACHE_HOME": ""}, {}),
    "a home that is a file": ([], {"HOME": "/etc/passwd", "XDG_CACHE_HOME": "/etc/passwd"}, {}),
    "no environment": (["env", "-i"], {}, {}),
    "no standard input": ([], {}, {"closed": 0}),
    "no standard error": ([], {}, {"closed": 2}),
    "C locale": ([], {"LC_ALL": "C", "PYTHONUTF8": "0"}, {}),
    "a locale that is not there": ([], {"LC_ALL": "xx_XX.nonsense"}, {}),
    "no room for temporary files": ([], {"TMPDIR": "/nonexistent"}, {}),
}


@pytest.mark.promise("P25")
@pytest.mark.parametrize("name", BARE)
def test_it_needs_next_to_nothing(name, bundle, figure):
    before, env, wish = BARE[name]
    if before and (
        not shutil.which(before[0]) or subprocess.run([*before, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"{before[0]} does not work here")
    given = {"preexec_fn": lambda: os.close(wish["closed"])} if wish else {}
    got = tkelog("analyze", bundle, "-f", "json", env=env, before=before, **given)
    assert got.code == 10, got.err
    assert orjson.loads(got.out)["diagnoses"][0]["id"] == small.CAUSE
    assert b"Traceback" not in got.err
    figure(name)


@pytest.mark.promise("P25")
def test_standard_output_may_be_closed(bundle, tmp_path):
    got = tkelog("analyze", bundle, "-o", tmp_path / "report.json", preexec_fn=lambda: os.close(1))
    assert b"Traceback" not in got.err
    assert got.code == 10
    assert orjson.loads((tmp_path / "report.json").read_bytes())["diagnoses"]
    got = tkelog("analyze", bundle, preexec_fn=lambda: os.close(1))
    assert b"Traceback" not in got.err
    assert got.code == 1


# --------------------------------------------------------------------------------------------------- P26: determinism


@pytest.mark.promise("P26")
def test_the_same_bytes_whatever_the_hash_seed_and_the_processors(bundle, figure):
    first = tkelog("analyze", bundle, "-f", "json", env={"PYTHONHASHSEED": "0"})
    one = ["taskset", "-c", str(min(os.sched_getaffinity(0)))] if shutil.which("taskset") else []
    seeds = amount(20, quick=2)
    for seed in range(1, seeds + 1):
        before = one if seed % 2 else []
        got = tkelog("analyze", bundle, "-f", "json", env={"PYTHONHASHSEED": str(seed * 7919)}, before=before)
        assert got.out == first.out
    figure(f"{seeds} hash seeds, on one processor and on all: the same bytes")


@pytest.mark.promise("P26")
def test_the_same_diagnosis_in_whatever_order_the_members_come(tmp_path, figure):
    count, files = amount(50, quick=4), small.files(4000)
    seen = set()
    for seed in range(count):
        names = list(files)
        random.Random(seed).shuffle(names)
        path = tmp_path / "bundle.tar"
        path.write_bytes(tar({name: files[name] for name in names}))
        _, (rendered,) = small.analyze(path)
        report = orjson.loads(rendered)
        seen.add(
            orjson.dumps([sorted(report["inputs"], key=lambda one: one["path"]), *(report[key] for key in _ORDERLESS)])
        )
    assert len(seen) == 1
    figure(f"{count} orders of members: the same diagnoses, evidence and counts")


_ORDERLESS = ("diagnoses", "harmless", "healed", "missing", "timeline", "redactions")
