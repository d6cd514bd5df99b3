"""What a run will do, worked out and checked before any process starts.

Papermill only warns about a parameter that no notebook has, and turns ``007`` into ``7``. A run
over all personas should not end in that after ten minutes, so everything that can be known is
looked at first, and a mistake is refused with the right word.
"""

from __future__ import annotations

import ast
import glob
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from journeykit.errors import RunError, did_you_mean

__all__ = [
    "COMPARE",
    "Notebook",
    "Plan",
    "find_notebooks",
    "make_plan",
    "new_folder",
    "persona_ids",
]

COMPARE = "compare"
"""The folder of the notebook that looks at all personas; no persona may be called so."""

GIVEN = ("workshop", "persona", "data", "since", "until", "results")
"""Parameters that the run itself fills in."""


@dataclass(frozen=True)
class Notebook:
    """A numbered notebook of the workshop and what its parameters cell has.

    Attributes
    ----------
    name : str
        The file name without its ending, ``03_weak_spots``.
    path : Path
        Absolute.
    defaults : dict
        Parameter name to its default; None where the default is not a plain literal.
    """

    name: str
    path: Path
    defaults: Mapping[str, Any]

    @property
    def compares(self) -> bool:
        """Whether it runs once, last, from the results of the others."""
        return "results" in self.defaults

    def choose(self, values: Mapping[str, str | None]) -> dict[str, Any]:
        """Of `values`, those that this notebook has, in the type of its own default."""
        known = {name: value for name, value in values.items() if name in self.defaults}
        return {
            name: _typed(name, value, self.defaults[name], self.name)
            for name, value in known.items()
            if value is not None
        }


@dataclass(frozen=True)
class Plan:
    """A checked run: who, which notebooks, which parameters; all paths are absolute."""

    workshop: Path
    personas: tuple[str, ...]
    each: tuple[Notebook, ...]
    once: tuple[Notebook, ...]
    values: Mapping[str, str | None]
    workers: int
    runs: Path


def persona_ids(workshop: Path) -> list[str]:
    """The ids of a workshop's personas, sorted: one file each."""
    return sorted(path.stem for path in (workshop / "personas").glob("*.yaml"))


def find_notebooks(workshop: Path) -> list[Notebook]:
    """The notebooks of a workshop whose names begin with a number, in the order of the numbers.

    Raises
    ------
    RunError
        There is none, or one cannot be read, or has no parameters cell.
    """
    folder = workshop / "notebooks"
    numbered = [path for path in folder.glob("*.ipynb") if path.name[0].isdigit()]
    if not numbered:
        raise RunError(
            f"{folder} has no notebook whose name begins with a number (00_start_here.ipynb). "
            "`journeykit new` puts them there."
        )
    numbered.sort(key=lambda path: (int(re.match(r"\d+", path.name).group()), path.name))  # type: ignore[union-attr]
    return [Notebook(path.stem, path, _parameters(path)) for path in numbered]


