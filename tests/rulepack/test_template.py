import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.rulepack import anchors, template
from loganalyzer.rulepack.patterns import compile_pattern


def search(source: str, line: str) -> dict[str, str] | None:
    found = compile_pattern(template.parse(source).pattern).search(line.encode())
    return None if found is None else {k.decode(): v.decode() for k, v in found.groupdict().items()}


@pytest.mark.parametrize(
    ("source", "line", "captures"),
    [
        ("dial <ip:ip>:<port:port>:", "dial 192.0.2.1:6443: refused", {"ip": "192.0.2.1", "port": "6443"}),
        ("dial <ip:ip>:<port:port>:", "dial [2001:db8::1]:6443: refused", {"ip": "2001:db8::1", "port": "6443"}),
        ("bind <ip:ip>", "bind ::", {"ip": "::"}),
        ("at <...><ip:ip>", "at 14:43:31 of 192.0.2.7", {"ip": "192.0.2.7"}),
        ("at <...><ip:ip>", "at std::string", None),
        ("open <f:path>: no", "open /etc/a.conf: no such file", {"f": "/etc/a.conf"}),
        ("open <f:path>", "open /etc/a.conf.", {"f": "/etc/a.conf"}),
        ("Get <u:url>:", "Get https://h:6443/healthz?x=1: EOF", {"u": "https://h:6443/healthz?x=1"}),
        ("pod <p:name>.", "pod tke-auth-api-0.", {"p": "tke-auth-api-0"}),
        ("pull <i:image> now", "pull r.example.com:5000/a/b:v1 now", {"i": "r.example.com:5000/a/b:v1"}),
        ("took <d:dur>)", "took 447.002389ms)", {"d": "447.002389ms"}),
        ("took <d:dur>)", "took 12µs)", {"d": "12µs"}),
        ('name "<q:quoted>"', r'name "a \" b" c', {"q": r"a \" b"}),
        ("name '<q:quoted>'", "name 'a' 'b'", {"q": "a"}),
        ("is <s:up|down>!", "is down!", {"s": "down"}),
        ("is <up|down>!", "is left!", None),
        ("is <s:443>!", "is 443!", {"s": "443"}),
        ("a<?, maybe> b", "a b", {}),
        ("a<?, maybe> b", "a, maybe b", {}),
        ("a<_>b", "a \t b", {}),
        ("a<...>b", "a\nb", None),
        ("a<*>b", "a\nb", {}),
        ("<<nil>> x", "<nil> x", {}),
        ("c.*(d)", "c.*(d)", {}),
        ("c.*(d)", "cxx(d)", None),
        ("镜像<r:rest>", "拉取镜像失败", {"r": "失败"}),
    ],
)
def test_matches(source, line, captures):
    assert search(source, line) == captures


@pytest.mark.parametrize(
    ("source", "offset", "message"),
    [
        ("an <ip:ipp>", 3, "unknown type 'ipp'; did you mean ip?"),
        ("a > b", 2, "write >>"),
        ("a <ip:ip", 2, "not closed"),
        ("a <...", 2, "not closed"),
        ("a <ip> b", 2, "is no slot"),
        ("<Ip:ip>", 0, "no name for a capture"),
        ("<x:a||b>", 0, "an empty word"),
        ("<x:ip> <x:port>", 7, "twice"),
        ("x <q:quoted>", 2, "between two quotes"),
        ('say \\"x', 4, "normalised"),
        ("a\nb", 1, "one line"),
    ],
)
def test_mistakes_have_a_place(source, offset, message):
    with pytest.raises(template.TemplateError, match=message) as caught:
        template.parse(source)
    assert caught.value.offset == offset


PARTS = st.one_of(
    st.text(
        st.characters(blacklist_characters="<>\\\n\t#", blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12
    ),
    st.sampled_from(["<...>", "<*>", "<_>", "<<", ">>", "<?perhaps>", "<a|b>"]),
    st.sampled_from(["ip", "port", "int", "num", "word", "name", "host", "image", "path", "url", "hex", "dur"]).map(
        lambda type_: f" <:{type_}> "
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=8).map("".join))
def test_a_template_matches_what_it_prints_and_contains_its_anchor(source):
    try:
        parsed = template.parse(source)
    except template.TemplateError:
        return
    sample = parsed.fill().encode()
    assert parsed.pattern.isascii()
    assert compile_pattern(parsed.pattern).search(sample)
    for anchor in anchors.candidates(parsed):
        assert anchor.encode() in sample


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(source):
    try:
        offset = len(template.parse(source).source)
    except template.TemplateError as error:
        offset = error.offset
    assert 0 <= offset <= len(source)


@pytest.mark.parametrize(
    ("source", "best"),
    [
        ("failed to x <...>node IP not on host", "node IP not on host"),
        ('check healthz error<...>"TLS handshake timeout', "TLS handshake timeout"),
        ("<?optional words here><...>sample words", "sample words"),
        ("<one words|two words>short", None),
        ("short<...>text", None),
    ],
)
def test_the_anchor_is_the_rarest_long_literal(source, best):
    assert next(iter(anchors.candidates(template.parse(source))), None) == best


def test_the_anchor_of_a_block_is_on_its_first_line():
    found = anchors.candidates(template.parse("Steps of install:<*>Install the gateway of all"), block=True)
    assert found == ["Steps of install:"]


@pytest.mark.parametrize("text", ["connection refused", ": i/o timeout", "failed to ", "error: not found"])
def test_common_phrases_are_weak(text):
    assert anchors.is_weak(text)


@pytest.mark.parametrize("text", ["Invalid client_id (", "timed out waiting for the condition", "证书已过期"])
def test_telling_phrases_are_not_weak(text):
    assert not anchors.is_weak(text)
