"""Tidy frames in, pictures out: one chart function per table of `journeykit.numbers`.

Every function of a file of this folder that does not begin with ``_`` can be had here, and so can
another name that a file gives it (``read_ab = experiment``); what they are drawn with lies in
`drawing` and `poster`. Importing this room is free; Altair is loaded when the first chart is
asked for.

Examples
--------
>>> import pandas as pd
>>> from journeykit import charts
>>> frame = pd.DataFrame({"event": ["payment_error"], "users": [41], "share": [0.2]})
>>> picture = charts.last_before_loss(frame)
>>> charts.svg(picture, "Last step before the loss").startswith("<svg")
True
"""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

from journeykit.words import label as label

_HOME = {
    name: path.stem
    for path in Path(__file__).parent.glob("[a-z]*.py")
    for name in re.findall(r"^(?:def )?([a-z]\w*)(?:\(| = )", path.read_text("utf-8"), re.MULTILINE)
}
"""Read from the text of the files, so that none of them has to be imported."""
__all__ = sorted([*_HOME, "label"])


def __getattr__(name: str) -> Any:
    """Load a chart function when it is first asked for (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    return found


def __dir__() -> list[str]:
    return __all__
