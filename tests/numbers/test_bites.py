"""Numbers by hand where a small slip would still look right: each slip was tried, and nothing noticed."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from journeykit.errors import DataError
from journeykit.model import Claim
from journeykit.numbers import friction, step_matrix, themes, time_between
from journeykit.numbers.catalogue import CATALOGUE
from journeykit.numbers.compare import _chance_of_worst
from journeykit.numbers.few import _renamed, _without, unnamed
from journeykit.numbers.funnel import _all
from journeykit.numbers.likert import numbers
from journeykit.numbers.mask import rules
from journeykit.numbers.nights import bounds
from journeykit.numbers.stats import Z, clustered, clustered_rows, student
from journeykit.numbers.timing import stage_times
from journeykit.numbers.topics import _topical
from journeykit.numbers.touches import spread
from journeykit.tables import read_events

START = pd.Timestamp("2026-03-02 10:00")


def events_of(**users: str):
    """A customer's events, a minute apart."""
    rows = [
        (user, event, START + pd.Timedelta(minutes=n))
        for user, text in users.items()
        for n, event in enumerate(text.split())
    ]
    return read_events(pd.DataFrame(rows, columns=["user_id", "event", "timestamp"]))


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


# --- how sure --------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [25, 100])
def test_the_interval_of_a_median_lies_between_the_ranks_that_chance_gives(n: int) -> None:
    """Customer k needs k hours, so that the quantile q is 1 + (n - 1) q."""
    rows = [(f"u{k}", event, START + pd.Timedelta(hours=k * (event == "pay")))
            for k in range(1, n + 1) for event in ("visit", "pay")]  # fmt: skip
    events = read_events(pd.DataFrame(rows, columns=["user_id", "event", "timestamp"]))
    (row,) = time_between(events, "visit", "pay").to_dict("records")
    half = 1.959964 / 2 / math.sqrt(n)
    assert row["median_hours"] == (n + 1) / 2
    assert row["low"] == pytest.approx(1 + (n - 1) * (0.5 - half), abs=1e-4)
    assert row["high"] == pytest.approx(1 + (n - 1) * (0.5 + half), abs=1e-4)


def test_two_groups_of_people_have_one_degree_of_freedom() -> None:
    """Each group converts by a channel of its own: without the one, all credit is the other's."""
    groups = [[(None, (name,), 10, 10, 0)] for name in ("mail", "ads")]
    assert spread(groups) == pytest.approx({"mail": 12.7062 / 2, "ads": 12.7062 / 2}, rel=1e-4)
    assert spread(groups[:1]) == {}


def test_the_worst_of_twenty_windows_counts_no_more_than_thrice_those_side_by_side() -> None:
    """Of windows of half the time two lie side by side: at z = -1 as six of them."""
    p = 0.158655
    found = _chance_of_worst(-1.0, np.full(20, 0.5), 20)
    assert found == pytest.approx(1 - (1 - p) ** 6, rel=1e-4)
    assert _chance_of_worst(-1.0, np.full(2, 0.5), 20) == pytest.approx(1 - (1 - p) ** 2, rel=1e-4)


@pytest.mark.parametrize(("q", "said"), [(0.049, False), (0.05, True), (0.2, True)])
def test_a_step_at_the_level_is_none(q: float, said: bool) -> None:
    row = {"q": q, "share": 0.4, "base_share": 0.1, "product": "tea", "next_product": "cup"}
    number = CATALOGUE["next_product"]
    assert (number.sentence(pd.DataFrame([row]), None) == number.nothing) is said


# --- what is counted -------------------------------------------------------------------------


def test_excess_steps_are_more_than_twice_the_shortest_way_not_twice_it() -> None:
    events = events_of(a="look pay", b="look look look pay", c="look look look look pay")
    frame = friction(events, "pay", least=1).set_index("kind")
    assert (frame.loc["excess steps", "users"], frame.loc["excess steps", "of"]) == (1, 3)


def test_of_each_step_what_most_do_comes_first_and_alike_by_name() -> None:
    events = events_of(a="x b", b="x c", c="x c", d="y a")
    found = step_matrix(events, 2)
    assert found[["step", "event", "users"]].to_numpy().tolist() == [
        [1, "x", 3], [1, "y", 1], [2, "c", 2], [2, "a", 1], [2, "b", 1],
    ]  # fmt: skip


def test_the_score_of_a_theme_is_that_of_its_comments() -> None:
    said = ["the delivery came late", "late delivery again", "delivery was a week late"] * 4
    said += ["the app crashes at login", "login crashes", "app crashes all the time"] * 4
    given = [*[2, 4] * 6, *[8, None, 8] * 4]
    found = themes(said, k=2, scores=given)
    found = found.assign(late=found["terms"].str.contains("late")).set_index("late")
    assert found["score"].to_dict() == {True: 3.0, False: 8.0}


