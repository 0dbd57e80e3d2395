"""Every format: whatever a log says stays text, and the file is valid for those who read it."""

from __future__ import annotations

import random
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from itertools import pairwise

import jsonschema
import orjson
import pytest
from markdown_it import MarkdownIt

from loganalyzer.model import Evidence, Report
from loganalyzer.report import FORMATS, Look
from tests.kit import ROOT
from tests.report import samples

PIECES = [
    "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x9b31m", "\x07", "\x00", "\r", "\x7f", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028",
    "[/var/lib]", "[bold]x[/bold]", "[link=https://example.com]x[/link]", ":smile:", "\\[", "[red",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</pre></details></style></title>", "<!--", "]]>", "&lt;",
    "{{ 7*7 }}", "{% raw %}", "{0}", "{title}", "%s", "</svg><style>*{display:none}</style>", "javascript:alert(1)",
    "```", "````\n# x", "~~~", "`", "``", "# heading", "- item", "1. one", "> quote", "| a | b |", "***", "---", "===",
    "[a](javascript:x)", "![a](https://example.com/x.png)", "<https://example.com>", "@somebody", "#1739", "    indented",
    "</details>", "\n\n", "\n", "\t", "' OR 1=1", "=1+1", "路径", "é", "\U0001f600", "\ufffe", "\uffff", "plain words here",
]  # fmt: skip


def hostile_strings(seed: int) -> list[str]:
    rnd = random.Random(seed)
    return [" ".join(rnd.choices(PIECES, k=rnd.randint(1, 6))) for _ in range(50)]


SEEDS = range(10)
HOSTILE = {seed: samples.hostile(hostile_strings(seed)) for seed in SEEDS}
"""Ten reports of 50 strings each."""


def make(name: str, report: Report, **wishes: object) -> str:
    return FORMATS[name].render(report, Look(**wishes)).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["en", "zh", "both"])
