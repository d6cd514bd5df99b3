"""The Papermill engine ``journeykit``: one fresh kernel per notebook, started warm, ended at once.

Papermill reads the notebook, puts the parameters in and marks what failed; this engine is the
part between: it starts the kernel (again where a start fails), tells about each cell, and kills
the kernel when the last cell is done, since a polite shutdown takes half a second.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

from journeykit.run.kernels import WarmManager

__all__ = ["ENGINE", "WarmEngine"]

ENGINE = "journeykit"
ATTEMPTS = 3

StartManager = Callable[[int], WarmManager]
OnCell = Callable[[int, int], None]


class WarmNotebookClient(PapermillNotebookClient):
    """Executes the cells of one notebook in a kernel that it makes for itself."""

    new_manager: StartManager
    on_cell: OnCell

    @contextlib.contextmanager
    def setup_kernel(self, **kwargs: Any) -> Iterator[None]:
        """Start a kernel, again if need be; kill it whatever happens."""
        for attempt in range(1, ATTEMPTS + 1):
            self.km = self.new_manager(attempt)
            try:
                self.start_new_kernel(stdout=subprocess.DEVNULL, **kwargs)
                self.start_new_kernel_client()
                break
            except (OSError, RuntimeError) as problem:
                if attempt == ATTEMPTS:
                    raise
                self.log.warning("A kernel did not start (%s); trying again.", problem)
        try:
            yield
        finally:
            self._cleanup_kernel()

    def execute(self, **kwargs: Any) -> Any:
        """Run all cells up to the first that fails."""
        self.reset_execution_trackers()
        with self.setup_kernel(**kwargs):
            self.nb.metadata["language_info"] = getattr(self.kc, "language_info", {})
            self.papermill_execute_cells()
            self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **kwargs: Any) -> Any:
        """Run one cell; a kernel that died is an error of the cell it died in."""
        self.on_cell(cell_index, len(self.nb.cells))
        try:
            return super().execute_cell(cell, cell_index, **kwargs)
        except (DeadKernelError, CellTimeoutError) as problem:
            name, said = type(problem).__name__, "The kernel ended, or ran out of memory or time."
            cell.outputs.append(new_output("error", ename=name, evalue=said, traceback=[]))
            raise CellExecutionError("", name, said) from problem


class WarmEngine(Engine):
    """Papermill's one override point, filled with warm kernels."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        new_manager: StartManager,
        on_cell: OnCell,
        on_start: Callable[[Any], None],
        start_timeout: int = 60,
        **kwargs: Any,
    ) -> None:
        """Execute the notebook that Papermill has prepared.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            Holds the notebook.
        kernel_name : str
            Given by Papermill; the manager decides which kernel it is.
        new_manager : callable
            Makes the kernel manager of the numbered attempt.
        on_cell : callable
            Told the position of the cell that begins, and how many there are.
        on_start : callable
            Told the notebook before its first cell, so that a failed one can be kept.
        start_timeout : int
            Seconds that a kernel may take to be ready.
        **kwargs
            What else Papermill passes on; not needed here.
        """
        on_start(nb_man.nb)
        client = WarmNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            iopub_timeout=120,  # the default of 4 s is not enough for a big output on a busy core
            shutdown_kernel="immediate",
            resources={"metadata": {"path": os.getcwd()}},
            log=logging.getLogger("papermill"),
        )
        client.new_manager, client.on_cell = new_manager, on_cell
        client.execute()


papermill_engines.register(ENGINE, WarmEngine)
