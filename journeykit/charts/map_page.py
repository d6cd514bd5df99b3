"""The journey map as a picture: stages as columns, lanes as rows, held against the data.

Plain SVG, drawn here and not by Vega, because Vega cannot wrap text. The picture is the same
for the same input, asks nothing of the network, and fits one A3 sheet with ``format="a3"``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from journeykit.charts.map_cards import Note, cards_band, note_of
from journeykit.charts.map_data import Numbers, data_band, loss_words
from journeykit.charts.map_emotion import emotion_band, measured_curve, team_curve
from journeykit.charts.map_header import facts_of, header_band, heads_band, legend_band
from journeykit.charts.map_sheet import Band, Grid, Rules, compose
from journeykit.errors import UnknownName, did_you_mean
from journeykit.model import EVIDENCE, Card, Journey, Persona, Workshop

__all__ = ["cells_of", "journey_map", "journey_text", "lanes_shown", "to_pdf", "to_png"]

BLANK_LANES = (
    "goals",
    "actions",
    "touchpoints",
    "thoughts",
    "emotions",
    "pain-points",
    "opportunities",
)
"""What an empty map offers to be filled in with a pen."""
FORMATS = (None, "a3")


def lanes_shown(workshop: Workshop, used: set[str], lanes: Sequence[str] | str | None) -> list[str]:
    """List the lanes of a map: those asked for, or those that have something in them.

    Raises
    ------
    UnknownName
        For a lane that the workshop does not have.
    """
    known = list(workshop.lane_names())
    if lanes == "all":
        return known
    if lanes is None:
        return [lane for lane in [*known, *sorted(used - set(known))] if lane in used]
    asked = [lanes] if isinstance(lanes, str) else list(lanes)
    for lane in asked:
        if lane not in known and lane not in used:
            raise UnknownName(f"no lane {lane!r} on this map. {did_you_mean(lane, known, show=20)}")
    return asked


def cells_of(workshop: Workshop, notes: Sequence[Note], lane: str) -> list[list[Note]]:
    """Sort the notes of a lane into one list per stage."""
    ordered = sorted(notes, key=lambda note: (note.card.order, note.card.id))
    return [
        [n for n in ordered if n.card.lane == lane and n.card.stage == stage.id]
        for stage in workshop.stages
    ]


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
        if p.id not in named and (p.id in numbers.promises or p.text in numbers.promises)
    ]


def _footnotes(workshop: Workshop, journey: Journey, numbers: Numbers) -> list[str]:
    stages = {stage.id for stage in workshop.stages}
    lost = [card for card in journey.cards if card.stage not in stages]
    notes = []
    if numbers.drop_off:
        notes.append(
            f"Under each stage: {numbers.counts} who got here in the order of the stages, and how many of "
            "them went on. Intervals are 95%. Fewer than 30 are flagged."
        )
    else:
        notes.append("This map has not been held against data yet.")
    if lost:
        where = ", ".join(sorted({card.stage for card in lost}))
        notes.append(
            f"Not drawn: {len(lost)} cards on stages that the workshop does not have ({where})."
        )
    return notes


def _describe(workshop: Workshop, journey: Journey, numbers: Numbers) -> str:
    """Say in words what the picture shows."""
    kinds = Counter(card.evidence for card in journey.cards)
    marks = ", ".join(f"{kinds[kind]} {kind}" for kind in EVIDENCE if kinds[kind])
    stages = ", ".join(stage.name for stage in workshop.stages)
    words = [
        f"{len(workshop.stages)} stages: {stages}",
        f"{len(journey.cards)} cards" + (f" ({marks})" if marks else ""),
    ]
    return ". ".join([*words, *loss_words(workshop, numbers)]) + "."


def _signs(journey: Journey, numbers: Numbers, notes: Sequence[Note]) -> list[str]:
    verdicts = {note.verdict for note in notes}
    return [
        *EVIDENCE,
        *(["moment"] if any(card.moment for card in journey.cards) else []),
        *(["team"] if journey.emotions() else []),
        *(["survey"] if numbers.measured else []),
        *(v for v in ("supported", "refuted", "kept", "broken", "undecided") if v in verdicts),
    ]


def journey_map(
    workshop: Workshop,
    persona: Persona,
    journey: Journey,
    *,
    drop_off: pd.DataFrame | None = None,
    measured: pd.DataFrame | None = None,
    promises: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    claims: Mapping[str, tuple[str, str]] | None = None,
    width: int = 1280,
    lanes: Sequence[str] | str | None = None,
    format: str | None = None,
) -> str:
    """Draw a journey map as a poster.

    Parameters
    ----------
    workshop, persona, journey : Workshop, Persona, Journey
        Stages and lanes, who it is about, and the cards.
    drop_off : DataFrame, optional
        ``stage`` (id), ``users``, ``of_previous``, ``drop_off``, ``low``, ``high`` (95% interval
        of ``of_previous``), ``small_n``, ``counts`` ("users"); one row per stage.
    measured : DataFrame, optional
        ``stage``, ``emotion`` (-2 to 2), ``low``, ``high``, ``n``: what surveys say.
    promises : DataFrame, optional
        ``promise`` (id or text), ``verdict``, ``share``, ``low``, ``high``, ``n``.
    coverage : DataFrame, optional
        ``persona``, ``users``, ``share``, ``low``, ``high``: how many customers this persona is.
    claims : mapping, optional
        Card id to the verdict on its claim (``supported``, ``refuted``, ``undecided``) and its words.
    width : int
        Width in px; the height follows from the cards.
    lanes : list of str or "all", optional
        Lanes to draw, empty ones too; without it, those that have cards.
    format : "a3", optional
        Fit exactly one A3 sheet in landscape (420 by 297 mm). Text stays at 7 pt or more: where
        the cards are too many for that, the evidence is a sign alone (its word in the legend),
        long texts end in an ellipsis (whole in the card's ``<title>``), and cells say how many
        more cards there are. Only more than some 16 full lanes make the text smaller.

    Returns
    -------
    str
        SVG, self-contained, with a title and a description.

    Raises
    ------
    UnknownName
        For an unknown lane or format.

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
    if format not in FORMATS:
        raise UnknownName(f"no format {format!r}. {did_you_mean(format, ['a3'])}")
    numbers = Numbers.read(persona, drop_off, measured, promises, coverage, claims=claims or {})
    cards = [*journey.cards, *_unasked_promises(workshop, journey, numbers)]
    notes = [note_of(card, numbers, workshop.promises) for card in cards]
    used = {card.lane for card in cards} | ({"emotions"} if numbers.measured else set())
    shown = lanes_shown(workshop, used, lanes) or list(BLANK_LANES)
    facts = facts_of(workshop, persona, journey, numbers)
    blank = 0.0 if cards else 64.0

    def layout(grid: Grid, rules: Rules) -> list[Band | None]:
        bands: list[Band | None] = [
            header_band(grid, persona, journey.kind, f"{workshop.name} · {journey.name}", facts),
            heads_band(grid, workshop),
            data_band(grid, workshop, numbers, rules),
        ]
        for lane in shown:
            cells = cells_of(workshop, notes, lane)
            if lane == "emotions":
                bands.append(_emotions(grid, workshop, journey, numbers, cells, rules))
            else:
                bands.append(cards_band(grid, workshop, lane, cells, rules, blank=blank))
        signs = _signs(journey, numbers, notes)
        return [*bands, legend_band(grid, signs, _footnotes(workshop, journey, numbers))]

    return compose(
        layout,
        len(workshop.stages),
        width=width,
        format=format,
        title=f"Journey map of {persona.name}: {journey.name} ({journey.kind})",
        desc=_describe(workshop, journey, numbers),
    )


def _emotions(
    grid: Grid,
    workshop: Workshop,
    journey: Journey,
    numbers: Numbers,
    cells: list[list[Note]],
    rules: Rules,
) -> Band:
    stages = [stage.id for stage in workshop.stages]
    moments = sorted(
        {stages.index(c.stage) for c in journey.cards if c.moment and c.stage in stages}
    )
    cards = cards_band(grid, workshop, "emotions", cells, rules, bare=True) if any(cells) else None
    return emotion_band(
        grid,
        workshop.lane_names()["emotions"],
        team_curve(stages, journey.emotions()),
        measured_curve(stages, numbers.measured),
        moments,
        cards,
        rules,
    )


def journey_text(workshop: Workshop, persona: Persona, journey: Journey) -> list[dict[str, Any]]:
    """Return the map as rows of text, for those who read or search instead of looking.

    Returns
    -------
    list of dict
        ``stage``, ``lane``, ``card``, ``evidence``, ``owner``, ``moment`` ("yes" or ""), in the
        order of the map; cards on unknown stages come last.

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
    stages = {stage.id: stage.name for stage in workshop.stages}
    lanes = workshop.lane_names()
    return [
        {
            "stage": stages.get(card.stage, card.stage),
            "lane": lanes.get(card.lane, card.lane),
            "card": card.text,
            "evidence": card.evidence,
            "owner": card.owner or card.department,
            "moment": "yes" if card.moment else "",
        }
        for card in journey.sorted(stages, lanes).cards
    ]


def to_png(svg: str, scale: float = 1.0) -> bytes:
    """Turn a map into a PNG picture; ``scale`` 2 is sharp on most screens."""
    import vl_convert

    return vl_convert.svg_to_png(svg, scale=scale)


def to_pdf(svg: str) -> bytes:
    """Turn a map into a one-page PDF; a map made with ``format="a3"`` is one A3 page."""
    import vl_convert

    # The converter takes CSS px (1/96 inch) for points (1/72 inch), so the size is given in points.
    size = re.search(r' width="([\d.]+)(mm)?" height="([\d.]+)(?:mm)?"', svg)
    if size:
        unit = 72 / 25.4 if size[2] else 0.75
        points = f' width="{float(size[1]) * unit:.2f}" height="{float(size[3]) * unit:.2f}"'
        svg = svg[: size.start()] + points + svg[size.end() :]
    return vl_convert.svg_to_pdf(svg)
