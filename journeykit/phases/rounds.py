"""What a team does in rounds: gather notes, and guess before it looks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from journeykit import charts, numbers
from journeykit.model import Round, ranking, slug, ties
from journeykit.phases.measures import measured
from journeykit.phases.panel import Panel
from journeykit.phases.picture import measured_emotion
from journeykit.widgets import Beliefs, Gather, Question, calibration, off_by, waiting

if TYPE_CHECKING:
    from journeykit.phases.phase import Phase

__all__ = ["feelings", "gather", "guess", "knew", "losses"]

Measured = tuple[float, float | None, float | None]


def round_id(phase: str, persona: str, topic: str) -> str:
    """Name a round so that the same question of the same phase is the same round again.

    Examples
    --------
    >>> round_id("weak-spots", "maya", "What hurts?")
    'weak-spots-maya-what-hurts'
    >>> round_id("weak-spots", "maya", "何が痛い?") == round_id("weak-spots", "maya", "何が好き?")
    False
    """
    name = f"{phase}-{persona}-{slug(topic)}"
    if len(name) <= 60 and topic.isascii():
        return name
    mark = hashlib.sha256(f"{phase} {persona} {topic}".encode()).hexdigest()[:6]
    return f"{name[:53].strip('-')}-{mark}"


def _head(phase: Phase, topic: str) -> dict[str, Any]:
    id = round_id(phase.id, phase.w.persona_id, topic)
    return {"id": id, "topic": topic, "persona": phase.w.persona_id}


def _of(phase: Phase, kind: str, head: Mapping[str, Any]) -> list[Any]:
    """Records of a round, as they are now; with what a widget has not saved yet, where one is open."""
    source = phase.w.desk if phase.w.live else phase.w.folder
    return [record for record in source.records(kind) if record.topic == head["id"]]


def gather(phase: Phase, topic: str, lane: str, budget: int) -> Any:
    """Gather notes on a topic; see :meth:`Phase.gather`."""
    head = {**_head(phase, topic), "budget": budget}
    lanes = phase.w.workshop.lane_names()
    places = {"stages": [*phase.w.stage_names.items()], "lanes": [*lanes.items()], "lane": lane}
    return phase.touch(
        lambda: Gather(phase.w.desk, head, phase.w.journey, places), lambda: _gathered(phase, head)
    )


def _gathered(phase: Phase, head: Mapping[str, Any]) -> Panel:
    """Show the ranking; of notes that are not revealed only how many there are."""
    w, notes, votes = phase.w, _of(phase, "notes", head), _of(phase, "votes", head)
    now = w.folder.record("rounds", head["id"]) or Round.model_validate(head)
    shown = [note for note in notes if note.revealed]
    late = [waiting([note for note in notes if not note.revealed])]
    id = f"gathered-{slug(head['topic'])}"
    if not shown:
        said = (
            late[0] or "Nobody has written a note yet. Open this notebook in JupyterLab to do it."
        )
        return phase.panel(id, head["topic"], said)
    rows = ranking(shown, votes, now.groups)
    cards = {card.id: card for card in w.journey.cards}
    lanes = w.workshop.lane_names()

    def on_map(row: Mapping[str, Any]) -> str:
        card = next((cards[note.card] for note in row["notes"] if note.card in cards), None)
        return f"{w.stage_names[card.stage]} · {lanes[card.lane]}" if card else ""

    frame = pd.DataFrame(
        {
            "rank": row["rank"],
            "what": row["name"],
            "dots": row["dots"],
            "voters": row["voters"],
            "notes": "; ".join(note.text for note in row["notes"]),
            "on_the_map": on_map(row),
        }
        for row in rows
    )
    dots = int(frame["dots"].sum())
    first = f" Most dots: “{rows[0]['name']}” ({rows[0]['dots']} of {dots})." if dots else ""
    return phase.panel(
        id,
        head["topic"],
        f"{len(shown)} notes in {len(rows)} groups.{first}",
        counts="Notes of the team; each person has the same number of dots"
        if dots
        else "Notes of the team",
        frame=frame,
        columns=[c for c in frame.columns if dots or c not in ("rank", "dots", "voters")],
        formats={
            **dict.fromkeys(("what", "notes", "on_the_map"), "text"),
            **dict.fromkeys(("rank", "dots", "voters"), "int"),
        },
        notes=[*ties(rows), *filter(None, late)],
        numbers={"notes": len(shown), "dots": dots},
    )


def guess(phase: Phase, topic: str, questions: Sequence[Question], measure: Any) -> Any:
    """Guess numbers before they are shown; in a batch run what was guessed and revealed."""
    if not questions:
        return phase.panel(
            "beliefs", topic, "There is nothing to guess: the data for it is missing."
        )
    head = _head(phase, topic)
    own = {
        card.department
        for j in phase.w.folder.journey_ids()
        for card in phase.w.folder.journey(j).cards
    }
    departments = sorted(filter(None, own))
    return phase.touch(
        lambda: Beliefs(phase.w.desk, head, questions, measure, departments),
        lambda: _believed(phase, head),
    )


def _believed(phase: Phase, head: Mapping[str, Any]) -> Panel:
    """Show the guesses that were revealed, all rounds of them, and how well the team knew."""
    guesses = _of(phase, "guesses", head)
    shown, late = [g for g in guesses if g.revealed], sum(not g.revealed for g in guesses)
    frame = numbers.beliefs(shown)
    notes = [f"{late} guess{'es' * (late != 1)} not revealed yet."] if late else []
    if frame.empty:
        said = "Nobody has guessed yet. Open this notebook in JupyterLab to do it, before you look."
        return phase.panel("beliefs", head["topic"], notes[0] if late else said, notes=[])
    last = max(g.number for g in shown)
    score = numbers.belief_score([g for g in shown if g.number == last])
    for row in score[score["department"] != "(not said)"].itertuples():
        notes.append(f"{row.department}: {row.held} of {row.ranges} ranges held the truth.")
    for number in sorted({g.number for g in shown} - {last}):
        earlier = calibration([g for g in shown if g.number == number])
        notes.append(f"Round {number}: {' '.join(earlier)}")
    frame = frame.assign(
        range_held=frame["held"].map({1.0: "● held it", 0.0: "▲ missed it"}).fillna("–")
    )
    return phase.panel(
        "beliefs",
        head["topic"],
        " ".join(calibration([g for g in shown if g.number == last])),
        counts="Guesses of the team, made before the data was shown; ranges of 80 %",
        frame=frame,
        columns=[
            "what",
            "department",
            "guess",
            "guess_low",
            "guess_high",
            "truth",
            "unit",
            "range_held",
        ],
        formats={
            **dict.fromkeys(("what", "department", "unit", "range_held"), "text"),
            **dict.fromkeys(("guess", "guess_low", "guess_high", "truth"), ""),
        },
        chart=charts.beliefs(numbers.beliefs([g for g in shown if g.number == last])),
        notes=[*notes, *score.attrs["notes"]],
        numbers={"guesses": len(shown), "held": int(frame["held"].sum())},
    )


def knew(phase: Phase) -> Panel:
    """Show how well the team knew: by department, what it over- and underestimates, over sessions."""
    id, title = "belief-score", "How well did we know our customers?"
    source = phase.w.desk if phase.w.live else phase.w.folder
    shown = [guess for guess in source.records("guesses") if guess.revealed]
    score = numbers.belief_score(shown)
    if score.empty:
        return phase.panel(
            id, title, "Nobody has guessed yet. Notebooks 03 and 04 ask, before they show."
        )
    told = {by: numbers.belief_score(shown, by=by) for by in ("what", "run_date")}
    rows = [
        {
            "by": word,
            "which": getattr(row, by),
            "guesses": row.guesses,
            "ranges that held the truth": f"{row.held} of {row.ranges}"
            + (f" ({row.low:.0%} to {row.high:.0%})" if row.ranges else ""),
            "guesses on average": off_by(row.bias, row.unit),
        }
        for word, by, frame in (
            ("Department", "department", score),
            ("Number", "what", told["what"]),
            ("Session", "run_date", told["run_date"]),
        )
        for row in frame.sort_values([by] if by != "what" else ["unit", "bias"]).itertuples()
    ]
    frame = pd.DataFrame(rows)
    said = " ".join(calibration(shown))
    worst = [
        part.loc[part["bias"].idxmax()]
        for _, part in told["what"].groupby("unit")
        if part["bias"].max() > 0
    ]
    over = "; ".join(f"“{row['what']}” ({off_by(row['bias'], row['unit'])})" for row in worst)
    return phase.panel(
        id,
        title,
        f"{said}{f' Most overestimated: {over}.' if over else ''}",
        counts="All guesses of the team, of every persona, made before the data was shown; ranges of 80%, of "
        "which 8 in 10 should hold the truth",
        frame=frame,
        formats={**dict.fromkeys(frame.columns, "text"), "guesses": "int"},
        chart=charts.belief_score(score),
        notes=list(score.attrs["notes"]),
        numbers={"rows": rows, "guesses": len(shown)},
    )


# --- what is guessed ------------------------------------------------------------------------


def losses(phase: Phase) -> Any:
    """Guess what share is lost at each step of the funnel."""
    w = phase.w
    steps = list(w.steps) if w.events is not None else []
    names = {f"lost-{place}": name for place, name in enumerate(steps[1:], 1)}
    questions = [
        Question(id, f"Of 100 who “{before}”: how many do not go on to “{name}”?")
        for (id, name), before in zip(names.items(), steps, strict=False)
    ]

    def measure() -> dict[str, Measured]:
        assert w.events is not None, "without events there is no question"
        rows = numbers.funnel(w.events, w.steps).set_index("step_number")
        lost = 100 * (1 - rows[["of_previous", "high", "low"]].astype(float))
        return {
            id: (at["of_previous"], at["high"], at["low"])
            for id, at in zip(names, lost.iloc[1:].to_dict("records"), strict=True)
        }

    return guess(phase, "How many do we lose?", questions, measure)


def feelings(phase: Phase) -> Any:
    """Guess what customers said they feel in each stage, and whether they would recommend us."""
    found = measured_emotion(phase.w)
    stages = set(found.loc[found["n"] > 0, "stage"]) if found is not None else set()
    questions = [
        Question(f"feels-{slug(id)}", f"“{name}”: from -2 (angry) to 2 (delighted)", "", -2, 2, 0.1)
        for id, name in phase.w.stage_names.items()
        if id in stages
    ]
    if measured(phase.w, "nps")["value"] is not None:
        questions.append(
            Question("nps", "Would they recommend us? NPS, from -100 to 100", "NPS", -100, 100)
        )

    def measure() -> dict[str, Measured]:
        rows = measured_emotion(phase.w)
        told: dict[str, Measured] = {}
        for row in rows.itertuples() if rows is not None else ():
            told[f"feels-{slug(str(row.stage))}"] = (row.emotion, row.low, row.high)
        nps = measured(phase.w, "nps")
        if nps["value"] is not None:
            told["nps"] = (nps["value"], nps["low"], nps["high"])
        return told

    return guess(phase, "How does it feel?", questions, measure)
