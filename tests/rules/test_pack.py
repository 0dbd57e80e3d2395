"""The rules that we ship: without mistakes, and each proved by its own examples."""

import pytest

from loganalyzer.cli import main
from loganalyzer.errors import Exit
from loganalyzer.rulepack import pack_dirs, read_pack
from loganalyzer.rulepack.lint import lint


@pytest.mark.promise("P31")
def test_the_pack_has_no_mistakes():
    found = read_pack(pack_dirs())
    mistakes = [str(mistake) for mistake in found.mistakes]
    mistakes += [str(finding) for finding in lint(found.ruleset) if finding.error]
    assert mistakes == []


@pytest.mark.promise("P31")
def test_every_rule_proves_itself(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["rules", "test"])
    assert capsys.readouterr().out == ""
    assert caught.value.code == Exit.OK
