"""Bytes to Sources: what was given is read, decoded, cut into blocks; a hit line becomes a Record."""

from loganalyzer.ingest.identify import by_path
from loganalyzer.ingest.inputs import Inputs, open_inputs
from loganalyzer.ingest.share import FIRST, SECOND, Share

__all__ = ["FIRST", "SECOND", "Inputs", "Share", "by_path", "open_inputs"]
