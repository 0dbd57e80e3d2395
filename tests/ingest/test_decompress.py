"""Compressed logs: several members, damage, padding, bombs."""

from __future__ import annotations

import gzip
import random
import time
import zlib
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.ingest.decompress import decompress
from loganalyzer.ingest.feed import Feed
from loganalyzer.ingest.run import Run
from loganalyzer.limits import MIB
from tests.ingest.bundles import INLINE, SQUEEZE, log, read

TEXT = log(3000)


@pytest.mark.parametrize("kind", SQUEEZE)
def test_members_one_after_the_other_are_one_text(tmp_path, kind):
    squeeze = SQUEEZE[kind]
    (tmp_path / "log").write_bytes(squeeze(TEXT) + squeeze(b"") + squeeze(b"more\n"))
    got = read(tmp_path / "log")
    assert b"".join(data for _, data in got.files) == TEXT + b"more\n"
    assert got.problems == ()


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_zero_padding_is_no_damage_and_garbage_is(tmp_path, kind):
    whole = SQUEEZE[kind](TEXT)
    for tail, kinds in ((bytes(1024), []), (b"garbage", ["damaged"]), (bytes(1024) + b"x", ["damaged"])):
        (tmp_path / "log").write_bytes(whole + tail)
        got = read(tmp_path / "log")
        assert got.files == [(f"{tmp_path}/log", TEXT)]
        assert got.kinds == kinds


def test_a_gzip_header_with_everything(tmp_path):
    body = gzip.compress(TEXT, mtime=0)[10:]
    head = b"\x1f\x8b\x08\x1e" + bytes(6) + b"\3\0abc" + b"name\0" + b"c" * 5000 + b"\0" + b"\0\0"
    (tmp_path / "log").write_bytes(head + body)
    assert read(tmp_path / "log").files == [(f"{tmp_path}/log", TEXT)]
    (tmp_path / "log").write_bytes(head[:4000])
    assert "truncated" in read(tmp_path / "log").kinds


def test_zstd_with_skippable_frames_and_without_checksum_or_size(tmp_path):
    engine = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    frame = engine.compress(TEXT) + engine.flush()
    skipped = b"\x50\x2a\x4d\x18\x03\0\0\0abc"
    (tmp_path / "log").write_bytes(skipped + frame + skipped + frame)
    got = read(tmp_path / "log")
    assert got.files == [(f"{tmp_path}/log", TEXT * 2)]
    assert got.problems == ()


@pytest.mark.promise("P4")
@pytest.mark.parametrize("kind", SQUEEZE)
def test_a_cut_is_reported_with_its_offset_and_the_text_before_it_is_read(tmp_path, kind):
    whole = SQUEEZE[kind](TEXT)
    for cut in range(len(whole) // 40 + 6, len(whole), len(whole) // 40):
        (tmp_path / "log").write_bytes(whole[:cut])
        got = read(tmp_path / "log")
        assert got.kinds[0] == "truncated"
        assert str(cut) in got.problems[0].detail.en
        assert TEXT.startswith(b"".join(data for _, data in got.files))


@pytest.mark.parametrize(("method", "flags", "kinds"), [(8, 0, []), (7, 0, ["damaged"]), (8, 0x20, ["damaged"])])
def test_a_gzip_header_of_another_age_is_not_guessed(tmp_path, method, flags, kinds):
    (tmp_path / "log.gz").write_bytes(b"\x1f\x8b" + bytes((method, flags)) + gzip.compress(TEXT, mtime=0)[4:])
    (tmp_path / "other").write_bytes(b"text\n")
    assert read(tmp_path).kinds == kinds


@pytest.mark.parametrize("kind", SQUEEZE)
def test_damage_is_reported_and_the_text_before_it_is_read(tmp_path, kind):
    whole = SQUEEZE[kind](TEXT)
    dice = random.Random(7)
    for at in (dice.randrange(14, len(whole)) for _ in range(30)):
        (tmp_path / "log").write_bytes(whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1 :])
        got = read(tmp_path / "log")
        assert got.problems, at


