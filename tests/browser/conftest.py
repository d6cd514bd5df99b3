"""A headless Chromium that can reach nothing but this machine, and counts who tries."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
HERE = ("file", "data", "blob", "about")


class Visit:
    """A page with what it asked of the world and what it complained about."""

    def __init__(self, context: Any) -> None:
        self.outside: list[str] = []
        self.problems: list[str] = []
        context.route("**/*", self._watch)
        self.context = context
        self.page = context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _watch(self, route: Any) -> None:
        url = urlsplit(route.request.url)
        if url.scheme in HERE or url.hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start Debian's Chromium once for all tests of a worker."""
    found = shutil.which("chromium")
    if found is None and not os.environ.get("CI"):
        pytest.skip("chromium is not on this machine (Debian: apt install chromium)")
    assert found, "chromium is needed for these tests"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        started = playwright.chromium.launch(
            executable_path=found, args=[*FLAGS, f"--disk-cache-dir={profile}"]
        )
        yield started
        started.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Any]:
    """Open a page: ``visit(path_or_url, width=…, dark=…, scripts=…)``."""
    opened: list[Visit] = []

    def go(where: Any, *, width: int = 1280, dark: bool = False, scripts: bool = True) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
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
