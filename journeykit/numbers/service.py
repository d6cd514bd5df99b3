"""How the service is, by channel, and whether promises are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from journeykit.declared import Metric
from journeykit.errors import AnalysisError, DataError, UnknownName, did_you_mean
from journeykit.numbers.catalogue import CATALOGUE, number
from journeykit.numbers.claimed import Found, Of, from_row, row_of, take
from journeykit.numbers.frames import each, need, one_row, say, tidy, yes
from journeykit.numbers.means import median_interval, plain_mean
from journeykit.numbers.stats import clustered_rows, small
from journeykit.words import people, percent, span

WAITS = ("first_answer_minutes", "hold_minutes", "resolution_hours")
AT_LEAST = ("satisfaction", "solved")  # of these, more is better; of all others, less is
UNRECORDED = 0.2  # above this share of unknown deliveries, empty means "not written down"


def _slowest(frame: pd.DataFrame, view: Any) -> str:
    said = f"{people(frame['contacts'].sum(), 'contacts')}."
    waits = frame["median_first_answer_minutes"]
    if waits.isna().all():
        return said
    slow = frame.loc[waits.idxmax()]
    return (
        f"{said} Slowest to answer first: {slow.iloc[0]}, "
        f"{span(60 * slow['median_first_answer_minutes'])} in the middle."
    )


@number(
    "How quickly do we help?",
    needs="channel",
    counts="Support contacts of this persona",
    columns="contacts:int median_first_answer_minutes q3_first_answer_minutes median_hold_minutes "
    "median_resolution_hours solved_share low high handovers satisfaction:number small_n",
    chart="service",
    say=_slowest,
)
def service(support: pd.DataFrame, by: str | None = "channel") -> pd.DataFrame:
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
    >>> frame = pd.DataFrame({"channel": ["chat", "chat", "phone"], "solved": [True, False, True],
    ...     "first_answer_minutes": [1.0, 3.0, None]})
    >>> service(frame)[["channel", "contacts", "median_first_answer_minutes"]].values.tolist()
    [['chat', 2, 2.0], ['phone', 1, nan]]
    """
    need(support, "support", *([by] if by else []))
    table = support.reset_index(drop=True)
    notes = []
    for column in ("solved", "handovers", "satisfaction", *WAITS):
        known = table[column].notna().any() if column in table.columns else False
        words = known and column != "solved" and not is_numeric_dtype(table[column])
        notes += [f"{column} is left out: its cells are no numbers."] if words else []
        if words or not known:
            table[column] = np.nan
    table["solved"] = yes(table["solved"])
    for wait in WAITS:
        odd = table[wait] < 0
        table[wait] = table[wait].mask(odd)
        notes += _no_times(odd, wait)
    found = each(table, by, _service).sort_values("contacts", ascending=False, kind="stable")
    unknown = int(table["solved"].isna().sum())
    if 0 < unknown < len(table):
        notes.append(f"{say(unknown, 'contact')} of {len(table):,} have no known outcome.")
    return tidy(found, "contacts", notes)


def _no_times(odd: pd.Series, measure: str) -> list[str]:
    return (
        [f"{say(int(odd.sum()), 'row')} with a {measure} below 0 left out: no time is."]
        if odd.any()
        else []
    )


def _service(piece: pd.DataFrame) -> dict[str, Any]:
    """Sum up one group of contacts."""
    row: dict[str, Any] = {"contacts": len(piece)}
    for wait in WAITS:
        row["median_" + wait], row["q3_" + wait] = piece[wait].quantile([0.5, 0.75])
    share, low, high = share_of(piece, piece["solved"])
    row |= {"solved_share": share, "low": low, "high": high}
    row |= {name: piece[name].mean() for name in ("handovers", "satisfaction")}
    return row | {"small_n": small(len(piece))}


