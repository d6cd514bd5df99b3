"""``index.html``: all personas of a run side by side, from their ``result.json`` files alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from journeykit import charts
from journeykit.charts import renderer
from journeykit.claims.trend import earlier_results, trend
from journeykit.report.page import anchored, link, page
from journeykit.report.persona import failure_of
from journeykit.words import people, percent

__all__ = ["write_index"]

_EARLIER = 10
_VERDICTS = ("broken", "kept", "undecided")
_CLAIMS = {"supported": "▲", "refuted": "▼", "undecided": "◊"}
_LIGHTS = {"green": "▲", "red": "▼", "amber": "◊", "wrong": "✗"}


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
    personas = [r for r in results if r.get("kind") != "compare"]
    first: Mapping[str, Any] = personas[0] if personas else results[0] if results else {}
    panels = _numbered([*_panels(personas), *_trend(personas, run)])
    sources = sorted({str(r["data"].get("source")) for r in personas if r["data"].get("source")})
    return page(
        "index.html.j2",
        run / "index.html",
        [panel["spec"] for panel in panels],
        title=f"{first.get('workshop', run.name)} · run {run.name}",
        run_id=run.name,
        kit=first.get("kit_version", ""),
        workshop=first.get("workshop", run.name),
        status=status_of(results),
        facts=_facts(personas),
        progress=_progress(personas),
        cards=[_card(r, run) for r in personas],
        panels=panels,
        compare=_compared(results, run),
        ran=_ran(results, run),
        earlier=_earlier(run),
        source=f"Data: {', '.join(sources)}." if sources else "Without an event log.",
    )


def read_results(run: Path) -> list[dict[str, Any]]:
    """Read the results of a run, personas first, in the order of their names."""
    found = []
    for file in sorted(run.glob("*/result.json")):
        result = json.loads(file.read_text(encoding="utf-8"))
        result["folder"] = file.parent
        found.append(result)
    names = Counter(_name(result) for result in found)
    for result in found:  # two personas may be called the same
        if names[_name(result)] > 1:
            result["persona_name"] = f"{_name(result)} ({result['folder'].name})"
    return sorted(found, key=lambda r: r.get("kind") == "compare")


def status_of(results: list[dict[str, Any]]) -> str:
    """Say how a run went: the worst of its parts."""
    states = {r["status"] for r in results}
    return next((s for s in ("interrupted", "failed") if s in states), "ok")


def _verdict(word: str) -> int:
    return _VERDICTS.index(word) if word in _VERDICTS else len(_VERDICTS)


def _name(result: Mapping[str, Any]) -> str:
    return str(result.get("persona_name") or result.get("persona") or "Compare personas")


def _facts(personas: list[dict[str, Any]]) -> list[tuple[str, str]]:
    everybody: dict[str, Any] = next(
        (r["data"]["all"] for r in personas if r["data"].get("all")), {}
    )
    facts = [
        (f"{everybody[key]:,}", f"{words} in all data")
        for key, words in (("users", "customers"), ("sessions", "sessions"), ("events", "events"))
        if everybody.get(key) is not None
    ]
    if everybody.get("converted") is not None and everybody.get("users"):
        share = percent(everybody["converted"] / everybody["users"])
        goal = next((r["data"].get("goal") for r in personas if r["data"].get("goal")), "the goal")
        facts.append((f"{everybody['converted']:,}", f"customers reached {goal} ({share})"))
    return facts


def _progress(personas: list[dict[str, Any]]) -> list[dict[str, str]]:
    for result in personas:
        states = result.get("phases", {}).get("start-here", {}).get("progress", {}).get("states")
        if states:
            return [{"phase": phase, "state": state} for phase, state in states.items()]
    return []


def _card(result: dict[str, Any], run: Path) -> dict[str, Any]:
    data, funnel = result["data"], result.get("funnel") or []
    spots, promises = result.get("weak_spots") or [], result.get("promises") or []
    report = result["folder"] / "report.html"
    verdicts = Counter(p["verdict"] for p in promises)
    counted = "No numbers."
    if data.get("users") is not None:
        counted = (
            f"{people(data['users'])}, {data['sessions']:,} sessions, {data['events']:,} events"
        )
    return {
        "name": _name(result),
        "status": result["status"],
        "error": failure_of(result, f"{link(result['folder'], run)}/"),
        "counted": counted,
        "funnel": [
            {
                "step": s["step"],
                "share": percent(s["of_start"]),
                "width": round(100 * (s["of_start"] or 0), 1),
            }
            for s in funnel
        ],
        "reached": _reached(data, funnel),
        "spot": next((s["what"] for s in spots if s.get("significant")), ""),
        "promises": ", ".join(f"{verdicts[v]} {v}" for v in sorted(verdicts, key=_verdict)),
        "claims": _counted(Counter(c["verdict"] for c in result.get("claims") or []), _CLAIMS),
        "tests": _counted(
            result.get("phases", {}).get("test-the-journey", {}).get("journey-tests"), _LIGHTS
        ),
        "next": _next(result.get("phases", {}).get("test-the-journey", {}).get("next-agenda")),
        "report": link(report, run) if report.exists() else "",
    }


def _next(agenda: Mapping[str, Any] | None) -> str:
    """Say what the next session would be about."""
    if not agenda or not agenda.get("rows"):
        return ""
    parts = [row["what"] for row in agenda["rows"][1:-1] if row["what"] != "Break"]
    return f"{agenda['minutes']} minutes: {'; '.join(parts[:2])}{' …' if parts[2:] else ''}"


def _counted(counts: Mapping[str, int] | None, signs: Mapping[str, str]) -> str:
    """Count verdicts or colours, each with its sign and its word; nothing where there are none.

    What is wrong is a mistake to mend, not an outcome: where nothing is, it is not spoken of.
    """
    if not counts or not sum(counts.get(word, 0) for word in signs):
        return ""
    told = {word: counts.get(word, 0) for word in signs}
    return ", ".join(
        f"{signs[word]} {n} {word}" for word, n in told.items() if n or word != "wrong"
    )


def _reached(data: Mapping[str, Any], funnel: list[dict[str, Any]]) -> str:
    """Say who goes the designed way to its end, and who gets there by any way."""
    if not funnel:
        return ""
    said = f"{people(funnel[-1]['users'])} of {funnel[0]['users']:,} go all the way in this order"
    if data.get("converted") is None or not data.get("users"):
        return f"{said}."
    share = percent(data["converted"] / data["users"])
    return f"{said}; {data['converted']:,} ({share} of all) reach the goal by whatever way."


def _panels(personas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Draw the personas side by side: who gets to the end, and step by step."""
    told = [r for r in personas if r.get("funnel")]
    if len(told) < 2:
        return []
    ends = pd.DataFrame(
        [
            {
                "persona": _name(r),
                "users": r["funnel"][0]["users"],
                "share": last["of_start"],
                "low": last.get("of_start_low"),
                "high": last.get("of_start_high"),
                "small_n": r["funnel"][0]["users"] < 30,
            }
            for r in told
            if (last := r["funnel"][-1])
        ]
    )
    steps = pd.DataFrame(
        [
            {"persona": _name(r), "step_number": place, **step, "small_n": step["users"] < 30}
            for r in told
            for place, step in enumerate(r["funnel"], start=1)
        ]
    )
    drawn = (
        (
            "ends",
            "Who gets to the end?",
            _ends(ends),
            "Customers who got through all steps in order, of those who began",
            charts.compare_personas(ends),
        ),
        (
            "steps",
            "Where does each one get lost?",
            _narrowest(steps),
            "Customers, each step of those who reached the step before",
            charts.funnel(steps),
        ),
    )
    return [_drawn(*each) for each in drawn]


