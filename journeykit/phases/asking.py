"""Questions with a form: in JupyterLab it saves itself, a batch run shows what was answered."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from journeykit.declared import beside
from journeykit.errors import Refused
from journeykit.model import RECORD_KINDS, Change, Model, Objective, Persona, Promise, Stage, new_id
from journeykit.widgets import Field, rows_form, stacked

from .panel import NOT_YET
from .rounds import Rounds

Row = dict[str, Any]
FORMS = beside(__file__)
"""The forms of all phases, as ``asking.toml`` declares them."""
MODELS: dict[str, type[Model]] = {
    "changes": Change,
    "objectives": Objective,
    "personas": Persona,
    "promises": Promise,
    "stages": Stage,
}
"""What the rows of a form are."""


class Asking(Rounds):
    """What a phase asks."""

    whole: ClassVar[bool] = False
    """Whether it stands for all phases, and shows the decisions of each."""

    def fields(self, kind: str, **options: Any) -> list[Field]:
        """Give the fields of a form as ``asking.toml`` declares them, with the choices of each."""
        options["stage"] = [(name, id) for id, name in self.w.stage_names.items()]
        declared = FORMS[kind]["fields"].items()
        return [Field(key, **{"options": options.get(key, ()), **told}) for key, told in declared]

    def ask_rows(
        self,
        kind: str,
        fields: Sequence[Field],
        known: Iterable[Row | Model],
        save: Callable[[list[Row]], str | None],
        fixed: Sequence[str] = ("id",),
    ) -> Any:
        """Ask for many rows with a form in JupyterLab; in a batch run show what was answered."""
        keys, told = (*fixed, *(field.key for field in fields)), FORMS[kind]
        rows = [
            each if isinstance(each, dict) else {key: getattr(each, key) for key in keys}
            for each in known
        ]
        if self.w.live:
            more = {"add": told["add"]} if "add" in told else {}
            return rows_form(told["title"], fields, rows, save, fixed=fixed, **more)
        return self.panel(
            told.get("panel", f"{kind}-asked"),
            told["title"],
            "What the team wrote." if rows else NOT_YET,
            frame=[{f.label: _said(row.get(f.key), f) for f in fields} for row in rows] or None,
        )

    def ask_records(
        self,
        kind: str,
        first: Mapping[str, Any] = {},
        known: Iterable[Row | Model] | None = None,
        **options: Any,
    ) -> Any:
        """Ask for the records of a kind; a row is one when it has its first field.

        ``first`` is what a row has where its field is empty, ``known`` are the records to show
        where that is not all of them, ``options`` are the choices of fields.
        """
        fields, today = self.fields(kind, **options), dt.date.today()
        first = {"date": today, **first}

        def save(told: list[Row]) -> str:
            for row in told:
                row |= {
                    k: row.get(k) or v for k, v in first.items() if k in row or not row.get("id")
                }
                if "state" in row:
                    row["closed"] = None if row["state"] == "open" else today
            self.save_rows(kind, told, fields[0].key)
            waits = any(not row.get("id") for row in told)
            return f"A row is kept once it says: {fields[0].label}" if waits else ""

        records = self.w.folder.records(kind) if known is None else known
        return self.ask_rows(kind, fields, records, save)

    def ask_models(
        self,
        kind: str,
        known: Callable[[], Row],
        keep: Callable[[list[Any], list[Any]], object],
        say: Callable[[Any], str] = lambda _: "",
        **options: Any,
    ) -> Any:
        """Ask for things that have an id, as ``known`` gives them; a row is one when it has its
        first field. ``keep`` takes all and those that changed, ``say`` tells each of these back.
        """
        fields = self.fields(kind, **options)

        def save(rows: list[Row]) -> str:
            now = known()
            made = [now[row["id"]] for row in rows if taken(row, now, MODELS[kind], fields[0].key)]
            keep([each.plain() for each in now.values()], made)
            return " ".join(map(say, made))

        return self.ask_rows(kind, fields, known().values(), save)

    def ask_listed(self, kind: str, *say: Callable[[Any], str], **options: Any) -> Any:
        """Ask for what ``workshop.yaml`` lists."""
        return self.ask_models(
            kind,
            lambda: {each.id: each for each in getattr(self.w.workshop, kind)},
            lambda listed, _: self.w.folder.save(self.w.workshop.with_(**{kind: listed})),
            *say,
            **options,
        )

    def ask_grades(self, kind: str, items: Mapping[str, str], **own: Any) -> Any:
        """Ask for grades, item by item; each joins the grades that the record has.

        The declared fields are asked before the grades; ``own`` is what every record gets beside.
        """
        folder, heads = self.w.folder, self.fields(kind)
        scales = [Field(key, f"{said} (1 to 5)", "scale", (1, 5)) for key, said in items.items()]
        rows = [
            {
                "id": each.id,
                **{field.key: getattr(each, field.key) for field in heads},
                **each.grades,
            }
            for each in folder.records(kind)
        ]

        def save(told: list[Row]) -> None:
            for row in told:
                known = folder.record(kind, row["id"]) if row.get("id") else None
                grades = {
                    **(known.grades if known else {}),
                    **{k: row[k] for k in items if k in row},
                }
                head = {key: value for key, value in row.items() if key not in items}
                made = {**own, **head, "grades": filled(grades)}
                self.save_rows(kind, [made], heads[0].key)
                row["id"] = made.get("id")

        return self.ask_rows(kind, [*heads, *scales], rows, save)

    def decide(self) -> Any:
        """Ask what the team decides in this phase, and what it parks; any number, a record each."""
        w = self.w
        place = {"persona": w.persona_id, "journey": w.journey.id, "phase": self.id}
        first = {"state": "open"} | ({} if self.whole else place)
        listed, parked = (
            self.ask_records(
                kind,
                first,
                sorted(filter(self._ours, w.folder.records(kind)), key=_turn) or [{}] * w.live,
            )
            for kind in ("decisions", "parked")
        )
        return stacked(listed, parked) if w.live else replace(listed, more=[parked])

    def _ours(self, record: Any) -> bool:
        """Tell whether a decision is of this phase and persona; the last notebook shows all."""
        mine = record.phase == self.id and record.persona in (None, self.w.persona_id)
        return mine or self.whole

    def save_rows(self, kind: str, rows: Sequence[Row], name: str) -> None:
        """Save rows of a form as records of a kind; new rows without a ``name`` are left out.

        A new row gets an id that stays: of its name, or of what it is and the moment, as
        a sentence is saved before it is whole. A name that is taken gets a number, so that no
        record overwrites another. Nothing is saved where somebody has removed one of the records
        meanwhile, and the form says so.
        """
        folder = self.w.folder
        known = {each.id: each for each in folder.records(kind)}
        if gone := sorted({row["id"] for row in rows if row.get("id")} - {*known}):
            raise Refused(f"somebody has removed {', '.join(gone)}. Open this form again")
        for row in rows:
            if taken(row, known, RECORD_KINDS[kind], name):
                folder.save(known[row["id"]], kind)


def taken(row: Row, known: Row, kind: type[Model], name: str) -> bool:
    """Take a row of a form to what it changes, or makes anew where it has a ``name``."""
    if row.get("id") in known:
        made = known[row["id"]].with_(**row)
    elif row.get("id") or row.get(name):
        # The first save comes with the first pause: of a sentence that may be one letter. By the
        # moment they stay in the order in which they were said, and no two are the same file.
        row["id"] = row.get("id") or new_id(
            row[name]
            if name == "name" and row[name][2:]
            else f"{kind.__name__}-{dt.datetime.now():%y%m%d-%H%M%S-%f}",
            known,
        )
        made = kind.model_validate(filled(row))
    else:
        return False
    known[row["id"]] = made
    return True


def filled(row: Row) -> Row:
    """Leave out of a form's row what nobody filled in."""
    return {key: value for key, value in row.items() if value not in (None, "", [])}


def _turn(record: Any) -> tuple[bool, str]:
    """Put what is open first, the next day before others."""
    return record.state != "open", f"{getattr(record, 'due', None) or '~'}"


def _said(value: Any, field: Field) -> str:
    """Write an answer as it reads in the form."""
    names = {option[1]: option[0] for option in field.options if isinstance(option, tuple)}
    value = names.get(value, value) if isinstance(value, str) else value
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
