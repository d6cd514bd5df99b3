"""A student at work: an exercise in a real JupyterLab, from the first cell to the first feedback."""

from __future__ import annotations

import json
import os
import runpy
import secrets
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journeykit.cli.lab import lab_command

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("lab")]

_HERE = Path(__file__).parent
looks = SimpleNamespace(**runpy.run_path(str(_HERE / "looks.py")))
team = SimpleNamespace(**runpy.run_path(str(_HERE / "test_lab.py")))

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
def course(command: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Start JupyterLab on the course, as ``journeykit exercises start`` and ``lab`` do."""
    home = tmp_path_factory.mktemp("course")
    assert command("exercises", "start", home / "mine").returncode == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, log = secrets.token_hex(16), home / "lab.log"
    names = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
             "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}  # fmt: skip
    env = {**os.environ, **{name: str(home / folder) for name, folder in names.items()}}
    started = [
        *lab_command(home / "mine", port=port, browser=False), "--allow-root", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with log.open("w") as out:
        server = subprocess.Popen(started, cwd=home / "mine", env=env, stdout=out, stderr=out)
    try:
        team._wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, log)
        yield home / "mine", f"http://127.0.0.1:{port}/lab/tree/{NAME}?token={token}&reset"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def test_a_student_answers_and_reads_what_the_check_says(course: tuple[Path, str], visit: Any) -> None:
    folder, url = course
    seen = team.opened(visit, url)
    page = seen.page
    team.run_all(page)
    assert page.evaluate(SAID).count("○ Not attempted") == 5
    for place, text in ANSWERS.items():
        page.evaluate(TYPE, [place, text])
    team.run_all(page)
    said = page.evaluate(SAID)
    for words in ("counted events, not users", "Hint 1 of 3", "✓ Right", "is none of the names",
                  "A solution", "idxmax()", "1 of 5"):  # fmt: skip
        assert words in said, words
    assert page.evaluate("() => window.pwned") is None
    kept = json.loads((folder / ".journeykit-progress.json").read_text("utf-8"))
    assert kept["exercises"]["01-first-funnel"]["q2"]["state"] == "right"
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        page.wait_for_function("(name) => document.body.dataset.jpThemeName === name", arg=theme)
        for place in ("q1.check", "q3.check", "ex.progress"):
            page.evaluate(team.SCROLL, place)
            page.wait_for_timeout(300)
            found = page.evaluate(looks.CONTRASTS, TEXTS)
            assert found
            assert found[0][0] >= 4.5, (theme, place, found[:3])
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    page.set_viewport_size({"width": 390, "height": 800})
    page.evaluate(team.SCROLL, "ex.progress")
    page.wait_for_timeout(500)
    fits = f"[...document.querySelectorAll('{BOXES}')].every(b => b.scrollWidth <= b.clientWidth + 1)"
    assert page.evaluate(fits)
    assert seen.outside == []
