"""A share as people write it: in objectives, promises, claims and experiments."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from journeykit.claims.words import between_words
from journeykit.model import Claim, Objective, Promise
from journeykit.model.records import Experiment

SIXTEEN = [
    "16%", "16 %", "16\u00a0%", "16\u202f%", "%16", "16", 16, 16.0, "0.16", "0,16", ".16", 0.16,
    "16 percent", "16 per cent", "16 Prozent", "16pct", "16.0 PERCENT", "１６％", "+16%", " 16 % ",
    "16 procent", "16 pour cent", "16 por ciento", "16 por cento", "16 pct.",
]  # fmt: skip


def target(written, measure="conversion"):
    return Objective(id="o", goal="More", measure=measure, target=written).target


@pytest.mark.parametrize("written", SIXTEEN)
def test_sixteen_percent_in_every_form(written):
    for measure in ("conversion", "repeat-purchase", "promise", "step"):
        assert target(written, measure) == 0.16
    assert Promise(id="p", text="Soon", stage="buy", share=written).share == 0.16
    assert Experiment(id="e", title="New page", author="Ann", lift=written).lift == 0.16
    claim = {"metric": "conversion", "is": "at least", "threshold": written}
    assert Claim.model_validate(claim).limits == (0.16,)
    assert between_words(Claim.model_validate(claim)) == "at least 16%"


@pytest.mark.parametrize(
    ("written", "is_"),
    [("16,5 %", 0.165), ("16.5", 0.165), ("0.5%", 0.005), ("1%", 0.01), ("1", 1.0), (1, 1.0),
     ("100", 1.0), ("100%", 1.0), (0, 0.0), ("99.9 percent", 0.999), ("7,25 Prozent", 0.0725)],
)  # fmt: skip
def test_other_shares(written, is_):
    assert target(written) == is_


@pytest.mark.parametrize("written", ["160%", 160, "-5%", "-0.1", "many", "16%%", "1 6", ""])
def test_what_is_no_share_is_refused(written):
    with pytest.raises(ValidationError, match="target"):
        target(written)


def test_scores_stay_scores():
    for written, is_ in ((16, 16), ("16", 16), ("-20", -20), (0.5, 0.5)):
        assert target(written, "nps") == is_
    assert [target(written, "csat") for written in ("70%", "70 percent", 70, "70,5")] == [
        70, 70, 70, 70.5,
    ]  # fmt: skip
    assert target("5,5", "ces") == 5.5
    with pytest.raises(ValidationError, match="target"):
        target("16%", "nps")


def test_a_difference_of_shares_in_points():
    for written, is_ in (("5%", 0.05), ("5", 0.05), ("-5 percent", -0.05), ("0.05", 0.05)):
        told = {"metric": "step-change", "of": "pay", "is": "at least", "threshold": written}
        assert Claim.model_validate(told).limits == (is_,)


def test_what_is_saved_is_read_as_the_same():
    for written in SIXTEEN:
        once = Objective(id="o", goal="More", measure="step", of="pay", target=written)
        assert Objective.model_validate(once.plain()) == once
        assert once.with_(owner="Ann").target == 0.16
