"""A folder of an older version, taken over when it is opened. All steps stand in one list."""

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

from journeykit.errors import FileProblem
from journeykit.model import SCHEMA, free_name

from . import yaml
from .files import JOURNALS, locked, text_of, write_atomic

WORKSHOP = "workshop.yaml"
KEPT = f"before-schema-{SCHEMA}"
"""The folder in the workshop that keeps what the steps change, as it was."""
_log = logging.getLogger(__name__)


def take_over(root: Path) -> None:
    """Bring a folder to the version that the kit writes, and say so once.

    A folder that nobody may write to, or whose ``workshop.yaml`` is no YAML, is left as it is:
    it can be read all the same.

    Raises
    ------
    FileProblem
        Where the folder is of a newer version than the kit.
    """
    if _version(root) < SCHEMA:
        with suppress(OSError, FileProblem), locked(root):
            if _version(root) < SCHEMA:  # nobody else did it meanwhile
                for step in STEPS:
                    step(root)
                _log.warning(
                    "%s was of an older version and is of version %s now; what was changed there "
                    "is kept as it was in %s/.",
                    root,
                    SCHEMA,
                    KEPT,
                )


def _version(root: Path) -> int:
    """Read the version of a folder; one that says none is of the first."""
    text = (root / WORKSHOP).read_text("utf-8-sig", "replace")
    try:
        tree = yaml.looked(text, WORKSHOP)
    except FileProblem:  # whoever reads the folder says so
        return SCHEMA
    said = str(tree.get("schema") or 1)
    version = int(said) if said[:9].isdecimal() and said == said[:9] else SCHEMA
    if version > SCHEMA:
        raise FileProblem(
            f"this folder is of version {version}, and this journeykit reads up to {SCHEMA}: "
            "install a newer one, as with `pip install -U journeykit`",
            WORKSHOP,
            yaml.place(tree, ["schema"])[0],
            "schema",
        )
    return version


def _free(path: Path) -> Path:
    """The path, or the first one like it that no file has."""
    taken = {other.stem for other in path.parent.glob(f"*{path.suffix}")}
    return path.with_stem(free_name(path.stem, taken))


def _keep(path: Path, root: Path) -> None:
    copy = root / KEPT / path.relative_to(root)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, _free(copy))


def _write(path: Path, text: str) -> None:
    """Write with the line ends that the file has."""
    end = "\r\n" if b"\r\n" in path.read_bytes() else "\n"
    write_atomic(path, text.replace("\n", end))


def _move_journals(root: Path) -> None:
    """What was acknowledged does not lie in a cache any more, where anybody may delete it."""
    for path in sorted(root.glob(".cache/journal/*.*")):
        _keep(path, root)
        os.replace(path, _free(root / JOURNALS / path.name))


def _ignore_journals(root: Path) -> None:
    """Git does not look at the journals."""
    path = root / ".gitignore"
    if path.exists() and f"{JOURNALS}/" not in (text := text_of(root, path.name)).split():
        _keep(path, root)
        _write(path, f"{text.rstrip()}\n{JOURNALS}/\n")


def _list_decisions(root: Path) -> None:
    """What was one decision for each phase becomes one of a list, with a state."""
    for path in sorted(root.glob("records/decisions/*.yaml")):
        tree = yaml.read(path.read_text("utf-8"), path.name)
        _keep(path, root)
        tree["state"] = "done" if tree.pop("done", "") == "true" else "open"
        tree.setdefault("phase", path.stem)
        _write(path, yaml.dump(tree))


def _name_version(root: Path) -> None:
    path = root / WORKSHOP
    tree = yaml.read(text_of(root, WORKSHOP), WORKSHOP)
    _keep(path, root)
    tree.pop("schema", None)
    tree.insert(0, "schema", str(SCHEMA))
    _write(path, yaml.dump(tree))


STEPS = (_move_journals, _ignore_journals, _list_decisions, _name_version)
"""What is done, in order; the version comes last, so that what is interrupted begins again."""
