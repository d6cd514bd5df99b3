"""The workshop: what the team works on, with which data, in which order."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from journeykit.errors import did_you_mean

from .base import (
    Data,
    Day,
    Id,
    Keys,
    Model,
    Names,
    Problems,
    Ref,
    Share,
    Silence,
    Text,
    Texts,
    Zone,
    check_once,
    one_of,
    read_share,
    rule,
    unknown,
    with_sign,
    wrong,
)
from .journey import Card, Journey, Stage
from .match import EventMatch, Matches, Segment
from .presets import LANES
from .sources import DataTable, Identity, Sources
from .tables import TABLES

SCHEMA = 2
"""The version of a workshop folder that the kit reads and writes."""
MEASURES = "conversion repeat-purchase nps csat ces sus promise step".split()
SHARES = "conversion repeat-purchase promise step".split()
"""Those that are shares; of the others csat is in per cent, and the rest are scores."""
PROMISE_MEASURES = [c.name for kind in TABLES.values() for c in kind.columns if c.promised]


class Objective(Model):
    """A business goal with its measure; the baseline comes from the data.

    ``measure`` is one of ``conversion``, ``repeat-purchase``, ``nps``, ``csat``, ``ces``,
    ``sus``, ``promise`` (with ``of``: a promise id) or ``step`` (with ``of``: a funnel step).
    ``target`` is a share (``16%``, ``16`` and ``0.16`` are the same) for conversion, repeat
    purchase, promise and step, the score itself for surveys.
    """

    id: Id
    goal: Text
    measure: Annotated[str, one_of(*MEASURES)]
    of: Text = ""
    target: float
    by: Day = None
    owner: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _in_its_unit(cls, data: Any) -> Any:
        told = data.get("target") if isinstance(data, dict) else None
        if told is None:
            return data
        share = data.get("measure") in SHARES
        target = read_share(told) if share else with_sign(str(told)).replace(",", ".")
        if data.get("measure") == "csat":
            target = target.removesuffix("%")
        if isinstance(target, float) and not 0 <= target <= 1:
            said = f"{told} is no share: a target of {data['measure']} lies between 0% and 100%"
            raise wrong(said, "target")
        return {**data, "target": target}


class Promise(Model):
    """What the brand promises, with the measure that shows whether it is kept.

    Kept for a customer when ``measure`` is at most ``limit`` (or the row's own
    ``limit_column``; for ``satisfaction`` at least); kept as a whole when that holds for
    ``share`` of the cases.
    """

    id: Id
    text: Text
    stage: Id
    measure: Annotated[str, one_of(*PROMISE_MEASURES)] | None = None
    limit: float | None = None
    limit_column: Text = ""
    share: Annotated[Share, Field(gt=0, le=1)] = 0.8
    channel: Text = ""
    owner: Text = ""


class AgendaItem(Model):
    """A part of the session, with the facilitator's own notes."""

    what: Text
    minutes: Annotated[int, Field(gt=0, le=600)]
    phase: Ref = None
    notes: Text = ""


class Lane(Model):
    """A lane that the team renamed or added."""

    id: Id
    name: Text


class Step(Model):
    """A step of the funnel; any of its events counts."""

    name: Text
    events: Matches
    stage: Ref = None


class Canvas(Model):
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


class Persona(Model):
    """A kind of customer; ``segment`` says which customers in the data it is."""

    id: Id
    name: Text
    tagline: Text = ""
    quote: Text = ""
    segment: Segment = {}
    canvas: Canvas = Canvas()


class Privacy(Model):
    """What may be told of few: groups of fewer customers are joined into "others"; 1 joins none."""

    smallest_group: Annotated[int, Field(ge=1)] = 5


