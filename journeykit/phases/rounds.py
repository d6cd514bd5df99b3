"""What a team does in rounds: gather notes, and guess before it looks."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd

from journeykit import charts
from journeykit.model import Round, ranking, slug, ties
from journeykit.numbers.beliefs import belief_score, beliefs
from journeykit.numbers.funnel import funnel
from journeykit.phases.measures import measured
from journeykit.phases.panel import Panel
from journeykit.phases.picture import measured_emotion
from journeykit.phases.session import Session
from journeykit.widgets import Beliefs, Gather, Question, calibration, off_by, waiting

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


class Rounds:
    """What a team does in rounds; a phase has a name, what it knows, and panels of its own."""

    id: ClassVar[str]
    topic: ClassVar[str] = "What do we notice?"
    w: Session
    panel: Callable[..., Panel]

    def gather(self, topic: str = "", *, lane: str = "pain-points", budget: int = 5) -> Any:
        """Gather notes: written alone, revealed together, grouped, voted on, put on the map.

        In a batch run the ranking; of notes that are not revealed only how many there are.
        ``lane`` is where they go on the map unless said otherwise, ``budget`` the dots of each.
        """
        w, head = self.w, {**self._head(topic or self.topic), "budget": budget}
        journey, stages, lanes = w.journey, w.stage_names, w.workshop.lane_names()

        def still() -> Panel:
            now: Any = w.desk.get(f"journeys/{journey.id}") if w.live else None
            cards = (now or journey).cards
            return self._gathered(
                head, {c.id: f"{stages[c.stage]} · {lanes[c.lane]}" for c in cards}
            )

        if not w.live:
            return still()
        places = {"stages": [*stages.items()], "lanes": [*lanes.items()], "lane": lane}
        made = Gather(w.desk, head, journey, places)
        made.still = lambda: still().page()
        return made

    def _head(self, topic: str) -> dict[str, Any]:
        persona = self.w.persona_id
        return {"id": round_id(self.id, persona, topic), "topic": topic, "persona": persona}

    def _of(self, kind: str, head: Mapping[str, Any]) -> list[Any]:
        """Records of a round as they are now, with what a widget has not saved yet."""
        return [record for record in recorded(self.w, kind) if record.topic == head["id"]]

    def _gathered(self, head: Mapping[str, Any], places: Mapping[str, str]) -> Panel:
        """Show the ranking; of notes that are not revealed only how many there are."""
        topic, notes, votes = head["topic"], self._of("notes", head), self._of("votes", head)
        rounds = {record.id: record for record in recorded(self.w, "rounds")}
        shown = [note for note in notes if note.revealed]
        late, id = waiting([n for n in notes if not n.revealed]), f"gathered-{slug(topic)}"
        if not shown:
            none = "Nobody has written a note yet. Open this notebook in JupyterLab to do it."
            return self.panel(id, topic, late or none)
        now = rounds.get(head["id"]) or Round.model_validate(head)
        rows = ranking(shown, votes, now.groups)
        frame = pd.DataFrame(
            {
                **{key: row[key] for key in ("rank", "name", "dots", "voters")},
                "notes": "; ".join(note.text for note in row["notes"]),
                "on_the_map": next((places[n.card] for n in row["notes"] if n.card in places), ""),
            }
            for row in rows
        ).rename(columns={"name": "what"})
        dots, counts = int(frame["dots"].sum()), "Notes of the team"
        first = f" Most dots: “{rows[0]['name']}” ({rows[0]['dots']} of {dots})." if dots else ""
        columns = ["rank", "what", "dots", "voters", "notes", "on_the_map"]
        return self.panel(
            id,
            topic,
            f"{len(shown)} notes in {len(rows)} groups.{first}",
            counts=f"{counts}; each person has the same number of dots" if dots else counts,
            frame=frame,
            columns=[c for c in columns if dots or c not in ("rank", "dots", "voters")],
            notes=[*ties(rows), *filter(None, [late])],
            numbers={"notes": len(shown), "dots": dots},
        )

    def _guess(self, topic: str, questions: Sequence[Question], measure: Any) -> Any:
        """Guess numbers before they are shown; in a batch run what was guessed and revealed."""
        if not questions:
            none = "There is nothing to guess: the data for it is missing."
            return self.panel("beliefs", topic, none)
        w, head = self.w, self._head(topic)
        if not w.live:
            return self._believed(head)
        maps = map(w.folder.journey, w.folder.journey_ids())
        own = {card.department for journey in maps for card in journey.cards}
        departments = sorted(filter(None, own))
        made = Beliefs(w.desk, head, questions, measure, departments)
        made.still = lambda: self._believed(head).page()
        return made

    def _believed(self, head: Mapping[str, Any]) -> Panel:
        """Show the guesses that were revealed, all rounds of them, and how well the team knew."""
        guesses = self._of("guesses", head)
        shown, late = [g for g in guesses if g.revealed], sum(not g.revealed for g in guesses)
        frame, topic = beliefs(shown), head["topic"]
        notes = [f"{late} guess{'es' * (late != 1)} not revealed yet."] if late else []
        if frame.empty:
            none = "Nobody has guessed yet. Open this notebook in JupyterLab, before you look."
            return self.panel("beliefs", topic, *(notes or [none]))
        *earlier, last = (
            [g for g in shown if g.number == n] for n in sorted({g.number for g in shown})
        )
        score = belief_score(last)
        for row in score[score["department"] != "(not said)"].itertuples():
            notes.append(f"{row.department}: {row.held} of {row.ranges} ranges held the truth.")
        notes += [f"Round {mine[0].number}: {' '.join(calibration(mine))}" for mine in earlier]
        held = frame["held"].map({1.0: "● held it", 0.0: "▲ missed it"}).fillna("–")
        words, guessed = (
            ("what", "department", "unit", "range_held"),
            ("guess", "guess_low", "guess_high", "truth"),
        )
        return self.panel(
            "beliefs",
            topic,
            " ".join(calibration(last)),
            counts="Guesses of the team, made before the data was shown; ranges of 80 %",
            frame=frame.assign(range_held=held),
            columns=[*words[:2], *guessed, *words[2:]],
            chart=None if self.w.live else charts.beliefs(beliefs(last)),
            notes=[*notes, *score.attrs["notes"]],
            numbers={"guesses": len(shown), "held": int(frame["held"].sum())},
        )


def recorded(session: Session, kind: str) -> list[Any]:
    """Read the records of a kind as they are now, with what a widget has not saved yet."""
    return (session.desk if session.live else session.folder).records(kind)


def knew(phase: Rounds) -> Panel:
    """Show how well the team knew: by department, by number, over sessions."""
    id, title = "belief-score", "How well did we know our customers?"
    shown = [guess for guess in recorded(phase.w, "guesses") if guess.revealed]
    score = belief_score(shown)
    if score.empty:
        return phase.panel(
            id, title, "Nobody has guessed yet. Notebooks 03 and 04 ask, before they show."
        )
    told = {by: belief_score(shown, by=by) for by in ("what", "run_date")}
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
        counts="All guesses of the team, of every persona, made before the data was shown; "
        "ranges of 80%, of which 8 in 10 should hold the truth",
        frame=frame,
        chart=charts.belief_score(score),
        notes=list(score.attrs["notes"]),
        numbers={"rows": rows, "guesses": len(shown)},
    )


# --- what is guessed ------------------------------------------------------------------------


def losses(phase: Rounds) -> Any:
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
        rows = funnel(w.events, w.steps).set_index("step_number")
        lost = 100 * (1 - rows[["of_previous", "high", "low"]].astype(float))
        return {
            id: (at["of_previous"], at["high"], at["low"])
            for id, at in zip(names, lost.iloc[1:].to_dict("records"), strict=True)
        }

    return phase._guess("How many do we lose?", questions, measure)


def feelings(phase: Rounds) -> Any:
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

    return phase._guess("How does it feel?", questions, measure)
