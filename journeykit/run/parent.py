"""A run: notebooks are shared out, what they show is collected, results and reports are written.

One process, a few threads, and for every notebook a kernel process. Only this process writes
``result.json``, so that there is a whole one whatever happens to a kernel.
"""

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

from journeykit.model import Data, Facts, worst
from journeykit.store import carry

from . import forks
from .plan import COMPARE, Plan, make_plan, new_folder
from .progress import Line, Step, make_lines
from .results import build_result, now, write_result

OnPersona = Callable[[Data, list[Data], Path], object]


class RunResult(NamedTuple):
    """A finished run.

    Attributes
    ----------
    folder : Path
        ``runs/<run-id>``.
    status : str
        ``ok``, ``failed`` (at least one persona or the comparison), ``closed`` (the data did not
        pass the gate) or ``interrupted``.
    results : list of dict
        The content of each persona's ``result.json``, in the order asked for.
    compare : dict or None
        The same for the notebook that compares them.
    """

    folder: Path
    status: str
    results: list[Data]
    compare: Data | None

    @property
    def exit_code(self) -> int:
        """What a command should end with: 0, 1 for failed, 2 for closed, 130 for interrupted."""
        return {"ok": 0, "failed": 1, "closed": 2, "interrupted": 130}[self.status]


def run_workshop(
    workshop_dir: str | Path,
    personas: Iterable[str] | None = None,
    *,
    progress: Callable[[Step], object] = lambda _: None,
    prepare: Callable[..., Facts] = lambda *_, **__: {},
    on_persona: OnPersona = lambda *_: None,
    on_finished: Callable[[RunResult], object] = lambda _: None,
    **asked: Any,
) -> RunResult:
    """Execute a workshop's notebooks for its personas, each notebook in a fresh process.

    Parameters
    ----------
    workshop_dir : str or Path
        The workshop folder.
    personas : iterable of str, optional
        Their ids; all where none is given.
    progress : callable, optional
        Told each `Step` of the run, one at a time and from any thread; `ProgressBar` for one.
    prepare : callable, optional
        Called as ``prepare(workshop, data=, since=, until=, journey=, personas=)`` before any
        kernel starts; reads the data once and may return ``{"workshop": name, "data": {...},
        "journeys": [...]}`` for the results; with ``"shut"`` no verdict is drawn.
    on_persona : callable, optional
        Called as ``on_persona(result, panels, folder)`` once for each persona, and for the
        comparison, whose result has ``kind`` "compare".
    on_finished : callable, optional
        Called last with the `RunResult`, also when the run was interrupted.
    **asked
        ``data``: a file, a glob or a named connection in place of what ``workshop.yaml`` says.
        ``since``, ``until``: ISO dates. ``workers``: how many notebooks may run at once, by default
        as many as there are cores. ``out``: where run folders go in place of ``<workshop>/runs``.
        ``timeout``: seconds that a notebook may take, 1,800 where none are given.
        ``parameters``: a mapping, for parameters that the notebooks have beyond the usual.

    Returns
    -------
    RunResult
        Failed personas and an interrupt (Ctrl-C) are told in it, not raised.

    Raises
    ------
    RunError
        What was asked for cannot be run; nothing was started.

    Examples
    --------
    >>> result = run_workshop("my-workshop", ["mobile-maya"])  # doctest: +SKIP
    >>> result.status, result.exit_code  # doctest: +SKIP
    ('ok', 0)
    """
    plan = make_plan(workshop_dir, personas, **asked)
    fork = forks.can_fork()
    if fork:
        forks.start_server()  # it imports while the data is being prepared
    names = ("data", "since", "until", *{"journey"} & plan.values.keys())
    given = {name: plan.values[name] for name in names}
    facts = prepare(plan.workshop, personas=plan.personas, **given) or {}
    run = _Run(plan, new_folder(plan.runs), facts, progress, on_persona)
    try:
        with forks.interrupted_by_sigterm(), contextlib.suppress(KeyboardInterrupt):
            run.go(fork)  # what is left undone is marked interrupted
        result = run.finish()
    except OSError:  # a full disk: what is whole stays, an empty folder is none
        if not any(run.folder.rglob("result.json")):
            # The error that is raised says what is wrong; what stays here is an empty folder.
            shutil.rmtree(run.folder, ignore_errors=True)
        raise
    on_finished(result)
    return result


