"""What a file is, told from its bytes; what is packed is unpacked into a folder of its own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from journeykit.declared import beside
from journeykit.errors import DataError, did_you_mean

from .encoding import bounded, unpacked

_FORMATS = beside(__file__)["format"]


@dataclass
class Part:
    """One file to be read, as it lies there or unpacked.

    Parameters
    ----------
    file : pathlib.Path
        Where its bytes are.
    name : str
        What a person knows it by.
    inside : str
        The sheet, table, key or file in it that was asked for.
    place : pathlib.Path
        A folder for what is unpacked.
    notes : list of str
        What had to be assumed to read it.
    format : dict
        What it is: see formats.toml.
    wanted : sequence of str
        Columns that are asked for, however few of its rows have them.
    """

    file: Path
    name: str
    inside: str
    place: Path
    notes: list[str]
    format: Any = None
    wanted: Sequence[str] = ()

    def choose(self, what: str, names: Sequence[str]) -> str:
        """The one that was asked for, or the only one; several are asked about."""
        if self.inside in names or (names and not self.inside and not names[1:]):
            return self.inside or names[0]
        said = f"no {what} {self.inside!r}" if self.inside else f"{len(names)} {what}s with rows"
        raise DataError(
            f"It has {said}. Say which, as in '{self.name}::NAME'. "
            f"{did_you_mean(self.inside, names)}"
        )

    def new_file(self) -> Path:
        """A name for a file in the folder for what is unpacked."""
        folder = self.place / str(len([*self.place.iterdir()]))
        folder.mkdir()
        return folder / re.sub(r"[^\w.-]", "_", self.name)[-100:]


def parts_of(files: Iterable[Part]) -> tuple[list[Part], str]:
    """What is to be read of files, themselves or what is packed in them; and who reads it."""
    parts = [part for file in files for part in _parts(file)]
    kinds = {part.format["reader"]: part for part in parts}
    if len(kinds) > 1:
        listed = ", ".join(f"{part.name} is {part.format['name']}" for part in kinds.values())
        raise DataError(f"It is of several kinds: {listed}. Give those of one kind.")
    return parts, next(iter(kinds))


def _parts(part: Part) -> list[Part]:
    with part.file.open("rb") as stream:
        part.format = found = _format(stream)
    if found.get("reader") == "packed":
        with unpacked(part.file) as stream:
            part.format = found = _format(stream)
        if found.get("reader") != "text":  # which is read as it lies there
            with unpacked(part.file) as stream:
                return _parts(_unpacked(part, stream))
    if found.get("reader") == "zip":
        return _members(part)
    if "remedy" in found:
        raise DataError(f"{part.name} is {found['name']}. {found['remedy']}")
    ending = Path(re.sub(r"\.(gz|bz2|zstd?)$", "", part.name.lower())).suffix[1:]
    said = [each["reader"] for each in _FORMATS if ending in each.get("endings", "").split()]
    if said and found["reader"] not in said:
        part.notes.append(f"{part.name} is {found['name']}")
    return [part]


def _format(stream: Any) -> Any:
    letters = stream.read(65_536).decode("latin-1")
    return next(each for each in _FORMATS if re.match(each["begins"], letters, re.S))


def _unpacked(part: Part, stream: Any) -> Part:
    target = part.new_file()
    with target.open("wb") as out:
        while block := stream.read(2**20):
            out.write(block)
            bounded(part.file, out.tell())
    return replace(part, file=target)


def _members(part: Part) -> list[Part]:
    """The files of a zip: the one asked for, the only one, or all parts of one export."""
    with ZipFile(part.file) as archive:
        names = sorted(
            n for n in archive.namelist() if not re.search(r"/$|(^|/)(__MACOSX/|\.\w)", n)
        )
        member, _, inside = part.inside.partition("::")
        if member or len({re.sub(r"\d+", "", name) for name in names}) != 1:
            names = [replace(part, inside=member).choose("file", names)]
        elif names[1:]:
            part.notes.append(f"read {len(names)} files of {part.name} together")
        found = []
        for name in names:
            with archive.open(name) as stream:  # never by its name, which may lead anywhere
                file = _unpacked(replace(part, name=Path(name).name, inside=inside), stream)
            found += _parts(file)
        return found
