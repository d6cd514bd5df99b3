"""Answers as numbers: digits, labels with a leading digit, and the usual words of a scale."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas import Series

from journeykit.errors import DataError

Scale = str | Sequence[float]
"""Lowest and highest answer, as in ``"0-10"`` or ``(0, 10)``."""
Ends = tuple[int, int]
Labels = Sequence[str] | None
"""The answers of a form in words, from low to high."""

# Ladders end with ";", rungs from low to high with "|"; "/" stands between words for one rung.
LADDERS = """
strongly disagree/completely disagree/totally disagree | disagree/somewhat disagree/rather disagree
  | NEUTRAL | agree/somewhat agree/rather agree | strongly agree/completely agree/totally agree;
strongly disagree | disagree | somewhat disagree/slightly disagree | NEUTRAL
  | somewhat agree/slightly agree | agree | strongly agree;
very dissatisfied/very unsatisfied/extremely dissatisfied
  | dissatisfied/unsatisfied/somewhat dissatisfied | neither satisfied nor dissatisfied/NEUTRAL
  | satisfied/somewhat satisfied | very satisfied/extremely satisfied;
extremely dissatisfied | dissatisfied | somewhat dissatisfied
  | neither satisfied nor dissatisfied/NEUTRAL | somewhat satisfied | satisfied
  | extremely satisfied;
very poor/very bad/terrible | poor/bad | fair/average/ok/okay | good | very good/excellent;
very difficult/very hard | difficult/hard | neither easy nor difficult/NEUTRAL | easy | very easy;
extremely difficult | very difficult | difficult | neither easy nor difficult/NEUTRAL
  | easy | very easy | extremely easy;
very unlikely | unlikely | NEUTRAL | likely | very likely;
never | rarely | sometimes | often | always;
stimme gar nicht zu/stimme überhaupt nicht zu | stimme eher nicht zu/stimme nicht zu
  | teils teils/weder noch/neutral | stimme eher zu/stimme zu
  | stimme voll zu/stimme voll und ganz zu/stimme völlig zu;
sehr unzufrieden | unzufrieden/eher unzufrieden | neutral/teils teils | zufrieden/eher zufrieden
  | sehr zufrieden;
pas du tout d'accord | plutôt pas d'accord/pas d'accord | ni d'accord ni pas d'accord/neutre
  | plutôt d'accord/d'accord | tout à fait d'accord;
très insatisfait | insatisfait | neutre | satisfait | très satisfait;
totalmente en desacuerdo | en desacuerdo | ni de acuerdo ni en desacuerdo/neutral | de acuerdo
  | totalmente de acuerdo;
muy insatisfecho | insatisfecho | neutral | satisfecho | muy satisfecho;
discordo totalmente | discordo/discordo parcialmente | neutro/não concordo nem discordo
  | concordo/concordo parcialmente | concordo totalmente;
