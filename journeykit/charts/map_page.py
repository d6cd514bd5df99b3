"""The journey map as a picture: stages as columns, lanes as rows, held against the data.

Also the map as it is against the one that is meant to be: then only what changes is drawn.

Plain SVG, drawn here and not by Vega, because Vega cannot wrap text. The picture is the same
for the same input and asks nothing of the network. For paper there are sheets of A3 or A4.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from journeykit.model import EVIDENCE, Card, Journey, Persona, Workshop

from .poster.data import Numbers, measured_curve, stage_rows, team_curve
from .poster.notes import note_of, notes_of, with_pictures
from .poster.page import Lanes, draw, facts_of
from .poster.svg import CHANGES, pen

VERDICTS = "supported refuted kept broken undecided".split()


def _unasked_promises(workshop: Workshop, journey: Journey, numbers: Numbers) -> list[Card]:
    """Make a card for every promise that was measured and that no card of the map names."""
    named = {card.promise for card in journey.cards}
    return [
        Card(
            id=f"promise-{p.id}",
            stage=p.stage,
            lane="promises",
            text=p.text,
            promise=p.id,
            owner=p.owner,
            order=10**6,
            evidence="measured",
        )
        for p in workshop.promises
        if p.id not in named and p.id in numbers.promises
    ]


def journey_map(
    workshop: Workshop, persona: Persona, journey: Journey, *, width: int = 1280, **held: Any
) -> str:
    """Draw a journey map as a poster.

    Parameters
    ----------
    workshop, persona, journey : Workshop, Persona, Journey
        Stages and lanes, who it is about, and the cards.
    drop_off : DataFrame, optional
        ``stage`` (id), ``users``, ``of_previous``, ``drop_off``, ``low``, ``high`` (95% interval
        of ``of_previous``), ``small_n``; one row per stage. ``attrs["counts"]`` says what is
        counted.
    measured : DataFrame, optional
        ``stage``, ``emotion`` (-2 to 2), ``low``, ``high``, ``n``: what surveys say.
    promises : DataFrame, optional
        ``promise`` (id), ``verdict``, ``share``, ``low``, ``high``, ``n``.
    coverage : DataFrame, optional
        ``persona``, ``users``, ``share``, ``low``, ``high``: how many customers this persona is.
    claims : mapping, optional
        Card id to the verdict on its claim (``supported``, ``refuted``, ``undecided``) and its
        words.
    width : int
        Width in px; the height follows from the cards.
    lanes : list of str or "all", optional
        Lanes to draw, empty ones too; without it, those that have cards.
    folder : path, optional
        The workshop folder, in which the pictures of cards lie; without it they are not drawn.

    Returns
    -------
    str
        SVG, self-contained, with a title and a description.

    Raises
    ------
    UnknownName
        For an unknown lane.

    Examples
    --------
    >>> from journeykit.model import Journey, Persona, Workshop
    >>> shop = Workshop(name="Shop", stages=[{"id": "awareness", "name": "Awareness"}])
    >>> maya = Persona(id="maya", name="Mobile Maya")
    >>> seen = Journey(id="maya", name="Today", persona="maya").add(
    ...     "Sees a post", stage="awareness", lane="actions")
    >>> journey_map(shop, maya, seen).startswith("<svg")
    True
    """
    return journey_sheets(workshop, persona, journey, format=None, width=width, **held)[0]


def journey_sheets(
    workshop: Workshop,
    persona: Persona,
    journey: Journey,
    *,
    format: str | None = "a3",
    width: int = 0,
    lanes: Lanes = None,
    folder: Path | None = None,
    **held: Any,
) -> list[str]:
    """Draw a journey map for paper: every card in full, in type of 8 pt or more.

    Parameters
    ----------
    workshop, persona, journey : Workshop, Persona, Journey
        As for :func:`journey_map`.
    format : "a3" or "a4", optional
        Sheets of A3 in landscape, or a booklet in A4: who it is about, all stages and the curve,
        then a page for each stage. ``None`` is one picture of a width, for a screen.
    width, lanes, folder
        As for :func:`journey_map`.
    **held
        ``drop_off``, ``measured``, ``promises``, ``coverage`` and ``claims``, as there.

    Returns
    -------
    list of str
        SVG, one a sheet; :func:`to_pdf` makes one PDF of them.

    Raises
    ------
    UnknownName
        For an unknown lane or format.

    Examples
    --------
    >>> from journeykit.model import Journey, Persona, Workshop
    >>> shop = Workshop(name="Shop", stages=[{"id": "buy", "name": "Buy"}])
    >>> seen = Journey(id="maya", name="Today", persona="maya")
    >>> len(journey_sheets(shop, Persona(id="maya", name="Maya"), seen))
    1
    """
    numbers = Numbers.read(persona, **held)
    cards = [*journey.cards, *_unasked_promises(workshop, journey, numbers)]
    notes = with_pictures((note_of(card, numbers) for card in cards), folder)
    stages, felt, words = workshop.stage_names(), journey.emotions(), pen(__file__)
    verdicts = {note.verdict for note in notes}
    told = {
        "moment": any(card.moment for card in journey.cards),
        "team": bool(felt),
        "survey": bool(numbers.measured),
        **{verdict: verdict in verdicts for verdict in VERDICTS},
    }
    return draw(
        workshop,
        persona,
        journey,
        notes,
        (team_curve(stages, felt), measured_curve(stages, numbers.measured)),
        kind=journey.kind,
        subject=f"{workshop.name} · {journey.name}",
        facts=facts_of(workshop, persona, journey, numbers),
        signs=[*EVIDENCE, *(word for word, there in told.items() if there)],
        footnotes=words.footnotes(stages, journey, numbers),
        numbers=numbers,
        title=f"Journey map of {persona.name}: {journey.name} ({journey.kind})",
        desc=words.described(workshop, journey, numbers, stage_rows(stages, numbers)),
        lanes=lanes,
        format=format,
        width=width,
    )


def journey_compare(
    workshop: Workshop,
    persona: Persona,
    as_is: Journey,
    to_be: Journey,
    *,
    width: int = 1280,
    **how: Any,
) -> str:
    """Draw what changes between two journeys: cards added (+), removed (−), moved (→), changed (~).

    Parameters
    ----------
    workshop, persona : Workshop, Persona
        Stages and lanes, and who it is about.
    as_is, to_be : Journey
        Cards are joined by id; those without a partner by lane and text.
    width, lanes, folder
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
    return compare_sheets(workshop, persona, as_is, to_be, format=None, width=width, **how)[0]


