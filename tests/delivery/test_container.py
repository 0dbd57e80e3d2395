"""The container file, as far as a machine without a container runtime can check it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES = [line for line in (ROOT / "Containerfile").read_text().splitlines() if line and not line.startswith("#")]


def test_it_starts_from_debian_slim_in_a_version_that_we_support():
    bases = [line.split()[1] for line in LINES if line.startswith("FROM")]
    versions = [re.fullmatch(r"docker\.io/library/python:3\.(\d+)-slim-bookworm", base) for base in bases]
    assert all(version and 11 <= int(version[1]) <= 14 for version in versions)


def test_what_it_copies_is_here_and_is_all_that_the_wheel_needs():
    copied = [word for line in LINES if line.startswith("COPY") and "--from" not in line for word in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"pyproject.toml", "README.md", "LICENSE", "loganalyzer", "rules"} <= set(copied)


def test_it_runs_tkelog_as_nobody():
    assert 'ENTRYPOINT ["tkelog"]' in LINES
    assert [line for line in LINES if line.startswith("USER")] == ["USER 65534:65534"]
