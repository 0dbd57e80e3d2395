"""`tkelog analyze` as an operator runs it: real processes on the fixtures, and on what is broken."""

import json
import os
import subprocess
import sys

import jsonschema
import pytest

from tests.kit import ROOT

SCHEMA = json.loads((ROOT / "loganalyzer/report/schema/report-v1.json").read_text())
ROOT_CAUSE = "apiserver-advertise-ip-not-local"


def report(process):
    assert process.returncode in (0, 10), process.stderr.decode()
    return json.loads(process.stdout)


def ids(diagnosis):
    yield diagnosis["id"]
    for child in diagnosis["explains"]:
        yield from ids(child)


@pytest.mark.parametrize("kind", ["directory", "tar.gz", "tar.xz", "tar.bz2", "tar.zst", "zip"])
def test_one_root_cause_with_the_chain_under_it(kind, bundles, run):
    found = report(run("analyze", bundles[kind], "--format", "json"))
    jsonschema.validate(found, SCHEMA)
    (root,) = found["diagnoses"]
    assert (root["id"], root["confidence"]) == (ROOT_CAUSE, "confirmed")
    below = list(ids(root))
    for consequence in ("gateway-registry-port-conflict", "dex-redirect-uri-unregistered", "installer-infinite-retry"):
        assert consequence in below
    assert root["captures"]["ip"] == ["203.0.113.9"]
    commands = [step["run"] or "" for step in root["steps"]]
    assert any("ip addr add 203.0.113.9/32" in command for command in commands)
    assert {e["source"].rsplit("/", 1)[-1] for e in root["evidence"]} >= {"kubelet.log", "tke.log"}
    assert all(e["line"] > 0 for e in root["evidence"])
    assert found["problems"] == []


def test_installer_log_alone_through_a_pipe(run):
    log = (ROOT / "fixtures/logs/all-in-one-public-ip/installer/tke.log").read_bytes()
    for args in (["analyze", "-"], ["analyze"], []):
        found = run(*args, *(["--format", "json"] if args else []), data=log)
        assert found.returncode == 10
        if args:
            assert report(found)["diagnoses"][0]["id"] == ROOT_CAUSE
        else:
            assert ROOT_CAUSE in found.stdout.decode()


FIRST = {
    "add-node-residue": "node-residue-previous-install",
    "gateway-port-conflict": "gateway-registry-port-conflict",
    "redirect-uri-after-port-change": "dex-redirect-uri-unregistered",
    "healthy-install": None,
}


@pytest.mark.parametrize(("case", "expected"), FIRST.items())
def test_fixture_cases(case, expected, run):
    process = run("analyze", ROOT / "fixtures/logs" / case, "--format", "json")
    found = report(process)
    assert [d["id"] for d in found["diagnoses"]] == ([expected] if expected else [])
    assert process.returncode == (10 if expected else 0)


@pytest.mark.promise("P26")
def test_the_same_bytes_on_every_run_locale_and_hash_seed(bundles, run):
    outputs = {
        run("analyze", bundles["tar.gz"], "--format", "json", env={"PYTHONHASHSEED": seed, "LC_ALL": locale}).stdout
        for seed, locale in (("0", "C"), ("1", "zh_CN.UTF-8"), ("2", "en_US.UTF-8"))
    }
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("what", "code", "says"),
    [("missing", 3, "is-not-there"), ("no-logs", 3, "folder"), ("empty", 3, "empty"), ("binary", 3, "binary")],
)
def test_nothing_to_read(what, code, says, broken, run):
    process = run("analyze", broken[what])
    message = process.stderr.decode()
    assert process.returncode == code
    assert says in message
    assert "Traceback" not in message
    assert len(message.splitlines()) <= 6


@pytest.mark.parametrize("what", ["truncated", "flipped"])
def test_what_is_readable_of_a_damaged_bundle_is_analysed(what, broken, run):
    process = run("analyze", broken[what], "--format", "json")
    found = report(process)
    assert found["problems"], "damage must be named"
    assert any(what in problem["where"] for problem in found["problems"])
    assert found["inputs"]


def test_a_flipped_header_byte_is_told(broken, run):
    process = run("analyze", broken["header"], "--format", "json")
    said = process.stdout.decode() + process.stderr.decode()
    assert process.returncode in (0, 3, 10)
    assert "header" in said
    assert "Traceback" not in said


