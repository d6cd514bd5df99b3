"""The poster as a whole: which lanes it has, its top (who, which journey, on what evidence), the
heads of its stages, its legend, and all bands from top to bottom.
"""

from collections.abc import Sequence
from typing import Any

from journeykit.errors import UnknownName, did_you_mean
from journeykit.model import BEHIND, Journey, Persona, Workshop
from journeykit.words import between, day, label, percent

from ..drawing.text import clean, text_width, wrap
from ..drawing.theme import AMBER, BLUE, GREY, INK, LINE
from .cards import cards_band
from .data import Numbers, data_band
from .emotion import LINES, Curve, emotion_band
from .notes import Note
from .sheet import SMALL, Band, Grid, compose
from .svg import LOOKS, STYLES, Block, at, box, circle, dark, group, path, sign, star, text, tint

BLANK_LANES = "goals actions touchpoints thoughts emotions pain-points opportunities".split()
"""What an empty map offers to be filled in with a pen."""
VISIBILITY = "Line of visibility · below it: what the customer does not see"
Fact = tuple[str, str]
Lanes = Sequence[str] | str | None
"""Which rows of a map are drawn: these, "all", or those with cards."""
QUOTE = 2 * "c0-7 3-12 10-15l1.5 3c-3.5 2-5 4-5 6h4.5v9h-11zm15 0"
"""The path of a quotation mark, from its lower left end."""


def facts_of(
    workshop: Workshop, persona: Persona, journey: Journey, numbers: Numbers
) -> list[Fact]:
    """Collect what stands at the right of the header: who, how many, how fresh."""
    share, facts = numbers.coverage, list[Fact]()
    if share.get("share"):
        total = round(share["users"] / share["share"])
        words = f"{int(share['users']):,} of {total:,} {numbers.counts} · {percent(share['share'])}"
        if "low" in share:
            words += f" ({between(share['low'], share['high'])})"
        facts.append(("In the data", words))
    if persona.segment:
        who = [f"{label(c)}: {', '.join(v)}" for c, v in persona.segment.items()]
        facts.append(("Who", " · ".join(who)))
    if up := journey.parent:
        facts.append(("Under", f"{workshop.stage_names().get(up.stage, up.stage)} of {up.journey}"))
    reviewed, due = journey.reviewed or workshop.reviewed, "not yet"
    if reviewed:
        due = f"{day(reviewed)} · next by {day(workshop.review_due(reviewed))}"
    facts.append(("Reviewed", due))
    if owner := journey.owner or workshop.owner:
        facts.append(("Owner", owner))
    return facts


def header_band(
    grid: Grid, persona: Persona, kind: str, subject: str, facts: Sequence[Fact]
) -> Band:
    """Lay out badge, subject, avatar, name, tagline, quote and facts."""
    wide = grid.right - grid.margin
    spans = (wide * 0.36 - 88, wide * 0.28, wide * 0.33 - 76)
    left, middle, right = grid.margin + 88, grid.margin + wide * 0.37, grid.right - wide * 0.33
    name = Block(persona.name, spans[0], 30, 36, bold=True, most=2)
    under = Block(persona.tagline, spans[0], 14, 19, most=3, fill=GREY)
    said = persona.quote.strip("\"“”'")
    quote = Block(said, spans[1] - 34, 16, 21, most=4, font_style="italic")
    rows = [(fact, Block(words, spans[2], 11.5, 16, most=2)) for fact, words in facts]
    told = sum(words.height + 5 for _, words in rows)
    badge, colour = LOOKS["badges"][kind]
    room = text_width(badge, SMALL, True) + 14
    initial = (clean(persona.name).strip("“\"'(") or "?")[0].upper()
    parts = [
        at(
            grid.margin,
            0,
            box(0, -6, room, 20, rx=10, fill=dark(colour)),
            text(badge, room / 2, 7.5, SMALL, **STYLES["badge"]),
            text(wrap(subject, wide - 230, 11, True, 1), room + 12, 8, 11, fill=GREY, bold=True),
            circle(36, 65, 36, fill=tint(BLUE, 0.2)),
            circle(36, 65, 31, fill=dark(BLUE)),
            text(initial, 36, 76, 31, **STYLES["badge"]),
        ),
        name.at(left, 60),
        under.at(left, 46 + name.height),
        at(middle, 32, path(f"M0 16{QUOTE}", fill=AMBER), quote.at(34, 15)) if quote.lines else "",
        path(f"M{right - 14} 28v{told}", stroke=LINE),
    ]
    y = 42.0
    for fact, words in rows:
        parts += [text(fact, right, y, 11, fill=GREY), words.at(right + 76, y)]
        y += words.height + 5
    height = max(76, told, name.height + under.height + 6, quote.height + 10) + 34
    return Band(height, lambda height: "".join(parts))


