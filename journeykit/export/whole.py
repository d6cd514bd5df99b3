"""A workshop folder as one JSON file, and back again: its texts, notebooks and pictures.

Nothing is masked and nothing is left out but data, runs and what is hidden: it is the folder
itself, to be kept or handed on to one's own team. What comes in is a stranger's file: no path in
it leaves the folder that is made.
"""

import base64
import json
import re
import shutil
import unicodedata
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

from journeykit.errors import WorkshopError, first_line
from journeykit.model import RECORD_KINDS, WorkshopFile
from journeykit.store import Desk, Folder, empty_folder, open_folder, read_json, write_atomic

_KEPT = re.compile(
    r"\.git(ignore|attributes)|(?!(data|journal|runs|kept|take-home)/|before-schema|(.*/)?\.).+",
    re.I | re.S,
)
_BAD = re.compile(
    r'[\\:*?"<>|\x00-\x1f\x7f]|(^|/)(\.{0,2}(/|$)|[^/]*[. ](/|$)'
    r"|(con|prn|aux|nul|(com|lpt)\d)([./]|$))",
    re.I,
)
_SCHEMA = 1
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
    made = {"journeykit": "workshop", "schema": _SCHEMA, "left_out": left, "files": files}
    return f"{json.dumps(made, indent=1, ensure_ascii=False)}\n", left


def unpack(source: Path, to: Path) -> Folder:
    """Make a workshop folder of such a file, whole or not at all.

    Raises
    ------
    WorkshopError
        Where the file is none, a path in it leads out of the folder or into what the kit or git
        keeps there, or the folder is there already.
    """
    files = _files(source)
    root = empty_folder(to)
    name = ""
    try:
        (root / "data").mkdir()
        for name, content in files.items():
            if isinstance(content, dict):
                content = base64.b64decode(content["base64"], validate=True)
            write_atomic(root / name, content)
        name, folder = "", open_folder(root)
        for read in (folder.workshop, folder.personas):
            read()
        for id in folder.journey_ids():
            folder.journey(id)
        for kind in RECORD_KINDS:
            folder.records(kind)
        return folder
    except (OSError, ValueError, LookupError, WorkshopError) as problem:
        shutil.rmtree(root, ignore_errors=True)  # what is half made would be in the way
        where = ": ".join(filter(None, [f"{source.name} makes no workshop", name]))
        left = f". What was begun is still in {root}: remove it" if root.exists() else ""
        raise WorkshopError(f"{where}: {first_line(problem)}{left}") from None


def _files(source: Path) -> dict[str, Any]:
    """Read what the file holds, and refuse what no folder of ours can be."""
    found = read_json(source, WorkshopFile)

    def wrong(name: object, rule: str) -> WorkshopError:
        return WorkshopError(f"{source.name}: {str(name)[:80]!r} {rule}")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for name, n in Counter(name for name, _ in pairs).items():
            if n > 1:
                raise wrong(name, "stands there twice: leave one of the two")
        return dict(pairs)

    json.loads(source.read_text("utf-8-sig"), object_pairs_hook=once)
    if found.get("schema", _SCHEMA) != _SCHEMA:
        raise wrong(
            found.get("schema"),
            f"is its schema, and this journeykit reads {_SCHEMA}: take a newer one",
        )
    names = dict[str, str]()
    for name, content in found["files"].items():
        if _BAD.search(name) or not _KEPT.fullmatch(name):
            raise wrong(
                name,
                "is a file that may not be: none may lie outside of the folder, in data/, "
                "journal/, runs/ or kept/, be hidden or have a name that some system keeps for "
                "itself: take it out of `files`",
            )
        if len(name) > 200 or len(name.encode("utf-8", "replace")) > 250:
            raise wrong(name, "is a longer name than a disk takes: shorten it")
        if isinstance(content, dict) and {*content} != {"base64"}:
            raise wrong(name, 'is neither a text nor {"base64": "…"}')
        plain = unicodedata.normalize("NFC", name).casefold()
        if plain in names:
            raise wrong(name, f"and {names[plain]!r} are one file on many disks: rename one")
        names[plain] = name
    for name in names:
        for above in map(str, PurePosixPath(name).parents):
            if above in names:
                raise wrong(names[above], "is a file and a folder: rename one")
    return dict(found["files"])
