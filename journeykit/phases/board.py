"""The board of a session's persona, with what its data says."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from journeykit import charts, numbers
from journeykit.charts.map_cards import note_of
from journeykit.charts.map_data import Numbers, range_words, stage_rows
from journeykit.errors import JourneykitError
from journeykit.model import Card, Journey, Persona, Workshop, free_name
from journeykit.phases.measures import promise_table
from journeykit.phases.panel import Panel, plain
from journeykit.phases.picture import claim_marks, measured_emotion, stage_funnel
from journeykit.phases.session import Session
from journeykit.widgets import Board

if TYPE_CHECKING:
    from journeykit.phases.phase import Phase

__all__ = ["board", "board_panel"]


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
    to_be = then.id if then else free_name(f"{now.id}-to-be", session.folder.journey_ids())
    frames = [_if_it_can(call, session) for call in (stage_funnel, measured_emotion, promise_table)]
    numbers = Numbers.read(
        session.persona, *frames, None, claims=_if_it_can(claim_marks, session) or {}
    )

    measured = {"drop_off": None if lanes else frames[0], "measured": frames[1]}

    def picture() -> str:
        held = [
            session.desk.word(doc)
            for doc in ("workshop", f"journeys/{now.id}", f"journeys/{to_be}")
        ]
        drawn = _drawn(session.persona, measured, lanes, show, held[0], held[1] or now, held[2])
        return _image(title or f"The journey of {session.persona.name}", *drawn)

    return Board(
        session.desk,
        session.persona,
        now.id,
        to_be,
        numbers=_told(session, numbers, [m for m in (now, then) if m]),
        lanes=lanes,
        show=show,
        data=data,
        title=title,
        still=picture,
    )


def board_panel(
    phase: Phase, id: str, title: str, *, lanes: Sequence[str] | None = None, show: str = "as-is"
) -> Panel:
    """Show the same where no kernel runs: the map as a picture, its notes as a table."""
    w, lost = phase.w, None if lanes else _if_it_can(stage_funnel, phase.w)
    measured = {"drop_off": lost, "measured": _if_it_can(measured_emotion, w)}
    svg, rows = _drawn(w.persona, measured, lanes, show, w.workshop, w.journey, w.to_be)
    if not rows:
        return phase.panel(
            id, title, "Not answered yet. Open this notebook in JupyterLab to do it."
        )
    frame = pd.DataFrame(rows)
    return phase.panel(
        id,
        title,
        f"{len(rows)} notes; in JupyterLab this is a board to work on.",
        svg=svg,
        frame=frame,
        formats=dict.fromkeys(frame.columns, "text"),
    )


def _if_it_can(call: Callable[..., Any], *given: Any) -> Any:
    """What the data says; None where it cannot, for a board is worked on without numbers, too."""
    try:
        return call(*given)
    except JourneykitError:
        return None


def _told(session: Session, numbers: Numbers, maps: Sequence[Journey]) -> dict[str, Any]:
    """What the board says of stages and cards, as plain data."""
    stages = [stage.id for stage in session.workshop.stages]
    said: dict[Any, Any] = {}
    return plain(
        {
            "counts": "customers" if numbers.counts == "users" else numbers.counts,
            "stages": dict(zip(stages, stage_rows(stages, numbers), strict=True))
            if numbers.drop_off
            else {},
            "measured": {
                stage: {
                    "value": row["emotion"],
                    **{k: row.get(k) for k in ("low", "high", "n", "small_n")},
                }
                for stage, row in numbers.measured.items()
                if "emotion" in row
            },
            "cards": {m.id: _card_numbers(session, m, numbers, said) for m in maps},
        }
    )


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
    users, n = numbers.reached(session.events, matches), session.events.users
    small = n < 30
    span = f"{range_words(*numbers.wilson(users, n))}, n {n:,}"
    return {"words": f"{100 * users / n:.0f}% ({span}{', few' if small else ''})", "small": small}


def _drawn(
    persona: Persona,
    measured: dict[str, Any],
    lanes: Sequence[str] | None,
    show: str,
    workshop: Any,
    now: Any,
    then: Any,
) -> tuple[str, list[dict[str, Any]]]:
    """The map as SVG, and its notes as rows."""
    if show == "both" and then:
        rows = charts.compare_text(workshop, now, then)
        return charts.journey_compare(workshop, persona, now, then), rows
    shown = then if show == "to-be" and then else now
    rows = [
        row
        for row, card in zip(
            charts.journey_text(workshop, persona, shown), _sorted(workshop, shown)
        )
        if not lanes or card.lane in lanes
    ]
    return charts.journey_map(workshop, persona, shown, lanes=lanes, **measured), rows


def _sorted(workshop: Workshop, journey: Journey) -> tuple[Card, ...]:
    return journey.sorted([stage.id for stage in workshop.stages], workshop.lane_names()).cards


def _image(title: str, svg: str, rows: Sequence[dict[str, Any]]) -> str:
    """A picture and its notes as a table. Pages that show foreign notebooks take SVG only as an image."""
    if not rows:
        return "<p>No notes yet.</p>"
    shown = base64.b64encode(svg.encode()).decode()
    heads = "".join(f"<th scope='col'>{escape(key)}</th>" for key in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row.values()) + "</tr>"
        for row in rows
    )
    return (
        f"<img alt='{escape(title)}' src='data:image/svg+xml;base64,{shown}' width='100%'><details>"
        f"<summary>The notes as a table</summary><table><tr>{heads}</tr>{body}</table></details>"
    )
