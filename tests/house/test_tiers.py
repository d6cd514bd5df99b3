"""Every test runs in one tier, what fails is told soon, and nothing is passed over in silence."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TIERS = ("test", "all", "nightly")

MARKED = """
import pytest
from hypothesis import given, settings, strategies as st

def test_plain(): pass

@pytest.mark.all
def test_all(): pass

@pytest.mark.nightly
def test_nightly(): pass

@given(st.integers())
def test_property(number): pass

@pytest.mark.all
@settings(max_examples=settings().max_examples // 2)
@given(st.integers())
def test_long_property(number): pass
"""
SKIPPED = """
import pytest

def test_skipped(): pytest.skip("there is no Java")

def test_not_ours(): pytest.skip("the shared data set x is not beside the project")

@pytest.mark.skipif(True, reason="somewhere else")
def test_elsewhere(): pass

@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""
SLOW = """
import time
import pytest
from hypothesis import given, strategies as st

@pytest.mark.all
@given(st.lists(st.text(min_size=8), min_size=20))
def test_slow(words):
    time.sleep(0.25)
    assert len({letter for word in words for letter in word}) < 12
"""
RUNNER = """
import json, os, sys, pytest
for words, more in json.load(sys.stdin):
    os.environ.update(more)
    print("=" * 10, "next", flush=True)
    pytest.main(["-p", "conftest", "-p", "no:cacheprovider", "-v", *words])
"""


def run(folder: Path, *asked: tuple[str, str, dict[str, str]]) -> list[str]:
    """Run files of tests as ours are run, (text, words, environment); gives what pytest says."""
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n all\n nightly\n", "utf-8")
    words = []
    for number, (text, more, env) in enumerate(asked):
        path = folder / f"test_{number}.py"
        path.write_text(text, "utf-8")
        words.append(([path.name, *more.split()], env))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    ran = subprocess.run(
        [sys.executable, "-c", RUNNER], input=json.dumps(words), cwd=folder, env=environment,
        capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    said = ran.stdout.split("=" * 10 + " next")[1:]
    assert len(said) == len(asked), ran.stderr
    return said


def test_each_tier_runs_its_own_tests_and_the_night_properties_again(tmp_path: Path) -> None:
    said = run(tmp_path, *((MARKED, f"--tier {tier}", {}) for tier in TIERS), (MARKED, "", {}))
    assert [re.findall(r"::test_(\w+) PASSED", each) for each in said[:3]] == [
        ["plain", "property"],
        ["all", "long_property"],
        ["nightly", "property", "long_property"],
    ]
    assert len(re.findall("PASSED", said[3])) == 5, "without a tier all are run"


def test_what_is_passed_over_is_told_and_the_mark_at_a_test_counts(tmp_path: Path) -> None:
    twice = "import pytest\npytestmark = pytest.mark.all\n@pytest.mark.nightly\ndef test_x(): pass"
    whole = "import pytest\npytest.importorskip('no_such_library')\ndef test_x(): pass"
    said = run(
        tmp_path,
        (twice, "--tier all", {}),
        (twice, "--tier nightly", {}),
        (SKIPPED, "", {"JOURNEYKIT_CI": ""}),
        (SKIPPED, "", {"JOURNEYKIT_CI": "1"}),
        (whole, "", {"JOURNEYKIT_CI": "1"}),
    )
    assert "1 deselected" in said[0]
    assert "1 passed" in said[1]
    assert "3 skipped, 1 xfailed" in said[2]
    assert "1 failed, 1 skipped, 1 xfailed, 1 error" in said[3]
    assert "there is no Java" in said[3]
    assert "a skip is a failure" in said[3]
    assert "1 error" in said[4]


@pytest.mark.all
def test_a_property_that_fails_is_told_soon(tmp_path: Path) -> None:
    (said,) = run(
        tmp_path, (SLOW, "--tier all", {})
    )  # which waits less long than Hypothesis shrinks
    assert re.search(r"test_slow\(\s*E?\s*words=", said), "the example is told"
    assert "1 failed" in said


@pytest.mark.parametrize("tier", TIERS)
def test_make_runs_every_folder_of_every_tier(tier: str) -> None:
    """The browser's tests are a process apart, so each tier takes two."""
    assert f"--tier {tier} --ignore=tests/browser" in MAKEFILE
    assert f"--tier {tier} tests/browser" in MAKEFILE


def test_one_test_of_make_test_is_in_a_browser_and_one_on_spark(
    request: pytest.FixtureRequest,
) -> None:
    for path in (ROOT / "tests" / "browser").glob("test_*.py"):
        text = path.read_text("utf-8")
        if path.stem == "test_smoke":
            assert len(re.findall(r"^def test_", text, re.M)) == 1
        else:
            assert re.search(r"^pytestmark = \[\s*pytest.mark.(all|nightly),", text, re.M), (
                path.name
            )
    if request.config.getoption("--tier") == "test":
        spark = [item.nodeid for item in request.session.items if item.get_closest_marker("spark")]
        assert len(spark) <= 1, spark


def test_no_property_has_a_deadline_of_its_own() -> None:
    own = re.compile(r"\bdeadline\s*=\s*(?!None)|max_examples\s*=\s*\d")
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in (ROOT / "tests").rglob("*.py")
        if path.name not in ("conftest.py", "test_tiers.py")
        for hit in own.finditer(path.read_text("utf-8"))
    ]
    assert found == [], "conftest.py has a profile for each tier; say `settings().max_examples * 2`"
