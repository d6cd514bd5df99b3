"""What a widget leaves where no kernel runs: in a batch run, a saved notebook, an exported page,
and on pages that take styles, scripts and drawings out of what others wrote.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bleach
import nbformat
import papermill
import pytest
from nbconvert import HTMLExporter

from journeykit.phases import open_workshop
from journeykit.store import create, desk_of

pytestmark = pytest.mark.xdist_group("stills")

HOSTILE = "<b onclick=alert(1)>Costs come late</b>"
WIDGET = "application/vnd.jupyter.widget-view+json"
STILLS = {
    "w.start.agenda()": ["Objectives and the three customers", "30", "180 minutes in all"],
    "w.weak_spots.timer()": ["40 minutes in the agenda", "Where we lose them"],
    "w.start.board()": ["Pay before the tram reaches her stop", "Awareness", "Size table is tiny"],
    "w.test.ask_to_be()": ["Pays with the wallet of her phone", "added", "Purchase"],
    "w.ux.ask_emotions()": ["Tempted, already picturing it", "Delighted when the ribbon comes off"],
    "w.weak_spots.ask_pains()": ["Size table is tiny and scrolls", "Offer wallet pay"],
    "w.objectives.ask_persona()": [
        "Mobile Maya",
        "Goals",
        "Spend little time and no regret",
        "Payday",
    ],
    "w.test.ask_walk()": [
        "Landing page behind the post",
        "Five pictures, none of them worn",
        "Irma",
    ],
    "w.weak_spots.gather()": [HOSTILE, "The size guide does not help", "1 note of 1 person"],
    "w.weak_spots.guess()": ["20", "10", "40", "held it", "1 of 1 ranges held the truth"],
}
# What code-hosting pages leave of HTML: words, lists, tables, pictures; no style, class or drawing.
KEPT = {
    "a",
    "b",
    "blockquote",
    "br",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "h3",
    "h4",
    "h5",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "small",
    "span",
    "strong",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
ATTRIBUTES = {"th": ["colspan"], "td": ["colspan"], "img": ["src", "alt", "width"]}


def without(tag: str, page: str) -> str:
    return re.sub(rf"<{tag}\b.*?</{tag}>", "", page, flags=re.DOTALL)


def cleaned(page: str) -> str:
    """Leave of HTML what such a page does."""
    page = without("style", without("script", page))
    return str(bleach.clean(page, tags=KEPT, attributes=ATTRIBUTES, protocols=["data"], strip=True))


def readable(page: str) -> str:
    """What a person can read of a page."""
    page = without("style", without("script", page))
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def asked(widget: Any, *changes: tuple[str, str, dict[str, Any]]) -> None:
    ops = [
        {"id": f"s{n}-{kind}-{doc}", "kind": kind, "doc": doc, "by": "p1", "data": data}
        for n, (kind, doc, data) in enumerate(changes)
    ]
    assert widget.take(ops) == [None] * len(ops)


def used(root: Path) -> None:
    """Leave notes, dots and guesses in a workshop, as a team does."""
    w = open_workshop(root, "mobile-maya")
    notes = w.weak_spots.gather()
    note = {"n1": HOSTILE, "n2": "The size guide does not help"}
    asked(
        notes,
        *(
            ("set", f"records/notes/{id}", {"text": text, "author": "Ann"})
            for id, text in note.items()
        ),
        ("reveal", notes.doc, {"number": 1}),
        ("set", "records/notes/n3", {"text": "PRIVATE", "author": "Ann"}),
        ("set", "records/votes/p1", {"author": "Ann", "dots": {"n1": 3}}),
    )
    guesses = w.weak_spots.guess()
    guess = {"question": "lost-1", "number": 1, "guess": 20, "low": 10, "high": 40, "author": "Ann"}
    asked(guesses, ("set", "records/guesses/g1", guess), ("reveal", guesses.doc, {"number": 1}))
    w.desk.save()
    desk_of(w.folder).close()


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run all widgets in a notebook, live and in batch; gives the notebooks as they are saved."""
    place = tmp_path_factory.mktemp("stills")
    root = create(place / "shop", "retail").root
    opened = f"import journeykit as jk\nw = jk.open_workshop({str(root)!r}, 'mobile-maya')"
    made = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        cells=[nbformat.v4.new_code_cell(source) for source in (opened, *STILLS)],
    )
    nbformat.write(made, place / "asked.ipynb")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_LIVE", "1")
        used(root)
        for kind, live in (("saved", "1"), ("batch", "0")):
            patch.setenv("JOURNEYKIT_LIVE", live)
            done = place / f"{kind}.ipynb"
            papermill.execute_notebook(str(place / "asked.ipynb"), str(done), progress_bar=False)
            found[kind] = nbformat.read(done, as_version=4)
    return found


@pytest.fixture(scope="module")
def page_of(notebooks: dict[str, Any]) -> Callable[[str, str], str]:
    """Export one cell of a notebook as nbconvert does: ``page_of(kind, call)``."""

    def page(kind: str, call: str) -> str:
        nb = notebooks[kind]
        alone = nbformat.v4.new_notebook(
            metadata=nb.metadata, cells=[c for c in nb.cells if c.source == call]
        )
        return str(HTMLExporter().from_notebook_node(alone)[0]).partition("<main")[2]

    return page


@pytest.mark.parametrize("call", STILLS)
def test_a_widget_leaves_its_content_wherever_no_kernel_runs(
    notebooks: dict[str, Any], page_of: Callable[[str, str], str], call: str
) -> None:
    for kind, nb in notebooks.items():
        (outputs,) = [cell.outputs for cell in nb.cells if cell.source == call]
        shown = [o.data for o in outputs if WIDGET not in o.data]
        stored = "".join(data.get("text/html", "") for data in shown)
        assert [o.data["text/plain"] for o in outputs if WIDGET in o.data] == (
            [""] if kind == "saved" else []
        )
        drawn = "image/svg+xml" in stored or any("image/svg+xml" in data for data in shown)
        assert drawn or not {
            "Awareness",
            "Purchase",
            "Tempted, already picturing it",
            "Offer wallet pay",
        } & {*STILLS[call]}
        for place, page in {
            "stored": stored,
            "exported": page_of(kind, call),
            "cleaned": cleaned(stored),
        }.items():
            words = readable(page)
            assert [w for w in STILLS[call] if w not in words] == [], (kind, place)
            assert [w for w in ("PRIVATE", "isplaying widget", "{") if w in words] == [], (
                kind,
                place,
            )
            unsafe = "<b onclick" in without("script", page).lower()
            assert not unsafe, (kind, place)