muito insatisfeito | insatisfeito | neutro | satisfeito | muito satisfeito
""".replace("NEUTRAL", "neither agree nor disagree/neutral/neither/undecided/not sure")


_SCALE = re.compile(
    r"\s*(-?\d+)\s*(?:-|–|to|\.\.)\s*(-?\d+)(?:[\s,;:(]*"
    r"((?:[-\s,;:=()\d/]|without|except|not applicable|n/?a|no answer|don.t know|means|is|or|and)*"
    r"))?",
    re.I,
)
_UNANSWERED = """n a|na|not applicable|no answer|don't know|do not know|prefer not to say|none|nan
|keine angabe|k.a|weiss nicht|weiß nicht|trifft nicht zu|sans objet|sans reponse|no aplica
|nao se aplica""".replace("\n", "").split("|")


def read_scale(scale: Scale) -> tuple[int, int, bool, set[float]]:
    """Read lowest and highest answer, whether the lowest is the best, and what is no answer.

    Examples
    --------
    >>> read_scale("5-1"), read_scale("1-5 without 0, 9"), read_scale("1-7, 0 = not applicable")[3]
    ((1, 5, True, set()), (1, 5, False, {0.0, 9.0}), {0.0})
    """
    ends: Sequence[Any] = scale
    rest = ""
    if isinstance(scale, str):
        found = _SCALE.fullmatch(scale)
        ends, rest = (found.groups()[:2], found[3] or "") if found else ((), "")
    codes = {float(code) for code in re.findall(r"-?\d+", rest)}
    if len(ends) != 2 or int(ends[0]) == int(ends[1]) or (rest.strip(" )") and not codes):
        raise DataError(
            f"{scale!r} is no scale: write lowest and highest answer, as in '0-10'; where the "
            "lowest is the best turn it round, '5-1'; where 0 means 'not applicable', "
            "'1-5 without 0'."
        )
    first, last = int(ends[0]), int(ends[1])
    return min(first, last), max(first, last), first > last, codes


def parse_scale(scale: Scale) -> Ends:
    """Read the ends of a scale such as ``"0-10"``, ``"-2..2"``, ``"1 to 5"`` or ``(1, 7)``.

    Examples
    --------
    >>> parse_scale("0-10"), parse_scale("-2..2"), parse_scale((1, 7)), parse_scale("5-1")
    ((0, 10), (-2, 2), (1, 7), (1, 5))
    """
    return read_scale(scale)[:2]


def turned(scale: Scale) -> str:
    """Note that answers are turned round, where the lowest is the best."""
    low, high, is_turned, codes = read_scale(scale)
    said = f"{low} is the best answer of the form: it counts as {high}. " if is_turned else ""
    none = ", ".join(f"{code:g}" for code in sorted(codes))
    return (said + (f"{none} is no answer." if codes else "")).strip()


def numbers(answers: Iterable[Any], scale: Scale, what: str, labels: Labels = None) -> np.ndarray:
    """Read answers as numbers on a scale; unanswered is NaN.

    Parameters
    ----------
    answers : iterable
        Numbers, digits as text (``"9"``, ``"10 - very likely"``) or labels (``"Strongly
        agree"``; English, German, French, Spanish, Portuguese).
    scale : str or (lowest, highest)
        What the form allowed; see `read_scale`. An answer outside is an error, never clipped. Where
        the lowest is the best, answers are turned round: the highest number is the best.
    what : str
        Name of the measure, for messages.
    labels : sequence of str, optional
        The form's own labels from low to high, where they are others.

    Returns
    -------
    ndarray of float

    Raises
    ------
    DataError
        An answer outside the scale, or a label that no ladder of that length has.
    """
    given = answers if isinstance(answers, Series | np.ndarray) else list(answers)
    raw = Series(given).reset_index(drop=True)
    low, high, is_turned, codes = read_scale(scale)
    worded = Series(np.nan, raw.index)
    if pd.api.types.is_numeric_dtype(raw):
        value = raw.astype("Float64").astype(float)
    else:
        text = raw.astype(object).map(_folded)
        value = (
            text.str.extract(r"^(-?\d+(?:[.,]\d+)?)(?:\D|$)", expand=False)
            .str.replace(",", ".")
            .astype(float)
        )
        words = sorted(set(text[value.isna() & (text != "")]))
        if words:
            worded = text.map(_rungs(words, (low, high), what, labels)).astype(float)
    value = value.mask(value.isin(codes))
    _check_scale(value, (low, high), what)
    value = low + high - value if is_turned else value
    return value.fillna(worded).to_numpy(dtype=float)  # words say themselves what is good


def _folded(value: Any) -> str:
    """Fold a label: no case, no accents, no punctuation at its ends, single spaces."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    plain = unicodedata.normalize("NFKD", str(value)).replace("’", "'")
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    text = " ".join(plain.casefold().replace("/", " ").split()).strip(" .!:;")
    return "" if text in _UNANSWERED else text


def _rungs(words: list[str], scale: Ends, what: str, labels: Labels) -> dict[str, int]:
    """Find the ladder that has all the words and as many rungs as the scale."""
    points = scale[1] - scale[0] + 1
    ladders = [[rung.split("/") for rung in text.split("|")] for text in LADDERS.split(";")]
    if labels:
        ladders = [[[label] for label in labels]]
    for ladder in ladders:
        place = {_folded(word): scale[0] + i for i, rung in enumerate(ladder) for word in rung}
        used = [place[word] for word in words if word in place]
        # two words on one rung are two answers on the form: then this is not its ladder
        if len(ladder) == points and len(used) == len(words) == len(set(used)):
            return place
    known = {_folded(word) for ladder in ladders for rung in ladder for word in rung}
    odd = next((word for word in words if word not in known), words[0])
    raise DataError(
        f"{odd!r} is not understood as an answer to {what} on the scale {scale[0]} to {scale[1]}: "
        f"no known set of {points} labels holds all of {', '.join(map(repr, words[:8]))}. "
        "Give the form's labels from low to high: labels=[…]."
    )


def _check_scale(value: Series, scale: Ends, what: str) -> None:
    low, high = scale
    outside = value[(value < low) | (value > high)]
    if not len(outside):
        return
    seen_low, seen_high = value.min(), value.max()
    few = outside.nunique() <= 2
    some = ", ".join(f"{code:g}" for code in sorted(outside.unique()))
    raise DataError(
        f"{outside.iloc[0]:g} is outside the scale {low}-{high} of {what} "
        f"({len(outside):,} of {value.count():,} answers; they run from {seen_low:g} to "
        f"{seen_high:g}). Say which scale the form had: scale='{seen_low:g}-{seen_high:g}'"
        + (f"; or that these are none: '{low}-{high} without {some}'." if few else ".")
    )