def _parameters(path: Path) -> dict[str, Any]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise RunError(f"{path.name} is not a notebook that can be read: {problem}.") from None
    code = [cell for cell in cells if cell.get("cell_type") == "code"]
    tagged = [cell for cell in code if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if not tagged:
        if not code:
            return {}
        raise RunError(
            f"{path.name} has no cell tagged `parameters`, so it cannot be told which persona to "
            "show. Tag a cell with `workshop`, `persona` and `data` in it, or rename the file so "
            "that it does not begin with a number."
        )
    try:
        body = ast.parse("".join(tagged[0]["source"])).body
    except SyntaxError as problem:
        raise RunError(
            f"{path.name}: line {problem.lineno} of the cell tagged `parameters` is not plain "
            f"Python: {problem.msg}."
        ) from None
    found: dict[str, Any] = {}
    for statement in body:
        if isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            found.update(dict.fromkeys(names, _literal(statement.value)))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found[statement.target.id] = _literal(statement.value)
    return found


def _literal(node: ast.expr | None) -> Any:
    try:
        return None if node is None else ast.literal_eval(node)
    except ValueError:
        return None


def _typed(name: str, value: str, default: Any, notebook: str) -> Any:
    if default is None or isinstance(default, str):
        return str(value)  # "007" is not the number 7
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[str(value).lower()]
        if isinstance(default, int | float):
            return type(default)(value)
    except (KeyError, ValueError):
        pass
    kind = type(default).__name__
    raise RunError(
        f"Parameter {name!r} of {notebook} is a value of type {kind} (its default is {default!r}); "
        f"{value!r} cannot be read as one."
    )


def make_plan(
    workshop_dir: str | Path,
    personas: Iterable[str] | None = None,
    *,
    data: str | None = None,
    since: str | None = None,
    until: str | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Plan:
    """Check what `run_workshop` is asked for; its parameters are described there.

    Raises
    ------
    RunError
        Something asked for does not exist or cannot be.
    """
    workshop = Path(os.path.abspath(workshop_dir))
    if not workshop.is_dir():
        raise RunError(f"{workshop} is not a folder. `journeykit new` makes a workshop folder.")
    chosen = _personas(workshop, personas)
    notebooks = find_notebooks(workshop)
    _dates(since, until)
    given = {"data": _source(workshop, data), "since": since, "until": until}
    own = dict(parameters or {})
    _known(notebooks, own, given)
    if workers is not None and workers < 1:
        raise RunError(f"{workers} workers cannot run anything; give 1 or more.")
    values = {"workshop": str(workshop), **given, **{k: str(v) for k, v in own.items()}}
    for notebook in notebooks:
        notebook.choose(values)  # for its complaints
    return Plan(
        workshop=workshop,
        personas=chosen,
        each=tuple(notebook for notebook in notebooks if not notebook.compares),
        once=tuple(notebook for notebook in notebooks if notebook.compares),
        values=values,
        workers=min(workers or _cores(), len(chosen)),
        runs=Path(os.path.abspath(out)) if out else workshop / "runs",
    )


def _personas(workshop: Path, asked: Iterable[str] | None) -> tuple[str, ...]:
    there = persona_ids(workshop)
    if not there:
        raise RunError(f"{workshop / 'personas'} has no persona. Add one file <id>.yaml for each.")
    chosen = tuple(dict.fromkeys(asked or there))
    for persona in chosen:
        if persona not in there:
            hint = did_you_mean(persona, there)
            raise RunError(f"No persona {persona!r} in {workshop.name}. {hint}")
        if persona == COMPARE:
            raise RunError(f"A persona cannot be called {COMPARE!r}: the comparison is. Rename it.")
    return chosen


def _source(workshop: Path, data: str | None) -> str | None:
    """The data as an absolute path; the name of a table of another engine stays as it is."""
    from journeykit.engine import (
        is_name,
    )  # brings pandas: the fork server shall be the first to import it

    if not data or is_name(data):
        return data or None
    for base in (Path.cwd(), workshop):
        path = base / Path(data).expanduser()
        if path.exists() or glob.glob(str(path), recursive=True):
            return os.path.abspath(path)
    looks_like_file = os.sep in data or "/" in data or "*" in data or Path(data).suffix
    if looks_like_file:
        folder = (Path.cwd() / data).parent
        beside = sorted(os.listdir(folder)) if folder.is_dir() else []
        hint = (
            did_you_mean(Path(data).name, beside, show=0)
            if beside
            else f"There is no folder {folder}."
        )
        raise RunError(f"No data at {data!r}. {hint}")
    return data


def _dates(since: str | None, until: str | None) -> None:
    read = []
    for name, value in (("since", since), ("until", until)):
        try:
            read.append(datetime.fromisoformat(value).replace(tzinfo=None) if value else None)
        except ValueError:
            raise RunError(f"{name} {value!r} is not a date. Write it as 2026-01-31.") from None
    if read[0] and read[1] and read[0] > read[1]:
        raise RunError(f"since {since!r} is later than until {until!r}. Turn them round.")


def _known(
    notebooks: Iterable[Notebook], own: Mapping[str, str], given: Mapping[str, str | None]
) -> None:
    there = {name for notebook in notebooks for name in notebook.defaults}
    for name in own:
        if name in GIVEN:
            raise RunError(f"Parameter {name!r} is filled in by the run; it has its own option.")
        if name not in there:
            hint = did_you_mean(name, sorted(there - set(GIVEN)))
            hint = hint or "The notebooks have no parameters of their own."
            raise RunError(f"No notebook has a parameter {name!r}. {hint}")
    for name, value in given.items():
        if value is not None and name not in there:
            raise RunError(
                f"{name} was given, but no notebook of this workshop has a parameter {name!r}. "
                "Add it to the cells tagged `parameters`."
            )


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def new_folder(runs: Path) -> Path:
    """Make the folder of a new run, named after the time; never one that is already there.

    Raises
    ------
    RunError
        The folder cannot be written to.
    """
    name = datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    number = 1
    while True:
        folder = runs / (name if number == 1 else f"{name}-{number}")
        try:
            runs.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
            return folder
        except FileExistsError:
            if not runs.is_dir():
                raise RunError(f"{runs} is a file; the runs need a folder.") from None
            number += 1
        except OSError as problem:
            raise RunError(f"Cannot write to {runs}: {problem.strerror}. Give --out.") from None
