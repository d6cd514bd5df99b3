"""What a team guesses before it sees it: until then it is covered."""

import hashlib
from functools import cached_property
from typing import Any

from pandas import DataFrame, Series

from journeykit.claims.scope import Once
from journeykit.declared import beside
from journeykit.errors import Covered, JourneykitError
from journeykit.model import PHASES, Names, slug
from journeykit.numbers.survey import emotion_by_stage

GUESSES = beside(__file__)
"""What is guessed to the phase, the topic of its round, and what would show it before."""


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


class Guessed(Once):
    """What an open workshop shows of what is guessed."""

    @cached_property
    def feelings(self: Any) -> DataFrame | None:
        """What surveys say per stage, -2 to 2, where there are surveys with stages."""
        surveys = self.table("surveys")
        if surveys is None or not {"stage", "measure"} <= {*surveys.columns}:
            return None
        return emotion_by_stage(surveys, scales=self.scales)

    def round_of(self: Any, phase: str, topic: str) -> str:
        """Name the round of this persona and session in which something is asked."""
        session = self.workshop.session
        phase = f"s{session}-{phase}" if session > 1 else phase
        return round_id(phase, self.persona_id, topic)

    def _known(self: Any, what: str) -> bool:
        """Tell whether the data has what is guessed; where it cannot be read, its panels say so."""
        try:
            if what == "steps":
                return bool(self.events) and len(self.steps) > 1
            surveys, felt = self.table("surveys"), self.feelings
        except JourneykitError:
            return False
        nps = surveys is not None and surveys.get("measure", Series()).eq("nps").any()
        return bool(nps or (felt is not None and felt["n"].any()))

    @property
    def covered(self: Any) -> Names:
        """What the team has still to guess, each with a sentence; in a batch run nothing."""
        found = {}
        for what, told in GUESSES.items() if self.live else ():
            now = self.desk.get(f"records/rounds/{self.round_of(told['phase'], told['topic'])}")
            if not (
                now and (now.skipped or (now.reveals and now.step == "result"))
            ) and self._known(what):
                found[what] = (
                    f"Covered until you have guessed: {PHASES[told['phase']]}, “{told['topic']}”. "
                    "Reveal or skip it there, then run this cell again."
                )
        return found

    def cover(self: Any, name: str) -> None:
        """Refuse what would show what the team has still to guess.

        Raises
        ------
        Covered
        """
        for what, sentence in self.covered.items():
            if name in GUESSES[what]["hides"].split():
                raise Covered(sentence)
