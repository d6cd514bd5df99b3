"""The pen of the journey map: SVG elements, colours mixed, and the small signs."""

import math
import re
from collections.abc import Callable, Iterable
from functools import partial
from html import escape
from typing import Any

from journeykit.model import EVIDENCE

from ..drawing.text import escaped, is_rtl, isolated, text_width, wrap
from ..drawing.theme import (
    AMBER,
    BLUE,
    FEELINGS,
    GREEN,
    GREY,
    INK,
    PAPER,
    PURPLE,
    SKY,
    SYMBOLS,
    VERMILLION,
)

SOFT = "#fbfaf7"
"""Warm paper behind the whole poster; bands and cards lie on it in white and tints."""

OUTLINES = {
    "▲": "m-.5 3.6l4.5-8.1 4.5 8.1z",
    "▼": "m-.5-3.6l4.5 8.1 4.5-8.1z",
    "◊": "m-.5 0l4.5-4.5 4.5 4.5-4.5 4.5z",
    "○": "h8",
}
"""A verdict's sign as a shape, drawn from its left end, whatever signs the font has."""

CHANGES = {
    "added": ("h8m-4-4v8", GREEN),
    "removed": ("h8", VERMILLION),
    "moved": ("h8m-3-3l3 3-3 3", BLUE),
    "changed": ("q2-4 4 0t4 0", AMBER),
}
"""What a comparison says about a card: the sign, drawn from its left end, and its colour."""

LANE_LOOKS: dict[str, tuple[str, str]] = {
    # lane: colour of its family, icon drawn in a field of 16 by 16
    "goals": (BLUE, "M4 14V2.5M4 3h8.5l-2 2.8 2 2.8H4"),
    "needs": (BLUE, "M5 6a3 3 0 1 1 4.4 2.7C8.4 9.2 8 9.7 8 11M8 13.4v.4"),
    "actions": (BLUE, "M2.5 8h10M9 4l4 4-4 4"),
    "touchpoints": (SKY, "M4.5 1.5h7v13h-7zM7 12.5h2"),
    "channels": (
        SKY,
        (
            "M2.5 13a8 8 0 0 1 0-10M13.5 13a8 8 0 0 0 0-10M5.4 10.8a4.5 4.5 0 0 1 0-5.6"
            "M10.6 10.8a4.5 4.5 0 0 0 0-5.6M8 8v.2"
        ),
    ),
    "thoughts": (BLUE, "M2.5 3h11v7.5H8L5 13.5v-3H2.5z"),
    "emotions": (
        VERMILLION,
        "M8 13.5C1 9 2 3.5 5 3.2c1.6 0 2.5 1 3 2 .5-1 1.4-2 3-2 3 .3 4 5.8-3 10.3z",
    ),
    "pain-points": (VERMILLION, "M9.5 1.5L3.5 9h4l-1 5.5L12.5 7h-4z"),
    "opportunities": (GREEN, "M6 12h4M6.5 14.5h3M6 10.5C3.5 8 3.8 2.5 8 2.5s4.5 5.5 2 8"),
    "key-actions": (GREEN, "M2.5 8.5l3.8 3.8L13.5 4.5"),
    "campaigns": (PURPLE, "M2.5 6.5v3h2.5l6.5 3.5V3L5 6.5zM13.5 6.5v3M5.5 10v3.5"),
    "owners": (PURPLE, ("M8 7.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4M2.8 14c.4-6 10-6 10.4 0")),
    "promises": (AMBER, "M8 1.8l5.2 2v4.2c0 3-2.2 5.2-5.2 6.5-3-1.3-5.2-3.5-5.2-6.5V3.8z"),
    "metrics": (GREY, "M3 14V9M8 14V2.5M13 14V6"),
    "evidence": (GREY, "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0M10.5 10.5l3.5 3.5"),
    "data": (INK, "M2.5 4c0-2.5 11-2.5 11 0s-11 2.5-11 0v8c0 2.5 11 2.5 11 0V4M3 8c0 2 10 2 10 0"),
}


STAR = "M0-8.5L2.2-3.1 8.1-2.6 3.6 1.2 5 6.9 0 3.8-5 6.9-3.6 1.2-8.1-2.6-2.2-3.1z"


