"""The poster as a whole: which lanes it has, its top (who, which journey, on what evidence), the
heads of its stages, its legend, and all bands from top to bottom.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from journeykit.errors import UnknownName, did_you_mean
from journeykit.model import BEHIND, Journey, Persona, Workshop
from journeykit.words import between, day, label, percent

from ..drawing.theme import GREY, clean, text_width
from .data import LINES, Curve, Numbers, data_band, emotion_band
from .notes import Note, cards_band, joined
from .sheets import Parts, compose
from .svg import LOOKS, SMALL, Band, Block, Grid, pen

BLANK_LANES = "goals actions touchpoints thoughts emotions pain-points opportunities".split()
"""What an empty map offers to be filled in with a pen."""
VISIBILITY = "Line of visibility · below it: what the customer does not see"
Fact = tuple[str, str]
Lanes = Sequence[str] | str | None
"""Which rows of a map are drawn: these, "all", or those with cards."""


def facts_of(
    workshop: Workshop, persona: Persona, journey: Journey, numbers: Numbers
) -> list[Fact]:
    """Collect what stands at the right of the header: who, how many, how fresh."""
    share, up, many = numbers.coverage, journey.parent, ""
    if share.get("share"):
        total = round(share["users"] / share["share"])
        many = f"{int(share['users']):,} of {total:,} {numbers.counts} · {percent(share['share'])}"
        if "low" in share:
            many += f" ({between(share['low'], share['high'])})"
    reviewed, due = journey.reviewed or workshop.reviewed, "not yet"
    if reviewed:
        due = f"{day(reviewed)} · next by {day(workshop.review_due(reviewed))}"
    told = {
        "In the data": many,
        "Who": " · ".join(
            f"{label(c)}: {', '.join(v).replace('_', ' ')}" for c, v in persona.segment.items()
        ),
        "Under": up and f"{workshop.stage_names().get(up.stage, up.stage)} of {up.journey}",
        "Reviewed": due,
        "Owner": journey.owner or workshop.owner,
    }
    return [(fact, words) for fact, words in told.items() if words]


def header_band(
    grid: Grid, persona: Persona, kind: str, subject: str, facts: Sequence[Fact]
) -> Band:
    """Lay out badge, subject, avatar, name, tagline, quote and facts."""
    wide = grid.right - grid.margin
    spans = (wide * 0.36 - 88, wide * 0.28, wide * 0.33 - 76)
    above = Block(subject, wide - 230, 11, 14, bold=True, fill=GREY)
    size = 30 if wide > 900 else 22
    name = Block(persona.name, spans[0], size, 1.2 * size, bold=True)
    under = Block(persona.tagline, spans[0], 14, 19, fill=GREY)
    said = persona.quote.strip("\"“”'")
    quote = Block(said, spans[1] - 48, 16, 21, font_style="italic")
    rows = [(fact, Block(words, spans[2], 11.5, 16)) for fact, words in facts]
    told = sum(words.height + 5 for _, words in rows)
    initial = (clean(persona.name).strip("“\"'(") or "?")[0].upper()
    height = max(76, told, name.height + under.height + 6, quote.height + 10) + 34
    top = (kind, above, initial, name, under, quote, rows, told)
    more = max(above.height - 14, 0)
    return Band(height + more, lambda _: pen(__file__).header(grid, *top, more))


def running_band(grid: Grid, persona: Persona, subject: str) -> Band:
    """Name persona and journey, on every sheet but the first."""
    words = joined(persona.name, subject)
    block = Block(words, grid.right - grid.margin - 90, 12, 16, bold=True)
    return Band(block.height + 2, lambda _: block.at(grid.margin, 11))


def heads_band(grid: Grid) -> Band:
    """Lay out the stages as a row of arrows, each with name, goal and owner."""
    room, stages = grid.column - 36, grid.heads
    words = [word for stage in stages for word in clean(stage.name).split()]
    size = 15.0 if all(text_width(word, 15, True) <= room for word in words) else 12.0
    heads = [
        (
            Block(stage.name, room, size, 20, bold=True, fill="#fff"),
            Block(stage.goal, room, 11, 14, fill="#fff"),
            Block(stage.owner, room, SMALL, 14, fill="#d5e6f2"),
        )
        for stage in stages
    ]
    high = max(58, *(sum(block.height for block in head) + 18 for head in heads))
    return Band(high, partial(pen(__file__).heads, grid, heads), keep=True)


def legend_band(grid: Grid, signs: Sequence[str], notes: str) -> Band:
    """Lay out what the signs mean, and below it what must be known about the numbers."""
    drawn, x, y = [], grid.margin, 8.0
    for word in signs:
        said, slot = LOOKS["legend"].get(word, word), 32 if word in LINES else 16
        width = slot + text_width(said, 11) + 14
        if x + width > grid.right and x > grid.margin:
            x, y = grid.margin, y + 18
        drawn.append((word, said, slot, x, y))
        x += width
    told = Block(notes, grid.right - grid.margin, SMALL, 14, fill=GREY)
    below = told.at(grid.margin, y + 19)
    return Band(y + 10 + told.height, lambda _: pen(__file__).legend(drawn, below))


def lanes_shown(workshop: Workshop, used: set[str], lanes: Lanes) -> list[str]:
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
    for lane in lanes:
        if lane not in known and lane not in used:
            raise UnknownName(f"no lane {lane!r} on this map. {did_you_mean(lane, known, show=20)}")
    return list(lanes)


def draw(
    workshop: Workshop,
    persona: Persona,
    journey: Journey,
    notes: Sequence[Note],
    curves: tuple[Curve, Curve],
    *,
    kind: str,
    subject: str,
    facts: Sequence[Fact],
    signs: Sequence[str],
    footnotes: str,
    lanes: Lanes,
    numbers: Numbers | None = None,
    **sheet: Any,
) -> list[str]:
    """Draw a map, or, as the kind "compare", only those of its cards that change.

    Raises
    ------
    UnknownName
        For an unknown lane or format.
    """
    compared, (first, second) = kind == "compare", curves
    felt = first.points != second.points if compared else second.points
    used = {note.card.lane for note in notes if note.change or not compared}
    shown = lanes_shown(workshop, used | ({"emotions"} if felt else set()), lanes)
    if not (shown or compared):
        shown = [*BLANK_LANES]
    ordered = sorted(notes, key=lambda note: (note.card.order, note.card.id))
    moments = {card.stage for card in journey.cards if card.moment}
    if behind := [lane for lane in shown if lane in BEHIND]:
        shown.insert(shown.index(behind[0]), VISIBILITY)

    def lane_band(grid: Grid, lane: str) -> Band:
        mine = [note for note in ordered if note.card.lane == lane]
        if lane == VISIBILITY:
            return Band(16, lambda _: pen(__file__).visibility(grid, lane), keep=True)
        if lane != "emotions":
            return cards_band(grid, lane, mine, compared, blank=0.0 if notes else 64.0)
        cards = cards_band(grid, lane, mine, compared, bare=True) if mine else None
        return emotion_band(grid, first, second, moments, cards)

    def layout(grid: Grid) -> Parts:
        return Parts(
            header_band(grid, persona, kind, subject, facts),
            running_band(grid, persona, subject),
            heads_band(grid),
            data_band(grid, numbers) if numbers else None,
            emotion_band(grid, first, second, moments, None) if "emotions" in shown else None,
            [lane_band(grid, lane) for lane in shown],
            legend_band(grid, signs, footnotes),
        )

    return compose(layout, workshop, **sheet)
