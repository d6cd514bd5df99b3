"""Colours, fonts and sizes of every picture, and the Altair theme made of them.

The palette is Okabe and Ito's, chosen so that people who see colours differently can tell
them apart; the purple is darkened so that text in it can be read on white. Colour is never
the only sign: charts add a shape, a symbol or a word.

This module imports nothing heavy, so that pictures drawn without Altair may share it.
"""

import tomllib
from pathlib import Path
from string import Template
from typing import Any

Spec = dict[str, Any]
"""A part of a Vega-Lite specification."""
INK = "#1b2733"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#8A4F9E"
PINK = "#CC79A7"
SKY = "#56B4E9"
AMBER = "#E69F00"
GREY = "#5b6773"
"""Second voice: subtitles, axis words. 5.9:1 on paper."""
LINE = "#c9d1d9"
"""Axes, tracks and rules."""
FAINT = "#eef1f4"
"""Areas that only carry something else."""
PAPER = "#ffffff"

WIDTH = 640
"""Pixels a chart is wide, labels included: a notebook's column, and a phone's when scaled."""
FEELINGS = {2: "delighted", 1: "pleased", 0: "neutral", -1: "unhappy", -2: "angry"}


def looks(module: str | Path) -> dict[str, Spec]:
    """Read the looks that are declared beside a module, colours by their names here: ``$INK``."""
    text = Path(module).with_suffix(".toml").read_text("utf-8")
    return tomllib.loads(Template(text).substitute(globals()))


_LOOKS = looks(__file__)
SERIES, SHAPES, HEAT = map(_LOOKS["config"]["range"].get, ("category", "symbol", "heatmap"))
"""Colours and shapes in the order in which groups take them; little to much, for heat maps."""
SYMBOLS = _LOOKS["verdicts"]
"""A verdict's symbol and colour; the word always stands beside them."""
UNITS = _LOOKS["axes"]
"""How an axis is marked, by the unit of its column."""
FORMS = _LOOKS["points"]
"""The shape of the point of a verdict, by its symbol."""


def config() -> Spec:
    """Vega-Lite's config of the kit: white paper, ink, left-aligned titles, no grid.

    Examples
    --------
    >>> config()["background"]
    '#ffffff'
    """
    bare = {"stroke": None, "continuousWidth": WIDTH, "discreteWidth": WIDTH}
    untitled = {part: {**_LOOKS["config"][part], "title": None} for part in ("legend", "header")}
    return {**_LOOKS["config"], "view": bare, **untitled}
