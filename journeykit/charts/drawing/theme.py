"""Colours, fonts and sizes of every picture, and the Altair theme made of them.

The palette is Okabe and Ito's, chosen so that people who see colours differently can tell
them apart; the purple is darkened so that text in it can be read on white. Colour is never
the only sign: charts add a shape, a symbol or a word.

This module imports nothing heavy, so that pictures drawn without Altair may share it.
"""

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

SERIES = [BLUE, VERMILLION, GREEN, PURPLE, AMBER, SKY, INK, PINK]
"""Order in which groups take their colour."""
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke", "arrow"]
"""Order in which groups take their shape, so that they differ without colour."""
HEAT = ["#f4f8fb", "#cfe3f1", "#8fc0e0", "#3f93c9", "#0072B2", "#004a75"]
"""Little to much, for heat maps; ink is readable on the first three, paper on the rest."""

FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
WIDTH = 640
"""Pixels a chart is wide, labels included: a notebook's column, and a phone's when scaled."""

SYMBOLS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("kept", "supported", "better", "reached", "works"), ("▲", GREEN)),
    **dict.fromkeys(("broken", "refuted", "worse", "short", "harms"), ("▼", VERMILLION)),
    **dict.fromkeys(("stands out", "missed"), ("▲", VERMILLION)),
    "held": ("●", BLUE),
    **dict.fromkeys(("undecided", "may be chance", "no range"), ("◊", GREY)),
    **dict.fromkeys(("not measured", "no holdout", "do not read"), ("○", GREY)),
}
"""A verdict's symbol and colour; the word always stands beside them."""
FEELINGS = {2: "delighted", 1: "pleased", 0: "neutral", -1: "unhappy", -2: "angry"}
FORMS = {"▲": "triangle-up", "▼": "triangle-down", "◊": "diamond"}
"""The shape of the point of a verdict, by its symbol."""


def config() -> Spec:
    """Vega-Lite's config of the kit: white paper, ink, left-aligned titles, no grid.

    Examples
    --------
    >>> config()["background"]
    '#ffffff'
    """
    words = {"labelColor": INK, "titleColor": GREY, "labelFontSize": 12, "titleFontSize": 12}
    return {
        "background": PAPER,
        "font": FONT,
        "padding": 8,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "view": {"stroke": None, "continuousWidth": WIDTH, "discreteWidth": WIDTH},
        "title": {
            "anchor": "start",
            "align": "left",
            "frame": "bounds",
            "offset": 12,
            "color": INK,
            "fontSize": 16,
            "fontWeight": 600,
            "subtitleColor": GREY,
            "subtitleFontSize": 12.5,
            "subtitlePadding": 5,
            "subtitleLineHeight": 17,
        },
        "axis": {
            **words,
            "grid": False,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
            "titlePadding": 8,
            "titleFontWeight": "normal",
            "titleLimit": 600,
            "labelLimit": 190,
            "labelFlush": False,
        },
        "axisX": {"titleAnchor": "start", "titleAlign": "left"},
        "legend": {
            **words,
            "orient": "top",
            "direction": "horizontal",
            "title": None,
            "symbolSize": 90,
            "labelLimit": 170,
            "offset": 6,
            "columnPadding": 18,
        },
        "header": {**words, "labelFontWeight": 600, "labelAnchor": "start", "title": None},
        "range": {"category": SERIES, "heatmap": HEAT, "ramp": HEAT, "symbol": SHAPES},
        "bar": {"color": BLUE},
        "text": {"color": INK, "fontSize": 12},
        "concat": {"spacing": 28},
    }
