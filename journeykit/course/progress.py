"""How far somebody is: a small file beside the notebooks, whole at any time."""

from __future__ import annotations

import contextlib
import html
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from journeykit.course.outcome import State

__all__ = ["Progress", "bar"]

FILE = ".journeykit-progress.json"


class Progress:
    """What was tried, per exercise and question.

    Parameters
    ----------
    path : Path, optional
        The file; without it ``JOURNEYKIT_PROGRESS``, or a hidden file in the present folder.
        Where it cannot be written, progress lasts as long as the kernel.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(os.environ.get("JOURNEYKIT_PROGRESS") or Path.cwd() / FILE)
        self._kept: dict[str, dict[str, dict[str, Any]]] = {}

    def read(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Exercise to question to its entry; a file that cannot be read counts as empty."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            found = json.loads(self.path.read_text("utf-8"))["exercises"]
            self._kept = {
                str(exercise): {str(q): dict(entry) for q, entry in questions.items()}
                for exercise, questions in found.items()
            }
        return self._kept

    def note(
        self,
        exercise: str,
        question: str,
        state: State | None,
        *,
        hints: int = 0,
        solution: bool = False,
    ) -> None:
        """Keep an attempt, a hint or a look at the solution. A right answer stays right."""
        everything = self.read()
        entry = everything.setdefault(exercise, {}).setdefault(
            question, {"state": State.UNTRIED.value}
        )
        if state is not None and state is not State.UNTRIED:
            entry["tries"] = entry.get("tries", 0) + 1
            if entry["state"] != State.RIGHT.value:
                entry["state"] = state.value
        if hints:
            entry["hints"] = entry.get("hints", 0) + hints
        if solution:
            entry["solution"] = True
        self._write(json.dumps({"exercises": everything}, indent=1, sort_keys=True))

    def _write(self, text: str) -> None:
        # A folder that cannot be written to is no reason to stop somebody who learns.
        with contextlib.suppress(OSError):
            handle, temporary = tempfile.mkstemp(prefix=f"{FILE}.", dir=self.path.parent)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as out:
                    out.write(text)
                os.replace(temporary, self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise


def state_of(entry: Mapping[str, Any]) -> State:
    """Read the state of an entry; a word that is none counts as not attempted."""
    try:
        return State(entry.get("state", State.UNTRIED.value))
    except ValueError:
        return State.UNTRIED


def bar(done: int, of: int, width: int = 20) -> tuple[str, str]:
    """Draw how much of something is done, as text and as HTML.

    Examples
    --------
    >>> bar(1, 4, width=8)[0]
    '██░░░░░░ 1 of 4'
    """
    filled = round(width * done / of) if of else 0
    said = f"{done} of {of}"
    share = round(100 * done / of) if of else 0
    drawn = (
        "<span style='display:inline-block;width:12em;max-width:50%;height:.7em;border:1px solid currentColor;"
        f"border-radius:3px;vertical-align:middle'><span style='display:block;height:100%;width:{share}%;"
        f"background:#2e7d32'></span></span> {html.escape(said)}"
    )
    return f"{'█' * filled}{'░' * (width - filled)} {said}", drawn
