"""The pen of the journey map: SVG elements, colours mixed, and the small signs."""

import math
import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from html import escape
from typing import Any

from journeykit.declared import template

from ..drawing import theme
from ..drawing.text import escaped, is_rtl, isolated, text_width, wrap
from ..drawing.theme import BLUE, FEELINGS, GREY, INK, PAPER, looks

SOFT = "#fbfaf7"
"""Warm paper behind the whole poster; bands and cards lie on it in white and tints."""

LOOKS = looks(__file__)
"""The signs of the poster, of cards, lanes and verdicts, and what they mean."""
STYLES = LOOKS["styles"]
"""How single things are drawn, by their names."""
CHANGES = LOOKS["changes"]
"""What a comparison says about a card: the sign, and its colour."""
LANE_LOOKS = LOOKS["lanes"]
"""Lane to the colour of its family and its icon."""
SMALL = 10.0
"""Font size of the small print, in px. On an A3 sheet it is what must not fall below 7 pt."""


@cache
def pen(module: str) -> Any:
    """Return the macros beside a module, which draw with what is here and in the theme."""
    ours = vars(theme) | globals()
    signs = vars(template(__file__).make_module(ours))
    return template(module).make_module(ours | signs)


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


def feeling(value: float) -> str:
    """Return the word for a feeling from -2 to 2."""
    return FEELINGS[max(-2, min(2, math.floor(value + 0.5)))]
