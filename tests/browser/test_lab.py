"""A team at work: the guided notebooks in a real JupyterLab that can reach nothing outside."""

from __future__ import annotations

import os
import runpy
import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journeykit.cli.lab import lab_command
from journeykit.store import create, open_folder

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("lab")]

looks = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("looks.py"))))

READY = "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"
RUN_ALL = "() => jupyterapp.commands.execute('notebook:run-all-cells').then(() => 0)"
CELLS = """() => [...jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === 'code').map(c => ({
  source: c.sharedModel.source, count: c.executionCount, hidden: c.getMetadata('jupyter')?.source_hidden,
  kinds: c.outputs.toJSON().flatMap(o => o.output_type === 'error' ? ['error'] : Object.keys(o.data ?? {})),
}))"""
SCROLL = """(text) => {
  const content = jupyterapp.shell.currentWidget.content;
  const place = content.widgets.findIndex(c => c.model.sharedModel.source.includes(text));
  content.activeCellIndex = place;
  return content.scrollToItem(place, 'start').then(() => place);
}"""
PICTURES = """() => [...document.querySelectorAll('.jp-RenderedSVG :is(svg, img)')]
  .map(p => p.naturalWidth ?? p.getBoundingClientRect().width)"""
GOAL = "textarea[title='What do we want to reach?']"


@pytest.fixture(scope="module")
def lab(
    chromium: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Callable[[str], str]]]:
    """Start JupyterLab as ``journeykit lab`` does, on a free port, with nobody's settings."""
    home = tmp_path_factory.mktemp("lab")
    root = create(home / "shop", "retail").root
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, log = secrets.token_hex(16), home / "lab.log"
    names = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
             "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}  # fmt: skip
    env = {**os.environ, **{name: str(home / folder) for name, folder in names.items()}}
    env.pop("JOURNEYKIT_LIVE", None)
    command = [
        *lab_command(root, port=port, browser=False), "--allow-root", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=root, env=env, stdout=out, stderr=out)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, log)
        yield root, lambda name: f"http://127.0.0.1:{port}/lab/tree/notebooks/{name}?token={token}&reset"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text())


def opened(visit: Any, url: str, width: int = 1280) -> Any:
    seen = visit(url, width=width)
    seen.page.set_default_timeout(90_000)
    seen.page.wait_for_function(READY)
    return seen


def run_all(page: Any) -> list[dict[str, Any]]:
    page.evaluate(RUN_ALL)
    cells = page.evaluate(CELLS)
    assert all(cell["count"] for cell in cells), "a cell did not run"
    assert not [cell["source"] for cell in cells if "error" in cell["kinds"]]
    return cells


def shown(page: Any) -> float:
    """Wait for the pictures in view; the width of the smallest, 0 for one that is broken."""
    page.locator(".jp-RenderedSVG :is(svg, img)").first.wait_for()
    return float(min(page.evaluate(PICTURES)))


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def test_what_a_team_types_is_in_the_folder_and_comes_back(lab, visit):
    root, url = lab
    seen = opened(visit, url("01_define_objectives.ipynb"))
    page = seen.page
    cells = run_all(page)
    # A team sees questions and pictures; an analyst opens the code.
    assert all(cell["hidden"] for cell in cells)
    assert page.locator(".jp-CodeCell .cm-content:visible").count() == 0
    asked = [cell for cell in cells if "application/vnd.jupyter.widget-view+json" in cell["kinds"]]
    assert len(asked) == 3  # objectives, persona, decision
    assert sum("image/svg+xml" in cell["kinds"] for cell in cells) >= 3
    assert page.get_by_text("get notified about official").count() == 0  # nothing is even asked

    page.evaluate(SCROLL, "ask_objectives")
    field = page.locator(GOAL).first
    field.click()
    field.press("Control+End")
    field.press_sequentially(" in half a year, #1: “truly”")
    words = field.input_value()
    assert words.endswith("#1: “truly”")
    file = root / "workshop.yaml"
    assert within(2, lambda: "truly" in file.read_text(encoding="utf-8"))
    assert open_folder(root).workshop().objectives[0].goal == words
    page.get_by_text("✓ Saved").first.wait_for(timeout=5_000)

    run_all(page)
    page.evaluate(SCROLL, "ask_objectives")
    assert page.locator(GOAL).first.input_value() == words
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.wait_for_function(READY)
    run_all(page)
    page.evaluate(SCROLL, "ask_objectives")
    assert page.locator(GOAL).first.input_value() == words
    assert open_folder(root).workshop().objectives[0].goal == words
    assert seen.outside == []


def test_it_can_be_read_in_the_light_and_in_the_dark(lab, visit):
    _, url = lab
    seen = opened(visit, url("01_define_objectives.ipynb"))
    page = seen.page
    run_all(page)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        page.wait_for_function("(name) => document.body.dataset.jpThemeName === name", arg=theme)
        for place in ("ask_objectives", "baselines", "ask_persona", "profile()"):
            page.evaluate(SCROLL, place)
            page.wait_for_timeout(300)
            found = page.evaluate(
                looks.CONTRASTS, ".jp-OutputArea :is(h3,h4,p,td,th,b,small,textarea,input,select)"
            )
            assert found
            assert found[0][0] >= 4.5, (theme, place, found[:3])
        assert shown(page) > 400
        forms = "[...document.querySelectorAll('.journeykit-form')].every(f => f.scrollWidth <= f.clientWidth + 1)"
        page.evaluate(SCROLL, "ask_persona")
        assert page.evaluate(forms)
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    page.set_viewport_size({"width": 390, "height": 800})
    page.evaluate(SCROLL, "ask_persona")
    page.wait_for_timeout(500)
    assert page.evaluate(forms)


def test_run_all_never_waits_for_anybody(lab, visit):
    _, url = lab
    seen = opened(visit, url("03_weak_spots.ipynb"))
    began = time.monotonic()
    cells = run_all(seen.page)
    assert time.monotonic() - began < 60
    assert len(cells) >= 10
    assert sum("image/svg+xml" in cell["kinds"] for cell in cells) >= 5
    seen.page.evaluate(SCROLL, "funnel()")
    assert shown(seen.page) > 400
    assert seen.outside == []
