"""The registry: the name of every metric that can be claimed, and how it is measured."""

from __future__ import annotations

from journeykit.claims.from_events import EVENTS
from journeykit.claims.from_tables import TABLES
from journeykit.claims.measured import Measured
from journeykit.claims.scope import Scope

__all__ = ["MEASURES", "Measured", "measure"]

MEASURES = {**EVENTS, **TABLES}
"""Metric (a key of `model.METRICS`) to the function that measures it."""


def measure(scope: Scope, metric: str, of: tuple[str, ...] = (), stage: str = "") -> Measured:
    """Measure a metric in a view of the data.

    Parameters
    ----------
    scope : Scope
    metric : str
        A name of `model.METRICS`.
    of : tuple of str
        What it is of.
    stage : str
        For a metric that is of a stage.

    Raises
    ------
    JourneykitError
        Where the data lacks what it takes; the message says what.
    """
    return scope.once((metric, of, stage), lambda: MEASURES[metric](scope, of, stage))
