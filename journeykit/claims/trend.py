"""The trend: each main number and journey test over all runs of a workshop, with its interval."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from pandas import DataFrame

from journeykit.errors import FileProblem
from journeykit.model import Result as SavedResult
from journeykit.numbers.frames import Row, tidy
from journeykit.numbers.stats import SMALL
from journeykit.store import read_json

from .numbers import Result, compare_numbers, main_numbers

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
