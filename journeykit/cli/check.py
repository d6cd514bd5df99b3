"""``journeykit check``: what is wrong with the folder and its data, and what the map lacks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from journeykit.claims import lint
from journeykit.claims.findings import Finding
from journeykit.claims.names import mistakes
from journeykit.errors import FileProblem, JourneykitError, RunError
from journeykit.phases import OpenWorkshop
from journeykit.store import Folder, open_folder

__all__ = ["check_folder", "sound_folder"]

Say = Callable[[str], None]
Said = tuple[str, str]
_MARKS = {"error": "✗ error", "warning": "! warning", "info": "· note"}
_MOST_ALIKE = 5
"""So many findings of one code in one file are written out."""


def check_folder(
    path: Path,
    data: str | None,
    *,
    say: Say,
    with_data: bool = True,
    strict: bool = False,
    as_json: bool = False,
) -> int:
    """Say everything that is wrong; returns 1 where there are errors (strict: or findings), else 0."""
    folder = open_folder(path)
    wrong = folder.problems()
    told: list[Said] = []
    findings: list[Finding] = []
    if not wrong:  # the data needs a workshop that can be read
        session = OpenWorkshop(folder, data=data) if with_data else None
        if session:
            told = _data(folder, session, (lambda _: None) if as_json else say)
        broken = any(level == "error" for level, _ in told)
        findings = lint(folder, None if broken else session)
    if as_json:
        say(json.dumps(_plain(wrong, told, findings), indent=1, ensure_ascii=False))
    else:
        _write(path, [("error", str(problem)) for problem in wrong] + told, findings, say)
    errors = bool(wrong) or any(level == "error" for level, _ in told)
    return int(errors or (strict and any(not f.because for f in findings)))


def sound_folder(path: Path) -> Folder:
    """Open a folder in whose files nothing is wrong; raises RunError with the first sentence."""
    folder = open_folder(path)
    wrong = folder.problems()
    if wrong:
        more = (
            f" (and {len(wrong) - 1} more; `journeykit check {path}` lists them)"
            if wrong[1:]
            else ""
        )
        raise RunError(f"{wrong[0]}{more}")
    return folder


def _plain(wrong: list[FileProblem], told: list[Said], findings: list[Finding]) -> dict[str, Any]:
    files = [{"file": p.file, "line": p.line, "key": p.key, "sentence": p.message} for p in wrong]
    data = {
        f"{level}s": [said for mark, said in told if mark == level]
        for level in ("error", "warning")
    }
    return {
        "errors": [*files, *({"sentence": said} for said in data["errors"])],
        "warnings": data["warnings"],
        "findings": [finding.row() for finding in findings],
    }


def _write(path: Path, told: list[Said], findings: list[Finding], say: Say) -> None:
    for level in _MARKS:
        for mark, sentence in told:
            if mark == level:
                say(f"{_MARKS[level]}: {sentence}")
    open_ = [finding for finding in findings if not finding.because]
    for file, group in groupby(open_, key=lambda finding: finding.place.file):
        _write_file(file, list(group), say)
    if open_:
        say("")
    counts = Counter(level for level, _ in told)
    said = [_count(counts["error"], "error"), _count(counts["warning"], "warning")]
    said.append(_count(len(open_), "finding"))
    quiet = len(findings) - len(open_)
    say(f"{', '.join(said)}{f' ({quiet} more silenced)' if quiet else ''} in {path}")


def _write_file(file: str, found: list[Finding], say: Say) -> None:
    say(f"\n{file}")
    seen: Counter[str] = Counter()
    for finding in found:
        seen[finding.code] += 1
        if seen[finding.code] <= _MOST_ALIKE:
            card = f" ({finding.place.card})" if finding.place.card else ""
            say(f"  {finding.line or 1:>4}  {finding.code}  {finding.sentence}{card}")
            if seen[finding.code] == 1:
                say(f"        → {finding.fix}")
    for code, number in seen.items():
        if number > _MOST_ALIKE:
            say(f"        … and {number - _MOST_ALIKE} more {code}; --json lists them all")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _data(folder: Folder, session: OpenWorkshop, say: Say) -> list[Said]:
    found: list[Said] = []
    try:
        events = session.all_events
    except JourneykitError as problem:
        return [("error", f"events: {problem}")]
    if events is None:
        found.append(
            ("warning", "there is no event log; name one in workshop.yaml under `data: events:`")
        )
    else:
        say(events.describe())
        found += [(f.level, f"events: {f.message}") for f in events.contract.findings]
        found += _segments(folder, session)
    for kind in session.kinds:
        try:
            frame = session.table(kind, everybody=True)
        except JourneykitError as problem:
            found.append(("error", f"{kind}: {problem}"))
            continue
        if frame is not None:
            found += [(f.level, f"{kind}: {f.message}") for f in frame.attrs["contract"].findings]
    return found + [("error", str(problem)) for problem in mistakes(session)]


def _segments(folder: Folder, session: OpenWorkshop) -> list[Said]:
    """Personas that nobody is, and steps of the funnel that the data does not have."""
    events, found = session.all_events, []
    assert events is not None
    for persona in folder.personas().values():
        try:
            mine = events.segment(persona.segment) if persona.segment else events
        except JourneykitError as problem:
            found.append(("error", f"personas/{persona.id}.yaml: {problem}"))
            continue
        if not mine.users:
            found.append(
                ("error", f"personas/{persona.id}.yaml: no customer in the data is this segment")
            )
    return found + [("warning", sentence) for sentence in session.blind_steps]
