"""The samples carry claims worth reading: all personas, all verdicts, and none against what is planted."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from journeykit.claims import Evidence, Verdict, verdicts
from journeykit.phases.session import Session
from journeykit.store import asset, create, open_folder

SAMPLES = ("retail", "saas", "healthcare")
STORIES = Path(__file__).resolve().parents[2] / "sample_data" / "STORIES.md"


@cache
def held(sample: str) -> tuple[Verdict, ...]:
    """All claims of all personas of a sample, held against its data."""
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        folder = create(Path(place) / sample, sample)
        found: list[Verdict] = []
        for persona in folder.persona_ids():
            found += verdicts(Evidence.of(Session(folder, persona)))
        return tuple(found)


def of_card(sample: str, card: str) -> Verdict:
    return next(v for v in held(sample) if v.card == card)


def planted(sample: str, key: str) -> float:
    """The number "in the file" of STORIES.md, as a share."""
    part = STORIES.read_text("utf-8").split(f"\n## {sample}\n")[1].split("\n## ")[0]
    cell = next(line for line in part.splitlines() if line.startswith(f"| `{key}`")).split("|")[4]
    return float(re.sub(r"[^\d.+-]", "", cell.replace("points", ""))) / 100


@pytest.mark.parametrize("sample", SAMPLES)
def test_at_least_twelve_claims_over_all_personas_with_all_three_verdicts(sample: str) -> None:
    found = held(sample)
    assert len(found) >= 12
    assert set(Counter(v.verdict for v in found)) == {"supported", "refuted", "undecided"}
    people = {path.stem for path in (asset("templates") / sample / "personas").glob("*.yaml")}
    assert {v.persona for v in found} == people
    assert {v.persona for v in found if v.must} == people, "each persona has a journey test"
    assert len({v.claim.metric for v in found}) >= 7
    assert all(v.measured for v in found if v.claim.of != ("seen-by-specialist",))


def test_lead_generation_carries_claims_that_wait_for_data() -> None:
    folder = open_folder(asset("templates") / "lead-generation")
    claims = [c.claim for p in folder.persona_ids() for c in folder.journey_of(p).cards if c.claim]
    assert len(claims) >= 6
    assert any(claim.must for claim in claims)


@pytest.mark.parametrize(
    ("sample", "card", "verdict"),
    [
        ("retail", "chat-two-minutes", "refuted"),  # the promise that is not kept
        ("retail", "error-says-nothing", "supported"),  # the fault in its time window
        ("retail", "letter-shows-stock", "refuted"),  # the dead end of one persona
        ("retail", "orders-two-pieces", "supported"),  # things bought together
        ("retail", "direct-is-best", "refuted"),  # the channel that takes the credit
        ("retail", "hurried", "refuted"),  # the stage that feels otherwise
        ("retail", "vouchers-bring-buyers", "refuted"),  # people whom no persona describes
        ("saas", "mail-filtered", "supported"),
        ("saas", "ticket-in-four-hours", "refuted"),
        ("saas", "docs-suffice", "refuted"),
        ("saas", "paid-search-best", "refuted"),
        ("saas", "eager", "refuted"),
        ("healthcare", "all-reminded", "refuted"),
        ("healthcare", "hold-five", "refuted"),
        ("healthcare", "no-way-to-result", "supported"),
        ("healthcare", "phone-brings-most", "refuted"),
        ("healthcare", "at-ease", "refuted"),
    ],
)
def test_claims_about_the_planted_stories_come_out_as_planted(
    sample: str, card: str, verdict: str
) -> None:
    assert of_card(sample, card).verdict == verdict


@pytest.mark.parametrize(
    ("sample", "card"),
    [
        ("retail", "every-mail-sells"),
        ("saas", "both-mails-sell"),
        ("healthcare", "letter-brings-back"),
    ],
)
def test_a_campaign_that_does_nothing_is_never_supported(sample: str, card: str) -> None:
    found = of_card(sample, card)
    assert found.verdict == "undecided"
    assert found.low < 0 < found.high


@pytest.mark.parametrize(
    ("sample", "card", "key"),
    [
        ("retail", "direct-is-best", "touch-loud-first"),
        ("retail", "vouchers-bring-buyers", "nobody-conversion"),
        ("healthcare", "phone-brings-most", "touch-loud-first"),
    ],
)
def test_claims_of_everybody_have_the_numbers_of_the_stories(
    sample: str, card: str, key: str
) -> None:
    assert of_card(sample, card).value == pytest.approx(planted(sample, key), abs=0.0006)
