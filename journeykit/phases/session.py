"""An open workshop: the folder, one persona, and the data that belongs to that persona."""

import os
from functools import cached_property
from glob import glob
from itertools import chain
from pathlib import Path
from typing import Any

from pandas import DataFrame

from journeykit.claims.deliveries import know
from journeykit.claims.gate import Gate, gate_of
from journeykit.engine import cache_folder, is_name
from journeykit.errors import DataError, WorkshopError, did_you_mean
from journeykit.model import TABLES, Data, Journey, Names, Persona, Promise, Workshop
from journeykit.store import Desk, Folder, desk_of
from journeykit.tables import Events, divided, read_events, read_table, rows_within

from .find import is_live
from .guessed import Guessed


class Session(Guessed):
    """One persona of an open workshop; made by :func:`journeykit.open_workshop`.

    Attributes
    ----------
    folder : Folder
        The workshop folder; every answer is saved there.
    workshop, persona : Workshop, Persona
        What the folder says now.
    events : Events or None
        The events of this persona's customers.
    live : bool
        True in JupyterLab, False in a batch run, where pictures replace the forms.
    """

    def __init__(
        self,
        folder: Folder,
        persona: str | None = None,
        data: str | Path | None = None,
        *,
        since: str | None = None,
        until: str | None = None,
        results: str | None = None,
        journey: str | None = None,
    ) -> None:
        self.folder = folder
        ids = folder.persona_ids()
        if not ids:
            raise WorkshopError(f"{folder.root} has no persona; add personas/<id>.yaml")
        self.persona_id = persona or (
            folder.journey(journey).persona if journey else folder.workshop().persona or ids[0]
        )
        folder.persona(self.persona_id)  # an unknown one is refused here
        self.source, self.journey_id = str(data or ""), journey or ""
        if journey and (other := folder.journey(journey)) not in self.journeys:
            mine = [each.id for each in self.journeys]
            raise WorkshopError(
                f"{journey!r} is the {other.kind} map of {other.persona!r}, and no as-is journey "
                f"of {self.persona_id!r}. {did_you_mean(journey, mine)}"
            )
        self.since, self.until = since or None, until or None
        self.results = Path(results) if results else None
        self.live = is_live()
        self._tables: dict[str, DataFrame | None] = {}
        self.phase = "start-here"  # whose panel was shown last: what is shown next stands beside it

    def __repr__(self) -> str:
        return f"<workshop {self.workshop.name!r} for {self.persona.name}>"

    @property
    def workshop(self) -> Workshop:
        """What ``workshop.yaml`` says now."""
        return self.folder.workshop()

    @property
    def persona(self) -> Persona:
        """What the persona's file says now."""
        return self.folder.persona(self.persona_id)

    @property
    def desk(self) -> Desk:
        """Where the widgets of this folder hand in what was changed."""
        return desk_of(self.folder)

    @property
    def journey(self) -> Journey:
        """The as-is map that was chosen, or the main one; an empty one where there is none yet."""
        if self.journey_id:
            return self.folder.journey(self.journey_id)
        mine = self.persona_id
        empty = Journey(id=mine, name=f"Journey of {self.persona.name}", persona=mine)
        return next(iter(self.journeys), empty)

    @property
    def journeys(self) -> list[Journey]:
        """All as-is maps of this persona: the one that was chosen, or the main one, comes first."""
        mine = self.folder.journeys_of(self.persona_id)
        return sorted(mine, key=lambda each: each.id != self.journey_id)

    @property
    def to_be(self) -> Journey | None:
        """The first to-be map of this journey, if there is one."""
        return self.pairs[0][1]

    @property
    def pairs(self) -> list[tuple[Journey, Journey | None]]:
        """Each as-is map of this persona with each to-be map of it; the chosen one first."""
        plans: list[Any] = [(j, self.folder.as_is_of(j)) for j in self.planned]
        return [
            (now, then)
            for now in self.journeys or [self.journey]
            for then in [j for j, of in plans if of in (None, now)] or [None]
        ]

    @property
    def planned(self) -> list[Journey]:
        """All to-be maps of this persona."""
        return self.folder.journeys_of(self.persona_id, "to-be")

    def _source(self, kind: str) -> tuple[Path | str | None, Data]:
        """Say where a table comes from: the data given for this run, or the workshop's."""
        table, root, own = self.workshop.data.get(kind), self.folder.root, None
        options: Data = {"cache": cache_folder(), "timezone": self.workshop.timezone}
        if table:
            options |= {"columns": table.columns, "day_first": table.day_first or None}
            own = table.source if is_name(table.source) else root / os.path.expanduser(table.source)
        if not self.source or is_name(self.source):
            return (self.source if self.source and kind == "events" else own), options
        given = Path(os.path.expanduser(self.source))
        if not given.is_absolute() and not glob(divided(given)[0]):
            given = root / given
        if not given.is_dir():
            return (given if kind == "events" else own), options
        found = sorted(given.glob(f"{kind}.*"))
        if kind == "events" and not found:
            raise DataError(f"the folder {self.source!r} holds no events.csv or events.parquet")
        return (found[0] if found else None), options

    @cached_property
    def all_events(self) -> Events | None:
        """The events of everybody, prepared once and shared by all notebooks; or None."""
        source, options = self._source("events")
        if source is None:
            return None
        if identity := self.workshop.identity:
            options["identity"] = identity.plain()
        options |= {"since": self.since, "until": self.until}
        return know(read_events(str(source), **options), self.workshop)

    @cached_property
    def events(self) -> Events | None:
        """The events of this persona's customers, or None where there is no log."""
        log, segment = self.all_events, self.persona.segment
        return log.segment(segment) if log and segment else log

    @cached_property
    def gate(self) -> Gate:
        """Whether anything may be concluded from this data."""
        return gate_of(self)

    @property
    def days(self) -> int:
        """How many days the events of this persona cover, at least one."""
        log = self.events
        return max((log.end - log.start).days, 1) if log and log.start and log.end else 1

    @property
    def kinds(self) -> list[str]:
        """The kinds of tables besides the events."""
        return [*TABLES][1:]

    def table(self, kind: str, *, everybody: bool = False) -> DataFrame | None:
        """Read a table besides the events, for this persona or for everybody; or None.

        A table without user ids is filtered by the columns of the segment that it has; where
        it has none, it is shown for all, and ``attrs["for_all"]`` says so.
        """
        if kind not in self._tables:
            self._tables[kind] = self._read(kind)
        frame = self._tables[kind]
        if frame is None or everybody:
            return frame
        return self.once(("table", kind), lambda: self._of_persona(frame))

    def _read(self, kind: str) -> DataFrame | None:
        source, options = self._source(kind)
        if source is None:
            return None
        if kind == "surveys":
            options["scales"] = self.scales
        return rows_within(read_table(kind, str(source), **options), self.since, self.until)

    def _of_persona(self, frame: DataFrame) -> DataFrame:
        if not self.persona.segment:
            return frame
        if "user_id" in frame.columns and self.all_events is not None:
            asked = frame["user_id"].dropna()
            ours = self.all_events.segment_users(self.persona.segment, among=asked)["user_id"]
            return frame[frame["user_id"].isin(set(ours))]
        shared = {c: vs for c, vs in self.persona.segment.items() if c in frame.columns}
        if not shared:
            frame = frame.copy()
            frame.attrs["for_all"] = True
        for column, values in shared.items():
            frame = frame[frame[column].astype(str).isin(values)]
        return frame

    @property
    def data_name(self) -> str:
        """The name of the event log, without the folders that lead to it."""
        source = self._source("events")[0]
        return source.name if isinstance(source, Path) else source or ""

    def _seen(self, named: Data) -> Data:
        """Keep what the data can see; a name that nobody has is no reason to stop the phase."""
        if self.all_events is None:
            return {name: [*matches] for name, matches in named.items() if matches}
        columns, names = {"event", *self.all_events.columns}, self.all_events.names
        return {
            name: kept
            for name, matches in named.items()
            if (kept := [m for m in matches if {*m.columns} <= columns and m.names(names)])
        }

    @cached_property
    def steps(self) -> Data:
        """The funnel: step name to events, as far as the data has them."""
        return self._seen(self.workshop.steps())

    @property
    def blind_steps(self) -> list[str]:
        """Sentences about the funnel steps that the data does not have."""
        return [
            f"The step “{name}” is left out: none of its events is in the data."
            for name in self.workshop.steps()
            if name not in self.steps
        ]

    @cached_property
    def stages(self) -> Data:
        """The stages that the data can see: stage id to events."""
        return self._seen({s.id: s.events for s in self.workshop.stages})

    @property
    def stage_names(self) -> Names:
        """Stage id to the name that people read."""
        return self.workshop.stage_names()

    @property
    def segments(self) -> dict[str, Data]:
        """The personas that are a part of the customers, by name: what they are in the data."""
        return {each.name: each.segment for each in self.folder.personas().values() if each.segment}

    @property
    def groups(self) -> list[str]:
        """The columns that tell customers apart: device, channel, and what personas are made of."""
        return [*dict.fromkeys(["device", "channel", *chain(*self.segments.values())])]

    @property
    def promises(self) -> tuple[Promise, ...]:
        """The promises of the workshop."""
        return self.workshop.promises

    @property
    def scales(self) -> Names:
        """The scale of each survey measure that the workshop states."""
        told = self.workshop.data.get("surveys")
        return dict(told.scales) if told else {}

    @property
    def experiments(self) -> list[Any]:
        """The experiments on record."""
        return self.folder.records("experiments")

    @property
    def released(self) -> list[Any] | None:
        """The quotes that may go out; None in a live notebook, where the team sees all, masked."""
        return None if self.live else self.folder.records("quotes")

    @property
    def goal(self) -> list[Any]:
        """The events that mean success; without any, those of the last funnel step.

        Raises
        ------
        DataError
            Where none of them is in the data.
        """
        wanted = self.workshop.goal
        last = next(reversed(self.steps.values()), None)
        found = self._seen({"goal": wanted}).get("goal") if wanted else last
        if not found:
            said = " or ".join(map(str, wanted)) or "a last step"
            raise DataError(f"the goal, {said}, is not in the data")
        return found
