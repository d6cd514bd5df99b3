"""The changes of `make mutants`: the same each time, small, whole, and about code that is there."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def mutants() -> Any:
    """Give the script behind `make mutants`, which lies beside the package."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import mutants
    finally:
        sys.path.remove(str(ROOT / "tools"))
    return mutants


def test_the_faults_that_somebody_thought_of_are_about_code_that_is_there(mutants: Any) -> None:
    found = mutants.by_hand(None)
    assert len(found) == len(mutants.NAMED) >= 19
    for change in found:
        for file in change.tests:
            assert (ROOT / file).is_file(), f"{change.kind}: {file}"


def test_the_lot_is_large_spread_and_always_the_same(mutants: Any) -> None:
    rooms = list(mutants.ROOMS)
    drawn = mutants.lot(rooms, 1, 1.0)
    assert [change.id for change in drawn] == [change.id for change in mutants.lot(rooms, 1, 1.0)]
    assert len({change.id for change in drawn}) == len(drawn) >= 200
    assert len({change.kind for change in drawn}) >= 12
    each = Counter(change.room for change in drawn)
    assert all(each[room] == wanted for room, (wanted, _) in mutants.ROOMS.items())
    assert {c.id for c in mutants.lot(rooms, 2, 1.0)} != {c.id for c in drawn}
    for change in drawn:
        before = (ROOT / change.file).read_text("utf-8")
        after = change.apply(before)
        assert after != before
        assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(before)), change.words


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("def f(a):\n    return a < 3", {"boundary", "plus or minus one"}),
        ("def f(a, b):\n    return a / b", {"arithmetic", "denominator"}),
        ("def f(low, high):\n    return low, high", {"swapped ends"}),
        ("def f(a):\n    return not a and -a", {"and/or", "dropped not", "sign"}),
        ("def f(s):\n    g(s)\n    return s['k'] + s['l']",
         {"dropped statement", "wrong key", "arithmetic"}),
        ("def f(t):\n    return f'SELECT min(a) FROM {t} WHERE b <= 1'", {"SQL"}),
        ("def f(keep=True):\n    '''One < two.'''\n    raise ValueError('not < 3')",
         {"constant", "dropped statement"}),
        ("def f():\n    return 'a sentence with less < than'", set()),
    ],
)  # fmt: skip
def test_each_kind_is_found(mutants: Any, tmp_path: Path, source: str, kinds: set[str]) -> None:
    path = tmp_path / "journeykit" / "room" / "file.py"
    path.parent.mkdir(parents=True)
    path.write_text(source, "utf-8")
    changes_of = sys.modules["mutation.kinds"].changes_of
    assert {change.kind for change in changes_of(tmp_path, path, 1)} == kinds
