"""Where the fuzzer begins: small inputs of every kind that each target knows, made from what is in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.ingest.bundles import SQUEEZE, log, tar, zipped
from tests.kit import ROOT


def seeds(target: str) -> Iterator[bytes]:
    """A few dozen inputs for this target."""
    yield from _SEEDS[target]()


def _archives() -> Iterator[bytes]:
    files = {"node-1/kubelet.log": log(9), "b.log": "启动失败\n".encode("gb18030") * 4, "c": "text\n".encode("utf-16")}
    plain = _short(tar(files))
    yield from (plain, _short(tar(files, 2)), zipped(files), zipped(files, 0), zipped(files, 12), plain + plain)
    yield from (_short(tar({"节点/kubelet.log": log(3)}, 2)), _short(tar({"n" * 120: log(3)}, 1)))  # pax, a long name
    yield _short(tar({"empty": b"", "behind": log(2)}))
    for squeeze in SQUEEZE.values():
        yield squeeze(log(20))
        yield squeeze(plain)
        yield _short(tar({"inner": squeeze(log(5)), "z.zip": zipped(files)}))
    yield from (b'{"host": "a", "time": 1}', b"x\n" * 9, bytes(600), b"\xff\xfea\0b\0")


def _short(archive: bytes) -> bytes:
    """A tar without most of the padding behind its end mark: that is two blocks of zeros, and a member may end in
    another one."""
    end = len(archive.rstrip(b"\0"))
    return archive[: end + -end % 512 + 1536]


def _lines() -> Iterator[bytes]:
    from loganalyzer.ingest.formats import DIALECTS

    for dialect in DIALECTS:
        for sample in dialect.samples:
            yield sample.line.encode()


def _secrets() -> Iterator[bytes]:
    yield from _lines()
    yield b"kubeadm join 192.0.2.1:6443 --token abcdef.0123456789abcdef --certificate-key " + b"0f" * 32
    yield b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"
    yield b'password="a\\"b" token: x Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln postgres://u:p@h/d'


def _rules() -> list[Path]:
    return sorted((ROOT / "rules").rglob("*.yaml"))[::12]


def _templates() -> Iterator[bytes]:
    for path in _rules():
        for found in re.findall(r"- '(.{8,200})'$", path.read_text("utf-8"), re.MULTILINE):
            yield found.encode()
    yield from (rb"x(?P<ip>[0-9.]+) (?:a|b){2,3}\.c", b"<a:ip> is <<not>> <?there> <x|y|z> <q:quoted>")


def _conditions() -> Iterator[bytes]:
    for path in _rules():
        for found in re.findall(r"_by: (.*)$", path.read_text("utf-8"), re.MULTILINE):
            yield found.encode()
    yield from (
        b"a and not (b_1 or f) and 2 of b_* and count(a) >= 5 within 10m",
        b"a then b_1 within 5m or absent b_2 within 1h after a",
        b"a.ip == b_2.x and public(a.ip) and same node(a, b_1) and distinct(a.ip) >= 2",
    )


def _rule_files() -> Iterator[bytes]:
    for path in _rules():
        yield path.read_bytes()
    for path in sorted((ROOT / "tests/rulepack/bad").glob("*.yaml")):
        yield path.read_bytes()


_SEEDS = {
    "archive": _archives,
    "dialects": _lines,
    "safe": _secrets,
    "templates": _templates,
    "conditions": _conditions,
    "rule_files": _rule_files,
}
