"""07 Compare personas: once per run, last, from the results of the others."""

from journeykit import charts
from journeykit.charts.poster.atlas import atlas_html
from journeykit.claims.atlas import ends, narrowest
from journeykit.model import Result
from journeykit.store import read_json

from .asking import Row
from .panel import Found, asks, says
from .phase import Phase

_NONE = "Nothing to compare yet. Run the workshop once (journeykit run), then this cell again."


class ComparePersonas(Phase):
    """The last notebook: all personas side by side."""

    id = "compare-personas"
    whole = True

    def _results(self) -> list[tuple[str, Row]]:
        """Read the results of this run, or else of the newest one, each with its persona's name."""
        return [each for each in self._whole() if each[1]["status"] == "ok"]

    def _whole(self) -> list[tuple[str, Row]]:
        runs, personas = self.w.folder.runs, self.w.folder.personas()
        found = [self.w.results] if self.w.results else sorted(runs.glob("*"), reverse=True)
        for run in found:
            read = [read_json(file, Result) for file in sorted(run.glob("*/result.json"))]
            told = {each["persona"]: each for each in read if each.get("persona")}
            if any(each["status"] == "ok" for each in told.values()):
                return [(personas[i].name if i in personas else i, told[i]) for i in told]
        return []

    @asks
    def atlas(self) -> Found | str:
        """Show all journeys, stage by stage: verdicts, owners, age of the evidence; reds first."""
        told = self._whole()
        if not told:
            return _NONE
        first = told[0][1]
        top = ".." if self.w.results else f"../runs/{first['run_id']}"
        maps = [
            (name, f"{top}/{result['persona']}/report.html", row | {"phases": result["phases"]})
            for name, result in told
            for row in result.get("journeys") or ()
        ]
        left = [f"Not in this run: {row['name']}." for row in first.get("not_run") or ()]
        red = sum("refuted" in row.get("claims", {}) for *_, row in maps)
        numbers = {"journeys": len(maps), "refuted": red}
        return {"html": atlas_html(maps), "notes": left, "numbers": numbers}

    @asks
    def overview(self) -> Found | str:
        """Show who reaches the end, persona by persona."""
        told = {name: result.get("funnel") or [{}] for name, result in self._results()}
        if not told:
            return _NONE
        frame, said = ends(told)
        return says(
            said,
            frame=frame,
            chart=charts.compare_personas(frame) if frame["share"].notna().any() else None,
            numbers=dict(zip(frame["persona"], frame["share"])),
        )

    @asks
    def steps(self) -> Found | str:
        """Put the funnels side by side."""
        told = {name: result["funnel"] for name, result in self._results() if result["funnel"]}
        if not told:
            return _NONE
        frame, said = narrowest(told)
        return says(said, frame=frame, chart=charts.funnel(frame))

    @asks
    def shared_spots(self) -> Found | str:
        """List the first weak spots of every persona, so that shared ones stand out."""
        rows = [
            {"persona": name, **{key: spot.get(key) for key in ("rank", "kind", "what", "users")}}
            for name, result in self._results()
            for spot in (result.get("weak_spots") or ())[:3]
        ]
        return {"frame": rows} if rows else _NONE
