"""docs/api.md has a line for every function, docs/analyst.md for every metric; examples run."""

from __future__ import annotations

import doctest
import inspect
import re
import runpy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import journeykit as jk
from journeykit import numbers, tables
from journeykit.numbers.catalogue import CATALOGUE, Number

ROOT = Path(__file__).resolve().parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "make_api_docs.py"))
NUMBERS = [name for name in numbers.__all__ if inspect.isfunction(getattr(numbers, name))]
PUBLIC: dict[str, Any] = {
    **{f"numbers.{name}": getattr(numbers, name) for name in NUMBERS},
    **{f"tables.{name}": getattr(tables, name) for name in ("Events", "read_events", "read_table")},
    **{f"jk.{name}": getattr(jk, name) for name in jk.__all__ if callable(getattr(jk, name))},
}
# Not a table: a text, a number, two bounds, a series.
NO_TABLE = {"mask", "reached", "sus_scores", "wilson"}
# The log, session by session, a plan, and single guesses: their rows are no estimates.
NO_INTERVAL = {"attribution_models", "beliefs", "sample_size", "sessions", "triggers"}


def example_of(name: str) -> doctest.DocTest:
    """Return the examples in the docstring of a function or class."""
    (found,) = doctest.DocTestFinder(recurse=False).find(PUBLIC[name], name)
    return found


def test_the_pages_are_current() -> None:
    for name, make in (("api.md", TOOL["api"]), ("analyst.md", TOOL["guide"])):
        assert make() == (ROOT / "docs" / name).read_text("utf-8"), "run tools/make_api_docs.py"


def test_the_page_has_every_name_and_is_linked() -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    told = set(re.findall(r"^\| \[`(\w+)`\]", text, re.M))
    assert told == {name.partition(".")[2] for name in PUBLIC}
    for page in ("README.md", "docs/analyst.md"):
        assert "api.md" in (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize("name", PUBLIC)
def test_every_function_has_an_example_that_runs(name: str) -> None:
    example = example_of(name)
    assert example.examples, f"{name} has no >>> example"
    said: list[str] = []
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    assert doctest.DocTestRunner(optionflags=flags).run(example, out=said.append).failed == 0, (
        "".join(said)
    )


def answer_of(name: str) -> pd.DataFrame:
    """Return the table that a function gives in its own example."""
    function, answers = getattr(numbers, name), []

    def watched(*given: Any, **named: Any) -> Any:
        answers.append(function(*given, **named))
        return answers[-1]

    example = example_of(f"numbers.{name}")
    example.globs = {**example.globs, name: watched}
    doctest.DocTestRunner().run(example, out=lambda text: None)
    return answers[0]


@pytest.mark.parametrize("made", CATALOGUE.values(), ids=CATALOGUE)
def test_every_chart_that_a_number_names_is_there(made: Number) -> None:
    assert not made.chart or callable(getattr(jk.charts, made.chart))


@pytest.mark.parametrize("name", [name for name in NUMBERS if name not in NO_TABLE])
def test_every_table_keeps_to_the_rules(name: str) -> None:
    frame = answer_of(name)
    assert isinstance(frame, pd.DataFrame)
    assert frame.attrs["counts"], "what is counted"
    assert list(frame.index) == list(range(len(frame)))
    if name not in NO_INTERVAL:
        assert {"low", "high"} <= set(frame.columns) or {"diff_low", "diff_high"} <= set(
            frame.columns
        )
        assert "small_n" in frame.columns
        assert frame["small_n"].dtype == bool
    text = inspect.getdoc(getattr(numbers, name)) or ""
    told = text[text.index("Returns\n") :]
    missing = [column for column in frame.columns if not re.search(rf"\b{column}\b", told)]
    same = re.search(r"\bas (of )?`", told, re.I)  # "As `attribution`."
    # A column of the data that the caller named, as in `by`, has the caller's name.
    assert same or set(missing) <= {"channel", "contract"}, missing


def from_events() -> list[str]:
    """Return the functions whose first argument is the events."""
    firsts = {
        name: next(iter(inspect.signature(getattr(numbers, name)).parameters)) for name in NUMBERS
    }
    return [name for name, first in firsts.items() if first == "events" and name not in NO_TABLE]


@pytest.mark.parametrize("name", from_events())
def test_every_number_from_events_shows_its_sql(name: str) -> None:
    sql = answer_of(name).attrs["sql"]
    assert "SELECT" in sql
    assert "{journey}" not in sql, "the tables of the query have names"
