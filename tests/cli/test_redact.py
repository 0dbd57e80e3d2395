"""`tkelog redact`: a bundle stays a bundle, no secret is left in it, and what is found in it stays the same."""

from __future__ import annotations

import base64
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
import zstandard
from click.testing import CliRunner

from loganalyzer import diagnose, ingest, rulepack
from loganalyzer.cli import tkelog
from loganalyzer.diagnose import Scanner
from tests.kit import ROOT

FIXTURES = sorted((ROOT / "fixtures/logs").iterdir())
CORPUS = [case / "logs" for case in sorted(Path(os.environ["CORPUS"]).iterdir())] if "CORPUS" in os.environ else []
"""`CORPUS=DIR` adds the cases of a corpus: folders that hold a folder `logs`."""
SECRET = "Hunter2/Secret+x"
LOG = f"""\
2022-01-19T14:43:31Z stdout F starting on node "gpu-17.corp.bank.cn"
E0119 14:43:31.000000 1 a.go:1] Invalid password {{"input password": "{SECRET}"}}
encoded {base64.b64encode(f"u:{SECRET}".encode()).decode()} {quote(SECRET, safe="")} and gpu-17.corp.bank.cn 10.244.3.7
dial tcp 118.25.10.9:443: connect: refused; 10.244.3.9/24 10.244.0.0/16 127.0.0.1 255.255.255.0 v1.19.7.1
login {{"username": "zhang.wei", "tenantID": "bank-prod"}}
"""


def redact(*args: object, data: bytes | None = None) -> bytes:
    result = CliRunner().invoke(tkelog, ["redact", *map(str, args)], input=data, standalone_mode=False)
    assert result.exception is None, result.output
    assert result.return_value == 0, result.output
    return result.stdout_bytes


@pytest.fixture(scope="module")
def rules():
    ruleset = rulepack.load()
    return ruleset, Scanner(ruleset)


def outcome(rules, path: Path) -> list[object]:
    ruleset, scanner = rules
    inputs = ingest.open_inputs([str(path)])
    report = diagnose.analyze(ruleset, inputs.sources(), scanner=scanner)

    def tree(one):
        return (one.id, one.confidence, one.count, [tree(child) for child in one.explains])

    return [tree(diagnosis) for diagnosis in report.diagnoses]


@pytest.mark.parametrize("how", [(), ("--anonymize",)], ids=["redact", "anonymize"])
@pytest.mark.parametrize(
    "case", [*FIXTURES, *CORPUS], ids=lambda path: path.parent.name if path.name == "logs" else path.name
)
def test_the_same_is_found_in_what_was_redacted(case, how, rules, tmp_path):
    (tmp_path / case.parent.name).mkdir()
    copy = tmp_path / case.parent.name / case.name
    redact(case, "-o", copy, *how)
    assert outcome(rules, copy) == outcome(rules, case)


# ------------------------------------------------------------------------------------------------ containers

FILES = {
    "b/node-1/kubelet.log": LOG,
    "b/node-2/a.log": f"nothing but {SECRET} and 10.244.3.7\n",
    "b/x.bin": "\x7fELF" + "\0" * 90,
}


