"""Archives that are cut, damaged or hostile: nothing is lost in silence, nothing grows without bound."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from dataclasses import replace

import pytest

from loganalyzer.ingest import tarheader
from loganalyzer.ingest import zipped as of_zip
from loganalyzer.limits import MIB
from tests.ingest.bundles import INLINE, SQUEEZE, log, read, special, tar, zipped

MEMBERS = {f"node-{n}/kubelet.log": log(8 + n, n) for n in range(10)}
PLAIN = tar(MEMBERS)
END = max(at for at in range(len(PLAIN)) if PLAIN[at]) // 512 * 512 + 512
"""Where the last member ends and the zeros begin."""


def info(name: str, **fields: object) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def headers(data: bytes) -> list[int]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return [member.offset for member in archive]


def is_right(path: str, data: bytes, bundle: object) -> bool:
    """A prefix of the member that it says it is."""
    return MEMBERS[path.removeprefix(f"{bundle}/")].startswith(data)


@pytest.mark.parametrize("squeeze", [None, "gz", "zst", "bz2", "xz"])
def test_a_cut_anywhere_is_reported_and_what_comes_before_it_is_read(tmp_path, squeeze):
    whole = SQUEEZE[squeeze](PLAIN) if squeeze else PLAIN
    bundle = tmp_path / "bundle"
    size = len(whole) if squeeze else END + 1024
    for cut in range(263, size, max(1, size // 200)):
        bundle.write_bytes(whole[:cut])
        got = read(bundle)
        assert got.problems, cut
        assert all(is_right(path, data, bundle) for path, data in got.files), cut
        if not squeeze:
            assert sum(len(data) for _, data in got.files) >= (cut - 512) // 1024 * 400, cut


def test_a_cut_compressed_log_gives_what_zlib_gives_but_for_the_last_symbols(tmp_path):
    whole = gzip.compress(log(5000), mtime=0)
    path = tmp_path / "log"
    for cut in range(20, len(whole), len(whole) // 60):
        path.write_bytes(whole[:cut])
        got = read(path)
        assert got.kinds[0] == "truncated"
        expected = zlib.decompressobj(31).decompress(whole[:cut])
        text = b"".join(data for _, data in got.files)
        assert expected.startswith(text)
        assert len(expected) - len(text) <= 258 * 2  # the last symbols may be waiting for the bits behind them


def test_a_flipped_bit_in_a_compressed_bundle_is_always_reported(tmp_path):
    whole = SQUEEZE["gz"](PLAIN)
    bundle = tmp_path / "bundle"
    silent = 0
    for at in range(10, len(whole), max(1, len(whole) // 200)):  # behind the header, of which nobody vouches
        bundle.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        got = read(bundle)
        silent += not got.problems
    assert silent == 0


def test_a_flipped_bit_in_a_header_loses_no_other_member_and_is_reported(tmp_path):
    bundle = tmp_path / "bundle"
    for start in headers(PLAIN)[1:]:
        for at in range(start, start + 512, 23):
            bundle.write_bytes(PLAIN[:at] + bytes([PLAIN[at] ^ 4]) + PLAIN[at + 1 :])
            got = read(bundle)
            assert "damaged" in got.kinds or len(got.files) == len(MEMBERS), at
            assert len(got.files) >= len(MEMBERS) - 1
            assert f"byte {start}" in got.problems[0].where if got.problems else True


def test_damage_before_the_first_member_and_behind_the_last(tmp_path):
    bundle = tmp_path / "bundle"
    for data in (bytes([PLAIN[0] ^ 1]) + PLAIN[1:], PLAIN[:END] + bytes(1024) + b"garbage" * 99, PLAIN + b"x"):
        bundle.write_bytes(data)
        got = read(bundle)
        assert got.kinds == ["damaged"]
        assert len(got.files) >= len(MEMBERS) - 1


def test_a_lone_block_of_zeros_is_named_and_what_follows_is_read(tmp_path):
    whole = tar({"a.log": log(3), "b.log": log(4)})
    second = headers(whole)[1]
    path = tmp_path / "bundle.tar"
    path.write_bytes(whole[:second] + bytes(512) + whole[second:])
    got = read(path)
    assert [data for _, data in got.files] == [log(3), log(4)]
    (problem,) = got.problems
    assert problem.where == f"{path}, byte {second}"
    assert problem.detail.en == "the archive is damaged: a lone block of zeros"
    path.write_bytes(whole[:second] + bytes(512))
    got = read(path)
    assert [data for _, data in got.files] == [log(3)]
    (problem,) = got.problems
    assert problem.kind == "truncated"
    assert problem.where == f"{path}, byte {second + 512}"


def test_one_archive_behind_another_is_read_too(tmp_path):
    bundle = tmp_path / "bundle"
    bundle.write_bytes(tar({"a": b"a\n"}) + tar({"b": b"b\n"}))
    got = read(bundle)
    assert got.files == [(f"{bundle}/a", b"a\n"), (f"{bundle}/b", b"b\n")]
    assert got.problems == ()


@pytest.mark.parametrize("shape", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_of_every_length_and_script(tmp_path, shape):
    long = "/".join(["deep" * 5] * 10) if shape == tarfile.USTAR_FORMAT else "/".join(["深" * 30] * 9)
    files = {long: b"1\n", "plain": b"2\n", "also plain": b"3\n"}
    bundle = tmp_path / "bundle"
    bundle.write_bytes(tar(files, shape))
    assert read(bundle).files == [(f"{bundle}/{name}", data) for name, data in files.items()]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("/etc/shadow", "etc/shadow"),
        ("./a.log", "a.log"),
        ("../../../a.log", "a.log"),
        ("a/../../b.log", "a/b.log"),
        ("..", "?"),
        ("a\nb", "a\nb"),
        ("a\udcff", "a\\xff"),
    ],
)
def test_no_name_leads_out_of_its_archive(tmp_path, name, shown):
    bundle = tmp_path / "bundle"
    bundle.write_bytes(special(after={name: b"x\n"}))
    assert read(bundle).files == [(f"{bundle}/{shown}", b"x\n")]


def test_names_that_occur_twice_are_both_read(tmp_path):
    bundle = tmp_path / "bundle"
    bundle.write_bytes(special(after={"a": b"1\n", "./a": b"2\n"}))
    assert read(bundle).files == [(f"{bundle}/a", b"1\n"), (f"{bundle}/a", b"2\n")]


@pytest.mark.promise("P5")
def test_links_and_devices_are_noted_and_never_followed(tmp_path):
    bundle = tmp_path / "bundle"
    links = [
        info("a", type=tarfile.SYMTYPE, linkname="b"),
        info("b", type=tarfile.SYMTYPE, linkname="a"),
        info("c", type=tarfile.LNKTYPE, linkname="c"),
        info("d", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        info("sda", type=tarfile.BLKTYPE),
        info("pipe", type=tarfile.FIFOTYPE),
        info("dir", type=tarfile.DIRTYPE),
    ]
    bundle.write_bytes(special(*links, after={"log": b"x\n"}))
    got = read(bundle)
    assert got.files == [(f"{bundle}/log", b"x\n")]
    assert [problem.kind for problem in got.problems] == ["skipped", "skipped"]
    assert ["4 files" in problem.detail.en for problem in got.problems] == [True, False]
    assert ["2 files" in problem.detail.en for problem in got.problems] == [False, True]


def header(name: bytes, size: int | bytes, kind: bytes, body: bytes = b"", mtime: bytes = b"00000000000\0") -> bytes:
    """A tar header that says what it likes."""
    size = b"%011o\0" % size if isinstance(size, int) else size
    numbers = b"0000644\0" + b"0000000\0" * 2 + size + mtime
    block = name.ljust(100, b"\0") + numbers + b" " * 8 + kind + bytes(100) + b"ustar\0" + b"00"
    block = block.ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:] + body + bytes(-len(body) % 512)


REST = tar({"after.log": b"after\n"})
BOMBS = {
    "a long name of 800 MB": (
        lambda: gzip.compress(header(b"x", 800_000_000, b"L") + bytes(80_000_000), 1),
        {"over-limit", "truncated"},
    ),
    "pax of zeros": (lambda: header(b"x", 131072, b"x", b"0" * 131072) + REST, {"damaged"}),
    "pax of one digit each": (lambda: header(b"x", 131072, b"x", b"4 =\n" * 32768) + REST, set()),
    "pax with a size below zero": (lambda: header(b"x", 11, b"x", b"11 size=-5\n") + REST, {"damaged"}),
    "pax with an endless number": (
        lambda: header(b"x", 9014, b"x", b"9014 size=" + b"9" * 9003 + b"\n") + REST,
        {"damaged"},
    ),
    "sparse 1 TiB": (
        lambda: (
            header(b"x", 62, b"x", b"22 GNU.sparse.major=1\n40 GNU.sparse.realsize=1099511627776000\n")
            + header(b"sparse", 512, b"0", b"1\n".ljust(512, b"\0"))
            + REST
        ),
        {"skipped"},
    ),
    "old sparse": (lambda: header(b"s", 512, b"S", bytes(512)) + REST, {"skipped"}),
    "headers without members": (
        lambda: gzip.compress(header(b"x", 0, b"x") * 20_000 + REST, 1),
        set(),
    ),
}


@pytest.mark.promise("P2")
@pytest.mark.parametrize("name", BOMBS)
def test_hostile_metadata_is_bounded(tmp_path, name):
    make, kinds = BOMBS[name]
    bundle = tmp_path / "bundle"
    bundle.write_bytes(make())
    tracemalloc.start()
    started = time.thread_time()
    got = read(bundle)
    assert time.thread_time() - started < 5
    assert tracemalloc.get_traced_memory()[1] < 40 * MIB
    tracemalloc.stop()
    assert set(got.kinds) == kinds
    if "truncated" not in kinds:
        assert got.files == [(f"{bundle}/after.log", b"after\n")]


@pytest.mark.parametrize(
    ("records", "sense", "expected"),
    [
        (b"11 size=55\n", True, tarheader.Extra(size=55)),
        (b"10 size=0\n", True, tarheader.Extra(size=0)),
        (b"20 mtime=1642574611\n17 path=dir/a.log\n", False, None),
        (b"20 mtime=1642574611\n18 path=dir/a.log\n", True, tarheader.Extra("dir/a.log", None, 1642574611.0)),
        (b"22 GNU.sparse.major=1\n", True, tarheader.Extra(sparse=True)),
        (b"12 comment=x\n", False, None),
        (b"13 comment=x\n", True, tarheader.Extra()),
        (b"\n", False, None),
        (b"11 size=5x\n", False, None),
    ],
)
def test_what_pax_records_say(records, sense, expected):
    extra = tarheader.Extra()
    assert tarheader.pax(records, extra) is sense
    assert expected is None or extra == expected


def test_headers_of_every_age_are_known():
    """Before ustar there was no mark; a name full of high bytes makes a checksum of six digits."""
    plain = header(b"a.log", 0, b"0")
    old = plain[:148] + b" " * 8 + plain[156:257] + bytes(255)
    old = old[:148] + b"%06o\0 " % sum(old) + old[156:]
    assert tarheader.is_tar(old)
    assert not tarheader.is_tar(bytes(512))
    assert not tarheader.is_tar(b"\0" + old[1:])
    assert tarheader.is_tar(plain[:120])  # cut before its mark
    signed = header(b"\xe6\x96\x87\x7f\x80\xff.log", 0, b"0")
    for wrong in (0, 1):
        total = sum(byte - 256 * (byte > 127) for byte in signed[:148] + b" " * 8 + signed[156:]) + wrong
        told = tarheader.parse(signed[:148] + b"%06o\0 " % total + signed[156:])
        assert (told is None) == bool(wrong)  # some old programs added signed bytes
    slash = {kind: tarheader.parse(header(b"logs/", 0, kind)).kind for kind in (b"\0", b"0", b"7")}
    assert slash == {b"\0": tarheader.DIRECTORY, b"0": b"0", b"7": b"0"}  # the oldest had no kind for a directory
    high = "文" * 33
    wide = header(high.encode(), 0, b"0")
    wide = wide[:148] + b" " * 8 + wide[156:345] + ("件" * 51).encode() + bytes(14)
    wide = wide[:148] + b"%06o\0 " % sum(wide) + wide[156:]
    assert sum(wide) > 0o100000
    assert tarheader.parse(wide).name == f"{'件' * 51}/{high}"


def test_a_sparse_map_that_goes_on_is_known_by_its_flag():
    block = header(b"s", 0, b"S")
    block = block[:148] + b" " * 8 + block[156:482] + b"\1" + block[483:]
    block = block[:148] + b"%06o\0 " % sum(block) + block[156:]
    assert tarheader.parse(block).extended is True
    assert tarheader.parse(header(b"s", 0, b"S")).extended is False


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ((1980, 1, 1, 0, 0, 0), None),  # DOS's zero: not set
        ((1981, 1, 1, 0, 0, 0), 347155200.0),
        ((2022, 1, 19, 6, 43, 32), 1642574612.0),
        ((2022, 0, 0, 0, 0, 0), None),
        ((2022, 13, 1, 0, 0, 0), None),
        ((2022, 12, 31, 0, 0, 0), 1672444800.0),
        ((2022, 12, 0, 0, 0, 0), None),
    ],
)
def test_the_time_of_a_zip_member(when, expected):
    assert of_zip._time(when) == expected


def test_stored_members_of_a_zip_count_like_others(tmp_path):
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
        for n in range(4):
            archive.writestr(f"{n}.log", log(2000))
    got = read(bundle, limits=replace(INLINE, total=2 * len(log(2000)) + 10, block=4096))
    assert "over-limit" in got.kinds
    assert len(got.files) < 4


@pytest.mark.parametrize("length", [0, 1, 2, 3, 10, 12, 13, 99])
def test_a_pax_record_must_end_where_it_says(tmp_path, length):
    """The true length is 11; the member behind is read all the same."""
    bundle = tmp_path / "bundle"
    bundle.write_bytes(header(b"x", 11, b"x", b"%d size=55\n" % length) + REST)
    got = read(bundle)
    assert [(problem.kind, problem.where) for problem in got.problems] == [("damaged", f"{bundle}, byte 0")]
    assert got.files == [(f"{bundle}/after.log", b"after\n")]


@pytest.mark.parametrize(
    ("field", "number"),
    [
        (b"0000644\0", 0o644), (b" 644 \0  ", 0o644), (b"7\0junk  ", 7), (b"        ", 0), (b"\0" * 8, 0),
        (b"\x80" + bytes(10) + b"\x01", 1), (b"\x80" + bytes(7) + b"\x02\0\0\0", 1 << 25), (b"\xff" * 12, -1), (b"\xff" * 11 + b"\xfe", -2),
    ],
)  # fmt: skip
def test_numbers_in_a_header_are_octal_or_base_256(field, number):
    assert tarheader.number(field) == number


def test_a_size_and_a_time_in_base_256_reach_to_the_last_byte_of_their_field():
    size, mtime = b"\x80" + bytes(9) + b"\x02\xbc", b"\x80" + bytes(7) + b"\x65\x53\xf1\x01"
    head = tarheader.parse(header(b"x", size, b"0", mtime=mtime))
    assert (head.name, head.size, head.mtime) == ("x", 700, 0x6553F101)
    assert tarheader.parse(header(b"x", b"\xff" * 12, b"0")) is None


@pytest.mark.parametrize(("size", "kinds"), [(512, []), (513, ["over-limit"])])
def test_metadata_of_a_member_may_be_as_large_as_the_limit(tmp_path, size, kinds):
    bundle, name = tmp_path / "bundle", b"n" * size
    bundle.write_bytes(header(b"x", size, b"L", name) + REST)
    got = read(bundle, limits=replace(INLINE, header=512))
    assert got.kinds == kinds
    assert got.files == [(f"{bundle}/{'after.log' if kinds else name.decode()}", b"after\n")]


@pytest.mark.promise("P2")
def test_archives_in_archives_end_at_the_depth_that_is_allowed(tmp_path):
    data = b"x\n"
    for _ in range(40):
        data = tar({"t": data})
    (tmp_path / "t").write_bytes(data)
    assert read(tmp_path / "t").kinds == ["over-limit"]
    for _ in range(1000):
        data = gzip.compress(data, mtime=0)
    (tmp_path / "t").write_bytes(data)
    assert read(tmp_path / "t").kinds == ["over-limit"]


def test_too_many_members(tmp_path):
    (tmp_path / "t").write_bytes(PLAIN)
    got = read(tmp_path / "t", limits=replace(INLINE, members=3))
    assert len(got.files) == 3
    assert got.kinds == ["over-limit"]


# ------------------------------------------------------------------------------------------------------------ zip


def test_a_zip_that_is_no_file_must_fit_into_memory(tmp_path):
    limits = replace(INLINE, seekable=1000)
    inner = zipped({"a": log(500)}, 0)
    (tmp_path / "t").write_bytes(tar({"in.zip": inner, "b": b"b\n"}))
    got = read(tmp_path / "t", limits=limits)
    assert [problem.where for problem in got.problems] == [f"{tmp_path}/t/in.zip"]
    assert got.kinds == ["over-limit"]
    assert [data for _, data in got.files] == [b"b\n"]
    (tmp_path / "z").write_bytes(inner)
    assert read(tmp_path / "z", limits=limits).files == [(f"{tmp_path}/z/a", log(500))]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_damaged_zip_member_is_reported_and_the_others_are_read(tmp_path, method):
    whole = zipped({"a": log(3000, 1), "b": log(30, 2)}, method)
    for at in (60, 2000, 9000):
        (tmp_path / "z").write_bytes(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
        got = read(tmp_path / "z")
        assert got.kinds in (["damaged"], ["truncated"])
        assert got.files[-1] == (f"{tmp_path}/z/b", log(30, 2))


def test_a_cut_zip_is_reported(tmp_path):
    whole = zipped({"a": log(300, 1), "b": log(30, 2)})
    for cut in range(4, len(whole), len(whole) // 50):
        (tmp_path / "z").write_bytes(whole[:cut])
        assert read(tmp_path / "z").kinds == ["damaged"]


@pytest.mark.parametrize("before", [b"", zipped({"lost": b"lost\n"})])
@pytest.mark.parametrize("behind", [b"", b"x", bytes(600), b"PK\5\6" + bytes(18)])
def test_what_the_directory_of_a_zip_does_not_list_is_named(tmp_path, before, behind):
    """Two zips in one file, or a piece of another one behind it: `zipfile` reads one and says nothing."""
    (tmp_path / "z").write_bytes(before + zipped({"a": b"a\n"}) + behind)
    got = read(tmp_path / "z")
    assert got.kinds == (["damaged"] if before or behind else [])
    if behind.startswith(b"PK"):
        assert got.files == []
    else:
        assert got.files == [(f"{tmp_path}/z/a", b"a\n")]
        assert f" {len(before) + len(behind)} bytes" in (got.problems[0].detail.en if got.problems else " 0 bytes")


def test_places_before_the_file_do_not_hide_what_lies_behind_a_zip(tmp_path):
    """A directory that claims to begin later than it does puts its members before the file: a debt of as many bytes."""
    whole = bytearray(zipped({"a": b"a\n"}))
    at = whole.rfind(b"PK\5\6")
    begins = int.from_bytes(whole[at + 16 : at + 20], "little")
    whole[at + 16 : at + 20] = (begins + 40).to_bytes(4, "little")
    (tmp_path / "z").write_bytes(whole + bytes(40))
    got = read(tmp_path / "z")
    assert set(got.kinds) == {"damaged"}
    assert any(" 40 bytes before its first or behind its last part" in one.detail.en for one in got.problems)


def test_a_count_that_does_not_fit_the_end_record_of_a_zip_stands_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    whole = bytearray(zipped({"a": b"a\n", "b": b"b\n"}))
    assert b"PK\6\6" in whole
    at = whole.rfind(b"PK\5\6")
    whole[at + 8 : at + 12] = b"\xff" * 4
    (tmp_path / "z").write_bytes(whole)
    assert read(tmp_path / "z").kinds == []


def test_a_directory_of_a_zip_that_leads_to_no_member_is_reported(tmp_path):
    whole = bytearray(zipped({"a": b"a\n", "b": b"b\n"}))
    whole[whole.rfind(b"PK\3\4") + 3] += 1
    (tmp_path / "z").write_bytes(whole)
    got = read(tmp_path / "z")
    assert (got.kinds, got.files[0]) == (["damaged"], (f"{tmp_path}/z/a", b"a\n"))


def test_a_mark_inside_the_end_record_of_a_zip_is_not_its_end(tmp_path):
    """Disk numbers that spell the record's own mark: `zipfile` reads the record around them."""
    whole = bytearray(zipped({"a": b"a\n"}))
    at = whole.rfind(b"PK\5\6")
    whole[at + 4 : at + 8] = b"PK\5\6"
    (tmp_path / "z").write_bytes(whole)
    got = read(tmp_path / "z")
    assert (got.kinds, got.files) == ([], [(f"{tmp_path}/z/a", b"a\n")])


