"""What a team touches in JupyterLab."""

from .beliefs import Beliefs, Question, calibration, off_by
from .board import Board
from .canvas import CANVAS, HEAD, PersonaCanvas, canvas_html
from .exports import bring
from .forms import Field, rows_form, stacked
from .gather import Gather, waiting
from .live import Live
from .room import Room
from .rounds import Sheet
from .take_home import take_home
from .timer import Timer, current, parts_of, slim_html
from .walk import FELT, JourneyWalk, walk_html, walk_view
