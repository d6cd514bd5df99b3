"""The belief round: everybody guesses a number with a range, then the data is shown."""

from __future__ import annotations

import datetime as dt
import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from journeykit.errors import Refused
from journeykit.model import Guess
from journeykit.numbers import belief_score, beliefs
from journeykit.store import Desk
from journeykit.widgets.rounds import Parts, Rounds, counted

__all__ = ["Beliefs", "Question", "calibration", "off_by"]

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
        head: Mapping[str, Any],
        questions: Sequence[Question],
        measure: Callable[[], Mapping[str, Measured]],
        departments: Sequence[str] = (),
    ) -> None:
        self.questions, self._measure = {q.id: q for q in questions}, measure
        facts = {"questions": [asdict(q) for q in questions], "departments": list(departments)}
        super().__init__(desk, head, [], facts)

    def view(self) -> dict[str, Any]:
        """Return who has guessed how much; after the reveal the guesses and the truth."""
        now, hidden = self.round, self.hidden()
        state: dict[str, Any] = {"step": now.step, "reveals": now.reveals, "given": counted(hidden)}
        if now.reveals and now.step == "result":
            guesses = self.latest()
            state["results"] = [
                self._result(question, guesses) for question in self.questions.values()
            ]
            state["said"] = calibration(guesses)
            scored = belief_score(guesses)
            state["scores"] = [
                {
                    k: (v if not isinstance(v, float) or math.isfinite(v) else None)
                    for k, v in row.items()
                }
                for row in scored.astype(object).to_dict("records")
            ]
        return state

    def latest(self) -> list[Guess]:
        """The guesses of the last reveal."""
        number = self.round.reveals
        return [g for g in self.records() if g.revealed and g.number == number]

    def _result(self, question: Question, guesses: Sequence[Guess]) -> dict[str, Any]:
        truth = self.round.truths.get(question.id)
        mine = sorted(
            (g for g in guesses if g.question == question.id), key=lambda g: (g.guess, g.id)
        )
        return {
            "id": question.id,
            "truth": truth and [truth.value, truth.low, truth.high],
            "guesses": [
                {
                    "guess": g.guess,
                    "low": g.low,
                    "high": g.high,
                    "who": g.author,
                    "department": g.department,
                }
                for g in mine
            ],
        }

    def shown(self) -> dict[str, Any]:
        """Look into the data, now that everybody has guessed."""
        truths = {
            key: {"value": float(value), **_ends(low, high)}
            for key, (value, low, high) in self._measure().items()
            if key in self.questions and value is not None and math.isfinite(value)
        }
        learnt: dict[str, Any] = {"": {"step": "result", "truths": truths}}
        for guess in self.hidden():
            truth = truths.get(guess.question)
            if truth:
                told = {
                    f"truth{'' if key == 'value' else f'_{key}'}": v for key, v in truth.items()
                }
                learnt[guess.id] = {**told, "run_date": dt.date.today().isoformat()}
        return learnt

    def complete(self, operation: dict[str, Any]) -> Parts:
        """Say what is to be done; once the numbers are shown, the round takes no more guesses."""
        doc, data, kind = str(operation.get("doc")), operation["data"], operation.get("kind")
        if doc.startswith("records/guesses/"):
            known = self.desk.word(doc)
            number = int(data.get("number", getattr(known, "number", 0)) or 0)
            if number != self.round.reveals + 1 or getattr(known, "revealed", False):
                raise Refused("the numbers have been shown: this round takes no more guesses.")
            if kind == "set":
                question = self.questions[str(data["question"])]
                own = {
                    "topic": self._head["id"],
                    "persona": self._head.get("persona"),
                    "revealed": False,
                }
                asked = {"what": question.label, "unit": question.unit}
                data |= {**own, **asked, "date": dt.date.today().isoformat()}
                for key in ("truth", "truth_low", "truth_high", "run_date"):
                    data.pop(key, None)
                for key in ("guess", "low", "high"):
                    self._on_scale(question, data.get(key))
        return super().complete(operation)

    def _on_scale(self, question: Question, value: Any) -> None:
        if value is not None and not question.least <= float(value) <= question.most:
            raise Refused(
                f"{value:g} is not on the scale: from {question.least:g} to {question.most:g}{question.unit}."
            )

    def still(self) -> str:
        """Draw the last revealed round as HTML."""
        now, parts = self.round, [f"<h4>{_e(self._head['topic'])}</h4>"]
        if not now.reveals:
            parts.append("<p>The numbers are shown when the team has guessed.</p>")
        else:
            parts += [f"<p>{_e(said)}</p>" for said in calibration(self.latest())]
            rows = beliefs(self.latest())
            right = "style='text-align:right'"
            cells = [
                f"<tr><td>{_e(r.what)}</td><td {right}>{r.guess:g}{_e(r.unit)}</td>"
                f"<td>{_e(_range(r.guess_low, r.guess_high))}</td><td {right}>{r.truth:.3g}{_e(r.unit)}</td>"
                f"<td>{_e({1.0: '● held it', 0.0: '▲ missed it'}.get(r.held, ''))}</td></tr>"
                for r in rows.itertuples()
            ]
            heads = "".join(
                f"<th scope='col'>{t}</th>"
                for t in ("What", "Guess", "Range (80%)", "Data", "Range")
            )
            parts.append(
                f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(cells)}</tbody></table>"
            )
        waiting = len(self.hidden())
        if waiting:
            parts.append(f"<p>{waiting} guess{'es' * (waiting != 1)} not revealed yet.</p>")
        return "".join(parts)


def calibration(guesses: Sequence[Guess]) -> list[str]:
    """Say in sentences how well a team knew, unit by unit.

    Examples
    --------
    >>> calibration([Guess(id="a", what="Lost", guess=40, low=30, high=50, unit="%", revealed=True, truth=31)])
    ['1 of 1 ranges held the truth; at 80% sure it would be about 1. Guesses were 9.0 points too high on average.']
    """
    said = []
    frame = beliefs(guesses)
    for unit, mine in frame.groupby("unit", sort=False):
        ranges, held, bias = (
            int(mine["held"].notna().sum()),
            int(mine["held"].sum()),
            mine["error"].mean(),
        )
        told = f"{held} of {ranges} ranges held the truth; at 80% sure it would be about {round(0.8 * ranges)}. "
        said.append(f"{told if ranges else ''}Guesses were {off_by(bias, unit)} on average.")
    return said


def off_by(bias: float, unit: str) -> str:
    """Say how far guesses lie from the truth.

    Examples
    --------
    >>> off_by(9, "%"), off_by(-0.5, ""), off_by(0.04, "NPS")
    ('9.0 points too high', '0.5 too low', 'right')
    """
    size = f"{abs(bias):.1f} points" if unit == "%" else f"{abs(bias):.1f}{unit and ' '}{unit}"
    return f"{size} too {'high' if bias > 0 else 'low'}" if round(abs(bias), 1) else "right"


def _ends(low: float | None, high: float | None) -> dict[str, float]:
    return {
        key: float(end)
        for key, end in (("low", low), ("high", high))
        if end is not None and math.isfinite(end)
    }


def _range(low: float, high: float) -> str:
    return "–" if math.isnan(low) or math.isnan(high) else f"{low:g} to {high:g}"


def _e(text: object) -> str:
    return html.escape(str(text))
