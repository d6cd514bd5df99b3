"""The form that releases quotes, in a real JupyterLab."""

from __future__ import annotations

from typing import Any

import pytest

from journeykit.store import open_folder

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]


def test_a_tick_releases_a_quote_with_who_and_when(lab: Any, axe: Any, pictures: Any) -> None:
    for path in (lab.root / "records/quotes").glob("*.yaml"):
        path.unlink()
    opened = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
    nb = lab.open(lab.write("quotes.ipynb", opened, "w.weak_spots.ask_quotes()"))
    nb.run_all()
    form = nb.page.locator(".journeykit-form")
    form.wait_for()
    pictures(nb, "quotes", ".journeykit-form")
    tick = form.get_by_role("checkbox").first
    tick.check()
    said = form.get_by_role("alert")
    said.wait_for()
    assert "say first who releases it" in said.inner_text()
    assert open_folder(lab.root).records("quotes") == []
    form.get_by_placeholder("Your name").fill("Bo")
    form.get_by_placeholder("Your name").press("Tab")
    assert lab.within(20, lambda: len(open_folder(lab.root).records("quotes")) == 1)
    assert open_folder(lab.root).records("quotes")[0].author == "Bo"
    assert axe(nb.page, ".journeykit-form", "label-title-only") == []
