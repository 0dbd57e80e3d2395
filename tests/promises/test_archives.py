"""Damaged and hostile containers: nothing lost in silence, nothing without bound, nothing that stops the program."""

from __future__ import annotations

import faulthandler
import gzip
import io
import lzma
import os
import random
import tarfile
import time
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
import zstandard

from loganalyzer.errors import NoInputError
from loganalyzer.ingest import open_inputs
from loganalyzer.limits import KIB, MIB
from tests.ingest.bundles import INLINE, SQUEEZE, log, read, tar, zipped
from tests.ingest.test_archive import BOMBS, overlapping
from tests.promises import mangle, small
from tests.promises.process import tkelog
from tests.promises.quine import gzip_quine
from tests.promises.scale import PROVE, amount
from tests.promises.splice import beneath, splice

KEPT = Path(__file__).parent / "kept"
"""Inputs that once went wrong; they stay for ever."""
FIFTY = {f"node-{n % 5}/log-{n}.log": log(6 + n % 30, n) for n in range(50)}
CHECKED = ("gz", "xz", "bz2", "zst")
"""Containers with a checksum over everything."""

MARKS = (b"PK", b"ustar", b"\x1f\x8b", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd")
"""What each container has in it."""


@pytest.mark.promise("P3")
@pytest.mark.parametrize("kind", ["tar", *(f"tar.{kind}" for kind in CHECKED), "zip"])
def test_a_cut_at_any_offset_is_named(kind, tmp_path, figure):
    whole = mangle.KINDS[kind](FIFTY)
    end = len(whole.rstrip(b"\0")) if kind == "tar" else len(whole)  # behind it there is nothing but padding
    bundle = tmp_path / "bundle"
    dice, count = random.Random(3), amount(2_000, quick=100)
    least = {"tar": 108, "zip": 4}.get(kind, 6)  # less is not even the beginning of such an archive
    for cut in (dice.randrange(least, end) for _ in range(count)):
        bundle.write_bytes(whole[:cut])
        assert read(bundle).problems, cut
    figure(f"{kind}: {count} cuts, 0 silent")


@pytest.mark.promise("P3")
@pytest.mark.parametrize("kind", CHECKED)
def test_a_flipped_bit_anywhere_is_named_or_changes_nothing(kind, tmp_path, figure):
    whole = SQUEEZE[kind](tar(FIFTY))
    bundle = tmp_path / "bundle"
    bundle.write_bytes(whole)
    sound = read(bundle).files
    dice, count, harmless = random.Random(4), amount(2_000, quick=100), 0
    for _ in range(count):
        at = dice.randrange(len(whole))
        bundle.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1 :])
        got = read(bundle)
        assert got.problems or got.files == sound, at
        harmless += not got.problems
    figure(f"tar.{kind}: {count} flipped bits, 0 silent losses ({harmless} in header fields that carry nothing)")


@pytest.mark.promise("P3")
def test_a_flipped_bit_in_a_zip_is_named_or_changes_no_content(tmp_path, figure):
    whole = zipped(FIFTY)
    bundle = tmp_path / "bundle"
    bundle.write_bytes(whole)
    sound = sorted(data for _, data in read(bundle).files)
    dice, count = random.Random(5), amount(2_000, quick=100)
    for _ in range(count):
        at = dice.randrange(len(whole))
        bundle.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1 :])
        got = read(bundle)
        assert got.problems or sorted(data for _, data in got.files) == sound, at
    figure(f"zip: {count} flipped bits, 0 silent losses")


