"""Two processes that share the logs make the report of one, byte for byte; and what becomes of it when one of them ends."""

from __future__ import annotations

import gzip
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from functools import partialmethod
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from loganalyzer.cli import worker
from loganalyzer.cli.analyze import analyze
from loganalyzer.diagnose import Cost
from loganalyzer.errors import NoInputError
from loganalyzer.ingest import SECOND, Share, open_inputs
from loganalyzer.report import FORMATS
from loganalyzer.safe import Redactor
from tests.ingest.bundles import tar, zipped
from tests.kit import ROOT
from tests.promises import mangle, small
from tests.promises.scale import PROVE, amount


def _by_one(paths: list[str]) -> bytes | None:
    return next(iter(small.analyze(*map(Path, paths))[1]), None)


def _by_two(paths: list[str], cost: Cost | None = None, start: int = 0) -> bytes | None:
    second, redactor = worker.Worker(small.rules(), paths), Redactor()
    try:
        report = second.analyze(cost or Cost(), redactor, start)
        assert report is not None, "the second process was lost"
        return FORMATS["json"].render(report, small.LOOK, redactor)
    except NoInputError:
        return None
    finally:
        second.end()


def _many() -> dict[str, bytes]:
    """More logs than one of the two may be ahead of the other; with and without years, events, errors, tables."""
    dice = random.Random(4)
    given = sorted(small.files(4000).items())
    made = {}
    for n in range(90):
        name, text = given[n % len(given)]
        made[f"node-{n % 5}/{n:03}/{name}"] = text if n % 3 else mangle.damage(text, dice) or b"\n"
    made["node-1/meta/collect.json"] = b'{"host": "node-1", "time": "2022-01-20T00:00:00Z"}'
    made["node-1/k8s/nodes.txt"] = (
        b"NAME     STATUS     ROLES    AGE   VERSION\nnode-1   NotReady   master   5d    v1.20.4\n"
    )
    made["node-2/empty.log"] = b""
    made["node-2/broken.gz"] = gzip.compress(b"a line\n" * 500)[:-30]
    made["node-3/inner.tar"] = tar(small.files(500))[:-3000]
    made["node-3/program"] = b"\x7fELF" + bytes(3000)
    return made


WHOLE = {
    "many logs": lambda: gzip.compress(tar(_many()), 1),
    "a zip": lambda: zipped(_many()),
    "archives in one another": lambda: tar(
        {"a.tar.gz": gzip.compress(tar(_many()), 1), "b.zip": zipped(small.files())}
    ),
    "one log": lambda: small.files(4000)["installer/tke.log"],
    "no log": lambda: tar({"x": b"\x7fELF" + bytes(600)}),
    "a bomb": lambda: tar({**small.files(), "bomb.gz": gzip.compress(bytes(10**8)), **_many()}),
}


@pytest.mark.promise("P26")
@pytest.mark.parametrize("name", WHOLE)
def test_two_processes_say_what_one_does(name, tmp_path, figure):
    path = tmp_path / "bundle"
    path.write_bytes(WHOLE[name]())
    alone = _by_one([str(path)])
    for start in (0, 1, 30) if PROVE else (0,):
        assert _by_two([str(path)], start=start) == alone
    figure(f"one process and two: {name}")


@pytest.mark.promise("P26")
def test_damage_is_the_same_to_two(tmp_path, figure):
    """Wherever an archive is torn or flipped, both meet the same logs."""
    dice, cases = random.Random(26), amount(100, quick=12)
    base = {kind: mangle.KINDS[kind](small.files()) for kind in ("tar", "tar.gz", "tar.zst", "zip", "gz in tar")}
    for n in range(cases):
        path = tmp_path / f"{n}"
        path.write_bytes(mangle.damage(dice.choice(sorted(base.values())), dice))
        assert _by_two([str(path)]) == _by_one([str(path)]), n
    figure(f"one process and two: {cases} damaged bundles")


def test_several_inputs_are_shared(tmp_path):
    paths = []
    for name, data in sorted(small.files(4000).items()):
        paths.append(str(tmp_path / name.replace("/", "-")))
        (tmp_path / name.replace("/", "-")).write_bytes(data)
    cost = Cost()
    assert _by_two(paths, cost) == _by_one(paths)
    assert cost.processes == 2
    assert cost.bytes == sum(map(len, small.files(4000).values()))


def test_both_have_something_to_do(tmp_path, monkeypatch):
    path = tmp_path / "bundle.tar"
    path.write_bytes(tar(_many()))
    taken = []
    received = worker.Worker._received
    monkeypatch.setattr(
        worker.Worker, "_received", lambda self, cost: (taken.append(one) or one for one in received(self, cost))
    )
    _by_two([str(path)])
    sizes = [len(one) for name, one in _many().items() if b"\x7fELF" not in one]
    theirs = sum(one.source.summary().bytes for one in taken)
    assert sum(sizes) * 0.35 < theirs < sum(sizes) * 0.65


