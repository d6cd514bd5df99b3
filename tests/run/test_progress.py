"""What a run says of itself: how far it is, how long it takes, each persona reported once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from journeykit.run import RunResult, Step, run_workshop
from journeykit.run.plan import make_plan

pytestmark = pytest.mark.xdist_group("run")
CELLS = 6
"""Of a notebook as it runs: a title, the parameters, those of the run, and three more."""


class Told:
    """A run of two notebooks on one worker, and what it told."""

    def __init__(self, workshop: Path) -> None:
        self.steps: list[Step] = []
        self.reported: list[Any] = []
        self.result: RunResult = run_workshop(
            workshop,
            workers=1,
            progress=self.steps.append,
            on_persona=lambda result, panels, folder: self.reported.append(result["persona"]),
        )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, write_workshop: Callable[..., Path]) -> Told:
    cells = ["1", "import time; time.sleep(0.05)", "2"]
    place = tmp_path_factory.mktemp("told") / "shop"
    return Told(write_workshop(place, ["ann", "bob"], {"00_start": cells, "01_next": cells}))


def test_what_is_left_is_what_is_gone_at_the_pace_so_far(told: Told) -> None:
    began = next(step.elapsed for step in told.steps if step.kind == "cell")
    parts = Counter[float]()
    for step in told.steps:
        if step.left is not None:
            gone = step.total * (step.elapsed - began) / (step.left + step.elapsed - began)
            parts[round((gone - step.done) * CELLS, 1)] += step.kind == "cell"
            if step.kind == "end":
                assert gone == pytest.approx(step.done, rel=0.01)
    assert {*parts} == {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}
    assert parts[0.0] == parts[1.0] == 3, "in the first notebook nobody can tell"
    assert parts[5.0] == 4, "from the middle of it on one can"


def test_each_persona_is_reported_once(told: Told) -> None:
    assert sorted(told.reported) == ["ann", "bob"]


def test_a_result_says_when_it_began_and_how_long_its_notebooks_took(told: Told) -> None:
    whole = told.steps[-1].elapsed
    for result in told.result.results:
        assert "2000" < result["started"] <= result["finished"]
        took = [notebook["seconds"] for notebook in result["notebooks"]]
        assert all(0.05 <= seconds <= whole for seconds in took)


def test_one_worker_is_enough_and_none_are_refused(make_workshop: Callable[..., Path]) -> None:
    assert make_plan(make_workshop(), workers=1).workers == 1