def test_a_word_of_three_comments_has_company_and_one_of_two_has_none() -> None:
    """Words 0 and 1 are in half of the comments each; 2 in two of either half, 3 in one and two."""
    rows = np.zeros((20, 4))
    rows[:10, 0] = rows[10:, 1] = 1
    rows[[0, 10], 2] = 1
    rows[[1, 11, 12], 3] = 1
    weights = _topical(csr_matrix(rows))
    assert weights[2] == 1, "of two nothing can be told"
    assert weights[3] < 0.5, "it stands beside both"
    assert _topical(csr_matrix(rows[8:12])).tolist() == [1, 1, 1, 1], "no word is in five"


def test_each_answer_of_the_promoter_score_is_a_night_of_0_half_or_1() -> None:
    """The form of another measure has questions: the score of this one has none."""
    scores = [10, 9, 8, 7, 6, 0]
    table = pd.DataFrame({"measure": "nps", "score": scores, "timestamp": START})
    table = table.assign(user_id=[f"u{n}" for n in range(6)], question=None, response_id=None)
    table.loc[len(table)] = ["sus", 5, START, "v", 1, "r"]
    view = SimpleNamespace(table=lambda kind: table, scales={})
    claim = Claim.model_validate({"metric": "nps", "is": "at least", "threshold": "20"})
    ((nights, limit, side),) = bounds(view, claim, "")
    assert nights.to_dict("records") == [{0.0: 2, 0.5: 2, 1.0: 2}]
    assert (limit, side) == (pytest.approx(120 / 200), -1)


# --- who may be named ------------------------------------------------------------------------


def view_of(least: int = 5, *, live: bool = False, known: bool = True) -> SimpleNamespace:
    log = SimpleNamespace(columns=["plan", "event"]) if known else None
    privacy = SimpleNamespace(privacy=SimpleNamespace(smallest_group=least))
    return SimpleNamespace(live=live, all_events=log, workshop=privacy)


def test_what_names_few_is_called_others_in_any_frame_that_counts_customers() -> None:
    frame = pd.DataFrame({"plan": ["a", "b", "b"], "step": [1, 1, 2], "users": [5, 3, 4]})
    assert unnamed(view_of(), frame)["plan"].tolist() == ["a", "others", "others"]
    assert unnamed(view_of(), frame)["step"].tolist() == [1, 1, 2]
    for view in (view_of(live=True), view_of(known=False), view_of(3)):
        assert unnamed(view, frame)["plan"].tolist() == ["a", "b", "b"]
    bare = frame.drop(columns="users")
    assert unnamed(view_of(), bare) is bare


def test_a_ranking_without_its_few_is_numbered_anew_and_has_no_other_columns() -> None:
    frame = pd.DataFrame({"path": ["x", "y", "others", "z"], "users": [2, 9, 9, 5]})
    found = _without(frame, frame["users"], ["path"], 5)
    assert found.to_dict("list") == {"path": ["y", "z"], "users": [9, 5]}
    assert list(found.index) == [0, 1]
    assert found.attrs["notes"] == ["Left out: 2 of fewer than 5 customers."]


def test_a_value_gets_its_other_name_only_beside_the_one_it_is_few_with() -> None:
    table = pd.DataFrame({"plan": ["a", "a", "b"], "device": ["tv", "pc", "tv"]})
    names = pd.DataFrame({"plan": ["a"], "device": ["tv"], "jk_name": ["others"]})
    found = _renamed(table, names)
    assert found["plan"].tolist() == ["a", "a", "b"]
    assert found["device"].tolist() == ["others", "pc", "tv"]


def test_what_announces_a_name_is_looked_for() -> None:
    """The rules are read once for all texts, so they are read here once more."""
    found, cues = rules.__wrapped__()
    assert any(rule.after for rule in found)
    assert [at.start() for at in cues.finditer("well, my name is mo")] == [6]
    assert not cues.search("it came too late")


# --- what is said ----------------------------------------------------------------------------


def test_a_question_differs_where_it_is_not_asked_as_the_kit_asks_it() -> None:
    about = CATALOGUE["next_product"]
    assert about.differs({"top": 20, "min_customers": None}) == ""
    assert about.differs({"top": 7, "min_customers": 50}) == "top 7, min customers 50"


@pytest.mark.parametrize(("segment", "who"), [({"device": "tv"}, "All"), ({}, "Customers")])
def test_a_funnel_by_a_column_says_of_whom_and_by_what(segment: dict[str, str], who: str) -> None:
    frame = pd.DataFrame({"device": ["tv"], "users": [3]})
    said = _all(frame, SimpleNamespace(persona=SimpleNamespace(segment=segment)))
    rest = "customers" if segment else "of this persona"
    assert said == f"{who} {rest}, by the device of the event that began the attempt"


@pytest.mark.parametrize(("odd", "named"), [([98], True), ([98, 99], True), ([97, 98, 99], False)])
def test_one_or_two_codes_outside_a_scale_may_be_no_answers(odd: list[int], named: bool) -> None:
    with pytest.raises(DataError) as refused:
        numbers(pd.Series([1, 5, *odd]), "1-5", "the question")
    without = f"'1-5 without {', '.join(map(str, odd))}'"
    assert (without in str(refused.value)) is named
    assert ("or that these are none" in str(refused.value)) is named
