"""A failed notebook as a page that any browser opens at the failing cell."""

import re

from journeykit.declared import template
from journeykit.model import Facts

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
