"""Differences as lines, as tables, and as data."""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from journeykit.claims.diff import SECTIONS, SIGNS, Difference
from journeykit.declared import template
from journeykit.words import people


def as_text(found: list[Difference], form: str = "text") -> Iterator[str]:
    """Write differences as lines, section by section, or as tables for a pull request or a wiki."""
    made = template(__file__, "txt").render(
        form=form, found=found, sections=SECTIONS, signs=SIGNS, cell=_cell, people=people
    )
    return iter(made.split("\n"))


def _cell(text: str) -> str:
    """Keep what people wrote from being read as Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def as_json(found: list[Difference]) -> Iterator[str]:
    """Write differences as data."""
    yield from json.dumps([each.row() for each in found], indent=1).split("\n")


FORMS: dict[str, Any] = {"text": as_text, "md": partial(as_text, form="md"), "json": as_json}
