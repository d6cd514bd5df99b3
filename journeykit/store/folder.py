"""A workshop folder, read and written. The folder is the truth; this is its one door."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from journeykit.errors import FileProblem, WorkshopError, did_you_mean
from journeykit.model import Journey, Persona, Workshop
from journeykit.model.base import unknown

from . import yaml
from .files import JOURNALS, stems, text_of, within
from .joined import DOCUMENTS, JoinedFiles, kind_of
from .takeover import WORKSHOP, take_over


def open_folder(path: str | Path) -> "Folder":
    """Open a workshop folder, one of an older version too; says the fix where there is none.

    Raises
    ------
    WorkshopError
        Where the folder is none, or is of a newer version than the kit.
    """
    root = Path(os.path.expanduser(path)).resolve()
    if root.name == WORKSHOP and root.is_file():
        root = root.parent
    if not os.path.isfile(root / WORKSHOP):
        near = [file.parent.name for file in root.parent.glob(f"*/{WORKSHOP}")]
        other = [f"Rename {file.name} to that." for file in root.glob("[Ww]orkshop*.y*ml*")]
        said = [
            f"{str(path)!r} is no workshop folder: it has no {WORKSHOP}.",
            *other[:1],
            did_you_mean(root.name, near, show=0),
            "Make one with `journeykit new DIR --template retail`.",
        ]
        raise WorkshopError(" ".join(filter(None, said)))
    for path in (root / WORKSHOP, root / JOURNALS, *(root / JOURNALS).glob("*")):
        within(root, str(path.relative_to(root)))
    take_over(root)
    return Folder(root)


class Folder(JoinedFiles):
    """The files of one workshop.

    What was read is remembered. A save joins it with what the file is now, card by card and field
    by field; only a change of the same field is an error, :class:`MergeConflict`. Right before a
    file is replaced it is compared with what was joined; see `journeykit.store.outside`.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.runs = root / "runs"
        """Where runs are kept."""

    def __repr__(self) -> str:
        return f"Folder({str(self.root)!r})"

    # --- reading -----------------------------------------------------------------------

    def docs(self, where: str) -> list[str]:
        """Name the documents that lie in a place of `DOCUMENTS`."""
        names = stems(self.root / where)
        return [f"{where}/{name}" for name in names] if where != "workshop" else [where]

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
        """Read the main as-is (or to-be) journey of a persona, if there is one.

        That is the one that is called like the persona; else the first.
        """
        return next(iter(self.journeys_of(persona_id, kind)), None)

    def journeys_of(self, persona_id: str, kind: str = "as-is") -> list[Journey]:
        """Read all as-is (or to-be) journeys of a persona, the main one first."""
        found = [j for j in map(self.journey, self.journey_ids()) if j.persona == persona_id]
        main = (persona_id, f"{persona_id}-{kind}")
        return sorted((j for j in found if j.kind == kind), key=lambda j: j.id not in main)

    def as_is_of(self, planned: Journey) -> Journey | None:
        """Read the map that a to-be journey changes: what it is based on, or the main one."""
        found = self.journeys_of(planned.persona)
        return next((j for j in found if j.id == planned.based_on), next(iter(found), None))

    def under(self, journey: Journey) -> str:
        """Say where a journey stands: ``under “Purchase” of “Maya buys”``, or nothing."""
        if not (up := journey.parent):
            return ""
        stage = self.workshop().stage_names().get(up.stage, up.stage)
        return f"under “{stage}” of “{self.journey(up.journey).name}”"

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

    # --- checking ----------------------------------------------------------------------

    def problems(self) -> list[FileProblem]:
        """List everything that is wrong with the files of the folder, file by file."""
        workshop, personas = None, self.persona_ids()
        found = list[FileProblem]()
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
                    if model.persona and model.persona not in personas:
                        found.append(self._nobody(model.persona, file))
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
        for what, sentence in self._misplaced(journey, workshop):
            yield FileProblem(sentence, file, *yaml.place(self._tree(file), ("parent", what)))
        if persona not in personas:
            yield self._nobody(persona, file)

    def _nobody(self, persona: str, file: str) -> FileProblem:
        said = f"no persona {persona!r}. {did_you_mean(persona, self.persona_ids())}"
        return FileProblem(said, file, *yaml.place(self._tree(file), ["persona"]))

    def _misplaced(self, journey: Journey, workshop: Workshop) -> Iterator[tuple[str, str]]:
        """What is wrong with where a journey stands: nothing is there, or it goes in a circle."""
        way, up = [journey.id], journey.parent
        if not up:
            return
        known = self.journey_ids()
        names = [("stage", up.stage, workshop.stage_names()), ("journey", up.journey, known)]
        yield from unknown((what, what, name, there) for what, name, there in names)
        with suppress(FileProblem):  # a file that cannot be read is told by itself
            while up and up.journey in known and up.journey not in way:
                way.append(up.journey)
                up = self.journey(up.journey).parent
            if up and up.journey == way[0]:
                yield "journey", f"it stands under itself: {' under '.join([*way, way[0]])}"

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
        return yaml.looked(text_of(self.root, file), file)

    def _one_of(self, what: str, name: str) -> Any:
        known = stems(self.root / f"{what}s")
        if name not in known:
            raise WorkshopError(f"there is no {what} {name!r} here. {did_you_mean(name, known)}")
        return self._there(f"{what}s/{name}")
