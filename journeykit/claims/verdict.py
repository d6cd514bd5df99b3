"""Verdicts: supported, refuted or undecided, from the interval and n, never from a point alone."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from journeykit.errors import Covered, JourneykitError
from journeykit.model import Card, Claim, Journey
from journeykit.numbers.claimed import Measured, measure
from journeykit.numbers.few import least_of
from journeykit.numbers.stats import SMALL

from .names import mistake_in
from .scope import Evidence
from .words import claim_words, tell

SIGNS = {"supported": "▲", "refuted": "▼", "undecided": "◊", "covered": "○"}
"""A verdict's sign; the word always stands beside it."""
_VALUES = ("channel", "campaign", "contact channel", "column and value", "two products")
"""What a claim may be of that is a value of the data."""
_FAR = 100  # a claim that takes so many times the customers lies on its threshold


@dataclass(frozen=True)
class Verdict:
    """What the data says to one claim.

    ``verdict`` is ``supported``, ``refuted``, ``undecided``, or ``covered`` while the team has
    still to guess what it is held against; ``value``, ``low``, ``high`` and
    ``n`` are in the metric's unit, None where nothing was measured; ``why`` says it in words;
    ``more`` is how many more ``counts`` would decide it, where that can be said; ``mistake`` says,
    with file and line, that the claim names what nobody in the data has.
    """

    id: str
    claim: Claim
    sentence: str
    verdict: str = "undecided"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    counts: str = ""
    why: str = ""
    more: int | None = None
    mistake: str = ""
    persona: str = ""
    journey: str = ""
    card: str = ""
    text: str = ""
    stage: str = ""
    sql: str = field(default="", repr=False, compare=False)

    @property
    def must(self) -> bool:
        """Whether it is a journey test."""
        return self.claim.must

    @property
    def measured(self) -> bool:
        """Whether the data had what it takes."""
        return self.value is not None

    @property
    def value_words(self) -> str:
        """The value with its interval and n: ``47.5% (44.1% to 51.0%), 812 customers``."""
        return tell("value", self)

    def row(self) -> dict[str, Any]:
        """Return it as ``result.json`` holds it."""
        names = (
            "id persona journey card sentence verdict value low high n counts why more mistake must"
        ).split()
        return {
            **{name: getattr(self, name) for name in names},
            "metric": self.claim.metric,
            "kind": self.claim.about.kind,
            "is": self.claim.comparison,
            "threshold": list(self.claim.limits),
        }


def decide(low: float, high: float, n: float, comparison: str, limits: tuple[float, ...]) -> str:
    """Decide a claim from the interval of its value, and n.

    Parameters
    ----------
    low, high : float
        The 95 % interval; NaN where there is none.
    n : float
        On how many it rests; fewer than 30 decide nothing.
    comparison : str
        ``at least``, ``at most``, ``above``, ``below`` or ``between``.
    limits : tuple of float
        The threshold, two for ``between``.

    Returns
    -------
    str
        ``supported`` where the whole interval is on the claimed side, ``refuted`` where all of
        it is on the other, else ``undecided``.

    Examples
    --------
    >>> decide(0.44, 0.51, 812, "at least", (0.8,)), decide(0.7, 0.9, 50, "at least", (0.8,))
    ('refuted', 'undecided')
    """
    if not (low <= high and n >= SMALL):
        return "undecided"
    first, last = limits[0], limits[-1]
    good, bad = {
        "at least": (low >= first, high < first),
        "above": (low > first, high <= first),
        "at most": (high <= first, low > first),
        "below": (high < first, low >= first),
        "between": (low >= first and high <= last, high < first or low > last),
    }[comparison]
    return "supported" if good else "refuted" if bad else "undecided"


