"""How far a run is: a bar in a terminal, plain lines where there is none."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TextIO

__all__ = ["ProgressBar", "Step"]


@dataclass(frozen=True)
class Step:
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
    pid : int or None
        At a ``start``: the worker process.
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
    pid: int | None = None


class ProgressBar:
    """Shows the `Step` s it is called with; used in a ``with`` block.

    Parameters
    ----------
    stream : text stream, optional
        Where to; standard error by default.
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
        )
        self.task = self.bar.add_task("", total=None, times="")

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.console.is_terminal:
            self.bar.stop()

    def __call__(self, step: Step) -> None:
        """Show one step."""
        self.running[step.persona] = step.notebook
        if step.kind == "end":
            del self.running[step.persona]
        if self.console.is_terminal:
            now = "  ".join(f"{persona} · {name}" for persona, name in self.running.items())
            times = _times(step)
            self.bar.update(
                self.task, completed=step.done, total=step.total, description=now, times=times
            )
        if step.kind == "end" and (step.status != "ok" or not self.console.is_terminal):
            took = "" if step.seconds is None else f", {step.seconds:.1f} s"
            self.console.print(
                f"{step.done} of {step.total}  {step.persona} · {step.notebook}: "
                f"{step.status}{took}  ({_times(step)})",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )


def _times(step: Step) -> str:
    gone = f"{_clock(step.elapsed)} gone"
    return gone if step.left is None else f"{gone}, {_clock(step.left)} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
