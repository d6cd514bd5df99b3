"""How themes are found: words that tell topics apart, in any language, without a word list."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from journeykit.errors import AnalysisError
from journeykit.words import people

FEWEST = 10  # comments; below that, read them
TERMS = 5

# Letters, and the marks that Indic and South-East Asian scripts and accents put on them.
WORD = re.compile(
    r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e\u0eb1-\u0ecd"
    r"\u0f71-\u0fbc\u102b-\u103e\u17b4-\u17d3])+"
)
# Han, kana, Thai, Lao, Tibetan, Burmese, Khmer: written without spaces between words.
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)


def find_themes(
    texts: list[str], k: int, users: Iterable[str] | None = None, smallest: int = 5
) -> tuple[np.ndarray, np.ndarray, list[list[str]]]:
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
        Theme of each text, -1 where it shares no word with any other, or where no word of its
        theme was used by ``smallest`` people.
    strength : ndarray of float
        How clearly it belongs; larger is clearer.
    terms : list of list of str
        Up to five words per theme, strongest first; each used by at least ``smallest`` people.
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
    told = np.where(_heard(matrix, users) >= smallest, told, 0)
    terms = [
        _terms([names[i] for i in np.argsort(-row, kind="stable") if row[i] > 0]) for row in told
    ]
    bare = [theme for theme, words in enumerate(terms) if not words]
    return np.where(np.isin(member, bare), -1, member), strength, terms


def _heard(matrix: Any, users: Iterable[str] | None) -> np.ndarray:
    """Count by how many people each word was used; who is not known counts as one of their own."""
    who = range(matrix.shape[0]) if users is None else users
    person, _ = pd.factorize(pd.Series([user or -i for i, user in enumerate(who, 1)], dtype=object))
    rows, word = matrix.nonzero()
    once = pd.DataFrame({"person": person[rows], "word": word}).drop_duplicates()
    return np.bincount(once["word"], minlength=matrix.shape[1])


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