@pytest.mark.parametrize("name", FORMATS)
def test_no_control_or_bidi_character_comes_through(name: str, lang: str) -> None:
    for report in HOSTILE.values():
        shown = make(name, report, lang=lang)
        assert not {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")} - {"\n", "\t"}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("sample", ["FULL", "EMPTY", "NOTHING"])
def test_the_same_report_gives_the_same_bytes(name: str, sample: str) -> None:
    assert make(name, getattr(samples, sample)) == make(name, getattr(samples, sample))


# ---------------------------------------------------------------------------------------------------------- HTML

ELEMENTS = """html head meta title style body header main footer section h1 h2 p b br span code pre ol ul li dl dt dd div
    details summary figure figcaption svg path rect text"""
ATTRIBUTES = """lang charset http-equiv content name class value open style viewbox role aria-label
    d x y width height rx"""


class Inventory(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in ("meta", "br", "path", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def parse(page: str) -> Inventory:
    inventory = Inventory()
    inventory.feed(page)
    inventory.close()
    return inventory


@pytest.mark.promise("P15")
@pytest.mark.parametrize("seed", SEEDS)
def test_html_has_only_our_own_elements(seed: int) -> None:
    inventory = parse(make("html", HOSTILE[seed]))
    assert inventory.elements <= set(ELEMENTS.split())
    assert inventory.attributes <= set(ATTRIBUTES.split())
    assert inventory.open == []
    assert inventory.comments == []


@pytest.mark.promise("P15")
def test_html_loads_nothing_and_runs_nothing() -> None:
    page = make("html", samples.FULL)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in page.replace("&#39;", "'")
    assert not re.search(r"<script|<link|<img|<iframe|href=|src=|url\(|@import|javascript:", page)


def test_html_says_what_the_report_says() -> None:
    inventory = parse(make("html", samples.FULL, lang="both"))
    text = "".join(inventory.text)
    for part in (
        samples.PUBLIC_IP.title.en,
        samples.PUBLIC_IP.title.zh,
        samples.NOT_ON_HOST,
        "ip addr add 203.0.113.9/32 dev <nic>",
        "no leader [/var/lib/etcd] :smile:",
        "the archive ends inside etcd.log",
        "What causes what",
        "Time line",
    ):
        assert part in text
    assert {"svg", "details", "rect"} <= inventory.elements


def long_report(lines: int, characters: int) -> Report:
    evidence = tuple(Evidence(f"a/{n}.log", n + 1, None, "x" * characters, "s") for n in range(lines))
    return samples.with_evidence(evidence)


def test_html_stays_under_a_megabyte_unless_everything_is_asked_for() -> None:
    report = samples.with_evidence(tuple(Evidence(f"{n}", 1, None, "路" * 3_900, "s") for n in range(200)))
    page = make("html", report)
    assert len(page.encode()) < 1_000_000
    assert samples.PUBLIC_IP.title.en in page
    assert len(make("html", report, full=True).encode()) > 2_000_000


# ------------------------------------------------------------------------------------------------------ Markdown

HTML_IN_MARKDOWN = re.compile(
    r"(?:</?details(?: open)?>|<summary>[^<>]*(?:<code>[^<>]*</code>)?[^<>]*</summary>|<br>|<!-- -->|\s)*"
)


@pytest.mark.parametrize("lang", ["en", "both"])
@pytest.mark.parametrize("seed", SEEDS)
def test_markdown_holds_no_link_image_or_html_of_a_log(seed: int, lang: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(make("markdown", HOSTILE[seed], lang=lang))
    flat = [*tokens, *(child for token in tokens for child in token.children or ())]
    assert not {token.type for token in flat} & {"link_open", "image", "table_open", "hr", "code_block"}
    for token in flat:
        if token.type in ("html_block", "html_inline"):
            assert HTML_IN_MARKDOWN.fullmatch(token.content), token.content


def test_markdown_keeps_evidence_and_commands_whole() -> None:
    tokens = MarkdownIt("commonmark").parse(make("markdown", samples.FULL))
    fences = [token.content.rstrip("\n") for token in tokens if token.type == "fence"]
    assert samples.NOT_ON_HOST in fences
    assert "ip -o route get 1.1.1.1\nip -4 -o addr show" in fences
    headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    assert headings[1] == "Root cause: The master is registered under 203.0.113.9, which is on none of its interfaces"


def test_a_fence_is_longer_than_any_run_of_backticks_in_it() -> None:
    report = samples.with_evidence((Evidence("a", 1, None, "x ```` y ``` z", "s"),))
    tokens = MarkdownIt("commonmark").parse(make("markdown", report))
    assert "x ```` y ``` z\n" in [token.content for token in tokens if token.type == "fence"]


def test_nobody_is_mentioned_and_no_issue_is_linked() -> None:
    report = samples.hostile(["ask @somebody about #1739 :tada:"] * 50)
    outside = re.sub(r"(?s)```.*?```|`[^`\n]*`|<code>.*?</code>", "", make("markdown", report))
    assert not re.search(r"[@#]\w|:tada:", outside)


@pytest.mark.parametrize("size", [2_000, 5_000, 20_000, 60_000])
@pytest.mark.parametrize("name", ["FULL", "long", "hostile"])
def test_markdown_fits_and_says_what_was_cut(name: str, size: int) -> None:
    report = {"FULL": samples.FULL, "long": long_report(300, 5_000), "hostile": HOSTILE[3]}[name]
    text = make("markdown", report, max_size=size)
    assert len(text) <= size
    whole = make("markdown", report, full=True)
    assert ("left out" in text) == (len(text) < len(whole) and "left out" not in whole)
    fences = [line.strip() for line in text.splitlines() if line.lstrip().startswith("```")]
    assert len(fences) % 2 == 0
    html = "".join(token.content for token in MarkdownIt("commonmark").parse(text) if token.type == "html_block")
    assert html.count("<details") == html.count("</details>")
    if name == "long":
        assert samples.PUBLIC_IP.title.en in text


# -------------------------------------------------------------------------------------------- for other programs


@pytest.mark.parametrize("seed", SEEDS)
def test_junit_is_xml(seed: int) -> None:
    root = ElementTree.fromstring(make("junit", HOSTILE[seed]))
    assert (root.attrib["tests"], root.attrib["failures"]) == ("1", "1")


def test_junit_passes_where_nothing_was_found() -> None:
    root = ElementTree.fromstring(make("junit", samples.EMPTY))
    assert root.attrib == {"name": "tkelog", "tests": "1", "failures": "0", "errors": "0"}
    assert root.find(".//failure") is None
    failed = ElementTree.fromstring(make("junit", samples.FULL)).findall(".//testcase")
    assert [case.attrib["name"] for case in failed] == ["apiserver-advertise-ip-not-local", "etcd-leader-lost"]


def test_jsonl_is_one_finding_a_line_in_opentelemetry_names() -> None:
    lines = [orjson.loads(line) for line in make("jsonl", samples.FULL).splitlines()]
    assert [line["Attributes"]["tkelog.id"] for line in lines][:3] == [
        "apiserver-advertise-ip-not-local",
        "apiserver-unreachable",
        "installer-infinite-retry",
    ]
    assert lines[2]["Attributes"]["tkelog.parent"] == "apiserver-unreachable"
    assert (lines[0]["SeverityText"], lines[0]["SeverityNumber"]) == ("CRITICAL", 21)
    assert set(lines[0]) == {"Timestamp", "SeverityText", "SeverityNumber", "Body", "Attributes", "Resource"}
    assert make("jsonl", samples.EMPTY) == ""


def test_sarif_names_rule_place_and_fingerprint() -> None:
    run = orjson.loads(make("sarif", samples.FULL))["runs"][0]
    result = run["results"][0]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == samples.PUBLIC_IP.id
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "bundle.tar.gz/master-1/kubelet.log"
    assert place["region"]["startLine"] == 40
    assert (result["level"], result["partialFingerprints"]) == ("error", {"tkelog/v1": samples.PUBLIC_IP.fingerprint})
    assert run["invocations"][0]["toolExecutionNotifications"][0]["level"] == "warning"
    for report in HOSTILE.values():
        uri = orjson.loads(make("sarif", report))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", uri["artifactLocation"]["uri"])


def test_brief_is_three_lines_and_the_first_command() -> None:
    lines = make("brief", samples.FULL).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("Root cause (confirmed): The master is registered")
    assert lines[3] == "  ip -o route get 1.1.1.1"
    assert all(len(make("brief", report).splitlines()) <= 4 for report in HOSTILE.values())
    assert make("brief", samples.EMPTY).startswith("Nothing known was found")


SARIF = jsonschema.Draft202012Validator(
    orjson.loads((ROOT / "tests/report/sarif.schema.json").read_bytes()),
    format_checker=jsonschema.FormatChecker(),
)


@pytest.mark.parametrize("sample", ["FULL", "EMPTY", "NOTHING", "SUPPRESSED", "hostile"])
def test_sarif_is_what_the_standard_says(sample: str) -> None:
    reports = list(HOSTILE.values()) if sample == "hostile" else [getattr(samples, sample)]
    for report in reports:
        document = orjson.loads(make("sarif", report))
        SARIF.validate(document)
        for result in document["runs"][0]["results"]:
            rules = document["runs"][0]["tool"]["driver"]["rules"]
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
