"""Files of a team, brought without a terminal: dropped, told what they are, corrected, used."""

import re
from functools import partial
from glob import glob
from html import escape
from pathlib import Path
from secrets import token_hex
from typing import Any

import anywidget
import traitlets
from ipywidgets import HTML, Button, Dropdown, VBox

from journeykit.engine import is_name
from journeykit.errors import JourneykitError, first_line
from journeykit.model import TABLES
from journeykit.propose import Export, join, one_of_each, propose, sort_folder, unused, written
from journeykit.store import Desk

from .forms import STYLE, box
from .joined import STATIC

#: So many bytes a file may have that comes through a browser.
MOST = 200 * 1024 * 1024
_OUT = "left out"


class Drop(anywidget.AnyWidget):
    """Takes files from a browser, piece by piece, into a folder; ``then`` says what they are."""

    _esm, _css = STATIC / "drop.js", STATIC / "drop.css"
    most = traitlets.Int(MOST).tag(sync=True)

    def __init__(self, folder: Path, then: Any) -> None:
        super().__init__()
        self.folder, self._then, self._coming = folder, then, dict[str, Path]()
        self.on_msg(self._heard)

    def _heard(self, _: Any, content: Any, buffers: Any) -> None:
        told = {"id": content["id"]}
        if content.get("end"):
            return self.send({**told, "said": self._then()})
        try:
            self._keep(content, buffers[0])
        except OSError as problem:
            told["why"] = str(problem)
        self.send(told)

    def _keep(self, content: Any, piece: Any) -> None:
        """Add a piece; a file has its name, which nothing else has, once it is whole."""
        id, at, size = f"{content['id']}", int(content["at"]), int(content["size"])
        if not at:
            self.folder.mkdir(exist_ok=True)
            self._coming[id] = self.folder / f".{token_hex(8)}.part"
            self._coming[id].touch(exist_ok=False)
        part = self._coming[id]
        if at != part.stat().st_size or at + len(piece) > min(size, MOST):
            raise OSError("it did not come whole")
        with part.open("ab") as out:
            out.write(piece)
        if at + len(piece) == size:
            # The last of its names, of letters that no system reads in another way; never hidden.
            name = re.split(r"[\\/]", f"{content['name']}")[-1]
            name = re.sub(r"[^\w .()+-]", "_", name)[-100:].strip(". ") or "file"
            part.rename(self.folder / unused(name, self.folder))


class _Bring:
    """The files in ``data/`` and the tables of the workshop, each with what a person can say."""

    def __init__(self, desk: Desk) -> None:
        self.folder, self.exports = desk.folder, list[Export]()
        self.data, self.rows, self.status = desk.folder.root / "data", VBox(), HTML()
        look, self.use = (Button(description=words) for words in ("Look into data/", "Use these"))
        look.on_click(lambda _: self.look())
        self.use.on_click(lambda _: self.keep())
        self.use.layout.display = "none"
        head = HTML(f"<style>{STYLE}</style><h4>Bring what your tools export</h4>")
        parts = [head, Drop(self.data, self.look), look, self.rows, self.use, self.status]
        self.whole = box("form", parts)

    def look(self) -> str:
        """Tell what every file is; the tables that the workshop has come first."""
        root, own = self.folder.root, list[Export]()
        for kind, table in self.folder.workshop().data.items():
            columns = {kind: dict(table.columns)}
            source = table.source if is_name(table.source) else str(root / table.source)
            own.append(Export(table.source, source, kind, columns, table.day_first or None))
        known = [Path(file) for each in own for source in each.files for file in glob(source)]
        found, passed = sort_folder(self.data, {}, None, known)
        # What came now takes the place of what was there: it stands before.
        self.exports, self.own = [*found, *own], own
        why = "; ".join(f"{name}: {reason}" for name, reason in passed.items())
        self.draw(f"Passed over: {why}." if why else "")
        return f"{len(found)} new in data/."

    def draw(self, said: str = "") -> None:
        """Show what each is, and forms to say otherwise."""
        for each in self.exports:
            each.left = _OUT * (each.left == _OUT)
        one_of_each(self.exports)
        join(self.exports)
        self.rows.children = [self._row(each) for each in self.exports]
        self.use.layout.display = "" if any(each.used for each in self.exports) else "none"
        self.status.value = f"<small role='status'>{escape(said)}</small>"

    def _row(self, each: Export) -> Any:
        found, row = each.found, each.row
        facts = ", ".join(f"{key}: {row[key]}" for key in [*row][2:] if row[key])
        problem = str(found.problem or "").partition(" Say it with")[0]
        said = [*each.said, *[problem] * bool(problem)]
        said += [finding.told for finding in found.contract.findings] if found.contract else []
        lines = "".join(f"<br>{escape(words)}" for words in said)
        facts = f"<br>{escape(facts)}" * bool(facts)
        head = HTML(f"<b>{escape(each.name)}</b>{facts}<small>{lines}</small>")
        head.add_class("journeykit-long")
        told = _OUT if each.left else found.kind
        asked = [_choice("What it is", [*TABLES, _OUT], told, partial(self._say, each, ""))]
        taken = found.contract.columns if found.contract else each.columns.get(found.kind, {})
        columns = TABLES[found.kind].columns if found.kind and not each.left else ()
        for n, column in enumerate(columns):
            if n < len(TABLES[found.kind].required) or column.name == "user_id" or column.scales:
                label = column.name if column.scales else column.about or "who"
                options = [*found.columns, *column.scales]
                say = partial(self._say, each, column.name)
                asked.append(_choice(label, options, taken.get(column.name), say))
        return box("line", [head, *asked])

    def _say(self, each: Export, column: str, change: Any) -> None:
        if change["new"] == _OUT:
            each.left = _OUT
        elif column:
            each.told(columns={column: change["new"]})
        else:
            each.told(change["new"])
        self.draw()

    def keep(self) -> None:
        """Write the tables into the workshop; with stages and a funnel where the map is blank."""
        folder, workshop = self.folder, self.folder.workshop()
        data, more = workshop.plain().get("data", {}), dict[str, Any]()
        used = {each.found.kind: each for each in self.exports if each.used}
        journeys = map(folder.journey, folder.journey_ids())
        blank = not any(map(_filled, (*workshop.stages, *journeys)))
        try:
            for kind, each in used.items():
                if each in self.own:
                    data[kind]["columns"] = each.columns[kind]
                else:
                    data |= written([each], folder.root)
            if "events" in used and blank:
                proposed = propose(used["events"].found.table, workshop.name)[0].plain()
                more = {key: proposed[key] for key in ("stages", "goal", "funnel")}
            folder.save(workshop.with_(data=data, **more))
            said = f"✓ Saved: {', '.join(used)}{' with stages and a funnel' * bool(more)}. "
            self.draw(f"{said}Run all cells again to see it in every notebook.")
        except (JourneykitError, OSError) as problem:
            self.draw(f"✗ Not saved: {first_line(problem)}")


def _filled(part: Any) -> bool:
    """Whether a stage has events, or a journey cards."""
    return bool(getattr(part, "events", ()) or getattr(part, "cards", ()))


def _choice(label: str, options: list[str], value: str | None, say: Any) -> Any:
    """A list to choose from, with its name above it."""
    known = value if value in options else None
    chosen = Dropdown(options=options, value=known, tooltip=label, layout={"width": "auto"})
    chosen.observe(say, "value")
    return VBox([HTML(f"<b>{escape(label.capitalize())}</b>"), chosen])


def bring(desk: Desk) -> Any:
    """Give the place for files, what each is, and the button that uses them."""
    return _Bring(desk).whole