@number(
    "By which channel do they contact us?",
    needs="channel",
    counts="Contacts; intervals are clustered by customer",
    columns="channel contacts:int share low high small_n",
    claims={
        "contact-share": Metric(
            "contacts that come by {of}",
            "share",
            take("share", "of", where="channel", what="contact by"),
            "contact channel",
            counts="contacts",
        )
    },
)
def contact_channels(support: pd.DataFrame) -> pd.DataFrame:
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
    >>> contact_channels(pd.DataFrame({"channel": ["chat", "chat", "phone"]}))["channel"].tolist()
    ['chat', 'phone']
    """
    need(support, "support", "channel")
    channels = support["channel"].dropna().astype(str)
    rows = []
    for channel, n in channels.value_counts().items():
        share, low, high = share_of(support, support["channel"].astype(str) == channel)
        row = {"channel": channel, "contacts": n, "of": len(support), "share": share}
        rows.append({**row, "low": low, "high": high, "small_n": small(len(support))})
    columns = ["channel", "contacts", "of", "share", "low", "high", "small_n"]
    return tidy(rows, "contacts", columns=columns)


def _contact(words: str, unit: str, measure: str) -> Metric:
    return Metric(
        f"{words} by {{of}}",
        unit,
        take("value", "n"),
        "channel?",
        counts="contacts",
        options=lambda of, stage, view: {"measure": measure, "channel": of[0] if of else ""},
    )


@number(
    "How good is a contact?",
    counts="Contacts whose value is known; of waiting times the median, else the mean",
    columns="measure channel value:number low:number high:number n:int small_n",
    claims={
        "first-answer": _contact(
            "median time to a first answer", "minutes", "first_answer_minutes"
        ),
        "hold": _contact("median time on hold", "minutes", "hold_minutes"),
        "resolution": _contact("median time until it is solved", "hours", "resolution_hours"),
        "solved": _contact("contacts solved", "share", "solved"),
        "handovers": _contact("hand-overs per contact", "number", "handovers"),
        "contact-satisfaction": _contact("satisfaction with contacts", "score", "satisfaction"),
    },
)
def contact_quality(
    support: pd.DataFrame, measure: str = "first_answer_minutes", channel: str = ""
) -> pd.DataFrame:
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
    users = known["user_id"] if "user_id" in known.columns else None
    if measure == "solved":
        hit = yes(known["solved"])
        found, known = share_of(known, hit), known[hit.notna()]
    else:
        values = pd.to_numeric(known[measure])
        if measure in WAITS:
            known = known[values >= 0]
            found = median_interval(values[values >= 0])
        else:
            found = plain_mean(values, users)
    return one_row(found, len(known), "contacts", measure=measure, channel=channel)


def _kept(frame: pd.DataFrame, view: Any) -> str:
    verdicts, broken = frame["verdict"].value_counts(), frame[frame["verdict"] == "broken"]
    said = f"{verdicts.get('kept', 0)} of {len(frame)} promises are kept, {len(broken)} broken."
    if len(broken):
        row = broken.sort_values("share").iloc[0]
        said += (
            f" Worst: “{row['text']}”, kept for {percent(row['share'])} of {row['n']:,.0f} "
            f"(promised for {percent(row['target'])})."
        )
    told = CATALOGUE["promise_hours"].answer(view)
    for r in told[told["significant"]].sort_values("difference").head(2).itertuples():
        said += (
            f" From {r.from_hour} to {r.to_hour} o'clock “{r.text}” is kept in "
            f"{percent(r.share)} of {r.n:,} cases, at other hours in {percent(r.other_share)}."
        )
    return said


def _promised(frame: pd.DataFrame, of: Of, stage: str, view: Any) -> Found:
    known = frame["promise"].tolist()
    if of[0] not in known:
        raise UnknownName(f"there is no promise {of[0]!r}. {did_you_mean(of[0], known)}")
    row = row_of(frame, "promise", {"promise": of[0]})
    if not row["n"]:
        told = [note for note in frame.attrs["notes"] if repr(of[0]) in note]
        raise AnalysisError(" ".join(told) or f"no case of {of[0]!r} is in the data")
    return from_row(row, "share low high", row["n"])


_RESULT = ["promise", "text", "verdict", "share", "low", "high", "n", "target"]


@number(
    "Do we keep our promises?",
    counts="Contacts or orders of this persona; a verdict needs the whole interval on one side",
    columns="text measure limit:number kept n share low high target:share verdict",
    chart="promises",
    say=_kept,
    nothing="The workshop makes no promise yet; add one to workshop.yaml.",
    result=lambda frame, view: {"rows": frame[_RESULT].to_dict("records")} if len(frame) else {},
    claims={
        "promise": Metric(
            "{of} is kept", "share", _promised, "promise", "support or orders", counts="cases"
        )
    },
)
def promises(
    promised: Iterable[Any],
    support: pd.DataFrame | None = None,
    orders: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Hold each promise against what was measured.

    A case keeps the promise when its measure is at most the limit (for satisfaction and solved:
    at least). The promise is *kept* when the whole interval of that share lies at or above its
    target, *broken* when it lies below, *undecided* when the target lies inside.

    Deliveries count per order, by its slowest line, and only once their time is over by the end
    of the data: what has not arrived by then broke the promise, and recent quick ones do not
    flatter it.

    Parameters
    ----------
    promised : iterable of Promise
        With id, measure, limit or limit_column, share (target), channel (or empty), text.
    support, orders, events : DataFrame, optional
        The first of them that has the measure as a column is used; user_id, where there,
        clusters the interval.

    Returns
    -------
    DataFrame
        promise (id), text, stage, channel, measure, limit, unit, target (share), kept (cases),
        n (cases), share, low, high, verdict ("kept", "broken", "undecided", "not measured"),
        median (of the measure), median_low, median_high, table, small_n.

    Raises
    ------
    AnalysisError
        A promise with neither limit nor limit_column.
    UnknownName
        A limit_column that the table does not have.

    Examples
    --------
    >>> from types import SimpleNamespace as Promise
    >>> chat = Promise(id="fast-chat", measure="first_answer_minutes", limit=2, share=0.8)
    >>> contacts = pd.DataFrame({"first_answer_minutes": [1.0] * 20 + [9.0] * 20})
    >>> promises([chat], contacts)[["promise", "kept", "n", "share", "verdict"]].values.tolist()
    [['fast-chat', 20, 40, 0.5, 'broken']]
    """
    tables = {"support": support, "orders": orders, "events": events}
    notes: list[str] = []
    rows = [_promise(promise, tables, notes) for promise in promised]
    columns = [
        "promise",
        "text",
        "stage",
        "channel",
        "measure",
        "limit",
        "unit",
        "target",
        "kept",
        "n",
        "share",
        "low",
        "high",
        "verdict",
        "median",
        "median_low",
        "median_high",
        "table",
        "small_n",
    ]
    return tidy(rows, "cases", notes, columns)


