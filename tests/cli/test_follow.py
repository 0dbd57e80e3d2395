"""`analyze --follow`: each diagnosis while the log is written, once, and the report at the end."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.kit import ROOT
from tests.promises.scale import amount

SWAP = 'E0314 10:00:05.000000    1201 kubelet.go:100] "Failed to run kubelet" err="failed to run Kubelet: running with swap on is not supported, please disable swap!"\n'
CGROUP = (
    'E0314 10:09:05.000000    1201 kubelet.go:100] "Failed to run kubelet" err="failed to run Kubelet: misconfiguration: '
    'kubelet cgroup driver: \\"systemd\\" is different from docker cgroup driver: \\"cgroupfs\\""\n'
)
NOISE = 'I0314 10:00:00.000000    1201 operation_generator.go:712] "MountVolume.SetUp succeeded for volume" pod="ns/name-{}"\n'


class Following:
    """A running `tkelog analyze --follow`; its output line by line, with the time at which it came."""

    def __init__(self, path, **given):
        command = [sys.executable, "-m", "loganalyzer", "analyze", "--follow", str(path), "--lang", "en"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True, **given)
        self.lines: queue.Queue[tuple[float, str]] = queue.Queue()
        self.seen = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.lines.put((time.monotonic(), line))

    def wait_for(self, text, seconds=30):
        """The time at which a line with `text` came."""
        until = time.monotonic() + seconds
        while True:
            when, line = self.lines.get(timeout=max(0.01, until - time.monotonic()))
            self.seen.append(line)
            if text in line:
                return when

    def end(self):
        """Ctrl-C; the exit code, and all that was said."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        time.sleep(0.1)
        while not self.lines.empty():
            self.seen.append(self.lines.get()[1])
        return code, "".join(self.seen)


@pytest.fixture
def follow(request):
    started = []

    def start(path, **given):
        started.append(Following(path, **given))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


def test_a_pipe_is_diagnosed_while_it_is_written(follow):
    one = follow("-", stdin=subprocess.PIPE)

    def write(text):
        one.process.stdin.write(text)
        one.process.stdin.flush()

    write(NOISE.format(1) + SWAP)
    one.wait_for("[kubelet-swap-on]")
    write(SWAP * 3 + NOISE.format(2))
    write(CGROUP)
    one.wait_for("[kubelet-cgroup-driver-mismatch]")
    code, said = one.end()
    assert code == 10
    assert said.count("[kubelet-swap-on]") == said.count("[kubelet-cgroup-driver-mismatch]") == 1
    assert "ROOT CAUSE 1/2" in said  # the report at the end


def test_a_file_is_followed_through_rotation_and_truncation(follow, tmp_path):
    path = tmp_path / "kubelet.log"
    path.write_text(NOISE.format(1) * 50)
    one = follow(path)
    with path.open("a") as log:
        log.write(SWAP)
    one.wait_for("[kubelet-swap-on]")
    os.rename(path, tmp_path / "kubelet.log.1")
    path.write_text(NOISE.format(2) + CGROUP)
    one.wait_for("[kubelet-cgroup-driver-mismatch]")
    time.sleep(0.5)  # it must have seen the new file's end, to see that it shrinks
    with path.open("w") as log:
        log.write(CGROUP.replace("kubelet cgroup driver", "x")[:40] + "\n")
    time.sleep(0.5)
    with path.open("a") as log:
        log.write(
            "F0314 10:20:00.000000    1201 server.go:1] open /etc/kubernetes/pki/ca.crt: no such file or directory\n"
        )
    time.sleep(0.5)
    code, said = one.end()
    assert code == 10
    assert said.count("[kubelet-swap-on]") == 1
    assert "was truncated" in said


def test_a_pipe_that_ends_gives_the_report(follow):
    one = follow("-", stdin=subprocess.PIPE)
    one.process.stdin.write(NOISE.format(1))
    one.process.stdin.close()
    assert one.process.wait(30) == 0
    one.wait_for("Nothing known was found")


@pytest.mark.parametrize("paths", [["a.log", "b.log"], ["."]])
def test_one_log_at_a_time(paths, run):
    done = run("analyze", "--follow", *paths)
    assert done.returncode == 2
    assert b"--follow reads one log" in done.stderr


@pytest.mark.prove
def test_gigabytes_with_floods_and_pauses(follow, figure):
    """2 GB over a pipe: memory stays below 150 MB, and each diagnosis comes within a second of its line."""
    one = follow("-", stdin=subprocess.PIPE)
    size, total, slowest, peak = 0, amount(2_000) * 1_000_000, 0.0, 0
    block = "".join(NOISE.format(i) for i in range(8000))
    flood = (
        'E0314 10:00:00.000000    1201 kubelet.go:2422] "Error getting node" err="node \\"node-1\\" not found"\n' * 8000
    )
    marks = {0.1: (SWAP, "[kubelet-swap-on]"), 0.6: (CGROUP, "[kubelet-cgroup-driver-mismatch]")}
    n = 0
    while size < total:
        text = flood if n % 20 < 4 else block
        one.process.stdin.write(text)
        size, n = size + len(text), n + 1
        for share in [share for share in marks if size > share * total]:
            line, says = marks.pop(share)
            one.process.stdin.write(line)
            one.process.stdin.flush()
            written = time.monotonic()
            slowest = max(slowest, one.wait_for(says) - written)
        if n % 200 == 0:
            one.process.stdin.flush()
            time.sleep(0.7)
            peak = max(peak, rss(one.process.pid))
    one.process.stdin.flush()
    peak = max(peak, rss(one.process.pid))
    code, said = one.end()
    figure(f"{size / 1e9:.1f} GB: {peak / 1e6:.0f} MB at most, {slowest:.2f} s from line to diagnosis")
    assert (code, said.count("[kubelet-swap-on]"), said.count("[kubelet-cgroup-driver-mismatch]")) == (10, 1, 1)
    assert peak < 150e6
    assert slowest < 1


def rss(pid):
    """Most bytes of memory that the process had."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
