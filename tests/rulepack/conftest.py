from pathlib import Path

import pytest

GOOD = """\
id: sample-down
kind: symptom
severity: error
per: [ip]
title: {en: "{ip} is down", zh: "{ip} 不可用"}
signals:
  down:
    in: [kubelet]
    shows: sample at <ip> is down
    text: ['sample service at <ip:ip>:<port:port> is down']
    source: sample sample.go
cause: {en: It fell over., zh: 它倒下了。}
steps:
  - {do: {en: Look, zh: 查看}, on: node, risk: read, run: 'ping -c1 {ip}'}
examples:
  - name: it is down
    files: {kubelet.log: 'sample service at 192.0.2.1:80 is down'}
    top: sample-down
  - name: it is up
    files: {kubelet.log: 'sample service at 192.0.2.1:80 is up'}
    top: none
"""


@pytest.fixture
def rule_file(tmp_path: Path):
    """Writes a rule file: the good one with replacements."""

    def write(*changes: tuple[str, str], name: str = "sample-down") -> Path:
        text = GOOD if name == "sample-down" else GOOD.replace("sample-down", name)
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "pack" / "family" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write
