"""06, second half: how it went over all runs, what changed since the last one, where to grow."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit import charts
from journeykit.claims import Evidence, verdicts
from journeykit.claims.drift import COLUMNS, room_to_grow, share_drift, user_shares
from journeykit.claims.numbers import compare_numbers, main_numbers
from journeykit.claims.trend import earlier_results, trend, trend_words
from journeykit.claims.words import value_words
from journeykit.errors import JourneykitError
from journeykit.numbers.funnel import funnel, reached
from journeykit.phases.measures import measured, promise_table
from journeykit.phases.panel import Panel
from journeykit.phases.phase import Phase
from journeykit.phases.session import Session
from journeykit.words import label, people, percent, write

_SCORES = ("nps", "csat", "ces", "sus")


def last_result(session: Session) -> dict[str, Any] | None:
    """Return the newest earlier result of this persona that is whole."""
    found = earlier_results(session.folder.runs, session.persona_id, most=20)
    return found[-1] if found else None


def now_as_result(session: Session) -> dict[str, Any]:
    """Say what a run would write into ``result.json`` now, as far as numbers are compared; asked
    once.
    """
    if "_now" not in vars(session):
        vars(session)["_now"] = _measured_now(session)
    return vars(session)["_now"]


def _measured_now(session: Session) -> dict[str, Any]:
    events, everybody = session.events, session.all_events
    result: dict[str, Any] = {"run_id": "now", "data": {}, "phases": {}}
    if events is not None and everybody is not None:
        result["data"] = {
            "users": events.users,
            "fingerprint": everybody.fingerprint,
            "to": events.end.isoformat() if events.end else None,
        }
        try:
            result["data"]["converted"] = reached(events, session.goal)
            result["funnel"] = funnel(events, session.steps).to_dict("records")
        except JourneykitError:
            pass  # what the phases before could not measure is not compared either
    scores = {name: measured(session, name) for name in _SCORES}
    result["surveys"] = [
        {**found, "measure": name, "score": found["value"]}
        for name, found in scores.items()
        if found["value"] is not None
    ]
    promises = promise_table(session)
    result["promises"] = [] if promises is None else promises.to_dict("records")
    repeat = measured(session, "repeat-purchase")
    result["phases"]["after-the-purchase"] = {"repeat": {**repeat, "share": repeat["value"]}}
    result["claims"] = [found.row() for found in verdicts(Evidence.of(session), must=True)]
    return result


class Since(Phase):
    """What runs say about each other."""

    def trend(self) -> Panel:
        """Draw each journey test and main number over all runs of the workshop."""
        title = "How does it develop?"
        results = [*earlier_results(self.w.folder.runs, self.w.persona_id), now_as_result(self.w)]
        frame, told = trend(results), trend_words(results)
        if frame.empty:
            return self.needs("trend", title, "events", "the goal and the steps of the funnel")
        shown = pd.concat([frame[frame["group"] == group] for group in ("tests", "main")])
        shown.attrs, times = frame.attrs, frame["run_id"].nunique()
        said = "This is the first measurement; the trend begins with the next data."
        if times > 1:
            moved = f"{'; '.join(told)}" if told else "nothing moved beyond chance"
            said = f"{times} measurements of this persona. Against the one before, {moved}."
        table = shown.assign(
            number=[value_words(v, k) for v, k in zip(shown["value"], shown["kind"], strict=True)],
            interval=[
                f"{value_words(a, k)} to {value_words(b, k)}"
                for a, b, k in zip(shown["low"], shown["high"], shown["kind"], strict=True)
            ],
        )
        return self.panel(
            "trend",
            title,
            said,
            counts="By the last day of the data; 95% intervals",
            frame=table,
            columns=["label", "at", "number", "interval", "n", "verdict", "small_n"],
            chart=charts.trend(shown),
            numbers={"measurements": times, "moved": told},
        )

    def drift(self) -> Panel:
        """Test what changed since the last run: numbers, channels, devices, events."""
        title, before = "What changed since the last run?", last_result(self.w)
        if self.w.events is None:
            return self.needs("drift", title, "events", "user_id, event and timestamp")
        shares = user_shares(self.w.events)
        kept = {"shares": shares}
        if before is None:
            return self.panel(
                "drift", title, "There is no earlier run to compare with.", numbers=kept
            )
        now, run = now_as_result(self.w), before["run_id"]
        if (before.get("data") or {}).get("fingerprint") == now["data"]["fingerprint"]:
            return self.panel(
                "drift",
                title,
                f"The data is that of the run {run}: nothing can have changed.",
                numbers={**kept, "since": run},
            )
        was = before.get("phases", {}).get(self.id, {}).get("drift", {}).get("shares", [])
        moved = share_drift(was, shares)
        numbers = compare_numbers(main_numbers(before), main_numbers(now))
        frame = pd.DataFrame([*_number_rows(numbers), *_share_rows(moved)], columns=_DRIFT)
        looked, chance = len(frame), frame["beyond chance"].str.startswith("●")
        sure, still = frame[chance], frame[~chance]
        frame = pd.concat([sure, still.head(_STILL)])
        first = "; ".join(
            f"{r.what} ({r.before} before, {r.now} now)" for r in sure.head(3).itertuples()
        )
        return self.panel(
            "drift",
            title,
            f"{len(sure)} of {looked} numbers and shares moved beyond chance since the run {run}"
            f"{f': {first}' if first else ''}.",
            counts="Customers, tested for all at once (false discovery rate 5%); where both runs "
            "hold the "
            "same customers the test is on the safe side",
            frame=frame,
            notes=[f"{len(still) - _STILL} more did not move."] if len(still) > _STILL else [],
            numbers={**kept, "since": run, "moved": sure["what"].tolist(), "looked_at": looked},
        )

    def grow(self) -> Panel:
        """Show which channels and devices bring few customers, of whom many reach the goal."""
        title = "Where could we grow?"
        if self.w.events is None or not {"channel", "device"} & set(self.w.events.columns):
            return self.needs("grow", title, "events", "a channel or device column")
        # What makes somebody this persona cannot tell its customers apart.
        columns = [name for name in COLUMNS if name not in self.w.persona.segment]
        log = self.w.events if set(columns) & set(self.w.events.columns) else self.w.all_events
        assert log is not None
        of_whom = " of this persona" if log is self.w.events else ", not only of this persona"
        frame = room_to_grow(log, self.w.goal, columns if log is self.w.events else COLUMNS)
        best = frame[frame["grow"]].sort_values("share")
        said = (
            "No channel or device stands out: those who come by it reach the goal as often as "
            "others."
        )
        if len(best):
            said = (
                "; ".join(
                    f"{r.value} brings {percent(r.share)} of customers, and "
                    f"{percent(r.conversion)} of them "
                    f"reach the goal ({write(r.difference, 'points')} against all others)"
                    for r in best.head(2).itertuples()
                )
                + "."
            )
        chart = frame[frame["kind"] == frame["kind"].iloc[0]].rename(columns={"value": "channel"})
        chart = chart[["channel", "users", "converted", "conversion", "low", "high", "small_n"]]
        chart.attrs = frame.attrs
        return self.panel(
            "grow",
            title,
            said,
            counts=f"{people(log.users)}{of_whom}, by their first event",
            frame=frame,
            columns=[
                "kind:name",
                "value",
                "users",
                "share",
                "conversion",
                "low",
                "high",
                "difference",
                "diff_low",
                "diff_high",
                "q",
                "small_n",
            ],
            chart=charts.channels(chart),
            numbers={"grow": best["value"].tolist()},
        )


_STILL = 20
"""So many that did not move are listed, so that one sees what was looked at."""
_DRIFT = ["kind", "what", "before", "now", "change", "q", "beyond chance"]


def _number_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    points = {"share": "points"}
    return [
        {
            "kind": "Number",
            "what": r.label,
            "before": value_words(r.before, r.kind),
            "now": value_words(r.now, r.kind),
            "change": value_words(r.difference, points.get(r.kind, r.kind)),
            "q": r.q,
            "beyond chance": "● yes" if r.moved else "○ no",
        }
        for r in frame[frame["group"].isin(["main", "steps"])].itertuples()
    ]


def _share_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Shares that moved first, then the largest that did not, so that one sees what was looked
    at.
    """
    shown = pd.concat(
        [frame[frame["moved"]], frame[~frame["moved"]].sort_values("now", ascending=False)]
    )
    return [
        {
            "kind": label(r.kind),
            "what": r.value,
            "before": percent(r.before),
            "now": percent(r.now),
            "change": f"{100 * r.difference:+.1f} points",
            "q": r.q,
            "beyond chance": "● yes" if r.moved else "○ no",
        }
        for r in shown.itertuples()
    ]
