"""What stands on the wall is said in the team's words: the cells for the room, live, read whole."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import nbformat
import pytest

from journeykit.phases import OpenWorkshop, Panel
from journeykit.store import create
from tests.uncovered import skip

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
ASIDE = {"parameters", "open", "clock", "phones"}
METHOD = (
    "markov",
    "removal effect",
    "shapley",
    "e-values?",
    "p-values?",
    "fingerprint",
    "sequential",
    "benjamini",
    "hochberg",
    "ulwick",
    "wilson",
    "bootstrap",
    "nan",
    "none of type",
    "yaml",
    r"\d+ cards",
    "(?:no|which|a) card (?:carries|claims)",
    "cards (?:are|could)",
)
NO_WORDS = re.compile(
    r"\bJK\d|\w\.(?:ya?ml|csv|parquet|py|ipynb|json|toml)\b|`|\bq\b|\d{4}-\d\d-\d\dT"
    rf"|(?i:\b(?:{'|'.join(METHOD)})\b)"
)
NAME = re.compile(r"\b[a-z]+_[a-z_]+\b")
DETAILS = re.compile(r"(?s)<(details|style)\b.*?</\1>")


def cells_for_the_room() -> Iterator[str]:
    for path in sorted(FOLDER.glob("*.ipynb")):
        for cell in nbformat.read(path, 4).cells:
            if cell.source.startswith("## More"):
                break
            if cell.cell_type == "code" and not ASIDE & {*cell.metadata.get("tags", ())}:
                yield cell.source


def pieces(page: str) -> Iterator[str]:
    """Give the texts of a page, without what is folded."""
    for text in re.split(r"<[^>]*>", DETAILS.sub("", page)):
        if text.strip():
            yield html.unescape(text.strip())


def drawn(spec: Any, key: str = "") -> Iterator[str]:
    """Give what a chart writes: titles, footnotes, and the words of its rows."""
    if isinstance(spec, dict):
        for name, part in spec.items():
            if name == "datasets":
                yield from (
                    v
                    for rows in part.values()
                    for row in rows
                    for v in row.values()
                    if isinstance(v, str)
                )
            elif name not in ("$schema", "config", "transform"):
                yield from drawn(part, name)
    elif isinstance(spec, list):
        for part in spec:
            yield from drawn(part, key)
    elif isinstance(spec, str) and key in ("title", "text", "subtitle"):
        yield spec


def read(shown: Any) -> Iterator[str]:
    """Give every text that a cell shows to a team, without what is folded."""
    if isinstance(shown, Panel):
        for part in (shown._head(), shown.html or shown.svg or "", shown._foot()):
            yield from pieces(str(part))
        if shown.chart is not None:
            yield from drawn(json.loads(shown.chart.to_json(validate=False)))
        for below in shown.more:
            yield from read(below)
    elif hasattr(shown, "still"):
        still = shown.still()
        yield from read(still) if isinstance(still, Panel) else pieces(still)
    elif isinstance(shown, ipw.Widget):
        if not isinstance(
            shown, ipw.Dropdown | ipw.Text | ipw.Textarea
        ):  # what was typed is theirs
            yield from pieces(str(getattr(shown, "value", "")))
        yield from (
            str(option[0]) for option in getattr(shown, "options", ()) if isinstance(option, tuple)
        )
        yield from filter(
            None, (getattr(shown, each, "") for each in ("description", "placeholder", "tooltip"))
        )
        for inner in getattr(shown, "children", ()):
            yield from read(inner)
    else:
        raise AssertionError(f"nobody reads a {type(shown).__name__}")


def typed_by_a_team(root: Path) -> re.Pattern[str]:
    """Match what the maps, personas and records say in words of their own: it is not the kit's."""
    lines = {
        text.strip("\"' ")
        for kind in ("journeys", "personas", "records")
        for path in (root / kind).rglob("*.yaml")
        for line in path.read_text("utf-8").splitlines()
        if len(text := line.partition(": ")[2] or line.strip(" -")) > 3
    }
    return re.compile("|".join(map(re.escape, sorted(lines, key=len, reverse=True))) or "^$")


@pytest.mark.parametrize("guessed", [False, True], ids=["covered", "guessed"])
@pytest.mark.parametrize(
    "template",
    [
        pytest.param(t, marks=pytest.mark.all)
        for t in ("saas", "healthcare", "lead-generation", "blank")
    ]
    + ["retail"],
)
def test_the_cells_for_the_room_are_in_the_words_of_a_team(
    template: str, guessed: bool, tmp_path: Path, open_as: Callable[..., OpenWorkshop]
) -> None:
    root, heard, odd = create(tmp_path / template, template).root, 0, []
    for persona in open_as(root).folder.persona_ids()[: None if guessed else 1]:
        w = open_as(root, persona, live=True)
        if guessed:
            skip(w)
        theirs = typed_by_a_team(root)
        for source in cells_for_the_room():
            for text in read(eval(source, {"w": w})):  # the cells of the kit's own notebooks
                heard += 1
                if NO_WORDS.search(theirs.sub("", text)) or NAME.search(text):
                    odd.append(f"{source}: {text[:200]}")
    assert not odd, "\n".join(sorted({*odd}))
    assert heard > 150
