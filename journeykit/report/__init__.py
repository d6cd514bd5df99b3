"""Offline pages: a report for each persona, an index for each run."""

from .decided import listed
from .index import write_index
from .page import write_report
