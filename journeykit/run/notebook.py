"""One notebook through Papermill, in a kernel of its own that starts warm and is ended at once.

Papermill reads the notebook, puts the parameters in and marks what failed; its engine
``journeykit``, registered here, is the part between: it starts the kernel (again where a start
fails), tells about each cell, and kills the kernel when the last cell is done, since a polite
shutdown takes half a second. Nothing here changes the folder of the process: each kernel is given
its own, so that notebooks can run in threads.
"""

import contextlib
import logging
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node

from journeykit.run.failure import ANCHOR, page
from journeykit.run.panels import panels
from journeykit.run.results import now
from journeykit.store import write_atomic

ENGINE = "journeykit"
ATTEMPTS = 3
OnCell = Callable[[int, int], None]


class WarmNotebookClient(PapermillNotebookClient):
    """Executes the cells of one notebook in a kernel that it makes for itself."""

    make_manager: Callable[[], Any]
    on_cell: OnCell

    def create_kernel_manager(self) -> Any:
        """Make the manager of a kernel that is not started yet."""
        self.km = self.make_manager()
        return self.km

    def start_new_kernel(self, **kwargs: Any) -> None:
        """Start a kernel and its client, again if need be."""
        for attempt in range(ATTEMPTS):
            try:
                super().start_new_kernel(**kwargs)
                self.start_new_kernel_client()
                return
            except (OSError, RuntimeError):
                if attempt + 1 == ATTEMPTS:
                    raise
                self.create_kernel_manager()

    def execute(self, **kwargs: Any) -> None:
        """Run all cells up to the first that fails."""
        with contextlib.suppress(DeadKernelError):  # the cell in which it died says so
            super().execute(**kwargs)

    def execute_cell(self, cell: Any, cell_index: int, **kwargs: Any) -> Any:
        """Run one cell; a kernel that died is an error of the cell it died in."""
        self.on_cell(cell_index, len(self.nb.cells))
        try:
            return super().execute_cell(cell, cell_index, **kwargs)
        except (DeadKernelError, CellTimeoutError) as problem:
            name, said = type(problem).__name__, "The kernel ended, or ran out of memory or time."
            cell.outputs.append(
                nbformat.v4.new_output("error", ename=name, evalue=said, traceback=[])
            )
            raise CellExecutionError("", name, said) from problem


class WarmEngine(Engine):
    """Papermill's one override point, filled with warm kernels."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        executed: list[Any],
        make_manager: Callable[[], Any],
        on_cell: OnCell,
        folder: Path,
        start_timeout: int = 60,
        **_: Any,
    ) -> None:
        """Execute the notebook that Papermill has prepared.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            Holds the notebook.
        kernel_name : str
            Given by Papermill; the manager decides which kernel it is.
        executed : list
            Gets the notebook before its first cell, so that a failed one can be kept.
        make_manager : callable
            Makes the kernel manager of each attempt.
        on_cell : callable
            Told the position of the cell that begins, and how many there are.
        folder : Path
            Where the kernel runs.
        start_timeout : int
            Seconds that a kernel may take to be ready.
        **_
            What else Papermill passes on; not needed here.
        """
        executed.append(nb_man.nb)
        client = WarmNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            iopub_timeout=120,  # the default of 4 s is not enough for a big output on a busy core
            shell_timeout_interval=1,  # so long is waited for a word of a kernel that died
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(folder)}},
            log=logging.Logger(ENGINE, logging.CRITICAL),  # what fails stands in the result
        )
        client.make_manager, client.on_cell = make_manager, on_cell
        client.execute(stdout=subprocess.DEVNULL)


papermill_engines.register(ENGINE, WarmEngine)
logging.getLogger("papermill").setLevel(logging.ERROR)  # the plan has looked at the parameters


def execute(
    source: Path, parameters: dict[str, Any], on_cell: OnCell, make_manager: Callable[[], Any]
) -> tuple[dict[str, Any], Any]:
    """Run one notebook and say how it went.

    Returns
    -------
    tuple of dict and notebook
        The outcome with its panels, and the executed notebook; None where it could not be read.
    """
    executed: list[Any] = []
    began = time.monotonic()
    outcome: dict[str, Any] = {
        "name": source.stem,
        "status": "ok",
        "started": now(),
        "file": None,
        "panels": [],
    }
    try:
        papermill.execute_notebook(
            load_notebook_node(str(source)),
            None,
            parameters=parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            executed=executed,
            make_manager=make_manager,
            on_cell=on_cell,
            folder=source.parent,
        )
    except PapermillExecutionError as problem:
        outcome |= {"status": "failed", "error": _sentence(problem.ename, problem.evalue)}
    except Exception as problem:  # whatever it is, the others can still run
        outcome |= {"status": "failed", "error": _sentence(type(problem).__name__, str(problem))}
    outcome["seconds"] = round(time.monotonic() - began, 3)
    return outcome, executed[0] if executed else None


def _sentence(name: str, value: str) -> str:
    first = (value.strip().splitlines() or [""])[0]
    return f"{name}: {first}"[:300] if first else name


def keep(source: Path, target: Path, outcome: dict[str, Any], notebook: Any) -> None:
    """Put an executed notebook in its place, and for a failed one a page beside it.

    What it shows goes to the outcome.
    """
    if notebook is None:
        return
    notebook.metadata.papermill |= {"input_path": str(source), "output_path": str(target)}
    write_atomic(target, nbformat.writes(notebook))
    place = target.parent.name
    shown = panels(notebook, source.stem)
    outcome |= {"file": f"{place}/{target.name}", "panels": shown}
    own = [panel for panel in shown if panel.get("own")]
    if own:
        outcome["own"] = {f"{panel['phase']}-{panel['id']}": panel["title"] for panel in own}
    if outcome["status"] == "ok":
        return
    marks = [cell.metadata.get("papermill", {}).get("exception") for cell in notebook.cells]
    failed = marks.index(True) if True in marks else None
    beside = target.with_suffix(".html")
    write_atomic(beside, page(notebook, failed, f"{source.stem}: stopped at a failing cell"))
    outcome |= {"cell": failed, "link": f"{place}/{beside.name}#{ANCHOR}"}
