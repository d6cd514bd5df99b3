"""What all phases share: panels that know their phase, questions that save themselves."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd

from journeykit import charts
from journeykit.errors import JourneykitError, NoTable, did_you_mean
from journeykit.model import PHASES, RECORD_KINDS, Journey, new_id
from journeykit.numbers.catalogue import CATALOGUE, Number
from journeykit.phases.panel import Panel, needs, plain
from journeykit.phases.rounds import Rounds
from journeykit.phases.session import Session
from journeykit.widgets import Field, Live, Timer, form, parts_of, rows_form, slim_html
from journeykit.words import column_of, label, spoken


class Phase(Rounds):
    """One phase of the workshop, as its notebook calls it."""

    id: ClassVar[str]
    numbers: ClassVar[str] = ""
    """What it shows of the catalogue: the names, or ``question=number`` where they differ."""
    asked: ClassVar[Mapping[str, str]] = {}

    def __init__(self, session: Session) -> None:
        self.w = session

    def __init_subclass__(cls) -> None:
        """Let a question that this data cannot answer say so, and the phase go on."""
        parts = (each.partition("=") for each in cls.numbers.split())
        cls.asked = {question: number or question for question, _, number in parts}
        for name, method in list(vars(cls).items()):
            if inspect.isfunction(method) and not name.startswith(("_", "ask")):
                setattr(cls, name, _refused(method))

    def __repr__(self) -> str:
        return f"<{PHASES[self.id]}: {self.w!r}>"

    def panel(self, id: str, title: str, sentence: str = "", **more: Any) -> Panel:
        """Make a panel of this phase; notes and SQL of the frame come along.

        ``rows`` is a list of mappings in place of a frame.
        """
        rows = more.pop("rows", None)
        frame = more.setdefault("frame", None if rows is None else pd.DataFrame(rows))
        if frame is not None:
            more["notes"] = [*more.get("notes", ()), *map(spoken, frame.attrs.get("notes", []))]
            more.setdefault("sql", str(frame.attrs.get("sql", "")))
        self.w.phase = self.id
        return Panel(id, self.id, title, sentence, **more)

    def __getattr__(self, name: str) -> Any:
        """Show a number of the catalogue here: ``phase.retention(by="device")``."""
        known = self.asked.get(name, name)
        if name.startswith("_") or known not in CATALOGUE:
            near = did_you_mean(name, sorted({*dir(self), *CATALOGUE}))
            raise AttributeError(f"{type(self).__name__} has no question {name!r}. {near}")
        made = CATALOGUE[known]

        def shown(*given: Any, **options: Any) -> Panel:
            free = [p for p in made.parameters if p not in made.supplied]
            return self._answered(made, {**dict(zip(free, given)), **options})

        shown.__name__, shown.__doc__ = name, made.function.__doc__
        return shown

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.asked]

    def _answered(self, made: Number, options: dict[str, Any]) -> Panel:
        """Ask a number of the catalogue and show it as its declaration says."""
        view, by = self.w, options.get("by") or getattr(made.parameters.get("by"), "default", "")
        by = by if isinstance(by, str) else ""
        id = made.id.format(by=by.replace("_", "-"))
        title = made.ask.format(by=label(by).lower(), persona=view.persona.name)
        try:
            return self._panel_of(made, id, title, made.answer(view, **options), by)
        except JourneykitError as problem:
            missing = {"missing": problem.table} if isinstance(problem, NoTable) else {}
            return self.panel(id, title, f"Not measured: {problem}", numbers=missing)

    def _panel_of(self, made: Number, id: str, title: str, frame: pd.DataFrame, by: str) -> Panel:
        view, names = self.w, self.w.stage_names
        shown = made.show(frame, view) if made.show else frame
        keys = {column.key for column in made.columns} & {*shown.columns}
        stages = keys & {"stage", "from_stage", "to_stage"}
        shown = shown.assign(**{c: [names.get(s, s) for s in shown[c]] for c in stages})
        shown.attrs = frame.attrs
        drawn = frame.attrs.get("drawn", shown)
        columns = [column_of(by)] if by and by in shown.columns else []
        return self.panel(
            id,
            title,
            made.sentence(shown, view),
            counts=made.counts(shown, view) if callable(made.counts) else made.counts,
            frame=shown,
            columns=[*columns, *(column for column in made.columns if column.key != by)],
            chart=getattr(charts, made.chart)(drawn) if made.chart and len(drawn) else None,
            notes=[*(view.blind_steps if "steps" in made.parameters else ()), *made.notes],
            numbers=plain(dict(made.result(shown, view))) if made.result else {},
        )

    def needs(self, id: str, title: str, table: str, columns: str) -> Panel:
        """Make the panel of a question whose table is missing."""
        return needs(id, self.id, title, table, columns)

    # --- questions ------------------------------------------------------------------------

    def ask(
        self,
        id: str,
        title: str,
        fields: Sequence[Field],
        values: Mapping[str, Any],
        save: Callable[[dict[str, Any]], None],
    ) -> Any:
        """Ask with a form in JupyterLab; in a batch run show what was answered."""
        if self.w.live:
            return form(title, fields, values, save)
        rows = [{"question": f.label, "answer": _said(values.get(f.key), f)} for f in fields]
        return self._answers(id, title, pd.DataFrame(rows), any(r["answer"] for r in rows))

    def ask_rows(
        self,
        id: str,
        title: str,
        fields: Sequence[Field],
        rows: Sequence[Mapping[str, Any]],
        save: Callable[[list[dict[str, Any]]], None],
        **more: Any,
    ) -> Any:
        """Ask for many rows; in a batch run show what was answered."""
        if self.w.live:
            return rows_form(title, fields, rows, save, **more)
        said = [{f.label: _said(row.get(f.key), f) for f in fields} for row in rows]
        return self._answers(id, title, pd.DataFrame(said), bool(said))

    def ask_records(
        self, kind: str, title: str, fields: Sequence[Field], name: str, add: str, **first: Any
    ) -> Any:
        """Ask for the records of a kind; a row is one when it has its ``name``.

        ``first`` is what a new row has where its field is empty.
        """

        def save(told: list[dict[str, Any]]) -> None:
            for row in told:
                row |= {k: row.get(k) or v for k, v in first.items() if not row.get("id")}
            self.save_rows(kind, told, name)

        return self.ask_rows(
            f"{kind}-asked",
            title,
            fields,
            [record.plain() for record in self.w.folder.records(kind)],
            save,
            add=add,
            fixed=["id", "persona"],
        )

    def _stage_field(self) -> Field:
        return Field("stage", "Stage", "choice", [(n, i) for i, n in self.w.stage_names.items()])

    def unanswered(self, id: str, title: str) -> Panel:
        """Say that nobody has answered yet, and where to do it."""
        return self.panel(id, title, "Not answered yet. Open this notebook in JupyterLab to do it.")

    def _answers(self, id: str, title: str, frame: pd.DataFrame, answered: bool) -> Panel:
        if not answered:
            return self.unanswered(id, title)
        return self.panel(id, title, "What the team wrote.", frame=frame)

    def touch(self, widget: Callable[[], Live], still: Callable[[], Any]) -> Any:
        """Give the widget in JupyterLab; in a batch run the panel with its static picture."""
        return widget() if self.w.live else still()

    def timer(self) -> Any:
        """Show in a slim bar how many minutes are left; in a batch run how many were planned."""
        if not self.w.live:
            from IPython.display import HTML

            return HTML(slim_html(parts_of(self.w.workshop), self.id))
        made = Timer(self.w.desk, self.id)
        made.still = lambda: slim_html(made.view()["parts"], self.id)
        return made

    def decide(self) -> Any:
        """Ask what the team decided in this phase; saved under ``records/decisions``."""
        folder, kind = self.w.folder, RECORD_KINDS["decisions"]
        known = folder.record("decisions", self.id)
        values = known.plain() if known else {}
        if known:
            values["due"] = known.due

        def save(answers: dict[str, Any]) -> None:
            kept = folder.record("decisions", self.id)
            mine = {
                **(kept.plain() if kept else {"id": self.id}),
                "date": dt.date.today(),
                **answers,
            }
            folder.save_record("decisions", kind.model_validate(mine))

        fields = [
            Field("text", "What do we decide?", "long", help="One sentence is enough"),
            Field("owner", "Who sees to it?"),
            Field("due", "By when?", "date"),
            Field("done", "Phase done", "check", help="Yes, we are through with this phase"),
        ]
        return self.ask("decision", f"Decision: {PHASES[self.id]}", fields, values, save)

    # --- writing to the map ---------------------------------------------------------------

    def change_journey(self, change: Callable[[Journey], Journey]) -> None:
        """Apply a pure change to the as-is map and save it."""
        self.w.folder.save_journey(change(self.w.journey))

    def save_cards(self, rows: Sequence[dict[str, Any]], defaults: Mapping[str, Any]) -> None:
        """Save rows of a form as cards of the as-is map; new ones get an id, which is told back."""

        def change(journey: Journey) -> Journey:
            for row in rows:
                filled = {k: v for k, v in row.items() if v not in (None, "")}
                card_id = filled.pop("id", None)
                if card_id is None and not filled.get("text"):
                    continue
                if card_id is None:
                    before = {card.id for card in journey.cards}
                    journey = journey.add(**{**defaults, **filled})
                    row["id"] = next(c.id for c in journey.cards if c.id not in before)
                else:
                    journey = journey.change(card_id, **filled)
            return journey

        self.change_journey(change)

    def save_rows(self, kind: str, rows: Sequence[dict[str, Any]], name: str) -> None:
        """Save rows of a form as records of a kind; rows without a ``name`` are left out.

        The id comes from the name when a row is new, and stays after that. A name that is
        taken gets a number, so that no record overwrites another.
        """
        folder, word = self.w.folder, RECORD_KINDS[kind]
        taken = {record.id for record in folder.records(kind)}
        for row in rows:
            filled = {key: value for key, value in row.items() if value not in (None, "", [])}
            known = folder.record(kind, filled["id"]) if "id" in filled else None
            if known is None and not filled.get(name):
                continue
            if known is None:
                row["id"] = filled["id"] = new_id(str(filled[name]), taken)
                taken.add(filled["id"])
            folder.save_record(
                kind, word.model_validate({**(known.plain() if known else {}), **filled})
            )

    def save_grades(
        self, kind: str, rows: Sequence[dict[str, Any]], of: Iterable[str], name: str, **own: Any
    ) -> None:
        """Save rows whose fields are grades: each joins the grades that the record has."""
        for row in rows:
            known = self.w.folder.record(kind, row["id"]) if row.get("id") else None
            grades = {
                **(known.grades if known else {}),
                **{key: row[key] for key in of if row.get(key)},
            }
            head = {key: value for key, value in row.items() if key not in set(of)}
            made = {**own, **head, "grades": grades}
            self.save_rows(kind, [made], name)
            row["id"] = made.get("id")


def _refused(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what the kit refuses to compute into a panel with the reason."""

    @functools.wraps(ask)
    def answer(self: Phase, *given: Any, **named: Any) -> Any:
        try:
            return ask(self, *given, **named)
        except JourneykitError as problem:
            name = ask.__name__.replace("_", "-")
            return self.panel(name, label(name), f"Not measured: {problem}")

    return answer


def _said(value: Any, field: Field) -> str:
    """Write an answer as it reads in the form."""
    names = {option[1]: option[0] for option in field.options if isinstance(option, tuple)}
    value = names.get(value, value) if isinstance(value, str) else value
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
