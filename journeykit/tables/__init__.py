"""Events and the other tables: sources, columns, contracts, and the journey table."""

from .events import Events
from .findings import REPEATS
from .others import leads_of, read_table
from .periods import rows_within
from .places import divided
from .raw import Contract, Finding
from .read import read_events
