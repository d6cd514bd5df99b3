"""What is known about each journey, stage by stage: verdicts, owners, how old the evidence is."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from journeykit.model import Card, Data, Journey, Workshop

from .verdict import Verdict


def atlas_row(
    workshop: Workshop,
    journey: Journey,
    found: Sequence[Verdict] = (),
    today: dt.date | None = None,
) -> Data:
    """Say of a journey, and of each of its stages, what is known: a row of the atlas.

    Parameters
    ----------
    workshop : Workshop
    journey : Journey
    found : sequence of Verdict
        Of its claims, as `verdicts` gives them.
    today : date, optional
        The day from which the age of the evidence is counted.

    Returns
    -------
    dict
        ``id``, ``name``, ``kind``, ``persona``, and of the whole and of each of its ``stages``
        ``owner``, ``cards``, ``claims`` (verdict to count; ``wrong`` where a claim names what
        nobody has), ``days`` (the age of its oldest evidence; 0 where nobody says) and ``late``
        (older than the review interval).

    Examples
    --------
    >>> from journeykit.model import Journey, Workshop
    >>> shop = Workshop(name="Shop", stages=[{"id": "visit", "name": "Visit"}])
    >>> maya = Journey(id="maya", name="Today", persona="maya").add(
    ...     "Sees a post", stage="visit", lane="actions")
    >>> row = atlas_row(shop, maya)
    >>> row["cards"], row["stages"][0]["days"], row["late"]
    (1, 0, False)
    """
    day = today or workshop.now().date()

    def told(cards: Sequence[Card], owner: str) -> Data:
        ids = {card.id for card in cards}
        seen = min(filter(None, (c.reviewed or journey.reviewed for c in cards)), default=day)
        return {
            "owner": owner,
            "cards": len(cards),
            "claims": Counter("wrong" if v.mistake else v.verdict for v in found if v.card in ids),
            "days": (day - seen).days,
            "late": workshop.review_due(seen) < day,
        }

    return {
        **{name: getattr(journey, name) for name in ("id", "name", "kind", "persona")},
        **told(journey.cards, journey.owner or workshop.owner),
        "stages": [
            {"id": stage.id, "stage": stage.name, **told(journey.at(stage.id), stage.owner)}
            for stage in workshop.stages
        ],
    }