def more_needed(
    value: float, low: float, high: float, n: int, limits: tuple[float, ...], share: bool
) -> int | None:
    """Say how many more would decide it, if the value stays what it is; None where none would.

    The distance from value to interval shrinks with the root of n. For a share it is that of
    Wilson's interval, which leaves a threshold t at ``n = z²·t(1-t)/(p-t)²``; what the
    observations are worth (people with several sessions) is read off the interval's own end.

    Examples
    --------
    >>> more_needed(0.5, 0.4038, 0.5962, 100, (0.45,), share=True)
    281
    >>> more_needed(0.5, 0.40, 0.60, 100, (0.5,), share=True) is None
    True
    """
    inside = len(limits) == 2 and limits[0] <= value <= limits[1]
    near = limits if inside else (min(limits, key=lambda limit: abs(limit - value)),)
    needed = float(SMALL)
    for limit in near:
        end = low if limit < value else high
        reach, gap = abs(end - value), abs(limit - value)
        if not gap:
            return None
        ratio = (reach / gap) ** 2
        if share and 0 < end < 1 and 0 < limit < 1:
            ratio *= limit * (1 - limit) / (end * (1 - end))
        needed = max(needed, ratio * n)
    more = max(round(needed) - n, 1)
    return more if more <= _FAR * max(n, SMALL) else None


def verdict(
    evidence: Evidence, claim: Claim, card: Card | None = None, journey: str = ""
) -> Verdict:
    """Hold one claim against the data.

    Parameters
    ----------
    evidence : Evidence
        The open workshop.
    claim : Claim
    card : Card, optional
        The card that carries it; its stage counts where a metric of a stage names none.
    journey : str
        The id of the map.

    Returns
    -------
    Verdict
    """
    workshop, stage = evidence.session.workshop, claim.stage or (card.stage if card else "")
    other = evidence.persona_name(claim.persona) if claim.persona else ""
    at = card.id if card else ""
    made = partial(
        Verdict,
        id="/".join(filter(None, (journey, at))) or "claim",
        claim=claim,
        persona=evidence.session.persona_id,
        journey=journey,
        stage=stage,
        sentence=claim_words(claim, workshop, other, stage),
        card=at,
        text=card.text if card else "",
    )
    if shut := evidence.session.gate.shut:
        return made(why=f"No verdict: {shut[0]}")
    slip = mistake_in(evidence, claim, journey, at)
    try:
        if slip:
            raise slip
        evidence.session.cover(claim.metric)
        found = measure(evidence.scope(claim), claim.metric, claim.of, stage)
    except Covered as problem:
        return made(verdict="covered", why=f"{problem}")
    except JourneykitError as problem:
        return made(why=f"Not measured: {problem.told(evidence.session)}", mistake=str(slip or ""))
    least = least_of(evidence.session)
    if found.n < least and (claim.segment or claim.about.of in _VALUES):
        return made(why=f"Fewer than {least} {found.counts}: too few to be told in what goes out.")
    word = decide(found.low, found.high, found.n, claim.comparison, claim.limits)
    open_ = word == "undecided" and found.value == found.value
    more = _more(found, claim) if open_ else None
    value, low, high = (None if x != x else x for x in (found.value, found.low, found.high))
    return made(
        verdict=word,
        value=value,
        low=low,
        high=high,
        n=found.n,
        counts=found.counts,
        why=tell("why", word, found, claim, more, SMALL),
        more=more,
        sql=found.sql,
    )


def _more(found: Measured, claim: Claim) -> int | None:
    more, share = None, claim.about.kind == "share"
    if found.low <= found.high:
        more = more_needed(found.value, found.low, found.high, found.n, claim.limits, share)
    return max(more or 0, SMALL - found.n) if found.n < SMALL else more


def verdicts(
    evidence: Evidence, journey: Journey | None = None, *, must: bool = False
) -> list[Verdict]:
    """Hold every claim of a map against the data, in the order of its cards.

    Parameters
    ----------
    evidence : Evidence
        The open workshop.
    journey : Journey, optional
        The map; without it all as-is maps of the persona, one after the other.
    must : bool
        Only those that must hold.
    """
    return [
        verdict(evidence, card.claim, card, each.id)
        for each in ([journey] if journey else evidence.session.journeys)
        for card in evidence.session.workshop.in_order(each)
        if card.claim and (card.claim.must or not must)
    ]
