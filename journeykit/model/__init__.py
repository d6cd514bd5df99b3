"""The words of the kit: what a workshop, a persona, a journey and a card are. No I/O."""

from journeykit.model.base import Word, free_name, merge_fields, new_id, slug
from journeykit.model.change import CHANGES, Change
from journeykit.model.claim import EVERYBODY, Claim
from journeykit.model.joining import History, join, settle
from journeykit.model.journey import Card, Journey, Stage, merge_cards, merge_words
from journeykit.model.match import EventMatch
from journeykit.model.operations import OPERATIONS, Operation, apply, difference
from journeykit.model.presets import EVIDENCE, LANES, PHASES, STAGE_PRESETS, WALKED
from journeykit.model.records import RECORD_KINDS, Guess, Meeting, Note, Record, Round, Vote, Walk
from journeykit.model.tables import TABLES, TableColumn, TableKind
from journeykit.model.voting import grouped, ranking, ties
from journeykit.model.workshop import (
    AgendaItem,
    Canvas,
    DataTable,
    Lane,
    Objective,
    Persona,
    Promise,
    Step,
    Workshop,
)

__all__ = [
    "CHANGES",
    "EVERYBODY",
    "EVIDENCE",
    "LANES",
    "OPERATIONS",
    "PHASES",
    "RECORD_KINDS",
    "STAGE_PRESETS",
    "TABLES",
    "WALKED",
    "AgendaItem",
    "Canvas",
    "Card",
    "Change",
    "Claim",
    "DataTable",
    "EventMatch",
    "Guess",
    "History",
    "Journey",
    "Lane",
    "Meeting",
    "Note",
    "Objective",
    "Operation",
    "Persona",
    "Promise",
    "Record",
    "Round",
    "Stage",
    "Step",
    "TableColumn",
    "TableKind",
    "Vote",
    "Walk",
    "Word",
    "Workshop",
    "apply",
    "difference",
    "free_name",
    "grouped",
    "join",
    "merge_cards",
    "merge_fields",
    "merge_words",
    "new_id",
    "ranking",
    "settle",
    "slug",
    "ties",
]
