"""The map in words, for those who read or search instead of looking."""

from journeykit.model import Journey, Persona, Workshop

from .poster.data import Row
from .poster.notes import notes_of
from .poster.svg import place


def journey_text(workshop: Workshop, persona: Persona, journey: Journey) -> list[Row]:
    """Return the map as rows of text, for those who read or search instead of looking.

    Returns
    -------
    list of dict
        ``stage``, ``lane``, ``card``, ``evidence``, ``owner``, ``moment`` ("yes" or "") and, where
        a card has one, ``link``, in the order of the map; cards on unknown stages come last.

    Examples
    --------
    >>> from journeykit.model import Journey, Persona, Workshop
    >>> shop = Workshop(name="Shop", stages=[{"id": "awareness", "name": "Awareness"}])
    >>> maya = Persona(id="maya", name="Mobile Maya")
    >>> seen = Journey(id="maya", name="Today", persona="maya").add(
    ...     "Sees a post", stage="awareness", lane="actions")
    >>> journey_text(shop, maya, seen)[0]["card"]
    'Sees a post'
    """
    return [
        {
            **place(workshop, card),
            "evidence": card.evidence,
            "owner": card.owner or card.department,
            "moment": "yes" if card.moment else "",
            **({"link": card.link} if card.link else {}),
        }
        for card in workshop.in_order(journey)
    ]


def compare_text(workshop: Workshop, as_is: Journey, to_be: Journey) -> list[Row]:
    """Return what changes as rows of text.

    Returns
    -------
    list of dict
        ``change`` ("added", "removed", "moved", "changed"), ``stage``, ``lane``, ``card``,
        ``what`` (where from, or what it was), in the order of the map.

    Examples
    --------
    >>> from journeykit.model import Journey, Workshop
    >>> shop = Workshop(name="Shop", stages=[{"id": "buy", "name": "Buy"}])
    >>> now = Journey(id="maya", name="Today", persona="maya")
    >>> then = now.add("Pays with a wallet", stage="buy", lane="actions")
    >>> compare_text(shop, now, then)[0]["change"]
    'added'
    """
    changed = {n.card.id: n for n in notes_of(workshop, as_is, to_be) if n.change}
    there = to_be.with_cards([note.card for note in changed.values()])
    return [
        {
            "change": changed[card.id].change,
            **place(workshop, card),
            "what": changed[card.id].change_words,
        }
        for card in workshop.in_order(there)
    ]
