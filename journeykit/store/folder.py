"""A workshop folder, read and written. The folder is the truth; this is its one door."""

import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from journeykit.errors import FileProblem, MergeConflict, Refused, WorkshopError, did_you_mean
from journeykit.model import RECORD_KINDS, Journey, Model, Persona, Record, Workshop, join
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
        said = [
            f"{str(path)!r} is no workshop folder: it has no {WORKSHOP}.",
            did_you_mean(root.name, near, show=0),
            "Make one with `journeykit new DIR --template retail`.",
        ]
        raise WorkshopError(" ".join(filter(None, said)))
    take_over(root)
    return Folder(root)


class Known(NamedTuple):
    """What was last read or written, and by what it is known again."""

    model: Any
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
        path, known = self.root / f"{doc}.yaml", self.known.get(doc)
        sign = _sign(path)
        if known and sign and known.sign == sign:
            return known.model
        if not path.is_file():
            self.known[doc] = Known(None)
            return None
        mark = fingerprint(text := text_of(path, f"{doc}.yaml"))
        if known is None or known.mark != mark:
            kind = DOCUMENTS[doc.rpartition("/")[0] or doc]
            known = Known(yaml.parse(kind, text, f"{doc}.yaml", path.stem), mark)
        self.known[doc] = known._replace(sign=sign)
        return known.model

    def last(self, doc: str) -> Any:
        """Return what a document was when it was last read or written here."""
        known = self.known.get(doc)
        return known and known.model

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
        return self._one_of(self.persona_ids(), "persona", persona_id)

    def personas(self) -> dict[str, Persona]:
        """Read all personas, id to persona."""
        return {persona_id: self.persona(persona_id) for persona_id in self.persona_ids()}

    def journey_ids(self) -> list[str]:
        """List the journeys, by file name."""
        return stems(self.root / "journeys")

    def journey(self, journey_id: str) -> Journey:
        """Read one journey."""
        return self._one_of(self.journey_ids(), "journey", journey_id)

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
        kind_of(f"records/{kind}/any")
        return self.read(f"records/{kind}/{record_id}")

    # --- writing -----------------------------------------------------------------------

    def save_workshop(self, workshop: Workshop) -> Workshop:
        """Write ``workshop.yaml``; returns what is there now."""
        return self._save("workshop", workshop)

    def save_persona(self, persona: Persona) -> Persona:
        """Write a persona; returns what is there now."""
        return self._save(f"personas/{persona.id}", persona)

    def save_journey(self, journey: Journey) -> Journey:
        """Write a journey, sorted and joined with what others wrote; returns what is there now."""
        return self._save(f"journeys/{journey.id}", journey)

    def save_record(self, kind: str, record: Record) -> Record:
        """Write a record; returns what is there now."""
        if not isinstance(record, kind_of(f"records/{kind}/any")):
            raise WorkshopError(f"a {type(record).__name__} does not belong into records/{kind}")
        return self._save(f"records/{kind}/{record.id}", record)

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
                self.known[doc] = Known(None)
            else:
                now = self._write(doc, now)
            return now, lost

    def _save(self, doc: str, mine: Any) -> Any:
        base = self.last(doc) if doc in self.known else self.read(doc)
        return self.put(doc, base, mine, strict=True)[0]

    def _write(self, doc: str, model: Model) -> Model:
        """Write a model over a file's text; comments and order of keys stay."""
        if isinstance(model, Journey):
            workshop = self.workshop()
            model = model.sorted([stage.id for stage in workshop.stages], workshop.lane_names())
        path, file = self.root / f"{doc}.yaml", f"{doc}.yaml"
        text = text_of(path, file) if path.exists() else ""
        tree, data = yaml.read(text, file), model.plain()
        if text and "id" not in tree:  # the file's name is its id, leave it so
            data.pop("id", None)
        new = yaml.dump(yaml.update(tree, data))
        if new != text:
            write_atomic(path, new)
        self.known[doc] = Known(model, fingerprint(new))
        return model

    # --- checking ----------------------------------------------------------------------

    def problems(self) -> list[FileProblem]:
        """List everything that is wrong with the files of the folder, file by file."""
        return list(self._problems())

    def _problems(self) -> Iterator[FileProblem]:
        workshop, personas = None, self.persona_ids()
        for where, kind in DOCUMENTS.items():
            for doc in self.docs(where):
                model, wrong = self._try(kind, f"{doc}.yaml")
                yield from wrong
                if isinstance(model, Workshop):
                    workshop = model
                if isinstance(model, Journey) and workshop:
                    yield from self._dangling(f"{doc}.yaml", model, workshop, personas)
            if where == "personas" and not personas:
                yield FileProblem("there is no persona; add personas/<id>.yaml", where)

    def _dangling(
        self, file: str, journey: Journey, workshop: Workshop, personas: list[str]
    ) -> Iterator[FileProblem]:
        """What a journey names and nothing answers to, with the line of the card."""
        for path, sentence in workshop.problems_of(journey, personas):
            yield FileProblem(sentence, file, *yaml.place(self._tree(file), path))
        if journey.persona not in personas:
            hint = did_you_mean(journey.persona, personas)
            yield FileProblem(f"no persona {journey.persona!r}. {hint}", file, 1, "persona")

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
        text = text_of(self.root / file, file)
        if self._trees.get(file, ("",))[0] != text:
            self._trees[file] = text, yaml.read(text, file)
        return self._trees[file][1]

    def _there(self, doc: str) -> Any:
        found = self.read(doc)
        if found is None:
            raise FileProblem("the file is gone", f"{doc}.yaml")
        return found

    def _one_of(self, known: list[str], what: str, name: str) -> Any:
        if name not in known:
            raise WorkshopError(f"there is no {what} {name!r} here. {did_you_mean(name, known)}")
        return self._there(f"{what}s/{name}")

    def _try(self, kind: type[Model], file: str) -> tuple[Any, list[FileProblem]]:
        path = self.root / file
        try:
            return yaml.problems(kind, text_of(path, file), file, path.stem)
        except FileProblem as problem:
            return None, [problem]


def _sign(path: Path) -> tuple[int, ...] | None:
    """Say by what a file that was read is known again; None where it is too young to be sure."""
    try:
        now = path.stat()
    except OSError:
        return None
    young = time.time_ns() - now.st_mtime_ns < 50_000_000
    return None if young else (now.st_mtime_ns, now.st_size, now.st_ino)
