"""The solutions run as notebooks by nbval; what they answer is held by ``test_copies_run.py``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = ROOT / "exercises"
IDS = sorted(path.stem for path in (EXERCISES / "raw").glob("*.md") if path.stem != "README")


@pytest.mark.nightly
def test_solutions_run_as_notebooks_by_nbval(tmp_path: Path) -> None:
    shutil.copytree(EXERCISES / "solution", tmp_path / "solution")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval-lax",
        "solution",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "-o",
        "addopts=",
    ]
    env = {**os.environ, "JOURNEYKIT_PROGRESS": str(tmp_path / "progress.json")}
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), env.get("PYTHONPATH", "")])
    ran = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=900, env=env
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed
    assert int(passed[1]) >= 5 * len(IDS)
    assert (tmp_path / "progress.json").is_file()
