"""Plans, the agenda and what stands beside them, where a small slip would still look right."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from journeykit.claims.agenda import Item, _framed, next_agenda, undone
from journeykit.claims.atlas import atlas_row, ends, narrowest
from journeykit.claims.changes import _removed, _wait, _waits
from journeykit.claims.findings import Finding, Place
from journeykit.claims.gate import _days, _in_time
from journeykit.claims.lint import _sent_stages
from journeykit.claims.lint_map import _twice
from journeykit.claims.numbers import main_numbers
from journeykit.claims.suggest import suggest
from journeykit.claims.trend import earlier_results, trend, trend_words
from journeykit.claims.words import value_words
from journeykit.errors import AnalysisError
from journeykit.model import Card, Change, Journey, Workshop
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

    def kept_from(*events: str) -> list[str]:
        told = {"id": "a", "stage": "buy", "lane": "pain-points", "text": "x", "events": events}
        claims = suggest(Card.model_validate(told), shop)
        return [of for claim in claims if claim.metric == "drop-off" for of in claim.of]

    assert kept_from("visit", "cart") == ["form"]
    assert kept_from("cart", "visit") == ["form"]
    assert kept_from("pay") == ["pay"]
    assert kept_from() == []


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


def test_of_one_kind_of_evidence_three_are_named_and_each_adds_five_minutes() -> None:
    where = Place("map", ())
    found = [Finding("JK116", f"Pain {n}.", where) for n in range(5)]
    found += [Finding("JK117", "Old.", where), Finding("JK116", "Told.", where, because="known")]
    more = [("walk", "Again.", "m"), ("walk", "B.", "b"), ("walk", "B", "b")]
    agenda, _ = next_agenda([], findings=found, more=more, names={"m": "Maya: "})
    told = [(item.kind, item.count, item.minutes, item.why) for item in agenda[1:-1] if item.why]
    assert told == [
        ("walk", 2, 25, "Maya: Again; B"),
        ("pain", 5, 30, "Pain 0; Pain 1; Pain 2 (and 2 more)"),
        ("stale", 1, 10, "Old"),
    ]


@pytest.mark.parametrize(("most", "kept"), [(55, "abc"), (54, "ab"), (40, "ac"), (14, "")])
def test_what_does_not_fit_is_left_for_another_time(most: int, kept: str) -> None:
    """Opening and closing are 15 minutes, an alarm 20, a refuted claim 15, one that rose 5."""
    now = [
        claim("a", "refuted", light="is red now"),
        claim("b", "refuted"),
        claim("c", "supported"),
    ]
    agenda, left = next_agenda(now, [claim("c", "refuted")], most=most)
    assert "".join(item.why[0] for item in agenda if item.why[:1] in ("a", "b", "c")) == kept
    assert {item.why[0] for item in left} == {*"abc"} - {*kept}


def test_a_decision_is_overdue_the_day_after_it_was_due_unless_it_is_done() -> None:
    def decided(text: str, due: str | None, owner: str = "", state: str = "open") -> Any:
        day = dt.date.fromisoformat(due) if due else None
        more = {"owner": owner, "due": day, "state": state, "persona": "maya"}
        return SimpleNamespace(id=f"id-{text}", text=text, **more)

    all_of_them = [
        decided("a", "2026-03-01", "Ann"),
        decided("b", "2026-03-02"),
        decided("c", None),
        decided("d", "2026-03-01", state="done"),
        decided("e", "2026-03-01", state="dropped"),
        decided("", "2026-02-28"),
    ]
    told = [*undone(all_of_them, dt.date(2026, 3, 2))]
    assert told == [
        ("overdue", "a (Ann), due 2026-03-01", "maya"),
        ("decided", "b, due 2026-03-02", "maya"),
        ("decided", "c", "maya"),
        ("overdue", "id-, due 2026-02-28", "maya"),
    ]


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
    frame, said = ends({"Cy": [{"users": 30}]})
    assert not frame["small_n"].any()
    assert said == "No funnel was measured in this run."


def test_where_most_of_each_persona_are_lost() -> None:
    def steps(*users: int) -> list[dict[str, Any]]:
        names = ("visit", "cart", "pay")
        shares = [None, *(now / before for before, now in pairwise(users))]
        told = zip(names, users, shares, strict=True)
        return [{"step": step, "users": n, "of_previous": share} for step, n, share in told]

    frame, said = narrowest({"Ann": steps(100, 30, 29), "Bo": steps(50, 40, 10)})
    assert frame["small_n"].tolist() == [False, False, True, False, False, True]
    assert frame["step_number"].tolist() == [1, 2, 3] * 2
    assert said == "Narrowest step: Bo at “pay” (75.0% lost); Ann at “cart” (70.0% lost)."
    assert narrowest({"Ann": steps(100, 30, 29)[:1]})[1] == ""


def test_the_atlas_counts_claims_and_the_age_of_the_oldest_evidence() -> None:
    stages = [{"id": "look", "name": "Look", "owner": "Bo"}, {"id": "buy", "name": "Buy"}]
    shop = Workshop.model_validate(
        {"name": "Shop", "owner": "Ann", "review_days": 90, "stages": stages}
    )
    days = {"a": "2026-02-01", "b": "2026-01-01"}
    cards = [{"id": c, "stage": "look", "lane": "actions", "text": c, "reviewed": days[c]}
             for c in days]  # fmt: skip
    cards.append({"id": "c", "stage": "buy", "lane": "actions", "text": "c"})
    told = {"id": "m", "name": "Map", "persona": "p", "cards": cards}
    journey = Journey.model_validate(told)
    found: Any = [
        SimpleNamespace(card=card, verdict=verdict, mistake=mistake)
        for card, verdict, mistake in (
            ("a", "supported", ""), ("b", "undecided", "no such step"), ("c", "refuted", ""),
        )
    ]  # fmt: skip
    whole = atlas_row(shop, journey, found, dt.date(2026, 4, 1))
    look, buy = whole["stages"]
    assert (whole["owner"], look["owner"], buy["owner"]) == ("Ann", "Bo", "")
    assert (whole["cards"], look["cards"], buy["cards"]) == (3, 2, 1)
    assert look["claims"] == {"supported": 1, "wrong": 1}
    assert buy["claims"] == {"refuted": 1}
    assert (whole["days"], look["days"], buy["days"]) == (90, 90, 0)
    assert not look["late"], "ninety days are not more than ninety"
    later = atlas_row(shop, journey, found, dt.date(2026, 4, 2))
    assert [row["late"] for row in (later, *later["stages"])] == [True, True, False]
    own = Journey.model_validate({**told, "owner": "Cy", "reviewed": "2025-12-02"})
    assert atlas_row(shop, own, (), dt.date(2026, 4, 1))["owner"] == "Cy"
    assert atlas_row(shop, own, (), dt.date(2026, 4, 1))["days"] == 120


def result(run: str, converted: int, users: int = 600, **data: object) -> dict[str, Any]:
    return {"run_id": run, "data": {"users": users, "converted": converted, **data}}


def test_a_trend_is_of_measurements_and_not_of_runs() -> None:
    may = result("r1", 300, fingerprint="x", to="2026-05-31")
    june = result("r2", 180, fingerprint="y", to="2026-06-30T12:00")
    again = result("r3", 181, fingerprint="y", to="2026-06-30T12:00")
    few = result("r4", 10, 29)
    frame = trend([june, may, again, few])
    assert frame["run_id"].tolist() == ["r1", "r3", "r4"]
    assert frame["at"].tolist() == ["2026-05-31", "2026-06-30", "r4"]
    assert frame["small_n"].tolist() == [False, False, True]
    assert trend([result("r", 10, 30)])["small_n"].tolist() == [False]
    assert trend_words([may]) == []
    assert trend_words([may, june]) == ["Customers who reach the goal: lower"]
    july = result("r5", 400, fingerprint="z", to="2026-07-31")
    assert trend_words([july, may, june]) == ["Customers who reach the goal: higher"]
    assert trend_words([may, june, again]) == ["Customers who reach the goal: lower"]


def test_each_main_number_of_a_run_has_its_key() -> None:
    share = {"share": 0.5, "low": 0.4, "high": 0.6, "n": 80}
    told = {
        "data": {"users": 100, "converted": 0},
        "phases": {"after-the-purchase": {"repeat": share}},
        "surveys": [{"measure": "nps", "score": 20.0, "low": 10, "high": 30, "n": 50}],
        "promises": [{"promise": "fast", "text": "Fast", **share}, {"promise": "x", "text": "X"}],
        "funnel": [{"step": "visit", "users": 100}, {"step": "pay", "of_previous": 0.2}],
        "claims": [
            {"id": "m/a", "sentence": "A", "value": 0.1, "verdict": "refuted", "must": True},
            {"id": "m/b", "sentence": "B", "value": 3.0, "verdict": "supported", "kind": "score"},
        ],
    }
    found = [(x.key, x.value, x.n, x.group, x.kind) for x in main_numbers(told)]
    assert found == [
        ("conversion", 0.0, 100, "main", "share"),
        ("repeat", 0.5, 80, "main", "share"),
        ("survey-nps", 20.0, 50, "main", "score"),
        ("promise-fast", 0.5, 80, "main", "share"),
        ("step-pay", 0.2, 100, "steps", "share"),
        ("claim-m/a", 0.1, 0, "tests", "share"),
        ("claim-m/b", 3.0, 0, "claims", "score"),
    ]


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
