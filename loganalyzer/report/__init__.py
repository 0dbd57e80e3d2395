"""Report -> text: one file a format. Reads nothing but the Report; every text of it is made visible once more here."""

from loganalyzer.report.anonymous import anonymous
from loganalyzer.report.look import Look
from loganalyzer.report.output import FORMATS, Format, Target, targets, whole, write

__all__ = ["FORMATS", "Format", "Look", "Target", "anonymous", "targets", "whole", "write"]
