"""journeykit: customer journey workshops in Jupyter, held against the team's own data.

>>> import journeykit as jk
>>> answers = jk.nps([10, 10, 9, 3])
>>> round(float(answers.loc[0, "score"]), 1)
50.0
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from journeykit.version import __version__

# Name at the door to the room that it lives in; a room is imported when it is first used.
_NUMBERS = (
    "attribution attribution_from_paths basket ces csat funnel last_before_loss nps paths retention sessions "
    "stage_times step_matrix sus themes transitions weak_spots what_if"
)
_ROOMS = {
    "Events": "tables",
    "JourneykitError": "errors",
    "charts": "",
    "open_exercise": "course",
    "open_workshop": "phases",
    "read_events": "tables",
    "read_table": "tables",
    **dict.fromkeys(_NUMBERS.split(), "numbers"),
}

__all__ = sorted([*_ROOMS, "__version__"])

if TYPE_CHECKING:
    from journeykit import charts
    from journeykit.course import open_exercise
    from journeykit.errors import JourneykitError
    from journeykit.numbers import (  # type: ignore[no-redef]  # rooms bear the same names
        attribution,
        attribution_from_paths,
        basket,
        ces,
        csat,
        funnel,
        last_before_loss,
        nps,
        paths,
        retention,
        sessions,
        stage_times,
        step_matrix,
        sus,
        themes,
        transitions,
        weak_spots,
        what_if,
    )
    from journeykit.phases import open_workshop
    from journeykit.tables import Events, read_events, read_table


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'journeykit' has no attribute {name!r}")
    room = _ROOMS[name]
    found = (
        getattr(import_module(f"journeykit.{room}"), name)
        if room
        else import_module(f"journeykit.{name}")
    )
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return list(__all__)
