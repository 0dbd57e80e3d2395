"""Both databases find what `bytes.find` finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loganalyzer.diagnose import literals as module
from loganalyzer.diagnose.literals import Literals
from loganalyzer.rulepack.cover import cover

LETTERS = st.text("ab \n", min_size=1, max_size=14)
IN_LINES = st.from_regex("\n?[ab ]{1,14}", fullmatch=True)
"""As literals are: none holds a newline but perhaps that before its line."""


def naive(all_, data, start):
    found = []
    for index, literal in enumerate(all_):
        at = data.find(literal)
        while at >= 0:
            if at + len(literal) > start:
                found.append((index, at + len(literal)))
            at = data.find(literal, at + 1)
    return sorted(found)


def made(texts, others=(), further=()):
    anchors = sorted(texts)
    short = {text.encode(): [anchors[i].encode() for i in those] for text, those in cover(tuple(anchors)).items()}
    return Literals([*(text.encode() for text in anchors), *others], short, further=(text.encode() for text in further))


@given(st.sets(LETTERS, min_size=1, max_size=12), st.lists(LETTERS, max_size=12), st.integers(0, 60))
def test_few_and_many_equal_find(texts, pieces, start):
    data = "".join(pieces).encode()
    start = min(start, len(data))
    literals = made(texts, (b"other",))
    expected = naive(literals.all, data, start)
    assert sorted(literals.hits(data, start)) == expected
    assert sorted(literals.hits(data, start, 10_000)) == expected
    literals._second = module._Database(literals.all)
    found = literals.hits(data, start)
    assert sorted(found) == expected
    assert [to for _, to in found] == sorted(to for _, to in found)


def test_it_gives_up_where_there_is_more_than_was_asked_for():
    literals = made({"cannot assign requested address"})
    line = b"bind: cannot assign requested address\n"
    assert literals.hits(line * 8, 0, 4) is None
    assert len(literals.hits(line * 4, 0, 4)) == 4


@pytest.mark.parametrize("passed", [None, lambda to: ~to], ids=["all", "what is left"])
def test_texts_that_only_look_like_literals_are_looked_for_as_a_whole(passed, monkeypatch):
    monkeypatch.setattr(module, "_BEARABLE", 10)
    literals = made({"cannot assign requested address", "connection refused"})
    looks = b"\n".join(literals._texts)
    data = looks + b"connection refused" + looks
    assert sorted(literals.hits(data, passed=passed)) == naive(literals.all, data, 0)
    assert literals._second is None
    data = b"connection refused" + looks * 20 + b"connection refused"
    assert sorted(literals.hits(data, passed=passed)) == naive(literals.all, data, 0)
    assert literals._second is not None
    assert literals.hits(looks * 20, 0, 3) == []
    assert literals.hits(data, 0, 1) is None


def test_what_has_passed_is_told_once_whatever_it_looks_like(monkeypatch):
    monkeypatch.setattr(module, "_BEARABLE", 0)
    literals = made({"cannot assign requested address", "connection refused"})
    line = b"\n".join(literals._texts).replace(b"\n", b" ") + b"\n"
    data = b"connection refused\n" + line * 20
    told = []

    def passed(to):
        told.append(to)
        end = data.find(b"\n", to - 1)
        return end if len(told) == 1 else ~end

    assert literals.hits(data, passed=passed) == []
    assert len(told) == 21


@pytest.mark.parametrize("whole", [False, True])
@given(st.sets(IN_LINES, min_size=1, max_size=12), st.lists(LETTERS, max_size=12), st.sets(st.integers(0, 9)))
def test_nothing_is_looked_for_in_lines_that_have_passed(whole, texts, pieces, skipped):
    data = "".join(pieces).encode()
    literals = made(texts)
    if whole:
        literals._second = module._Database(literals.all)
    asked = []

    def line(to):
        return data.count(b"\n", 0, to - 1)

    def passed(to):
        asked.append(to)
        end = data.find(b"\n", to - 1)
        end = len(data) if end < 0 else end
        return end if line(to) in skipped else ~end

    expected = [hit for hit in naive(literals.all, data, 0) if line(hit[1]) not in skipped]
    assert sorted(literals.hits(data, passed=passed)) == expected
    assert len({line(to) for to in asked}) == len(asked)  # once a line


def test_there_may_be_more_hits_than_bytes():
    literals = made({"a" * n for n in range(1, 15)})
    data = b"a" * 20
    assert sorted(literals.hits(data)) == naive(literals.all, data, 0)


@given(st.sets(LETTERS, max_size=8), st.sets(LETTERS, max_size=8), st.lists(LETTERS, max_size=12))
def test_further_literals_come_behind_the_others(texts, further, pieces):
    few, more = made(texts), made(texts, further=further)
    data = "".join(pieces).encode()
    assert more.all[: len(few.all)] == few.all
    assert sorted(more.hits(data)) == naive(more.all, data, 0)


def test_no_literals_find_nothing():
    assert Literals(()).hits(b"text", 0, 1) == Literals(()).hits(b"text") == []


class Drawer(dict):
    """A place to keep things that counts what is put there."""

    put_in = 0

    def put(self, name, data):
        self.put_in += 1
        self[name] = data


def test_a_database_that_was_made_before_is_not_made_again():
    drawer, line = Drawer(), b"bind: cannot assign requested address"
    for _ in range(2):
        assert Literals([line], kept=drawer).hits(line, 0, 9) == [(0, len(line))]
        assert drawer.put_in == 1
    assert Literals([line, b"connection refused"], kept=drawer).hits(line) == [(0, len(line))]
    assert drawer.put_in == 2


@pytest.mark.parametrize(
    "damage", [lambda d: b"", lambda d: b"no database", lambda d: d[: len(d) // 2], lambda d: d[::-1]]
)
def test_what_hyperscan_refuses_is_made_anew(damage):
    drawer, line = Drawer(), b"bind: cannot assign requested address"
    Literals([line], kept=drawer).hits(line)
    (name,) = drawer
    drawer[name] = damage(drawer[name])
    assert Literals([line], kept=drawer).hits(line, 0, 9) == [(0, len(line))]
    assert drawer.put_in == 2
