"""A failed notebook as a page that any browser opens at the failing cell."""

import html
import re
from collections.abc import Iterator

from journeykit.model import Facts

ANCHOR = "failed-cell"

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#222;background:#fff}pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.7rem;"
    "border-radius:4px;background:#f4f4f2;font-size:14px}.failed{border-left:6px solid #b3261e;"
    "padding-left:1rem}.failed pre.error{background:#fdecea}.text{white-space:pre-wrap}"
)


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
    parts = [
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{html.escape(title)}</title>",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        f"<style>{_STYLE}</style><h1>{html.escape(title)}</h1>",
    ]
    for position, cell in enumerate(notebook["cells"]):
        mark = f" id='{ANCHOR}' class='failed'" if position == failed else ""
        parts.append(f"<section{mark}>{''.join(_cell(cell))}</section>")
    return "\n".join(parts) + "</html>\n"


def _cell(cell: Facts) -> Iterator[str]:
    source = html.escape("".join(cell["source"]))
    if cell["cell_type"] != "code":
        yield f"<div class='text'>{source}</div>"
        return
    yield f"<pre>{source}</pre>"
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            trace = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
            yield f"<pre class='error'>{html.escape(_COLOURS.sub('', trace))}</pre>"
        elif text := output.get("text") or output.get("data", {}).get("text/plain"):
            yield f"<pre>{html.escape(''.join(text))}</pre>"
