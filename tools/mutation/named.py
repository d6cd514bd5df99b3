"""Changes that a careful reader thought of, written down: each must fail a test of its room.

A text that is not there any more (exactly once) is an error: the code has moved, and this list moves with it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """What goes wrong in words, the file, the text and what becomes of it."""

    name: str
    file: str
    old: str
    new: str


NAMED = (
    Named(
        "a note that is written openly keeps its author",
        "journeykit/widgets/gather.py",
        'author = {"author": ""} if open_ else {}',
        "author = {}",
    ),
    Named(
        "what was refused is told of another operation",
        "journeykit/widgets/board.py",
        "return [reasons[place] for place in own]",
        "return reasons[: len(own)]",
    ),
    Named(
        "since on the day of until is refused",
        "journeykit/tables/periods.py",
        "last < first",
        "last <= first",
    ),
    Named(
        "the drift of a share is of the other run's customers",
        "journeykit/claims/drift.py",
        "k_old / of[0], k_new / of[1]",
        "k_old / of[1], k_new / of[0]",
    ),
    Named(
        "the last N days begin a day too early",
        "journeykit/claims/scope.py",
        ".normalize() + pd.Timedelta(days=1)",
        ".normalize()",
    ),
    Named(
        "clustered intervals without G/(G-1)",
        "journeykit/numbers/stats.py",
        "g / (g - 1) * spread",
        "spread",
    ),
    Named(
        "stage times call few only who began",
        "journeykit/numbers/timing.py",
        'frame["small_n"] = small(frame["users"])',
        'frame["small_n"] = small(frame["users"] + frame["not_yet"])',
    ),
)
