"""What is tested beside a claim, and began years before it, says nothing of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from journeykit.numbers.alarm import replay


def nights(start: str, days: int, per: int, share: float) -> Any:
    hits = np.random.default_rng(2).binomial(per, share, days)
    index = pd.date_range(start, periods=days)
    return pd.DataFrame({0: per - hits, 1: hits}, index=index), 0.3, -1


OLD = nights("2023-01-01", 1095, 1, 0.9)


def test_an_older_claim_takes_no_forecast_away() -> None:
    young = nights("2026-01-01", 20, 50, 0.34)
    (alone,), (beside, _) = replay([young]), replay([young, OLD])
    assert alone["colour"] == beside["colour"] == "amber"
    assert beside["per"] == alone["per"] == 50
    assert beside["more"] == pytest.approx(alone["more"], abs=3)


def test_an_older_claim_lays_no_stakes_for_it() -> None:
    """Else the bet that it holds begins at a thousand, and is won in a few nights."""
    young = nights("2026-01-01", 90, 50, 0.34)
    (alone,), (beside, _) = replay([young]), replay([young, OLD])
    assert alone["colour"] == beside["colour"] == "green"
    assert beside["turned"] == alone["turned"]
