import shutil

import pytest

from loganalyzer.rulepack import read_pack
from loganalyzer.rulepack.lint import cost, lint
from loganalyzer.rulepack.shell import quoted_slots, syntax_errors


def codes(tmp_path, **options) -> list[tuple[str, int]]:
    found = read_pack([tmp_path / "pack"])
    assert found.mistakes == ()
    return [(f.code, f.location.line or 0) for f in lint(found.ruleset, **options) if f.code != "unexplained"]


def test_a_good_rule_is_clean(rule_file, tmp_path):
    rule_file()
    assert codes(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    source: sample sample.go\n", "", ("no-source", 7)),
        ("    in: [kubelet]\n", "", ("no-in", 7)),
        ("zh: 查看", "zh: look", ("not-chinese", 14)),
        ("en: Look", "en: 查看", ("not-english", 14)),
        ("en: Look", "en: WRITE ME", ("stub", 14)),
        ("ping -c1 {ip}", "ping -c1 {host}", ("unknown-capture", 14)),
        ("ping -c1 {ip}", "ping -c1 <host>", ("placeholder", 14)),
        ("ping -c1 {ip}", "ping -c1 {ip} |", ("bash", 14)),
        ("ping -c1 {ip}", 'echo "{ip}', ("bash", 14)),
        ("risk: read", "risk: destructive", ("no-warn", 14)),
        ("risk: read", "risk: read, undo: 'true'", ("idle-undo", 14)),
        ("risk: read", "risk: read, undo: ':'", ("idle-undo", 14)),
        ("risk: read", "risk: read, undo: echo nothing to undo", ("idle-undo", 14)),
        ("steps:", "placeholders: {nic: {en: a, zh: 网卡}}\nsteps:", ("unused-placeholder", 13)),
        ("cause:", "explains: [other]\ncause:", ("edge", 12)),
        ("cause:", "explains: [sample-down]\ncause:", ("edge", 12)),
        ("top: none", "top: other", ("example-id", 21)),
        ("cause:", "likely_by: count(down) > 3\ncause:", ("never-reached", 12)),
    ],
)
def test_what_is_found(rule_file, tmp_path, old, new, expected):
    if new.endswith("[sample-down]\ncause:"):
        rule_file((old, new))
        assert "circle" in str(read_pack([tmp_path / "pack"]).mistakes[0])
        return
    rule_file((old, new))
    assert expected in codes(tmp_path)


def test_a_capture_that_not_every_way_gives_needs_a_description(rule_file, tmp_path):
    more = "is down', 'sample service is down everywhere']"
    rule_file(("is down']", more))
    assert {code for code, _ in codes(tmp_path)} == {"capture-not-sure"}
    rule_file(("is down']", more), ("steps:", "placeholders: {ip: {en: the address, zh: 地址}}\nsteps:"))
    assert codes(tmp_path) == []


def test_a_condition_may_guarantee_a_capture(rule_file, tmp_path):
    second = "  other:\n    in: [etcd]\n    shows: x\n    text: [another sample text]\n    source: x\n"
    rule_file(("cause:", second + "confirmed_by: down and other\ncause:"))
    assert codes(tmp_path) == []
    rule_file(("cause:", second + "confirmed_by: down or other\ncause:"))
    assert {code for code, _ in codes(tmp_path)} == {"capture-not-sure"}


def test_values_that_may_need_quotes_stand_outside_of_them(rule_file, tmp_path):
    rule_file(("<ip:ip>", "<ip:word>"), ("ping -c1 {ip}", 'ping "-c1 {ip}"'))
    assert ("quoted-capture", 14) in codes(tmp_path)


def test_absent_needs_to_know_where(rule_file, tmp_path):
    second = "  up:\n    shows: x\n    text: [another sample text]\n    source: x\nconfirmed_by: down and absent up\n"
    rule_file(("cause:", second + "cause:"))
    assert ("absent-where", 12) in codes(tmp_path)


def test_two_rules_of_one_line(rule_file, tmp_path):
    rule_file()
    rule_file(name="second-down")
    assert codes(tmp_path) == [("same-signal", 7)]


def test_a_symptom_that_nothing_explains(rule_file, tmp_path):
    rule_file()
    ruleset = read_pack([tmp_path / "pack"]).ruleset
    assert [(f.code, f.error) for f in lint(ruleset)] == [("unexplained", True)]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_reads_all_commands_at_once_and_runs_none(tmp_path):
    marker = tmp_path / "marker"
    texts = [
        "echo a",
        "echo 'b",
        f"echo; }}; touch {marker}; f() {{ echo",
        'echo "c',
        "cat <<EOF\nx",
        "for i in 1; do\necho $i\ndone",
        "echo $(",
        "a | b",
    ]
    assert sorted(syntax_errors(texts)) == [1, 3, 4, 6]
    assert not marker.exists()


@pytest.mark.parametrize(
    ("command", "names"),
    [("a {x}", []), ("a '{x}'", ["x"]), ('a "b {x}"', ["x"]), ("a \\'{x}", []), ("a 'b' {x}", []), ('a "${x}"', [])],
)
def test_slots_in_quotes(command, names):
    assert list(quoted_slots(command)) == names


def test_cost(rule_file, tmp_path):
    rule_file()
    log = tmp_path / "a.log"
    log.write_bytes(b"x" * (1 << 22) + b"\nsample service at 192.0.2.1 \n" * 3)
    ((per_megabyte, number, anchor, ids),) = cost(read_pack([tmp_path / "pack"]).ruleset, log)
    assert (number, anchor, ids) == (3, "sample service at ", ("sample-down",))
    assert 0.6 < per_megabyte < 0.8
