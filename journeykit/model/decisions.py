"""What every record of a session has, what was decided, and what was put aside for later."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import model_validator

from .base import Day, Id, Model, Ref, Text, one_of
from .presets import PHASES


class Record(Model):
    """What every record has: who left it and when."""

    id: Id
    author: Text = ""
    department: Text = ""
    date: Day = None
    persona: Ref = None


class Parked(Record):
    """What is put aside for later, and in which phase that was; ``closed`` is when it ended."""

    text: Text = ""
    journey: Ref = None
    phase: Ref = None
    state: Annotated[str, one_of("open", "done", "dropped")] = "open"
    closed: Day = None
    result: Text = ""


class Decision(Parked):
    """What the team decided: who sees to it by when, and which finding made them.

    The first version had one for each phase, with the phase as its id and ``done`` as its state;
    such a one is read, too.

    Examples
    --------
    >>> old = Decision.model_validate({"id": "weak-spots", "text": "Mend it", "done": True})
    >>> old.phase, old.state
    ('weak-spots', 'done')
    """

    owner: Text = ""
    due: Day = None
    finding: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _of_the_first_version(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        told, states = dict(data), {"true": "done", "false": "open"}
        if state := states.get(str(told.get("done")).lower()):
            del told["done"]
            told.setdefault("state", state)
        if told.get("id") in PHASES:
            told.setdefault("phase", told["id"])
        return told
