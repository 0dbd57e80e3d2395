"""Bundles of the fixtures in every container, and the program as its user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard

from tests.kit import ROOT

CASE = ROOT / "fixtures/logs/all-in-one-public-ip"


def tkelog(*args, stdin=subprocess.DEVNULL, env=None, cwd=None, data=None):
    """A finished process of `python -m loganalyzer`."""
    given = {"input": data} if data is not None else {"stdin": stdin}
    return subprocess.run(
        [sys.executable, "-m", "loganalyzer", *map(str, args)],
        capture_output=True, timeout=60, cwd=cwd or ROOT, env={**os.environ, **(env or {})}, **given,
    )  # fmt: skip


@pytest.fixture(scope="session")
def run():
    return tkelog


@pytest.fixture(scope="session")
def bundles(tmp_path_factory) -> dict[str, Path]:
    """The all-in-one case as directory, tar.gz, tar.zst, tar.xz and zip."""
    where = tmp_path_factory.mktemp("bundles")
    made = {"directory": CASE}
    for kind in ("gz", "xz", "bz2"):
        made[f"tar.{kind}"] = where / f"bundle.tar.{kind}"
        with tarfile.open(made[f"tar.{kind}"], f"w:{kind}") as tar:
            tar.add(CASE, arcname="bundle")
    plain = where / "bundle.tar"
    with tarfile.open(plain, "w") as tar:
        tar.add(CASE, arcname="bundle")
    made["tar.zst"] = where / "bundle.tar.zst"
    made["tar.zst"].write_bytes(zstandard.compress(plain.read_bytes()))
    made["zip"] = where / "bundle.zip"
    with zipfile.ZipFile(made["zip"], "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(CASE.rglob("*")):
            archive.write(path, f"bundle/{path.relative_to(CASE)}")
    return made


@pytest.fixture
def broken(tmp_path, bundles) -> dict[str, Path]:
    """What people have in hand when it is not a whole bundle."""
    data = bundles["tar.gz"].read_bytes()
    made = {
        "truncated": data[: len(data) * 2 // 3],
        "header": data[:3] + bytes([data[3] ^ 0xFF]) + data[4:],
        "flipped": data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 0x10]) + data[len(data) // 2 + 1 :],
        "empty": b"",
        "binary": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 64,
    }
    paths = {}
    for name, content in made.items():
        paths[name] = tmp_path / name
        paths[name].write_bytes(content)
    paths["no-logs"] = tmp_path / "folder"
    paths["no-logs"].mkdir()
    paths["missing"] = tmp_path / "is-not-there"
    unpacked = tmp_path / "copy"
    shutil.copytree(CASE, unpacked)
    paths["copy"] = unpacked
    return paths
