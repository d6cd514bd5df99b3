"""How the service is, by channel."""

import numpy as np
from pandas import DataFrame, to_numeric
from pandas.api.types import is_numeric_dtype

from journeykit.errors import DataError

from .catalogue import number
from .claimed import row_of
from .frames import Row, clustered_share, each, need, no_times, noted, one_row, three, tidy, yes
from .means import median_interval, plain_mean
from .stats import small

WAITS = ["first_answer_minutes", "hold_minutes", "resolution_hours"]
_COUNTED = ["handovers", "satisfaction", *WAITS]


@number()
def service(support: DataFrame, by: str | None = "channel") -> DataFrame:
    """Waiting and resolution times, solved share and hand-overs of support contacts.

    Parameters
    ----------
    support : DataFrame
        One row per contact: `by`, and what there is of first_answer_minutes, hold_minutes,
        resolution_hours, solved (yes/no), handovers, satisfaction, user_id.
    by : str or None
        Column to break down by: channel, topic, …

    Returns
    -------
    DataFrame
        [by,] contacts, median_first_answer_minutes, q3_first_answer_minutes, median_hold_minutes,
        q3_hold_minutes, median_resolution_hours, q3_resolution_hours, solved_share, low, high (of
        the contacts whose outcome is known, clustered by user where there are ids), handovers (mean
        per contact), satisfaction (mean), small_n (fewer than 30 contacts). Most contacts first.
        What
        the table does not have is NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"channel": ["chat", "chat", "phone"], "solved": [True, False, True],
    ...     "first_answer_minutes": [1.0, 3.0, None]})
    >>> service(frame)[["channel", "contacts", "median_first_answer_minutes"]].values.tolist()
    [['chat', 2, 2.0], ['phone', 1, nan]]
    """
    need(support, "support", by)
    table = support.reindex(columns=support.columns.union(["solved", *_COUNTED], sort=False))
    table["solved"] = yes(table["solved"])
    there = table[_COUNTED].notna().any()
    words = [name for name in _COUNTED if there[name] and not is_numeric_dtype(table[name])]
    table[words] = np.nan
    table[_COUNTED] = table[_COUNTED].astype(float)
    odd, unknown = table[WAITS] < 0, table["solved"].isna().sum()
    table[WAITS] = table[WAITS].mask(odd)
    notes = [f"{name} is left out: its cells are no numbers." for name in words]
    notes += [no_times(odd[wait], wait) for wait in WAITS]
    if unknown < len(table):
        notes.append(noted(unknown, "contacts", f"of {len(table):,} have no known outcome."))
    found = each(table, by, _service).sort_values("contacts", ascending=False, kind="stable")
    return tidy(found, "contacts", notes)


def _service(piece: DataFrame) -> Row:
    """Sum up one group of contacts."""
    row: Row = {"contacts": len(piece)}
    for wait in WAITS:
        row["median_" + wait], row["q3_" + wait] = piece[wait].quantile([0.5, 0.75])
    row |= three("solved_share low high", clustered_share(piece, piece["solved"]))
    return row | {**piece[["handovers", "satisfaction"]].mean(), "small_n": small(len(piece))}


@number()
def contact_channels(support: DataFrame) -> DataFrame:
    """Share the contacts out among their channels.

    Parameters
    ----------
    support : DataFrame
        Column channel; user_id for intervals that are clustered by customer.

    Returns
    -------
    DataFrame
        channel, contacts, of (all contacts), share, low, high, small_n; the largest first.

    Examples
    --------
    >>> import pandas as pd
    >>> contact_channels(pd.DataFrame({"channel": ["chat", "chat", "phone"]}))["channel"].tolist()
    ['chat', 'phone']
    """
    need(support, "support", "channel")
    channels, whole = support["channel"].astype("string"), len(support)
    rows = [
        {"channel": channel, "contacts": n, "of": whole, "small_n": small(whole)}
        | three("share low high", clustered_share(support, (channels == channel).fillna(False)))
        for channel, n in channels.value_counts().items()
    ]
    return tidy(rows, "contacts", columns="channel contacts of share low high small_n")


@number()
def contact_quality(
    support: DataFrame, measure: str = "first_answer_minutes", channel: str = ""
) -> DataFrame:
    """Measure one thing about contacts, of a channel or of all.

    Parameters
    ----------
    support : DataFrame
    measure : str
        ``first_answer_minutes``, ``hold_minutes``, ``resolution_hours`` (the median),
        ``solved`` (the share), ``handovers`` or ``satisfaction`` (the mean).
    channel : str
        Of this channel only.

    Returns
    -------
    DataFrame
        One row: measure, channel, value, low, high, n (contacts), small_n.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"channel": ["chat", "chat"], "hold_minutes": [1, 3]})
    >>> float(contact_quality(frame, "hold_minutes")["value"].iloc[0])
    2.0
    """
    known = support
    if measure not in support.columns or support[measure].isna().all():
        raise DataError(f"the support have no column {measure!r}")
    if channel:
        row_of(support, "contact by", {"channel": channel})
        known = support[support["channel"].astype(str) == channel]
    known = known[known[measure].notna()]
    values = (yes if measure == "solved" else to_numeric)(known[measure])
    if measure in WAITS:
        values = values[values >= 0]
        found = median_interval(values)
    elif measure == "solved":
        found = clustered_share(known, values)
    else:
        found = plain_mean(values, known.get("user_id"))
    return one_row(found, values.count(), "contacts", measure=measure, channel=channel)
