"""01 Define objectives: what for, for whom, who they really are, and what we do not know."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit.model import TABLES, Objective, new_id
from journeykit.phases.measures import baseline
from journeykit.phases.panel import Panel, plain
from journeykit.phases.phase import Phase
from journeykit.widgets import CANVAS, HEAD, Field, PersonaCanvas, canvas_html
from journeykit.words import label, people, percent

_MEASURES = ("conversion", "repeat-purchase", "nps", "csat", "ces", "sus", "promise", "step")


class Objectives(Phase):
    """The first phase."""

    id = "define-objectives"
    numbers = "profile=segment_profile audience=coverage leads=rates"

    def ask_objectives(self) -> Any:
        """Ask for the objectives; saved to workshop.yaml."""
        fields = [
            Field("goal", "What do we want to reach?", "long"),
            Field("measure", "Measured by", "choice", [(label(m), m) for m in _MEASURES]),
            Field("of", "Of which promise or step", help="only for promise and step"),
            Field("target", "Target", "number", help="0.15 means 15%"),
            Field("by", "By when", "date"),
            Field("owner", "Owner"),
        ]
        rows = [
            {f: getattr(o, f) for f in ("id", "goal", "measure", "of", "target", "by", "owner")}
            for o in self.w.workshop.objectives
        ]
        return self.ask_rows(
            "objectives-asked", "Our objectives", fields, rows, self._save, fixed=["id"]
        )

    def _save(self, rows: list[dict[str, Any]]) -> None:
        known = {objective.id: objective.plain() for objective in self.w.workshop.objectives}
        for row in rows:
            filled = {key: value for key, value in row.items() if value not in (None, "")}
            if "id" not in filled:
                if not filled.get("goal"):
                    continue
                filled["id"] = new_id(filled["goal"], set(known))
            made = Objective.model_validate({**known.get(filled["id"], {}), **filled})
            known[made.id], row["id"] = made.plain(), made.id
        self.w.folder.save_workshop(self.w.workshop.with_(objectives=list(known.values())))

    def baselines(self) -> Panel:
        """Measure where each objective stands in the data of this persona."""
        rows = []
        for objective in self.w.workshop.objectives:
            found = baseline(self.w, objective)
            form = percent if found["rate"] else _score
            between = f"{form(found['low'])} to {form(found['high'])}"
            rows.append(
                {
                    "objective": objective.goal,
                    "today": form(found["value"]),
                    "interval (95%)": between if found["value"] is not None else "–",
                    "counted over": people(found["n"], found["of_what"]) if found["n"] else "–",
                    "target": form(objective.target),
                    "by": str(objective.by or "–"),
                    "owner": objective.owner or "–",
                    "verdict": found["verdict"],
                    "_": {k: found[k] for k in ("value", "low", "high", "n", "verdict")},
                    "_id": objective.id,
                }
            )
        if not rows:
            return self.panel("objectives", "Where we stand", "No objective yet.")
        frame = pd.DataFrame(rows)
        short = int((frame["verdict"] == "short").sum())
        unknown = int((frame["verdict"] == "not measured").sum())
        shown = [column for column in frame.columns if not column.startswith("_")]
        return self.panel(
            "objectives",
            f"Where we stand with {self.w.persona.name}",
            f"{short} of {len(rows)} objectives are short of their target, {unknown} cannot be "
            "measured yet.",
            frame=frame[shown],
            notes=["Short means: the whole 95% interval is below the target."],
            numbers={row["_id"]: row["_"] for row in rows},
        )

    def ask_persona(self) -> Any:
        """Ask who the persona is, beside what the data says; saved to the persona's file."""
        profile = self._beside()
        return self.touch(
            lambda: PersonaCanvas(self.w.desk, self.w.persona_id, profile),
            lambda: self._canvas(profile),
        )

    def _canvas(self, profile: dict[str, Any]) -> Panel:
        persona, title = self.w.persona, f"Who is {self.w.persona.name}?"
        said = {label: getattr(persona, key) for key, label in HEAD.items() if key != "name"}
        said |= {
            label: "; ".join(getattr(persona.canvas, key)) for key, (label, _) in CANVAS.items()
        }
        if not any(said.values()):
            return self.panel(
                "canvas", title, "Not answered yet. Open this notebook in JupyterLab to do it."
            )
        frame = pd.DataFrame({"question": said.keys(), "answer": said.values()})
        return self.panel(
            "canvas", title, "What the team wrote.", frame=frame, html=canvas_html(persona, profile)
        )

    def _beside(self) -> dict[str, Any]:
        """What the data says about this persona, ready to stand beside the canvas."""
        panel = self.profile()
        if panel.frame is None or panel.frame.empty:
            return {"rows": [], "said": panel.sentence}
        told = panel.frame.rename(columns={"share_all": "all", "small_n": "small"}).head(8)
        rows = told[["trait", "share", "low", "high", "all", "small"]].to_dict("records")
        return {"rows": plain(rows), "counts": panel.counts}

    def unknowns(self) -> Panel:
        """List what nobody has checked: what the team would not know without the map."""
        workshop, journey = self.w.workshop, self.w.journey
        names, lanes = self.w.stage_names, workshop.lane_names()
        rows = [
            {
                "what": "Nobody has checked",
                "where": names.get(c.stage, c.stage),
                "detail": f"{lanes.get(c.lane, c.lane)}: {c.text}",
            }
            for c in journey.cards
            if c.evidence == "assumed" and c.lane not in ("owners", "metrics")
        ]
        rows += [
            {
                "what": "The data cannot see it",
                "where": stage.name,
                "detail": "The stage has no events",
            }
            for stage in workshop.stages
            if not stage.events
        ]
        rows += [
            {"what": "A promise without a measure", "where": names[p.stage], "detail": p.text}
            for p in workshop.promises
            if p.measure is None
        ]
        rows += [
            {"what": "A table is missing", "where": "data", "detail": kind}
            for kind in TABLES
            if kind not in workshop.data and not (kind == "events" and self.w.source)
        ]
        assumed = sum(card.evidence == "assumed" for card in journey.cards)
        frame = pd.DataFrame(rows, columns=["what", "where", "detail"])
        return self.panel(
            "unknowns",
            "What we do not know",
            f"{assumed} of {len(journey.cards)} cards are assumptions that nobody has checked; "
            f"{len(rows)} things in all are unknown.",
            frame=frame,
            numbers={"assumed": assumed, "cards": len(journey.cards), "unknowns": len(rows)},
        )


def _score(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.1f}"
