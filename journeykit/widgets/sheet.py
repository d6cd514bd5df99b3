"""A review on a sheet of one's own: a grade for each item, which nobody else sees on it."""

from journeykit.model import Data
from journeykit.store import Desk

from .live import Live
from .rounds import counted


class Sheet(Live):
    """Grades from 1 to 5, one record for each person who grades.

    Parameters
    ----------
    desk : Desk
        Takes the operations.
    kind : str
        The records.
    facts : mapping
        ``topic``, ``items`` (pairs of id and name), and what each record holds besides as ``own``.
    """

    name = "sheet"

    def __init__(self, desk: Desk, kind: str, facts: Data) -> None:
        super().__init__(desk, [f"records/{kind}"], {"doc": f"records/{kind}", **facts})

    def view(self) -> Data:
        """Say who has graded how much, and no grade."""
        records = self.desk.records(self.docs[0].removeprefix("records/"))
        return {"given": counted((each.author, len(each.grades)) for each in records)}
