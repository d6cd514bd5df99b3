"""A new workshop folder from a template."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from journeykit.errors import WorkshopError, did_you_mean

from .files import write_atomic
from .folder import Folder, open_folder
from .git import ATTRIBUTES

_GITIGNORE = """\
# Customer data, what is not saved yet, prepared tables and runs stay out of git.
# Take a line away where the team wants them in.
data/
journal/
.cache/
runs/
take-home/
.ipynb_checkpoints/
.jupyter/
"""


def asset(name: str) -> Path:
    """Return a folder that ships with the kit: ``templates``, ``notebooks``, ``sample_data``.

    In a checkout it stands beside the package, in a wheel inside of it.
    """
    package = Path(__file__).resolve().parents[1]
    for root in (package / "assets", package.parent):
        if (root / name).is_dir():
            return root / name
    raise WorkshopError(f"this installation lacks its folder {name!r}; install journeykit again")


def template_names() -> list[str]:
    """List the templates that ship with the kit."""
    return sorted(path.name for path in asset("templates").iterdir() if path.is_dir())


def create(path: str | Path, template: str = "blank") -> Folder:
    """Make a new workshop folder from a template, with notebooks and, where there is one, data.

    Parameters
    ----------
    path : path
        The new folder; it must not exist, or be empty.
    template : str
        One of :func:`template_names`.

    Raises
    ------
    WorkshopError
        Where the template is unknown or the folder holds something already.
    """
    if template not in template_names():
        raise WorkshopError(
            f"there is no template {template!r}. {did_you_mean(template, template_names())}"
        )
    root = empty_folder(path)
    sample = asset("sample_data") / template
    try:
        shutil.copytree(asset("templates") / template, root, dirs_exist_ok=True)
        if sample.is_dir():
            shutil.copytree(sample, root / "data", dirs_exist_ok=True)
        finish(root)
    except OSError as problem:  # what is half made would be in the way of the next attempt
        shutil.rmtree(root, ignore_errors=True)  # what stays is told
        why = problem.args[0][0][2] if isinstance(problem, shutil.Error) else problem
        left = "; remove what is there of it" if root.exists() else ""
        raise WorkshopError(f"{str(path)!r} could not be made: {why}{left}") from None
    return open_folder(root)


def empty_folder(path: str | Path) -> Path:
    """Make sure that a folder is there and empty, and return it."""
    root = Path(path).expanduser().resolve()
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise WorkshopError(f"{str(path)!r} is there already and not empty; choose another name")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise WorkshopError(f"{str(path)!r} could not be made: {problem}") from None
    return root


def finish(root: Path, skip: Iterable[str] = ()) -> None:
    """Add what every workshop folder has: notebooks, what git needs, an empty ``data/``."""
    (root / "data").mkdir(exist_ok=True)
    (root / "notebooks").mkdir(exist_ok=True)
    for notebook in sorted(asset("notebooks").glob("*.ipynb")):
        if notebook.name not in skip:
            shutil.copy2(notebook, root / "notebooks" / notebook.name)
    write_atomic(root / ".gitignore", _GITIGNORE)
    write_atomic(root / ".gitattributes", ATTRIBUTES)
