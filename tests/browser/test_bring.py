"""Files that are brought in a real JupyterLab: chosen, told what they are, used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from journeykit.phases import open_workshop
from journeykit.store import create

from ..propose.exports import team

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]


def test_exports_become_tables(lab: Any, axe: Any, pictures: Any, tmp_path: Path) -> None:
    root = create(lab.root / "bring").root
    opened = f"import journeykit as jk\nw = jk.open_workshop({str(root)!r})"
    nb = lab.open(lab.write("bring.ipynb", opened, "w.start.bring()"))
    nb.run_all()
    form = nb.page.locator(".journeykit-form")
    form.wait_for()
    files = sorted(team(tmp_path / "in").glob("[!.]*"))
    big = tmp_path / "more.csv"  # of several pieces
    big.write_text("a,b\n" + "x,y\n" * 800_000, "utf-8")
    form.get_by_title("Files to bring").set_input_files([*files, big])
    form.get_by_text("7 new in data/.").wait_for(timeout=60_000)
    assert (root / "data/more.csv").read_bytes() == big.read_bytes()
    assert form.get_by_text("rows used: 48 of 50").count() == 1
    pictures(nb, "bring", ".journeykit-form")
    assert axe(nb.page, ".journeykit-form", "label-title-only") == []
    form.get_by_role("button", name="Use these").click()
    form.get_by_text("✓ Saved: ").wait_for(timeout=60_000)
    assert open_workshop(root).all_events.users == 120
