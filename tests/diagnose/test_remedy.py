"""Steps with the log's values in them."""

import pytest

from tests.kit import analyze, rule, ruleset

STEPS = r"""
signals:
  s: {in: [kubelet], shows: s, source: s, text: ['stepsignal <ip:ip> file "<file:quoted>"', 'stepsignal <ip:ip>']}
placeholders:
  nic: {en: the interface, zh: 网卡}
  file: {en: the file, zh: 文件}
steps:
- {do: {en: 'look at {ip}', zh: '查看 {ip}'}, on: node, risk: read, run: 'ip addr show to {ip}'}
- {do: {en: put it there, zh: 配置}, on: node, risk: change, run: 'ip addr add {ip}/32 dev <nic>', undo: 'ip addr del {ip}/32 dev <nic>',
   check: {run: 'ip -4 addr show to {ip}', expect: {en: '{ip} is shown', zh: '显示 {ip}'}}}
- {do: {en: restart, zh: 重启}, on: node, risk: restart, run: {containerd: 'nerdctl restart x', docker: 'docker restart x'}}
- {do: {en: list, zh: 列出}, on: node, risk: read, run: 'ls -l {file}'}
- {do: {en: awk, zh: 过滤}, on: node, risk: read, run: "kubectl get pods -o jsonpath='{.items}' | awk '{print $1}'"}
"""


@pytest.fixture
def rules(tmp_path):
    return ruleset(tmp_path, rule("stepped", STEPS))


def commands(report):
    return [step.run for step in report.diagnoses[0].steps]


def test_values_are_filled_in_and_what_no_log_gave_stays_visible(rules):
    report = analyze(rules, {"kubelet.log": "stepsignal 203.0.113.9 \n"})
    run = commands(report)
    assert run[0] == "ip addr show to 203.0.113.9"
    assert run[1] == "ip addr add 203.0.113.9/32 dev <nic>"
    assert run[3] == "ls -l <file>"
    step = report.diagnoses[0].steps[1]
    assert (step.undo, step.check.run) == ("ip addr del 203.0.113.9/32 dev <nic>", "ip -4 addr show to 203.0.113.9")
    assert step.check.expect.zh == "显示 203.0.113.9"
    assert report.diagnoses[0].steps[0].do.en == "look at 203.0.113.9"


def test_several_values_are_several_commands(rules):
    report = analyze(rules, {"kubelet.log": "stepsignal 10.0.0.1 \nstepsignal 10.0.0.2 \n"})
    assert commands(report)[0] == "ip addr show to 10.0.0.1\nip addr show to 10.0.0.2"
    assert report.diagnoses[0].steps[0].do.en == "look at 10.0.0.1, 10.0.0.2"


def test_values_that_need_it_are_quoted(rules):
    report = analyze(rules, {"kubelet.log": 'stepsignal 10.0.0.1 file "a b; rm -rf $(x)"\n'})
    assert commands(report)[3] == "ls -l 'a b; rm -rf $(x)'"


def test_the_runtime_in_use_decides_the_command(rules):
    with_docker = {
        "kubelet.log": "stepsignal 10.0.0.1 \n",
        "docker.log": 'time="2022-01-19T06:00:00Z" level=info msg="API listen on /var/run/docker.sock"\n',
    }
    assert commands(analyze(rules, with_docker))[2] == "docker restart x"
    unknown = commands(analyze(rules, {"kubelet.log": "stepsignal 10.0.0.1 \n"}))[2]
    assert unknown == "# containerd\nnerdctl restart x\n# docker\ndocker restart x"


def test_braces_of_other_languages_are_left_alone(rules):
    report = analyze(rules, {"kubelet.log": "stepsignal 10.0.0.1 \n"})
    assert commands(report)[4] == "kubectl get pods -o jsonpath='{.items}' | awk '{print $1}'"
