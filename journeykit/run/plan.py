"""What a run will do, worked out and checked before any process starts.

Papermill only warns about a parameter that no notebook has, and turns ``007`` into ``7``. A run
over all personas should not end in that after ten minutes, so everything that can be known is
looked at first, and a mistake is refused with the right word.
"""

import ast
import glob
import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from journeykit.errors import FileProblem, RunError, did_you_mean
from journeykit.model import Data, Facts, NotebookFile, free_name
from journeykit.store import read_json

COMPARE = "compare"
"""The folder of the notebook that looks at all personas; no persona may be called so."""

GIVEN = {"workshop", "persona", "data", "since", "until", "results"}
"""Parameters that the run itself fills in."""

Values = Mapping[str, str | None]


class Notebook(NamedTuple):
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
    defaults: Facts

    @property
    def compares(self) -> bool:
        """Whether it runs once, last, from the results of the others."""
        return "results" in self.defaults

    def choose(self, values: Values) -> Data:
        """Of `values`, those that this notebook has, in the type of its own default."""
        return {
            name: self._typed(name, value)
            for name, value in values.items()
            if value is not None and name in self.defaults
        }

    def _typed(self, name: str, value: str) -> Any:
        default = self.defaults[name]
        kind = type(default)
        if default is None or kind is str:
            return value  # "007" is not the number 7
        try:
            if kind is bool:
                return {"true": True, "false": False}[value.lower()]
            if kind in (int, float):
                return kind(value)
        except (KeyError, ValueError):
            pass
        raise RunError(
            f"Parameter {name!r} of {self.name} is a value of type {kind.__name__} (its default "
            f"is {default!r}); {value!r} cannot be read as one."
        )


class Plan(NamedTuple):
    """A checked run: who, which notebooks, which parameters; all paths are absolute."""

    workshop: Path
    personas: tuple[str, ...]
    each: tuple[Notebook, ...]
    once: tuple[Notebook, ...]
    values: Values
    workers: int
    runs: Path
    timeout: float


def find_notebooks(workshop: Path) -> list[Notebook]:
    """The notebooks of a workshop whose names begin with a number, in the order of the numbers.

    Raises
    ------
    RunError
        There is none, or one cannot be read, or has no parameters cell.
    """
    folder = workshop / "notebooks"
    numbered = sorted(
        (int(found[0]), path.name, path)
        for path in folder.glob("*.ipynb")
        if (found := re.match(r"\d+", path.name))
    )
    if not numbered:
        raise RunError(
            f"{folder} has no notebook whose name begins with a number (00_start_here.ipynb). "
            "`journeykit new` puts them there."
        )
    return [Notebook(path.stem, path, _parameters(path)) for _, _, path in numbered]


def _parameters(path: Path) -> Data:
    """Read names and defaults from the cell tagged `parameters`."""
    try:
        notebook = read_json(path, NotebookFile)
    except FileProblem as problem:
        raise RunError(f"{path.name} is not a notebook that can be read: {problem}.") from None
    cells, spec = notebook["cells"], notebook.get("metadata", {}).get("kernelspec") or {}
    language = spec.get("language") or ("R" if spec.get("name") == "ir" else "python")
    if language.casefold() != "python":
        raise RunError(
            f"{path.name} is written in {language}; a run executes Python only. Rename the file so "
            "that it does not begin with a number."
        )
    code = [cell for cell in cells if cell.get("cell_type") == "code"]
    tagged = [cell for cell in code if "parameters" in cell.get("metadata", {}).get("tags", ())]
    if code and not tagged:
        raise RunError(
            f"{path.name} has no cell tagged `parameters`, so it cannot be told which persona to "
            "show. Tag a cell with `workshop`, `persona` and `data` in it, or rename the file so "
            "that it does not begin with a number."
        )
    try:
        body = ast.parse("".join(tagged[0]["source"]) if tagged else "").body
    except SyntaxError as problem:
        raise RunError(
            f"{path.name}: line {problem.lineno} of the cell tagged `parameters` is not plain "
            f"Python: {problem.msg}."
        ) from None
    return {
        target.id: _literal(statement.value)
        for statement in body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in getattr(statement, "targets", [getattr(statement, "target", None)])
        if isinstance(target, ast.Name)
    }


