"""The field table of a rule file: the one place that says which keys there are, what they hold and what they mean."""

from __future__ import annotations

from loganalyzer.items import ITEMS
from loganalyzer.model import Confidence, Kind, Risk, Severity
from loganalyzer.rulepack.schema import BOOL, TEXT, Choice, Either, Field, List, Map, Object, Str, choice

ID = Str(r"[a-z0-9]+(?:-[a-z0-9]+)*", "an id in kebab-case")
NAME = r"[a-z][a-z0-9_]*"
SAYS_NAME = "a name of lower-case letters, digits and _"
PLACEHOLDER = r"[a-z][a-z0-9_-]*"
SAYS_PLACEHOLDER = "a name of lower-case letters, digits, - and _"
RELATIVE = r"(?!/)(?!.*\.\./).+"
COMPONENT = Str(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", "a component's name")
CONDITION = Str(says="a condition", longest=2000)
TEMPLATE = Str(says="a template", longest=2000)
REGEX = Str(says="a regex", longest=2000)
SCOPE = Choice({"node": False, "cluster": True})

VERSIONS = Map(Str(r"[<>=!~^0-9a-zA-Z., *+-]+", "a version range"), r"[a-z0-9][a-z0-9.-]*", "a program's name", 1)
ALTERNATIVE = Object(
    {
        "text": Field(TEMPLATE, "a template"),
        "regex": Field(REGEX, "an RE2 pattern, where a template cannot say it"),
        "anchor": Field(
            Either(scalar=Str(), sequence=List(Str(), 1)),
            "literals of which each match of the regex contains one",
        ),
        "versions": Field(VERSIONS, "program -> version range that prints it"),
    }
)
SIGNAL = Object(
    {
        "in": Field(List(COMPONENT, 1), "components that print it"),
        "only": Field(BOOL, "a line known to come from another program is no hit"),
        "shows": Field(Str(), "what a person would look for"),
        "text": Field(List(Either(scalar=TEMPLATE, mapping=ALTERNATIVE), 1), "alternatives: templates", needed=True),
        "without": Field(List(TEMPLATE, 1), "templates; a line with one of them is no hit"),
        "block": Field(BOOL, "judged over the line and the following lines without a header"),
        "level": Field(
            List(Choice({level: level for level in ("debug", "info", "warn", "error", "fatal")}), 1),
            "a line of another known level is no hit",
        ),
        "source": Field(Str(), "repository and file that prints it"),
    }
)
STEP = Object(
    {
        "do": Field(TEXT, "what to do, one sentence", needed=True),
        "on": Field(Str(r"[a-z][a-z0-9-]*", "a place such as master, node, installer"), "where to do it", needed=True),
        "risk": Field(choice(Risk), "what it does to the system", needed=True),
        "run": Field(
            Either(
                scalar=Str(says="a command"),
                mapping=Map(Str(says="a command"), "containerd|docker|cri-o|any", "a runtime (containerd, docker)", 1),
            ),
            "the command, or one for each runtime",
        ),
        "undo": Field(Str(says="a command"), "how to take it back"),
        "check": Field(
            Object(
                {
                    "run": Field(Str(says="a command"), "the command", needed=True),
                    "expect": Field(TEXT, "what it shows when fixed", needed=True),
                }
            ),
            "tells fixed from broken",
        ),
        "warn": Field(TEXT, "what is lost and how to save it first"),
        "when": Field(CONDITION, "the step is shown only where this is true"),
    }
)
EXAMPLE = Object(
    {
        "name": Field(Str(), "what it shows", needed=True),
        "files": Field(Map(Str(says="a log"), RELATIVE, "a relative path", 1), "path -> text", needed=True),
        "top": Field(ID, "id of the first diagnosis, or none", needed=True),
        "finds": Field(List(ID, 1), "ids that are somewhere in the report"),
        "not_finds": Field(List(ID, 1), "ids that are nowhere in the report"),
        "confidence": Field(choice(Confidence), "how sure the first diagnosis is"),
        "captures": Field(Map(Str(), NAME, SAYS_NAME, 1), "capture -> value of the first diagnosis"),
    }
)
EDGE = Object({"id": Field(ID, "a rule's id", needed=True), "scope": Field(SCOPE, "where it acts")})


def choice_of_items() -> Choice:
    """The names of the items."""
    return Choice({name: name for name in ITEMS})


RULE = Object(
    {
        "id": Field(ID, "kebab-case, the file's stem", needed=True),
        "kind": Field(choice(Kind), "what its finding is", needed=True),
        "severity": Field(choice(Severity), "how much it hurts", needed=True),
        "per": Field(List(Str(NAME, SAYS_NAME), 1), "captures that make two findings one"),
        "scope": Field(SCOPE, "node: its signals come from one node; cluster: from anywhere"),
        "title": Field(TEXT, "one sentence", needed=True),
        "signals": Field(Map(SIGNAL, NAME, SAYS_NAME, 1), "what programs print", needed=True),
        "facts": Field(
            Map(
                Object(
                    {
                        "from": Field(choice_of_items(), "the collected output, by its item's name", needed=True),
                        "test": Field(Str(says="a test"), "what must hold of one row", needed=True),
                        "shows": Field(Str(), "what a person would see in it"),
                        "gives": Field(Map(Str(NAME, SAYS_NAME), NAME, SAYS_NAME, 1), "capture -> column"),
                    }
                ),
                NAME,
                SAYS_NAME,
                1,
            ),
            "tests over collected command output",
        ),
        "confirmed_by": Field(CONDITION, "where true: confirmed; without it any signal confirms"),
        "likely_by": Field(CONDITION, "else where true: likely"),
        "possible_by": Field(CONDITION, "else where true: possible"),
        "refuted_by": Field(CONDITION, "where true: no finding"),
        "healed_by": Field(CONDITION, "where true: the failure recovered"),
        "explains": Field(
            List(
                Either(
                    scalar=ID,
                    mapping=EDGE,
                ),
                1,
            ),
            "rules that this one is the reason of",
        ),
        "excuses": Field(List(ID, 1), "harmless rules: findings of these on the same line do not count"),
        "cause": Field(TEXT, "the mechanism; for harmless: why it can be ignored", needed=True),
        "placeholders": Field(Map(TEXT, PLACEHOLDER, SAYS_PLACEHOLDER, 1), "what to put for <name>"),
        "steps": Field(List(STEP), "what to do, in order"),
        "references": Field(List(Str(), 1), "issues, documents"),
        "examples": Field(List(EXAMPLE, 1), "logs that prove it", needed=True),
    }
)
"""The whole rule."""


def json_schema() -> dict[str, object]:
    """The JSON Schema of a rule file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://tkelog/schema/rule.json",
        "title": "A tkelog rule",
        **RULE.json_schema(),
    }
