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

    def paint(y: float, height: float) -> str:
        top, x = y + 28, grid.margin
        eyebrow = wrap(subject, wide - 230, 11, True, 1)
        parts = [
            box(x, y - 6, badge_width, 20, rx=10, fill=dark(colour)),
            _middle(badge, x + badge_width / 2, y + 7.5, SMALL),
            text(eyebrow, x + badge_width + 12, y + 8, 11, fill=GREY, bold=True),
            _avatar(persona, x + 36, top + 37),
            name.at(lefts[0], top + 32),
            under.at(lefts[0], top + 18 + name.height),
            _quote(quote, lefts[1], top + 4),
            line(lefts[2] - 14, top, lefts[2] - 14, top + told, stroke=LINE),
        ]
        at = top + 14
        for fact, words in rows:
            parts.append(text(fact, lefts[2], at, 11, fill=GREY))
            parts.append(words.at(lefts[2] + 76, at))
            at += words.height + 5
        return group(*parts)

    return Band(max(76, told, name.height + under.height + 6, quote.height + 10) + 34, paint)


def _middle(words: str, x: float, y: float, size: float) -> str:
    return text(words, x, y, size, fill="#fff", bold=True, text_anchor="middle")


def _avatar(persona: Persona, x: float, y: float) -> str:
    initial = (clean(persona.name).strip("“\"'(") or "?")[0].upper()
    return group(
        circle(x, y, 36, fill=tint(BLUE, 0.2)),
        circle(x, y, 31, fill=dark(BLUE)),
        _middle(initial, x, y + 11, 31),
    )


def _quote(quote: Block, x: float, y: float) -> str:
    if not quote.lines:
        return ""
    half = "c0-7 3-12 10-15l1.5 3c-3.5 2-5 4-5 6h4.5v9h-11z"
    mark = path("M", x, y + 16, half, "M", x + 15, y + 16, half, fill=AMBER)
    return group(mark, quote.at(x + 34, y + 15))


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

    def paint(y: float, height: float) -> str:
        left = grid.margin + 4
        about = ("and what the", "customer wants")
        parts = [
            text("Stages", left, y + 24, 12, bold=True),
            text(about, left, y + 40, SMALL, fill=GREY),
        ]
        for i, (name, goal, owner) in enumerate(heads):
            x, below = grid.x(i) + (22 if i else 10), y + 24 + name.height
            parts += [
                _arrow(grid, i, y, height),
                name.at(x, y + 24),
                goal.at(x, below - 3),
                owner.at(x, below + goal.height - 2),
            ]
        return group(*parts)

    return Band(max(58, *(sum(block.height for block in head) + 18 for head in heads)), paint)


def _arrow(grid: Grid, i: int, y: float, height: float) -> str:
    tip, left, last = 12, grid.x(i) + (3 if i else 0), len(grid.stages) - 1
    right = grid.x(i + 1) - (tip if i == last else 0)
    half, low = y + height / 2, y + height
    notch = ("L", left + tip, half) if i else ()
    over, under = ("M", left, y, "H", right), ("L", right, low, "H", left)
    shade = mix(BLUE, INK, 0.3 + 0.6 * i / max(last, 1))
    return path(*over, "L", right + tip, half, *under, *notch, "z", fill=shade)


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

    def paint(y: float, height: float) -> str:
        parts = []
        for word, at, r in places:
            parts.append(_sign(word, at, y + 18 * r + 8))
            parts.append(text(LEGEND.get(word, word), at + _slot(word), y + 18 * r + 12, 11))
        return group(*parts, told.at(grid.margin, y + 18 * row + 27), title="Legend")

    return Band(18.0 * (row + 1) + told.height, paint)


LINES = {"team": OURS, "after": OURS, "survey": THEIRS, "before": THEIRS}


def _slot(word: str) -> float:
    return 32 if word in LINES else 16


def _sign(word: str, x: float, y: float) -> str:
    if word in LINES:
        return line(x, y, x + 26, y, **LINES[word])
    return star(x + 6, y) if word == "moment" else sign(word, x + 2, y)
