"""A student at work: an exercise in a real JupyterLab, from the first cell to the first feedback."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("lab")]

looks = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("looks.py"))))

NAME = "01-first-funnel.ipynb"
TYPE = """([place, text]) => {
  const cell = jupyterapp.shell.currentWidget.content.widgets.find(c => c.model.sharedModel.source.includes(place));
  cell.model.sharedModel.setSource(text);
}"""
SAID = """() => [...jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === 'code')
  .flatMap(c => c.outputs.toJSON())
  .map(o => [o.data?.['text/html'] ?? o.data?.['text/plain']].flat().join('')).join(' ')"""
BOXES = ".journeykit-box"
TEXTS = f"{BOXES} :is(b,div,span,small,pre,code,li)"
ANSWERS = {
    "customers = ...": "ex.q1.check(77921)\nex.q1.hint()",
    "share = ...": "ex.q2.check(812 / 6000)",
    "worst_step = ...": "ex.q3.check('<img src=x onerror=\"window.pwned=1\">')\nex.q3.solution()",
}


@pytest.fixture(scope="module")
def course(
    command: Any, serving: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str]]:
    """Start JupyterLab on the course, as ``journeykit exercises start`` and ``lab`` do."""
    home = tmp_path_factory.mktemp("course")
    assert command("exercises", "start", home / "mine").returncode == 0
    with serving(home / "mine", home) as (server, token):
        yield home / "mine", f"{server}/lab/tree/{NAME}?token={token}&reset"


def test_a_student_answers_and_reads_what_the_check_says(course: tuple[Path, str], notebook: Any) -> None:
    folder, url = course
    nb = notebook(url)
    page = nb.page
    nb.run_all()
    assert page.evaluate(SAID).count("○ Not attempted") == 5
    for place, text in ANSWERS.items():
        page.evaluate(TYPE, [place, text])
    nb.run_all()
    said = page.evaluate(SAID)
    for words in ("counted events, not users", "Hint 1 of 3", "✓ Right", "is none of the names",
                  "A solution", "idxmax()", "1 of 5"):  # fmt: skip
        assert words in said, words
    assert page.evaluate("() => window.pwned") is None
    kept = json.loads((folder / ".journeykit-progress.json").read_text("utf-8"))
    assert kept["exercises"]["01-first-funnel"]["q2"]["state"] == "right"
    for theme in ("Light", "Dark"):
        nb.theme(theme)
        for place in ("q1.check", "q3.check", "ex.progress"):
            nb.scroll(place)
            page.wait_for_timeout(300)
            found = page.evaluate(looks.CONTRASTS, TEXTS)
            assert found
            assert found[0][0] >= 4.5, (theme, place, found[:3])
    nb.only_notebook()
    page.set_viewport_size({"width": 390, "height": 800})
    nb.scroll("ex.progress")
    page.wait_for_timeout(500)
    fits = f"[...document.querySelectorAll('{BOXES}')].every(b => b.scrollWidth <= b.clientWidth + 1)"
    assert page.evaluate(fits)
    assert nb.seen.outside == []
