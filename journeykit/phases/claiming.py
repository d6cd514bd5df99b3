"""Claims in the fifth phase: written with a form, suggested, held against the data, shown."""

import re
from typing import Any

from pandas import DataFrame

from journeykit import charts
from journeykit.claims import SIGNS, Evidence, claim_words, journey_tests, suggest, verdicts
from journeykit.claims.testing import LIGHTS
from journeykit.declared import METRICS
from journeykit.model import Card, Claim
from journeykit.numbers.few import least_of

from .asking import Row
from .panel import Found, asks
from .phase import Phase

_CHANCE = 0.025  # of claims that lie exactly on their threshold, on either side


class Claiming(Phase):
    """The questions about claims."""

    def ask_claims(self) -> Any:
        """Ask for claims; each is saved with its card in the map."""
        names = self.w.stage_names
        cards = [(f"{names.get(c.stage, c.stage)}: {c.text}", c.id) for c in self.w.journey.cards]
        metrics = [(_metric_words(name), name) for name in METRICS]
        fields = self.fields("claims", card=cards, metric=metrics)
        rows = [_as_row(card) for card in self.w.journey.cards if card.claim]
        return self.ask_rows("claims", fields, rows, self._save_claims)

    def _save_claims(self, rows: list[Row]) -> None:
        for row in rows:
            journey = self.w.journey
            known = journey.card(row["id"]) if row.get("id") else None
            told = {**(_as_row(known) if known else {}), **row}
            gone = known and not told.get("metric")
            if not told.get("card") or not (
                gone or all(told.get(key) for key in ("metric", "is", "threshold"))
            ):
                continue  # not finished yet
            if known and (gone or known.id != told["card"]):
                journey = journey.change(known.id, claim=None)
            if not gone:
                kept = known.claim.plain() if known and known.claim else {}
                journey = journey.change(
                    told["card"], claim=Claim.model_validate({**kept, **_as_claim(told)}).plain()
                )
                row["id"] = told["card"]
            self.w.folder.save(journey)

    @asks
    def suggested_claims(self) -> Found:
        """Suggest a claim for cards that carry none, from their lane and stage."""
        rows = [
            {"card": card.text, "claim": claim_words(claim, self.w.workshop, "", card.stage)}
            for card in self.w.journey.cards
            for claim in suggest(card, self.w.workshop)[:1]
        ]
        return {"rows": rows}

    @asks
    def claims(self) -> Found | str:
        """Hold every claim of the persona's maps against the data."""
        found = verdicts(Evidence.of(self.w))
        if not found:
            return "No note carries a claim yet."
        rows = [v.row() for v in found]
        return {
            "rows": found,
            "signs": SIGNS,
            "names": {j.id: j.name for j in self.w.journeys},
            "by_chance": max(len(found) * _CHANCE, 0.1),
            "chart": charts.claims(DataFrame(rows).assign(text=[v.text for v in found])),
            "sql": ";\n\n".join(dict.fromkeys(v.sql for v in found if v.sql)),
            "numbers": {"rows": rows},
        }

    @asks
    def journey_tests(self) -> Found | str:
        """Show the claims that must hold and the walk as tests: red, green or amber."""
        found = journey_tests(Evidence.of(self.w), [self.w.persona_id])
        if not found:
            return "No claim is marked as one that must hold."
        colours = [test.colour for test in found]
        counted = {colour: colours.count(colour) for colour in ("red", "green", "amber", "wrong")}
        kept = [
            {name: getattr(test, name) for name in "id journey name colour alarm".split()}
            for test in found
        ]
        return {
            "rows": found,
            "lights": LIGHTS,
            "names": {j.id: j.name for j in self.w.journeys},
            "more": [self._alarm(test) for test in found if test.path],
            "numbers": {**counted, "rows": kept},
        }

    def _alarm(self, test: Any) -> Any:
        """Show how an alarm came to be what it is."""
        (nights,) = test.path
        nights.attrs = test.verdict.row() | {"least": least_of(self.w)}
        said = f"Every night: {test.every_night}. Today: {test.said}."
        return self.panel(f"alarm-{test.id}", test.name, said, chart=charts.alarm(nights))


def _metric_words(name: str) -> str:
    words = METRICS[name].words.replace(" by {of}", "").format(of="…", stage="its stage")
    return f"{words[0].upper()}{words[1:]}"


def _as_row(card: Card) -> Row:
    """Write a card's claim as the form shows it."""
    claim, row = card.claim, {"id": card.id, "card": card.id}
    if claim is None:
        return row
    segment = (f"{column}: {', '.join(values)}" for column, values in claim.segment.items())
    return {
        **row,
        **{key: getattr(claim, key) for key in ("metric", "period", "must", "because")},
        "of": ", ".join(claim.of),
        "is": claim.comparison,
        "threshold": ", ".join(claim.threshold),
        "segment": "; ".join(segment),
    }


def _as_claim(row: Row) -> Row:
    """Read what the form holds; an empty field takes its key away."""
    of = str(row.get("of") or "").strip()
    parts = METRICS[row["metric"]].parts != 1
    told = [part.partition(":") for part in str(row.get("segment") or "").split(";") if ":" in part]
    return {
        **{key: row.get(key) or None for key in ("metric", "is", "period", "must", "because")},
        "of": (_split(of) if parts else of) or None,
        "threshold": [part.strip() for part in re.split(r",\s", str(row["threshold"]))],
        "segment": {column.strip(): _split(values) for column, _, values in told} or None,
    }


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]
