"""Offline pages: a report for each persona, an index for each run."""

from .index import write_index
from .persona import write_report
