"""The semantics of facts: each row is a condition, what was collected, and what becomes of it."""

import pytest

from tests.kit import analyze, rule, ruleset

RULE = """
per: [ip]
signals:
  a: {{in: [kubelet], shows: a, source: s, text: ['alphasignal <ip:ip> port <port:port>']}}
  up: {{in: [kubelet], shows: up, source: s, text: ['bravosignal recovered']}}
facts:
  on_nic: {{from: ip-addr, test: address == a.ip, shows: the address}}
  holder: {{from: listeners, test: 'port == a.port and process != "kubelet"', shows: a holder, gives: {{owner: process}}}}
  full: {{from: filesystems, test: used >= 100, shows: a full disk, gives: {{mount: mount}}}}
  swap: {{from: swap, test: any, shows: a swap area}}
  under: {{from: filesystems, test: 'mount like "/var/*" and used > 90', shows: x}}
{}
"""
LOG = {"m-1/kubelet.log": "E0119 06:43:01.000000    1234 kubelet.go:1] alphasignal 10.0.0.9 port 443\n"}
UP = {"m-1/kubelet.log": "E0119 06:43:01.000000    1234 kubelet.go:1] bravosignal recovered\n"}
MINE = "2: eth0    inet 10.0.0.9/24 scope global eth0\n"
OTHER = "1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet 10.0.0.4/24 scope global eth0\n"
SS = "State Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
NGINX = SS + 'LISTEN 0 128 *:443 *:* users:(("nginx",pid=7,fd=6))\n'
KUBELET = SS + 'LISTEN 0 128 *:443 *:* users:(("kubelet",pid=7,fd=6))\n'
DF = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda1 100 {0} {1} {0}% {2}\n"
SWAPS = "Filename Type Size Used Priority\n"

ROWS = [
    # the output decides: it is there, it is not there, it was not collected
    ("a and not on_nic", {"m-1/cmd/ip-addr.txt": OTHER}, "confirmed"),
    ("a and not on_nic", {"m-1/cmd/ip-addr.txt": MINE}, None),
    ("a and not on_nic", {}, "likely"),
    ("a and on_nic", {"m-1/cmd/ip-addr.txt": MINE}, "confirmed"),
    ("a and on_nic", {"m-1/cmd/ip-addr.txt": OTHER}, None),
    # of which node: another node's output says nothing; a file of no known node speaks of any
    ("a and not on_nic", {"m-2/cmd/ip-addr.txt": OTHER}, "likely"),
    ("a and on_nic", {"m-2/cmd/ip-addr.txt": MINE}, "likely"),
    ("a and not on_nic", {"ip-addr.txt": OTHER}, "confirmed"),
    # what is not that command's output was not collected
    ("a and not on_nic", {"m-1/cmd/ip-addr.txt": "sh: ip: not found\n"}, "likely"),
    # several tests of one row
    ("a and holder", {"m-1/ss.txt": NGINX}, "confirmed"),
    ("a and holder", {"m-1/ss.txt": KUBELET}, None),
    ("a and holder", {"m-1/ss.txt": SS}, None),
    ("a and holder", {}, "likely"),
    # captures of a fact in conditions
    ('a and holder.owner == "nginx"', {"m-1/ss.txt": NGINX}, "confirmed"),
    ('a and holder.owner == "registry"', {"m-1/ss.txt": NGINX}, None),
    ('a and holder.owner == "registry"', {}, "likely"),
    # a fact that compares with no signal
    ("a and full", {"m-1/df.txt": DF.format(100, 0, "/")}, "confirmed"),
    ("a and full", {"m-1/df.txt": DF.format(99, 1, "/")}, None),
    ("a and under", {"m-1/df.txt": DF.format(95, 1, "/var/lib")}, "confirmed"),
    ("a and under", {"m-1/df.txt": DF.format(95, 1, "/opt")}, None),
    ("a and swap", {"m-1/swaps.txt": SWAPS + "/swapfile file 2097148 0 -2\n"}, "confirmed"),
    ("a and not swap", {"m-1/swaps.txt": SWAPS}, "confirmed"),
    ("a or full", {"m-1/df.txt": "df: not found\n"}, "confirmed"),
]  # fmt: skip


