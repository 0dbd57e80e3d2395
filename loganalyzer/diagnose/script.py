"""The steps of install.sh, which the installer's `.run` file starts: `Step.3 load tke-installer image [done]`."""

from __future__ import annotations

import re
from collections.abc import Callable

from loganalyzer import late
from loganalyzer.diagnose.stages import Journeys
from loganalyzer.model import Outcome, Record

LITERALS: tuple[bytes, ...] = (b"Step.", b"[FAIL] Operation failed", b"Error: ")

KEY = "install.sh"
_LAST = b"check tke-installer status"
_STEP = late.pattern(rb"^\s{0,8}Step\.(\d{1,2}) (\S[^\[\n]{0,100}?)\s*(?:\[(in process|doing|done|ok)\]\s*)?$")
_FAILED = late.pattern(rb"^\s{0,8}\[FAIL\] Operation failed")
_ERROR = late.pattern(rb"^Error: \S")


def line(text: bytes, record: Callable[[], Record], journeys: Journeys) -> bool:
    """Whether it is a line of the script, noted if so."""
    if found := _STEP.match(text):
        _step(found, record(), journeys)
        return True
    journey = journeys.get(KEY)
    if journey is None or journey.last is None or not journey.last.open:
        return False
    if _FAILED.match(text):
        error = None if journey.last.error else text.decode("utf-8", "replace").strip()
        journey.last.finish(record(), error, None, failed=True)
        journey.outcome = Outcome.FAILED
        return True
    if _ERROR.match(text):
        journey.complain(record(), journey.last, text.decode("utf-8", "replace").strip())
        return True
    return False


def _step(found: re.Match[bytes], record: Record, journeys: Journeys) -> None:
    number, name, word = int(found[1]), found[2].decode("utf-8", "replace"), found[3]
    journey = journeys.get(KEY)
    again = journey is None or journey.outcome is not None or (number == 1 and name not in journey.root.children)
    if journey is None or again or (number == 1 and word is None):
        journey = journeys.open(KEY, KEY, new=True)
    step = journey.root.child(name, "step")
    step.number = number - 1
    if journey.last is not None and journey.last is not step and journey.last.open:
        journey.last.finish(record, None, None)
    journey.last = step
    if word not in (b"done", b"ok"):
        step.begin(record)
        return
    step.finish(record, None, None)
    if found[2].startswith(_LAST):
        journey.outcome = Outcome.OK