def _promise(
    promise: Any, tables: dict[str, pd.DataFrame | None], notes: list[str]
) -> dict[str, Any]:
    """Measure one promise."""
    measure, target = promise.measure, getattr(promise, "share", 0.8)
    limit, own = getattr(promise, "limit", None), getattr(promise, "limit_column", "") or ""
    row = {
        "promise": promise.id,
        "text": getattr(promise, "text", promise.id),
        "stage": getattr(promise, "stage", ""),
        "channel": getattr(promise, "channel", "") or "",
        "measure": measure or "",
        "limit": limit,
        "unit": str(measure or "").rpartition("_")[2],
        "target": target,
        "kept": 0,
        "n": 0,
        "verdict": "not measured",
        "small_n": True,
    }
    if measure in AT_LEAST:
        row["unit"] = ""
    row |= dict.fromkeys(("share", "low", "high", "median", "median_low", "median_high"), np.nan)
    row["table"] = next(
        (name for name, frame in tables.items() if frame is not None and measure in frame.columns),
        "",
    )
    if not row["table"]:
        notes.append(
            f"{promise.id!r} is not measured: "
            + (f"no table has a column {measure!r}." if measure else "it names no measure.")
        )
        return row
    if limit is None and not own:
        raise AnalysisError(
            f"the promise {promise.id!r} has no limit: give it limit (a number) or limit_column "
            "(a column with each row's own)."
        )
    cases = _cases(promise, tables[row["table"]], own, notes)
    known = cases["kept"].notna()
    kept, n = int(cases.loc[known, "kept"].sum()), int(known.sum())
    if not n:
        return row
    share, low, high = share_of(cases, cases["kept"])
    row |= {"kept": kept, "n": n, "share": share, "low": low, "high": high, "small_n": small(n)}
    middle = median_interval(cases["measured"].dropna())
    row |= dict(zip(("median", "median_low", "median_high"), middle, strict=True))
    row["verdict"] = "kept" if low >= target else "broken" if high < target else "undecided"
    return row