@pytest.mark.promise("P4")
@pytest.mark.parametrize("kind", CHECKED)
def test_what_stands_before_a_cut_is_read(kind, tmp_path, figure):
    """The text is a prefix of the whole, at most one compressed block shorter than what arrived."""
    text = log(20_000)
    whole = SQUEEZE[kind](text)
    path = tmp_path / "log"
    count, step = amount(100), len(whole) // amount(100)
    block = {"bz2": 900_000, "zst": 128 * KIB}.get(kind, 64 * KIB)  # what the format can only give as a whole
    most = 0
    for cut in range(step, len(whole), step):
        path.write_bytes(whole[:cut])
        got = b"".join(data for _, data in read(path).files)
        assert text.startswith(got)
        most = max(most, len(text) * cut // len(whole) - len(got))
    assert most < block * 1.6
    figure(f"{kind}: {count} cuts, each a prefix; at most {most / KIB:.0f} KiB less than what had arrived")


# ------------------------------------------------------------------------------------------------------------- bombs


def _nested(make, depth: int) -> bytes:
    data = b"x\n"
    for _ in range(depth):
        data = make(data)
    return data


def _forty_two() -> bytes:
    """Zips of zips, sixteen in each, five deep, zeros at the bottom."""
    data = zipped({"0": bytes(4 * MIB)})
    for _ in range(5):
        data = zipped({str(n): data for n in range(16)})
    return data


HOSTILE = {
    "gzip of zeros, 4 GiB": lambda: gzip.compress(bytes(64 * MIB), 9) * 64,
    "zstd of zeros, 4 GiB": lambda: zstandard.compress(bytes(64 * MIB)) * 64,
    "xz of zeros, 1 GiB": lambda: lzma.compress(bytes(64 * MIB), preset=0) * 16,
    "bzip2 of zeros, 1 GiB": lambda: SQUEEZE["bz2"](bytes(16 * MIB)) * 64,
    "gzip in gzip, 1,000 deep": lambda: _nested(lambda data: gzip.compress(data, 1), 1000),
    "tar in tar, 200 deep": lambda: _nested(lambda data: tar({"t": data}), 200),
    "zip in zip, 200 deep": lambda: _nested(lambda data: zipped({"z": data}), 200),
    "42.zip": _forty_two,
    "gzip quine": gzip_quine,
    "quine in a tar": lambda: tar({"a": gzip_quine(), "b.log": b"x\n"}),
    "overlapping zip members": overlapping,
    "200,000 members": lambda: gzip.compress(tar({str(n): b"" for n in range(2000)})[:-10240] * 100, 1),
    "a name of 60,000 bytes": lambda: tar({"n" * 60_000: b"x\n"}),
    "xz that wants 1.5 GiB": lambda: lzma.compress(b"x\n", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1536 * MIB - 1}]),
    **{name: make for name, (make, _) in BOMBS.items()},
}  # fmt: skip


@pytest.mark.promise("P2")
@pytest.mark.parametrize("name", HOSTILE if PROVE else ["gzip quine"])
def test_a_bomb_ends_in_seconds_and_bounded(name, tmp_path, figure):
    bomb = tmp_path / "bomb"
    bomb.write_bytes(HOSTILE[name]())
    got = tkelog("analyze", "--format", "json", bomb)
    assert got.code in (0, 3)
    assert b"Traceback" not in got.err
    assert got.seconds < 5
    assert got.memory < 200
    if name not in ("200,000 members", "pax of one digit each", "headers without members", "a name of 60,000 bytes"):
        assert got.code == 3 or orjson.loads(got.out)["problems"]
    figure(f"{name}: {got.seconds:.1f} s, {got.memory:.0f} MB")


# ----------------------------------------------------------------------------------------------------------- mutants


def _judge(data: bytes, bundle: Path, formats: tuple[str, ...]) -> tuple[object, float]:
    """The report on `data`, which must come within 5 seconds; a hang is shown with the place where it is."""
    bundle.write_bytes(data)
    faulthandler.dump_traceback_later(60, exit=True)
    started = time.thread_time()
    try:
        report, rendered = small.analyze(bundle, limits=INLINE, formats=formats)
    except Exception:
        KEPT.mkdir(exist_ok=True)
        (KEPT / f"mutant-{zlib.crc32(data):08x}").write_bytes(data)
        raise
    finally:
        faulthandler.cancel_dump_traceback_later()
    for text in rendered:
        assert orjson.loads(text)["schema"] == "tkelog.report/v1" if text.startswith(b"{") else text.decode()
    return report, time.thread_time() - started


@pytest.mark.promise("P29")
@pytest.mark.parametrize("part", range(4))
def test_injured_bundles_end_in_a_report_or_a_refusal(part, tmp_path, figure):
    whole = {kind: make(small.files()) for kind, make in mangle.KINDS.items()}
    count, worst, refused, bundle = amount(10_000, quick=60) // 4, 0.0, 0, tmp_path / "bundle"
    for seed in range(count):
        dice = random.Random(f"{part}/{seed}")
        kind = dice.choice(list(whole))
        data = mangle.damage(whole[kind], dice)
        report, seconds = _judge(data, bundle, ("json", dice.choice(("terminal", "markdown", "html"))))
        worst = max(worst, seconds)
        refused += report is None
        is_archive = b"\0" in data  # else a piece of a log was cut out, and it is a log
        if report is not None and data != whole[kind] and not report.diagnoses and is_archive:
            assert report.problems, f"{kind} {part}/{seed}: nothing wrong, it says of a damaged bundle"
    assert worst < 5
    figure(f"{count} injured bundles: 0 tracebacks, 0 silent, slowest {worst:.1f} s, {refused} refused")


