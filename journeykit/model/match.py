"""How the map names events: a name, a pattern, or a condition on columns."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, RootModel, model_serializer, model_validator
from pydantic_core import PydanticCustomError

__all__ = ["EventMatch", "Matches", "Segment"]


class EventMatch(RootModel[dict[str, tuple[str, ...]]]):
    """One way to say which events belong: ``column -> patterns``, all columns must hold.

    Written in YAML as a name (``purchase``), a pattern (``product_*``) or a mapping
    (``{event: page_view, page: "/checkout*"}``). Patterns are those of :mod:`fnmatch`,
    case-sensitive.

    Examples
    --------
    >>> match = EventMatch.model_validate("product_*")
    >>> match.matches({"event": "product_view"})
    True
    >>> str(EventMatch.model_validate({"event": "page_view", "page": "/checkout*"}))
    'page_view where page is /checkout*'
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: Any) -> Any:
        if isinstance(value, str | int | float):
            value = {"event": value}
        if not isinstance(value, Mapping) or not value:
            raise PydanticCustomError(
                "bad_match",
                "{value} names no event: write a name, a pattern such as 'product_*', "
                "or a mapping such as {{event: page_view, page: '/checkout*'}}",
                {"value": repr(value)},
            )
        return {str(column): _texts(patterns) for column, patterns in value.items()}

    @model_serializer
    def _to_short_form(self) -> Any:
        if set(self.root) == {"event"} and len(self.root["event"]) == 1:
            return self.root["event"][0]
        return {key: list(vs) if len(vs) > 1 else vs[0] for key, vs in self.root.items()}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the match looks at."""
        return tuple(self.root)

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Tell whether one event, given as a mapping, belongs."""
        return all(
            any(fnmatch.fnmatchcase(str(row.get(column, "")), pattern) for pattern in patterns)
            for column, patterns in self.root.items()
        )

    def names(self, known: Iterable[str]) -> list[str]:
        """List the known event names that the match can mean, in the order given."""
        patterns = self.root.get("event", ("*",))
        return [n for n in known if any(fnmatch.fnmatchcase(n, pattern) for pattern in patterns)]

    def __str__(self) -> str:
        head = " or ".join(self.root.get("event", ("any event",)))
        rest = [f"{c} is {' or '.join(vs)}" for c, vs in self.root.items() if c != "event"]
        return f"{head} where {' and '.join(rest)}" if rest else head

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.root.items())))


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple | set | frozenset) else [value]
    return [str(item) for item in values]


def _match_list(value: Any) -> Any:
    if value is None:
        return ()
    return list(value) if isinstance(value, list | tuple) else [value]


def _segment(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise PydanticCustomError(
            "bad_segment",
            "a segment is a mapping of column to value or list of values, "
            "as in {{device: mobile}}; found {value}",
            {"value": repr(value)},
        )
    return {str(column): _texts(values) for column, values in value.items()}


Matches = Annotated[tuple[EventMatch, ...], BeforeValidator(_match_list)]
Segment = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_segment)]