def tar(mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{mode}") as archive:
        for name, text in FILES.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(text.encode()), 1642603412
            archive.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(zipfile.ZipInfo(name, (2022, 1, 19, 14, 43, 32)), text)
    return out.getvalue()


def untar(data: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert {member.mtime for member in archive} == {1642603412}
        return {m.name: archive.extractfile(m).read().decode() for m in archive}


CONTAINERS = {
    "gz": (tar("gz"), b"\x1f\x8b", untar),
    "xz": (tar("xz"), b"\xfd7zXZ", untar),
    "bz2": (tar("bz2"), b"BZh", untar),
    "tar": (tar(""), b"b/node-1/", untar),
    "zst": (zstandard.compress(tar("")), b"\x28\xb5", lambda data: untar(zstandard.ZstdDecompressor().decompressobj().decompress(data))),
    "zip": (zipped(), b"PK", lambda data: {i.filename: zipfile.ZipFile(io.BytesIO(data)).read(i).decode() for i in zipfile.ZipFile(io.BytesIO(data)).infolist()}),
}  # fmt: skip


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize("pipe", [False, True], ids=["file", "pipe"])
def test_a_bundle_stays_what_it_is(kind, pipe, tmp_path):
    data, magic, read = CONTAINERS[kind]
    if pipe:
        made = redact("-", data=data)
    else:
        (tmp_path / "in").write_bytes(data)
        redact(tmp_path / "in", "-o", tmp_path / "out")
        made = (tmp_path / "out").read_bytes()
    assert made.startswith(magic)
    members = read(made)
    assert list(members) == list(FILES)
    assert "Hunter2" not in "".join(members.values())
    assert '{"input password": "<redacted:password#1>"}' in members["b/node-1/kubelet.log"]
    assert members["b/node-2/a.log"] == "nothing but <redacted:password#1> and 10.244.3.7\n"
    assert members["b/x.bin"] == "[tkelog redact: 94 bytes that are no readable text were left out]\n"


def test_archives_in_archives_and_a_compressed_log(tmp_path):
    inner = tmp_path / "inner.tar.gz"
    inner.write_bytes(tar("gz"))
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(inner, "node-1.tar.gz")
        archive.writestr("kubelet.log.zst", zstandard.compress(LOG.encode()))
    redact(tmp_path / "outer.zip", "-o", tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["node-1.tar.gz", "kubelet.log.zst"]
        assert "Hunter2" not in "".join(untar(archive.read("node-1.tar.gz")).values())
        log = zstandard.ZstdDecompressor().decompressobj().decompress(archive.read("kubelet.log.zst"))
    assert b"<redacted:password#1>" in log
    assert b"Hunter2" not in log


def test_a_log_keeps_every_other_byte():
    plain = b"caf\xe9 \x1b[31m \x00 no newline at the end \xff\r\nsecond\rline"
    assert redact("-", data=plain) == plain


def test_the_report_says_what_was_masked_where(tmp_path):
    (tmp_path / "in.tgz").write_bytes(tar("gz"))
    redact(tmp_path / "in.tgz", "-o", tmp_path / "out.tgz", "--report", tmp_path / "report.json")
    found = json.loads((tmp_path / "report.json").read_text())
    assert found["schema"] == "tkelog.redaction/v1"
    assert found["redactions"] == {"password": 1}
    assert [each["redactions"] for each in found["files"]] == [{"password": 1}, {}]
    assert [Path(path).name for path in found["left_out"]] == ["x.bin"]
    assert found["problems"][0]["kind"] == "skipped"


# ----------------------------------------------------------------------------------------- nothing half-written


def test_it_refuses_to_take_the_place_of_anything(tmp_path, run):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.log").write_text(LOG)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    for args, says in (
        ([tmp_path / "in", "-o", tmp_path / "in"], b"OUT is IN"),
        ([tmp_path / "in", "-o", tmp_path / "full"], b"is there already"),
        ([tmp_path / "in"], b"name the new one with -o"),
        ([tmp_path / "in" / "a.log", "-o", tmp_path / "full"], b"IN is a file"),
    ):
        process = run("redact", *args)
        assert process.returncode == 2
        assert says in process.stderr
    assert run("redact", tmp_path / "none", "-o", tmp_path / "out").returncode == 3
    assert run("redact", tmp_path / "in" / "a.log", "-o", "/dev/full").returncode == 1
    assert sorted(os.listdir(tmp_path)) == ["full", "in"]


def test_what_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    for name in ("a.log", "b.log"):
        (tmp_path / "in" / name).write_text(LOG)
    from loganalyzer.cli.redact import _Copy

    whole = _Copy.text

    def failing(self, path, chunks):
        if path.endswith("b.log"):
            raise OSError(28, "No space left on device")
        return whole(self, path, chunks)

    monkeypatch.setattr(_Copy, "text", failing)
    for source in (tmp_path / "in", tmp_path / "in" / "b.log"):
        result = CliRunner().invoke(tkelog, ["redact", str(source), "-o", str(tmp_path / "out")], standalone_mode=False)
        assert "No space left" in str(result.exception)
    assert os.listdir(tmp_path) == ["in"]


# --------------------------------------------------------------------------------------------------- other names


def test_names_and_addresses_are_replaced_and_their_relations_stay(tmp_path):
    (tmp_path / "a.log").write_text(LOG)
    redact(tmp_path / "a.log", "-o", tmp_path / "out.log", "--anonymize", "--map", tmp_path / "map.json")
    made = (tmp_path / "out.log").read_text()
    for real in ("gpu-17", "bank", "118.25.10.9", "10.244.3.7", "10.244.3.9", "10.244.0.0", "zhang"):
        assert real not in made
    names = json.loads((tmp_path / "map.json").read_text())
    assert names["host"] == {"gpu-17.corp.bank.cn": "host-1.example.com"}
    assert names["user"] == {"zhang.wei": "user-1"}
    assert names["tenant"] == {"bank-prod": "tenant-1"}
    assert made.count("host-1.example.com") == 2
    seven, nine = names["address"]["10.244.3.7"], names["address"]["10.244.3.9"]
    assert seven.rpartition(".")[0] == nine.rpartition(".")[0]
    assert seven.startswith("10.")
    assert f"{nine}/24" in made
    assert f"{seven.rsplit('.', 2)[0]}.0.0/16" in made
    assert "127.0.0.1 255.255.255.0 v1.19.7.1" in made
    assert (tmp_path / "map.json").stat().st_mode & 0o777 == 0o600


def test_the_map_holds_again_for_the_next_bundle(tmp_path):
    (tmp_path / "a.log").write_text(LOG)
    (tmp_path / "b.log").write_text('host="new-3" 10.244.3.200 10.9.9.9 118.25.10.77 gpu-17.corp.bank.cn\n')
    first, again = tmp_path / "1", tmp_path / "2"
    redact(tmp_path / "a.log", "-o", first, "--anonymize", "--map", tmp_path / "map.json")
    before = json.loads((tmp_path / "map.json").read_text())
    redact(tmp_path / "b.log", "-o", again, "--anonymize", "--map", tmp_path / "map.json")
    after = json.loads((tmp_path / "map.json").read_text())
    assert after["address"].items() >= before["address"].items()
    assert after["address"]["10.244.3.200"].rpartition(".")[0] == before["address"]["10.244.3.7"].rpartition(".")[0]
    assert after["address"]["118.25.10.77"].rpartition(".")[0] == before["address"]["118.25.10.9"].rpartition(".")[0]
    assert "host-1.example.com" in again.read_text()
    assert len(set(after["address"].values())) == len(after["address"])


def test_a_map_needs_anonymize_and_must_be_one(tmp_path, run):
    (tmp_path / "a.log").write_text(LOG)
    (tmp_path / "map.json").write_text("{}")
    assert run("redact", tmp_path / "a.log", "--map", tmp_path / "map.json").returncode == 2
    process = run("redact", tmp_path / "a.log", "--anonymize", "--map", tmp_path / "map.json")
    assert process.returncode == 2
    assert b"is no map of names" in process.stderr


def test_an_anonymous_report_names_nobody(tmp_path, run):
    case = tmp_path / "prod-web-7"
    case.mkdir()
    log = (ROOT / "fixtures/logs/all-in-one-public-ip/master-1/kubelet.log").read_text()
    (case / "kubelet.log").write_text(log.replace("master-1", "prod-web-7"))
    for format_ in ("terminal", "markdown", "html", "json", "jsonl", "sarif", "junit", "brief"):
        shown = run("analyze", tmp_path, "-f", format_, "--anonymize", "--all").stdout.decode()
        assert "203.0.113.9" not in shown
        assert "prod-web-7" not in shown
        assert "11.1.0.9" in shown
