"""A workshop folder as one JSON file, and back again: its texts, notebooks and pictures.

Nothing is masked and nothing is left out but data, runs and what is hidden: it is the folder
itself, to be kept or handed on to one's own team. What comes in is a stranger's file: no path in
it leaves the folder that is made.
"""

import base64
import json
import re
import shutil
from pathlib import Path

from journeykit.errors import WorkshopError
from journeykit.model import WorkshopFile
from journeykit.store import Desk, Folder, empty_folder, open_folder, read_json, write_atomic

_KEPT = re.compile(
    r"\.git(ignore|attributes)|(?!(data|journal|runs|kept|take-home)/|before-schema|(.*/)?\.).+",
    re.I | re.S,
)
_BAD = re.compile(r'[\\:*?"<>|\x00-\x1f\x7f]|(^|/)(\.{0,2}(/|$)|[^/]*[. ](/|$))')
_MOST = 50_000_000
"""A file with more bytes stays where it is, and is named."""


def pack(folder: Folder) -> tuple[str, list[str]]:
    """Write a folder as JSON; what waits in the journal is saved first.

    Returns
    -------
    tuple
        The text, and the names of files that are not in it: links, data, and what is very large.
    """
    Desk(folder.root).close()
    files, left = dict[str, str | dict[str, str]](), list[str]()
    data = {Path(str(table.source)).parts[0] for table in folder.workshop().data.values()}
    for path in sorted(folder.root.rglob("*")):
        name = path.relative_to(folder.root).as_posix()
        if _KEPT.fullmatch(name) and (path.is_symlink() or path.is_file()):
            if (
                name.split("/")[0] in data
                or path.is_symlink()
                or _BAD.search(name)
                or path.stat().st_size > _MOST
            ):
                left.append(name)
                continue
            content = path.read_bytes()
            try:
                files[name] = content.decode()
            except UnicodeDecodeError:
                files[name] = {"base64": base64.b64encode(content).decode()}
    made = {"journeykit": "workshop", "schema": 1, "left_out": left, "files": files}
    return f"{json.dumps(made, indent=1, ensure_ascii=False)}\n", left


def unpack(source: Path, to: Path) -> Folder:
    """Make a workshop folder of such a file, whole or not at all.

    Raises
    ------
    WorkshopError
        Where the file is none, a path in it leads out of the folder or into what the kit or git
        keeps there, or the folder is there already.
    """
    files = read_json(source, WorkshopFile)["files"]
    for name in files:
        if _BAD.search(name) or not _KEPT.fullmatch(name):
            raise WorkshopError(
                f"{source.name} has a file {name!r}, and none may lie outside of the folder, in "
                "data/, journal/, runs/ or kept/, or be hidden: take it out of `files`"
            )
    root = empty_folder(to)
    try:
        (root / "data").mkdir()
        for name, content in files.items():
            if isinstance(content, dict):
                content = base64.b64decode(content["base64"], validate=True)
            write_atomic(root / name, content)
        return open_folder(root)
    except (OSError, ValueError, LookupError, WorkshopError) as problem:
        shutil.rmtree(root, ignore_errors=True)  # what is half made would be in the way
        raise WorkshopError(f"{source.name} makes no workshop: {problem}") from None
