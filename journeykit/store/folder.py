"""A workshop folder, read and written. The folder is the truth; this is its one door."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from journeykit.errors import FileProblem, Refused, WorkshopError, did_you_mean
from journeykit.model import (
    RECORD_KINDS,
    Journey,
    Persona,
    Record,
    Word,
    Workshop,
    join,
    merge_words,
)
from journeykit.store import yaml
from journeykit.store.files import fingerprint, locked, stems, text_of, write_atomic

__all__ = ["Folder", "open_folder"]

W = TypeVar("W", bound=Word)
WORKSHOP = "workshop.yaml"


def open_folder(path: str | Path) -> Folder:
    """Open a workshop folder; raises WorkshopError with the fix where there is none."""
    root = Path(path).expanduser().resolve()
    if root.name == WORKSHOP and root.is_file():
        root = root.parent
    if not (root / WORKSHOP).is_file():
        near = (
            [p.parent.name for p in root.parent.glob(f"*/{WORKSHOP}")]
            if root.parent.exists()
            else []
        )
        said = [
            f"{str(path)!r} is no workshop folder: it has no {WORKSHOP}.",
            did_you_mean(root.name, near, show=0),
            "Make one with `journeykit new DIR --template retail`.",
        ]
        raise WorkshopError(" ".join(filter(None, said)))
    return Folder(root)


class Folder:
    """The files of one workshop.

    What was read is remembered with its fingerprint. A save compares it with what the file
    is now; where somebody else wrote in between, the two changes are joined card by card (or
    field by field), and only a change of the same card is an error, :class:`MergeConflict`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seen: dict[Path, tuple[str, Word]] = {}
        self._trees: dict[str, tuple[str, Any]] = {}

    def __repr__(self) -> str:
        return f"Folder({str(self.root)!r})"

    @property
    def cache(self) -> Path:
        """Where prepared tables live; safe to delete."""
        return self.root / ".cache"

    @property
    def runs(self) -> Path:
        """Where runs are kept."""
        return self.root / "runs"

    # --- reading -----------------------------------------------------------------------

    def workshop(self) -> Workshop:
        """Read ``workshop.yaml``."""
        return self._read(Workshop, self.root / WORKSHOP)

    def persona_ids(self) -> list[str]:
        """List the personas, by file name."""
        return stems(self.root / "personas")

    def persona(self, persona_id: str) -> Persona:
        """Read one persona."""
        self._known(persona_id, self.persona_ids(), "persona")
        return self._read(Persona, self.root / "personas" / f"{persona_id}.yaml", id=persona_id)

    def personas(self) -> dict[str, Persona]:
        """Read all personas, id to persona."""
        return {persona_id: self.persona(persona_id) for persona_id in self.persona_ids()}

    def journey_ids(self) -> list[str]:
        """List the journeys, by file name."""
        return stems(self.root / "journeys")

    def journey(self, journey_id: str) -> Journey:
        """Read one journey."""
        self._known(journey_id, self.journey_ids(), "journey")
        return self._read(Journey, self.root / "journeys" / f"{journey_id}.yaml", id=journey_id)

    def journey_of(self, persona_id: str, kind: str = "as-is") -> Journey | None:
        """Read the as-is (or to-be) journey of a persona, if there is one."""
        journeys = (self.journey(journey_id) for journey_id in self.journey_ids())
        return next((j for j in journeys if j.persona == persona_id and j.kind == kind), None)

    def records(self, kind: str) -> list[Any]:
        """Read all records of a kind, by id; one that somebody takes away meanwhile is not among them."""
        _record(kind)  # an unknown one is refused, also where nothing lies there
        found = (self.record(kind, stem) for stem in stems(self.root / "records" / kind))
        return [record for record in found if record is not None]

    def record(self, kind: str, record_id: str) -> Any | None:
        """Read one record, or None."""
        path, word = self.root / "records" / kind / f"{record_id}.yaml", _record(kind)
        try:
            return self._read(word, path, id=record_id)
        except FileProblem:
            if path.exists():
                raise
            return None

    # --- writing -----------------------------------------------------------------------

    def save_workshop(self, workshop: Workshop) -> Workshop:
        """Write ``workshop.yaml``; returns what is there now."""
        return self._save(self.root / WORKSHOP, workshop)

    def save_persona(self, persona: Persona) -> Persona:
        """Write a persona; returns what is there now."""
        return self._save(self.root / "personas" / f"{persona.id}.yaml", persona)

    def save_journey(self, journey: Journey) -> Journey:
        """Write a journey, sorted and joined with what others wrote; returns what is there now."""
        return self._save(self.root / "journeys" / f"{journey.id}.yaml", journey)

    def save_record(self, kind: str, record: Record) -> Record:
        """Write a record; returns what is there now."""
        if not isinstance(record, _record(kind)):
            raise WorkshopError(f"a {type(record).__name__} does not belong into records/{kind}")
        return self._save(self.root / "records" / kind / f"{record.id}.yaml", record)

    # --- any document, by its name (for the desk) -----------------------------------------

    def place(self, doc: str) -> tuple[type[Word], Path]:
        """What a document is and where it lies; a name that leads elsewhere is refused."""
        parts = doc.split("/")
        kinds: dict[str, type[Word]] = {
            "workshop": Workshop,
            "personas": Persona,
            "journeys": Journey,
        }
        kind = kinds.get(parts[0])
        if parts[0] == "records" and len(parts) == 3:
            kind = RECORD_KINDS.get(parts[1])
            if kind is None:
                raise Refused(
                    f"there are no records {parts[1]!r}. {did_you_mean(parts[1], RECORD_KINDS)}"
                )
        elif len(parts) != (1 if parts[0] == "workshop" else 2):
            kind = None
        if kind is None or not all(
            part.replace("-", "").isalnum() and part.isascii() for part in parts
        ):
            raise Refused(f"{doc!r} is no document of this workshop.")
        return kind, self.root / f"{doc}.yaml"

    def read(self, kind: type[W], path: Path) -> W:
        """Read a file of the folder as one kind of word."""
        return self._read(kind, path, **({"id": path.stem} if "id" in kind.model_fields else {}))

    def changed(self, path: Path) -> bool:
        """Tell whether a file is another than when it was last read or written here."""
        if not path.is_file():
            return self._seen.pop(path, None) is not None
        seen = self._seen.get(path)
        return seen is None or seen[0] != fingerprint(text_of(path, self._name(path)))

    def put(
        self, kind: type[Word], path: Path, base: Word | None, word: Word | None
    ) -> tuple[Word | None, dict[str, Any]]:
        """Bring a file from what it was to what it shall be (or away); what others wrote since stays.

        Returns what is there now, and what of theirs did not stand; see `journeykit.model.join`.
        """
        with locked(self.cache / "lock"):
            text = text_of(path, self._name(path)) if path.exists() else ""
            now, lost = join(base, word, self.read(kind, path) if text else None, kind)
            if now is None:
                path.unlink(missing_ok=True)
                self._seen.pop(path, None)
            return now and self._write(path, text, now), lost

    def learn(self, path: Path, other: Folder) -> None:
        """Take over what another one of this folder last read or wrote there."""
        self._seen.pop(path, None)
        if path in other._seen:
            self._seen[path] = other._seen[path]

    def in_order(self, journey: Journey) -> Journey:
        """Sort a journey by the workshop's stages and lanes."""
        workshop = self.workshop()
        return journey.sorted([stage.id for stage in workshop.stages], workshop.lane_names())

    # --- checking ----------------------------------------------------------------------

    def problems(self) -> list[FileProblem]:
        """List everything that is wrong with the files of the folder, file by file."""
        found: list[FileProblem] = []
        workshop, wrong = self._try(Workshop, self.root / WORKSHOP)
        found += wrong
        personas = self.persona_ids()
        if not personas:
            found.append(FileProblem("there is no persona; add personas/<id>.yaml", "personas"))
        for persona_id in personas:
            found += self._try(
                Persona, self.root / "personas" / f"{persona_id}.yaml", id=persona_id
            )[1]
        for journey_id in self.journey_ids():
            path = self.root / "journeys" / f"{journey_id}.yaml"
            journey, wrong = self._try(Journey, path, id=journey_id)
            found += wrong
            if journey and workshop:
                found += self._dangling(path, journey, workshop, personas)
        for kind, word in RECORD_KINDS.items():
            folder = self.root / "records" / kind
            for stem in stems(folder):
                found += self._try(word, folder / f"{stem}.yaml", id=stem)[1]
        return found

    def _dangling(
        self, path: Path, journey: Journey, workshop: Workshop, personas: list[str]
    ) -> list[FileProblem]:
        """What a journey names and nothing answers to, with the line of the card."""
        file, tree = self._name(path), self._tree(self._name(path))
        places: dict[str, list[str | int]] = {
            c.id: ["cards", n] for n, c in enumerate(journey.cards)
        }
        found = [
            FileProblem(
                sentence,
                file,
                yaml.line(tree, [*places.get(card_id, []), *_parts(key)]),
                f"cards.{card_id}.{key}" if card_id else key,
            )
            for card_id, key, sentence in workshop.problems_of(journey, personas)
        ]
        if journey.persona not in personas:
            hint = did_you_mean(journey.persona, personas)
            found.append(FileProblem(f"no persona {journey.persona!r}. {hint}", file, 1, "persona"))
        return found

    def line(self, file: str, path: Sequence[str | int]) -> int | None:
        """Find the line of a key (or the nearest above it) in a file, named from the folder's top."""
        try:
            return yaml.line(self._tree(file), path)
        except (FileProblem, OSError):
            return None

    # --- the machinery -----------------------------------------------------------------

    def _tree(self, file: str) -> Any:
        text = text_of(self.root / file, file)
        seen = self._trees.get(file)
        if seen is None or seen[0] != fingerprint(text):
            seen = self._trees[file] = (fingerprint(text), yaml.read(text, file))
        return seen[1]

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _known(self, word: str, known: list[str], what: str) -> None:
        if word not in known:
            raise WorkshopError(f"there is no {what} {word!r} here. {did_you_mean(word, known)}")

    def _read(self, kind: type[W], path: Path, **fixed: Any) -> W:
        text = text_of(path, self._name(path))
        seen = self._seen.get(path)
        if seen and seen[0] == fingerprint(text) and isinstance(seen[1], kind):
            return seen[1]
        word = yaml.parse(kind, text, self._name(path), **fixed)
        self._seen[path] = (fingerprint(text), word)
        return word

    def _try(self, kind: type[W], path: Path, **fixed: Any) -> tuple[W | None, list[FileProblem]]:
        try:
            return yaml.problems(kind, text_of(path, self._name(path)), self._name(path), **fixed)
        except FileProblem as problem:
            return None, [problem]

    def _save(self, path: Path, word: W) -> W:
        with locked(self.cache / "lock"):
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            fixed = {"id": word.id} if hasattr(word, "id") else {}
            seen = self._seen.get(path)
            if text and (seen is None or seen[0] != fingerprint(text)):
                theirs = yaml.parse(type(word), text, self._name(path), **fixed)
                base = seen[1] if seen else theirs
                word = merge_words(base, word, theirs, self._name(path))
            return self._write(path, text, word)

    def _write(self, path: Path, text: str, word: W) -> W:
        """Write a word over a file's text; comments and order of keys stay."""
        if isinstance(word, Journey):
            word = self.in_order(word)  # type: ignore[assignment]
        tree = yaml.read(text, self._name(path))
        data = word.plain()
        if text and "id" not in tree:  # the file's name is its id, leave it so
            data.pop("id", None)
        new = yaml.dump(yaml.update(tree, data))
        if new != text:
            write_atomic(path, new)
        self._seen[path] = (fingerprint(new), word)
        return word


def _parts(key: str) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in key.split(".")]


def _record(kind: str) -> type[Record]:
    if kind not in RECORD_KINDS:
        raise WorkshopError(f"there are no records {kind!r}. {did_you_mean(kind, RECORD_KINDS)}")
    return RECORD_KINDS[kind]
