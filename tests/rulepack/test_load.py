import time
from pathlib import Path

import pytest

from loganalyzer.errors import NoInputError, RulePackError
from loganalyzer.model import Kind, Severity, Text
from loganalyzer.rulepack import load_pack, read_pack
from loganalyzer.rulepack import rule as r
from loganalyzer.rulepack.pack import find_cycle, read_rule

BAD = Path(__file__).parent / "bad"
EXPECTED = [
    ("a-list", "1:1", "expected a mapping, not a list"),
    ("alias", "4:6", "an anchor (&p); rules have none"),
    ("alias", "5:10", "an alias (*p); write the value out"),
    ("bad-duration", "12:38", "expected a duration such as 90s, 5m or 1h30m, found '5'"),
    ("bad-regex", "10:21", "RE2 refuses this regex: invalid perl operator: (?="),
    ("block-condition", "14:7", "unknown signal 'upp'; known are down"),
    ("byte-order-mark", "1:1", "begins with a byte order mark"),
    ("comma-in-braces", "12:39", "unknown key 'and more'; in {...} a comma ends a text: quote it"),
    ("duplicate-key", "4:1", "the key 'severity' is here twice, first in line 3"),
    ("empty", "1:1", "empty; one file is one rule"),
    ("excuses-symptom", "12:1", "only a harmless rule excuses"),
    ("few-examples", "15:1", "a cause needs 2 examples that come out, this has 1"),
    ("few-examples", "15:1", "a cause needs 2 examples that must not (near misses), this has 1"),
    ("id-not-stem", "1:5", "the id 'other-name' is not the file's name 'id-not-stem'"),
    ("merge-key", "12:39", "a merge key (<<); write the keys out"),
    ("missing-key", "1:1", "the key 'cause' is missing: the mechanism; for harmless: why it can be ignored"),
    (
        "no-anchor",
        "10:13",
        "no anchor: no literal of 8 or more bytes that is rare in logs; ': connection refused' stands in too many logs",
    ),
    ("not-utf8", "2:14", "not UTF-8"),
    ("one-language", "14:10", "the key 'zh' is missing: the text in Chinese"),
    ("per-nothing", "4:11", "no signal has the capture 'host'; known are ip, port"),
    ("reserved-name", "7:3", "'within' is a word of the condition language, not a name for a signal"),
    ("scalars-are-texts", "3:11", "expected one of info, warning, error, critical, not 'no'"),
    ("tab-indent", "8:1", "not YAML: found character that cannot start any token"),
    ("tag", "3:11", "a tag (tag:yaml.org,2002:str); rules have none"),
    ("too-deep", "4:25", "nested deeper than 20 levels"),
    ("two-documents", "23:1", "a second document; one file is one rule"),
    ("unknown-capture", "12:20", "the signal 'down' has no capture 'host'; known are ip, port"),
    ("unknown-key", "3:1", "unknown key 'severety'; did you mean 'severity'?"),
    ("unknown-key", "1:1", "the key 'severity' is missing: how much it hurts"),
    ("unknown-signal", "12:24", "unknown signal 'up'; known are down"),
    ("unknown-type", "10:39", "unknown type 'prt'; did you mean port?"),
    ("unproved-anchor", "10:40", "it cannot be shown that each match contains the anchor"),
    ("wrong-type", "4:6", "expected a list, not a text"),
    ("wrong-word", "2:7", "expected one of cause, symptom, envelope, harmless, not 'reason'"),
]


def told(path: Path) -> list[tuple[str, str]]:
    _, mistakes = read_rule(path)
    return [(f"{m.location.line}:{m.location.column}", m.message) for m in mistakes]


@pytest.mark.parametrize("name", sorted(path.stem for path in BAD.glob("*.yaml")))
def test_each_bad_file_is_refused_with_its_place(name):
    assert told(BAD / f"{name}.yaml") == [(place, message) for id_, place, message in EXPECTED if id_ == name]
    assert name in {id_ for id_, _, _ in EXPECTED}


@pytest.mark.promise("P18")
def test_ten_mistakes_are_ten_messages(rule_file):
    path = rule_file(
        ("kind: symptom", "kind: symptoms"),
        ("severity: error", "severety: error"),
        ("per: [ip]", "per: [ipp]"),
        ('title: {en: "{ip} is down", zh: "{ip} 不可用"}', 'title: {en: "{ip} is down"}'),
        ("    in: [kubelet]", "    in: kubelet"),
        ("    source: sample sample.go", "    source: sample sample.go\n    block: perhaps"),
        ("cause:", "confirmed_by: downn\ncause:"),
        ("risk: read", "risk: none"),
        ("    top: none", "    top: None"),
    )
    assert told(path) == [
        ("2:7", "expected one of cause, symptom, envelope, harmless, not 'symptoms'"),
        ("3:1", "unknown key 'severety'; did you mean 'severity'?"),
        ("5:8", "the key 'zh' is missing: the text in Chinese"),
        ("8:9", "expected a list, not a text"),
        ("12:12", "expected one of true, false, not 'perhaps'"),
        ("16:46", "expected one of read, change, restart, destructive, not 'none'"),
        ("23:10", "expected an id in kebab-case, not 'None'"),
        ("1:1", "the key 'severity' is missing: how much it hurts"),
        ("13:15", "unknown signal 'downn'; did you mean 'down'?"),
        ("4:7", "no signal has the capture 'ipp'; did you mean 'ip'?"),
    ]


