"""The persona canvas: who the customer is, in the team's words, beside what the data says."""

import itertools
from collections.abc import Sequence
from html import escape

from journeykit.declared import beside
from journeykit.model import Persona
from journeykit.store import Desk
from journeykit.words import between, percent

from .live import Live, Plain, table_html

_WORDS = beside(__file__)
HEAD: dict[str, str] = _WORDS["head"]
"""What stands above the fields, in words."""
CANVAS: dict[str, list[str]] = _WORDS["fields"]
"""Field of the canvas to its words and the question that it asks."""


class PersonaCanvas(Live):
    """A persona to write on, field by field; every item is a sticky note.

    Parameters
    ----------
    desk : Desk
    persona_id : str
    profile : mapping
        What the data says: ``rows`` (``trait``, ``share``, ``low``, ``high``, ``all`` from 0 to 1,
        ``small``), ``counts`` (what is counted, in words) and ``said`` where there are no rows.
    """

    name = "canvas"

    def __init__(self, desk: Desk, persona_id: str, profile: Plain) -> None:
        self.doc, self._profile = f"personas/{persona_id}", profile
        facts = {
            "doc": self.doc,
            "head": HEAD,
            "fields": [(key, *told) for key, told in CANVAS.items()],
            "profile": profile,
            "tones": _WORDS["tones"],
        }
        super().__init__(desk, [self.doc], facts)

    def view(self) -> Plain:
        """Say what stands on the canvas."""
        persona = self.desk.get(self.doc)
        return {
            "head": {key: getattr(persona, key) for key in HEAD if persona},
            "fields": {key: [*getattr(persona.canvas, key)] for key in CANVAS if persona},
        }

    def still(self) -> str:
        """Draw the canvas as a poster."""
        persona = self.desk.get(self.doc)
        return canvas_html(persona, self._profile) if persona else ""


# --- the same, still ------------------------------------------------------------------------------

_STYLE = """<style>
.jk-poster{background:#fff;color:#1b2733;border:1px solid #c9d1d9;border-radius:10px;
 padding:1em 1.2em;max-width:70em;font:14px/1.4 system-ui,sans-serif;overflow-wrap:anywhere}
.jk-poster h4{margin:0;font-size:1.5em}
.jk-poster blockquote{margin:.4em 0 1em;font-size:1.1em;font-style:italic;
 border-left:4px solid #0072b2;padding-left:.7em;color:#1b2733}
.jk-poster .jk-fields{columns:15em;column-gap:1em}
.jk-poster .jk-field{break-inside:avoid;margin:0 0 1em;padding-top:.35em;border-top:4px solid}
.jk-poster h5{margin:0 0 .3em;font-size:1em}.jk-poster ul{margin:0;padding-left:1.2em}
.jk-poster em{color:#5b6773}.jk-poster table{border-collapse:collapse;font-size:.95em}
.jk-poster td,.jk-poster th{text-align:left;padding:.15em .8em .15em 0;
 color:#1b2733;background:#fff}
@media print{.jk-poster{font-size:11px}.jk-poster .jk-fields{columns:13em}}
</style>"""


def canvas_html(persona: Persona, profile: Plain) -> str:
    """Draw the canvas of a persona as HTML, for paper and wherever no kernel runs.

    Examples
    --------
    >>> "&lt;b&gt;" in canvas_html(Persona(id="maya", name="<b>Maya"), {"rows": []})
    True
    """
    fields = "".join(
        f"<div class='jk-field' style='border-color:{tone}'><h5>{escape(label)}</h5>"
        f"{_list(getattr(persona.canvas, key))}</div>"
        for tone, (key, (label, _)) in zip(itertools.cycle(_WORDS["tones"]), CANVAS.items())
    )
    quote = f"<blockquote>“{escape(persona.quote)}”</blockquote>" if persona.quote else ""
    return (
        f"{_STYLE}<div class='jk-poster'><h4>{escape(persona.name)}</h4>"
        f"<p style='margin:.2em 0 .6em'>{escape(persona.tagline)}</p>{quote}"
        f"<div class='jk-fields'>{fields}</div>{_profile(profile)}</div>"
    )


def _list(items: Sequence[str]) -> str:
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<ul>{listed}</ul>" if listed else "<em>Nothing yet</em>"


def _profile(profile: Plain) -> str:
    rows = [
        f"<tr><td>{escape(row['trait'])}</td><td><b>{percent(row['share'])}</b> "
        f"({between(row['low'], row['high'])})"
        f"{' ⚠ few' if row['small'] else ''}</td><td>{percent(row['all'])}</td></tr>"
        for row in profile.get("rows") or ()
    ]
    if not rows:
        return f"<p><em>{escape(str(profile.get('said', '')))}</em></p>"
    drawn = table_html(("Trait", "This persona (95% interval)", "Everybody"), rows)
    return f"<h5>What the data says</h5>{drawn}<p><em>{escape(profile['counts'])}</em></p>"
