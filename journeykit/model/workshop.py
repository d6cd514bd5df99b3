"""The workshop: what the team works on, with which data, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from journeykit.errors import did_you_mean
from journeykit.model.base import Id, Silence, Text, Texts, Word, one_of
from journeykit.model.journey import Journey, Stage
from journeykit.model.match import EventMatch, Matches, Segment
from journeykit.model.presets import LANES
from journeykit.model.tables import TABLES

__all__ = [
    "AgendaItem",
    "Canvas",
    "DataTable",
    "Lane",
    "Objective",
    "Persona",
    "Promise",
    "Step",
    "Workshop",
]

MEASURES = ("conversion", "repeat-purchase", "nps", "csat", "ces", "sus", "promise", "step")
PROMISE_MEASURES = [c.name for kind in TABLES.values() for c in kind.columns if c.promised]


class Objective(Word):
    """A business goal with its measure; the baseline comes from the data.

    ``measure`` is one of ``conversion``, ``repeat-purchase``, ``nps``, ``csat``, ``ces``,
    ``sus``, ``promise`` (with ``of``: a promise id) or ``step`` (with ``of``: a funnel step).
    ``target`` is a rate from 0 to 1 for shares, the score itself for surveys.
    """

    id: Id
    goal: Text
    measure: Annotated[str, AfterValidator(one_of(*MEASURES))]
    of: Text = ""
    target: float
    by: date | None = None
    owner: Text = ""


class Promise(Word):
    """What the brand promises, with the measure that shows whether it is kept.

    Kept for a customer when ``measure`` is at most ``limit`` (or the row's own
    ``limit_column``; for ``satisfaction`` at least); kept as a whole when that holds for
    ``share`` of the cases.
    """

    id: Id
    text: Text
    stage: Id
    measure: Annotated[str, AfterValidator(one_of(*PROMISE_MEASURES))] | None = None
    limit: float | None = None
    limit_column: Text = ""
    share: Annotated[float, Field(gt=0, le=1)] = 0.8
    channel: Text = ""
    owner: Text = ""


class AgendaItem(Word):
    """A part of the session, with the facilitator's own notes."""

    what: Text
    minutes: Annotated[int, Field(gt=0, le=600)]
    phase: Id | None = None
    notes: Text = ""


class DataTable(Word):
    """Where one table comes from and what its columns are called there."""

    source: Text
    columns: dict[str, str] = {}
    day_first: bool = False
    scales: dict[str, str] = {}


class Lane(Word):
    """A lane that the team renamed or added."""

    id: Id
    name: Text


class Step(Word):
    """A step of the funnel; any of its events counts."""

    name: Text
    events: Matches
    stage: Id | None = None


class Canvas(Word):
    """Who the persona is: behaviour and motivation, not only demographics."""

    goals: Texts = ()
    triggers: Texts = ()
    motivators: Texts = ()
    fears: Texts = ()
    needs: Texts = ()
    interests: Texts = ()
    decision_process: Texts = ()
    preferred_form: Texts = ()
    emotions: Texts = ()
    demographics: Texts = ()


class Persona(Word):
    """A kind of customer; ``segment`` says which customers in the data it is."""

    id: Id
    name: Text
    tagline: Text = ""
    quote: Text = ""
    segment: Segment = {}
    canvas: Canvas = Canvas()


class Workshop(Word):
    """The top of the folder, ``workshop.yaml``."""

    name: Text
    industry: Text = ""
    description: Text = ""
    owner: Text = ""
    currency: Text = ""
    review_days: Annotated[int, Field(gt=0)] = 90
    reviewed: date | None = None
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    lanes: tuple[Lane, ...] = ()
    goal: Matches = ()
    funnel: tuple[Step, ...] = ()
    objectives: tuple[Objective, ...] = ()
    promises: tuple[Promise, ...] = ()
    criteria: Texts = ()
    agenda: tuple[AgendaItem, ...] = ()
    silence: Silence = {}
    data: dict[Annotated[str, AfterValidator(lambda kind: one_of(*TABLES)(kind))], DataTable] = {}

    @model_validator(mode="after")
    def _refers_to_what_is_there(self) -> Self:
        ids = [stage.id for stage in self.stages]
        for kind, words in (
            ("stage", ids),
            ("objective", [o.id for o in self.objectives]),
            ("promise", [p.id for p in self.promises]),
        ):
            twice = next((word for word in words if words.count(word) > 1), None)
            if twice:
                raise PydanticCustomError(
                    "twice",
                    "two of the kind {kind} have the id '{id}'",
                    {"kind": kind, "id": twice},
                )
        used = [(f"promise {p.id!r}", p.stage) for p in self.promises]
        used += [(f"funnel step {s.name!r}", s.stage) for s in self.funnel if s.stage]
        for who, stage in used:
            if stage not in ids:
                raise PydanticCustomError(
                    "unknown_stage",
                    "the {who} names the stage '{stage}', which is not among the stages. {hint}",
                    {"who": who, "stage": stage, "hint": did_you_mean(stage, ids)},
                )
        return self

    def stage(self, stage_id: str) -> Stage:
        """Return a stage by id."""
        return next(stage for stage in self.stages if stage.id == stage_id)

    def lane_names(self) -> dict[str, str]:
        """Return lane id to name, the team's own lanes and names included."""
        return {**LANES, **{lane.id: lane.name for lane in self.lanes}}

    def steps(self) -> dict[str, tuple[EventMatch, ...]]:
        """Return the funnel, step name to events; without a funnel, the stages that have events."""
        if self.funnel:
            return {step.name: step.events for step in self.funnel}
        return {stage.name: stage.events for stage in self.stages if stage.events}

    def problems_of(
        self, journey: Journey, personas: Iterable[str] = ()
    ) -> list[tuple[str, str, str]]:
        """List what a journey names and the workshop does not have, as (card id, key, sentence).

        For what no card names the card id is empty and the key begins at the top of the file.
        """
        ids, lanes = [stage.id for stage in self.stages], self.lane_names()
        promises, cards = [p.id for p in self.promises], [card.id for card in journey.cards]
        found: list[tuple[str, str, str]] = []
        for card in journey.cards:
            for key, what, value, allowed in (
                ("stage", "stage", card.stage, ids),
                ("lane", "lane", card.lane, list(lanes)),
                ("promise", "promise", card.promise, promises),
                ("serves", "card to serve", card.serves, cards),
            ):
                if value is not None and value not in allowed:
                    hint = did_you_mean(value, allowed, show=20)
                    found.append((card.id, key, f"there is no {what} '{value}'. {hint}"))
            if card.claim:
                wrong = card.claim.problems(list(self.steps()), ids, promises, list(personas))
                found += [(card.id, f"claim.{key}", sentence) for key, sentence in wrong]
        for place, change in enumerate(journey.changes):
            wrong = change.problems(list(self.steps()), ids, cards)
            found += [("", f"changes.{place}.{key}", sentence) for key, sentence in wrong]
        return found