def test_a_missing_path_beside_a_good_one(broken, bundles, run):
    found = report(run("analyze", broken["missing"], bundles["tar.gz"], "--format", "json"))
    assert found["diagnoses"][0]["id"] == ROOT_CAUSE
    assert any(p["kind"] == "unreadable" and "is-not-there" in p["where"] for p in found["problems"])


def test_a_rule_file_with_ten_mistakes(tmp_path, bundles, run):
    bad = tmp_path / "rules" / "x" / "bad.yaml"
    bad.parent.mkdir(parents=True)
    bad.write_text(
        "id: other\nkind: nonsense\nseverity: high\ntitle: {en: x}\nunknown: 1\nsignals:\n  s: {text: ['<a:nothing>']}\n"
        "confirmed_by: missing and\nsteps:\n- {do: {en: x, zh: 做}, on: node, risk: huge}\n"
    )
    process = run("analyze", bundles["tar.gz"], "--rules", tmp_path / "rules")
    lines = process.stderr.decode().splitlines()
    assert process.returncode == 2
    assert len([line for line in lines if "bad.yaml:" in line]) >= 8
    assert "Traceback" not in process.stderr.decode()


@pytest.mark.parametrize(
    "env", [{"PYTHONIOENCODING": "gbk"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}]
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_output_that_cannot_hold_every_character(env, lang, bundles, run):
    process = run("analyze", bundles["tar.gz"], "--lang", lang, env=env)
    assert process.returncode == 10
    assert ROOT_CAUSE.encode() in process.stdout
    assert b"Traceback" not in process.stderr


def test_head_ends_it_quietly(bundles):
    command = f"{sys.executable} -m loganalyzer analyze {bundles['tar.gz']} | head -n 1"
    process = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, cwd=ROOT)
    assert process.stderr == b""
    assert process.stdout.count(b"\n") == 1


def test_output_file_is_written_at_once(tmp_path, bundles, run):
    target = tmp_path / "report.json"
    target.write_text("old")
    assert run("analyze", bundles["tar.gz"], "-o", target).returncode == 10
    assert json.loads(target.read_text())["diagnoses"][0]["id"] == ROOT_CAUSE
    assert os.listdir(tmp_path) == ["report.json"]


def test_full_disk_is_one_line(bundles, run):
    process = run("analyze", bundles["tar.gz"], "-o", "/dev/full")
    assert process.returncode == 1
    assert len(process.stderr.splitlines()) == 1


def test_exit_zero(bundles, run):
    assert run("analyze", bundles["tar.gz"], "--exit-zero").returncode == 0


@pytest.mark.parametrize("args", [["analyze", "--format", "nonsense", "x"], ["nonsense"], ["analyze", "--nonsense"]])
def test_wrong_command_lines(args, run):
    process = run(*args)
    assert process.returncode == 2
    assert process.stderr


@pytest.mark.parametrize("args", [["--help"], ["analyze", "--help"], ["rules", "--help"], ["--version"]])
def test_help(args, run):
    process = run(*args)
    assert process.returncode == 0
    assert process.stdout


def test_secrets_do_not_leave(tmp_path, run):
    log = tmp_path / "tke.log"
    log.write_text(
        "2022-01-19 14:43:32.225\terror\ttke-installer\t"
        'Failed to parse authorization request: Unregistered redirect_uri ("http://user:hunter2secret@203.0.113.9:30080/callback").\n'
    )
    for format_ in ("json", "terminal"):
        assert b"hunter2secret" not in run("analyze", log, "--format", format_).stdout


def test_several_reports_in_one_pass(tmp_path, bundles, run):
    names = ["report.html", "report.json", "report.md", "report.sarif", "report.xml", "report.jsonl", "report.txt"]
    process = run("analyze", bundles["tar.gz"], *(arg for name in names for arg in ("-o", tmp_path / name)))
    assert (process.returncode, process.stdout) == (10, b"")
    assert sorted(os.listdir(tmp_path)) == sorted(names)
    assert all(ROOT_CAUSE in (tmp_path / name).read_text(encoding="utf-8") for name in names)


def test_brief_and_the_size_of_markdown(bundles, run):
    assert len(run("analyze", bundles["tar.gz"], "--brief").stdout.splitlines()) == 4
    shown = run("analyze", bundles["tar.gz"], "-f", "markdown", "--max-size", "3000").stdout.decode()
    assert len(shown) <= 3000
    assert "left out" in shown
    assert ROOT_CAUSE in shown
