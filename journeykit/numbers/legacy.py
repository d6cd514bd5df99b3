"""Metrics that are not yet declared beside their number; this file goes when none is left."""

from journeykit.declared import Metric


def _nothing() -> None:
    """Hold the place of what is not declared yet."""


def _metric(
    words: str,
    kind: str,
    of: str = "",
    table: str = "events",
    ends: tuple[float, float] | None = None,
    about_stage: bool = False,
) -> Metric:
    return Metric(words, kind, _nothing, of, table, ends, about_stage)


def _credit(words: str) -> Metric:
    return _metric(f"conversions credited to {{of}} by {words}", "share", "channel")


LEGACY: dict[str, Metric] = {
    "conversion": _metric("customers who reach the goal", "share"),
    "did": _metric("customers who do {of}", "share", "event"),
    "step-change": _metric(
        "change, against the period before, of those who go on to {of}", "points", "step"
    ),
    "step-time": _metric("median time to {of} from the step before", "hours", "step"),
    "reach-time": _metric("median time to {of} from the first step", "hours", "step"),
    "stage-rate": _metric(
        "customers who go on from {stage} to the next stage", "share", about_stage=True
    ),
    "stage-time": _metric("median time from {stage} to the next stage", "hours", about_stage=True),
    "order-conformance": _metric("customers who take the stages in the designed order", "share"),
    "stage-order": _metric(
        "customers of {stage} with all earlier stages before it", "share", about_stage=True
    ),
    "transition-share": _metric("moves from {of}", "share", "two events"),
    "transition-time": _metric("median time from {of}", "hours", "two events"),
    "entry-share": _metric("customers who begin with {of}", "share", "event"),
    "entry-conversion": _metric(
        "customers who begin with {of} and reach the goal", "share", "event"
    ),
    "position-share": _metric("customers who do {of}", "share", "event and place"),
    "last-before-loss": _metric("lost customers who leave at {of}", "share", "event"),
    "path-share": _metric("sessions that are {of} and nothing else", "share", "path"),
    "loops": _metric("customers who do {of} three times in a row", "share", "event"),
    "backtracks": _metric("customers who go from {of} and straight back", "share", "two events"),
    "excess-steps": _metric(
        "customers who reach the goal on more than twice the shortest way", "share"
    ),
    "weak-spot": _metric("extra share lost at {of}, in fair comparison", "points", "place"),
    "association": _metric(
        "how much more often those who reach the goal did {of}", "points", "event"
    ),
    "channel-share": _metric("customers who first come by {of}", "share", "channel"),
    "channel-conversion": _metric(
        "customers who come by {of} and reach the goal", "share", "channel"
    ),
    "session-conversion": _metric(
        "sessions by {of} in which the goal is reached", "share", "channel"
    ),
    "attribution-first": _credit("first touch"),
    "attribution-last": _credit("last touch"),
    "attribution-linear": _credit("equal parts"),
    "attribution-position": _credit("position"),
    "attribution-time-decay": _credit("time decay"),
    "attribution-markov": _credit("removal effect"),
    "attribution-shapley": _credit("Shapley value"),
    "persona-share": _metric("customers who are this persona", "share"),
    "uncovered-share": _metric("customers whom no persona describes", "share"),
    "segment-share": _metric("customers with {of}", "share", "column and value"),
    "retention": _metric(
        "customers who are back {of} months after they first came", "share", "months"
    ),
    "stickiness": _metric("of a month's customers, those here on a day of it", "share"),
}
"""What can be claimed."""
