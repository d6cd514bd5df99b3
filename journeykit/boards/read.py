"""Sticky notes as Miro, FigJam and Mural export them, and journeys as Mermaid writes them.

Nothing of a file is run or looked up: every word of it is text, and text it stays.
"""

import csv
import html
import io
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from journeykit.declared import beside, phrase
from journeykit.errors import DataError
from journeykit.model import Facts
from journeykit.tables.encoding import judged, rewritten
from journeykit.tables.names import squash

_CSV, _JSON, _LEGEND, _REFUSED = beside(__file__).values()
_KEYS = {*_LEGEND["names"]}
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6])\s*>", re.I)
_TAG = re.compile(r"</?(?:p|br|div|span|a|b|i|u|s|em|strong|ul|ol|li|h[1-6])(?:\s[^<>]*)?/?>", re.I)
_JOURNEY = re.compile(
    r"(?:\A|^[ \t]*(?:`{3,}|~{3,})[ \t]*mermaid[ \t]*\n)"
    r"(\s*(?:---\n[^`~]*?\n---\s*)?(?:%%[^\n]*\n\s*)*journey[ \t]*$.*?)"
    r"(?=^[ \t]*(?:`{3,}|~{3,})|\Z)",
    re.M | re.S,
)
_LINE = re.compile(
    r"^[ \t]*(?:(section|title|accTitle|accDescr|%%|---|journey(?=[ \t]*$))"
    r"(?![\w#;])[: \t]*)?(.*)$",
    re.I | re.M,
)


class Sticky(NamedTuple):
    """A note of a board: ``frames`` are those it lies in, the innermost first.

    ``id`` is what the tool calls it, "" where it does not say; ``feeling`` is -2 to 2.
    """

    text: str
    frames: tuple[str, ...]
    tags: tuple[str, ...] = ()
    feeling: int | None = None
    votes: int = 0
    id: str = ""
    colour: str = ""
    author: str = ""


class Board(NamedTuple):
    """What a file holds: notes, the frames in their order, what colours mean.

    ``left`` is a reason to how many things were left out for it; ``said`` what had to be assumed.
    """

    tool: str
    title: str
    notes: list[Sticky]
    frames: list[str]
    left: Facts
    legend: Facts
    said: list[str]


def read_board(path: Path, only: str = "") -> Board:
    r"""Read the notes of a board.

    Parameters
    ----------
    path : Path
        A CSV or JSON of Miro or FigJam, a CSV of Mural, or a text with a journey of Mermaid.
    only : str
        Of several journeys the one with this title.

    Raises
    ------
    DataError
        It is no board, damaged, or of several; with the next step.

    Examples
    --------
    >>> with TemporaryDirectory() as place:
    ...     file = Path(place, "day.mmd")
    ...     _ = file.write_text("journey\n section Buy\n  Pays: 2: Maya")
    ...     board = read_board(file)
    >>> board.tool, board.frames, board.notes[0].text, board.notes[0].feeling
    ('Mermaid', ['Buy'], 'Pays', -1)
    """
    with TemporaryDirectory() as place:
        said = rewritten(path, judged(path).encodings, plain := Path(place, "text"))
        text = plain.read_text("utf-8")
    if text.lstrip()[:1] in ("{", "["):
        found = _of_json(text)
    elif blocks := _JOURNEY.findall(text):
        found = _of_mermaid(blocks, only)
    else:
        found = _of_csv(text, path.suffix.lower())
    tool, title, notes, frames, left = found
    keys = [n for n in notes if not _KEYS.isdisjoint(map(squash, n.frames))]
    full = [note for note in notes if note.text and note not in keys]
    left = {"without words": len(notes) - len(keys) - len(full), "of a legend": len(keys), **left}
    return Board(
        tool,
        title,
        full,
        [name for name in dict.fromkeys(frames) if name and squash(name) not in _KEYS],
        {why: n for why, n in left.items() if n},
        {note.colour: note.text for note in keys if note.colour},
        said,
    )


