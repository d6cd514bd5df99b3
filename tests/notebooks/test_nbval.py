"""Every cell of every guided notebook runs, by nbval, on the retail sample."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from journeykit.store import create

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.all
def test_all_cells_run(tmp_path: Path) -> None:
    root = create(tmp_path / "retail", "retail").root
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "notebooks", "-q", "-p", "no:cacheprovider",
               "-n", "2", "--dist", "loadfile", "-o", "addopts="]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=600,
        env={**os.environ, "JOURNEYKIT_WORKSHOP": str(root)},
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed
    assert int(passed[1]) > 80, "00 to 07 have about ninety cells"
    assert "failed" not in ran.stdout.splitlines()[-1]