def _drawn(id: str, title: str, said: str, counts: str, chart: Any) -> dict[str, Any]:
    spec = renderer.spec(chart)
    return {
        "id": id,
        "phase": "index",
        "title": title,
        "sentence": said,
        "counts": counts,
        "spec": spec,
        "svg": renderer.svg(spec, title, said),
    }


def _numbered(panels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**anchored(panel), "number": number} for number, panel in enumerate(panels, start=1)]


def _trend(personas: list[dict[str, Any]], run: Path) -> list[dict[str, Any]]:
    """Draw who reaches the goal over all runs so far; nothing where there is one measurement only."""
    frames = []
    for each in personas:
        results = earlier_results(run.parent, str(each.get("persona")))
        frame = trend(result for result in results if result["run_id"] <= run.name)
        frames.append(
            frame[frame["key"] == "conversion"].assign(key=_name(each), label=_name(each))
        )
    told = pd.concat(frames) if frames else pd.DataFrame()
    if not len(told) or told.groupby("key")["run_id"].nunique().max() < 2:
        return []
    times = told["run_id"].nunique()
    return [
        _drawn(
            "trend",
            "How it develops",
            f"{times} measurements, by the last day of their data.",
            "Customers who reach the goal, by whatever way, of all of the persona",
            charts.trend(told, title="Customers who reach the goal"),
        )
    ]