class Workshop(Model):
    """The top of the folder, ``workshop.yaml``; `schema` is the version of the folder.

    ``persona`` is opened where nobody says which.
    ``session`` counts the sessions: rounds of notes and guesses are of one of them.
    ``timezone`` says whose day it is: days, weeks, months and hours of times that have a zone.
    """

    version: Annotated[int, Field(alias="schema", ge=1, le=SCHEMA)] = SCHEMA
    name: Text
    industry: Text = ""
    description: Text = ""
    owner: Text = ""
    currency: Text = ""
    persona: Ref = None
    session: Annotated[int, Field(ge=1)] = 1
    review_days: Annotated[int, Field(gt=0, le=36_500)] = 90
    reviewed: Day = None
    timezone: Zone = ""
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    lanes: tuple[Lane, ...] = ()
    goal: Matches = ()
    funnel: tuple[Step, ...] = ()
    objectives: tuple[Objective, ...] = ()
    promises: tuple[Promise, ...] = ()
    criteria: Texts = ()
    agenda: tuple[AgendaItem, ...] = ()
    silence: Silence = {}
    privacy: Privacy = Privacy()
    identity: Identity | None = None
    sources: Annotated[Sources, Field(alias="data")] = Sources.model_validate({})

    @rule
    def _refers_to_what_is_there(self) -> Self:
        for kind in ("stages", "objectives", "promises"):
            check_once(kind, getattr(self, kind))
        check_once("stages", self.stages, "name")
        check_once("funnel", self.funnel, "name")
        ids = self.stage_names()
        for kind, who in (("promises", "promise {0.id!r}"), ("funnel", "funnel step {0.name!r}")):
            for place, item in enumerate(getattr(self, kind)):
                if item.stage not in (None, *ids):
                    said = f"the {who.format(item)} names the stage '{item.stage}', "
                    said += f"which is not among the stages. {did_you_mean(item.stage, ids)}"
                    raise wrong(said, kind, place, "stage")
        return self

    @property
    def data(self) -> dict[str, DataTable]:
        """The tables that are named, by kind."""
        return self.sources.__pydantic_extra__

    def plain(self, without: Collection[str] = ()) -> Data:
        """Return what was filled in, and the version of the folder."""
        return {"schema": SCHEMA, **super().plain(without)}

    def now(self) -> datetime:
        """Return the time in the zone of the workshop, or without one of this machine."""
        return datetime.now(UTC).astimezone(ZoneInfo(self.timezone) if self.timezone else None)

    def review_due(self, seen: date) -> date:
        """Return when what was seen on a day is to be reviewed; at the latest in the year 9999."""
        every = timedelta(self.review_days)
        return min(seen, date.max - every) + every

    def stage(self, stage_id: str) -> Stage:
        """Return a stage by id."""
        return next(stage for stage in self.stages if stage.id == stage_id)

    def lane_names(self) -> Names:
        """Return lane id to name, the team's own lanes and names included."""
        return {**LANES, **{lane.id: lane.name for lane in self.lanes}}

    def stage_names(self) -> Names:
        """Return stage id to name, in their order."""
        return {stage.id: stage.name for stage in self.stages}

    def names(self) -> Names:
        """Return the id of each lane and each stage to its name."""
        return self.lane_names() | self.stage_names()

    def in_order(self, journey: Journey) -> tuple[Card, ...]:
        """Return the cards of a journey stage by stage and lane by lane."""
        return journey.sorted(self.stage_names(), self.lane_names()).cards

    def steps(self) -> dict[str, tuple[EventMatch, ...]]:
        """Return the funnel, step name to events; without a funnel, the stages that have events."""
        named = self.funnel or self.stages
        return {each.name: each.events for each in named if each.events or self.funnel}

    def problems_of(
        self, journey: Journey, personas: Collection[str] = ()
    ) -> list[tuple[Keys, str]]:
        """List what a journey names and the workshop does not have, as (path in its file,
        sentence).
        """
        ids, lanes, steps = self.stage_names(), self.lane_names(), self.steps()
        promises, cards = [p.id for p in self.promises], [card.id for card in journey.cards]
        looked = list[tuple[Keys, Problems]]()
        for place, card in enumerate(journey.cards):
            names = [
                ("stage", "stage", card.stage, ids),
                ("lane", "lane", card.lane, lanes),
                ("promise", "promise", card.promise, promises),
                ("serves", "card to serve", card.serves, cards),
            ]
            looked.append((("cards", place), unknown(names)))
            if card.claim:
                found = card.claim.problems(steps, ids, promises, personas)
                looked.append((("cards", place, "claim"), found))
        for place, change in enumerate(journey.changes):
            looked.append((("changes", place), change.problems(steps, ids, cards)))
        return [((*where, key), said) for where, found in looked for key, said in found]
