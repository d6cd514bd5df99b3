"""07 Compare personas: once per run, last, from the results of the others."""

from pandas import DataFrame

from journeykit import charts
from journeykit.charts.poster.atlas import atlas_html
from journeykit.model import Result
from journeykit.store import read_json
from journeykit.words import people, percent

from .panel import Found, asks, says
from .phase import Phase, Row

_NONE = "There is no finished run yet. Run `journeykit run DIR` first."


class ComparePersonas(Phase):
    """The last notebook: all personas side by side."""

    id = "compare-personas"

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

    @asks("How do all our journeys stand?")
    def atlas(self) -> Found | str:
        """Show all journeys, stage by stage: verdicts, owners, age of the evidence; reds first."""
        told = self._whole()
        if not told:
            return _NONE
        first = told[0][1]
        top = ".." if self.w.results else f"../runs/{first['run_id']}"
        maps = [
            (name, f"{top}/{result['persona']}/report.html", row)
            for name, result in told
            for row in result.get("journeys") or ()
        ]
        left = [f"Not in this run: {row['name']}." for row in first.get("not_run") or ()]
        red = sum("refuted" in row.get("claims", {}) for *_, row in maps)
        return says(
            f"{people(len(maps), 'journeys')}; in {red} of them the data refutes a claim.",
            html=atlas_html(maps),
            notes=left,
            numbers={"journeys": len(maps), "refuted": red},
        )

    @asks("Who gets to the end?")
    def overview(self) -> Found | str:
        """Show who reaches the end, persona by persona."""
        rows = []
        for name, result in self._results():
            funnel = result.get("funnel") or [{}]
            last = funnel[-1]
            rows.append(
                {
                    "persona": name,
                    "users": result["data"].get("users"),
                    "sessions": result["data"].get("sessions"),
                    "reached": last.get("users"),
                    "share": last.get("of_start"),
                    "low": last.get("of_start_low"),
                    "high": last.get("of_start_high"),
                    "small_n": funnel[0].get("users", 0) < 30,
                }
            )
        if not rows:
            return _NONE
        frame = DataFrame(rows)
        told = frame[frame["share"].notna()].sort_values("share", ascending=False)
        said = "; ".join(f"{r.persona} {percent(r.share)}" for r in told.itertuples())
        return says(
            f"{said or 'No funnel was measured in this run'}.",
            counts="Customers who got through all steps in order, of those who began",
            frame=frame,
            chart=charts.compare_personas(frame) if len(told) else None,
            numbers={row["persona"]: row["share"] for row in rows},
        )

    @asks("Where does each one get lost?")
    def steps(self) -> Found | str:
        """Put the funnels side by side."""
        rows = [
            {"persona": name, "step_number": place, **step, "small_n": step["users"] < 30}
            for name, result in self._results()
            for place, step in enumerate(result.get("funnel") or (), start=1)
        ]
        if not rows:
            return _NONE
        frame = DataFrame(rows)
        worst = (
            frame[(frame["step_number"] > 1) & frame["of_previous"].notna()]
            .sort_values("of_previous")
            .groupby("persona")
            .head(1)
        )
        said = "; ".join(
            f"{r.persona} at “{r.step}” ({percent(1 - r.of_previous)} lost)"
            for r in worst.itertuples()
        )
        return says(
            f"Narrowest step: {said}.",
            counts="Customers, each step of those who reached the step before",
            frame=frame,
            columns="persona step users of_previous low high of_start".split(),
            chart=charts.funnel(frame),
        )

    @asks("What should we mend first, for whom?", "shared")
    def shared_spots(self) -> Found | str:
        """List the first weak spots of every persona, so that shared ones stand out."""
        rows = [
            {"persona": name, **{key: spot.get(key) for key in ("rank", "kind", "what", "users")}}
            for name, result in self._results()
            for spot in (result.get("weak_spots") or ())[:3]
        ]
        if not rows:
            return _NONE
        told = people(len({row["persona"] for row in rows}), "personas")
        return says(f"The first weak spots of {told}.", frame=rows)