def found(condition, files, tmp_path):
    rules = ruleset(tmp_path, rule("the-rule", RULE.format(condition)))
    return analyze(rules, files).diagnoses


@pytest.mark.parametrize(("condition", "collected", "verdict"), ROWS)
def test_semantics(condition, collected, verdict, tmp_path):
    diagnoses = found(f"confirmed_by: {condition!r}", LOG | collected, tmp_path)
    assert [d.confidence.name.lower() for d in diagnoses] == ([verdict] if verdict else [])


def test_a_fact_alone_is_a_finding_with_its_row_as_evidence(tmp_path):
    (one,) = found("confirmed_by: full", {"m-1/cmd/df.txt": DF.format(100, 0, "/")}, tmp_path)
    assert (one.confidence.name, one.nodes, dict(one.captures)) == ("CONFIRMED", ("m-1",), {"mount": ("/",)})
    assert [(e.source, e.line, e.signal) for e in one.evidence] == [("m-1/cmd/df.txt", 2, "full")]


def test_unknown_facts_make_nothing_of_what_speaks_of_something_else(tmp_path):
    assert found("confirmed_by: a or full\nhealed_by: up", UP, tmp_path) == ()


def test_what_is_not_there_is_shown_and_said(tmp_path):
    (one,) = found("confirmed_by: a and not on_nic", LOG | {"m-1/cmd/ip-addr.txt": OTHER}, tmp_path)
    assert [e.text for e in one.evidence if e.signal == "on_nic"] == OTHER.splitlines()
    assert any("not among the addresses of the interfaces" in text.en for text in one.because)


def test_what_was_not_collected_is_asked_for(tmp_path):
    rules = ruleset(tmp_path, rule("the-rule", RULE.format("confirmed_by: a and not on_nic")))
    report = analyze(rules, LOG)
    assert any("not collected" in text.en for text in report.diagnoses[0].because)
    (need,) = report.missing
    assert need.collect == "# on m-1\nip -o addr show"
    assert need.where == "cmd/ip-addr.txt"
    assert "m-1" in need.title.zh
    assert "网卡地址" in need.title.zh


MISTAKES = [
    ("facts:\n  f: {from: ip-adr, test: any}", "ip-addr"),
    ("facts:\n  f: {from: ip-addr, test: adress == a.x}", "address"),
    ("facts:\n  f: {from: ip-addr, test: address == a.y}", "no capture 'y'"),
    ("facts:\n  f: {from: ip-addr, test: address == b.x}", "unknown signal 'b'"),
    ("facts:\n  f: {from: ip-addr, test: address ==}", "expected a test of a row"),
    ("facts:\n  f: {from: ip-addr, test: any, gives: {nic: interfac}}", "interface"),
    ("facts:\n  f: {from: ip-addr, test: any}\nlikely_by: count(f) > 1", "is a fact"),
    ("facts:\n  f: {from: ip-addr, test: any}\nlikely_by: f.nic == 'eth0'", "no capture 'nic'"),
]


@pytest.mark.parametrize(("facts", "says"), MISTAKES)
def test_mistakes(facts, says, tmp_path):
    from loganalyzer.rulepack import read_pack

    body = f"signals:\n  a: {{in: [kubelet], shows: a, source: s, text: ['alphasignal <x:word>']}}\n{facts}\n"
    path = tmp_path / "test" / "the-rule.yaml"
    path.parent.mkdir()
    path.write_text(rule("the-rule", body))
    assert [says in str(mistake) for mistake in read_pack([tmp_path]).mistakes] == [True]
