"""What the tests of all rooms share."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import engine

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

TIERS = {"test": 20, "all": 50, "nightly": 1000}
"""Each tier with how many examples a property is tried on: see CONTRIBUTING.md, "Tests"."""
MAY_SKIP = ("is not beside the project",)
"""Why a test may be skipped where `JOURNEYKIT_CI` is set: data sets that are not ours to hand on."""

# A property that fails is made small for so many seconds, then told (Hypothesis takes 300).
assert engine.MAX_SHRINKING_SECONDS == 300, "Hypothesis has moved it: tests/house/test_tiers.py"
engine.MAX_SHRINKING_SECONDS = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "only what `make test` runs, what `make test-all` or `make nightly` run beside it"
    parser.addoption("--tier", choices=TIERS, help=words)


def pytest_configure(config: pytest.Config) -> None:
    """No property has a deadline; by day the same few examples are tried each time.

    What tests prepare lies in a cache of its own, which the workers of a run share.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        cache = tempfile.mkdtemp(prefix="journeykit-cache-")
        os.environ["JOURNEYKIT_CACHE"] = cache
        config.add_cleanup(lambda: shutil.rmtree(cache, ignore_errors=True))
    quick = [Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink]
    more = {"deadline": None, "print_blob": True, "report_multiple_bugs": False}
    more |= {"suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
    for tier, examples in TIERS.items():
        settings.register_profile(
            tier, max_examples=examples, phases=quick, derandomize=tier != "nightly", **more
        )
    # For tools/mutants.py: what fails is told at once.
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile(
        "mutants", max_examples=TIERS["test"], phases=phases, derandomize=True, **more
    )
    tier = config.getoption("--tier") or "test"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", tier))


def tiers_of(item: pytest.Item) -> set[str]:
    """Name the tiers that run a test: one, and for properties the night with more examples.

    What stands at a test counts more than what stands at the head of its file.
    """
    marked = [mark.name for mark in item.iter_markers() if mark.name in ("all", "nightly")]
    night = ["nightly"] if item.get_closest_marker("hypothesis") else []
    return {*(marked[:1] or ["test"]), *night}


@pytest.hookimpl(trylast=True)  # after Hypothesis has marked its own
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    tier = config.getoption("--tier")
    told = {item: tiers_of(item) for item in items}
    if tier:
        config.hook.pytest_deselected(items=[item for item in items if tier not in told[item]])
        items[:] = [item for item in items if tier in told[item]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    return _no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    return _no_skip((yield))


def _no_skip(report: Any) -> Any:
    """On a machine that has what the tests need (`.ci/run` sees to it), a skip is a failure."""
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("JOURNEYKIT_CI"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(reason in why for reason in MAY_SKIP):
            report.outcome = "failed"
            report.longrepr = f"{why}\nWhere JOURNEYKIT_CI is set a skip is a failure."
    return report


@pytest.fixture(scope="session")
def shared_data():
    """Give the path of a real data set beside the project, or skip with the reason."""

    def path(name: str) -> Path:
        found = SHARED / name
        if not found.exists():
            pytest.skip(f"the shared data set {name} is not beside the project")
        return found

    return path


def journeykit(
    *words: object, cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """Call the command line as a person does, in a process of its own."""
    command = [str(Path(sys.executable).with_name("journeykit")), *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=600, env={**os.environ, **env}
    )


@pytest.fixture(scope="session")
def command():
    """Give the command line: ``command("run", folder)`` returns the finished process."""
    return journeykit


@pytest.fixture(scope="session")
def retail_run(tmp_path_factory) -> Path:
    """Run the retail sample for all its personas; gives the folder of the run, only to be read.

    One run is for all workers, and for all processes that are given a folder by
    ``JOURNEYKIT_TEST_RUN``, as the Makefile does: whoever comes first runs it.
    """
    shared = os.environ.get("JOURNEYKIT_TEST_RUN")
    place = Path(shared) if shared else tmp_path_factory.getbasetemp()
    if not shared and os.environ.get("PYTEST_XDIST_WORKER"):
        place = place.parent
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / "retail.lock"):
        ready = place / "retail.run"
        if not ready.exists():
            root = place / "retail" / "shop"
            shutil.rmtree(root.parent, ignore_errors=True)  # of a run that did not end well
            made = journeykit("new", root, "--template", "retail")
            assert made.returncode == 0, made.stderr
            ran = journeykit("run", root)
            assert ran.returncode == 0, ran.stderr
            ready.write_text(str(Path(ran.stdout.splitlines()[-1]).parent), "utf-8")
    return Path(ready.read_text("utf-8"))


@cache
def _spark() -> Any:
    """Start Spark once; without Java skip with the reason."""
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java 17 on this machine, which Spark needs")
    from pyspark.sql import SparkSession

    logging.getLogger("SQLQueryContextLogger").disabled = True
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        # Logs of a few rows: compiling every query would take longer than running it.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.log.level": "OFF",
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": tempfile.mkdtemp(
            prefix="journeykit-spark-"
        ),  # not beside the project
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        # A zone with a summer time, so that one forgotten conversion shows.
        "spark.sql.session.timeZone": "Europe/Berlin",
    }
    builder = SparkSession.builder.master("local[2]").appName("journeykit")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


@cache
def _connection() -> Any:
    """Reach the same Spark by Ibis (its DuckDB backend does not work with DuckDB 2)."""
    import ibis

    zone = _spark().conf.get("spark.sql.session.timeZone")
    reached = ibis.pyspark.connect(_spark())
    _spark().conf.set("spark.sql.session.timeZone", zone)  # which connecting had set to UTC
    return reached


def _table(engine: str, frame: pd.DataFrame) -> Any:
    import pyarrow as pa

    plain = frame.copy()
    for column in plain.select_dtypes("datetime").columns:
        plain[column] = plain[column].astype("str")
    made = _spark().createDataFrame(pa.Table.from_pandas(plain, preserve_index=False))
    for column in frame.select_dtypes("datetime").columns:
        made = made.withColumn(column, made[column].cast("timestamp_ntz"))
    if engine == "spark":
        return made
    name = f"log_{id(made)}"
    made.createOrReplaceTempView(name)
    return _connection().table(name)


@pytest.fixture(scope="session")
def table_of():
    """Make a frame a table of "spark" or of "ibis" (which reaches the same Spark): ``table_of(engine, frame)``.

    Tests that use it belong to ``xdist_group("spark")``: one Java machine is enough.
    """
    return _table
