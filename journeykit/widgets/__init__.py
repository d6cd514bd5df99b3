"""What a team touches in JupyterLab."""

from journeykit.widgets.beliefs import Beliefs, Question, calibration, off_by
from journeykit.widgets.board import Board
from journeykit.widgets.canvas import CANVAS, HEAD, PersonaCanvas, canvas_html
from journeykit.widgets.forms import Field, form, rows_form
from journeykit.widgets.gather import Gather, waiting
from journeykit.widgets.live import Live as Live
from journeykit.widgets.live import Plain as Plain
from journeykit.widgets.timer import Timer, parts_of, slim_html
from journeykit.widgets.walk import FELT, JourneyWalk, walk_html, walk_view
