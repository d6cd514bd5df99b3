"""Maps and charts as pictures: on paper, as PNG or SVG. All come from the same vectors."""

from collections.abc import Callable, Iterator
from typing import Any

from journeykit import charts
from journeykit.errors import RunError, did_you_mean
from journeykit.model import Data, Journey

from .told import Told

_MAPS = {"map": "a3", "booklet": "a4", "all": "a3"}


def pictures(told: Told, to: str, part: str, tell: Callable[[str], object]) -> Iterator[tuple]:
    """Draw the maps, a chart by its name, or all; a PDF has a page for each."""
    drawn = [*_drawn(told, to, part)]
    if not drawn:
        known = {id for person in told.personas for id in _panels(told, person)}
        raise RunError(
            f"there is no picture {part!r} in the last run. {did_you_mean(part, known | {*_MAPS})}"
        )
    if to == "pdf":
        pages = [page for _, pages in drawn for page in pages]
        yield part, to, charts.to_pdf(pages, tell)
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


def _map(told: Told, journey: Journey, format: Any) -> list[str]:
    """Take a map as the run drew it, with its numbers; one that was changed since is drawn anew."""
    rows = told.results.get(journey.persona, {}).get("journeys", ())
    anchors = [row["anchor"] for row in rows if row["id"] == journey.id]
    for panel in () if told.changed or journey.kind != "as-is" else told.shown(journey.persona):
        kept = panel["sheets"] if format == "a3" else not format and [panel["svg"]]
        if panel["anchor"] in anchors and kept:
            return ["".join(svg) for svg in kept]
    drawing = (told.workshop, told.personas[journey.persona], journey)
    if format:
        return charts.journey_sheets(*drawing, format=format, folder=told.root)
    return [charts.journey_map(*drawing, folder=told.root)]
