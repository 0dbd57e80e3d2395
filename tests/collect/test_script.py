"""The collector under every shell, in roots that lack tools, with a command that hangs; and what is in its bundle."""

import io
import json
import shutil
import subprocess
import tarfile

import pytest

from tests.collect.nodes import COMMANDS, NEEDED, OFTEN, SCRIPT, SECRETS, SHELLS, collect, make_path, make_root
from tests.kit import analyze

HERE = [name for name, (program, *_) in SHELLS.items() if shutil.which(program)]
STOPPED, WAITING = "echo started; kill -STOP $$\n", "sleep 600 & echo started; wait\n"


def unpack(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as bundle:
        return {m.name: bundle.extractfile(m).read().decode() for m in bundle if m.isreg()}


def running(tmp_path):
    """Processes that were started in the fake PATH."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=False).stdout
    return [line for line in found.splitlines() if str(tmp_path) in line]


@pytest.mark.parametrize("shell", HERE)
@pytest.mark.parametrize(("tools", "hangs"), [(NEEDED, STOPPED), ((*NEEDED, *OFTEN), WAITING)], ids=["half", "most"])
def test_it_ends_well_with_a_command_that_hangs(shell, tools, hangs, tmp_path):
    root = make_root(tmp_path / "root")
    path = make_path(tmp_path / "bin", tools, {**COMMANDS, "ss": hangs})
    done = collect(shell, path, tmp_path / "tmp", "--root", str(root), "--live", "--timeout", "3", "--total", "100")
    assert done.returncode == 0, done.stderr.decode()
    assert list((tmp_path / "tmp").iterdir()) == []
    assert running(tmp_path) == []
    assert [line.rsplit(" ", 1)[0] for line in (path / "asked").read_text().splitlines()] == [
        "renice 19",
        "ionice -c 3 -p",
    ]
    files = unpack(done.stdout)
    told = json.loads(files["master-1/meta/collect.json"])
    assert (told["schema"], told["host"]) == ("tkelog.collect/v1", "master-1")
    state = {entry["what"]: entry["state"] for entry in told["entries"]}
    assert state["ss -ntlp"] == "timeout"
    assert state["ip -o addr show"] == "ok"
    assert state["chronyc -n tracking"] == "missing"
    assert "203.0.113.9" in files["master-1/files/opt/tke-installer/data/tke.log"]


def test_when_the_time_for_everything_is_over_it_says_what_is_missing(tmp_path):
    root = make_root(tmp_path / "root")
    path = make_path(tmp_path / "bin", (*NEEDED, *OFTEN), dict.fromkeys(("ip", "ss", "df"), STOPPED))
    done = collect(HERE[0], path, tmp_path / "tmp", "--root", str(root), "--live", "--timeout", "1", "--total", "2")
    told = json.loads(unpack(done.stdout)["master-1/meta/collect.json"])
    assert (done.returncode, told["complete"]) == (0, False)
    assert "no time left" in {entry["state"] for entry in told["entries"]}
    assert "the time was over" in done.stderr.decode()


@pytest.mark.parametrize("shell", HERE)
def test_no_secret_of_a_planted_set_is_in_the_bundle(shell, tmp_path):
    root = make_root(tmp_path / "root")
    planted = "\n".join(path.read_text() for path in root.rglob("*") if path.is_file())
    assert [secret for secret in SECRETS if secret not in planted] == []
    path = make_path(tmp_path / "bin", (*NEEDED, *OFTEN), COMMANDS)
    files = unpack(collect(shell, path, tmp_path / "tmp", "--root", str(root), "--live").stdout)
    everything = "\n".join(files.values())
    assert [secret for secret in SECRETS if secret in everything] == []
    for kept in ("after the key", "next: kept", "proxy.example.org:3128", '"step":8', '"includeSelf":false'):
        assert kept in everything


def test_the_bundle_is_analysed_to_the_right_cause_confirmed_by_what_is_no_log(tmp_path, pack):
    root = make_root(tmp_path / "root")
    path = make_path(tmp_path / "bin", (*NEEDED, *OFTEN), COMMANDS)
    files = unpack(collect(HERE[0], path, tmp_path / "tmp", "--root", str(root), "--live").stdout)
    first = analyze(pack, files).diagnoses[0]
    assert (first.id, first.confidence.name, first.nodes) == (
        "apiserver-advertise-ip-not-local", "CONFIRMED", ("master-1",),
    )  # fmt: skip
    assert {"master-1/cmd/ip-addr.txt", "master-1/cmd/static-pod-flags.txt"} <= {e.source for e in first.evidence}


def test_a_dead_machines_disk_tells_nothing_of_the_machine_it_is_mounted_on(tmp_path):
    root = make_root(tmp_path / "root")
    path = make_path(tmp_path / "bin", (*NEEDED, *OFTEN), COMMANDS)
    files = unpack(collect(HERE[0], path, tmp_path / "tmp", "--root", str(root)).stdout)
    assert "master-1/cmd/ip-addr.txt" not in files
    assert "master-1/cmd/static-pod-flags.txt" in files


def test_piped_into_a_shell_it_collects_too(tmp_path):
    root = make_root(tmp_path / "root")
    path = make_path(tmp_path / "bin", NEEDED, {})
    done = collect(HERE[0], path, tmp_path / "tmp", "--root", str(root), stdin=True)
    assert "master-1/files/opt/tke-installer/data/tke.log" in unpack(done.stdout)


@pytest.mark.parametrize("shell", HERE)
def test_without_sed_nothing_that_may_hold_a_secret_is_taken(shell, tmp_path):
    root = make_root(tmp_path / "root")
    path = make_path(tmp_path / "bin", [tool for tool in NEEDED if tool != "sed"], COMMANDS)
    done = collect(shell, path, tmp_path / "tmp", "--root", str(root), "--live")
    everything = "\n".join(unpack(done.stdout).values())
    assert done.returncode == 0
    assert [secret for secret in SECRETS if secret in everything] == []


USAGE = [
    (["--since", "often"], "--since wants a duration"), (["--timeout", "x"], "whole number"), (["--root"], "needs a value"),
    (["--root", "/no/such/place"], "no directory"), (["--frobnicate"], "unknown option"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "says"), USAGE)
def test_usage(options, says, tmp_path):
    done = collect(HERE[0], make_path(tmp_path / "bin", NEEDED, {}), tmp_path / "tmp", *options)
    assert (done.returncode, done.stdout) == (2, b"")
    assert says in done.stderr.decode()


def test_it_names_no_tool_flag_that_only_gnu_has():
    text = SCRIPT.read_text()
    for flag in (
        "grep -P",
        "sed -r",
        "sed -E",
        "sed -i",
        "mktemp --",
        "[[ ",
        "local ",
        "function ",
        "<<<",
        "&>",
        "pipefail",
    ):
        assert flag not in text


def test_every_item_of_the_catalogue_is_collected():
    from loganalyzer.items import ITEMS

    text = SCRIPT.read_text()
    absent = [item.file for item in ITEMS.values() if item.file.removeprefix("files").removeprefix("k8s/") not in text]
    assert absent == []


def test_what_a_client_says_of_a_silent_server_is_no_evidence(tmp_path, pack):
    """docker is installed beside containerd and has no daemon; the bundle of such a node must not accuse docker."""
    root = make_root(tmp_path / "root")
    says = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
    commands = {**COMMANDS, "docker": f"echo '{says}' >&2; exit 1\n", "nerdctl": "exit 1\n"}
    path = make_path(tmp_path / "bin", (*NEEDED, *OFTEN), commands)
    files = unpack(collect(HERE[0], path, tmp_path / "tmp", "--root", str(root), "--live").stdout)
    assert says in files["master-1/meta/collect.json"]
    assert "container-runtime-down" not in {one.id for one in analyze(pack, files).diagnoses}
