"""``journeykit diff``: what changed between two folders, two revisions of one, or two runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any

from journeykit.claims.diff import SECTIONS, Difference, diff_folders, diff_results
from journeykit.errors import WorkshopError
from journeykit.store import Folder, at_revision, open_folder

__all__ = ["as_markdown", "as_text", "diff"]

FORMATS = ("text", "md", "json")
_SIGNS = {"added": "+", "removed": "−", "moved": "→", "flipped": "⇄", "higher": "▲", "lower": "▼"}


def diff(
    before: str, after: str | None, *, inside: Path | None, form: str, say: Callable[[str], None]
) -> int:
    """Say what changed; returns 0.

    Each side is a workshop folder, ``DIR@REVISION``, a run (its folder or its id) or a
    ``result.json``; with ``inside`` also a revision, or the id of a run, of that folder. Without
    the second one: the folder as it is now.

    Raises
    ------
    WorkshopError
        Where a side is none of these, or the two are not of the same kind.
    """
    if form not in FORMATS:
        raise WorkshopError(f"{form!r} is no format; choose {', '.join(FORMATS)}")
    with ExitStack() as opened:
        first = _side(before, inside, opened)
        root = inside or Path(before.rpartition("@")[0] or ".")
        second = _side(after, inside, opened) if after else open_folder(root)
        if isinstance(first, Folder) and isinstance(second, Folder):
            found = diff_folders(first, second)
        elif isinstance(first, list) and isinstance(second, list):
            found = diff_results(first, second)
        else:
            raise WorkshopError(
                f"{before!r} and {after or str(root)!r} are a map and a run: give two folders, two "
                "revisions or two runs"
            )
    if form == "json":
        say(json.dumps([each.row() for each in found], indent=1, ensure_ascii=False))
    else:
        say("\n".join(as_markdown(found) if form == "md" else as_text(found)))
    return 0


def _side(name: str, inside: Path | None, opened: ExitStack) -> Folder | list[dict[str, Any]]:
    """Find out what is meant."""
    path = Path(name).expanduser()
    for place in (path, inside / name, inside / "runs" / name) if inside else (path,):
        if place.name == "result.json" and place.is_file():
            return [json.loads(place.read_text("utf-8"))]
        if (place / "workshop.yaml").is_file():
            return open_folder(place)
        results = sorted(place.glob("*/result.json")) if place.is_dir() else []
        if results:
            return [json.loads(file.read_text("utf-8")) for file in results]
    folder, at, revision = name.rpartition("@")
    if at and (Path(folder) / "workshop.yaml").is_file():
        return opened.enter_context(at_revision(open_folder(folder).root, revision))
    if inside:
        return opened.enter_context(at_revision(open_folder(inside).root, name))
    raise WorkshopError(
        f"{name!r} is no workshop folder and no run. Give a folder, DIR@REVISION, runs/ID, or a revision "
        "with --in DIR"
    )


def _counted(found: list[Difference]) -> str:
    counts = Counter((each.section, each.change) for each in found)
    said = [f"{n} {change}" for (section, change), n in counts.items() if section == "cards"]
    others = [s for s in dict.fromkeys(each.section for each in found) if s != "cards"]
    cards = [f"Cards: {', '.join(said)}."] if said else []
    rest = [f"Also: {', '.join(SECTIONS[s].lower() for s in others)}."] if others and said else []
    return " ".join([*cards, *rest]) or f"{len(found)} things changed."


def as_text(found: list[Difference]) -> Iterator[str]:
    """Write differences as lines, section by section."""
    if not found:
        yield "Nothing changed."
        return
    yield _counted(found)
    for section, group in groupby(found, key=lambda each: each.section):
        yield f"\n{SECTIONS[section]}"
        for of, mine in groupby(group, key=lambda each: each.of):
            indent = "    " if of else "  "
            if of:
                yield f"  {of}"
            for each in mine:
                yield f"{indent}{_SIGNS.get(each.change, '~')} {each.change}: {_line(each)}"


def _line(each: Difference) -> str:
    where = f"{each.where}: " if each.where else ""
    return f"{where}“{each.what}”{f' – {each.said}' if each.said else ''}"


def as_markdown(found: list[Difference]) -> Iterator[str]:
    """Write differences as tables, for a pull request or a wiki."""
    yield f"**{_counted(found)}**" if found else "**Nothing changed.**"
    for section, group in groupby(found, key=lambda each: each.section):
        yield f"\n### {SECTIONS[section]}\n\n| | Of | Where | What | How |\n|---|---|---|---|---|"
        for each in group:
            sign = f"{_SIGNS.get(each.change, '~')} {each.change}"
            yield (
                "| "
                + " | ".join(map(_cell, (sign, each.of, each.where, each.what, each.said)))
                + " |"
            )


def _cell(text: str) -> str:
    """Keep what people wrote from being read as Markdown or HTML."""
    plain = " ".join(text.split())
    for sign in "\\`*_[]<>|#":
        plain = plain.replace(sign, f"\\{sign}")
    return plain
