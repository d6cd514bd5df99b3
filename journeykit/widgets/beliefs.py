"""The belief round: everybody guesses a number with a range, then the data is shown."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import Any

from journeykit.errors import Refused
from journeykit.model import Data, Guess
from journeykit.numbers import belief_score, beliefs
from journeykit.store import Desk

from .rounds import Rounds, counted

#: What a question was measured as: value, and its interval as far as it has one.
Measured = tuple[float, float | None, float | None]


@dataclass(frozen=True)
class Question:
    """A number to guess, without the number: what is asked, its scale and its unit."""

    id: str
    label: str
    unit: str = "%"
    least: float = 0
    most: float = 100
    step: float = 1

    def check(self, value: Any) -> None:
        """Refuse a value that is not on the scale."""
        if value is not None and not self.least <= float(value) <= self.most:
            raise Refused(
                f"{value:g} is not on the scale: from {self.least:g} to {self.most:g}{self.unit}."
            )


class Beliefs(Rounds):
    """Guesses at numbers of the data, which the browser learns when the team has guessed.

    Parameters
    ----------
    desk : Desk
        Takes the operations.
    head : mapping
        What a new round begins with: ``id``, ``topic``, ``persona``.
    questions : sequence of Question
        What is guessed.
    measure : callable
        Looks into the data: question to value, low and high. Called by the reveal, not before.
    departments : sequence of str
        Proposed to those who say where they work.
    """

    name = "beliefs"
    kind = "guesses"

    def __init__(
        self,
        desk: Desk,
        head: Data,
        questions: Sequence[Question],
        measure: Callable[[], Mapping[str, Measured]],
        departments: Sequence[str] = (),
    ) -> None:
        self.questions, self._measure = {q.id: q for q in questions}, measure
        facts = {"questions": [*map(asdict, questions)], "departments": departments}
        super().__init__(desk, head, [], facts)

    def view(self) -> Data:
        """Return who has guessed how much; after the reveal the guesses and the truth."""
        now = self.round
        state = {
            "step": now.step,
            "reveals": now.reveals,
            "skipped": now.skipped,
            "given": counted((g.author, 1) for g in self.hidden()),
        }
        if not now.reveals or now.step != "result":
            return state
        guesses = [g for g in self.records() if g.revealed and g.number == now.reveals]
        return state | {
            "results": [self._result(id, guesses) for id in self.questions],
            "said": calibration(guesses),
            "scores": json.loads(belief_score(guesses).to_json(orient="records")),
        }

    def _result(self, id: str, guesses: list[Guess]) -> Data:
        truth = self.round.truths.get(id)
        mine = sorted((g for g in guesses if g.question == id), key=attrgetter("guess", "id"))
        shown = {"guess", "low", "high", "department"}
        return {
            "id": id,
            "truth": truth and [truth.value, truth.low, truth.high],
            "guesses": [{"who": g.author, **g.model_dump(include=shown)} for g in mine],
        }

    def learnt(self) -> dict[str, Data]:
        """Look into the data, now that everybody has guessed."""
        truths, today = {}, self.own()["date"]
        for id, measured in self._measure().items():
            ends = zip(("value", "low", "high"), measured)
            truth = {k: float(v) for k, v in ends if v is not None and math.isfinite(v)}
            if id in self.questions and "value" in truth:
                truths[id] = truth
        told: dict[str, Data] = {"": {"step": "result", "truths": truths}}
        for guess in self.hidden():
            if truth := truths.get(guess.question, {}):
                named = {f"truth_{k}".removesuffix("_value"): v for k, v in truth.items()}
                told[guess.id] = {**named, "run_date": today}
                was = self.round.truths.get(guess.question)
                if was and was.plain() == truth:  # it has been shown before
                    told[guess.id]["covered"] = False
        return told

    def complete(self, kind: str, doc: str, data: Data) -> None:
        """Complete; once the numbers are shown, the round takes no more guesses."""
        if doc.startswith("records/guesses/"):
            known = self.desk.get(doc)
            number = int(data.get("number", getattr(known, "number", 0)) or 0)
            if number != self.round.reveals + 1 or getattr(known, "revealed", False):
                raise Refused("the numbers have been shown: this round takes no more guesses.")
            if kind == "set":
                question = self.questions[str(data["question"])]
                for key in ("truth", "truth_low", "truth_high", "run_date"):
                    data.pop(key, None)
                asked = {"what": question.label, "unit": question.unit, "revealed": False}
                asked["covered"] = not self.round.skipped
                data |= self.own() | asked
                for key in ("guess", "low", "high"):
                    question.check(data.get(key))
        super().complete(kind, doc, data)


def calibration(guesses: Sequence[Guess]) -> list[str]:
    """Say in sentences how well a team knew, unit by unit.

    Examples
    --------
    >>> asked = {"what": "Lost", "unit": "%", "revealed": True, "truth": 31}
    >>> (said,) = calibration([Guess(id="a", guess=40, low=30, high=45, **asked)])
    >>> said.split(". ")[1]
    'Guesses were 9.0 points too high on average.'
    """
    said = []
    for unit, mine in beliefs(guesses).groupby("unit", sort=False):
        ranges, held, bias = mine["held"].count(), mine["held"].sum(), mine["error"].mean()
        told = (
            f"{held:.0f} of {ranges} ranges held the truth; "
            f"at 80% sure it would be about {round(0.8 * ranges)}. "
        )
        said.append(f"{told if ranges else ''}Guesses were {off_by(bias, unit)} on average.")
    return said


def off_by(bias: float, unit: str) -> str:
    """Say how far guesses lie from the truth.

    Examples
    --------
    >>> off_by(9, "%"), off_by(-0.5, ""), off_by(0.04, "NPS")
    ('9.0 points too high', '0.5 too low', 'right')
    """
    size = f"{abs(bias):.1f} {'points' if unit == '%' else unit}".rstrip()
    return f"{size} too {'high' if bias > 0 else 'low'}" if round(bias, 1) else "right"
