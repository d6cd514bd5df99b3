"""Print the Pythons of this machine that the kit is said to work with, one of each version.

``make pythons`` runs the tests on each. They are looked for on the path and where pyenv keeps them;
the versions are those that pyproject.toml names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASK = "import sys; print('%d.%d' % sys.version_info[:2])"


def said() -> list[str]:
    """Return the versions of pyproject.toml: 3.11, 3.12 and so on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = (re.search(r"Python :: (3\.\d+)$", each) for each in project["classifiers"])
    return [version[1] for version in found if version]


def places(version: str) -> list[Path]:
    """Return where such a Python may be."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    kept = sorted(pyenv.glob(f"{version}*/bin/python{version}"))
    on_path = shutil.which(f"python{version}")
    return [*([Path(on_path)] if on_path else []), *kept]


def works(python: Path, version: str) -> bool:
    """Whether it is one: pyenv has a stand-in on the path for what is not chosen."""
    try:
        done = subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.strip() == version


if __name__ == "__main__":
    for version in said():
        for python in places(version):
            if works(python, version):
                print(python)
                break
