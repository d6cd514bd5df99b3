"""Events and the other tables: sources, columns, contracts, and the journey table."""

from .contract import Contract, Finding
from .events import Events
from .read import read_events

__all__ = ["Contract", "Events", "Finding", "read_events"]
