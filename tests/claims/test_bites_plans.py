"""Plans, the agenda and what stands beside them, where a small slip would still look right."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from journeykit.claims.agenda import Item, _framed, next_agenda
from journeykit.claims.atlas import ends
from journeykit.claims.changes import _removed, _wait, _waits
from journeykit.claims.findings import Place
from journeykit.claims.gate import _days, _in_time
from journeykit.claims.lint import _sent_stages
from journeykit.claims.lint_map import _twice
from journeykit.claims.suggest import _after
from journeykit.claims.trend import earlier_results
from journeykit.claims.words import value_words
from journeykit.errors import AnalysisError
from journeykit.model import Change, Workshop
from journeykit.model.sources import Limits
from journeykit.numbers.steps import ask, condition
from journeykit.store import write_atomic
from journeykit.tables import read_events

START = pd.Timestamp("2026-03-02 10:00")


def events_of(**users: str) -> Any:
    """What customers do, with the minute: ``ann="visit@0 pay@3"``."""
    rows = []
    for user, text in users.items():
        for event, _, minute in (word.partition("@") for word in text.split()):
            rows.append((user, event, START + pd.Timedelta(minutes=int(minute))))
    return read_events(pd.DataFrame(rows, columns=["user_id", "event", "timestamp"]))


# --- what a wait costs ------------------------------------------------------------------------


def test_a_wait_ends_with_the_first_step_after_it_and_the_goal_counts_after_that() -> None:
    events = events_of(
        a="visit@0 cart@3 pay@4 cart@9",  # short, and pays before the basket is filled again
        b="visit@0 cart@10",  # long; half as long it would be short
        c="pay@0 visit@1 cart@4",  # short; has paid before
        d="visit@0 cart@20 pay@21",  # long, also when it is half as long; pays
        e="cart@0 visit@1",  # no basket after the visit
        f="help@0 cart@1 visit@2 cart@30",  # long, from the visit on
    )
    scope: Any = SimpleNamespace(events=events, goal="pay")
    first, then = (condition(events, name) for name in ("visit", "cart"))
    found = ask(events, *_waits(scope, first, then, 300.0, 0.5)).iloc[0]
    assert found.to_dict() == {"short": 2, "long": 3, "short_won": 1, "long_won": 1, "moved": 1}


def test_the_lift_of_a_shorter_wait_is_of_all_who_wait() -> None:
    """Of 40 who wait 1 minute 30 pay, of 40 who wait 2 only 10: half as long, all would be quick."""
    users = {f"q{n}": "visit@0 cart@1" + " pay@9" * (n < 30) for n in range(40)}
    users |= {f"s{n}": "visit@0 cart@2" + " pay@9" * (n < 10) for n in range(40)}
    users |= {f"v{n}": "visit@0" for n in range(20)}
    steps = {name: name for name in ("visit", "cart", "pay")}
    scope: Any = SimpleNamespace(events=events_of(**users), steps=steps, goal="pay")
    change = Change.model_validate({"what": "wait", "step": "cart", "by": "50%"})
    found = _wait(scope, change)
    assert (found["base"], found["arriving"]) == (0.5, 80)
    assert found["lift"] == pytest.approx(0.5 * 40 / 80)
    assert found["difference"] == pytest.approx(0.4 * 0.5 * 0.75)


@pytest.mark.parametrize(("step", "place"), [("visit", "first"), ("pay", "last")])
def test_neither_end_of_a_funnel_can_be_taken_out(step: str, place: str) -> None:
    scope: Any = SimpleNamespace(steps=dict.fromkeys(["visit", "cart", "form", "pay"], ""))
    change = Change.model_validate({"what": "step-removed", "step": step})
    with pytest.raises(AnalysisError, match=f"'{step}' is the {place} step"):
        _removed(scope, change)


def test_a_pain_keeps_people_from_the_step_after_the_last_that_its_card_is_about() -> None:
    funnel = [{"name": name, "events": name} for name in ("visit", "cart", "form", "pay")]
    shop = Workshop.model_validate(
        {"name": "Shop", "stages": [{"id": "buy", "name": "Buy"}], "funnel": funnel}
    )
    assert _after(["visit", "cart"], shop) == "form"
    assert _after(["cart", "visit"], shop) == "form"
    assert _after(["pay"], shop) == "pay"
    assert _after([], shop) == ""


# --- the next session -------------------------------------------------------------------------


def claim(name: str, verdict: str, **more: object) -> dict[str, Any]:
    return {"id": name, "sentence": f"{name}.", "verdict": verdict, **more}


def test_what_held_before_and_what_never_did_are_two_parts_of_the_agenda() -> None:
    now = [claim(name, "refuted") for name in ("fell", "new", "still")]
    now += [claim("rose", "supported"), claim("open", "undecided", must=True)]
    before = [claim("fell", "supported"), claim("still", "refuted"), claim("rose", "refuted")]
    agenda, left = next_agenda(now, before)
    told = {item.kind: (item.why, item.count, item.minutes) for item in agenda}
    assert told["flipped to refuted"] == ("fell", 1, 20)
    assert told["refuted"][:2] == ("new; still", 2)
    assert told["flipped to supported"] == ("rose", 1, 5)
    assert told["undecided"] == ("open", 1, 5)
    assert left == []
    assert next_agenda([]) == ([], [])


@pytest.mark.parametrize(("last", "kinds"), [(35, "oayc"), (36, "oaybc"), (50, "oabyc")])
def test_a_session_of_an_hour_and_a_half_has_no_break_and_a_longer_one_has(
    last: int, kinds: str
) -> None:
    """5 minutes of opening and 10 of closing stand around it; before the break are 90 at most."""
    items = [Item("", minutes, "", "", kind) for minutes, kind in ((40, "a"), (last, "y"))]
    assert "".join(item.kind[0] for item in _framed(items)) == kinds


# --- runs side by side ------------------------------------------------------------------------


def test_who_reaches_the_end_is_read_from_the_last_step() -> None:
    steps = [
        {"users": 50},
        {"users": 40, "of_start": 0.8, "of_start_low": 0.7, "of_start_high": 0.9},
        {"users": 20, "of_start": 0.4, "of_start_low": 0.3, "of_start_high": 0.5},
    ]
    frame, said = ends({"Ann": steps, "Bo": [{"users": 29}, {"users": 29, "of_start": 1.0}]})
    ann, bo = frame.to_dict("records")
    assert [ann[name] for name in ("users", "reached", "share", "low", "high", "small_n")] == [
        50, 20, 0.4, 0.3, 0.5, False,
    ]  # fmt: skip
    assert bo["small_n"]
    assert said == "Bo 100.0%; Ann 40.0%."


def test_a_run_that_cannot_be_read_is_left_out_by_its_own_name(tmp_path: Path) -> None:
    write_atomic(tmp_path / "2026-03-01/ann/result.json", "{")
    found, (said,) = earlier_results(tmp_path, "ann")
    assert found == []
    assert said.startswith("The run 2026-03-01 is left out: ")


# --- what the lint and the gate look at -------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "same"),
    [("ABCDEFGHIJ ", True), ("abcdefghix", True), ("abcdefghyx", False), ("", False)],
)
def test_nine_of_ten_letters_alike_say_the_same(text: str, same: bool) -> None:
    found = list(_twice(["abcdefghij", text, text[:0]], [Place("map", (n,)) for n in range(3)]))
    assert [(each.code, each.place.path) for each in found] == [("JK120", (1,))] * same


def test_a_stage_has_been_written_to_whoever_got_the_letter() -> None:
    sent = pd.DataFrame({"stage": ["buy", None]})
    session = SimpleNamespace(table=lambda kind, everybody=False: sent if everybody else None)
    assert _sent_stages(session) == {"buy"}


def test_a_row_of_this_very_moment_lies_not_in_the_future_and_is_of_everybody() -> None:
    events = events_of(a="visit@0 pay@5 visit@6")
    now = START + pd.Timedelta(minutes=5)
    assert _days(SimpleNamespace(all_events=events), "events", now).tolist() == [2]
    table = pd.DataFrame({"timestamp": [START, now, now + pd.Timedelta(minutes=1)]})
    own = SimpleNamespace(table=lambda kind, everybody=False: table if everybody else table[:1])
    assert _days(own, "support", now).tolist() == [2]


@pytest.mark.parametrize(("rows", "told"), [(29, 0), (30, 1)])
def test_a_day_of_the_week_that_brings_thirty_rows_is_missed(rows: int, told: int) -> None:
    days = pd.date_range("2026-08-03", "2026-10-12")  # Monday to Monday
    counts = pd.Series(rows, days).drop(pd.Timestamp("2026-10-07"))
    found = list(_in_time("support", counts, False, 1, Limits(), pd.Timestamp("2026-10-13")))
    assert len([said for broken, said in found if broken]) == told


def test_minutes_become_hours_at_ninety_and_days_at_two_of_them() -> None:
    said = [value_words(minutes, "minutes") for minutes in (89, 90, 2879, 2880)]
    assert said == ["89.0 min", "1.5 h", "48.0 h", "2.0 days"]
