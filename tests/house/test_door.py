"""The one door: complete, sorted, cheap to open, and documented."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from importlib import import_module

import pytest

import journeykit as jk
from journeykit.numbers.catalogue import CATALOGUE

# As a user types it; a name that leaves this list breaks somebody's notebook.
NAMES = [
    "Events",
    "JourneykitError",
    "__version__",
    "attribution",
    "attribution_from_paths",
    "basket",
    "ces",
    "charts",
    "csat",
    "funnel",
    "last_before_loss",
    "nps",
    "open_exercise",
    "open_workshop",
    "paths",
    "read_events",
    "read_table",
    "retention",
    "sessions",
    "stage_times",
    "step_matrix",
    "sus",
    "themes",
    "transitions",
    "weak_spots",
    "what_if",
]
FUNCTIONS = [name for name in NAMES if name.islower() and name not in ("__version__", "charts")]
HEAVY = [
    "altair",
    "duckdb",
    "ipywidgets",
    "matplotlib",
    "numpy",
    "pandas",
    "papermill",
    "pydantic",
    "scipy",
    "sklearn",
    "typst",
    "vl_convert",
]
# A table of these verbs is not drawn: an exercise, a workshop, and what is read.
NOT_DRAWN = {"open_exercise", "open_workshop", "read_events", "read_table"}


def test_the_door_is_complete_and_sorted() -> None:
    assert jk.__all__ == sorted(set(jk.__all__))
    assert set(NAMES) <= set(jk.__all__)
    assert {*jk.__all__} == {*jk._ROOMS, "__version__", *CATALOGUE}
    assert dir(jk) == jk.__all__


@pytest.mark.parametrize("name", jk.__all__)
def test_every_name_can_be_had(name: str) -> None:
    found: dict[str, object] = {}
    exec(f"from journeykit import {name}", found)
    assert found[name] is getattr(jk, name)
    room = jk._ROOMS.get(name)
    if room:
        assert found[name] is getattr(import_module(f"journeykit.{room}"), name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="funel"):
        _ = jk.funel


def test_opening_the_door_loads_nothing_heavy() -> None:
    code = "import sys, journeykit; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "journeykit" in loaded.stdout.split()
    assert set(loaded.stdout.split()).isdisjoint(HEAVY)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_says_what_it_takes_and_gives(name: str) -> None:
    text = inspect.getdoc(getattr(jk, name)) or ""
    missing = [part for part in ("Parameters\n----", "Returns\n----") if part not in text]
    assert not missing, f"jk.{name} lacks the section {missing[0].split()[0]}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_examples_run(name: str) -> None:
    (examples,) = doctest.DocTestFinder(recurse=False).find(getattr(jk, name), name)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    said: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=flags).run(examples, out=said.append)
    assert outcome.failed == 0, "".join(said)


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - NOT_DRAWN))
def test_each_table_has_its_picture(name: str) -> None:
    assert callable(getattr(jk.charts, name))
