"""docs/remedies.md, written from the catalogue of faults: `python -m tests.e2e.page`."""

from __future__ import annotations

import sys

from loganalyzer import rulepack
from loganalyzer.rulepack.rule import Ruleset
from tests.e2e.catalogue import FAULTS
from tests.e2e.faults import Fault
from tests.kit import ROOT

PAGE = ROOT / "docs/remedies.md"
_HEAD = """\
# Remedies that were carried out
`make e2e` breaks real programs on a machine of its own: private mounts, processes and network; it needs root and the
programs (Debian 12 has etcd 3.4, containerd 1.6, registry 2.8, nginx 1.22, haproxy 2.6, OpenSSL 3.0). It gives what
they print to `tkelog analyze` and goes on only if the fault comes out first. Then it runs the commands as they are
printed, filling in what an operator would fill in, looks whether each check says what the step promises, and whether
the fault is gone, also after a restart. Last, `tkelog verify` must say so, too. Only systemd is not real: units are
plain processes. So is dex in one row, whose line is written from its message template.

This page is written from `tests/e2e/catalogue/` (`make rules-docs`); a test fails when it is stale. Steps of other
rules, and steps that need a whole cluster, are read by people and by `tkelog rules lint` (every command must parse with
its values filled in), not executed.

| fault | comes out first | programs | steps that are carried out |
|---|---|---|---|
"""


def page() -> str:
    """The page as the catalogue is now."""
    ruleset = rulepack.load()
    return _HEAD + "".join(_row(ruleset, fault) for fault in FAULTS)


def _row(ruleset: Ruleset, fault: Fault) -> str:
    rule = ruleset.rules[fault.id]
    steps = [next(step.do.en for step in rule.steps if words in step.do.en) for words in fault.steps]
    link = f"[{fault.id}](rules/{rule.family}.md#{fault.id})"
    cells = (fault.name, link, ", ".join(fault.needs), "; ".join(step.rstrip(".") for step in steps))
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE.write_text(page(), encoding='utf-8')} characters in {PAGE.relative_to(ROOT)}\n")
