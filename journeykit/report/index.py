"""``index.html``: all personas of a run side by side, from their ``result.json`` files alone."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
from pandas import DataFrame

from journeykit import charts
from journeykit.charts import renderer
from journeykit.charts.poster.atlas import atlas_html
from journeykit.claims import SIGNS
from journeykit.claims.atlas import ends, narrowest
from journeykit.claims.numbers import name_of
from journeykit.claims.testing import LIGHTS
from journeykit.claims.trend import earlier_results, trend
from journeykit.errors import FileProblem
from journeykit.model import Data, Result, worst
from journeykit.store import read_json, write_atomic
from journeykit.words import percent

from .decided import csv, ics
from .page import anchored, failure_of, page

_EARLIER = 10


def write_index(run: str | Path) -> Path:
    """Write the index of a run from the results in its folder.

    Parameters
    ----------
    run : path
        ``runs/<run-id>`` with a folder for each persona.

    Returns
    -------
    Path
        ``index.html`` in that folder.
    """
    run = Path(run)
    results = read_results(run)
    personas = [r for r in results if r["kind"] != "compare"]
    first = (personas or results or [{}])[0]
    workshop = first.get("workshop", run.name)
    everybody, goal = (_first(r["data"].get(key) for r in personas) for key in ("all", "goal"))
    lists = {kind: _first(r.get(kind) for r in results) or [] for kind in ("decisions", "parked")}
    made = {f"decisions.{way.__name__}": way(lists["decisions"], workshop) for way in (csv, ics)}
    files = {name: text for name, text in made.items() if text}
    for name, text in files.items():
        write_atomic(run / name, text)
    return page(
        "index.html.j2",
        run / "index.html",
        [*_side_by_side(personas), *_trend(personas, run)],
        title=f"{workshop} · run {run.name}",
        run_id=run.name,
        kit=first.get("kit_version", ""),
        workshop=workshop,
        status=worst(r["status"] for r in results),
        everybody=everybody or {},
        goal=goal,
        signs=SIGNS,
        lights=LIGHTS,
        progress=_first(_shown(r, "start-here", "progress").get("states") for r in personas) or {},
        cards=[_card(r) for r in personas],
        **lists,
        files=files,
        gate=_first(r["data"].get("gate") for r in personas),
        compare=_first(r["report"] for r in results if r["kind"] == "compare"),
        atlas=atlas_html(
            (name_of(r), r["report"], each | {"phases": r["phases"]})
            for r in personas
            for each in r.get("journeys") or ()
        ),
        not_run=next((r["not_run"] for r in results if r.get("not_run")), []),
        results=results,
        earlier=_earlier(run),
        sources={r["data"].get("source") for r in personas} - {None, ""},
    )


def _first(found: Iterable[Any]) -> Any:
    return next(filter(None, found), None)


def read_results(run: Path) -> list[Data]:
    """Read the results of a run, personas first, in the order of their names."""
    found = []
    for file in sorted(run.glob("*/result.json")):
        place, report = quote(file.parent.name), file.with_name("report.html")
        there = f"{place}/report.html" if report.exists() else ""
        found.append({**read_json(file, Result), "place": place, "report": there})
    names = Counter(map(name_of, found))
    for result in found:  # two personas may be called the same
        if names[name_of(result)] > 1:
            result["persona_name"] = f"{name_of(result)} ({result['place']})"
    return sorted(found, key=lambda r: r["kind"] == "compare")


def _shown(result: Data, phase: str, id: str) -> Any:
    """Return the numbers of a panel; none where it was not shown."""
    return result["phases"].get(phase, {}).get(id) or {}


def _card(result: Data) -> Data:
    verdicts = {
        kind: Counter(each["verdict"] for each in result[kind]) for kind in ("promises", "claims")
    }
    spots = (each["what"] for each in result["weak_spots"] if each.get("significant"))
    own: dict[str, str] = {}
    for notebook in result["notebooks"]:
        own |= notebook.get("own", {})
    return {
        **result,
        "name": name_of(result),
        "error": failure_of(result, f"{result['place']}/"),
        "spot": _first(spots),
        **verdicts,
        "tests": _shown(result, "test-the-journey", "journey-tests"),
        "agenda": _shown(result, "test-the-journey", "next-agenda"),
        "own": own,
    }


def _side_by_side(personas: list[Data]) -> list[Data]:
    """Draw the personas side by side: who gets to the end, and step by step."""
    told = {name_of(r): r["funnel"] for r in personas if r["funnel"]}
    if len(told) < 2:
        return []
    reached, lost = ends(told), narrowest(told)
    return [
        _drawn(
            "ends",
            "Who gets to the end?",
            reached[1],
            "Customers who got through all steps in order, of those who began",
            charts.compare_personas(reached[0]),
        ),
        _drawn(
            "steps",
            "Where does each one get lost?",
            lost[1],
            "Customers, each step of those who reached the step before",
            charts.funnel(lost[0]),
        ),
    ]


def _drawn(id: str, title: str, said: str, counts: str, chart: Any) -> Data:
    spec = renderer.spec(chart)
    return anchored(
        {
            "id": id,
            "phase": "index",
            "title": title,
            "sentence": said,
            "counts": counts,
            "spec": spec,
            "svg": renderer.svg(spec, title, said),
        }
    )


def _trend(personas: list[Data], run: Path) -> list[Data]:
    """Draw who reaches the goal over all runs so far; nothing where there is one measurement
    only.
    """
    frames = []
    for each in personas:
        results, _ = earlier_results(run.parent, str(each.get("persona")))
        frame = trend(result for result in results if result["run_id"] <= run.name)
        name = name_of(each)
        frames.append(frame[frame["key"] == "conversion"].assign(key=name, label=name))
    told = pd.concat(frames) if frames else DataFrame()
    if not len(told) or told.groupby("key")["run_id"].nunique().max() < 2:
        return []
    return [
        _drawn(
            "trend",
            "How it develops",
            f"{told['run_id'].nunique()} measurements, by the last day of their data.",
            "Customers who reach the goal, by whatever way, of all of the persona",
            charts.trend(told, title="Customers who reach the goal"),
        )
    ]


def _earlier(run: Path) -> list[Data]:
    """List the runs beside this one, the newest first, with what they found."""
    others = sorted((p for p in run.parent.iterdir() if p.name < run.name), reverse=True)
    told = ((other.name, said) for other in others if (said := _went(other)))
    return [
        {"run_id": name, "status": status, "said": said, "link": f"../{quote(name)}/index.html"}
        for name, (status, said) in islice(told, _EARLIER)
    ]


def _went(run: Path) -> tuple[str, str] | None:
    """Say how an earlier run went, or why that cannot be told; None where it is no run."""
    try:
        results = read_results(run)
    except FileProblem as problem:
        return "failed", str(problem)
    ends = (f"{name_of(r)} {percent(r['funnel'][-1]['of_start'])}" for r in results if r["funnel"])
    return (worst(r["status"] for r in results), ", ".join(ends) or "–") if results else None
