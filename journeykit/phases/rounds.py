"""What a team does in rounds: gather notes, and guess before it looks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from pandas import DataFrame

from journeykit import charts
from journeykit.model import Data, Facts, ranking, slug, ties
from journeykit.numbers.beliefs import belief_score, beliefs
from journeykit.widgets import Beliefs, Gather, Live, Question, calibration, off_by, waiting
from journeykit.widgets.beliefs import Measured as Measured

from .guessed import GUESSES
from .panel import Found, Panel
from .session import Session


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

        places = {"stages": [*stages.items()], "lanes": [*lanes.items()], "lane": lane}
        return self.live(still, lambda: Gather(w.desk, head, journey, places))

    def live(self, still: Callable[[], Panel], widget: Callable[[], Live]) -> Any:
        """Give the panel in a batch run; in JupyterLab the widget, which draws itself so where no
        kernel runs.
        """
        if not self.w.live:
            return still()
        made = widget()
        made.still = lambda: still().page()
        return made

    def _head(self, topic: str) -> Data:
        id = self.w.round_of(self.id, topic)
        return {"id": id, "topic": topic, "persona": self.w.persona_id}

    def _of(self, kind: str, round: str) -> list[Any]:
        """Records of a round as they are now, with what a widget has not saved yet."""
        return [record for record in recorded(self.w, kind) if record.topic == round]

    def _gathered(self, head: Facts, places: Mapping[str, str]) -> Panel:
        """Show the ranking; of notes that are not revealed only how many there are."""
        topic, votes, notes = head["topic"], *(self._of(k, head["id"]) for k in ("votes", "notes"))
        shown = [note for note in notes if note.revealed]
        late, id = waiting([n for n in notes if not n.revealed]), f"gathered-{slug(topic)}"
        if not shown:
            return self.panel(
                id,
                topic,
                late or "Nobody has written a note yet. Open this notebook in JupyterLab to do it.",
            )
        rounds = (each.groups for each in recorded(self.w, "rounds") if each.id == head["id"])
        rows = ranking(shown, votes, next(rounds, {}))
        frame = DataFrame(
            {
                **{key: row[key] for key in ("rank", "name", "dots", "voters")},
                "notes": "; ".join(note.text for note in row["notes"]),
                "on_the_map": next((places[n.card] for n in row["notes"] if n.card in places), ""),
            }
            for row in rows
        ).rename(columns={"name": "what"})
        dots, counts = int(frame["dots"].sum()), "Notes of the team"
        first = f" Most dots: “{rows[0]['name']}” ({rows[0]['dots']} of {dots})." if dots else ""
        return self.panel(
            id,
            topic,
            f"{len(shown)} notes in {len(rows)} groups.{first}",
            counts=f"{counts}; each person has the same number of dots" if dots else counts,
            frame=frame,
            columns=(
                "rank what dots voters notes on_the_map" if dots else "what notes on_the_map"
            ).split(),
            notes=[*ties(rows), *filter(None, [late])],
            numbers={"notes": len(shown), "dots": dots},
        )

    def _guess(self, what: str, questions: Sequence[Question], measure: Any) -> Any:
        """Guess numbers before they are shown; in a batch run what was guessed and revealed."""
        if not questions:
            return "There is nothing to guess: the data for it is missing."
        w, head = self.w, self._head(GUESSES.get(what, {"topic": what})["topic"])
        maps = map(w.folder.journey, w.folder.journey_ids())
        own = {card.department for journey in maps for card in journey.cards}
        departments = sorted(filter(None, own))
        return self.live(
            lambda: self._believed(head),
            lambda: Beliefs(w.desk, head, questions, measure, departments),
        )

    def _believed(self, head: Facts) -> Panel:
        """Show the guesses that were revealed, all rounds of them, and how well the team knew."""
        guesses = self._of("guesses", head["id"])
        shown, late = [g for g in guesses if g.revealed], sum(not g.revealed for g in guesses)
        frame, topic = beliefs(shown), head["topic"]
        notes = [f"{late} guess{'es' * (late != 1)} not revealed yet."] if late else []
        if frame.empty:
            return self.panel(
                "beliefs",
                topic,
                " ".join([*notes, *frame.attrs["notes"]])
                or "Nobody has guessed yet. Open this notebook in JupyterLab, before you look.",
            )
        *earlier, last = (
            [g for g in shown if g.number == n] for n in sorted({g.number for g in shown})
        )
        score = belief_score(last)
        for row in score[score["department"] != "(not said)"].itertuples():
            notes.append(f"{row.department}: {row.held} of {row.ranges} ranges held the truth.")
        notes += [f"Round {mine[0].number}: {' '.join(calibration(mine))}" for mine in earlier]
        return self.panel(
            "beliefs",
            topic,
            " ".join(calibration(last)),
            counts="Guesses of the team, made before the data was shown; ranges of 80 %",
            frame=frame.assign(
                range_held=frame["held"].map({1.0: "● held it", 0.0: "▲ missed it"}).fillna("–")
            ),
            columns="what department guess guess_low guess_high truth unit range_held".split(),
            chart=None if self.w.live else charts.beliefs(beliefs(last)),
            notes=[*notes, *score.attrs["notes"]],
            numbers={"guesses": len(shown), "held": int(frame["held"].sum())},
        )


def recorded(session: Session, kind: str) -> list[Any]:
    """Read the records of a kind as they are now, with what a widget has not saved yet."""
    return (session.desk if session.live else session.folder).records(kind)


def knew(session: Session) -> Found | str:
    """Show how well the team knew: by department, by number, over sessions."""
    shown = [guess for guess in recorded(session, "guesses") if guess.revealed]
    score = belief_score(shown)
    if score.empty:
        said = " ".join(score.attrs["notes"])
        return said or "Nobody has guessed yet. Notebooks 03 and 04 ask, before they show."
    named = belief_score(shown, by="what").sort_values(["unit", "bias"])
    rows = [
        {"by": word, "which": getattr(row, by), "of": row}
        for word, by, frame in (
            ("Department", "department", score.sort_values("department")),
            ("Number", "what", named),
            ("Session", "run_date", belief_score(shown, by="run_date").sort_values("run_date")),
        )
        for row in frame.itertuples()
    ]
    return {
        "rows": rows,
        "off_by": off_by,
        "shown": shown,
        "known": calibration(shown),
        "over": named[named["bias"] > 0].groupby("unit").tail(1),
        "chart": charts.belief_score(score) if score["ranges"].any() else None,
        "notes": score.attrs["notes"],
    }