def heads_band(grid: Grid) -> Band:
    """Lay out the stages as a row of arrows, each with name, goal and owner."""
    room, stages = grid.column - 36, grid.workshop.stages
    words = [word for stage in stages for word in clean(stage.name).split()]
    size = 15.0 if all(text_width(word, 15, True) <= room for word in words) else 12.0
    heads = [
        (
            Block(stage.name, room, size, 20, bold=True, most=3, fill="#fff"),
            Block(stage.goal, room, 11, 14, most=4, fill="#fff"),
            Block(stage.owner, room, SMALL, 14, most=1, fill="#d5e6f2"),
        )
        for stage in stages
    ]

    def paint(height: float) -> str:
        left, last = grid.margin + 4, len(heads) - 1
        about = ("and what the", "customer wants")
        parts = [text("Stages", left, 24, 12, bold=True), text(about, left, 40, SMALL, fill=GREY)]
        for i, (name, goal, owner) in enumerate(heads):
            start, below = grid.x(i) + (3 if i else 0), 24 + name.height
            end, x = grid.x(i + 1) - (12 if i == last else 0), grid.x(i) + (22 if i else 10)
            notch = f"L{start + 12} {height / 2}" if i else ""
            parts += [
                path(
                    f"M{start} 0H{end}l12 {height / 2}-12 {height / 2}H{start}{notch}z",
                    fill=tint(BLUE, 0.3 + 0.6 * i / max(last, 1), INK),
                ),
                name.at(x, 24),
                goal.at(x, below - 3),
                owner.at(x, below + goal.height - 2),
            ]
        return "".join(parts)

    return Band(max(58, *(sum(block.height for block in head) + 18 for head in heads)), paint)


def visibility_band(grid: Grid) -> Band:
    """Draw the line of visibility, with what it parts."""
    start = grid.margin + text_width(VISIBILITY, 11, True) + 10
    line = path(f"M{start} 9H{grid.right}", **STYLES["visibility"])
    drawn = group(text(VISIBILITY, grid.margin, 13, 11, bold=True), line, title=VISIBILITY)
    return Band(16, lambda height: drawn)


def legend_band(grid: Grid, signs: Sequence[str], notes: Sequence[str]) -> Band:
    """Lay out what the signs mean, and below it what must be known about the numbers."""
    parts, x, y = list[str](), grid.margin, 8.0
    for word in signs:
        said, slot = LOOKS["legend"].get(word, word), 32 if word in LINES else 16
        width = slot + text_width(said, 11) + 14
        if x + width > grid.right and x > grid.margin:
            x, y = grid.margin, y + 18
        drawn = star(5, 0) if word == "moment" else sign(word, 2, 0)
        drawn = path("M0 0h26", **LINES[word]) if word in LINES else drawn
        parts.append(at(x, y, drawn, text(said, slot, 4, 11)))
        x += width
    told = Block("\n".join(notes), grid.right - grid.margin, SMALL, 14, fill=GREY)
    drawn = group(*parts, told.at(grid.margin, y + 19), title="Legend")
    return Band(y + 10 + told.height, lambda height: drawn)


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
    footnotes: Sequence[str],
    lanes: Lanes,
    format: str | None,
    numbers: Numbers | None = None,
    **sheet: Any,
) -> str:
    """Draw a map, or, as the kind "compare", only those of its cards that change.

    Raises
    ------
    UnknownName
        For an unknown lane or format.
    """
    if format not in (None, "a3"):
        raise UnknownName(f"no format {format!r}. {did_you_mean(format, ['a3'])}")
    compared, (first, second) = kind == "compare", curves
    felt = first.points != second.points if compared else second.points
    used = {note.card.lane for note in notes if note.change or not compared}
    shown = lanes_shown(workshop, used | ({"emotions"} if felt else set()), lanes)
    if not (shown or compared):
        shown = BLANK_LANES
    ordered = sorted(notes, key=lambda note: (note.card.order, note.card.id))
    moments = {card.stage for card in journey.cards if card.moment}
    if behind := [lane for lane in shown if lane in BEHIND]:
        shown.insert(shown.index(behind[0]), VISIBILITY)

    def lane_band(grid: Grid, lane: str) -> Band:
        mine = [note for note in ordered if note.card.lane == lane]
        if lane == VISIBILITY:
            return visibility_band(grid)
        if lane != "emotions":
            return cards_band(grid, lane, mine, compared, blank=0.0 if notes else 64.0)
        cards = cards_band(grid, lane, mine, compared, bare=True) if mine else None
        return emotion_band(grid, first, second, moments, cards)

    def layout(grid: Grid) -> list[Band | None]:
        return [
            header_band(grid, persona, kind, subject, facts),
            heads_band(grid),
            data_band(grid, numbers) if numbers else None,
            *(lane_band(grid, lane) for lane in shown),
            legend_band(grid, signs, footnotes),
        ]

    return compose(layout, workshop, format=format, **sheet)
