"""Events and the other tables: sources, columns, contracts, and the journey table."""

from journeykit.tables.contract import Contract, Finding
from journeykit.tables.events import Events
from journeykit.tables.others import leads_of, read_table
from journeykit.tables.places import divided
from journeykit.tables.read import read_events
