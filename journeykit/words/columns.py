"""Labels and units of the columns of tables: nobody should have to read a column's name."""

from typing import NamedTuple

from journeykit.declared import beside

from .write import label as words


class Column(NamedTuple):
    """A column as it is shown: its key in the frame, what people read, and its unit."""

    key: str
    label: str
    unit: str = ""


_KNOWN = {
    key: (label, unit) for unit, labels in beside(__file__).items() for key, label in labels.items()
}


def column_of(declared: str) -> Column:
    """Tell how a column is shown, from its name or ``name:unit``, where the unit differs.

    Examples
    --------
    >>> column_of("users"), column_of("low:points").unit, column_of("age_band").label
    (Column(key='users', label='Customers', unit='int'), 'points', 'Age band')
    """
    key, _, unit = declared.partition(":")
    label, known = _KNOWN.get(key, (words(key), ""))
    return Column(key, label, unit or known)
