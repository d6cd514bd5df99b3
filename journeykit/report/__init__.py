"""Offline pages: a report for each persona, an index for each run."""

from .decided import listed
from .index import read_results, write_index
from .page import front, panels_of, write_report
