"""No report has an error of a script: those of templates, and of a workshop made from a log.

That of the retail sample is held by ``tests/browser/test_report.py``, those of logs at their edges
by ``test_degenerate.py``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from journeykit.phases import open_workshop

from .drawn import problems


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("of the log", marks=pytest.mark.all),
        *(pytest.param(name, marks=pytest.mark.nightly) for name in ("saas", "healthcare")),
    ],
)
def test_a_browser_draws_the_report_of_each_template_and_of_a_new_workshop(
    template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    log = Path(__file__).parents[2] / "sample_data/retail/events.csv.gz"
    made = ["--events", log] if template == "of the log" else ["--template", template]
    words = [sys.executable, "-c", "from journeykit.cli import main; main()", "new"]
    done = [*words, tmp_path / "shop", *made]
    subprocess.run(done, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    assert problems(open_workshop(tmp_path / "shop")) == {}