@dataclass
class _Run:
    """One run from its first notebook to its last result."""

    plan: Plan
    folder: Path
    facts: Facts
    progress: Callable[[Step], object]
    on_persona: OnPersona
    over: bool = False
    warm: float | None = None

    def __post_init__(self) -> None:
        self.lines, self.last = make_lines(self.plan, self.folder)
        self.lock, self.began = threading.Lock(), time.monotonic()
        self.news: SimpleQueue[Line | Exception | None] = SimpleQueue()

    @property
    def everything(self) -> list[Line]:
        """The lines of the personas, and the comparison where it makes sense."""
        going = any(line.left or line.status == "ok" for line in self.lines)
        return [*self.lines, self.last] if self.last and going else self.lines

    def go(self, fork: bool) -> None:
        """Run all notebooks, and write each report when its notebooks are done."""
        from .kernels import kernel_manager, kill_all

        # The path of a socket may have 100 characters, and some systems have long temp paths.
        short = "/tmp" if fork and len(tempfile.gettempdir()) > 50 else None
        with tempfile.TemporaryDirectory(
            prefix="jk-", dir=short, ignore_cleanup_errors=True
        ) as sockets:
            work = partial(self._work, partial(kernel_manager, fork, Path(sockets)))
            threads = [threading.Thread(target=work, daemon=True) for _ in range(self.plan.workers)]
            try:
                for thread in threads:
                    thread.start()
                for _ in threads:
                    while news := self.news.get():
                        if isinstance(news, Exception):
                            raise news
                        self._report(news)
            finally:
                self.over = True
                for thread, _ in product(threads, range(50)):
                    if thread.is_alive():  # a kernel that just starts is killed at the next turn
                        kill_all()
                        thread.join(0.1)

    def _work(self, make_manager: Callable[[], Any]) -> None:
        """Run one notebook after the other: the life of a thread."""
        from .notebook import execute, keep

        try:
            while line := self._next():
                source, target = line.next.path, line.folder / "notebooks" / line.next.path.name
                chosen = line.next.choose(line.values)
                on_cell = partial(self._cell, line)
                outcome, notebook = execute(
                    source, chosen, on_cell, make_manager, self.plan.timeout
                )
                if self.over:
                    break
                keep(source, target, outcome, notebook)
                self._done(line, outcome)
        except Exception as problem:
            self.news.put(problem)
        self.news.put(None)

    def _next(self) -> Line | None:
        """Take the notebook that should run now: of the line with most left to do.

        Three personas on two cores one after the other would leave a core idle for a third of the
        time; taking turns by notebook keeps both busy to the end.
        """
        with self.lock:
            done = not any(line.left for line in self.lines)
            waiting = [
                each
                for each in (self.everything if done else self.lines)
                if each.left and each.part is None and not self.over
            ]
            if not waiting:
                return None
            line = max(waiting, key=lambda each: each.left)
            line.part, line.started = 0, line.started or now()
            self._tell("start", line, line.next.name)
            return line

    def _cell(self, line: Line, part: float) -> None:
        with self.lock:
            self.warm = self.warm or time.monotonic()  # what was before is not repeated
            line.part = part
            self._tell("cell", line, line.next.name)

    def _done(self, line: Line, outcome: Data) -> None:
        with self.lock:
            line.part = None
            line.outcomes.append(outcome)
            if not line.left:
                self._write(line)
                self.news.put(line)
            self._tell("end", line, outcome["name"], outcome["status"], outcome["seconds"])

    def _write(self, line: Line) -> None:
        from .notebook import without_addresses

        compares = line is self.last
        there = self.facts.get("journeys", [])
        head = {
            "kind": "compare" if compares else "persona",
            "workshop": self.facts.get("workshop", self.plan.workshop.name),
            "persona": None if compares else line.name,
            "persona_name": self.facts.get("names", {}).get(line.name),
            "journeys": [each for each in there if each["persona"] == line.name],
            "elsewhere": [
                each for each in there if each["persona"] in {*self.plan.personas} - {line.name}
            ],
            "not_run": [each for each in there if each["persona"] not in self.plan.personas],
            **{kind: self.facts.get(kind, []) for kind in ("decisions", "parked")},
            "run_id": self.folder.name,
            "started": line.started,
            "finished": now(),
            "status": self._status(line),
            "parameters": {
                # Where files and folders lie on this machine is nobody's business.
                name: Path(value).name if name == "data" else value
                for name, value in line.values.items()
                if value is not None and name not in ("workshop", "results")
            },
        }
        data = without_addresses(self.facts.get("data", {}))
        line.result = build_result(head, line.all_outcomes(), data)
        write_result(line.folder, line.result)

    def _status(self, line: Line) -> str:
        shut = self.facts.get("shut") and line.status != "interrupted"
        return "closed" if shut else line.status

    def _report(self, line: Line) -> None:
        panels = [panel for outcome in line.outcomes for panel in outcome["panels"]]
        for panel in panels:
            drawn = [panel.get(key) for key in ("svg", "sheets", "booklet")]
            carry(self.plan.workshop, f"{drawn}", line.folder)
        self.on_persona(line.result or {}, panels, line.folder)
        line.reported = True

    def _tell(self, kind: str, line: Line, notebook: str, *ended: Any) -> None:
        lines, time_now = self.everything, time.monotonic()
        done = sum(len(each.outcomes) for each in lines)
        total = done + sum(each.left for each in lines)
        gone = done + sum(each.part or 0 for each in lines)
        left = (time_now - self.warm) * (total - gone) / gone if self.warm and gone > 0.5 else None
        elapsed = time_now - self.began
        self.progress(Step(kind, line.name, notebook, done, total, elapsed, left, *ended))

    def finish(self) -> RunResult:
        """Write what is not written yet, and say how the run went."""
        lines = self.everything
        for line in lines:
            if line.result is None:
                self._write(line)
            if not line.reported:
                self._report(line)
        status = worst(self._status(line) for line in lines)
        results = {line.name: line.result or {} for line in lines}
        compare = results.pop(COMPARE, None)  # before the others are listed
        return RunResult(self.folder, status, [*results.values()], compare)
