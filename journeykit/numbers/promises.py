"""Whether promises are kept: each held against what was measured."""

from collections.abc import Iterable, Mapping

from pandas import DataFrame, to_numeric, to_timedelta

from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.model import Promise

from .catalogue import number
from .claimed import Found, Of, from_row
from .frames import Row, clustered_share, no_times, noted, three, tidy, yes
from .means import median_interval
from .stats import small

AT_LEAST = ("satisfaction", "solved")  # of these, more is better; of all others, less is
UNRECORDED = 0.2  # above this share of unknown deliveries, empty means "not written down"
_COLUMNS = (
    "promise text stage channel measure limit unit target kept n share low high verdict median "
    "median_low median_high table small_n"
)
_RESULT = "promise text verdict share low high n target".split()
Tables = Mapping[str, DataFrame | None]


def _promised(frame: DataFrame, of: Of) -> Found:
    found = frame[frame["promise"] == of[0]]
    if found.empty:
        raise UnknownName(f"there is no promise {of[0]!r}. {did_you_mean(of[0], frame['promise'])}")
    row = found.iloc[0]
    if not row["n"]:
        told = [note for note in frame.attrs["notes"] if f"“{row['text']}”" in note]
        raise AnalysisError(" ".join(told) or f"no case of {of[0]!r} is in the data")
    return from_row(row, "share low high", row["n"])


@number(
    result=lambda frame: {"rows": frame[_RESULT].to_dict("records")} if len(frame) else {},
    claims={"promise": _promised},
)
def promises(
    promised: Iterable[Promise],
    support: DataFrame | None = None,
    orders: DataFrame | None = None,
    events: DataFrame | None = None,
) -> DataFrame:
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
    >>> import pandas as pd
    >>> from journeykit.model import Promise
    >>> chat = Promise(id="fast-chat", text="Answers at once", stage="help", limit=2,
    ...     measure="first_answer_minutes")
    >>> contacts = pd.DataFrame({"first_answer_minutes": [1.0] * 20 + [9.0] * 20})
    >>> promises([chat], contacts)[["promise", "kept", "n", "share", "verdict"]].values.tolist()
    [['fast-chat', 20, 40, 0.5, 'broken']]
    """
    tables = {"support": support, "orders": orders, "events": events}
    notes: list[str] = []
    rows = [_promise(promise, tables, notes) for promise in promised]
    return tidy(rows, "cases", notes, _COLUMNS)


def _promise(promise: Promise, tables: Tables, notes: list[str]) -> Row:
    """Measure one promise."""
    measure = promise.measure or ""
    cases = promise_cases(promise, tables, notes)
    if cases is None:
        why = f"no table has a column “{measure}”." if measure else "it names no measure."
        notes.append(f"“{promise.text}” is not measured: {why}")
        cases = DataFrame(columns=["kept", "measured"], dtype=float)
    n = int(cases["kept"].count())
    share, low, high = clustered_share(cases, cases["kept"])
    sure = "kept" if low >= promise.share else "broken" if high < promise.share else "undecided"
    return {
        **promise.model_dump(include={"text", "stage", "channel", "limit"}),
        "promise": promise.id,
        "measure": measure,
        "unit": "" if measure in AT_LEAST else measure.rpartition("_")[2],
        "target": promise.share,
        "kept": int(cases["kept"].sum()),
        "n": n,
        "share": share,
        "low": low,
        "high": high,
        "verdict": sure if n else "not measured",
        **three(
            "median median_low median_high",
            median_interval(cases["measured"].dropna() if n else []),
        ),
        "table": _measured_in(promise, tables),
        "small_n": small(n),
    }


def _measured_in(promise: Promise, tables: Tables) -> str:
    there = {name: table.columns for name, table in tables.items() if table is not None}
    return next((name for name in there if promise.measure in there[name]), "")


def promise_cases(promise: Promise, tables: Tables, notes: list[str]) -> DataFrame | None:
    """Give the cases of a promise: measured, limit, kept (1, 0 or NaN), and what tells them apart.

    Parameters
    ----------
    promise : Promise
    tables : mapping of str to DataFrame
        The first that has its measure is used.
    notes : list of str
        What was left out is added to it.

    Returns
    -------
    DataFrame or None
        None where no table measures it.

    Raises
    ------
    AnalysisError
        A promise with neither limit nor limit_column.
    UnknownName
        A limit_column that the table does not have.
    """
    table, own = tables.get(_measured_in(promise, tables)), promise.limit_column
    if table is None:
        return None
    if promise.limit is None and not own:
        raise AnalysisError(
            f"the promise {promise.id!r} has no limit: give it limit (a number) or limit_column "
            "(a column with each row's own)."
        )
    if own and own not in table.columns:
        raise UnknownName(
            f"the promise {promise.id!r} takes its limit from {own!r}, which the data does not "
            f"have. {did_you_mean(own, table.columns)}"
        )
    if promise.channel and "channel" in table.columns:
        table = table[table["channel"].astype(str) == promise.channel]
    told = table[promise.measure]
    cases = table.filter(["user_id", "order_id", "timestamp"]).assign(
        measured=yes(told) if promise.measure == "solved" else to_numeric(told),
        limit=to_numeric(table[own]) if own else promise.limit,
    )
    over, none = cases["measured"] - cases["limit"], cases["measured"] < 0
    more = promise.measure in AT_LEAST
    cases["kept"] = (over >= 0 if more else over <= 0).astype(float).where(over.notna())
    if not more:
        notes.append(no_times(none, str(promise.measure)))
        cases = cases[~none]
    if promise.measure == "delivered_days" and {"order_id", "timestamp"} <= set(cases.columns):
        return _deliveries(cases, notes)
    return cases


def _deliveries(cases: DataFrame, notes: list[str]) -> DataFrame:
    """Judge orders whose time is over; what has not come by then is late."""
    end = cases["timestamp"].max()
    cases = cases[cases["limit"].notna()]  # a line to which no day was named breaks no promise
    cases = cases.sort_values("measured", kind="stable", na_position="last")
    cases = cases.drop_duplicates("order_id", keep="last")
    due = cases["timestamp"] + to_timedelta(cases["limit"], unit="D")
    cases = cases[due <= end].copy()
    missing = cases["measured"].isna()
    late = missing.mean() <= UNRECORDED
    notes.append(
        noted(
            missing.sum(),
            "orders",
            "had not arrived when due: late." if late else "without a delivery on record left out.",
        )
    )
    if late:
        cases.loc[missing, "kept"] = 0.0
    return cases
