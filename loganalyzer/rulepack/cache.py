"""The read pack on disk, by content: a warm start reads neither YAML nor templates. Never needed, only faster."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

import orjson
from isal.isal_zlib import crc32

from loganalyzer.rulepack.codec import encode
from loganalyzer.rulepack.index import Index, IndexedRules, index_of
from loganalyzer.rulepack.lazy import lazy
from loganalyzer.rulepack.pack import digest, load_pack
from loganalyzer.rulepack.rule import Rule, Ruleset

KEPT = 4
"""Packs that stay in the cache directory."""
MADE = 3 * KEPT
"""Databases made of them that do: of one pack three."""


def default_cache_dir() -> Path:
    """The user's cache directory for us."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "tkelog"


def cached_pack(dirs: Sequence[Path], cache_dir: Path) -> Ruleset:
    """As `load_pack` without examples and templates, from the cache where these very files were read before."""
    content = digest(dirs)
    path = cache_dir / f"rules-{content}.json"
    kept = CacheFiles(cache_dir)
    cached = _read(path, content, kept)
    if cached is not None:
        return cached
    pack = load_pack(dirs)
    lean = {id_: _lean(rule) for id_, rule in pack.rules.items()}
    ruleset = Ruleset(IndexedRules(lean, index_of(lean), kept), pack.digest)
    with suppress(OSError):
        _write(path, _sealed(_encoded(ruleset)), "rules-*.json", KEPT)
    return ruleset


class CacheFiles:
    """Bytes by name, in files of the cache directory; what is damaged is not there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def get(self, name: str) -> bytes | None:
        """What was put there under that name."""
        try:
            return bytes(_unsealed((self._directory / f"{name}.made").read_bytes()))
        except (OSError, ValueError):
            return None

    def put(self, name: str, data: bytes) -> None:
        """Keep it, if the directory can be written."""
        with suppress(OSError):
            _write(self._directory / f"{name}.made", _sealed(data), "*.made", MADE)


def _encoded(ruleset: Ruleset) -> bytes:
    """The size of the head; the head, which is the ids of the rules, their sizes and the index; and the rules, which
    are read when somebody asks for them."""
    index, rules = index_of(ruleset.rules), ruleset.rules
    lines = [orjson.dumps(encode(rule, Rule)) for rule in rules.values()]
    sizes = [len(line) for line in lines]
    head = orjson.dumps([list(rules), sizes, index.firsts, index.called, index.cover, index.causes])
    return b"".join([b"%08x" % len(head), head, *lines])


def _decoded(data: memoryview, content: str, kept: CacheFiles) -> Ruleset:
    begin = 8 + int(bytes(data[:8]), 16)
    ids, sizes, *index = orjson.loads(data[8:begin])
    ends = pairwise(accumulate(sizes, initial=begin))
    rules = {id_: lazy(id_, data[start:end]) for id_, (start, end) in zip(ids, ends, strict=True)}
    return Ruleset(IndexedRules(rules, Index(*index), kept), content)


def _sealed(data: bytes) -> bytes:
    """With its checksum before it: what is read later, on demand, must not turn out to be damaged."""
    return b"%08x%b" % (crc32(data), data)


def _unsealed(data: bytes) -> memoryview:
    content = memoryview(data)[8:]
    if b"%08x" % crc32(content) != data[:8]:
        raise ValueError("damaged")
    return content


def _lean(rule: Rule) -> Rule:
    """The rule without what an analysis does not need: its examples, and templates beside their patterns."""
    signals = {
        name: replace(signal, alternatives=tuple(replace(one, template=None) for one in signal.alternatives))
        for name, signal in rule.signals.items()
    }
    return replace(rule, signals=signals, examples=())


def _read(path: Path, content: str, kept: CacheFiles) -> Ruleset | None:
    collecting = gc.isenabled()
    gc.disable()  # thousands of small values, none of them garbage
    try:
        return _decoded(_unsealed(path.read_bytes()), content, kept)
    except (OSError, ValueError, TypeError):
        return None
    finally:
        if collecting:
            gc.enable()


def _write(path: Path, data: bytes, alike: str, most: int) -> None:
    """Write the file in one step, and remove all but so many, the newest, of those that are `alike`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    import tempfile  # not on the warm path

    handle, temporary = tempfile.mkstemp(prefix=".making-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    files = sorted(path.parent.glob(alike), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in files[most:]:
        old.unlink(missing_ok=True)
