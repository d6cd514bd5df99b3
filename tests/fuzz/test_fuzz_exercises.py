"""Damaged sources of exercises: read, and made into copies, or a sentence with the file."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from journeykit.course.build import copies
from journeykit.course.source import read_source
from tests.course.quizzes import QUIZ

from .mutants import damaged_bytes, hold

RAW = Path(__file__).parents[2] / "exercises" / "raw"
OWN = 12
"""So manieth mutants are made of one of the kit's sources, and only read: their keys take long."""
NIGHTLY = pytest.param(2_000, marks=pytest.mark.nightly)


def made(rng: Random) -> tuple[bytes, bool]:
    own = rng.randrange(OWN) == 0
    file = rng.choice(sorted(RAW.glob("[0-9]*.md"))) if own else None
    return damaged_bytes(file.read_bytes() if file else QUIZ.encode(), rng), own


def tried(root: Path, numbers: range, monkeypatch: Any) -> None:
    file = root / "01-quiz.md"
    monkeypatch.chdir(root)

    def try_one(mutant: tuple[bytes, bool]) -> None:
        file.write_bytes(mutant[0])
        source = read_source(file)
        assert source.data
        assert source.key
        if not mutant[1]:
            copies(source)

    hold("exercises", made, try_one, numbers)


def test_a_few_damaged_exercises_end_in_a_sentence(tmp_path: Path, monkeypatch: Any) -> None:
    tried(tmp_path, range(20), monkeypatch)


@pytest.mark.parametrize("end", [pytest.param(50, marks=pytest.mark.all), NIGHTLY])
def test_many_damaged_exercises_end_in_a_sentence(
    end: int, tmp_path: Path, monkeypatch: Any
) -> None:
    tried(tmp_path, range(20, end), monkeypatch)