def compare_sheets(
    workshop: Workshop,
    persona: Persona,
    as_is: Journey,
    to_be: Journey,
    *,
    format: str | None = "a3",
    width: int = 0,
    lanes: Lanes = None,
    folder: Path | None = None,
) -> list[str]:
    """Draw what changes for paper, as :func:`journey_sheets` does the map.

    Returns
    -------
    list of str
        SVG, one a sheet.

    Raises
    ------
    UnknownName
        For an unknown lane or format.

    Examples
    --------
    >>> from journeykit.model import Journey, Persona, Workshop
    >>> shop = Workshop(name="Shop", stages=[{"id": "buy", "name": "Buy"}])
    >>> seen = Journey(id="maya", name="Today", persona="maya")
    >>> len(compare_sheets(shop, Persona(id="maya", name="Maya"), seen, seen))
    1
    """
    notes = with_pictures(notes_of(workshop, as_is, to_be), folder)
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
        facts=[("Notes", tally or "none"), ("As-is", as_is.name), ("To-be", to_be.name)],
        signs=[*signs, *(["before", "after"] if before or after else [])],
        footnotes="Notes that stay as they are are counted, not drawn.",
        title=f"What changes for {persona.name}: {as_is.name} against {to_be.name}",
        desc=f"Notes: {tally or 'none'}.",
        lanes=lanes,
        format=format,
        width=width,
    )
