"""What an executed notebook shows: the kit's panels, and what a cell of one's own shows beside them."""

import base64
import html
import json
from collections.abc import Mapping
from typing import Any

MIME = "application/vnd.journeykit.panel+json"
SPEC, SVG = "application/vnd.vegalite.v6+json", "image/svg+xml"


def panels(notebook: Any, name: str) -> list[dict[str, Any]]:
    """Gather the panels of a notebook in their order; nothing that a cell draws is dropped.

    A picture that no panel holds becomes a panel of its own, with a word on how to give it a
    title and a sentence; a table or a chart that cannot be drawn without a browser is told of.

    Parameters
    ----------
    notebook : notebook
        As nbformat has it.
    name : str
        Its file without the ending.

    Returns
    -------
    list of dict
        As panels say themselves, with ``spec`` and ``svg``; those of one's own have ``own``.
    """
    found: list[dict[str, Any]] = []
    number = 0
    phase = None
    for cell in notebook.cells:
        if cell.cell_type != "code" or "injected-parameters" in cell.metadata.get("tags", ()):
            continue
        number += 1  # as JupyterLab counts when all cells are run
        for place, output in enumerate(cell.outputs):
            data = output.get("data", {})
            if (panel := data.get(MIME)) is not None:
                panel = json.loads(panel) if isinstance(panel, str) else dict(panel)
                phase = panel.get("phase")
                # The picture stands beside the panel, not in it, so that it is stored once.
                found.append({**panel, "spec": data.get(SPEC), "svg": data.get(SVG)})
            elif own := _own(data, f"Cell {number} of {name}"):
                id = f"own-{name}-{number}-{place}"
                found.append({"id": id, "phase": phase, "own": True, **own})
    first = next((panel["phase"] for panel in found if panel["phase"]), name)
    return [{**panel, "phase": panel["phase"] or first} for panel in found]


def _own(data: Mapping[str, Any], where: str) -> dict[str, Any] | None:
    """Make a panel of what a cell shows without `w.show`; None where it is neither."""
    shown = "".join(data.get("text/html", ""))
    picture = next((kind for kind in data if kind.startswith("image/")), None)
    if picture is None:
        table = 'class="dataframe"' in shown
        if not table and "altair-viz" not in shown and not any("plotly" in kind for kind in data):
            return None
        what, how = ("table", "frame") if table else ("chart", "chart")
        said = f"{where} shows a {what} that is not in this report; `w.show({how})` puts it in."
        return {"title": f"A {what} of your own, {_small(where)}", "sentence": said}
    spec = data.get(SPEC) or {}
    title = _title(spec) or f"A picture of your own, {_small(where)}"
    said = f"{where} shows it without `w.show`: `w.show(chart, title=…, say=…)` gives it words."
    if spec and picture == SVG:
        return {"title": title, "sentence": said, "spec": spec, "svg": data[SVG]}
    drawn = "".join(data[picture])
    if picture == SVG:
        drawn = base64.b64encode(drawn.encode()).decode()
    source = f"data:{picture};base64,{drawn}"
    image = f"<img alt='{html.escape(title)}' src='{html.escape(source)}'>"
    return {"title": title, "sentence": said, "html": image}


def _small(where: str) -> str:
    return where[0].lower() + where[1:]


def _title(spec: Mapping[str, Any]) -> str:
    """The title of a chart; Vega-Lite has it as text, as lines, or in a mapping."""
    title = spec.get("title") or ""
    text = title.get("text") or "" if isinstance(title, Mapping) else title
    return text if isinstance(text, str) else " ".join(map(str, text))
