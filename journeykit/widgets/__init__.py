"""What a team touches in JupyterLab."""

from journeykit.widgets.canvas import CANVAS, HEAD, PersonaCanvas, canvas_html
from journeykit.widgets.forms import Field, form, rows_form
from journeykit.widgets.live import Live
from journeykit.widgets.timer import Timer, parts_of, slim_html
from journeykit.widgets.walk import FELT, JourneyWalk, script_of, walk_html, walk_view

__all__ = [
    "CANVAS",
    "FELT",
    "HEAD",
    "Field",
    "JourneyWalk",
    "Live",
    "PersonaCanvas",
    "Timer",
    "canvas_html",
    "form",
    "parts_of",
    "rows_form",
    "script_of",
    "slim_html",
    "walk_html",
    "walk_view",
]
