"""A panel of a table, a picture or a sentence of somebody's own."""

from dataclasses import fields, replace
from typing import Any

import pandas as pd

from journeykit.errors import DataError, UnknownName, did_you_mean
from journeykit.model import free_name, new_id

from .panel import Panel


def panel_of(
    thing: Any, phase: str, title: str = "", say: str = "", id: str = "", **more: Any
) -> Panel:
    """Make a panel of a table, a picture or a sentence of somebody's own; see
    `OpenWorkshop.show`.
    """
    if isinstance(thing, Panel):
        return replace(thing, title=title or thing.title, sentence=say or thing.sentence, **more)
    if isinstance(thing, pd.DataFrame | pd.Series):
        frame = _flat(thing.to_frame() if isinstance(thing, pd.Series) else thing)
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
    for name, has in (("chart", "to_dict"), ("numbers", "items")):
        if more.get(name) is not None and not hasattr(more[name], has):
            what = "an Altair chart" if name == "chart" else "a mapping of name to number"
            raise DataError(f"{name}={more[name]!r:.60} cannot be shown: give {what}.")
    allowed = [each.name for each in fields(Panel)]
    for odd in (name for name in more if name not in allowed):
        raise UnknownName(f"show has no parameter {odd!r}. {did_you_mean(odd, allowed)}")
    title = str(title or "Our own question")
    return Panel(id or new_id(title, ()), phase, title, str(say), own=True, **more)


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
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
