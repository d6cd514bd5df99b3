"""Events and the other tables: sources, columns, contracts, and the journey table."""

from .contract import Contract, Finding
from .events import Events
from .others import read_table
from .read import read_events

__all__ = ["Contract", "Events", "Finding", "read_events", "read_table"]
