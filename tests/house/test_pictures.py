"""Every picture of the facilitator's guide is taken by a test in a browser, so that anybody can make it again."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from PIL import Image

from tests.pictures import LARGEST

ROOT = Path(__file__).resolve().parents[2]
SHOWN = ROOT / "docs" / "pictures"


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


def test_each_was_kept_by_that_call() -> None:
    """In a palette, and no larger than a page of the docs shows; nothing is left of older ones."""
    for name in named():
        with Image.open(SHOWN / f"{name}.png") as shown:
            assert shown.mode == "P", name
            assert shown.width <= LARGEST[0], name
            assert shown.height <= LARGEST[1], name
