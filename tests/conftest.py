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

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


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
    """Run the retail sample for all its personas once; gives the folder of the run.

    Tests that use it belong to ``xdist_group("run")``, so that only one worker does it.
    """
    root = tmp_path_factory.mktemp("retail") / "shop"
    assert journeykit("new", root, "--template", "retail").returncode == 0
    ran = journeykit("run", root)
    assert ran.returncode == 0, ran.stderr
    return Path(ran.stdout.splitlines()[-1]).parent


@cache
def _spark() -> Any:
    """Start Spark once; without Java skip with the reason, in CI fail."""
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        if os.environ.get("JOURNEYKIT_TESTS_NEED_JAVA"):
            raise RuntimeError("Java is missing: .ci/run installs it, so that Spark is tested.")
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
