"""What the data of one persona says, gathered for an objective, a board or the map."""

from pandas import DataFrame

from journeykit.claims import (
    Evidence,
    JourneyTest,
    between_words,
    decide,
    journey_tests,
    value_words,
    verdicts,
)
from journeykit.declared import METRICS
from journeykit.errors import Covered, JourneykitError
from journeykit.model import Data, Journey, Objective
from journeykit.numbers.catalogue import CATALOGUE
from journeykit.numbers.claimed import measure
from journeykit.numbers.funnel import funnel

from .session import Session

_SAID = {"supported": "reached", "refuted": "short", "undecided": "undecided"}


def baseline(session: Session, objective: Objective) -> Data:
    """Measure an objective: value, low, high, n, what n counts, and a verdict in words.

    The verdict is ``reached`` where the whole interval is on the good side of the target,
    ``short`` where all of it is on the other, else ``undecided``; ``not measured`` where the
    data lacks what it takes, ``covered`` where it is guessed first.
    """
    metric = "step-rate" if objective.measure == "step" else objective.measure
    found = measured(session, metric, objective.of)
    verdict = found["why"]
    if found["value"] is not None:
        n = 0 if session.gate.shut else found["n"]  # which decides nothing
        verdict = _SAID[decide(found["low"], found["high"], n, "at least", (objective.target,))]
    return {**found, "verdict": verdict, "rate": METRICS[metric].kind == "share"}


def measured(session: Session, metric: str, of: str = "", covered: bool = True) -> Data:
    """Return value, low, high, n and ``of_what`` n counts; without a value what is ``not
    measured``, or ``covered`` until the team has guessed, as ``why`` says.
    """
    try:
        if covered:
            session.cover(metric)
        found = measure(Evidence.of(session).scope(), metric, (of,) if METRICS[metric].of else ())
    except JourneykitError as problem:
        why = "covered" if isinstance(problem, Covered) else "not measured"
        return {"value": None, "low": None, "high": None, "n": 0, "of_what": "", "why": why}
    value = None if found.value != found.value else found.value
    return {
        "value": value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "of_what": found.counts,
        "why": "not measured",
    }


def promise_table(session: Session) -> DataFrame | None:
    """Hold every promise against the data; None where the workshop makes no promise."""
    return CATALOGUE["promises"].answer(session) if session.promises else None


def stage_funnel(session: Session) -> DataFrame | None:
    """Count the customers that reach each stage in order, with the drop-off since the last."""
    if session.events is None or len(session.stages) < 2:
        return None
    session.cover("stages")
    kept = "step users of_previous low high drop_off small_n".split()
    return funnel(session.events, session.stages)[kept]


def measured_emotion(session: Session) -> DataFrame | None:
    """Return what surveys say per stage, -2 to 2, once the team has guessed."""
    session.cover("emotion_by_stage")
    return session.feelings


def emotion_frame(session: Session, journey: Journey) -> DataFrame:
    """Put the team's feeling beside the measured one, one row a stage, in the map's order."""
    felt, measured = journey.emotions(), measured_emotion(session)
    columns = "emotion low high n small_n".split()
    known = DataFrame(columns=["stage", *columns], dtype=float) if measured is None else measured
    frame = known.set_index("stage")[columns].reindex(session.stage_names)
    frame = frame.rename(columns={"emotion": "measured"}).assign(
        stage=list(session.stage_names.values()),
        team=[felt.get(stage) for stage in session.stage_names],
        n=frame["n"].fillna(0),
        small_n=frame["small_n"].eq(True),
    )
    return frame["stage team measured low high n small_n".split()].reset_index(drop=True)


def alarms(session: Session) -> dict[str, JourneyTest]:
    """Test id to the test, of those of this persona whose alarm is red or green; none while a
    number is covered, as all of them share what may go wrong by chance.
    """
    if session.covered:
        return {}

    def asked() -> dict[str, JourneyTest]:
        tests = journey_tests(Evidence.of(session), [session.persona_id])
        return {test.id: test for test in tests if test.alarm.get("state")}

    return session.once(
        ("alarms", repr((session.workshop, session.journeys, session.covered))), asked
    )


def claim_marks(session: Session, journey: Journey) -> dict[str, tuple[str, str]]:
    """Card id to verdict and the words for the map: ``claim refuted: 60.6%, not at least 80%``,
    and what its alarm says.
    """
    marks, nights = {}, alarms(session)
    for found in verdicts(Evidence.of(session), journey):
        value = (
            value_words(found.value, found.claim.about.kind)
            if found.measured
            else found.value_words
        )
        marks[found.card] = (
            found.verdict,
            f"claim {found.verdict}: {value}, claimed {between_words(found.claim)}"
            + (f"; {nights[found.id].light}" if found.id in nights else ""),
        )
    return marks
