"""Somebody else's eyes on our reports: detect-secrets, which shares no pattern with our redaction."""

from __future__ import annotations

import pytest
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings

from tests.kit import ROOT
from tests.promises import small

DETECTORS = (
    "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "GitHubTokenDetector", "GitLabTokenDetector",
    "JwtTokenDetector", "PrivateKeyDetector", "SlackDetector", "StripeDetector", "TwilioKeyDetector", "NpmDetector",
    "DiscordBotTokenDetector", "SendGridDetector", "SquareOAuthDetector", "TelegramBotTokenDetector", "ArtifactoryDetector",
)  # fmt: skip
PLANTED = """\
time="2022-01-19T06:43:32Z" level=error msg="pull failed: https://robot:Zk4pQ9wLx2@registry.example.com/v2/ no such host"
E0119 14:43:31.123456    1234 x.go:1] token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJlc2lnbmF0dXJl rejected
-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEAqwertyuiopasdfghjklzxcvbnm0123456789
-----END RSA PRIVATE KEY-----
aws_access_key_id = AKIAIOSFODNN7ABCDEFG
ghp_abcdefghijklmnopqrstuvwxyz0123456789 is my key
"""


def _found(text: str) -> list[str]:
    with transient_settings({"plugins_used": [{"name": name} for name in DETECTORS]}):
        return [f"{secret.type}: {line}" for line in text.splitlines() for secret in scan_line(line)]


@pytest.mark.promise("P21")
def test_another_scanner_finds_no_secret_in_the_reports(tmp_path, figure):
    assert len(_found(PLANTED)) >= 5  # it does see them where they are
    reports = sorted((ROOT / "fixtures/reports").glob("*"))
    for path in reports:
        assert _found(path.read_text("utf-8")) == []
    log = tmp_path / "planted.log"
    log.write_text(PLANTED * 3 + small.files()["master-1/kubelet.log"].decode(), "utf-8")
    formats = ("terminal", "markdown", "html", "json", "jsonl", "sarif", "junit")
    _, rendered = small.analyze(log, formats=formats)
    for text in rendered:
        assert _found(text.decode()) == []
    figure(
        f"detect-secrets, {len(DETECTORS)} detectors: 0 findings in {len(reports)} golden reports and {len(formats)} formats"
    )
