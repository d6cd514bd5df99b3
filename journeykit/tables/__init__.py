"""Events and the other tables: sources, columns, contracts, and the journey table."""

from .events import Events
from .findings import NO_DATA, REPEATS
from .formats import divided, file_formats
from .others import leads_of, read_table
from .periods import rows_within
from .raw import Contract, Finding
from .read import read_events
