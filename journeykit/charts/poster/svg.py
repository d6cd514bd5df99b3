"""The pen of the journey map: SVG elements, colours mixed, and the small signs."""

import math
import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from journeykit.declared import template

from ..drawing import text, theme
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
    """Return the macros beside a module, which draw with what is here, in text and in the theme."""
    ours = vars(theme) | vars(text) | globals()
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


def short(data: str) -> str:
    """Write the numbers of a path's data short."""
    return re.sub(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", lambda found: number(float(found[0])), data)


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
        self.lines = text.wrap(words, width, size, bold, most)
        self.height = lead * len(self.lines)
        self.last = text.text_width(self.lines[-1], size, bold) if self.lines else 0.0
        self.at: Callable[..., str] = partial(
            pen(__file__).text, self.lines, size=size, bold=bold, width=width, lead=lead, **look
        )


def feeling(value: float) -> str:
    """Return the word for a feeling from -2 to 2."""
    return FEELINGS[max(-2, min(2, math.floor(value + 0.5)))]