# ------------------------------------------------------------------------------------------------------ when it fails


def _killed(*_args):
    os._exit(9)


def _halfway(ruleset, inputs, to):
    pickle.dump(([], Cost()), to)
    raise RuntimeError("halfway")


def _other_logs(ruleset, inputs, to):
    worker_send(ruleset, open_inputs([f"{inputs._paths[0]}.other"], share=Share(SECOND, 0)), to)


worker_send = worker._send


@pytest.mark.parametrize(
    ("where", "fault"),
    [("_second", _killed), ("_send", _killed), ("_send", _halfway), ("_send", _other_logs)],
    ids=["killed before it begins", "killed", "a bug", "other logs"],
)
def test_what_the_second_does_not_bring_the_first_reads(where, fault, tmp_path, monkeypatch):
    path = tmp_path / "bundle.tar"
    path.write_bytes(tar(small.files(4000)))
    (tmp_path / "bundle.tar.other").write_bytes(tar({f"other/{n}": one for n, one in small.files(4000).items()}))
    monkeypatch.setattr(worker, "LEAST", 1)
    monkeypatch.setattr(worker.Worker, "analyze", partialmethod(worker.Worker.analyze, start=0))
    with monkeypatch.context() as broken:
        broken.setattr(worker, where, fault)
        done = CliRunner().invoke(analyze, [str(path), "--format", "json", "--stats"], standalone_mode=False)
    assert done.exception is None
    assert "processes: 1" in done.stderr
    assert "Traceback" not in done.stderr
    report = orjson.loads(done.stdout)
    assert report["diagnoses"] == orjson.loads(_by_one([str(path)]))["diagnoses"]
    again = CliRunner().invoke(analyze, [str(path), "--format", "json", "--stats"], standalone_mode=False)
    assert "processes: 2" in again.stderr
    assert again.stdout == done.stdout


def test_where_no_process_can_be_made_one_reads(tmp_path, monkeypatch):
    def refused():
        raise OSError(11, "Resource temporarily unavailable")

    path = tmp_path / "bundle.tar"
    path.write_bytes(tar(small.files(4000)))
    before = set(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(worker, "LEAST", 1)
    monkeypatch.setattr(os, "fork", refused)
    done = CliRunner().invoke(analyze, [str(path), "--format", "json", "--stats"], standalone_mode=False)
    assert done.exception is None
    assert "processes: 1" in done.stderr
    assert set(os.listdir("/proc/self/fd")) == before


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A bundle that is worth a second process."""
    dice = random.Random(7)
    lines = [f"I0119 06:43:32.225123 1 a.go:1] {dice.randbytes(60).hex()}" for _ in range(60_000)]
    path = tmp_path_factory.mktemp("large") / "bundle.tar.gz"
    files = {f"node-{n}/kubelet.log": "\n".join(lines[n::6]).encode() + b"\n" for n in range(6)}
    path.write_bytes(gzip.compress(tar({**files, **small.files()}), 1))
    assert path.stat().st_size > worker.LEAST
    return path


def _processes_of(path) -> list[int]:
    """Those whose command line names the file."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if os.fsencode(path) in file.read() and int(pid) != os.getpid():
                    found.append(int(pid))
        except OSError:
            continue
    return found


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_the_second_when_the_first_is_ended(number, large):
    dice = random.Random(number)
    for _ in range(amount(10, quick=2)):
        process = subprocess.Popen(
            [sys.executable, "-m", "loganalyzer", "analyze", str(large)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        while len(_processes_of(large)) < 2 and process.poll() is None:
            time.sleep(0.001)
        assert process.poll() is None, "there was no second process"
        time.sleep(dice.uniform(0, 0.3))
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert b"Traceback" not in err
        until = time.monotonic() + 2
        while _processes_of(large) and time.monotonic() < until:
            time.sleep(0.01)
        assert _processes_of(large) == []


# ---------------------------------------------------------------------------------------------------- where it is worth it


def test_it_is_started_for_large_files_alone(large, tmp_path, monkeypatch):
    little = tmp_path / "little.log"
    little.write_bytes(b"a line\n")
    assert worker.pays([str(large)])
    assert worker.pays([str(little), str(large)])
    assert not worker.pays([str(little)])
    assert not worker.pays([str(tmp_path)])
    assert not worker.pays(["-"])
    assert not worker.pays([str(large), "-"])
    assert not worker.pays(["no\0name"])
    assert not worker.pays([])
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    assert not worker.pays([str(large)])
