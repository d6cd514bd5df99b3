"""What pytest does for `tools/mutants.py`: note which test runs which line, or run only some tests.

`MUTANTS_NOTE` names the file for the notes; `MUTANTS_RUN` the one with the tests to run, in order.
"""

import json
import os
from pathlib import Path

import pytest

_note, _run = os.environ.get("MUTANTS_NOTE"), os.environ.get("MUTANTS_RUN")
_package = Path.cwd() / "journeykit"
_seconds: dict[str, float] = {}
_users: dict[str, list[str]] = {}  # what is made once for many tests: who uses it
_running: list[str] = [""]


def _start():
    import coverage

    made = coverage.Coverage(data_file=None, source=[str(_package)], config_file=False)
    made.start()
    return made


_coverage = _start() if _note else None


def _switch(name: str) -> None:
    if _coverage:
        _coverage.switch_context(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items) -> None:
    """Keep the tests that are asked for, the quick ones first."""
    if _run:
        place = {name: k for k, name in enumerate(json.loads(Path(_run).read_text("utf-8")))}
        items[:] = sorted(
            (item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid]
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    _running[:] = [item.nodeid]
    _switch(item.nodeid)
    for name in item.fixturenames:
        _users.setdefault(name, []).append(item.nodeid)
    result = yield
    _switch("")
    return result


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """What a fixture of many tests runs is run for each of them."""
    if fixturedef.scope == "function":
        return (yield)
    _running.append(f"fixture {fixturedef.argname}")
    _switch(_running[-1])
    try:
        return (yield)
    finally:
        _running.pop()
        _switch(_running[-1])


def pytest_runtest_logreport(report) -> None:
    if not report.failed:
        _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration
    else:
        _seconds[report.nodeid] = float("nan")


def pytest_sessionfinish() -> None:
    if not _coverage:
        return
    _coverage.stop()
    data = _coverage.get_data()
    lines: dict[str, dict[int, list[str]]] = {}
    for file in data.measured_files():
        known = lines[Path(file).relative_to(_package.parent).as_posix()] = {}
        for line, contexts in data.contexts_by_lineno(file).items():
            tests = {
                test
                for context in contexts
                for test in (
                    _users.get(context.removeprefix("fixture "), ())
                    if context.startswith("fixture ")
                    else [context]
                )
            }
            known[line] = sorted(tests - {""})
    passed = {name: seconds for name, seconds in _seconds.items() if seconds == seconds}
    Path(_note).write_text(json.dumps({"seconds": passed, "lines": lines}), "utf-8")
