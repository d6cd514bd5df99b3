"""What all phases share: panels that know their phase, questions that save themselves."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pandas import DataFrame

from journeykit import charts
from journeykit.errors import JourneykitError, did_you_mean
from journeykit.model import PHASES, slug
from journeykit.numbers import few
from journeykit.numbers.catalogue import CATALOGUE, Number, told
from journeykit.widgets import Room, Timer, bring, parts_of, slim_html, take_home
from journeykit.words import column_of, label, spoken

from .asking import Asking, Row
from .panel import Panel, not_measured, plain
from .session import Session


class Phase(Asking):
    """One phase of the workshop, as its notebook calls it."""

    id: ClassVar[str]
    numbers: ClassVar[str] = ""
    """What it shows of the catalogue: the names, or ``question=number`` where they differ."""
    asked: ClassVar[Mapping[str, str]] = {}

    def __init__(self, session: Session) -> None:
        self.w = session

    def __init_subclass__(cls) -> None:
        parts = (each.partition("=") for each in cls.numbers.split())
        cls.asked = {question: number or question for question, _, number in parts}

    def __repr__(self) -> str:
        return f"<{PHASES[self.id]}: {self.w!r}>"

    def panel(self, id: str, title: str, sentence: str = "", **more: Any) -> Panel:
        """Make a panel of this phase; notes and SQL of the frame come along."""
        frame = more.get("frame")
        if isinstance(frame, list):
            frame = more["frame"] = DataFrame(frame)
        if frame is not None:
            more["notes"] = [*more.get("notes", ()), *map(spoken, frame.attrs.get("notes", []))]
            more.setdefault("sql", str(frame.attrs.get("sql", "")))
        self.w.phase = self.id
        made = Panel(id, self.id, title, sentence, **more)
        return made if self.w.live else made.outgoing()

    def __getattr__(self, name: str) -> Any:
        """Show a number of the catalogue here: ``phase.retention(by="device")``."""
        known = self.asked.get(name, name)
        if name.startswith("_") or known not in CATALOGUE:
            open = {each for each in dir(self) if not each.startswith("_")}
            near = did_you_mean(name, sorted({*open, *CATALOGUE}))
            raise AttributeError(f"{type(self).__name__} has no question {name!r}. {near}")
        made = CATALOGUE[known]

        def shown(*given: Any, **options: Any) -> Panel:
            return self._answered(made, given, options)

        shown.__name__, shown.__doc__ = name, made.function.__doc__
        return shown

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.asked]

    def _answered(self, made: Number, given: Sequence[Any], options: Row) -> Panel:
        """Ask a number of the catalogue and show it as its declaration says."""
        options = {**dict(zip(made.free, given)), **options}
        view, by = self.w, options.get("by") or getattr(made.parameters.get("by"), "default", "")
        by = by if isinstance(by, str) else ""
        id = made.id.format(by=by.replace("_", "-"))
        title = made.ask.format(by=label(by).lower(), persona=view.persona.name)
        if said := made.differs(options):  # beside the question as the kit asks it, not over it
            id, title = f"{id}-{slug(said, 'other')[:40].strip('-')}", f"{title} ({said})"
        try:
            view.cover(made.name)
            frame = few.answer(made, view, *given[len(made.free) :], **options)
            return self._panel_of(made, id, title, frame, by)
        except JourneykitError as problem:
            return self.panel(id, title, **not_measured(problem, view))

    def _panel_of(self, made: Number, id: str, title: str, frame: DataFrame, by: str) -> Panel:
        view, names = self.w, self.w.stage_names
        shown = told(made.show, frame=frame, view=view) if made.show else frame
        keys = {column.key for column in made.columns} & {*shown.columns}
        stages = keys & {"stage", "from_stage", "to_stage"} | {"broken_by"} & {*shown.columns}
        shown = shown.assign(**{c: [names.get(s, s) for s in shown[c]] for c in stages})
        shown.attrs = frame.attrs
        drawn = frame.attrs.get("drawn", shown)
        counts, unit = str(told(made.counts, frame=shown, view=view)), {}
        if (asked := frame.attrs.get("asked", {}).get("unit", "user")) != "user":
            counts = counts.replace("Customers", f"{asked.capitalize()}s")
            unit = {} if "users" in shown else {"users": column_of(f"{asked}s")}
        columns = [unit.get(c.key, c) for c in made.columns if c.key != by]
        if by and by in shown.columns:
            columns.insert(0, column_of(by))
        return self.panel(
            id,
            title,
            spoken(made.sentence(shown, view)),
            counts=counts,
            frame=shown,
            columns=columns,
            chart=getattr(charts, made.chart)(drawn) if made.chart and len(drawn) else None,
            notes=[*(view.blind_steps if "steps" in made.parameters else ()), *made.notes],
            numbers=plain(told(made.result, frame=shown, view=view) or {}),
        )

    def timer(self) -> Any:
        """Show in a slim bar how many minutes are left; in a batch run how many were planned."""
        if not self.w.live:
            from IPython.display import HTML

            return HTML(slim_html(parts_of(self.w.workshop), self.id))
        made = Timer(self.w.desk, self.id)
        made.still = lambda: slim_html(made.view()["parts"], self.id)
        return made

    def room(self) -> Any:
        """Hold a room that phones join by a code; in a batch run there is none."""
        return Room(self.w.desk, self.w.persona_id) if self.w.live else None

    def bring(self) -> Any:
        """Bring files, see what each is, and use them; in a batch run there is nothing."""
        return bring(self.w.desk) if self.w.live else None

    def take_home(self) -> Any:
        """Save slides, a workbook, paper or text to take home; in a batch run there is nothing."""
        return take_home(self.w.desk) if self.w.live else None
