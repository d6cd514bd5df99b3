"""Writers that are not the kit, such as an editor, git or a sync client.

They take no lock. What they write between two looks at a file is joined in; so is what they made
of a version that a save of ours replaced meanwhile, over that save or into the replaced file.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from journeykit.model import Model

LATELY = 10.0
"""Seconds in which a program may still write what it made of a version that was replaced."""
QUIET = 0.05
"""Seconds after which somebody who writes a file piece by piece is taken to be done."""
_PATIENCE = 2.0


def step(name: str) -> None:
    """Mark a step of a save; tests strike here, as an outside writer would."""


def quiet(stat: Callable[[], os.stat_result]) -> None:
    """Wait until nobody is writing a file any more, two seconds at most."""
    until = time.monotonic() + _PATIENCE
    while 0 <= (age := time.time() - stat().st_mtime) < QUIET and time.monotonic() < until:
        time.sleep(QUIET - age)


@dataclass
class Replaced:
    """A version that a save replaced, and its file, into which somebody may still be writing."""

    model: Model | None
    text: str
    file: BinaryIO | None
    until: float
    sign: tuple[int, ...] | None = None

    def words(self) -> str | None:
        """Return what somebody wrote into the file since it was replaced, whole; None: nothing."""
        if self.file is None:
            return None
        stat = os.fstat(self.file.fileno())
        sign = stat.st_mtime_ns, stat.st_size
        if sign == self.sign:
            return None
        if (found := self._now()) != self.text:
            quiet(partial(os.fstat, self.file.fileno()))
            found = self._now()
        if found == self.text:
            self.sign = sign
            return None
        return found if found.strip() else None

    def _now(self) -> str:
        assert self.file is not None
        self.file.seek(0)
        return self.file.read().decode("utf-8-sig", "replace").replace("\r\n", "\n")

    def over(self) -> bool:
        """Tell whether it is too old to matter; its file is let go of then."""
        past = time.monotonic() > self.until
        if past and self.file:
            self.file.close()
        return past
