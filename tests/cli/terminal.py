"""A program on a pseudo-terminal: what a person types and sees."""

from __future__ import annotations

import os
import pty
import select
import time
from collections.abc import Mapping, Sequence


class Terminal:
    """One program; close it at the end."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._pid, self._screen = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], list(command), dict(env))
        self.seen = ""

    def type(self, text: str) -> None:
        """Press these keys."""
        os.write(self._screen, text.encode())

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """Read until this is on the screen; all that came since the last time."""
        end = time.monotonic() + seconds
        start = len(self.seen)
        while text not in self.seen[start:]:
            if time.monotonic() > end or not self._read(1):
                raise AssertionError(f"{text!r} did not appear: {self.seen[start:]!r}")
        return self.seen[start:]

    def _read(self, seconds: float) -> bool:
        if not select.select([self._screen], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._screen, 65536)
        except OSError:
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)

    def close(self) -> int:
        """Wait for the end (the terminal hangs up) and give the exit code."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            done, status = os.waitpid(self._pid, os.WNOHANG)
            if done:
                os.close(self._screen)
                return os.waitstatus_to_exitcode(status)
            self._read(0.05)
        os.kill(self._pid, 9)
        os.waitpid(self._pid, 0)
        os.close(self._screen)
        raise AssertionError("it did not end")
