"""Every picture of the facilitator's guide is taken by a test in a browser, so that anybody can make it again."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def taken(path: Path) -> set[str]:
    """Return the names that a file of tests gives to ``picture(of, name)``."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {
        call.args[1].value
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "picture"
        and isinstance(call.args[1], ast.Constant)
    }


def named() -> set[str]:
    guide = (ROOT / "docs" / "facilitator.md").read_text("utf-8")
    return set(re.findall(r"!\[[^\]]*\]\(pictures/([\w-]+)\.png\)", guide))


def test_each_picture_of_the_guide_is_taken_by_a_test() -> None:
    tests = (ROOT / "tests" / "browser").glob("test_*.py")
    assert len(named()) > 10
    assert named() - set[str]().union(*map(taken, tests)) == set()
