"""Events and the other tables: sources, columns, contracts, and the journey table."""

from .contract import Contract, Finding
from .events import Events
from .findings import REPEATS
from .others import leads_of, read_table
from .periods import rows_within
from .places import divided
from .read import read_events
