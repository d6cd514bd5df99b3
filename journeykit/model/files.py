"""What the kit writes as JSON and reads again: results of runs, notebooks, progress of exercises.

Each says no more than what its readers rely on; what else a file holds is kept.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from .base import Data, Id, one_of

STATES = {
    "ok": "complete",
    "failed": "failed",
    "closed": "no verdict",
    "interrupted": "interrupted",
}
"""How a run can end, in words; the worst last."""
_KINDS: dict[Any, str] = {
    Annotated[float, Field(allow_inf_nan=False)]: (
        "low high score value share of_start of_previous of_start_low of_start_high"
    ),
    Annotated[float, Field(ge=0, allow_inf_nan=False)]: (
        "n users sessions events converted seconds minutes cards days"
    ),
    str: (
        "workshop run_id source fingerprint from to step what promise text verdict measure "
        "sentence kind name status file link state cell_type "
        "id phase title counts sql html sheet key label unit owner anchor stage under"
    ),
}
"""What a value is, wherever it stands under one of these names; each can lack or be null."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)


def worst(states: Iterable[str]) -> str:
    """Say how a whole went, by how its parts went."""
    return max(states, key=[*STATES].index, default="ok")


def _part(needed: str = "", **more: Any) -> Any:
    """Make a model of the names above, of which some are needed, and of what else is said."""
    fields: Data = {
        name: (kind, ...) if name in needed.split() else (kind | None, None)
        for kind, names in _KINDS.items()
        for name in names.split()
    }
    return create_model("Part", __base__=_Part, **fields | more)


def _rows(needed: str, **more: Any) -> Any:
    return list[_part(needed, **more)], ...  # type: ignore[misc]


_TESTING: Any = {
    "journey-tests": (_part(rows=(list[dict[str, str]], [])), None),
    "next-agenda": (_part(rows=_rows("what")), None),
}
_PHASES: Any = {
    "start-here": (_part(progress=(_part(states=(dict[str, str], {})), None)), None),
    "test-the-journey": (_part(**_TESTING), None),
    "after-the-purchase": (_part(repeat=(_part(), None)), None),
}
_CLAIMS: Any = {"claims": (dict[str, Annotated[int, Field(ge=0)]], {})}
_STAGES: Any = list[_part("stage", **_CLAIMS)]  # type: ignore[misc]
_JOURNEY: Any = _part("id name kind", stages=(_STAGES, []), **_CLAIMS)
_TEXTS: Any = dict.fromkeys(("broken", "said", "used"), (list[str], []))
_GATE = _part(
    **_TEXTS, accepted=(bool, False), types=(dict[str, str], {}), counts=(dict[str, int], {})
)
Result = _part(
    "kind workshop run_id",
    status=(Annotated[str, one_of(*STATES)], ...),
    persona=(Id | None, None),
    data=(_part(all=(_part() | None, None), gate=(_GATE | None, None)), ...),
    funnel=_rows("step users"),
    weak_spots=_rows("what"),
    promises=_rows("promise text verdict"),
    surveys=_rows("measure"),
    claims=_rows("id sentence verdict"),
    journeys=(list[_JOURNEY], []),
    not_run=(list[_JOURNEY], []),
    notebooks=_rows("name status", own=(dict[str, str], {})),
    phases=(_part(**_PHASES), ...),
)
"""``result.json``: what a run found for one persona."""
NotebookFile = _part(
    cells=_rows(
        "cell_type", source=(str | list[str], ...), metadata=(_part(tags=(list[str], [])), None)
    ),
    metadata=(_part(kernelspec=(_part(language=(str | None, None)) | None, None)), {}),
)
"""A notebook, as far as the kit looks into it before it runs."""
_TIMES: Any = dict.fromkeys(("tries", "hints", "solution"), (int, 0))
ProgressFile = _part(
    exercises=(dict[str, dict[str, _part("state", **_TIMES)]], ...)  # type: ignore[misc]
)
"""How far somebody is: exercise to question to what was tried."""
_TABLE = _part(columns=_rows("key label unit"), rows=(list[list[Any]], ...), total=(int, ...))
PanelFile = _part(
    "id phase title",
    table=(_TABLE | None, None),
    notes=(list[str], []),
    numbers=(Data | list[Any], {}),
    own=(bool, False),
)
"""A panel, as a notebook that ran holds it."""
