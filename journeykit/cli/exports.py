"""``journeykit new`` of what a team's tools export: files that are named, or a folder of them."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from typer import prompt

from journeykit.errors import RunError, WhichColumn
from journeykit.model import TABLES, Names
from journeykit.propose import Export, join, one_of_each, propose, sort_folder, written
from journeykit.tables import divided, leads_of

from .base import echo, pairs, show


def from_exports(
    folder: Path,
    named: Mapping[str, Any],
    place: Path | None,
    columns: Names,
    *,
    day_first: bool,
    yes: bool,
) -> None:
    """Make a folder that `journeykit run` runs at once; none where a question is open.

    ``named`` are sources by their kind, ``place`` is a folder of exports.
    """
    told, how = _by_kind(columns), day_first or None
    exports, passed = list[Export](), dict[str, str]()
    for kind, given in named.items():
        source = given[0] if isinstance(given, list) and len(given) == 1 else given
        exports.append(Export(str(source), source, kind, {**told}, how))
    if place:
        known = [Path(divided(file)[0]).resolve() for each in exports for file in each.files]
        found, passed = sort_folder(place.resolve(), told, how, known)
        exports += found
    asked = [_settled(each, yes and not each.kind) for each in exports]
    asked += [_chosen(exports, kind, yes) for kind in TABLES if kind not in named]
    one_of_each(exports)
    join(exports)
    exports.sort(key=lambda each: [*TABLES, ""].index(each.found.kind))
    asked = [*filter(None, asked)]
    if not (asked or any(each.used for each in exports)):
        asked = ["nothing was made: no file could be placed. Say what one is, as above"]
    made, personas = (None, ()) if asked else _made(folder, exports)
    if place or not asked:
        show(__file__, exports=exports, passed=passed, made=made, personas=personas)
    if asked:
        echo(*asked[:-1], err=True)
        raise RunError(asked[-1])


def _by_kind(columns: Names) -> dict[str, Names]:
    """``surveys.score=Q1`` is of the surveys, ``user_id=customer`` of the events."""
    told: dict[str, Names] = {}
    for name, theirs in columns.items():
        kind, _, ours = name.partition(".")
        kind, ours = (kind, ours) if ours and kind in TABLES else ("events", name)
        told.setdefault(kind, {})[ours] = theirs
    return told


def _settled(each: Export, yes: bool) -> str:
    """Ask in a terminal what is unclear of a file; the question that stays open elsewhere."""
    terminal = sys.stdin.isatty() and not yes
    if each.found.others:
        could = [each.found.kind, *each.found.others]
        said = f"{each.name} could be {' or '.join(could)}"
        if not (yes or terminal):
            return f"{said}. Say which, as in --{could[0]} {each.typed}, or --yes for the first."
        if terminal:
            each.told(_one_of(said, could))
        each.notes.append(f"{said}; taken as {each.found.kind}")
    while each.found.kind and each.found.problem:
        kind, problem = each.found.kind, each.found.problem
        columns = each.columns.get(kind, {})
        maybe = kind == "events" and isinstance(problem, WhichColumn)
        if maybe and leads_of(each.files[0], columns=columns, day_first=each.day_first):
            each.told("leads", columns)
            continue
        if not (yes or terminal):
            return f"{each.name}: {each.problem}"
        each.left = each.problem
        if yes:
            break
        echo(f"{each.name}: {each.problem}")
        answer = prompt("--column (Enter leaves the file out)", default="", show_default=False)
        if not answer:
            break
        each.told(kind, pairs([answer.removeprefix(f"{kind}.")], "--column"))
    return ""


def _one_of(said: str, options: Sequence[str]) -> str:
    while (answer := prompt(f"{said}. Which", default=options[0])) not in options:
        pass  # it is asked again
    return answer


def _chosen(exports: list[Export], kind: str, yes: bool) -> str:
    """Put the table first that is to be read where several of one kind have other columns."""
    mine = {each.name: each for each in exports if each.used and each.found.kind == kind}
    if len(mine) < 2 or yes:
        return ""
    said = f"several files are {kind}, each with other columns: {', '.join(mine)}"
    if not sys.stdin.isatty():
        typed = next(iter(mine.values())).typed
        return f"{said}. Say which, as in --{kind} {typed}, or --yes for the first."
    answer = _one_of(said, [*mine])
    exports.sort(key=lambda each: each.name != answer)
    return ""


def _made(folder: Path, exports: Sequence[Export]) -> tuple[Any, Any]:
    """Write the folder: with a proposal where there are events, else a blank one."""
    from journeykit.store import Folder, create, empty_folder, finish

    events = next((e.found.table for e in exports if e.used and e.found.kind == "events"), None)
    if events is None:
        made = create(folder)
        return made.save(made.workshop().with_(data=written(exports, made.root))), ()
    name = folder.resolve().name.replace("-", " ").replace("_", " ").capitalize()
    workshop, personas, journeys = propose(events, name)
    root = empty_folder(folder)
    finish(root)
    workshop = workshop.with_(data=written(exports, root))
    for part in (workshop, *personas, *journeys):
        Folder(root).save(part)
    return workshop, personas
