"""The board of a session's persona, with what its data says."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from journeykit import charts, numbers
from journeykit.charts.poster.data import Numbers, stage_rows
from journeykit.charts.poster.notes import note_of
from journeykit.errors import JourneykitError
from journeykit.model import Card, Journey, Persona, Workshop, free_name
from journeykit.phases.measures import promise_table
from journeykit.phases.panel import Panel, plain
from journeykit.phases.picture import claim_marks, measured_emotion, stage_funnel
from journeykit.phases.rounds import Rounds
from journeykit.phases.session import Session
from journeykit.widgets import Board
from journeykit.words import between, percent


def board(
    phase: Rounds,
    id: str,
    title: str,
    *,
    lanes: Sequence[str] = (),
    show: str = "as-is",
    data: bool = True,
) -> Any:
    """Give the board in JupyterLab; in a batch run the map as a picture, its notes as a table."""
    w, now, then = phase.w, phase.w.journey, phase.w.to_be
    to_be = then.id if then else free_name(f"{now.id}-to-be", w.folder.journey_ids())
    lost, felt = (_if_it_can(call, w) for call in (stage_funnel, measured_emotion))
    measured = {"drop_off": None if lanes else lost, "measured": felt}

    def still() -> Panel:
        docs = ("workshop", f"journeys/{now.id}", f"journeys/{to_be}")
        held = map(w.desk.get, docs) if w.live else (w.workshop, now, then)
        workshop, as_is, planned = held
        drawn = _drawn(w.persona, measured, lanes, show, workshop, as_is or now, planned)
        svg, frame = drawn[0], pd.DataFrame(drawn[1])
        if frame.empty:
            none = "Not answered yet. Open this notebook in JupyterLab to do it."
            return phase.panel(id, title, none)
        said = f"{len(frame)} notes; in JupyterLab this is a board to work on."
        return phase.panel(id, title, said, svg=svg, frame=frame)

    if not w.live:
        return still()
    kept, marks = _if_it_can(promise_table, w), _if_it_can(claim_marks, w)
    told = Numbers.read(w.persona, lost, felt, kept, None, claims=marks or {})
    made = Board(
        w.desk,
        w.persona,
        now.id,
        to_be,
        numbers=_told(w, told, [m for m in (now, then) if m]),
        lanes=lanes,
        show=show,
        data=data,
        title=title if lanes else "",
    )
    made.still = lambda: still().page()
    return made


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
            "counts": numbers.counts,
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
    """How many of the persona's customers did what a card's events say; None without data."""
    matches = session._known({"card": list(card.events)}).get("card")
    if session.events is None or not matches or not session.events.users:
        return None
    users, n = numbers.reached(session.events, matches), session.events.users
    small = n < 30
    span = f"{between(*numbers.wilson(users, n))}, n {n:,}"
    return {"words": f"{percent(users / n)} ({span}{', few' if small else ''})", "small": small}


def _drawn(
    persona: Persona,
    measured: dict[str, Any],
    lanes: Sequence[str],
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
    return charts.journey_map(workshop, persona, shown, lanes=lanes or None, **measured), rows


def _sorted(workshop: Workshop, journey: Journey) -> tuple[Card, ...]:
    return journey.sorted([stage.id for stage in workshop.stages], workshop.lane_names()).cards
