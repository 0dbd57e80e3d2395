"""Secrets over several lines: keys, manifests, names on one line and values on the next."""

from __future__ import annotations

import base64

import pytest

from loganalyzer.safe.blocks import BlockState

KEY = ["-----BEGIN RSA PRIVATE KEY-----", *["MIIEpAIBAAKCAQEA0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"] * 3, "c2hvcnQ=", "-----END RSA PRIVATE KEY-----"]  # fmt: skip
BODY = KEY[1]
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
        # cut off: a line that is no part of a key ends it; after a short line only the end can come
        ([*KEY[:2], "E0119 14:43:31.1 1 a.go:1] it is (gone)", BODY], [None, BODY, None, None]),
        ([*KEY[:1], "c2hvcnQ=", BODY], [None, "c2hvcnQ=", None]),
        ([*KEY[:1], "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC,00", BODY], [None, None, None, BODY]),
        ([*KEY[:1], "c2hvcnQ=", "Proc-Type: 4,ENCRYPTED", BODY], [None, "c2hvcnQ=", None, None]),
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
