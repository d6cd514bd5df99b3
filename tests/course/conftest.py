"""What the tests of exercises share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from quizzes import QUIZ


@pytest.fixture(scope="session")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of sources with the quiz in it."""
    raw = tmp_path_factory.mktemp("own") / "raw"
    raw.mkdir()
    (raw / "quiz.md").write_text(QUIZ, "utf-8")
    return raw
