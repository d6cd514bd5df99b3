"""The sheet of the journey map, with its columns and bands, and the pen that draws on it."""

import math
import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from journeykit.declared import template
from journeykit.model import BEHIND, EVIDENCE, Card, Stage, Workshop  # noqa: F401  # for the pen
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
"""Font size of the small print, in px. On paper it is what must not fall below 8 pt."""


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
        self, words: str, width: float, size: float, lead: float, *, bold: bool = False, **look: Any
    ) -> None:
        self.lines = wrap(words, width, size, bold)
        self.lead, self.height = lead, lead * len(self.lines)
        self.last = text_width(self.lines[-1], size, bold) if self.lines else 0.0
        self.at: Callable[..., str] = partial(
            pen(__file__).text, self.lines, size=size, bold=bold, width=width, lead=lead, **look
        )


def feeling(value: float) -> str:
    """Return the word for a feeling from -2 to 2."""
    return FEELINGS[max(-2, min(2, math.floor(value + 0.5)))]


Rules = SimpleNamespace
"""How tight the map is: sizes in px, and how high a card may be before it is parted."""
_DENSE = LOOKS["dense"]
RULES = [
    Rules(**{**LOOKS["roomy"], "tallest": math.inf, **more})
    for more in ({}, _DENSE, _DENSE | LOOKS["tight"])
]
"""How a map is drawn where there is room, and on a sheet that is full."""


class Band(NamedTuple):
    """A part of the poster from edge to edge: how high, how to paint it from 0 down to a height,
    and its share of air; how it is parted by the height of its first part (None where it cannot
    be), and whether it stays with the next.
    """

    height: float
    paint: Callable[[float], str]
    stretch: float = 0.0
    cut: Callable[[float], "tuple[Band, Band] | None"] = lambda _: None
    keep: bool = False


class Grid:
    """Where the columns are: a margin, a column of labels, then one column per stage."""

    margin, label = 28.0, 132.0

    def __init__(
        self,
        width: float,
        workshop: Workshop,
        rules: Rules,
        stages: Sequence[Stage],
        columns: int = 0,
    ) -> None:
        self.workshop, self.rules, self.heads = workshop, rules, stages
        self.names = workshop.lane_names()
        self.stages = [stage.id for stage in stages]
        self.left, self.right = self.margin + self.label, width - self.margin
        self.column = (self.right - self.left) / (columns or len(stages))
        self.inner = self.column - 16

    def x(self, i: float) -> float:
        """Left edge of column ``i``."""
        return self.left + i * self.column

    def name(self, words: str) -> Block:
        """The name of a row, wrapped for the column of labels."""
        size = self.rules.name
        return Block(words, self.label - 38, size, 1.2 * size, bold=True)


def place(workshop: Workshop, card: Card) -> dict[str, str]:
    """Name stage and lane of a card, and on which side of the line of visibility that is."""
    stages, lanes = workshop.stage_names(), workshop.lane_names()
    below = " (below the line of visibility)" * (card.lane in BEHIND)
    return {
        "stage": stages.get(card.stage, card.stage),
        "lane": lanes.get(card.lane, card.lane) + below,
        "card": card.text,
    }
