"""Exports become tables of a workshop: copied into its folder, and named in ``workshop.yaml``."""

import os
import re
import shutil
from collections.abc import Sequence
from glob import escape, glob
from pathlib import Path

from journeykit.engine import is_name
from journeykit.model import Data, free_name
from journeykit.tables import divided

from .exports import Export

COPY_UP_TO = 100 * 1024 * 1024


def written(exports: Sequence[Export], root: Path) -> Data:
    """Bring the tables into a folder; what stands under ``data:`` then."""
    data = dict[str, Data]()
    for each in (one for one in exports if one.used):
        told = {"columns": each.columns.get(each.found.kind), "day_first": each.day_first}
        told = {name: value for name, value in told.items() if value}
        data[each.found.kind] = {"source": _brought(each, root), **told}
    return data


def _brought(each: Export, root: Path) -> str:
    """Copy a small export into the folder; a large one, or one that is not a file, stays."""
    if isinstance(each.source, list):
        return _parts_brought([*map(Path, each.source)], each.found.kind, root)
    path, inside = divided(each.source)
    source, part = Path(path), inside and f"::{inside}"
    if is_name(str(each.source)):
        return str(each.source)
    if not source.is_file():  # a glob
        return f"{source.absolute()}{part}"
    if source.resolve().is_relative_to(root):
        return f"{source.resolve().relative_to(root).as_posix()}{part}"
    if source.stat().st_size > COPY_UP_TO:
        return f"{source.resolve()}{part}"
    return f"{_copied(source, source.name, root / 'data').relative_to(root).as_posix()}{part}"


def _parts_brought(files: list[Path], kind: str, root: Path) -> str:
    """Copy the parts of a table into a folder of their own, and say so with a glob.

    Those that are in the folder, and large ones, stay where a glob means them and nothing else.
    """
    names = [str(file.resolve()) for file in files]
    backwards = [name[::-1] for name in names]
    # Letter by letter, as a glob goes.
    begin, end = map(os.path.commonprefix, (names, backwards))
    pattern, there = f"{escape(begin)}*{escape(end[::-1])}", Path(begin).is_relative_to(root)
    alone = sorted(glob(pattern)) == sorted(names)
    if alone and (there or sum(file.stat().st_size for file in files) > COPY_UP_TO):
        return Path(pattern).relative_to(root).as_posix() if there else pattern
    (root / "data").mkdir(exist_ok=True)
    folder = root / "data" / free_name(kind, {*os.listdir(root / "data")})
    top = os.path.commonpath([file.parent for file in files])
    for file in files:
        _copied(file, "_".join(file.relative_to(top).parts), folder)
    ending = re.search(r"(\.\w+)*$", end[::-1])
    return f"data/{folder.name}/*{ending[0] if ending else ''}"


def _copied(file: Path, name: str, folder: Path) -> Path:
    """Copy a file under its name, or with a number where another one is called so."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(file, folder / unused(name, folder)))


def unused(name: str, folder: Path) -> str:
    """A name of a file that no other one has there: with a number before its endings."""
    begin, dot, end = name.partition(".")
    taken = {each.partition(".")[0] for each in os.listdir(folder) if each.partition(".")[2] == end}
    return f"{free_name(begin, taken)}{dot}{end}"
