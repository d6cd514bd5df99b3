"""Changes that a careful reader thought of, written down: each must fail a test of its room.

A text that is not there any more (exactly once) is an error: the code has moved, and this list moves with it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """What goes wrong in words, the file, the text, what becomes of it, and the tests to run."""

    name: str
    file: str
    old: str
    new: str
    tests: str


NAMED = (
    Named(
        "a note that is written openly keeps its author",
        "journeykit/widgets/gather.py",
        ', **({"author": ""} if open_ else {})',
        "",
        "tests/widgets/test_bites.py",
    ),
    Named(
        "what was refused is told of another operation",
        "journeykit/widgets/live.py",
        "zip(asked, self.take(asked))",
        "zip(asked, reversed(self.take(asked)))",
        "tests/widgets/test_bites.py",
    ),
    Named(
        "a machine's path stands in result.json",
        "journeykit/run/parent.py",
        ' and name not in ("workshop", "results")',
        "",
        "tests/run/test_bites.py",
    ),
    Named(
        "the path of other data stands in result.json",
        "journeykit/run/parent.py",
        'Path(value).name if name == "data" else value',
        "value",
        "tests/run/test_bites.py",
    ),
    Named(
        "since on the day of until is refused by the tables",
        "journeykit/tables/periods.py",
        "last < first",
        "last <= first",
        "tests/tables/test_bites.py",
    ),
    Named(
        "since on the day of until is refused by the run",
        "journeykit/tables/periods.py",
        "if first and last and last < first:",
        "if first and last and last <= first:",
        "tests/run/test_bites.py",
    ),
    Named(
        "until ends before its day",
        "journeykit/tables/periods.py",
        'last, sign = last + Timedelta(days=1), "<"',
        'sign = "<"',
        "tests/tables/test_bites.py",
    ),
    Named(
        "the drift of a share is of the other run's customers",
        "journeykit/claims/numbers.py",
        'frame["users_before"] / was, frame["users"] / of',
        'frame["users_before"] / of, frame["users"] / was',
        "tests/claims/test_bites.py",
    ),
    Named(
        "the interval of a drift is of the other run's customers",
        "journeykit/claims/numbers.py",
        'frame["users"], of, frame["users_before"], was',
        'frame["users"], was, frame["users_before"], of',
        "tests/claims/test_bites.py",
    ),
    Named(
        "the last N days begin a day too early",
        "journeykit/claims/scope.py",
        ".normalize() + Timedelta(days=1)",
        ".normalize()",
        "tests/claims/test_bites.py",
    ),
    Named(
        "a claim about another persona is held against this one",
        "journeykit/claims/scope.py",
        "persona = claim.persona or self.session.persona_id",
        "persona = self.session.persona_id",
        "tests/claims/test_bites.py",
    ),
    Named(
        "clustered intervals without G/(G-1)",
        "journeykit/numbers/stats.py",
        "g / (g - 1) * spread",
        "spread",
        "tests/numbers/test_bites.py",
    ),
    Named(
        "stage times call few only who began",
        "journeykit/numbers/timing.py",
        'frame["small_n"] = small(frame["users"])\n    keep = "from_stage to_stage users median',
        'frame["small_n"] = small(frame["users"] + frame["not_yet"])\n'
        '    keep = "from_stage to_stage users median',
        "tests/numbers/test_bites.py",
    ),
    Named(
        "a run gives every persona the first one's customers",
        "journeykit/run/progress.py",
        '{**plan.values, "persona": persona}',
        '{**plan.values, "persona": plan.personas[0]}',
        "tests/run/test_bites.py",
    ),
    Named(
        "notes are shown before they are revealed",
        "journeykit/widgets/gather.py",
        "shown = [note for note in notes if note.revealed]",
        "shown = list(notes)",
        "tests/widgets/test_bites.py",
    ),
    Named(
        "a guess reveals itself",
        "journeykit/widgets/beliefs.py",
        '"unit": question.unit, "revealed": False',
        '"unit": question.unit',
        "tests/widgets/test_beliefs.py",
    ),
    Named(
        "a file gets its name before it is on the disk",
        "journeykit/store/files.py",
        "            os.fsync(out.fileno())\n",
        "",
        "tests/store/test_bites.py",
    ),
    Named(
        "a name is not on the disk",
        "journeykit/store/files.py",
        "            os.fsync(handle)\n",
        "            pass\n",
        "tests/store/test_bites.py",
    ),
    Named(
        "a journal acknowledges what is not on the disk",
        "journeykit/store/journal.py",
        "                os.fsync(file.fileno())\n",
        "                pass\n",
        "tests/store/test_bites.py",
    ),
)
