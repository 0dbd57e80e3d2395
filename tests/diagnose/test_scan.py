"""The engine's own proof: what the scanner sees equals `bytes.find`, what is confirmed equals RE2 over every line."""

import functools
import gc
import json
import random
import re
import tracemalloc
from collections import Counter
from dataclasses import replace

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import dialects as d
from loganalyzer import rulepack
from loganalyzer.diagnose import scan, shapes
from loganalyzer.diagnose.matcher import Matchers, compile_re2
from loganalyzer.diagnose.observe import Lookout
from loganalyzer.diagnose.reading import Cost
from loganalyzer.diagnose.scan import Scanner
from loganalyzer.limits import DEFAULT, KIB, Limits
from loganalyzer.report import FORMATS, Look
from loganalyzer.rulepack.index import index_of
from tests.kit import ROOT, analyze, rule, ruleset, shape, sources

PACK = rulepack.read_pack([ROOT / "rules"]).ruleset
SCANNER = Scanner(PACK)
LOGS = sorted(path for path in (ROOT / "fixtures/logs").rglob("*.log") if path.is_file())


def naive_hits(anchors, data):
    found = []
    for index, anchor in enumerate(anchors):
        at = data.find(anchor)
        while at >= 0:
            found.append((index, at + len(anchor)))
            at = data.find(anchor, at + 1)
    return sorted(found, key=lambda hit: (hit[1], hit[0]))


def test_alternatives_are_numbered_in_the_order_of_their_rules():
    bare = {min(PACK.rules), "disk-full", max(PACK.rules)}
    rules = {id_: replace(one, signals={}) if id_ in bare else one for id_, one in PACK.rules.items()}
    places = [
        (id_, s.name, i) for id_, one in rules.items() for s in one.signals.values() for i in range(len(s.alternatives))
    ]
    index = index_of(rules)
    matchers = Matchers(rules, index.firsts)
    made = [matchers[number] for number in range(len(places))]
    assert [(*one.key, one.alternative) for one in made] == [
        (id_, signal, rules[id_].signals[signal].alternatives[i]) for id_, signal, i in places
    ]
    assert all(
        anchor.encode() in made[n].alternative.anchors for anchor, called in index.called.items() for n in called
    )
    assert matchers[0] is made[0]


