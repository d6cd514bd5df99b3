"""The workshop folder in git: a revision read without a checkout, and how its files are merged."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from journeykit.errors import WorkshopError

from .files import write_atomic
from .folder import Folder, open_folder
from .joined import DOCUMENTS
from .merge import merge_texts

ATTRIBUTES = """\
# Changes of two people are joined card by card. Say so to git once in each clone:
#   journeykit merge-driver --install DIR
*.yaml merge=journeykit
"""


# The folder may be a stranger's, and its .git/config names programs: git reads what lies in it, and
# neither fetches what is missing there nor starts anything.
_SAFE = (
    f"-c core.fsmonitor=false -c core.hooksPath={os.devnull} -c log.showSignature=false "
    "-c protocol.allow=never -c safe.bareRepository=explicit"
).split()
_ALONE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "GIT_TERMINAL_PROMPT": "0"}


def _run(*words: str) -> Any:
    """Run git, with nothing of a folder's own settings that starts a program."""
    return subprocess.run(
        ["git", *_SAFE, *words], capture_output=True, check=False, env=os.environ | _ALONE
    )


def _git(root: Path, *words: str) -> bytes:
    """Run git in a folder; raises WorkshopError with what git says."""
    try:
        done = _run("-C", str(root), *words)
    except FileNotFoundError:
        raise WorkshopError("this needs git, which is not installed here") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip() or "no reason given"
        raise WorkshopError(f"git {words[0]} in {root} says: {said.splitlines()[0]}")
    return done.stdout


@contextmanager
def at_revision(root: Path, revision: str) -> Iterator[Folder]:
    """Give the workshop folder as it was at a revision; nothing is checked out, no filter is run.

    Raises
    ------
    WorkshopError
        Where there is no git, no such revision, or no workshop in it.
    """
    if revision.startswith("-"):
        raise WorkshopError(
            f"{revision!r} is no revision: give a commit, a branch or a tag such as HEAD~1"
        )
    try:
        commit = _git(root, "rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()
    except WorkshopError as problem:
        raise WorkshopError(
            f"{revision!r} is no folder, no run and no revision: {problem}"
        ) from None
    listed = _git(root, "ls-tree", "-r", "-z", "--name-only", commit).decode("utf-8", "replace")
    names = [
        name
        for name in listed.split("\0")
        if name == "workshop.yaml"
        or (name.endswith(".yaml") and name.rpartition("/")[0] in DOCUMENTS)
    ]
    if "workshop.yaml" not in names:
        raise WorkshopError(f"{revision} of {root} holds no workshop.yaml")
    with TemporaryDirectory(prefix="journeykit-") as place:
        for name in names:
            target = Path(place) / name
            if target.resolve().is_relative_to(Path(place).resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_git(root, "cat-file", "blob", f"{commit}:./{name}"))
        yield Folder(Path(place).resolve())


def merge_files(base: Path, ours: Path, theirs: Path, file: str) -> list[str]:
    """Join three files into the second one, as git asks a merge driver to; returns the
    conflicts.
    """
    try:
        done = _run("merge-file", "-p", "-q", str(ours), str(base), str(theirs))
        joined = done.stdout.decode("utf-8") if done.returncode == 0 else None
    except (FileNotFoundError, UnicodeDecodeError):
        joined = None
    was, mine, other = (
        path.read_bytes().decode("utf-8-sig", "replace") for path in (base, ours, theirs)
    )
    merged = merge_texts(was, mine, other, file, joined)
    write_atomic(ours, merged.text)
    return merged.conflicts


def install_merge(root: Path) -> None:
    """Tell git, in this clone, how the files of a workshop folder are merged.

    Writes two lines into the clone's own configuration, and ``.gitattributes`` where it is missing.
    """
    folder = open_folder(root).root
    beside = Path(sys.executable).with_name("journeykit")
    program = str(beside) if beside.exists() else "journeykit"
    quoted = "'" + program.replace("'", "'\\''") + "'"
    _git(folder, "config", "merge.journeykit.name", "Changes of a workshop joined card by card")
    _git(folder, "config", "merge.journeykit.driver", f"{quoted} merge-driver %O %A %B %P")
    attributes = folder / ".gitattributes"
    there = attributes.read_text("utf-8") if attributes.exists() else ""
    if "merge=journeykit" not in there:
        write_atomic(attributes, f"{there.rstrip()}\n{ATTRIBUTES}".lstrip())
