"""Themes in what customers wrote, in any language, without a word list of any language."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import pandas as pd

from journeykit.errors import AnalysisError
from journeykit.numbers.catalogue import number
from journeykit.numbers.frames import share_of, three, tidy, whole
from journeykit.numbers.likert import numbers, parse_scale
from journeykit.numbers.mask import TAKEN, mask
from journeykit.numbers.means import mean_interval
from journeykit.numbers.stats import small
from journeykit.words import people

FEWEST = 10  # comments; below that, read them
TERMS = 5
LONGEST_QUOTE = 200  # characters

# Letters, and the marks that Indic and South-East Asian scripts and accents put on them.
WORD = re.compile(
    r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e\u0eb1-\u0ecd"
    r"\u0f71-\u0fbc\u102b-\u103e\u17b4-\u17d3])+"
)
# Han, kana, Thai, Lao, Tibetan, Burmese, Khmer: written without spaces between words.
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)


def themes(
    texts: Iterable[Any],
    k: int = 6,
    *,
    scores: Iterable[Any] | None = None,
    scale: str = "0-10",
    known: Collection[str] = frozenset(),
) -> pd.DataFrame:
    """Group comments into themes, with counts and a masked quote each.

    A comment belongs to its strongest theme; what has no word in common with others stands in a
    row of its own, "(no theme)". How they are found: `find_themes`. There is no guess at
    sentiment: only where a score was given with the comment, its mean per theme is shown.

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

    Returns
    -------
    DataFrame
        theme (its first words), terms, comments, share (of comments), low, high (Wilson 1927),
        quote (masked), small_n; with scores also score, score_low, score_high (on the scale).
        Largest theme first.

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
    raw = pd.Series(list(texts), dtype=object)
    clean = raw.map(lambda text: mask(text, known) if isinstance(text, str) else "")
    words = clean.map(lambda text: TAKEN.sub(" ", unicodedata.normalize("NFC", text)))
    there = words.map(lambda text: bool(WORD.search(text)))
    member, strength, terms = find_themes(words[there].tolist(), k)
    quotes = clean[there].to_numpy()
    ends, n = parse_scale(scale), len(member)
    given = None
    if scores is not None:
        given = numbers(scores, ends, "the comments")[there.to_numpy()]

    def row(theme: int) -> dict[str, Any]:
        here = member == theme
        found = {
            "theme": " · ".join(terms[theme][:3]) if theme >= 0 else "(no theme)",
            "terms": ", ".join(terms[theme]) if theme >= 0 else "",
            "comments": int(here.sum()),
            **share_of(here.sum(), n),
            "quote": _quote(quotes[here], strength[here]) if theme >= 0 else "",
        }
        if given is not None:
            said = given[here & ~np.isnan(given)]
            found |= three("score score_low score_high", mean_interval(said, *ends))
        return found | {"small_n": small(found["comments"])}

    order = sorted(set(member), key=lambda theme: (theme < 0, -(member == theme).sum(), theme))
    left, fewer = len(raw) - n, min(whole(k, "k"), max(1, n // FEWEST))
    notes = [f"{left:,} of {people(len(raw), 'rows')} without words left out."] if left else []
    if fewer < k:
        notes.append(f"{people(n, 'comments')} carry {people(fewer, 'themes')}, not {k}.")
    return tidy(map(row, order), "comments", notes)


@number(
    "What do they talk about?",
    "Comments in surveys and support contacts; a comment is in one group. Names, addresses "
    "and numbers in quotes are masked",
    "theme terms comments:int share low high quote",
    id="themes",
    chart="themes",
    say=lambda frame: (
        f"The largest group, {frame['comments'].iloc[0]:,} of {frame['comments'].sum():,} "
        f"comments, sounds like this: “{frame['quote'].iloc[0]}”"
    ),
)
def comment_themes(
    surveys: pd.DataFrame | None = None, support: pd.DataFrame | None = None, k: int = 6
) -> pd.DataFrame:
    """Group the comments of surveys and support contacts by what they are about.

    Parameters
    ----------
    surveys, support : DataFrame, optional
        Column comment; user_id, so that ids are masked in quotes.
    k : int
        How many groups, at most.

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
    >>> late, dear = ["late parcel again", "the parcel was late"] * 6, ["dear shipping"] * 6
    >>> contacts = pd.DataFrame({"comment": late + dear})
    >>> int(comment_themes(support=contacts, k=1)["comments"].iloc[0])
    18
    """
    told = [t for t in (surveys, support) if t is not None and "comment" in t.columns]
    comments = pd.concat([t["comment"] for t in told]) if told else pd.Series(dtype=str)
    comments = comments[comments.notna() & (comments.astype(str).str.strip() != "")]
    if len(comments) < FEWEST:
        raise AnalysisError(
            f"this question would need a table of surveys or support with at least {FEWEST} "
            f"comments; there are {len(comments)}."
        )
    ids = {str(user) for t in told if "user_id" in t.columns for user in t["user_id"].dropna()}
    return themes(comments, k, known=ids)


def find_themes(texts: list[str], k: int) -> tuple[np.ndarray, np.ndarray, list[list[str]]]:
    """Give each text its theme: TF-IDF, filler words weighed down, then NMF.

    Words are the units; in a script without spaces, runs of two and three characters. A filler
    word is known by the company it keeps, in any language: it is frequent, and the texts that
    have it look like all texts. Each word w weighs ``min(1, e/e90)^¼``, e being the squared
    distance of the mean of the texts with w from the mean of all texts (w itself left out), less
    what chance gives, ``(1 - |mean|²)/df·(1 - df/n)``; e90 is the 90 % point of e among the
    frequent words. TF-IDF with sublinear counts (G. Salton & C. Buckley, 1988), non-negative
    matrix factorisation (D. D. Lee & H. S. Seung, Nature 401, 1999). No chance in it: the same
    texts give the same themes.

    Returns
    -------
    member : ndarray of int
        Theme of each text, -1 where it shares no word with any other.
    strength : ndarray of float
        How clearly it belongs; larger is clearer.
    terms : list of list of str
        Up to five words per theme, strongest first.
    """
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    n = len(texts)
    if n < FEWEST:
        raise AnalysisError(
            f"{people(n, 'comments')} with words in it: too few for themes ({FEWEST} needed). "
            "Read them one by one."
        )
    signs = sum(len(UNSPACED.findall(text)) for text in texts)
    unspaced = signs > 0.3 * sum(len(run) for text in texts for run in WORD.findall(text))
    units = _character_runs if unspaced else _words
    try:
        counts = TfidfVectorizer(analyzer=units, min_df=2, max_features=4000, sublinear_tf=True)
        matrix = counts.fit_transform(texts)
    except ValueError:
        raise AnalysisError(
            f"no two of the {n} comments share a word: there are no themes in them."
        ) from None
    topical = _topical(matrix)
    weighed = normalize(matrix.multiply(topical**0.25).tocsr())
    k = max(1, min(k, n // FEWEST, *weighed.shape))
    model = NMF(k, init="nndsvda", random_state=0, max_iter=400, tol=1e-3)
    weight = model.fit_transform(weighed)
    weight *= np.linalg.norm(model.components_, axis=1)
    total, names = weight.sum(axis=1), counts.get_feature_names_out()
    member = np.where(total > 1e-9, weight.argmax(axis=1), -1)
    strength = weight.max(axis=1) ** 2 / np.maximum(total, 1e-9)
    # a theme is told by topical words that are strong in it and weak in the others
    parts = model.components_
    told = np.sqrt(topical) * parts**2 / np.maximum(parts.sum(axis=0), 1e-12)
    ranked = [[names[i] for i in np.argsort(-row) if row[i] > 0] for row in told]
    return member, strength, list(map(_terms, ranked))


def _words(text: str) -> list[str]:
    return [word for word in WORD.findall(text.lower()) if len(word) > 1]


def _character_runs(text: str) -> list[str]:
    """Two and three characters in a row, within a run of letters; spaced words stay whole."""
    found = []
    for run in WORD.findall(text.lower()):
        if not UNSPACED.search(run):
            found += [run] if len(run) > 1 else []
            continue
        runs = (run[i : i + size] for size in (2, 3) for i in range(len(run) - size + 1))
        found += [part for part in runs if not unicodedata.category(part[0]).startswith("M")]
    return found


def _topical(matrix: Any) -> np.ndarray:
    """Weigh each word by how much its company differs from everyone's; see `find_themes`."""
    from sklearn.preprocessing import normalize

    there = (matrix > 0).astype(float)
    n = there.shape[0]
    unit = normalize(there)
    mean = np.asarray(unit.mean(axis=0)).ravel()
    df = np.asarray(there.sum(axis=0)).ravel()
    company = (there.T @ unit).tocsr()
    squares = np.asarray(company.multiply(company).sum(axis=1)).ravel() / df**2
    own = company.diagonal() / df
    away = squares - 2 * (company @ mean) / df + mean @ mean - (own - mean) ** 2
    excess = away - (1 - mean @ mean) / df * (1 - df / n)
    frequent = df >= max(5, 0.01 * n)
    if not frequent.any():
        return np.ones(len(df))
    usual = max(float(np.quantile(excess[frequent], 0.9)), 1e-9)
    # of a word that two comments have, no company can be told
    return np.where(df >= 3, np.clip(excess / usual, 0, 1), 1.0)


def _terms(ranked: list[str]) -> list[str]:
    """Take the strongest, without those that are part of one already taken."""
    taken: list[str] = []
    for term in ranked[: 6 * TERMS]:
        if not any(term in other or (UNSPACED.search(term) and other in term) for other in taken):
            taken.append(term)
        if len(taken) == TERMS:
            break
    return taken


def _quote(comments: np.ndarray, strength: np.ndarray) -> str:
    """Choose a clear and readable comment, rather one in which nothing had to be masked."""
    best = np.argsort(-strength, kind="stable")[:25]

    def unreadable(place: int) -> tuple[bool, bool, int]:
        text = comments[place]
        inner_capital = re.search(r"(?<=[^\W\d_] )[A-Z][a-z]", text) is not None
        return bool(TAKEN.search(text)), inner_capital, abs(len(text) - 90)

    text = " ".join(comments[min(best, key=unreadable)].split())
    cut = text[: LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"
    return text if len(text) <= LONGEST_QUOTE else cut
