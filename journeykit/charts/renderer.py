"""Pictures that need no internet: SVG for the page, and the spec to draw it live from.

JupyterLab shows the SVG (it knows Vega-Lite only up to version 5), a report finds the spec.
"""

import copy
import html
import json
import re
import threading
from functools import lru_cache
from typing import Any

from .drawing.theme import Spec, config

MIME = "application/vnd.vegalite.v6+json"
_VERSION = "6.4"  # the Vega-Lite that altair 6 writes for


def use() -> None:
    """Switch Altair to the kit's theme and to pictures that work offline.

    A theme or renderer that someone chose themselves stays. Safe to call again.

    Examples
    --------
    >>> import altair as alt
    >>> from journeykit import charts
    >>> charts.use()
    >>> "journeykit" in alt.renderers.names()
    True
    """
    import altair as alt

    if "journeykit" not in alt.theme.names():
        ours: Any = alt.theme.register("journeykit", enable=False)
        ours(lambda: {"config": config()})
        alt.renderers.register("journeykit", lambda made, **_: bundle(made, *_said(made)))
    if alt.theme.active == "default":
        alt.theme.enable("journeykit")
    if alt.renderers.active == "default":
        alt.renderers.enable("journeykit")


def spec(chart: Any) -> Spec:
    """Write a chart's Vega-Lite v6 spec, with the kit's theme in it; a spec is taken as it is.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeykit import charts
    >>> picture = charts.nps(pd.DataFrame({"measure": ["nps"], "score": [12], "n": [80]}))
    >>> spec(picture)["$schema"]
    'https://vega.github.io/schema/vega-lite/v6.4.1.json'
    """
    if isinstance(chart, dict):
        return copy.deepcopy(chart)
    use()
    return dict(chart.to_dict(validate=False))


def svg(chart: Any, title: str, description: str = "") -> str:
    """Draw a chart as SVG that a screen reader can tell: role, title and description.

    Parameters
    ----------
    chart : altair chart, or dict
        What to draw.
    title : str
        What the picture shows, in a few words.
    description : str
        Its finding in a sentence.

    Returns
    -------
    str
        Scales down where the page is narrower. The first picture of a process costs half a
        second more (see `warm_up`).
    """
    made = spec(chart)
    made.setdefault("config", {})["aria"] = False  # one description instead of one per mark
    head, rest = _draw(json.dumps(made, default=str, ensure_ascii=False)).split(">", 1)
    words = f"<title>{html.escape(title)}</title><desc>{html.escape(description)}</desc>"
    return f'{head} role="img" style="max-width:100%;height:auto">{words}{rest}'


def bundle(chart: Any, title: str, description: str = "") -> Spec:
    """Everything a notebook may show of a chart, by mime type: spec, SVG, text.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeykit import charts
    >>> picture = charts.nps(pd.DataFrame({"measure": ["nps"], "score": [12], "n": [80]}))
    >>> sorted(bundle(picture, "NPS", "NPS is 12."))
    ['application/vnd.vegalite.v6+json', 'image/svg+xml', 'text/plain']
    """
    made = spec(chart)
    return {
        MIME: made,
        "image/svg+xml": svg(made, title, description),
        "text/plain": f"{title}. {description}".strip(),
    }


def javascript() -> str:
    """Return the scripts that draw specs in a browser (``vegaEmbed``), to be embedded once."""
    import vl_convert

    return vl_convert.javascript_bundle(vl_version=_VERSION)  # type: ignore[call-arg]


def warm_up() -> threading.Thread:
    """Start the drawing engine in the background, so that the first picture is quick.

    Call it after a fork, never before one.
    """
    thread = threading.Thread(
        target=_draw,
        args=('{"mark": "point", "data": {"values": []}}',),
        name="journeykit-charts",
        daemon=True,
    )
    thread.start()
    return thread


@lru_cache(maxsize=64)
def _draw(made: str) -> str:
    """Draw a spec, as JSON in letters.

    Vega cuts a label that is too long between two halves of an emoji and then draws nothing: such
    a letter is one of Unicode's private ones meanwhile, with a space that makes it as wide.
    """
    import vl_convert

    made = re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", made)
    found = set(re.findall("[\U00010000-\U0010ffff]", made))
    wide = dict(zip(sorted(found), _private(made), strict=False))
    for letter, private in wide.items():
        made = made.replace(letter, f"{private}\u2002")
    drawn = vl_convert.vegalite_to_svg(made, vl_version=_VERSION, allowed_base_urls=[])
    for letter, private in wide.items():
        drawn = drawn.replace(f"{private}\u2002", letter).replace(private, letter)
    return drawn


def _private(made: str) -> list[str]:
    return [private for private in map(chr, range(0xE000, 0xF900)) if private not in made]


def _said(made: Spec) -> tuple[str, str]:
    """Title and subtitle that a spec carries, as words."""
    title = made.get("title") or {}
    title = title if isinstance(title, dict) else {"text": title}
    parts = [title.get(key) or "" for key in ("text", "subtitle")]
    head, below = [" ".join(part) if isinstance(part, list) else str(part) for part in parts]
    return head or "Chart", below
