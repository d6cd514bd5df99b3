"""How the bands of a map lie: below each other for a screen, or on as many sheets of paper as they
need. On paper nothing is left out or cut, and no text is smaller than 8 pt.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from journeykit.errors import UnknownName, did_you_mean
from journeykit.model import Workshop

from .svg import LOOKS, RULES, SMALL, Band, Grid, Rules, pen

PAPERS = {name: Rules(**{"overview": 0, **look}) for name, look in LOOKS["papers"].items()}
"""Format to what is known of the paper."""


class Parts(NamedTuple):
    """The bands of a map for some of its stages."""

    header: Band
    running: Band
    heads: Band
    data: Band | None
    curve: Band | None
    lanes: list[Band]
    legend: Band


Layout = Callable[[Grid], Parts]
Sheet = list[Band]


def compose(
    layout: Layout, workshop: Workshop, *, title: str, desc: str, width: float, format: str | None
) -> list[str]:
    """Lay out a map for a width in px, or for paper, and paint its sheets.

    Narrower than the columns need, the layout stays as wide as needed and is scaled.

    Raises
    ------
    UnknownName
        For an unknown format.
    """
    size: tuple[Any, Any]
    if format:
        if not (paper := PAPERS.get(format)):
            raise UnknownName(f"no format {format!r}. {did_you_mean(format, [*PAPERS])}")
        wide, rules, sheets = _fitted(layout, workshop, paper)
        high, size = wide * paper.high / paper.wide, (f"{paper.wide}mm", f"{paper.high}mm")
    else:
        wide, rules = max(width, 170 + 150.0 * len(workshop.stages)), RULES[0]
        parts = layout(Grid(wide, workshop, rules, workshop.stages))
        sheets = [_bands(parts.header, parts.heads, parts.data, *parts.lanes, parts.legend)]
        high = 2 * rules.edge + _height(sheets[0], rules)
        size = (width, high * width / wide)
    many, drawn = len(sheets), []
    for number, bands in enumerate(sheets, 1):
        said = f"Sheet {number} of {many}" if many > 1 else ""
        named = f"{title} · {said.lower()}" if said else title
        painted = _painted(bands, high, rules)
        drawn.append(pen(__file__).poster(painted, wide, high, *size, named, desc, said))
    return drawn


def _bands(*bands: Band | None) -> Sheet:
    return [band for band in bands if band]


def _height(bands: Iterable[Band], rules: Rules) -> float:
    heights = [band.height for band in bands]
    return sum(heights) + rules.between * (len(heights) - 1)


def _painted(bands: Sheet, high: float, rules: Rules) -> list[tuple[float, str]]:
    """Paint bands from top to bottom; spare room goes to those that can use it."""
    spare = high - 2 * rules.edge - _height(bands, rules)
    air = spare / (sum(band.stretch for band in bands) or 1.0)
    y, painted = rules.edge, []
    for band in bands:
        height = band.height + air * band.stretch
        painted.append((y, band.paint(height)))
        y += height + rules.between
    return painted


def _fitted(layout: Layout, workshop: Workshop, paper: Rules) -> tuple[float, Rules, list[Sheet]]:
    """Find the fewest sheets, and the largest text with which there are no more."""
    stages = len(workshop.stages)
    most = SMALL * (paper.wide / 25.4 * 72) / 8  # the layout's width at which small print is 8 pt

    def laid(width: float, abreast: int, rules: Rules) -> list[Sheet]:
        return _sheets(layout, workshop, paper, width, abreast, rules)

    # Where cells are full, fewer stages abreast, and so wider columns, may take fewer sheets.
    groups = dict.fromkeys(math.ceil(stages / abreast) for abreast in paper.stages)
    ways = [(math.ceil(stages / count), rules) for rules in RULES for count in groups]
    counts = [len(laid(most, *way)) for way in ways]
    way, fewest = ways[counts.index(min(counts))], min(counts)
    widths = [paper.least + step * 12 for step in range(int((most - paper.least) / 12))]
    found = bisect_left(widths, True, key=lambda width: len(laid(width, *way)) <= fewest)
    width = [*widths, most][found]
    return width, way[1], laid(width, *way)


def _sheets(
    layout: Layout, workshop: Workshop, paper: Rules, width: float, abreast: int, rules: Rules
) -> list[Sheet]:
    """Lay a map on sheets: those of an overview, then those of each group of stages."""
    room = width * paper.high / paper.wide - 2 * rules.edge
    rules = Rules(**{**vars(rules), "tallest": 0.4 * room})

    def parts(most: int) -> list[Parts]:
        stages, many = workshop.stages, len(workshop.stages)
        each = math.ceil(many / math.ceil(many / most))
        groups = (stages[at : at + each] for at in range(0, many, each))
        return [layout(Grid(width, workshop, rules, group, each)) for group in groups]

    sheets, groups = list[Sheet](), parts(abreast)
    first = groups[0].header
    if paper.overview:
        again = [groups[0].running]
        flow = _bands(*(band for p in parts(paper.overview) for band in (p.heads, p.curve)))
        sheets += _even(
            partial(_filled, [first], again, flow, groups[0].legend, rules), room, rules
        )
        first = groups[0].running
    for part in groups:
        flow = _bands(part.data, *part.lanes)
        again = [part.running, part.heads]
        top = [first, part.heads]
        sheets += _even(partial(_filled, top, again, flow, part.legend, rules), room, rules)
        first = part.running
    return sheets


def _even(fill: Callable[[float], list[Sheet]], room: float, rules: Rules) -> list[Sheet]:
    """Fill no more sheets than are needed, each about as full as the others."""
    full = fill(room)
    for share in (0.5, 0.6, 0.7, 0.8, 0.9):
        sheets = fill(room * share)
        if len(sheets) == len(full) and all(_height(each, rules) <= room for each in sheets):
            return sheets
    return full


def _filled(
    first: Sheet, again: Sheet, flow: Sheet, last: Band, rules: Rules, room: float
) -> list[Sheet]:
    """Lay bands on sheets, each with what comes ``again`` on top and the ``last`` at its end."""
    sheets, sheet, rest = list[Sheet](), [*first], [*flow]
    while rest:
        band = rest.pop(0)
        left = room - _height([*sheet, last], rules) - 2 * rules.between
        begun = len(sheet) > len(again)
        if band.height + (rest[0].height if band.keep and rest else 0) <= left:
            sheet.append(band)
            continue
        # A lane goes on on the next sheet where much of this one would stay empty.
        parts = band.cut(left) if left > room / 4 or not begun else None
        if parts:
            sheet, rest = [*sheet, parts[0]], [parts[1], *rest]
        elif begun:
            rest.insert(0, band)
        else:
            sheet.append(band)
        sheets.append([*sheet, last])
        sheet = [*again]
    return [*sheets, [*sheet, last]] if len(sheet) > len(again) or not sheets else sheets
