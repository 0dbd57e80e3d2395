"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

from loganalyzer import late
from loganalyzer.ingest.encoding import UTF8, detect
from loganalyzer.ingest.tarheader import is_tar

HEAD = 4096
"""How many bytes are looked at."""

_START = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\3\4", "zip"),
    (b"PK\5\6", "zip"),
    (b"LPKSHHRH", "journal"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
    (b"Rar!\x1a\x07", "packed"),
    (b"\x04\x22\x4d\x18", "packed"),
    (b"\x1f\x9d", "packed"),
    (b"LZIP\1", "packed"),
    (b"\xed\xab\xee\xdb", "packed"),
    (b"!<arch>\n", "packed"),
    (b"\x7fELF", "binary"),
    (b"\x89PNG\r\n", "binary"),
    (b"\xff\xd8\xff\xe0", "binary"),
    (b"\xff\xd8\xff\xe1", "binary"),
    (b"GIF8", "binary"),
    (b"%PDF-", "binary"),
    (b"SQLite format 3\0", "binary"),
    (b"\xca\xfe\xba\xbe", "binary"),
)
_STARTS = tuple(magic for magic, _ in _START)
_SKIPPABLE_ZSTD = late.pattern(rb"[\x50-\x5f]\x2a\x4d\x18")
_BZIP2 = late.pattern(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90|1?A?Y?&?S?\Z)")
"""The last way: cut off within its first ten bytes."""
_PADDING = late.pattern(rb"\0{32,}")
"""What a power loss or a truncated open log leaves in a text."""
_CONTROLS = bytes(set(range(1, 32)) - set(b"\t\n\v\f\r\b\x1b"))
_HIGH = bytes(range(128, 256))
_SUSPECT = b"\0" + _CONTROLS


def sniff(head: bytes) -> str:
    """`gzip`, `xz`, `bz2`, `zstd`, `tar`, `zip`, `journal`, `packed` (a format that is not read), `binary`, `empty`
    or `text`."""
    if not head:
        return "empty"
    if head.startswith(_STARTS):
        return next(kind for magic, kind in _START if head.startswith(magic))
    if _BZIP2.match(head):
        return "bz2"
    if is_tar(head):
        return "tar"
    if _SKIPPABLE_ZSTD.match(head):
        return "zstd"
    return "binary" if _binary(head) else "text"


def _is_noise(text: bytes) -> bool:
    """Whether most of it is in no encoding that logs come in: compressed data whose beginning is gone has as many
    bytes above 127 as below."""
    high = len(text) - len(text.translate(None, _HIGH))
    return high > len(text) * 0.3 and detect(text) == UTF8 and _broken(text) > high * 0.3


def _broken(text: bytes) -> int:
    """Bytes that are part of no UTF-8 sequence."""
    return text.decode("utf-8", "replace").count("\ufffd")


def _binary(head: bytes) -> bool:
    """Many NULs that are neither padding nor half of UTF-16, or many control characters (compressed, encrypted)."""
    if len(head.translate(None, _SUSPECT)) == len(head) or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    if head[16:20] == b"\xed\xda\x0c\xed":  # a bolt database (etcd): its first page is almost all padding
        return True
    text = _PADDING.sub(b"", head)
    size = len(text)
    if size < 16:
        return False
    even, odd = text[::2].count(0), text[1::2].count(0)
    if size - len(text.translate(None, _CONTROLS)) > size * 0.05 or _is_noise(text):
        return True
    if even + odd <= size * 0.1:
        return False
    few, many = sorted((even, odd))
    return not (many > size * 0.15 and few < size * 0.02)