def test_a_good_rule(rule_file):
    rule, mistakes = read_rule(rule_file())
    assert mistakes == []
    assert rule is not None
    assert (rule.id, rule.family, rule.kind, rule.severity) == ("sample-down", "family", Kind.SYMPTOM, Severity.ERROR)
    assert rule.title == Text("{ip} is down", "{ip} 不可用")
    assert rule.confirmed_by == r.Seen("down")
    assert rule.signals["down"].alternatives[0].anchors == (b"sample service at ",)
    assert rule.signals["down"].alternatives[0].captures == {"ip": "ip", "port": "port"}
    assert [example.positive for example in rule.examples] == [True, False]
    assert rule.examples[1].top is None


def test_the_pack_and_its_digest(rule_file, tmp_path):
    rule_file()
    first = load_pack([tmp_path / "pack"])
    assert list(first.rules) == ["sample-down"]
    assert load_pack([tmp_path / "pack"]) == first
    rule_file(name="second-down")
    second = load_pack([tmp_path / "pack"])
    assert list(second.rules) == ["sample-down", "second-down"]
    assert second.digest != first.digest


def test_a_later_pack_replaces_rules_of_the_same_id(rule_file, tmp_path):
    rule_file()
    theirs = tmp_path / "theirs" / "family" / "sample-down.yaml"
    theirs.parent.mkdir(parents=True)
    theirs.write_text((tmp_path / "pack/family/sample-down.yaml").read_text("utf-8").replace("error", "info"), "utf-8")
    assert load_pack([tmp_path / "pack", tmp_path / "theirs"]).rules["sample-down"].severity is Severity.INFO


def test_two_files_of_one_id(rule_file, tmp_path):
    copy = tmp_path / "pack" / "other" / "sample-down.yaml"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(rule_file().read_bytes())
    with pytest.raises(RulePackError, match=r"the id 'sample-down' is taken by .*family"):
        load_pack([tmp_path / "pack"])


def test_a_circle(rule_file, tmp_path):
    rule_file(("cause:", "explains: [second-down]\ncause:"))
    rule_file(("cause:", "explains: [sample-down]\ncause:"), name="second-down")
    with pytest.raises(RulePackError, match="circle: sample-down > second-down > sample-down"):
        load_pack([tmp_path / "pack"])


def test_good_rules_come_beside_mistakes(rule_file, tmp_path):
    rule_file()
    rule_file(("kind: symptom", "kind: x"), name="second-down")
    found = read_pack([tmp_path / "pack"])
    assert list(found.ruleset.rules) == ["sample-down"]
    assert len(found.mistakes) == 1


def test_a_file_with_another_ending_is_not_overlooked(rule_file, tmp_path):
    rule_file().with_suffix(".yml").write_text("id: x")
    assert [m.message for m in read_pack([tmp_path / "pack"]).mistakes] == ["a rule file is called .yaml"]


def test_no_directory(tmp_path):
    with pytest.raises(NoInputError):
        load_pack([tmp_path / "nowhere"])


def test_cycles():
    assert find_cycle({"a": ["b"], "b": ["c"], "c": []}) == []
    assert find_cycle({"a": ["b", "c"], "b": ["c"], "c": ["b"]}) == ["b", "c", "b"]
    assert find_cycle({str(n): [str(n + 1)] for n in range(5000)}) == []


HOSTILE = {
    "laughs": "a: &a [x, x]\n"
    + "".join(f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
    "self": "&a [*a]",
    "python": "!!python/object/apply:os.system [id]",
    "brackets": "[" * 100_000,
    "braces": "{a: " * 5_000,
    "digits": "id: " + "9" * 100_000,
    "big": "# " + "x" * (1 << 20),
    "nul": "id: \0",
    "escape": 'id: "\\ud800"',
    "condition": "confirmed_by: " + "(" * 1900,
    "conditions": "confirmed_by: " + "a and " * 100_000,
    "template": "signals: {a: {text: ['" + "<x:ip>" * 300 + "']}}",
    "regex": "signals: {a: {text: [{regex: '" + "(a|b)" * 300 + "', anchor: sample text}]}}",
    "repeats": "signals: {a: {text: [{regex: '((a{1,100}){1,100}){1,100}', anchor: sample text}]}}",
    "nested": "signals: {a: {text: [{regex: '" + "(" * 900 + "a" + ")" * 900 + "', anchor: sample text}]}}",
    "keys": "? [a, b]\n: c\n",
    "list": "- 1",
    "scalar": "only text",
    "nulls": "id:\nsignals:\nexamples:\nsteps: ~\n",
    "shapes": "signals: {a: [], b: {text: {}}, c: {text: [[x]]}}\nsteps: [x]\nexamples: {}\ntitle: []\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_quickly(name, tmp_path):
    path = tmp_path / f"{name}.yaml"
    path.write_text(HOSTILE[name], "utf-8")
    started = time.perf_counter()
    rule, mistakes = read_rule(path)
    assert time.perf_counter() - started < 2
    assert rule is None
    assert mistakes
    assert all(m.location.line and m.location.column for m in mistakes)
