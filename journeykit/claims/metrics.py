"""How a metric is measured: by its declaration, or as the claims did before there was one."""

from __future__ import annotations

from journeykit.claims.from_events import EVENTS
from journeykit.claims.scope import Scope
from journeykit.numbers.catalogue import HOME
from journeykit.numbers.claimed import Measured
from journeykit.numbers.claimed import measure as declared

MEASURES = EVENTS


def measure(scope: Scope, metric: str, of: tuple[str, ...] = (), stage: str = "") -> Measured:
    """Measure a metric in a view of the data."""
    if metric in HOME:
        return declared(scope, metric, of, stage)
    return scope.once((metric, of, stage), lambda: MEASURES[metric](scope, of, stage))
