"""Bytes to Sources: what was given is read, decoded, cut into blocks; a hit line becomes a Record."""

from loganalyzer.ingest.inputs import Inputs, open_inputs

__all__ = ["Inputs", "open_inputs"]
