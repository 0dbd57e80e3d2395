"""The phases of `kubeadm init`, `join` and `upgrade`, as kubeadm prints them: `[certs] Generating "ca" ...`."""

from __future__ import annotations

import re
from collections.abc import Callable

from loganalyzer import late
from loganalyzer.diagnose.stages import Course, Journey, Journeys
from loganalyzer.model import Outcome, Record

_PHASES = (
    "init", "preflight", "certs", "kubeconfig", "etcd", "kubelet-start", "control-plane", "wait-control-plane",
    "upload-config", "upload-certs", "mark-control-plane", "bootstrap-token", "kubelet-finalize", "addons", "join",
    "control-plane-join", "check-etcd", "download-certs", "discovery", "upgrade",
)  # fmt: skip
_WAIT = "wait-control-plane"
_WAITING = frozenset({"kubelet-check", "apiclient", "control-plane-check", "api-check"})
"""What kubeadm prints while it waits for the control plane."""
_DONE = (b"control-plane has initialized successfully", b"This node has joined the cluster")
LITERALS: tuple[bytes, ...] = (
    b"error execution phase", *_DONE, *(f"[{phase}] ".encode() for phase in (*_PHASES, *sorted(_WAITING)))
)  # fmt: skip

KEY = "kubeadm"
_PHASE = late.pattern(rb"(?:^|\d\]: )\[([a-z][a-z-]{2,30})\] (.*)")
_FAILED = late.pattern(rb"error execution phase ([a-z/-]{1,60}): ?(.*)")
_CHECK = late.pattern(rb"(?:^|\d\]: )\s{0,12}(\[ERROR [\w.-][^\]]{0,200}\].*)")
_FATAL = b"fatal errors occurred"
_UNHEALTHY = b"isn't running or healthy"
_ADVICE = b"If you know what you are doing"
"""The last line of failed checks: no phase that begins."""


def line(text: bytes, record: Callable[[], Record], journeys: Journeys) -> bool:
    """Whether it is a line of kubeadm's that tells of a phase, noted if so."""
    journey = journeys.get(KEY)
    if found := _FAILED.search(text):
        _failed(found, record(), journeys.open(KEY, KEY, new=journey is not None and journey.outcome is Outcome.OK))
        return True
    if journey is not None and any(done in text for done in _DONE):
        _end(journey, record())
        journey.outcome = Outcome.OK
        return True
    if journey is not None and journey.last is not None and (found := _CHECK.search(text)):
        _check(found[1], record(), journey.last)
        return True
    found = _PHASE.search(text)
    if found is None or _ADVICE in found[2]:
        return False
    name = found[1].decode()
    if name not in _PHASES and name not in _WAITING:
        return False
    _phase(_WAIT if name in _WAITING else name, found[2], record(), journeys)
    return True


def _failed(found: re.Match[bytes], record: Record, journey: Journey) -> None:
    course = journey.root.child(found[1].decode().split("/")[0], "phase")
    _end(journey, record, but=course)
    course.finish(record, None if _FATAL in found[2] else _text(found[2]) or None, None, failed=True)
    journey.last, journey.outcome = course, Outcome.FAILED


def _check(text: bytes, record: Record, course: Course) -> None:
    """One of the checks that failed: they follow the line that says that some did."""
    if course.failed and course.error is None:
        course.errors = 0  # that line was counted
    if course.open or course.failed:
        course.complain(record, _text(text))


def _phase(name: str, rest: bytes, record: Record, journeys: Journeys) -> None:
    journey = journeys.get(KEY)
    if journey is None or journey.outcome is not None or (name == "init" and "init" in journey.root.children):
        journey = journeys.open(KEY, f"{KEY} {name}" if name in ("init", "join") else KEY, new=True)
    if name == "join" and journey.name == KEY:
        journey.name = f"{KEY} join"
    course = journey.root.child(name, "phase")
    if journey.last is not course:
        _end(journey, record)
    if _FATAL in rest:
        course.finish(record, None, None, failed=True)
        journey.last, journey.outcome = course, Outcome.FAILED
        return
    if not course.open:
        course.begin(record)
    journey.last = course
    if _UNHEALTHY in rest:
        journey.complain(record, course, _text(rest))


def _end(journey: Journey, record: Record, but: Course | None = None) -> None:
    for course in journey.root.children.values():
        if course.open and course is not but:
            course.finish(record, None, None)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace").strip()
