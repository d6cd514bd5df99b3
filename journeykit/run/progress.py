"""The notebooks of one persona, in order, and how far they and the run are: a bar in a terminal,
plain lines where there is none.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self, TextIO

from journeykit.model import Data

from .plan import COMPARE, Notebook, Plan, Values


class Step(NamedTuple):
    """Something that happened in a run.

    Attributes
    ----------
    kind : str
        ``start`` of a notebook, a ``cell`` of it begins, ``end`` of a notebook.
    persona, notebook : str
        Whose, and which (without its ending).
    done, total : int
        Notebooks of the whole run; the rest of a failed persona no longer counts.
    elapsed : float
        Seconds since the first notebook.
    left : float or None
        Seconds still to go, as far as one can tell.
    status : str or None
        At an ``end``: ``ok`` or ``failed``.
    seconds : float or None
        At an ``end``: how long the notebook took.
    """

    kind: str
    persona: str
    notebook: str
    done: int
    total: int
    elapsed: float
    left: float | None = None
    status: str | None = None
    seconds: float | None = None


class ProgressBar:
    """Shows the `Step` s it is called with; used in a ``with`` block.

    Parameters
    ----------
    stream : file, optional
        Where to write; standard error by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self.console = Console(file=stream or sys.stderr)
        self.running: dict[str, str] = {}
        self.bar = Progress(
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[times]}", style="dim"),
            TextColumn("{task.description}", markup=False),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task("", total=None, times="")

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, step: Step) -> None:
        """Show one step."""
        times = f"{_clock(step.elapsed)} gone"
        if step.left is not None:
            times += f", {_clock(step.left)} left"
        self.running[step.persona] = f"{step.persona} · {step.notebook}"
        if step.kind == "end":
            text = self.running.pop(step.persona)
            if step.status != "ok" or self.bar.disable:
                took = "" if step.seconds is None else f", {step.seconds:.1f} s"
                self.console.out(
                    f"{step.done} of {step.total}  {text}: {step.status}{took}  ({times})",
                    highlight=False,
                )
        now = "  ".join(self.running.values())
        self.bar.update(
            self.task, completed=step.done, total=step.total, description=now, times=times
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


@dataclass(eq=False)
class Line:
    """The notebooks of one persona, or of the comparison, of which one runs at a time."""

    name: str
    folder: Path
    notebooks: tuple[Notebook, ...]
    values: Values
    started: str | None = None
    part: float | None = None
    """How much of the running notebook is done; None while none runs."""
    outcomes: list[Data] = field(default_factory=list)
    result: Data | None = None
    reported: bool = False

    @property
    def left(self) -> int:
        """How many notebooks are still to be finished."""
        return len(self.notebooks) - len(self.outcomes)

    @property
    def next(self) -> Notebook:
        """The notebook that is running or comes next."""
        return self.notebooks[len(self.outcomes)]

    @property
    def status(self) -> str:
        """``ok``, ``failed`` (those after it run all the same), or ``interrupted`` while there is
        something left.
        """
        failed = any(outcome["status"] != "ok" for outcome in self.outcomes)
        return "failed" if failed else "interrupted" if self.left else "ok"

    def all_outcomes(self) -> list[Data]:
        """The outcomes, and a word for each notebook that has none."""
        empty = {"status": "interrupted", "seconds": None, "started": None, "file": None}
        missing = self.notebooks[len(self.outcomes) :]
        return [*self.outcomes, *({"name": notebook.name, **empty} for notebook in missing)]


def make_lines(plan: Plan, folder: Path) -> tuple[list[Line], Line | None]:
    """The line of each persona, and that of the comparison where there is one."""
    lines = [
        Line(persona, folder / persona, plan.each, {**plan.values, "persona": persona})
        for persona in plan.personas
    ]
    values = {**plan.values, "results": str(folder)}
    return lines, Line(COMPARE, folder / COMPARE, plan.once, values) if plan.once else None
