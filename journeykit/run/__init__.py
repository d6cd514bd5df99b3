"""The room that executes the guided notebooks: one run per persona, through Papermill.

Every notebook gets a fresh process, forked from a server that has the heavy libraries imported.
"""

from .parent import RunResult, run_workshop
from .progress import ProgressBar, Step
