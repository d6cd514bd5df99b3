"""The parent of a run: hands out notebooks, collects what comes back, writes the results.

One parent, a few worker processes, and for every notebook a kernel process. Only the parent
writes ``result.json``, so that there is a whole one whatever happens to a child.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journeykit.run import forks
from journeykit.run.lines import Line, make_lines, next_line
from journeykit.run.plan import COMPARE, Plan, make_plan, new_folder
from journeykit.run.pool import Pool
from journeykit.run.progress import Step
from journeykit.run.results import build_result, now, write_result

__all__ = ["RunResult", "run_workshop"]

OnPersona = Callable[[dict[str, Any], list[dict[str, Any]], Path], None]
OnFinished = Callable[["RunResult"], None]


@dataclass(frozen=True)
class RunResult:
    """A finished run.

    Attributes
    ----------
    folder : Path
        ``runs/<run-id>``.
    status : str
        ``ok``, ``failed`` (at least one persona or the comparison) or ``interrupted``.
    results : list of dict
        The content of each persona's ``result.json``, in the order asked for.
    compare : dict or None
        The same for the notebook that compares them.
    """

    folder: Path
    status: str
    results: list[dict[str, Any]]
    compare: dict[str, Any] | None

    @property
    def run_id(self) -> str:
        """The name of the run's folder."""
        return self.folder.name

    @property
    def exit_code(self) -> int:
        """What a command should end with: 0, 1 for failed, 130 for interrupted."""
        return {"ok": 0, "failed": 1, "interrupted": 130}[self.status]


