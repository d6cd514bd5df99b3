"""What a team touches in JupyterLab."""

from journeykit.widgets.beliefs import Beliefs, Question, calibration
from journeykit.widgets.board import Board
from journeykit.widgets.forms import Field, form, rows_form
from journeykit.widgets.gather import Gather, waiting
from journeykit.widgets.live import Live

__all__ = [
    "Beliefs", "Board", "Field", "Gather", "Live", "Question", "calibration", "form", "rows_form", "waiting",
]
