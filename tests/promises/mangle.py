"""Damaged and hostile bundles, from a seed: one mutator that knows only bytes, one that knows what archives hold."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping

import zstandard

from tests.ingest.bundles import SQUEEZE, tar, zipped

Files = Mapping[str, bytes]

KINDS: dict[str, Callable[[Files], bytes]] = {
    "tar": tar,
    "tar.pax": lambda files: tar(files, tarfile.PAX_FORMAT),
    **{f"tar.{kind}": lambda files, squeeze=squeeze: squeeze(tar(files)) for kind, squeeze in SQUEEZE.items()},
    "zip": zipped,
    "zip.stored": lambda files: zipped(files, zipfile.ZIP_STORED),
    "zip.bz2": lambda files: zipped(files, zipfile.ZIP_BZIP2),
    "gz in tar": lambda files: tar({f"{name}.gz": gzip.compress(data, 1, mtime=0) for name, data in files.items()}),
    "zip in tar.gz": lambda files: gzip.compress(tar({"inner.zip": zipped(files)}), 1, mtime=0),
}
"""How bundles come: every container, and containers in one another."""

INTERESTING = (b"\0", b"\xff", b"\x7f", b"\x80", b"\n", b"PK\1\2", b"PK\3\4", b"PK\5\6", b"ustar\0", b"\x1f\x8b\x08",
               b"\x28\xb5\x2f\xfd", b"BZh9", b"\xfd7zXZ\0", b"0", b"7777777", b"-1", b"\x80\0\0\0\xff", b"9" * 40,
               b"\xff\xff\xff\xff", bytes(512), b"\xed\xda\x0c\xed", b"\r", b"\x1b[2J", b'{"log":"', b"[" * 400)  # fmt: skip


def damage(data: bytes, dice: random.Random) -> bytes:
    """`data` with one to a few injuries of the kind that disks, networks and fuzzers cause."""
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        data = dice.choice(_INJURIES)(data, dice)
    return data


def _flip(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data)) if data else 0
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :] if data else data


def _cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _behead(data: bytes, dice: random.Random) -> bytes:
    return data[dice.randrange(min(len(data), 2000) + 1) :]


def _remove(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + data[at + dice.choice((1, 3, 512, 1024, 5000)) :]


def _repeat(data: bytes, dice: random.Random) -> bytes:
    at, size = dice.randrange(len(data) + 1), dice.choice((1, 16, 512, 4096))
    return data[: at + size] + data[at : at + size] * dice.choice((1, 2, 20)) + data[at + size :]


def _overwrite(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    new = dice.choice((dice.choice(INTERESTING), dice.randbytes(dice.choice((1, 4, 64, 600)))))
    return data[:at] + new + data[at + len(new) :]


def _insert(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(INTERESTING) + data[at:]


def _zero(data: bytes, dice: random.Random) -> bytes:
    at, size = dice.randrange(len(data) + 1), dice.choice((1, 100, 512, 4096))
    return data[:at] + bytes(min(size, len(data) - at)) + data[at + size :]


def _move(data: bytes, dice: random.Random) -> bytes:
    a, b = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return data[b:] + data[a:b] + data[:a] if dice.random() < 0.1 else data[:a] + data[b : b + 700] + data[a:]


def _near_a_mark(data: bytes, dice: random.Random) -> bytes:
    """An injury where it hurts: close to a magic number."""
    mark = dice.choice((b"ustar", b"PK\1\2", b"PK\3\4", b"PK\5\6", b"\x1f\x8b", b"\n"))
    places = [at for at in (data.find(mark, dice.randrange(len(data) + 1)), data.rfind(mark)) if at >= 0]
    if not places:
        return _flip(data, dice)
    at = max(0, dice.choice(places) + dice.randrange(-260, 60))
    return data[:at] + dice.choice(INTERESTING)[:8] + data[at + 8 :]


_INJURIES = (_flip, _flip, _cut, _behead, _remove, _repeat, _overwrite, _overwrite, _insert, _zero, _move, _near_a_mark)


# ------------------------------------------------------------------------------------- one that knows what it forges


def forge(files: Files, dice: random.Random) -> bytes:
    """A well-formed container of these files in which single fields, or the logs themselves, say something absurd.
    Checksums are right, so that nothing refuses it at the door."""
    files = {_name(name, dice): _content(data, dice) for name, data in files.items()}
    made = dice.choice((_forged_tar, _forged_tar, _forged_zip))(files, dice)
    for _ in range(dice.choice((0, 1, 1, 2))):
        made = dice.choice(_WRAPPED)(made, dice)
    return made


def _name(name: str, dice: random.Random) -> str:
    if dice.random() < 0.8:
        return name
    return dice.choice(
        (
            f"../../{name}", f"/{name}", "", ".", "..", "/", name + "/", name.replace("/", "\\"), "C:\\" + name, "x" * 5000,
            "深" * 99, "a\nb.log", "\x1b]0;x\x07.log", "\u202egol.exe", "a\udcff", "meta/collect.json", "-", "con", "a" + "/b" * 400,
            "var/log/pods/a_b_c/d/0.log", "[/red]", "'; rm -rf /; '", "messages",
        )
    )  # fmt: skip


def _content(data: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.5:
        return data
    lines = data.split(b"\n")
    at = dice.randrange(len(lines))
    strange = dice.choice(_STRANGE)
    line = strange(lines[at], dice) if callable(strange) else strange
    lines[at : at + 1] = [line] * min(dice.choice((1, 1, 3, 300)), 1 + 100_000 // max(1, len(line)))
    whole = b"\n".join(lines)
    if dice.random() < 0.15:
        text = whole.decode("utf-8", "replace")
        whole = text.encode(
            dice.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "gb18030")), "replace"
        )
    return whole


_STRANGE: tuple[bytes | Callable[[bytes, random.Random], bytes], ...] = (
    lambda line, dice: line * dice.choice((2, 50, 1000)),
    lambda line, dice: line[: dice.randrange(len(line) + 1)],
    lambda line, dice: bytes(byte ^ 0x80 if dice.random() < 0.05 else byte for byte in line),
    lambda line, dice: b'{"log":"' + line.replace(b'"', b'\\"') + b'\\n","stream":"stderr","time":"2022-99-99T99:99:99Z"}',
    lambda line, dice: b"2022-01-19T14:43:31.1Z stderr P " + line,
    lambda line, dice: b'{"MESSAGE":[' + b",".join(b"%d" % byte for byte in line[:300]) + b',256,-1,null],"__REALTIME_TIMESTAMP":"1e99"}',
    lambda line, dice: b"\\" * 3000 + b'"' + line,
    lambda line, dice: line.translate(bytes.maketrans(b"0123456789", dice.randbytes(10))),
    lambda line, dice: line.translate(bytes.maketrans(b"0123456789", b"9999999999")),
    lambda line, dice: b"Feb 30 25:61:61 h kubelet[1]: " + line,
    lambda line, dice: b"\x1b[31m" + line + b"\x9b2J\x1b]52;c;aGk=\x07",
    b"I0231 99:99:99.999999 1 a.go:1] x", b"9999-12-31T23:59:59.999999999+23:59 x", b"0000-00-00T00:00:00Z",
    b"2022-01-19T14:43:31.1Z stderr P x", b'{"log":"\\ud800","stream":"stdout","time":"x"}', b'{"a":' * 3000, b"[" * 90_000,
    b'{"ts":1e308,"level":"error","msg":"x"}', b'{"ts":-1e308,"msg":"x"}', b'{"ts":NaN}', b'{"time":99999999999999999999999999}',
    b"goroutine 1 [running]:", b"\0" * 5000, b"\xff\xfe" * 300, b"=" * 70_000, b"<" * 70_000, b"-----BEGIN RSA PRIVATE KEY-----",
    b"[2022-01-19] [   1.1] x" * 3000, b"password=" * 5000, b"token: " + b"a.b" * 9000, b"E" + b"0" * 50_000, b"\r" * 5000,
)  # fmt: skip


def _forged_tar(files: Files, dice: random.Random) -> bytes:
    out = io.BytesIO()
    for name, data in files.items():
        info = tarfile.TarInfo(name)
        info.size, info.mtime = len(data), 1_700_000_000
        shape = dice.choice((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))
        raw = bytearray(info.tobuf(shape, "utf-8", "surrogateescape"))
        if dice.random() < 0.3:
            start, size = dice.choice(((0, 100), (100, 8), (124, 12), (124, 12), (136, 12), (156, 1), (156, 1), (157, 100), (257, 8),
                                       (345, 155), (482, 1)))  # fmt: skip
            head = len(raw) - 512
            raw[head + start : head + start + size] = dice.choice(_FIELDS)(dice, size)[:size].ljust(size, b"\0")
            raw[head + 148 : head + 156] = b" " * 8
            raw[head + 148 : head + 156] = b"%06o\0 " % sum(raw[head : head + 512])
        if dice.random() < 0.15:
            out.write(_pax(dice.choice(_RECORDS)))
        out.write(bytes(raw) + data + bytes(-len(data) % 512))
    return out.getvalue() + bytes(dice.choice((0, 512, 1024, 1024, 10240)))


_FIELDS: tuple[Callable[[random.Random, int], bytes], ...] = (
    lambda dice, size: dice.randbytes(size),
    lambda dice, size: b"7" * size,
    lambda dice, size: b"\x80" + b"\xff" * size,
    lambda dice, size: b"\xff" * size,
    lambda dice, size: b"\x80" + bytes(size - 1) if size > 1 else b"\x80",
    lambda dice, size: bytes(size),
    lambda dice, size: b"-1",
    lambda dice, size: dice.choice((b"S", b"M", b"V", b"D", b"L", b"K", b"x", b"g", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"?")),
    lambda dice, size: b"%011o" % dice.choice((0, 1, 511, 512, 513, 1 << 20, (1 << 33) - 1)),
)  # fmt: skip
_RECORDS = (
    b"size=-1", b"size=1", b"size=99999999999999999999", b"size=1_000", b"size=0x10", b"size= 7", b"path=", b"path=../../x", b"path=a\0b",
    b"mtime=nan", b"mtime=inf", b"mtime=1e400", b"mtime=-1e30", b"path=" + b"p" * 70_000, b"GNU.sparse.major=1", b"GNU.sparse.map=0,1",
    b"hdrcharset=BINARY", b"=", b"comment", b"size=" + "١".encode(), b"GNU.sparse.realsize=1099511627776",
)  # fmt: skip


def _pax(record: bytes) -> bytes:
    body = next(
        text for size in range(len(record) + 3, len(record) + 12) if len(text := b"%d %s\n" % (size, record)) == size
    )
    info = tarfile.TarInfo("PaxHeaders/x")
    info.type, info.size = b"x", len(body)
    return info.tobuf(tarfile.USTAR_FORMAT) + body + bytes(-len(body) % 512)


def _forged_zip(files: Files, dice: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode().replace("\0", "?")[:60_000])
            info.compress_type = dice.choice(
                (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
            )
            archive.writestr(info, data)
    made = bytearray(out.getvalue())
    for _ in range(dice.choice((0, 1, 1, 3))):
        mark, length = dice.choice(((b"PK\1\2", 46), (b"PK\3\4", 30), (b"PK\5\6", 22)))
        places = [at for at in range(len(made)) if made.startswith(mark, at)]
        if places:
            at = dice.choice(places) + dice.randrange(4, length - 1)
            made[at : at + 2] = dice.choice((b"\0\0", b"\xff\xff", b"\1\0", b"\0\x80", dice.randbytes(2)))
    return bytes(made)


_WRAPPED: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    lambda data, dice: gzip.compress(data, dice.randrange(10), mtime=dice.randrange(1 << 32)),
    lambda data, dice: gzip.compress(data[: len(data) // 2], 1) + gzip.compress(data[len(data) // 2 :], 1),
    lambda data, dice: _gzip_with_everything(data, dice),
    lambda data, dice: zstandard.ZstdCompressor(write_content_size=dice.random() < 0.5).compress(data),
    lambda data, dice: b"\x50\x2a\x4d\x18\x05\0\0\0hello" + zstandard.compress(data),
    lambda data, dice: SQUEEZE["xz"](data),
    lambda data, dice: SQUEEZE["bz2"](data),
    lambda data, dice: tar({"inner": data, "b.log": b"x\n"}),
    lambda data, dice: zipped({"inner": data}),
    lambda data, dice: data + data,
)  # fmt: skip


def _gzip_with_everything(data: bytes, dice: random.Random) -> bytes:
    flags = dice.randrange(256)
    squeeze = zlib.compressobj(1, wbits=-15)
    head = b"\x1f\x8b\x08" + bytes([flags]) + dice.randbytes(6)
    head += (b"\5\0extra" if flags & 4 else b"") + (b"name\0" if flags & 8 else b"") + (b"why\0" if flags & 16 else b"")
    head += b"\0\0" if flags & 2 else b""
    body = squeeze.compress(data) + squeeze.flush()
    return head + body + zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
