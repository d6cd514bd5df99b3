"""What a team touches in JupyterLab."""

from journeykit.widgets.board import Board
from journeykit.widgets.forms import Field, form, rows_form
from journeykit.widgets.live import Live

__all__ = ["Board", "Field", "Live", "form", "rows_form"]
