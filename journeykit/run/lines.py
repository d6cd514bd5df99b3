"""The notebooks of one persona, in order, and how far they are."""

from dataclasses import dataclass, field
from pathlib import Path

from journeykit.model import Data

from .plan import COMPARE, Notebook, Plan, Values


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
