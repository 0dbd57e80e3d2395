"""What the program is made of, and how it is published."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from tests.kit import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def _locked(name: str) -> dict[str, str]:
    """Package -> its lines in a lock."""
    parts = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text("utf-8"))
    return {re.split(r"[=\[ ]", part, maxsplit=1)[0]: part for part in parts if "==" in part}


def _normal(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.promise("P32")
def test_every_dependency_is_locked_with_hashes(figure):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime, dev = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert {_normal(one) for one in project["project"]["dependencies"]} <= runtime.keys()
    assert {_normal(one) for one in project["dependency-groups"]["dev"]} <= dev.keys()
    for name, lines in (*runtime.items(), *dev.items()):
        assert "--hash=sha256:" in lines, name
    for name in runtime:
        assert runtime[name].split(" ")[0] == dev[name].split(" ")[0], f"{name}: make lock"
    reasons = (ROOT / "docs/dependencies.md").read_text("utf-8").lower()
    assert all(_normal(one) in reasons for one in project["project"]["dependencies"])
    figure(f"{len(runtime)} packages at run time, {len(dev)} for development, each with its hashes")


@pytest.mark.promise("P32")
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_are_pinned_and_may_do_little(path, figure):
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"] in ({}, {"contents": "read"})
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    for step in steps:
        if "uses" in step:
            assert re.search(r"@[0-9a-f]{40}$", step["uses"]), step["uses"]
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        assert "${{ github.event" not in step.get("run", ""), "text of strangers in a script"
    assert "secrets." not in path.read_text("utf-8")
    figure(f"{path.name}: actions by commit, no secret")


@pytest.mark.promise("P32")
def test_a_release_is_published_by_identity_alone(figure):
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))["jobs"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert [name for name, job in jobs.items() if "id-token" in job["permissions"]] == ["publish"]
    assert not any("run" in step and "pip" in step["run"] for step in jobs["publish"]["steps"])
    assert any(step.get("run") == ".ci/run" for step in jobs["build"]["steps"])
    figure("trusted publishing: one job, one permission, no token")
