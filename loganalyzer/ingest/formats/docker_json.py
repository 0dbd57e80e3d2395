"""Docker's json-file driver: `{"log":"text\\n","stream":"stderr","time":"..."}`."""

from __future__ import annotations

from loganalyzer import late
from loganalyzer.ingest import clock, unwrap
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample

_TIME = late.pattern(r'"time":"([^"]{20,40})"\}?\s*$')


def _parse(line: str) -> Parsed | None:
    if not line.startswith('{"log":"'):
        return None
    found = _TIME.search(line, max(0, len(line) - 200))
    text = unwrap.docker(line.encode()).decode("utf-8", "backslashreplace")
    return Parsed(text, clock.parse(found[1]) if found else None, carries=True)


DOCKER_JSON = Dialect(
    "docker-json",
    _parse,
    (
        Sample(
            '{"log":"E0119 06:43:32.225123       1 a.go:9] dial \\u003cnil\\u003e\\n","stream":"stderr",'
            '"time":"2022-01-19T06:43:32.225200001Z"}',
            "2022-01-19T06:43:32.225200Z", "error", "a.go", "dial <nil>",
        ),
        Sample(
            '{"log":"time=\\"2022-01-19T06:43:32Z\\" level=error msg=\\"no space left\\"\\n","stream":"stderr",'
            '"time":"2022-01-19T06:43:33Z"}',
            "2022-01-19T06:43:32Z", "error", None, "no space left",
        ),
        Sample('{"log":"cut off \\"here', None, None, None, 'cut off "here'),
    ),
    begins="{",
)  # fmt: skip
