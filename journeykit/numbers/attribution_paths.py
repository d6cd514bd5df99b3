"""Attribution from a table of paths and how often each was gone."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from journeykit.errors import AnalysisError, DataError, UnknownName, did_you_mean

from .attribution import RULE, SHOWN, VALUED
from .catalogue import number
from .steps import finish
from .touches import attributed


@number()
def attribution_from_paths(
    frame: pd.DataFrame,
    *,
    path: str,
    conversions: str,
    nulls: str | None = None,
    value: str | None = None,
    model: str = "markov",
    separator: str = ">",
    order: int = 1,
) -> pd.DataFrame:
    """Share conversions out among channels from a table of paths and their counts.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per path.
    path : str
        The column with the channels in order: a text ("ads > email") or a list.
    conversions, nulls : str
        The columns with how many people converted on the path and how many did not.
    value : str, optional
        The column with what the conversions of the path are worth together: adds ``revenue``.
    model : {"first", "last", "linear", "position", "markov", "shapley"}
        See `attribution`; ``time-decay`` needs times, which paths do not have.
    separator : str
    order : {1, 2}

    Returns
    -------
    pandas.DataFrame
        As `attribution`; for markov without ``low, high``: counts do not say who the users were.

    Examples
    --------
    >>> table = pd.DataFrame({"path": ["ads > email", "email"], "won": [3, 1], "lost": [1, 5]})
    >>> result = attribution_from_paths(table, path="path", conversions="won", model="linear")
    >>> result[["channel", "conversions"]].values.tolist()
    [['email', 2.5], ['ads', 1.5]]
    """
    if model == "time-decay":
        raise AnalysisError(
            "time-decay needs the time of every touch, and a table of paths has none. "
            "Use attribution(events, …), or model='position'."
        )
    counts = [name for name in (conversions, nulls, value) if name]
    for name in (path, *counts):
        if name not in frame.columns:
            raise UnknownName(
                f"The table has no column {name!r}. {did_you_mean(name, frame.columns)}"
            )
    # What is no number is refused below, with its row.
    number_of = frame[counts].astype(object).apply(pd.to_numeric, errors="coerce").astype(float)
    rows = []
    for place, (told, *numbers) in enumerate(zip(frame[path], *number_of.to_numpy().T)):
        way = told.split(separator) if isinstance(told, str) else told
        way = [str(name).strip() for name in way] if isinstance(way, Iterable) else []
        if not way or not all(way) or not all(0 <= n < np.inf for n in numbers):
            raise DataError(
                f"Row {place} of the paths ({told!r}, {frame[counts].iloc[place].tolist()}) needs "
                f"channels between {separator!r} and counts of 0 or more."
            )
        hits, misses, worth = (
            numbers[0],
            numbers[1] if nulls else 0.0,
            numbers[-1] if value else 0.0,
        )
        if hits + misses:
            rows += [(place, at, name, hits, misses, worth) for at, name in enumerate(way)]
    touch = pd.DataFrame(rows, columns="path place channel hits misses worth".split())
    answer = attributed(
        "WITH touch AS (SELECT *, '' AS part FROM {table})",
        touch,
        model=model,
        order=order,
        nothing=f"The column {conversions!r} sums to 0",
    )
    return finish(answer, "conversions", VALUED if value else SHOWN, [RULE])