def _literal(node: Any) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def make_plan(
    workshop_dir: str | Path,
    personas: Iterable[str] | None = None,
    *,
    data: str | None = None,
    since: str | None = None,
    until: str | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    timeout: float = 1800,
    parameters: Mapping[str, str] | None = None,
) -> Plan:
    """Check what `run_workshop` is asked for; its parameters are described there.

    Raises
    ------
    RunError, DataError
        Something asked for does not exist or cannot be.
    """
    from journeykit.tables.periods import period_of

    workshop = Path(os.path.abspath(workshop_dir))
    if not workshop.is_dir():
        raise RunError(f"{workshop} is not a folder. `journeykit new` makes a workshop folder.")
    chosen = _personas(workshop, personas)
    notebooks = find_notebooks(workshop)
    period_of(since, until)  # for its complaints
    given = {"data": _source(workshop, data), "since": since, "until": until}
    own = {name: str(value) for name, value in (parameters or {}).items()}
    _known(notebooks, own, given)
    if workers is not None and workers < 1:
        raise RunError(f"{workers} workers cannot run anything; give 1 or more.")
    values = {"workshop": str(workshop), **given, **own}
    for notebook in notebooks:
        notebook.choose(values)  # for its complaints
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    runs = Path(os.path.abspath(out)) if out else workshop / "runs"
    workers = min(workers or cores or 1, len(chosen))
    once = tuple(notebook for notebook in notebooks if notebook.compares)
    each = tuple(notebook for notebook in notebooks if not notebook.compares)
    return Plan(workshop, chosen, each, once, values, workers, runs, timeout)


def _personas(workshop: Path, asked: Iterable[str] | None) -> tuple[str, ...]:
    there = sorted(path.stem for path in (workshop / "personas").glob("*.yaml"))
    if not there:
        raise RunError(f"{workshop / 'personas'} has no persona. Add one file <id>.yaml for each.")
    chosen = tuple(dict.fromkeys(asked or there))
    for persona in chosen:
        if persona not in there:
            raise RunError(
                f"No persona {persona!r} in {workshop.name}. {did_you_mean(persona, there)}"
            )
        if persona == COMPARE:
            raise RunError(f"A persona cannot be called {COMPARE!r}: the comparison is. Rename it.")
    return chosen


def _source(workshop: Path, data: str | None) -> str | None:
    """The data as an absolute path; the name of a table of another engine stays as it is."""
    from journeykit.engine import is_name
    from journeykit.tables import divided

    if not data or is_name(data):
        return data or None
    for base in (Path.cwd(), workshop):
        path, inside = divided(base / Path(data).expanduser())
        if os.path.exists(path) or glob.glob(path, recursive=True):
            return os.path.abspath(path) + (inside and f"::{inside}")
    if not {os.sep, "/", "*"} & {*data} and not Path(data).suffix:
        return data
    folder = (Path.cwd() / data).parent
    hint = f"There is no folder {folder}."
    if folder.is_dir():
        hint = did_you_mean(Path(data).name, sorted(os.listdir(folder)), show=0)
    raise RunError(f"No data at {data!r}. {hint}")


def _known(notebooks: Iterable[Notebook], own: Values, given: Values) -> None:
    there = {name for notebook in notebooks for name in notebook.defaults}
    for name in own:
        if name in GIVEN:
            raise RunError(f"Parameter {name!r} is filled in by the run; it has its own option.")
        if name not in there:
            none = "The notebooks have no parameters of their own."
            hint = did_you_mean(name, sorted(there - GIVEN)) or none
            raise RunError(f"No notebook has a parameter {name!r}. {hint}")
    for name, value in given.items():
        if value is not None and name not in there:
            raise RunError(
                f"{name} was given, but no notebook of this workshop has a parameter {name!r}. "
                "Add it to the cells tagged `parameters`."
            )


def new_folder(runs: Path) -> Path:
    """Make the folder of a new run, named after the time; never one that is already there.

    Its name sorts behind all others, also where the clock was put back: the last is the newest.

    Raises
    ------
    RunError
        The folder cannot be written to.
    """
    if runs.is_file():
        raise RunError(f"{runs} is a file; the runs need a folder.")
    there = {path.name for path in runs.glob("*")}
    stamp = f"{datetime.now():%Y-%m-%dT%H-%M-%S}"
    last = max((name for name in there if re.match(r"\d{4}-\d\d-\d\dT", name)), default="")
    folder = runs / free_name(max(stamp, last), there)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return new_folder(runs)  # another run has begun in this very moment
    except OSError as problem:
        raise RunError(f"Cannot write to {runs}: {problem.strerror}. Give --out.") from None
    return folder
