"""Numbers by hand where a small slip would still look right: each slip was tried, and nothing noticed."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from journeykit.numbers.stats import Z, clustered, clustered_rows, student
from journeykit.numbers.timing import stage_times
from journeykit.tables import read_events


def cochran(hits: list[int], trials: list[int]) -> tuple[float, float]:
    """The interval written out, cluster by cluster, as Cochran, Korn and Graubard have it."""
    groups, m = len(hits), sum(trials)
    share = sum(hits) / m
    residuals = [y - share * n for y, n in zip(hits, trials, strict=True)]
    variance = groups / (groups - 1) * sum(r * r for r in residuals) / m**2
    n = min(share * (1 - share) / variance, m)
    z = float(student(m**2 / sum(t * t for t in trials) - 1))
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def sums(hits: list[int], trials: list[int]) -> list[int]:
    pairs = list(zip(hits, trials, strict=True))
    return [
        sum(hits),
        sum(trials),
        sum(y * y for y in hits),
        sum(y * m for y, m in pairs),
        sum(m * m for m in trials),
        len(pairs),
    ]


@pytest.mark.parametrize(
    ("hits", "trials"),
    [
        ([3, 1, 0, 2], [4, 3, 2, 5]),
        ([9, 0, 1], [10, 10, 1]),
        ([1, 0], [2, 2]),
        ([2, 1] * 20, [3] * 40),
    ],
)
def test_a_clustered_interval_has_one_user_less_than_there_are(
    hits: list[int], trials: list[int]
) -> None:
    assert clustered(*sums(hits, trials)) == pytest.approx(cochran(hits, trials), rel=1e-9)


def test_rows_give_the_interval_of_their_sums_share_first_then_low_then_high() -> None:
    rows = [(f"u{k}", hit) for k, (y, m) in enumerate([(3, 4), (1, 3), (0, 2), (2, 5)])
            for hit in [1] * y + [0] * (m - y)]  # fmt: skip
    share, low, high = clustered_rows([hit for _, hit in rows], [user for user, _ in rows])
    assert share == pytest.approx(6 / 14)
    assert (low, high) == pytest.approx(cochran([3, 1, 0, 2], [4, 3, 2, 5]), rel=1e-9)


def test_students_t_is_the_normal_quantile_for_many_and_wider_for_few() -> None:
    assert float(student(1e9)) == pytest.approx(Z, rel=1e-6)
    assert float(student(1)) == pytest.approx(12.7062, rel=1e-5)
    assert float(student(5)) == pytest.approx(2.5706, rel=1e-4)


@pytest.mark.parametrize(("went", "few"), [(29, True), (30, False)])
def test_stage_times_rest_on_those_who_went_on_not_on_those_who_began(went: int, few: bool) -> None:
    start = pd.Timestamp("2026-03-02 10:00")
    rows = [(f"u{n}", "visit", start) for n in range(45)]
    rows += [(f"u{n}", "pay", start + pd.Timedelta(hours=2)) for n in range(went)]
    events = read_events(pd.DataFrame(rows, columns=["user_id", "event", "timestamp"]))
    (row,) = stage_times(events, ["visit", "pay"]).to_dict("records")
    assert (row["users"], row["not_yet"], row["median_hours"]) == (went, 45 - went, 2.0)
    assert row["share"] == pytest.approx(went / 45)
    assert row["small_n"] == few
