import pytest

from loganalyzer.rulepack.patterns import PatternError, compile_pattern
from loganalyzer.rulepack.regex import read_regex, unanchored


@pytest.mark.parametrize(
    "source",
    [
        r"(?<=a)b",
        r"(a)\1",
        r"a{1001}",
        r"a++",
        r"(?>a)",
        r"\Z",
        "[中]",
        r"\p{Han}",
        r"\x{4e2d}",
        "[[:alpha:]]",
        "(",
        "(?P<Ip>a)",
    ],
)
def test_what_is_refused(source):
    with pytest.raises(PatternError):
        read_regex(source)


def test_non_ascii_text_is_a_unit():
    pattern, captures = read_regex(r"界+ (?P<n>\d+)")
    assert pattern.isascii()
    assert captures == {"n": "regex"}
    assert compile_pattern(pattern).search("世界界 7".encode()).group() == "界界 7".encode()


@pytest.mark.parametrize(
    ("source", "anchors", "proved"),
    [
        (r"exit status \d+ of sample", ["exit status "], True),
        (r"sample (one|two) three", ["sample one", "sample two"], True),
        (r"sample (one|two) three", ["sample one"], False),
        (r"(?:sample text)+", ["sample text"], True),
        (r"(?:sample text)*", ["sample text"], False),
        (r"(?:sample text)?x", ["sample text"], False),
        (r"(?i)sample text", ["sample text"], False),
        (r"(?i:sample) text more", ["sample text"], False),
        (r"sam(ple) text", ["sample text"], True),
        (r"sample\.text", ["sample.text"], True),
        (r"sample.text", ["sample.text"], False),
        (r"a|b|sample text", ["sample text"], False),
        (r"^\[sample\] text", ["[sample] text"], True),
    ],
)
def test_anchors_are_proved(source, anchors, proved):
    assert unanchored(source, anchors) is not proved
