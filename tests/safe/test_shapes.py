"""The borders of what looks like a secret."""

from __future__ import annotations

import base64

import pytest

from loganalyzer.errors import LeakError
from loganalyzer.safe import Redactor
from loganalyzer.safe.shapes import holds_private_key, is_random
from loganalyzer.safe.sweeper import Sweeper


@pytest.mark.parametrize(
    ("value", "generated"),
    [
        ("abcde1", True), ("abcd1", False), ("abcdef", False), ("123456", False), ("aBcdef", True), ("Abcdef", False), ("ABCDEF", False),
        ("aBcde", False), ("x" * 24, True), ("x" * 23, False), ("1" * 23, False), ("1" * 24, True), ("", False), ("a1-._/", True),
    ],
)  # fmt: skip
def test_what_looks_generated(value, generated):
    assert is_random(value) is generated


def test_base64_of_a_private_key_is_told_by_its_beginning():
    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    assert holds_private_key(encoded("-----BEGIN RSA PRIVATE KEY-----\nMIIE"))
    assert holds_private_key(encoded("-----BEGIN PRIVATE KEY-----\n" + "x" * 300)[:79])
    assert not holds_private_key(encoded("-----BEGIN CERTIFICATE-----\n" + "A" * 60 + "PRIVATE KEY"))
    assert holds_private_key("A===")  # cannot be judged: masked
    late = "x" * 49 + "PRIVATE KEY"  # ends at byte 60, the last of 80 characters
    assert holds_private_key(encoded(late))
    assert not holds_private_key(encoded("x" + late))
    for cut in range(64, 80):
        assert not holds_private_key(encoded("-----BEGIN CERTIFICATE-----\n" + "MII" * 30)[:cut])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("kubeadm join x --token abcdef.0123456789abcdef", True),
        ("kubeadm join " + "x" * 90 + " abcdef.0123456789abcdef", False),
        ("join node1 abcdef.0123456789abcdef", True),
        ("join node1 abcdef.ghijklmnopqrstuv", False),
        ("token: abcdef.ghijklmnopqrstuv", True),
        ("x abcdef.0123456789abcdef", False),
        ("join" + "x" * 75 + " abcdef.0123456789abcdef", True),  # 80 characters in front of it count
        ("join" + "x" * 76 + " abcdef.0123456789abcdef", False),
    ],
)
def test_bootstrap_tokens_by_what_stands_before_them(text, masked):
    secret = text.rpartition(".")[2]
    assert (secret not in Redactor().text(text)) is masked


def test_a_cookie_has_a_name_and_a_value():
    assert Redactor().text("Cookie: session=0123456789") == "Cookie: <redacted:cookie#1>"
    assert Redactor().text("cookie: was refused here") == "cookie: was refused here"


def test_a_command_reaches_to_its_end():
    assert "hunter22" not in Redactor().text("docker login -u x -p hunter22")
    assert "hunter22" in Redactor().text("docker login x; mkdir -p hunter22")
    assert "hunter22" in Redactor().text("docker login x | mkdir -p hunter22")
    assert "hunter22" in Redactor().text("docker login x\nmkdir -p hunter22")
    far = "docker login " + "x" * 287  # with these, 300 characters in front of the option
    assert "hunter22" not in Redactor().text(f"{far} -p hunter22")
    assert "hunter22" in Redactor().text(f"x{far}x -p hunter22")


def test_the_sweep_finds_every_form_and_nothing_shorter_than_eight():
    secret = 'p"ä/<wort>+x'
    shown = {secret: "<redacted:password#1>", "short12": "<redacted:password#2>", "eight123": "<redacted:password#3>"}
    forms = ['p"ä/<wort>+x', "p%22%C3%A4%2F%3Cwort%3E%2Bx", r"p\"\u00e4/<wort>+x", r"p\\\"\\u00e4/<wort>+x", r"p\"ä/<wort>+x",
             "p&quot;ä/&lt;wort&gt;+x", "eight123"]  # fmt: skip
    for form in forms:
        swept = Sweeper().replace(f"a {form} b".encode(), shown, str).decode()
        assert swept in ("a <redacted:password#1> b", "a <redacted:password#3> b"), form
    assert Sweeper().replace(b"a short12 b", shown, str) == b"a short12 b"
    for before in ("", "a", "ab", "abc"):
        inside = base64.b64encode((before + secret * 2).encode()).decode()
        assert "<redacted" in Sweeper().replace(inside.encode(), shown, str).decode()
        assert (
            "<redacted" in Sweeper().replace(inside.replace("+", "-").replace("/", "_").encode(), shown, str).decode()
        )


