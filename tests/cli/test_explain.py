"""`tkelog explain`: why a rule came out on an input, or did not."""

import pytest

from loganalyzer.cli.explain import View
from loganalyzer.diagnose.why import why
from tests.kit import rule, ruleset, sources


def signal(name, component, word, extra=""):
    return f"  {name}: {{in: [{component}], shows: {word} line, source: s, text: ['{word} of <{name}:word>']{extra}}}\n"


RULES = (
    rule(
        "root",
        "\nsignals:\n" + signal("a", "kubelet", "rootsignal") + "explains: [below]\n",
        severity="critical",
    ),
    rule("below", "\nsignals:\n" + signal("b", "kubelet", "belowsignal"), kind="symptom"),
    rule("lesser", "\nsignals:\n" + signal("l", "kubelet", "lessersignal")),
    rule(
        "far",
        "\nsignals:\n"
        + signal("f", "kubelet", "farsignal", ", level: [error]")
        + signal("d", "dex", "dexsignal")
        + "confirmed_by: f and d\nlikely_by: f\n",
    ),
    rule("gone", "\nsignals:\n" + signal("g", "kubelet", "gonesignal") + signal("up", "kubelet", "upsignal")
         + "confirmed_by: g\nhealed_by: up after g\n"),
)  # fmt: skip


def klog(level, text, second=0):
    return f"{level}0119 06:00:{second:02}.000000    1234 kubelet.go:1] {text}\n"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """What `explain` says of a rule on a kubelet log."""
    rules = ruleset(tmp_path_factory.mktemp("rules"), *RULES)

    def answer(id_, *lines, lang="en"):
        found = why(rules, rules.rules[id_], sources({"kubelet.log": "".join(lines)}))
        return "\n".join([*View(lang).lines(found), ""])

    return answer


ROOT, BELOW, LESSER = klog("E", "rootsignal of x"), klog("E", "belowsignal of y", 1), klog("E", "lessersignal of z", 2)


@pytest.mark.parametrize(
    ("id_", "lines", "says"),
    [
        ("root", [ROOT], ["  a: matched once\n    kubelet.log:1  E0119", "Verdict: confirmed\n", "diagnosis 1\n"]),
        ("root", [ROOT, klog("E", "rootsignal of x", 9)], ["  a: matched 2 times\n"]),
        ("lesser", [ROOT, LESSER], ["diagnosis 2\n  root ranks above it: it is critical, this one error\n"]),
        ("lesser", [ROOT, BELOW, LESSER], ["root ranks above it: it explains 1 findings, this one 0\n"]),
        ("below", [ROOT, BELOW], ["In the report: under root, whose rule says that it explains this\n"]),
        (
            "far",
            [klog("E", "farsignal of x")],
            [
                "  d: not seen\n    would show: dexsignal line\n    no log of dex is here",
                "Verdict: likely\n  false    confirmed_by: all of\n  true       |- f\n  false      `- d\n",
                "  true     likely_by: f\n",
            ],
        ),
        (
            "far",
            [klog("I", "farsignal of x")],
            [
                "    it would be in: kubelet.log\n    nearly: kubelet.log:1  I0119",
                "            its level is info, not error\n",
                "Verdict: no finding\n",
                "Not in the report\n",
            ],
        ),
        ("root", [klog("E", "rootsignal to x")], ["Not in the report\n", "  false    confirmed_by: a\n"]),
        (
            "gone",
            [klog("E", "gonesignal of x"), klog("I", "upsignal of x", 5)],
            ["  true     healed_by: g then up\n", "In the report: among what has recovered or can be ignored\n"],
        ),
    ],
)
def test_what_it_says(id_, lines, says, ask):
    text = ask(id_, *lines)
    assert [part for part in says if part not in text] == [], text


def test_in_chinese(ask):
    text = ask("lesser", ROOT, BELOW, LESSER, lang="zh")
    assert "结论：已确认\n  真    confirmed_by: l\n" in text
    assert text.endswith("在报告中：第 2 个诊断\n  root 排在它之前：它解释 1 个发现，本诊断解释 0 个\n")
