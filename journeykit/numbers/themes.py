"""Themes in what customers wrote, in any language, without a word list of any language."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
from pandas import DataFrame, Series, concat

from journeykit.errors import AnalysisError
from journeykit.model import Data, Quote, Workshop
from journeykit.words import people

from .catalogue import number
from .frames import share_of, three, tidy, whole
from .likert import numbers, parse_scale
from .mask import TAKEN, mask
from .means import mean_interval
from .stats import small
from .topics import FEWEST, WORD, find_themes

_OFFERED = 3  # of each theme, for a person to choose from
_LONGEST = 200  # characters
_UNRELEASED = (
    "A quote stands here only where a person has released it, in notebook 03 under “Which quotes "
    "may leave this notebook?”."
)


def themes(
    texts: Iterable[Any],
    k: int = 6,
    *,
    scores: Iterable[Any] | None = None,
    scale: str = "0-10",
    known: Collection[str] = frozenset(),
    users: Iterable[str] | None = None,
    released: Iterable[Quote] | None = None,
    smallest: int = 5,
) -> DataFrame:
    """Group comments into themes, with counts and a masked quote each.

    A comment belongs to its strongest theme; what has no word in common with others, or only words
    that fewer than ``smallest`` people used, stands in a row of its own, "(no theme)". How they
    are found: `find_themes`. There is no guess at sentiment: only where a score was given with
    the comment, its mean per theme is shown.

    Parameters
    ----------
    texts : iterable
        Comments, any language, one or mixed; those without words are left out and counted.
    k : int
        Themes wanted; fewer where there are not ten comments for each.
    scores : iterable, optional
        A score per comment, in the order of the texts.
    scale : str
        The scale of the scores.
    known : collection of str
        User ids and names to mask in quotes, see `mask`.
    users : iterable of str, optional
        Who wrote each; without it, and where it is "", each comment counts as a person.
    released : iterable of Quote, optional
        The only quotes that are shown, where the masked comment is still the text that was
        released. Without it every theme has one.
    smallest : int
        A word that fewer people used is in no term and in no name of a theme.

    Returns
    -------
    DataFrame
        theme (its first words), terms, comments, share (of comments), low, high (Wilson 1927),
        quote (masked; empty where none is released), small_n; with scores also score, score_low,
        score_high (on the scale). Largest theme first. With users and without released,
        ``attrs["quotes"]`` has up to three of each theme to choose from.

    Raises
    ------
    AnalysisError
        With fewer than ten comments, or no word that two of them share.

    Examples
    --------
    >>> said = ["the delivery came late", "late delivery again", "delivery was a week late"] * 4
    >>> said += ["the app crashes at login", "login crashes", "app crashes all the time"] * 4
    >>> themes(said, k=2)[["comments", "share"]].values.tolist()
    [[12.0, 0.5], [12.0, 0.5]]
    """
    raw = Series(list(texts), dtype=object)
    clean = raw.map(lambda text: mask(text, known) if isinstance(text, str) else "")
    words = clean.map(lambda text: TAKEN.sub(" ", unicodedata.normalize("NFC", text)))
    there = words.map(lambda text: bool(WORD.search(text)))
    who = None if users is None else Series(list(users), dtype=object)[there]
    member, strength, terms = find_themes(words[there].tolist(), k, who, smallest)
    said = clean[there].map(_as_quoted)
    free = None if released is None else said.isin([quote.text for quote in released]).to_numpy()
    ends, n = parse_scale(scale), len(member)
    offered: list[Data] = []
    given = None
    if scores is not None:
        given = numbers(scores, scale, "the comments")[there.to_numpy()]

    def row(theme: int) -> Data:
        here = member == theme
        name = " · ".join(terms[theme][:3]) if theme >= 0 else "(no theme)"
        among = np.flatnonzero(here if free is None else here & free)
        best = _clearest(said.to_numpy(), strength, among) if theme >= 0 else []
        if free is None and who is not None:
            offered.extend(Quote.of(said.iloc[i], who.iloc[i], name).plain() for i in best)
        found = {
            "theme": name,
            "terms": ", ".join(terms[theme]) if theme >= 0 else "",
            "comments": int(here.sum()),
            **share_of(here.sum(), n),
            "quote": said.iloc[best[0]] if best else "",
        }
        if given is not None:
            scored = given[here & ~np.isnan(given)]
            found |= three("score score_low score_high", mean_interval(scored, *ends))
        return found | {"small_n": small(found["comments"])}

    order = sorted(set(member), key=lambda theme: (theme < 0, -(member == theme).sum(), theme))
    frame = tidy([row(theme) for theme in order], "comments", _notes(len(raw), n, k))
    if free is not None and (frame["quote"] == "").any():
        frame.attrs["notes"].append(_UNRELEASED)
    frame.attrs["quotes"] = offered
    return frame


def _as_quoted(text: str) -> str:
    """Write a masked comment as it is shown and released: on one line, cut where it is long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _clearest(texts: np.ndarray, strength: np.ndarray, among: Iterable[int]) -> list[int]:
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
    return [*chosen.values()][:_OFFERED]


def _notes(rows: int, n: int, k: int) -> list[str]:
    """Say what was left out, and where there are fewer themes than were asked for."""
    fewer = min(whole(k, "k"), max(1, n // FEWEST))
    notes = [f"{rows - n:,} of {people(rows, 'rows')} without words left out."] if rows > n else []
    if fewer < k:
        notes.append(f"{people(n, 'comments')} carry {people(fewer, 'themes')}, not {k}.")
    return notes


@number()
def comment_themes(
    surveys: DataFrame | None = None,
    support: DataFrame | None = None,
    k: int = 6,
    *,
    released: Iterable[Quote] | None = None,
    workshop: Workshop | None = None,
) -> DataFrame:
    """Group the comments of surveys and support contacts by what they are about.

    Parameters
    ----------
    surveys, support : DataFrame, optional
        Column comment; user_id, so that ids are masked in quotes.
    k : int
        How many groups, at most.
    released : iterable of Quote, optional
        The only quotes that are shown, see `themes`; the open workshop hands in those of its folder
        wherever no team sits in front of the notebook.
    workshop : Workshop, optional
        Its ``privacy: smallest_group`` is by how many people a word of a theme was used, at least.

    Returns
    -------
    DataFrame
        As `themes`.

    Raises
    ------
    AnalysisError
        Fewer than ten comments.

    Examples
    --------
    >>> import pandas as pd
    >>> late, dear = ["late parcel again", "the parcel was late"] * 6, ["dear shipping"] * 6
    >>> contacts = pd.DataFrame({"comment": late + dear})
    >>> int(comment_themes(support=contacts, k=1)["comments"].iloc[0])
    18
    """
    told = [t for t in (surveys, support) if t is not None and "comment" in t.columns]
    columns = ["comment", "user_id"]
    rows = concat([t.reindex(columns=columns) for t in told] or [DataFrame(columns=columns)])
    rows = rows[rows["comment"].notna() & (rows["comment"].astype(str).str.strip() != "")]
    if len(rows) < FEWEST:
        raise AnalysisError(
            f"this question would need a table of surveys or support with at least {FEWEST} "
            f"comments; there are {len(rows)}."
        )
    ids = {str(user) for t in told if "user_id" in t.columns for user in t["user_id"].dropna()}
    few = workshop.privacy.smallest_group if workshop else 5
    users = rows["user_id"].astype(object).fillna("").astype(str)
    return themes(rows["comment"], k, known=ids, users=users, released=released, smallest=few)