@pytest.mark.promise("P29")
@pytest.mark.parametrize("part", range(4))
def test_forged_bundles_end_in_a_report_or_a_refusal(part, tmp_path, figure):
    count, worst, bundle = amount(4_000, quick=60) // 4, 0.0, tmp_path / "bundle"
    for seed in range(count):
        dice = random.Random(f"forged {part}/{seed}")
        _, seconds = _judge(
            mangle.forge(small.files(), dice), bundle, ("json", dice.choice(("terminal", "markdown", "html")))
        )
        worst = max(worst, seconds)
    assert worst < 5
    figure(f"{count} forged bundles: 0 tracebacks, slowest {worst:.1f} s")


@pytest.mark.promise("P29")
@pytest.mark.parametrize("part", range(4))
def test_spliced_bundles_end_in_a_report_or_a_refusal(part, tmp_path, figure):
    whole = {kind: make(small.files()) for kind, make in mangle.KINDS.items()}
    count, worst, refused, bundle = amount(20_000, quick=40) // 4, 0.0, 0, tmp_path / "bundle"
    for seed in range(count):
        dice = random.Random(f"spliced {part}/{seed}")
        kind, other = dice.sample(list(whole), 2)
        under = dice.random() < 0.3
        data = beneath(small.files(), dice) if under else splice(whole[kind], whole[other], dice)
        report, seconds = _judge(data, bundle, ("json", dice.choice(("terminal", "markdown", "html"))))
        worst = max(worst, seconds)
        refused += report is None
        # a tar has no checksum of what its members hold: who changes that beneath the compression damages no archive
        if report is not None and not under and data != whole[kind] and not report.diagnoses and b"\0" in data:
            assert report.problems, f"{kind} {part}/{seed}: nothing wrong, it says of a damaged bundle"
    assert worst < 5
    figure(f"{count} spliced bundles: 0 tracebacks, 0 silent, slowest {worst:.1f} s, {refused} refused")


@pytest.mark.promise("P29")
def test_no_injury_loses_a_member_in_silence(tmp_path, figure):
    """The byte side alone is quick: many more injuries, and each member is compared."""
    whole = {kind: make(FIFTY) for kind, make in mangle.KINDS.items()}
    bundle, count, sound = tmp_path / "bundle", amount(20_000, quick=600), {}
    for kind, data in whole.items():
        bundle.write_bytes(data)
        sound[kind] = sorted(size for size in (len(content) for _, content in read(bundle).files))
    for seed in range(count):
        dice = random.Random(f"bytes {seed}")
        kind = dice.choice(list(whole))
        data = mangle.damage(whole[kind], dice)
        bundle.write_bytes(data)
        inputs = open_inputs([str(bundle)], INLINE)
        sizes: list[int] = []
        with suppress(NoInputError):
            sizes.extend(sum(len(block.data) - block.start for block in one.blocks()) for one in inputs.sources())
        is_text = b"\n" in data and not any(mark in data for mark in MARKS)  # a piece of a log was cut out
        unknowable = len(data) < 200 or is_text or _is_other_archive(data, kind)
        assert inputs.problems or sorted(sizes) == sound[kind] or unknowable, f"{kind} {seed}"
    figure(f"{count} injured bundles of 50 members: 0 members lost in silence")


def _is_other_archive(data: bytes, kind: str) -> bool:
    """Whether Python's own reader sees a sound archive, too: then whole members were cut out at their borders."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            archive.getmembers()
    except tarfile.TarError:
        return False
    return "tar" in kind


@pytest.mark.promise("P29")
def test_what_once_went_wrong_goes_right(tmp_path, figure):
    """Each is damaged or hostile: it is refused, or the report says what is wrong with it."""
    kept = sorted(KEPT.glob("*"))
    assert kept
    for n, path in enumerate(kept):
        report, seconds = _judge(path.read_bytes(), tmp_path / f"bundle{n}", ("json", "terminal", "markdown", "html"))
        assert seconds < 5, path.name
        assert report is None or report.problems, path.name
    figure(f"{len(kept)} kept inputs")


@pytest.mark.promise("P2")
def test_the_limits_of_all_inputs_together(tmp_path):
    """A thousand little bombs are one large one."""
    for n in range(20):
        (tmp_path / str(n)).write_bytes(gzip.compress(bytes(MIB), 9))
    got = read(tmp_path, limits=replace(INLINE, total=5 * MIB))
    assert got.kinds.count("over-limit") >= 1
    assert sum(len(data) for _, data in got.files) <= 6 * MIB
    assert os.listdir(tmp_path)
