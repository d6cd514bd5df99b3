"""Claims in the fifth phase: written with a form, suggested, held against the data, shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from journeykit import charts
from journeykit.claims import Evidence, Verdict, claim_words, journey_tests, suggest, verdicts
from journeykit.claims.verdict import SIGNS
from journeykit.declared import METRICS
from journeykit.model import Card, Claim, Journey
from journeykit.phases.panel import Panel
from journeykit.phases.phase import Phase
from journeykit.widgets import Field
from journeykit.words import people

_IS = ("at least", "at most", "above", "below", "between")
_LIGHTS = {"red": "▼", "green": "▲", "amber": "◊", "wrong": "✗"}
_CHANCE = 0.025  # of claims that lie exactly on their threshold, on either side


class Claiming(Phase):
    """The questions about claims."""

    def ask_claims(self) -> Any:
        """Ask for claims; each is saved with its card in the map."""
        names = self.w.stage_names
        cards = [(f"{names.get(c.stage, c.stage)}: {c.text}", c.id) for c in self.w.journey.cards]
        metrics = [(_metric_words(name), name) for name in METRICS]
        fields = [
            Field("card", "Which card claims it?", "choice", cards),
            Field("metric", "What is claimed?", "choice", metrics),
            Field(
                "of", "Of which step, promise, channel …", help="two events with a comma between"
            ),
            Field("is", "Is", "choice", list(_IS)),
            Field("threshold", "Threshold", help="20% or 0.2; two with a comma for between"),
            Field("segment", "Only for", help="device: mobile; channel: social, email"),
            Field("period", "Only in the", help="last 90 days"),
            Field("must", "Must hold", "check", help="A journey test"),
            Field("because", "Why we claim it", "long"),
        ]
        rows = [_as_row(card) for card in self.w.journey.cards if card.claim]
        return self.ask_rows(
            "claims-asked",
            "What do our cards claim?",
            fields,
            rows,
            self._save_claims,
            add="Add a claim",
            fixed=["id"],
        )

    def _save_claims(self, rows: Sequence[dict[str, Any]]) -> None:
        for row in rows:
            known = self.w.journey.card(row["id"]) if row.get("id") else None
            told = {**(_as_row(known) if known else {}), **row}
            if not told.get("card"):
                continue
            if known and not told.get("metric"):
                self._put(known.id, None)
                continue
            if not all(told.get(key) for key in ("metric", "is", "threshold")):
                continue  # not finished yet
            kept = known.claim.plain() if known and known.claim else {}
            claim = Claim.model_validate({**kept, **_as_claim(told)})
            if known and known.id != told["card"]:
                self._put(known.id, None)
            self._put(told["card"], claim)
            row["id"] = told["card"]

    def _put(self, card: str, claim: Claim | None) -> None:
        def change(journey: Journey) -> Journey:
            return journey.change(card, claim=claim.plain() if claim else None)

        self.change_journey(change)

    def suggested_claims(self) -> Panel:
        """Suggest a claim for cards that carry none, from their lane and stage."""
        rows = [
            {"card": card.text, "claim": claim_words(claim, self.w.workshop, "", card.stage)}
            for card in self.w.journey.cards
            for claim in suggest(card, self.w.workshop)[:1]
        ]
        said = (
            f"{len(rows)} cards could carry a claim."
            if rows
            else "Every card that could carries a claim."
        )
        return self.panel(
            "claims-suggested",
            "What else could we claim?",
            f"{said} The thresholds are a place to begin.",
            frame=pd.DataFrame(rows, columns=["card", "claim"]),
        )

    def claims(self) -> Panel:
        """Hold every claim of the map against the data."""
        title = "What do we claim, and what does the data say?"
        found = verdicts(Evidence.of(self.w))
        if not found:
            return self.panel("claims", title, "No card carries a claim yet.")
        frame = pd.DataFrame([v.row() for v in found]).assign(text=[v.text for v in found])
        counted = Counter(v.verdict for v in found)
        said = ", ".join(f"{counted[word]} {word}" for word in SIGNS)
        refuted = next(
            (f" Refuted first: “{v.text}”." for v in found if v.verdict == "refuted"), ""
        )
        shown = pd.DataFrame(
            [
                {
                    "card": v.text,
                    "claim": v.sentence,
                    "verdict": f"{SIGNS[v.verdict]} {v.verdict}",
                    "the data": v.value_words,
                    "why": v.why,
                    "must hold": "yes" if v.must else "",
                }
                for v in found
            ]
        )
        return self.panel(
            "claims",
            title,
            f"{people(len(found), 'claims')}: {said}.{refuted}",
            counts="A verdict needs the whole 95% interval on one side of the threshold, and 30 "
            "at least",
            frame=shown,
            chart=charts.claims(frame),
            notes=[_by_chance(len(found))],
            sql=_sql(found),
            numbers={"rows": [v.row() for v in found]},
        )

    def journey_tests(self) -> Panel:
        """Show the claims that must hold and the walk as tests: red, green or amber."""
        found = journey_tests(Evidence.of(self.w), [self.w.persona_id])
        title = "Does the journey still pass its tests?"
        if not found:
            return self.panel("journey-tests", title, "No claim is marked as one that must hold.")
        counted = Counter(test.colour for test in found)
        shown = pd.DataFrame(
            [
                {
                    "test": test.name,
                    "result": f"{_LIGHTS[test.colour]} {test.colour}",
                    "the data": test.said,
                    "why": test.why,
                }
                for test in found
            ]
        )
        seen = [colour for colour in _LIGHTS if counted[colour] or colour != "wrong"]
        said = ", ".join(f"{counted[colour]} {colour}" for colour in seen)
        return self.panel(
            "journey-tests",
            title,
            f"{people(len(found), 'tests')}: {said}.",
            counts="Red: the data says no. Green: the data says yes. Amber: nothing is proven, "
            "or a walk "
            "is not complete, not recent or found something. Wrong: the claim names what nobody "
            "here has",
            frame=shown,
            numbers={colour: counted[colour] for colour in _LIGHTS},
        )


def _by_chance(claims: int) -> str:
    expected = max(claims * _CHANCE, 0.1)
    return (
        f"By chance: if the truth lay exactly on every threshold, about {expected:.1f} of "
        f"{claims} claims "
        "would come out supported and as many refuted. Further away it is fewer."
    )


def _sql(found: Sequence[Verdict]) -> str:
    return ";\n\n".join(dict.fromkeys(v.sql for v in found if v.sql))


def _metric_words(name: str) -> str:
    words = (
        METRICS[name]
        .words.replace(" by {of}", "")
        .replace("{of}", "…")
        .replace("{stage}", "its stage")
    )
    return f"{words[0].upper()}{words[1:]}"


def _as_row(card: Card) -> dict[str, Any]:
    """Write a card's claim as the form shows it."""
    if card.claim is None:
        return {"id": card.id, "card": card.id}
    claim = card.claim
    segment = "; ".join(
        f"{column}: {', '.join(values)}" for column, values in claim.segment.items()
    )
    return {
        "id": card.id,
        "card": card.id,
        "metric": claim.metric,
        "of": ", ".join(claim.of),
        "is": claim.comparison,
        "threshold": ", ".join(claim.threshold),
        "segment": segment,
        "period": claim.period,
        "must": claim.must,
        "because": claim.because,
    }


def _as_claim(row: dict[str, Any]) -> dict[str, Any]:
    """Read what the form holds; an empty field takes its key away."""
    of = str(row.get("of") or "").strip()
    parts = METRICS[row["metric"]].parts != 1
    told = [part.partition(":") for part in str(row.get("segment") or "").split(";") if ":" in part]
    segment = {
        column.strip(): [value.strip() for value in values.split(",")] for column, _, values in told
    }
    return {
        "metric": row["metric"],
        "of": ([part.strip() for part in of.split(",")] if parts else of) or None,
        "is": row["is"],
        "threshold": [part.strip() for part in re.split(r",\s", str(row["threshold"]))],
        "segment": segment or None,
        "period": row.get("period") or None,
        "must": True if row.get("must") else None,
        "because": row.get("because") or None,
    }
