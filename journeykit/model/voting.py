"""What a round of notes and dots says: groups with their dots, ranked. Pure; no I/O."""

from collections.abc import Iterable, Mapping

from .base import Data, Facts
from .records import Note, Vote


def ranking(notes: Iterable[Note], votes: Iterable[Vote], names: Mapping[str, str]) -> list[Data]:
    """Rank groups, and notes that are in none, by their dots; those of a group's notes count for
    it. A group without a name is called by its first note.

    Returns
    -------
    list of dict
        ``rank`` (the same for a tie), ``key``, ``name``, ``notes``, ``dots``, ``voters``.

    Examples
    --------
    >>> notes = [Note(id="a", text="Slow", group="g"), Note(id="b", text="Sluggish", group="g"),
    ...     Note(id="c", text="Dear")]
    >>> votes = [Vote(id="v1", topic="t", dots={"g": 1, "b": 1}),
    ...     Vote(id="v2", topic="t", dots={"c": 2})]
    >>> ranked = ranking(notes, votes, {"g": "Speed"})
    >>> [(row["rank"], row["name"], row["dots"], row["voters"]) for row in ranked]
    [(1, 'Speed', 2, 1), (1, 'Dear', 2, 1)]
    """
    found = dict[str, Data]()
    for note in sorted(notes, key=lambda note: note.id):
        key = note.group or note.id
        item = found.setdefault(key, {"key": key, "name": names.get(key) or note.text, "notes": []})
        item["notes"].append(note)
    rows = list(found.values())
    cast = [vote.dots for vote in votes]
    for row in rows:
        counted = {row["key"], *(note.id for note in row["notes"])}
        given = [sum(dots.get(key, 0) for key in counted) for dots in cast]
        row["dots"], row["voters"] = sum(given), sum(each > 0 for each in given)
    rows.sort(
        key=lambda row: (-row["dots"], -len(row["notes"]), row["name"].casefold(), row["key"])
    )
    for row in rows:
        row["rank"] = 1 + sum(other["dots"] > row["dots"] for other in rows)
    return rows


def ties(rows: Iterable[Facts]) -> list[str]:
    """Say in sentences which of the first three places are shared.

    Examples
    --------
    >>> ties([{"rank": 1, "name": "Speed", "dots": 2}, {"rank": 1, "name": "Price", "dots": 2}])
    ['A tie at 2 dots: “Speed” and “Price”.']
    """
    shared = dict[int, list[Facts]]()
    for row in rows:
        if row["dots"] and row["rank"] <= 3:
            shared.setdefault(row["rank"], []).append(row)
    return [
        f"A tie at {tied[0]['dots']} dot{'s' * (tied[0]['dots'] != 1)}: "
        + ", ".join(f"“{row['name']}”" for row in tied[:-1])
        + f" and “{tied[-1]['name']}”."
        for tied in shared.values()
        if len(tied) > 1
    ]
