"""Several nodes through ssh (a fake one on PATH) into one bundle."""

import io
import tarfile

import pytest

from loganalyzer.cli import main
from tests.collect.nodes import NEEDED, OFTEN, SCRIPT, make_path

SSH = """
    while [ $# -gt 0 ]; do case $1 in --) shift; break ;; *) shift ;; esac; done
    host=$1; shift
    case $host in
      gone*) echo "ssh: connect to host $host port 22: Connection refused" >&2; exit 255 ;;
      odd*) cat >/dev/null; echo 'this is no tar' ;;
      *) eval "$* --host ${host#*@} --root $FAKE" ;;
    esac
"""


def run(*args):
    with pytest.raises(SystemExit) as caught:
        main(["collect", *args])
    return caught.value.code


@pytest.fixture
def ssh(tmp_path, monkeypatch):
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc" / "hosts").write_text("127.0.0.1 localhost\n")
    monkeypatch.setenv("PATH", str(make_path(tmp_path / "bin", ("sh", *NEEDED, *OFTEN), {"ssh": SSH})))
    monkeypatch.setenv("FAKE", str(root))
    return tmp_path


def test_one_bundle_of_those_that_answer_and_the_others_by_name(ssh, capsys):
    out = ssh / "all.tar.gz"
    assert run("--hosts", "master-1,gone-1,root@worker-2,odd-3", "-o", str(out)) == 0
    said = capsys.readouterr().err
    assert "gone-1: not collected: ssh: connect to host gone-1 port 22: Connection refused" in said
    assert "odd-3: not collected" in said
    assert "holds 2 of 4 hosts" in said
    with tarfile.open(out) as bundle:
        names = bundle.getnames()
    assert {"master-1/files/etc/hosts", "worker-2/files/etc/hosts", "meta/hosts.json"} <= set(names)
    assert not any(name.startswith(("gone", "odd")) for name in names)


def test_nobody_answers(ssh, capsys):
    out = ssh / "all.tar.gz"
    assert run("--hosts", "gone-1", "-o", str(out)) == 1
    assert "no host could be collected from" in capsys.readouterr().err
    assert not out.exists()


def test_what_a_node_sends_is_not_trusted(tmp_path):
    from loganalyzer.collect.fleet import _merge

    part = tmp_path / "0.tar.gz"
    with tarfile.open(part, "w:gz") as bundle:
        for name, kind in (("n/a.log", tarfile.REGTYPE), ("n/../../evil", tarfile.REGTYPE), ("/etc/x", tarfile.REGTYPE),
                           ("n/link", tarfile.SYMTYPE)):  # fmt: skip
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, "/etc/passwd", 2 if kind == tarfile.REGTYPE else 0
            bundle.addfile(info, io.BytesIO(b"x\n"))
    out = tmp_path / "out.tar.gz"
    _merge({"n": part}, {"n": None}, out, lambda _: None)
    with tarfile.open(out) as bundle:
        assert bundle.getnames() == ["n/a.log", "meta/hosts.json"]


def test_print_script(capsys):
    assert run("--print-script") == 0
    assert capsys.readouterr().out == SCRIPT.read_text()


USAGE = [
    (["--hosts", " , "], "names no host"), (["--hosts", "a", "--root", "/x"], "does not go with --hosts"),
    (["--live"], "give --root too"), (["--since", "often"], "duration"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "says"), USAGE)
def test_usage(options, says, capsys):
    assert run(*options) == 2
    assert says in capsys.readouterr().err
