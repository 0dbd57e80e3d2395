"""Archives of every shape, made at random, read as the standard library reads them; every size is at a border."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
import zlib
from dataclasses import replace

import pytest

from fuzz.oracles import archives_agree, wrapped_agrees
from loganalyzer.limits import DEFAULT, KIB
from tests.ingest.bundles import SQUEEZE, log

LIMITS = replace(DEFAULT, read_ahead=0, block=4 * KIB)
SIZES = (0, 1, 2, 511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097, 9000)
LENGTHS = (1, 9, 99, 100, 101, 154, 155, 156, 254, 255, 256, 257, 511, 512, 513, 1000)


def data(dice: random.Random) -> bytes:
    return log(90, dice.randrange(9))[: dice.choice(SIZES)]


def name(dice: random.Random, number: int) -> str:
    text = dice.choice(("n", "名", "d/")) * dice.choice(LENGTHS)
    return f"{number}{text[: dice.choice(LENGTHS)]}x"


def a_tar(dice: random.Random) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=dice.choice((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))) as archive:
        for number in range(dice.randrange(1, 6)):
            info, text = tarfile.TarInfo(name(dice, number)), data(dice)
            info.size, info.mtime = len(text), dice.choice((0, 1, 1_700_000_000, 1 << 32))
            info.type = dice.choice((tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE))
            info.pax_headers = (
                {"comment": "c" * dice.choice((1, 80, 81, 82, 83, 480, 990))} if dice.random() < 0.5 else {}
            )
            archive.addfile(info, io.BytesIO(text))
            if dice.random() < 0.3:
                info.type, info.size, info.linkname = dice.choice((tarfile.SYMTYPE, tarfile.DIRTYPE)), 0, "l" * 120
                archive.addfile(info)
    return out.getvalue()


def a_zip(dice: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", dice.choice((0, 8, 12))) as archive:
        for number in range(dice.randrange(6)):
            info = zipfile.ZipInfo(name(dice, number).replace("\\", "x"), (2022, 1, dice.randrange(1, 32), 1, 2, 3))
            info.compress_type = archive.compression
            info.extra = struct.pack("<HH", 0x4B44, n := dice.choice((0, 1, 30))) + bytes(n)
            archive.writestr(info, data(dice))
        archive.comment = b"c" * dice.choice((0, 1, 300))
    return out.getvalue()


def a_gzip(dice: random.Random) -> bytes:
    """Members with every field that a header may have, at every length that our reader buffers."""
    out = b""
    for _ in range(dice.randrange(1, 4)):
        flags, text = dice.randrange(32) & ~1, data(dice)
        head = b"\x1f\x8b\x08" + bytes((flags,)) + bytes(6)
        if flags & 4:
            head += struct.pack("<H", n := dice.choice((0, 1, 300))) + b"e" * n
        for flag in (8, 16):
            if flags & flag:
                head += b"n" * dice.choice((0, 1, 254, 255, 256, 257, 600)) + b"\0"
        if flags & 2:
            head += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
        out += head + gzip.compress(text, mtime=0)[10:]
    return out + bytes(dice.choice((0, 0, 1, 512)))


def squeezed(dice: random.Random) -> bytes:
    squeeze = SQUEEZE[dice.choice(("gz", "xz", "bz2"))]
    return b"".join(squeeze(data(dice)) for _ in range(dice.randrange(1, 4)))


@pytest.mark.parametrize("make", [a_tar, a_zip, a_gzip, squeezed])
def test_what_the_standard_library_reads_is_read_the_same(make):
    for seed in range(80):
        assert archives_agree(make(random.Random(seed)), LIMITS), seed


@pytest.mark.parametrize("text", ["", "x", "x\\n", "\\\\n", "\\\\", '\\u4e2d\\t\\"\\/', "a\\n\\n", "启动"])
def test_wrapped_text_is_what_json_says(text):
    wrapped_agrees(f'{{"log":"{text}","stream":"stderr","time":"2022-01-19T14:43:31Z"}}'.encode())
    wrapped_agrees(f'{{"MESSAGE":"{text}","PRIORITY":"3"}}'.encode())


def test_a_ustar_name_that_fills_its_prefix():
    """One to 155 characters of prefix and 100 of name: not one may be lost."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for length in (1, 153, 154, 155):
            info = tarfile.TarInfo("p" * length + "/" + "n" * 100)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))
    assert archives_agree(out.getvalue(), LIMITS)
