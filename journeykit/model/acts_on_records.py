"""What can be asked of a persona and of what a session leaves beside the map."""

from __future__ import annotations

from typing import Any

from journeykit.errors import Refused, did_you_mean
from journeykit.model.base import Word
from journeykit.model.journey import Journey
from journeykit.model.records import Guess, Note, Round, Walk, WalkStep
from journeykit.model.workshop import Persona


def remove(word: Word, data: dict[str, Any]) -> None:
    """Take a record away, whole."""


def set_fields(word: Word, data: dict[str, Any]) -> Word:
    """Set fields of a document that is no journey; an empty value takes a field away."""
    if isinstance(word, Journey) and "cards" in data:
        raise Refused("cards are changed one by one.")
    fields = {key: v for key, v in {**word.plain(), **data}.items() if v not in (None, "", [])}
    return type(word).model_validate(fields)


def set_canvas(word: Word, data: dict[str, Any]) -> Persona:
    """Set one field of a persona's canvas to a list of texts.

    ``was`` is the list that whoever asks had before them: what others have added since stays, and
    what they took away stays away.
    """
    if not isinstance(word, Persona):
        raise Refused("this operation belongs to a persona.")
    field = str(data["field"])
    if field not in type(word.canvas).model_fields:
        hint = did_you_mean(field, type(word.canvas).model_fields)
        raise Refused(f"the canvas has no field {field!r}. {hint}")
    items = list(dict.fromkeys(text for item in data["items"] if (text := str(item).strip())))
    now = list(getattr(word.canvas, field))
    joined = _joined(list(map(str, data["was"])), items, now) if "was" in data else items
    canvas = {**word.canvas.plain(), field: joined}
    return word.with_(canvas={key: texts for key, texts in canvas.items() if texts})


def _joined(was: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """Join two changes of a list: my order, with what they added, without what either took away."""
    result = [text for text in mine if text in theirs or text not in was]
    for place, text in enumerate(theirs):
        if text not in was and text not in result:
            before = next((t for t in reversed(theirs[:place]) if t in result), None)
            result.insert(result.index(before) + 1 if before is not None else 0, text)
    return result


def walk_step(word: Word, data: dict[str, Any]) -> Walk:
    """Set fields of one step of a walk; an empty value takes a field away."""
    if not isinstance(word, Walk):
        raise Refused("this operation belongs to a walk.")
    old = next((step for step in word.steps if step.card == data["card"]), None)
    fields = {**(old.plain() if old else {}), **data}
    if data.get("seen"):
        fields["why"] = None
    elif data.get("why"):
        fields["seen"] = False
    made = WalkStep.model_validate({key: v for key, v in fields.items() if v not in (None, "")})
    steps = [made if step is old else step for step in word.steps] + ([] if old else [made])
    return word.with_(steps=[step.plain() for step in steps])


def reveal(word: Word, data: dict[str, Any]) -> Word:
    """Show what was private: it loses its author unless it is signed; the first time counts."""
    if not isinstance(word, Note | Guess):
        raise Refused("only notes and guesses are revealed.")
    if word.revealed:
        return word
    fields = word.plain()
    if not fields.get("signed"):
        fields.pop("author", None)
    return type(word).model_validate({**fields, **data, "revealed": True})


def name_group(word: Word, data: dict[str, Any]) -> Round:
    """Name a group of notes; an empty name takes it away."""
    if not isinstance(word, Round):
        raise Refused("this operation belongs to a round.")
    named = {**word.groups, data["group"]: str(data["name"]).strip()}
    return word.with_(groups={group: name for group, name in named.items() if name})
