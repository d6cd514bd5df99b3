"""What a team touches in JupyterLab."""

from journeykit.widgets.canvas import CANVAS, HEAD, PersonaCanvas, canvas_html
from journeykit.widgets.forms import Field, form, rows_form
from journeykit.widgets.live import Live

__all__ = ["CANVAS", "HEAD", "Field", "Live", "PersonaCanvas", "canvas_html", "form", "rows_form"]
