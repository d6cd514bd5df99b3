"""Every number of ``result.json`` of the three samples is what it was before the catalogue.

``pinned/`` holds the numbers of the first version. Where a later change means to move one, it is
renewed there one by one, and the commit says why. What depends on the day on which it is asked
(stale evidence, and what follows from it) is not held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PINNED = Path(__file__).parent / "pinned"


def numbers_of(value: Any, key: str = "") -> Iterator[tuple[str, float]]:
    """Give every number of a result with the path that leads to it."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from numbers_of(item, f"{key}/{name}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from numbers_of(item, f"{key}/{place}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield key, value


def hold(run: Path, sample: str) -> None:
    pinned = json.loads((PINNED / f"{sample}.json").read_text("utf-8"))
    assert sum(map(len, pinned.values())) > 1000
    for persona, before in pinned.items():
        found = dict(numbers_of(json.loads((run / persona / "result.json").read_text("utf-8"))))
        moved = {
            key: (value, found.get(key, "missing"))
            for key, value in before.items()
            if found.get(key) != pytest.approx(value, rel=1e-8, abs=1e-12)
        }
        assert moved == {}, f"{persona}: numbers that moved, old and new"


@pytest.mark.xdist_group("run")
def test_the_numbers_of_the_retail_sample_are_what_they_were(retail_run: Path) -> None:
    hold(retail_run, "retail")


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param("saas", marks=pytest.mark.all),
        pytest.param("healthcare", marks=pytest.mark.nightly),
    ],
)
def test_the_numbers_of_the_other_samples_are_what_they_were(
    sample: str, command: Any, tmp_path: Path
) -> None:
    assert command("new", tmp_path / sample, "--template", sample).returncode == 0
    ran = command("run", tmp_path / sample)
    assert ran.returncode == 0, ran.stderr
    hold(Path(ran.stdout.splitlines()[-1]).parent, sample)
