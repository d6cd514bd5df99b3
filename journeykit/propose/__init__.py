"""A first workshop: from an event log, and from a folder of what a team's tools export."""

from .bring import unused, written
from .exports import Export, join, one_of_each, sort_folder
from .workshop import propose
