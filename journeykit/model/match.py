"""How the map names events: a name, a pattern, or a condition on columns."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, RootModel, model_serializer, model_validator

from .base import as_list, wrong


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
            raise wrong(
                f"{value!r} names no event: write a name, a pattern such as 'product_*', "
                "or a mapping such as {event: page_view, page: '/checkout*'}"
            )
        return _by_column(value)

    @model_serializer
    def _to_short_form(self) -> Any:
        short = {key: list(vs) if len(vs) > 1 else vs[0] for key, vs in self.root.items()}
        name = short.get("event")
        return name if len(short) == 1 and isinstance(name, str) else short

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the match looks at."""
        return tuple(self.root)

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Tell whether one event, given as a mapping, belongs."""
        return all(
            any(fnmatchcase(str(row.get(column, "")), pattern) for pattern in patterns)
            for column, patterns in self.root.items()
        )

    def names(self, known: Iterable[str]) -> list[str]:
        """List the known event names that the match can mean, in the order given."""
        patterns = self.root.get("event", ("*",))
        return [name for name in known if any(fnmatchcase(name, pattern) for pattern in patterns)]

    def __str__(self) -> str:
        head = " or ".join(self.root.get("event", ("any event",)))
        rest = [f"{c} is {' or '.join(vs)}" for c, vs in self.root.items() if c != "event"]
        return f"{head} where {' and '.join(rest)}" if rest else head

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.root.items())))


def _by_column(value: Mapping[Any, Any]) -> dict[str, list[str]]:
    found = {
        str(column): [*patterns] if isinstance(patterns, list | tuple | set) else [patterns]
        for column, patterns in value.items()
    }
    for column, patterns in found.items():
        if not patterns or any(
            p is None or isinstance(p, list | tuple | set | dict) for p in patterns
        ):
            raise wrong(f"'{column}' needs a value, or a list of values; found {value[column]!r}")
    return {column: [*map(str, patterns)] for column, patterns in found.items()}


def _segment(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise wrong(
            "a segment is a mapping of column to value or list of values, "
            f"as in {{device: mobile}}; found {value!r}"
        )
    return _by_column(value)


Matches = Annotated[tuple[EventMatch, ...], BeforeValidator(as_list)]
Segment = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_segment)]