def _no(why: str, n: Any = 0) -> DataError:
    return DataError(phrase(_REFUSED[why])(n=n))


def _at(item: Any, paths: Iterable[str]) -> Any:
    """What stands at the first of some places that has anything."""
    for path in paths:
        here = item
        for key in path.split("."):
            here = here.get(key) if isinstance(here, dict) else None
        if here:
            return here
    return ""


def _sticky(item: Facts, of: Facts, frames: Iterable[str]) -> Sticky:
    text, tags, votes, *more = (
        _at(item, of[role]) for role in "text tags votes id colour author".split()
    )
    tags = tags if isinstance(tags, list) else re.split("[,;|]", str(tags))
    named = (str(_at(tag, ["title", "data.title"]) or tag).strip() for tag in tags)
    return Sticky(
        _plain(text) if "data" in item else str(text).strip(),  # Miro's are HTML
        tuple(filter(None, frames)),
        tuple(filter(None, named)),
        None,
        int(_number(votes)),
        *map(str, more),
    )


def _plain(content: Any) -> str:
    r"""The words of Miro's HTML: tags that it writes become lines or nothing, all others are text.

    Examples
    --------
    >>> _plain("<p>A &lt;b&gt; &amp; c<br />d</p><script>")
    'A <b> & c\nd\n<script>'
    """
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", str(content)))).replace("\xa0", " ").strip()


# --- JSON ---------------------------------------------------------------------------------------


def _of_json(text: str) -> tuple[Any, ...]:
    try:
        said = json.loads(text)
    except ValueError as problem:
        raise _no("cut", problem) from None
    except RecursionError:  # nested more deeply than any board
        raise _no("json") from None
    tops = said if isinstance(said, list) else _at(said, ["data", "items"])
    tool = "Miro" if isinstance(tops, list) else "FigJam"
    if tool == "FigJam":
        nodes = _at(said, ["nodes"])
        answers = nodes.values() if isinstance(nodes, dict) else [said]
        tops = [_at(each, ["document"]) or each for each in answers]
    found, left = list[Any](), [(item, list[Any]()) for item in tops[::-1]]
    while left:  # each item with what it lies in, the innermost first
        item, above = left.pop()
        found.append((item, above))
        below = _at(item, ["children"])
        left += [(one, [item, *above]) for one in (below[::-1] if isinstance(below, list) else ())]
    of = {str(_at(item, _JSON["id"])): item for item, _ in found}
    notes, frames, others = list[Sticky](), list[Any](), Counter[str]()
    for item, above in found:
        kind, up = _at(item, _JSON["type"]), of.get(str(_at(item, _JSON["parent"])))
        held = [one for one in above or [up] if _at(one, _JSON["type"]) in _JSON["frames"]]
        if kind in _JSON["frames"]:
            frames.append(item)
        elif kind in _JSON["notes"]:
            tags = _at(item, _JSON["tags"])
            tags = [of.get(str(tag), tag) for tag in tags] if isinstance(tags, list) else tags
            notes.append(_sticky({**item, "tags": tags}, _JSON, map(_name, held)))
        elif kind not in _JSON["silent"]:
            others[f"no note ({str(kind).lower().replace('_', ' ')})"] += 1
    if not notes and not frames:
        raise _no("json")
    others["on further pages"] = max(0, int(_number(_at(said, ["total"]))) - len(tops))
    # As they are read: row by row, from the left; a row is as high as the highest.
    x, y, high = ([_number(_at(one, _JSON[role])) for one in frames] for role in ("x", "y", "high"))
    row, top = max(high, default=0) or 1e9, min(y, default=0)
    placed = zip([round((down - top) / row) for down in y], x, map(_name, frames))
    names = [name for *_, name in sorted(placed, key=lambda one: one[:2])]
    return tool, str(_at(said, _JSON["title"])), notes, names, others


