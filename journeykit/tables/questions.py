"""Which question of a form is the score, and what it measures: told by its words."""

import re
from collections.abc import Iterator, Mapping

from journeykit.declared import beside
from journeykit.errors import WhichColumn
from journeykit.model import TableKind

from .columns import mostly_numbers
from .names import squash
from .raw import Raw

#: What a question measures, the best first, to the words that ask for it.
*_SCALES, _COMMENT = (
    (measure, re.compile(each["asks"])) for measure, each in beside(__file__).items()
)
_ASKS = dict(_SCALES)
#: So many different words are the steps of a scale.
_STEPS = 11


def scored(raw: Raw, table: TableKind, given: Mapping[str, str | None]) -> dict[str, str | None]:
    """Say which column is the answer and what it measures, where a question says so.

    Parameters
    ----------
    raw : Raw
        The rows as they came; what is assumed is noted there, with the other scored questions.
    table : TableKind
        A kind of table in which rows measure something.
    given : dict
        Our name to theirs, as the user said.

    Returns
    -------
    dict
        The same, with the answer and what it measures where a question was found.

    Raises
    ------
    WhichColumn
        Several questions ask for the same.
    """
    answer, kind = table.required[0].name, next(each for each in table.columns if each.scales)
    known, columns = {*map(squash, raw.types)}, dict(given)
    if not columns.get(answer) and {*table.required[0].names} & known:
        return columns
    found = dict(questions(raw))
    if columns.get(answer) and columns[answer] not in found:
        return columns
    if found and not columns.get(answer):
        best = min(found.values(), key=[*_ASKS].index)
        chosen, *others = [name for name, measure in found.items() if measure == best]
        if others:
            listed = " or ".join(f"--column {answer}='{name}'" for name in [chosen, *others])
            raise WhichColumn(
                f"Several questions ask for {best}. Which is the score? Say {listed}."
            )
        columns[answer] = chosen
    for name, measure in found.items():
        asked = f"“{raw.labels.get(name, name)}” asks for {measure}"
        if name != columns[answer]:
            raw.notes.append(f"{asked}, too: to read it say {answer}='{name}'")
        elif kind.name not in columns and not {*kind.names} & known:
            columns[kind.name] = measure
            raw.notes.append(f"took column '{name}' as {answer}: {asked}")
    texts = [n for n in raw.types if n not in found and _COMMENT[1].search(raw.labels.get(n, n))]
    if texts and "comment" not in columns and "comment" not in known:
        columns["comment"] = texts[0]
        raw.notes.append(f"took column '{texts[0]}' as comment")
    return columns


def questions(raw: Raw) -> Iterator[tuple[str, str]]:
    """Each column whose cells are numbers or steps of a scale, and what its question measures."""
    for name, cells in raw.sample.items():
        asked, cells = f"{raw.labels.get(str(name), name)}", cells[cells != ""].dropna()
        measures = [measure for measure, words in _ASKS.items() if words.search(asked)]
        if measures and len(cells):
            steps = measures[0] != "nps" and cells.nunique() <= _STEPS
            if mostly_numbers(cells) or steps:
                yield str(name), measures[0]
