"""`tkelog analyze` without arguments on a terminal offers what the machine has."""

import os
import sys

import pytest

from tests.cli.terminal import Terminal

LOG = (
    "2022-01-17 06:25:02.225\terror\ttke-installer.ClusterProvider.OnCreate.EnsureX\tcheck healthz error\t"
    '{"statusCode": 0, "error": "Get \\"https://203.0.113.9:6443/healthz?timeout=30s\\": TLS handshake timeout"}\n'
)
START = """
import sys
from loganalyzer.cli import here, main
here.PLACES = tuple(sys.argv[1:])
main(["analyze"])
"""


@pytest.fixture
def terminal(tmp_path):
    opened = []

    def start(*places, lang="en_US.UTF-8"):
        env = {**os.environ, "LC_ALL": lang, "TERM": "dumb", "COLUMNS": "100"}
        opened.append(Terminal([sys.executable, "-c", START, *map(str, places)], env))
        return opened[-1]

    return start


def test_what_is_found_is_offered_and_analysed(terminal, tmp_path):
    log = tmp_path / "tke.log"
    log.write_text(LOG)
    screen = terminal(log)
    screen.wait_for(f"found {log}, analyze it? [Y/n]")
    screen.type("\n")
    screen.wait_for("tkelog collect")
    screen.wait_for("ROOT CAUSE")
    assert screen.close() == 10


def test_pods_together_and_in_chinese(terminal, tmp_path):
    for name in ("tke_a", "tke_b"):
        (tmp_path / name).mkdir()
    screen = terminal(tmp_path / "tke_*", lang="zh_CN.UTF-8")
    screen.wait_for("2 个 Pod 的日志，是否分析？")
    screen.type("n\n")
    screen.wait_for("没有可分析的内容")
    assert screen.close() == 2


def test_nothing_found_says_what_to_do(terminal, tmp_path):
    screen = terminal(tmp_path / "nothing")
    screen.wait_for("tkelog collect")
    assert screen.close() == 2
