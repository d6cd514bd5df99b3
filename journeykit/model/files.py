"""What the kit writes as JSON and reads again: results of runs, notebooks, progress of exercises.

``files.toml`` says of each what its readers rely on, and no more.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeInt, create_model

from journeykit.declared import beside

from .base import Data, Id, one_of

STATES, _SHARED, *_FILES = beside(__file__).values()
"""How a run can end, in words; the worst last."""
WAITS = "It waits for data."
"""What a question of numbers says where there is no data at all; a report leaves it out."""
_KINDS: Data = {
    "finite": Annotated[float, Field(allow_inf_nan=False)],
    "amount": Annotated[float, Field(ge=0, allow_inf_nan=False)],
    "whole": int,
    "count": NonNegativeInt,
    "text": str,
    "lines": str | list[str],
    "content": str | dict[str, str],
    "flag": bool,
    "id": Id,
    "day": Annotated[str, AfterValidator(date.fromisoformat)],
    "state": Annotated[str, one_of(*STATES)],
    "plain": Data | list[Any],
    "any": Any,
}
_EVERYWHERE = {f"{name}?": kind for kind, names in _SHARED.items() for name in names.split()}


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)


def worst(states: Iterable[str]) -> str:
    """Say how a whole went, by how its parts went."""
    return max(states, key=[*STATES].index, default="ok")


def _made(declared: Any) -> Any:
    """Make a type of what the file declares."""
    match declared:
        case str():
            return _KINDS[declared]
        case [inner]:
            return list[_made(inner)]  # type: ignore[misc]
        case {"*": inner}:
            return dict[str, _made(inner)]  # type: ignore[misc]
    own = {**declared}
    needed, fields = own.pop("needed", "").split(), Data()
    for key, kind in {**_EVERYWHERE, **own}.items():
        name, made = key.removesuffix("?"), _made(kind)
        may_be = made | None if key != name else made
        fields[name] = (made, ...) if name in needed else (may_be, None)
    return create_model("Part", __base__=_Part, **fields)


Result, NotebookFile, ProgressFile, PanelFile, WorkshopFile = map(_made, _FILES)
"""``result.json``, a notebook, how far somebody is in the exercises, a panel in a notebook, and a
whole workshop folder.
"""
