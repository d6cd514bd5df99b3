"""Groups of few customers, joined before a number is asked, so that what goes out names nobody.

A row that is named by a value of the data and counts few may be one person. Medians, shares and
intervals of a joined group cannot be made of those of its parts: the values themselves become
"others" in the tables, and the number is asked of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache, partial, reduce
from itertools import chain
from typing import Any

from pandas import DataFrame, Series, concat

from journeykit.engine import quote
from journeykit.tables import Events

from .catalogue import Number
from .mask import mask
from .steps import ask

OTHERS = "others"
_NO_NAMES = (OTHERS, "(none)", "(ended)", "nan", "None")
"""What stands in a row that no value of the data names."""
_CONTACT = re.compile(r"\[(?:e-mail|phone|account)\]")
_PERSON = re.compile(rf"{_CONTACT.pattern}|\[(?:name|address)\]")

_REACHES = re.compile(r"[@＠]|[+＋]\d|(?<![\d.,:])0[1-9](?:[ /-]?\d){5}|[A-Z]{2}\d\d")
"""What prose must hold to be looked at: `Feb 2026 (104)` is no telephone."""
_NAMED = re.compile(r"(?<!\w)'([^'\n]+)'(?!\w)")
"""A column in what the kit writes."""


@lru_cache(maxsize=65_536)
def masked(text: str, *, prose: bool = False) -> str:
    """Mask whom a label names; codes of products, pages and campaigns stay.

    Of ``prose``, which the kit or the team itself wrote, only how to reach somebody is masked, and
    what stands in quotes as a label.

    Examples
    --------
    >>> masked("mail to anna.1@mail.example"), masked("spring-2026")
    ('mail to [e-mail]', 'spring-2026')
    """
    if prose:
        text = _NAMED.sub(lambda name: f"'{masked(name[1])}'", text)
        if not _REACHES.search(text):  # to look for names takes a millisecond
            return text
    found, mark = mask(text), _CONTACT if prose else _PERSON
    return found if len(mark.findall(found)) > len(mark.findall(text)) else text


def least_of(view: Any) -> int:
    """Say how many customers a group must have that is told of; the team itself sees all."""
    return 1 if view.live else view.workshop.privacy.smallest_group


def joined(view: Any, table: Any, columns: Iterable[str]) -> Any:
    """Join the values that few customers of a table have, and mask the others."""
    for column in () if view.live else columns:
        # The table is kept with what became of it, so that no other gets its id.
        make = partial(_joined, view, table, column)
        table = view.once(("few", column, id(table)), make)[0]
    return table


class _Joined:
    """A view in whose tables the values of few, and other rows of few, are called others."""

    def __init__(self, view: Any, columns: Iterable[str], renamed: Iterable[DataFrame]) -> None:
        self._view, self._columns, self._renamed = view, columns, renamed

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._view, name)
        if name in ("events", "all_events"):  # joined once
            found = self.__dict__[name] = self.joined(found)
        return found

    def joined(self, table: Any) -> Any:
        return reduce(_renamed, self._renamed, joined(self._view, table, self._columns))

    def table(self, kind: str, **more: Any) -> Any:
        return self.joined(self._view.table(kind, **more))


def answer(made: Number, view: Any, *more: Any, **options: Any) -> DataFrame:
    """Ask a number for what goes out: no row that a value names counts few customers.

    Steps, stages and totals stay. Where one value alone would be joined, the next smallest goes
    with it, so that it cannot be subtracted back. Of a ranking, rows of few are left out.
    """
    if view.live:
        return made.answer(view, *more, **options)
    least, names = least_of(view), _names(made, view, options)
    columns = [*dict.fromkeys(c for c in names.values() if c not in ("position", "next_event"))]
    renamed: list[DataFrame] = []

    def ask_now() -> DataFrame:
        asked = _Joined(view, columns, [*renamed])
        given = {k: asked.joined(v) if hasattr(v, "columns") else v for k, v in options.items()}
        return made.answer(asked, *more, **given)

    frame = ask_now()
    # A column of a group may have got another name, where the answer has one of its own.
    there = (name if (own := f"source_{name}") not in frame.columns else own for name in names)
    names = dict(zip(there, names.values()))
    if made.few:
        return _without(frame, frame.attrs.get("people", frame.get(made.few)), names, least)
    heads = [name for name in names if name in frame.columns]
    counted = next((c for c in ("users", "people", "customers") if c in frame.columns), "")
    for level in range(1, len(heads) + 1 if counted else 0):
        by = heads[:level]
        rows = frame.groupby(by, sort=False)[counted]
        counts = rows.max() if by == heads else rows.sum()
        found = _few(view, counts, least, names[by[-1]])
        if names[by[-1]] != "position" and len(found):
            renamed.append(found.rename(columns=names))
            frame = ask_now()
    return frame


def unnamed(view: Any, frame: DataFrame) -> DataFrame:
    """Call others what names few, in a frame that was asked for without the workshop."""
    if view.live or "users" not in frame.columns or view.all_events is None:
        return frame
    for column in {*view.all_events.columns} & {*frame.columns}:
        few = frame.groupby(column)["users"].transform("max") < least_of(view)
        frame = frame.assign(**{column: frame[column].astype(object).mask(few, OTHERS)})
    return frame


def _without(frame: DataFrame, counts: Any, names: Iterable[str], least: int) -> DataFrame:
    """Leave out of a ranking the rows that count few, and those of what is joined."""
    joined = frame[[n for n in names if n in frame.columns]].eq(OTHERS).any(axis=1)
    kept = frame[(Series(counts, frame.index) >= least) & ~joined].reset_index(drop=True)
    if len(kept) == len(frame) or least == 1:
        return frame
    said = f"Left out: {len(frame) - len(kept)} of fewer than {least} customers."
    kept.attrs["notes"] = [*frame.attrs.get("notes", ()), said]
    return kept


def _names(made: Number, view: Any, options: Mapping[str, Any]) -> dict[str, str]:
    """Column of the answer to the column of a table, the values of which name the rows.

    A word that is a parameter of the number stands for the column that it is given.
    """
    events = view.all_events if made.table == "events" else None
    ours = {source: own for own, source in events.contract.columns.items()} if events else {}

    def meant(word: str) -> Any:
        if word not in made.parameters:
            return word
        name = options.get(word, made.parameters[word].default)
        return name if events and name in events.columns else ours.get(name, name)

    pairs = (pair.split("=") for pair in made.names.split())
    found = {meant(pair[0]): meant(pair[-1]) for pair in pairs}
    return {k: v for k, v in found.items() if isinstance(k, str) and isinstance(v, str)}


def _few(view: Any, counts: Series, least: int, column: str) -> DataFrame:
    """List the values that are to be joined, among those that share the other names.

    What the team itself has named, in a step, a stage or the goal, is not.
    """
    *heads, name = counts.index.names
    rows, shop = counts.rename("jk_n").reset_index(), view.workshop
    column = "event" if column == "next_event" else column
    steps = chain(*shop.steps().values(), *(stage.events for stage in shop.stages), shop.goal)
    patterns = {pattern for match in steps for pattern in match.root.get(column, ())}
    values = rows[name].astype(str)
    own = values.map(lambda value: any(fnmatchcase(value, each) for each in patterns))
    rows = rows[~values.isin(_NO_NAMES) & ~own.astype(bool)].sort_values("jk_n", kind="stable")
    found = [rows[:0]]
    for _, group in rows.groupby(heads, sort=False) if heads else [((), rows)]:
        small = int((group["jk_n"] < least).sum())
        found.append(group.head(2 if small == 1 else small))
    return concat(found).drop(columns="jk_n").astype(str).assign(jk_name=OTHERS)


def _joined(view: Any, table: Any, column: str) -> tuple[Any, Any]:
    """Join the values that few customers of a table have, and mask the others; with the table."""
    log = isinstance(table, Events)
    if table is None or column not in (table.journey if log else table).columns:
        return table, table
    if log:
        name = quote(column)
        sql = f"SELECT CAST({name} AS VARCHAR) AS value, count(DISTINCT user_number) AS n "
        sql += f"FROM {{journey}} WHERE {name} IS NOT NULL GROUP BY {name} ORDER BY value"
        counts = ask(table, sql).set_index("value")["n"]
    else:
        groups = table.groupby(table[column].astype(str).where(table[column].notna()))
        counts = groups["user_id"].nunique() if "user_id" in table.columns else groups.size()
    counts.index.name = column
    found = _few(view, counts, least_of(view), column)
    rest = [v for v in counts.index.difference(found[column]) if masked(v) != v]
    named = DataFrame({column: rest, "jk_name": [*map(masked, rest)]}, dtype="str")
    found = concat([found, named])
    alike = [column, "next_event"] if column == "event" and log else [column]
    tables = (found.set_axis([c, "jk_name"], axis=1) for c in alike)
    return reduce(_renamed, tables, table), table


def _renamed(table: Any, names: DataFrame) -> Any:
    """Give the last of some columns another value, in the rows where all of them have these."""
    keys, log = [*names.columns[:-1]], isinstance(table, Events)
    if table is None or names.empty or not {*keys} <= {*(table.journey if log else table).columns}:
        return table
    last = keys[-1]
    if not log:
        said = table[keys].astype(str).merge(names, how="left", on=keys)["jk_name"].to_numpy()
        told = Series(said, table.index, object)
        return table.assign(**{last: told.where(told.notna(), table[last].astype(object))})
    store = table.journey.engine
    columns = ", ".join(
        f"coalesce(n.jk_name, CAST(j.{quote(c)} AS VARCHAR)) AS {quote(c)}"
        if c == last
        else f"j.{quote(c)}"
        for c in table.journey.columns
    )
    on = " AND ".join(f"CAST(j.{quote(c)} AS VARCHAR) = n.{quote(c)}" for c in keys)
    sql = f"SELECT {columns} FROM {{j}} AS j LEFT JOIN {{n}} AS n ON {on}"
    listed = store.materialize("SELECT * FROM {names}", names=names)
    whole = _renamed(table.whole, names) if table.whole else None
    return replace(table, journey=store.view(sql, j=table.journey, n=listed), whole=whole)
