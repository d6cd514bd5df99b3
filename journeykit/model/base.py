"""What all words of the map share: text stays text, unknown keys are refused, copies not changes."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Collection, Container, Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from journeykit.errors import MergeConflict, did_you_mean

__all__ = [
    "Id",
    "Silence",
    "Text",
    "Texts",
    "Word",
    "free_name",
    "merge_fields",
    "new_id",
    "one_of",
    "slug",
]

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(text: str, fallback: str = "item") -> str:
    """Turn any text into an id in kebab-case.

    Examples
    --------
    >>> slug("Café & Größe: 2 Wege")
    'cafe-grosse-2-wege'
    >>> slug("日本")
    'item'
    """
    ascii_text = (
        unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    )
    return "-".join(re.findall(r"[a-z0-9]+", ascii_text.casefold()))[:60].strip("-") or fallback


def free_name(name: str, taken: Container[str]) -> str:
    """Give a name, or the first of ``name-2``, ``name-3`` … that is not taken.

    Examples
    --------
    >>> free_name("pay", {"pay", "pay-2"})
    'pay-3'
    """
    numbered = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    return next(one for one in numbered if one not in taken)


def new_id(text: str, taken: Container[str], fallback: str = "item") -> str:
    """Make a short id of any text that nobody has yet."""
    return free_name(slug(text, fallback)[:40].strip("-"), taken)


def _check_id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise PydanticCustomError(
            "bad_id",
            "'{value}' is no id: use small letters, digits and single hyphens, as in '{fix}'",
            {"value": value, "fix": slug(value)},
        )
    return value


def _as_list(value: Any) -> Any:
    """One word stands for a list of one, because people write it that way."""
    if value is None:
        return ()
    return [value] if isinstance(value, str | int | float | dict) else value


def one_of(*words: str, of: Collection[str] = ()) -> Callable[[str], str]:
    """Make a validator that accepts only these words, or those of a collection; it says which
    one is near.
    """
    allowed = words or of

    def check(value: str) -> str:
        if value not in allowed:
            raise PydanticCustomError(
                "not_allowed",
                "'{value}' is not allowed here. {hint}",
                {"value": value, "hint": did_you_mean(value, allowed)},
            )
        return value

    return check


def _stripped(value: Any) -> Any:
    return str(value).strip() if isinstance(value, str | int | float) else value


def _reasons(value: Any) -> Any:
    """Read the codes that are silenced; one without a reason is kept, so that it can be told."""
    if isinstance(value, Mapping):
        return {str(code): "" if reason is None else reason for code, reason in value.items()}
    return dict.fromkeys(_as_list(value), "")


Id = Annotated[str, BeforeValidator(_stripped), AfterValidator(_check_id)]
Text = Annotated[str, BeforeValidator(_stripped)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]
Silence = Annotated[dict[str, Text], BeforeValidator(_reasons)]
"""Code of a finding to the reason why it does not matter here."""


class Word(BaseModel):
    """A frozen model whose unknown keys are refused, unless they begin with ``x-``."""

    model_config = ConfigDict(extra="allow", frozen=True)
    elsewhere: ClassVar[dict[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in data:
            if key not in known and not str(key).startswith("x-"):
                hint = cls.elsewhere.get(str(key)) or did_you_mean(key, known, show=30)
                raise PydanticCustomError(
                    "unknown_key",
                    "the key '{key}' is not known here. {hint} Begin a key of your own with 'x-' to keep it",
                    {"key": str(key), "hint": hint},
                )
        # An empty value in YAML (`owner:`) means "not filled in", not the word None.
        return {key: value for key, value in data.items() if value is not None}

    def with_(self, **changes: Any) -> Self:
        """Return a checked copy with these fields changed."""
        return type(self).model_validate({**self.plain(), **changes})

    def plain(self) -> dict[str, Any]:
        """Return only what was filled in, as plain Python, ready for YAML."""
        return self.model_dump(mode="json", exclude_unset=True, by_alias=True)


def merge_fields(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    what: str,
    clash: Callable[[str, Any, Any, Any], Any] | None = None,
) -> dict[str, Any]:
    """Join two changes of one thing, field by field.

    ``what`` is how the thing is called in the error. ``clash(key, was, mine, theirs)`` says what
    stays of a field that both changed; without it that is an error.

    Raises
    ------
    MergeConflict
        Where both changed one field in different ways.

    Examples
    --------
    >>> merge_fields({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}, "the note")
    {'a': 2, 'b': 3}
    """
    merged: dict[str, Any] = {}
    for key in dict.fromkeys([*theirs, *mine, *base]):
        was, left, right = base.get(key), mine.get(key), theirs.get(key)
        value = right if left == was else left
        if left != was and right not in (was, left):
            if clash is None:
                raise MergeConflict(
                    f"{key!r} of {what} was changed twice: here to {left!r}, in the file to {right!r}. "
                    "Nothing was written. Open it again and make your change to what is there now."
                )
            value = clash(key, was, left, right)
        if value is not None:
            merged[key] = value
    return merged
