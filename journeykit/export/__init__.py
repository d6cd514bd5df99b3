"""What a team takes home: a workshop as Markdown, diagrams, a workbook, a deck, pictures, a file.

The rooms beside this one read the run and the decisions; the command line hands them in as a
`Told`.
"""

from collections.abc import Iterator
from typing import Any

from .told import Told as Told
from .told import outgoing as outgoing
from .whole import pack as pack
from .whole import unpack as unpack

Made = tuple[str, str, str | bytes]
"""What a file is called, its ending, and its content."""


def made(told: Told, to: str, **options: Any) -> Iterator[Made]:
    """Make the files of a kind, one after the other: one of all, or one for each persona or map.

    Parameters
    ----------
    told : Told
    to : str
        A kind that `journeykit export` knows, but ``json``.
    """
    if to in ("md", "mermaid"):
        from . import text

        yield "map" * (to == "mermaid"), "md", getattr(text, to)(told)
    elif to == "xlsx":
        from .book import workbook

        for persona in told.personas:
            yield persona, to, workbook(told, persona)
    elif to == "pptx":
        from .deck import deck

        for persona in told.personas:
            yield persona, to, deck(told, persona, options.get("template"))
    else:
        from .pictures import pictures

        yield from pictures(told, to, options["part"], options["tell"])