def run_workshop(
    workshop_dir: str | Path,
    personas: Iterable[str] | None = None,
    *,
    data: str | None = None,
    since: str | None = None,
    until: str | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Callable[[Step], None] | None = None,
    parameters: Mapping[str, str] | None = None,
    prepare: Callable[..., Mapping[str, Any] | None] | None = None,
    on_persona: OnPersona | None = None,
    on_finished: OnFinished | None = None,
) -> RunResult:
    """Execute a workshop's notebooks for its personas, each notebook in a fresh process.

    Parameters
    ----------
    workshop_dir : str or Path
        The workshop folder.
    personas : iterable of str, optional
        Their ids; all where none is given.
    data : str, optional
        A file, a glob or a named connection in place of what ``workshop.yaml`` says.
    since, until : str, optional
        ISO dates.
    workers : int, optional
        How many notebooks may run at once; by default as many as there are cores.
    out : str or Path, optional
        Where run folders go in place of ``<workshop>/runs``.
    progress : callable, optional
        Told each `Step` of the run, `ProgressBar` for one.
    parameters : mapping of str to str, optional
        For parameters that the notebooks have beyond the usual.
    prepare : callable, optional
        Called as ``prepare(workshop, data=, since=, until=, personas=)`` before any kernel starts;
        reads the data once and may return ``{"workshop": name, "data": {...}}`` for the results.
    on_persona : callable, optional
        Called as ``on_persona(result, panels, folder)`` once for each persona, and for the
        comparison, whose result has ``kind`` "compare".
    on_finished : callable, optional
        Called last with the `RunResult`, also when the run was interrupted.

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
    plan = make_plan(
        workshop_dir,
        personas,
        data=data,
        since=since,
        until=until,
        workers=workers,
        out=out,
        parameters=parameters,
    )
    fork = forks.can_fork()
    context = forks.process_context(fork)  # imports while the data is being prepared
    facts: Mapping[str, Any] = {}
    if prepare:
        source = plan.values["data"]
        asked = {"data": source, "since": since, "until": until, "personas": plan.personas}
        facts = prepare(plan.workshop, **asked) or {}
    run = _Run(plan, new_folder(plan.runs), facts, progress, on_persona)
    with contextlib.suppress(KeyboardInterrupt):  # what is left undone is marked interrupted
        run.go(Pool(context, fork, plan.workers))
    result = run.finish()
    if on_finished:
        on_finished(result)
    return result


class _Run:
    """One run from its first notebook to its last result."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        facts: Mapping[str, Any],
        progress: Callable[[Step], None] | None,
        on_persona: OnPersona | None,
    ) -> None:
        self.plan, self.folder, self.facts, self.on_persona = plan, folder, facts, on_persona
        self.progress = progress or (lambda _: None)
        self.lines, self.last = make_lines(plan, folder)
        self.results: dict[str, dict[str, Any]] = {}
        self.reported: set[str] = set()
        self.began = time.monotonic()
        self.warm = self.began

    @property
    def everything(self) -> list[Line]:
        """The lines of the personas, and the comparison where it makes sense."""
        going = any(line.left or line.status == "ok" for line in self.lines)
        return [*self.lines, self.last] if self.last and going else self.lines

    def go(self, pool: Pool) -> None:
        """Run all notebooks; returns when nothing is left."""
        with pool:
            while self._hand_out(pool):
                # While no notebook waits for a worker there is time to write a report.
                writing = bool(self._unreported) and next_line(self.lines) is None
                heard = pool.hear(0 if writing else None)
                for line, kind, rest in heard:
                    self._take(line, kind, rest)
                if writing and not heard:
                    self._report(self._unreported[0])

    @property
    def _unreported(self) -> list[Line]:
        there = self.results.keys() - self.reported
        return [line for line in self.everything if line.name in there]

    def _hand_out(self, pool: Pool) -> bool:
        """Give the free workers something to do; whether anything is running."""
        while pool.free:
            over = not any(line.left for line in self.lines)
            line = next_line(self.everything if over else self.lines)
            if line is None:
                break
            line.running, line.started = True, line.started or now()
            self._tell("start", line, pid=pool.give(line))
        return bool(pool.busy)

    def _take(self, line: Line, kind: str, rest: list[Any]) -> None:
        if kind == "cell":
            if self.warm == self.began:
                self.warm = time.monotonic()  # the first word: what was before is not repeated
            line.cell, line.cells = rest
            self._tell("cell", line)
            return
        outcome = rest[0]
        name = line.next.name
        line.running, line.cell = False, 0
        line.outcomes.append(outcome)
        if not line.left:
            self._write(line)
        told = {"status": outcome["status"], "seconds": outcome["seconds"]}
        self._tell("end", line, notebook=name, **told)

    def _write(self, line: Line) -> None:
        head = {
            "kind": "compare" if line is self.last else "persona",
            "workshop": self.facts.get("workshop", self.plan.workshop.name),
            "persona": None if line is self.last else line.name,
            "persona_name": self.facts.get("names", {}).get(line.name),
            "run_id": self.folder.name,
            "started": line.started,
            "finished": now(),
            "status": line.status,
            # Where the folders lie on this machine is nobody's business.
            "parameters": {
                k: v
                for k, v in line.values.items()
                if v is not None and k not in ("workshop", "results")
            },
        }
        result = build_result(head, line.all_outcomes(), self.facts.get("data", {}))
        write_result(line.folder, result)
        self.results[line.name] = result

    def _report(self, line: Line) -> None:
        self.reported.add(line.name)
        if self.on_persona:
            panels = [panel for outcome in line.outcomes for panel in outcome["panels"]]
            self.on_persona(self.results[line.name], panels, line.folder)

    def _tell(self, kind: str, line: Line, notebook: str | None = None, **more: Any) -> None:
        lines = self.everything
        total = sum(len(each.outcomes) + each.left for each in lines)
        gone = sum(len(each.outcomes) + each.cell / each.cells for each in lines)
        time_now = time.monotonic()
        self.progress(
            Step(
                kind=kind,
                persona=line.name,
                notebook=notebook or line.next.name,
                done=sum(len(each.outcomes) for each in lines),
                total=total,
                elapsed=time_now - self.began,
                left=(time_now - self.warm) * (total - gone) / gone if gone > 0.5 else None,
                **more,
            )
        )

    def finish(self) -> RunResult:
        """Write what is not written yet, and say how the run went."""
        for half in self.folder.rglob("*.part"):  # of a child that was ended while it wrote
            half.unlink()
        lines = self.everything
        for line in lines:
            if line.name not in self.results:
                self._write(line)
        for line in self._unreported:
            self._report(line)
        found = {line.status for line in lines}
        status = next((word for word in ("interrupted", "failed") if word in found), "ok")
        results = [self.results[line.name] for line in self.lines]
        return RunResult(self.folder, status, results, self.results.get(COMPARE))