def test_the_whole_of_what_base64_can_tell_is_taken():
    secret = "a-secret-of-24-characters"
    for before in ("", "a", "ab"):
        encoded = base64.b64encode((before + secret + "zz").encode()).decode()
        swept = Sweeper().replace(encoded.encode(), {secret: "<redacted:x#1>"}, str).decode()
        head, _, tail = swept.partition("<redacted:x#1>")
        assert len(head) == {"": 0, "a": 2, "ab": 3}[before]
        assert len(tail) <= 6


def test_a_placeholder_is_written_as_the_format_needs_it():
    assert (
        Sweeper().replace(b"x eight123", {"eight123": "<redacted:x#1>"}, lambda text: text.replace("<", "&lt;"))
        == b"x &lt;redacted:x#1>"
    )


def test_nothing_is_written_where_a_secret_would_remain():
    with pytest.raises(LeakError) as caught:
        Sweeper().replace(b"eight123", {"eight123": "<redacted:password#1>"}, lambda text: "eight123")
    assert "password" in str(caught.value)


def test_new_secrets_are_learnt_and_the_same_output_is_the_same_object():
    sweeper, output = Sweeper(), b"eight123 nine1234"
    assert sweeper.replace(output, {}, str) is output
    assert sweeper.replace(output, {"eight123": "<1>"}, str) == b"<1> nine1234"
    both = {"eight123": "<1>", "nine1234": "<2>"}
    assert sweeper.replace(output, both, str) == b"<1> <2>"
    made = sweeper._pattern
    assert sweeper.replace(output, both, str) == b"<1> <2>"
    assert sweeper._pattern is made  # compiled once for as long as nothing new is known


def test_a_secret_too_short_to_look_for_leaves_everything_as_it_is():
    output = b"abc and d"
    assert Sweeper().replace(output, {"abc": "<1>"}, str) is output


def test_as_many_secrets_as_are_remembered_are_swept():
    secrets = {f"secret-{number:05}-of-many": f"<redacted:password#{number}>" for number in range(4096)}
    output = "\n".join(secrets).encode()
    assert Sweeper().replace(output, secrets, str).decode().splitlines() == [*secrets.values()]


def test_nothing_of_a_secret_is_left_beside_its_base64():
    """At each of the three positions, as much as its bytes decide: no character more, and none less."""
    secret = "0123456789abcdef"
    for before, head in (("", 0), ("a", 2), ("ab", 3)):
        encoded = base64.b64encode((before + secret).encode() + b"zzz" * 2).decode()
        swept = Sweeper().replace(encoded.encode(), {secret: "<1>"}, str).decode()
        left, _, right = swept.partition("<1>")
        assert encoded.startswith(left)
        assert encoded.endswith(right)
        decided = encoded[len(left) : len(encoded) - len(right)]
        other = base64.b64encode((before + secret).encode() + b"\xff\0\xff").decode()
        assert decided in other  # it depends on the secret alone
        assert len(decided) == (len(before + secret) * 8) // 6 - head


def test_the_first_of_two_secrets_of_one_form_and_the_longest_of_two_win():
    shown = {"aaaa&bbbb": "<1>", "aaaa&amp;bbbb": "<2>", "aaaa&bbbbcccc": "<3>"}
    assert Sweeper().replace(b"aaaa&amp;bbbb aaaa&bbbbcccc", shown, str) == b"<1> <3>"
