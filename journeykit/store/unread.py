"""The files of a workshop folder that nobody reads, each with the name that it should have."""

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from journeykit.errors import FileProblem, did_you_mean
from journeykit.model import RECORD_KINDS, slug
from journeykit.model.base import unknown

from . import yaml
from .files import CONFLICT, JOURNALS, copy_of, text_of
from .folder import DOCUMENTS, WORKSHOP, Folder
from .journal import damaged_lines

_TOPS = ("personas", "journeys", "records")
_YAML = re.compile(r"\.ya?ml", re.I)
# What people put beside their maps, and what their computers do.
_ORDINARY = re.compile(
    r"readme.*|thumbs\.db|desktop\.ini|icon\s"
    r"|.*\.(md|pdf|png|jpe?g|gif|svg|webp|heic|docx?|pptx?|xlsx?|csv|html?|mp[34]|m4a|mov|wav)",
    re.I | re.S,
)
_MOST_ALIKE = 5
"""So many files of one folder are named one by one."""


def unread(folder: Folder) -> Iterator[FileProblem]:
    """Name what lies in a folder as if it were a part of the workshop and is read by nobody.

    A misspelt ending or folder, a folder in a folder, the copies that sync clients and editors
    leave. What people keep beside their maps (pictures, a README, data) and hidden files are
    left in peace. Lines of a journal that cannot be read are named as well.
    """
    yield from damaged_lines(folder.root / JOURNALS)
    found = sorted(_found(folder))
    for parent, group in groupby(found, lambda each: Path(each[0]).parent):
        several = list(group)
        for file, sentence in several[:_MOST_ALIKE]:
            yield FileProblem(sentence, file)
        if (more := len(several) - _MOST_ALIKE) > 0:
            yield FileProblem(f"{more} more lie here that nobody reads", parent.as_posix())


def nowhere(folder: Folder) -> Iterator[FileProblem]:
    """Name the records that point to a persona, journey, stage or step that is not there."""
    stages = folder.workshop().stage_names()
    known = {"persona": folder.persona_ids(), "journey": folder.journey_ids(), "stage": stages}
    for kind in RECORD_KINDS:
        for record in folder.records(kind):
            looked = [(key, key, getattr(record, key, None), of) for key, of in known.items()]
            if kind == "walks" and record.journey in known["journey"]:
                cards = [card.id for card in folder.journey(record.journey).cards]
                looked += [("steps", "step", step.card, cards) for step in record.steps]
            if kind == "blind-reviews":
                looked += [("grades", "stage", stage, stages) for stage in record.grades]
            for _, said in unknown(looked):
                yield FileProblem(said, f"records/{kind}/{record.id}.yaml")


def _found(folder: Folder) -> Iterator[tuple[str, str]]:
    root = folder.root
    read = {f"{doc}.yaml" for where in DOCUMENTS for doc in folder.docs(where)}
    for top in root.iterdir():
        for path in top.rglob("*") if _near(top.name, _TOPS) and top.is_dir() else [top]:
            file = path.relative_to(root)
            hidden = any(part.startswith(".") for part in file.parts)
            if not hidden and file.as_posix() not in read and path.is_file() and _meant(root, file):
                right = _right(root, file)
                if right and (root / right).exists() and path.samefile(root / right):
                    continue  # of a disk that does not tell capitals apart
                yield file.as_posix(), _say(root, file, right)


def _meant(root: Path, file: Path) -> bool:
    """Tell whether a file looks as if it were a part of the workshop."""
    if file.parent.as_posix() in DOCUMENTS:
        return not _ORDINARY.fullmatch(file.name)
    return bool(_YAML.search(file.name)) and (len(file.parts) > 1 or bool(_right(root, file)))


def _right(root: Path, file: Path) -> str:
    """Give the name that a file should have; '' where nothing is near."""
    where, name = file.parts[0], copy_of(root / file) or slug(file.name.split(".")[0], "<id>")
    if len(file.parts) == 1:
        top = _near(CONFLICT.split(name)[0].strip("-"), ["workshop", *_TOPS])
        if top:
            return WORKSHOP if top == "workshop" else f"{top}/<id>.yaml"
        place = next((w for w in _TOPS[:2] if _reads_like(root, where, w)), "")
    else:
        place = _near(where, _TOPS)
        if place == "records":
            kind = _near(file.parts[1], RECORD_KINDS) if len(file.parts) > 2 else ""
            place = kind and f"records/{kind}"
    return place and f"{place}/{name}.yaml"


def _reads_like(root: Path, file: str, where: str) -> bool:
    with suppress(FileProblem):
        stem = slug(Path(file).stem)
        return not yaml.problems(DOCUMENTS[where], text_of(root, file), file, stem)[1]
    return False


def _say(root: Path, file: Path, right: str) -> str:
    if not right:
        kind = file.parts[1] if len(file.parts) > 2 else ""
        known = did_you_mean(kind, [f"records/{kind}" for kind in RECORD_KINDS], show=99)
        return f"nobody reads this file; it lies in no folder of records. {known}"
    what = "conflicted copy, which a sync client left" if CONFLICT.search(file.name) else "file"
    if (root / right).exists():
        return (
            f"nobody reads this {what}; {right} is what is read. "
            f"Bring what you miss there over, then remove it, or give it another name"
        )
    return f"nobody reads this {what}; did you mean {right}? Rename it, or remove it"


def _near(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name.casefold(), known, 1, 0.8)), "")
