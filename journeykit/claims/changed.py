"""Since when: the days between which what a claim speaks of changed."""

from typing import Any

import numpy as np
from pandas import Timedelta

from journeykit.errors import AnalysisError, RunError, did_you_mean
from journeykit.numbers.change_points import LEAST, change_points
from journeykit.words import day, people

from .scope import Evidence
from .testing import Planned, nights_of, planned_tests
from .words import value_words

_WHEN = {"answers": "they answered", "pair": "it was over"}


def claim_of(folder: Any, claim: str, personas: Any = None) -> Planned:
    """Find a claim of an as-is map by the id of its card, or by ``map/card``; raises RunError.

    Parameters
    ----------
    folder : WorkshopFolder
    claim : str
    personas : sequence of str, optional
        Whose maps are looked at; without them all.
    """
    known = {each.id: each for each in planned_tests(folder, personas, every=True) if each.card}
    found = [id for id in known if claim in (id, id.partition("/")[2])]
    if len(found) == 1:
        return known[found[0]]
    if found:
        raise RunError(f"{claim!r} is the id of several cards; say which: {', '.join(found)}")
    near = did_you_mean(claim.rpartition("/")[2], (id.partition("/")[2] for id in known), show=20)
    raise RunError(f"no card with a claim has the id {claim!r}. {near}")


def since_when(evidence: Evidence, test: Planned) -> list[str]:
    """Say between which days what a claim speaks of changed, or that it did not.

    Parameters
    ----------
    evidence : Evidence
        The open workshop of its persona.
    test : Planned

    Returns
    -------
    list of str
        Lines.

    Raises
    ------
    AnalysisError
        Where it cannot be told; says why.
    """
    found: Any = test.run(evidence).verdict
    about, held = found.claim.about, nights_of(evidence, found)
    if not found.measured:
        raise AnalysisError(found.why)
    if not about.nights:
        raise AnalysisError(
            f"{found.claim.metric!r} is not counted night by night, so its day cannot be told; "
            "“What has an alarm” in docs/analyst.md names the metrics that are"
        )
    if not held or len(held[0][0]) < LEAST:
        raise AnalysisError(f"fewer than {LEAST} nights are over, too few; give a longer log")
    table, kind, what = held[0][0], about.kind, about.counts
    if kind == "hours":
        what += f" and took longer than {value_words(found.claim.limits[0], kind)}"
        kind = "share"
    x, (low, high) = table.columns.to_numpy(float), table.attrs["ends"]
    nights, days = table.to_numpy() @ np.c_[np.ones_like(x), x], table.index - table.attrs["wide"]
    changes = change_points(nights, float(np.cov(x, fweights=table.sum())))
    said = [
        f"{value_words(low + (high - low) * went / n, kind)} on {n:,.0f}"
        for n, went in np.add.reduceat(nights, [0, *changes[:, 1]])
    ]
    lines = [f"{found.text.rstrip('.')}: {found.sentence}"]
    for (first, _, last), before, after in zip(changes, said, said[1:]):
        ends = days[first - 1] + Timedelta(days=1), days[last]
        span = " and ".join(dict.fromkeys(f"{each:%a} {day(each)}" for each in ends))
        how = ("on", "between")[" and " in span]
        lines.append(f"  changed {how} {span} (95%): {before} before, {after} after")
    if not said[1:]:
        span = f"{len(days)} nights, {day(days[0])} to {day(days[-1])}"
        lines.append(f"  no change that is beyond luck in {span}: {said[0]}")
    came = f"they came; their window was over {people(table.attrs['wide'].days, 'days')} later"
    return [*lines, f"  Counted are {what}, by the day on which {_WHEN.get(about.nights, came)}."]