def thinned(data: bytes, most: int = 1000) -> bytes:
    """Every so many-th line, so that the comparison stays fast; lines of different shape are kept."""
    lines = data.splitlines(keepends=True)
    shapes: set[bytes] = set()
    kept = []
    for i, line in enumerate(lines):
        form = re.sub(rb"[0-9a-f]{3,}|\\d+", b"#", line)[30:80]
        if form not in shapes or i % max(1, len(lines) // most) == 0:
            shapes.add(form)
            kept.append(line)
    return b"".join(kept[: most * 2])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_scanner_hits_equal_bytes_find(data):
    """Random text that is dense in anchors, whole ones, cut ones and ones run into each other."""
    pieces = data.draw(
        st.lists(
            st.one_of(
                st.sampled_from(SCANNER.anchors),
                st.sampled_from(SCANNER.anchors).map(lambda a: a[:-1]),
                st.sampled_from(SCANNER.anchors).map(lambda a: a[3:]),
                st.binary(max_size=12),
                st.just(b"\n"),
            ),
            max_size=60,
        )
    )
    text = b"".join(pieces)
    start = data.draw(st.integers(0, len(text)))
    expected = naive_hits(SCANNER.anchors, text)
    assert sorted(SCANNER.hits(text), key=lambda hit: (hit[1], hit[0])) == expected
    got = sorted(SCANNER.hits(text, start), key=lambda hit: (hit[1], hit[0]))
    assert got == [hit for hit in expected if hit[1] > start]


@functools.cache
def every_pattern():
    """All patterns, and what each is of, by its number; as a set, RE2 asks all of them in one pass."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = 1 << 31
    patterns, alternatives = re2.Set.SearchSet(options), []
    for rule_ in PACK.rules.values():
        for signal in rule_.signals.values():
            for alternative in () if signal.block else signal.alternatives:
                patterns.Add(alternative.pattern)
                without = [compile_re2(one) for one in signal.without]
                alternatives.append((rule_.id, signal.name, alternative.pattern, without))
    patterns.Compile()
    return patterns, alternatives


def test_a_set_of_patterns_finds_what_each_does():
    """So that the test below may ask it."""
    patterns, alternatives = every_pattern()
    alone = [compile_re2(pattern) for _, _, pattern, _ in alternatives]
    for path in LOGS:
        for line in thinned(path.read_bytes(), 10).splitlines()[:10]:
            assert sorted(patterns.Match(line) or ()) == [n for n, one in enumerate(alone) if one.search(line)]


@pytest.mark.parametrize("path", LOGS, ids=lambda p: str(p.relative_to(ROOT / "fixtures/logs")))
def test_confirmed_matches_equal_re2_over_every_line(path):
    """Anchors lose nothing: for each alternative the lines that RE2 finds alone are those that the scan confirms."""
    data = thinned(path.read_bytes())
    patterns, alternatives = every_pattern()
    expected: Counter[tuple[str, str]] = Counter()
    (source,) = sources({path.name: data})
    blocks = list(source.blocks())
    for block in blocks:
        at = block.start
        while at < len(block.data):
            end = block.data.find(b"\n", at)
            end = len(block.data) if end < 0 else end
            text = source.normal(block, at, end)
            met = [alternatives[number] for number in patterns.Match(text) or ()]
            hit = {(id_, name) for id_, name, _, without in met if not any(w.search(text) for w in without)}
            expected.update(hit)
            at = end + 1
    (again,) = sources({path.name: data})
    found = SCANNER.scan(again).series
    excused = {i for r in PACK.rules.values() for i in r.excuses}
    got: Counter[tuple[str, str]] = Counter()
    for one in found:
        if not PACK.rules[one.key.rule].signals[one.key.signal].block:
            got[one.key.rule, one.key.signal] += one.count
    limited = {(r.id, s.name) for r in PACK.rules.values() for s in r.signals.values() if s.levels or s.only}
    for key in expected.keys() | got.keys():
        if key in limited or key[0] in excused:
            assert got[key] <= expected[key], key
        else:
            assert got[key] == expected[key], key


BUNDLE = {
    str(path.relative_to(ROOT / "fixtures/logs/all-in-one-public-ip")): path.read_bytes()
    for path in LOGS
    if "all-in-one-public-ip" in path.parts
}


def as_json(report):
    return FORMATS["json"].render(report, Look())


def test_the_same_report_for_every_block_size():
    whole = as_json(analyze(PACK, BUNDLE))
    for block in (4_096, 65_536, 300_000):
        assert as_json(analyze(PACK, BUNDLE, replace(DEFAULT, block=block))) == whole, block


@pytest.mark.parametrize("wrap", ["cri", "docker", "journald"])
def test_the_same_diagnosis_for_every_wrapping(wrap):
    def wrapped(text):
        lines = text.decode().splitlines()
        if wrap == "cri":
            return "".join(d.cri(1.65e9 + i, "stderr", line) + "\n" for i, line in enumerate(lines))
        if wrap == "docker":
            return "".join(d.docker_json(1.65e9 + i, "stderr", line) + "\n" for i, line in enumerate(lines))
        return "".join(d.journal_json(1.65e9 + i, "m-1", "x", 1, line) + "\n" for i, line in enumerate(lines))

    plain = {name: data for name, data in BUNDLE.items() if not data[:35].endswith(b" F ") and b" F " not in data[:60]}
    before = analyze(PACK, plain).diagnoses[0]
    after = analyze(PACK, {name: wrapped(data) for name, data in plain.items()}).diagnoses[0]
    assert (after.id, after.confidence, after.captures) == (before.id, before.confidence, before.captures)


FLOOD = """
per: [ip]
signals:
  s: {in: [kubelet], shows: s, source: s, text: ['floodsignal <ip:ip>']}
"""


def test_a_flood_is_counted_and_only_sampled(tmp_path):
    rnd = random.Random(1)
    lines = [f"E0119 06:{i // 3600:02d}:{i // 60 % 60:02d}.{i % 1000000:06d}    9 x.go:1] floodsignal 10.0.0.{rnd.randint(1, 3)}"
             for i in range(30_000)]  # fmt: skip
    report = analyze(ruleset(tmp_path, rule("flood", FLOOD)), {"kubelet.log": "\n".join(lines)})
    assert sum(found.count for found in report.diagnoses) == 30_000
    assert len(report.diagnoses) == 3
    assert all(len(found.evidence) <= DEFAULT.evidence for found in report.diagnoses)


def test_many_join_values_end_in_other(tmp_path):
    lines = [f"floodsignal 10.0.{i // 250}.{i % 250}" for i in range(600)]
    report = analyze(ruleset(tmp_path, rule("flood", FLOOD)), {"kubelet.log": "\n".join(lines)})
    assert sum(found.count for found in report.diagnoses) == 600
    assert len(report.diagnoses) <= DEFAULT.join_values + 1


def test_a_block_signal_whose_block_ends_in_the_next_block(tmp_path):
    body = """
    signals:
      s:
        in: [tke-installer]
        shows: s
        source: s
        block: true
        text: ['steplistbegins<*>lastentryhere']
        without: ['forbiddenentry']
    """
    rules = ruleset(tmp_path, rule("listed", body))
    head = "2022-01-19 14:43:32.225\tinfo\t"
    text = f"{head}{'x' * 5000}\n{head}steplistbegins\n1 one\n2 two\n3 lastentryhere\n{head}after\n"
    for block in (4_096, 5_050, 5_070, 1 << 20):
        report = analyze(rules, {"tke.log": text}, replace(DEFAULT, block=block))
        assert shape(report) == ["listed"], block
        assert report.diagnoses[0].evidence[0].line == 2
    refused = text.replace("2 two", "2 forbiddenentry")
    assert shape(analyze(rules, {"tke.log": refused})) == []


def test_one_message_logged_at_three_levels_counts_once(tmp_path):
    body = "\nsignals:\n  s: {in: [kubelet], shows: s, source: s, text: ['triplesignal']}\n"
    text = "".join(f"2022-01-19 14:43:32.225\t{level}\ttriplesignal\n" for level in ("error", "warn", "info"))
    assert analyze(ruleset(tmp_path, rule("t", body)), {"x.log": text}).diagnoses[0].count == 1


def test_the_report_is_the_same_on_every_run():
    assert as_json(analyze(PACK, BUNDLE)) == as_json(analyze(PACK, dict(reversed(BUNDLE.items()))))
    assert json.loads(as_json(analyze(PACK, BUNDLE)))["schema"] == "tkelog.report/v1"


def test_fixtures_are_what_the_generator_writes():
    from fixtures.generator.cases import CASES

    for name, make in CASES.items():
        here = ROOT / "fixtures/logs" / name
        written = {str(p.relative_to(here)): p.read_text() for p in here.rglob("*") if p.is_file()}
        assert written == make(), f"run: python -m fixtures.generator ({name})"


class Marks:
    """An observer that notes the lines that it is shown."""

    literals = (b"podUID",)

    def __init__(self):
        self.seen = []

    def wants(self, source):
        return True

    def watch(self, source):
        return self

    def line(self, block, start, end, known):
        self.seen.append(block.data[start:end])

    def end(self):
        return False


@pytest.mark.parametrize("copies", [1, 400], ids=["few errors", "nothing but errors"])
def test_a_sample_is_looked_at_however_dense_its_errors_are(copies):
    error = (
        b'E0119 06:43:32.225123 1 x.go:1] listen tcp 10.0.8.11:6443: bind: cannot assign requested address podUID="%d"'
    )
    lines = [error % n for n in range(copies)]
    marks = Marks()
    (source,) = sources({"kubelet.log": b"\n".join(lines) + b"\n"})
    SCANNER.scan(source, lookout=Lookout((), early=(marks,)))
    assert list(dict.fromkeys(marks.seen)) == lines


@pytest.mark.parametrize("path", LOGS, ids=lambda p: str(p.relative_to(ROOT / "fixtures/logs")))
def test_one_scan_of_a_small_log_finds_what_two_do(path, monkeypatch):
    def seen() -> tuple[list[bytes], dict[object, tuple[int, list[int]]]]:
        marks = Marks()
        marks.literals = (b"uid", b"UID", b"error", b"0")
        (source,) = sources({path.name: path.read_bytes()[: 64 * KIB]})
        found = Scanner(PACK).scan(source, lookout=Lookout((), early=(marks,)))
        return marks.seen, {one.key: (one.count, [kept.record.line for kept in one.kept]) for one in found.series}

    once = seen()
    monkeypatch.setattr(scan, "SMALL", 0)
    assert seen() == once
    assert once[0]


def test_behind_its_beginning_a_sample_of_a_long_log_is_looked_at():
    limits = replace(DEFAULT, block=1024, context=64, early=2048, sample=4)
    lines = [b'I0119 06:43:32 healthy, podUID="%06d"' % n for n in range(2000)]
    marks = Marks()
    (source,) = sources({"kubelet.log": b"\n".join(lines) + b"\n"}, limits)
    Scanner(PACK, limits).scan(source, lookout=Lookout((), early=(marks,)))
    assert marks.seen[:20] == lines[:20]
    assert 400 < len(marks.seen) < 700
    assert set(marks.seen) <= set(lines)


def test_sources_that_were_read_hold_nothing_of_their_text():
    limits = Limits(block=64 * KIB)
    line = b'E0119 06:43:32.225123 1391 kubelet.go:2291] "Error getting node" err="node \\"n1\\" not found"\n'
    text = line * (3 * limits.block // len(line))
    tracemalloc.start()
    try:
        kept = []
        for n in range(40):
            (source,) = sources({f"node-{n}/kubelet.log": bytes(bytearray(text))}, limits)
            kept.append((source, SCANNER.scan(source)))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert all(one.count for _, found in kept for one in found.series)
    assert held < len(kept) * limits.block


def test_nothing_of_a_log_that_was_read_waits_for_the_garbage_collector():
    """It comes late, because it finds next to nothing; thousands of logs must not wait for it."""
    line = b'E0119 06:43:32.225123 1391 kubelet.go:2291] "Error getting node" err="node \\"n1\\" not found"\n'
    (source,) = sources({"kubelet.log": line * 200})
    gc.collect()
    gc.disable()
    try:
        assert SCANNER.scan(source).series
        assert not [one for one in gc.get_objects() if isinstance(one, shapes.Verdict | shapes.Target)]
    finally:
        gc.enable()


def test_lines_that_are_only_counted_count_in_each_block():
    """Also where no rule has matched: what is hit and known to match nothing is counted, and shown to observers."""
    line = b'E0119 06:43:32.225123 1391 x.go:1] "Failed" err="bind() to 10.0.8.%d: cannot assign" podUID="a"'
    lines = [line % n for n in range(3000)]
    totals, shown = [], []
    for limits in (replace(DEFAULT, early=DEFAULT.block), replace(DEFAULT, block=32 * KIB, early=DEFAULT.block)):
        cost, marks = Cost(), Marks()
        (source,) = sources({"kubelet.log": b"\n".join(lines) + b"\n"}, limits)
        assert not Scanner(PACK, limits).scan(source, cost, Lookout((marks,))).series
        totals.append(cost.candidates)
        shown.append(len(marks.seen))
    assert totals[0] == totals[1]
    assert max(totals[0].values()) >= len(lines)
    assert shown == [len(lines)] * 2
