"""The board of a session's persona, with what its data says."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from journeykit import charts, numbers
from journeykit.charts.poster.data import Numbers, stage_rows
from journeykit.charts.poster.notes import note_of
from journeykit.errors import JourneykitError
from journeykit.model import Card, Data, Journey, Workshop, free_name
from journeykit.widgets import Board
from journeykit.words import between, percent

from .measures import claim_marks, measured_emotion, promise_table, stage_funnel
from .panel import NOT_YET, Panel, plain
from .rounds import Rounds
from .session import Session


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
    w, pairs = phase.w, phase.w.pairs
    ids = w.folder.journey_ids()
    named = [(a.id, b.id if b else free_name(f"{a.id}-to-be", ids)) for a, b in pairs]
    (now, then), to_be = pairs[0], named[0][1]
    lost, felt = (_if_it_can(call, w) for call in (stage_funnel, measured_emotion))
    measured = {"drop_off": None if lanes else lost, "measured": felt}

    def still() -> Panel:
        docs = ("workshop", f"journeys/{now.id}", f"journeys/{to_be}")
        workshop, as_is, planned = map(w.desk.get, docs) if w.live else (w.workshop, now, then)
        svg, rows = _drawn(w, measured, lanes, show, workshop, as_is or now, planned)
        if not rows:
            return phase.panel(id, title, NOT_YET)
        return phase.panel(
            id,
            title,
            f"{len(rows)} notes; in JupyterLab this is a board to work on.",
            svg=svg,
            frame=rows,
        )

    def widget() -> Board:
        told = Numbers.read(w.persona, lost, felt, _if_it_can(promise_table, w), None, claims={})
        cards: Data = {}
        for as_is, plan in pairs:
            of = told._replace(claims=_if_it_can(claim_marks, w, as_is) or {})
            cards |= {m.id: _card_numbers(w, m, of) for m in (as_is, plan) if m}
        return Board(
            w.desk,
            w.persona,
            *named[0],
            further=named[1:],
            numbers={**_told(w, told), "cards": cards, "covered": [*w.covered.values()]},
            lanes=lanes,
            show=show,
            data=data,
            title=title if lanes else "",
        )

    return phase.live(still, widget)


def _if_it_can(call: Callable[..., Any], *given: Any) -> Any:
    """What the data says; None where it cannot, for a board is worked on without numbers, too."""
    try:
        return call(*given)
    except JourneykitError:
        return None


def _told(session: Session, numbers: Numbers) -> Data:
    """What the board says of stages, as plain data."""
    stages = session.stage_names
    return plain(
        {
            "counts": numbers.counts,
            "stages": dict(zip(stages, stage_rows(stages, numbers))) if numbers.drop_off else {},
            "measured": {
                stage: {
                    "value": row["emotion"],
                    **{k: row.get(k) for k in "low high n small_n".split()},
                }
                for stage, row in numbers.measured.items()
                if "emotion" in row
            },
        }
    )


def _card_numbers(session: Session, journey: Journey, numbers: Numbers) -> Data:
    found = {}
    for card in journey.cards:
        verdict = note_of(card, numbers).verdict_words
        if verdict:
            found[card.id] = {"words": verdict, "small": "few cases" in verdict}
        elif card.events:
            counted = partial(_share, session, card)
            if share := _if_it_can(session.once, ("share", card.events), counted):
                found[card.id] = share
    return found


def _share(session: Session, card: Card) -> Data | None:
    """How many of the persona's customers did what a card's events say; None without data."""
    session.cover("reach")
    matches = session._seen({"card": card.events}).get("card")
    if session.events is None or not matches or not session.events.users:
        return None
    users, n = numbers.reached(session.events, matches), session.events.users
    small = n < 30
    span = f"{between(*numbers.wilson(users, n))}, n {n:,}"
    return {"words": f"{percent(users / n)} ({span}{', few' if small else ''})", "small": small}


def _drawn(
    w: Session,
    measured: Data,
    lanes: Sequence[str],
    show: str,
    workshop: Workshop,
    now: Journey,
    then: Journey | None,
) -> tuple[str, list[Data]]:
    """The map as SVG, and its notes as rows."""
    who, root = (workshop, w.persona), w.folder.root
    if show == "both" and then:
        rows = charts.compare_text(workshop, now, then)
        return charts.journey_compare(*who, now, then, folder=root), rows
    shown = then if show == "to-be" and then else now
    svg = charts.journey_map(*who, shown, lanes=lanes or None, folder=root, **measured)
    mine = shown.with_cards(card for card in shown.cards if not lanes or card.lane in lanes)
    return svg, charts.journey_text(*who, mine)
