"""The rule catalogue: every link leads somewhere, and what a rule says is shown as it stands."""

import re

import pytest

from loganalyzer.rulepack import pack_dirs, read_pack
from loganalyzer.rulepack.handbook import code, handbook
from tests import kit


@pytest.fixture(scope="module")
def pages():
    return handbook(read_pack(pack_dirs()).ruleset)


def test_every_link_leads_somewhere(pages):
    for name, text in pages.items():
        if not name.endswith(".md"):
            continue
        for page, _, anchor in (link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", text)):
            target = pages[page or name]
            assert not anchor or f"\n## {anchor}\n" in target, f"{name}: {page}#{anchor}"


def test_every_rule_is_in_both_languages(pages):
    for id_, rule in read_pack(pack_dirs()).ruleset.rules.items():
        assert f"\n## {id_}\n" in pages[f"{rule.family}.md"]
        assert f"\n## {id_}\n" in pages[f"{rule.family}.zh.md"]


def test_texts_are_shown_as_they_stand(tmp_path):
    ruleset = kit.ruleset(
        tmp_path,
        kit.rule(
            "sample-down",
            """
            signals:
              down: {text: ['sample <ip:ip> is down'], shows: 'sample `x` <ip> is *down*'}
            explains: [sample-late]
            """,
        ),
        kit.rule("sample-late", "signals:\n  late: {text: ['sample is late']}", kind="symptom"),
    )
    pages = handbook(ruleset)
    assert "- ``sample `x` <ip> is *down*``" in pages["test.md"]
    assert "**Explains**: [sample-late](test.md#sample-late)" in pages["test.md"]
    assert pages["test.svg"].count("<path") == 1


@pytest.mark.parametrize(
    ("text", "shown"), [("a {ip} b", "`a <ip> b`"), ("`x`", "`` `x` ``"), ("a ``b`` c", "```a ``b`` c```")]
)
def test_code(text, shown):
    assert code(text) == shown
