"""Offline pages: a report for each persona, an index for each run."""

from journeykit.report.index import write_index
from journeykit.report.persona import write_report
