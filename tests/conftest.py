"""What the tests of all rooms share."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def journeykit(*words: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
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
