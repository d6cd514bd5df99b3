"""07 Compare personas: once per run, last, from the results of the others."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from journeykit import charts
from journeykit.phases.panel import Panel
from journeykit.phases.phase import Phase
from journeykit.words import people, percent


class ComparePersonas(Phase):
    """The last notebook: all personas side by side."""

    id = "compare-personas"

    def _results(self) -> list[dict[str, Any]]:
        """Read the results of this run, or else of the newest one."""
        runs = self.w.folder.runs
        found = [self.w.results] if self.w.results else sorted(runs.glob("*"), reverse=True)
        for run in found:
            files = sorted(run.glob("*/result.json")) if run else []
            results = [json.loads(f.read_text(encoding="utf-8")) for f in files]
            usable = [r for r in results if r.get("status") == "ok"]
            if usable:
                return usable
        return []

    def _name(self, result: dict[str, Any]) -> str:
        ids = self.w.folder.persona_ids()
        return (
            self.w.folder.persona(result["persona"]).name
            if result["persona"] in ids
            else result["persona"]
        )

    def _nothing(self, id: str, title: str) -> Panel:
        return self.panel(
            id, title, "There is no finished run yet. Run `journeykit run DIR` first."
        )

    def overview(self) -> Panel:
        """Show who reaches the end, persona by persona."""
        results, title = self._results(), "Who gets to the end?"
        if not results:
            return self._nothing("overview", title)
        rows = []
        for result in results:
            funnel = result.get("funnel") or []
            last = funnel[-1] if funnel else {}
            rows.append(
                {
                    "persona": self._name(result),
                    "users": result["data"].get("users"),
                    "sessions": result["data"].get("sessions"),
                    "reached": last.get("users"),
                    "share": last.get("of_start"),
                    "low": last.get("of_start_low"),
                    "high": last.get("of_start_high"),
                    "small_n": (funnel[0]["users"] if funnel else 0) < 30,
                }
            )
        frame = pd.DataFrame(rows)
        told = frame[frame["share"].notna()].sort_values("share", ascending=False)
        said = "; ".join(f"{r.persona} {percent(r.share)}" for r in told.itertuples())
        return self.panel(
            "overview",
            title,
            f"{said}.",
            counts="Customers who got through all steps in order, of those who began",
            frame=frame,
            chart=charts.compare_personas(frame) if len(told) else None,
            numbers={r["persona"]: r["share"] for r in rows},
        )

    def steps(self) -> Panel:
        """Put the funnels side by side."""
        results, title = self._results(), "Where does each one get lost?"
        funnels = {self._name(r): r.get("funnel") or [] for r in results}
        if not any(funnels.values()):
            return self._nothing("steps", title)
        rows = [
            {"persona": name, "step_number": place, **step, "small_n": step["users"] < 30}
            for name, funnel in funnels.items()
            for place, step in enumerate(funnel, start=1)
        ]
        frame = pd.DataFrame(rows)
        later = frame[(frame["step_number"] > 1) & frame["of_previous"].notna()]
        worst = later.sort_values("of_previous").groupby("persona").head(1)
        said = "; ".join(
            f"{r.persona} at “{r.step}” ({percent(1 - r.of_previous)} lost)"
            for r in worst.itertuples()
        )
        return self.panel(
            "steps",
            title,
            f"Narrowest step: {said}.",
            counts="Customers, each step of those who reached the step before",
            frame=frame,
            columns=["persona", "step", "users", "of_previous", "low", "high", "of_start"],
            chart=charts.funnel(frame),
        )

    def shared_spots(self) -> Panel:
        """List the first weak spots of every persona, so that shared ones stand out."""
        rows = []
        for result in self._results():
            for spot in (result.get("weak_spots") or [])[:3]:
                rows.append(
                    {
                        "persona": self._name(result),
                        "rank": spot.get("rank"),
                        "kind": spot.get("kind"),
                        "what": spot.get("what"),
                        "users": spot.get("users"),
                    }
                )
        if not rows:
            return self._nothing("shared", "What should we mend first, for whom?")
        frame = pd.DataFrame(rows)
        return self.panel(
            "shared",
            "What should we mend first, for whom?",
            f"The first weak spots of {people(frame['persona'].nunique(), 'personas')}.",
            frame=frame,
        )
