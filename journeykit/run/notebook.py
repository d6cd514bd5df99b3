"""One notebook through Papermill, in a kernel of its own that starts warm and is ended at once.

Papermill reads the notebook, puts the parameters in and marks what failed; its engine
``journeykit``, registered here, is the part between: it starts the kernel (again where a start
fails), tells about each cell, and kills the kernel when the last cell is done, since a polite
shutdown takes half a second. Nothing here changes the folder of the process: each kernel is given
its own, so that notebooks can run in threads.
"""

import base64
import contextlib
import logging
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.iorw import load_notebook_node

from journeykit.model import Data
from journeykit.store import write_atomic
from journeykit.words import people

from .panels import ANCHOR, page, panels
from .results import now

ENGINE = "journeykit"
ATTEMPTS = 3
_MOST_SHOWN = 10_000_000
"""So many letters a cell may show; pictures of the kit have less than a tenth of it."""
_SHOWN = {"data", "text", "evalue", "traceback"}
_ADDRESS = re.compile(r"[\w.+-]{1,64}[@＠][\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PICTURE = re.compile(r"(data:image/svg\+xml;base64,)([A-Za-z0-9+/=]+)")


class WarmNotebookClient(PapermillNotebookClient):
    """Executes the cells of one notebook in a kernel that it makes for itself."""

    make_manager: Callable[[], Any]
    seconds: float

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
        until, self.shown = time.monotonic() + self.seconds, Counter[int]()
        self.timeout_func = lambda _: max(until - time.monotonic(), 0.001)
        with contextlib.suppress(DeadKernelError):  # the cell in which it died says so
            super().execute(**kwargs)

    def output(self, outs: Any, msg: Any, display_id: str, cell_index: int) -> Any:
        """Keep what a cell shows, up to a bound; where it is passed, that is said in its place."""
        before = self.shown[cell_index]
        self.shown[cell_index] += len(str(msg["content"]))
        if self.shown[cell_index] <= _MOST_SHOWN:
            return super().output(outs, msg, display_id, cell_index)
        if before <= _MOST_SHOWN:
            said = f"\njourneykit: more than {_MOST_SHOWN:,} letters; the rest is left out.\n"
            outs.append(nbformat.v4.new_output("stream", name="stderr", text=said))
        return None

    def execute_cell(self, cell: Any, cell_index: int, **kwargs: Any) -> Any:
        """Run one cell; a kernel that died is an error of the cell it died in."""
        try:
            return super().execute_cell(cell, cell_index, **kwargs)
        except (DeadKernelError, CellTimeoutError) as problem:
            name, said = type(problem).__name__, "The kernel ended, or ran out of memory."
            if isinstance(problem, CellTimeoutError):
                said = f"The notebook took longer than {self.seconds:g} seconds (--timeout)."
                run_sync(self.km.provisioner.kill)()  # it would answer nobody
            cell.outputs.append(
                nbformat.v4.new_output("error", ename=name, evalue=said, traceback=[])
            )
            raise CellExecutionError("", name, said) from problem


class WarmEngine(Engine):
    """Papermill's one override point, filled with warm kernels."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, run: Callable[[Any], None], **_: Any
    ) -> None:
        """Execute the notebook that Papermill has prepared.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            Holds the notebook.
        kernel_name : str
            Given by Papermill; the client decides which kernel it is.
        run : callable
            Makes a client and has it execute the notebook.
        **_
            What else Papermill passes on; not needed here.
        """
        run(nb_man)


papermill_engines.register(ENGINE, WarmEngine)
logging.getLogger("papermill").setLevel(logging.ERROR)  # the plan has looked at the parameters


def execute(
    source: Path,
    parameters: Data,
    on_cell: Callable[[float], object],
    make_manager: Callable[[], Any],
    timeout: float,
) -> tuple[Data, Any]:
    """Run one notebook and say how it went.

    Parameters
    ----------
    source : Path
        The notebook; its kernel runs in its folder.
    parameters : dict
        What goes into its parameters cell.
    on_cell : callable
        Told, as a cell begins, how much of the notebook is done.
    make_manager : callable
        Makes the kernel manager of each attempt.
    timeout : float
        Seconds that the notebook may take.

    Returns
    -------
    tuple of dict and notebook
        The outcome, and the executed notebook as far as it came; None where it could not be read.
    """
    executed, began = list[Any](), time.monotonic()

    def run(nb_man: Any) -> None:
        executed.append(nb_man.nb)
        client = WarmNotebookClient(
            nb_man,
            iopub_timeout=120,  # the default of 4 s is not enough for a big output on a busy core
            shell_timeout_interval=1,  # so long is waited for a word of a kernel that died
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(source.parent)}},
            on_cell_start=lambda cell, cell_index: on_cell(cell_index / len(nb_man.nb.cells)),
            log=logging.Logger(ENGINE, logging.CRITICAL),  # what fails stands in the result
        )
        client.make_manager, client.seconds = make_manager, timeout
        client.execute(stdout=subprocess.DEVNULL)

    outcome: Data = {
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
            run=run,
        )
    except Exception as problem:  # whatever it is, the others can still run
        name = getattr(problem, "ename", type(problem).__name__)  # Papermill's has the cell's own
        said = getattr(problem, "evalue", str(problem)).strip().partition("\n")[0]
        outcome |= {"status": "failed", "error": f"{name}: {said}"[:300] if said else name}
    if outcome["status"] == "ok" and (left := _not_run(executed[0])):
        said = f"A cell ended the notebook (SystemExit); {people(left, 'cells')} did not run."
        outcome |= {"status": "failed", "error": said}
    outcome["seconds"] = round(time.monotonic() - began, 3)
    return outcome, executed[0] if executed else None


def _not_run(notebook: Any) -> int:
    """Count the cells behind one that left by `sys.exit`, which Papermill takes for the end."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    meant = [cell for cell in code if "skip-execution" not in cell.metadata.get("tags", ())]
    return sum(cell.execution_count is None for cell in meant)


def without_addresses(shown: Any) -> Any:
    """Mask e-mail addresses in what a cell shows, whoever wrote them, also within pictures."""
    if isinstance(shown, dict):
        return {key: without_addresses(value) for key, value in shown.items()}
    if isinstance(shown, list):
        return [without_addresses(value) for value in shown]
    if not isinstance(shown, str):
        return shown
    shown = _PICTURE.sub(_redrawn, shown)
    return _ADDRESS.sub("[e-mail]", shown)


def _redrawn(found: re.Match[str]) -> str:
    drawn = without_addresses(base64.b64decode(found[2]).decode())
    return found[1] + base64.b64encode(drawn.encode()).decode()


def keep(source: Path, target: Path, outcome: Data, notebook: Any) -> None:
    """Put an executed notebook in its place, and for a failed one a page beside it.

    What it shows goes to the outcome.
    """
    if notebook is None:
        return
    for output in (each for cell in notebook.cells for each in cell.get("outputs", ())):
        output |= {key: without_addresses(output[key]) for key in _SHOWN & output.keys()}
    if "error" in outcome:
        outcome["error"] = without_addresses(outcome["error"])
    notebook.metadata.papermill |= {"input_path": str(source), "output_path": str(target)}
    write_atomic(target, nbformat.writes(notebook))
    place = target.parent.name
    shown = panels(notebook, source.stem)
    outcome |= {"file": f"{place}/{target.name}", "panels": shown}
    if own := {f"{p['phase']}-{p['id']}": p["title"] for p in shown if p.get("own")}:
        outcome["own"] = own
    if outcome["status"] == "ok":
        return
    marks = [cell.metadata.get("papermill", {}).get("exception") for cell in notebook.cells]
    failed = marks.index(True) if True in marks else None
    beside = target.with_suffix(".html")
    write_atomic(beside, page(notebook, failed, f"{source.stem}: stopped at a failing cell"))
    outcome |= {"cell": failed, "link": f"{place}/{beside.name}#{ANCHOR}"}
