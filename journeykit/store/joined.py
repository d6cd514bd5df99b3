"""The documents of a folder and their files: read, joined, and replaced only where a file still is
what was read; see `journeykit.store.outside`.
"""

import re
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, NamedTuple

from journeykit.errors import FileProblem, MergeConflict, Refused, WorkshopError, did_you_mean
from journeykit.model import (
    RECORD_KINDS,
    Data,
    Doc,
    Journey,
    Model,
    Persona,
    Workshop,
    difference,
    join,
)

from . import outside, yaml
from .files import locked, text_of, within, write_atomic

DOCUMENTS: dict[str, type[Model]] = {
    "workshop": Workshop,
    "personas": Persona,
    "journeys": Journey,
    **{f"records/{kind}": model for kind, model in RECORD_KINDS.items()},
}
"""Where a document lies, to what it is. It is named as its file is: ``journeys/mobile-maya``."""

_TRIES = 50


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


class Known(NamedTuple):
    """What a document is; what its file says (less, where somebody wrote over words of ours)."""

    model: Any = None
    said: Any = None
    text: str = ""
    sign: tuple[int, ...] | None = None


class JoinedFiles:
    """Reads documents and brings them to what they shall be, among others who write them, too."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known = dict[str, Known]()
        """What was last read or written, by document."""
        self._replaced = dict[str, list[outside.Replaced]]()
        self._lost = dict[str, Data]()
        self._gone = dict[str, Model]()

    def read(self, doc: str) -> Any:
        """Read a document by its name; None where it has no file."""
        file, known = f"{doc}.yaml", self.known.get(doc, Known())
        path = self.root / file
        sign = _sign(path)
        late = self._late(doc)
        written = [(version, words) for version in late if (words := version.words())]
        if sign and known.sign == sign and not written:
            return known.model
        if not path.is_file():
            if known.model and late:  # git takes a file away before it makes it anew
                self._gone[doc] = known.model
            self.known[doc] = Known()
            return None
        if known.text and text_of(self.root, file) != known.text:
            outside.quiet(path.stat)
        if (text := text_of(self.root, file)) != known.text or not text:
            said = self._parsed(doc, text)
            known = Known(self._with_ours(doc, said), said, text)
        for version, words in written:  # into a file that was replaced meanwhile
            with suppress(FileProblem):  # half of it: the next look takes the whole
                theirs = self._parsed(doc, words)
                known = known._replace(model=self._joined(doc, version.model, known.model, theirs))
                version.model, version.text = theirs, words
        self.known[doc] = known._replace(sign=sign)
        return known.model

    def _parsed(self, doc: str, text: str) -> Any:
        if not text.strip():
            raise FileProblem("the file is empty: remove it, or bring it back", f"{doc}.yaml")
        kind = DOCUMENTS[doc.rpartition("/")[0] or doc]
        return yaml.parse(kind, text, f"{doc}.yaml", doc.rpartition("/")[2])

    def _with_ours(self, doc: str, said: Model) -> Any:
        """Join what a file says with what we saved, where it was made of a version before that."""
        late, gone = self._late(doc), self._gone.pop(doc, None)
        if not (ours := self.last(doc) or gone):
            return said
        # Words of theirs that we joined may wait to be saved: the file was without them till now.
        before = self.known.get(doc, Known()).said or ours
        made_of = min(
            (ours, before, *(version.model for version in late)),
            key=lambda m: len(difference(m, said)),
        )
        if made_of is ours or any(version.model == said for version in late):  # it was taken back
            return said
        return self._joined(doc, made_of, ours, said)

    def _joined(self, doc: str, base: Any, ours: Any, theirs: Any) -> Any:
        joined, lost = join(base, ours, theirs, kind_of(doc))
        self._lost.setdefault(doc, {}).update(lost)
        return joined

    def _late(self, doc: str) -> list[outside.Replaced]:
        """Give the versions of a document that saves of ours replaced lately."""
        kept = [version for version in self._replaced.get(doc, ()) if not version.over()]
        self._replaced[doc] = kept
        return kept

    def lately(self) -> list[str]:
        """Name the documents that were saved lately: somebody may still write over that."""
        return [doc for doc in self._replaced if self._late(doc)]

    def last(self, doc: str) -> Any:
        """Return what a document was when it was last read or written here."""
        return self.known.get(doc, Known()).model

    def _there(self, doc: str) -> Any:
        found = self.read(doc)
        if found is None:
            raise FileProblem("the file is gone", f"{doc}.yaml")
        return found

    def workshop(self) -> Workshop:
        """Read ``workshop.yaml``."""
        return self._there("workshop")

    def put(self, doc: str, base: Doc, mine: Doc, *, strict: bool = False) -> tuple[Doc, Data]:
        """Bring a document from what it was to what it shall be (or away); what others wrote stays.

        Returns what is there now, and what of theirs did not stand; see `journeykit.model.join`.

        Raises
        ------
        MergeConflict
            Where something of theirs would not stand and ``strict`` is said: nothing is written.
        """
        for attempt in range(_TRIES):
            # What is saved is prepared before the lock; who is disturbed too often takes it first.
            first = attempt > 2
            with locked(self.root) if first else nullcontext():
                now, lost = join(base, mine, self.read(doc), kind_of(doc))
                if lost and strict:
                    said = ", ".join(f"at {at} the file says {was!r}" for at, was in lost.items())
                    raise MergeConflict(
                        f"{doc}.yaml was changed twice: {said}. Nothing was written. "
                        "Open it again and make your change to what is there now."
                    )
                now, text = self._prepared(doc, now) if now else (now, "")
                outside.step("prepared")
                with nullcontext() if first else locked(self.root):
                    if self._replace(doc, now, text):
                        return now, self._lost.pop(doc, {}) | lost
        raise WorkshopError(f"another program writes {doc}.yaml again and again; end it.")

    def _prepared(self, doc: str, model: Model) -> tuple[Model, str]:
        """Bring the text of a file to a model; comments and order of keys stay."""
        if isinstance(model, Journey):
            workshop = self.workshop()
            model = model.sorted([stage.id for stage in workshop.stages], workshop.lane_names())
        text = self.known[doc].text
        tree = yaml.read(text, f"{doc}.yaml")
        # Where the file's name alone is its id, it is left so.
        data = model.plain({"id"} if text and "id" not in tree else ())
        return model, yaml.dump(yaml.update(tree, data))

    def _replace(self, doc: str, model: Doc, text: str) -> bool:
        """Put a document into its file (or take it away), if that is still what it was when read;
        tells whether that is all.
        """
        file, known = f"{doc}.yaml", self.known[doc]
        path = within(self.root, file)
        there = text_of(self.root, file) if path.exists() else ""
        outside.step("compared")
        if there != known.text:
            return False
        if model is None:
            path.unlink(missing_ok=True)
        elif text != there:
            old = write_atomic(path, text, keep=True)
            if there or old:
                late = outside.Replaced(known.said, there, old, time.monotonic() + outside.LATELY)
                self._replaced.setdefault(doc, []).append(late)
        outside.step("replaced")
        self.known[doc] = Known(model, model, text)
        return self.read(doc) == model if model else True


def _sign(path: Path) -> tuple[int, ...] | None:
    """Say by what a file that was read is known again; None where it is too young to be sure."""
    try:
        now = path.stat()
    except OSError:
        return None
    young = time.time_ns() - now.st_mtime_ns < 50_000_000
    return None if young else (now.st_mtime_ns, now.st_size, now.st_ino)