@pytest.mark.promise("P4")
def test_not_a_byte_before_damage_is_lost(tmp_path):
    noise = random.Random(1).randbytes(1000).hex().encode()
    for size in (30_000, 300_000, 6_000_000):  # the last in several calls
        text = log(size // 80)
        whole = bytearray(gzip.compress(text + noise * 40, 6, mtime=0))
        at = len(whole) - 12_000
        whole[at : at + 2000] = b"\xff" * 2000
        engine = zlib.decompressobj(31)
        expected = engine.decompress(whole[: at - 100])
        for byte in whole[at - 100 :]:
            try:
                expected += engine.decompress(bytes([byte]))
            except zlib.error:
                break
        (tmp_path / "log").write_bytes(whole)
        got = read(tmp_path / "log")
        assert got.kinds == ["damaged"]
        assert got.files == [(f"{tmp_path}/log", expected)]


@pytest.mark.parametrize("kind", SQUEEZE)
def test_a_bomb_is_given_up(tmp_path, kind):
    (tmp_path / "bomb").write_bytes(SQUEEZE[kind](bytes(12 * MIB)))
    started = time.monotonic()
    got = read(tmp_path / "bomb", limits=replace(INLINE, ratio=100, ratio_floor=4 * MIB))
    assert got.kinds == ["over-limit"]
    assert sum(len(data) for _, data in got.files) <= 5 * MIB
    assert time.monotonic() - started < 2


def test_all_inputs_together_have_a_limit(tmp_path):
    for name in "abc":
        (tmp_path / name).write_bytes(SQUEEZE["gz"](TEXT))
    got = read(tmp_path, limits=replace(INLINE, total=2 * len(TEXT)))
    assert [data for _, data in got.files][:2] == [TEXT, TEXT]
    assert got.kinds == ["over-limit"]


@given(
    st.lists(st.binary(min_size=1, max_size=9), max_size=9),
    st.lists(st.integers(1, 12), max_size=20),
    st.integers(1, 9),
)
@settings(max_examples=150, deadline=None)
def test_a_feed_gives_all_bytes_in_order_whatever_is_asked_for(chunks, sizes, block):
    feed, whole = Feed(iter(chunks)), b"".join(chunks)
    taken = b""
    for n, size in enumerate(sizes):
        assert feed.peek(size) == whole[len(taken) : len(taken) + size]
        piece = (feed.exactly, feed.piece, lambda size: b"".join(feed.part(size)))[n % 3](size)
        taken += piece
        assert feed.offset == len(taken)
    assert taken + b"".join(feed.blocks(block)) == whole


@pytest.mark.parametrize("magic", [0x184D2A50, 0x184D2A57, 0x184D2A5F])
def test_every_skippable_frame_of_zstd_is_passed_over(magic, tmp_path):
    (tmp_path / "z").write_bytes(
        magic.to_bytes(4, "little") + (3).to_bytes(4, "little") + b"abc" + SQUEEZE["zst"](log(9))
    )
    got = read(tmp_path / "z")
    assert (got.kinds, [data for _, data in got.files]) == ([], [log(9)])


@pytest.mark.parametrize("size", [(128 << 10) - 1, 128 << 10, (128 << 10) + 1, 256 << 10])
def test_a_block_of_zstd_that_is_as_large_as_a_block_may_be(size):
    """What cannot be compressed lies in it as it is: 128 KiB in one block."""
    text, run = random.Random(1).randbytes(size), Run(INLINE)
    assert b"".join(decompress("zstd", Feed(iter([SQUEEZE["zst"](text)])), "z", run)) == text
    assert not list(run.mail())


@pytest.mark.parametrize("at", range(-8, 0))
def test_a_checksum_or_length_that_is_wrong_is_said_and_the_text_is_read(tmp_path, at):
    text = b"E0119 06:43:32.225123 1391 x.go:1] no space left on device\n" * 50
    whole = bytearray(gzip.compress(text, mtime=0))
    whole[at] ^= 0x10
    path = tmp_path / "log.gz"
    path.write_bytes(whole)
    got = read(path)
    assert [data for _, data in got.files] == [text]
    assert got.kinds == ["damaged"]
    assert "checksum mismatch" in got.problems[0].detail.en


@pytest.mark.parametrize("missing", range(1, 9))
def test_a_cut_within_the_trailer_is_a_cut(tmp_path, missing):
    text = b"E0119 06:43:32.225123 1391 x.go:1] no space left on device\n" * 50
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(text, mtime=0)[:-missing])
    got = read(path)
    assert [data for _, data in got.files] == [text]
    assert got.kinds == ["truncated"]
