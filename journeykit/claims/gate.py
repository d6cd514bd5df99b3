"""The gate before every verdict: whether anything may be concluded from the data at all."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from journeykit.errors import JourneykitError
from journeykit.model import EXPECTED, Limits
from journeykit.numbers.few import masked
from journeykit.numbers.stats import SMALL
from journeykit.numbers.steps import ask
from journeykit.tables import NO_DATA, REPEATS, Contract
from journeykit.words import number, percent

from .trend import earlier_results
from .words import tell

ACCEPT = "JOURNEYKIT_ACCEPT_DATA"
"""The environment variable by which data is taken as it is; ``--accept-data`` sets it."""
_LOOKED = 28
_BEFORE, _FEW = 8, 3
"""Days that are looked at for gaps; how many periods before are compared with, at least."""
_ROWS = "rows of "
_Found = Iterator[tuple[bool, str]]


@dataclass(frozen=True)
class Gate:
    """What was found before any verdict.

    ``broken`` are the limits that the data does not keep, ``said`` what breaks none and should be
    known; ``accepted`` where somebody takes the data as it is. ``types``, ``used`` and ``counts``
    are the columns of the events and how many there are of what, for the next run to compare with.
    """

    broken: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    accepted: bool = False
    types: Mapping[str, str] = field(default_factory=dict)
    used: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def shut(self) -> tuple[str, ...]:
        """Why no verdict is drawn; empty where the gate is open."""
        return () if self.accepted else self.broken


def gate_of(session: Any, now: pd.Timestamp | None = None) -> Gate:
    """Hold the data of an open workshop against its limits, its days and its last run.

    Parameters
    ----------
    session : Session
        The open workshop.
    now : pandas.Timestamp, optional
        The time, as the clock of the workshop's time zone shows it.

    Returns
    -------
    Gate

    Examples
    --------
    >>> import tempfile, journeykit as jk
    >>> with tempfile.TemporaryDirectory() as place:
    ...     gate_of(jk.open_workshop(f"{place}/shop", template="retail")).shut
    ()
    """
    workshop, found = session.workshop, list[tuple[bool, str]]()
    contracts = dict[str, Contract]()
    for kind in ("events", *session.kinds):
        try:
            table = session.all_events if kind == "events" else session.table(kind, everybody=True)
        except JourneykitError as problem:
            quiet = kind != "events" and workshop.sources.deliveries and "no rows" in str(problem)
            found.append((not quiet, f"{kind}: {problem}"))  # a Sunday on which nobody asked
            continue
        if table is not None:
            contracts[kind] = table.contract if kind == "events" else table.attrs["contract"]
            found += _kept(kind, contracts[kind], workshop.sources.limits)
    types, counts, used = dict[str, str](), dict[str, int](), set[str]()
    every = EXPECTED.get(workshop.sources.expected, 0)
    for kind, each in contracts.items():
        mixed = {f.about: "mixed" for f in each.findings}
        of = "" if kind == "events" else f"{kind}: " if every else f"{kind} in {each.source}: "
        types |= {of + masked(n): mixed.get(n, type_) for n, type_ in each.types.items()}
        used |= {of + n for n in each.columns.values()} & types.keys()
    if told := contracts.get("events"):
        used |= types.keys() & {*session.groups}
        counts = _counts(session, told)
    for kind in workshop.data.keys() - {"events"}:
        read = contracts.get(kind)
        at = "" if every or not read else f" in {read.source}"
        counts[f"{_ROWS}{kind}{at}"] = read.rows if read else 0
    found += _against(session, types, counts)
    if not session.until:
        now = now or pd.Timestamp.now(workshop.timezone or "UTC").tz_localize(None)
        for kind in contracts:
            own = kind in workshop.data and workshop.data[kind].expected
            # What the team sends is no delivery that can fail, unless it says so.
            often = EXPECTED[own] if own else every * (kind != "campaigns")
            held = (bool(own) or kind == "events", often, workshop.sources.limits)
            found += _in_time(kind, _days(session, kind, now), *held, now.normalize())
    broken, said = (tuple(each for bad, each in found if bad is what) for what in (True, False))
    return Gate(broken, said, os.environ.get(ACCEPT) == "1", types, tuple(sorted(used)), counts)


def _kept(kind: str, contract: Contract, limits: Limits) -> _Found:
    """What a table was found to be: rows that are lost, days that came twice, errors."""
    days = any(each.code == "days-only" for each in contract.findings)
    apart = sum(each.share for each in contract.findings if each.code in (REPEATS, NO_DATA))
    lost = contract.set_aside / contract.rows - apart if contract.rows else 0
    if lost > limits.set_aside:
        why = next(
            f
            for f in contract.findings
            if f.share and f.code not in (REPEATS, NO_DATA, "scale", "duplicates")
        )
        said = f"{kind}: {percent(lost)} of the rows are set aside, "
        said += f"at most {percent(limits.set_aside)} may be (`data: limits: set_aside:`). "
        yield True, f"{said}Most of all: {why.message}"
    for each in contract.findings:
        # Days without a time of day are the same in every column for other reasons.
        if each.code == "duplicates" and each.share > limits.repeats and not days:
            yield True, f"{kind}: {each.message} Was it delivered twice?"
        elif each.level == "error" and (
            not each.share or (each.code == "scale" and each.share > limits.set_aside)
        ):
            yield True, f"{kind}: {each.message}"
        elif each.level == "warning" or each.about:
            yield False, f"{kind}: {each.message}"


def _counts(session: Any, contract: Contract) -> dict[str, int]:
    """How many rows, customers, days, and events of those that the stages and steps name."""
    events = session.all_events
    facts, every = events.facts(), (*session.steps.values(), *session.stages.values())
    named = {name for step in every for match in step for name in match.names(events.names)}
    days = (events.end - events.start).days + 1 if events.end else 0
    return {"rows": contract.rows, "customers": events.users, "days": days} | {
        f"events “{name}”": facts["by_event"].get(name, {"events": 0})["events"]
        for name in sorted(named)
    }


def _against(session: Any, types: Mapping[str, str], counts: Mapping[str, int]) -> _Found:
    """How columns and rows compare with those of the last run on this source."""
    results, _ = earlier_results(session.folder.runs, session.persona_id, most=5)
    data, sources = results[-1]["data"] if results else {}, session.workshop.sources
    gate, always = data.get("gate") or {}, EXPECTED.get(sources.expected)
    if not gate or (not always and (data.get("source") or "") != session.data_name):
        return  # none before, or other data and nobody said that it should be alike
    of = f"in the run {results[-1]['run_id']}"
    for name, kind in gate.get("types", {}).items():
        is_now, (where, _, column) = types.get(name), name.rpartition(": ")
        if is_now != kind and (not where or any(each.startswith(f"{where}: ") for each in types)):
            said = f"is {is_now} and was {kind}" if is_now else "is gone, and was there"
            # Whole numbers and parts of them come and go in the others.
            bad = name in gate.get("used", ()) and not (where and is_now)
            yield bad, f"{where or 'events'}: the column '{column}' {said} {of}."
    asked, before = results[-1].get("parameters") or {}, gate.get("counts", {})
    if any((asked.get(each) or None) != getattr(session, each) for each in ("since", "until")):
        return  # another period
    for what, n in before.items():
        # The team may name another file, or take a table out.
        now = counts.get(what, n if what.startswith(_ROWS) else 0)
        if n >= (7 if what == "days" else SMALL) and now < sources.limits.volume * n:
            said = f"data: {now:,} {what}, and {n:,} {of}"
            yield True, f"{said} (`data: limits: volume:`)."
    had, has = (c.get("rows", 0) / max(c.get("customers", 0), 1) for c in (before, counts))
    if has < sources.limits.volume * had:
        yield True, f"events: a customer has {number(has)}, and had {number(had)} {of}."


def _days(session: Any, kind: str, now: pd.Timestamp) -> pd.Series:
    """How many rows of a table each day until now has."""
    if kind == "events":
        local = session.all_events.local()
        sql = f"SELECT CAST({local} AS DATE) AS day, count(*) AS n FROM {{journey}} "
        sql += f"WHERE {local} <= ? GROUP BY 1"
        frame = ask(session.all_events, sql, [now.to_pydatetime()])
        return frame.set_index(pd.to_datetime(frame["day"]))["n"].sort_index()
    times = session.table(kind, everybody=True).get("timestamp", pd.Series(dtype="datetime64[us]"))
    return times[times <= now].dt.normalize().value_counts().sort_index()


def _in_time(
    kind: str, counts: pd.Series, own: bool, every: int, limits: Limits, today: pd.Timestamp
) -> _Found:
    """How old the newest row is; where data is expected, also what the last days brought.

    A table of which nobody wrote how often it comes (not ``own``) is held to the days of the week
    that usually bring rows enough: a desk is closed on Sundays, a letter goes out on Fridays.
    """
    if counts.empty:
        if own:
            yield bool(every), f"{kind}: none lies in the past."
        return
    newest, yesterday = counts.index[-1], today - pd.Timedelta(days=1)
    whole = counts.reindex(pd.date_range(counts.index[0], today), fill_value=0)
    sums = whole.rolling(max(every, 1)).sum()
    usual = sums[:newest][-7 * _BEFORE :].groupby(lambda at: at.day_of_week).median()
    held = own | pd.Series(whole.index.day_of_week.map(usual) >= SMALL, whole.index)
    if not (own or (every and len(whole[:newest]) > _LOOKED)):
        return
    most = every + max(every // 7, 1) if limits.age is None and every else limits.age
    old = bool(most is not None and held[newest:][1:].sum() > most)
    if own or old:
        age = (today - newest).days
        yield old, tell("newest", kind, newest, age, most if old else None)
    done = whole[held][: min(newest, yesterday)]
    if not every or done.empty:
        return
    gaps, last, step = done[-_LOOKED:], done.index[-1], max(every, 7)
    if (empty := (gaps == 0).sum()) > limits.gap_days and every == 1:
        yield True, tell("gaps", kind, empty, len(gaps), gaps.index[gaps == 0][0])
    # A day is compared with the same days of the weeks before, a week with weeks.
    sums = sums[:last].dropna()
    before = sums[:-1][::-1][step - 1 :: step][:_BEFORE]
    if len(before) >= _FEW and sums.iloc[-1] < limits.volume * before.median():
        yield True, tell("fewer", kind, sums.iloc[-1], every, last, before.median())
