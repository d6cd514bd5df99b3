"""A first claim for a card, from its lane and its stage; the team puts the number right."""

from journeykit.declared import beside
from journeykit.model import Card, Claim, Data, Workshop

_LANES = beside(__file__)
"""Lane to the metric that its cards bring to mind, and to a threshold to begin with."""


def suggest(card: Card, workshop: Workshop) -> tuple[Claim, ...]:
    """Suggest claims that a card's lane and stage bring to mind.

    A promise suggests its measure, an emotion the feeling of surveys, a pain point the drop-off
    at a step of its stage, a touchpoint or an action that most go on there, a channel its last
    touch, a goal satisfaction. Thresholds are a place to begin: where the workshop has an
    objective of the same measure, its target.

    Parameters
    ----------
    card : Card
    workshop : Workshop

    Returns
    -------
    tuple of Claim
        None for a card that carries one, and where nothing comes to mind.

    Examples
    --------
    >>> shop = Workshop(name="Shop", stages=[{"id": "buy", "name": "Buy"}],
    ...     funnel=[{"name": "visit", "events": "visit"},
    ...         {"name": "pay", "events": "pay", "stage": "buy"}])
    >>> pain = Card(id="c", stage="buy", lane="pain-points", text="The payment fails")
    >>> [(c.metric, c.of, c.comparison, c.threshold) for c in suggest(pain, shop)]
    [('drop-off', ('pay',), 'at least', ('30%',))]
    """
    if card.claim:
        return ()
    made = [
        _claim("promise", promise.id, "at least", f"{100 * promise.share:g}%")
        for promise in workshop.promises
        if promise.id == card.promise and promise.measure
    ]
    if card.lane == "emotions" and card.emotion is not None:
        felt = _claim("emotion", "", "above" if card.emotion > 0 else "below", "0")
        between = {"metric": "emotion", "is": "between", "threshold": ["-0.5", "0.5"]}
        made.append(felt if card.emotion else between)
    steps, names = _steps(card, workshop), [step.name for step in workshop.funnel]
    last = max(map(names.index, steps), default=len(names))
    named = {
        # A pain keeps people from the step after the last that the card is about.
        "drop-off": "".join(names[last : last + 2][-1:]),
        "step-rate": next((name for name in steps if name in names[1:]), ""),
        "attribution-last": card.channel,
    }
    metric, threshold = _LANES.get(card.lane, ("", ""))
    of, satisfied = named.get(metric, ""), metric == "csat"
    if metric and (of or metric not in named) and not (satisfied and made):
        wanted = _target(workshop, "step" if metric == "step-rate" else metric, of)
        stage = {"stage": card.stage} if satisfied else {}
        made.append({**_claim(metric, of, "at least", wanted or threshold), **stage})
    return tuple(Claim.model_validate(claim) for claim in made)


def _claim(metric: str, of: str, comparator: str, threshold: str) -> Data:
    return {"metric": metric, "of": of or None, "is": comparator, "threshold": threshold}


def _steps(card: Card, workshop: Workshop) -> list[str]:
    """The funnel steps that a card is about: those that share an event, else those of its stage."""
    events = set(map(str, card.events))
    shared = [step.name for step in workshop.funnel if events & set(map(str, step.events))]
    return shared or [step.name for step in workshop.funnel if step.stage == card.stage]


def _target(workshop: Workshop, measure: str, of: str = "") -> str:
    """The target of an objective of this measure, as a threshold."""
    found = [o.target for o in workshop.objectives if o.measure == measure and o.of in ("", of)]
    if not found:
        return ""
    return f"{found[0]:g}%" if measure == "csat" else f"{100 * found[0]:g}%"
