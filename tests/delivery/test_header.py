"""The header of the single file, with a program of a few bytes behind it: where it unpacks, and what it refuses."""

import importlib.util
import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)] + (["busybox"] if shutil.which("busybox") else [])


def load():
    spec = importlib.util.spec_from_file_location("single_file", ROOT / "packaging" / "single_file.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def file(tmp_path):
    """A single file whose program says where it lies and what it was called with."""
    tree = tmp_path / "tree" / "tkelog"
    tree.mkdir(parents=True)
    (tree / "tkelog").write_text('#!/bin/sh\necho "$0 $*"\nexit 10\n# ' + str(tmp_path) + "\n")
    (tree / "tkelog").chmod(0o755)
    module = load()
    payload = module.pack(tree)
    path = tmp_path / "tkelog"
    path.write_bytes(module.header("9.9", payload, "2.28") + payload)
    path.chmod(0o755)
    return path


def start(file, home, shell="dash", path="/usr/bin:/bin", **env):
    command = [shell, "sh"] if shell == "busybox" else [shell]
    env = {"PATH": path, "HOME": str(home), "TMPDIR": str(file.parent / "elsewhere"), **env}
    return subprocess.run([*command, str(file), "analyze", "a b"], env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("shell", SHELLS)
def test_it_unpacks_once_and_passes_arguments_and_exit_code_on(shell, file, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    first = start(file, home, shell)
    assert (first.returncode, first.stderr) == (10, "")
    assert first.stdout.startswith(str(home / ".cache" / "tkelog"))
    assert first.stdout.endswith("tkelog analyze a b\n")
    (program,) = (home / ".cache" / "tkelog").glob("*/tkelog")
    before = program.stat().st_mtime_ns, program.stat().st_ino
    assert start(file, home, shell).stdout == first.stdout
    assert (program.stat().st_mtime_ns, program.stat().st_ino) == before
    assert sorted(os.listdir(home / ".cache" / "tkelog")) == [program.parent.name]


def test_a_home_that_is_no_directory(file, tmp_path):
    done = start(file, "/proc/nothing/here", TMPDIR=str(tmp_path))
    assert done.returncode == 10
    assert ".cache" not in done.stdout


def test_a_directory_that_somebody_planted_is_not_used(file, tmp_path):
    home, planted = tmp_path / "home", tmp_path / "planted"
    (home / ".cache").mkdir(parents=True)
    planted.mkdir()
    (home / ".cache" / "tkelog").symlink_to(planted)
    done = start(file, home, TMPDIR=str(tmp_path))
    assert done.returncode == 10
    assert list(planted.iterdir()) == []


def fakes(tmp_path, **commands):
    where = tmp_path / "fakes"
    where.mkdir()
    for name, text in commands.items():
        (where / name).write_text(f"#!/bin/sh\necho '{text}'\n")
        (where / name).chmod(0o755)
    return f"{where}:/usr/bin:/bin"


OLD = [
    ({"getconf": "glibc 2.17"}, "tkelog: needs glibc 2.28 or newer, and this system has 2.17;"),
    ({"getconf": "glibc 2.9"}, "and this system has 2.9;"),
    ({"uname": "riscv64"}, f"tkelog: this file is for {platform.machine()}, and this machine is riscv64"),
]


@pytest.mark.parametrize(("commands", "says"), OLD)
def test_what_is_too_old_is_said_in_one_line(commands, says, file, tmp_path):
    done = start(file, tmp_path, path=fakes(tmp_path, **commands))
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("libc", ["glibc 2.28", "glibc 2.41", "glibc 3.0"])
def test_what_is_new_enough_runs(libc, file, tmp_path):
    assert start(file, tmp_path, path=fakes(tmp_path, getconf=libc)).returncode == 10


def test_no_place_where_programs_may_be_run(file, tmp_path):
    """Everything is mounted noexec, in a mount namespace of its own, but the file itself is read by a shell."""
    noexec = "mount -t tmpfs -o noexec none"
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespaces here")
    home = Path("/usr/local") / f"tkelog-test-{os.getpid()}"
    (home / "mine").mkdir(parents=True)
    shutil.copy(file, home / "tkelog")
    places = [place for place in ("/var/tmp", "/tmp", "/dev/shm", "/run", "/opt") if Path(place).is_dir()]
    mounts = " && ".join(f"{noexec} {place}" for place in places)
    run = f"HOME=/tmp TMPDIR=/tmp exec sh {home}/tkelog x"
    try:
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", f"{mounts} && {run}"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1, done.stdout + done.stderr
        assert "TKELOG_HOME=DIR" in done.stderr
        script = f"{mounts} && export TKELOG_HOME={home}/mine && {run}"
        done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=False)
        assert done.stdout.startswith(f"{home}/mine/")
    finally:
        shutil.rmtree(home)


def test_glibc_is_that_of_the_newest_symbol(tmp_path):
    (tmp_path / "a.so").write_bytes(b"\x7fELF..GLIBC_2.4\0GLIBC_2.28\0GLIBC_2.9\0")
    (tmp_path / "b.txt").write_bytes(b"GLIBC_2.99")
    assert load().glibc_of(tmp_path) == "2.28"
