"""The top of the poster (who, which journey, on what evidence) and the heads of its stages."""

import datetime as dt
from collections.abc import Sequence

from journeykit.charts.drawing.text import clean, text_width, wrap
from journeykit.charts.drawing.theme import AMBER, BLUE, GREEN, GREY, INK, LINE, PURPLE
from journeykit.charts.poster.data import Numbers
from journeykit.charts.poster.emotion import OURS, THEIRS
from journeykit.charts.poster.sheet import SMALL, Band, Grid
from journeykit.charts.poster.svg import (
    Block,
    at,
    box,
    circle,
    dark,
    group,
    line,
    mix,
    path,
    sign,
    star,
    text,
    tint,
)
from journeykit.model import Journey, Persona, Workshop
from journeykit.words import between, label, percent

KINDS = {
    "as-is": ("AS-IS · how it is today", BLUE),
    "to-be": ("TO-BE · how it is meant to be", GREEN),
    "compare": ("FROM AS-IS TO TO-BE · what changes", PURPLE),
}
LEGEND = {
    "assumed": "assumed: nobody has checked",
    "heard": "heard: somebody said so",
    "measured": "measured: the data shows it",
    "moment": "moment that matters",
    "team": "what the team feels that the customer feels",
    "survey": "what surveys measured, with 95% interval",
    "supported": "claim supported by the data",
    "refuted": "claim refuted by the data",
    "kept": "promise kept",
    "broken": "promise broken",
    "before": "feeling today (as-is)",
    "after": "feeling meant (to-be)",
}
Fact = tuple[str, str]


def day(date: dt.date) -> str:
    """Write a date so that nobody mistakes the month, as in 12 May 2026."""
    return f"{date.day} {date:%b %Y}"


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
    reviewed, due = journey.reviewed or workshop.reviewed, "not yet"
    if reviewed:
        until = reviewed + dt.timedelta(days=workshop.review_days)
        due = f"{day(reviewed)} · next by {day(until)}"
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
    lefts = (grid.margin + 88, grid.margin + wide * 0.37, grid.right - wide * 0.33)
    name = Block(persona.name, spans[0], 30, 36, bold=True, most=2)
    under = Block(persona.tagline, spans[0], 14, 19, most=3, fill=GREY)
    said = persona.quote.strip("\"“”'")
    quote = Block(said, spans[1] - 34, 16, 21, most=4, font_style="italic")
    rows = [(fact, Block(words, spans[2], 11.5, 16, most=2)) for fact, words in facts]
    told = sum(words.height + 5 for _, words in rows)
    badge, colour = KINDS[kind]
    badge_width = text_width(badge, SMALL, True) + 14

    def paint(height: float) -> str:
        eyebrow = wrap(subject, wide - 230, 11, True, 1)
        parts = [
            at(
                grid.margin,
                0,
                box(0, -6, badge_width, 20, rx=10, fill=dark(colour)),
                _middle(badge, badge_width / 2, 7.5, SMALL),
                text(eyebrow, badge_width + 12, 8, 11, fill=GREY, bold=True),
                _avatar(persona, 36, 65),
            ),
            name.at(lefts[0], 60),
            under.at(lefts[0], 46 + name.height),
            _quote(quote, lefts[1], 32),
            line(lefts[2] - 14, 28, lefts[2] - 14, 28 + told, stroke=LINE),
        ]
        y = 42.0
        for fact, words in rows:
            parts.append(text(fact, lefts[2], y, 11, fill=GREY))
            parts.append(words.at(lefts[2] + 76, y))
            y += words.height + 5
        return group(*parts)

    return Band(max(76, told, name.height + under.height + 6, quote.height + 10) + 34, paint)


def _middle(words: str, x: float, y: float, size: float) -> str:
    return text(words, x, y, size, fill="#fff", bold=True, text_anchor="middle")


def _avatar(persona: Persona, x: float, y: float) -> str:
    initial = (clean(persona.name).strip("“\"'(") or "?")[0].upper()
    return at(
        x,
        y,
        circle(0, 0, 36, fill=tint(BLUE, 0.2)),
        circle(0, 0, 31, fill=dark(BLUE)),
        _middle(initial, 0, 11, 31),
    )


def _quote(quote: Block, x: float, y: float) -> str:
    half = "c0-7 3-12 10-15l1.5 3c-3.5 2-5 4-5 6h4.5v9h-11z"
    mark = path("M0 16", half, "M15 16", half, fill=AMBER)
    return at(x, y, mark, quote.at(34, 15)) if quote.lines else ""


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
        left = grid.margin + 4
        about = ("and what the", "customer wants")
        parts = [text("Stages", left, 24, 12, bold=True), text(about, left, 40, SMALL, fill=GREY)]
        for i, (name, goal, owner) in enumerate(heads):
            x, below = grid.x(i) + (22 if i else 10), 24 + name.height
            parts += [
                _arrow(grid, i, height),
                name.at(x, 24),
                goal.at(x, below - 3),
                owner.at(x, below + goal.height - 2),
            ]
        return group(*parts)

    return Band(max(58, *(sum(block.height for block in head) + 18 for head in heads)), paint)


def _arrow(grid: Grid, i: int, height: float) -> str:
    tip, left, last = 12, grid.x(i) + (3 if i else 0), len(grid.stages) - 1
    right = grid.x(i + 1) - (tip if i == last else 0)
    notch = ("L", left + tip, height / 2) if i else ()
    end = ("H", right, "L", right + tip, height / 2, "L", right, height, "H", left)
    shade = mix(BLUE, INK, 0.3 + 0.6 * i / max(last, 1))
    return path("M", left, 0, *end, *notch, "z", fill=shade)


def legend_band(grid: Grid, signs: Sequence[str], notes: Sequence[str]) -> Band:
    """Lay out what the signs mean, and below it what must be known about the numbers."""
    places = list[tuple[str, float, int]]()
    x, row = grid.margin, 0
    for word in signs:
        width = _slot(word) + text_width(LEGEND.get(word, word), 11) + 14
        if x + width > grid.right and x > grid.margin:
            x, row = grid.margin, row + 1
        places.append((word, x, row))
        x += width
    told = Block("\n".join(notes), grid.right - grid.margin, SMALL, 14, fill=GREY)

    def paint(height: float) -> str:
        parts = [
            at(x, 18 * row + 8, _sign(word), text(LEGEND.get(word, word), _slot(word), 4, 11))
            for word, x, row in places
        ]
        return group(*parts, told.at(grid.margin, 18 * row + 27), title="Legend")

    return Band(18.0 * (row + 1) + told.height, paint)


LINES = {"team": OURS, "after": OURS, "survey": THEIRS, "before": THEIRS}


def _slot(word: str) -> float:
    return 32 if word in LINES else 16


def _sign(word: str) -> str:
    if word in LINES:
        return line(0, 0, 26, 0, **LINES[word])
    return star(6, 0) if word == "moment" else sign(word, 2, 0)
