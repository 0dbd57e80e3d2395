"""A machine to break and to mend: its own mounts, processes, network and host name on this one, real programs on it.

Commands run on it as an operator types them, as root in bash. systemd is not there: `shims/` maps units to processes
(`systemctl`, `journalctl`), nothing else is replaced.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SHIMS = Path(__file__).parent / "shims"
STATE = "/run/e2e"
"""Units and their journals, on the machine."""
OWN = (
    "/etc/kubernetes",
    "/etc/etcd",
    "/etc/docker/registry",
    "/etc/nginx",
    "/etc/haproxy",
    "/etc/containerd",
    "/etc/sysctl.d",
)
"""Directories of which the machine has an empty one of its own; so have /var/lib, /var/log, /root,
/run, /tmp."""
HOST = "master-1"
REGISTRY = "default.registry.tke.com"
"""A name that the machine's own /etc/hosts gives it beside HOST."""


def missing(*programs: str) -> str | None:
    """Why the tests cannot run here; None where they can."""
    lacking = [program for program in (*programs, "unshare", "nsenter", "ip", "ss") if shutil.which(program) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    tried = subprocess.run(["unshare", "-mpnu", "--fork", "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "no private namespaces here (they need root)"


class Node:
    """The machine while it runs."""

    def __init__(self, pid: int, inside: str) -> None:
        self._enter = ["nsenter", "-t", str(pid), "-m", "-p", "-n", "-u", "--"]
        self._inside = inside

    def bash(self, command: str, *, check: bool = True, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Type one command (or several lines) and wait for it, 60 s at most."""
        environment = f"export PATH={self._inside}:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8; cd /root; "
        with (
            tempfile.TemporaryFile("w+") as given,
            tempfile.TemporaryFile("w+") as out,
            tempfile.TemporaryFile("w+") as err,
        ):
            # Files, not pipes: a daemon that keeps a pipe open would keep us waiting.
            given.write(stdin or "")
            given.seek(0)
            code = subprocess.run(
                [*self._enter, "timeout", "60", "bash", "-c", environment + command],
                stdin=given, stdout=out, stderr=err, check=False,
            ).returncode  # fmt: skip
            out.seek(0)
            err.seek(0)
            done = subprocess.CompletedProcess(command, code, out.read(), err.read())
        if check and done.returncode:
            raise AssertionError(f"{command}\n-> {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Put a file on it."""
        self.bash(f"mkdir -p $(dirname {path}); cat > {path}; chmod {mode:o} {path}", stdin=text)

    def unit(self, name: str, command: str, user: int = 0) -> None:
        """Define a systemd unit; it starts with `systemctl start NAME`, as the user where it is not root."""
        self.write(f"{STATE}/units/{name}", command + "\n")
        if user:
            self.write(f"{STATE}/users/{name}", f"{user}\n")

    def journal(self, unit: str) -> str:
        """What the unit has printed."""
        return self.bash(f"journalctl -u {unit} --no-pager", check=False).stdout

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
        """Until it is so."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"it never came about: {what}")
            time.sleep(0.1)

    def until(self, command: str, what: str) -> None:
        """Until a command succeeds."""
        self.wait(lambda: self.bash(command, check=False).returncode == 0, what)


@contextmanager
def node() -> Iterator[Node]:
    """A fresh machine; everything on it ends and vanishes with it."""
    with tempfile.TemporaryDirectory(prefix="tkelog-e2e-") as shims:
        shutil.copytree(SHIMS, shims, dirs_exist_ok=True)
        mounts = " ".join(f"mkdir -p {path}; mount -t tmpfs none {path};" for path in OWN)
        keep = f"mkdir -p /mnt; mount -t tmpfs none /mnt; mkdir /mnt/shims; cp {shims}/* /mnt/shims;"
        boot = (
            f"mount --make-rprivate /; {keep} {mounts} "
            "for d in /var/lib /var/log /root /run /tmp; do mount -t tmpfs none $d; chmod 1777 /tmp; done; "
            f"cp /etc/hosts /mnt/hosts; mount --bind /mnt/hosts /etc/hosts; echo 10.0.8.11 {HOST} {REGISTRY} >> /etc/hosts; "
            f"mkdir -p {STATE}/units {STATE}/journal /run/lock; hostname {HOST}; ip link set lo up; "
            "ip link add eth0 type veth peer name wire; ip link set wire up; "
            "ip addr add 10.0.8.11/24 dev eth0; ip link set eth0 up; "
            "echo ready; exec sleep infinity"
        )
        outer = subprocess.Popen(
            ["unshare", "-mpnu", "--fork", "--kill-child", "--mount-proc", "bash", "-c", boot],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            assert outer.stdout is not None
            said = outer.stdout.readline()
            assert said == "ready\n", said
            inner = Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text().split()[0]
            yield Node(int(inner), "/mnt/shims")
        finally:
            outer.kill()
            outer.wait()
