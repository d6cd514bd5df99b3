"""What a team touches in JupyterLab."""

from journeykit.widgets.forms import Field, form, rows_form
from journeykit.widgets.live import Live

__all__ = ["Field", "Live", "form", "rows_form"]
