"""The read pack on disk, by content: a warm start reads neither YAML nor templates. Never needed, only faster."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import orjson

from loganalyzer.rulepack.codec import decoder, encode
from loganalyzer.rulepack.pack import digest, load_pack
from loganalyzer.rulepack.rule import Rule, Ruleset

KEPT = 4
"""Packs that stay in the cache directory."""


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
    path = cache_dir / f"rules-{digest(dirs)}.json"
    cached = _read(path)
    if cached is not None:
        return cached
    pack = load_pack(dirs)
    lean = Ruleset({id_: _lean(rule) for id_, rule in pack.rules.items()}, pack.digest)
    with suppress(OSError):
        _write(path, orjson.dumps(encode(lean, Ruleset)))
    return lean


def _lean(rule: Rule) -> Rule:
    """The rule without what an analysis does not need: its examples, and templates beside their patterns."""
    signals = {
        name: replace(signal, alternatives=tuple(replace(one, template=None) for one in signal.alternatives))
        for name, signal in rule.signals.items()
    }
    return replace(rule, signals=signals, examples=())


def _read(path: Path) -> Ruleset | None:
    decode = decoder(Ruleset)
    assert decode  # dataclasses have a decoder
    collecting = gc.isenabled()
    gc.disable()  # thousands of small values, none of them garbage
    try:
        ruleset = decode(orjson.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return None
    finally:
        if collecting:
            gc.enable()
    return ruleset if isinstance(ruleset, Ruleset) else None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    import tempfile  # not on the warm path

    handle, temporary = tempfile.mkstemp(prefix=".rules-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    packs = sorted(path.parent.glob("rules-*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in packs[KEPT:]:
        old.unlink(missing_ok=True)
