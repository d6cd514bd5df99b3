"""Pictures on paper: one PDF of several sheets, or a PNG, from the SVG that a screen shows.

How something is put on paper, for whoever exports it:

- ``charts.journey_sheets(workshop, persona, journey, format="a3", **held)`` gives the map as a list
  of SVG, one a sheet: every card in full, type of 8 pt or more; ``format="a4"``, a booklet of
  stages.
  ``charts.compare_sheets(workshop, persona, as_is, to_be, format=…)`` does so for a comparison.
- ``w.start.map().sheets`` and ``w.test.to_be().sheets`` are those of A3, as the report prints them.
- ``charts.to_pdf(sheets)`` makes one PDF of them; any other SVG (``charts.svg(chart, title)``) is a
  page of its own size. ``charts.to_png(svg, scale)`` makes a PNG of one.
- What no font has is told: by a warning, or to ``tell``, which is called with a sentence.

Typst shapes the words, finds fonts that have their signs and embeds them; SVG converters do neither
Devanagari nor emoji.
"""

import cmath
import json
import math
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from journeykit.declared import beside

Tell = Callable[[str], object]
"""Is told what is not on the paper, in sentences."""
_LAYOUT = Path(__file__).with_suffix(".typ")
_SVG = "{http://www.w3.org/2000/svg}"
_TEXT = f"{_SVG}text"
_LOOK = "font-size font-weight font-style font-family fill text-anchor text-decoration".split()


def to_pdf(
    svgs: str | Sequence[str],
    tell: Tell = warnings.warn,
    *,
    layout: Path | None = None,
    told: Any = None,
) -> bytes:
    """Make one PDF of pictures, a page for each, fonts embedded (PDF/A-2u).

    Parameters
    ----------
    svgs : str or sequence of str
        SVG, one a page. A size in mm is that of the paper; px are 1/96 inch.
    tell : callable
        Is called with a sentence for each script that no font has; its signs are boxes then.
    layout : Path, optional
        A file of Typst's in the kit that puts them on pages of another kind; it finds ``told``,
        what JSON can hold, in its inputs.

    Examples
    --------
    >>> to_pdf('<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"/>')[:5]
    b'%PDF-'
    """
    pages = [svgs] if isinstance(svgs, str) else svgs
    return bytes(_printed(pages, tell, layout or _LAYOUT, json.dumps(told), format="pdf"))


def to_png(svg: str, scale: float = 1.0, tell: Tell = warnings.warn) -> bytes:
    """Make a PNG of a picture; ``scale`` 2 is sharp on most screens. ``tell`` as for `to_pdf`."""
    return bytes(_printed([svg], tell, format="png", ppi=96 * scale))


def _printed(
    svgs: Sequence[str], tell: Tell, file: Path = _LAYOUT, told: str = "", **how: Any
) -> Any:
    import typst

    given = {"sheets": json.dumps([_sheet(svg) for svg in svgs]), "told": told}
    made = typst.Compiler(file, root=_LAYOUT.parents[1], sys_inputs=given)
    try:
        printed = made.compile(format="pdf", pdf_standards="a-2u")
    except typst.TypstError as error:
        found = re.findall(r"the text `(\".+?\")` could not be displayed", error.diagnostic)
        # A sign that nobody sees is written by its number, as Rust does: \\u{200d}.
        signs = re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), "".join(found))
        for sentence in _missing(signs):
            tell(sentence)
        printed = made.compile(format="pdf")
    return printed if how["format"] == "pdf" else made.compile(**how)


def _missing(signs: Iterable[str]) -> list[str]:
    """Say of which scripts there is no font, and which package brings one."""
    words, lacks = beside(__file__), dict[str, list[tuple[str, str]]]()
    for sign in sorted(set(signs)):
        kind, script = unicodedata.category(sign), unicodedata.name(sign, "OTHER").split()[0]
        if sign.isascii() or kind == "Cf":  # what joins other signs is not seen itself
            continue
        script = "EMOJI" if kind in ("So", "Sk") else script
        package = words["packages"].get(script, words["packages"]["others"])
        lacks.setdefault(package, []).append((script.capitalize().replace("Cjk", "CJK"), sign))
    return [
        words["missing"].format(
            scripts=", ".join(dict(found)),
            signs="".join(sign for _, sign in found[:12]) + "…" * (len(found) > 12),
            package=package,
        )
        for package, found in lacks.items()
    ]


def _sheet(svg: str) -> dict[str, Any]:
    """Take a picture apart: its shapes as SVG, and its lines of text with where they stand."""
    root, lines = ElementTree.fromstring(svg), list[dict[str, Any]]()
    size = re.fullmatch(r"([\d.]+)(mm)?(?:px)?", root.get("width", "1"))
    width = float(size[1]) * (72 / 25.4 if size[2] else 0.75) if size else 1.0
    box = (root.get("viewBox") or f"0 0 {root.get('width')} {root.get('height')}").split()
    _lift(root, 0, 1, {}, lines)
    return {
        "wide": float(box[2]),
        "high": float(box[3]),
        "unit": width / float(box[2]),
        "title": root.findtext(f"{_SVG}title") or "Picture",
        "shapes": ElementTree.tostring(root, "unicode"),
        "lines": lines,
    }


def _lift(
    node: ElementTree.Element, place: complex, turn: complex, look: Any, lines: list[Any]
) -> None:
    """Move all texts of a part into the lines: a point at z lies at place + turn * z."""
    for kind, inside in re.findall(r"(\w+)\(([^)]*)\)", node.get("transform", "")):
        numbers = [float(each) for each in re.findall(r"-?[\d.]+(?:e-?\d+)?", inside)]
        if kind == "translate":
            place += turn * complex(*numbers)
        else:
            turn *= numbers[0] if kind == "scale" else cmath.rect(1, math.radians(numbers[0]))
    look = look | {name: node.get(name) for name in _LOOK if name in node.attrib}
    if node.tag == _TEXT:
        lines += _written(node, place, turn, look)
        return
    for child in [*node]:
        _lift(child, place, turn, look, lines)
        if child.tag == _TEXT:
            node.remove(child)


def _written(
    text: ElementTree.Element, place: complex, turn: complex, look: Any
) -> Iterable[dict[str, Any]]:
    x = y = 0.0
    for part in (text, *text):
        x = float(part.get("x", x))
        y = float(part.get("y", y)) + float(part.get("dy", 0))
        if not (part.text or "").strip():
            continue
        at = place + turn * complex(x, y)
        weight = look.get("font-weight", "400")
        yield {
            "x": at.real,
            "y": at.imag,
            "angle": cmath.phase(turn),
            "size": float(look.get("font-size", "16").removesuffix("px")) * abs(turn),
            "weight": int(weight) if weight.isdigit() else weight.replace("normal", "regular"),
            "style": look.get("font-style", "normal"),
            "fill": look.get("fill", "#000000"),
            "anchor": {"middle": 0.5, "end": 1}.get(look.get("text-anchor", ""), 0),
            "fonts": re.findall(r"[^,'\"]*[^,'\"\s]", look.get("font-family", "")),
            "line": look.get("text-decoration", ""),
            "words": part.text,
        }
