"""Pages that carry everything with them: no request, no foreign script, readable when printed.

``report.html``, what a run found for one persona, phase by phase, is the first of them.
"""

import base64
import functools
import hashlib
import json
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from journeykit.charts import renderer
from journeykit.claims.numbers import name_of
from journeykit.model import PHASES, STATES, WAITS, Data, Facts
from journeykit.numbers import mask
from journeykit.store import write_atomic
from journeykit.words import day, number, people, percent, written

ASSETS = Path(__file__).parent / "assets"
_IN_SHORT = (
    "funnel claims journey-tests weak-spots audience attribution order promises emotions surveys "
    "what-if basket campaigns overview steps"
).split()
_FOUND = "funnel promises attribution emotions order surveys retention basket".split()
"""Which panels may be one of the three findings: the first that have a picture."""
_MOST_COLUMNS = 4
"""A table with more columns gets the whole width."""

_BLANK = {
    **dict.fromkeys(("sentence", "counts", "sql"), ""),
    **dict.fromkeys(("table", "spec", "svg", "html", "sheets", "booklet", "notes")),
    **dict.fromkeys(("map", "wide", "own"), False),
}


@functools.cache
def environment() -> Any:
    """Give what reads the templates of this room."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= {
        each.__name__: each
        for each in (written, percent, number, people, name_of, day, ics, embedded)
    }
    made.globals["words"] = STATES
    return made


def embedded(svg: str) -> str:
    """Give an SVG as an address, for a picture that stands twice on a page."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def ics(words: str) -> str:
    """Escape what means something in a calendar, and leave out what no text may hold."""
    lines = re.sub(r"[\\;,]", r"\\\g<0>", words).splitlines()
    return re.sub("[\0-\x1f\x7f]", " ", r"\n".join(lines))


def page(template: str, path: Path, panels: list[Data], **values: Any) -> Path:
    """Fill a template and write it whole; the charts of ``panels`` are drawn live."""
    # `<` cannot stand in a script: a text in the data could end it.
    specs = {
        panel["anchor"]: json.dumps(panel["spec"], ensure_ascii=False).replace("<", "\\u003c")
        for panel in panels
        if panel["spec"]
    }
    live = (ASSETS / "live.js").read_text("utf-8")
    vega = re.sub(r"</(?=script)", r"<\\/", renderer.javascript(), flags=re.I) if specs else ""
    scripts = [vega, live] if specs else []
    html = (
        environment()
        .get_template(template)
        .render(policy=_policy(scripts), scripts=scripts, panels=panels, specs=specs, **values)
    )
    write_atomic(path, html)
    return path


def _policy(scripts: Iterable[str]) -> str:
    """Allow the two scripts by their hashes, and nothing from anywhere else."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in scripts]
    allowed = " ".join(f"'sha256-{found.decode()}'" for found in hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


def panels_of(panels: Iterable[Facts]) -> list[Data]:
    """Make panels ready to draw: each once (the last one), in the order of the phases."""
    made = {panel["anchor"]: panel for panel in map(anchored, panels)}
    for panel in made.values():
        kind = re.match("(map|to-be)(-|$)", panel["id"])
        panel["map"] = bool(kind and panel["svg"])
        panel["wide"] = panel["map"] or _columns(panel) > _MOST_COLUMNS
    order = {phase: place for place, phase in enumerate(PHASES)}

    return sorted(
        filter(_stands, made.values()),
        key=lambda panel: (
            order.get(panel["phase"], len(order)),
            panel["phase"],
            not re.match("map(-|$)", panel["id"]),
        ),
    )


def _stands(panel: Facts) -> bool:
    """Leave out what was asked (its result stands beside it), and what nobody has answered."""
    id = panel["id"]
    open = not panel["table"] and id in ("decision", "parked", "canvas")
    unanswered = open or panel["sentence"] == WAITS
    return panel["own"] or not (unanswered or re.search("-asked(-|$)", id) or id == "agenda")


def _columns(panel: Facts) -> int:
    """Columns of a table that is shown open, as a hint of its width; many where there is
    nothing.
    """
    table = panel["table"]
    if panel["svg"]:
        return 0
    return len(written(table)["heads"]) if table and table["rows"] else 99


def anchored(panel: Facts) -> Data:
    """Give a panel all keys that the templates ask for."""
    return {**_BLANK, **panel, "anchor": f"{panel['phase']}-{panel['id']}"}


def failure_of(result: Facts, folder: str = "") -> Data | None:
    """Return notebook, error and a link to the failing cell of a run that stopped."""
    for notebook in result["notebooks"]:
        if notebook["status"] != "ok":
            file = notebook.get("link") or notebook.get("file")
            return {
                "name": notebook["name"],
                "error": mask(str(notebook.get("error") or f"{notebook['status']}.")),
                "link": f"{folder}{file}" if file else "",
            }
    return None


def write_report(result: Facts, panels: Iterable[Facts], path: str | Path) -> Path:
    """Write the report of one persona as one file that needs nothing else.

    Parameters
    ----------
    result : mapping
        The content of ``result.json``.
    panels : iterable of mapping
        The panels of the executed notebooks, in their order.
    path : path
        The file to write.

    Returns
    -------
    Path
        The file.
    """
    path = Path(path)
    ready = panels_of(panels)
    short = [panel for panel in ready if panel["id"] in _IN_SHORT and panel["sentence"]]
    name, data = name_of(result), {"gate": None, **(result.get("data") or {})}
    return page(
        "report.html.j2",
        path,
        ready,
        title=f"{name} · {result['workshop']}",
        name=name,
        r={**result, "data": data},
        **front(result, ready),
        sheets=[panel for panel in ready if panel["map"]],
        phases=_phases(ready),
        summary=sorted(short, key=lambda panel: _IN_SHORT.index(panel["id"])),
        failure=failure_of(result),
    )


def front(result: Facts, ready: list[Data]) -> Data:
    """Choose what stands on the first two pages: decisions, the map, findings, verdicts, gaps.

    Parameters
    ----------
    result : mapping
        The content of ``result.json``, or nothing.
    ready : list of dict
        As `panels_of` makes them.
    """
    shown = {panel["id"]: panel for panel in ready if panel["sentence"]}
    found = [shown[id] for id in _FOUND if id in shown and shown[id]["svg"]]
    mine = {
        kind: [
            each
            for each in result.get(kind, ())
            if each["persona"] in (None, result.get("persona"))
        ]
        for kind in ("decisions", "parked")
    }
    claims = {
        verdict: [claim for claim in result.get("claims", ()) if claim["verdict"] == verdict]
        for verdict in ("refuted", "undecided")
    }
    return {
        **mine,
        **claims,
        "the_map": next(iter(_maps(ready)), None),
        "findings": found[:3],
        "first": result.get("weak_spots") and shown.get("weak-spots"),
        "unknown": shown.get("unknowns"),
    }


def _maps(ready: list[Data]) -> list[Data]:
    return [panel for panel in ready if panel["map"] and panel["phase"] == "start-here"]


def _phases(ready: list[Data]) -> list[Data]:
    """Sort the panels into the phases; the map stands before all of them."""
    maps = _maps(ready)
    rest = groupby((panel for panel in ready if panel not in maps), lambda panel: panel["phase"])
    found = [{"id": "the-map", "name": "The map", "panels": maps}] if maps else []
    for phase, mine in rest:
        found.append({"id": phase, "name": PHASES.get(phase, phase), "panels": list(mine)})
    return found
