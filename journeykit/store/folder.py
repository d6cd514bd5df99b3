"""A workshop folder, read and written. The folder is the truth; this is its one door."""

import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from journeykit.errors import FileProblem, MergeConflict, Refused, WorkshopError, did_you_mean
from journeykit.model import RECORD_KINDS, Journey, Model, Persona, Workshop, join
from journeykit.store import yaml
from journeykit.store.files import fingerprint, locked, stems, text_of, write_atomic
from journeykit.store.takeover import WORKSHOP, take_over

DOCUMENTS: dict[str, type[Model]] = {
    "workshop": Workshop,
    "personas": Persona,
    "journeys": Journey,
    **{f"records/{kind}": model for kind, model in RECORD_KINDS.items()},
}
"""Where a document lies, to what it is. It is named as its file is: ``journeys/mobile-maya``."""


def kind_of(doc: str) -> type[Model]:
    """Return what a document is; a name that leads elsewhere is refused."""
    where, _, name = doc.rpartition("/")
    if where.startswith("records/") and where not in DOCUMENTS:
        given = where.removeprefix("records/")
        raise Refused(f"there are no records {given!r}. {did_you_mean(given, RECORD_KINDS)}")
    kind = DOCUMENTS.get(where or doc)
    if kind is None or (kind is Workshop) is bool(where) or not re.fullmatch("[A-Za-z0-9-]+", name):
        raise Refused(f"{doc!r} is no document of this workshop.")
    return kind


def open_folder(path: str | Path) -> "Folder":
    """Open a workshop folder, one of an older version too; says the fix where there is none.

    Raises
    ------
    WorkshopError
        Where the folder is none, or is of a newer version than the kit.
    """
    root = Path(path).expanduser().resolve()
    if root.name == WORKSHOP and root.is_file():
        root = root.parent
    if not (root / WORKSHOP).is_file():
        near = [file.parent.name for file in root.parent.glob(f"*/{WORKSHOP}")]
        other = [f"Rename {file.name} to that." for file in root.glob("[Ww]orkshop*.y*ml*")]
        said = [
            f"{str(path)!r} is no workshop folder: it has no {WORKSHOP}.",
            *other[:1],
            did_you_mean(root.name, near, show=0),
            "Make one with `journeykit new DIR --template retail`.",
        ]
        raise WorkshopError(" ".join(filter(None, said)))
    take_over(root)
    return Folder(root)


class Known(NamedTuple):
    """What was last read or written, and by what it is known again."""

    model: Any = None
    mark: str = ""
    sign: tuple[int, ...] | None = None


