"""The rules that we ship, read once."""

import pytest

from loganalyzer.rulepack import load


@pytest.fixture(scope="session")
def pack():
    return load()
