"""The board of a session's persona, with what its data says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from journeykit import analysis, charts
from journeykit.charts.map_cards import note_of
from journeykit.charts.map_data import Numbers, range_words, stage_rows
from journeykit.errors import JourneykitError
from journeykit.model import Card, Journey, Workshop
from journeykit.phases.measures import promise_table
from journeykit.phases.panel import plain
from journeykit.phases.picture import claim_marks, measured_emotion, stage_funnel
from journeykit.phases.session import Session
from journeykit.widgets import Board

__all__ = ["board"]


def board(
    session: Session,
    *,
    lanes: Sequence[str] | None = None,
    show: str = "as-is",
    data: bool = True,
    title: str = "",
) -> Board:
    """Make the board of the session's persona; see :class:`~journeykit.widgets.Board`."""
    now, then = session.journey, session.to_be
    to_be = then.id if then else _free(session, f"{now.id}-to-be")
    frames = [_if_it_can(call, session) for call in (stage_funnel, measured_emotion, promise_table)]
    numbers = Numbers.read(session.persona, *frames, None, claims=_if_it_can(claim_marks, session) or {})
    picture = _Picture(session, now, to_be, frames, lanes, show)
    return Board(
        session.desk, session.persona, now.id, to_be,
        numbers=_told(session, numbers, [m for m in (now, then) if m]),
        lanes=lanes, show=show, data=data, title=title, still=picture,
    )  # fmt: skip


def _if_it_can(call: Callable[..., Any], *given: Any) -> Any:
    """What the data says; None where it cannot, for a board is worked on without numbers, too."""
    try:
        return call(*given)
    except JourneykitError:
        return None


def _free(session: Session, name: str) -> str:
    taken = session.folder.journey_ids()
    return next(n for n in (name, *(f"{name}-{k}" for k in range(2, 1000))) if n not in taken)


def _told(session: Session, numbers: Numbers, maps: Sequence[Journey]) -> dict[str, Any]:
    """What the board says of stages and cards, as plain data."""
    stages = [stage.id for stage in session.workshop.stages]
    said: dict[Any, Any] = {}
    return plain({
        "counts": "customers" if numbers.counts == "users" else numbers.counts,
        "stages": dict(zip(stages, stage_rows(stages, numbers), strict=True)) if numbers.drop_off else {},
        "measured": {
            stage: {"value": row["emotion"], **{k: row.get(k) for k in ("low", "high", "n", "small_n")}}
            for stage, row in numbers.measured.items() if "emotion" in row
        },
        "cards": {m.id: _card_numbers(session, m, numbers, said) for m in maps},
    })  # fmt: skip


def _card_numbers(
    session: Session, journey: Journey, numbers: Numbers, said: dict[Any, Any]
) -> dict[str, Any]:
    found = {}
    for card in journey.cards:
        verdict = note_of(card, numbers, session.workshop.promises).verdict_words
        if verdict:
            found[card.id] = {"words": verdict, "small": "few cases" in verdict}
        elif card.events:
            if card.events not in said:
                said[card.events] = _if_it_can(_share, session, card)
            if said[card.events]:
                found[card.id] = said[card.events]
    return found


def _share(session: Session, card: Card) -> dict[str, Any] | None:
    """How many of the persona's customers did what a card's events say; None where no data has them."""
    matches = session._known({"card": list(card.events)}).get("card")
    if session.events is None or not matches or not session.events.users:
        return None
    users, n = analysis.reached(session.events, matches), session.events.users
    small = n < 30
    span = f"{range_words(*analysis.wilson(users, n))}, n {n:,}"
    return {"words": f"{100 * users / n:.0f}% ({span}{', few' if small else ''})", "small": small}


class _Picture:
    """The board as a picture and a table, drawn from what the desk holds now."""

    def __init__(
        self,
        session: Session,
        now: Journey,
        to_be: str,
        frames: Sequence[Any],
        lanes: Sequence[str] | None,
        show: str,
    ) -> None:
        self.session, self.now, self.to_be, self.lanes, self.show = session, now, to_be, lanes, show
        self.frames = {"drop_off": None if lanes else frames[0], "measured": frames[1]}

    def __call__(self) -> str:
        desk = self.session.desk
        workshop = desk.word("workshop")
        now, then = desk.word(f"journeys/{self.now.id}") or self.now, desk.word(f"journeys/{self.to_be}")
        assert isinstance(workshop, Workshop)
        assert isinstance(now, Journey)
        persona = self.session.persona
        if self.show == "both" and isinstance(then, Journey):
            rows = charts.compare_text(workshop, now, then)
            return charts.journey_compare(workshop, persona, now, then) + _table(rows)
        shown = then if self.show == "to-be" and isinstance(then, Journey) else now
        rows = [
            row for row, card in zip(charts.journey_text(workshop, persona, shown), _sorted(workshop, shown))
            if not self.lanes or card.lane in self.lanes
        ]  # fmt: skip
        return charts.journey_map(workshop, persona, shown, lanes=self.lanes, **self.frames) + _table(rows)


def _sorted(workshop: Workshop, journey: Journey) -> tuple[Card, ...]:
    return journey.sorted([stage.id for stage in workshop.stages], workshop.lane_names()).cards


def _table(rows: Sequence[dict[str, Any]]) -> str:
    """The notes as a table, for pages that show no pictures in HTML."""
    if not rows:
        return "<p>No notes yet.</p>"
    heads = "".join(f"<th scope='col'>{escape(key)}</th>" for key in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row.values()) + "</tr>" for row in rows
    )
    return f"<details><summary>The notes as a table</summary><table><tr>{heads}</tr>{body}</table></details>"
