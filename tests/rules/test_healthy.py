"""Nothing is diagnosed where nothing is wrong: 20 MB of what healthy programs print, and applications that talk of errors."""

import random

import pytest

from fixtures.generator import healthy
from loganalyzer import rulepack
from loganalyzer.diagnose import Scanner
from tests import kit

MEGABYTES = 20


@pytest.fixture(scope="module")
def analyze():
    ruleset = rulepack.load()
    scanner = Scanner(ruleset)
    return lambda files: kit.analyze(ruleset, files, scanner=scanner)


@pytest.mark.parametrize("component", healthy.COMPONENTS)
def test_no_diagnosis(component, analyze):
    size = MEGABYTES * 1_000_000 // len(healthy.COMPONENTS) + 1
    text = "".join(f"{line}\n" for line in healthy.log(component, random.Random(component), size))
    assert kit.shape(analyze({f"node-1/{component}.log": text})) == []


def test_no_diagnosis_on_a_whole_cluster(analyze):
    files = {
        f"node-{n}/{component}.log": "".join(f"{line}\n" for line in healthy.log(component, random.Random(n), 50_000))
        for component in healthy.COMPONENTS
        for n in range(3)
    }
    assert kit.shape(analyze(files)) == []