def _ends(ends: pd.DataFrame) -> str:
    ordered = ends.sort_values("share", ascending=False)
    best, worst = ordered.iloc[0], ordered.iloc[-1]
    return (
        f"{best['persona']} most often ({percent(best['share'])}), "
        f"{worst['persona']} least ({percent(worst['share'])})."
    )


def _narrowest(steps: pd.DataFrame) -> str:
    later = steps[(steps["step_number"] > 1) & steps["of_previous"].notna()]
    worst = later.sort_values("of_previous").drop_duplicates("persona").groupby("step", sort=False)
    said = []
    for step, group in worst:
        lost = ", ".join(f"{r.persona} ({percent(1 - r.of_previous)})" for r in group.itertuples())
        said.append(f"most of all at “{step}”: {lost}")
    return f"Lost {'; '.join(said)}." if said else ""


def _compared(results: list[dict[str, Any]], run: Path) -> str:
    """Return the link to what the notebook that compares the personas found."""
    reports = [r["folder"] / "report.html" for r in results if r.get("kind") == "compare"]
    return next((link(report, run) for report in reports if report.exists()), "")


def _ran(results: list[dict[str, Any]], run: Path) -> dict[str, Any]:
    """Lay out the notebooks as rows and the personas as columns."""
    done = {
        (_name(r), n["name"]): {**n, "folder": r["folder"]}
        for r in results
        for n in r.get("notebooks", [])
    }
    people = list(dict.fromkeys(_name(r) for r in results))

    def cell(persona: str, name: str) -> dict[str, Any] | None:
        found = done.get((persona, name))
        if found is None:
            return None
        file, seconds = found.get("link") or found.get("file"), found.get("seconds")
        return {
            "persona": persona,
            "status": found["status"],
            "link": f"{link(found['folder'], run)}/{file}" if file else "",
            "seconds": "open" if seconds is None else f"{seconds:.1f} s",
        }

    names = sorted({name for _, name in done})
    return {
        "names": people,
        "rows": [
            {"name": name, "cells": [cell(persona, name) for persona in people]} for name in names
        ],
    }


def _earlier(run: Path) -> list[dict[str, Any]]:
    """List the runs beside this one, the newest first, with what they found."""
    found = []
    for other in sorted(
        (p for p in run.parent.iterdir() if p.is_dir() and p.name < run.name), reverse=True
    ):
        results = read_results(other)
        if not results:
            continue
        ends = [
            f"{_name(r)} {percent(r['funnel'][-1]['of_start'])}"
            for r in results
            if r.get("kind") != "compare" and r.get("funnel")
        ]
        found.append(
            {
                "run_id": other.name,
                "status": status_of(results),
                "said": ", ".join(ends) or "–",
                "link": f"{link(other, run)}/index.html",
            }
        )
        if len(found) == _EARLIER:
            break
    return found
