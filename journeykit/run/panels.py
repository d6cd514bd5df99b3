"""What a notebook shows: the kit's panels, and what a cell of one's own shows beside them; a failed
one as a page that any browser opens at the failing cell.
"""

import base64
import html
import json
import re
from typing import Any

from journeykit.declared import template
from journeykit.model import Data, Facts, PanelFile, free_name

MIME = "application/vnd.journeykit.panel+json"
SPEC, SVG = "application/vnd.vegalite.v6+json", "image/svg+xml"


def panels(notebook: Any, name: str) -> list[Data]:
    """Gather the panels of a notebook in their order; nothing that a cell draws is dropped.

    A picture that no panel holds becomes a panel of its own, with a word on how to give it a
    title and a sentence; a table, or a chart that only a browser draws, is told of.

    Parameters
    ----------
    notebook : notebook
        As nbformat has it.
    name : str
        Its file without the ending.

    Returns
    -------
    list of dict
        As panels say themselves, with ``spec`` and ``svg``; those of a team's own have ``own``.
    """
    found: list[Data] = []
    number, phase = 0, ""
    for cell in notebook.cells:
        if cell.cell_type != "code" or "injected-parameters" in cell.metadata.get("tags", ()):
            continue
        number += 1  # as JupyterLab counts when all cells are run
        for place, data in enumerate(output.get("data", {}) for output in cell.outputs):
            panel = _panel(data)
            if panel:
                phase = panel["phase"]
                if panel.get("own"):  # it takes the place of nothing of the kit's
                    panel["id"] = free_name(f"own-{panel['id']}", {each["id"] for each in found})
                # The picture stands beside the panel, not in it, so that it is stored once.
                found.append({**panel, "spec": data.get(SPEC), "svg": data.get(SVG)})
            elif own := _own(data, f"cell {number}", name):
                id = f"own-{name}-{number}-{place}"
                found.append({"id": id, "phase": phase, "own": True, **own})
    first = next((panel["phase"] for panel in found if panel["phase"]), name)
    return [{**panel, "phase": panel["phase"] or first} for panel in found]


def _panel(data: Facts) -> Data | None:
    """Read a panel of the kit's; None where there is none, or a cell has made up one."""
    panel: Any = data.get(MIME)
    try:
        panel = json.loads(panel) if isinstance(panel, str) else panel
        PanelFile.model_validate(panel)
    except (ValueError, RecursionError):
        return None
    return dict(panel)


def _own(data: Facts, cell: str, name: str) -> Data | None:
    """Make a panel of what a cell shows without `w.show`; None where that is neither."""
    where = f"C{cell[1:]} of {name} shows"
    if MIME in data:
        return {"title": f"No panel, {cell}", "sentence": f"{where} a panel that cannot be read."}
    picture = next((kind for kind in data if kind.startswith("image/")), "")
    if not picture:
        shown = "".join(data.get("text/html", ""))
        table = 'class="dataframe"' in shown
        if not table and "altair-viz" not in shown and not any("plotly" in kind for kind in data):
            return None
        what, how = ("table", "frame") if table else ("chart", "chart")
        said = f"{where} a {what} that is not in this report; `w.show({how})` puts it in."
        return {"title": f"A {what} of your own, {cell}", "sentence": said}
    drawn = "".join(data[picture])
    named = re.search("<title>(?!Chart<)(.+?)</title>", drawn)
    title = html.unescape(named[1]) if named else f"A picture of your own, {cell}"
    said = f"{where} it without `w.show`: `w.show(chart, title=…, say=…)` gives it title and words."
    if SPEC in data:
        return {"title": title, "sentence": said, "spec": data[SPEC], "svg": drawn}
    if picture == SVG:
        drawn = base64.b64encode(drawn.encode()).decode()
    source = html.escape(f"data:{picture};base64,{drawn}")
    return {
        "title": title,
        "sentence": said,
        "html": f"<img alt='{html.escape(title)}' src='{source}'>",
    }


ANCHOR = "failed-cell"

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def page(notebook: Facts, failed: int | None, title: str) -> str:
    """Draw an executed notebook as plain HTML: sources, texts and the error.

    Parameters
    ----------
    notebook : mapping
        The notebook as its file has it.
    failed : int or None
        Position of the cell that failed, from 0; it gets the anchor ``failed-cell``.
    title : str
        Heading of the page.

    Returns
    -------
    str
        A whole page that loads nothing.
    """
    return template(__file__).render(
        notebook, failed=failed, title=title, anchor=ANCHOR, colours=_COLOURS
    )
