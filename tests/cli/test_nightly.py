"""The recipe of the docs for every night, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from journeykit.store import create

ROOT = Path(__file__).resolve().parents[2]
# The notebooks of a run have tests of their own: here it is only noted that they were asked for.
COMMAND = """#!/bin/sh
if [ "$1" = run ]; then echo "$@" >> ran.txt; exit {run}; fi
exec "{python}" -c "from journeykit.cli import main; main()" "$@"
"""


def program(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)


@pytest.mark.all
@pytest.mark.skipif(os.name == "nt", reason="the recipe is a shell script")
@pytest.mark.parametrize(
    ("export", "run", "code"),
    [
        ("mkdir -p exports && ln -s {data} exports/latest", 0, 1),
        ("mkdir -p exports && ln -s {data} exports/latest", 1, 2),
        ("exit 1", 0, 2),
    ],
    ids=["a red test", "a notebook failed", "no export"],
)
def test_the_nightly_script_of_the_docs(tmp_path: Path, export: str, run: int, code: int) -> None:
    page = (ROOT / "docs" / "analyst.md").read_text("utf-8")
    (script,) = re.findall(r"^```sh\n(#!/bin/sh\n# nightly\.sh.*?)^```", page, re.M | re.S)
    create(tmp_path / "my-workshop", "retail")
    program(tmp_path / "nightly.sh", script)
    program(
        tmp_path / "export.sh",
        "#!/bin/sh\n" + export.format(data=tmp_path / "my-workshop" / "data") + "\n",
    )
    program(tmp_path / "bin" / "journeykit", COMMAND.format(python=sys.executable, run=run))
    found = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", tmp_path / "nightly.sh"],
        env={**os.environ, **found},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    if export == "exit 1":
        assert not (tmp_path / "ran.txt").exists()
        return
    assert "red" in done.stdout
    cases = list(ElementTree.parse(tmp_path / "journey-tests.xml").iter("testcase"))
    # The third is refuted over half a year; its alarm has been green since June.
    assert sum(case.find("failure") is not None for case in cases) == 2
    assert len(cases) == 11
    assert (tmp_path / "ran.txt").read_text().split() == [
        "run",
        "my-workshop",
        "--data",
        "exports/latest",
    ]
