"""The journey as it is against the journey as it is meant to be: only what changes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from journeykit.model import Journey, Persona, Workshop

from .poster.emotion import team_curve
from .poster.notes import notes_of
from .poster.page import draw
from .poster.sheet import place
from .poster.svg import CHANGES


def journey_compare(
    workshop: Workshop,
    persona: Persona,
    as_is: Journey,
    to_be: Journey,
    *,
    width: int = 1280,
    lanes: Sequence[str] | str | None = None,
    format: str | None = None,
) -> str:
    """Draw what changes between two journeys: cards added (+), removed (−), moved (→), changed (~).

    Parameters
    ----------
    workshop, persona : Workshop, Persona
        Stages and lanes, and who it is about.
    as_is, to_be : Journey
        Cards are joined by id; those without a partner by lane and text.
    width, lanes, format
        As for :func:`journey_map`; without ``lanes``, those in which something changes.

    Returns
    -------
    str
        SVG. Cards that stay are counted in each cell, not drawn.

    Raises
    ------
    UnknownName
        For an unknown lane or format.

    Examples
    --------
    >>> from journeykit.model import Journey, Persona, Workshop
    >>> shop = Workshop(name="Shop", stages=[{"id": "buy", "name": "Buy"}])
    >>> now = Journey(id="maya", name="Today", persona="maya")
    >>> then = now.add("Pays with a wallet", stage="buy", lane="actions")
    >>> "1 added" in journey_compare(shop, Persona(id="maya", name="Maya"), now, then)
    True
    """
    notes = notes_of(workshop, as_is, to_be)
    stages, after, before = workshop.stage_names(), to_be.emotions(), as_is.emotions()
    counts = Counter(note.change or "as before" for note in notes)
    tally = ", ".join(f"{counts[word]} {word}" for word in (*CHANGES, "as before") if counts[word])
    signs = [word for word in CHANGES if counts[word]]
    return draw(
        workshop,
        persona,
        to_be,
        notes,
        (team_curve(stages, after, "to-be"), team_curve(stages, before, "as-is")),
        kind="compare",
        subject=workshop.name,
        facts=[("Cards", tally or "none"), ("As-is", as_is.name), ("To-be", to_be.name)],
        signs=[*signs, *(["before", "after"] if before or after else [])],
        footnotes=["Cards that stay as they are are counted, not drawn."],
        title=f"What changes for {persona.name}: {as_is.name} against {to_be.name}",
        desc=f"Cards: {tally or 'none'}.",
        width=width,
        lanes=lanes,
        format=format,
    )


def compare_text(workshop: Workshop, as_is: Journey, to_be: Journey) -> list[dict[str, Any]]:
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
