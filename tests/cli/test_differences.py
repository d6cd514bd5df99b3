"""What ``journeykit diff`` says first."""

import pytest

from journeykit.claims.diff import Difference
from journeykit.cli.differences import as_text


@pytest.mark.parametrize(("n", "said"), [(1, "1 thing changed."), (2, "2 things changed.")])
def test_one_thing_is_one(n: int, said: str) -> None:
    fields = dict.fromkeys(Difference._fields, "")
    found = [Difference(**{**fields, "section": "maps", "change": "changed"})] * n
    assert next(as_text(found)) == said
