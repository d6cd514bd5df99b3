"""06 After the purchase: do they come back, who does what, and what changed since the last run."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from pandas import DataFrame, concat

from journeykit import charts, numbers
from journeykit.claims import Evidence, value_words, verdicts
from journeykit.claims.numbers import (
    COLUMNS,
    compare_numbers,
    main_numbers,
    room_to_grow,
    share_drift,
    user_shares,
)
from journeykit.claims.trend import earlier_results, trend, trend_words
from journeykit.errors import JourneykitError, NoTable
from journeykit.model import Journey
from journeykit.numbers import few, reached
from journeykit.numbers.funnel import funnel
from journeykit.words import label

from .asking import Row
from .measures import alarms, measured, promise_table
from .panel import Found, asks
from .phase import Phase
from .session import Session

_SCORES = ("nps", "csat", "ces", "sus")


def last_result(session: Session) -> Row | None:
    """Return the newest earlier result of this persona that is whole."""
    found, _ = earlier_results(session.folder.runs, session.persona_id, most=20)
    return found[-1] if found else None


def now_as_result(session: Session) -> Row:
    """Say what a run would write into ``result.json`` now, as far as numbers are compared; asked
    once.
    """
    return session.once(("now", *session.covered), lambda: _measured_now(session))


def _measured_now(session: Session) -> Row:
    events, everybody = session.events, session.all_events
    result: Row = {"run_id": "now", "data": {}}
    if events is not None and everybody is not None:
        result["data"] = {
            "users": events.users,
            "fingerprint": everybody.fingerprint,
            "to": events.end.isoformat() if events.end else None,
        }
        try:
            result["data"]["converted"] = reached(events, session.goal)
            result["funnel"] = funnel(events, session.steps).to_dict("records")
        except JourneykitError as problem:  # what could not be measured is not compared either
            result["left_out"] = [f"The way to the goal is not compared: {problem}"]
    result["surveys"] = [
        {**found, "measure": name, "score": found["value"]}
        for name in _SCORES
        if (found := measured(session, name))["value"] is not None
    ]
    promises = promise_table(session)
    result["promises"] = [] if promises is None else promises.to_dict("records")
    repeat = measured(session, "repeat-purchase")
    result["phases"] = {"after-the-purchase": {"repeat": {**repeat, "share": repeat["value"]}}}
    result["claims"] = [found.row() for found in verdicts(Evidence.of(session), must=True)]
    return result


class AfterThePurchase(Phase):
    """What comes after the five phases."""

    id = "after-the-purchase"
    numbers = (
        "retention stickiness triggers repeat=repeat_purchase basket next_product "
        "campaigns=campaign_effect"
    )

    @asks
    def gaps(self) -> Found:
        """Show the stages in which no campaign and no touchpoint speaks to the customer."""
        sends, maps = self.w.table("campaigns"), self.w.journeys
        sent = set() if sends is None or "stage" not in sends else set(sends["stage"])
        rows = [
            (name, id in sent, [c.lane for each in maps for c in each.at(id)])
            for id, name in self.w.stage_names.items()
        ]
        return {"table": sends, "rows": rows}

    @asks
    def advocacy(self) -> Found:
        """Show promoters, and how many customers recommend or review."""
        nps, stage, rows = measured(self.w, "nps"), self.w.workshop.stages[-1], []
        events: Any = self.w.events
        for match in stage.events if events else ():
            reached, of = numbers.reached(events, [match]), events.users
            share = reached / of if of else None
            rows.append((str(match), reached, share, *numbers.wilson(reached, of), of < 30))
        frame = DataFrame(rows, columns="event users share low high small_n".split())
        told = {"nps": nps["value"], **dict(zip(frame["event"], frame["share"]))}
        return {"nps": nps, "stage": stage, "frame": frame, "numbers": told}

    @asks
    def playbook(self, journey: Journey) -> Found:
        """Put together who acts in each stage, what they do and what they hand over."""
        stages = self.w.workshop.stages
        acts = [
            sorted({c.owner or c.department for c in journey.at(stage.id)} - {None, ""})
            for stage in stages
        ]
        return {"journey": journey, "rows": [*zip_longest(stages, acts, stages[1:])]}

    # --- what runs say about each other ----------------------------------------------------

    @asks
    def trend(self) -> Found:
        """Draw each journey test and main number over all runs of the workshop."""
        earlier, left_out = earlier_results(self.w.folder.runs, self.w.persona_id)
        results = [*earlier, now := now_as_result(self.w)]
        frame, told = trend(results), trend_words(results)
        if frame.empty:
            raise NoTable("events", "the goal and the steps of the funnel")
        shown = concat([frame[frame["group"] == group] for group in ("tests", "main")])
        shown.attrs, times = frame.attrs, frame["run_id"].nunique()
        value, low, high = (
            [*map(value_words, shown[name], shown["kind"])] for name in ("value", "low", "high")
        )
        return {
            "frame": shown.assign(number=value, interval=[*map("{} to {}".format, low, high)]),
            "chart": charts.trend(shown),
            "notes": [*left_out, *now.get("left_out", [])],
            "numbers": {"measurements": times, "moved": told},
        }

    @asks
    def drift(self) -> Found:
        """Test what changed since the last run: numbers, channels, devices, events."""
        w, before = self.w, last_result(self.w)
        if w.events is None:
            raise NoTable("events", "user_id, event and timestamp")
        least = few.least_of(w)
        told = few.joined(w, w.events, (*COLUMNS, "event"))
        shares = [row for row in user_shares(told) if row["users"] >= least]
        kept: Row = {"shares": shares}
        if before is None:
            return {"numbers": kept}
        now, kept["since"] = now_as_result(w), before["run_id"]
        if (before.get("data") or {}).get("fingerprint") == now["data"]["fingerprint"]:
            return {"numbers": kept}
        was = before.get("phases", {}).get(self.id, {}).get("drift", {}).get("shares", [])
        numbers = compare_numbers(main_numbers(before), main_numbers(now))
        rows = [*_turned(before, w), *_rows(numbers, share_drift(was, shares))]
        sure = [row for row in rows if row[-1] == "● yes"]
        still = [row for row in rows if row[-1] != "● yes"]
        return {
            "sure": sure,
            "beside": len(still) - _STILL,
            "frame": DataFrame([*sure, *still[:_STILL]], columns=_DRIFT),
            "notes": now.get("left_out", []),
            "numbers": {**kept, "moved": [row[1] for row in sure], "looked_at": len(rows)},
        }

    @asks
    def grow(self) -> Found | str:
        """Show which channels and devices bring few customers, of whom many reach the goal."""
        w, log = self.w, self.w.events
        if log is None or not {"channel", "device"} & set(log.columns):
            raise NoTable("events", "a channel or device column")
        # What makes somebody this persona cannot tell its customers apart.
        columns = [c for c in COLUMNS if c not in w.persona.segment and c in log.columns]
        alone = columns or not w.all_events
        if not alone:
            log, columns = w.all_events, [*COLUMNS]
        frame = room_to_grow(few.joined(w, log, columns), w.goal, columns)
        frame = frame[frame["users"] >= few.least_of(w)]
        best = frame[frame["grow"]].sort_values("share")
        if frame.empty:
            return f"No group has {few.least_of(w)} customers or more: there is nothing to compare."
        chart = frame[frame["kind"] == frame["kind"].iloc[0]].rename(columns={"value": "channel"})
        chart = chart["channel users converted conversion low high small_n".split()]
        drawn = charts.channels(chart)
        return {"log": log, "alone": alone, "best": best, "frame": frame, "chart": drawn}


_STILL = 20
"""So many that did not move are listed, so that one sees what was looked at."""
_DRIFT = ["kind", "what", "before", "now", "change", "q", "beyond chance"]


def _turned(before: Row, session: Session) -> Iterator[tuple[Any, ...]]:
    """The alarms that are not as they were in an earlier run."""
    told = before.get("phases", {}).get("test-the-journey", {}).get("journey-tests", {})
    was = {row["id"]: row["alarm"].get("colour", "") for row in told.get("rows", ())}
    for id, test in alarms(session).items():
        if was.get(id, "") not in ("", test.alarm["colour"]):
            yield "Alarm", test.name, was[id], test.light, "", None, "● yes"


def _rows(numbers: DataFrame, shares: DataFrame) -> Iterator[tuple[Any, ...]]:
    """Numbers; then shares that moved, then the largest that did not, so that one sees what was
    looked at.
    """
    numbers = numbers[numbers["group"].isin(["main", "steps"])].assign(of="Number")
    shares = shares.assign(of=shares["kind"].map(label), label=shares["value"], kind="share")
    still = shares[~shares["moved"]].sort_values("now", ascending=False)
    for frame in (numbers, shares[shares["moved"]], still):
        for r in frame.itertuples():
            old, new = value_words(r.before, r.kind), value_words(r.now, r.kind)
            moved = value_words(r.difference, "points" if r.kind == "share" else r.kind)
            yield r.of, r.label, old, new, moved, r.q, "● yes" if r.moved else "○ no"
