"""A headless Chromium that can reach nothing but this machine, and a real JupyterLab to look at.

A test of a widget in three lines::

    def test_it(lab):
        nb = lab.open(lab.write("board.ipynb", "import journeykit as jk", "jk.open_workshop()"))
        nb.run_all()
        nb.page.locator(".jk-live").click()

``lab`` is a fresh copy of the retail workshop (``lab.root``) in one JupyterLab that all tests
share; its kernels end with the test. ``lab.open`` twice gives two browsers on the same notebook.
``axe(page, ".jk-live")`` lists what shuts people out; ``pictures(nb, "board", ".jk-live")`` takes
its picture in light, dark, on a phone and on a projector, for you to look at.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import pytest

from journeykit.cli.app import lab_options
from journeykit.store import create

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HERE = ("file", "data", "blob", "about")

READY = "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"
CELLS = """() => [...jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === 'code').map(c => ({
  source: c.sharedModel.source, count: c.executionCount, hidden: c.getMetadata('jupyter')?.source_hidden,
  kinds: c.outputs.toJSON().flatMap(o => o.output_type === 'error' ? ['error'] : Object.keys(o.data ?? {})),
  text: c.outputs.toJSON().map(o => [o.text, o.traceback, o.data?.['text/plain']].flat().join('')).join(''),
}))"""
SCROLL = """async (text) => {
  const content = jupyterapp.shell.currentWidget.content;
  const place = content.widgets.findIndex(c => c.model.sharedModel.source.includes(text));
  // What stands under *More* is folded until somebody wants it.
  if (content.widgets[place].isHidden) await jupyterapp.commands.execute('notebook:expand-all-headings');
  content.activeCellIndex = place;
  return content.scrollToItem(place, 'start').then(() => place);
}"""
EXECUTE = """async (code) => {
  const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  const future = kernel.requestExecute({ code, store_history: false });
  let said = '';
  future.onIOPub = ({ content }) => { said += content.text ?? content.traceback?.join('') ?? ''; };
  await future.done;
  return said;
}"""
AXE = """async ([selector, rules]) => {
  const off = Object.fromEntries(rules.map((name) => [name, { enabled: false }]));
  const found = await axe.run(selector, { resultTypes: ['violations'], rules: off });
  return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).flatMap((v) =>
    v.nodes.map((node) => `${v.impact} ${v.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}"""
PICTURES = Path(__file__).with_name("pictures")
CONTEXT = "jupyterapp.shell.currentWidget.context"


class Visit:
    """A page with what it asked of the world and what it complained about."""

    def __init__(self, context: Any) -> None:
        self.outside: list[str] = []
        self.problems: list[str] = []
        context.on("requestfinished", self._watch)
        context.on("requestfailed", self._watch)
        self.context = context
        self.page = context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("websocket", lambda socket: self._hear(socket.url))

    def _watch(self, request: Any) -> None:
        url = urlsplit(request.url)
        stopped = request.failure == "csp"  # by the policy of the page, as it is meant to be
        here = url.scheme in HERE or url.hostname in ("127.0.0.1", "localhost")
        if not here and not stopped:
            self.outside.append(request.url)

    def _hear(self, url: str) -> None:
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
            self.outside.append(url)

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start Debian's Chromium once for all tests of a worker; it finds no machine but this one.

    Its shell without a window takes a third of the processor's time.
    """
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not on this machine (Debian: apt install chromium-headless-shell)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Without a folder for its cache: the shell's contexts would share it, and wait for each other.
        started = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Any]:
    """Open a page: ``visit(path_or_url, width=…, dark=…, scripts=…, touch=…, locale=…)``."""
    opened: list[Visit] = []

    def go(
        where: Any,
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        scripts: bool = True,
        touch: bool = False,
        locale: str | None = None,
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            has_touch=touch,
            locale=locale,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            offline=False,
        )
        made = Visit(context)
        opened.append(made)
        made.page.goto(where if isinstance(where, str) else where.as_uri())
        return made

    yield go
    for made in opened:
        made.context.close()


# --- JupyterLab -------------------------------------------------------------------------------


def within(seconds: float, holds: Callable[[], Any]) -> bool:
    """Wait until something holds, at most so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return bool(holds())


class Notebook:
    """A notebook in a browser: ``page`` is Playwright's, ``seen`` what it asked of the world."""

    def __init__(self, seen: Visit) -> None:
        self.seen, self.page = seen, seen.page
        self.page.set_default_timeout(60_000)
        self._opened()

    def _opened(self) -> None:
        """Wait for the kernel before any cell runs; the server now and then never says it is idle.

        A person loads the page again, and so does this, twice at most: nothing of the kit ran yet.
        """
        from playwright.sync_api import TimeoutError as Waited

        for _ in range(2):
            try:
                self.page.wait_for_function(READY, timeout=30_000)
                return
            except Waited:
                self.page.reload()
        self.page.wait_for_function(READY)

    def run_all(self) -> list[dict[str, Any]]:
        """Run all cells; none may fail. Gives source, count, kinds and text of each code cell."""
        self.page.evaluate(
            "() => jupyterapp.commands.execute('notebook:run-all-cells').then(() => 0)"
        )
        cells = self.cells()
        assert all(cell["count"] for cell in cells), "a cell did not run"
        assert not [cell["source"] + cell["text"] for cell in cells if "error" in cell["kinds"]]
        return cells

    def cells(self) -> list[dict[str, Any]]:
        """Give the code cells as they are now."""
        found: list[dict[str, Any]] = self.page.evaluate(CELLS)
        return found

    def execute(self, code: str) -> str:
        """Run code in the kernel, beside the cells; gives what it printed."""
        return str(self.page.evaluate(EXECUTE, code))

    def scroll(self, text: str) -> None:
        """Bring the first cell with this in its source to the top; unfold what hides it."""
        self.page.evaluate(SCROLL, text)

    def at(self, call: str, selector: str) -> Any:
        """Scroll to the cell with this call; gives the widget in it."""
        self.scroll(call)
        found = self.page.locator(f"{selector}:visible").first
        found.wait_for()
        return found

    def form(self, call: str, title: str) -> Any:
        """Scroll to the cell with this call; gives the form in it that has this title."""
        self.scroll(call)
        heading = self.page.get_by_role("heading", name=title)
        found = self.page.locator(".journeykit-form", has=heading)
        found.wait_for()
        return found

    def save(self) -> None:
        """Save the notebook."""
        self.page.evaluate(f"() => {CONTEXT}.save()")

    def reload(self) -> None:
        """Load the page again; the kernel stays."""
        self.page.reload()
        self._opened()

    def restart(self) -> None:
        """Restart the kernel as the menu does."""
        self.page.evaluate(f"() => {CONTEXT}.sessionContext.session.kernel.restart()")
        self.page.wait_for_function(READY)

    def freeze(self) -> Callable[[], None]:
        """Stop the kernel so that it hears nothing more; gives what kills it.

        JupyterLab starts another by itself, and says so in a dialog that takes the keyboard.
        """
        kernel = int(self.execute("import os; print(os.getpid())"))
        os.kill(kernel, signal.SIGSTOP)
        return lambda: os.kill(kernel, signal.SIGKILL)

    def theme(self, name: str) -> None:
        """Change to the theme "Light" or "Dark"."""
        self.page.evaluate(
            "(theme) => jupyterapp.commands.execute('apputils:change-theme', {theme})",
            f"JupyterLab {name}",
        )
        self.page.wait_for_function(f"document.body.dataset.jpThemeName === 'JupyterLab {name}'")

    def only_notebook(self) -> None:
        """Put the side bar away, as one does on a phone."""
        self.page.evaluate("() => jupyterapp.shell.collapseLeft()")


class Lab:
    """A fresh retail workshop in the JupyterLab that all tests share."""

    def __init__(self, server: str, token: str, root: Path, visit: Any) -> None:
        self.server, self.token, self.root, self._visit = server, token, root, visit

    within = staticmethod(within)

    def url(self, name: str, view: str = "lab") -> str:
        """Give the address of a notebook; a bare name is one of the guided notebooks."""
        path = name if "/" in name or (self.root / name).is_file() else f"notebooks/{name}"
        return f"{self.server}/{view}/tree/{self.root.name}/{path}?token={self.token}&reset"

    def open(self, name: str, **how: Any) -> Notebook:
        """Open a notebook in a browser of its own; see ``visit`` for ``how``."""
        return Notebook(self._visit(self.url(name), **how))

    def present(self, name: str, **how: Any) -> Notebook:
        """Open a notebook in the presenter's view; see ``visit`` for ``how``."""
        return Notebook(self._visit(self.url(name, "doc"), **how))

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells into the workshop; gives its name."""
        made = nbformat.v4.new_notebook(
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
            },
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
        )
        nbformat.write(made, self.root / name)
        return name

    def end(self) -> None:
        """End the kernels of this workshop."""
        for session in json.load(self._ask("/api/sessions")):
            if session["path"].startswith(f"{self.root.name}/"):
                self._ask(f"/api/sessions/{session['id']}", "DELETE")

    def _ask(self, path: str, method: str = "GET") -> Any:
        head = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.server + path, method=method, headers=head)
        return urllib.request.urlopen(request, timeout=20)


@contextlib.contextmanager
def serve(folder: Path, home: Path, *more: str) -> Iterator[tuple[str, str]]:
    """Start JupyterLab as ``journeykit lab`` does, on a free port, with nobody's settings; ``more`` flags last."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, log = secrets.token_hex(16), home / "lab.log"
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    env = {**os.environ, **{name: str(home / kept) for name, kept in names.items()}}
    for name in ("JOURNEYKIT_LIVE", "JOURNEYKIT_WORKSHOP"):
        env.pop(name, None)
    command = [
        sys.executable,
        "-c",
        "import sys; from journeykit.cli.app import start; start(sys.argv[1:])",
        *lab_options(folder, port, browser=False),
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True",
        *more,
    ]
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=out)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, log)
        yield f"http://127.0.0.1:{port}", token
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture(scope="session")
def lab_server(
    chromium: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, Path]]:
    """Start the JupyterLab that all tests share."""
    home = tmp_path_factory.mktemp("lab")
    shops = home / "shops"
    create(shops / "retail", "retail")
    with serve(shops, home) as (server, token):
        yield server, token, shops


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


@pytest.fixture(scope="session")
def serving(chromium: Any) -> Any:
    """Start a JupyterLab of its own on a folder: ``with serving(folder, home) as (server, token)``."""
    return serve


@pytest.fixture
def notebook(visit: Any) -> Callable[..., Notebook]:
    """Open the notebook at an address: ``notebook(url, **how)``; see ``visit`` for ``how``."""
    return lambda url, **how: Notebook(visit(url, **how))


@pytest.fixture
def lab(lab_server: tuple[str, str, Path], visit: Any) -> Iterator[Lab]:
    """Give a fresh workshop in JupyterLab; see the top of this file."""
    server, token, shops = lab_server
    root = shops / f"shop-{secrets.token_hex(4)}"
    shutil.copytree(shops / "retail", root)
    made = Lab(server, token, root, visit)
    yield made
    made.end()
    shutil.rmtree(root, ignore_errors=True)


# --- what it looks like, and for whom ----------------------------------------------------------


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """List the serious and critical violations that axe-core finds: ``axe(page, selector, *rules_left_out)``."""
    pytest.importorskip("axe_playwright_python", reason="axe is not here (pip install '.[dev]')")
    script = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")

    def ask(page: Any, selector: str, *left_out: str) -> list[str]:
        if not page.evaluate("typeof axe !== 'undefined'"):
            page.evaluate(script)
        found: list[str] = page.evaluate(AXE, [selector, left_out])
        return found

    return ask


@pytest.fixture(scope="session")
def pictures() -> Callable[..., list[Path]]:
    """Take pictures of a widget into ``tests/browser/pictures``: ``pictures(nb, name, selector)``."""
    sizes = {
        "light": ("Light", 1280, 900),
        "dark": ("Dark", 1280, 900),
        "phone": ("Light", 390, 844),
        "projector": ("Light", 1920, 1080),
    }

    def take(nb: Notebook, name: str, selector: str) -> list[Path]:
        PICTURES.mkdir(exist_ok=True)
        taken = []
        nb.only_notebook()
        for kind, (theme, width, height) in sizes.items():
            nb.theme(theme)
            nb.page.set_viewport_size({"width": width, "height": height})
            nb.page.wait_for_timeout(400)  # JupyterLab lays out anew
            shown = nb.page.locator(selector).first
            shown.scroll_into_view_if_needed()
            tall = int((shown.bounding_box() or {"height": 0})["height"]) + 200
            if tall > height:  # all of it, where it is taller than the page
                nb.page.set_viewport_size({"width": width, "height": tall})
                nb.page.wait_for_timeout(200)
                shown.scroll_into_view_if_needed()
            taken.append(PICTURES / f"{name}-{kind}.png")
            shown.screenshot(path=taken[-1])
        return taken

    return take
