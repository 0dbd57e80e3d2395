"""The node collector: one POSIX sh script, run here or through ssh on many nodes."""

from loganalyzer.collect.fleet import collect_from
from loganalyzer.collect.script import run_here, script

__all__ = ["collect_from", "run_here", "script"]
