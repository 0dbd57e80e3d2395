"""The real single file (built by `make dist`; here for `make prove`) on a machine with nothing but a shell and busybox."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.prove, pytest.mark.skipif(shutil.which("busybox") is None, reason="needs busybox")]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The file, built anew from this tree."""
    build = tmp_path_factory.mktemp("build")
    python = build / "venv" / "bin" / "python"
    for command in (
        ["python3", "-m", "venv", str(build / "venv")],
        [str(python), "-m", "pip", "install", "-q", str(ROOT), "pyinstaller>=6.11"],
        [str(python), str(ROOT / "packaging" / "single_file.py"), str(build / "dist"), str(build / "work")],
    ):
        subprocess.run(command, check=True, cwd=ROOT)
    (found,) = (path for path in (build / "dist").iterdir() if path.suffix != ".sha256")
    return found


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A root directory with busybox, glibc and no Python; tests run in it by chroot."""
    root = tmp_path_factory.mktemp("machine")
    for name in ("bin", "tmp", "root", "proc", "dev", "lib64", "lib/x86_64-linux-gnu"):
        (root / name).mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), root / "bin" / "busybox")
    for tool in ("sh", "tar", "gzip", "tail", "id", "mkdir", "chmod", "rm", "mv", "uname", "cut", "ls"):
        (root / "bin" / tool).symlink_to("busybox")
    for name in (
        "libc.so.6",
        "libm.so.6",
        "libdl.so.2",
        "libpthread.so.0",
        "librt.so.1",
        "libutil.so.1",
        "libresolv.so.2",
    ):
        found = Path("/lib/x86_64-linux-gnu") / name
        if found.exists():
            shutil.copy(found, root / "lib/x86_64-linux-gnu" / name)
    shutil.copy("/lib64/ld-linux-x86-64.so.2", root / "lib64")
    shutil.copytree(ROOT / "fixtures" / "logs" / "all-in-one-public-ip", root / "bundle")
    return root


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("chroot") is None, reason="needs root and chroot")
def test_a_clean_machine_analyses_the_demo_bundle(file, machine):
    shutil.copy(file, machine / "tkelog")
    env = {"PATH": "/bin", "HOME": "/root"}
    done = subprocess.run(
        [shutil.which("chroot"), str(machine), "/bin/sh", "/tkelog", "analyze", "/bundle", "--lang", "en"],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 10, done.stderr
    assert "The master is registered under 203.0.113.9" in done.stdout


def test_a_home_that_cannot_be_written(file, tmp_path):
    env = {"PATH": "/usr/bin:/bin", "HOME": "/proc", "TMPDIR": str(tmp_path)}
    done = subprocess.run([str(file), "--version"], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.startswith("tkelog ")) == (0, True), done.stderr
