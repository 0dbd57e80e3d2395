"""Secrets over several lines: keys, manifests, names on one line and values on the next."""

from __future__ import annotations

import base64

import pytest

from loganalyzer.safe.blocks import BlockState

KEY = ["-----BEGIN RSA PRIVATE KEY-----", *["MIIEpAIBAAKCAQEA0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"] * 3, "c2hvcnQ=", "-----END RSA PRIVATE KEY-----"]  # fmt: skip
BODY = KEY[1]
INTRUDER = "E0119 14:43:31.1 1 a.go:1] it is (gone)"
DOCKER = '{"log":"%s\\n","stream":"stderr","time":"2022-01-19T14:43:31.1Z"}'
WORD = base64.b64encode(b"a password").decode()


def masked(*lines: str, in_key: bool = False) -> list[str | None]:
    """The part of each line that is masked."""
    state = BlockState(in_key=in_key)
    parts = [(line, state.see(line)) for line in lines]
    return [line[part.start : part.end] if part else None for line, part in parts]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # a key, its end, and what follows
        (KEY, [None, BODY, BODY, BODY, "c2hvcnQ=", None]),
        ([*KEY, BODY], [None, BODY, BODY, BODY, "c2hvcnQ=", None, None]),
        (["    " + line for line in KEY], [None, BODY, BODY, BODY, "c2hvcnQ=", None]),
        # another program's line between those of a key does not end it; nor does a word that might be its last line
        ([*KEY[:2], INTRUDER, BODY, INTRUDER, BODY, "c2hvcnQ=", KEY[-1], BODY],
         [None, BODY, None, BODY, None, BODY, "c2hvcnQ=", None, None]),
        ([*KEY[:2], INTRUDER, "c2hvcnQ=", INTRUDER, "ZW5kIG9mIGEga2V5"], [None, BODY, None, "c2hvcnQ=", None, "ZW5kIG9mIGEga2V5"]),
        ([*KEY[:2], "I0119 14:43:31.1 1 a.go:1] pod is ready", BODY], [None, BODY, "ready", BODY]),
        ([*KEY[:2], *[INTRUDER] * 40, BODY], [None, BODY, *[None] * 40, BODY]),
        ([DOCKER % line for line in (*KEY[:2], INTRUDER, BODY)], [None, BODY, None, BODY]),
        (["Jan 19 14:43:31 n1 x[1]: " + line for line in (*KEY[:2], INTRUDER, BODY)], [None, BODY, None, BODY]),
        # but what else comes stays readable
        ([*KEY[:2], INTRUDER, "I0119 14:43:31.1 1 a.go:1] pod is ready", "started container " + "0f" * 32, "done"],
         [None, BODY, None, None, None, None]),
        ([*KEY[:1], "c2hvcnQ=", BODY], [None, "c2hvcnQ=", BODY]),
        ([*KEY[:1], "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC,00", BODY], [None, None, None, BODY]),
        (["-----BEGIN CERTIFICATE-----", BODY, "-----END CERTIFICATE-----"], [None, None, None]),
        # Secret manifests
        (["kind: Secret", "data:", f"  a: {WORD}", f"  b: '{WORD}'", "type: Opaque"], [None, None, WORD, WORD, None]),
        (["kind: ConfigMap", "data:", f"  a: {WORD}"], [None, None, None]),
        (["kind: ConfigMap", "stringData:", "  a: word"], [None, None, "word"]),
        (["data:", f"  a: {WORD}", "  b: plain", "  c: abc"], [None, WORD, None, None]),
        (["kind: Secret", "data:", "  a: word", "---", "data:", "  a: word"], [None, None, "word", None, None, None]),
        (["kind: Secret", "---", "data:", f"  a: {WORD}x"], [None, None, None, None]),
        (["- kind: Secret", "  data:", "    a: word", "  metadata:", "    name: x"], [None, None, "word", None, None]),
        (["kind: Secret", "data:", "", "  a: word"], [None, None, None, "word"]),
        (["kind: Secret", "stringData:", "  a: |", "    first line", "", "    second line", "  b: word"],
         [None, None, None, "first line", None, "second line", "word"]),
        (["kind: Secret", "data:", "  a: >-", "    folded ", "metadata:", "  a: word"], [None, None, None, "folded", None, None]),
        (["note: |", "  not secret", "kind: x"], [None, None, None]),
        (["password: |", "  it is secret", "other: x"], [None, "it is secret", None]),
        # a name, then its value
        (["- name: DB_PASSWORD", "  value: word"], [None, "word"]),
        (["- name: DB_PASSWORD", "  value: $(OTHER)"], [None, None]),
        (["- name: DB_PASSWORD", "  x: y", "  value: word"], [None, None, None]),
        (["- name: DB_HOST", "  value: word"], [None, None]),
        (["  name: token", '  value: "word"'], [None, "word"]),
        # kubeadm prints the certificate key on a line of its own
        (["[upload-certs] Using certificate key:", "0f" * 32], [None, "0f" * 32]),
        (["[upload-certs] Using certificate key:", "", "  " + "0f" * 32, "0f" * 32], [None, None, "0f" * 32, None]),
        (["[upload-certs] Using certificate key:", "none", "0f" * 32], [None, None, None]),
        (["[upload-certs] Using certificate key:", "x" * 4096 + "0f" * 32], [None, None]),
        (["[upload-certs] Using certificate key:", "x" * 4032 + "0f" * 32], [None, "0f" * 32]),
    ],
)  # fmt: skip
def test_what_the_lines_before_make_secret(lines, expected):
    assert masked(*lines) == expected


def test_a_text_may_begin_within_a_key():
    assert masked(BODY, "c2hvcnQ=", "-----END RSA PRIVATE KEY-----", BODY, in_key=True) == [
        BODY,
        "c2hvcnQ=",
        None,
        None,
    ]
    assert masked(BODY) == [None]


def test_a_key_has_an_end_even_without_its_last_line():
    found = masked(KEY[0], *[BODY] * 500)
    assert found[1] == BODY
    assert found[-1] is None


def test_a_key_in_base64_opens_a_key_only_if_it_is_private():
    private = base64.b64encode("\n".join(KEY).encode()).decode()
    public = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----").decode()
    assert masked(private[:120], BODY)[1] == BODY
    assert masked(public[:120], BODY)[1] is None
