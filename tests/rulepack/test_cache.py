import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from loganalyzer.rulepack import cached_pack, load_pack
from loganalyzer.rulepack import rule as r
from loganalyzer.rulepack.cache import MADE, _lean
from loganalyzer.rulepack.codec import decoder, encode
from loganalyzer.rulepack.index import kept_of

CONDITIONS = r.Or(
    (
        r.And((r.Seen("a"), r.Not(r.Fact("f")), r.Absent("b", 5.0, "after", "a"))),
        r.Count("a", ">=", 5, 600.0),
        r.Distinct(r.Ref("a", "ip"), ">", 1),
        r.Of(2, ("a", "b")),
        r.Sequence(("a", "b"), None),
        r.Compare(r.Ref("a", "ip"), "==", r.Ref("b", "ip")),
        r.Compare(r.Ref("a", "ip"), "==", "EOF"),
        r.Compare(r.Ref("a", "ip"), "<", 4.0),
        r.Predicate("public", r.Ref("a", "ip")),
        r.SameNode(("a", "b"), line=True),
    )
)


def lean(pack):
    return replace(pack, rules={id_: _lean(rule) for id_, rule in pack.rules.items()})


def test_every_condition_survives():
    decode = decoder(r.Condition)
    assert decode
    assert decode(encode(CONDITIONS, r.Condition)) == CONDITIONS


def test_cached_is_what_was_read(rule_file, tmp_path):
    rule_file(("per: [ip]", "per: [ip]\nexplains: [{id: x, scope: cluster}]\nrefuted_by: count(down) > 3"))
    pack, cache = tmp_path / "pack", tmp_path / "cache"
    expected = lean(load_pack([pack]))
    assert cached_pack([pack], cache) == expected
    assert len(list(cache.iterdir())) == 1
    assert cached_pack([pack], cache) == expected


def test_a_change_is_seen(rule_file, tmp_path):
    rule_file()
    cached_pack([tmp_path / "pack"], tmp_path / "cache")
    rule_file(("severity: error", "severity: info"))
    assert cached_pack([tmp_path / "pack"], tmp_path / "cache").rules["sample-down"].severity == 0


def test_a_corrupt_cache_is_written_anew(rule_file, tmp_path):
    rule_file()
    pack, cache = tmp_path / "pack", tmp_path / "cache"
    expected = cached_pack([pack], cache)
    (file,) = cache.iterdir()
    good = file.read_bytes()
    for bad in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'[{"a": [1, 2]}, 3]',
        good[: len(good) // 2],
        good.replace(b"cause", b"x", 1),
    ):
        file.write_bytes(bad)
        assert cached_pack([pack], cache).rules.keys() == expected.rules.keys()


@pytest.mark.promise("P25")
def test_no_place_to_write(rule_file, tmp_path):
    rule_file()
    (tmp_path / "file").write_text("")
    assert cached_pack([tmp_path / "pack"], tmp_path / "file" / "cache").rules


def test_the_warm_path_reads_neither_yaml_nor_grammar(rule_file, tmp_path):
    rule_file()
    code = (
        "import sys; from pathlib import Path; from loganalyzer.rulepack import cached_pack;"
        f"cached_pack([Path({str(tmp_path / 'pack')!r})], Path({str(tmp_path / 'cache')!r}));"
        "print(*sorted({'yaml', 'pyparsing', 're2', 'pickle'} & sys.modules.keys()))"
    )
    for expected in ("pyparsing re2 yaml", ""):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
        assert done.stdout.strip() == expected


def test_what_is_made_of_a_pack_is_kept_beside_it(rule_file, tmp_path):
    rule_file()
    cache = tmp_path / "cache"
    kept = kept_of(cached_pack([tmp_path / "pack"], cache).rules)
    assert kept.get("database") is None
    kept.put("database", b"bytes")
    assert kept.get("database") == b"bytes"
    (file,) = cache.glob("database*")
    file.write_bytes(file.read_bytes()[:-1])
    assert kept.get("database") is None, "damaged"
    for n in range(MADE + 2):
        kept.put(f"other-{n}", b"bytes")
    assert len(list(cache.glob("*.made"))) == MADE
    assert cached_pack([tmp_path / "pack"], cache).digest


def test_no_place_to_keep_anything_is_no_error(rule_file, tmp_path):
    rule_file()
    (tmp_path / "file").write_bytes(b"")
    kept = kept_of(cached_pack([tmp_path / "pack"], tmp_path / "file" / "cache").rules)
    kept.put("database", b"bytes")
    assert kept.get("database") is None
