"""`analyze -n`: a fake kubectl on PATH gives pods and logs; what it refuses is said and does not stop the rest."""

import json
import textwrap

import pytest

from loganalyzer.cli import main

POD = "etcd-master-1"
LOG = "2022-01-19 06:43:32.225123 C | etcdmain: listen tcp 203.0.113.9:2380: bind: cannot assign requested address"


def pods(*found):
    status = [{"name": "etcd", "restartCount": 7, "state": {"running": {}}}]
    new = [{"name": "wait", "restartCount": 0, "state": {"waiting": {"reason": "PodInitializing"}}}]
    return json.dumps({
        "items": [
            {"metadata": {"namespace": "kube-system", "name": name}, "status": {"containerStatuses": status + new}}
            for name in found
        ]
    })  # fmt: skip


@pytest.fixture
def kubectl(tmp_path, monkeypatch):
    def make(body):
        path = tmp_path / "bin" / "kubectl"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\n' + textwrap.dedent(body))
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")
        return lambda: (tmp_path / "calls").read_text().splitlines()

    return make


def run(*args):
    with pytest.raises(SystemExit) as caught:
        main(["analyze", "--lang", "en", *args])
    return caught.value.code


def test_logs_are_fetched_with_previous_and_analysed(kubectl, capsys):
    calls = kubectl(f"""
        case "$*" in
          *'get pods'*) echo '{pods(POD)}' ;;
          *--previous*) echo '{LOG}' ;;
          *' logs '*) echo 'nothing to see' ;;
          *'get events'*) exit 1 ;;
        esac
        """)
    assert run("-n", "kube-system", "--since", "1h", "--context", "prod", "-l", "tier=control-plane") == 10
    out = capsys.readouterr().out
    assert "registered under 203.0.113.9" in out
    assert "etcd.previous.log:1" in out
    assert sorted(calls()) == sorted([
        "--context prod -n kube-system get pods -l tier=control-plane -o json",
        f"--context prod -n kube-system logs {POD} -c etcd --since=1h",
        f"--context prod -n kube-system logs {POD} -c etcd --previous",
        "--context prod -n kube-system get events --sort-by=.lastTimestamp",
    ])  # fmt: skip


def test_what_is_refused_is_said_and_the_rest_is_analysed(kubectl, capsys):
    kubectl(f"""
        case "$*" in
          *'get pods'*) echo '{pods(POD, "coredns-5d78c9869d-abcde")}' ;;
          *--previous*) echo 'previous terminated container "etcd" not found' >&2; exit 1 ;;
          *etcd-master-1*) echo '{LOG}' ;;
        esac
        """)
    assert run("-n", "kube-system") == 10
    said = capsys.readouterr()
    assert f'not fetched: kube-system/{POD}/etcd (previous): previous terminated container "etcd" not found' in said.err
    assert "registered under 203.0.113.9" in said.out


FAILURES = [
    ("exit 1", "get pods: no reason given", 3),
    ("echo 'error: You must be logged in' >&2; exit 1", "get pods: error: You must be logged in", 3),
    ("echo 'not json'", "gave no list of pods", 3),
    ("""echo '{"items": []}'""", "there are no pods in kube-system", 3),
    (f"""case "$*" in *'get pods'*) echo '{pods(POD)}' ;; *) echo nope >&2; exit 1 ;; esac""", "gave no log", 3),
]


@pytest.mark.parametrize(("body", "says", "code"), FAILURES)
def test_failures(body, says, code, kubectl, capsys):
    kubectl(body)
    assert run("-n", "kube-system") == code
    assert says in capsys.readouterr().err


def test_usage(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run("-n", "tke") == 2
    assert "no kubectl on PATH" in capsys.readouterr().err
    assert run("--since", "1h", "x.log") == 2
    assert "go with -n" in capsys.readouterr().err
    assert run("-n", "tke", "x.log") == 2
    assert "does not go with PATHS" in capsys.readouterr().err
