"""The trend: each main number and journey test over all runs of a workshop, with its interval; and
between which days what a claim speaks of changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from pandas import DataFrame, Timedelta

from journeykit.errors import AnalysisError, FileProblem, RunError, did_you_mean
from journeykit.model import Result as SavedResult
from journeykit.numbers.change_points import LEAST, change_points
from journeykit.numbers.frames import Row, tidy
from journeykit.numbers.stats import SMALL
from journeykit.store import read_json
from journeykit.words import day

from .numbers import Result, compare_numbers, main_numbers
from .scope import Evidence
from .testing import Planned, nights_of, planned_tests
from .words import tell, value_words

_COLUMNS = "label at run_id value low high n kind group verdict key small_n".split()


def earlier_results(runs: Path, persona: str, most: int = 60) -> tuple[list[Row], list[str]]:
    """Read the whole results of a persona, the oldest run first; and say which cannot be read.

    So that a trend does not leave out unsaid what is being written, or was mended by hand.

    Parameters
    ----------
    runs : Path
        ``runs/`` of the workshop, or wherever the runs are.
    persona : str
    most : int
        The newest so many.
    """
    found, left_out = [], list[str]()
    files = runs.glob(f"*/{persona}/result.json")
    for file in sorted(files, key=lambda file: file.parents[1].name)[-most:]:
        try:
            result = read_json(file, SavedResult)
        except FileProblem as problem:
            left_out.append(f"The run {file.parents[1].name} is left out: {problem}.")
        else:
            found += [result] if result["status"] == "ok" else []
    return found, left_out


def trend(results: Iterable[Result]) -> DataFrame:
    """Put the main numbers of several runs of one persona one after the other.

    Of runs on the same data only the newest counts: it is one measurement. The order is that of
    the last day of the data, then that of the runs.

    Parameters
    ----------
    results : iterable of mapping
        Results (``result.json``) of one persona.

    Returns
    -------
    DataFrame
        label, at (last day of the data, or the run), run_id, value, low, high, n, kind, group
        (``main``, ``steps``, ``tests``, ``claims``), verdict, key, small_n.
    """
    rows = [
        {**asdict(x), "at": _day(result), "run_id": result.get("run_id"), "small_n": x.n < SMALL}
        for result in measurements(results)
        for x in main_numbers(result)
    ]
    return tidy(rows, "users", ["Of runs on the same data the newest counts."], _COLUMNS)


def measurements(results: Iterable[Result]) -> list[Result]:
    """Keep one result for each data set, the newest, in the order of the last day of the data.

    Examples
    --------
    >>> june = {"run_id": "b", "data": {"fingerprint": "x", "to": "2026-06-30"}}
    >>> may = {"run_id": "c", "data": {"fingerprint": "y", "to": "2026-05-31"}}
    >>> [each["run_id"] for each in measurements([june, may, {**june, "run_id": "d"}])]
    ['c', 'd']
    """
    newest = {
        (result.get("data") or {}).get("fingerprint") or result.get("run_id"): result
        for result in results
    }
    return sorted(
        newest.values(),
        key=lambda each: (str((each.get("data") or {}).get("to")), str(each.get("run_id"))),
    )


def _day(result: Result) -> str:
    until = (result.get("data") or {}).get("to")
    return str(until)[:10] if until else str(result.get("run_id"))


def trend_words(results: Sequence[Result]) -> list[str]:
    """Say which numbers the last of several measurements shows apart from the one before it."""
    told = measurements(results)
    if len(told) < 2:
        return []
    frame = compare_numbers(main_numbers(told[-2]), main_numbers(told[-1]))
    moved = frame[frame["moved"]]
    return [f"{r.label}: {'higher' if r.difference > 0 else 'lower'}" for r in moved.itertuples()]


# --- since when ---------------------------------------------------------------------------------


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
    tested = test.run(evidence)
    found: Any = tested.verdict
    about, held = found.claim.about, nights_of(evidence, tested)
    if not found.measured:
        raise AnalysisError(found.why)
    if not about.nights:
        raise AnalysisError(
            f"{found.claim.metric!r} is not counted night by night, so its day cannot be told; "
            "“What has an alarm” in docs/analyst.md names the metrics that are"
        )
    if not held or len(held[0][0]) < LEAST:
        few = f"fewer than {LEAST} nights are over, too few; give a longer log"
        raise AnalysisError("; ".join(tested.late) or few)
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
        lines.append(tell("changed", *ends, before, after))
    if not said[1:]:
        span = f"{len(days)} nights, {day(days[0])} to {day(days[-1])}"
        lines.append(f"  no change that is beyond luck in {span}: {said[0]}")
    return [*lines, tell("counted", what, about.nights, table.attrs["wide"].days)]
