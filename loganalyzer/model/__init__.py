"""The table: the frozen value types and protocols that all rooms share. Imports nothing of ours.

`ingest` makes Sources of Blocks and, on request, a Record of one hit line. `diagnose` makes a Report of Diagnoses.
`report` turns a Report into text. A Diagnosis carries its bilingual texts, so no renderer ever needs a rule.
"""

from __future__ import annotations

from loganalyzer.model.diagnoses import Candidate, Check, Diagnosis, Evidence, Step
from loganalyzer.model.instants import Basis, Clock, Instant, iso
from loganalyzer.model.reports import ClockNote, Coverage, Report, Sighting, Stats, Suppressed, Unexplained
from loganalyzer.model.scales import Confidence, Kind, Risk, Severity, Text
from loganalyzer.model.sources import AROUND, Block, FactTable, InputInfo, Problem, Record, Row, Source, Surroundings
from loganalyzer.model.timelines import Outcome, Run, Stage, Timeline

__all__ = [
    "AROUND",
    "Basis",
    "Block",
    "Candidate",
    "Check",
    "Clock",
    "ClockNote",
    "Confidence",
    "Coverage",
    "Diagnosis",
    "Evidence",
    "FactTable",
    "InputInfo",
    "Instant",
    "Kind",
    "Outcome",
    "Problem",
    "Record",
    "Report",
    "Risk",
    "Row",
    "Run",
    "Severity",
    "Sighting",
    "Source",
    "Stage",
    "Stats",
    "Step",
    "Suppressed",
    "Surroundings",
    "Text",
    "Timeline",
    "Unexplained",
    "iso",
]
