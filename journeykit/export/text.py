"""A workshop as Markdown, and its maps as diagrams of Mermaid.

What somebody wrote stays text in both: signs that mean something there are escaped.
"""

import re

from journeykit.charts.drawing.theme import clean
from journeykit.charts.poster.svg import feeling
from journeykit.declared import template
from journeykit.words import day, written

from .told import Told


def escaped(text: object) -> str:
    r"""Escape what Markdown, a cell of its tables or HTML would read as more than text.

    Examples
    --------
    >>> print(escaped("a|b <i>*now*</i>\n# x"))
    a\|b \<i\>\*now\*\</i\> \# x
    >>> escaped("1. see https://a.example")
    '&#49;. see https&#58;//a.example'
    """
    one = " ".join(clean(str(text)).split())
    one = re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", one)
    # What would begin a list or a rule, or become a link, is written by its number.
    own = re.compile(r"^[-+=]|^\d(?=\d*[.)](\s|$))|(?<=\w):(?=//)|(?<=www)\.(?=\w)|(?<=\w)@(?=\w)")
    return own.sub(lambda sign: f"&#{ord(sign[0])};", one)


def signs(text: object) -> str:
    """Write the signs of a text that Mermaid could read as its own by their numbers.

    A word by which a line of its journeys begins is one of these, too.

    Examples
    --------
    >>> signs("title: 50% [off]")
    '#116;itle#58; 50#37; #91;off#93;'
    """
    one = " ".join(clean(str(text)).split())
    taken = re.compile(r"[^\w ,.?'–’“”…★]|^(?=title|section|acc|journey|end)\w", re.I)
    return taken.sub(lambda sign: f"#{ord(sign[0])};", one) or "–"


def _filled(told: Told, kind: str) -> str:
    made = template(
        __file__, kind, md=escaped, mmd=signs, day=day, written=written, feeling=feeling
    )
    return f"{made.render(told=told).strip()}\n"


def md(told: Told) -> str:
    """Write what was decided, the maps by stage and lane, what was found, and the gate."""
    return _filled(told, "md")


def mermaid(told: Told) -> str:
    """Draw each map: how it feels as a journey, and a chart with every card."""
    return _filled(told, "mmd")
