"""What is much too much: aliases of aliases, texts of a million signs, patterns that explode.

Each ends in the right result or in a sentence, within bounded time.
"""

from __future__ import annotations

import signal
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import journeykit as jk
from journeykit.errors import JourneykitError
from journeykit.model import EventMatch
from journeykit.store import write_atomic

from .mutants import _hang
from .samples import FILES
from .test_fuzz_folder import walk

SECONDS = 120
"""What one of them may take, with other work beside it; alone it is a few."""
LONG = 10**6


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _hang)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def bomb(levels: int = 9) -> str:
    """Write nine values, nine times nine values, …"""
    lines = ["x-a0: &a0 [" + ", ".join(["lol"] * 9) + "]"]
    for level in range(1, levels):
        again = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"x-a{level}: &a{level} [{again}]")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "personas/maya": "name: Maya\n" + bomb(),
        "personas/bo": "name: Bo\n" + bomb() + "canvas: {goals: *a8}\n",
        "journeys/maya": "name: J\npersona: maya\n" + bomb() + "cards: *a8\n",
        "records/ideas/i1": "text: Wallet\n" + bomb() + "serves: *a8\n",
        "workshop": "schema: 2\nname: Shop\n" + bomb() + "stages: *a8\n",
    }.items(),
)
def test_aliases_of_aliases_are_refused_at_once(root: Path, name: str, text: str) -> None:
    write_atomic(root / f"{name}.yaml", text)
    start = time.process_time()
    with pytest.raises(JourneykitError, match=r"aliases of aliases"):
        walk(root)
    assert time.process_time() - start < 30


READ, SHOWN = pytest.param(1, marks=pytest.mark.all), pytest.param(0, marks=pytest.mark.nightly)
"""Read, checked and saved; and all that notebooks show."""


def said(root: Path, depth: int) -> str:
    """Return the sentence in which it ends, if it does."""
    try:
        walk(root, depth)
    except JourneykitError as problem:
        return str(problem)
    return ""


def with_card(text: str) -> str:
    return f"name: J\npersona: maya\ncards:\n  - {{id: a, stage: see, lane: actions, {text}}}\n"


@pytest.mark.parametrize("depth", [READ, SHOWN])
@pytest.mark.parametrize(
    ("name", "text"),
    {
        "journeys/maya": with_card(f"text: {'x' * LONG}"),
        "journeys/maya ": with_card(f"text: {'word ' * (LONG // 5)}"),
        "journeys/maya  ": f"name: {'y' * LONG}\npersona: maya\n",
        "journeys/maya   ": with_card(
            f"text: t, claim: {{metric: step-rate, of: {'z' * LONG}, is: at most, threshold: 0.5}}"
        ),
        "journeys/maya    ": with_card(
            "text: t, claim: {metric: conversion, is: at most, threshold: 0.5, "
            f"because: {'b' * LONG}}}"
        ),
        "personas/maya": f"name: {'n' * LONG}\n",
        "personas/maya ": f"name: Maya\nquote: {'q' * LONG}\nsegment: {{device: {'d' * LONG}}}\n",
        "records/notes/n1": f"text: {'t' * LONG}\nstage: see\ntopic: Pains\nrevealed: true\n",
    }.items(),
)
def test_a_million_signs_end_in_a_result_or_a_sentence(
    root: Path, name: str, text: str, depth: int
) -> None:
    write_atomic(root / f"{name.strip()}.yaml", text)
    assert len(said(root, depth)) < 4_000


@pytest.mark.parametrize("day", ["0001-01-01", "1970-01-01", "9999-12-31"])
@pytest.mark.parametrize("part", ["workshop", "journeys", "records"])
@pytest.mark.parametrize("depth", [READ, SHOWN])
def test_times_far_away_are_no_fault(root: Path, day: str, part: str, depth: int) -> None:
    for name, text in FILES.items():
        if name.startswith(part):
            far = text.replace("2026-06-01T", f"{day}T")
            for known in ("2026-06-01", "2026-06-02", "2026-07-01", "2026-12-31", "2026-01-01"):
                far = far.replace(f" {known}", f" {day}")
            write_atomic(root / f"{name}.yaml", far)
    assert said(root, depth) == ""


@pytest.mark.parametrize(
    "pattern",
    ["*" + "a*" * 60 + "b", "*" * 3_000 + "b", "?" * 900 + "*[!a0-9]", "*[a-z]" * 200 + "x"],
)
def test_patterns_do_not_explode(pattern: str) -> None:
    names = ["a" * 1_000 + str(number) for number in range(200)]
    start = time.process_time()
    assert not EventMatch.model_validate(pattern).names(names)
    assert not EventMatch.model_validate({"page": pattern}).matches({"page": "a" * 1_000})
    rows = [("u1", name, f"2026-01-01 10:{i // 60:02}:{i % 60:02}") for i, name in enumerate(names)]
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp"]).assign(page="a" * 1_000)
    log = jk.read_events(frame)
    with pytest.raises(JourneykitError) as told:
        jk.funnel(log, [pattern, "a*"])
    assert len(str(told.value)) < 8_000
    found = jk.funnel(log, ["a*", {"page": pattern}])
    assert [*found["users"]] == [1, 0]
    assert time.process_time() - start < 30


def ladder(count: int) -> tuple[jk.Events, list[str]]:
    names = [f"s{number:03}" for number in range(count)]
    rows = [
        (f"u{user}", name, pd.Timestamp("2026-01-01") + pd.Timedelta(minutes=place))
        for user in range(3)
        for place, name in enumerate(names[: count - user])
    ]
    return jk.read_events(pd.DataFrame(rows, columns=["user_id", "event", "timestamp"])), names


def test_more_steps_than_can_be_counted_are_refused() -> None:
    log, names = ladder(500)
    for order in ("ordered", "strict", "any"):
        with pytest.raises(JourneykitError, match=r"500 steps were given; .* at most 100"):
            jk.funnel(log, names, order=order)


@pytest.mark.all
def test_a_hundred_steps_are_counted() -> None:
    log, names = ladder(100)
    assert [*jk.funnel(log, names)["users"]] == [*[3] * 98, 2, 1]
    assert [*jk.funnel(log, names, order="strict")["users"]] == [*[3] * 98, 2, 1]


@pytest.mark.nightly
def test_a_funnel_by_a_million_values_is_right() -> None:
    count = 10**6
    people = pd.Series(np.arange(count)).astype(str)
    at = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(count), unit="s")
    parts = [
        pd.DataFrame({"user_id": people, "event": event, "timestamp": at + late, "plan": people})
        for event, late in (("visit", pd.Timedelta(0)), ("pay", pd.Timedelta("1min")))
    ]
    found = jk.funnel(jk.read_events(pd.concat(parts)), ["visit", "pay"], by="plan")
    assert len(found) == 2 * count
    assert (found["users"] == 1).all()
    assert (found["plan"].nunique()) == count
