"""YAML -> Ruleset: the rule language, its checks and its proofs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loganalyzer.rulepack.cache import cached_pack, default_cache_dir
from loganalyzer.rulepack.pack import load_pack, pack_dirs, read_pack
from loganalyzer.rulepack.rule import Ruleset

__all__ = ["cached_pack", "load", "load_pack", "pack_dirs", "read_pack"]


def load(rules_dirs: Sequence[Path] = (), *, builtin: bool = True) -> Ruleset:
    """Our rules and those of `rules_dirs` (which replace ours of the same id), by the cache: without examples."""
    return cached_pack(pack_dirs(rules_dirs, builtin=builtin), default_cache_dir())