class Folder:
    """The files of one workshop.

    What was read is remembered with its fingerprint. A save joins it with what the file is now,
    card by card and field by field; only a change of the same field is an error,
    :class:`MergeConflict`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cache = root / ".cache"
        """Where prepared tables live; safe to delete."""
        self.runs = root / "runs"
        """Where runs are kept."""
        self.known: dict[str, Known] = {}
        """What was last read or written, by document."""
        self._trees: dict[str, tuple[str, Any]] = {}

    def __repr__(self) -> str:
        return f"Folder({str(self.root)!r})"

    # --- reading -----------------------------------------------------------------------

    def read(self, doc: str) -> Any:
        """Read a document by its name; None where it has no file."""
        file, known = f"{doc}.yaml", self.known.get(doc, Known())
        path = self.root / file
        sign = _sign(path)
        if sign and known.sign == sign:
            return known.model
        if not path.is_file():
            self.known[doc] = Known()
            return None
        mark = fingerprint(text := text_of(self.root, file))
        if known.mark != mark:
            kind = DOCUMENTS[doc.rpartition("/")[0] or doc]
            known = Known(yaml.parse(kind, text, file, path.stem), mark)
        self.known[doc] = known._replace(sign=sign)
        return known.model

    def last(self, doc: str) -> Any:
        """Return what a document was when it was last read or written here."""
        return self.known.get(doc, Known()).model

    def docs(self, where: str) -> list[str]:
        """Name the documents that lie in a place of `DOCUMENTS`."""
        names = stems(self.root / where)
        return [f"{where}/{name}" for name in names] if where != "workshop" else [where]

    def workshop(self) -> Workshop:
        """Read ``workshop.yaml``."""
        return self._there("workshop")

    def persona_ids(self) -> list[str]:
        """List the personas, by file name."""
        return stems(self.root / "personas")

    def persona(self, persona_id: str) -> Persona:
        """Read one persona."""
        return self._one_of("persona", persona_id)

    def personas(self) -> dict[str, Persona]:
        """Read all personas, id to persona."""
        return {name: self.persona(name) for name in self.persona_ids()}

    def journey_ids(self) -> list[str]:
        """List the journeys, by file name."""
        return stems(self.root / "journeys")

    def journey(self, journey_id: str) -> Journey:
        """Read one journey."""
        return self._one_of("journey", journey_id)

    def journey_of(self, persona_id: str, kind: str = "as-is") -> Journey | None:
        """Read the as-is (or to-be) journey of a persona, if there is one."""
        journeys = map(self.journey, self.journey_ids())
        return next((j for j in journeys if j.persona == persona_id and j.kind == kind), None)

    def records(self, kind: str) -> list[Any]:
        """Read all records of a kind, by id; one that is taken away meanwhile is not among them."""
        kind_of(f"records/{kind}/any")  # an unknown one is refused, also where nothing lies there
        found = map(self.read, self.docs(f"records/{kind}"))
        return [record for record in found if record is not None]

    def record(self, kind: str, record_id: str) -> Any | None:
        """Read one record, or None."""
        kind_of(doc := f"records/{kind}/{record_id}")
        return self.read(doc)

    # --- writing -----------------------------------------------------------------------

    def save(self, model: Any, kind: str = "") -> Any:
        """Write a workshop, a persona, a journey, or a record into the folder of its ``kind``.

        It is joined with what others wrote, and a journey is sorted; returns what is there now.

        Raises
        ------
        MergeConflict
            Where others changed the same: nothing is written.
        """
        where = next(w for w, of in DOCUMENTS.items() if isinstance(model, of))
        if kind and not isinstance(model, kind_of(f"records/{kind}/any")):
            raise WorkshopError(f"a {type(model).__name__} does not belong into records/{kind}")
        if where != "workshop":
            where = f"{f'records/{kind}' if kind else where}/{model.id}"
        base = self.last(where) if where in self.known else self.read(where)
        return self.put(where, base, model, strict=True)[0]

    save_journey = save_persona = save  # as notebooks and exercises call it

    def put(
        self, doc: str, base: Model | None, mine: Model | None, *, strict: bool = False
    ) -> tuple[Model | None, dict[str, Any]]:
        """Bring a document from what it was to what it shall be (or away); what others wrote stays.

        Returns what is there now, and what of theirs did not stand; see `journeykit.model.join`.

        Raises
        ------
        MergeConflict
            Where something of theirs would not stand and ``strict`` is said: nothing is written.
        """
        with locked(self.root):
            now, lost = join(base, mine, self.read(doc), kind_of(doc))
            if lost and strict:
                said = ", ".join(f"at {place} the file says {was!r}" for place, was in lost.items())
                raise MergeConflict(
                    f"{doc}.yaml was changed twice: {said}. Nothing was written. "
                    "Open it again and make your change to what is there now."
                )
            if now is None:
                (self.root / f"{doc}.yaml").unlink(missing_ok=True)
                self.known[doc] = Known()
            else:
                now = self._write(doc, now)
            return now, lost

    def _write(self, doc: str, model: Model) -> Model:
        """Write a model over a file's text; comments and order of keys stay."""
        if isinstance(model, Journey):
            workshop = self.workshop()
            model = model.sorted([stage.id for stage in workshop.stages], workshop.lane_names())
        file = f"{doc}.yaml"
        path = self.root / file
        text = text_of(self.root, file) if path.exists() else ""
        tree = yaml.read(text, file)
        # Where the file's name alone is its id, it is left so.
        data = model.plain({"id"} if text and "id" not in tree else ())
        new = yaml.dump(yaml.update(tree, data))
        if new != text:
            write_atomic(path, new)
        self.known[doc] = Known(model, fingerprint(new))
        return model

    # --- checking ----------------------------------------------------------------------

    def problems(self) -> list[FileProblem]:
        """List everything that is wrong with the files of the folder, file by file."""
        workshop, personas = None, self.persona_ids()
        found: list[FileProblem] = []
        for where, kind in DOCUMENTS.items():
            for doc in self.docs(where):
                file, model = f"{doc}.yaml", None
                try:
                    text = text_of(self.root, file)
                    model, wrong = yaml.problems(kind, text, file, Path(file).stem)
                    found += wrong
                except FileProblem as problem:
                    found.append(problem)
                if isinstance(model, Workshop):
                    workshop = model
                if isinstance(model, Journey) and workshop:
                    found += self._dangling(file, model, workshop)
            if where == "personas" and not personas:
                found.append(FileProblem("there is no persona; add personas/<id>.yaml", where))
        return found

    def _dangling(self, file: str, journey: Journey, workshop: Workshop) -> Iterator[FileProblem]:
        """What a journey names and nothing answers to, with the line of the card."""
        personas, persona = self.persona_ids(), journey.persona
        for path, sentence in workshop.problems_of(journey, personas):
            yield FileProblem(sentence, file, *yaml.place(self._tree(file), path))
        if persona not in personas:
            hint = did_you_mean(persona, personas)
            yield FileProblem(f"no persona {persona!r}. {hint}", file, 1, "persona")

    def line(self, file: str, path: Iterable[str | int]) -> int | None:
        """Find the line of a key (or the nearest above it) in a file, named from the folder's
        top.
        """
        try:
            return yaml.place(self._tree(file), path)[0]
        except (FileProblem, OSError):
            return None

    # --- the machinery -----------------------------------------------------------------

    def _tree(self, file: str) -> Any:
        text = text_of(self.root, file)
        if self._trees.get(file, ("",))[0] != text:
            self._trees[file] = text, yaml.read(text, file)
        return self._trees[file][1]

    def _there(self, doc: str) -> Any:
        found = self.read(doc)
        if found is None:
            raise FileProblem("the file is gone", f"{doc}.yaml")
        return found

    def _one_of(self, what: str, name: str) -> Any:
        known = stems(self.root / f"{what}s")
        if name not in known:
            raise WorkshopError(f"there is no {what} {name!r} here. {did_you_mean(name, known)}")
        return self._there(f"{what}s/{name}")


def _sign(path: Path) -> tuple[int, ...] | None:
    """Say by what a file that was read is known again; None where it is too young to be sure."""
    try:
        now = path.stat()
    except OSError:
        return None
    young = time.time_ns() - now.st_mtime_ns < 50_000_000
    return None if young else (now.st_mtime_ns, now.st_size, now.st_ino)