def _name(item: Any) -> str:
    return _plain(_at(item, _JSON["frame"]))


def _number(said: Any) -> float:
    """A number as JSON or a cell has it; 0 for anything else."""
    return float(said) if re.fullmatch(r"-?\d{1,9}(\.\d+)?", str(said)) else 0.0


# --- CSV ----------------------------------------------------------------------------------------


def _of_csv(text: str, ending: str) -> tuple[Any, ...]:
    read = [rows for sign in ",;\t" if (rows := _rows(text, sign))]
    if not read:
        raise _no("quotes" if text.strip() else "csv")
    rows = max(read, key=lambda rows: sum(len(row) > 1 for row in rows))
    head = [*map(squash, rows[0])]
    roles = {role for role, names in _CSV.items() if not {*head}.isdisjoint(names)}
    if "text" in roles and len(roles & {*_CSV["signs"]}) > 1:
        cells = [dict(zip(head, row)) for row in rows[1:] if any(row)]
        across = sorted(cells, key=lambda cell: _number(_at(cell, _CSV["x"])))
        return (
            "FigJam" if {*head}.isdisjoint(_CSV["mural"]) else "Mural",
            "",
            [_sticky(cell, _CSV, [_at(cell, _CSV["frame"])]) for cell in cells],
            [_at(cell, _CSV["frame"]) for cell in across],
            {},
        )
    title, *rest = [row for row in rows if any(row)] or [[]]
    notes = [Sticky(cell, (*filter(None, row[:1]),)) for row in rest for cell in row[1:] if cell]
    other = not notes or any(rows[1]) or len([*filter(None, title)]) != 1
    if other or ending != ".csv":
        raise _no("csv")
    return "Miro", title[0], notes, [row[0] for row in rest], {}


def _rows(text: str, sign: str) -> list[list[str]]:
    """All rows with their cells stripped; none where the quotes do not fit this delimiter."""
    try:
        found = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
        return [[cell.strip() for cell in row] for row in found]
    except csv.Error:  # of another delimiter, or cut off: the others are tried
        return []


# --- Mermaid ------------------------------------------------------------------------------------


def _of_mermaid(blocks: list[str], only: str) -> tuple[Any, ...]:
    # The head of a text may have a title, too: the last one counts.
    said = [re.findall(r"^\s*title[: \t]+(\S.*)$", body, re.M)[-1:] for body in blocks]
    titles = [_letters("".join(title)) for title in said]
    found = [each for each in zip(titles, blocks) if only in ("", each[0])]
    if len(found) != 1:
        raise _no("only" if only else "several", titles)
    [(title, body)] = found
    frames, left, notes = list[str](), Counter[str](), list[Sticky]()
    for kind, words in _LINE.findall(body):
        task, _, rest = words.partition(":")
        score, _, who = rest.partition(":")
        if kind.lower() == "section":
            frames.append(_letters(words))
        elif kind or not words:
            continue  # titles, descriptions and remarks are about the journey
        elif not re.fullmatch(r"\s*-?\d{1,9}\s*", score):
            left["that is no task with a score"] += 1
        else:
            felt = int(score) - 3 if score.strip() in "12345" else None
            left["feeling, of a score that is not from 1 to 5"] += felt is None
            tags = (*filter(None, map(str.strip, _letters(who).split(","))),)
            notes.append(Sticky(_letters(task), (*frames[-1:],), tags, felt))
    return "Mermaid", title, notes, frames, left


def _letters(text: str) -> str:
    """Turn Mermaid's signs by number or by name back into letters.

    Examples
    --------
    >>> _letters("#116;itle#58; 50#37; #quot;off#quot;")
    'title: 50% "off"'
    """
    return html.unescape(re.sub(r"(#)(?=\d{1,7};)|#(?=[a-z]{2,8};)", r"&\1", text.strip()))
