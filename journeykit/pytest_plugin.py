"""A pytest plugin: ``pytest DIR`` runs the journey tests of a workshop folder on its data.

It collects a ``workshop.yaml`` only where the folder (or the file) is named on the command line,
or where ``--journeykit`` or ``journeykit = true`` in pytest's configuration asks for every workshop
below. So it stays out of test suites that merely hold a workshop among their files. Nothing heavy
is imported before a workshop is collected, and no data is read before its first test runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from journeykit.errors import DataError, JourneykitError

_OPTIONS = {
    "journeykit": "collect every workshop.yaml below",
    "journeykit_data": "other data than the workshop's",
    "journeykit_strict": "amber fails, too",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the command line, and the same for the configuration file."""
    group = parser.getgroup("journeykit", "journey tests of a workshop")
    for name, said in _OPTIONS.items():
        flag = name != "journeykit_data"
        taken: dict[str, Any] = {"action": "store_true"} if flag else {"metavar": "DATA"}
        group.addoption(f"--{name.replace('_', '-')}", help=said, **taken)
        parser.addini(name, said, "bool" if flag else "string", False if flag else "")


def _given(config: pytest.Config, option: str) -> Any:
    return config.getoption(option) or config.getini(option)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> WorkshopFile | None:
    """Collect a workshop that was asked for."""
    if file_path.name != "workshop.yaml" or not _asked(file_path, parent.config):
        return None
    return WorkshopFile.from_parent(parent, path=file_path)


def _asked(file: Path, config: pytest.Config) -> bool:
    if _given(config, "journeykit"):
        return True
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return False
    base = config.invocation_params.dir
    named = {(base / argument.partition("::")[0]).resolve() for argument in config.args}
    return bool(named & {file.resolve(), file.parent.resolve()})


class WorkshopFile(pytest.File):
    """A workshop folder: one test for each persona and claim that must hold, and the walks."""

    def collect(self) -> Iterator[JourneyItem]:
        """Read the files of the folder, not its data."""
        from journeykit.claims.testing import planned_tests
        from journeykit.store import open_folder
        from journeykit.store.unread import unread

        try:
            folder = open_folder(self.path.parent)
            for left in unread(folder):
                self.warn(pytest.PytestWarning(str(left)))
            wrong = "\n".join(map(str, folder.problems()))
            planned = [] if wrong else planned_tests(folder)
        except JourneykitError as problem:
            wrong = str(problem)
        if wrong:
            raise self.CollectError(wrong)
        for test in planned:
            yield JourneyItem.from_parent(self, name=test.id, planned=test)

    @cached_property
    def evidence(self) -> Any:
        """Open the data once for all tests of the workshop."""
        from journeykit.claims import Evidence
        from journeykit.phases.session import Session
        from journeykit.store import open_folder

        data = _given(self.config, "journeykit_data") or None
        session = Session(open_folder(self.path.parent), None, data)
        _ = session.all_events  # data that cannot be read is a failure, not an open question
        if shut := session.gate.shut:
            raise DataError(f"No verdict: {' '.join(shut)}")
        return Evidence.of(session)

    @cached_property
    def found(self) -> dict[tuple[str, str], Any]:
        """All tests of the workshop, done once: an alarm is looked at beside the others."""
        from journeykit.claims import journey_tests

        return {(test.persona, test.id): test for test in journey_tests(self.evidence)}


class Red(Exception):
    """A journey test that failed; its text is the whole report."""


class JourneyItem(pytest.Item):
    """One journey test: red and wrong fail, green passes.

    Amber is an expected failure; strict: it fails.
    """

    def __init__(self, *, planned: Any, **more: Any) -> None:
        super().__init__(**more)
        self.planned = planned

    def runtest(self) -> None:
        """Hold the claim against the data, or read the walks."""
        assert isinstance(self.parent, WorkshopFile)
        found = self.parent.found[self.planned.persona, self.planned.id]
        self.user_properties.append(("journeykit", f"{found.colour}: {found.said}"))
        if found.worst == "amber" and not _given(self.config, "journeykit_strict"):
            pytest.xfail(f"amber: {found.said}. {found.why}")
        if found.worst != "green":
            night = f"\n  Every night: {found.every_night}." if found.verdict else ""
            raise Red(f"{found.worst}: {found.name}\n  {found.said}.\n  {found.why}{night}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Say a failure, and data that cannot be read, in plain words."""
        if isinstance(excinfo.value, Red | JourneykitError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the test in words."""
        what = self.planned.card.text if self.planned.card else "the walk"
        return self.path, None, f"{self.planned.persona}: {what}"
