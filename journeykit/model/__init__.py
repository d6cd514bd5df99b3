"""The words of the kit as models: workshop, persona, journey, card and what a session leaves. No
I/O.
"""

from .base import Data, Doc, Facts, Keys, Model, Names, free_name, new_id, slug
from .claim import EVERYBODY, Change, Claim
from .files import STATES, WAITS, NotebookFile, PanelFile, ProgressFile, Result, WorkshopFile, worst
from .history import History
from .journey import Card, Journey, Stage
from .match import EventMatch
from .merging import difference, join, merge, settle
from .operations import Operation, apply
from .presets import BEHIND, BLUEPRINT, EVIDENCE, EXPECTED, LANES, PHASES, WALKED
from .records import RECORD_KINDS, Alarm, Guess, Meeting, Note, Quote, Record, Round, Vote, Walk
from .sources import Limits
from .tables import TABLES, TableColumn, TableKind
from .voting import ranking, ties
from .workshop import (
    MEASURES,
    SCHEMA,
    AgendaItem,
    Canvas,
    Objective,
    Persona,
    Privacy,
    Promise,
    Step,
    Workshop,
)
