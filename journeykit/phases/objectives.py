"""01 Define objectives: what for, for whom, who they really are, and what we do not know."""

from typing import Any

from pandas import DataFrame

from journeykit.model import MEASURES, TABLES, Objective
from journeykit.model.workshop import SHARES
from journeykit.widgets import CANVAS, HEAD, PersonaCanvas, canvas_html
from journeykit.words import label, percent

from .asking import Row
from .measures import baseline
from .panel import NOT_YET, Found, Panel, asks, plain, says
from .phase import Phase


class Objectives(Phase):
    """The first phase."""

    id = "define-objectives"
    numbers = "profile=segment_profile audience=coverage leads=rates"

    def ask_objectives(self) -> Any:
        """Ask for the objectives; saved to workshop.yaml."""
        measures = [(label(m), m) for m in MEASURES]
        of = [*((each.text, each.id) for each in self.w.promises), *self.w.workshop.steps()]
        return self.ask_listed(
            "objectives", lambda o: f"{label(o.measure)}: {_target(o)}.", measure=measures, of=of
        )

    @asks
    def baselines(self) -> Found | str:
        """Measure where each objective stands in the data of this persona."""
        rows, numbers = [], {}
        for objective in self.w.workshop.objectives:
            found = baseline(self.w, objective)
            form = percent if found["rate"] else _score
            rows.append({**found, "of": objective, "form": form, "target": _target(objective)})
            numbers[objective.id] = {k: found[k] for k in "value low high n verdict".split()}
        return {"rows": rows, "numbers": numbers} if rows else "No objective yet."

    def ask_persona(self) -> Any:
        """Ask who the persona is, beside what the data says; saved to the persona's file."""
        w, profile = self.w, self._beside()
        return PersonaCanvas(w.desk, w.persona_id, profile) if w.live else self._canvas(profile)

    @asks
    def _canvas(self, profile: Row) -> Found | str:
        persona = self.w.persona
        said = {label: getattr(persona, key) for key, label in HEAD.items() if key != "name"}
        said |= {
            label: "; ".join(getattr(persona.canvas, key)) for key, (label, _) in CANVAS.items()
        }
        if not any(said.values()):
            return NOT_YET
        return says(
            "What the team wrote.",
            frame=DataFrame({"question": said.keys(), "answer": said.values()}),
            html=canvas_html(persona, profile),
        )

    def _beside(self) -> Row:
        """What the data says about this persona, ready to stand beside the canvas."""
        panel: Panel = self.profile()
        if panel.frame is None or panel.frame.empty:
            return {"rows": [], "said": panel.sentence}
        rows = (
            panel.frame.rename(columns={"share_all": "all", "small_n": "small"})
            .head(8)["trait share low high all small".split()]
            .to_dict("records")
        )
        return {"rows": plain(rows), "counts": panel.counts}

    @asks
    def unknowns(self) -> Found:
        """List what nobody has checked: what the team would not know without the map."""
        workshop, cards = self.w.workshop, [c for j in self.w.journeys for c in j.cards]
        names, lanes = self.w.stage_names, workshop.lane_names()
        assumed = [card for card in cards if card.evidence == "assumed"]
        rows = [
            (
                "Nobody has checked",
                names.get(c.stage, c.stage),
                f"{lanes.get(c.lane, c.lane)}: {c.text}",
            )
            for c in assumed
            if c.lane not in ("owners", "metrics")
        ]
        rows += [
            ("The data cannot see it", s.name, "The stage has no events")
            for s in workshop.stages
            if not s.events
        ]
        rows += [
            ("A promise without a measure", names[p.stage], p.text)
            for p in workshop.promises
            if p.measure is None
        ]
        rows += [
            ("A table is missing", "data", kind)
            for kind in TABLES
            if kind not in workshop.data and not (kind == "events" and self.w.source)
        ]
        frame = DataFrame(rows, columns=["what", "where", "detail"])
        return {"assumed": assumed, "cards": cards, "frame": frame}


def _score(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.1f}"


def _target(objective: Objective) -> str:
    return (percent if objective.measure in SHARES else _score)(objective.target)
