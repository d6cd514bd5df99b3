"""The words of the kit as models: workshop, persona, journey, card and what a session leaves. No
I/O.
"""

from journeykit.model.base import Model, free_name, new_id, slug
from journeykit.model.change import CHANGES, Change
from journeykit.model.claim import EVERYBODY, Claim
from journeykit.model.files import NotebookFile, PanelFile, ProgressFile, Result
from journeykit.model.history import History
from journeykit.model.journey import Card, Journey, Stage
from journeykit.model.match import EventMatch
from journeykit.model.merging import merge
from journeykit.model.operations import Operation, apply
from journeykit.model.parts import difference, join, settle
from journeykit.model.presets import EVIDENCE, LANES, PHASES, WALKED
from journeykit.model.records import (
    RECORD_KINDS,
    Guess,
    Meeting,
    Note,
    Quote,
    Record,
    Round,
    Vote,
    Walk,
)
from journeykit.model.tables import TABLES, TableColumn, TableKind
from journeykit.model.voting import grouped, ranking, ties
from journeykit.model.workshop import (
    MEASURES,
    SCHEMA,
    AgendaItem,
    Canvas,
    DataTable,
    Objective,
    Persona,
    Promise,
    Step,
    Workshop,
)
