"""The next session's agenda, from evidence: what was refuted, flipped, moved or has gone stale."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from journeykit.declared import beside

from .findings import Finding
from .lint import lint
from .numbers import Result
from .trend import earlier_results
from .words import tell

MOST_MINUTES = 180
"""A session is no longer than that; what does not fit is said."""
_BREAK_AFTER = 90
_MORE, _LONGEST = 5, 30

Ground = tuple[str, str, str | None]
"""A piece of evidence: its kind, its words, and the id of the persona that it is of."""


class Kind(NamedTuple):
    """How long a kind of evidence takes (the first, then 5 for each more, 30 at most), and
    where.
    """

    minutes: int
    phase: str
    words: str


_DECLARED = beside(__file__)
KINDS = {kind: Kind(**rule) for kind, rule in _DECLARED["kinds"].items()}
"""Kind of evidence to its rule, the most urgent first."""


@dataclass(frozen=True)
class Item:
    """A part of the proposed session: what to do, for how long, and the evidence for it."""

    what: str
    minutes: int
    phase: str
    why: str
    kind: str
    count: int = 1

    def row(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {key: getattr(self, key) for key in "what minutes phase why".split()}


def next_agenda(
    claims: Sequence[Result],
    before: Sequence[Result] = (),
    findings: Iterable[Finding] = (),
    more: Iterable[Ground] = (),
    most: int = MOST_MINUTES,
    names: Mapping[str | None, str] = {},
) -> tuple[list[Item], list[Item]]:
    """Propose what the next session should be about, and say what does not fit.

    Parameters
    ----------
    claims, before : sequence of mapping
        Claims as ``result.json`` holds them: of now, and of the run before. ``light`` says what a
        red or green alarm says.
    findings : iterable of Finding
        What the lint found.
    more : iterable of (kind, text, persona)
        Other evidence, by the kinds of `KINDS`.
    most : int
        Minutes in all, opening, break and closing included.
    names : mapping
        Id of a persona to what her evidence begins with.

    Returns
    -------
    agenda, left_out : list of Item
        Empty where there is no evidence for a session.

    Examples
    --------
    >>> claim = {"id": "maya/pay", "sentence": "Pay: at least 20%", "verdict": "refuted",
    ...     "must": True}
    >>> agenda, left = next_agenda([claim], [{**claim, "verdict": "supported"}])
    >>> [(item.kind, item.minutes) for item in agenda]
    [('opening', 5), ('flipped to refuted', 20), ('closing', 10)]
    """
    kinds = {"JK116": "pain", "JK117": "stale"}
    told = [
        (kinds.get(f.code, "map"), f.sentence, f.place.persona) for f in findings if not f.because
    ]
    kept: list[Item] = []
    left: list[Item] = []
    for item in _grouped([*_of_claims(claims, before), *told, *more], names):
        whole = _framed([*kept, item])
        fits = sum(each.minutes for each in whole) <= most
        (kept if fits else left).append(item)
    return _framed(kept) if kept or left else [], left


def _of_claims(claims: Sequence[Result], before: Sequence[Result]) -> Iterator[Ground]:
    was = {row["id"]: row["verdict"] for row in before}
    for row in claims:
        verdict, old, light = row["verdict"], was.get(row["id"]), row.get("light", "")
        of = f"{row['sentence']} ({light})" if light else row["sentence"], row.get("persona")
        if " red " in light:
            yield "alarm", *of
        elif verdict == "refuted":
            yield ("flipped to refuted" if old == "supported" else "refuted"), *of
        elif verdict == "supported" and old == "refuted":
            yield "flipped to supported", *of
        elif verdict == "undecided" and row.get("must"):
            yield "undecided", *of


def _grouped(evidence: Iterable[Ground], names: Mapping[str | None, str]) -> Iterator[Item]:
    """Make one part of each kind, the most urgent first."""
    order = [*KINDS]
    every = sorted(evidence, key=lambda each: order.index(each[0]))
    for kind, group in groupby(every, itemgetter(0)):
        said = (names.get(persona, "") + text.rstrip(".") for _, text, persona in group)
        texts = [*dict.fromkeys(said)]
        rule, count = KINDS[kind], len(texts)
        minutes = min(rule.minutes + _MORE * (count - 1), _LONGEST)
        others = f" (and {count - 3} more)" if count > 3 else ""
        why = "; ".join(texts[:3]) + others
        yield Item(rule.words, minutes, rule.phase, why, kind, count)


def _framed(items: list[Item]) -> list[Item]:
    """Put the opening behind what is decided and not done, the closing last, and a break where it
    is long.
    """
    opening, pause, closing = (Item(**part, kind=kind) for kind, part in _DECLARED["frame"].items())
    first = sum(item.kind in ("overdue", "decided") for item in items)
    whole = [*items[:first], opening, *items[first:], closing]
    passed = accumulate(item.minutes for item in whole)
    place = sum(minutes <= _BREAK_AFTER for minutes in passed)
    return [*whole[:place], *[pause] * (place < len(whole)), *whole[place:]]


def undone(decisions: Iterable[Any], today: dt.date) -> Iterator[Ground]:
    """List the open decisions, those whose day has passed as overdue."""
    for d in decisions:
        if d.state == "open":
            late = d.due and d.due < today
            yield "overdue" if late else "decided", tell("decided", d), d.persona


def of_records(folder: Any) -> Iterator[Ground]:
    """List what is open in a folder: decisions, what was parked, what was guessed."""
    yield from undone(folder.records("decisions"), folder.workshop().now().date())
    for each in folder.records("parked"):
        if each.state == "open" and each.text:
            yield "parked", each.text, each.persona
    yield from (("guess", g.what, g.persona) for g in folder.records("guesses") if g.revealed)


def whose(folder: Any) -> dict[str | None, str]:
    """Say how what is of a persona begins; there is nothing to say where there is one alone."""
    who = folder.personas()
    return {id: f"{each.name}: " for id, each in who.items() if len(who) > 1}


def of_folder(folder: Any) -> tuple[list[Item], list[Item]]:
    """Propose the next session of a folder from its records, its maps and its last runs.

    Where there are several personas, what is of one begins with her name. Gives the agenda and what
    does not fit, as `next_agenda` does.
    """
    last = (run for id in folder.personas() for run in earlier_results(folder.runs, id, most=1)[0])
    claims = [claim for run in last for claim in run["claims"]]
    return next_agenda(claims, (), lint(folder), of_records(folder), names=whose(folder))
