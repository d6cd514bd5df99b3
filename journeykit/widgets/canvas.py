"""The persona canvas: who the customer is, in the team's words, beside what the data says."""

from journeykit.declared import beside, template
from journeykit.model import WAITS, Data, Persona
from journeykit.store import Desk
from journeykit.words import between, percent

from .live import Live

_TONES, HEAD, CANVAS = beside(__file__).values()
"""Colours of the fields; what stands above them; each field with its words and its question."""


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

    def __init__(self, desk: Desk, persona_id: str, profile: Data) -> None:
        self.doc, self._profile = f"personas/{persona_id}", profile
        facts = {
            "doc": self.doc,
            "head": HEAD,
            "fields": [(key, *told) for key, told in CANVAS.items()],
            "profile": profile,
            "tones": _TONES,
        }
        super().__init__(desk, [self.doc], facts)

    def view(self) -> Data:
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


def canvas_html(persona: Persona, profile: Data) -> str:
    """Draw the canvas of a persona as HTML, for paper and wherever no kernel runs.

    Examples
    --------
    >>> "&lt;b&gt;" in canvas_html(Persona(id="maya", name="<b>Maya"), {"rows": []})
    True
    """
    return template(__file__).render(
        fields=CANVAS,
        tones=_TONES,
        percent=percent,
        between=between,
        persona=persona,
        profile=profile,
        waits=WAITS,
    )