def test_a_comment_of_a_zip_and_a_zip_of_nothing_are_no_damage(tmp_path):
    out = io.BytesIO(zipped({"a": b"a\n"}))
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"made on node-1 " * 100
    (tmp_path / "z").write_bytes(out.getvalue())
    assert read(tmp_path / "z").kinds == []
    with zipfile.ZipFile(longest := io.BytesIO(zipped({"a": b"a\n"})), "a") as archive:
        archive.comment = b"c" * 0xFFFF
    (tmp_path / "z").write_bytes(longest.getvalue())
    assert read(tmp_path / "z").kinds == []
    (tmp_path / "z").write_bytes(out.getvalue()[:-7])
    assert read(tmp_path / "z").files == [(f"{tmp_path}/z/a", b"a\n")]
    (tmp_path / "z").write_bytes(zipped({}))
    (tmp_path / "b").write_bytes(b"b\n")
    assert read(tmp_path).kinds == []


def test_a_member_with_a_password_is_skipped(tmp_path):
    whole = bytearray(zipped({"a": b"a\n", "b": b"b\n"}))
    whole[whole.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "z").write_bytes(whole)
    got = read(tmp_path / "z")
    assert [data for _, data in got.files] == [b"b\n"]
    assert "password" in got.problems[0].detail.en


def overlapping() -> bytes:
    """A hundred members in a directory that all are the same four megabytes."""
    data = zlib.compressobj(9, wbits=-15)
    body = data.compress(bytes(4_000_000)) + data.flush()
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, zlib.crc32(bytes(4_000_000)), len(body), 4_000_000, 1, 0
    )
    sizes = (zlib.crc32(bytes(4_000_000)), len(body), 4_000_000, 1)
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 0, *sizes, 0, 0, 0, 0, 0, 0)
    count = 100
    directory = (entry + b"x") * count
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(local) + 1 + len(body), 0)
    return local + b"x" + body + directory + end


@pytest.mark.promise("P2")
def test_overlapping_members_are_bounded(tmp_path):
    (tmp_path / "z").write_bytes(overlapping())
    got = read(tmp_path / "z")
    assert got.kinds == ["over-limit"]
    assert sum(len(data) for _, data in got.files) < 70 * MIB
