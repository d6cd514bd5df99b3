"""What a team touches in JupyterLab."""

from journeykit.widgets.forms import Field, form, rows_form

__all__ = ["Field", "form", "rows_form"]
