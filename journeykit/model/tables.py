"""The kinds of tables that a workshop can have, each declared once, in ``tables.toml``.

From a declaration follow the reader, the recognition of columns, what its contract finds, the keys
under ``data:`` in ``workshop.yaml``, `check` and `run`, and the table of columns in the guide. To
add a kind, declare it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from journeykit.declared import beside

_DECLARED = beside(__file__)


@dataclass(frozen=True)
class TableColumn:
    """A column of a kind of table.

    Parameters
    ----------
    name : str
        The kit's name for it.
    kind : str
        ``"id"``, ``"text"``, ``"time"``, ``"number"``, ``"flag"`` (yes or no), ``"answer"`` (a
        number, or the words of a scale) or ``"any"`` (whatever its cells look like).
    about : str
        What it is, for people, where the name does not say it.
    words : str
        Further names it goes by in this kind, most likely first; those that it goes by in any
        kind stand under ``[names]``.
    promised : bool
        A brand can promise it; see :class:`journeykit.model.Promise`.
    negative : str
        What a row with less than nothing is, where that is worth a word.
    product : tuple of str
        The numbers whose product it is, where the source has the last of them and not itself.
    scales : dict
        What a row can measure, to the lowest and highest answer: those stand in the first column
        of the table. The caller may say one of them for the whole table.
    """

    name: str
    kind: str = "text"
    about: str = ""
    words: str = ""
    promised: bool = False
    negative: str = ""
    product: tuple[str, ...] = ()
    scales: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All names it goes by, its own first."""
        own = self.name.replace("_", "")
        return [own, *self.words.split(), *_DECLARED["names"].get(self.name, "").split()]


@dataclass(frozen=True)
class TableKind:
    """A kind of table: what a row is, and its columns.

    Parameters
    ----------
    rows : str
        What a row is, for people.
    required : tuple of TableColumn
        Without these columns nothing can be read, and rows without a value are set aside.
    also : tuple of TableColumn
        What else means something to the kit; all other columns keep their own names.
    """

    rows: str
    required: tuple[TableColumn, ...]
    also: tuple[TableColumn, ...] = ()

    @property
    def columns(self) -> tuple[TableColumn, ...]:
        """All columns, the required ones first."""
        return self.required + self.also


#: Name to kind: the one list of tables.
TABLES = {
    kind: TableKind(
        declared["rows"],
        *(
            tuple(TableColumn(**column) for column in declared.get(part, ()))
            for part in ("required", "also")
        ),
    )
    for kind, declared in _DECLARED["tables"].items()
}
