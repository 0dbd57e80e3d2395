import json

import jsonschema
import pytest
import yaml

from loganalyzer.cli import main
from loganalyzer.errors import Exit


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """A directory with one good rule."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "mine" / "family" / "sample-gadget-down.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(RULE, "utf-8")
    return tmp_path / "mine"


RULE = """\
id: sample-gadget-down
kind: envelope
severity: error
per: [ip]
title: {en: "{ip} is down", zh: "{ip} 不可用"}
signals:
  down:
    in: [kubelet]
    shows: sample gadget at <ip> is down
    text: ['sample gadget service at <ip:ip> is down']
    source: sample sample.go
cause: {en: It fell over., zh: 它倒下了。}
steps:
  - {do: {en: Look, zh: 查看}, on: node, risk: read, run: 'ping -c1 {ip}'}
examples:
  - name: it is down
    files: {kubelet.log: 'E0119 14:43:31.123456 1 a.go:1] sample gadget service at 192.0.2.1 is down'}
    top: sample-gadget-down
    captures: {ip: 192.0.2.1}
  - name: it is up
    files: {kubelet.log: 'sample gadget service at 192.0.2.1 is up'}
    top: none
"""


def run(capsys, *args: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as caught:
        main([str(arg) for arg in args])
    return int(caught.value.code or 0), capsys.readouterr().out


def alone(pack) -> list[object]:
    return ["--rules", pack, "--no-default-rules"]


def test_list(pack, capsys):
    code, out = run(capsys, "rules", "list", "--lang", "en", *alone(pack))
    assert code == Exit.OK
    assert out.splitlines()[1].split() == ["sample-gadget-down", "envelope", "family", "error", "{ip}", "is", "down"]
    code, out = run(capsys, "rules", "list", "--format", "json", *alone(pack))
    assert json.loads(out)[0]["title"] == {"en": "{ip} is down", "zh": "{ip} 不可用"}
    assert run(capsys, "rules", "list", "--kind", "cause", "--format", "json", *alone(pack)) == (Exit.OK, "[]\n")


def test_show(pack, capsys):
    code, out = run(capsys, "rules", "show", "sample-gadget-down", "--lang", "zh", *alone(pack))
    assert code == Exit.OK
    assert "它倒下了。" in out
    assert "$ ping -c1 {ip}" in out
    assert run(capsys, "rules", "show", "sample-gadget-down", "--format", "yaml", *alone(pack))[1] == RULE


def test_a_rule_cannot_drive_the_terminal(pack, capsys):
    file = pack / "family" / "sample-gadget-down.yaml"
    file.write_text(RULE.replace('"{ip} is down"', r'"{ip} \e[2J is down"'), "utf-8")
    for command in (["list"], ["show", "sample-gadget-down"]):
        out = run(capsys, "rules", *command, "--lang", "en", *alone(pack))[1]
        assert "\x1b" not in out
        assert "\u241b[2J" in out


def test_show_of_nothing(pack, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["rules", "show", "sample-gadget-dow", *map(str, alone(pack))])
    assert caught.value.code == Exit.USAGE
    assert "did you mean 'sample-gadget-down'?" in capsys.readouterr().err


def test_lint_and_test_pass(pack, capsys):
    code, out = run(capsys, "rules", "lint", "--no-default-rules", pack)
    assert code == Exit.OK, out
    code, out = run(capsys, "rules", "test", "--no-default-rules", pack)
    assert (code, out) == (Exit.OK, "")


def test_lint_names_the_place(pack, capsys, monkeypatch):
    monkeypatch.chdir(pack)
    file = pack / "family" / "sample-gadget-down.yaml"
    file.write_text(RULE.replace("severity", "severety"), "utf-8")
    code, out = run(capsys, "rules", "lint", "--no-default-rules", file)
    assert code == Exit.FOUND
    assert out.splitlines()[0].startswith("family/sample-gadget-down.yaml:1:1: error: the key 'severity' is missing")
    assert out.splitlines()[1].startswith("family/sample-gadget-down.yaml:3:1: error: unknown key 'severety'")


def test_test_names_what_failed(pack, capsys):
    file = pack / "family" / "sample-gadget-down.yaml"
    file.write_text(RULE.replace("captures: {ip: 192.0.2.1}", "captures: {ip: 192.0.2.2}"), "utf-8")
    code, out = run(capsys, "rules", "test", "--no-default-rules", file)
    assert code == Exit.FOUND
    assert "sample-gadget-down: it is down: expected ip = '192.0.2.2'" in out
    assert run(capsys, "rules", "test", "--no-default-rules", file, "-k", "other")[0] == Exit.OK


def test_cost(pack, capsys, tmp_path):
    log = tmp_path / "a.log"
    log.write_text("sample gadget service at x\n")
    out = run(capsys, "rules", "lint", "--no-default-rules", pack, "--cost", log)[1]
    assert "'sample gadget service at '" in out


def test_schema_accepts_the_rule(capsys):
    code, out = run(capsys, "rules", "schema")
    assert code == Exit.OK
    schema = json.loads(out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.load(RULE, yaml.BaseLoader), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.load(RULE.replace("severity", "severety"), yaml.BaseLoader), schema)


def test_graph(pack, capsys):
    file = pack / "family" / "sample-gadget-down.yaml"
    file.write_text(RULE.replace("cause:", "explains: [{id: other-rule, scope: cluster}]\ncause:"), "utf-8")
    out = run(capsys, "rules", "graph", *alone(pack))[1]
    assert out.splitlines() == ["sample-gadget-down  [envelope]", "  other-rule  (cluster)  [no such rule]"]
    out = run(capsys, "rules", "graph", "--format", "dot", *alone(pack))[1]
    assert '"sample-gadget-down" -> "other-rule" [style=dashed];' in out


LINES = [
    'E0119 14:43:31.123456    1234 sample.go:42] gadget at 192.0.2.9:6443 said "no <nil>" after 5m0s in /var/lib/g 42',
    '2022-01-19T14:43:31.123456789Z stderr F gadget registry <none> refused: https://192.0.2.9:6443/v2: {"a": 1.5}',
    'Jan 19 14:43:31 node-1 kubelet[1234]: gadget \\"pause\\" of 0a1b2c3d4e5f is gone\ttoo',
    "找不到组件 gadget-controller，退出码 3",
]


@pytest.mark.parametrize("line", LINES)
def test_new_writes_a_rule_that_proves_itself(line, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kubelet.log").write_text(f"first\n{line}\n", "utf-8")
    code, _ = run(capsys, "rules", "new", "gadget-gone", "--from", "kubelet.log:2")
    assert code == Exit.OK
    code, out = run(capsys, "rules", "lint", "--no-default-rules", tmp_path / "gadget-gone.yaml")
    assert code == Exit.FOUND
    assert {part.rpartition("[")[2] for part in out.splitlines()} <= {"stub]", "no-in]", "no-source]", "unexplained]"}
    code, out = run(capsys, "rules", "test", "--no-default-rules", tmp_path / "gadget-gone.yaml")
    assert (code, out) == (Exit.OK, "")


@pytest.mark.parametrize("origin", ["kubelet.log", "kubelet.log:9", "nowhere.log:1", "kubelet.log:2"])
def test_new_without_a_telling_line(origin, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kubelet.log").write_text("first\nerror: 5\n")
    assert run(capsys, "rules", "new", "gadget-gone", "--from", origin)[0] == Exit.USAGE
    assert not (tmp_path / "gadget-gone.yaml").exists()
