"""Claims in YAML: what is wrong is told with file, line and the right word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from journeykit.claims import claim_words, suggest
from journeykit.declared import METRICS
from journeykit.model import Card, Claim, Workshop
from journeykit.store import open_folder, write_atomic

WORKSHOP = """\
schema: 2
name: Shop
goal: pay
stages:
  - {id: look, name: Look, events: [visit, view]}
  - {id: buy, name: Buy, events: [cart, pay]}
funnel:
  - {name: visit, stage: look, events: visit}
  - {name: fill the basket, stage: buy, events: cart}
  - {name: pay, stage: buy, events: pay}
promises:
  - {id: quick-chat, text: Quick, stage: buy, measure: hold_minutes, limit: 2, share: 0.9}
"""
HEAD = """\
name: Map
persona: maya
cards:
  - id: one
    stage: buy
    lane: pain-points
    text: They leave at the basket
    claim:
"""
CLAIM = {"metric": "drop-off", "of": "pay", "is": "at least", "threshold": "20%"}


def write(root: Path, claim: str) -> Path:
    write_atomic(root / "workshop.yaml", WORKSHOP)
    write_atomic(root / "personas/maya.yaml", "name: Maya\n")
    body = "".join(f"      {line}\n" for line in claim.strip().splitlines())
    write_atomic(root / "journeys/maya.yaml", HEAD + body)
    return root


def claimed(**changes: Any) -> Claim:
    whole = {**CLAIM, **changes}
    return Claim.model_validate(
        {key.strip("_"): value for key, value in whole.items() if value is not None}
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("metric: drop-of\nof: pay\nis: at least\nthreshold: 20%", 9, "Did you mean 'drop-off'?"),
        (
            "metric: drop-off\nof: payy\nis: at least\nthreshold: 20%",
            10,
            "no step 'payy'. Did you mean 'pay'?",
        ),
        (
            "metric: csat\nstage: bye\nis: at least\nthreshold: 80%",
            10,
            "no stage 'bye'. Did you mean 'buy'?",
        ),
        (
            "metric: promise\nof: quick-chut\nis: at least\nthreshold: 80%",
            10,
            "Did you mean 'quick-chat'?",
        ),
        (
            "metric: csat\nis: at least\npersona: mayya\nthreshold: 80%",
            11,
            "no persona 'mayya'. Did you mean 'maya'?",
        ),
        ("metric: drop-off\nof: pay\nis: at last\nthreshold: 20%", 11, "Did you mean 'at least'?"),
        (
            "metric: drop-off\nof: pay\nis: at least\nthreshold: high",
            12,
            "'high' is no number: write a threshold",
        ),
        ("metric: drop-off\nof: pay\nis: at least\nthreshold: 120%", 12, "between 0% and 100%"),
        ("metric: drop-off\nof: pay\nis: at least\nthreshold: -5%", 12, "between 0% and 100%"),
        ("metric: csat\nis: at least\nthreshold: 0.8", 11, "0.8 in a hundred: for csat write 80%"),
        ("metric: nps\nis: at least\nthreshold: 20%", 11, "nps is given as score"),
        ("metric: nps\nis: at least\nthreshold: 200", 11, "nps runs from -100 to 100"),
        ("metric: drop-off\nis: at least\nthreshold: 20%", 9, "drop-off needs `of`: name the step"),
        (
            "metric: conversion\nof: pay\nis: at least\nthreshold: 20%",
            10,
            "is of nothing: take `of` away",
        ),
        ("metric: basket-lift\nof: scarf\nis: above\nthreshold: 2", 10, "takes two products"),
        (
            "metric: position-share\nof: [pay, last]\nis: above\nthreshold: 20%",
            10,
            "'last' is no place in the order",
        ),
        (
            "metric: promise-hours\nof: [quick-chut, 9 to 17]\nis: above\nthreshold: 20%",
            10,
            "mean 'quick-chat'?",
        ),
        (
            "metric: promise-hours\nof: [quick-chat, evening]\nis: above\nthreshold: 20%",
            10,
            "write 18 to 22",
        ),
        (
            "metric: segment-share\nof: phone\nis: above\nthreshold: 20%",
            10,
            "takes column and value",
        ),
        ("metric: retention\nof: soon\nis: above\nthreshold: 20%", 10, "no number of months"),
        ("metric: nps\nis: between\nthreshold: 20", 11, "'between' takes two numbers"),
        ("metric: nps\nis: between\nthreshold: [40, 20]", 11, "write the lower one first: 20, 40"),
        (
            "metric: nps\nis: at least\nthreshold: [20, 40]",
            11,
            "found 2; 'at least' takes one number",
        ),
        ("metric: nps\nis: at least\nthreshold: 20\nperiod: spring", 12, "write 'last 90 days'"),
        (
            "metric: nps\nis: at least\nthreshold: 20\nperiod: last 9 days\nsince: 2026-01-01",
            12,
            "not both",
        ),
        (
            "metric: nps\nis: at least\nthreshold: 20\nsince: 2026-02-01\nuntil: 2026-01-01",
            13,
            "before since",
        ),
        (
            "metric: nps\nis: at least\nthreshold: 20\nmust: perhaps",
            12,
            "`true` or `false` is needed",
        ),
        ("metric: nps\nis: at least\nthreshold: 20\ntreshold: 30", 12, "Did you mean 'threshold'?"),
        ("metric: nps\nis: at least\nthreshold: 20\ncomparator: above", 12, "Did you mean 'is'?"),
        ("metric: nps\nis: at least\nis: at most\nthreshold: 20", 11, "a key stands twice"),
        ("metric: nps\nthreshold: 20", 8, "the key 'is' is missing"),
        ("nps at least 20", 8, "keys and values"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    problems = open_folder(write(tmp_path, text)).problems()
    assert len(problems) == 1, [str(problem) for problem in problems]
    assert said in problems[0].message
    assert (problems[0].file, problems[0].line) == ("journeys/maya.yaml", line)
    assert problems[0].key is None or problems[0].key.startswith("cards.one.claim")


def test_a_claim_reads_back_as_it_was_written(tmp_path: Path) -> None:
    text = "metric: drop-off\nof: pay\nis: at least\nthreshold: 20%  # a fifth\nmust: true\nsegment: {device: 007}"
    root = write(tmp_path, text)
    folder = open_folder(root)
    before = (root / "journeys/maya.yaml").read_text()
    folder.save(folder.journey("maya"))
    assert (root / "journeys/maya.yaml").read_text() == before
    folder.save(folder.journey("maya").change("one", text="They leave"))
    assert "threshold: 20%  # a fifth" in (root / "journeys/maya.yaml").read_text()
    claim = open_folder(root).journey("maya").card("one").claim
    assert (claim.limits, claim.must, claim.segment) == ((0.2,), True, {"device": ("007",)})


@pytest.mark.parametrize(
    ("metric", "of", "threshold", "limit"),
    [
        ("drop-off", "pay", "20%", 0.2),
        ("drop-off", "pay", "0.2", 0.2),
        ("drop-off", "pay", 0.2, 0.2),
        ("drop-off", "pay", "0,2", 0.2),
        ("drop-off", "pay", "1", 1.0),
        ("step-change", "pay", "-5%", -0.05),
        ("csat", None, "80%", 80.0),
        ("csat", None, "80", 80.0),
        ("nps", None, "-20", -20.0),
        ("hold", None, "5", 5.0),
        ("hold", None, "90 s", 1.5),
        ("stage-time", None, "2 days", 48.0),
        ("stage-time", None, "90 min", 1.5),
        ("emotion", None, "0", 0.0),
    ],
)
def test_thresholds_in_the_unit_of_their_metric(
    metric: str, of: str, threshold: Any, limit: float
) -> None:
    assert claimed(metric=metric, of=of, threshold=threshold).limits == pytest.approx((limit,))


def test_between_takes_a_list_or_a_range_and_signs_are_words() -> None:
    assert claimed(is_="between", threshold=["20%", "0.3"]).limits == (0.2, 0.3)
    assert claimed(is_="between", threshold="20% to 30%").limits == (0.2, 0.3)
    assert claimed(is_=">=").comparison == "at least"


def test_every_metric_is_measured_and_said_in_words() -> None:
    assert all(callable(metric.take) or metric.take["value"] for metric in METRICS.values())
    shop = Workshop.model_validate({"name": "Shop", "stages": [{"id": "buy", "name": "Buying"}]})
    words = {
        "two events": ["a", "b"],
        "two products": ["a", "b"],
        "path": ["a", "b"],
        "months": "2",
        "event and place": ["a", "2"],
        "column and value": ["device", "phone"],
        "promise and hours": ["quick-chat", "9 to 17"],
        "": None,
    }
    for name, metric in METRICS.items():
        threshold = {"share": "20%", "points": "2%", "percent": "20%"}.get(metric.kind, "1")
        claim = claimed(metric=name, of=words.get(metric.of, "it"), threshold=threshold)
        sentence = claim_words(claim, shop, "", "buy")
        assert sentence.endswith(("20%", "+2 points", "1", "1 min", "60 min"))
        assert "{" not in sentence
        assert "_" not in sentence
        if metric.about_stage:
            assert "“Buying”" in sentence


def test_unknown_ids_are_no_claim() -> None:
    with pytest.raises(ValidationError, match="is no id"):
        claimed(stage="Not An Id")


@pytest.mark.parametrize(
    ("card", "metric", "of", "threshold"),
    [
        ({"lane": "pain-points", "stage": "look"}, "drop-off", ("fill the basket",), "30%"),
        ({"lane": "pain-points", "stage": "buy"}, "drop-off", ("pay",), "30%"),
        ({"lane": "pain-points", "stage": "look", "events": ["cart"]}, "drop-off", ("pay",), "30%"),
        (
            {"lane": "promises", "stage": "buy", "promise": "quick-chat"},
            "promise",
            ("quick-chat",),
            "90%",
        ),
        ({"lane": "emotions", "stage": "buy", "emotion": -1}, "emotion", (), "0"),
        ({"lane": "touchpoints", "stage": "buy"}, "step-rate", ("fill the basket",), "50%"),
        (
            {"lane": "channels", "stage": "look", "channel": "social"},
            "attribution-last",
            ("social",),
            "20%",
        ),
        ({"lane": "goals", "stage": "buy"}, "csat", (), "70%"),
        ({"lane": "metrics", "stage": "buy"}, "conversion", (), "10%"),
    ],
)
def test_suggestions_from_lane_and_stage(
    card: dict[str, Any], metric: str, of: tuple[str, ...], threshold: str
) -> None:
    from journeykit.store import yaml

    shop = yaml.parse(Workshop, WORKSHOP, "workshop.yaml")
    made = suggest(Card.model_validate({"id": "c", "text": "Text", **card}), shop)
    assert [(c.metric, c.of, c.threshold) for c in made] == [(metric, of, (threshold,))]
    assert not any(made[0].problems(list(shop.steps()), ["look", "buy"], ["quick-chat"], ["maya"]))
    again = Card.model_validate({"id": "c", "text": "Text", **card, "claim": made[0].plain()})
    assert suggest(again, shop) == ()


def test_a_thought_suggests_nothing() -> None:
    shop = Workshop.model_validate({"name": "Shop", "stages": [{"id": "buy", "name": "Buying"}]})
    assert suggest(Card(id="c", stage="buy", lane="thoughts", text="Hm"), shop) == ()
