"""A claim and its numbers in words: nobody should have to read the name of a metric."""

from functools import cache
from typing import Any

from journeykit import words
from journeykit.declared import template
from journeykit.model import Claim, Promise, Workshop


def value_words(value: float | None, kind: str) -> str:
    """Write a number in the unit of its metric.

    Examples
    --------
    >>> value_words(0.1234, "share"), value_words(0.05, "points"), value_words(-0.6, "score")
    ('12.3%', '+5.0 points', '−0.60')
    """
    return tell("number_of", value, kind)


def between_words(claim: Claim) -> str:
    """Write comparator and threshold: ``at least 20%``, ``between 20% and 30%``."""
    return tell("between", claim)


def claim_words(claim: Claim, workshop: Workshop, persona: str = "", stage: str = "") -> str:
    """Say a claim as a sentence.

    Parameters
    ----------
    claim : Claim
    workshop : Workshop
        For the names of stages and promises.
    persona : str
        The name of the persona, where the claim speaks of another one than its map.
    stage : str
        The card's stage, for a metric that is of a stage.

    Examples
    --------
    >>> from journeykit.model import Workshop
    >>> workshop = Workshop(name="Shop", stages=[{"id": "buy", "name": "Buying"}])
    >>> claim = Claim.model_validate({"metric": "drop-off", "of": "pay", "is": "at most",
    ...     "threshold": "20%", "segment": {"device": "mobile"}, "period": "last 90 days"})
    >>> claim_words(claim, workshop)
    'Customers lost before “pay”: at most 20% (device mobile; last 90 days)'
    """
    of = [_name(claim, text, workshop.promises) for text in claim.of]
    return tell("claim", claim, workshop.stage_names(), of, persona, claim.stage or stage)


def _name(claim: Claim, text: str, promises: tuple[Promise, ...]) -> str:
    if claim.about.of.startswith("promise"):
        text = next((promise.text for promise in promises if promise.id == text), text)
    return text if claim.about.of == "months" else f"“{text}”"


@cache
def _sentences() -> Any:
    return template(__file__, "txt").make_module(vars(words) | globals())


def tell(what: str, *given: Any) -> str:
    """Say one of the sentences that lie beside this file."""
    return str(getattr(_sentences(), what)(*given))
