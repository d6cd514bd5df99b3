"""The value of an objective's measure in the data of one persona; measured as claims are."""

from typing import Any

from pandas import DataFrame

from journeykit.claims import Evidence, decide
from journeykit.declared import METRICS
from journeykit.errors import JourneykitError
from journeykit.model import Objective
from journeykit.numbers.catalogue import CATALOGUE
from journeykit.numbers.claimed import measure

from .session import Session

_SAID = {"supported": "reached", "refuted": "short", "undecided": "undecided"}


def baseline(session: Session, objective: Objective) -> dict[str, Any]:
    """Measure an objective: value, low, high, n, what n counts, and a verdict in words.

    The verdict is ``reached`` where the whole interval is on the good side of the target,
    ``short`` where all of it is on the other, else ``undecided``; ``not measured`` where the
    data lacks what it takes.
    """
    metric = "step-rate" if objective.measure == "step" else objective.measure
    found = measured(session, metric, objective.of)
    verdict = "not measured"
    if found["value"] is not None:
        n = 0 if session.gate.shut else found["n"]  # which decides nothing
        decided = decide(found["low"], found["high"], n, "at least", (objective.target,))
        verdict = _SAID[decided]
    return {**found, "verdict": verdict, "rate": METRICS[metric].kind == "share"}


def measured(session: Session, metric: str, of: str = "") -> dict[str, Any]:
    """Return value, low, high, n and ``of_what`` n counts; without a value what cannot be
    measured.
    """
    try:
        found = measure(Evidence.of(session).scope(), metric, (of,) if METRICS[metric].of else ())
    except JourneykitError:
        return {"value": None, "low": None, "high": None, "n": 0, "of_what": ""}
    value = None if found.value != found.value else found.value
    ends = {"low": found.low, "high": found.high}
    return {"value": value, **ends, "n": found.n, "of_what": found.counts}


def promise_table(session: Session) -> DataFrame | None:
    """Hold every promise against the data; None where the workshop makes no promise."""
    return CATALOGUE["promises"].answer(session) if session.promises else None
