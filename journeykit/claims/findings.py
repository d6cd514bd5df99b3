"""A finding of the lint: its code, where it is, what mends it, and how it is silenced with a
reason.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from journeykit.declared import beside
from journeykit.errors import did_you_mean
from journeykit.model import Keys


class Code(NamedTuple):
    """What a code stands for, in a few words, and what mends it; see ``findings.toml``."""

    name: str
    fix: str
    said: str = ""
    lane: str | None = None
    plans: bool = False


CODES = {code: Code(**said) for code, said in beside(__file__).items()}
"""Every code that `journeykit check` knows: JK1 the map alone, JK2 the map against the data."""


@dataclass(frozen=True)
class Place:
    """Where something stands: the file, the keys that lead to it, the card, and whose map it is."""

    file: str
    path: Keys = ()
    card: str = ""
    persona: str = ""


@dataclass(frozen=True)
class Finding:
    """Something on the map that deserves a look.

    ``because`` holds the reason where it is silenced.
    """

    code: str
    sentence: str
    place: Place
    line: int | None = None
    because: str = ""

    @property
    def fix(self) -> str:
        """What mends it."""
        return CODES[self.code].fix

    @property
    def where(self) -> str:
        """File, line and card: ``journeys/maya.yaml:12 (pay)``."""
        at = f"{self.place.file}:{self.line}" if self.line else self.place.file
        return f"{at} ({self.place.card})" if self.place.card else at

    def row(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "code": self.code,
            "what": CODES[self.code].name,
            "sentence": self.sentence,
            "file": self.place.file,
            "line": self.line,
            "card": self.place.card or None,
            "persona": self.place.persona or None,
            "fix": self.fix,
            "silenced": self.because or None,
        }


Silences = Mapping[tuple[str, Keys], Mapping[str, str]]
"""File and path of what has a ``silence``, to its codes and reasons."""


def silenced(found: Iterable[Finding], silences: Silences, end: str) -> list[Finding]:
    """Mark what is silenced with a reason, and add what is wrong with the silences themselves.

    A silence holds for what it stands on and all below it; one in ``workshop.yaml`` at the top
    for the whole folder. A silence without a reason silences nothing.

    Parameters
    ----------
    found : iterable of Finding
    silences : mapping
    end : str
        The codes before this one were looked for: only of them can be said that a silence is not
        needed.
    """
    marked, used = [], set()
    for finding in found:
        because = ""
        for (file, path), codes in silences.items():
            reason = codes.get(finding.code, "").strip()
            whole = file == "workshop.yaml" and not path
            inside = file == finding.place.file and finding.place.path[: len(path)] == path
            if finding.code in codes and (whole or inside):
                used.add((file, path, finding.code))
                because = because or reason
        marked.append(replace(finding, because=because))
    return [*marked, *_about(silences, used, end)]


def _about(silences: Silences, used: set[Any], end: str) -> Iterable[Finding]:
    for (file, path), codes in silences.items():
        for code, reason in codes.items():
            place = Place(file, (*path, "silence", code))
            if code not in CODES:
                hint = did_you_mean(code, CODES, show=0) if re.fullmatch(r"JK\d+", code) else ""
                said = f"There is no finding {code!r} to silence. {hint}"
                yield Finding("JK101", said.strip(), place)
            elif not reason.strip():
                said = f"{code} ({CODES[code].name}) is silenced without a reason"
                yield Finding("JK101", f"{said}, so it is not silenced.", place)
            elif "JK103" <= code < end and (file, path, code) not in used:
                yield Finding("JK102", f"Nothing here is {CODES[code].name} ({code}).", place)
