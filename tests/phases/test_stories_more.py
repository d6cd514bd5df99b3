"""The other stories of STORIES.md: what is bought together, who takes the credit, feelings, strangers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from journeykit.phases import Panel

Ask = Callable[[str, str, str], Panel]
SAMPLES = ("retail", "saas", "healthcare")


def samples(*rows: tuple[Any, ...]) -> list[Any]:
    """Test rows that begin with a sample; those of one sample run in one process."""
    return [pytest.param(*row, marks=pytest.mark.xdist_group(f"panels-{row[0]}")) for row in rows]


# --- 5 things that are bought together ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "pair", "orders", "lift", "persona"),
    samples(
        ("retail", {"scarf-ring-brass", "silk-scarf-poppy"}, 53, 4.50, "gift-giving-george"),
        ("saas", {"audit-log", "single-sign-on"}, 62, 3.70, "analyst-amara"),
        ("healthcare", {"nutrition-advice", "blood-panel"}, 353, 2.88, "referred-rosa"),
    ),
)
def test_the_pair_stands_first(
    ask: Ask, sample: str, pair: set[str], orders: int, lift: float, persona: str
) -> None:
    panel = ask(sample, "everybody", "after.basket")
    first = panel.frame.iloc[0]  # type: ignore[union-attr]
    assert {first["product_a"], first["product_b"]} == pair
    assert first["orders"] == orders
    assert first["lift"] == pytest.approx(lift, abs=0.02)
    assert first["low"] > 1.8
    assert first["q"] < 0.001
    assert set(panel.numbers["pair"]) == pair
    # Seen for one persona too, where there are few orders.
    assert set(ask(sample, persona, "after.basket").numbers["pair"]) == pair
    for product in pair:
        assert product.replace("-", " ") in panel.sentence.lower().replace("-", " ")


# --- 6 the channel that takes the credit ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "loud", "quiet", "personas"),
    samples(
        ("retail", "direct", "social", ("mobile-maya", "gift-giving-george")),
        ("saas", "“Paid search”", "webinar", ("it-manager-ivan", "analyst-amara")),
        ("healthcare", "phone", "", ("busy-parent-priya", "senior-walter")),
    ),
)
def test_last_touch_flatters_one_channel_and_overlooks_another(
    ask: Ask, sample: str, loud: str, quiet: str, personas: tuple[str, ...]
) -> None:
    for persona in personas:
        said = ask(sample, persona, "buyer_goals.attribution").sentence
        assert f"Last touch flatters {loud} " in said, persona
        if quiet:
            assert f"overlooks {quiet} " in said, persona


@pytest.mark.parametrize(
    ("sample", "loud", "quiet"),
    samples(
        ("retail", "direct", "social"),
        ("saas", "paid_search", "webinar"),
        ("healthcare", "phone", "app"),
    ),
)
def test_the_rules_disagree_as_planted(ask: Ask, sample: str, loud: str, quiet: str) -> None:
    frame = ask(sample, "everybody", "buyer_goals.attribution").frame
    assert frame is not None
    share = frame.set_index("channel")
    assert share["last"].idxmax() == loud, "it looks best on last touch"
    assert share.loc[loud, "last"] > 1.8 * share.loc[loud, "first"]
    assert share.loc[quiet, "first"] > 1.8 * share.loc[quiet, "last"]
    assert share.loc[loud, "first"] < share.loc[loud, "markov"] < share.loc[loud, "last"]
    assert share.loc[quiet, "last"] < share.loc[quiet, "markov"]


# --- 7 a stage that feels otherwise than the team thinks --------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "bad", "id", "good", "persona"),
    samples(
        ("retail", "Purchase", "purchase", "Advocacy", "mobile-maya"),
        ("saas", "Onboarding", "onboarding", "Engagement and decision", "startup-sofia"),
        ("healthcare", "Tests and results", "tests-and-results", "Visit", "busy-parent-priya"),
    ),
)
def test_the_stage_that_feels_bad_is_seen_beside_what_the_team_thinks(
    ask: Ask, sample: str, bad: str, id: str, good: str, persona: str
) -> None:
    for who in ("everybody", persona):
        frame = ask(sample, who, "ux.emotions").frame
        assert frame is not None
        felt = frame[~frame["small_n"]].set_index("stage")
        assert felt["measured"].astype(float).idxmin() == bad
        assert felt.loc[bad, "high"] < 0 < felt.loc[good, "low"]
    assert felt.loc[bad, "team"] > felt.loc[bad, "high"], "the team thinks better of it"
    ranked = ask(sample, persona, "weak_spots.ranking").frame
    assert ranked is not None
    feedback = ranked[(ranked["kind"] == "feedback") & ranked["significant"]]
    assert feedback["stage"].iloc[0] == id


def test_the_checkout_feels_worst_on_mobile_and_consideration_for_lena(ask: Ask) -> None:
    low = {
        who: ask("retail", who, "ux.emotions").frame.set_index("stage")  # type: ignore[union-attr]
        for who in ("mobile-maya", "gift-giving-george", "loyal-lena")
    }
    assert (
        low["mobile-maya"].loc["Purchase", "high"]
        < low["gift-giving-george"].loc["Purchase", "measured"]
    )
    assert (
        low["loyal-lena"].loc["Consideration", "high"]
        < low["mobile-maya"].loc["Consideration", "low"]
    )


@pytest.mark.parametrize(
    ("sample", "who", "others", "about"),
    samples(
        ("retail", "mobile-maya", "gift-giving-george", (61, 77)),
        ("saas", "analyst-amara", "startup-sofia", (62, 74)),
        ("healthcare", "senior-walter", "busy-parent-priya", (49, 72)),
    ),
)
def test_usability_is_graded_as_planted(
    ask: Ask, sample: str, who: str, others: str, about: tuple[int, int]
) -> None:
    for persona, planted in zip((who, others), about, strict=True):
        frame = ask(sample, persona, "ux.surveys").frame
        row = frame.set_index("measure").loc["sus"]  # type: ignore[union-attr]
        assert row["low"] <= planted <= row["high"], persona


# --- 8 people whom no persona describes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "share", "spent"),
    samples(("retail", 0.066, 0.295), ("saas", 0.091, 0.357), ("healthcare", 0.166, 0.148)),
)
def test_the_audience_that_no_persona_covers_is_counted(
    ask: Ask, sample: str, share: float, spent: float
) -> None:
    panel = ask(sample, "everybody", "objectives.audience")
    assert panel.numbers["share_outside"] == pytest.approx(share, abs=0.001)
    assert panel.numbers["spend_outside"] == pytest.approx(spent, abs=0.001)
    assert f"{100 * panel.numbers['share_outside']:.1f}% of all customers" in panel.sentence
    assert (
        f"{100 * panel.numbers['spend_outside']:.1f}% of the campaign spend went to them"
        in panel.sentence
    )


def test_affiliate_visitors_hardly_buy(ask: Ask) -> None:
    channels = ask("retail", "everybody", "buyer_goals.channels")
    assert "those by affiliate least (0.5% of 398)" in channels.sentence
    assert channels.numbers["affiliate"] < 0.02


@pytest.mark.parametrize(
    ("sample", "events", "users"),
    samples(("retail", 77_921, 6_000), ("saas", 39_731, 5_600), ("healthcare", 40_449, 3_800)),
)
def test_everybody_is_counted(ask: Ask, sample: str, events: int, users: int) -> None:
    numbers = ask(sample, "everybody", "start.data").numbers
    assert (numbers["all"]["events"], numbers["all"]["users"]) == (events, users)
    assert (numbers["events"], numbers["users"]) == (events, users)


# --- the fault at one step, against the period before ----------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "persona", "changed"),
    samples(("retail", "mobile-maya", ["purchase"]), ("retail", "gift-giving-george", [])),
)
def test_the_step_that_got_worse_is_told_for_those_whom_it_met(
    ask: Ask, sample: str, persona: str, changed: list[str]
) -> None:
    panel = ask(sample, persona, "weak_spots.funnel_change")
    assert panel.numbers["changed"] == changed
    assert ("in the period before" in panel.sentence) is bool(changed)
    assert "days before them" in panel.notes[0]
