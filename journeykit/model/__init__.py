"""The words of the kit: what a workshop, a persona, a journey and a card are. No I/O."""

from journeykit.model.base import Word, merge_fields, slug
from journeykit.model.journey import Card, Journey, Stage, merge_cards
from journeykit.model.match import EventMatch
from journeykit.model.operations import OPERATIONS, Operation, apply, difference, put
from journeykit.model.presets import EVIDENCE, LANES, PHASES, STAGE_PRESETS
from journeykit.model.records import RECORD_KINDS, Meeting, Record, Walk
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
    "EVIDENCE",
    "LANES",
    "OPERATIONS",
    "PHASES",
    "RECORD_KINDS",
    "STAGE_PRESETS",
    "AgendaItem",
    "Canvas",
    "Card",
    "DataTable",
    "EventMatch",
    "Journey",
    "Lane",
    "Meeting",
    "Objective",
    "Operation",
    "Persona",
    "Promise",
    "Record",
    "Stage",
    "Step",
    "Walk",
    "Word",
    "Workshop",
    "apply",
    "difference",
    "merge_cards",
    "merge_fields",
    "put",
    "slug",
]
