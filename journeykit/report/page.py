"""Pages that carry everything with them: no request, no foreign script, readable when printed."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from journeykit.charts import renderer
from journeykit.model import PHASES
from journeykit.store import write_atomic
from journeykit.words import written

__all__ = ["anchored", "day", "link", "page", "panels_of"]

ASSETS = Path(__file__).parent / "assets"
WORDS = {"ok": "complete", "failed": "failed", "interrupted": "interrupted"}
_FIRST = ("map",)
_MOST_COLUMNS = 4
"""A table with more columns gets the whole width."""


@functools.cache
def _environment() -> Any:
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters["written"] = written
    made.globals.update(words=WORDS)
    return made


def page(template: str, path: Path, specs: Iterable[Mapping[str, Any]], **values: Any) -> Path:
    """Fill a template and write it whole; ``specs`` are the charts that are drawn live."""
    # `<` cannot stand in a script: a text in the data could end it.
    listed = [json.dumps(spec, ensure_ascii=False).replace("<", "\\u003c") for spec in specs]
    scripts = (
        [_script(renderer.javascript()), (ASSETS / "live.js").read_text("utf-8")] if listed else []
    )
    html = (
        _environment()
        .get_template(template)
        .render(
            css=(ASSETS / "style.css").read_text("utf-8"),
            policy=_policy(scripts),
            vega=scripts[0] if scripts else "",
            live=scripts[1] if scripts else "",
            specs=listed,
            **values,
        )
    )
    write_atomic(path, html)
    return path


def _script(text: str) -> str:
    return re.sub(r"</(?=script)", r"<\\/", text, flags=re.IGNORECASE)


def _policy(scripts: Iterable[str]) -> str:
    """Allow the two scripts by their hashes, and nothing from anywhere else."""
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in scripts
    ]
    allowed = " ".join(hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


def panels_of(panels: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Make panels ready to draw: each once (the last one), with an anchor and a number."""
    by_place = {(panel["phase"], panel["id"]): panel for panel in panels}
    made = []
    for (_, id), panel in by_place.items():
        if _only_in_the_notebook(panel):
            continue
        ready = anchored(panel)
        ready["map"] = id in ("map", "to-be") and bool(ready["svg"])
        ready["wide"] = ready["map"] or _columns(panel) > _MOST_COLUMNS
        made.append(ready)
    order = list(PHASES)
    made.sort(
        key=lambda p: (
            order.index(p["phase"]) if p["phase"] in order else len(order),
            p["id"] not in _FIRST,
        )
    )
    number = 0
    for ready in made:
        if ready["spec"]:
            number += 1
        ready["number"] = number
    return made


def _only_in_the_notebook(panel: Mapping[str, Any]) -> bool:
    """Leave out what was asked (its result stands beside it), and what nobody has answered."""
    id = panel["id"]
    unanswered = not panel.get("table") and id in ("decision", "canvas")
    return unanswered or id.endswith("-asked") or id == "agenda"


def _columns(panel: Mapping[str, Any]) -> int:
    """Columns of a table that is shown open, as a hint of its width; many where there is nothing."""
    table = panel.get("table")
    if panel.get("svg"):
        return 0
    return len(written(table)["heads"]) if table and table["rows"] else 99


def anchored(panel: Mapping[str, Any]) -> dict[str, Any]:
    """Give a panel all keys that the templates ask for."""
    blank: dict[str, Any] = dict.fromkeys(("sentence", "counts", "sql"), "")
    blank |= {"notes": [], "table": None, "spec": None, "svg": None, "html": None, "sheet": None}
    return {
        **blank,
        "map": False,
        "wide": False,
        **panel,
        "anchor": f"{panel['phase']}-{panel['id']}",
    }


def link(path: Path, start: Path) -> str:
    """Return a relative link that works from a folder opened anywhere."""
    from urllib.parse import quote

    return quote(os.path.relpath(path, start).replace(os.sep, "/"))


def day(stamp: Any) -> str:
    """Write a day as people do; what is no date stays as it is.

    Examples
    --------
    >>> day("2026-01-05T00:12:44")
    '5 Jan 2026'
    """
    try:
        found = dt.date.fromisoformat(str(stamp)[:10])
    except ValueError:
        return str(stamp)
    return f"{found.day} {found:%b %Y}"
