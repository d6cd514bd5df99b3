"""The top of the poster (who, which journey, on what evidence) and the heads of its stages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from journeykit.charts import map_svg as pen
from journeykit.charts import theme
from journeykit.charts.map_data import Numbers, range_words
from journeykit.charts.map_sheet import SMALL, Band, Grid
from journeykit.charts.map_text import clean, text_width, wrap
from journeykit.model import EVIDENCE, Journey, Persona, Workshop

__all__ = ["day", "facts_of", "header_band", "heads_band", "legend_band"]

KINDS = {
    "as-is": ("AS-IS · how it is today", theme.BLUE),
    "to-be": ("TO-BE · how it is meant to be", theme.GREEN),
    "compare": ("FROM AS-IS TO TO-BE · what changes", theme.PURPLE),
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
    "undecided": "undecided",
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
        span = range_words(share.get("low"), share.get("high"))
        words = (
            f"{int(share['users']):,} of {total:,} {numbers.counts} · {100 * share['share']:.0f}%"
        )
        facts.append(("In the data", words + (f" ({span})" if span else "")))
    if persona.segment:
        who = {
            theme.label(c): ", ".join(map(theme.label, vs)).lower()
            for c, vs in persona.segment.items()
        }
        facts.append(("Who", " · ".join(f"{column}: {values}" for column, values in who.items())))
    reviewed = journey.reviewed or workshop.reviewed
    due = reviewed + dt.timedelta(days=workshop.review_days) if reviewed else None
    facts.append(
        ("Reviewed", f"{day(reviewed)} · next by {day(due)}" if reviewed and due else "not yet")
    )
    if journey.owner or workshop.owner:
        facts.append(("Owner", journey.owner or workshop.owner))
    return facts


def header_band(
    grid: Grid, persona: Persona, kind: str, subject: str, facts: Sequence[Fact]
) -> Band:
    """Lay out badge, subject, avatar, name, tagline, quote and facts."""
    wide = grid.width - 2 * grid.margin
    spans = (wide * 0.36 - 88, wide * 0.28, wide * 0.33 - 76)
    lefts = (grid.margin + 88, grid.margin + wide * 0.37, grid.right - wide * 0.33)
    name = wrap(persona.name, spans[0], 30, True, 2)
    under = wrap(persona.tagline, spans[0], 14, False, 3)
    quote = wrap(persona.quote.strip("\"“”'"), spans[1] - 34, 16, False, 4)
    rows = [(label, wrap(words, spans[2], 11.5, False, 2)) for label, words in facts]
    told = sum(16 * len(lines) + 5 for _, lines in rows)
    tallest = max(76, told, 36 * len(name) + 19 * len(under) + 6, 21 * len(quote) + 10)

    def paint(y: float, height: float) -> str:
        top = y + 28
        eyebrow = wrap(subject, wide - 230, 11, True, 1)
        return pen.group(
            _badge(kind, grid.margin, y - 6),
            pen.text(
                eyebrow,
                grid.margin + _badge_width(kind) + 12,
                y + 8,
                11,
                fill=theme.GREY,
                bold=True,
            ),
            _avatar(persona, grid.margin + 36, top + 37),
            pen.text(name, lefts[0], top + 32, 30, bold=True, width=spans[0], leading=1.2),
            pen.text(
                under, lefts[0], top + 18 + 36 * len(name), 14, fill=theme.GREY, width=spans[0]
            ),
            _quote(quote, lefts[1], top + 4, spans[1]),
            pen.line(lefts[2] - 14, top, lefts[2] - 14, top + told, stroke=theme.LINE),
            _fact_lines(rows, lefts[2], top + 14, spans[2]),
        )

    return Band(tallest + 34, paint)


def _avatar(persona: Persona, x: float, y: float) -> str:
    initial = (clean(persona.name).strip("“\"'(") or "?")[0].upper()
    return pen.group(
        pen.circle(x, y, 36, fill=pen.mix(theme.BLUE, "#ffffff", 0.2)),
        pen.circle(x, y, 31, fill=pen.dark(theme.BLUE)),
        pen.text(initial, x, y + 11, 31, fill="#fff", bold=True, text_anchor="middle"),
    )


def _badge(kind: str, x: float, y: float) -> str:
    words, colour = KINDS[kind]
    width = _badge_width(kind)
    shape = pen.box(x, y, width, 20, rx=10, fill=pen.dark(colour))
    middle = x + width / 2
    return shape + pen.text(
        words, middle, y + 13.5, SMALL, fill="#fff", bold=True, text_anchor="middle"
    )


def _badge_width(kind: str) -> float:
    return text_width(KINDS[kind][0], SMALL, True) + 14


def _quote(lines: Sequence[str], x: float, y: float, width: float) -> str:
    if not lines:
        return ""
    half = "c0-7 3-12 10-15l1.5 3c-3.5 2-5 4-5 6h4.5v9h-11z"
    mark = pen.d("M", x, y + 16) + half + pen.d("M", x + 15, y + 16) + half
    return pen.group(
        pen.path(mark, fill=theme.AMBER),
        pen.text(lines, x + 34, y + 15, 16, width=width - 34, leading=1.3, font_style="italic"),
    )


def _fact_lines(
    facts: Sequence[tuple[str, tuple[str, ...]]], x: float, y: float, width: float
) -> str:
    parts = []
    for name, rows in facts:
        parts.append(pen.text(name, x, y, 11, fill=theme.GREY))
        parts.append(pen.text(rows, x + 76, y, 11.5, width=width, leading=16 / 11.5))
        y += 16 * len(rows) + 5
    return pen.group(*parts)


def heads_band(grid: Grid, workshop: Workshop) -> Band:
    """Lay out the stages as a row of arrows, each with name, goal and owner."""
    room = grid.column - 36
    long = [word for stage in workshop.stages for word in clean(stage.name).split()]
    size = 15.0 if all(text_width(word, 15, True) <= room for word in long) else 12.0
    names = [wrap(stage.name, room, size, True, 3) for stage in workshop.stages]
    goals = [wrap(stage.goal, room, 11, False, 4) for stage in workshop.stages]
    owners = [wrap(stage.owner, room, SMALL, False, 1) for stage in workshop.stages]
    heights = [
        20 * len(n) + 14 * len(g) + 14 * len(o) + 18 for n, g, o in zip(names, goals, owners)
    ]

    def paint(y: float, height: float) -> str:
        parts = [
            pen.text("Stages", grid.margin + 4, y + 24, 12, bold=True),
            pen.text(
                ("and what the", "customer wants"), grid.margin + 4, y + 40, SMALL, fill=theme.GREY
            ),
        ]
        for i, (name, goal, owner) in enumerate(zip(names, goals, owners)):
            x, at = grid.left + i * grid.column + (10 if i == 0 else 22), y + 24
            below = at + 20 * len(name)
            parts += [
                _arrow(grid, i, y, height),
                pen.text(name, x, at, size, fill="#fff", bold=True, width=room, leading=20 / size),
                pen.text(goal, x, below - 3, 11, fill="#fff", width=room, leading=14 / 11),
                pen.text(owner, x, below + 14 * len(goal) - 2, SMALL, fill="#d5e6f2", width=room),
            ]
        return pen.group(*parts)

    return Band(max(58, *heights), paint)


def _arrow(grid: Grid, i: int, y: float, height: float) -> str:
    tip, left = 12, grid.left + i * grid.column + (3 if i else 0)
    right = grid.left + (i + 1) * grid.column - (tip if i == grid.columns - 1 else 0)
    half, low = y + height / 2, y + height
    shade = pen.mix(theme.BLUE, theme.INK, 0.3 + 0.6 * i / max(grid.columns - 1, 1))
    notch: tuple[str | float, ...] = ("L", left + tip, half) if i else ()
    shape = (
        "M",
        left,
        y,
        "H",
        right,
        "L",
        right + tip,
        half,
        "L",
        right,
        low,
        "H",
        left,
        *notch,
        "z",
    )
    return pen.path(pen.d(*shape), fill=shade)


def legend_band(grid: Grid, signs: Sequence[str], notes: Sequence[str]) -> Band:
    """Lay out what the signs mean, and below it what must be known about the numbers."""
    places = list[tuple[str, float, int]]()
    x, row = grid.margin, 0
    for sign in signs:
        width = _SLOT.get(sign, 16) + text_width(LEGEND.get(sign, sign), 11) + 14
        if x + width > grid.right and x > grid.margin:
            x, row = grid.margin, row + 1
        places.append((sign, x, row))
        x += width
    lines = [part for note in notes for part in wrap(note, grid.right - grid.margin, SMALL)]

    def paint(y: float, height: float) -> str:
        parts = []
        for sign, at, r in places:
            word = LEGEND.get(sign, sign)
            parts.append(_sign(sign, at, y + 18 * r + 8))
            parts.append(pen.text(word, at + _SLOT.get(sign, 16), y + 18 * r + 12, 11))
        below = y + 18 * (row + 1) + 9
        parts.append(pen.text(lines, grid.margin, below, SMALL, fill=theme.GREY, leading=1.4))
        return pen.group(*parts, title="Legend")

    return Band(18.0 * (row + 1) + 14 * len(lines), paint)


_SLOT = {"team": 32, "survey": 32, "before": 32, "after": 32}


def _sign(sign: str, x: float, y: float) -> str:
    if sign in EVIDENCE:
        return pen.evidence_mark(sign, x + 6, y, 4.5)
    if sign in pen.CHANGES:
        return pen.change_mark(sign, x + 2, y)
    if sign == "moment":
        return pen.star(x + 6, y, 8)
    if sign in ("team", "after"):
        return pen.line(x, y, x + 26, y, stroke=theme.VERMILLION, stroke_width=3)
    if sign in ("survey", "before"):
        return pen.line(x, y, x + 26, y, stroke=theme.BLUE, stroke_width=2, stroke_dasharray="7 4")
    return pen.verdict_mark(sign, x + 6, y)
