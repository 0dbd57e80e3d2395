"""docs/rules is what the rules say now."""

from loganalyzer.rulepack import pack_dirs, read_pack
from loganalyzer.rulepack.handbook import handbook
from tests import kit


def test_the_rule_catalogue_is_not_stale():
    where = kit.ROOT / "docs/rules"
    written = {path.name: path.read_text("utf-8") for path in where.iterdir()}
    wanted = handbook(read_pack(pack_dirs()).ruleset)
    stale = sorted(name for name in wanted | written if wanted.get(name) != written.get(name))
    assert not stale, f"run `make rules-docs`: {', '.join(stale)}"
