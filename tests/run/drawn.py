"""All that the eight notebooks show of a workshop, read as a finding and drawn by a browser."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

from journeykit.charts import renderer
from journeykit.phases import OpenWorkshop, Panel
from journeykit.report import write_report
from journeykit.run.results import build_result

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
NO_WORD = re.compile(r"(?<![\w“])(nan|inf|NaT|None|<NA>|-?\d+\.\d{7,})(?![\w”])")


def shown(w: OpenWorkshop, notebook: Path) -> dict[str, Any]:
    """Run the cells of a notebook as a batch run does, and give what each of them shows."""
    found, space = {}, {"w": w}
    cells = [cell for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "code"]
    for cell in cells:
        if not {"parameters", "open"} & {*cell.metadata.get("tags", [])}:
            *lines, last = ast.parse(cell.source).body
            exec(compile(ast.Module(lines, []), notebook.name, "exec"), space)
            # mypy knows a statement only; the last of a cell of the guided notebooks is a question.
            asked = compile(ast.Expression(last.value), notebook.name, "eval")  # type: ignore[attr-defined]
            found[cell.source] = asked, space
    return found


def problems(w: OpenWorkshop) -> dict[str, str]:
    """What raised, what does not read as a finding, and what of the report a browser cannot draw."""
    wrong, panels = {}, []
    for notebook in NOTEBOOKS:
        for source, (asked, space) in shown(w, notebook).items():
            try:
                panel = eval(asked, space)
                if isinstance(panel, Panel):
                    panels.append(drawn(panel))
                    if said := odd(panel):
                        wrong[source] = "; ".join(said)
            except Exception as problem:
                wrong[source] = f"{type(problem).__name__}: {problem}"
    head = {"kind": "persona", "workshop": "Shop", "run_id": "1", "status": "ok", "not_run": []}
    head |= {"persona": w.persona.id, "persona_name": w.persona.name}
    result = build_result(head, [{**ALL, "panels": panels}], {"source": None, "gate": None})
    report = write_report(result, panels, w.folder.root / "report.html")
    if told := script_errors(report):
        wrong["report.html"] = "; ".join(told)
    return wrong


def drawn(panel: Panel) -> dict[str, Any]:
    """A panel as the report finds it in an executed notebook."""
    spec = None if panel.svg or panel.chart is None else renderer.spec(panel.chart)
    svg = panel.svg or (spec and renderer.svg(spec, panel.title, panel.sentence))
    return {**panel.data(), "spec": spec, "svg": svg}


def script_errors(page: Path) -> list[str]:
    """What a browser complains of, and how many charts it does not draw, when all is opened."""
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not chromium:
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        seen, said = browser.new_page(), list[str]()
        seen.on("pageerror", lambda error: said.append(str(error)))
        seen.on("console", lambda told: said.append(told.text) if told.type == "error" else None)
        seen.goto(page.as_uri())
        missing = seen.evaluate(OPEN_ALL)
        browser.close()
    return [*said, *([f"{missing} charts are not drawn"] if missing else [])]


ALL = {"name": "all", "status": "ok", "file": ""}
OPEN_ALL = """async () => {
  document.querySelectorAll('.phase').forEach((part) => { part.open = true; });
  const missing = () => document.querySelectorAll('[data-spec]:not(.drawn)').length;
  for (let n = 0; missing() && n < 200; n += 1) await new Promise((soon) => setTimeout(soon, 100));
  return missing();
}"""


def odd(panel: Panel) -> list[str]:
    told = json.dumps(panel.data(), allow_nan=False)
    if panel.chart is not None:
        made = json.dumps(renderer.spec(panel.chart), allow_nan=False)
        assert len(made) < 3_000_000
        if (
            "NaN"
            in (picture := renderer.bundle(panel.chart, panel.title, panel.sentence))[
                "image/svg+xml"
            ]
        ):
            return [f"NaN in the picture of {len(picture)}"]
    words = [panel.sentence, *panel.notes, panel.counts]
    assert told
    assert panel.sentence
    return [f"{found[0]} in {text!r}" for text in words if (found := NO_WORD.search(text))]
