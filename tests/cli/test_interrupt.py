"""Ctrl-C: 130, quickly, without a traceback or half a file."""

import signal
import subprocess
import sys
import time

import pytest

from loganalyzer import cli
from tests.kit import ROOT


def test_interrupt_while_reading_a_pipe(tmp_path):
    target = tmp_path / "report.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "loganalyzer", "analyze", "-", "-o", str(target)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    process.stdin.write(b"some text\n" * 100)
    process.stdin.flush()
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    started = time.perf_counter()
    code = process.wait(timeout=10)
    assert code == 130
    assert time.perf_counter() - started < 2
    assert b"Traceback" not in process.stderr.read()
    assert list(tmp_path.iterdir()) == []


AT_AN_IMPORT = """
import os, signal, sys


class Impatient:
    def find_spec(self, name, path=None, target=None):
        if "orjson" in sys.modules and not name.startswith("orjson"):
            sys.meta_path.remove(self)
            print("interrupted at", name)
            os.kill(os.getpid(), signal.SIGINT)


sys.meta_path.insert(0, Impatient())
from loganalyzer.__main__ import main

main()
"""


def test_interrupt_while_a_compiled_module_is_imported():
    """orjson crashes where one of its own imports is interrupted."""
    done = subprocess.run(
        [sys.executable, "-c", AT_AN_IMPORT, "analyze", "-"], input=b"text\n", capture_output=True, cwd=ROOT, timeout=30
    )
    assert done.stdout.startswith(b"interrupted at ")
    assert (done.returncode, done.stderr.strip()) == (130, b"interrupted")


def test_interrupt_while_a_class_is_made(monkeypatch, capsys):
    """Before CPython 3.12 what `__set_name__` raises becomes the cause of a RuntimeError."""

    def main(**_given):
        raise RuntimeError("Error calling __set_name__ on 'Field' instance") from KeyboardInterrupt()

    monkeypatch.setattr(cli.tkelog, "main", main)
    with pytest.raises(SystemExit) as ended:
        cli.main(["analyze", "-"])
    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"
