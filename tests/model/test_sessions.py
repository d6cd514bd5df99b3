"""What a session leaves: the canvas that two write on, the clock, the walk. Pure, in any order."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import Refused
from journeykit.model import Meeting, Model, Operation, Persona, Walk, apply
from journeykit.model.records import WalkStep

START = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
TEXTS = st.lists(st.sampled_from([*"abcdef"]), max_size=5, unique=True)


def ask(word: Model, kind: str, **data: Any) -> Any:
    return apply(word, Operation(id="1", kind=kind, doc="x", data=data))


# --- the canvas ---------------------------------------------------------------------------------


def persona(*goals: str) -> Persona:
    return Persona.model_validate(
        {"id": "maya", "name": "Maya", "canvas": {"goals": goals, "fears": ["late"]}}
    )


def goals(word: Persona) -> list[str]:
    return list(word.canvas.goals)


def test_a_field_of_the_canvas_is_set_and_the_others_stay() -> None:
    now = ask(persona("a"), "canvas.set", field="goals", items=[" b ", "", "a", "b"])
    assert goals(now) == ["b", "a"]
    assert now.canvas.fears == ("late",)
    assert "goals" not in ask(now, "canvas.set", field="goals", items=[]).plain()["canvas"]


@pytest.mark.parametrize(
    ("word", "data", "says"),
    [
        (persona(), {"field": "goal", "items": []}, "Did you mean 'goals'"),
        (persona(), {"field": "goals"}, "lacks 'items'"),
        (Walk(id="w", journey="j"), {"field": "goals", "items": []}, "a walk has no 'canvas'"),
    ],
)
def test_what_is_no_canvas_is_refused(word: Model, data: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        ask(word, "canvas.set", **data)


@given(was=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_two_who_write_on_one_field_lose_nothing(
    was: list[str], mine: list[str], theirs: list[str]
) -> None:
    first = ask(persona(*was), "canvas.set", field="goals", items=theirs, was=was)
    both = ask(first, "canvas.set", field="goals", items=mine, was=was)
    added = (set(mine) | set(theirs)) - set(was)
    kept = set(was) & set(mine) & set(theirs)
    assert set(goals(both)) == added | kept
    assert len(goals(both)) == len(set(goals(both)))
    again = ask(both, "canvas.set", field="goals", items=mine, was=was)
    assert goals(again) == goals(both), "sent twice, it counts once"
    alone = ask(persona(*was), "canvas.set", field="goals", items=mine, was=was)
    assert goals(alone) == mine, "who writes alone gets what they wrote, in their order"
    shared = [text for text in goals(both) if text in mine]
    assert shared == [text for text in mine if text in shared], "the order of who came last"


# --- the clock ----------------------------------------------------------------------------------


def at(minutes: float) -> str:
    return (START + dt.timedelta(minutes=minutes)).isoformat()


def left(meeting: Meeting, minutes: float) -> float:
    assert meeting.ends is not None
    now = meeting.paused or START + dt.timedelta(minutes=minutes)
    return (meeting.ends - now).total_seconds() / 60


def test_a_part_runs_stands_still_and_goes_on() -> None:
    clock = ask(Meeting(id="today"), "clock.turn", part="hello", minutes=10, at=at(0))
    assert (clock.started, left(clock, 4)) == (START, 6)
    clock = ask(clock, "clock.pause", at=at(4))
    assert left(clock, 9) == 6
    clock = ask(clock, "clock.go", at=at(9))
    assert left(clock, 9) == 6
    clock = ask(clock, "clock.ends", ends=at(16))
    assert left(clock, 9) == 7
    clock = ask(clock, "clock.turn", part="goals", minutes=30, at=at(11))
    assert (clock.part, left(clock, 11), clock.spent) == ("goals", 30, {"hello": 6})
    clock = ask(clock, "clock.turn", part="hello", minutes=10, at=at(12))
    assert left(clock, 12) == 4, "who comes back gets what is left"
    clock = ask(clock, "clock.stop", at=at(13))
    assert (clock.ends, clock.part, clock.spent) == (None, "", {"hello": 7, "goals": 1})
    assert clock.finished is not None


@pytest.mark.parametrize(
    ("kind", "data"), [("pause", {"at": at(1)}), ("go", {"at": at(1)}), ("ends", {"ends": at(1)})]
)
def test_what_does_not_run_cannot_be_stopped(kind: str, data: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="has not been started"):
        ask(Meeting(id="today"), f"clock.{kind}", **data)


@pytest.mark.parametrize("wrong", ["soon", "2026-06-01T09:00:00", None])
def test_a_time_without_a_zone_is_refused(wrong: Any) -> None:
    with pytest.raises(Refused):
        ask(Meeting(id="today"), "clock.turn", part="a", minutes=5, at=wrong)


CLOCKED = st.tuples(
    st.sampled_from(["turn a", "turn b", "pause", "go", "stop"]), st.integers(0, 20)
)


@given(st.lists(CLOCKED, max_size=12))
def test_the_clock_counts_every_minute_once(steps: list[tuple[str, int]]) -> None:
    clock, minute = ask(Meeting(id="t"), "clock.turn", part="a", minutes=10, at=at(0)), 0
    spans = []
    for what, wait in steps:
        spans.append((minute, minute + wait, clock.since is not None))
        minute += wait
        kind, _, part = what.partition(" ")
        data = {"part": part, "minutes": 10} if part else {}
        try:
            clock = ask(clock, f"clock.{kind}", at=at(minute), **data)
        except Refused:
            assert clock.ends is None
            continue
        assert ask(clock, f"clock.{kind}", at=at(minute + 3), **data) == clock, (
            "pressed twice is once"
        )
        if kind == "stop":
            break
    ran = sum(end - begin for begin, end, running in spans if running)
    now = (
        (START + dt.timedelta(minutes=minute) - clock.since).total_seconds() / 60
        if clock.since
        else 0
    )
    assert sum(clock.spent.values()) + now == pytest.approx(ran)
    if clock.ends is not None:
        spent = clock.spent.get(clock.part, 0) + now
        assert left(clock, minute) == pytest.approx(10 - spent)


# --- the walk -----------------------------------------------------------------------------------


def test_a_step_is_seen_or_has_a_reason_never_both() -> None:
    walk = ask(
        Walk(id="w", journey="j"), "walk.step", card="c", why="skipped", finding="locked", felt=-2
    )
    walk = ask(walk, "walk.step", card="d", seen=True)
    walk = ask(walk, "walk.step", card="c", seen=True)
    first, second = walk.steps
    assert (first.seen, first.why, first.finding, first.felt) == (True, None, "locked", -2)
    assert second.seen
    walk = ask(walk, "walk.step", card="c", seen=False, why="not-possible", finding="", felt=None)
    assert walk.steps[0] == WalkStep(card="c", seen=False, why="not-possible")
    assert walk.steps[1] == second


@pytest.mark.parametrize(
    "data",
    [
        {"card": "c", "felt": 3},
        {"card": "c", "why": "tired"},
        {"seen": True},
        {"card": "c", "colour": 1},
    ],
)
def test_what_is_no_step_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        ask(Walk(id="w", journey="j"), "walk.step", **data)


def test_a_walk_of_before_can_still_be_read() -> None:
    old = Walk.model_validate(
        {"id": "w", "journey": "j", "steps": [{"card": "c", "seen": "true"}, {"card": "d"}]}
    )
    assert [step.seen for step in old.steps] == [True, False]
    with pytest.raises(ValueError, match="take one of them away"):
        WalkStep.model_validate({"card": "c", "seen": True, "why": "skipped"})


STEP = st.fixed_dictionaries(
    {"card": st.sampled_from("cd")},
    optional={
        "seen": st.booleans(),
        "felt": st.integers(-2, 2),
        "finding": st.sampled_from(["", "x", "y"]),
    },
)


@given(st.lists(STEP, min_size=1, max_size=6))
def test_steps_of_different_cards_come_in_any_order(steps: list[dict[str, Any]]) -> None:
    def walked(order: list[dict[str, Any]]) -> dict[str, WalkStep]:
        walk = Walk(id="w", journey="j")
        for step in order:
            walk = ask(walk, "walk.step", **step)
            assert ask(walk, "walk.step", **step) == walk
        return {step.card: step for step in walk.steps}

    apart = sorted(steps, key=lambda step: step["card"])  # stable: each card's own order stays
    assert walked(steps) == walked(apart)
    assert all(a["card"] <= b["card"] for a, b in pairwise(apart))
