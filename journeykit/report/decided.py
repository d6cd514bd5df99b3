"""What the team decided and what it parked: on the pages, in a calendar, and as a table."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from pandas import DataFrame

from journeykit.model import PHASES, Data, slug
from journeykit.numbers.few import masked
from journeykit.words import cell

from .page import environment

_COLUMNS = "text owner due state closed result persona journey phase finding id".split()


def listed(folder: Any) -> dict[str, list[Data]]:
    """List the decisions and the parked things of a folder, the open ones first, by their day.

    Parameters
    ----------
    folder : Folder

    Returns
    -------
    dict
        ``decisions`` and ``parked``, as they go out: how to reach somebody is masked. ``late`` is
        an open decision whose day has passed, ``who`` the persona's name.
    """
    names = {id: persona.name for id, persona in folder.personas().items()}
    today = folder.workshop().now().date()

    def told(record: Any) -> Data:
        words = {k: masked(v, prose=True) if isinstance(v, str) else v for k, v in record}
        day = getattr(record, "due", None)
        return {
            **{name: words.get(name) for name in _COLUMNS},
            "due": day and day.isoformat(),
            "late": bool(day) and day < today and record.state == "open",
            "who": names.get(record.persona, ""),
            "phase_name": PHASES.get(record.phase, ""),
        }

    return {
        kind: sorted(
            (told(record) for record in folder.records(kind) if record.text),
            key=lambda row: (row["state"] != "open", row["due"] or "~", row["text"]),
        )
        for kind in ("decisions", "parked")
    }


def csv(rows: Iterable[Data], _: str = "") -> str:
    """Write decisions as CSV, which no spreadsheet takes for formulas.

    Examples
    --------
    >>> print(csv([{"text": "=1+1, or so", "owner": "Ann"}]).splitlines()[1][:24])
    "'=1+1, or so",Ann,,,,,,
    """
    frame = DataFrame([*rows], columns=_COLUMNS).fillna("").map(lambda value: cell(str(value)))
    # Without the first sign a spreadsheet does not see that it is UTF-8.
    return f"\ufeff{frame.to_csv(index=False)}" if len(frame) else ""


def ics(rows: Iterable[Data], workshop: str) -> str:
    r"""Write the decisions that have a day as a calendar (RFC 5545), one all-day event each.

    The same decision is the same event in every run, so that it is changed and not doubled where
    it is imported again. Empty where none has a day: a calendar has an event at least.

    Examples
    --------
    >>> row = {"id": "mend", "text": "Mend; test", "due": "2026-03-01", "state": "open"}
    >>> made = ics([row], "Shop").split("\r\n")
    >>> made[4], made[6], made[7]
    ('UID:mend@shop.journeykit', 'DTSTART;VALUE=DATE:20260301', 'SUMMARY:Mend\\; test')
    """
    dated = [row for row in rows if row.get("due")]
    name, now = slug(workshop, "workshop"), dt.datetime.now(dt.UTC)
    made = environment().get_template("decisions.ics.j2")
    text = made.render(rows=dated, name=name, now=now) if dated else ""
    return "".join(f"{_folded(line)}\r\n" for line in text.splitlines())


def _folded(line: str) -> str:
    """Break a line so that no piece is longer than 75 bytes: a character has four at most."""
    size = 74 if line.isascii() else 18
    return "\r\n ".join(line[at : at + size] for at in range(0, len(line), size))
