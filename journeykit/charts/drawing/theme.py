"""Colours, fonts and sizes of every picture, the Altair theme made of them, and text that fits.

The palette is Okabe and Ito's, chosen so that people who see colours differently can tell
them apart; the purple is darkened so that text in it can be read on white. Colour is never
the only sign: charts add a shape, a symbol or a word.

This module imports nothing heavy, so that pictures drawn without Altair may share it.

Text has to fit its box without a browser to measure it: SVG does not wrap text, so the map must
know how wide a line will be. The widths in theme.toml are, letter by letter, the wider of DejaVu
Sans and Liberation Sans (which has Arial's widths), measured in Chromium. A line that fits by this
table fits in each of these fonts; the map therefore names them itself (`FONT`) instead of the
theme's wider choice.
"""

import re
import tomllib
import unicodedata
from functools import lru_cache
from html import escape
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


FONT = "Arial, 'Liberation Sans', Helvetica, 'DejaVu Sans', sans-serif"

_WIDTHS = [
    {chr(32 + i): width for i, width in enumerate(_LOOKS["ascii"][weight])} | _LOOKS["others"]
    for weight in ("plain", "bold")
]
_BIDI = {"R": True, "AL": True, "L": False}


@lru_cache(maxsize=4096)
def _em(char: str, bold: bool) -> float:
    """Width of one character in em; what no table knows is estimated on the safe side."""
    table, base = _WIDTHS[bold], unicodedata.normalize("NFD", char)[0]
    if known := table.get(char) or table.get(base):
        return float(known / 1000)
    kind = unicodedata.category(char)
    if kind in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.05 if kind == "Lo" else 1.4  # an emoji is as wide as its colour font likes
    if char in _LOOKS["broad"]:
        width = 1.1
    elif unicodedata.bidirectional(char) == "AL":
        width = 1.0
    else:
        width = _LOOKS["kinds"].get(kind, 1.0)
    return width * (1.21 if bold else 1.0)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the most that one line can take, in px, at a font size in px."""
    return size * _line_em(text, bold)


@lru_cache(maxsize=16384)
def _line_em(text: str, bold: bool) -> float:
    return sum([_em(char, bold) for char in text])


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """Drop what XML refuses and what is invisible; white space becomes one blank, lines stay.

    Bidirectional overrides go as well: a card must not turn its neighbours' text around.
    """
    kept = (
        char if char in "\n\u200c\u200d" or unicodedata.category(char) not in _UNSEEN else " "
        for char in unicodedata.normalize("NFC", str(text).replace("\r\n", "\n"))
    )
    lines = (" ".join(line.split()) for line in "".join(kept).split("\n"))
    return "\n".join(filter(None, lines))


_UNSEEN = ("Cc", "Cf", "Cs", "Cn")


def escaped(text: str) -> str:
    """Return text ready to stand in SVG, as content or as an attribute's value."""
    return escape(clean(text), quote=True)


@lru_cache(maxsize=4096)
def is_rtl(text: str) -> bool:
    """Tell whether the first letter with a direction runs from right to left."""
    kinds = (_BIDI.get(unicodedata.bidirectional(char)) for char in text)
    return next((kind for kind in kinds if kind is not None), False)


def isolated(line: str) -> str:
    """Wrap a line of right-to-left text so that its full stop stays at its end."""
    return f"\u2067{line}\u2069"


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    """Cut a word that is wider than the line, after a sign where there is one."""
    room, pieces, start, sign, used = width / size, list[str](), 0, 0, 0.0
    if _line_em(word, bold) <= room:
        return [word]
    for i, char in enumerate(word):
        em = _em(char, bold)
        # A combining sign (0 em) and what a joiner joins stay with the letter before.
        before = word[i - 1] if i else ""
        joined = before == "\u200d" or "\U0001f3fb" <= char <= "\U0001f3ff"
        # So do a vowel sign, and what a virama binds.
        joined |= unicodedata.category(char) == "Mc" or unicodedata.combining(before or " ") == 9
        if used + em > room and i > start and em and not joined:
            cut = sign if sign > start else i
            pieces.append(word[start:cut])
            start, used = cut, sum(_em(c, bold) for c in word[cut:i])
        used += em
        if char in "-/._@?&=,;:":
            sign = i + 1
    return [*pieces, word[start:]]


def _shortened(line: str, width: float, size: float, bold: bool) -> str:
    room = width - text_width("…", size, bold)
    while line and text_width(line, size, bold) > room:
        line = line[:-1]
    return line.rstrip(" ,;.\u200d") + "…"


_WIDE = r"\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_WORDS = re.compile(rf"( ?)([{_WIDE}][、。，．：；！？」』】）]*|[^ {_WIDE}]+)")
"""Words with the blank before them; Chinese and Japanese break between any two signs."""


@lru_cache(maxsize=8192)
def wrap(
    text: str, width: float, size: float, bold: bool = False, lines: int | None = None
) -> tuple[str, ...]:
    """Break text into lines that are sure to fit.

    Parameters
    ----------
    text : str
        Any text; it is cleaned first, its own line ends stay.
    width, size : float
        Room for a line and the font size, both in px.
    bold : bool
        Bold letters are wider.
    lines : int, optional
        At most so many lines; the last then ends in an ellipsis.

    Returns
    -------
    tuple of str
        Not escaped; empty for empty text.

    Examples
    --------
    >>> wrap("scrolls in the tram", 70, 12)
    ('scrolls in', 'the tram')
    >>> wrap("scrolls in the tram", 70, 12, lines=1)
    ('scrolls in…',)
    """
    out: list[str] = []
    blank = _em(" ", bold)
    for paragraph in clean(text).split("\n"):
        line, used = "", 0.0
        for apart, word in _WORDS.findall(paragraph):
            em, apart = _line_em(word, bold), apart if line else ""
            gap = blank if apart else 0
            if (used + gap + em) * size <= width:
                line, used = f"{line}{apart}{word}", used + gap + em
                continue
            if line:
                out.append(line)
            *full, line = _pieces(word, width, size, bold)
            out, used = out + full, _line_em(line, bold)
            if lines and len(out) > lines:
                break
        if line:
            out.append(line)
    if lines and len(out) > lines:
        out[lines - 1 :] = [_shortened(f"{out[lines - 1]} {out[lines]}", width, size, bold)]
    return tuple(out)
