"""journeykit: customer journey workshops in Jupyter, held against the team's own data.

>>> import journeykit as jk
>>> answers = jk.nps([10, 10, 9, 3])
>>> round(float(answers.loc[0, "score"]), 1)
50.0
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from journeykit.declared import METRICS
from journeykit.version import __version__ as __version__

# Name at the door to the room that it lives in; a room is imported when it is first used. All
# other names are numbers of the catalogue, which nobody lists a second time.
_ROOMS = {
    "Events": "tables",
    "JourneykitError": "errors",
    "charts": "",
    "open_exercise": "course",
    "open_workshop": "phases",
    "read_events": "tables",
    "read_table": "tables",
    **dict.fromkeys(("ces", "csat", "nps", "sus", "themes"), "numbers"),  # of a list of answers
}


def _catalogue() -> Any:
    return import_module("journeykit.numbers")


METRICS.source = lambda: _catalogue().METRICS


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted([*_ROOMS, "__version__", *_catalogue().CATALOGUE])
    if name in _ROOMS:
        room = _ROOMS[name]
        found = import_module(f"journeykit.{room or name}")
        found = getattr(found, name) if room else found
    elif find_spec(f"{__name__}.{name}"):  # `from journeykit import engine` asks here first
        raise AttributeError(name)
    elif not name.startswith("_") and name in _catalogue().CATALOGUE:
        return _catalogue().CATALOGUE[name].function
    else:
        raise AttributeError(f"module 'journeykit' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __getattr__("__all__")
