"""`read_table`: surveys, support contacts, campaigns, orders and leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from journeykit import engine
from journeykit.engine import quote
from journeykit.errors import DataError, did_you_mean
from journeykit.tables.columns import Column, recognise
from journeykit.tables.contract import Contract, Finding
from journeykit.tables.findings import lost_rows, most_serious_first
from journeykit.tables.reading import Reading, nothing_usable, read_columns
from journeykit.tables.sources import ROW, find_source

__all__ = ["KINDS", "MEASURES", "read_table"]

#: What a survey can measure, and the scale of its answers.
MEASURES: dict[str, tuple[float, float] | None] = {
    "nps": (0, 10),
    "csat": (1, 10),
    "ces": (1, 7),
    "sus": (1, 5),
    "emotion": (-2, 2),
}

_USER = Column("user_id", "id")
_REQUIRED_USER = Column("user_id", "id", required=True)
_TIME = Column("timestamp", "time")

#: The kinds of tables and what their columns mean; all others keep their own names.
KINDS: dict[str, tuple[Column, ...]] = {
    "surveys": (
        Column("score", "answer", True, "rating answer answervalue npsscore csat nps nota note"),
        Column("measure", words="metric surveytype questiontype survey"),
        Column("response_id", "id", words="responseid surveyresponseid id"),
        _USER,
        Column("timestamp", "time", words="recordeddate recordedat answeredat submittedat enddate"),
        Column("question", "id", words="questionid questionnumber item"),
        Column("stage", words="journeystage phase"),
        Column("channel"),
        Column("device"),
        Column("comment", words="verbatim feedback feedbacktext text resposta kommentar freetext"),
    ),
    "support": (
        Column("timestamp", "time", True, "submittedat openedat contactedat ticketcreatedat"),
        Column("channel", required=True, words="via contactchannel tickettype"),
        Column("contact_id", "id", words="ticketid caseid conversationid callid id"),
        Column("user_id", "id", words="requesterid requester"),
        Column("topic", words="category subject reason tag"),
        Column(
            "first_answer_minutes",
            "number",
            words="firstresponsetimeminutes firstresponseminutes waitminutes firstreplyminutes",
        ),
        Column("hold_minutes", "number", words="holdtimeminutes queueminutes"),
        Column("resolution_hours", "number", words="resolutiontimehours hourstoresolve"),
        Column("handovers", "number", words="transfers escalations reassignments"),
        Column("solved", "flag", words="resolved status issolved isresolved"),
        Column("satisfaction", "number", words="satisfactionscore csat rating"),
        Column("comment", words="feedback feedbacktext text"),
    ),
    "campaigns": (
        Column("campaign", required=True),
        _REQUIRED_USER,
        Column("timestamp", "time", True, "sentat senttime senddate sendtime"),
        Column("stage", words="journeystage phase"),
        Column("channel"),
        Column("opened", "flag", words="open isopened isopen"),
        Column("clicked", "flag", words="click isclicked isclick"),
        Column("cost", "number", words="spend price"),
        Column("treatment", words="group arm variant testgroup"),
    ),
    "orders": (
        Column("order_id", "id", required=True),
        _REQUIRED_USER,
        Column("timestamp", "time", True, "orderdate orderedat invoicedate purchasedat"),
        Column("product", "id"),
        Column("quantity", "number", words="qty units tiquantity menge"),
        Column("amount", "number", words="linetotal total revenue value betrag umsatz"),
        Column("unit_price", "number", words="unitprice price priceperunit itemprice tiprice"),
        Column("category", words="productcategory department ticategory"),
        Column("promised_days", "number", words="promiseddeliverydays estimateddays"),
        Column("delivered_days", "number", words="deliverydays actualdays"),
    ),
    "leads": (
        Column("user_id", "id", True, "leadid prospectid"),
        Column("timestamp", "time", True, "signupdate signedupat leaddate"),
        Column("source", words="leadsource referralsource utmsource channel"),
        Column("status", words="stage leadstatus lifecyclestage"),
        Column("industry", words="sector branche"),
        Column("company_size", words="employees seats size headcount"),
        Column("role", words="jobtitle jobrole title position"),
        Column("value", "number", words="dealvalue mrr mrramount"),
    ),
}


def read_table(
    kind: str,
    source: str | Path | pd.DataFrame,
    *,
    cache: str | Path | None = None,
    day_first: bool | None = None,
    **columns: str | None,
) -> pd.DataFrame:
    """Read one of the tables beside the events.

    Parameters
    ----------
    kind : str
        ``"surveys"``, ``"support"``, ``"campaigns"``, ``"orders"`` or ``"leads"``.
    source : path, glob or pandas.DataFrame
        CSV (also ``.gz``), Parquet, or a frame.
    cache : path, optional
        A folder for the file of rows that cannot be used.
    day_first : bool, optional
        Whether 03/04/2024 is 3 April; needed only where the data does not show it.
    **columns : str
        Our name to the source's; recognised by name where not given. For surveys,
        ``measure="nps"`` (or csat, ces, sus, emotion) where the file does not say it.

    Returns
    -------
    pandas.DataFrame
        One row per usable row of the source, columns of the kind first (those that the source
        has), then all others; ids and texts ``str``, numbers ``float64``, flags ``boolean``,
        times ``datetime64``. ``attrs["contract"]`` is its `Contract`.

    Raises
    ------
    DataError
        The kind is unknown, a required column cannot be found, or no row can be used.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"Rating": [9, 3, None], "Verbatim": ["fast", "late", "-"]})
    >>> surveys = read_table("surveys", answers, measure="nps")
    >>> surveys["score"].tolist()
    [9.0, 3.0]
    >>> surveys.attrs["contract"].set_aside
    1
    """
    if kind not in KINDS:
        raise DataError(f"There is no kind of table {kind!r}. {did_you_mean(kind, KINDS)}")
    found, wanted = find_source(source), KINDS[kind]
    raw = found.load()
    given, measure = dict(columns), None
    if (
        kind == "surveys"
        and given.get("measure") in MEASURES
        and (given["measure"] not in raw.columns)
    ):
        measure = given.pop("measure")
    mapped = recognise(raw.sample, wanted, given)
    reading = read_columns(raw, wanted, mapped, day_first=day_first)
    rows = raw.rows + len(raw.unreadable)
    counts = reading.count()
    lost = sum(counts.values())
    if lost == rows:
        raise nothing_usable(found.label, reading, counts)
    aside = _aside_file(cache, kind, found.fingerprint(kind, sorted(columns.items())))
    kept = reading.set_aside(aside if lost else None) if lost else None
    frame = _frame(reading, wanted, any_set_aside=bool(lost))
    frame = _FINISH.get(kind, _as_it_is)(frame, reading, measure)
    frame.attrs["contract"] = _contract(found.label, reading, frame, rows, counts, aside, kept)
    return frame


def _aside_file(cache: str | Path | None, kind: str, fingerprint: str) -> Path | None:
    if cache is None:
        return None
    Path(cache).mkdir(parents=True, exist_ok=True)
    return Path(cache).absolute() / f"set-aside-{kind}-{fingerprint}.csv"


def _frame(reading: Reading, wanted: tuple[Column, ...], *, any_set_aside: bool) -> pd.DataFrame:
    typed = reading.typed(any_set_aside=any_set_aside)
    kinds = {column.name: column.kind for column in wanted if column.name in reading.columns}
    order = [*kinds, *(name for name in reading.casts if name not in kinds)]
    listed = ", ".join(quote(name) for name in order)
    frame = engine.run(f"SELECT {listed} FROM {{typed}} ORDER BY {ROW}", typed=typed)
    dtypes = {"number": "float64", "flag": "boolean", "id": "str", "text": "str"}
    return frame.astype({name: dtypes[kind] for name, kind in kinds.items() if kind in dtypes})


def _contract(
    label: str,
    reading: Reading,
    frame: pd.DataFrame,
    rows: int,
    counts: dict[str, int],
    aside: Path | None,
    kept: pd.DataFrame | None,
) -> Contract:
    lost, times = sum(counts.values()), frame.get("timestamp", pd.Series(dtype="datetime64[us]"))
    # That days have no time of day matters to the order of events only.
    read = [finding for finding in reading.findings if finding.code != "days-only"]
    findings = [*lost_rows(counts, rows), *read, *_look_over(frame)]
    return Contract(
        source=label,
        rows=rows,
        usable=rows - lost,
        set_aside=lost,
        users=int(frame["user_id"].nunique()) if "user_id" in frame else 0,
        events=len(frame),
        start=times.min().to_pydatetime() if times.notna().any() else None,
        end=times.max().to_pydatetime() if times.notna().any() else None,
        columns=reading.columns,
        assumptions=reading.assumptions,
        findings=most_serious_first(findings),
        set_aside_path=str(aside) if lost and aside else None,
        set_aside_rows=kept,
    )


def _look_over(frame: pd.DataFrame) -> list[Finding]:
    """What is worth knowing about any table."""
    found = []
    ids = {"response_id", "contact_id", "order_id", "user_id"} & set(frame.columns)
    if ids and (repeats := int(frame.duplicated().sum())):
        words = f"{repeats:,} rows repeat another one in every column; they are kept."
        found.append(Finding("warning", "duplicates", words))
    if "timestamp" in frame:
        tomorrow = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
        future = int((frame["timestamp"] > tomorrow).sum())
        if future:
            words = f"{future:,} rows lie in the future: check the unit and the zone of the times."
            found.append(Finding("warning", "future", words))
    return found


def _as_it_is(frame: pd.DataFrame, reading: Reading, measure: str | None) -> pd.DataFrame:
    return frame


def _surveys(frame: pd.DataFrame, reading: Reading, measure: str | None) -> pd.DataFrame:
    if measure:
        frame.insert(1, "measure", pd.Series(measure, index=frame.index, dtype="str"))
    elif "measure" not in frame:
        raise DataError(
            'What do the scores measure? The source has no column for it: say measure="nps" '
            "(or csat, ces, sus, emotion)."
        )
    else:
        frame["measure"] = frame["measure"].str.strip().str.lower()
    for name, scores in frame.groupby("measure")["score"]:
        scale = MEASURES.get(str(name))
        if scale is None:
            words = f"'{name}' is no measure the kit knows. {did_you_mean(name, MEASURES)}"
            reading.findings.append(Finding("warning", "unknown-measure", words))
        elif pd.api.types.is_numeric_dtype(scores) and (
            outside := int((~scores.between(*scale)).sum())
        ):
            words = (
                f"{outside:,} of {len(scores):,} scores of {name} lie outside "
                f"{scale[0]:g} to {scale[1]:g}: is the scale right?"
            )
            reading.findings.append(Finding("error", "scale", words))
    return frame


def _orders(frame: pd.DataFrame, reading: Reading, measure: str | None) -> pd.DataFrame:
    if "amount" not in frame and "unit_price" in frame:
        place = list(frame.columns).index("unit_price")
        frame.insert(place, "amount", frame["unit_price"] * frame.get("quantity", 1))
        what = "quantity times unit_price" if "quantity" in frame else "unit_price"
        reading.assumptions.append(f"reckoned amount as {what}")
    for name in ("quantity", "amount"):
        if name in frame and (returned := int((frame[name] < 0).sum())):
            words = f"{returned:,} lines have a negative {name} (returns or cancellations); kept."
            reading.findings.append(Finding("info", f"negative-{name}", words))
    return frame


_FINISH: dict[str, Callable[[pd.DataFrame, Reading, Any], pd.DataFrame]] = {
    "surveys": _surveys,
    "orders": _orders,
}
