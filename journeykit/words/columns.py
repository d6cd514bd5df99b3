"""A table as it reads: labels and units of its columns, heads, rows of text, what is left out.

Nobody should have to read a column's name.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from journeykit.declared import beside

from .write import UNKNOWN, label, write

MOST_ROWS = 60


class Column(NamedTuple):
    """A column as it is shown: its key in the frame, what people read, and its unit."""

    key: str
    label: str
    unit: str = ""


_KNOWN = {
    key: (said, unit) for unit, labels in beside(__file__).items() for key, said in labels.items()
}


def column_of(declared: str) -> Column:
    """Tell how a column is shown, from its name or ``name:unit``, where the unit differs.

    Examples
    --------
    >>> column_of("users"), column_of("low:points").unit, column_of("age_band").label
    (Column(key='users', label='Customers', unit='int'), 'points', 'Age band')
    """
    key, _, unit = declared.partition(":")
    said, known = _KNOWN.get(key, (label(key), ""))
    return Column(key, said, unit or known)


def table_of(frame: Any, columns: Iterable[Column], most: int | None = MOST_ROWS) -> dict[str, Any]:
    """Turn a frame into plain data: columns with key, label and unit; at most ``most`` rows; the
    total.

    Columns that the frame does not have are left out.
    """
    shown = [column for column in columns if column.key in frame.columns]
    head = frame[:most]
    rows = zip(*(head[column.key].tolist() for column in shown))
    return {
        "columns": [column._asdict() for column in shown],
        "rows": [*map(list, rows)],
        "total": len(frame),
    }


def written(table: Mapping[str, Any]) -> dict[str, Any]:
    """Write a table as it reads.

    The two ends of an interval share a column, and a flag that no row carries has none.

    Parameters
    ----------
    table : mapping
        ``columns`` (key, label, unit), ``rows`` and ``total``, as `table_of` makes it.

    Returns
    -------
    dict
        ``heads``: label, and whether it is text (left) or a number (right); ``rows``;
        ``left_out``.

    Examples
    --------
    >>> from journeykit.words import column_of
    >>> columns = [column_of(key)._asdict() for key in ("step", "low", "high", "small_n")]
    >>> written({"columns": columns, "rows": [["visit", 0.1, 0.2, False]], "total": 3})["rows"]
    [['Visit', '10.0% to 20.0%']]
    """
    values = dict(enumerate(zip(*table["rows"])))
    place = {column["key"]: at for at, column in enumerate(table["columns"])}
    paired, heads, cells = {"low", "high"} <= set(place), [], []
    for at, column in enumerate(table["columns"]):
        key, unit, mine = column["key"], column["unit"], values.get(at, ())
        if (unit == "flag" and not any(mine)) or (paired and key == "high"):
            continue
        text = unit in ("name", "flag") or any(isinstance(value, str) for value in mine)
        said, label = [write(value, unit) for value in mine], column["label"]
        if paired and key == "low":
            to = place["high"]
            ends = [write(v, table["columns"][to]["unit"]) for v in values.get(to, ())]
            said = [
                low if low == high == UNKNOWN else f"{low} to {high}"
                for low, high in zip(said, ends)
            ]
            text, label = False, "95% interval"
        heads.append({"label": label, "text": text})
        # a sign stays with its word
        cells.append([re.sub(r"^(\W) ", "\\1\u00a0", words) for words in said])
    rows = [*map(list, zip(*cells))]
    return {"heads": heads, "rows": rows, "left_out": table["total"] - len(table["rows"])}
