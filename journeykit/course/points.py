"""Points that a person gave: found in an earlier table, kept in the new one, and said."""

from math import nan
from pathlib import Path

import pandas as pd

from journeykit.errors import ExerciseError

from .marks import Mark, Say

Place = tuple[str, str, str]
Points = dict[Place, tuple[float, str]]
"""Student, exercise and question to their points and a sign of the answer, where it is known."""


def checks_of(out: Path) -> Path:
    """Where it is kept what the checks gave, so that one sees what a person changed."""
    return out.with_suffix(".checks.csv")


def given_by_hand(out: Path) -> Points:
    """Read the points that are not those of the checks; without these, every point."""
    checks, unknown = _read(checks_of(out)), (nan, "")
    return {
        place: (points, checks.get(place, unknown)[1])
        for place, (points, _) in _read(out).items()
        if points == points and points != checks.get(place, unknown)[0]
    }


def _read(path: Path) -> Points:
    if not path.exists():
        return {}
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        students = rows["student"].str.replace(r"^'(?=[=+@\t\r-])", "", regex=True)
        points = pd.to_numeric(rows["points"])
        answers = rows.get("answer", rows["points"])
        return dict(zip(zip(students, rows["exercise"], rows["question"]), zip(points, answers)))
    except (OSError, ValueError, KeyError) as problem:
        raise ExerciseError(
            f"{path} is there already and is no table of points ({problem}). Points that a person "
            "gave would be lost: mend it, move it away, or give another --out."
        ) from None


def keep(mark: Mark, given: Points, say: Say) -> Mark:
    """Keep the points that a person gave, and say where they are not those of the check."""
    points, answer = given.get(mark[:3], (mark.points, ""))
    if points is None or (points == mark.points and not answer):
        return mark
    where = f"{mark.student}/{mark.exercise}, {mark.question}"
    if not 0 <= points <= mark.max_points:
        say(f"! {where}: {points:g} points were not kept, 0 to {mark.max_points} can be given.")
        return mark
    kept = mark._replace(points=points, by_hand=True)
    checked = f"; the check gives {mark.checked:g}" if kept.overridden else ""
    say(f"{where}: {points:g} points that a person gave stay{checked}.")
    if answer and answer != mark.answer:
        say(f"! {where}: the answer changed since {points:g} points were given; read it again.")
    return kept
