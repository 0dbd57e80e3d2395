"""What README.md shows is what the program prints."""

import re

from tests import kit


def test_the_report_it_opens_with_is_real():
    block = re.search(r"```text\n(tkelog .*?)\n  \.\.\.\n```", (kit.ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    head, *shown = block[1].split("\n")
    golden_head, *golden = (kit.ROOT / "fixtures/reports/all-in-one-public-ip.en.txt").read_text("utf-8").split("\n")
    assert re.sub(r"\d+ rules", "N rules", re.sub(r"  \d+\.\d s$", "", head)) == golden_head
    assert shown == golden[: len(shown)]


def test_every_command_is_in_the_readme_or_its_pages():
    text = "".join(path.read_text("utf-8") for path in (kit.ROOT / "README.md", kit.ROOT / "docs/cli.md"))
    from loganalyzer.cli import tkelog

    assert [name for name in tkelog.commands if f"tkelog {name}" not in text] == []


def test_every_page_of_the_documentation_is_reached():
    readme = (kit.ROOT / "README.md").read_text("utf-8")
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)\)", readme))
    there = {path.name for path in (kit.ROOT / "docs").glob("*.md")}
    assert linked == there
