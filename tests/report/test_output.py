"""A report is written whole or not at all, and where it was asked for."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from loganalyzer.errors import OutputError, UsageError
from loganalyzer.report import FORMATS, Look, targets, write
from loganalyzer.safe import Redactor
from tests.report import samples


def test_the_suffix_decides_and_a_given_format_wins() -> None:
    assert [t.format.name for t in targets(None, ["a.json", "b.txt", "c"])] == ["json", "terminal", "terminal"]
    assert [t.format.name for t in targets("json", ["a.txt"])] == ["json"]
    assert [(t.format.name, t.path) for t in targets(None, [])] == [("terminal", "-")]
    with pytest.raises(UsageError, match="there are: terminal"):
        targets("docx", [])


def test_a_file_is_replaced_at_once_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_new_file_gets_the_mode_of_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write(str(tmp_path / "report"), b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o640


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_said() -> None:
    with pytest.raises(OutputError, match="/dev/full: cannot be written: No space left"):
        write("/dev/full", b"x")


def test_a_missing_directory_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file"):
        write(str(tmp_path / "no" / "report"), b"x")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    write(str(path), b"through")
    reader.join()
    assert got == [b"through"]
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_link_keeps_pointing_to_the_report(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write(str(tmp_path / "link"), b"new")
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("name", FORMATS)
def test_the_last_sweep_goes_over_every_format(name: str) -> None:
    redactor = Redactor()
    redactor.text("password=nodes.In7erfaces")
    report = samples.hostile(["nodes.In7erfaces"] * 40)
    made = FORMATS[name].render(report, Look(), redactor).decode()
    assert "In7erfaces" not in made
    assert "redacted:password#1" in made
