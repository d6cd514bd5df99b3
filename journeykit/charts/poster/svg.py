"""The sheet of the journey map, with its columns and bands, and the pen that draws on it."""

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache, partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from journeykit.declared import template
from journeykit.model import BEHIND, EVIDENCE, Card, Workshop  # noqa: F401  # for the pen
from journeykit.words import between, label, percent  # noqa: F401

from ..drawing import theme
from ..drawing.theme import BLUE, FEELINGS, INK, PAPER, looks, text_width, wrap

LOOKS = looks(__file__)
"""The signs of the poster, of cards, lanes and verdicts, and what they mean."""
CHANGES = LOOKS["changes"]
"""What a comparison says about a card: the sign, and its colour."""
LANE_LOOKS = LOOKS["lanes"]
"""Lane to the colour of its family and its icon."""
SMALL = 10.0
"""Font size of the small print, in px. On an A3 sheet it is what must not fall below 7 pt."""


@cache
def pen(module: str) -> Any:
    """Return the macros beside a module, which draw with what is here, in text and in the theme."""
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
        self.lines = wrap(words, width, size, bold, most)
        self.height = lead * len(self.lines)
        self.last = text_width(self.lines[-1], size, bold) if self.lines else 0.0
        self.at: Callable[..., str] = partial(
            pen(__file__).text, self.lines, size=size, bold=bold, width=width, lead=lead, **look
        )


def feeling(value: float) -> str:
    """Return the word for a feeling from -2 to 2."""
    return FEELINGS[max(-2, min(2, math.floor(value + 0.5)))]


A3 = 420 / 297
Rules = SimpleNamespace
"""How tight the map is: sizes in px, lines of a card, and cards to a cell (None for all)."""
WIDEST = SMALL * (420 / 25.4 * 72) / 7
"""Layout width in px at which the small print is 7 pt high on an A3 sheet (about 1,700)."""


TIGHTER = [
    Rules(**{**LOOKS["roomy"], "cards": None, **tight})
    for tight in ({}, *(LOOKS["dense"] | more for more in LOOKS["tighter"]["steps"]))
]
"""From the roomiest to the tightest, each with what svg.toml says of it."""


class Band(NamedTuple):
    """A part of the poster from edge to edge: how high, how to paint it from 0
    down to a height, and its share of air.
    """

    height: float
    paint: Callable[[float], str]
    stretch: float = 0.0


class Grid:
    """Where the columns are: a margin, a column of labels, then one column per stage."""

    margin, label = 28.0, 132.0

    def __init__(self, width: float, workshop: Workshop, rules: Rules) -> None:
        self.workshop, self.rules = workshop, rules
        self.names = workshop.lane_names()
        self.stages = [*workshop.stage_names()]
        self.left, self.right = self.margin + self.label, width - self.margin
        self.column = (self.right - self.left) / len(self.stages)
        self.inner = self.column - 16

    def x(self, i: float) -> float:
        """Left edge of column ``i``."""
        return self.left + i * self.column

    def name(self, words: str) -> Block:
        """The name of a row, wrapped for the column of labels."""
        size = self.rules.name
        return Block(words, self.label - 38, size, 1.2 * size, bold=True, most=4)


def place(workshop: Workshop, card: Card) -> dict[str, str]:
    """Name stage and lane of a card, and on which side of the line of visibility that is."""
    stages, lanes = workshop.stage_names(), workshop.lane_names()
    below = " (below the line of visibility)" * (card.lane in BEHIND)
    return {
        "stage": stages.get(card.stage, card.stage),
        "lane": lanes.get(card.lane, card.lane) + below,
        "card": card.text,
    }


def compose(
    layout: Callable[[Grid], Sequence[Band | None]],
    workshop: Workshop,
    *,
    title: str,
    desc: str,
    width: float,
    format: str | None,
) -> str:
    """Lay bands out for a width, or for one A3 sheet in landscape, and paint the picture.

    Narrower than the columns need, the layout stays as wide as needed and is scaled.
    """

    def laid(width: float, rules: Rules) -> tuple[list[Band], float]:
        bands = [band for band in layout(Grid(width, workshop, rules)) if band]
        heights = sum(band.height for band in bands) + rules.between * (len(bands) - 1)
        return bands, 2 * rules.edge + heights

    count = len(workshop.stages)
    rules, wide = TIGHTER[0], max(width, 170 + 150.0 * count)
    if format:
        wide, rules = _a3(
            lambda *how: laid(*how)[1] <= how[0] / A3, max(980.0, 170 + 104.0 * count)
        )
    bands, natural = laid(wide, rules)
    high = wide / A3 if format else natural
    # Spare room goes to the bands that can use it.
    air = (high - natural) / (sum(band.stretch for band in bands) or 1.0)
    y, painted = rules.edge, []
    for band in bands:
        height = band.height + air * band.stretch
        painted.append((y, band.paint(height)))
        y += height + rules.between
    size = ("420mm", "297mm") if format else (width, high * width / wide)
    return pen(__file__).poster(painted, wide, high, *size, title, desc)


def _a3(fits: Callable[[float, Rules], bool], low: float) -> tuple[float, Rules]:
    """Find the largest text at which everything fits the sheet; tighten the rules before 7 pt."""
    high = max(WIDEST, low)
    rules = TIGHTER[bisect_left(TIGHTER[:-1], True, key=lambda rules: fits(high, rules))]
    while not fits(high, rules):  # even so too much: small text is better than text cut off
        low, high = high, high * 1.1
    while high - low > 12:
        half = (low + high) / 2
        low, high = (low, half) if fits(half, rules) else (half, high)
    return high, rules
