"""A folder of exports: what each file is, which are parts of one table, whom the tables share."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from filecmp import cmp
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import Any

from journeykit.declared import beside
from journeykit.model import TABLES, Data, Names
from journeykit.tables.kinds import Sorted, Source, sort_out
from journeykit.tables.names import squash, stem

_ENDINGS, _TEXTS, _SYSTEM = (words.split() for words in beside(__file__).values())
#: Files are parts of one table where so many of their columns are the same; a column is the
#: customer where so many of its values are customers of the events.
_ALIKE = _MEETS = 0.5


@dataclass
class Export:
    """One table to be: a file, or files that are read together.

    Parameters
    ----------
    name : str
        What a person knows it by.
    source : path, glob or list of paths
        Where it is.
    kind : str
        What it is, where a person said so.
    columns : dict
        Kind to our names to theirs, as a person said, or as ids meet.
    day_first : bool, optional
        How to read 03/04/2024.
    left : str
        Why it is left out.
    notes : list of str
        What was decided about it.
    met : str
        In which column its customers are those of the events, where that was looked for.
    common : int or None
        How many of its customers are customers of the events.
    """

    name: str
    source: Source
    kind: str = ""
    columns: dict[str, Names] = field(default_factory=dict)
    day_first: bool | None = None
    left: str = ""
    notes: list[str] = field(default_factory=list)
    met: str = ""
    common: int | None = None

    @cached_property
    def found(self) -> Sorted:
        """What it is, and what was read of it."""
        return sort_out(self.source, self.columns, self.day_first, kind=self.kind)

    @property
    def used(self) -> bool:
        """Whether it becomes a table of the workshop."""
        return self.found.table is not None and not self.left

    @property
    def files(self) -> list[str]:
        """The paths of its source."""
        return self.source if isinstance(self.source, list) else [str(self.source)]

    @property
    def typed(self) -> str:
        """Its source as it is typed on the command line."""
        first = Path(self.files[0])
        return quote(str(first.parent / f"*{first.suffix}" if self.files[1:] else first))

    def told(self, kind: str = "", columns: Mapping[str, str] = {}) -> None:
        """Take what a person says of it: which kind it is, what its columns are called."""
        self.kind, self.left, self.met = kind or self.found.kind, "", ""
        self.columns = self.columns | {self.kind: {**self.columns.get(self.kind, {}), **columns}}
        self.__dict__.pop("found", None)

    @property
    def said(self) -> list[str]:
        """What a person should know of it, beside what was read."""
        return [words for words in (self.left, *self.notes, self.met) if words]

    @property
    def problem(self) -> str:
        """Why it cannot be read, with the words to say on the command line."""
        kind, said = self.found.kind, str(self.found.problem or "")
        column = f"--column {kind}." if kind not in ("", "events") else "--column "
        if "--column" not in said and (told := re.search(r'say (\w+)="(\w+)"', said)):
            return f"{said} On the command line: {column}{told[1]}={told[2]}"
        return re.sub(r"--column (?=\w+=)", column, said)

    @property
    def row(self) -> Data:
        """What it is, for a table that people read."""
        contract = self.found.contract
        period = (
            f"{contract.start:%Y-%m-%d} to {contract.end:%Y-%m-%d}"
            if contract and contract.end
            else ""
        )
        used = f"{contract.usable:,} of {contract.rows:,}" if contract else ""
        if contract and contract.usable == contract.rows:
            used = f"{contract.rows:,}"
        return {
            "file": self.name,
            "what it is": ("left out" if self.left else self.found.kind) or "not placed",
            "period": period,
            "rows used": used,
            "customers": f"{contract.users:,}" if contract and contract.users else "",
            "in common": "" if self.common is None else f"{self.common:,}",
        }


def sort_folder(
    folder: Path, columns: Mapping[str, Names], day_first: bool | None, known: Sequence[Path] = ()
) -> tuple[list[Export], dict[str, str]]:
    """Sort out the files of a folder; also which were passed over, and why.

    ``known`` are files that need not be sorted out.
    """
    groups, passed = _looked(folder, known)
    made = list[Export]()
    for files in groups:
        each = _together(folder, files, {**columns}, day_first)
        shapes, parts = each.found.shapes, dict[frozenset[str], list[Path]]()
        if len(shapes) != len(files):  # of several formats, or packed: each for itself
            shapes = [{str(file)} for file in files]
        for file, shape in zip(files, map(frozenset, shapes)):
            near = (one for one in parts if len(one & shape) >= _ALIKE * len(one | shape))
            parts.setdefault(next(near, shape), []).append(file)
        apart = [_together(folder, part, {**columns}, day_first) for part in parts.values()]
        made += apart if len(parts) > 1 else [each]
    return _joined(folder, made), passed


def _together(
    folder: Path, files: list[Path], columns: dict[str, Names], day_first: bool | None
) -> Export:
    names = [file.relative_to(folder).as_posix() for file in files]
    name = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]} ({len(names)} files)"
    source: Source = str(files[0]) if len(files) == 1 else [*map(str, files)]
    made = Export(name, source, columns=columns, day_first=day_first)
    if keys := {*re.findall(r"(?:^|/)([^/=\n]+)=", "\n".join(names), re.M)}:
        made.notes.append(f"{', '.join(keys)} in the names of folders is no column")
    return made


def _looked(folder: Path, known: Sequence[Path]) -> tuple[list[list[Path]], dict[str, str]]:
    """Files by the pattern of their names, and those that are passed over."""
    groups, sizes = defaultdict[str, list[Path]](list), defaultdict[int, list[Path]](list)
    passed = dict[str, str]()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        inside = file.relative_to(folder)
        if file in known:
            continue
        size = file.stat().st_size
        same = next((f for f in sizes[size] if size and cmp(f, file, shallow=False)), None)
        parts = [part.lower() for part in inside.parts]
        if any(part.startswith((".", "~$")) or part in _SYSTEM for part in parts):
            passed[str(inside)] = "hidden, or of the system"
        elif file.suffix[1:].lower() in _ENDINGS or (
            file.stem.lower() in _TEXTS and file.suffix in ("", ".txt")
        ):
            passed[str(inside)] = "a text or a picture"
        elif not size:
            passed[str(inside)] = "empty"
        elif not file.resolve().is_relative_to(folder.resolve()):
            passed[str(inside)] = "a link that leads out of the folder"
        elif same:
            passed[str(inside)] = f"the same as {same.relative_to(folder)}"
        else:
            sizes[size].append(file)
            pattern = re.sub(r"=[^/]*", "=", inside.as_posix())
            groups[re.sub(r"[0-9a-f-]*\d[0-9a-f-]*", "#", pattern)].append(file)
    return [*groups.values()], passed


def _joined(folder: Path, made: list[Export]) -> list[Export]:
    """Read files of one kind and of the same columns together."""
    whole = list[Export]()
    for each in made:
        found = each.found
        for n, other in enumerate(whole):
            same = (found.kind, {*found.columns}) == (other.found.kind, {*other.found.columns})
            if same and found.table is not None:
                files = sorted(map(Path, [*other.files, *each.files]))
                both = _together(folder, files, each.columns, each.day_first)
                if both.found.table is not None:
                    whole[n] = both
                    break
        else:
            whole.append(each)
    return whole


def one_of_each(exports: Sequence[Export]) -> None:
    """Of several tables of one kind leave out all but the first."""
    first = dict[str, str]()
    for each in exports:
        if each.used and (name := first.setdefault(each.found.kind, each.name)) != each.name:
            each.left = f"{each.found.kind} are read from {name}"


def join(exports: Sequence[Export]) -> None:
    """Count the customers that tables share with the events; take the column in which they meet."""
    used = {each.found.kind: each for each in exports if each.used}
    events: Any = used.pop("events").found.table if "events" in used else None
    for each in used.values() if events else ():
        found: Any = each.found
        table, columns = found.table, found.contract.columns
        common = events.of_users(table["user_id"].dropna()).users if "user_id" in table else 0
        meeting = {
            name: n
            for name, cells in ([] if common else _others(each))
            if (n := events.of_users(cells).users) >= max(_MEETS * cells.nunique(), 1)
        }
        if meeting and "user_id" not in each.columns.get(each.found.kind, {}):
            best = max(meeting, key=lambda name: meeting[name])
            of = f", none of '{columns['user_id']}'" if "user_id" in columns else ""
            each.told(columns={"user_id": best})
            common, values = meeting[best], f"{meeting[best]:,} of its values are customers"
            each.met = f"took '{best}' as user_id: {values} of the events{of}"
        each.common = common
        if not common:
            each.met = "no customer in common with the events: check which column it is"


def _others(each: Export) -> list[tuple[str, Any]]:
    """The columns without a meaning whose cells may be ids."""
    table, contract = each.found.table, each.found.contract
    own = {column.name for column in TABLES[each.found.kind].columns}
    theirs = contract.columns if contract else {}
    return [
        (theirs.get(name, name), cells.dropna().astype(str))
        for name, cells in table.items()
        if name not in own
        and (cells.dtype == "str" or (cells.dtype == "int64" and stem(name) != squash(name)))
    ]
