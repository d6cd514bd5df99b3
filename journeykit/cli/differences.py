"""Differences as lines, as tables, and as data."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from journeykit.claims.diff import SECTIONS, SIGNS, Difference
from journeykit.words import people


def _counted(found: list[Difference]) -> str:
    cards = Counter(each.change for each in found if each.section == "cards")
    said = [f"{n} {change}" for change, n in cards.items()]
    others = [s for s in dict.fromkeys(each.section for each in found) if s != "cards"]
    if not cards:
        return f"{people(len(found), 'things')} changed."
    also = f" Also: {', '.join(SECTIONS[s].lower() for s in others)}."
    return f"Cards: {', '.join(said)}.{also * bool(others)}"


def as_text(found: list[Difference]) -> Iterator[str]:
    """Write differences as lines, section by section."""
    yield _counted(found) if found else "Nothing changed."
    for section, group in groupby(found, key=lambda each: each.section):
        yield from ("", SECTIONS[section])
        for of, mine in groupby(group, key=lambda each: each.of):
            if of:
                yield f"  {of}"
            for each in mine:
                where = f"{each.where}: " if each.where else ""
                said = f" – {each.said}" if each.said else ""
                yield f"{'    ' if of else '  '}{_sign(each)}: {where}“{each.what}”{said}"


def _sign(each: Difference) -> str:
    return f"{SIGNS.get(each.change, '~')} {each.change}"


def as_markdown(found: list[Difference]) -> Iterator[str]:
    """Write differences as tables, for a pull request or a wiki."""
    yield f"**{_counted(found) if found else 'Nothing changed.'}**"
    for section, group in groupby(found, key=lambda each: each.section):
        yield from ("", f"### {SECTIONS[section]}", "", "| | Of | Where | What | How |")
        yield "|---|---|---|---|---|"
        for each in group:
            cells = (_sign(each), each.of, each.where, each.what, each.said)
            yield f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Keep what people wrote from being read as Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def as_json(found: list[Difference]) -> Iterator[str]:
    """Write differences as data."""
    yield from json.dumps([each.row() for each in found], indent=1).split("\n")


FORMS = {"text": as_text, "md": as_markdown, "json": as_json}
