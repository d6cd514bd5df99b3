"""A review on a sheet of one's own: a grade for each item, which nobody else sees on it."""

from journeykit.model import Data

from .live import Live
from .rounds import counted


class Sheet(Live):
    """Grades from 1 to 5 on the one kind of records that is its document, one for each person.

    Its facts are ``doc`` (that document), ``topic``, ``items`` (pairs of id and name), and as
    ``own`` what each record holds besides.
    """

    name = "sheet"

    def view(self) -> Data:
        """Say who has graded how much, and no grade."""
        records = self.desk.records(self.docs[0].removeprefix("records/"))
        return {"given": counted((each.author, len(each.grades)) for each in records)}
