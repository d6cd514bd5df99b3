"""What the guided notebooks call: workshop, numbers, pictures and forms tied together."""

from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pandas import DataFrame

from journeykit import charts
from journeykit.declared import template
from journeykit.errors import DataError, UnknownName, did_you_mean
from journeykit.model import free_name, new_id
from journeykit.numbers import few
from journeykit.store import create

from . import panel
from .after import AfterThePurchase
from .compare import ComparePersonas
from .find import find_workshop
from .goals import BuyerGoals
from .objectives import Objectives
from .panel import PANEL_MIME, Panel
from .session import Session
from .start import StartHere
from .testing import TestTheJourney
from .ux import UxAnalysis
from .weak import WeakSpots


class OpenWorkshop(Session):
    """An open workshop with its phases, as the guided notebooks use it."""

    def _repr_html_(self) -> str:
        return str(template(panel.__file__).module.opened(self))

    def show(
        self, thing: Any, *, title: str = "", say: str = "", id: str = "", **more: Any
    ) -> Panel:
        """Make a panel of anything, so that it stands in the report like the kit's own.

        Of columns ``comment`` and ``quote`` a run shows only what somebody has released.

        Parameters
        ----------
        thing : DataFrame, altair chart, str or Panel
            A table, a picture or a sentence; ``chart=`` puts a picture beside a table.
        title, say : str
            The question, and the finding in words.
        id : str
            Its id in the run; without it made from the title. Give one to two of the same title.
        **more
            What else a `Panel` takes: ``columns``, ``counts``, ``notes``, ``numbers``, ``sql``.

        Returns
        -------
        Panel

        Examples
        --------
        >>> import pandas as pd, tempfile, journeykit as jk
        >>> with tempfile.TemporaryDirectory() as place:
        ...     w = jk.open_workshop(f"{place}/shop", template="blank")
        ...     w.show(pd.DataFrame({"users": [3]}), title="Who is new?", say="Three.").id
        'who-is-new'
        """
        if isinstance(thing, DataFrame) and self.released is not None:
            out = [quote.text for quote in self.released]
            told = {"comment", "quote"} & {*thing.columns}
            thing = thing.assign(**{c: thing[c].where(thing[c].isin(out), "") for c in told})
        if hasattr(thing, "groupby"):
            thing = few.unnamed(self, thing.to_frame() if thing.ndim == 1 else thing)
        made = _panel_of(thing, self.phase, title, say, id, **more)
        return made if self.live else made.outgoing()

    start = cached_property(StartHere)
    objectives = cached_property(Objectives)
    buyer_goals = cached_property(BuyerGoals)
    weak_spots = cached_property(WeakSpots)
    ux = cached_property(UxAnalysis)
    test = cached_property(TestTheJourney)
    after = cached_property(AfterThePurchase)
    compare = cached_property(ComparePersonas)


def open_workshop(
    path: str | Path | None = None,
    persona: str | None = None,
    data: str | Path | None = None,
    *,
    since: str | None = None,
    until: str | None = None,
    results: str | None = None,
    template: str | None = None,
    journey: str | None = None,
) -> OpenWorkshop:
    """Open a workshop folder for one persona.

    Parameters
    ----------
    path : path, optional
        The folder. Without it: ``JOURNEYKIT_WORKSHOP``, this folder or one above it, or
        else the retail sample.
    persona : str, optional
        A persona id; without it the first one.
    data : path, optional
        Other events than the workshop's: a file, a glob, or a folder with ``events.csv``,
        ``surveys.csv`` and so on.
    since, until : str, optional
        Dates between which the data is looked at, both included.
    results : path, optional
        The folder of the run whose personas notebook 07 compares.
    template : str, optional
        Where the folder is not there yet, make it from this template, as exercises do.
    journey : str, optional
        The id of one of the persona's as-is journeys; without it the main one: the one that is
        called like the persona, else the first. Without a persona it names that, too.

    Returns
    -------
    OpenWorkshop

    Raises
    ------
    WorkshopError
        Where there is no such folder, persona or journey, or a file in it is wrong.

    Examples
    --------
    >>> import tempfile, journeykit as jk
    >>> from journeykit.store import create
    >>> with tempfile.TemporaryDirectory() as place:
    ...     made = create(f"{place}/shop", "retail")
    ...     w = jk.open_workshop(made.root, "mobile-maya")
    ...     w.persona.name, list(w.steps)[:2]
    ('Mobile Maya', ['visit', 'look at a product'])
    """
    if template and path and not Path(path).exists():
        create(path, template)
    charts.warm_up()  # the drawing engine starts while the data is read
    return OpenWorkshop(
        find_workshop(path),
        persona,
        data,
        since=since,
        until=until,
        results=results,
        journey=journey,
    )


def _panel_of(
    thing: Any, phase: str, title: str = "", say: str = "", id: str = "", **more: Any
) -> Panel:
    """Make a panel of a table, a picture or a sentence of somebody's own; see
    `OpenWorkshop.show`.
    """
    if isinstance(thing, Panel):
        return replace(thing, title=title or thing.title, sentence=say or thing.sentence, **more)
    if isinstance(thing, DataFrame):
        frame = _flat(thing)
        more = {"frame": frame, **more}
        more.setdefault("sql", str(frame.attrs.get("sql", "")))
        more.setdefault("notes", frame.attrs.get("notes", ()))
    elif hasattr(thing, "to_dict"):
        more = {"chart": thing, **more}
        told = thing.to_dict().get("title") or ""
        told = told.get("text", "") if isinstance(told, dict) else told
        title = title or (" ".join(told) if isinstance(told, list) else str(told))
    elif isinstance(thing, str):
        say = say or thing
    else:
        raise DataError(
            f"{thing!r:.60} ({type(thing).__name__}) cannot be shown: give a DataFrame, an Altair "
            "chart or a text."
        )
    for name, has, what in (
        ("chart", "to_dict", "an Altair chart"),
        ("numbers", "items", "a mapping of name to number"),
    ):
        if more.get(name) is not None and not hasattr(more[name], has):
            raise DataError(f"{name}={more[name]!r:.60} cannot be shown: give {what}.")
    allowed = [each.name for each in fields(Panel)]
    for odd in (name for name in more if name not in allowed):
        raise UnknownName(f"show has no parameter {odd!r}. {did_you_mean(odd, allowed)}")
    title = str(title or "Our own question")
    return Panel(id or new_id(title, ()), phase, title, str(say), own=True, **more)


def _flat(frame: DataFrame) -> DataFrame:
    """Give a table whose index and headings are columns and words, so that each can be shown."""
    attrs = frame.attrs
    if any(frame.index.names) or not pd.api.types.is_integer_dtype(frame.index):
        frame = frame.reset_index(names=[str(name or "row") for name in frame.index.names])
    heads: list[str] = []
    for head in frame.columns:
        said = " · ".join(map(str, filter(None, head))) if isinstance(head, tuple) else str(head)
        heads.append(free_name(said, heads))
    frame = frame.set_axis(heads, axis=1)
    frame.attrs = attrs
    return frame