def number(value: float) -> str:
    """Write a coordinate short, so that the same map is the same text."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def tint(colour: str, share: float, other: str = PAPER) -> str:
    """Return so much of a colour, on white or on another colour."""
    both = zip(*(bytes.fromhex(c[1:]) for c in (colour, other)))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in both)


def dark(colour: str) -> str:
    """Return the shade of a colour that can be read on white (5:1 for blue, green, vermillion)."""
    return colour if colour == BLUE else tint(colour, 0.75, INK)


def lane_colour(lane: str) -> str:
    """Return the colour of a lane's family; the team's own lanes are grey."""
    return LANE_LOOKS.get(lane, (GREY, ""))[0]


def tag(name: str, body: str = "", /, **attributes: object) -> str:
    """Write one element; ``_`` in names becomes ``-``, what is None is left out."""
    start = name
    for key, value in attributes.items():
        if value is not None:
            shown = number(value) if isinstance(value, int | float) else escape(str(value))
            start += f' {key.rstrip("_").replace("_", "-")}="{shown}"'
    return f"<{start}>{body}</{name}>" if body else f"<{start}/>"


def group(*parts: str, title: str = "", **attributes: object) -> str:
    """Put elements together; the title is read aloud and shown on hover."""
    head = tag("title", escaped(title)) if title else ""
    return tag("g", head + "".join(parts), **attributes)


def at(
    x: float, y: float, *parts: str, scale: float = 1, title: str = "", **attributes: object
) -> str:
    """Put elements that are drawn around 0, 0 at their place."""
    return group(
        *parts,
        title=title,
        transform=f"translate({number(x)} {number(y)})" + f" scale({scale:.2f})" * (scale != 1),
        **attributes,
    )


def box(x: float, y: float, width: float, height: float, **look: object) -> str:
    """A rectangle by its upper left corner."""
    return tag("rect", x=x, y=y, width=max(width, 0), height=max(height, 0), **look)


def circle(x: float, y: float, r: float, **look: object) -> str:
    """A circle by its middle."""
    return tag("circle", cx=x, cy=y, r=r, **look)


def path(data: str, **look: object) -> str:
    """A path by its data, as in ``path(f"M{x} {y}H30z")``; its numbers are written short."""
    return tag(
        "path",
        d=re.sub(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", lambda found: number(float(found[0])), data),
        **look,
    )


def text(
    lines: str | Iterable[str],
    x: float,
    y: float,
    size: float,
    *,
    fill: str = INK,
    bold: bool = False,
    width: float | None = None,
    lead: float = 0,
    **look: object,
) -> str:
    """Write lines, the first on the baseline ``y``.

    With ``width`` given, text that runs from right to left starts at the right edge.
    """
    rows = [lines] if isinstance(lines, str) else list(lines)
    if not any(rows):
        return ""
    if width is not None and is_rtl(" ".join(rows)):
        x, look = x + width, {**look, "text_anchor": "end"}
    # Isolates are added after the text is cleaned, which would take them for foreign ones.
    spans = [isolated(escaped(row)) for row in rows]
    body = "".join(
        f'<tspan x="{number(x)}" y="{number(y + i * (lead or 1.25 * size))}">{span}</tspan>'
        for i, span in enumerate(spans)
    )
    weight = "bold" if bold else None
    body = body if len(spans) > 1 else spans[0]
    return tag("text", body, x=x, y=y, font_size=size, fill=fill, font_weight=weight, **look)


class Block:
    """Words wrapped for a width: their lines, how high they are, how wide the last of them is.

    ``at(x, y)`` writes them, the first line on the baseline ``y``.
    """

    def __init__(
        self,
        words: str,
        width: float,
        size: float,
        lead: float,
        *,
        bold: bool = False,
        most: int | None = None,
        **look: Any,
    ) -> None:
        self.lines = wrap(words, width, size, bold, most)
        self.height = lead * len(self.lines)
        self.last = text_width(self.lines[-1], size, bold) if self.lines else 0.0
        self.at: Callable[..., str] = partial(
            text, self.lines, size=size, bold=bold, width=width, lead=lead, **look
        )


def sign(word: str, x: float, y: float) -> str:
    """Draw the sign of evidence, of a change or of a verdict at its left edge.

    An empty, half full or full circle for assumed, heard and measured; plus, minus, arrow or wave
    for what changed; for a verdict the theme's sign as a shape.
    """
    if word in EVIDENCE:
        ring = circle(
            x + 4, y, 4.5, fill=INK if word == "measured" else PAPER, stroke=INK, stroke_width=1.2
        )
        half = path(f"M{x + 4} {y - 4.5}a4.5 4.5 0 0 0 0 9z", fill=INK)
        return ring + half * (word == "heard")
    shape, colour = SYMBOLS.get(word, ("○", GREY))
    strokes, colour = CHANGES.get(word, (OUTLINES[shape], colour))
    filled = strokes.endswith("z")
    look = {"fill": colour} if filled else {"fill": "none", "stroke": dark(colour)}
    return path(f"M{x} {y}{strokes}", stroke_width=1.8, **look)


def star(x: float, y: float) -> str:
    """Draw the sign of a moment that matters."""
    return at(x, y, path(STAR, fill=AMBER, stroke=INK, stroke_linejoin="round"))


def feeling(value: float) -> str:
    """Return the word for a feeling from -2 to 2."""
    return FEELINGS[max(-2, min(2, math.floor(value + 0.5)))]


def face(value: float, x: float, y: float, r: float = 10, *, fill: str = PAPER) -> str:
    """Draw a face whose mouth bends from angry (-2) to delighted (2)."""
    brows = "M-6-6.2l4.2 2M6-6.2l-4.2 2" * (value <= -1.5)
    return at(
        x,
        y,
        circle(0, 0, 10, fill=fill),
        *(circle(side, -2, 0.4, fill=INK) for side in (-3.5, 3.5)),
        path(
            f"M-4.5 {3.8 - value * 0.6}q4.5 {value * 3.2} 9 0{brows}",
            fill="none",
            stroke_linecap="round",
        ),
        scale=r / 10,
        stroke=INK,
        stroke_width=1.4,
    )


def icon(lane: str, x: float, y: float, r: float = 13) -> str:
    """Draw a lane's icon in a disc of its colour; the team's own lanes get a plain disc."""
    _, drawing = LANE_LOOKS.get(lane, ("", "M4 5h8M4 8h8M4 11h5"))
    look = {"fill": "none", "stroke": PAPER, "stroke_width": 1.5, "stroke_linecap": "round"}
    disc = circle(8, 8, 13, fill=dark(lane_colour(lane)))
    return at(x - 8 * r / 13, y - 8 * r / 13, disc, path(drawing, **look), scale=r / 13)
