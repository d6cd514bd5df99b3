"""Maps and charts as pictures: on paper, as PNG or SVG. All come from the same vectors."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from journeykit import charts
from journeykit.declared import beside, phrase
from journeykit.errors import RunError, did_you_mean
from journeykit.model import Data, Journey
from journeykit.words import day, people

from .told import Told

_LAYOUT = Path(__file__).with_name("summary.typ")
_WORDS = beside(__file__.replace("pictures", "summary"))
_MAPS = {"map": "a3", "booklet": "a4", "all": "a3"}


def pictures(told: Told, to: str, part: str, tell: Callable[[str], object]) -> Iterator[tuple]:
    """Draw the maps, a chart by its name, or all; a PDF has a page for each, and two first."""
    drawn = [*_drawn(told, to, part)]
    summary = to == "pdf" and part in ("summary", "all")
    panels = {
        f"{persona}-{id}": {
            "who": told.personas[persona].name,
            **{key: panel[key] for key in ("title", "sentence", "counts")},
        }
        for persona in told.personas
        for id, panel in _panels(told, persona).items()
    }
    if not drawn and not summary:
        known = {id for person in told.personas for id in _panels(told, person)}
        if part == "summary":
            raise RunError("a summary is a PDF: --to pdf --part summary")
        raise RunError(
            f"there is no picture {part!r} in the last run. {did_you_mean(part, known | {*_MAPS})}"
        )
    if to == "pdf":
        maps = [page for name, pages in drawn if name not in panels for page in pages]
        front, small = _summary(told) if summary else ({"people": [], "said": told.said}, [])
        front |= {"title": told.workshop.name, "maps": len(small), "charts": len(small) + len(maps)}
        front["told"] = [panels[name] for name, _ in drawn if name in panels]
        found = [svg for name, pages in drawn if name in panels for svg in pages]
        yield part, to, charts.to_pdf([*small, *maps, *found], tell, layout=_LAYOUT, told=front)
        return
    for name, pages in drawn:
        for svg in pages:
            yield name, to, charts.to_png(svg, 2, tell) if to == "png" else svg


def _panels(told: Told, persona: str) -> dict[str, Data]:
    return {each["id"]: each for each in told.shown(persona) if each["svg"] and not each["map"]}


def _drawn(told: Told, to: str, part: str) -> Iterator[tuple[str, list[str]]]:
    for persona in told.personas:
        if part in _MAPS:
            for journey in told.maps(persona):
                yield journey.id, _map(told, journey, to == "pdf" and _MAPS[part])
        for id, panel in _panels(told, persona).items():
            if part in ("all", id):
                yield f"{persona}-{id}", ["".join(panel["svg"])]


def _say(what: str, **known: Any) -> str:
    return str(phrase(_WORDS[what])(day=day, people=people, **known))


def _summary(told: Told) -> tuple[Data, list[str]]:
    """Write the two pages of each persona, and the pictures on them, which they call by number."""
    drawn = list[str]()

    def placed(svg: Any) -> int:
        drawn.append("".join(svg))
        return len(drawn) - 1

    people = []
    for persona, front in told.fronts.items():
        result, maps = told.results.get(persona, {}), told.maps(persona)
        data, gate = result.get("data") or {}, (result.get("data") or {}).get("gate") or {}
        findings = [
            {"text": each["title"], "more": each["sentence"], "sheet": placed(each["svg"])}
            for each in front["findings"]
        ]
        people.append({
            "name": told.personas[persona].name,
            "gate": [_say("gate", gate=gate)] if gate.get("broken") else [],
            "decisions": _listed(front["decisions"], 8, "decided"),
            "parked": _listed(front["parked"], 4, "decided"),
            "map": [placed(sheet) for sheet in (_map(told, maps[0], "a3") if maps else ())],
            "first": _say("first", row=result["weak_spots"][0]) if front["first"] else "",
            "findings": findings,
            "refuted": _listed(front["refuted"], 5),
            "unknown": [
                *_listed(front["undecided"], 5),
                *({"text": each["sentence"], "more": ""} for each in [front["unknown"]] if each),
            ],
            "claims": bool(result.get("claims")),
            "data": _say("data" if data.get("source") else "without", data=data),
        })  # fmt: skip
    return {"said": told.said, "people": people}, drawn


def _listed(rows: list[Data], most: int, more: str = "") -> list[Data]:
    found = [
        {
            "text": row.get("sentence") or row["text"],
            "more": _say(more, row=row) if more else row["why"],
        }
        for row in rows[:most]
    ]
    left = len(rows) - most
    return found + [{"text": _say("more", n=left), "more": ""}] * (left > 0)


def _map(told: Told, journey: Journey, format: Any) -> list[str]:
    """Take a map as the run drew it, with its numbers; one that was changed since is drawn anew."""
    rows = told.results.get(journey.persona, {}).get("journeys", ())
    anchors = [row["anchor"] for row in rows if row["id"] == journey.id]
    for panel in () if told.changed or journey.kind != "as-is" else told.shown(journey.persona):
        kept = {"a3": panel["sheets"], "a4": panel["booklet"]}.get(format, [panel["svg"]])
        if panel["anchor"] in anchors and kept:
            return ["".join(svg) for svg in kept]
    drawing = (told.workshop, told.personas[journey.persona], journey)
    if format:
        return charts.journey_sheets(*drawing, format=format, folder=told.root)
    return [charts.journey_map(*drawing, folder=told.root)]
