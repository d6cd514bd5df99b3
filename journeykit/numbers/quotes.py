"""Which comments may be quoted, and which of them says it best."""

import re
from collections.abc import Iterable

import numpy as np

from .mask import TAKEN

OFFERED = 3  # of each theme, for a person to choose from
LONGEST = 200  # characters
UNRELEASED = (
    "A quote stands here only where a person has released it, in notebook 03 under “Which quotes "
    "may leave this notebook?”."
)


def as_quoted(text: str) -> str:
    """Write a masked comment as it is shown and released: on one line, cut where it is long."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def clearest(texts: np.ndarray, strength: np.ndarray, among: Iterable[int]) -> list[int]:
    """Choose clear and readable comments, rather those in which nothing had to be masked.

    Parameters
    ----------
    texts : ndarray of str
        Comments as they are quoted.
    strength : ndarray of float
        How clearly each belongs to its theme.
    among : iterable of int
        The places that may be chosen.

    Returns
    -------
    list of int
        Places, the best first; no text twice.
    """
    best = sorted(among, key=lambda place: -strength[place])[:25]

    def unreadable(place: int) -> tuple[bool, bool, int]:
        text = texts[place]
        inner_capital = re.search(r"(?<=[^\W\d_] )[A-Z][a-z]", text) is not None
        return bool(TAKEN.search(text)), inner_capital, abs(len(text) - 90)

    chosen: dict[str, int] = {}
    for place in sorted(best, key=unreadable):
        chosen.setdefault(texts[place], place)
    return [*chosen.values()][:OFFERED]
