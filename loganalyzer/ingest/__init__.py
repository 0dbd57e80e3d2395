"""Bytes to Sources: what was given is read, decoded, cut into blocks; a hit line becomes a Record."""

from loganalyzer.ingest.identify import by_path
from loganalyzer.ingest.inputs import Inputs, open_inputs

__all__ = ["Inputs", "by_path", "open_inputs"]