def promise_cases(promise: Any, tables: dict[str, pd.DataFrame | None]) -> pd.DataFrame | None:
    """Give the cases of a promise, as `_cases`; None where no table measures it."""
    table = next(
        (t for t in tables.values() if t is not None and promise.measure in t.columns), None
    )
    own = getattr(promise, "limit_column", "") or ""
    if table is None or (getattr(promise, "limit", None) is None and not own):
        return None
    return _cases(promise, table, own, [])


def _cases(promise: Any, table: Any, own: str, notes: list[str]) -> pd.DataFrame:
    """Give the cases of a promise: measured, kept (1, 0 or NaN), user_id."""
    if own and own not in table.columns:
        raise UnknownName(
            f"the promise {promise.id!r} takes its limit from {own!r}, which the data does not "
            f"have. {did_you_mean(own, table.columns)}"
        )
    channel = getattr(promise, "channel", "")
    if channel and "channel" in table.columns:
        table = table[table["channel"].astype(str) == channel]
    solved = promise.measure == "solved"
    measured = yes(table["solved"]) if solved else pd.to_numeric(table[promise.measure])
    limit = pd.to_numeric(table[own]) if own else pd.Series(float(promise.limit), table.index)
    good = measured >= limit if promise.measure in AT_LEAST else measured <= limit
    cases = pd.DataFrame({"measured": measured, "limit": limit})
    cases["kept"] = good.astype(float).where(measured.notna() & limit.notna())
    if promise.measure not in AT_LEAST:
        notes += _no_times(measured < 0, promise.measure)
        cases = cases[~(measured < 0)].copy()
    for column in ("user_id", "order_id", "timestamp"):
        if column in table.columns:
            cases[column] = table[column]
    if promise.measure == "delivered_days" and {"order_id", "timestamp"} <= set(cases.columns):
        return _deliveries(cases, notes)
    return cases


def _deliveries(cases: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Judge orders whose time is over; what has not come by then is late."""
    end = cases["timestamp"].max()
    cases = cases[cases["limit"].notna()]  # a line to which no day was named breaks no promise
    cases = cases.sort_values("measured", kind="stable", na_position="last")
    cases = cases.drop_duplicates("order_id", keep="last")
    due = cases["timestamp"] + pd.to_timedelta(cases["limit"], unit="D")
    cases = cases[due <= end].copy()
    missing = cases["measured"].isna()
    if missing.mean() > UNRECORDED:
        notes.append(f"{say(int(missing.sum()), 'order')} without a delivery on record left out.")
        return cases
    cases.loc[missing, "kept"] = 0.0
    if missing.any():
        notes.append(f"{say(int(missing.sum()), 'order')} had not arrived when due: late.")
    return cases


def share_of(cases: pd.DataFrame, hit: pd.Series) -> tuple[float, float, float]:
    """Share of yes among the known, clustered by user where there are ids."""
    known = hit.notna()
    users = cases["user_id"] if "user_id" in cases.columns else pd.Series(None, cases.index, object)
    return clustered_rows(hit[known], users[known])
